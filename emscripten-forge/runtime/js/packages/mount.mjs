// Mounts a package's files in the virtual file system without copying them.

/** @typedef {import("./archive.mjs").Entry} Entry */

const FILE = 0o100000;
const FOLDER = 0o040755;
const WRITABLE = 0o600;

export class Mounter {
  #FS;
  /** @type {Map<string, any>} path of a folder, "" for the root -> its node */
  #folders = new Map();

  /** @param {any} FS emscripten's file system */
  constructor(FS) {
    this.#FS = FS;
    this.#folders.set("", FS.lookupPath("/").node);
  }

  /**
   * @param {string} prefix absolute path without a slash at the end; "" is the root
   * @param {Iterable<Entry>} entries paths relative to prefix
   */
  mount(prefix, entries) {
    for (const entry of entries) {
      const path = `${prefix}/${entry.path}`;
      if (entry.type === "folder") this.#folder(path);
      else if (entry.type === "link") this.#link(path, entry.target);
      else this.file(path, entry.bytes, entry.mode);
    }
  }

  /** Create a file whose contents are these bytes, not a copy. @param {string} path @param {Uint8Array} bytes */
  file(path, bytes, mode = 0o644) {
    const { parent, name } = this.#place(path);
    const node = parent.node_ops.mknod(parent, name, FILE | WRITABLE | mode, 0);
    node.contents = bytes;
    node.usedBytes = bytes.length;
    return node;
  }

  /** Whether there is a file, a link or a mounted file system at a path. @param {string} path */
  isObstacle(path) {
    const { node } = this.#FS.analyzePath(path, true).exists ? this.#FS.lookupPath(path, { follow: false, follow_mount: false }) : {};
    return node !== undefined && (!this.#FS.isDir(node.mode) || this.#FS.isMountpoint(node));
  }

  /** @param {string} path @param {string} target */
  #link(path, target) {
    const { parent, name } = this.#place(path);
    parent.node_ops.symlink(parent, name, target);
  }

  /** @param {string} path */
  #place(path) {
    const slash = path.lastIndexOf("/");
    const parent = this.#folder(path.slice(0, slash));
    const name = path.slice(slash + 1);
    // The user may have created a file there.
    if (Object.hasOwn(parent.contents, name)) this.#FS.unlink(path);
    return { parent, name };
  }

  /** The node of a folder, created if it is missing. @param {string} path @returns {any} */
  #folder(path) {
    const known = this.#folders.get(path);
    if (known) return known;
    const slash = path.lastIndexOf("/");
    const parent = this.#folder(path.slice(0, slash));
    const name = path.slice(slash + 1);
    // `contents` is an ordinary object, which inherits members such as "constructor".
    const there = Object.hasOwn(parent.contents, name);
    const node = there ? parent.contents[name] : parent.node_ops.mknod(parent, name, FOLDER, 0);
    this.#folders.set(path, node);
    return node;
  }
}
