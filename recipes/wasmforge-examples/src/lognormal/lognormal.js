// The log-normal explorer: sliders -> Matplotlib -> canvas.

import { follow, setStatus, start } from "../python.js";

const element = (id) => document.getElementById(id);

await start("lognormal", (module) => {
  const explorer = module.Explorer();
  follow(element("controls"), ({ mu, sigma }) => {
    const begin = performance.now();
    explorer.update(mu, sigma);
    setStatus(`Drawn in ${(performance.now() - begin).toFixed(0)} ms`);
  });
});
