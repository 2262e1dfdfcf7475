"""A connection over a stream of canned bytes: the protocol without a socket."""

import httpcore
from httpcore import MockBackend, MockStream

answers = [b"HTTP/1.1 200 OK\r\n", b"Content-Type: text/plain\r\n", b"Content-Length: 13\r\n", b"\r\n", b"Hello, world!"]
with httpcore.ConnectionPool(network_backend=MockBackend(answers)) as pool:
    response = pool.request("GET", "http://example.org/", headers={"Accept": "*/*"})
    assert response.status == 200 and response.content == b"Hello, world!"
    assert dict(response.headers)[b"Content-Type"] == b"text/plain"
with httpcore.HTTP11Connection(httpcore.Origin(b"http", b"example.org", 80), MockStream([b"nonsense\r\n\r\n"])) as connection:
    try:
        connection.request("GET", "http://example.org/")
    except httpcore.RemoteProtocolError:
        pass
    else:
        raise AssertionError("nonsense passed for an answer")
url = httpcore.URL("https://example.org/a?b=c")
assert (url.scheme, url.host, url.target) == (b"https", b"example.org", b"/a?b=c")
