"""A client against a transport in the process: redirects, JSON, streams, errors, an ASGI application."""

import json

import httpx


def answer(request: httpx.Request) -> httpx.Response:
    match request.url.path:
        case "/old":
            return httpx.Response(302, headers={"Location": "/echo?x=1"})
        case "/echo":
            return httpx.Response(200, json={"query": dict(request.url.params), "method": request.method})
        case "/lines":
            return httpx.Response(200, content=iter([b"one\ntw", b"o\nthree"]))
    return httpx.Response(404, text="not here")


with httpx.Client(transport=httpx.MockTransport(answer), base_url="http://example.org") as client:
    response = client.get("/old", follow_redirects=True)
    assert response.json() == {"query": {"x": "1"}, "method": "GET"} and len(response.history) == 1
    with client.stream("GET", "/lines") as stream:
        assert list(stream.iter_lines()) == ["one", "two", "three"]
    try:
        client.get("/none").raise_for_status()
    except httpx.HTTPStatusError as error:
        assert error.response.status_code == 404
    else:
        raise AssertionError("an error passed for an answer")


async def application(scope, receive, send):
    assert scope["path"] == "/app"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps({"ok": True}).encode()})


async def ask():
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://example.org") as client:
        return (await client.post("/echo", params={"y": "ü"})).json()


def finish(coroutine):
    """Runs a coroutine that waits for nothing outside: there need not be an event loop."""
    while True:
        try:
            coroutine.send(None)
        except StopIteration as done:
            return done.value


assert finish(ask()) == {"query": {"y": "ü"}, "method": "POST"}
assert httpx.URL("http://example.org/ä?b=c d").raw_path == b"/%C3%A4?b=c%20d"
assert httpx.ASGITransport(app=application)
