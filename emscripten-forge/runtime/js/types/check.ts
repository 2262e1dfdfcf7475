// Checked by tsc, never run: the declarations fit the modules, code that uses them well compiles, and other code does not.

import * as bootstrap from "../entry/bootstrap.mjs";
import * as progress from "../entry/progress.mjs";
import * as pyodide from "../entry/pyodide.mjs";
import type * as declaredBootstrap from "./bootstrap.mjs";
import type { PyBufferView, PyCallable, PyDict, PyIterable, PyProxy, PySequence, PythonAPI } from "./bootstrap.mjs";
import type * as declaredProgress from "./progress.mjs";
import type * as declaredPyodide from "./pyodide.mjs";

export const loadPython: typeof declaredBootstrap.loadPython = bootstrap.loadPython;
export const ProgressBar: typeof declaredProgress.ProgressBar = progress.ProgressBar;
export const loadPyodide: typeof declaredPyodide.loadPyodide = pyodide.loadPyodide;

declare const python: PythonAPI;
declare const proxy: PyProxy;

/** Whether two types are the same; not even `any` is the same as another. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_: Same<A, B>): void {}

// ---- every Python object ----

export function anyObject() {
  same<typeof proxy.type, string>(true);
  same<ReturnType<typeof proxy.copy>, PyProxy>(true);
  proxy.toJs({ depth: 1, dict_converter: Object.fromEntries, pyproxies: [] });
  proxy.destroy({ message: "used up" });
  same<typeof proxy.attribute, any>(true); // attributes are known only to Python
  proxy.attribute = 1;
  using scoped = proxy.copy();
  scoped.method(1);

  // @ts-expect-error the type is Python's
  proxy.type = "int";
  // @ts-expect-error depth is a number
  proxy.toJs({ depth: "all" });
  // @ts-expect-error an unknown option
  proxy.toJs({ deep: true });
  // @ts-expect-error the message is an option
  proxy.destroy("used up");
  // @ts-expect-error not known to be callable
  proxy(1);
  // @ts-expect-error not known to be a class
  new proxy(1);
  // @ts-expect-error not known to be iterable
  for (const _ of proxy) continue;
  // @ts-expect-error not known to be a dict
  const dict: PyDict = proxy;
  // @ts-expect-error not known to be callable
  const callable: PyCallable = proxy;
  return [dict, callable];
}

// ---- kinds, which instanceof tells apart ----

export async function kinds(value: unknown) {
  const { ffi } = python;
  if (value instanceof ffi.PyCallable) {
    value(1, "two");
    value.callKwargs(1, { key: 2 });
    value.callWithOptions({ kwargs: true, relaxed: true }, 1, { key: 2 });
    same<ReturnType<typeof value.callPromising>, Promise<any>>(true);
    value.captureThis().bind(null, 1)(2);
    // @ts-expect-error the last argument is an object of keyword arguments
    value.callKwargs(1);
    // @ts-expect-error there must be keyword arguments
    value.callKwargs();
    // @ts-expect-error an unknown option
    value.callWithOptions({ keywords: true });
    // @ts-expect-error a function is no class here
    new value(1);
  } else if (value instanceof ffi.PyDict) {
    value.set("key", value.get("other"));
    same<ReturnType<typeof value.has>, boolean>(true);
    same<typeof value.length, number>(true);
    for (const key of value) value.delete(key);
    // @ts-expect-error a key is needed
    value.get();
    // @ts-expect-error a value is needed
    value.set("key");
    // @ts-expect-error len() cannot be set
    value.length = 0;
  } else if (value instanceof ffi.PyMutableSequence) {
    same<ReturnType<typeof value.push>, number>(true);
    value.sort((a, b) => a - b).fill(0);
    const items: any[] = value.splice(1, 2, "new");
    for (const item of value) items.push(item);
    const sequence: PySequence = value;
    // @ts-expect-error the start is a number
    value.splice("1");
    // @ts-expect-error a comparison gives a number
    value.sort(() => "less");
    return [items, sequence];
  } else if (value instanceof ffi.PySequence) {
    const doubled: any[] = value.map((item) => 2 * item);
    const text: string = value.join(", ");
    const iterable: PyIterable = value;
    // @ts-expect-error a function is needed
    value.map("item");
    return [doubled, text, iterable, [...value]];
  } else if (value instanceof ffi.PyGenerator) {
    const { done, value: item } = value.next(1);
    same<typeof done, boolean | undefined>(true);
    value.return(item);
    for (const each of value) value.throw(each);
  } else if (value instanceof ffi.PyAsyncGenerator) {
    const { done } = await value.next();
    for await (const item of value) void item;
    // @ts-expect-error not iterable without await
    for (const _ of value) continue;
    return done;
  } else if (value instanceof ffi.PyAwaitable) {
    value.then((result) => result).catch(() => 0).finally(() => {});
    // @ts-expect-error a handler is a function
    value.then(1);
    return await value;
  } else if (value instanceof ffi.PyBuffer) {
    same<ReturnType<typeof value.getBuffer<"f64">>, PyBufferView<Float64Array>>(true);
    using view = value.getBuffer("dataview");
    view.data.getInt8(view.offset);
    const own: number | bigint = value.getBuffer().data[0];
    // @ts-expect-error an unknown type
    value.getBuffer("float64");
    // @ts-expect-error a DataView has no elements
    view.data[0];
    // @ts-expect-error the shape is Python's
    view.shape = [1];
    return own;
  } else if (value instanceof ffi.PythonError) {
    same<typeof value.type, string>(true);
  }
  // @ts-expect-error no such class
  void ffi.PyList;
  // @ts-expect-error proxies come from Python
  new ffi.PyProxy();
}

// ---- what loadPython and loadPyodide give ----

export async function api() {
  const { globals } = await declared.loadPyodide({ indexURL: "/bundle/" });
  globals.set("x", 1);
  const np = python.pyimport("numpy");
  np.array([1, 2]).sum(); // as any, like the value of a program
  const value: unknown = await python.runPythonAsync("x", { globals });
  if (python.isPyProxy(value)) value.destroy();

  // @ts-expect-error code is text
  python.runPython(1);
  // @ts-expect-error names are those of a Python dict
  python.runPython("x", { globals: { x: 1 } });
  // @ts-expect-error a value is needed
  globals.set("x");
  // @ts-expect-error an unknown option
  await declared.loadPyodide({ indexUrl: "/bundle/" });
  // @ts-expect-error an option of loadPyodide
  await bootstrap.loadPython({ indexURL: "/bundle/" });
}
declare const declared: typeof declaredPyodide;
