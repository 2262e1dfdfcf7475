"""A server with the uploads of quetz, Artifactory, prefix and anaconda: keeps what it gets, and lists it."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from background import BackgroundServer


class PackageServer(BackgroundServer):
    """Serves as long as it is entered.

    files: the packages by path, as KIND gives it. refuse: names of packages that it does not take.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.tokens: set[str | None] = set()
        self.requests: list[str] = []
        self.refuse: set[str] = set()
        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), self._handler()))

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        if method == "GET" and path.endswith("/repodata.json"):
            names = {name.rpartition("/")[2]: {"sha256": sha256(data).hexdigest()} for name, data in self.files.items()}
            return (200, json.dumps({"packages.conda": names}).encode()) if names else (404, b"")
        if path.startswith("/stage/"):
            answer = {"post_url": f"{self.origin}/bucket{path}", "form_data": {"key": path}, "dist_id": "7"}
            return 200, json.dumps(answer).encode()
        if path.startswith(("/package/", "/release/", "/commit/")):
            return 200 if method == "GET" or path.startswith("/commit/") else 201, b"{}"
        if body.startswith(b"--"):  # a form
            part = re.search(rb"(\r\n.*)\r\n\r\n(PK.*)\r\n--", body, re.DOTALL)
            assert part, body[:400]
            if not path.endswith(".conda"):
                path += "/" + re.findall(r'filename="([^"]+)"', part[1].decode())[-1]
            body = part[2]
        name = path.rpartition("/")[2]
        if name in self.refuse:
            return 403, b"not yours"
        self.files[path] = body
        return 201, b"{}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                server.requests.append(f"{self.command} {self.path}")
                if not path.startswith("/bucket/"):  # that has its key in the form
                    server.tokens.add(self.headers.get("X-API-Key") or self.headers.get("Authorization"))
                code, content = server.answer(self.command, path, self._body())
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_PUT = do_POST = do_PATCH = do_GET

            def _body(self) -> bytes:
                if length := self.headers.get("Content-Length"):
                    return self.rfile.read(int(length))
                body = b""
                while self.headers.get("Transfer-Encoding") == "chunked":
                    size = int(self.rfile.readline(), 16)
                    body += self.rfile.read(size)
                    self.rfile.readline()
                    if not size:
                        break
                return body

            def log_message(self, *_: object) -> None:
                pass

        return Handler
