"""The site that the browsers measure: the bundle at its root, the peer and the benchmarks in folders of it."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from wasmforge.bundle.compression import Compression
from wasmforge.bundle.pages import finish_pages
from wasmforge.bundle.precompress import Precompressor

HERE = Path(__file__).parent
# Kept between runs, since compressing the peer takes a minute.
CACHE = HERE.parents[1] / "build" / "benchmarks"
SUFFIXES = frozenset({".js", ".json", ".mjs", ".wasm"})


def stage(bundle: Path, pyodide: Path | None, site: Path) -> None:
    """Lay out `site` for `wasmforge.serve`. Both parties are compressed as well as a host can."""
    if not (bundle / "manifest.json.br").is_file():
        raise SystemExit(
            f"{bundle} has no precompressed files; make it with: wasmforge bundle PREFIX -o {bundle} --compression best"
        )
    shutil.copytree(bundle, site)
    shutil.copytree(HERE, site / "bench", ignore=shutil.ignore_patterns("__pycache__"))
    finish_pages(site, json.loads((site / "manifest.json").read_text()), offline=False)
    if pyodide:
        shutil.copytree(_compressed(pyodide), site / "pyodide")


def _compressed(pyodide: Path) -> Path:
    """A copy of npm's package `pyodide` with .br and .gz next to its files."""
    version = json.loads((pyodide / "package.json").read_text())["version"]
    kept = CACHE / f"pyodide-{version}"
    if not kept.exists():
        print(f"compressing pyodide {version}, once", file=sys.stderr)
        work = CACHE / f"pyodide-{version}.part"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(pyodide, work)
        Precompressor().run(work, SUFFIXES, Compression.BEST)
        work.rename(kept)
    return kept
