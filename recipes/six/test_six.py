"""What programs for both Pythons use of it."""

import io

import six
from six.moves import range as moved_range
from six.moves.urllib.parse import urlencode


class Meta(type):
    """Marks the classes it makes."""

    def __new__(cls, name, bases, members):
        return super().__new__(cls, name, bases, {**members, "made": True})


@six.add_metaclass(Meta)
class Made:
    pass


assert six.PY3 and Made.made and isinstance(Made, Meta)
assert six.ensure_str(b"\xc3\xa9") == "é" and six.ensure_binary("é") == b"\xc3\xa9"
assert list(six.iteritems({"a": 1})) == [("a", 1)] and list(moved_range(2)) == [0, 1]
assert urlencode({"q": "a b"}) == "q=a+b"
out = io.StringIO()
six.print_("x", 1, sep="-", file=out)
assert out.getvalue() == "x-1\n"
try:
    six.raise_from(KeyError("outer"), ValueError("inner"))
except KeyError as error:
    assert isinstance(error.__cause__, ValueError)
