// Time zones by their names in the environment variable TZ (core/time_zone.c): IANA's, or rules as POSIX writes them.

import { refresh, u8 } from "./wire/memory.mjs";

/** @typedef {{at: (seconds: number) => {offset: number, summer: boolean}, names: [string, string | undefined]}} Zone offset: seconds east */

const DAY = 86400;
const NAME_BYTES = 17; // with a 0 at the end
/** @type {Zone} */
const UTC = { at: () => ({ offset: 0, summer: false }), names: ["UTC", undefined] };
/** @type {Zone} */
let zone = UTC;

const engineZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** @param {string} name @returns {Zone} UTC for an unknown name, as in C */
export function findZone(name) {
  return posixZone(name) ?? ianaZone(name) ?? UTC;
}

/** @param {string} timeZone @returns {Zone | undefined} */
function ianaZone(timeZone) {
  /** @type {Intl.DateTimeFormat} */
  let format;
  try {
    const numeric = /** @type {const} */ ("numeric");
    format = new Intl.DateTimeFormat("en-US", {
      timeZone, hourCycle: "h23", era: "short", year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric,
    });
  } catch {
    return undefined; // an unknown name
  }
  const partsAt = (/** @type {number} */ seconds) => {
    const whole = Math.floor(seconds);
    const parts = Object.fromEntries(format.formatToParts(whole * 1000).map(({ type, value }) => [type, value]));
    const year = parts.era === "BC" ? 1 - Number(parts.year) : Number(parts.year);
    const local = utc(year, Number(parts.month), Number(parts.day)) + Number(parts.hour) * 3600 + Number(parts.minute) * 60 + Number(parts.second);
    return { offset: local - whole, year };
  };
  // Summer time is what is ahead of the least of the year's offsets.
  /** @type {Map<number, number>} */
  const standards = new Map();
  const standardOf = (/** @type {number} */ year) => {
    let least = standards.get(year);
    if (least === undefined) {
      least = Math.min(partsAt(utc(year, 1, 15)).offset, partsAt(utc(year, 7, 15)).offset);
      standards.set(year, least);
    }
    return least;
  };
  const at = (/** @type {number} */ seconds) => {
    const { offset, year } = partsAt(seconds);
    return { offset, summer: offset > standardOf(year) };
  };
  const year = new Date().getUTCFullYear();
  const halves = [utc(year, 1, 15), utc(year, 7, 15)].map((time) => ({ time, ...at(time) })).sort((a, b) => a.offset - b.offset);
  const [standard, summer] = halves.map(({ time, offset }) => abbreviation(timeZone, time) ?? signed(offset));
  return { at, names: [standard, halves[1].summer ? summer : undefined] };
}

// Each knows the abbreviations of its part of the world.
const LOCALES = ["en-US", "en-GB", "en-AU", "en-NZ", "en-IN", "en-ZA"];

/** @param {string} timeZone @param {number} seconds @returns {string | undefined} */
function abbreviation(timeZone, seconds) {
  if (/^[A-Z]{3,5}$/.test(timeZone)) return timeZone;
  for (const locale of LOCALES) {
    const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: "short" }).formatToParts(seconds * 1000);
    const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
    if (/^[A-Z]{3,5}$/.test(name)) return name;
  }
  return undefined;
}

/** An offset as tzdata names zones without letters: +0530. @param {number} offset */
function signed(offset) {
  const [hours, minutes] = [Math.abs(offset) / 3600, Math.abs(offset) / 60 % 60].map((n) => String(Math.trunc(n)).padStart(2, "0"));
  return `${offset < 0 ? "-" : "+"}${hours}${minutes === "00" ? "" : minutes}`;
}

const NAME = "([A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)";
const TIME = "([+-]?\\d{1,3}(?::\\d{1,2}(?::\\d{1,2})?)?)";
const DATE = "(J?\\d{1,3}|M\\d{1,2}\\.\\d\\.\\d)";
const POSIX = new RegExp(`^${NAME}${TIME}(?:${NAME}${TIME}?(?:,${DATE}(?:/${TIME})?,${DATE}(?:/${TIME})?)?)?$`);

/** Rules as in POSIX.1-2024, section 8.3. @param {string} text @returns {Zone | undefined} */
function posixZone(text) {
  const found = POSIX.exec(text);
  if (!found) return undefined;
  const [standardName, standardOffset, summerName, summerOffset, start, startTime, end, endTime] = found.slice(1);
  const plain = (/** @type {string} */ name) => name.replace(/[<>]/g, "");
  const standard = -secondsOf(standardOffset);
  if (!summerName) return { at: () => ({ offset: standard, summer: false }), names: [plain(standardName), undefined] };
  const summer = summerOffset ? -secondsOf(summerOffset) : standard + 3600;
  const from = (/** @type {number} */ year) => dayOf(start ?? "M3.2.0", year) + secondsOf(startTime ?? "2") - standard;
  const to = (/** @type {number} */ year) => dayOf(end ?? "M11.1.0", year) + secondsOf(endTime ?? "2") - summer;
  const at = (/** @type {number} */ seconds) => {
    const year = new Date((seconds + standard) * 1000).getUTCFullYear();
    const [first, last] = [from(year), to(year)];
    const inside = first < last ? first <= seconds && seconds < last : !(last <= seconds && seconds < first);
    return { offset: inside ? summer : standard, summer: inside };
  };
  return { at, names: [plain(standardName), plain(summerName)] };
}

/** @param {string} time [+-]hours[:minutes[:seconds]] */
function secondsOf(time) {
  const [hours, minutes = 0, seconds = 0] = time.replace(/^[+-]/, "").split(":").map(Number);
  return (time.startsWith("-") ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
}

/** @param {number} year @param {number} month 1 to 12 @param {number} day @returns {number} seconds */
function utc(year, month, day) {
  return new Date(0).setUTCFullYear(year, month - 1, day) / 1000;
}

/** When a rule's day begins, as UTC. @param {string} rule @param {number} year */
function dayOf(rule, year) {
  if (rule.startsWith("M")) {
    const [month, week, weekday] = rule.slice(1).split(".").map(Number);
    const first = utc(year, month, 1);
    const day = first + ((weekday - new Date(first * 1000).getUTCDay() + 7) % 7 + 7 * (week - 1)) * DAY;
    return week === 5 && day >= utc(year, month + 1, 1) ? day - 7 * DAY : day;
  }
  const leap = utc(year, 3, 1) - utc(year, 2, 28) > DAY;
  // Jn counts from 1 and never counts the leap day; n counts from 0, the leap day too.
  const day = rule.startsWith("J") ? Number(rule.slice(1)) - 1 + Number(leap && Number(rule.slice(1)) >= 60) : Number(rule);
  return utc(year, 1, 1) + day * DAY;
}

/** Functions that C imports. */
export const imports = {
  /** @param {number} address of the name, or 0 */
  js_use_zone: (address) => {
    if (!u8.length) refresh();
    const name = address ? new TextDecoder().decode(u8.slice(address, u8.indexOf(0, address))).replace(/^:/, "") : engineZone();
    zone = findZone(name);
    return Number(name !== engineZone());
  },
  /** @param {number} seconds */
  js_zone_at: (seconds) => {
    const { offset, summer } = zone.at(seconds);
    return 2 * offset + Number(summer);
  },
  /** @param {number} isSummer @param {number} at */
  js_zone_name: (isSummer, at) => {
    const name = zone.names[isSummer];
    if (!u8.length) refresh();
    const bytes = new TextEncoder().encode(name ?? "").slice(0, NAME_BYTES - 1);
    u8.set(bytes, at);
    u8[at + bytes.length] = 0;
    return Number(name !== undefined);
  },
};
