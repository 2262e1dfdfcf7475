"""Cycles added, multiplied, sliced, and the errors of keys that clash."""

from itertools import islice

from cycler import concat, cycler

colors, lines = cycler(color=["r", "g", "b"]), cycler(linestyle=["-", "--", ":"])
assert list(colors + lines) == [{"color": c, "linestyle": line} for c, line in zip("rgb", ["-", "--", ":"])]
assert len(colors * lines) == 9 and list(colors * lines)[1] == {"color": "r", "linestyle": "--"}
assert [step["color"] for step in islice(colors(), 5)] == ["r", "g", "b", "r", "g"]
assert (colors * 2).by_key()["color"] == list("rgbrgb") and list(colors[::-1])[0] == {"color": "b"}
assert len(concat(colors, cycler(color=["k"]))) == 4
for broken in (lambda: colors + cycler(color=["c", "m", "y"]), lambda: colors + cycler(width=[1, 2])):
    try:
        broken()
    except ValueError:
        pass
    else:
        raise AssertionError("cycles that do not fit were added")
