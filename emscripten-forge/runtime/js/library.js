// JavaScript that C calls, and replacements for parts of emscripten's dynamic linker.
// Linked into the glue with --js-library; only what C or EXPORTED_RUNTIME_METHODS names gets in.

addToLibrary({
  // ---- a failed start (js/interpreter.mjs throws it) ----

  js_keep_start_error__deps: ["$UTF8ToString"],
  js_keep_start_error: (message) => {
    Module.startError = UTF8ToString(message);
  },

  // ---- the engine's stack (core/stack.c) ----

  // Whether the engine's stack has room for so many bytes, found by using them: a wasm function whose frame
  // is 2 kB in every tier of every engine, since it loads 128 vectors from memory before it calls itself and
  // stores them after that. (What only might be needed across the call, or could be combined before it, an
  // optimising compiler keeps no room for: SpiderMonkey's then goes 30 times deeper.)
  js_engine_stack_has__deps: ["$makeStackProbe", "$stackScale"],
  js_engine_stack_has: (bytes) => {
    Module.stackProbe ??= makeStackProbe();
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0; // the trace would be most of the cost
    try {
      Module.stackProbe((bytes * stackScale) >> 11);
      return 1;
    } catch {
      return 0;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  },
  // Calls from wasm to JavaScript that is not compiled yet pass through SpiderMonkey's interpreter, whose
  // frames take kilobytes, and its stack is larger than V8's.
  $stackScale: "'InternalError' in globalThis ? 2 : 1",
  $makeStackProbe: () => {
    const variables = 128;
    const leb = (n) => (n < 128 ? [n] : [(n & 127) | 128, ...leb(n >> 7)]);
    const vector = (items) => [...leb(items.length), ...items.flat()];
    const section = (id, bytes) => [id, ...leb(bytes.length), ...bytes];
    const i32 = 0x7f, v128 = 0x7b, func = 0x60, none = 0x40;
    const get = (n) => [0x20, ...leb(n)], set = (n) => [0x21, ...leb(n)];
    const zero = [0x41, 0], one = [0x41, 1], isZero = 0x45, minus = 0x6b;
    const load = (offset) => [...zero, 0xfd, 0, 4, ...leb(offset)], store = (offset) => [0xfd, 11, 4, ...leb(offset)];
    const probe = 0;
    const all = Array.from({ length: variables }, (_, n) => n + 1);
    const body = [
      ...vector([[...leb(variables), v128]]),
      ...get(0), isZero, 0x04, none, 0x0f, 0x0b, // if: return
      ...all.flatMap((n) => [...load(16 * n), ...set(n)]),
      ...get(0), ...one, minus, 0x10, probe, // call
      ...all.flatMap((n) => [...zero, ...get(n), ...store(16 * n)]),
      0x0b,
    ];
    const bytes = Uint8Array.from([
      0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
      ...section(1, vector([[func, 1, i32, 0]])),
      ...section(3, vector([[0]])),
      ...section(5, vector([[0, 1]])), // a page of memory
      ...section(7, vector([[1, 112, 0, probe]])), // export "p"
      ...section(10, vector([[...leb(body.length), ...body]])),
    ]);
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.p;
  },

  // ---- dynamic linking ----

  // Emscripten gives every exported function of the main module (about 8000) a table slot and a
  // GOT entry at start. Here an entry is made when a side module asks for it. The first module
  // loaded that exports a name defines it, as before.
  $exportsInOrder: [],
  $defineFromExports__deps: ["$addFunction"],
  $defineFromExports: (entry, exports, name) => {
    if (!Object.hasOwn(exports, name)) return false;
    const value = exports[name];
    if (typeof value == "function") entry.value = addFunction(value);
    else if (typeof value.value == "number") entry.value = value.value;
    else return false;
    return true;
  },
  $updateGOT__deps: ["$GOT", "$isInternalSym", "$exportsInOrder", "$defineFromExports"],
  $updateGOT: (exports) => {
    exportsInOrder.push(exports);
    for (const name of Object.keys(GOT)) {
      if (GOT[name].value == -1 && !isInternalSym(name)) defineFromExports(GOT[name], exports, name);
    }
  },
  $GOTHandler__deps: ["$GOT", "$isInternalSym", "$exportsInOrder", "$defineFromExports"],
  $GOTHandler: {
    get(weakImports, name) {
      let entry = GOT[name];
      if (!entry) {
        entry = GOT[name] = new WebAssembly.Global({ value: "i32", mutable: true }, -1);
        if (!isInternalSym(name)) exportsInOrder.some((exports) => defineFromExports(entry, exports, name));
      }
      if (!weakImports.has(name)) entry.required = true;
      return entry;
    },
  },

  // The addresses of data among a module's exports count from the start of its own memory. Emscripten finds out which
  // exports these are by assigning to each global and catching what that throws, 1658 times for OpenBLAS. The
  // only exported global that can change, and so is no address, is the main module's stack pointer.
  $relocateExports: (exports, memoryBase = 0) => {
    const relocated = {};
    for (const [name, value] of Object.entries(exports)) {
      const isAddress = value instanceof WebAssembly.Global && name != "__stack_pointer";
      relocated[name] = isAddress ? new WebAssembly.Global({ value: "i32" }, value.value + memoryBase) : value;
    }
    return relocated;
  },

  // A module that needs a library which is loaded already, or was compiled ahead, gets the library's own exports, but not
  // those of what that one needs (libblas.so has only a need: of libopenblas.so). Here it always gets them.
  $loadDynamicLibrary__postset: "loadDynamicLibrary = withAllNeeded(loadDynamicLibrary);",
  $withAllNeeded__deps: ["$LDSO"],
  $withAllNeeded: (load) => {
    const needs = new Map(); // path -> the paths it needs
    const bring = (path, scope) => {
      const all = new Set([path]);
      for (const one of all) needs.get(one)?.forEach((other) => all.add(other));
      for (const one of [...all].reverse()) Object.assign(scope, LDSO.loadedLibsByName[one].exports);
    };
    return (path, flags = { global: true, nodelete: true }, scope, handle) => {
      const parent = flags.rpath?.parentLibPath;
      if (parent) needs.set(parent, (needs.get(parent) ?? new Set()).add(path));
      const done = load(path, flags, scope, handle);
      if (scope && flags.loadAsync) return done.then((result) => (bring(path, scope), result));
      if (scope) bring(path, scope);
      return done;
    };
  },

  // Let a later dlopen of `path` instantiate the module that was compiled ahead.
  $offerCompiledModule__deps: ["$preloadedWasm", "$loadWebAssemblyModule", "$withAllNeeded"],
  $offerCompiledModule: (path, module) => {
    Object.defineProperty(preloadedWasm, path, {
      configurable: true,
      get: () => loadWebAssemblyModule(module, { loadAsync: false, global: false, nodelete: true }, path, {}),
    });
  },

  // Instantiate now, which a page's main thread may do only asynchronously when the module is large.
  $loadLargeModule__deps: ["$preloadedWasm", "$loadWebAssemblyModule"],
  $loadLargeModule: async (path, bytes) => {
    const flags = { loadAsync: true, global: false, nodelete: true };
    preloadedWasm[path] = await loadWebAssemblyModule(bytes, flags, path, {});
  },
});
