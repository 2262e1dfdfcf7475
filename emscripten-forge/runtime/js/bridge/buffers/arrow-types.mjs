// Converts Arrow types between format strings of the C data interface and classes of the npm package apache-arrow.

/**
 * @typedef {object} Schema a field of the C data interface
 * @property {string} format
 * @property {string} name
 * @property {Map<string, string>} metadata
 * @property {number} flags
 * @property {Schema[]} children
 * @property {Schema} [dictionary]
 */

// Flags of the C data interface.
export const ORDERED = 1;
export const NULLABLE = 2;
export const KEYS_SORTED = 4;

/** apache-arrow's class for each format without parameters. @type {Record<string, string>} */
const CLASSES = {
  n: "Null", b: "Bool",
  c: "Int8", C: "Uint8", s: "Int16", S: "Uint16", i: "Int32", I: "Uint32", l: "Int64", L: "Uint64",
  e: "Float16", f: "Float32", g: "Float64",
  z: "Binary", Z: "LargeBinary", u: "Utf8", U: "LargeUtf8", vz: "BinaryView", vu: "Utf8View",
  tdD: "DateDay", tdm: "DateMillisecond",
  tts: "TimeSecond", ttm: "TimeMillisecond", ttu: "TimeMicrosecond", ttn: "TimeNanosecond",
  tDs: "DurationSecond", tDm: "DurationMillisecond", tDu: "DurationMicrosecond", tDn: "DurationNanosecond",
  tiM: "IntervalYearMonth", tiD: "IntervalDayTime", tin: "IntervalMonthDayNano",
};

// Both lists follow the order of apache-arrow's TimeUnit.
const UNITS = ["s", "m", "u", "n"];
const TIMESTAMPS = ["TimestampSecond", "TimestampMillisecond", "TimestampMicrosecond", "TimestampNanosecond"];

let dictionaries = 0;

/**
 * Make the type of a field.
 * @param {Schema} schema
 * @param {any} arrow the module apache-arrow
 * @returns {any} apache-arrow's DataType
 */
export function typeFor(schema, arrow) {
  if (!schema.dictionary) return plainType(schema, arrow);
  const ordered = (schema.flags & ORDERED) !== 0;
  return new arrow.Dictionary(typeFor(schema.dictionary, arrow), plainType(schema, arrow), dictionaries++, ordered);
}

/** @param {Schema} schema @param {any} type @param {any} arrow */
export function fieldOf({ name, flags, metadata }, type, arrow) {
  return new arrow.Field(name, type, (flags & NULLABLE) !== 0, metadata);
}

/** @param {Schema} schema @param {any} arrow */
function plainType(schema, arrow) {
  const { format } = schema;
  const make = (/** @type {string} */ name, /** @type {any[]} */ ...given) => {
    if (!arrow[name]) throw new TypeError(`The column "${schema.name}" needs apache-arrow's type ${name}, which this version of apache-arrow does not have.`);
    return new arrow[name](...given);
  };
  const fields = () => schema.children.map((child) => fieldOf(child, typeFor(child, arrow), arrow));
  if (CLASSES[format]) return make(CLASSES[format]);
  const [kind, parameters] = /^(ts[smun]|d|w|\+w):(.*)$/.exec(format)?.slice(1) ?? [format, ""];
  const numbers = parameters.split(",").map(Number);
  switch (kind) {
    case "tss": case "tsm": case "tsu": case "tsn":
      return make(TIMESTAMPS[UNITS.indexOf(kind[2])], parameters || null);
    case "d":
      return make("Decimal", numbers[1], numbers[0], numbers[2] ?? 128);
    case "w":
      return make("FixedSizeBinary", numbers[0]);
    case "+w":
      return make("FixedSizeList", numbers[0], fields()[0]);
    case "+l":
      return make("List", fields()[0]);
    case "+L":
      return make("LargeList", fields()[0]);
    case "+s":
      return make("Struct", fields());
    case "+m":
      return make("Map_", fields()[0], (schema.flags & KEYS_SORTED) !== 0);
    default:
      throw new TypeError(`The column "${schema.name}" has the Arrow format "${format}", for which apache-arrow has no type. ` +
        "Convert the column or leave it out.");
  }
}

/**
 * Return the format of a type. This compares type numbers, which the Arrow file format fixes, instead of classes: a page
 * may use any version of apache-arrow, or several copies.
 * @param {any} type
 * @param {string} name the column's name, for the error
 * @returns {string}
 */
export function formatOf(type, name) {
  const unit = UNITS[type.unit];
  switch (type.typeId) {
    case 1: return "n";
    case 2: return (type.isSigned ? "csil" : "CSIL")[Math.log2(type.bitWidth) - 3];
    case 3: return "efg"[type.precision];
    case 4: return "z";
    case 5: return "u";
    case 6: return "b";
    case 7: return `d:${type.precision},${type.scale}${type.bitWidth === 128 ? "" : `,${type.bitWidth}`}`;
    case 8: return ["tdD", "tdm"][type.unit];
    case 9: return `tt${unit}`;
    case 10: return `ts${unit}:${type.timezone ?? ""}`;
    case 11: return ["tiM", "tiD", "tin"][type.unit];
    case 12: return "+l";
    case 13: return "+s";
    case 15: return `w:${type.byteWidth}`;
    case 16: return `+w:${type.listSize}`;
    case 17: return "+m";
    case 18: return `tD${unit}`;
    case 19: return "Z";
    case 20: return "U";
    case 21: return "+L";
    case 23: return "vz";
    case 24: return "vu";
    default:
      throw new TypeError(`The column "${name}" has the type ${type}, which Python cannot read. Convert the column or leave it out.`);
  }
}

/** Whether a type is a Dictionary. @param {any} type */
export const isDictionary = (type) => type.typeId === -1;
