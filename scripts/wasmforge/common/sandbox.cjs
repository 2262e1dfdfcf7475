// Preloaded by node in a sandbox (sandbox.py).
"use strict";

const { constants } = require("node:fs");

// The Permission Model lets a program signal any process of the user's: that ends it, or opens the debugger of another node,
// which then runs what it is told.
for (const name of ["kill", "_kill", "_debugProcess", "_debugEnd"]) delete process[name];

// Emscripten's NODEFS asks for these numbers with a function that the Permission Model refuses.
const refusing = process.binding;
process.binding = (name) => (name === "constants" ? { fs: { ...constants } } : refusing(name));

// Emscripten's system() expects an answer, where the Permission Model throws: the one of a shell that could not run the program.
require("node:child_process").spawnSync = () => ({ status: 126, signal: null });
