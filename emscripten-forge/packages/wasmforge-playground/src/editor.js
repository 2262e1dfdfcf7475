// The code editor: CodeMirror with Python. Colours are in editor.css.

import { autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration, EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter,
  highlightSpecialChars, keymap, lineNumbers, scrollPastEnd,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

/** What the editor and the console share, except keys and completion. */
export const pythonEditing = [
  highlightSpecialChars(),
  history(),
  drawSelection(),
  indentOnInput(),
  indentUnit.of("    "),
  EditorState.tabSize.of(4),
  bracketMatching(),
  closeBrackets(),
  python(),
  syntaxHighlighting(classHighlighter),
];

/** @param {Record<string, string>} names aria attributes of the field */
export function codeField(names) {
  return EditorView.contentAttributes.of({
    ...names,
    tabindex: "0",
    autocapitalize: "off",
    autocorrect: "off",
    spellcheck: "false",
  });
}

const setErrorLine = StateEffect.define();

/** Marks the line of an error until the text changes. */
const errorLine = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setErrorLine)) {
        return effect.value === null
          ? Decoration.none
          : Decoration.set(Decoration.line({ class: "cm-error-line" }).range(effect.value));
      }
    }
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/**
 * @param {{parent: HTMLElement, code: string, onRun: () => void, onChange: (code: string) => void}} options
 */
export function createEditor({ parent, code, onRun, onChange }) {
  const runKey = (target) => {
    // Close the list of completions: an open list would take the Esc that lets Tab leave the editor.
    closeCompletion(target);
    onRun();
    return true;
  };
  const view = new EditorView({
    parent,
    doc: code,
    extensions: [
      keymap.of([{ key: "Mod-Enter", run: runKey }, { key: "Ctrl-Enter", run: runKey }, { key: "Shift-Enter", run: runKey }]),
      lineNumbers(),
      highlightActiveLineGutter(),
      pythonEditing,
      // Select no completion, so that Enter adds a line even while the list is open.
      autocompletion({ selectOnOpen: false, icons: false }),
      highlightActiveLine(),
      scrollPastEnd(),
      errorLine,
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, indentWithTab, ...defaultKeymap]),
      codeField({ "aria-label": "Python code", "aria-describedby": "editor-help" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(update.state.doc.toString());
      }),
    ],
  });
  return {
    get code() {
      return view.state.doc.toString();
    },
    set code(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true });
    },
    focus: () => view.focus(),
    /** @param {number | null} line 1-based; null removes the mark */
    markError(line) {
      const known = line !== null && line >= 1 && line <= view.state.doc.lines;
      const from = known ? view.state.doc.line(line).from : null;
      const effects = [setErrorLine.of(from)];
      if (known) effects.push(EditorView.scrollIntoView(from, { y: "nearest", yMargin: 40 }));
      view.dispatch({ effects });
    },
  };
}
