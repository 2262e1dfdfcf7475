"""Adds to a bundle's pages: links that preload what they will fetch, and a service worker for offline use."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

from wasmforge.common.hashing import Hasher, hash_file
from wasmforge.inventory.inventory import INVENTORY

# A page that runs Python in its own thread has this comment, which is replaced by links that preload what the start
# fetches. Other pages must not have such links: a worker cannot use what its page preloads, and browsers warn.
PRELOAD_MARK = "<!-- wasmforge: preload -->"
SERVICE_WORKER = "service-worker.js"


def finish_pages(folder: Path, manifest: dict[str, Any], *, offline: bool, hash: Hasher = hash_file) -> None:
    """
    Complete the HTML files of a bundle and write its service worker: with `offline` it keeps all of the bundle, else it
    ends what the worker of an earlier deployment at the same address still keeps, which no visitor could get rid of.
    """
    links = _links(manifest)
    for page in sorted(folder.rglob("*.html")):
        up = "../" * len(page.relative_to(folder).parent.parts)
        # As bytes, since a page may be in any encoding; what is replaced and added has ASCII alone.
        text = page.read_bytes()
        finished = text.replace(PRELOAD_MARK.encode(), "\n".join(link.format(up=up) for link in links).encode())
        if offline:
            finished = finished.replace(b"</head>", _REGISTER.format(up=up).encode() + b"</head>", 1)
        if finished != text:
            page.write_bytes(finished)
    _write_service_worker(folder, _hashes(folder, hash) if offline else {})


def _links(manifest: dict[str, Any]) -> list[str]:
    # Not the main module: Chromium keeps no compiled code of a module that was preloaded.
    return [
        '<link rel="modulepreload" href="{up}bootstrap.mjs" />',
        f'<link rel="modulepreload" href="{{up}}{manifest["runtime"]["glue"]["file"]}" />',
        f'<link rel="preload" as="fetch" crossorigin href="{{up}}{manifest["index"]["file"]}" />',
    ]


_REGISTER = """<script type="module">
try {{
  await navigator.serviceWorker?.register("{up}service-worker.js");
}} catch (error) {{
  console.warn(`No offline use: ${{error.message}}`);
}}
</script>
"""


def _hashes(folder: Path, hash: Hasher) -> dict[str, str]:
    """The sha256 of each file that pages may ask for, by its address below the folder as browsers write it."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    # For people and their tools; no page reads them.
    files = [file for file in files if file != INVENTORY and not file.endswith((".d.ts", ".d.mts"))]
    return {quote(file): hash(folder / file) for file in files}


def _write_service_worker(folder: Path, hashes: dict[str, str]) -> None:
    """Write the service worker with these files and one hash of them all: a changed bundle changes it."""
    files = json.dumps(hashes)
    name = hashlib.sha256(files.encode()).hexdigest()[:16]
    source = resources.files("wasmforge.bundle").joinpath("service-worker.js").read_text()
    (folder / SERVICE_WORKER).write_text(f'const NAME = "{name}";\nconst FILES = {files};\n\n{source}')
