"""The entry script starts the demo."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.layout import find_layout
from wasmforge.common.progress import Reporter
from wasmforge.demo.demo import prepare

ROOT = Path(__file__).parents[2]


def test_the_module_that_scripts_demo_starts() -> None:
    (module,) = re.findall(r"-m (\S+)", (ROOT / "scripts/demo").read_text())
    done = subprocess.run(
        [sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "--check" in done.stdout and "--port" in done.stdout


def test_a_folder_that_is_no_bundle_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "environment.yml").write_text("dependencies: [python]")
    app = tmp_path / "build/demo/.git"
    app.mkdir(parents=True)
    (app.parent / "manifest.json").write_text('{"name": "My app"}')
    with pytest.raises(WasmforgeError, match="is not a bundle"):
        prepare(replace(find_layout(), root=tmp_path), Reporter())
    assert app.is_dir() and [path.name for path in (tmp_path / "build").iterdir()] == ["demo"]
