"""Addresses, headers, forms, retries and compressed answers: what needs no socket."""

import gzip
import io

from urllib3 import HTTPHeaderDict, HTTPResponse, Retry, Timeout, encode_multipart_formdata
from urllib3.util import make_headers, parse_url

url = parse_url("https://user@EXAMPLE.org:8443/a/../b?q=ü#part")
assert (url.host, url.port, url.path, url.query) == ("example.org", 8443, "/b", "q=%C3%BC")
headers = HTTPHeaderDict({"Accept": "a"})
headers.add("accept", "b")
assert headers["ACCEPT"] == "a, b" and make_headers(basic_auth="u:p")["authorization"] == "Basic dTpw"
body, kind = encode_multipart_formdata({"f": ("n.txt", b"text")}, boundary="xx")
assert body.startswith(b"--xx\r\n") and kind.endswith("boundary=xx")
retry = Retry(total=2, backoff_factor=1, status_forcelist=[503])
assert retry.is_retry("GET", 503) and not retry.is_retry("POST", 503)
assert retry.increment("GET", "/").increment("GET", "/").total == 0
assert Timeout(connect=1, read=2).connect_timeout == 1
packed = HTTPResponse(io.BytesIO(gzip.compress(b"text" * 1000)), {"content-encoding": "gzip"}, 200, preload_content=False)
assert b"".join(packed.stream(512)) == b"text" * 1000
