// CodeMirror and everything built on it. It is loaded separately, after the page is usable.

export { createConsole } from "./console.js";
export { createEditor } from "./editor.js";
