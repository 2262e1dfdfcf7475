// What crossing between Python and JavaScript costs. Names are those of Pyodide's API, which both interpreters have.

const PYTHON = `
from pyodide.ffi import to_js

class Point:
    def __init__(self):
        self.x = 1

def nothing(): pass
def one(a): pass
def three(a, b, c): pass
def give(value): return lambda: value

def call0(n, f):
    for _ in range(n): f()

def call1(n, f):
    for i in range(n): f(i)

def call3(n, f):
    for i in range(n): f(i, 2, 3)

def get_attribute(n, o):
    for _ in range(n): o.x

def set_attribute(n, o):
    for i in range(n): o.x = i

def get_item(n, o):
    for _ in range(n): o[3]

def iterate(n, o):
    for _ in range(n):
        for item in o: pass

def call_with(n, f, value):
    for _ in range(n): f(value)

def to_python(n, o):
    for _ in range(n): o.to_py()

def to_javascript(n, value):
    for _ in range(n): to_js(value)

numbers = list(range(1000))
table = {f"key {i}": i for i in range(1000)}
records = [{"id": i, "name": f"name {i}", "tags": ["a", "b"]} for i in range(100)]
block = bytearray(8_000_000)
matrix = memoryview(bytearray(64_000_000)).cast("d", (2000, 4000))
`;

/**
 * @param {any} python an interpreter with Pyodide's API
 * @returns {{name: string, repeat: (times: number) => void}[]}
 */
export function bridgeCases(python) {
  python.runPython(PYTHON);
  const get = (/** @type {string} */ name) => python.globals.get(name);
  const value = (/** @type {string} */ code) => python.runPython(code);
  /** A loop in JavaScript. */
  const loop = (/** @type {() => void} */ work) => (/** @type {number} */ times) => { for (let i = 0; i < times; i++) work(); };
  /** A loop in Python: a function of the source above with these arguments after the count. */
  const inPython = (/** @type {string} */ name, /** @type {any[]} */ ...args) => {
    const f = get(name);
    return (/** @type {number} */ times) => f(times, ...args);
  };

  const [nothing, one, three] = ["nothing", "one", "three"].map(get);
  const [point, numbers, table] = [value("Point()"), get("numbers"), get("table")];
  const [block, matrix, records] = ["block", "matrix", "records"].map(get);
  const small = "x".repeat(1000), large = "x".repeat(1e6), wide = "\u20ac".repeat(1e6);
  const [giveSmall, giveLarge, giveWide] = [small, large, wide].map((text) => get("give")(text));
  const array = Array.from({ length: 1000 }, (_, i) => i);
  const object = Object.fromEntries(array.map((i) => [`key ${i}`, i]));
  // Written, so that it has memory of its own in every engine: an unwritten one may be a single page of zeros.
  const bytes = new Uint8Array(8e6).fill(7);
  const ignore = () => {};

  return Object.entries({
    "call Python, 0 arguments": loop(() => nothing()),
    "call Python, 1 argument": loop(() => one(1)),
    "call Python, 3 arguments": loop(() => three(1, 2, 3)),
    "Python attribute get": loop(() => point.x),
    "Python attribute set": loop(() => { point.x = 1; }),
    "Python list item get": loop(() => numbers.get(3)),
    "Python dict item get": loop(() => table.get("key 3")),
    "iterate a Python list of 1000": loop(() => { for (const _ of numbers); }),
    "call JavaScript, 0 arguments": inPython("call0", ignore),
    "call JavaScript, 1 argument": inPython("call1", ignore),
    "call JavaScript, 3 arguments": inPython("call3", ignore),
    "JavaScript attribute get": inPython("get_attribute", { x: 1 }),
    "JavaScript attribute set": inPython("set_attribute", { x: 1 }),
    "JavaScript array item get": inPython("get_item", array),
    "JavaScript Map item get": inPython("get_item", new Map([[3, 4]])),
    "iterate a JavaScript array of 1000": inPython("iterate", array),
    "str of 1 kB to Python": loop(() => one(small)),
    "str of 1 kB to JavaScript": loop(() => giveSmall()),
    "str of 1 MB to Python": loop(() => one(large)),
    "str of 1 MB to JavaScript": loop(() => giveLarge()),
    "str of 1 M euro signs to Python": loop(() => one(wide)),
    "str of 1 M euro signs to JavaScript": loop(() => giveWide()),
    "typed array of 8 MB to Python": inPython("to_python", bytes),
    "view of 8 MB for JavaScript": loop(() => block.getBuffer().release()),
    "view of a 64 MB float64 matrix for JavaScript": loop(() => matrix.getBuffer().release()),
    "copy of 8 MB to JavaScript": inPython("to_javascript", block),
    "list of 1000 to JavaScript": loop(() => numbers.toJs()),
    "dict of 1000 to JavaScript": loop(() => table.toJs()),
    "100 records to JavaScript": loop(() => records.toJs()),
    "array of 1000 to Python": inPython("to_python", array),
    "object of 1000 to Python": inPython("to_python", object),
  }).map(([name, repeat]) => ({ name, repeat }));
}
