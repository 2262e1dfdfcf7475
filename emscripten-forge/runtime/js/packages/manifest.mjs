// Checks manifest.json, which a broken or half-finished deployment may replace by anything.

import { LoadError } from "../errors.mjs";

/**
 * A check of a value: what it should have been, with the field's name; undefined if it is right.
 * @typedef {(value: any, field: string) => string | undefined} Check
 */

export const FORMAT = 4;

/** @type {Check} */
const text = (value, field) => (typeof value === "string" ? undefined : `${field} is not a string`);
/** @type {Check} */
const flag = (value, field) => (typeof value === "boolean" ? undefined : `${field} is neither true nor false`);
/** @type {Check} */
const count = (value, field) => (Number.isSafeInteger(value) && value >= 0 ? undefined : `${field} is not a number of 0 or more`);
/** @type {Check} */
const hash = (value, field) => (/^[0-9a-f]{64}$/.test(value) ? undefined : `${field} is not a sha256`);

/** @param {Check} check of each item @returns {Check} */
const list = (check) => (value, field) =>
  Array.isArray(value) ? first(value.map((item, number) => () => check(item, `${field}[${number}]`))) : `${field} is not a list`;

/** @param {Check} check of each value @returns {Check} */
const mapOf = (check) => (value, field) =>
  isObject(value) ? first(Object.entries(value).map(([name, item]) => () => check(item, `${field}.${name}`))) : `${field} is not an object`;

/** @param {Record<string, Check>} fields which an object must have @returns {Check} */
const record = (fields) => (value, field) => {
  if (!isObject(value)) return `${field || "it"} is not an object`;
  return first(Object.entries(fields).map(([name, check]) => () => check(value[name], field ? `${field}.${name}` : name)));
};

/** @param {unknown} value */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {(() => string | undefined)[]} checks */
function first(checks) {
  for (const check of checks) {
    const fault = check();
    if (fault) return fault;
  }
  return undefined;
}

/** @param {(file: string) => boolean} isBelow */
function manifestCheck(isBelow) {
  /** @type {Check} */
  const name = (value, field) =>
    text(value, field) ?? (value && isBelow(value) ? undefined : `${field} is ${JSON.stringify(value)}, which is no file below the bundle's folder`);
  const file = { file: name, size: count, sha256: hash };
  return record({
    python: text,
    compressed: flag,
    info: mapOf(() => undefined),
    builds: mapOf(text),
    packages: mapOf(record({ name: text, version: text, file_name: text, package_type: text, imports: list(text), depends: list(text) })),
    runtime: record({ glue: record(file), wasm: record(file) }),
    base: mapOf(record(file)),
    index: record(file),
    eager: list(text),
    channels: list(text),
    snapshots: list(record({ ...file, imports: list(text), parts: list(count), modules: list(count) })),
  });
}

/**
 * The manifest, checked. Throws a LoadError that names the first field at fault.
 * @param {any} data from manifest.json
 * @param {(file: string) => boolean} isBelow whether a name means a file below the bundle's folder
 * @returns {import("./packages.mjs").Manifest}
 */
export function checkManifest(data, isBelow) {
  const details = { file: "manifest.json" };
  if (!isObject(data)) throw new LoadError("manifest.json is not a bundle's: it is not an object", details);
  if (data.format !== FORMAT) {
    throw new LoadError(`manifest.json has format ${data.format}, this bootstrap.mjs reads ${FORMAT}`, details);
  }
  const fault = manifestCheck(isBelow)(data, "");
  if (fault) throw new LoadError(`manifest.json is not a bundle's: ${fault}`, details);
  return data;
}
