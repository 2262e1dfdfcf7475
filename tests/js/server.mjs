// A local HTTP server for tests.

import { createServer } from "node:http";

/**
 * Serve on a free port of this machine until the test ends.
 * @param {import("node:test").TestContext} t
 * @param {import("node:http").RequestListener} answer
 * @returns {Promise<{url: URL, requests: import("node:http").IncomingMessage[]}>} requests so far
 */
export async function serve(t, answer) {
  /** @type {import("node:http").IncomingMessage[]} */
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: new URL(`http://127.0.0.1:${port}/`), requests };
}
