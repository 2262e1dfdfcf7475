// Reports the pointer, wheel and key events of a figure to Python as messages.

const BUTTON_MAX = 4;
const LINE_PIXELS = 40; // about the height of a line: for one notch of a wheel, browsers scroll 3 lines or 100 pixels
const NOTCH_PIXELS = 100;

// Keys that move the focus, belong to the browser or carry no character.
const NOT_OURS = new Set(["Tab", "F5", "F6", "F11", "F12", "ContextMenu", "Dead", "Process", "Unidentified"]);

/**
 * @param {HTMLCanvasElement} canvas
 * @param {(message: object) => void} report
 * @param {() => boolean} takesWheel whether the program handles the wheel
 */
export function listen(canvas, report, takesWheel) {
  const tell = (type, event, more) => report({ type, ...place(canvas, event), modifiers: modifiers(event), ...more });

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > BUTTON_MAX) return;
    canvas.focus({ preventScroll: true });
    // Keep receiving events when a drag leaves the figure. A synthetic event has no pointer to capture.
    if (event.isTrusted) canvas.setPointerCapture(event.pointerId);
    tell("press", event, { button: event.button });
  });
  canvas.addEventListener("pointermove", (event) => tell("move", event, { buttons: event.buttons }));
  canvas.addEventListener("pointerup", (event) => {
    if (event.button <= BUTTON_MAX) tell("release", event, { button: event.button });
  });
  canvas.addEventListener("pointercancel", (event) => tell("release", event, { button: 0 }));
  canvas.addEventListener("dblclick", (event) => tell("double", event, { button: event.button }));
  canvas.addEventListener("pointerenter", (event) => tell("enter", event));
  canvas.addEventListener("pointerleave", (event) => tell("leave", event));
  canvas.addEventListener("contextmenu", (event) => {
    // While Pan or Zoom is on, the right button drags.
    if (canvas.classList.contains("dragging-tool")) event.preventDefault();
  });
  canvas.addEventListener(
    "wheel",
    (event) => {
      // With Ctrl, Matplotlib zooms. Without it, the page scrolls unless the program handles the wheel.
      if (!event.ctrlKey && !takesWheel()) return;
      event.preventDefault();
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * LINE_PIXELS : event.deltaY;
      tell("wheel", event, { step: -pixels / NOTCH_PIXELS });
    },
    { passive: false },
  );

  for (const [name, type] of [["keydown", "key_press"], ["keyup", "key_release"]]) {
    canvas.addEventListener(name, (/** @type {KeyboardEvent} */ event) => {
      if (NOT_OURS.has(event.key) || event.isComposing) return;
      // Leave shortcuts to the browser as well.
      if (!event.ctrlKey && !event.metaKey && !event.altKey) event.preventDefault();
      report({ type, key: event.key, modifiers: modifiers(event) });
    });
  }
}

/** Return the position of an event in pixels of the canvas. */
function place(canvas, { clientX, clientY }) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return { x: ((clientX - left) * canvas.width) / width, y: ((clientY - top) * canvas.height) / height };
}

function modifiers(event) {
  const held = { Control: event.ctrlKey, Alt: event.altKey, Shift: event.shiftKey, Meta: event.metaKey };
  return Object.keys(held).filter((name) => held[name]);
}
