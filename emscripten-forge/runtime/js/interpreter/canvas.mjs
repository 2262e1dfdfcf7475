// The page's canvases, for libraries in C that draw on `Module.canvas` (SDL and the like).

export class Canvases {
  #module;

  /** @param {any} module emscripten's */
  constructor(module) {
    this.#module = module;
  }

  /** @param {HTMLCanvasElement | OffscreenCanvas} canvas */
  setCanvas2D(canvas) {
    this.#module.canvas = canvas;
  }

  /** @returns {HTMLCanvasElement | OffscreenCanvas | undefined} */
  getCanvas2D() {
    return this.#module.canvas;
  }

  /** The same canvas: its first context decides its kind. @param {HTMLCanvasElement | OffscreenCanvas} canvas */
  setCanvas3D(canvas) {
    this.setCanvas2D(canvas);
  }

  getCanvas3D() {
    return this.getCanvas2D();
  }

  unregisterCanvas() {
    this.#module.canvas = undefined;
  }
}
