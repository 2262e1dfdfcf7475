// node node.mjs FOLDER   for each line on stdin, a snippet as JSON, prints the answer of harness.mjs as JSON
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { open } from "./harness.mjs";

const run = await open(pathToFileURL(`${process.argv[2]}/`).href);
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await run(JSON.parse(line))));
}
process.exit(0);
