"""What needs no event loop to compare: streams' types, capacity limits, and paths in a thread's absence."""

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
for expected in (EndOfStream,):
    try:
        receiver.receive_nowait()
    except expected:
        pass
receiver.close()
try:
    receiver.receive_nowait()
except ClosedResourceError:
    pass
else:
    raise AssertionError("a closed stream gave something")
assert str(anyio.Path("/a") / "b") == "/a/b" and issubclass(BrokenResourceError, Exception)
