"""An HTTP server for measurements: folders under prefixes, compressed bodies, bytes counted."""

from __future__ import annotations

import gzip
import mimetypes
import shutil
import subprocess
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}
COMPRESSIBLE = {".mjs", ".js", ".wasm", ".json", ".html", ".css"}
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


def compress(folder: Path) -> None:
    """Put a .gz, and where node can be found a .br, next to each file that hosts would compress."""
    node = shutil.which("node")
    for path in [p for p in folder.rglob("*") if p.suffix in COMPRESSIBLE]:
        packed = path.with_name(path.name + ".gz")
        if not packed.exists():
            packed.write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
        packed = path.with_name(path.name + ".br")
        if node and not packed.exists():
            script = (
                "const fs=require('fs');"
                "fs.writeFileSync(process.argv[2],require('zlib').brotliCompressSync(fs.readFileSync(process.argv[1])))"
            )
            subprocess.run([node, "-e", script, str(path), str(packed)], check=True)


class Server:
    """Serves `folders` ({prefix: folder}) on a free port; `sent` counts the body bytes per prefix."""

    def __init__(self, folders: dict[str, Path]) -> None:
        self.sent: Counter[str] = Counter()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                prefix, _, rest = self.path.split("?")[0].lstrip("/").partition("/")
                root = folders.get(prefix)
                path = (root / rest).resolve() if root else None
                if path is None or not path.is_relative_to(root.resolve()) or not path.is_file():
                    self.send_response(404)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                accepted = self.headers.get("Accept-Encoding", "")
                encoding = None
                body_path = path
                for name, suffix in ENCODINGS:
                    packed = path.with_name(path.name + suffix)
                    if name in accepted and packed.is_file():
                        encoding, body_path = name, packed
                        break
                body = body_path.read_bytes()
                self.send_response(200)
                kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "public, max-age=31536000, immutable")
                self.send_header("Cross-Origin-Opener-Policy", "same-origin")
                self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
                if encoding:
                    self.send_header("Content-Encoding", encoding)
                self.end_headers()
                self.wfile.write(body)
                server.sent[prefix] += len(body)

        self._httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self._httpd.server_port}/"
        threading.Thread(target=self._httpd.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()
