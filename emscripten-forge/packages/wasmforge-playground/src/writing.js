// CodeMirror and all that is built on it: loaded beside the page, which is usable before.

export { createConsole } from "./console.js";
export { createEditor } from "./editor.js";
