"""A real S3 server on this machine, moto's, that tests can watch, slow down and make worse."""

from __future__ import annotations

import threading
import time
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any, Self

import obstore
from background import BackgroundServer
from moto.server import DomainDispatcherApplication, create_backend_app
from obstore.store import S3Store
from werkzeug.serving import make_server

BUCKET = "channels"


class S3Server(BackgroundServer):
    """Serves an empty bucket as long as it is entered.

    before_put: called with the name of the file that is to be written, before it is.
    delay: how long a write of an index waits before it is done.
    conditional: whether the server keeps to If-Match and If-None-Match.
    """

    def __init__(self) -> None:
        self.before_put: Callable[[str], None] = lambda _: None
        self.delay = 0.0
        self.conditional = True
        self.written: list[str] = []
        self.refused: list[str] = []  # by a condition
        self._app = DomainDispatcherApplication(create_backend_app)
        super().__init__(make_server("127.0.0.1", 0, self._answer, threaded=True))
        self._writing = threading.Lock()

    @property
    def environment(self) -> dict[str, str]:
        """The variables for a client."""
        return {
            "AWS_ENDPOINT_URL": self.origin,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }

    def files(self, folder: str = "") -> dict[str, bytes]:
        """All files of the bucket below a folder."""
        store = self._client()
        found = [one["path"] for batch in obstore.list(store, folder or None) for one in batch]
        return {name: bytes(obstore.get(store, name).bytes()) for name in found}

    def put(self, name: str, data: bytes) -> None:
        obstore.put(self._client(), name, data)

    def delete(self, name: str) -> None:
        obstore.delete(self._client(), name)

    def _client(self) -> S3Store:
        options: Any = {"endpoint": self.environment["AWS_ENDPOINT_URL"], "client_options": {"allow_http": True}}
        keys = {"access_key_id": "test", "secret_access_key": "test", "region": "us-east-1"}
        return S3Store(BUCKET, **options, **keys)

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        name = environ["PATH_INFO"].removeprefix(f"/{BUCKET}/")
        if environ["REQUEST_METHOD"] != "PUT" or name == f"/{BUCKET}":
            return self._app(environ, start)
        self.before_put(name)
        if not self.conditional:
            environ.pop("HTTP_IF_MATCH", None)
            environ.pop("HTTP_IF_NONE_MATCH", None)
        if self.delay and name.endswith((".json", ".zst")):
            time.sleep(self.delay)

        def note(status: str, *more: Any) -> Any:
            (self.written if status.startswith("200") else self.refused).append(name)
            return start(status, *more)

        # As S3 does, whose writes of one file come one after the other.
        with self._writing:
            return list(self._app(environ, note))

    def __enter__(self) -> Self:
        super().__enter__()
        # moto keeps its buckets for the whole process.
        for method, path in (("POST", "moto-api/reset"), ("PUT", BUCKET)):
            request = urllib.request.Request(f"{self.environment['AWS_ENDPOINT_URL']}/{path}", method=method)
            urllib.request.urlopen(request, timeout=60).close()
        return self
