// Keeps the visitor's program across reloads. The page also works where storage is disabled.

const KEY = "wasmforge-playground:main.py";

export function loadCode() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** @param {string | null} code null removes the stored program */
export function saveCode(code) {
  try {
    if (code === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, code);
  } catch {
    // Nothing to do: the program is still in the editor.
  }
}
