// What a bundle's bootstrap.mjs exports. The types of Python objects are in ffi.d.mts.

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
  /** The file that is fetched. */
  name: string;
  /** Bytes, uncompressed. */
  loaded: number;
  total: number;
}

export interface LoadOptions {
  /** The bundle's folder; default: where bootstrap.mjs is from. */
  baseURL?: string | URL;
  /** To load at once, whole; others are loaded when they are imported. */
  packages?: string[];
  /** Modules that will be imported: what that takes is fetched while Python starts. */
  imports?: string[];
  stdin?: () => string | null | undefined | Promise<string | null | undefined>;
  /** Called with each line; default: console.log. */
  stdout?: (line: string) => void;
  /** Called with each line; default: console.warn. */
  stderr?: (line: string) => void;
  env?: Record<string, string>;
  /** Of the command `python`: its options, then sys.argv. */
  args?: string[];
  /** What `import js` sees; default: globalThis. */
  jsglobals?: object;
  /** Whether to load all of the standard library, whose larger part else comes when it is imported. */
  complete?: boolean;
  onProgress?: (progress: Progress) => void;
  /** Told what loadPackage loads. */
  messageCallback?: (message: string) => void;
  /** Whether streams that are not given are node's own, or ask the page's user. */
  terminal?: boolean;
  /**
   * Default: true. False: what runPython's program prints without a newline at its end is shown when sys.stdout is
   * flushed, not when the program ends.
   */
  showPartialLines?: boolean;
  /** Whether modules are imported from the working directory. */
  fromWorkingDirectory?: boolean;
  /** Whether JavaScript's null becomes None, not jsnull. */
  convertNullToNone?: boolean;
  /** Whether toJs makes a dict a Map whose strings as keys are properties, too. */
  toJsLiteralMap?: boolean;
  /**
   * Default: true. False: Python starts anew, also where the bundle has a snapshot of it after the imports. So it does
   * with args, fsInit, and variables of env that Python itself reads (PYTHON…).
   */
  snapshot?: boolean;
  /** Called before Python starts. */
  fsInit?: (FS: any, info: { sitePackages: string }) => void | Promise<void>;
  /** Ends the loading; it can be tried again. */
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
   * Their addresses, relative ones seen from the bundle; a package comes from the first that has its name. Default:
   * those the bundle was made with.
   */
  channels?: string[];
  /** Ends it; nothing is installed then. */
  signal?: AbortSignal;
  onProgress?: (progress: InstallProgress) => void;
}

export interface InstallProgress {
  phase: "solve" | "fetch" | "start";
  /** The file that is fetched, else what is installed. */
  name: string;
  /** Bytes, as they are sent; 0 outside of "fetch". */
  loaded: number;
  total: number;
}

export interface Installed {
  name: string;
  version: string;
  build: string;
  subdir: string;
  /** null: it came from the bundle. */
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
  /** A promise is waited for where Python can. */
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
  /** Name -> where it is from. */
  readonly loadedPackages: Record<string, string>;
  readonly lockfile: Lockfile;
  loadPackage(names: string | string[] | { toJs(): string[] }, options?: PackageOptions): Promise<PackageData[]>;
  loadPackagesFromImports(code: string, options?: PackageOptions): Promise<PackageData[]>;
  /** Install packages of channels, which needs the package wasmforge-install in the bundle: all, or none. */
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
