// ask(task) does a task of driver.mjs; window.answer then becomes {value} or {error}. A task in the address is begun at once.

import { Driver } from "./driver.mjs";

const query = new URL(location.href).searchParams;
const kind = query.get("kind") ?? "wasmforge";
const folder = { wasmforge: "/", pyodide: "/pyodide/" }[kind];
const driver = new Driver(kind, new URL(folder, location.href).href);

window.ask = async (task) => {
  window.answer = undefined;
  try {
    window.answer = { value: await driver.do(task) };
  } catch (error) {
    window.answer = { error: String(error) };
  }
};

if (query.has("task")) window.ask(query.get("task"));
