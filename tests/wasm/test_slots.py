"""CPython calls the functions of its types with the types that these have: WebAssembly checks each such call."""

from __future__ import annotations

from pathlib import Path

from function_table import read_table

PROGRAM = Path(__file__).parent / "slots.py"
I32 = b"\x7f"


def test_every_slot_has_a_function_of_its_type(python, prefix: Path) -> None:
    table = read_table((prefix / "share/wasmforge/python.wasm").read_bytes())
    done = python(str(PROGRAM))
    assert done.returncode == 0, done.stderr
    wrong, checked = [], 0
    for line in done.stdout.splitlines():
        name, parameters, results, place = line.rsplit(" ", 3)
        if int(place) in table:  # else a side module's
            checked += 1
            if table[int(place)] != (I32 * int(parameters), I32 * int(results)):
                wrong.append(f"{name}: {table[int(place)]}")
    assert checked > 10_000
    assert not wrong


def test_a_methodcaller_is_collected(python) -> None:
    """Its slot in CPython 3.13.15 has the wrong type: patches/0028."""
    code = "import gc, operator\na = []\na.append(operator.methodcaller('f', a))\ndel a\nprint(gc.collect() > 0)"
    done = python("-c", code)
    assert (done.stdout, done.stderr) == ("True\n", "")
