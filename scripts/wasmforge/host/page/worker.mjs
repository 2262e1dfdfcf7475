// Runs the task of task.json with every package of the bundle loaded. It is sent the interrupt buffer,
// and sends {fd, bytes} for output and at last {code}, or {error} when Python itself failed.

const BUNDLE = new URL("../", import.meta.url);

onmessage = ({ data: interrupts }) => {
  main(interrupts).then(
    (code) => postMessage({ code }),
    (error) => postMessage({ error: error.message }),
  );
};

/** @param {Uint8Array} interrupts */
async function main(interrupts) {
  const get = async (name) => (await fetch(new URL(name, import.meta.url))).arrayBuffer();
  const starting = start();
  const [python, files, task, launcher] = await Promise.all([
    starting, get("files.tar"), get("task.json"), get("launcher.py"),
  ]);
  python.setStdout({ write: sender(1) });
  python.setStderr({ write: sender(2) });
  python.setInterruptBuffer(interrupts);
  for (const [name, content] of Object.entries({ "files.tar": files, "task.json": task, "launcher.py": launcher })) {
    python.FS.writeFile(`/tmp/${name}`, new Uint8Array(content));
  }
  return python.runPython("import runpy; runpy.run_path('/tmp/launcher.py')['main']()");
}

async function start() {
  const { loadPython } = await import(new URL("bootstrap.mjs", BUNDLE));
  const manifest = await (await fetch(new URL("manifest.json", BUNDLE))).json();
  return loadPython({ baseURL: BUNDLE, packages: Object.keys(manifest.packages) });
}

function sender(fd) {
  return (bytes) => {
    postMessage({ fd, bytes: bytes.slice() });
    return bytes.length;
  };
}
