"""Selectors, and the errors of broken ones; Beautiful Soup's test selects with them."""

import soupsieve

assert soupsieve.compile("div > p.a:nth-child(2n+1)") == soupsieve.compile("div > p.a:nth-child(2n+1)")
assert soupsieve.escape("1 a#") == "\\31 \\ a\\#"
for broken in ("div >", "p:nope", "a[b", ":nth-child(x)"):
    try:
        soupsieve.compile(broken)
    except soupsieve.SelectorSyntaxError as error:
        assert error.line == 1
    else:
        raise AssertionError(f"{broken} was accepted")
