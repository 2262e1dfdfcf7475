// What a bundle's pyodide.mjs exports.

import type { Lockfile, LockfilePackage, NativeFS, PackageData, PythonAPI, PythonError } from "./bootstrap.mjs";

export type * from "./ffi.mjs";
export type { Lockfile, LockfilePackage, NativeFS, PackageData, PythonError };
export type { PythonAPI as PyodideAPI, PythonAPI as PyodideInterface };

/** Python's version. */
export const version: string;

export interface PyodideConfig {
  /** The bundle's folder; default: where pyodide.mjs is from. */
  indexURL?: string | URL;
  packages?: string[];
  stdin?: () => any;
  stdout?: (line: string) => void;
  stderr?: (line: string) => void;
  /** What `import js` sees; default: globalThis. */
  jsglobals?: object;
  /** Of the command `python`: its options, then sys.argv. */
  args?: string[];
  /** HOME, if not given, is /home/pyodide. */
  env?: Record<string, string>;
  /** Called before Python starts. */
  fsInit?: (FS: any, info: { sitePackages: string }) => void | Promise<void>;
  /** Whether JavaScript's null becomes None, not jsnull. */
  convertNullToNone?: boolean;
  /** Whether toJs makes a dict a Map whose strings as keys are properties, too. */
  toJsLiteralMap?: boolean;
  /** No effect: all of the standard library is always there. */
  fullStdLib?: boolean;
  /** No effect: pyodide.mjs and its bundle are made together. */
  checkAPIVersion?: boolean;
  /** No effect: it is enabled where the engine can. */
  enableRunUntilComplete?: boolean;
  /** No effect: packages are fetched from the bundle. */
  packageCacheDir?: string;
}

/** Load the bundle and start Python. */
export function loadPyodide(config?: PyodideConfig): Promise<PythonAPI>;
