// Decides whether the console's text is complete, so that Enter runs it. This does not ask Python, which may be busy: the
// visitor can type ahead without waiting.

import { ensureSyntaxTree } from "@codemirror/language";

const PARSE_MS = 200;
const STEPS = { "(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1 };

/**
 * Return whether the text is complete. As in a terminal, an open bracket or string continues, and an empty line ends a
 * block.
 * @param {import("@codemirror/state").EditorState} state of an editor for Python
 */
export function isComplete(state) {
  const last = state.doc.line(state.doc.lines);
  if (!last.text.trim()) return true;
  let depth = 0;
  let openString = false;
  let end = last.to; // end of the last line's code, before a comment
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

/** Return whether the text starts a triple-quoted string that is still open. */
function isOpen(text) {
  const [, quotes] = /^\w*("""|''')/.exec(text) ?? [];
  return quotes !== undefined && (text.indexOf(quotes) === text.lastIndexOf(quotes) || !text.endsWith(quotes));
}
