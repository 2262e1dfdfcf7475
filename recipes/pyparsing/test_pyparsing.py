"""A calculator, a grammar with names, and an error with its place."""

import operator

import pyparsing as pp
from pyparsing import common

pp.ParserElement.enable_packrat()
operators = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "^": operator.pow}


def left(tokens):
    value, *rest = tokens[0]
    for sign, other in zip(rest[::2], rest[1::2]):
        value = operators[sign](value, other)
    return value


expression = pp.infix_notation(
    common.number(),
    [
        ("^", 2, pp.OpAssoc.RIGHT, lambda t: t[0][0] ** t[0][2]),
        (pp.one_of("* /"), 2, pp.OpAssoc.LEFT, left),
        (pp.one_of("+ -"), 2, pp.OpAssoc.LEFT, left),
    ],
)
assert expression.parse_string("2 + 3 * (4 - 1) ^ 2 / 3", parse_all=True)[0] == 11
pair = pp.Group(pp.Word(pp.alphas)("key") + pp.Suppress("=") + (common.number | pp.QuotedString('"'))("value"))
found = pp.DelimitedList(pair).parse_string('a=1, b="x y", c=2.5')
assert {item.key: item.value for item in found} == {"a": 1, "b": "x y", "c": 2.5}
assert [tokens[0] for tokens, *_ in common.integer.scan_string("1 a 22 b")] == [1, 22]
try:
    (pp.Literal("a") + "b").parse_string("a\n c", parse_all=True)
except pp.ParseException as error:
    assert (error.lineno, error.col) == (2, 2)
else:
    raise AssertionError("text outside the grammar was parsed")
