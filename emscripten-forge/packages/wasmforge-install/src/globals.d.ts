/** Written by the build: the file of the solver's WebAssembly, relative to the bundled module. */
declare const SOLVER_FILE: string;
/** Written by the build: a regular expression for the paths that bundles leave out. */
declare const EXCLUDED: string;

/** @conda-org/rattler's module for node as a function of what it takes from node (build.mjs). */
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
  export interface Solver {
    simpleSolve(specs: string[], channels: string[], platforms: string[], locked: object[]): Promise<SolvedPackage[]>;
  }
  export default function define(
    exports: Partial<Solver>,
    require: (name: "fs") => object,
    __dirname: string,
    fetch: (request: Request) => Promise<Response>,
    webAssembly: object,
  ): void;
}

// As much of the following packages as is used, so that types can be checked without them.

declare module "fflate" {
  export function unzipSync(archive: Uint8Array): Record<string, Uint8Array>;
}

declare module "fzstd" {
  export function decompress(compressed: Uint8Array): Uint8Array;
}
