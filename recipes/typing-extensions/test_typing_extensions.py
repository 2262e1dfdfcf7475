"""What the standard library of this Python does not have yet, and what it hands through."""

import typing
import warnings

from typing_extensions import ReadOnly, TypedDict, TypeIs, deprecated, get_annotations, get_type_hints, override

assert override is typing.override


class Movie(TypedDict):
    title: ReadOnly[str]
    year: int


assert Movie.__readonly_keys__ == {"title"} and get_type_hints(Movie)["year"] is int
assert TypeIs[int] and get_annotations(Movie)["year"] is int


@deprecated("use another")
def old() -> int:
    return 1


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    assert old() == 1
assert [str(warning.message) for warning in caught] == ["use another"]
