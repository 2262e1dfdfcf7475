// Folders that outlive the page: a FileSystemDirectoryHandle (of the user's machine, or of the origin's private
// file system) or, in node, one of the machine's folders, mounted into the virtual file system.
//
// Handles are asynchronous, but Python's files are not. So mounting copies the folder's files in, and syncfs() copies the
// differences: to the handle or, with populate, from it.

/**
 * @typedef {{type: "folder"} | {type: "file", mtime: number, size: number, bytes: () => Uint8Array | Promise<Uint8Array>}} Entry
 * @typedef {Map<string, Entry>} Tree path without a leading slash -> entry; folders before their contents
 * @typedef {{syncfs: () => Promise<void>}} NativeFS
 */

/**
 * Mount a handle at a folder, which must be empty and is created if it is missing.
 * @param {any} FS emscripten's file system
 * @param {string} path
 * @param {FileSystemDirectoryHandle} handle
 * @returns {Promise<NativeFS>}
 */
export async function mountNativeFS(FS, path, handle) {
  checkHandle(handle);
  prepare(FS, path);
  FS.mount(FS.filesystems.NATIVEFS_ASYNC, { fileSystemHandle: handle }, path);
  const mount = FS.lookupPath(path).node.mount;
  await synchronise(mount, true);
  return { syncfs: () => synchronise(mount, false) };
}

/**
 * Mount a folder of the machine (node only).
 * @param {any} FS
 * @param {string} path
 * @param {string} hostPath
 */
export function mountNodeFS(FS, path, hostPath) {
  if (!("process" in globalThis)) throw new Error("mountNodeFS works in node only; a page has mountNativeFS");
  prepare(FS, path);
  FS.mount(FS.filesystems.NODEFS, { root: hostPath }, path);
}

/** @param {any} handle */
function checkHandle(handle) {
  if (handle?.kind === "directory") return;
  throw new TypeError("mountNativeFS takes a FileSystemDirectoryHandle, which navigator.storage.getDirectory() or showDirectoryPicker() gives");
}

/** Make an empty folder to mount at. @param {any} FS @param {string} path */
function prepare(FS, path) {
  if (!path.startsWith("/")) throw new Error(`The folder to mount at must be an absolute path, not ${path}`);
  FS.mkdirTree(path);
  const { node } = FS.lookupPath(path, { follow_mount: false });
  if (FS.isMountpoint(node)) throw new Error(`${path} is already a mount point`);
  if (FS.readdir(path).length > 2) throw new Error(`${path} is not empty`);
}

/**
 * Add the type of mountNativeFS to those that FS.mount takes, which then needs FS.syncfs(true, …) to copy the files in: a
 * file system in memory that can be synchronised.
 * @param {any} FS
 */
export function addNativeFS(FS) {
  const memory = FS.filesystems.MEMFS;
  FS.filesystems.NATIVEFS_ASYNC = {
    ...memory,
    mount: (/** @type {any} */ mount) => memory.mount(mount),
    syncfs: (/** @type {any} */ mount, /** @type {boolean} */ populate, /** @type {(error: unknown) => void} */ done) => {
      copyChanges(FS, mount, populate).then(() => done(null), done);
    },
  };
}

/** @param {any} mount @param {boolean} populate @returns {Promise<void>} */
function synchronise(mount, populate) {
  return new Promise((resolve, reject) => {
    mount.type.syncfs(mount, populate, (/** @type {unknown} */ error) => (error ? reject(error) : resolve()));
  });
}

/**
 * @param {any} FS
 * @param {any} mount
 * @param {boolean} populate whether from the handle, not to it
 */
async function copyChanges(FS, mount, populate) {
  const handle = mount.opts.fileSystemHandle;
  const [local, remote] = [localTree(FS, mount.mountpoint), await remoteTree(handle)];
  const [from, to] = populate ? [remote, local] : [local, remote];
  const target = populate ? new LocalFolder(FS, mount.mountpoint) : new RemoteFolder(handle);
  for (const path of [...to.keys()].reverse()) {
    if (from.get(path)?.type !== to.get(path)?.type) await target.remove(path);
  }
  for (const [path, entry] of from) {
    const there = to.get(path);
    if (entry.type === "folder") {
      if (there?.type !== "folder") await target.makeFolder(path);
    } else if (there?.type !== "file" || differ(entry, there)) {
      await target.write(path, await entry.bytes(), entry.mtime);
    }
  }
}

/**
 * Whether a file has changed. A handle's file gets its time when it is written, so only a newer time counts.
 * @param {Entry & {type: "file"}} source
 * @param {Entry & {type: "file"}} target
 */
function differ(source, target) {
  return source.size !== target.size || source.mtime > target.mtime;
}

class LocalFolder {
  #FS;
  #root;

  /** @param {any} FS @param {string} root */
  constructor(FS, root) {
    this.#FS = FS;
    this.#root = root;
  }

  /** @param {string} path */
  remove(path) {
    const full = `${this.#root}/${path}`;
    if (this.#FS.isDir(this.#FS.stat(full).mode)) this.#FS.rmdir(full);
    else this.#FS.unlink(full);
  }

  /** @param {string} path */
  makeFolder(path) {
    this.#FS.mkdir(`${this.#root}/${path}`);
  }

  /** @param {string} path @param {Uint8Array} bytes @param {number} mtime in milliseconds */
  write(path, bytes, mtime) {
    this.#FS.writeFile(`${this.#root}/${path}`, bytes, { canOwn: true });
    this.#FS.utime(`${this.#root}/${path}`, mtime, mtime);
  }
}

class RemoteFolder {
  #handle;

  /** @param {FileSystemDirectoryHandle} handle */
  constructor(handle) {
    this.#handle = handle;
  }

  /** An entry's folder and name. @param {string} path */
  async #place(path) {
    const names = path.split("/");
    const name = /** @type {string} */ (names.pop());
    let folder = this.#handle;
    for (const part of names) folder = await folder.getDirectoryHandle(part);
    return { folder, name };
  }

  /** @param {string} path */
  async remove(path) {
    const { folder, name } = await this.#place(path);
    await folder.removeEntry(name, { recursive: true });
  }

  /** @param {string} path */
  async makeFolder(path) {
    const { folder, name } = await this.#place(path);
    await folder.getDirectoryHandle(name, { create: true });
  }

  /** @param {string} path @param {Uint8Array} bytes */
  async write(path, bytes) {
    const { folder, name } = await this.#place(path);
    const file = await (await folder.getFileHandle(name, { create: true })).createWritable();
    await file.write(/** @type {any} */ (bytes));
    await file.close();
  }
}

/** @param {any} FS @param {string} root @returns {Tree} */
function localTree(FS, root) {
  /** @type {Tree} */
  const tree = new Map();
  const visit = (/** @type {string} */ folder) => {
    for (const name of FS.readdir(`${root}/${folder}`)) {
      if (name === "." || name === "..") continue;
      const path = folder + name;
      const { mode, mtime, size } = FS.stat(`${root}/${path}`);
      if (FS.isDir(mode)) {
        tree.set(path, { type: "folder" });
        visit(`${path}/`);
      } else if (FS.isFile(mode)) {
        tree.set(path, { type: "file", mtime: mtime.getTime(), size, bytes: () => FS.readFile(`${root}/${path}`) });
      }
    }
  };
  visit("");
  return tree;
}

/** @param {FileSystemDirectoryHandle} root @returns {Promise<Tree>} */
async function remoteTree(root) {
  /** @type {Tree} */
  const tree = new Map();
  const visit = async (/** @type {any} */ folder, /** @type {string} */ prefix) => {
    for await (const [name, handle] of folder.entries()) {
      if (handle.kind === "directory") {
        tree.set(prefix + name, { type: "folder" });
        await visit(handle, `${prefix}${name}/`);
      } else {
        const file = await handle.getFile();
        const bytes = async () => new Uint8Array(await file.arrayBuffer());
        tree.set(prefix + name, { type: "file", mtime: file.lastModified, size: file.size, bytes });
      }
    }
  };
  await visit(root, "");
  return tree;
}
