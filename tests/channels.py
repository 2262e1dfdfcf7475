"""A channel, or an index of wheels, over HTTP, on an origin of its own, that spoils some of its answers."""

from __future__ import annotations

import socket
import struct
import threading
from collections import deque
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from background import BackgroundServer


class FaultyChannel(BackgroundServer):
    """Serves a folder to pages of any origin, as long as it is entered. A folder's address is that of its index.html.

    Faults: "unavailable" (503), "missing" (404), "damaged" (a byte of it is another), "cut" (the connection ends
    in the middle), "short" (the end is missing, and the length says so), "forbidden" (403), "stall" (nothing comes
    after the middle), "reset" (the connection is reset before an answer).
    """

    def __init__(self, folder: Path) -> None:
        self.requests: list[str] = []  # the paths that were asked for
        self._faults: dict[str, deque[str]] = {}
        self._closed = threading.Event()
        handler = partial(_Handler, folder, self._note, self._closed)
        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), handler))

    @property
    def url(self) -> str:
        return f"{self.origin}/"

    def spoil(self, start: str, faults: list[str]) -> None:
        """Answer the next requests for files and folders whose name starts so with a fault each."""
        self._faults[start] = deque(faults)

    def _note(self, path: str) -> str | None:
        """Remember a request; the fault that answers it."""
        self.requests.append(path)
        name = path.rstrip("/").rpartition("/")[2]
        for start, faults in self._faults.items():
            if name.startswith(start) and faults:
                return faults.popleft()
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closed.set()
        super().__exit__(kind, error, at)


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, folder: Path, note: Any, closed: threading.Event, *args: Any) -> None:
        self._note = note
        self._closed = closed
        super().__init__(*args, directory=str(folder))

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        if self.path.endswith("/"):
            file /= "index.html"
        fault = self._note(self.path)
        if fault in ("unavailable", "forbidden"):
            self.send_error(503 if fault == "unavailable" else 403)
        elif fault == "reset":
            # Without waiting for what is not sent yet, which makes it a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif fault == "missing" or not file.is_file():
            self.send_error(404)
        else:
            self._send(file.read_bytes(), self.guess_type(file), fault)

    def _send(self, data: bytes, kind: str, fault: str | None) -> None:
        middle = len(data) // 2
        if fault == "damaged":
            data = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        if fault == "short":
            data = data[:middle]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[:middle] if fault in ("cut", "stall") else data)
        if fault == "stall":
            self.wfile.flush()
            self._closed.wait()

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass
