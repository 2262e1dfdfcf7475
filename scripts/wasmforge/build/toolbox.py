"""The PATH of a build: links to a fixed list of the host's programs, no more."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

import yaml

from wasmforge.channel import conda_file as conda
from wasmforge.common.errors import BuildError
from wasmforge.common.layout import Layout

HOST_TOOLS = Path(__file__).parent / "host-tools.yaml"
_SANDBOXED_NODE = Path(__file__).with_name("sandboxed_node.py")

# rattler-build clears the environment and starts `bash .../conda_build.sh`,
# which reads build_env.sh beside it. Adding to that file is the one way to set
# a variable for every build, SOURCE_DATE_EPOCH included: rattler-build sets
# that one to the time of the build.
_BASH = """\
#!/bin/sh
case "$1" in
*/conda_build.sh) if [ -f "${{1%/*}}/build_env.sh" ]; then cat {environment} >> "${{1%/*}}/build_env.sh"; fi ;;
esac
exec {bash} "$@"
"""

# In front of the PATH of a test, also of what its environments add.
_NODE = """\
#!/bin/sh
exec {python} -I {script} {folder} "$@"
"""


def make_toolbox(layout: Layout, tools_hash: str, *, sandbox: bool = False) -> Path:
    """Writes the folder and the variables of the next build; returns the folder.

    tools_hash names the compilers in use, for ccache: it does not see when a
    library of the compiler changes. sandbox: whether node runs in one, as in tests.
    """
    folder = layout.toolbox
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for name in yaml.safe_load(HOST_TOOLS.read_text())["required"]:
        (folder / name).symlink_to(_host_tool(name))
    environment = layout.work / "build-environment.sh"
    environment.write_text(_environment(layout, tools_hash) + (_sandbox(folder / "sandbox") if sandbox else ""))
    bash = folder / "bash"
    bash.write_text(_BASH.format(environment=shlex.quote(str(environment)), bash=_host_tool("bash")))
    bash.chmod(0o755)
    return folder


def _sandbox(folder: Path) -> str:
    """Writes a folder with a node that is in a sandbox; returns the line that puts it first on PATH."""
    folder.mkdir()
    node = folder / "node"
    paths = {"python": sys.executable, "script": str(_SANDBOXED_NODE), "folder": str(folder)}
    node.write_text(_NODE.format(**{name: shlex.quote(path) for name, path in paths.items()}))
    node.chmod(0o755)
    return f'export PATH={shlex.quote(str(folder))}:"$PATH" WASMFORGE_TEST_FOLDER="$PWD"\n'


def _host_tool(name: str) -> Path:
    for folder in ("/usr/bin", "/bin", "/usr/sbin", "/sbin"):
        if os.access(Path(folder, name), os.X_OK):
            return Path(folder, name)
    raise BuildError(f"this machine has no {name!r}; install it, it is one of Debian's required packages")


def _environment(layout: Layout, tools_hash: str) -> str:
    variables = {
        "SOURCE_DATE_EPOCH": str(conda.EPOCH),
        "ZERO_AR_DATE": "1",
        "PYTHONHASHSEED": "0",
        "TZ": "UTC",
        "CCACHE_DIR": os.environ.get("CCACHE_DIR", str(layout.cache / "ccache")),
        "CCACHE_COMPILERCHECK": f"string:{tools_hash}",
    }
    return "\n" + "".join(f"export {key}={shlex.quote(value)}\n" for key, value in variables.items())
