"""The constants that C and JavaScript share (emscripten-forge/runtime/constants.py)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RUNTIME = Path(__file__).parents[2] / "emscripten-forge" / "runtime"


def write(core: Path, module: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, RUNTIME / "constants.py", core, module]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def core(tmp_path: Path) -> Path:
    folder = tmp_path / "core"
    folder.mkdir()
    return folder


def test_checked_in_module_is_current(tmp_path: Path) -> None:
    module = tmp_path / "constants.mjs"
    done = write(RUNTIME / "core", module)
    assert done.returncode == 0, done.stderr
    checked_in = (RUNTIME / "js/bridge/wire/constants.mjs").read_text()
    assert checked_in == module.read_text(), "core/*.h have changed: run python emscripten-forge/runtime/constants.py"


def test_reads_every_form_of_enum(core: Path) -> None:
    (core / "shapes.h").write_text(
        "/* enum { WF_OLD = 9 }; */\n"
        "typedef enum {\n    WF_ONE = 1, /* not WF_TWO = 2, */\n    WF_FLAG = 1 << 5, // either\n} wf_tag;\n"
        "enum { WF_LESS = -2 };\n"
    )
    module = core / "constants.mjs"
    assert write(core, module).returncode == 0
    lines = [line for line in module.read_text().splitlines() if line.startswith("export")]
    assert lines == ["export const ONE = 1;", "export const FLAG = 32;", "export const LESS = -2;"]


@pytest.mark.parametrize("enumerator", ["WF_NEXT", "WF_BOTH = WF_A | WF_B", "OTHER = 1"])
def test_refuses_what_it_cannot_read(core: Path, enumerator: str) -> None:
    (core / "shapes.h").write_text(f"enum {{ WF_A = 1, {enumerator} }};\n")
    module = core / "constants.mjs"
    done = write(core, module)
    assert done.returncode == 1
    assert "shapes.h" in done.stderr and enumerator in done.stderr
    assert not module.exists()
