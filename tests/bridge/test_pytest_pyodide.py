"""Public test suites run as they are: pytest-pyodide with a bundle as its --dist-dir."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import environments
import pytest

from wasmforge.bundle.bundle import bundle
from wasmforge.bundle.compression import Compression

PUBLIC = Path(__file__).parent / "public"


@pytest.fixture(scope="session")
def test_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle with what tests inside need."""
    folder = tmp_path_factory.mktemp("public")
    prefix = environments.create(folder / "prefix", ["python", "pytest", "tblib"], [])
    bundle(prefix, folder / "dist", compression=Compression.NONE)
    return folder / "dist"


@pytest.mark.parametrize("runtime", ["node", "chrome"])
def test_public_style_tests(runtime: str, test_bundle: Path, node: str) -> None:
    options = ["--runner", "playwright", "--rt", f"{runtime}-no-host", "--dist-dir", str(test_bundle)]
    own_settings = ["-c", os.devnull, "--rootdir", str(PUBLIC), "--confcutdir", str(PUBLIC), "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", *own_settings, *options, str(PUBLIC / "sample.py")]
    environment = os.environ | {"PATH": f"{Path(node).parent}:{os.environ['PATH']}"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 passed" in done.stdout
