// The camera of a surface. Dragging and the arrow keys turn it; the wheel, plus and minus change its distance.

const STEP = 0.08;
const KEYS = {
  ArrowLeft: [STEP, 0, 1], ArrowRight: [-STEP, 0, 1], ArrowUp: [0, STEP, 1], ArrowDown: [0, -STEP, 1],
  "+": [0, 0, 0.93], "=": [0, 0, 0.93], "-": [0, 0, 1.07],
};

export class Camera {
  angle = 0.6; // around the vertical axis, radians
  pitch = 0.72; // above the ground, radians
  distance = 1.45; // in sides of the surface
  #draw;
  #asked = false;

  constructor(canvas, draw) {
    this.#draw = draw;
    canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
    canvas.addEventListener("pointermove", (event) => {
      if (event.buttons) this.#turn(-event.movementX * 0.006, event.movementY * 0.006, 1);
    });
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.#turn(0, 0, Math.exp(event.deltaY * 0.001));
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => {
      const change = KEYS[event.key];
      if (!change || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.#turn(...change);
    });
    new ResizeObserver(() => this.redraw()).observe(canvas);
  }

  #turn(angle, pitch, nearer) {
    this.angle += angle;
    this.pitch = Math.min(Math.max(this.pitch + pitch, 0.15), 1.5);
    this.distance = Math.min(Math.max(this.distance * nearer, 0.7), 4);
    this.redraw();
  }

  /** Draw in the next frame, once for all calls until then. */
  redraw() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.#draw();
    });
  }

  /** The matrix from the surface (x and y from -0.5 to 0.5, z up) to clip space, by columns. */
  matrix(aspect) {
    const [sa, ca, sp, cp] = [Math.sin(this.angle), Math.cos(this.angle), Math.sin(this.pitch), Math.cos(this.pitch)];
    // The axes of the view: right, up, towards the eye.
    const right = [ca, sa, 0];
    const up = [-sa * sp, ca * sp, cp];
    const back = [sa * cp, -ca * cp, sp];
    const [near, far, zoom] = [0.05, 10, 1.9];
    const depth = (far + near) / (near - far);
    const columns = [0, 1, 2].map((axis) => [
      (right[axis] * zoom) / Math.max(aspect, 1), up[axis] * zoom * Math.min(aspect, 1), back[axis] * depth, -back[axis],
    ]);
    return new Float32Array([...columns[0], ...columns[1], ...columns[2],
      0, 0, -this.distance * depth + (2 * far * near) / (near - far), this.distance]);
  }
}
