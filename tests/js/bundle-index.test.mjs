// The index says what an import takes, in the order in which it is needed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Index, isSideModule } from "../../emscripten-forge/runtime/js/packages/bundle-index.mjs";

const file = { file: "f", size: 1, sha256: "0" };

// numpy has two parts; its second opens a side module, which needs a library, which needs another.
const parts = [
  { package: "numpy", modules: ["numpy", "numpy.core"], archive: file, needs: [], opens: [0] },
  { package: "numpy", modules: ["numpy.linalg"], archive: file, needs: [0], opens: [1] },
  { package: "plain", modules: ["plain", "numpy"], archive: file, needs: [], opens: [] },
];
const modules = [
  { ...file, package: "numpy", path: "numpy/_core.so", name: "numpy._core", needs: [] },
  { ...file, package: "numpy", path: "numpy/_linalg.so", name: "numpy.linalg._lib", needs: [2] },
  { ...file, package: "openblas", path: "lib/libblas.so", needs: [3] },
  { ...file, package: "openblas", path: "lib/libf.so", needs: [] },
];
const index = new Index({ parts, modules });
const [core, linalg, plain] = parts;
const [coreModule, linalgModule, blas, fortran] = modules;

test("an import takes the parts it needs, its own, and the side modules after their libraries", () => {
  assert.deepEqual(index.forImport("numpy.linalg"), {
    package: "numpy",
    units: [core, linalg, fortran, blas, linalgModule],
  });
});

test("a side module is found by its name and comes with its libraries", () => {
  assert.deepEqual(index.forImport("numpy.linalg._lib")?.units, [fortran, blas, linalgModule]);
});

test("of two parts with one module the first is taken", () => {
  assert.equal(index.forImport("numpy")?.package, "numpy");
});

test("a module that the bundle does not have", () => {
  assert.equal(index.forImport("pandas"), undefined);
});

test("a package consists of its parts and side modules", () => {
  assert.deepEqual(index.unitsOf(["numpy"]), [core, linalg, coreModule, linalgModule]);
  assert.deepEqual(index.unitsOf(["plain", "openblas"]), [plain, blas, fortran]);
  assert.deepEqual(index.unitsOf([]), []);
});

test("units with what they need have nothing twice", () => {
  const units = index.withNeeds([linalg, core, linalgModule]);
  assert.equal(new Set(units).size, units.length);
  assert.deepEqual(new Set(units), new Set([core, linalg, coreModule, fortran, blas, linalgModule]));
});

test("parts and side modules are told apart", () => {
  assert.deepEqual([core, coreModule].map(isSideModule), [false, true]);
});
