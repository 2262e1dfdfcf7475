// node node.mjs KIND FOLDER   does a task of driver.mjs for each line on stdin and prints its answer as JSON
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { Driver } from "./driver.mjs";

const [kind, folder] = process.argv.slice(2);
const driver = new Driver(kind, pathToFileURL(folder.endsWith("/") ? folder : `${folder}/`).href);

for await (const task of createInterface({ input: process.stdin })) {
  // A process starts at 0 of its clock.
  console.log(JSON.stringify(await (task === "start" ? driver.start(0) : driver.do(task))));
}
process.exit(0);
