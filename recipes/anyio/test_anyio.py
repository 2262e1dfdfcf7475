"""What needs no event loop: a stream between two tasks, full, empty and closed, and paths."""

import anyio
from anyio import BrokenResourceError, ClosedResourceError, EndOfStream, WouldBlock, create_memory_object_stream

sender, receiver = create_memory_object_stream[int](2)
sender.send_nowait(1)
sender.send_nowait(2)
try:
    sender.send_nowait(3)
except WouldBlock:
    pass
else:
    raise AssertionError("a full stream took more")
assert (receiver.receive_nowait(), receiver.receive_nowait()) == (1, 2)
sender.close()
for expected in (EndOfStream, ClosedResourceError):
    try:
        receiver.receive_nowait()
    except expected:
        receiver.close()
    else:
        raise AssertionError("a stream without a sender gave something")
assert str(anyio.Path("/a") / "b") == "/a/b" and issubclass(BrokenResourceError, Exception)
