"""The compiled escape is the one in use, and gives what the one in Python does."""

import markupsafe
from markupsafe import Markup, _native, _speedups, escape

assert markupsafe._escape_inner is _speedups._escape_inner
for text in ("plain", "<a href=\"x\">&'", "ä<" * 1000, "日本&語", "😀>", ""):
    assert _speedups._escape_inner(text) == _native._escape_inner(text)
assert escape("<b>") == "&lt;b&gt;" and isinstance(escape("x"), Markup)
assert escape(Markup("<b>")) == "<b>"
assert Markup("<em>%s</em>") % "<x>" == "<em>&lt;x&gt;</em>"
assert Markup("<p>a &amp; b</p>").striptags() == "a & b" and Markup("&lt;").unescape() == "<"
