"""Loaded by each native interpreter of a cross build: its sysconfig describes the target.

Headers, build variables and the folders to install into are those of the host environment ($PREFIX);
the interpreter's own standard library stays what it is, so it keeps working as a tool.
"""

import os
import sysconfig

_OF_THE_TARGET = ("include", "platinclude", "purelib", "platlib", "scripts", "data")

_scheme = sysconfig._INSTALL_SCHEMES["posix_prefix"]
for _name in _OF_THE_TARGET:
    for _base in ("{installed_base}", "{installed_platbase}", "{base}", "{platbase}"):
        _scheme[_name] = _scheme[_name].replace(_base, os.environ["PREFIX"])
