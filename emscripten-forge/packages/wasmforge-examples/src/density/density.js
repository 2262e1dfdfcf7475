// The page of a city's calls: Python computes a surface from the controls, and WebGL draws it.

import { follow, number, setStatus, start } from "../python.js";
import { Camera } from "./camera.js";
import { Surface } from "./surface.js";

const element = (id) => document.getElementById(id);

await start("density", ["scipy.ndimage"], (module) => {
  const canvas = element("surface");
  const kinds = module.KINDS;
  for (const [index, kind] of kinds.toJs().entries()) element("kind").append(new Option(kind, index));
  kinds.destroy();

  const city = module.City();
  const heights = city.surface;
  // Keep the view as long as the page. Read `view.data` at each use, since Python's memory may have grown.
  const view = heights.getBuffer();
  heights.destroy();

  const surface = new Surface(canvas, view.shape[0]);
  const camera = new Camera(canvas, () => surface.draw(camera));
  follow(element("controls"), ({ kind, first, last, bandwidth }) => {
    const begin = performance.now();
    const calls = city.update(Number(kind), first, last, bandwidth);
    surface.load(view.data);
    camera.redraw();
    element("count").textContent = `${number.format(calls)} calls`;
    setStatus(`Computed and uploaded in ${(performance.now() - begin).toFixed(0)} ms`);
  });
  play(element("play"));
});

/** Let the button start and stop a walk through the day that shows three hours at a time. */
function play(button) {
  const { first, last } = /** @type {any} */ (element("controls")).elements;
  let timer = 0;
  const show = (hour) => {
    first.value = hour;
    last.value = Math.min(hour + 2, 23);
    first.dispatchEvent(new Event("input", { bubbles: true }));
  };
  button.addEventListener("click", () => {
    const plays = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", plays);
    button.textContent = plays ? "Stop" : "Play a day";
    clearInterval(timer);
    if (!plays) return;
    let hour = 0;
    timer = setInterval(() => show((hour = (hour + 1) % 24)), 350);
  });
}
