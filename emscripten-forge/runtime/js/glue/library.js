// JavaScript that C calls, and replacements for parts of emscripten's dynamic linker.
// Linked into the glue with --js-library; only names in C or EXPORTED_RUNTIME_METHODS are included.

addToLibrary({
  // ---- a failed start (thrown by js/interpreter/interpreter.mjs) ----

  js_keep_start_error__deps: ["$UTF8ToString"],
  js_keep_start_error: (message) => {
    Module.startError = UTF8ToString(message);
  },

  // ---- the engine's stack (core/stack.c) ----

  // Whether the engine's stack has room for this many bytes, found by using them. A wasm function loads 128 vectors
  // from memory, calls itself and then stores them, so its frame takes 2 kB in every tier of every engine.
  // (An optimising compiler keeps no room for values that it can drop or combine before the call:
  // SpiderMonkey's then goes 30 times deeper.)
  js_engine_stack_has__deps: ["$makeStackProbe", "$stackScale"],
  js_engine_stack_has: (bytes) => {
    Module.stackProbe ??= makeStackProbe();
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0; // a trace would take most of the time
    try {
      Module.stackProbe((bytes * stackScale) >> 11);
      return 1;
    } catch {
      return 0;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  },
  // SpiderMonkey's stack is larger than V8's. Its interpreter runs JavaScript that is not compiled yet, with
  // frames of kilobytes, when wasm calls it.
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

  // ---- files ----

  // Python looks for hundreds of missing files when it imports a library. Emscripten throws two exceptions for each
  // missing file, and each exception costs a fifth of a millisecond in Chromium when its inspector listens.
  // Return the node of a path: null if it is missing, undefined if emscripten must look (links, mounted file systems).
  $nodeInMemory__deps: ["$FS", "$MEMFS"],
  $nodeInMemory: (path) => {
    if (!path.startsWith("/")) return undefined;
    let node = FS.root;
    for (const name of path.split("/")) {
      if (!name) continue;
      const readable = node.node_ops === MEMFS.ops_table.dir.node && node.mode & 0o111;
      if (!readable || name == "." || name == "..") return undefined;
      if (!Object.hasOwn(node.contents, name)) return null;
      node = node.contents[name];
      if (node.mounted || FS.isLink(node.mode)) return undefined;
    }
    return node;
  },
  $statPath__deps: ["$nodeInMemory", "$FS", "$SYSCALLS", "$ERRNO_CODES"],
  $statPath: (path, buffer, slow) => {
    const name = SYSCALLS.getStr(path);
    try {
      const node = nodeInMemory(name);
      if (node === null) return -ERRNO_CODES.ENOENT;
      return SYSCALLS.writeStat(buffer, node ? node.node_ops.getattr(node) : slow(name));
    } catch (error) {
      if (error.name != "ErrnoError") throw error;
      return -error.errno;
    }
  },
  __syscall_stat64__deps: ["$statPath"],
  __syscall_stat64: (path, buffer) => statPath(path, buffer, (name) => FS.stat(name)),
  __syscall_lstat64__deps: ["$statPath"],
  __syscall_lstat64: (path, buffer) => statPath(path, buffer, (name) => FS.lstat(name)),

  // Emscripten keeps times as milliseconds, and gives those before 1970 negative nanoseconds. Here a file in memory
  // remembers the nanoseconds that utime() gave it, until its time changes.
  $SYSCALLS__deps: ["$PATH", "$FS", "$keepNanoseconds"],
  $SYSCALLS__postset: "keepNanoseconds();",
  $keepNanoseconds__deps: ["$MEMFS"],
  $keepNanoseconds: () => {
    const { getattr } = MEMFS.node_ops;
    const exactly = (node) => {
      const status = getattr(node);
      for (const [name, { milliseconds, exact }] of Object.entries(node.exactTimes ?? {})) {
        if (node[name] === milliseconds) status[name].exact = exact;
      }
      return status;
    };
    for (const kind of Object.values(MEMFS.ops_table)) kind.node.getattr = exactly;
    const { writeStat } = SYSCALLS;
    SYSCALLS.writeStat = (buffer, status) => {
      const result = writeStat(buffer, status);
      // Where struct stat has each struct timespec.
      for (const [at, date] of [[40, status.atime], [56, status.mtime], [72, status.ctime]]) {
        const time = date.exact ?? BigInt(date.getTime()) * 1_000_000n;
        const nanoseconds = BigInt.asUintN(64, ((time % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n);
        HEAP64[(buffer + at) >> 3] = (time - nanoseconds) / 1_000_000_000n;
        HEAPU32[(buffer + at + 8) >> 2] = Number(nanoseconds);
      }
      return result;
    };
  },
  __syscall_utimensat__deps: ["$FS", "$SYSCALLS"],
  __syscall_utimensat: (folder, path, times, flags) => {
    const UTIME_NOW = 0x3fffffff, UTIME_OMIT = 0x3ffffffe, AT_SYMLINK_NOFOLLOW = 0x100;
    const exact = {};
    const read = (name, at) => {
      const nanoseconds = times ? HEAP32[(at + 8) >> 2] : UTIME_NOW;
      if (nanoseconds == UTIME_OMIT) return null;
      if (nanoseconds == UTIME_NOW) return Date.now();
      const milliseconds = Number(HEAP64[at >> 3]) * 1000 + nanoseconds / 1e6;
      exact[name] = { milliseconds, exact: HEAP64[at >> 3] * 1_000_000_000n + BigInt(nanoseconds) };
      return milliseconds;
    };
    const atime = read("atime", times), mtime = read("mtime", times + 16);
    try {
      const full = SYSCALLS.calculateAt(folder, SYSCALLS.getStr(path), true);
      const nofollow = flags & AT_SYMLINK_NOFOLLOW;
      if (atime !== null || mtime !== null) FS.utime(full, atime, mtime, nofollow);
      const { node } = FS.lookupPath(full, { follow: !nofollow });
      node.exactTimes = { ...node.exactTimes, ...exact };
      return 0;
    } catch (error) {
      if (error.name != "ErrnoError") throw error;
      return -error.errno;
    }
  },

  // ---- dynamic linking ----

  // Grow the table by many slots at once: in V8, each growth costs 0.5 ms or more once a hundred modules share it.
  // `import pandas` needs a slot for each of its compiled modules.
  $getEmptyTableSlot__deps: ["$freeTableIndexes", "$wasmTable"],
  $getEmptyTableSlot: () => {
    const more = 64;
    if (!freeTableIndexes.length) {
      const first = wasmTable.grow(more);
      for (let slot = first + more - 1; slot >= first; slot--) freeTableIndexes.push(slot);
    }
    return freeTableIndexes.pop();
  },

  // Emscripten gives every exported function of the main module (about 8000) a table slot and a
  // GOT entry at start. Here a side module's first request makes the entry. The first loaded
  // module that exports a name defines it, as in emscripten.
  $exportsInOrder: [],
  $mainTableLength: "0",
  // The names in the GOT that are still undefined: few of its thousands.
  $undefinedSymbols: "new Set()",
  $defineFromExports__deps: ["$addFunction"],
  $defineFromExports: (entry, exports, name) => {
    if (!Object.hasOwn(exports, name)) return false;
    const value = exports[name];
    if (typeof value == "function") entry.value = addFunction(value);
    else if (typeof value.value == "number") entry.value = value.value;
    else return false;
    return true;
  },
  $updateGOT__deps: ["$GOT", "$isInternalSym", "$exportsInOrder", "$mainTableLength", "$undefinedSymbols", "$defineFromExports"],
  $updateGOT: (exports) => {
    mainTableLength ||= exports.__indirect_function_table.length;
    exportsInOrder.push(exports);
    for (const name of undefinedSymbols) {
      if (!isInternalSym(name) && defineFromExports(GOT[name], exports, name)) undefinedSymbols.delete(name);
    }
  },
  // A name that no module exports may be a function of the glue, or stay undefined if it is weak.
  $functionsOfGlue: "new Map()", // table slot -> name
  $reportUndefinedSymbols__deps: ["$GOT", "$undefinedSymbols", "$resolveGlobalSymbol", "$addFunction", "$functionsOfGlue"],
  $reportUndefinedSymbols: () => {
    for (const name of undefinedSymbols) {
      const entry = GOT[name];
      const { sym } = resolveGlobalSymbol(name, true);
      if (typeof sym == "function") functionsOfGlue.set((entry.value = addFunction(sym, sym.sig)), name);
      else if (sym) entry.value = typeof sym == "number" ? sym : sym.value;
      else if (entry.required) throw new Error(`undefined symbol: ${name}`);
      else entry.value = 0;
      undefinedSymbols.delete(name);
    }
  },
  $GOTHandler__deps: ["$GOT", "$isInternalSym", "$exportsInOrder", "$undefinedSymbols", "$defineFromExports"],
  $GOTHandler: {
    get(weakImports, name) {
      let entry = GOT[name];
      if (!entry) {
        entry = GOT[name] = new WebAssembly.Global({ value: "i32", mutable: true }, -1);
        const defined = !isInternalSym(name) && exportsInOrder.some((exports) => defineFromExports(entry, exports, name));
        if (!defined) undefinedSymbols.add(name);
      }
      if (!weakImports.has(name)) entry.required = true;
      return entry;
    },
  },

  // Exported addresses of data are relative to the start of the module's memory. Emscripten finds these exports by
  // assigning to each global and catching the exception, 1658 times for OpenBLAS. Only one exported global is
  // mutable, and so no address: the main module's stack pointer.
  $relocateExports__deps: ["$newestTableBase", "$placements", "$placing"],
  $relocateExports: (exports, memoryBase = 0) => {
    const relocated = {};
    for (const [name, value] of Object.entries(exports)) {
      const isAddress = value instanceof WebAssembly.Global && name != "__stack_pointer";
      relocated[name] = isAddress ? new WebAssembly.Global({ value: "i32" }, value.value + memoryBase) : value;
    }
    placements.set(relocated, { memoryBase, tableBase: newestTableBase });
    if (placing) {
      // The snapshot has their results.
      delete relocated.__wasm_apply_data_relocs;
      delete relocated.__wasm_call_ctors;
    }
    return relocated;
  },

  // If a library is already loaded or compiled ahead, emscripten gives a module that needs it only its own exports.
  // Add the exports of the libraries it needs in turn (libblas.so has no others: it needs libopenblas.so).
  $loadDynamicLibrary__postset: "loadDynamicLibrary = withAllNeeded(loadDynamicLibrary);",
  $withAllNeeded__deps: ["$LDSO"],
  $withAllNeeded: (load) => {
    const needs = new Map(); // path -> the paths it needs
    const searched = new WeakMap(); // scope -> the libraries to search for its names
    const bring = (path, scope) => {
      if (!searched.has(scope)) {
        const libraries = [];
        searched.set(scope, libraries);
        // Do not copy the exports: OpenBLAS alone has 1658, and a hundred modules need it.
        const get = (_, name) => libraries.find((exports) => Object.hasOwn(exports, name))?.[name];
        Object.setPrototypeOf(scope, new Proxy({}, { get }));
      }
      const all = new Set([path]);
      for (const one of all) needs.get(one)?.forEach((other) => all.add(other));
      searched.get(scope).unshift(...[...all].map((one) => LDSO.loadedLibsByName[one].exports));
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

  // Make a later dlopen of `path` instantiate the module that was compiled ahead.
  $offerCompiledModule__deps: ["$preloadedWasm", "$loadWebAssemblyModule", "$withAllNeeded"],
  $offerCompiledModule: (path, module) => {
    Object.defineProperty(preloadedWasm, path, {
      configurable: true,
      get: () => loadWebAssemblyModule(module, { loadAsync: false, global: false, nodelete: true }, path, {}),
    });
  },

  // Instantiate now and asynchronously: a page's main thread may not instantiate a large module otherwise.
  $loadLargeModule__deps: ["$preloadedWasm", "$loadWebAssemblyModule"],
  $loadLargeModule: async (path, bytes) => {
    const flags = { loadAsync: true, global: false, nodelete: true };
    preloadedWasm[path] = await loadWebAssemblyModule(bytes, flags, path, {});
  },

  // ---- snapshots (js/packages/snapshot.mjs) ----

  $placements: "new Map()", // a side module's exports -> its start in memory and in the table
  $placing: "undefined", // during the restoring of a snapshot: the earlier place of the loading module
  $newestTableBase: "0",
  // Allocate memory for a side module before it is instantiated.
  $getMemory__deps: ["$newestTableBase", "$placing", "calloc"],
  $getMemory: (size) => {
    newestTableBase = wasmTable.length;
    return placing ? placing.memoryBase : _calloc(size, 1);
  },

  // Describe the loaded modules, as JavaScript sees them, as JSON.
  $describeLinkage__deps: [
    "$GOT", "$LDSO", "$exportsInOrder", "$functionsOfGlue", "$mainTableLength", "$placements", "$getDylinkMetadata", "$FS",
  ],
  $describeLinkage: () => {
    const libraries = new Map(Object.values(LDSO.loadedLibsByName).map((library) => [library.exports, library]));
    const modules = [...placements].map(([exports, { memoryBase, tableBase }]) => {
      const { name: path, global } = libraries.get(exports);
      const { memorySize, tableSize } = getDylinkMetadata(FS.readFile(path));
      if (tableSize && !memorySize) throw new Error(`${path} has functions in the table, but no data`);
      return { path, global, memoryBase, tableBase, tableSize };
    });
    const origins = new Map(); // function -> [number of the module, name]
    exportsInOrder.forEach((exports, number) => {
      for (const [name, value] of Object.entries(exports)) {
        if (typeof value == "function" && !origins.has(value)) origins.set(value, [number, name]);
      }
    });
    const functions = []; // slot and origin of its function, except for the modules' own slots
    for (let slot = mainTableLength; slot < wasmTable.length; slot++) {
      const module = modules.find(({ tableBase, tableSize }) => tableBase <= slot && slot < tableBase + tableSize);
      if (module) {
        slot = module.tableBase + module.tableSize - 1;
        continue;
      }
      const value = wasmTable.get(slot);
      if (!value) continue; // free, for later functions
      const origin = origins.get(value) ?? (functionsOfGlue.has(slot) && [-1, functionsOfGlue.get(slot)]);
      if (!origin) throw new Error(`no module exports the function in slot ${slot} of the table`);
      functions.push([slot, ...origin]);
    }
    const handles = Object.entries(LDSO.loadedLibsByHandle).filter(([, { exports }]) => placements.has(exports));
    return {
      modules,
      functions,
      tableLength: wasmTable.length,
      addresses: Object.fromEntries(Object.entries(GOT).map(([name, { value }]) => [name, value])),
      handles: handles.map(([handle, { name }]) => [handle, name]),
    };
  },

  // Load the modules again, each at its earlier place. Memory then has their initial contents.
  $restoreLinkage__deps: [
    "$GOT", "$LDSO", "$exportsInOrder", "$functionsOfGlue", "$placing", "$loadDynamicLibrary", "$resolveGlobalSymbol",
    "$convertJsFunctionToWasm", "$functionsInTableMap", "$growMemory",
  ],
  $restoreLinkage: async (linkage, memoryLength, isLarge) => {
    const { modules, functions, tableLength, addresses, handles } = linkage;
    if (memoryLength > HEAPU8.length && !growMemory(memoryLength)) throw new Error("there is not enough memory");
    for (const [name, value] of Object.entries(addresses)) {
      if (GOT[name]) GOT[name].value = value; // the main module's
      else GOT[name] = new WebAssembly.Global({ value: "i32", mutable: true }, value);
    }
    for (const module of modules) {
      placing = module;
      if (module.tableSize) wasmTable.grow(module.tableBase - wasmTable.length);
      await loadDynamicLibrary(module.path, { global: module.global, nodelete: true, loadAsync: isLarge(module.path) }, {});
    }
    placing = undefined;
    wasmTable.grow(tableLength - wasmTable.length);
    for (const [slot, module, name] of functions) {
      const inModule = module >= 0;
      const value = inModule ? exportsInOrder[module][name] : resolveGlobalSymbol(name, true).sym;
      wasmTable.set(slot, inModule ? value : convertJsFunctionToWasm(value, value.sig));
      functionsInTableMap?.set(value, slot);
      if (!inModule) functionsOfGlue.set(slot, name);
    }
    for (const [handle, path] of handles) LDSO.loadedLibsByHandle[handle] = LDSO.loadedLibsByName[path];
  },
});
