// The exports of a bundle's bootstrap.mjs. The types of Python objects are in ffi.d.mts.

import type { FFI, PyDict, PyProxy } from "./ffi.mjs";

export type * from "./ffi.mjs";

/** A file of the bundle is missing, truncated, or not what the manifest says, or the engine is too old. */
export class LoadError extends Error {
  file?: string;
}

/** A Python exception that the code did not catch. The message is its traceback. */
export class PythonError extends Error {
  /** The exception's class, such as "ValueError". */
  type: string;
}

/** The interpreter is broken and must be loaded anew. */
export class PythonCrash extends Error {}

/** The program has ended the interpreter, as by os._exit. */
export class Exit extends Error {
  status: number;
}

export interface Progress {
  phase: "fetch" | "start";
  /** The file being fetched. */
  name: string;
  /** Bytes, uncompressed. */
  loaded: number;
  total: number;
}

export interface LoadOptions {
  /** The bundle's folder; default: where bootstrap.mjs is from. */
  baseURL?: string | URL;
  /** Packages to load whole before Python starts. The others are loaded when they are imported. */
  packages?: string[];
  /** Modules that the program will import: the files for them are fetched while Python starts. */
  imports?: string[];
  stdin?: () => string | null | undefined | Promise<string | null | undefined>;
  /** Called with each line; default: console.log. */
  stdout?: (line: string) => void;
  /** Called with each line; default: console.warn. */
  stderr?: (line: string) => void;
  env?: Record<string, string>;
  /** The arguments of the command `python`: its options, then sys.argv. */
  args?: string[];
  /** What `import js` sees; default: globalThis. */
  jsglobals?: object;
  /** Load all of the standard library at the start. Otherwise most of it is loaded when it is imported. */
  complete?: boolean;
  onProgress?: (progress: Progress) => void;
  /** Called with a message for each load of packages. */
  messageCallback?: (message: string) => void;
  /** For streams that are not given, use node's own, or prompt the page's user and write to the console. */
  terminal?: boolean;
  /**
   * Default: true: a last line without a newline is shown when runPython's program ends. False: it is shown when
   * sys.stdout is flushed.
   */
  showPartialLines?: boolean;
  /** Import modules from the working directory, too. */
  fromWorkingDirectory?: boolean;
  /** Convert JavaScript's null to None, not to jsnull. */
  convertNullToNone?: boolean;
  /** Let toJs convert a dict to a Map whose string keys are also properties. */
  toJsLiteralMap?: boolean;
  /**
   * Default: true: start from the bundle's snapshot with these imports, if there is one. No snapshot is used together
   * with args, fsInit or variables in env that Python reads at its start (PYTHON…).
   */
  snapshot?: boolean;
  /** Called before Python starts. */
  fsInit?: (FS: any, info: { sitePackages: string }) => void | Promise<void>;
  /** Cancels the loading. A later call can load again. */
  signal?: AbortSignal;
}

/** Load a bundle and start Python. Rejected with a LoadError, or the signal's reason. */
export function loadPython(options?: LoadOptions): Promise<PythonAPI>;

export interface RunOptions {
  /** What a traceback calls the code; default: "<exec>". */
  filename?: string;
  /** The dict of the code's global names; default: that of __main__. */
  globals?: PyProxy;
  /** The dict of its local names; default: the global ones. */
  locals?: PyProxy;
}

export interface PackageOptions {
  messageCallback?: (message: string) => void;
  errorCallback?: (message: string) => void;
  checkIntegrity?: boolean;
}

export interface InstallOptions {
  /**
   * The channels' addresses, absolute or relative to the bundle. A package comes from the first channel that has its
   * name. Default: the channels the bundle was made with.
   */
  channels?: string[];
  /** Cancels the installation: nothing is installed then. */
  signal?: AbortSignal;
  onProgress?: (progress: InstallProgress) => void;
}

export interface InstallProgress {
  phase: "solve" | "fetch" | "start";
  /** The file being fetched; in other phases, the packages. */
  name: string;
  /** Bytes as sent; 0 in other phases. */
  loaded: number;
  total: number;
}

export interface Installed {
  name: string;
  version: string;
  build: string;
  subdir: string;
  /** null for a package of the bundle. */
  channel: string | null;
}

export interface PackageData {
  name: string;
  version: string;
  fileName: string;
  packageType: "package";
}

export interface LockfilePackage {
  name: string;
  version: string;
  file_name: string;
  package_type: "package";
  install_dir: "site";
  sha256: string;
  imports: string[];
  depends: string[];
}

export interface Lockfile {
  info: { arch: "wasm32"; platform: string; abi_version: string; python: string; version: string };
  packages: Record<string, LockfilePackage>;
}

/** A piece of text, bytes, one byte, or null or undefined for end of file. */
export type Piece = string | Uint8Array | ArrayBuffer | number | null | undefined;

export interface StdinOptions {
  /** May return a promise, if the engine lets Python wait for one. */
  stdin?: () => Piece | Promise<Piece>;
  /** Fill the buffer, return how many bytes, 0 for end of file. */
  read?: (buffer: Uint8Array) => number;
  /** Every read fails. */
  error?: boolean;
  isatty?: boolean;
  autoEOF?: boolean;
}

export interface StdoutOptions {
  /** Called with each line, without its newline. */
  batched?: (line: string) => void;
  raw?: (byte: number) => void;
  /** Takes bytes, returns how many it took. */
  write?: (bytes: Uint8Array) => number;
  isatty?: boolean;
  getTerminalSize?: () => { rows: number; columns: number } | undefined;
  fsync?: () => void;
}

export interface NativeFS {
  /** Write what has changed to the folder. */
  syncfs(): Promise<void>;
}

export interface Canvases {
  setCanvas2D(canvas: HTMLCanvasElement | OffscreenCanvas): void;
  getCanvas2D(): HTMLCanvasElement | OffscreenCanvas | undefined;
  setCanvas3D(canvas: HTMLCanvasElement | OffscreenCanvas): void;
  getCanvas3D(): HTMLCanvasElement | OffscreenCanvas | undefined;
  unregisterCanvas(): void;
}

/** What loadPython and loadPyodide resolve to. */
export interface PythonAPI {
  /** Python's version, such as "3.13.15". */
  version: string;
  /** The names of __main__ and, for reading, of builtins. */
  readonly globals: PyDict;
  readonly pyodide_py: PyProxy;
  /** Classes for `instanceof`. */
  readonly ffi: FFI;
  /** Older form of `value instanceof ffi.PyProxy`. */
  isPyProxy(value: any): value is PyProxy;
  /** Emscripten's virtual file system. */
  FS: any;
  PATH: any;
  ERRNO_CODES: Record<string, number>;
  canvas: Canvases;
  runPython(code: string, options?: RunOptions): any;
  runPythonAsync(code: string, options?: RunOptions): Promise<any>;
  pyimport(name: string): any;
  toPy(object: any, options?: { depth?: number; defaultConverter?: (value: any, convert: any, cache: any) => any }): any;
  registerJsModule(name: string, module: object): void;
  unregisterJsModule(name: string): void;
  /** Name -> origin of each loaded package. */
  readonly loadedPackages: Record<string, string>;
  readonly lockfile: Lockfile;
  loadPackage(names: string | string[] | { toJs(): string[] }, options?: PackageOptions): Promise<PackageData[]>;
  loadPackagesFromImports(code: string, options?: PackageOptions): Promise<PackageData[]>;
  /** Install packages from channels, all or none. The bundle must have the package wasmforge-install. */
  install(specs: string | string[] | { toJs(): string[] }, options?: InstallOptions): Promise<Installed[]>;
  setStdin(options?: StdinOptions): void;
  setStdout(options?: StdoutOptions): void;
  setStderr(options?: StdoutOptions): void;
  /** A signal's number written to the first byte is delivered to the running program. */
  setInterruptBuffer(buffer: Uint8Array | undefined): void;
  checkInterrupt(): void;
  unpackArchive(buffer: ArrayBuffer | ArrayBufferView, format: string, options?: { extractDir?: string }): void;
  mountNativeFS(path: string, handle: FileSystemDirectoryHandle): Promise<NativeFS>;
  mountNodeFS(path: string, hostPath: string): void;
  toArrow(df: any, arrow: any, options?: { copy?: boolean }): any;
  fromArrow(table: any): any;
  setDebug(debug: boolean): boolean;
}
