// Draws heights as a lit surface with WebGL 2. The heights are a texture, which is filled directly from Python's memory.

import fragmentSource from "./surface.frag";
import vertexSource from "./surface.vert";

export class Surface {
  #gl;
  #size;
  #program;
  #vertices;

  /** @param {number} size heights along each side */
  constructor(canvas, size) {
    const gl = canvas.getContext("webgl2", { antialias: true, alpha: true });
    if (!gl) throw new Error("the browser has no WebGL 2");
    this.#gl = gl;
    this.#size = size;
    this.#program = link(gl, vertexSource, fragmentSource);
    gl.useProgram(this.#program);
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R32F, size, size);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    this.#vertices = triangles(size);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, this.#vertices, gl.STATIC_DRAW);
    gl.enable(gl.DEPTH_TEST);
  }

  /** @param {Float32Array} heights row by row, from 0 to 1 */
  load(heights) {
    const gl = this.#gl;
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, this.#size, this.#size, gl.RED, gl.FLOAT, heights);
  }

  draw(camera) {
    const gl = this.#gl;
    const { canvas } = gl;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * devicePixelRatio));
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.uniformMatrix4fv(gl.getUniformLocation(this.#program, "view"), false, camera.matrix(width / height));
    gl.drawElements(gl.TRIANGLES, this.#vertices.length, gl.UNSIGNED_INT, 0);
  }
}

/** Return vertex numbers of the triangles: two triangles for each cell between four heights. */
function triangles(size) {
  const corners = new Uint32Array(6 * (size - 1) ** 2);
  let at = 0;
  for (let y = 0; y < size - 1; y++) {
    for (let x = 0; x < size - 1; x++) {
      const corner = y * size + x;
      corners.set([corner, corner + 1, corner + size, corner + 1, corner + size + 1, corner + size], at);
      at += 6;
    }
  }
  return corners;
}

function link(gl, vertex, fragment) {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    const logs = gl.getAttachedShaders(program).map((shader) => gl.getShaderInfoLog(shader));
    throw new Error(`a shader does not compile: ${[...logs, gl.getProgramInfoLog(program)].join("\n")}`);
  }
  return program;
}
