"""The work the interpreter's profile is taken from: `python train.py`, with an instrumented interpreter (README.md).

A mix of what programs do: the language's own operations in plain loops, and standard library modules that are
written in Python. It stays out of the way of tests/benchmarks, which would otherwise measure what it was
optimised for.
"""

import ast
import collections
import copy
import dataclasses
import difflib
import enum
import fractions
import functools
import heapq
import inspect
import itertools
import json
import math
import operator
import pprint
import random
import re
import statistics
import string
import struct
import textwrap
import tokenize
import types
from io import BytesIO, StringIO


@dataclasses.dataclass(order=True)
class Item:
    weight: int
    name: str = dataclasses.field(compare=False)
    parts: list = dataclasses.field(default_factory=list, compare=False)

    def heavier(self, by=1):
        return Item(self.weight + by, self.name, [*self.parts, by])


class Shape:
    sides = 0

    def __init__(self, size):
        self._size = size
        self.cache = {}

    @property
    def size(self):
        return self._size

    @size.setter
    def size(self, value):
        if value < 0:
            raise ValueError(value)
        self._size = value

    def area(self):
        return 0

    def __eq__(self, other):
        return isinstance(other, Shape) and self._size == other._size

    def __hash__(self):
        return hash(self._size)


class Square(Shape):
    sides = 4

    def __init__(self, size):
        super().__init__(size)
        self.cache["side"] = size

    def area(self):
        return self._size * self._size + super().area()

    @classmethod
    def unit(cls):
        return cls(1)

    @staticmethod
    def of(area):
        return Square(math.isqrt(area))


class Vector(collections.namedtuple("Vector", "x y z")):
    __slots__ = ()

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k, self.z * k)


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


def primes(limit):
    sieve = bytearray([1]) * (limit + 1)
    sieve[:2] = b"\0\0"
    for n in range(2, int(limit**0.5) + 1):
        if sieve[n]:
            sieve[n * n :: n] = bytes(len(range(n * n, limit + 1, n)))
    return [n for n, flag in enumerate(sieve) if flag]


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def queens(n):
    solutions = 0
    columns, rising, falling = set(), set(), set()

    def place(row):
        nonlocal solutions
        if row == n:
            solutions += 1
            return
        for column in range(n):
            if column in columns or row + column in rising or row - column in falling:
                continue
            columns.add(column), rising.add(row + column), falling.add(row - column)
            place(row + 1)
            columns.remove(column), rising.remove(row + column), falling.remove(row - column)

    place(0)
    return solutions


def matrices(n=24):
    a = [[(i * j) % 7 for j in range(n)] for i in range(n)]
    b = [[float(i - j) for j in range(n)] for i in range(n)]
    product = [[sum(a[i][k] * b[k][j] for k in range(n)) for j in range(n)] for i in range(n)]
    total = 0.0
    for i in range(n):
        row = product[i]
        for j in range(n):
            total += row[j] if i <= j else -row[j] / 2.0
    return total


def mandelbrot(width=40):
    inside = 0
    for py in range(width):
        for px in range(width):
            c = complex(px / width * 3 - 2, py / width * 2 - 1)
            z, k = 0j, 0
            while abs(z) < 2 and k < 25:
                z = z * z + c
                k += 1
            inside += k == 25
    return inside


def bits():
    x, seen = 0x12345, 0
    for i in range(15000):
        x ^= (x << 13) & 0xFFFFFFFF
        x ^= x >> 17
        x ^= (x << 5) & 0xFFFFFFFF
        seen = (seen + x % 10 + i // 3 - (i & 7)) | 1
        if seen > 1000000 and not seen % 3:
            seen -= 999999
    big = 1
    for i in range(1, 250):
        big *= i
    return seen, len(str(big)), pow(7, 12345, 1000007)


def shapes():
    found = collections.defaultdict(list)
    for i in range(2500):
        shape = Square(i % 50) if i % 3 else Shape(i % 40)
        shape.size = shape.size + 1
        found[shape.sides].append(shape.area())
        if shape == Square.unit() or getattr(shape, "missing", None):
            found[-1].append(hash(shape))
        Square.of(i)
    total = Vector(0, 0, 0)
    for i in range(1500):
        total = total + Vector(i, 1, -i) * 2
    return len(found), total.z, [c.name for c in Colour], Colour(2) is Colour.GREEN


def functions():
    def make(n):
        def inner(value, /, scale=1, *rest, offset=0, **named):
            return value * scale + offset + n + len(rest) + len(named)

        return inner

    made = [make(n) for n in range(10)]
    total = 0
    for i in range(1200):
        for f in made[:4]:
            total += f(i) + f(i, 2) + f(i, offset=3) + f(*(i, 2, 3), **{"a": 1})
    partial = functools.partial(made[0], scale=3)
    total += sum(map(partial, range(2000))) + functools.reduce(operator.add, range(2000))

    @functools.lru_cache(maxsize=None)
    def steps(n):
        return 1 if n < 2 else steps(n - 1) + steps(n - 2)

    return total + steps(150) + ackermann(2, 9)


def containers():
    queue, history = collections.deque(maxlen=100), []
    table, counter = {}, collections.Counter()
    for i in range(6000):
        queue.append(i)
        if i % 3 == 0:
            history.append(queue.popleft())
        word = "w%d" % (i % 200)
        table.setdefault(word, []).append(i)
        counter[word[-1]] += 1
        if word in table and i not in table[word][:1]:
            del table[word][0]
    heap = []
    for i in range(1500):
        heapq.heappush(heap, ((i * 7919) % 1009, i))
    ordered = [heapq.heappop(heap) for _ in range(len(heap))]
    merged = {**table, "extra": 1} | {"more": 2}
    first, *middle, last = ordered
    groups = {k: len(list(g)) for k, g in itertools.groupby(ordered, key=lambda pair: pair[0] // 100)}
    pairs = list(zip(itertools.accumulate(range(800)), reversed(range(800)), strict=True))
    squares = {n * n for n in range(800)} & set(range(0, 5000, 3)) ^ frozenset((1, 2))
    items = sorted((Item(i * 31 % 101, f"n{i}").heavier() for i in range(600)), reverse=True)
    items.sort(key=operator.attrgetter("name"))
    copied = copy.deepcopy({"a": [1, {"b": (2, 3)}], "c": items[:10]})
    return len(merged), first, last, len(middle), groups, pairs[-1], len(squares), copied["c"][0], counter.most_common(2)


def texts():
    words = [random.choice(string.ascii_lowercase) * (i % 6 + 1) + str(i) for i in range(1500)]
    lines = []
    for number, word in enumerate(words, 1):
        line = f"{number:>5} {word!r:<12} {number / 7:8.3f} {number:#x}"
        line += " | ".join([word.title(), word[::-1], word.strip("a"), "%s=%d" % (word, number)])
        if line.endswith("9") or line.find("zz") > 0:
            line = line.replace("z", "Z").partition(" ")[2]
        lines.append(line)
    text = "\n".join(lines)
    vowels = consonants = 0
    for ch in text[:12000]:
        if ch in "aeiou":
            vowels += 1
        elif ch.isalpha():
            consonants += 1
    found = re.findall(r"(\w+)=(\d+)", text)
    replaced = re.sub(r"0x([0-9a-f]+)", lambda m: str(int(m[1], 16)), text)
    wrapped = textwrap.wrap(text[:3000], 60)
    data = text.encode().decode("utf-8").split("\n")
    packed = b"".join(struct.pack("<Id", i, i / 3) for i in range(500))
    difference = list(difflib.unified_diff(data[:60], data[5:70]))
    "é".join(words[:100]).upper().casefold()
    return vowels, consonants, len(found), len(replaced), len(wrapped), len(packed), len(difference)


def generators():
    def numbers(n):
        try:
            for i in range(n):
                got = yield i
                if got:
                    n = got
        finally:
            numbers.closed = True

    def tree(depth):
        if depth:
            yield from tree(depth - 1)
            yield depth
            yield from tree(depth - 1)

    async def coroutine(n):
        return n if n == 0 else await coroutine(n - 1) + 1

    total = sum(tree(11)) + sum(v * 2 for v in numbers(6000) if v % 3)
    g = numbers(50)
    next(g), g.send(3), g.close()
    for _ in range(60):
        try:
            coroutine(20).send(None)
        except StopIteration as stop:
            total += stop.value
    return total, any(v > 400 for v in numbers(500)), dict(zip("abc", numbers(3)))


def errors():
    class Problem(Exception):
        pass

    caught = collections.Counter()

    def deep(n):
        if n == 0:
            raise Problem("deep")
        try:
            return deep(n - 1)
        finally:
            caught["finally"] += 1

    class Manager:
        def __enter__(self):
            return self

        def __exit__(self, kind, value, trace):
            return kind is KeyError

    for i in range(2500):
        try:
            with Manager():
                if i % 4 == 0:
                    {}["missing"]
                elif i % 4 == 1:
                    [][i]
                elif i % 4 == 2:
                    int("x")
                else:
                    deep(3)
        except (IndexError, ValueError) as error:
            caught[type(error).__name__] += 1
        except Problem as error:
            try:
                raise RuntimeError from error
            except RuntimeError:
                caught["chained"] += 1
    return caught


def libraries():
    source = inspect.getsource(textwrap) + inspect.getsource(heapq)
    tree = ast.parse(source)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    code = compile(tree, "copy", "exec")
    module = types.ModuleType("copy_of_two")
    exec(code, module.__dict__)
    tokens = sum(1 for _ in tokenize.tokenize(BytesIO(source.encode()).readline))
    document = {"rows": [{"id": i, "text": "a\tb" * (i % 5), "deep": [i / 3, None, True, {"k": str(i)}]} for i in range(250)]}
    for indent in (None, 2):
        back = json.loads(json.dumps(document, indent=indent, sort_keys=bool(indent)))
    pprint.pprint(back["rows"][:25], stream=StringIO())
    values = [random.gauss(0, 1) for _ in range(700)]
    spread = statistics.stdev(values), statistics.median(values), statistics.fmean(values)
    total = sum((fractions.Fraction(1, n) for n in range(1, 60)), fractions.Fraction())
    random.shuffle(values)
    return len(names), tokens, spread[0] > 0, total.denominator, sorted(values)[0] < 0


WORK = (primes, queens, matrices, mandelbrot, bits, shapes, functions, containers, texts, generators, errors, libraries)

if __name__ == "__main__":
    random.seed(1)
    for _ in range(6):
        for work in WORK:
            work(*{primes: (30000,), queens: (6,)}.get(work, ()))
