"""Data frames across the bridge: Arrow streams and the interchange protocol, tables of npm's apache-arrow."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# A column of each kind, in Arrow's layout: the second batch is a part of the first, by an offset.
FRAME = """
import numpy as np
from pyodide.arrow import Array, Schema, Table

def column(format, name, *buffers, nulls=0, children=(), dictionary=(None, None), flags=2, length=4):
    kinds, values = zip(*children) if children else ((), ())
    return (Schema(format, name, None, flags, kinds, dictionary[0]), Array(length, nulls, 0, buffers, values, dictionary[1]))

bits = np.packbits([1, 0, 1, 1], bitorder="little")
numbers = np.arange(4.0)
days = np.array(["1970-01-01", "2020-02-29", "1969-12-31", "2038-01-19"], "M8[D]")
columns = [
    column("g", "float", None, numbers),
    column("i", "int", bits, np.arange(4, dtype="i4"), nulls=1),
    column("L", "uint64", None, np.arange(4, dtype="u8") + 2**63),
    column("b", "bool", None, np.packbits([1, 0, 0, 1], bitorder="little")),
    column("u", "text", bits, np.array([0, 3, 3, 4, 5], "i4"), "\\u20acab".encode(), nulls=1),
    column("U", "large text", None, np.array([0, 0, 1, 2, 3], "i8"), b"xyz"),
    column("c", "category", bits, np.array([1, 0, 0, 1], "i1"), nulls=1, flags=3,
           dictionary=column("u", "", None, np.array([0, 3, 7], "i4"), b"lowhigh", length=2)),
    column("tdD", "date", None, days.astype("i8").astype("i4")),
    column("tsm:", "time", None, days.astype("M8[ms]").view("i8") + 1),
    column("tsn:Europe/Paris", "zoned", bits, days.astype("M8[ns]").view("i8"), nulls=1),
    column("tDs", "duration", None, np.arange(4, dtype="i8")),
    column("e", "half", None, np.array([0.5, 1, 2, -4], "f2")),
    column("d:10,2", "decimal", None, np.array([0, 0, 100, 0, 200, 0, 300, 0], "i8")),
    column("n", "nothing", nulls=4)[:1] + (Array(4, 4, 0, (), (), None),),
    column("+l", "list", None, np.array([0, 2, 2, 3, 6], "i4"),
           children=[column("i", "item", None, np.arange(6, dtype="i4"), length=6)]),
    column("+w:2", "pair", None, children=[column("s", "item", None, np.arange(8, dtype="i2"), length=8)]),
    column("+s", "struct", bits, nulls=1, children=[column("i", "a", None, np.arange(4, dtype="i4")),
                                                    column("u", "b", None, np.array([0, 1, 2, 3, 4], "i4"), b"wxyz")]),
]
schema = Schema("+s", "", None, 0, tuple(kind for kind, _ in columns), None)
whole = Array(4, 0, 0, (None,), tuple(values for _, values in columns), None)
part = Array(2, 0, 0, (None,), tuple(
    values._replace(length=2, offset=1, null_count=values.null_count and -1) for _, values in columns), None)
frame = Table(schema, (whole, part))
"""

# What JavaScript should read from the first batch, column by column.
EXPECTED: dict[str, tuple[str, list[Any]]] = {
    "float": ("Float64", [0, 1, 2, 3]),
    "int": ("Int32", [0, None, 2, 3]),
    "uint64": ("Uint64", [f"{2**63 + i}n" for i in range(4)]),
    "bool": ("Bool", [True, False, False, True]),
    "text": ("Utf8", ["€", None, "a", "b"]),
    "large text": ("LargeUtf8", ["", "x", "y", "z"]),
    "category": ("Dictionary<Int8, Utf8>", ["high", None, "low", "high"]),
    "date": ("Date32<DAY>", [0, 1582934400000, -86400000, 2147472000000]),
    "time": ("Timestamp<MILLISECOND>", [1, 1582934400001, -86399999, 2147472000001]),
    "zoned": ("Timestamp<NANOSECOND, Europe/Paris>", [0, None, -86400000, 2147472000000]),
    "duration": ("Duration<SECOND>", ["0n", "1n", "2n", "3n"]),
    "half": ("Float16", [0.5, 1, 2, -4]),
    "decimal": ("Decimal[10e+2]", ["0", "100", "200", "300"]),
    "nothing": ("Null", [None] * 4),
    "list": ("List<Int32>", [[0, 1], [], [2], [3, 4, 5]]),
    "pair": ("FixedSizeList[2]<Int16>", [[0, 1], [2, 3], [4, 5], [6, 7]]),
    "struct": ("Struct<{a:Int32, b:Utf8}>", [{"a": 0, "b": "w"}, None, {"a": 2, "b": "y"}, {"a": 3, "b": "z"}]),
}

SETUP = """
const { createRequire } = await import("node:module");
const arrow = createRequire(%s)("./apache-arrow/Arrow.es2015.min.js");
const python = await loadPython({ ...quiet, packages: ["numpy"] });
python.runPython(%s);
const plain = (value) => (typeof value === "bigint" ? `${value}n` : ArrayBuffer.isView(value) ? String(value) : value?.toJSON ? value.toJSON() : value);
const columns = (table) => Object.fromEntries(table.schema.fields.map(({ name, type }) =>
  [name, [String(type), [...table.getChild(name)].map((value) => (name === "decimal" ? String(value).replaceAll('"', "") : plain(value)))]]));
const last = (error) => error.message.trim().split("\\n").at(-1);
const run = (code) => python.runPython(code);
"""


@pytest.fixture
def run_arrow(run_js: Callable[..., Any], node_modules: Path) -> Callable[..., Any]:
    """Run JavaScript that sees the module arrow, and in Python `frame` (two batches)."""
    setup = SETUP % (json.dumps((node_modules / "index.js").as_uri()), json.dumps(FRAME))
    return lambda code: run_js(setup + code)


def test_a_frame_becomes_a_table(run_arrow) -> None:
    code = r"""
        const table = python.toArrow(run("frame"), arrow);
        show(columns(table));
        const { batches } = table;
        show([table.numRows, batches.length, table.schema.fields[0].nullable, table.schema.fields[6].type.isOrdered]);
        const address = run("numbers.__array_interface__['data'][0]");
        show([batches[0].data.children[0].values.byteOffset - address, batches[1].data.children[0].values.byteOffset - address]);
        show(arrow.tableFromIPC(arrow.tableToIPC(table)).numRows);
    """
    shown, facts, addresses, rows = run_arrow(code)
    assert shown == {name: [type, values + values[1:3]] for name, (type, values) in EXPECTED.items()}
    assert facts == [6, 2, True, True]
    # The columns are Python's memory itself.
    assert (addresses, rows) == ([0, 8], 6)


def test_a_table_follows_the_memory_when_it_grows(run_arrow) -> None:
    code = r"""
        const table = python.toArrow(run("frame"), arrow);
        const before = JSON.stringify(columns(table));
        const old = table.getChild("float").data[0].values;
        run("large = [bytearray(1 << 27) for _ in range(3)]; numbers[0] = 5");
        show([old.length, table.getChild("float").get(0), [...table.getChild("float").toArray()]]);
        run("numbers[0] = 0");
        show(before === JSON.stringify(columns(table)));
    """
    assert run_arrow(code) == [[0, 5, [5, 1, 2, 3, 1, 2]], True]


def test_a_table_is_released(run_arrow) -> None:
    code = r"""
        run("import sys; before = sys.getrefcount(numbers)");
        const frame = run("frame");
        const table = python.toArrow(frame, arrow);
        const held = run("sys.getrefcount(numbers) - before");
        table.release();
        table.release();
        show([held > 0, run("sys.getrefcount(numbers) - before"), last(await failure(() => table.getChild("text").get(0)))]);
        const copied = python.toArrow(frame, arrow, { copy: true });
        run("numbers[0] = 9");
        show([run("sys.getrefcount(numbers) - before"), copied.release === undefined, columns(copied).float[1][0]]);
    """
    (held, released, error), copied = run_arrow(code)
    assert (held, released) == (True, 0)
    assert "released" in error
    assert copied == [0, True, 0]


def test_a_stream_of_another_producer(run_arrow) -> None:
    """One that is written with ctypes, and counts what it gets back."""
    source = json.dumps((Path(__file__).parent / "arrow_ctypes.py").read_text())
    code = (
        f"python.FS.writeFile('/tmp/arrow_ctypes.py', {source});"
        + r"""
        run("import sys; sys.path.append('/tmp'); from arrow_ctypes import Frame, consume; frame = Frame()");
        const table = python.toArrow(run("frame"), arrow);
        show(columns(table));
        const address = run("import ctypes; ctypes.addressof(frame.numbers)");
        show([table.batches[1].data.children[0].values.byteOffset - address, run("str(frame.released)")]);
        table.release();
        show(run("str(frame.released)"));
        show(last(await failure(() => python.toArrow(run("frame"), arrow))));
        show(last(await failure(() => python.toArrow(run("failing = Frame(b'no more')\nfailing"), arrow))));
        show(run("str(failing.released)"));
        show(run("str(consume(Table(schema._replace(children=schema.children[:1]), (whole._replace(children=whole.children[:1]),)).__arrow_c_stream__()))"));
    """
    )
    shown, (address, before), after, again, failed, released, consumed = run_arrow(code)
    assert shown == {"number": ["Float64", [1.5, None, 3.5] * 2], "text": ["Utf8", ["é", "", "€a"] * 2]}
    assert (address, before) == (8, str({"schema": 0, "array": 0, "stream": 1}))
    assert after == str({"schema": 3, "array": 6, "stream": 1})
    assert "was read before" in again
    assert failed.endswith("the data frame's Arrow stream failed: no more")
    assert released == str({"schema": 3, "array": 3, "stream": 1})
    assert consumed == str([[(b"float", b"g")], (4, 0, struct.pack("4d", 0, 1, 2, 3))])


def test_a_frame_of_the_interchange_protocol(run_arrow) -> None:
    """As pandas has it without pyarrow: __arrow_c_stream__ is there, but cannot be used."""
    code = r"""
        run(`
covered = [kind.name for kind in schema.children if kind.format[0] not in 'dn+']
class Frame:
    def __init__(self, frame): self.frame = frame
    def __arrow_c_stream__(self, requested_schema=None): raise ImportError('no pyarrow')
    def __dataframe__(self, nan_as_null=False, allow_copy=True): return self.frame
other = Frame(frame.__dataframe__().select_columns_by_name(covered))
`);
        const table = python.toArrow(run("other"), arrow);
        show([columns(table), table.batches.length]);
        const address = run("numbers.__array_interface__['data'][0]");
        show(table.batches[1].data.children[0].values.byteOffset - address);
        show(last(await failure(() => python.toArrow(run("Frame(frame.__dataframe__())"), arrow))));
        show(last(await failure(() => python.toArrow(run("[1]"), arrow))));
        show(last(await failure(() => python.toArrow(run("frame")))));
    """
    (shown, batches), address, uncovered, no_frame, no_module = run_arrow(code)
    protocol = {
        name: EXPECTED[name]
        for name in EXPECTED
        if not EXPECTED[name][0].startswith(("Dec", "Null", "List", "Fixed", "Struct"))
    }
    expected = {name: [type, values + values[1:3]] for name, (type, values) in protocol.items()}
    assert shown == expected
    assert (batches, address) == (2, 8)
    assert "'decimal' cannot be interchanged" in uncovered
    assert "list is no data frame" in no_frame
    assert "apache-arrow" in no_module


TABLE = r"""
const table = new arrow.Table({
  float: arrow.vectorFromArray([1.5, null, -0.5, NaN], new arrow.Float64()),
  int: arrow.vectorFromArray([1, 2, 3, 4], new arrow.Int32()),
  big: arrow.vectorFromArray([1n, null, 3n, -4n], new arrow.Int64()),
  bool: arrow.vectorFromArray([true, null, false, true], new arrow.Bool()),
  text: arrow.vectorFromArray(["a", null, "\u20ac\u{1f600}", ""], new arrow.Utf8()),
  category: arrow.vectorFromArray(["x", "y", null, "x"], new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8())),
  time: arrow.vectorFromArray([0, null, 1000, -1000].map((ms) => ms === null ? null : new Date(ms)), new arrow.TimestampMillisecond("Europe/Paris")),
  day: arrow.vectorFromArray([new Date(0), new Date(86400000), null, new Date(-86400000)], new arrow.DateDay()),
  duration: arrow.vectorFromArray([1n, 2n, 3n, null], new arrow.DurationSecond()),
  list: arrow.vectorFromArray([[1, 2], [], null, [3]], new arrow.List(new arrow.Field("item", new arrow.Int32()))),
  struct: arrow.vectorFromArray([{ a: 1 }, { a: null }, null, { a: 4 }], new arrow.Struct([new arrow.Field("a", new arrow.Int32())])),
});
"""

PLAIN = ["float", "int", "big", "bool", "text", "category", "time", "day", "duration"]


def test_a_table_becomes_a_frame(run_arrow) -> None:
    code = (
        TABLE
        + r"""
        const facts = python.runPython(`
def facts(table):
    def values(array):
        return [None if x is None or x is np.ma.masked else str(x) for x in (array.astype(object) if array.dtype.kind not in 'mM' else array.astype('O'))]
    arrays = table.to_numpy()
    return str({name: (str(array.dtype), list(map(lambda x: str(x), array.tolist()))) for name, array in arrays.items()})
facts`);
        const flat = table.select(["float", "int", "big", "bool", "text", "category", "time", "day", "duration"]);
        show(facts(python.fromArrow(flat)));
        const frame = python.fromArrow(table);
        show([frame.num_rows, frame.column_names.toJs(), String(frame)]);
        show(columns(python.toArrow(frame, arrow)));
        show(columns(table));
        const sliced = table.slice(1, 4);
        show(columns(python.toArrow(python.fromArrow(sliced), arrow)));
        show(columns(sliced));
        show(columns(python.toArrow(python.fromArrow(table.concat(table)), arrow)).text[1].length);
        show(last(await failure(() => frame.to_numpy())));
        show(last(await failure(() => python.fromArrow([1, 2]))));
    """
    )
    arrays, facts, there_and_back, original, sliced_back, sliced, twice, refused, no_table = run_arrow(code)
    assert arrays == str(
        {
            "float": ("float64", ["1.5", "None", "-0.5", "nan"]),
            "int": ("int32", ["1", "2", "3", "4"]),
            "big": ("int64", ["1", "None", "3", "-4"]),
            "bool": ("bool", ["True", "None", "False", "True"]),
            "text": ("object", ["a", "None", "€😀", ""]),
            "category": ("object", ["x", "y", "None", "x"]),
            "time": ("datetime64[ms]", ["1970-01-01 00:00:00", "None", "1970-01-01 00:00:01", "1969-12-31 23:59:59"]),
            "day": ("datetime64[D]", ["1970-01-01", "1970-01-02", "None", "1969-12-31"]),
            "duration": ("timedelta64[s]", ["0:00:01", "0:00:02", "0:00:03", "None"]),
        }
    )
    assert facts[:2] == [4, [*PLAIN, "list", "struct"]]
    assert "Table of 4 rows" in facts[2]
    assert there_and_back == original
    assert sliced_back == sliced
    assert twice == 8
    assert "list" in refused and "NumPy has no type" in refused
    assert "fromArrow takes a Table" in no_table


def test_a_table_is_a_frame_of_the_interchange_protocol(run_arrow) -> None:
    """Read as pandas does: by pointers, with masks of bytes."""
    code = (
        TABLE
        + r"""
        const read = python.runPython(`
import ctypes
def memory(buffer, dtype):
    kind, bits, _, _ = dtype
    letter = {0: 'i', 1: 'u', 2: 'f', 20: 'b'}[int(kind)]
    return np.frombuffer(ctypes.string_at(buffer.ptr, buffer.bufsize), f'{letter}{bits // 8}' if letter != 'b' else bool)
def read(table):
    found = {}
    for frame in table.__dataframe__().get_chunks(2):
        for name in frame.column_names():
            column = frame.get_column_by_name(name)
            buffers = column.get_buffers()
            values = memory(*buffers['data'])[:column.size()].tolist()
            mask = memory(*buffers['validity']).tolist() if buffers['validity'] else None
            found.setdefault(name, []).append((int(column.dtype[0]), column.null_count, values, mask))
    try:
        table.__dataframe__(allow_copy=False).get_column_by_name('bool').get_buffers()
    except RuntimeError as error:
        return [str(found), str(error), list(column.describe_categorical['categories']._col if name == 'category' else [])]
read`);
        show(read(python.fromArrow(table.select(["int", "bool", "big", "category"]))).toJs());
    """
    )
    found, copying, categories = run_arrow(code)
    assert found == str(
        {
            "int": [(0, 0, [1, 2], None), (0, 0, [3, 4], None)],
            "bool": [(20, 1, [True, False], [True, False]), (20, 0, [False, True], [True, True])],
            "big": [(0, 1, [1, 0], [True, False]), (0, 0, [3, -4], [True, True])],
            "category": [(23, 0, [0, 1], [True, True]), (23, 1, [0, 0], [False, True])],
        }
    )
    assert "allow_copy=False" in copying
    assert categories == ["x", "y"]


def test_tables_from_python(run_arrow) -> None:
    """The same by pyodide.arrow, and nothing is left behind."""
    code = r"""
        python.registerJsModule("apache_arrow", arrow);
        run("import apache_arrow; from pyodide.arrow import from_arrow, to_arrow");
        const before = JSON.stringify(python._live());
        show(run(`
table = to_arrow(frame, apache_arrow)
copied = to_arrow(frame, apache_arrow, copy=True)
twice = from_arrow(table)
result = str([table.numRows, twice.num_rows, twice.column_names[:2]])
table.release()
del table, copied, twice
result`));
        show(before === JSON.stringify(python._live()) || [before, python._live()]);
    """
    shown, clean = run_arrow(code)
    assert shown == str([6, 6, ["float", "int"]])
    assert clean is True
