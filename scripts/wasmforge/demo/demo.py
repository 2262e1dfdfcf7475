"""The demo: the default environment as a page, served or tried out. scripts/demo starts it."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from wasmforge.bundle.bundle import bundle
from wasmforge.bundle.compression import Compression
from wasmforge.bundle.output import check_output
from wasmforge.bundle.rules import Options
from wasmforge.common.errors import WasmforgeError
from wasmforge.common.layout import Layout, find_layout
from wasmforge.common.progress import Reporter
from wasmforge.environment.create import create_environment
from wasmforge.host.serve import serve

DEFAULT_PORT = 8000
# The example pages with figures start with this done.
SNAPSHOTS = (("matplotlib.pyplot",),)


def main() -> int:
    """Returns the exit code: 0 done, 1 failed."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description="Serves Python and NumPy as a page.")
    parser.add_argument("--check", action="store_true", help="try the page in headless Chromium, exit 0 or 1")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="port on 127.0.0.1 (default: %(default)s)")
    options = parser.parse_args()
    try:
        layout = find_layout()
        folder = prepare(layout, Reporter())
        if options.check:
            return _check(folder, layout.root / "build" / "demo-check.png")
        serve(folder, options.port)
    except WasmforgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def prepare(layout: Layout, reporter: Reporter) -> Path:
    """The bundle of environment.yml, made from the embedded channel; kept while its inputs stay."""
    build = layout.root / "build"
    prefix, folder, stamp = build / "demo-environment", build / "demo", build / "demo.stamp"
    environment = layout.root / "environment.yml"
    inputs = _digest([environment, *sorted(layout.library_channel.glob("*/repodata.json")), *_code()])
    if not (folder / "manifest.json").is_file() or not stamp.is_file() or stamp.read_text() != inputs:
        # Before the work that takes long.
        check_output(folder)
        build.mkdir(exist_ok=True)
        create_environment(layout, prefix, [], [environment], [], reporter)
        # Compressing would take longer than all the rest, and nothing is slow to send on one machine.
        bundle(prefix, folder, reporter, Options(snapshots=SNAPSHOTS), compression=Compression.NONE)
        stamp.write_text(inputs)
    return folder


def _code() -> list[Path]:
    """The files of the driver, which decide what is in a bundle."""
    package = Path(__file__).resolve().parents[1]
    return [*sorted(package.rglob("*.py")), package / "bundle" / "bundle.yaml"]


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _check(folder: Path, screenshot: Path) -> int:
    # Only here, since serving the page needs no browser.
    from wasmforge.demo.check import check

    return check(folder, screenshot)
