"""Text to data and back; tags, anchors, dates; errors with their place; that nothing unsafe is made."""

from datetime import date

import yaml

text = """
name: Zoë
when: 2024-02-29
list: [1, 2.5, true, null, 0x1f]
base: &base {a: 1}
more:
  <<: *base
  text: |
    two
    lines
"""
data = yaml.safe_load(text)
assert data["list"] == [1, 2.5, True, None, 31] and data["when"] == date(2024, 2, 29)
assert data["more"] == {"a": 1, "text": "two\nlines\n"} and data["name"] == "Zoë"
assert yaml.safe_load(yaml.safe_dump(data, allow_unicode=True, sort_keys=False)) == data
assert list(yaml.safe_load_all("--- 1\n--- [2]\n")) == [1, [2]]
try:
    yaml.safe_load("a: [1, 2\nb: 3")
except yaml.YAMLError as error:
    assert error.problem_mark.line == 1
else:
    raise AssertionError("broken text was read")
try:
    yaml.safe_load("!!python/object/apply:os.system ['true']")
except yaml.constructor.ConstructorError:
    pass
else:
    raise AssertionError("a document ran a function")
# Without libyaml; programs ask for its loader in this way.
assert not yaml.__with_libyaml__ and not hasattr(yaml, "CSafeLoader")
