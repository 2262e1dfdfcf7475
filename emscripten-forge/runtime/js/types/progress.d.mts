// The exports of a bundle's progress.mjs.

/** A bar that is shown while files arrive: `loadPython({ onProgress: new ProgressBar().update })`. */
export class ProgressBar {
  /**
   * @param element whose property `hidden` and style property `--done`, from 0 to 1, are set; without one, a line is laid
   *   over the upper edge of the page
   */
  constructor(element?: HTMLElement);
  /** Show the bar before the first file is known. */
  start(): void;
  /** Use this as onProgress of loadPython and install. */
  update: (step: { name: string; loaded: number; total: number }) => void;
  /** Hide the bar at once, for example after a failure. */
  finish(): void;
}
