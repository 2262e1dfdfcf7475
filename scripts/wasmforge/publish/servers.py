"""Channels of servers that make their index themselves, by the uploads of rattler-build."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from rattler_build import upload

from wasmforge.common.errors import UsageError, WasmforgeError
from wasmforge.common.progress import Reporter
from wasmforge.publish.index import all_records
from wasmforge.publish.packages import Package, unlisted

TOKEN = "WASMFORGE_PUBLISH_TOKEN"
_TIMEOUT_S = 60


@dataclass(frozen=True)
class Server:
    """A server's address and what lies on it: a channel, or its owner and name.

    index: where clients find the packages, if this server says so by its address.
    """

    kind: str
    url: str
    path: tuple[str, ...]
    index: str | None = None


def parse_server(address: str) -> Server | None:
    """The server of KIND+https://HOST/PATH; None for other addresses. Raises UsageError for a wrong path."""
    kind, plus, url = address.partition("+")
    if not plus or kind not in _UPLOADS:
        return None
    parts = urlsplit(url)
    path = tuple(part for part in parts.path.split("/") if part)
    forms = {"cloudsmith": 2, "artifactory": None}
    wanted = forms.get(kind, 1)
    if parts.scheme not in ("http", "https") or not parts.hostname or not path or wanted not in (None, len(path)):
        more = {"cloudsmith": "OWNER/REPOSITORY", "anaconda": "OWNER", "artifactory": "FOLDERS/CHANNEL"}
        raise UsageError(f"{address} is not of the form {kind}+https://HOST/{more.get(kind, 'CHANNEL')}")
    if parts.username or parts.password:
        raise UsageError(f"the address has a password in it; give the token in {TOKEN}")
    host = f"{parts.scheme}://{parts.netloc}/"
    if kind == "artifactory":
        return Server(kind, host + "".join(f"{part}/" for part in path[:-1]), path[-1:], host + "/".join(path))
    index = {"quetz": f"{host}get/{path[0]}", "prefix": host + path[0]}
    return Server(kind, host, path, index.get(kind))


def upload_packages(server: Server, packages: Sequence[Package], reporter: Reporter) -> int:
    """Upload the packages that the server does not list; returns how many.

    Raises WasmforgeError for one that the server refuses, or has with another content.
    """
    wanted = list(packages)
    if server.index:
        listed = {subdir: _listed(server, subdir) for subdir in sorted({package.subdir for package in packages})}
        wanted = []
        for subdir, known in listed.items():
            here = [package for package in packages if package.subdir == subdir]
            wanted += unlisted(here, known, "Nothing was uploaded")
    for done, package in enumerate(wanted):
        with reporter.step(f"upload {package.place} ({done + 1} of {len(wanted)})"):
            try:
                _UPLOADS[server.kind](server, str(package.file), os.environ.get(TOKEN))
            except Exception as error:  # rattler raises errors of several classes, also bare RuntimeError
                reason = "; ".join(str(error).splitlines())
                raise WasmforgeError(
                    f"{server.url} did not take {package.place}: {reason}; uploaded: {done} of {len(wanted)}. "
                    f"Check {TOKEN} and whether you may upload to this channel"
                ) from error
    return len(wanted)


def _listed(server: Server, subdir: str) -> dict[str, str | None]:
    request = urllib.request.Request(f"{server.index}/{subdir}/repodata.json")
    if token := os.environ.get(TOKEN):
        name, value = ("X-API-Key", token) if server.kind == "quetz" else ("Authorization", f"Bearer {token}")
        request.add_unredirected_header(name, value)  # not for another host
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
            listed = all_records(json.load(answer))
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return {}
        raise WasmforgeError(f"{request.full_url} cannot be read: {error}") from error
    except (OSError, ValueError) as error:
        raise WasmforgeError(f"{request.full_url} cannot be read: {error}") from error
    return {name: record.get("sha256") for name, record in listed.items()}


def _quetz(server: Server, file: str, token: str | None) -> None:
    upload.upload_package_to_quetz([file], server.url, server.path[0], api_key=token)


def _artifactory(server: Server, file: str, token: str | None) -> None:
    upload.upload_package_to_artifactory([file], server.url, server.path[0], token=token)


def _prefix(server: Server, file: str, token: str | None) -> None:
    upload.upload_package_to_prefix([file], server.url, server.path[0], api_key=token)


def _anaconda(server: Server, file: str, token: str | None) -> None:
    upload.upload_package_to_anaconda([file], server.path[0], url=server.url, api_key=token)


def _cloudsmith(server: Server, file: str, token: str | None) -> None:
    upload.upload_package_to_cloudsmith([file], *server.path, url=server.url, api_key=token)


_UPLOADS: dict[str, Callable[[Server, str, str | None], None]] = {
    "quetz": _quetz,
    "artifactory": _artifactory,
    "prefix": _prefix,
    "anaconda": _anaconda,
    "cloudsmith": _cloudsmith,
}
