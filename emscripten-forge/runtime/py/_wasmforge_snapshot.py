"""Before and after a snapshot of the interpreter (js/snapshot.mjs). Frozen into the main module."""

import sys


def prepare(source):
    """Run a program; return the names of the modules that there are then, with spaces between."""
    import gc

    exec(compile(source, "<snapshot>", "exec"), {"__name__": "__main__"})
    gc.collect()
    gc.freeze()  # what will be there as long as Python is: no later collection has to look at it
    return " ".join(sys.modules)


def resume(environment):
    """Put what is this page's own in the place of what was where the snapshot was taken.

    environment: "NAME=value", with "\\0" between.
    """
    import os

    import _wasmforge

    os.environ.clear()
    os.environ.update(entry.split("=", 1) for entry in environment.split("\0"))
    _set_time_zone()
    _wasmforge.packages_changed()
    for module in "random", "numpy.random":
        if module in sys.modules:
            sys.modules[module].seed()  # anew, from the system's randomness


def _set_time_zone():
    """The constants of the module time, as it sets them when it is imported."""
    import time

    year = time.localtime().tm_year
    january, july = (time.localtime(time.mktime((year, month, 1, 0, 0, 0, 0, 0, -1))) for month in (1, 7))
    standard, daylight = sorted((january, july), key=lambda at: at.tm_gmtoff)
    time.timezone, time.altzone = -standard.tm_gmtoff, -daylight.tm_gmtoff
    time.daylight = int(time.timezone != time.altzone)
    time.tzname = standard.tm_zone, daylight.tm_zone
