// A figure's toolbar. It is a single tab stop: the arrow keys move between its buttons.

const TOOLS = [
  { name: "home", label: "Home", title: "Reset to the original view", icon: "M3 11 12 4l9 7M6 9v10h12V9" },
  { name: "back", label: "Back", title: "Go to the previous view", icon: "M19 12H5m6-7-7 7 7 7" },
  { name: "forward", label: "Forward", title: "Go to the next view", icon: "M5 12h14m-6-7 7 7-7 7" },
  {
    name: "pan",
    label: "Pan",
    title: "Drag to move, or drag with the right button to zoom. Hold x or y to change only one axis",
    icon: "M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3",
    toggles: true,
  },
  {
    name: "zoom",
    label: "Zoom",
    title: "Drag over a region to zoom in, or with the right button to zoom out. Hold x or y to change only one axis",
    icon: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.5 15.5 21 21M10.5 7.5v6M7.5 10.5h6",
    toggles: true,
  },
];
const FORMATS = ["png", "svg", "pdf"];

export class Toolbar {
  element = document.createElement("div");
  #tools = new Map();
  #text = document.createElement("output");

  /** @param {(message: object) => void} send to Python */
  constructor(send) {
    this.element.className = "toolbar";
    this.element.role = "toolbar";
    for (const { name, label, title, icon, toggles } of TOOLS) {
      const button = newButton(label, title, () => {
        if (button.getAttribute("aria-disabled") !== "true") send({ type: "tool", name });
      });
      button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${icon}"/></svg>`;
      button.ariaLabel = label;
      if (toggles) button.ariaPressed = "false";
      this.#tools.set(name, button);
      this.element.append(button);
    }
    const save = document.createElement("div");
    save.className = "save";
    save.role = "group";
    save.ariaLabel = "Save";
    for (const format of FORMATS) {
      const button = newButton(`Save as ${format.toUpperCase()}`, "", () => send({ type: "save", format }));
      button.textContent = format.toUpperCase();
      save.append(button);
    }
    // The text is the mouse position, which does not help visitors who use a screen reader.
    this.#text.ariaHidden = "true";
    this.element.append(save, this.#text);
    this.#makeOneStop();
  }

  set name(title) {
    this.element.ariaLabel = `Tools of ${title}`;
  }

  set text(text) {
    this.#text.textContent = text;
  }

  /** @param {"none" | "pan" | "zoom"} mode  @param {boolean} back  @param {boolean} forward whether that view exists */
  show(mode, back, forward) {
    for (const name of ["pan", "zoom"]) this.#tools.get(name).ariaPressed = String(mode === name);
    // Do not use `disabled`: the button would lose the keyboard focus.
    this.#tools.get("back").ariaDisabled = String(!back);
    this.#tools.get("forward").ariaDisabled = String(!forward);
  }

  #makeOneStop() {
    const buttons = [...this.element.querySelectorAll("button")];
    const choose = (chosen) => buttons.forEach((button) => (button.tabIndex = button === chosen ? 0 : -1));
    choose(buttons[0]);
    this.element.addEventListener("focusin", ({ target }) => choose(target));
    this.element.addEventListener("keydown", (event) => {
      const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
      const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      buttons.at(next % buttons.length).focus();
    });
  }
}

function newButton(label, title, onClick) {
  const button = document.createElement("button");
  button.type = "button";
  button.ariaLabel = label;
  button.title = title ? `${label}: ${title}` : label;
  button.addEventListener("click", onClick);
  return button;
}
