"""`wasmforge run` in every engine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.parametrize("engine", ["node", "chromium", "firefox"])


def command(prefix: Path, engine: str, *args: str) -> list[str]:
    return [sys.executable, "-m", "wasmforge", "run", "-p", str(prefix), "--engine", engine, *args]


def test_script_with_its_folder_arguments_and_exit_code(prefix: Path, engine: str, tmp_path: Path) -> None:
    folder = tmp_path / "app"
    (folder / "parts").mkdir(parents=True)
    (folder / "parts" / "words.py").write_text("GREETING = 'grüß dich'\n")
    (folder / "names.txt").write_text("Ada\n")
    (folder / "main.py").write_text(
        "import sys\nfrom pathlib import Path\nfrom parts.words import GREETING\n"
        "name = Path(__file__).with_name('names.txt').read_text().strip()\n"
        "print(GREETING, name, *sys.argv[1:])\nprint('careful', file=sys.stderr)\nsys.exit(7)\n"
    )
    done = subprocess.run(
        command(prefix, engine, "app/main.py", "--two", "words"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout == "grüß dich Ada --two words\n"
    assert done.stderr == "careful\n"
    assert done.returncode == 7


def test_uncaught_error_ends_with_its_traceback_and_1(prefix: Path, engine: str) -> None:
    done = subprocess.run(command(prefix, engine, "-c", "1 / 0"), capture_output=True, text=True, timeout=120)
    assert done.stdout == ""
    assert done.stderr.startswith('Traceback (most recent call last):\n  File "<string>", line 1, in <module>\n')
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")
    assert done.returncode == 1


def test_module_runs(prefix: Path, engine: str) -> None:
    done = subprocess.run(
        command(prefix, engine, "-m", "calendar", "2026", "11"), capture_output=True, text=True, timeout=120
    )
    assert done.stdout.startswith("   November 2026\nMo Tu We Th Fr Sa Su\n")
    assert (done.stderr, done.returncode) == ("", 0)


def test_pages_of_the_environment_are_not_in_the_way(prefix: Path, engine: str, tmp_path: Path) -> None:
    copy = shutil.copytree(prefix, tmp_path / "prefix", symlinks=True)
    page = "share/wasmforge/www/run/index.html"
    (copy / page).parent.mkdir(parents=True)
    (copy / page).write_text("another page")
    record = {
        "name": "mine",
        "version": "1",
        "build": "0",
        "subdir": "noarch",
        "paths_data": {"paths": [{"_path": page}]},
    }
    (copy / "conda-meta/mine-1-0.json").write_text(json.dumps(record))
    done = subprocess.run(command(copy, engine, "-c", "print(42)"), capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr, done.returncode) == ("42\n", "", 0)


def test_output_streams_and_interrupt_reaches_the_program(prefix: Path, engine: str) -> None:
    code = (
        "print('begun', flush=True)\n"
        "try:\n    while True: pass\n"
        "except KeyboardInterrupt:\n    print('caught'); raise SystemExit(9)"
    )
    # In a session of its own, to send Ctrl-C's signal to the whole group as a terminal does.
    with subprocess.Popen(
        command(prefix, engine, "-c", code), stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.readline() == "caught\n"
        assert process.wait(60) == 9
