"""Runs SCRIPT, -c CODE or -m MODULE in a page like the python command, and returns the exit code."""

import atexit
import json
import os
import runpy
import sys
import tarfile
from collections.abc import Callable
from io import TextIOWrapper
from typing import Any

INTERRUPTED = 130


def main() -> int:
    with open("/tmp/task.json") as file:
        task = json.load(file)
    if task["folder"]:
        with tarfile.open("/tmp/files.tar") as tar:
            tar.extractall(task["folder"], filter="data")
    for name in "files.tar", "task.json", "launcher.py":
        os.unlink(f"/tmp/{name}")
    os.makedirs(task["cwd"], exist_ok=True)
    os.chdir(task["cwd"])
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # somebody may be watching
    code = _exit_code(_start, task)
    _exit_code(atexit._run_exitfuncs)
    _exit_code(sys.stdout.flush)
    _exit_code(sys.stderr.flush)
    return code


def _start(task: dict[str, Any]) -> None:
    kind, target = task["kind"], task["target"]
    sys.argv = task["argv"]
    sys.path.insert(0, {"script": task["folder"], "-c": "", "-m": task["cwd"]}[kind])
    if kind == "-m":
        runpy.run_module(target, run_name="__main__", alter_sys=True)
        return
    namespace = sys.modules["__main__"].__dict__
    source: str | bytes = target
    if kind == "script":
        namespace["__file__"] = target
        with open(target, "rb") as file:
            source = file.read()
    exec(compile(source, target if kind == "script" else "<string>", "exec"), namespace)


def _exit_code(work: Callable[..., object], *args: object) -> int:
    """Call work; return what the interpreter would exit with."""
    try:
        work(*args)
    except SystemExit as stop:
        if stop.code is None or isinstance(stop.code, int):
            return (stop.code or 0) & 0xFF
        print(stop.code, file=sys.stderr)
        return 1
    except BaseException as error:
        frames = error.__traceback__
        while frames and frames.tb_frame.f_code.co_filename == __file__:
            frames = frames.tb_next
        sys.excepthook(type(error), error.with_traceback(frames), frames)
        return INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
    return 0
