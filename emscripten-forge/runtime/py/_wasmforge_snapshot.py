"""Prepares the interpreter for a snapshot, and resumes it from one. A frozen module.

js/entry/make-snapshot.mjs takes snapshots, js/packages/snapshot.mjs restores them.
"""

import sys


def prepare(source: str) -> str:
    """Run a program; return the names of the modules that are loaded afterwards, separated by spaces."""
    import gc

    # Nearly every program uses it, and a page that starts from the snapshot then needs no request for it.
    import pyodide.ffi  # noqa: F401

    exec(compile(source, "<snapshot>", "exec"), {"__name__": "__main__"})
    gc.collect()
    gc.freeze()  # these objects stay until the end: no later collection has to look at them
    return " ".join(sys.modules)


def resume(environment: str) -> None:
    """Replace the environment, time zone and random seeds of the machine that took the snapshot by this page's.

    environment: "NAME=value" entries, separated by "\\0".
    """
    import os
    import time

    import _wasmforge

    os.environ.clear()
    for entry in environment.split("\0"):
        name, _, value = entry.partition("=")
        os.environ[name] = value
    time.tzset()
    _wasmforge.packages_changed()
    for module in "random", "numpy.random":
        if module in sys.modules:
            sys.modules[module].seed()  # anew, from the system's randomness
