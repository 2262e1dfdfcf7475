"""The target's build variables, as a build on this machine needs them.

The file of the same name in the target's python package describes an installation in "/" and the tools
that python was built with. Here paths point into the host environment ($PREFIX) and tools are those
that the environment of this build names.
"""

import os
import re
import runpy

_PREFIX = os.environ["PREFIX"]
_INSTALLED = os.path.join(_PREFIX, "lib", "python3.13", f"{__name__}.py")
# An absolute path of the installation, alone or after an option or a separator.
_PATH = re.compile(r"(^|[\s=:]|-I|-L)/(?=(?:bin|include|lib|share)(?:/|\s|$))")


def _relocate(value):
    return _PATH.sub(rf"\g<1>{_PREFIX}/", value) if isinstance(value, str) else value


build_time_vars = {name: _relocate(value) for name, value in runpy.run_path(_INSTALLED)["build_time_vars"].items()}

_side_module = os.environ.get("SIDE_MODULE_LDFLAGS", "-sSIDE_MODULE=1")
build_time_vars.update(
    prefix=_PREFIX,
    exec_prefix=_PREFIX,
    CC="emcc",
    CXX="em++",
    AR="emar",
    LDSHARED=f"emcc {_side_module}",
    LDCXXSHARED=f"em++ {_side_module}",
    BLDSHARED=f"emcc {_side_module}",
    CFLAGS=os.environ.get("CFLAGS", ""),
    LDFLAGS=os.environ.get("LDFLAGS", ""),
    CCSHARED="-fPIC",
)
