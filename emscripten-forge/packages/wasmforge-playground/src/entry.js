// Decides whether the console's text is a complete entry, which Enter runs. Python is not asked: it may be busy, and typing
// ahead must not wait.

import { ensureSyntaxTree } from "@codemirror/language";

const PARSE_MS = 200;
const STEPS = { "(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1 };

/**
 * As on a terminal: open brackets and strings go on, and a block ends with an empty line.
 * @param {import("@codemirror/state").EditorState} state of an editor for Python
 */
export function isComplete(state) {
  const last = state.doc.line(state.doc.lines);
  if (!last.text.trim()) return true;
  let depth = 0;
  let openString = false;
  let end = last.to; // of the last line's code
  ensureSyntaxTree(state, state.doc.length, PARSE_MS)?.iterate({
    enter(node) {
      depth += STEPS[node.name] ?? 0;
      if (node.name === "Comment" && node.from >= last.from) end = node.from;
      if (node.name.endsWith("String") && node.to === state.doc.length) openString = isOpen(state.sliceDoc(node.from, node.to));
    },
  });
  const code = state.sliceDoc(last.from, end).trimEnd();
  return depth <= 0 && !openString && !/^\s|^@|[:\\]$/.test(code);
}

/** Whether a triple-quoted string is open. */
function isOpen(text) {
  const [, quotes] = /^\w*("""|''')/.exec(text) ?? [];
  return quotes !== undefined && (text.indexOf(quotes) === text.lastIndexOf(quotes) || !text.endsWith(quotes));
}
