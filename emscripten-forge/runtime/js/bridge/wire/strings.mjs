// Converts text between JavaScript strings and characters in wasm memory.

import { KIND_1, KIND_2, KIND_ASCII } from "./constants.mjs";
import { refresh, u16, u32, u8 } from "./memory.mjs";

const SHORT = 24; // characters up to which reading one by one is faster than a view and a decoder
const PIECE = 8192; // how many arguments one call takes

const ascii = new TextDecoder();
const utf16 = new TextDecoder("utf-16le", { ignoreBOM: true });
const { fromCharCode, fromCodePoint } = String;

/**
 * @param {number} kind bytes per character, or KIND_ASCII
 * @param {number} pointer
 * @param {number} length in characters
 */
export function readString(kind, pointer, length) {
  if (u8.length === 0) refresh();
  if (kind === KIND_ASCII) return length > SHORT ? ascii.decode(u8.subarray(pointer, pointer + length)) : readShort(pointer, length);
  if (kind === KIND_1) return join(u8, pointer, length, fromCharCode);
  if (kind === KIND_2) return readTwoBytes(pointer, length);
  return join(u32, pointer >>> 2, length, fromCodePoint);
}

/** @param {number} pointer @param {number} length */
function readShort(pointer, length) {
  let text = "";
  for (let at = pointer; at < pointer + length; at++) text += fromCharCode(u8[at]);
  return text;
}

/** @param {number} pointer @param {number} length */
function readTwoBytes(pointer, length) {
  if (length > SHORT) {
    const text = utf16.decode(u8.subarray(pointer, pointer + 2 * length));
    // The decoder replaces lone surrogates.
    if (!text.includes("\ufffd")) return text;
  }
  return join(u16, pointer >>> 1, length, fromCharCode);
}

/**
 * @param {Uint8Array | Uint16Array | Uint32Array} units
 * @param {number} start
 * @param {number} length
 * @param {(...units: number[]) => string} convert
 */
function join(units, start, length, convert) {
  let text = "";
  for (let at = start; at < start + length; at += PIECE) {
    text += convert.apply(null, /** @type {any} */ (units.subarray(at, Math.min(at + PIECE, start + length))));
  }
  return text;
}

/**
 * Write characters of one byte.
 * @param {string} text
 * @param {number} pointer
 * @returns {number} the bitwise or of all characters; above 255 the text does not fit and must be written anew
 */
export function writeOneByte(text, pointer) {
  let bits = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    u8[pointer + at] = unit;
    bits |= unit;
  }
  return bits;
}

/** Write UTF-16. @param {string} text @param {number} pointer even */
export function writeTwoBytes(text, pointer) {
  const start = pointer >>> 1;
  for (let at = 0; at < text.length; at++) u16[start + at] = text.charCodeAt(at);
}

const encoder = new TextEncoder();

/**
 * Write text that is expected to be ASCII.
 * @param {string} text
 * @param {number} pointer to room for one byte per character
 * @returns {boolean} whether it was ASCII
 */
export function writeASCII(text, pointer) {
  const { read, written } = encoder.encodeInto(text, u8.subarray(pointer, pointer + text.length));
  return read === text.length && written === text.length;
}
