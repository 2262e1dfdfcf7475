// The band finder: pandas filters by the controls, and Plotly draws the columns from Python's memory.

import Plotly from "plotly.js-basic-dist-min";
import { follow, number, setStatus, start } from "../python.js";

const element = (id) => document.getElementById(id);
const COLUMNS = ["followers", "plays", "rating"];
const dark = matchMedia("(prefers-color-scheme: dark)");

await start("bands", ["pandas"], (module) => {
  const genres = module.GENRES;
  for (const genre of genres.toJs()) element("genre").append(new Option(genre));
  genres.destroy();

  const finder = module.Finder();
  // Plotly keeps the arrays that it draws: hold their views until it has drawn new ones.
  let held = [];
  const update = ({ query, genre, followers, year }) => {
    const begin = performance.now();
    const count = finder.find(query, genre, followers, year);
    const labels = finder.labels();
    const table = finder.summary();
    const views = COLUMNS.map((name) => {
      const column = finder.column(name);
      const view = column.getBuffer();
      column.destroy();
      return view;
    });
    // Fill the table before drawing: the plot takes the remaining space.
    element("table").innerHTML = table;
    // Take the data after the last call of Python: its memory may grow in a call.
    const [x, y, rating] = views.map((view) => view.data);
    Plotly.react(element("plot"), [trace(x, y, rating, labels.toJs())], layout(), { responsive: true, displaylogo: false });
    labels.destroy();
    for (const view of held) view.release();
    held = views;
    element("count").textContent = `${number.format(count)} bands`;
    setStatus(`Filtered and drawn in ${(performance.now() - begin).toFixed(0)} ms`);
  };
  follow(element("controls"), update);
  dark.addEventListener("change", () => Plotly.relayout(element("plot"), layout()));
});

function trace(x, y, rating, text) {
  return {
    type: "scatter", mode: "markers", x, y, text,
    hovertemplate: "<b>%{text}</b><br>%{x:,} followers, %{y:,} plays<extra></extra>",
    marker: { size: 7, opacity: 0.75, color: rating, colorscale: "Viridis", cmin: 1, cmax: 5,
      colorbar: { title: { text: "Rating" }, thickness: 12, outlinewidth: 0 } },
  };
}

function layout() {
  const color = getComputedStyle(document.body).color;
  const axis = (text) => ({ type: "log", dtick: 1, title: { text }, gridcolor: dark.matches ? "#2b3240" : "#e3e8f0", zeroline: false });
  return {
    xaxis: axis("Followers"), yaxis: axis("Plays a month"), font: { color, family: "inherit" },
    paper_bgcolor: "transparent", plot_bgcolor: "transparent", margin: { l: 60, r: 10, t: 15, b: 50 }, hovermode: "closest",
    uirevision: "kept",
  };
}
