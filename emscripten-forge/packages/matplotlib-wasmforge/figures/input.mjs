// The mouse, fingers and keys on a figure, as messages to Python.

const BUTTON_MAX = 4;
const LINE_PIXELS = 40; // about what browsers scroll for one notch of a wheel: 100 in pixels, 3 in lines
const NOTCH_PIXELS = 100;

// Keys that leave the figure or belong to the browser.
const NOT_OURS = new Set(["Tab", "F5", "F6", "F11", "F12", "ContextMenu", "Dead", "Process", "Unidentified"]);

/**
 * @param {HTMLCanvasElement} canvas
 * @param {(message: object) => void} report
 * @param {() => boolean} takesWheel whether the wheel means something to the figure
 */
export function listen(canvas, report, takesWheel) {
  const tell = (type, event, more) => report({ type, ...place(canvas, event), modifiers: modifiers(event), ...more });

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > BUTTON_MAX) return;
    canvas.focus({ preventScroll: true });
    // What is dragged out of the figure still belongs to it. An event made by a program has no pointer to hold.
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
    // The right button drags when a tool of the toolbar is on.
    if (canvas.classList.contains("dragging-tool")) event.preventDefault();
  });
  canvas.addEventListener(
    "wheel",
    (event) => {
      // With Ctrl, Matplotlib zooms; otherwise the page scrolls unless the program wants the wheel.
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
      // Shortcuts stay the browser's, too.
      if (!event.ctrlKey && !event.metaKey && !event.altKey) event.preventDefault();
      report({ type, key: event.key, modifiers: modifiers(event) });
    });
  }
}

/** Where an event is, in the canvas's own pixels. */
function place(canvas, { clientX, clientY }) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return { x: ((clientX - left) * canvas.width) / width, y: ((clientY - top) * canvas.height) / height };
}

function modifiers(event) {
  const held = { Control: event.ctrlKey, Alt: event.altKey, Shift: event.shiftKey, Meta: event.metaKey };
  return Object.keys(held).filter((name) => held[name]);
}
