// Checks that packages from channels bring only files below their prefix, as scripts/wasmforge/common/inside.py does. A path
// that leads elsewhere could replace what a program keeps in a mounted folder, or another package's files.

/**
 * @typedef {{path: string, type: "file" | "folder" | "link", target: string}} Member
 * @typedef {{label: string, entries: Member[], modules: {path: string}[]}} Package
 */

const CONTROL = /[\0-\x1f\x7f]/; // eslint-disable-line no-control-regex
const WINDOWS = /\\|^[A-Za-z]:/;

/** Why a path or a link's target must not be used; undefined for a relative one. @param {string} path */
function formFault(path) {
  if (!path) return "it is empty";
  if (CONTROL.test(path)) return "it has a control character";
  if (path.startsWith("/")) return "it is absolute";
  return WINDOWS.test(path) ? "it has a backslash or a drive" : undefined;
}

/** Why a path must not be used below a folder; undefined for a relative path of plain names. @param {string} path */
export function pathFault(path) {
  const fault = formFault(path);
  if (fault) return fault;
  const parts = path.split("/");
  if (parts.includes("..")) return "`..` leads out of its folder";
  return parts.some((part) => part === "" || part === ".") ? "it has an empty part or `.`" : undefined;
}

/**
 * Why a symbolic link must not be made. A `..` is allowed at the start of its target alone: after a name, which may be
 * another link, it may mean any folder.
 * @param {string} path the link's
 * @param {string} target
 */
export function linkFault(path, target) {
  const fault = formFault(target);
  if (fault) return fault;
  const parts = target.split("/").filter((part) => part && part !== ".");
  const ups = parts.filter((part) => part === "..").length;
  if (parts.lastIndexOf("..") >= ups) return "`..` follows a name";
  return ups >= path.split("/").length ? "`..` leads out of its folder" : undefined;
}

/**
 * The members of a package's archive as they were, each checked. Throws an error with path and reason.
 * @template {Member} M
 * @param {Iterable<M>} members
 * @returns {Generator<M>}
 */
export function* checked(members) {
  const seen = new Set();
  for (const member of members) {
    const { path, type, target } = member;
    const fault = pathFault(path) ?? (type === "link" ? toFault(path, target) : undefined);
    if (fault) throw new Error(describe(path, fault));
    if (type !== "folder" && seen.has(path)) throw new Error(describe(path, "it is in the archive twice"));
    seen.add(path);
    yield member;
  }
}

/** @param {string} path @param {string} target */
function toFault(path, target) {
  const fault = linkFault(path, target);
  return fault && `it is a link to ${JSON.stringify(target)}: ${fault}`;
}

/**
 * Check packages that are added together: one may bring a link, and another a path through it.
 * @param {Package[]} packages
 * @param {(path: string) => boolean} isObstacle whether there is something at a path that is no plain folder
 */
export function checkTogether(packages, isObstacle) {
  /** @type {Map<string, string>} */
  const owners = new Map();
  const all = packages.flatMap(({ label, entries, modules }) => [
    ...entries.map(({ path, type }) => ({ label, path, isFolder: type === "folder" })),
    ...modules.map(({ path }) => ({ label, path, isFolder: false })),
  ]);
  for (const { label, path, isFolder } of all) if (!isFolder) owners.set(path, label);
  const free = new Set([""]);
  for (const { label, path, isFolder } of all) {
    for (const parent of isFolder ? [...parents(path), path] : parents(path)) {
      if (free.has(parent)) continue;
      const owner = owners.get(parent) ?? (isObstacle(parent) ? "another package or the program" : undefined);
      if (owner) {
        const fault = `it goes through ${parent}, which is no folder, but a file or link of ${owner}`;
        throw new Error(`${label} cannot be installed: ${describe(path, fault)}`);
      }
      free.add(parent);
    }
  }
}

/** @param {string} path @returns {string[]} */
function parents(path) {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** @param {string} path @param {string} fault */
function describe(path, fault) {
  return `${JSON.stringify(path)}: ${fault}`;
}
