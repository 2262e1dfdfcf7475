// readTar reads what tar programs write. The archives are made by the machine's own tar.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { readTar } from "../../emscripten-forge/runtime/js/packages/archive.mjs";
import { readPart } from "../../emscripten-forge/runtime/js/packages/late-files.mjs";

const LONG = `${"folder-with-a-long-name/".repeat(6)}file-with-a-long-name.py`;
const VERY_LONG = `a${"é".repeat(100)}/${"x".repeat(200)}.py`;

/**
 * A tar archive of files with these contents.
 * @param {import("node:test").TestContext} t
 * @param {"ustar" | "pax"} format
 * @param {Record<string, string>} files
 * @param {(folder: string) => void} [more] adds other entries
 */
function pack(t, format, files, more = () => {}) {
  const folder = mkdtempSync(join(tmpdir(), "wasmforge-tar-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  more(folder);
  // Without times only names that need them have headers of pax.
  const options = format === "pax" ? ["--pax-option=delete=atime,delete=ctime,delete=mtime"] : [];
  const args = [`--format=${format}`, ...options, "--sort=name", "-C", folder, "-cf", "-", "."];
  return new Uint8Array(execFileSync("tar", args, { env: { ...process.env, LC_ALL: "C.UTF-8" } }));
}

/** @param {Uint8Array} tar */
const byPath = (tar) => new Map(Array.from(readTar(tar), (entry) => [entry.path.replace(/^\.\//, ""), entry]));

for (const format of /** @type {const} */ (["ustar", "pax"])) {
  test(`files, folders, links and modes of ${format}`, (t) => {
    const tar = pack(t, format, { "a.py": "print()", "empty.py": "", "sub/b.txt": "é".repeat(700), [LONG]: "long" }, (folder) => {
      symlinkSync("sub/b.txt", join(folder, "link"));
      chmodSync(join(folder, "a.py"), 0o755);
    });
    const entries = byPath(tar);
    const text = (/** @type {string} */ path) => new TextDecoder().decode(entries.get(path)?.bytes);
    assert.equal(text("a.py"), "print()");
    assert.equal(entries.get("a.py")?.mode, 0o755);
    assert.equal(text("empty.py"), "");
    assert.equal(text("sub/b.txt"), "é".repeat(700));
    assert.equal(text(LONG), "long");
    assert.equal(entries.get("sub")?.type, "folder");
    const { type, target } = /** @type {any} */ (entries.get("link"));
    assert.deepEqual({ type, target }, { type: "link", target: "sub/b.txt" });
  });
}

test("names that only pax can hold, which do not reach over to the next entry", (t) => {
  const entries = byPath(pack(t, "pax", { [VERY_LONG]: "1", "z.py": "2" }));
  assert.equal(entries.get(VERY_LONG)?.bytes.length, 1);
  assert.equal(entries.get("z.py")?.bytes.length, 1);
});

test("contents are views of the archive, not copies", (t) => {
  const tar = pack(t, "ustar", { "a.py": "print()" });
  const { bytes } = /** @type {any} */ (byPath(tar).get("a.py"));
  assert.equal(bytes.buffer, tar.buffer);
});

test("an entry of another type is an error", (t) => {
  const tar = pack(t, "ustar", {}, (folder) => execFileSync("mkfifo", [join(folder, "pipe")]));
  assert.throws(() => [...readTar(tar)], /unknown type 6/);
});

test("an empty archive has no entries", () => {
  assert.deepEqual([...readTar(new Uint8Array(0))], []);
  assert.deepEqual([...readTar(new Uint8Array(1024))], []);
});

test("a part's list of late files is not one of its entries", (t) => {
  const late = [[["a.txt", 3], ["b.txt", 4, 100]]];
  const folder = pack(t, "ustar", { "late.json": JSON.stringify(late), "m.pyc": "code" });
  // In the archives of bundles names do not begin with "./": rename in place, as long as the header allows.
  const name = new TextEncoder().encode(".late.json\0");
  const at = Buffer.from(folder).indexOf("./late.json");
  folder.set(name, at);
  const { entries, late: found } = readPart(folder);
  assert.deepEqual(found, late);
  assert.deepEqual(entries.filter(({ type }) => type === "file").map(({ path }) => path), ["./m.pyc"]);
  assert.deepEqual(readPart(new Uint8Array(1024)), { entries: [], late: [] });
});
