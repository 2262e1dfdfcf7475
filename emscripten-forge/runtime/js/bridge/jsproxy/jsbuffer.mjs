// Typed arrays, ArrayBuffers and DataViews as memory for Python: the functions that core/jsbuffer.c imports.

import { ARRAY_DETACHED, ARRAY_TOO_LARGE, FILE_GIVE, FILE_READ } from "../wire/constants.mjs";
import { ownerOf } from "../buffers/arrays.mjs";
import { encodeError } from "../wire/errors.mjs";
import { FORMATS } from "../buffers/formats.mjs";
import { held } from "../wire/handles.mjs";
import { refresh, u32, u8 } from "../wire/memory.mjs";
import { decode, encode, reserve, unreserve } from "../wire/values.mjs";

/** @type {any} emscripten's file system */
let FS;

/** @param {any} files emscripten's file system */
export function connectFiles(files) {
  FS = files;
}

/** The bytes of an array. @param {any} array @returns {Uint8Array} @throws {TypeError} if it is detached */
function bytesOf(array) {
  return ArrayBuffer.isView(array) ? new Uint8Array(array.buffer, array.byteOffset, array.byteLength) : new Uint8Array(array);
}

/** @param {number} handle @param {number} out a js_array */
function js_array_describe(handle, out) {
  const array = held(handle);
  let bytes, format, owner;
  try {
    bytes = bytesOf(array);
    format = FORMATS[array[Symbol.toStringTag]]?.charCodeAt(0) ?? 0;
    owner = ownerOf(array);
  } catch {
    return ARRAY_DETACHED;
  }
  if (bytes.length > 0x7fffffff) return ARRAY_TOO_LARGE;
  if (u8.length === 0) refresh();
  const here = bytes.buffer === u8.buffer;
  u32.set([here ? bytes.byteOffset : 0, bytes.length, format, here ? owner : 0], out >>> 2);
  return 0;
}

/**
 * The array's bytes; undefined if it is detached or has another size.
 * @param {number} handle @param {number} size
 * @returns {Uint8Array | undefined}
 */
function bytesOfSize(handle, size) {
  if (u8.length === 0) refresh();
  try {
    const bytes = bytesOf(held(handle));
    return bytes.length === size ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** @param {number} handle @param {number} to @param {number} size */
function js_array_read(handle, to, size) {
  const bytes = bytesOfSize(handle, size >>> 0);
  if (bytes) u8.set(bytes, to >>> 0);
  return bytes ? 0 : ARRAY_DETACHED;
}

/** @param {number} handle @param {number} from @param {number} size */
function js_array_write(handle, from, size) {
  const bytes = bytesOfSize(handle, size >>> 0);
  bytes?.set(u8.subarray(from >>> 0, (from >>> 0) + bytes.length));
  return bytes ? 0 : ARRAY_DETACHED;
}

/**
 * Write the bytes' text, or undefined if they are not in the encoding.
 * @param {number} handle @param {number} encoding @param {number} out
 */
function js_array_decode(handle, encoding, out) {
  try {
    const decoder = new TextDecoder(decode(encoding), { fatal: true, ignoreBOM: true });
    const place = reserve(1);
    encode(decodeWith(decoder, held(handle)), out);
    unreserve(place); // C reads the string before anything else is written there
  } catch (error) {
    encodeError(error, out);
  }
}

/** @param {TextDecoder} decoder @param {any} array @returns {string | undefined} */
function decodeWith(decoder, array) {
  const bytes = bytesOf(array);
  try {
    // A TextDecoder takes no shared memory. The buffer may be another realm's, so its class says nothing.
    return decoder.decode(Object.prototype.toString.call(bytes.buffer) === "[object ArrayBuffer]" ? bytes : bytes.slice());
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/**
 * Write the number of bytes that were read or written, or a negative errno.
 * @param {number} handle @param {number} fd @param {number} position @param {number} operation @param {number} out
 */
function js_array_file(handle, fd, position, operation, out) {
  try {
    const bytes = bytesOf(held(handle));
    const stream = FS.getStreamChecked(fd);
    encode(operation === FILE_READ ? readAll(stream, bytes, position) : writeAll(stream, bytes, position, operation === FILE_GIVE), out);
  } catch (/** @type {any} */ error) {
    if (typeof error?.errno === "number") encode(-error.errno, out);
    else encodeError(error, out);
  }
}

/** @param {any} stream @param {Uint8Array} bytes @param {number} position */
function readAll(stream, bytes, position) {
  let done = 0;
  for (let count = 1; count > 0 && done < bytes.length; done += count) {
    count = FS.read(stream, bytes, done, bytes.length - done, position + done);
  }
  return done;
}

/** @param {any} stream @param {Uint8Array} bytes @param {number} position @param {boolean} give to the file system */
function writeAll(stream, bytes, position, give) {
  if (give) return FS.write(stream, bytes, 0, bytes.length, 0, true);
  let done = 0;
  while (done < bytes.length) done += FS.write(stream, bytes, done, bytes.length - done, position + done);
  return done;
}

export const imports = { js_array_describe, js_array_read, js_array_write, js_array_decode, js_array_file };
