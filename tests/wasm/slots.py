"""Prints the C functions behind each type of the standard library: NAME PARAMETERS RESULTS PLACE, a line each.

PLACE is the function's in WebAssembly's table. Offsets are those of CPython 3.13's structures with pointers of 4 bytes.
"""

import contextlib
import ctypes
import importlib
import sys
import warnings

# Offset in PyTypeObject: slot, parameters, results.
SLOTS = {
    24: ("dealloc", 1, 0),
    44: ("repr", 1, 1),
    60: ("hash", 1, 1),
    64: ("call", 3, 1),
    68: ("str", 1, 1),
    72: ("getattro", 2, 1),
    76: ("setattro", 3, 1),
    92: ("traverse", 3, 1),
    96: ("clear", 1, 1),
    100: ("richcompare", 3, 1),
    108: ("iter", 1, 1),
    112: ("iternext", 1, 1),
    136: ("descr_get", 3, 1),
    140: ("descr_set", 3, 1),
    148: ("init", 3, 1),
    152: ("alloc", 2, 1),
    156: ("new", 3, 1),
    160: ("free", 1, 0),
    164: ("is_gc", 1, 1),
    188: ("del", 1, 0),
    196: ("finalize", 1, 0),
    200: ("vectorcall", 4, 1),
}
# Offset in PyTypeObject of a pointer to more slots: their names, and how many parameters each has.
SUITES = {
    40: ("async", (1, 1, 1)),
    48: (
        "number",
        (2, 2, 2, 2, 2, 3, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 1, 0, 1, *[2] * 3, 2, 3, *[2] * 5, *[2] * 4, 1, 2, 2),
    ),
    52: ("sequence", (1, 2, 2, 2, 0, 3, 0, 2, 2, 2)),
    56: ("mapping", (1, 2, 3)),
}
BUFFER, METHODS, GETSET = 80, 116, 124
# Flags of a method that say how it is called: parameters.
CALLS = {0x1: 2, 0x3: 3, 0x4: 2, 0x8: 2, 0x80: 3, 0x82: 4, 0x282: 5}
CALL_MASK = 0x28F


def word(address):
    return ctypes.c_uint32.from_address(address).value


def functions(kind):
    for offset, (name, parameters, results) in SLOTS.items():
        yield name, parameters, results, word(id(kind) + offset)
    for offset, (name, parameters) in SUITES.items():
        if suite := word(id(kind) + offset):
            for index, count in enumerate(parameters):
                if count:
                    yield f"{name}[{index}]", count, 1, word(suite + 4 * index)
    if suite := word(id(kind) + BUFFER):
        yield "getbuffer", 3, 1, word(suite)
        yield "releasebuffer", 2, 0, word(suite + 4)
    entry = word(id(kind) + GETSET)
    while entry and word(entry):
        name = ctypes.string_at(word(entry)).decode()
        yield f"get {name}", 2, 1, word(entry + 4)
        yield f"set {name}", 3, 1, word(entry + 8)
        entry += 20
    entry = word(id(kind) + METHODS)
    while entry and word(entry):
        yield f"{ctypes.string_at(word(entry)).decode()}()", CALLS[word(entry + 8) & CALL_MASK], 1, word(entry + 4)
        entry += 16


def all_types():
    found, left = set(), [object]
    while left:
        kind = left.pop()
        if kind not in found:
            found.add(kind)
            left += type.__subclasses__(kind)
    return found


warnings.simplefilter("ignore")
for module in sorted(sys.stdlib_module_names - {"antigravity", "this"}):
    with contextlib.suppress(ImportError, OSError, AttributeError):
        importlib.import_module(module)
for kind in all_types():
    for name, parameters, results, place in functions(kind):
        if place:
            print(f"{kind.__module__}.{kind.__qualname__}.{name}".replace(" ", "_"), parameters, results, place)
