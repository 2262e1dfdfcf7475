// What Python sees of the machine if node runs with its Permission Model: the files and folders of --allow-fs-read. node itself
// refuses everything else, also to JavaScript that a program calls.

import fs from "node:fs";
import path from "node:path";

const READABLE = "--allow-fs-read=";

/** Whether the Permission Model is on. */
export function isLimited() {
  return Boolean(/** @type {any} */ (process).permission);
}

/** Mount the allowed folders; copy the allowed files into memory. @param {any} module emscripten's */
export function mountAllowed({ FS, ERRNO_CODES }) {
  const { NODEFS } = FS.filesystems;
  const known = NODEFS.convertNodeCode;
  NODEFS.convertNodeCode = (/** @type {any} */ error) =>
    error.code === "ERR_ACCESS_DENIED" ? ERRNO_CODES.EACCES : known(error);
  const options = process.execArgv.filter((option) => option.startsWith(READABLE));
  const allowed = options.map((option) => path.resolve(option.slice(READABLE.length))).sort();
  /** @type {string[]} */
  const mounted = [];
  for (const place of allowed) {
    if (mounted.some((folder) => place === folder || place.startsWith(`${folder}/`))) continue;
    if (fs.statSync(place).isDirectory()) {
      FS.mkdirTree(place);
      FS.mount(NODEFS, { root: place }, place);
      mounted.push(place);
    } else {
      FS.mkdirTree(path.dirname(place));
      FS.writeFile(place, fs.readFileSync(place));
    }
  }
}
