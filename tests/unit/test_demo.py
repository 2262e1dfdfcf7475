"""The entry script starts the demo."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_module_that_scripts_demo_starts() -> None:
    (module,) = re.findall(r"-m (\S+)", (ROOT / "scripts/demo").read_text())
    done = subprocess.run(
        [sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "--check" in done.stdout and "--port" in done.stdout
