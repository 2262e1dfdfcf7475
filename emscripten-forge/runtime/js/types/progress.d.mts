// What a bundle's progress.mjs exports.

/** A bar that is shown while files come in: `loadPython({ onProgress: new ProgressBar().update })`. */
export class ProgressBar {
  /**
   * @param element whose property `hidden` and style property `--done`, from 0 to 1, are set; without one, a line is laid
   *   over the upper edge of the page
   */
  constructor(element?: HTMLElement);
  /** Show the bar before anything is known to come. */
  start(): void;
  /** What loadPython and install take as onProgress. */
  update: (step: { name: string; loaded: number; total: number }) => void;
  /** Hide the bar: for what has failed, or to be earlier. */
  finish(): void;
}
