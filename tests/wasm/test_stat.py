"""os.stat in the virtual file system, whose files the runtime finds without emscripten's exceptions."""

from __future__ import annotations

import json
from pathlib import Path

# A name that JavaScript's plain objects seem to have, and paths that emscripten itself has to look up.
PROGRAM = r"""
import errno, json, os
os.makedirs("/t/folder/constructor")
os.mkdir("/t/shut")
open("/t/shut/f", "w").write("x")
open("/t/folder/f", "w").write("four")
os.symlink("/t/folder", "/t/link")
os.symlink("/t/nowhere", "/t/broken")
os.chmod("/t/shut", 0o600)
os.chdir("/t/folder")

def asked(how, path):
    try:
        found = how(path)
    except OSError as error:
        return errno.errorcode[error.errno]
    return "folder" if found.st_mode & 0o040000 and not found.st_mode & 0o100000 else found.st_size

json.dumps([[path, asked(os.stat, path), asked(os.lstat, path)] for path in [
    "/", "/t/folder/", "/t/folder/f", "/t//folder/./f", "/t/folder/../folder/f", "f", "g", "/t/g", "/t/g/h", "/t/folder/f/g",
    "/t/folder/constructor", "/t/constructor", "/t/toString/x", "/t/link/f", "/t/link/g", "/t/broken", "/t/shut/f",
    "/proc/self/fd/1000", "/dev/nothing", "",
]])
"""
FOUND = [
    ["/", "folder", "folder"],
    ["/t/folder/", "folder", "folder"],
    ["/t/folder/f", 4, 4],
    ["/t//folder/./f", 4, 4],
    ["/t/folder/../folder/f", 4, 4],
    ["f", 4, 4],
    ["g", "ENOENT", "ENOENT"],
    ["/t/g", "ENOENT", "ENOENT"],
    ["/t/g/h", "ENOENT", "ENOENT"],
    ["/t/folder/f/g", "ENOTDIR", "ENOTDIR"],
    ["/t/folder/constructor", "folder", "folder"],
    ["/t/constructor", "ENOENT", "ENOENT"],
    ["/t/toString/x", "ENOENT", "ENOENT"],
    ["/t/link/f", 4, 4],
    ["/t/link/g", "ENOENT", "ENOENT"],
    ["/t/broken", "ENOENT", len("/t/nowhere")],
    ["/t/shut/f", "EACCES", "EACCES"],
    ["/proc/self/fd/1000", "EBADF", "EBADF"],
    ["/dev/nothing", "ENOENT", "ENOENT"],
    ["", "ENOENT", "ENOENT"],
]


def test_stat_finds_what_is_there_and_says_why_not(run_js, bundle_dir: Path) -> None:
    found = run_js(f"show((await loadPython(quiet)).runPython({json.dumps(PROGRAM)}))", bundle_dir)
    assert json.loads(found) == FOUND
