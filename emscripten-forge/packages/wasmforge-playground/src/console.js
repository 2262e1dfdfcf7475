// The console's input field. Code runs in the namespace of the last program. Enter runs complete code and adds a line to
// incomplete code. The arrow keys recall earlier entries.

import { acceptCompletion, autocompletion, closeBracketsKeymap, closeCompletion, completionKeymap, completionStatus, startCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, historyKeymap, insertNewlineAndIndent } from "@codemirror/commands";
import { EditorView, keymap } from "@codemirror/view";

import { codeField, pythonEditing } from "./editor.js";
import { isComplete } from "./entry.js";

/**
 * @typedef {object} Options
 * @property {HTMLElement} parent
 * @property {(text: string) => void} onEnter
 * @property {() => boolean} takesAnyLine whether the text is input for the program instead of code
 * @property {(text: string) => Promise<{names: string[], from: number} | null>} complete names that could complete
 *   the text, and the index where they begin
 */

/** @param {Options} options */
export function createConsole({ parent, onEnter, takesAnyLine, complete }) {
  const past = new Past();

  const enter = (/** @type {EditorView} */ target) => {
    if (completionStatus(target.state) === "active" && acceptCompletion(target)) return true;
    closeCompletion(target);
    if (!takesAnyLine() && !isComplete(target.state)) return insertNewlineAndIndent(target);
    const text = target.state.doc.toString();
    past.add(text);
    replace(target, "");
    onEnter(text);
    return true;
  };

  const recall = (/** @type {-1 | 1} */ step) => (/** @type {EditorView} */ target) => {
    const { state } = target;
    const edge = step < 0 ? state.doc.line(1) : state.doc.line(state.doc.lines);
    const { head } = state.selection.main;
    if (completionStatus(state) === "active" || head < edge.from || head > edge.to) return false;
    const text = past.move(step, state.doc.toString());
    if (text !== null) replace(target, text);
    return text !== null;
  };

  // In an empty line, Tab leaves the console.
  const tab = (/** @type {EditorView} */ target) => {
    const { state } = target;
    if (completionStatus(state) === "active") return acceptCompletion(target);
    const before = state.doc.lineAt(state.selection.main.head).text.slice(0, state.selection.main.head);
    if (/[\w.\])]$/.test(before)) return startCompletion(target);
    if (state.doc.length === 0) return false;
    target.dispatch(state.replaceSelection("    "));
    return true;
  };

  async function source(context) {
    if (!context.explicit && !context.matchBefore(/\.\w*$/)) return null;
    const found = await complete(context.state.sliceDoc(0, context.pos));
    if (!found || context.aborted) return null;
    return { from: found.from, options: found.names.map((label) => ({ label })), validFor: /^[\w.]*\(?$/ };
  }

  const view = new EditorView({
    parent,
    extensions: [
      keymap.of([
        { key: "Enter", run: enter, shift: insertNewlineAndIndent },
        { key: "ArrowUp", run: recall(-1) },
        { key: "ArrowDown", run: recall(1) },
        { key: "Tab", run: tab },
      ]),
      pythonEditing,
      autocompletion({ override: [source], icons: false }),
      EditorView.lineWrapping,
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      codeField({ "aria-label": "Console" }),
    ],
  });
  return { focus: () => view.focus() };
}

function replace(/** @type {EditorView} */ view, /** @type {string} */ text) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: text.length }, scrollIntoView: true });
}

/** Recalls earlier entries. The unfinished text counts as the newest entry. */
class Past {
  #entries = [];
  #at = 0;
  #draft = "";

  add(text) {
    if (text.trim() && text !== this.#entries.at(-1)) this.#entries.push(text);
    this.#at = this.#entries.length;
  }

  /** Return the next entry in a direction, or null if there is none. @param {-1 | 1} step @param {string} current */
  move(step, current) {
    const next = this.#at + step;
    if (next < 0 || next > this.#entries.length) return null;
    if (this.#at === this.#entries.length) this.#draft = current;
    this.#at = next;
    return this.#entries[next] ?? this.#draft;
  }
}
