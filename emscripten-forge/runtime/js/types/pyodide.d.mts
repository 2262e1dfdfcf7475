// The exports of a bundle's pyodide.mjs.

import type { Lockfile, LockfilePackage, NativeFS, PackageData, PythonAPI, PythonError } from "./bootstrap.mjs";

export type * from "./ffi.mjs";
export type { Lockfile, LockfilePackage, NativeFS, PackageData, PythonError };
export type { PythonAPI as PyodideAPI, PythonAPI as PyodideInterface };

/** Python's version. */
export const version: string;

export interface PyodideConfig {
  /** The bundle's folder; default: where pyodide.mjs is from. */
  indexURL?: string | URL;
  /** Packages to load before Python starts. */
  packages?: string[];
  stdin?: () => any;
  stdout?: (line: string) => void;
  stderr?: (line: string) => void;
  /** What `import js` sees; default: globalThis. */
  jsglobals?: object;
  /** The arguments of the command `python`: its options, then sys.argv. */
  args?: string[];
  /** Environment variables; default for HOME: /home/pyodide. */
  env?: Record<string, string>;
  /** Called before Python starts. */
  fsInit?: (FS: any, info: { sitePackages: string }) => void | Promise<void>;
  /** Convert JavaScript's null to None, not to jsnull. */
  convertNullToNone?: boolean;
  /** Let toJs convert a dict to a Map whose string keys are also properties. */
  toJsLiteralMap?: boolean;
  /** No effect: all of the standard library is always available. */
  fullStdLib?: boolean;
  /** No effect: pyodide.mjs and its bundle have the same version. */
  checkAPIVersion?: boolean;
  /** No effect: enabled wherever the engine supports it. */
  enableRunUntilComplete?: boolean;
  /** No effect: packages are fetched from the bundle. */
  packageCacheDir?: string;
}

/** Load the bundle and start Python. */
export function loadPyodide(config?: PyodideConfig): Promise<PythonAPI>;
