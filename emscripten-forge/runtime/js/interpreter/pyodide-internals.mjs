// The parts of Pyodide's private API that its programs and test suites use: _module and _api.

/**
 * Emscripten's module, with every function that the main module exports under its C name after "_".
 * @param {any} module
 * @param {typeof import("../bridge/index.mjs")} bridge
 * @param {ReturnType<typeof privateApi>} api
 */
export function moduleView(module, bridge, api) {
  const extras = {
    _hiwire_num_refs: () => bridge.live().handles,
    _python2js_with_depth: (/** @type {number} */ pointer, /** @type {number} */ depth, /** @type {any[]} */ pyproxies) =>
      bridge.toJs(pointer, { depth, pyproxies }),
    PyProxy_getPtr: bridge.pointerOf,
    API: api,
    hiwire: { num_keys: () => bridge.live().handles },
    pyproxy_alloc_map: { get size() { return bridge.live().proxies; } },
    // The number of proxies is always known.
    enable_pyproxy_allocation_tracing: () => {},
    disable_pyproxy_allocation_tracing: () => {},
  };
  return new Proxy(module, {
    get: (target, name) => {
      if (name in extras) return extras[/** @type {keyof typeof extras} */ (name)];
      if (name in target || typeof name !== "string" || name[0] !== "_") return target[name];
      return bridge.exported(name.slice(1));
    },
    has: (target, name) => name in extras || name in target,
  });
}

/**
 * The versions and addresses of the bundle, and what a test needs to undo another's effects on JavaScript modules, imports
 * and variables of __main__.
 * @param {typeof import("../bridge/index.mjs")} bridge
 * @param {{version: string, indexURL: string, info: import("../types/bootstrap.mjs").Lockfile["info"]}} facts
 */
export function privateApi(bridge, { version, indexURL, info }) {
  /** @type {any} */
  let code;
  return {
    get pyodide_code() { return (code ??= bridge.importModule("pyodide.code")); },
    tests: { Function }, // of this realm, which is not that of code in a node:vm context
    pyproxyIsAlive: bridge.isAlive,
    version,
    pyVersionTuple: version.split(".").map(Number),
    abiVersion: info.abi_version,
    lockfile_info: info,
    config: { indexURL },
    isPromise: (/** @type {any} */ value) => typeof value?.then === "function",
    fail_test: false,
    inTestHoist: false,
    saveState: () => bridge.callFunction("pyodide._state", "save_state"),
    restoreState: (/** @type {any} */ state) => bridge.callFunction("pyodide._state", "restore_state", state),
  };
}
