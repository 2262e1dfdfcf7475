"""Requests as they would be sent, and a session whose answers come from an adapter: no page can open a socket."""

import io
import json

import requests
from requests.adapters import BaseAdapter
from requests.auth import HTTPBasicAuth
from urllib3 import HTTPResponse

prepared = requests.Request(
    "POST", "http://example.org/a b", params={"q": ["x", "ü"]}, json={"n": 1}, auth=HTTPBasicAuth("u", "p")
).prepare()
assert prepared.url == "http://example.org/a%20b?q=x&q=%C3%BC" and json.loads(prepared.body) == {"n": 1}
assert prepared.headers["Authorization"] == "Basic dTpw" and prepared.headers["Content-Type"] == "application/json"
form = requests.Request("POST", "http://example.org", files={"f": ("n.txt", b"text")}, data={"k": "v"}).prepare()
assert b'filename="n.txt"' in form.body and form.headers["Content-Type"].startswith("multipart/form-data")


class Canned(BaseAdapter):
    """Answers by path: a redirect, an error, and text in Latin-1."""

    answers = {
        "/old": (302, {"Location": "/new"}, b""),
        "/new": (200, {"Content-Type": "application/json"}, b'{"ok": true}'),
        "/latin": (200, {"Content-Type": "text/plain; charset=latin-1"}, b"Zo\xeb"),
    }

    def send(self, request, **_):
        status, headers, body = self.answers.get(request.path_url, (404, {}, b"not here"))
        raw = HTTPResponse(io.BytesIO(body), headers, status, preload_content=False)
        return requests.adapters.HTTPAdapter().build_response(request, raw)

    def close(self):
        pass


with requests.Session() as session:
    session.mount("http://", Canned())
    answer = session.get("http://example.org/old")
    assert answer.json() == {"ok": True} and [step.status_code for step in answer.history] == [302]
    assert session.get("http://example.org/latin").text == "Zoë"
    try:
        session.get("http://example.org/none").raise_for_status()
    except requests.HTTPError as error:
        assert error.response.status_code == 404
    else:
        raise AssertionError("an error passed for an answer")
