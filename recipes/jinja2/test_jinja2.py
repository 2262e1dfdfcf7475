"""Templates: inheritance, loops, filters, escaping, macros, asynchronous rendering, errors with their line."""

import asyncio

from jinja2 import DictLoader, Environment, StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment, SecurityError

pages = {
    "base": "<title>{% block title %}?{% endblock %}</title>",
    "page": "{% extends 'base' %}{% block title %}{% for n in names if n %}{{ loop.index }}:{{ n|title }} {% endfor %}{% endblock %}",
    "macro": "{% macro tag(n) %}<{{ n }}>{{ caller() }}</{{ n }}>{% endmacro %}{% call tag('b') %}{{ text }}{% endcall %}",
    "broken": "one\n{% if %}",
}
environment = Environment(loader=DictLoader(pages), autoescape=True, undefined=StrictUndefined)
assert environment.get_template("page").render(names=["ann", "", "<b>"]) == "<title>1:Ann 2:&lt;B&gt; </title>"
assert environment.get_template("macro").render(text="<") == "<b>&lt;</b>"
assert environment.from_string("{{ [3, 1, 2]|sort|join('-') }} {{ 'x' * 3 }} {{ 7 // 2 }}").render() == "1-2-3 xxx 3"
for name, error, words in (("broken", TemplateSyntaxError, "line 2"), ("macro", UndefinedError, "text")):
    try:
        environment.get_template(name).render()
    except error as raised:
        assert words in str(raised) or raised.lineno == 2
    else:
        raise AssertionError(f"{name} rendered")


async def words():
    for word in "ab":
        await asyncio.sleep(0)
        yield word


template = Environment(enable_async=True).from_string("{% for w in words %}{{ w }}{% endfor %}")
coroutine = template.render_async(words=words())


def finish(coroutine) -> str:
    """Runs a coroutine that waits for nothing outside: there need not be an event loop."""
    while True:
        try:
            coroutine.send(None)
        except StopIteration as done:
            return done.value


assert finish(coroutine) == "ab"
try:
    SandboxedEnvironment().from_string("{{ ''.__class__.__mro__ }}").render()
except SecurityError:
    pass
else:
    raise AssertionError("the sandbox let a template out")
