// For the type checker: what the builds of the pages give to their JavaScript.

/** The file of the playground's worker, and of its editor, relative to the page. */
declare const WORKER_FILE: string;
declare const WRITING_FILE: string;

// Files that are bundled as text.
declare module "*.frag" {
  const text: string;
  export default text;
}
declare module "*.html" {
  const text: string;
  export default text;
}
declare module "*.py" {
  const text: string;
  export default text;
}
declare module "*.vert" {
  const text: string;
  export default text;
}

// Packages of npm that only the builds install.
declare module "@codemirror/autocomplete";
declare module "@codemirror/commands";
declare module "@codemirror/lang-python";
declare module "@codemirror/language";
declare module "@codemirror/state" {
  export type EditorState = any;
  export const EditorState: any, StateEffect: any, StateField: any;
}
declare module "@codemirror/view" {
  export type EditorView = any;
  export const Decoration: any, EditorView: any, drawSelection: any, highlightActiveLine: any, highlightActiveLineGutter: any;
  export const highlightSpecialChars: any, keymap: any, lineNumbers: any, scrollPastEnd: any;
}
declare module "@lezer/highlight";
declare module "plotly.js-basic-dist-min";

interface Document {
  /** Where Matplotlib's figures go; default: the end of the page. */
  pyodideMplTarget?: HTMLElement;
}
