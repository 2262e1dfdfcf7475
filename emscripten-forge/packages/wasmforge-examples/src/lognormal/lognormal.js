// The log-normal explorer: the sliders set parameters, and Matplotlib shows its own figure.

import { follow, start } from "../python.js";

const element = (id) => document.getElementById(id);

document.pyodideMplTarget = element("figure");
await start("lognormal", ["matplotlib.pyplot"], (module) => {
  const explorer = module.Explorer();
  follow(element("controls"), ({ mu, sigma }) => explorer.update(mu, sigma));
  explorer.figure.show();
});
