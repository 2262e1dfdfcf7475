"""Both ends of a connection, by bytes: a request in pieces, a chunked answer, and a client that breaks the rules."""

import h11

client, server = h11.Connection(h11.CLIENT), h11.Connection(h11.SERVER)
sent = client.send(h11.Request(method="POST", target="/x", headers=[("Host", "example.org"), ("Content-Length", "4")]))
sent += client.send(h11.Data(data=b"text")) + client.send(h11.EndOfMessage())
events = []
for byte in sent:
    server.receive_data(bytes([byte]))
    while (event := server.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
        events.append(event)
assert [type(event) for event in events[:1] + events[-1:]] == [h11.Request, h11.EndOfMessage]
assert events[0].target == b"/x" and b"".join(event.data for event in events if isinstance(event, h11.Data)) == b"text"
answer = server.send(h11.Response(status_code=200, headers=[("Transfer-Encoding", "chunked")]))
answer += server.send(h11.Data(data=b"a" * 20)) + server.send(h11.EndOfMessage())
assert b"14\r\n" + b"a" * 20 in answer
client.receive_data(answer)
assert client.next_event().status_code == 200 and client.next_event().data == b"a" * 20
try:
    broken = h11.Connection(h11.SERVER)
    broken.receive_data(b"GET / HTTP/1.1\r\nHo st: x\r\n\r\n")
    broken.next_event()
except h11.RemoteProtocolError as error:
    assert error.error_status_hint == 400
else:
    raise AssertionError("a broken request was accepted")
