"""What the module can that the standard library's cannot, and Unicode's tables."""

import re

import regex

assert regex.findall(r"\p{Lu}\p{Ll}+", "Ärger Über straße Ωmega") == ["Ärger", "Über", "Ωmega"]
assert regex.search(r"(?b)(?:cats|dogs){e<=1}", "two dags").group() == "dags"
assert regex.fullmatch(r"\((?:[^()]|(?R))*\)", "(a(b)c(d(e)))")
assert regex.sub(r"(?<=a+)b", "x", "aaab b") == "aaax b"
assert regex.findall(r"\w\w", "abc", overlapped=True) == ["ab", "bc"]
assert regex.match(r"(?:(\w)-?)+", "a-b-c").captures(1) == ["a", "b", "c"]
assert regex.split(r"(?V1)(?=[A-Z])", "oneTwoThree") == ["one", "Two", "Three"]
assert regex.findall(r"\X", "e\u0301👩‍👩‍👧x") == ["e\u0301", "👩‍👩‍👧", "x"]
assert regex.fullmatch(r"(?if)STRASSE", "straße")
assert regex.search(r"(?P<year>\d{4})-(?P<month>\d\d)", "on 2024-02-29").groupdict() == {"year": "2024", "month": "02"}
assert regex.fullmatch(r"(?V1)[[a-z]--[aeiou]]+", "xyz") and not regex.fullmatch(r"(?V1)[[a-z]--[aeiou]]+", "xay")
text = "The 12 quick brown foxes, 3 lazy dogs. " * 500
for pattern in (r"\b\w+\b", r"\d+", r"(?i)the|dogs", r"[^,.]+[,.]"):
    assert regex.findall(pattern, text) == re.findall(pattern, text)
try:
    regex.compile("(unclosed")
except regex.error as error:
    assert error.pos is not None
else:
    raise AssertionError("a broken pattern was compiled")
