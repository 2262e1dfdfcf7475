"""What install makes of prefixes in a package's files is what the bundler makes of them."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from wasmforge.bundle.prefix import _relocate
from wasmforge.common.layout import find_layout

OLD = "/made/by/placeholder"

SCRIPT = """
import { createInterface } from "node:readline";
const [module, old] = process.argv.slice(1);
const { relocate } = await import(module);
for await (const line of createInterface({ input: process.stdin })) {
  const [data, mode] = JSON.parse(line);
  console.log(JSON.stringify(Buffer.from(relocate(Buffer.from(data, "base64"), old, mode)).toString("base64")));
}
"""


class Relocator:
    """relocate() under node, asked line by line."""

    def __init__(self, node: str) -> None:
        module = find_layout().root / "emscripten-forge/packages/wasmforge-install/src/relocate.mjs"
        command = [node, "--input-type=module", "--eval", SCRIPT, module.as_uri(), OLD]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, data: bytes, mode: str) -> bytes:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps([base64.b64encode(data).decode(), mode]) + "\n")
        self._process.stdin.flush()
        return base64.b64decode(json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def relocator(node: str) -> Any:
    relocator = Relocator(node)
    yield relocator
    relocator.close()


# Made of the pieces that matter, so that most examples have the prefix.
contents = st.lists(
    st.sampled_from([OLD.encode(), OLD[:-1].encode(), b"/", b"\0", b"lib", b"\xff", b"/made"]), max_size=12
).map(b"".join)


@given(contents, st.sampled_from(["text", "binary"]))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_as_the_bundler(relocator: Relocator, data: bytes, mode: str) -> None:
    # Of a prefix below itself, which no package has, the bundler's second pass would take away both.
    assume(OLD.encode() * 2 not in data)
    assert relocator(data, mode) == _relocate(data, Path(OLD), mode)


@pytest.mark.parametrize(
    ("data", "mode", "expected"),
    [
        (b"prefix=/made/by/placeholder\n", "text", b"prefix=/\n"),
        (b"#!/made/by/placeholder/bin/python", "text", b"#!/bin/python"),
        (b"a\0/made/by/placeholder/lib:/made/by/placeholder\0z", "binary", b"a\0/lib:/" + bytes(40) + b"z"),
        (b"/made/by/placeholder/lib", "binary", b"/made/by/placeholder/lib"),
    ],
)
def test_examples(relocator: Relocator, data: bytes, mode: str, expected: bytes) -> None:
    found = relocator(data, mode)
    assert found == expected
    assert mode == "text" or len(found) == len(data)
