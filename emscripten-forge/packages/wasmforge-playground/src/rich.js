// Shows values as pictures or HTML instead of text.

import frame from "./frame.html";

/**
 * @param {string} mime
 * @param {string} data base64 for images other than SVG
 * @returns {HTMLElement}
 */
export function richElement(mime, data) {
  return mime === "text/html" ? htmlFrame(data) : picture(mime, data);
}

function picture(mime, data) {
  const image = document.createElement("img");
  image.alt = "Picture from the program";
  image.src = mime === "image/svg+xml" ? `data:${mime},${encodeURIComponent(data)}` : `data:${mime};base64,${data}`;
  return image;
}

/** Show HTML in a separate frame: its scripts run without access to the page. */
function htmlFrame(html) {
  const element = document.createElement("iframe");
  element.title = "Value shown as HTML";
  element.sandbox.add("allow-scripts");
  element.srcdoc = frame + html;
  frames.add(element);
  return element;
}

/** The frames in the page, which report the height of their content. */
const frames = new Set();
addEventListener("message", ({ source, data }) => {
  for (const element of frames) {
    if (!element.isConnected) frames.delete(element);
    else if (element.contentWindow === source && Number.isFinite(data?.height)) element.style.height = `${data.height}px`;
  }
});
