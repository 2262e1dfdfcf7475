"""Every kind of deep recursion must end in an exception. Prints one line per kind that does not.

Run as a program, under node or in a page. Each of these overflows the engine's stack if nothing
stops it, which ends the interpreter and with it the output.
"""

import ast
import copy
import functools
import itertools
import json
import marshal
import pickle
import re
import sys

TOO_DEEP = (RecursionError, MemoryError)
N = 100_000


def nested(kind, depth=N):
    value = []
    for _ in range(depth):
        value = kind(value)
    return value


def a_list(value):
    return [value]


def a_tuple(value):
    return (value,)


def a_dict(value):
    return {"key": value}


def by_sorted():
    sorted([1], key=lambda _: by_sorted())


def by_map():
    list(map(lambda _: by_map(), [1]))


def by_partial():
    functools.partial(by_partial)()


def by_reduce():
    functools.reduce(lambda a, b: by_reduce(), [1, 2])


def by_sub():
    re.sub("a", lambda match: by_sub(), "a")


def by_exec():
    exec("by_exec()", globals())


def by_import_hook():
    class Finder:
        def find_spec(self, name, path, target=None):
            __import__(name + "x")

    sys.meta_path.insert(0, Finder())
    try:
        import no_such_module_  # noqa: F401
    finally:
        del sys.meta_path[0]


class Attributes:
    def __getattr__(self, name):
        return getattr(self, name)


class Repr:
    def __repr__(self):
        return repr(self)


class Equal:
    def __eq__(self, other):
        return [self] == [other]

    __hash__ = None


class Item:
    def __getitem__(self, key):
        return self[key]

    def __add__(self, other):
        return self + other

    def __call__(self):
        return self()

    def __iter__(self):
        return iter(self)

    def __str__(self):
        return f"{self}"

    def __index__(self):
        return int(self)


class OneSlot:
    """Each slot calls the other, in C alone."""


OneSlot.__repr__ = OneSlot.__str__


def encode_list():
    class Encoder(json.JSONEncoder):
        def default(self, value):
            return [value]

    json.dumps(object(), cls=Encoder, check_circular=False)


RAISING = {
    "sorted": by_sorted,
    "map": by_map,
    "partial": by_partial,
    "reduce": by_reduce,
    "re.sub": by_sub,
    "exec": by_exec,
    "import": by_import_hook,
    "__getattr__": lambda: Attributes().name,
    "__repr__": lambda: repr(Repr()),
    "__eq__": lambda: Equal() == Equal(),
    "__getitem__": lambda: Item()[0],
    "__add__": lambda: Item() + 1,
    "__call__": lambda: Item()(),
    "__iter__": lambda: iter(Item()),
    "__str__": lambda: str(Item()),
    "__repr__ is __str__": lambda: str(OneSlot()),
    "__index__": lambda: int(Item()),
    "hash": lambda: hash(nested(a_tuple)),
    "hash slice": lambda: hash(nested(slice)),
    "chain": lambda: next(nested(itertools.chain)),
    "zip": lambda: next(nested(zip)),
    "json default": encode_list,
    "repr list": lambda: repr(nested(a_list)),
    "repr dict": lambda: repr(nested(a_dict)),
    "json.dumps list": lambda: json.dumps(nested(a_list)),
    "json.dumps dict": lambda: json.dumps(nested(a_dict)),
    "json.dumps indent": lambda: json.dumps(nested(a_dict), indent=1),
    "json.loads list": lambda: json.loads("[" * N + "]" * N),
    "json.loads dict": lambda: json.loads('{"a":' * N + "1" + "}" * N),
    "pickle": lambda: pickle.dumps(nested(a_list)),
    "compare": lambda: nested(a_tuple) < nested(a_tuple),
    "equal": lambda: nested(a_list) == nested(a_list),
    "isinstance": lambda: isinstance(1, nested(a_tuple)),
    "parse unary": lambda: eval("-" * N + "1"),
    "parse elif": lambda: compile("if a: pass\n" + "elif a: pass\n" * N, "", "exec"),
    "compile binary": lambda: compile("+".join(["a"] * N), "", "eval"),
    "compile attributes": lambda: compile("a" + ".b" * N, "", "eval"),
    "compile calls": lambda: compile("a" + "()" * N, "", "eval"),
    "ast.parse": lambda: ast.parse("a" + "()" * N),
    "if not": lambda: compile("if " + "not " * 4000 + "a: pass\n" * 1 + "a" + "()" * N, "", "exec"),
}

# Where a limit of the format or of the language comes first, or the program does without recursion.
OTHERS = {
    "marshal": (lambda: marshal.dumps(nested(a_list)), ValueError),
    "marshal loads": (lambda: marshal.loads(b"[\x01\x00\x00\x00" * N + b"N"), ValueError),
    "re": (lambda: re.compile("(" * 5000 + ")" * 5000), (*TOO_DEEP, re.error)),
    "parentheses": (lambda: eval("(" * N + ")" * N), (*TOO_DEEP, SyntaxError)),
    "match": (
        lambda: compile("match x:\n case " + "[" * 150 + "a" + "]" * 150 + ": pass", "", "exec"),
        (*TOO_DEEP, SyntaxError),
    ),
}


def expect(name, function, errors):
    try:
        function()
    except errors:
        return
    except BaseException as error:
        print(f"{name}: {type(error).__name__}: {error}")
        return
    if name in RAISING:
        print(f"{name}: no error")


def release_deep_structures():
    for kind in a_list, a_tuple, a_dict, itertools.chain:
        nested(kind, 300_000)

    class Node:
        pass

    last = None
    for _ in range(N):
        node = Node()
        node.next, last = last, node

    def wait(other):
        yield other

    generator = None
    for _ in range(N):
        generator = wait(generator)
        next(generator)
    error = None
    for _ in range(N):
        new = ValueError()
        new.__context__, error = error, new
    function = len
    for _ in range(N):
        function = functools.partial(function, 1) if False else _wrapper(function)


def _wrapper(function):
    return lambda: function


def work_deep_down(depth):
    """What programs do must still work halfway down."""
    if depth:
        return sorted([1], key=lambda _: len(work_deep_down(depth - 1)))
    compile("def f(a, b):\n  return [x for x in a if x in (b, {1: 2})]\n", "", "exec")
    return copy.deepcopy(json.loads(json.dumps(sorted(range(1000), key=lambda x: -x))))


def main():
    recursion_limit = sys.getrecursionlimit()
    for limit in recursion_limit, 10**6:
        sys.setrecursionlimit(limit)
        for name, function in RAISING.items():
            expect(name, function, TOO_DEEP)
        for name, (function, errors) in OTHERS.items():
            expect(name, function, errors)
    release_deep_structures()
    work_deep_down(50)
    sys.setrecursionlimit(recursion_limit)


main()
print("survived")
