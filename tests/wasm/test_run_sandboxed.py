"""What a program in a sandbox cannot do under node, and what it can."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from wasmforge.build.toolbox import make_toolbox
from wasmforge.bundle.modules.prefix_python import run_in_prefix
from wasmforge.bundle.snapshots import take_snapshot
from wasmforge.common.errors import WasmforgeError
from wasmforge.common.layout import Layout
from wasmforge.host.run import Sandbox, run

ATTEMPTS = """
import os, sys, js
from pyodide.ffi import JsException
secret, place, allowed = sys.argv[1:]
def refused(work, *errors):
    try:
        found = work()
    except errors:
        return
    raise SystemExit(f"{work.__code__.co_firstlineno}: {found!r}")
files = (PermissionError, FileNotFoundError)
node = lambda name: js.process.getBuiltinModule(name)
refused(lambda: open(secret).read(), *files)
refused(lambda: os.listdir(os.path.dirname(secret)), *files)
refused(lambda: open(f"{place}/written", "w").write("x") and open(secret).read(), *files)
refused(lambda: open(f"{sys.prefix}/written", "w"), PermissionError)
refused(lambda: os.symlink(secret, f"{allowed}/link"), PermissionError)
refused(lambda: os.environ["SECRET"], KeyError)
refused(lambda: js.process.env.SECRET, AttributeError)
refused(lambda: js.process.binding("fs"), JsException)
refused(lambda: js.require("fs"), AttributeError)
refused(lambda: node("fs").readFileSync(secret), JsException)
refused(lambda: node("fs").writeFileSync(f"{place}/written", "x"), JsException)
refused(lambda: node("fs").symlinkSync(secret, f"{allowed}/link"), JsException)
refused(lambda: node("child_process").execSync("touch written"), JsException)
refused(lambda: node("worker_threads").Worker.new("1", eval=True), JsException)
refused(lambda: node("sqlite").DatabaseSync.new(f"{place}/written"), JsException, AttributeError)
refused(lambda: js.process.kill(js.process.ppid), AttributeError)
assert os.system("touch written")
open(f"{allowed}/result", "w").write("done")
"""

# What a package could bring that runs when Python starts.
STARTED = "import os; open({target!r}, 'w'); os.environ['SECRET']"


@pytest.fixture
def place(tmp_path: Path, any_node: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the user's, with a node that tests choose first on PATH and a secret in the environment."""
    monkeypatch.setenv("PATH", f"{Path(any_node).parent}:{os.environ['PATH']}")
    monkeypatch.setenv("SECRET", "token")
    for name in ("home/.ssh/id", "program/program.py", "allowed/data"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("secret")
    return tmp_path


def test_a_program_in_a_sandbox(prefix: Path, place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    script = place / "program/program.py"
    script.write_text(ATTEMPTS)
    arguments = [str(script), str(place / "home/.ssh/id"), str(place), str(place / "allowed")]
    assert run(prefix, "node", arguments, Sandbox(write=(place / "allowed",))) == 0, capfd.readouterr()
    assert (place / "allowed/result").read_text() == "done"
    assert not list(place.rglob("written")) + list(place.rglob("link"))


def test_the_python_that_tests_a_package(prefix: Path, place: Path, any_node: str) -> None:
    """As rattler-build starts it, which adds a test's environments to PATH in build_env.sh."""
    layout = Layout(root=place, cache=place / "cache", work=place / "driver")
    toolbox = make_toolbox(layout, "", sandbox=True)
    environment = shutil.copytree(prefix, place / "testing/environment", symlinks=True)
    work = place / "testing/work"
    work.mkdir()
    (work / "test.py").write_text(ATTEMPTS)
    path = f"{Path(any_node).parent}:{environment}/bin:$PATH"
    (work / "build_env.sh").write_text(f'export PREFIX={environment} PATH="{path}"\n')
    (work / "conda_build.sh").write_text('. ./build_env.sh\npython test.py "$@"\n')
    command = [toolbox / "bash", work / "conda_build.sh", place / "home/.ssh/id", place, work]
    done = subprocess.run(
        command, cwd=work, env={"PATH": str(toolbox)}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (work / "result").read_text() == "done"
    assert not list(place.rglob("written")) + list(work.rglob("link"))


def test_what_may_be_read_is_not_written(prefix: Path, place: Path) -> None:
    program = "import sys; f = sys.argv[1]; assert open(f).read() == 'secret'; open(f, 'w')"
    data = place / "allowed/data"
    assert run(prefix, "node", ["-c", program, str(data)], Sandbox(read=(data.parent,))) == 1
    assert data.read_text() == "secret"


def test_names_that_node_would_take_for_more(prefix: Path, tmp_path: Path) -> None:
    (tmp_path / "a*").mkdir()
    with pytest.raises(WasmforgeError, match="rename it"):
        run(prefix, "node", ["-c", "1"], Sandbox(read=(tmp_path / "a*",)))
    (tmp_path / "data").mkdir()
    (tmp_path / "data.py").write_text("1")
    with pytest.raises(WasmforgeError, match=r"data beside .*/data\.py"):
        run(prefix, "node", [str(tmp_path / "data.py")], Sandbox(read=(tmp_path / "data",)))
    with pytest.raises(WasmforgeError, match="limits nothing"):
        run(prefix, "node", ["-c", "1"], Sandbox(read=(Path("/"),)))


def test_what_takes_snapshots_is_in_a_sandbox(place: Path) -> None:
    """Also where the environment's own JavaScript is hostile: it is the packages', too."""
    attempts = f"""
import fs from "node:fs";
import {{ execSync }} from "node:child_process";
const works = [() => fs.readFileSync({str(place / "home/.ssh/id")!r}), () => execSync("id"),
  () => fs.writeFileSync({str(place / "written")!r}, "x"), () => process.env.SECRET.length];
for (const work of works) {{
  try {{ work(); console.error("done"); }} catch (error) {{ console.error("refused"); }}
}}
process.exit(1);
"""
    script = place / "prefix/share/wasmforge/make-snapshot.mjs"
    script.parent.mkdir(parents=True)
    script.write_text(attempts)
    (place / "bundle").mkdir()
    rules: Any = SimpleNamespace(warm_up={})
    with pytest.raises(WasmforgeError) as caught:
        take_snapshot(place / "prefix", place / "bundle", [], rules)
    assert str(caught.value).endswith("\n" + "\n".join(["refused"] * 4))
    assert not (place / "written").exists()


def test_code_of_packages_does_not_run_for_bundle(prefix: Path, place: Path) -> None:
    """The driver's own runs of the prefix's Python start nothing of the packages."""
    changed = shutil.copytree(prefix, place / "prefix", symlinks=True)
    site = changed / "lib/python3.13/site-packages"
    code = STARTED.format(target=str(place / "written"))
    for name in ("evil.pth", "sitecustomize.py", "usercustomize.py"):
        (site / name).write_text(code)
    script = place / "program/program.py"
    script.write_text("import sys; open(sys.argv[2] + '/ran', 'w').write(str(sys.flags.no_site))")
    with run_in_prefix(changed, script, [], "a test") as out:
        assert (out / "ran").read_text() == "1"
    script.write_text(f"open({str(place / 'written')!r}, 'w')")
    with run_in_prefix(changed, script, [], "a test"):
        pass  # it wrote into Python's memory, where that folder is not the machine's
    assert not (place / "written").exists()
