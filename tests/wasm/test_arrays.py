"""Arrays across the bridge: Python's buffers as typed arrays, and typed arrays as Python's buffers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

# `items` lists a view's items in the array's order, by its offset and strides alone.
SETUP = """
const python = await loadPython({ ...quiet, packages: ["numpy"] });
python.runPython("import numpy as np, sys");
const items = ({ data, shape, strides, offset }, axis = 0, at = offset) => axis === shape.length
  ? (data instanceof DataView ? at : data[at])
  : Array.from({ length: shape[axis] }, (_, index) => items({ data, shape, strides, offset }, axis + 1, at + index * strides[axis]));
const last = (error) => error.message.trim().split("\\n").at(-1);
"""

# Arrays, and what the view of each is: NumPy's name of the type, the typed array's.
VIEWS = [
    ("np.arange(6)", "int32", "Int32Array"),
    ("np.arange(24.0).reshape(2, 3, 4)", "float64", "Float64Array"),
    ("np.asfortranarray(np.arange(6, dtype='f4').reshape(2, 3))", "float32", "Float32Array"),
    ("np.arange(24, dtype='i2').reshape(2, 3, 4).transpose(2, 0, 1)", "int16", "Int16Array"),
    ("np.arange(24, dtype='u2').reshape(4, 6)[::-1, ::-2]", "uint16", "Uint16Array"),
    ("np.arange(24, dtype='u4').reshape(4, 6)[1::2, 3:5]", "uint32", "Uint32Array"),
    ("np.arange(6, dtype='i8').reshape(2, 3)[:, ::-1]", "int64", "BigInt64Array"),
    ("np.arange(3, dtype='u8')", "uint64", "BigUint64Array"),
    ("np.arange(4, dtype='i1') - 2", "int8", "Int8Array"),
    ("np.array([[True, False], [False, True]])", "bool", "Uint8Array"),
    ("np.broadcast_to(np.arange(3.0), (2, 3))", "float64", "Float64Array"),
    ("np.array(7.5)", "float64", "Float64Array"),
    ("np.zeros((0, 3))", "float64", "Float64Array"),
    ("np.zeros((1, 1, 1, 1, 2, 1, 1, 3))", "float64", "Float64Array"),
    ("np.ones((3, 4))[::2]['f8' and slice(None), 1]", "float64", "Float64Array"),
    ("np.zeros(4, [('a', 'i4'), ('b', 'f4')])['b']", "float32", "Float32Array"),
    ("b'bytes'", "uint8", "Uint8Array"),
    ("bytearray(5)", "uint8", "Uint8Array"),
    ("memoryview(bytes(range(24))).cast('h', [4, 3])[::-1]", "int16", "Int16Array"),
    ("__import__('array').array('q', [1, -1])", "int64", "BigInt64Array"),
    ("__import__('ctypes').c_double(2.5)", "float64", "Float64Array"),
]


def test_views(run_js) -> None:
    code = (
        f"const cases = {json.dumps([case for case, *_ in VIEWS])};"
        + r"""
        for (const expression of cases) {
          const array = python.runPython(`array = ${expression}\narray`);
          const view = array.getBuffer();
          array.destroy();
          const { data, dtype, readonly, c_contiguous, f_contiguous, nbytes } = view;
          const kind = Object.prototype.toString.call(data).slice(8, -1);
          const facts = python.runPython(`
m = memoryview(array)
str([m.readonly, m.c_contiguous, m.f_contiguous, m.nbytes])`);
          const same = `[${[readonly, c_contiguous, f_contiguous].map((flag) => (flag ? "True" : "False")).join(", ")}, ${nbytes}]` === facts;
          const asPython = python.runPython("import json\njson.dumps(np.asarray(memoryview(array)).tolist())");
          const asView = JSON.stringify(items(view), (_, item) => (typeof item === "bigint" ? Number(item) : item));
          const numbers = asPython.replaceAll("true", "1").replaceAll("false", "0").replace(/(\d)\.0\b/g, "$1").replaceAll(" ", "");
          show([dtype, kind, same || facts, asView === numbers || [asView, numbers]]);
          view.release();
        }
    """
    )
    for (case, dtype, kind), shown in zip(VIEWS, run_js(SETUP + code), strict=True):
        assert shown == [dtype, kind, True, True], case


@pytest.mark.parametrize("engine", ["with Float16Array", "without"])
def test_half_floats(run_js, engine: str) -> None:
    """Where the engine has no Float16Array, the error says what to do."""
    hide = "delete globalThis.Float16Array;" if engine == "without" else ""
    code = r"""
        const array = python.runPython("np.array([0.5, -2], 'f2')");
        const bits = [...array.getBuffer("u16").data];
        if (globalThis.Float16Array) show([bits, [...array.getBuffer().data], [...array.toJs()]]);
        else show([bits, last(await failure(() => array.getBuffer())), "left a proxy"]);
    """
    bits, view, copied = run_js(hide + SETUP + code)
    assert bits == [0x3800, 0xC000]
    if isinstance(view, str):
        assert view.startswith("Javascript has no Float16 support") and "float32" in view
    else:
        assert [view, copied] == [[0.5, -2], [0.5, -2]]


# Arrays that no typed array can view, and what the reason says.
REFUSED = [
    ("np.arange(3, dtype='>i4')", "Javascript has no native support for big endian buffers"),
    ("np.zeros(2, [('a', 'i4'), ('b', 'f8')])", "record"),
    ("np.array([None, 1])", "references to Python objects"),
    ("np.array(['text'])", "strings"),
    ("np.array([b'text'])", "strings"),
    ("np.zeros(1, 'g')", "long double"),
    ("np.zeros(1, 'G')", "long double"),
    ("np.zeros(2, [('a', 'i1'), ('b', 'f8')])['b']", "multiples of 8 bytes"),
    ("np.frombuffer(bytes(9), 'f8', 1, 1)", "multiples of 8 bytes"),
    ("np.zeros(2, 'M8[s]')", "cannot include dtype 'M' in a buffer"),
]


def test_what_cannot_be_viewed_says_why(run_js) -> None:
    code = (
        f"const cases = {json.dumps([case for case, _ in REFUSED])};"
        + r"""
        for (const expression of cases) {
          const array = python.runPython(expression);
          show(last(await failure(() => array.getBuffer())));
        }
        const big = python.runPython("np.array([[1, 2], [3, 4]], '>i2')[:, ::-1]");
        const view = big.getBuffer("dataview");
        show([view.littleEndian, items(view).flat().map((at) => view.data.getInt16(at, view.littleEndian))]);
        show(last(await failure(() => big.getBuffer("i3"))));
    """
    )
    *reasons, (little_endian, values), unknown = run_js(SETUP + code)
    for (case, expected), reason in zip(REFUSED, reasons, strict=True):
        assert expected in reason, case
    assert (little_endian, values) == (False, [2, 1, 4, 3])
    assert unknown.startswith('Unknown type "i3": one of i8, u8, u8clamped')


def test_memory_as_another_type(run_js) -> None:
    code = r"""
        const bytes = python.runPython("bytes(range(16))");
        const array = python.runPython("np.arange(6, dtype='i2').reshape(3, 2)[::-1]");
        const shorts = array.getBuffer("u8");
        show([items(bytes.getBuffer("u32")), bytes.getBuffer("f64").shape, items(shorts), shorts.dtype, shorts.data.constructor.name]);
        show([bytes.getBuffer("u8clamped").data.constructor.name, String(items(bytes.getBuffer("u64"))[0])]);
        show(last(await failure(() => python.runPython("bytes(3)").getBuffer("u16"))));
        show(last(await failure(() => array.getBuffer("u64"))));
    """
    first, second, *errors = run_js(SETUP + code)
    assert first == [
        [0x03020100, 0x07060504, 0x0B0A0908, 0x0F0E0D0C],
        [2],
        [[[4, 0], [5, 0]], [[2, 0], [3, 0]], [[0, 0], [1, 0]]],
        "uint8",
        "Uint8Array",
    ]
    assert second == ["Uint8ClampedArray", str(0x0706050403020100)]
    assert all("cannot be taken as elements" in error for error in errors)


def test_complex_numbers_are_interleaved(run_js) -> None:
    code = r"""
        const view = python.runPython("np.array([[1 + 2j, 3 + 4j], [5 + 6j, 7 + 8j]])[:, 1]").getBuffer();
        const { dtype, data, shape, strides, offset } = view;
        show([dtype, [...data], items(view), items({ data, shape, strides, offset: offset + 1 })]);
    """
    assert run_js(SETUP + code) == ["complex128", [3, 4, 5, 6, 7, 8], [3, 7], [4, 8]]


def test_views_work_with_the_package_ndarray(run_js, node_modules: Path) -> None:
    code = (
        f"const ndarray = (await import({json.dumps((node_modules / 'ndarray/ndarray.js').as_uri())})).default;"
        + r"""
        const view = python.runPython("a = np.arange(24.0).reshape(2, 3, 4)[:, ::-1, ::2]\na").getBuffer();
        const array = ndarray(view.data, view.shape, view.strides, view.offset);
        array.set(1, 2, 1, -1);
        show([array.dimension, array.shape, array.get(0, 0, 1), array.pick(1, 0).get(0), python.runPython("a[1, 2, 1]")]);
        const picture = python.runPython("np.zeros((2, 2, 3), np.uint8)").getBuffer();
        show(ndarray(picture.data, picture.shape).dtype);
    """
    )
    assert run_js(SETUP + code) == [[3, [2, 3, 2], 10, 20, -1], "uint8"]


def test_a_view_is_the_memory_itself(run_js) -> None:
    code = r"""
        const array = python.runPython("big = np.zeros((2048, 4096))\nbig");
        const times = Array.from({ length: 10 }, () => {
          const start = performance.now();
          const view = array.getBuffer();
          const { length } = view.data;
          const time = performance.now() - start;
          view.release();
          return length === 2048 * 4096 ? time : NaN;
        });
        show(Math.min(...times));
        const view = array.getBuffer();
        view.data[view.strides[0] + 1] = 42;
        python.runPython("big[-1, -1] = 43");
        show([python.runPython("big[1, 1]"), view.data.at(-1), view.readonly]);
        show(python.runPython("big.flags.writeable = False\nbig").getBuffer().readonly);
    """
    milliseconds, shared, readonly = run_js(SETUP + code)
    assert milliseconds < 1
    assert (shared, readonly) == ([42, 43, False], True)


def test_views_follow_the_memory_when_it_grows(run_js) -> None:
    """Growth leaves typed arrays empty. `data` is taken anew, and an old array says that it is none any more."""
    code = r"""
        const view = python.runPython("a = np.arange(5)\na").getBuffer();
        const old = view.data;
        python.runPython("large = [bytearray(1 << 27) for _ in range(3)]; a[0] = 99");
        show([old.length, [...view.data], view.data === view.data]);
        const read = python.runPython("def read(array):\n    try: return str(list(array.to_memoryview()))\n    except ValueError as error: return str(error)\nread");
        show([read(view.data), read(old)]);
    """
    (old_length, values, stable), (current, error) = run_js(SETUP + code)
    assert (old_length, values, stable) == (0, [99, 1, 2, 3, 4], True)
    assert current == "[99, 1, 2, 3, 4]"
    assert "detached" in error and "grown" in error


def test_a_view_keeps_the_memory_until_it_is_released(run_js) -> None:
    code = r"""
        const bytes = python.runPython("b = bytearray(10)\nbefore = sys.getrefcount(b)\nb");
        const view = bytes.getBuffer();
        bytes.destroy();
        const resize = "try:\n    b.append(1)\n    r = 'resized'\nexcept BufferError:\n    r = 'in use'\nr";
        show([python.runPython(resize), python.runPython("sys.getrefcount(b) - before")]);
        view.release();
        view.release();
        show([python.runPython(resize), python.runPython("sys.getrefcount(b) - before")]);
        show(last(await failure(() => view.data)));
    """
    held, released, error = run_js(SETUP + code)
    assert (held, released) == (["in use", 1], ["resized", 0])
    assert "released" in error


def test_copies_by_to_js(run_js) -> None:
    code = r"""
        const copy = (expression) => python.runPython(expression).toJs();
        const named = (value) => Array.isArray(value) ? value.map(named)
          : ArrayBuffer.isView(value) ? [value.constructor.name, ...Array.from(value, Number)] : value;
        for (const expression of [
          "np.arange(3.0)", "np.arange(6, dtype='i2').reshape(2, 3)", "np.arange(6, dtype='u1').reshape(2, 3).T",
          "np.arange(8)[::-3]", "np.array([1, 2], '>i4')", "np.array([1 + 2j])", "np.array([True, False])", "b'ab'",
          "np.array(['one', 'two\u20ac'])", "np.array([[b'ab', b'c']])", "np.zeros((2, 0))", "np.array(5, 'i8')",
          "memoryview(b'abc')[::2]",
        ]) show([named(copy(expression))]);
        const array = python.runPython("a = np.arange(3)\na");
        const copied = array.toJs();
        copied[0] = 9;
        show(python.runPython("int(a[0])"));
        show(copy("np.zeros(1, 'V4')") === undefined ? "nothing" : "a proxy");
    """
    *copies, untouched, odd = run_js(SETUP + code)
    assert [copied for (copied,) in copies] == [
        ["Float64Array", 0, 1, 2],
        [["Int16Array", 0, 1, 2], ["Int16Array", 3, 4, 5]],
        [["Uint8Array", 0, 3], ["Uint8Array", 1, 4], ["Uint8Array", 2, 5]],
        ["Int32Array", 7, 4, 1],
        ["Int32Array", 1, 2],
        ["Float64Array", 1, 2],
        [True, False],
        ["Uint8Array", 97, 98],
        ["one", "two€"],
        [["ab", "c"]],
        [["Float64Array"], ["Float64Array"]],
        ["BigInt64Array", 5],
        ["Uint8Array", 97, 99],
    ]
    assert (untouched, odd) == (0, "a proxy")


# ---- JavaScript's arrays in Python ----

KINDS = [
    ("Int8Array", "b", "int8"),
    ("Uint8Array", "B", "uint8"),
    ("Uint8ClampedArray", "B", "uint8"),
    ("Int16Array", "h", "int16"),
    ("Uint16Array", "H", "uint16"),
    ("Int32Array", "i", "int32"),
    ("Uint32Array", "I", "uint32"),
    ("Float32Array", "f", "float32"),
    ("Float64Array", "d", "float64"),
    ("BigInt64Array", "q", "int64"),
    ("BigUint64Array", "Q", "uint64"),
]


def test_typed_arrays_of_all_kinds(run_js) -> None:
    code = (
        f"const kinds = {json.dumps([kind for kind, *_ in KINDS])};"
        + r"""
        const look = python.runPython(`
def look(array):
    view, copy, plain = array.to_memoryview(), array.to_py(), memoryview(array)
    values = np.asarray(array)
    view[0] = 5
    return str([view.format, view.tolist(), copy.tolist(), plain.tolist(), str(values.dtype), values.tolist(),
                view.readonly, plain.readonly, array.to_bytes() == plain.tobytes()])
look`);
        for (const kind of kinds) show(look(globalThis[kind].of(...(kind.startsWith("Big") ? [1n, 2n, 3n] : [1, 2, 3]))));
        const bytes = python.runPython("lambda array: str([array.to_memoryview().format, array.to_bytes()])");
        const { buffer } = Uint8Array.of(1, 2, 3, 4);
        const shared = new SharedArrayBuffer(2);
        new Uint8Array(shared)[1] = 7;
        for (const array of [buffer, new DataView(buffer, 1, 2), new Uint8Array(buffer, 3), shared, new Float64Array(0)]) show(bytes(array));
    """
    )
    shown = run_js(SETUP + code)
    for (kind, format, dtype), text in zip(KINDS, shown, strict=False):
        number = float if dtype.startswith("float") else int
        values, first = [number(n) for n in (1, 2, 3)], [number(n) for n in (5, 2, 3)]
        assert text == str([format, first, values, values, dtype, values, False, True, True]), kind
    assert shown[len(KINDS) :] == [
        "['B', b'\\x01\\x02\\x03\\x04']",
        "['B', b'\\x02\\x03']",
        "['B', b'\\x04']",
        "['B', b'\\x00\\x07']",
        "['d', b'']",
    ]


def test_python_does_not_write_to_a_copy_by_mistake(run_js) -> None:
    code = r"""
        const array = new Uint8Array(3);
        show(python.runPython(`
def fill(array):
    import io
    try:
        io.BytesIO(b'abc').readinto(array)
    except TypeError as error:
        return str(error)
fill`)(array));
        show([...array]);
    """
    error, array = run_js(SETUP + code)
    assert "read-write" in error
    assert array == [0, 0, 0]


def test_assign(run_js) -> None:
    code = r"""
        const check = python.runPython(`
from array import array
def message(work, *given):
    try: work(*given)
    except (ValueError, BufferError) as error: return f'{type(error).__name__}: {error}'
def check(numbers, plain):
    target = numbers.to_memoryview()
    numbers.assign(array('I', range(10, 14)))
    numbers.assign_to(target)
    plain.assign(np.arange(2.0))
    long = np.zeros(4, np.uint32)
    numbers.assign_to(long)
    return [target.tolist(), long.tolist(),
            message(numbers.assign, array('b', range(15))), message(numbers.assign_to, array('b', range(15))),
            message(numbers.assign, array('b', range(16))), message(numbers.assign_to, array('f', range(4))),
            message(numbers.assign_to, bytes(16)), message(numbers.assign, long[::2])]
check`);
        const numbers = new Uint32Array(4);
        const plain = new ArrayBuffer(16);
        const result = check(numbers, plain).toJs();
        show([...result, [...numbers], [...new Float64Array(plain)]]);
    """
    target, long, to_short, from_short, to_format, from_format, readonly, strided, numbers, plain = run_js(SETUP + code)
    assert target == long == numbers == [10, 11, 12, 13]
    assert plain == [0, 1]
    assert to_short.startswith("ValueError: cannot assign to TypedArray")
    assert from_short.startswith("ValueError: cannot assign from TypedArray")
    assert to_format.startswith("ValueError: incompatible formats") and from_format.startswith(
        "ValueError: incompatible formats"
    )
    assert readonly.startswith("BufferError") and strided.startswith(("BufferError", "ValueError"))


def test_text_in_arrays(run_js) -> None:
    code = r"""
        const decode = python.runPython("lambda array, *encoding: array.to_string(*encoding)");
        const failed = python.runPython(`
def failed(array, *encoding):
    try: array.to_string(*encoding)
    except Exception as error: return f'{type(error).__name__}: {error}'
failed`);
        const shared = new Uint8Array(new SharedArrayBuffer(2)).fill(65);
        show([decode(new TextEncoder().encode("h\u00e9\u20ac\u{1f600}")), decode(Uint8Array.of(0xe9, 0xb1), "iso-8859-2"),
              decode(Uint16Array.from("x\u20ac", (c) => c.charCodeAt(0)), "utf-16"), decode(shared), decode(new ArrayBuffer(0)),
              decode(new TextEncoder().encode("long ".repeat(1000))).length]);
        show([failed(Uint8Array.of(0xff)), failed(Uint8Array.of(0xff), "utf-16"), failed(Uint8Array.of(1), "nonsense")]);
    """
    texts, errors = run_js(SETUP + code)
    assert texts == ["hé€😀", "éą", "x€", "AA", "", 5000]
    assert errors[:2] == [
        "ValueError: Failed to decode Javascript TypedArray as utf8",
        "ValueError: Failed to decode Javascript TypedArray as utf-16",
    ]
    assert errors[2].startswith("JsException: RangeError")


def test_files(run_js) -> None:
    code = r"""
        const check = python.runPython(`
def check(array, place):
    with open('/tmp/whole', 'wb') as file:
        file.write(b'<')
        array.to_file(file)
        file.write(b'>')
    with open('/tmp/text', 'w') as file:
        array.to_file(file)
    with open('/tmp/whole', 'rb') as file:
        file.read(2)
        place.from_file(file)
        rest = file.read()
    with open('/tmp/given', 'wb') as file:
        array.into_file(file)
    contents = [open(f'/tmp/{name}', 'rb').read() for name in ('whole', 'text', 'given')]
    try:
        array.to_file(open('/tmp/given', 'rb'))
    except OSError as error:
        return str([*contents, rest, error.strerror])
check`);
        const place = new Uint16Array(2);
        show([check(new TextEncoder().encode("abcdef"), place), [...place]]);
        const short = new Uint8Array(4).fill(1);
        python.FS.writeFile("/tmp/short", "xy");
        python.runPython("lambda array: array.from_file(open('/tmp/short', 'rb'))")(short);
        show([...short]);
    """
    (contents, place), short = run_js(SETUP + code)
    assert contents == str([b"<abcdef>", b"abcdef", b"abcdef", b"f>", "Bad file descriptor"])
    assert place == [ord("b") + 256 * ord("c"), ord("d") + 256 * ord("e")]
    assert short == [ord("x"), ord("y"), 1, 1]


def test_detached_arrays(run_js) -> None:
    code = r"""
        const buffer = new ArrayBuffer(8);
        const arrays = [buffer, new Uint8Array(buffer), new DataView(buffer)];
        structuredClone(buffer, { transfer: [buffer] });
        const errors = python.runPython(`
def errors(array):
    found = []
    for work in (array.to_bytes, array.to_memoryview, array.to_string, lambda: array.assign(bytes(8)), lambda: memoryview(array)):
        try:
            work()
        except ValueError as error:
            found.append('detached' in str(error))
    return str(found)
errors`);
        show(arrays.map((array) => errors(array)));
    """
    assert run_js(SETUP + code) == [str([True] * 5)] * 3


def test_arrays_in_pythons_memory_are_not_copied(run_js) -> None:
    code = r"""
        const view = python.runPython("source = np.arange(4.0)\nsource").getBuffer();
        const check = python.runPython(`
def check(array, part):
    global kept
    kept = np.asarray(array)
    kept[0] = 7
    part.to_memoryview()[0] = 8
    return str([source.tolist(), kept.flags.writeable, part.to_py().tolist()])
check`);
        show(check(view.data, view.data.subarray(2)));
        view.release();
        show(python.runPython("before = kept.tolist()\ndel source\nother = [np.ones(4) for _ in range(100)]\nkept.tolist() == before"));
        const readonly = python.runPython("bytes(4)").getBuffer();
        show(python.runPython("lambda array: memoryview(array).readonly and array.to_memoryview().readonly")(readonly.data));
    """
    shared, alive, readonly = run_js(SETUP + code)
    assert shared == str([[7.0, 1.0, 8.0, 3.0], True, [8.0, 3.0]])
    assert (alive, readonly) == (True, True)
