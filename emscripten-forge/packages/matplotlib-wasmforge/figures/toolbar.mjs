// A figure's toolbar. Arrow keys move within it, so that it is one stop of the Tab key.

const TOOLS = [
  { name: "home", label: "Home", title: "The view as it was at first", icon: "M3 11 12 4l9 7M6 9v10h12V9" },
  { name: "back", label: "Back", title: "The view before", icon: "M19 12H5m6-7-7 7 7 7" },
  { name: "forward", label: "Forward", title: "The view after", icon: "M5 12h14m-6-7 7 7-7 7" },
  {
    name: "pan",
    label: "Pan",
    title: "Drag to move; with the right button, to zoom. Hold x or y to keep to one axis",
    icon: "M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3",
    toggles: true,
  },
  {
    name: "zoom",
    label: "Zoom",
    title: "Drag to mark what to zoom to; with the right button, out. Hold x or y to keep to one axis",
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
    // Where the mouse is: of no use to those who do not see it.
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

  /** @param {"none" | "pan" | "zoom"} mode  @param {boolean} back  @param {boolean} forward whether there is such a view */
  show(mode, back, forward) {
    for (const name of ["pan", "zoom"]) this.#tools.get(name).ariaPressed = String(mode === name);
    // Not `disabled`: that would take the focus away from a keyboard user.
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
