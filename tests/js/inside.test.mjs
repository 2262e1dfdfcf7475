// Packages whose paths or links lead out of the prefix are refused.

import assert from "node:assert/strict";
import { test } from "node:test";

import { checkTogether, checked, linkFault, pathFault } from "../../emscripten-forge/runtime/js/packages/inside.mjs";

/** @param {string} path @returns {import("../../emscripten-forge/runtime/js/packages/inside.mjs").Member} */
const file = (path) => ({ path, type: "file", target: "" });

/** @param {string} path @param {string} target @returns {import("../../emscripten-forge/runtime/js/packages/inside.mjs").Member} */
const link = (path, target) => ({ path, type: "link", target });

test("paths", () => {
  for (const path of ["a", "a/b.py", "a..b/..c", ".hidden", "é/ü"]) assert.equal(pathFault(path), undefined, path);
  for (const [path, reason] of Object.entries({
    "": /empty/, "/etc/x": /absolute/, "../x": /`\.\.`/, "a/../../x": /`\.\.`/, "a/..": /`\.\.`/, "a//b": /empty part/,
    "./a": /`\.`/, "a\\b": /backslash/, "C:/x": /drive/, "a\0b": /control/, "a\nb": /control/,
  })) assert.match(pathFault(path) ?? "", reason, path);
});

test("targets of links", () => {
  for (const [path, target] of [["a", "b"], ["a/b", "../c"], ["a/b/c", "../../d/e"], ["a", "./b"], ["a/b", ".."]]) {
    assert.equal(linkFault(path, target), undefined, `${path} -> ${target}`);
  }
  for (const [path, target, reason] of /** @type {[string, string, RegExp][]} */ ([
    ["a", "..", /leads out/], ["a/b", "../..", /leads out/], ["a", "/etc", /absolute/], ["a/b/c", "d/../../../e", /follows a name/],
    ["a/b", "d/..", /follows a name/], ["a", "C:\\x", /drive/], ["a", "", /empty/],
  ])) assert.match(linkFault(path, target) ?? "", reason, `${path} -> ${target}`);
});

test("members of an archive", () => {
  assert.equal([...checked([file("a"), link("b", "a"), { path: "c", type: "folder", target: "" }])].length, 3);
  assert.throws(() => [...checked([file("../a")])], /"\.\.\/a": `\.\.` leads out/);
  assert.throws(() => [...checked([link("a", "/etc")])], /"a": it is a link to "\/etc": it is absolute/);
  assert.throws(() => [...checked([file("a"), link("a", "b")])], /"a": it is in the archive twice/);
});

test("packages that escape together", () => {
  const one = { label: "one.conda", entries: [link("share/x", "y")], modules: [] };
  const other = { label: "other.conda", entries: [file("share/x/file")], modules: [] };
  const module = { label: "module.conda", entries: [], modules: [{ path: "share/x/file.so" }] };
  const nothing = () => false;
  checkTogether([one, { ...other, entries: [file("share/y/file")] }], nothing);
  assert.throws(() => checkTogether([one, other], nothing), /other\.conda cannot be installed: "share\/x\/file".* of one\.conda/);
  assert.throws(() => checkTogether([module, one], nothing), /module\.conda cannot be installed/);
  const own = { label: "own.conda", entries: [link("d", "share"), file("d/file")], modules: [] };
  assert.throws(() => checkTogether([own], nothing), /own\.conda cannot be installed: "d\/file"/);
  assert.throws(() => checkTogether([other], (path) => path === "share/x"), /through share\/x, .*the program/);
});
