"""Adds to a bundle's pages: links that preload what they will fetch, and a service worker for offline use."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Any

from wasmforge.common.hashing import hash_file

# A page that runs Python in its own thread has this comment, which is replaced by links that preload what the start
# fetches. Other pages must not have such links: a worker cannot use what its page preloads, and browsers warn.
PRELOAD_MARK = "<!-- wasmforge: preload -->"
SERVICE_WORKER = "service-worker.js"


def finish_pages(folder: Path, manifest: dict[str, Any], *, offline: bool) -> None:
    """Complete the HTML files of a bundle; with `offline` write the service worker that keeps all of it."""
    links = _links(manifest)
    for page in sorted(folder.rglob("*.html")):
        up = "../" * len(page.relative_to(folder).parent.parts)
        text = page.read_text()
        finished = text.replace(PRELOAD_MARK, "\n".join(link.format(up=up) for link in links))
        if offline:
            finished = finished.replace("</head>", _REGISTER.format(up=up) + "</head>", 1)
        if finished != text:
            page.write_text(finished)
    if offline:
        _write_service_worker(folder)


def _links(manifest: dict[str, Any]) -> list[str]:
    # Not the main module: Chromium keeps no compiled code of a module that was preloaded.
    return [
        '<link rel="modulepreload" href="{up}bootstrap.mjs" />',
        f'<link rel="modulepreload" href="{{up}}{manifest["runtime"]["glue"]["file"]}" />',
        f'<link rel="preload" as="fetch" crossorigin href="{{up}}{manifest["index"]["file"]}" />',
    ]


_REGISTER = """<script type="module">
const failed = (error) => console.warn(`No offline use: ${{error.message}}`);
navigator.serviceWorker?.register("{up}service-worker.js").catch(failed);
</script>
"""


def _write_service_worker(folder: Path) -> None:
    """Write the service worker, with the list of files and a hash of them all: a changed bundle changes it."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file}\0".encode() + bytes.fromhex(hash_file(folder / file)))
    source = resources.files("wasmforge.bundle").joinpath("service-worker.js").read_text()
    kept = [file for file in files if not file.endswith((".d.ts", ".d.mts"))]
    head = f"const NAME = {json.dumps(digest.hexdigest()[:16])};\nconst FILES = {json.dumps(kept)};\n"
    (folder / SERVICE_WORKER).write_text(head + source)
