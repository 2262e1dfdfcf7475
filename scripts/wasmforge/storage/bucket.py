"""Files in a bucket of an object store. Conditional writes let several writers work at once."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import from_url

from wasmforge.common.errors import WasmforgeError
from wasmforge.storage.store import AlreadyThere, ChangedMeanwhile, Report, Version, silent

# A file that says whether the server keeps to the conditions of a write.
PROBE = ".publish-probe"


class BucketStore:
    """What obstore knows: s3://BUCKET/FOLDER. Address of the server, region and keys are in the AWS_… variables."""

    def __init__(self, address: str) -> None:
        self._address = address
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
        options: Any = {"client_options": {"allow_http": endpoint.startswith("http://"), "timeout": "600s"}}
        if endpoint:
            options["config"] = {"endpoint": endpoint}
        try:
            self._store = from_url(address, **options)
        except (BaseError, ValueError) as error:
            raise WasmforgeError(f"{address} is not the address of a bucket: {_first_line(error)}") from error

    @contextmanager
    def lock(self) -> Iterator[None]:
        self._check_conditions()
        yield

    def read(self, name: str) -> Version | None:
        try:
            found = obstore.get(self._store, name)
            return Version(bytes(found.bytes()), found.meta["e_tag"] or "")
        except FileNotFoundError:
            return None
        except BaseError as error:
            raise self._failure("read", name, error) from error

    def write(self, name: str, data: bytes, seen: Version | None) -> None:
        try:
            self._put(name, data, {"e_tag": seen.mark} if seen else "create")
        except (AlreadyExistsError, PreconditionError):
            raise ChangedMeanwhile(name) from None

    def add(self, name: str, file: Path) -> None:
        try:
            self._put(name, file, "create")
        except AlreadyExistsError:
            raise AlreadyThere(name) from None

    def fetch(self, name: str, target: Path, report: Report = silent) -> None:
        try:
            with target.open("wb") as out:
                for block in obstore.get(self._store, name):
                    out.write(block)
                    report(out.tell())
        except FileNotFoundError as error:
            raise FileNotFoundError(errno.ENOENT, "no such file", f"{self._address.rstrip('/')}/{name}") from error
        except BaseError as error:
            raise self._failure("read", name, error) from error

    def names(self, folder: str) -> Iterator[str]:
        yield from (Path(one["path"]).name for one in self._list(f"{folder}/")["objects"])

    def folders(self) -> list[str]:
        return [Path(one).name for one in self._list(None)["common_prefixes"]]

    def _list(self, prefix: str | None) -> Any:
        try:
            return obstore.list_with_delimiter(self._store, prefix)
        except (BaseError, FileNotFoundError) as error:
            raise self._failure("list", prefix or "", error) from error

    def _put(self, name: str, content: Any, mode: Any) -> None:
        try:
            obstore.put(self._store, name, content, mode=mode)
        except (AlreadyExistsError, PreconditionError):
            raise
        except (BaseError, FileNotFoundError) as error:
            raise self._failure("write", name, error) from error

    def _check_conditions(self) -> None:
        """Refuse a server that ignores conditions: two publishers could overwrite each other's index."""
        ignored = []
        for mode, refusal in (("create", AlreadyExistsError), ({"e_tag": '"0"'}, PreconditionError)):
            try:
                self._put(PROBE, b"", mode)
                if mode == "create":  # the first publisher
                    self._put(PROBE, b"", mode)
                ignored.append("If-None-Match" if mode == "create" else "If-Match")
            except refusal:
                pass
        if ignored:
            raise WasmforgeError(
                f"the server of {self._address} ignores {' and '.join(ignored)}, so that two publishers could "
                "overwrite each other's index; publish to a folder and copy it to the bucket"
            )

    def _failure(self, action: str, name: str, error: Exception) -> WasmforgeError:
        return WasmforgeError(
            f"cannot {action} {self._address.rstrip('/')}/{name}: {_first_line(error)}; "
            "check the bucket's name and the AWS_… variables, and start again: what was uploaded stays"
        )


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:400]
