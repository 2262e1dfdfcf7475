"""Starts the worker of one build or one test, and ends it with all its children."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from wasmforge.channel import conda_file as conda
from wasmforge.common.layout import Layout


class JobFailed(Exception):
    """A build or a test did not succeed; its log says why."""


def run_job(layout: Layout, job: dict[str, Any], log: Path, toolbox: Path, folder: Path) -> None:
    """Run a job (worker.py) in its own process group, which ends when this process does.

    job: what the worker reads. log: takes its output. toolbox: its PATH. folder: where it starts.
    Raises JobFailed if it does not succeed.
    """
    environment = {
        "PATH": str(toolbox),
        "HOME": str(layout.work / "home"),
        "LANG": "C.UTF-8",
        "RATTLER_CACHE_DIR": str(layout.package_cache),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "SOURCE_DATE_EPOCH": str(conda.EPOCH),
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "wasmforge.build.worker"],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        try:
            assert process.stdin is not None
            process.stdin.write(json.dumps(job).encode())
            process.stdin.close()
            if process.wait() != 0:
                raise JobFailed(log)
        except BaseException:
            _kill_group(process)
            raise


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
