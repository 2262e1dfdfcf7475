"""Pure-Python micro-benchmarks, without imports but the standard library's, and without I/O."""

import json


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def shifted(self, dx):
        return Point(self.x + dx, self.y)

    @property
    def norm1(self):
        return abs(self.x) + abs(self.y)


class Slotted:
    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return self.value < other.value


def _fib(n):
    return n if n < 2 else _fib(n - 1) + _fib(n - 2)


def calls():
    return _fib(22)


def _keywords(a, b=2, *args, key=3, **rest):
    return a + b + key


def calls_keywords():
    total = 0
    for i in range(40_000):
        total += _keywords(i, key=1) + _keywords(1, 2, 3, other=i)
    return total


def attributes():
    p = Point(1, 2)
    for _ in range(150_000):
        p.x = p.y + 1
        p.y = p.x - 1
    return p.x


def objects():
    p = Point(0, 0)
    total = 0
    for _ in range(30_000):
        p = p.shifted(1)
        total += p.norm1
    return total


def integers():
    a, b, total = 1, 0, 0
    for i in range(150_000):
        a = (a * 1103515245 + 12345) & 0x7FFFFFFF
        b ^= a >> 7
        if b & 1:
            total += i
    return total


def floats():
    x = y = 0.0
    steps = 0
    for i in range(3_000):
        cx, cy = -2.0 + i * 0.001, 0.1
        x = y = 0.0
        for _ in range(30):
            x, y = x * x - y * y + cx, 2.0 * x * y + cy
            steps += 1
            if x * x + y * y > 4.0:
                break
    return steps


def lists():
    items = list(range(2_000))
    total = 0
    for _ in range(20):
        squares = [v * v for v in items]
        squares[10:20] = squares[30:50]
        for i in range(len(squares)):
            total += squares[i]
        squares.reverse()
    return total


def dicts():
    counts = {}
    for i in range(80_000):
        key = i % 1013
        counts[key] = counts.get(key, 0) + 1
    return sum(v for k, v in counts.items() if k & 1)


def sets_and_tuples():
    seen = set()
    for i in range(40_000):
        pair = (i % 97, i % 89)
        if pair not in seen:
            seen.add(pair)
        a, b = pair
    return len(seen)


def strings():
    words = []
    for i in range(12_000):
        word = f"{i:05d}-{i % 7}"
        words.append(word.upper().replace("-", "_"))
    text = " ".join(words)
    return len([w for w in text.split() if w.startswith("0") and "_3" in w])


def string_scan():
    text = "the quick brown fox jumps over the lazy dog " * 4_000
    vowels = 0
    for ch in text:
        if ch in "aeiou":
            vowels += 1
        elif ch == " ":
            vowels -= 1
    return vowels


def c_functions():
    data = [1, 2, 3]
    total = 0
    for i in range(60_000):
        total += len(data) + abs(-i) + ord("a")
        isinstance(i, int)
        min(i, 3)
    return total


def c_methods():
    d = {1: 2}
    bucket = []
    for i in range(60_000):
        bucket.append(i)
        d.keys()
        bucket.pop()
        i.bit_length()
    return len(bucket)


def _numbers(n):
    for i in range(n):  # noqa: UP028 (the loop is what is measured)
        yield i


def _chain(n):
    yield from (v for v in _numbers(n) if v % 3)


def generators():
    return sum(_chain(60_000))


def exceptions():
    caught = 0
    empty = {}
    for i in range(25_000):
        try:
            if i % 2:
                empty[i]
            else:
                raise ValueError(i)
        except KeyError:
            caught += 1
        except ValueError as error:
            caught += len(error.args)
    return caught


def closures():
    def adder(n):
        def add(v):
            return v + n

        return add

    total = 0
    for i in range(20_000):
        add = adder(i)
        total = add(total) & 0xFFFF
    return sum(map(lambda v: v + 1, range(40_000))) + total


_DOCUMENT = {
    "users": [{"id": i, "name": f"user {i}", "tags": ["a", "b", "\u00e9"], "score": i / 7} for i in range(300)]
}


def json_round_trip():
    for _ in range(6):
        text = json.dumps(_DOCUMENT)
        back = json.loads(text)
    return len(back["users"])


def sorting():
    seed, values = 42, []
    for _ in range(8_000):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        values.append(seed)
    values.sort()
    by_key = sorted(values, key=lambda v: v % 1000)
    objects_ = sorted([Slotted(v % 5_000) for v in values[:3_000]])
    return by_key[0] + objects_[0].value


BENCHMARKS = {
    f.__name__: f
    for f in (
        calls,
        calls_keywords,
        attributes,
        objects,
        integers,
        floats,
        lists,
        dicts,
        sets_and_tuples,
        strings,
        string_scan,
        c_functions,
        c_methods,
        generators,
        exceptions,
        closures,
        json_round_trip,
        sorting,
    )
}
