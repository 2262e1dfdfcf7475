// The style of figures. The page's `color-scheme` selects light or dark.

const CSS = `
:host { display: block; margin: 0; max-width: 100%; }
.frame {
  position: relative; box-sizing: border-box; max-width: 100%; min-width: 4rem; min-height: 3rem;
  overflow: hidden; resize: both;
}
.canvas { display: block; width: 100%; height: 100%; touch-action: pan-y; }
.canvas.dragging-tool { touch-action: none; }
.canvas:focus-visible { outline: 2px solid light-dark(#1a5fb4, #78aeed); outline-offset: -2px; }
.band {
  position: absolute; box-sizing: border-box; pointer-events: none;
  border: 1px dashed #000; background: rgb(90 140 230 / 0.15); outline: 1px dashed #fff; outline-offset: -2px;
}
.toolbar {
  display: flex; flex-wrap: wrap; align-items: center; gap: 0.15rem; padding-block: 0.25rem;
  font: 0.8125rem/1.2 system-ui, sans-serif; color: light-dark(#24292f, #d5dae2);
}
button {
  display: inline-grid; place-items: center; min-width: 2rem; height: 2rem; padding: 0 0.4rem; border: 1px solid transparent;
  border-radius: 6px; background: none; color: inherit; font: inherit; cursor: pointer;
}
button:hover { background: light-dark(#e8ecf2, #2c3442); }
button:focus-visible { outline: 2px solid light-dark(#1a5fb4, #78aeed); outline-offset: -2px; }
button[aria-pressed="true"] { border-color: currentColor; background: light-dark(#d9e5f7, #2a4063); }
button[aria-disabled="true"] { opacity: 0.4; cursor: default; background: none; }
svg { width: 1.15rem; height: 1.15rem; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.save { display: flex; padding-inline-start: 0.4rem; margin-inline-start: 0.25rem; border-inline-start: 1px solid light-dark(#c3cbd8, #3c4557); }
output { margin-inline-start: auto; padding-inline: 0.5rem; font-variant-numeric: tabular-nums; white-space: pre; }
@media (forced-colors: active) { button[aria-pressed="true"] { outline: 2px solid Highlight; } }
`;

let made = null;

/** Return the style sheet, which all figures share. */
export function sheet() {
  if (!made) {
    made = new CSSStyleSheet();
    made.replaceSync(CSS);
  }
  return made;
}
