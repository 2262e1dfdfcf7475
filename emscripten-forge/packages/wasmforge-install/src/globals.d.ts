/** Replaced by the build: the solver's WebAssembly, relative to the result. */
declare const SOLVER_FILE: string;
/** Replaced by the build: a regular expression of the paths that pages do without. */
declare const EXCLUDED: string;

/** @conda-org/rattler, as build.mjs changes it. */
declare module "rattler-solver" {
  export interface SolvedPackage {
    packageName: string;
    version: string;
    build: string;
    subdir?: string;
    depends?: string[];
    url: string;
    filename: string;
    size?: bigint;
    sha256?: string;
    free(): void;
  }
  export function initSync(options: { module: WebAssembly.Module }): unknown;
  export function simpleSolve(specs: string[], channels: string[], platforms: string[], locked: object[]): Promise<SolvedPackage[]>;
}

// As much of the following packages as is used, so that types can be checked without them.

declare module "fflate" {
  export function unzipSync(archive: Uint8Array): Record<string, Uint8Array>;
}

declare module "fzstd" {
  export function decompress(compressed: Uint8Array): Uint8Array;
}
