// The map that dicts are converted to with loadPyodide's option toJsLiteralMap.

/** Whether a key of the map is also a property. @param {LiteralMap} map @param {string | symbol} key */
const isEntry = (map, key) => typeof key === "string" && !(key in map) && map.has(key);

/** @type {ProxyHandler<LiteralMap>} */
const handler = {
  get(map, key) {
    if (isEntry(map, key)) return map.get(key);
    const value = Reflect.get(map, key, map); // a Map's methods and getters work on the Map itself
    return typeof value === "function" && key !== "constructor" ? value.bind(map) : value;
  },
  has: (map, key) => key in map || isEntry(map, key),
  set(map, key, value) {
    if (typeof key !== "string" || key in map) return Reflect.set(map, key, value, map);
    map.set(key, value);
    return true;
  },
  deleteProperty: (map, key) => (isEntry(map, key) ? map.delete(key) : Reflect.deleteProperty(map, key)),
  ownKeys: (map) => [...Reflect.ownKeys(map), ...[...map.keys()].filter((key) => isEntry(map, key))],
  getOwnPropertyDescriptor(map, key) {
    if (!isEntry(map, key)) return Reflect.getOwnPropertyDescriptor(map, key);
    return { value: map.get(key), writable: true, enumerable: true, configurable: true };
  },
};

/** A Map whose string keys are also properties, except the names of a Map's own members. @extends {Map<any, any>} */
export class LiteralMap extends Map {
  static name = "LiteralMap"; // also when minified

  constructor() {
    super();
    return new Proxy(this, handler);
  }
}
