"""Benchmarks of a bundle against native CPython and npm's pyodide, all in one run.

    python tests/benchmarks/run.py BUNDLE --pyodide FOLDER --native python3.13

What it measures:
  micro    pure-Python micro-benchmarks (micro.py) in node and the browsers: passes over all interpreters
           are interleaved and the minimum of each benchmark is kept; geometric means of the ratios
  start    seconds to the first statement, in node and in the browsers: first visit and next visit
  bytes    bytes over the wire to the first statement (compressed as a host would serve them)
  numpy    seconds of `import numpy` in the browsers and node: fetching and importing

Only ratios within one run mean anything on a shared machine.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Iterator

from serving import Server, compress

HERE = Path(__file__).parent
MICRO = HERE / "micro.py"
TASKS = ("micro", "start", "bytes", "numpy")
KINDS = ("wasmforge", "pyodide")


class LineInterpreter:
    """An interpreter in a process of its own that answers each line with one pass's times as JSON."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, what: str = "") -> dict:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{' '.join(self.command)}: ended with code {self._process.wait()}")
        return json.loads(line)

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


class PageInterpreter:
    """The same in a page of a browser."""

    def __init__(self, browser, url: str, kind: str) -> None:
        self._page = open_page(browser.new_context(), url)
        self._page.evaluate("kind => startPython(kind)", kind)
        self._page.evaluate("source => prepare(source)", MICRO.read_text())

    def ask(self, what: str = "") -> dict:
        return json.loads(self._page.evaluate("what => runMicro(what)", what))

    def close(self) -> None:
        self._page.context.close()


def open_page(context, url: str):
    page = context.new_page()
    page.set_default_timeout(180_000)
    page.goto(url + "bench/page.html")
    page.wait_for_function("window.ready")
    return page


@contextmanager
def open_browser(playwright, name: str) -> Iterator:
    if name == "chromium":
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
    else:
        browser = playwright.firefox.launch(executable_path=shutil.which("firefox-esr"), channel="moz-firefox")
    try:
        yield browser
    finally:
        browser.close()


def geometric_mean(values: list[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values))


def interleave(interpreters: dict, passes: int) -> dict[str, dict[str, float]]:
    """Minimum seconds {interpreter: {benchmark: seconds}} over `passes` rounds through all interpreters."""
    expected = None
    for name, interpreter in interpreters.items():
        results = interpreter.ask("results")
        if expected is not None and results != expected:
            different = [k for k in results if results[k] != expected.get(k)]
            raise SystemExit(f"{name} computed other results in {', '.join(different)}")
        expected = results
    best: dict[str, dict[str, float]] = {name: {} for name in interpreters}
    for number in range(passes):
        for name, interpreter in interpreters.items():
            for benchmark, seconds in interpreter.ask().items():
                best[name][benchmark] = min(seconds, best[name].get(benchmark, math.inf))
        print(f"\rpass {number + 1} of {passes}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return best


def summarise(times: dict[str, dict[str, float]]) -> dict:
    """Ratios and their geometric means of every other interpreter to the first."""
    base, *others = times
    ratios = {name: {b: times[name][b] / times[base][b] for b in times[base]} for name in others}
    return {"seconds": times, "base": base, "ratios": ratios,
            "geometric_mean": {name: geometric_mean(list(r.values())) for name, r in ratios.items()}}


def measure_micro(args, server: Server | None, browsers: dict) -> dict:
    # One group over every place: a ratio between two places of one run is as good as one within a place.
    with ExitStack() as stack:
        interpreters: dict = {}

        def add(name: str, interpreter) -> None:
            interpreters[name] = interpreter
            stack.callback(interpreter.close)

        add("native", LineInterpreter([args.native, str(MICRO), "--serve", *(["--cpu"] if args.cpu else [])]))
        for spec in args.command:
            name, _, command = spec.partition("=")
            add(name, LineInterpreter([*command.split(), str(MICRO), "--serve"]))
        for kind, folder in folders(args).items():
            node = [args.node, *(["--import", str(HERE / "cpu-clock.mjs")] if args.cpu else [])]
            add(f"{kind} node", LineInterpreter([*node, str(HERE / "node.mjs"), kind, str(folder), "micro"]))
            for browser_name, browser in browsers.items():
                add(f"{kind} {browser_name}", PageInterpreter(browser, server.url, kind))
        return summarise(interleave(interpreters, args.passes))


def measure_start(args, server: Server | None, browsers: dict) -> dict:
    """Seconds to the first statement, the minimum of `args.starts`; the next visit has the browser's caches."""
    best: dict[str, dict[str, float]] = {}

    def keep(place: str, kind: str, seconds: float) -> None:
        row = best.setdefault(place, {})
        row[kind] = min(seconds, row.get(kind, math.inf))

    for _ in range(args.starts):
        for kind, folder in folders(args).items():
            command = [args.node, str(HERE / "node.mjs"), kind, str(folder), "start"]
            keep("node", kind, json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
            for name, browser in browsers.items():
                context = browser.new_context()
                for visit in ("first", "second", "third"):
                    page = open_page(context, server.url)
                    seconds = page.evaluate("kind => startPython(kind)", kind)
                    keep(f"{name}, {'first visit' if visit == 'first' else 'next visit'}", kind, seconds)
                    # The engine writes its code cache some time after the module is compiled.
                    page.wait_for_timeout(1500)
                    page.close()
                context.close()
    return best


def measure_bytes(args, server: Server, browsers: dict) -> dict:
    result: dict[str, dict[str, int]] = {}
    for name, browser in browsers.items():
        for kind in folders(args):
            before = server.sent[kind]
            context = browser.new_context()
            open_page(context, server.url).evaluate("kind => startPython(kind)", kind)
            context.close()
            result.setdefault(name, {})[kind] = server.sent[kind] - before
    return result


def measure_numpy(args, server: Server | None, browsers: dict) -> dict:
    best: dict[str, dict[str, float]] = {}

    def keep(place: str, times: dict[str, float]) -> None:
        total = times["load"] + times["import"]
        if place not in best or total < best[place]["total"]:
            best[place] = {**times, "total": total}

    for _ in range(args.starts):
        command = [args.node, str(HERE / "node.mjs"), "wasmforge", str(args.bundle), "numpy"]
        keep("node", json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        for name, browser in browsers.items():
            context = browser.new_context()
            page = open_page(context, server.url)
            page.evaluate("kind => startPython(kind)", "wasmforge")
            keep(name, page.evaluate("() => numpy()"))
            context.close()
    return best


def folders(args) -> dict[str, Path]:
    found = {"wasmforge": args.bundle, "pyodide": args.pyodide}
    return {kind: folder for kind, folder in found.items() if folder}


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def markdown(report: dict) -> str:
    parts = ["# Benchmarks", "",
             "Written by `tests/benchmarks/run.py`; every ratio is between two measurements of one run on one "
             "machine, and each figure is the minimum of several.", "",
             "Versions: " + ", ".join(f"{k} {v}" for k, v in report["versions"].items()) + ".", ""]
    if "micro" in report:
        micro = report["micro"]
        names = list(micro["ratios"])
        rows = [["**geometric mean**", "", *(f"**{micro['geometric_mean'][n]:.2f}**" for n in names)]]
        rows += [[b, f"{s * 1000:.1f}", *(f"{micro['ratios'][n][b]:.2f}" for n in names)]
                 for b, s in micro["seconds"][micro["base"]].items()]
        parts += ["## Pure Python, time relative to native CPython", "",
                  table(["benchmark", "native, ms", *names], rows), ""]
        peers = [(n, n.replace("wasmforge", "pyodide")) for n in names if n.startswith("wasmforge ")]
        rows = [[n.split(" ", 1)[1], f"{micro['geometric_mean'][n] / micro['geometric_mean'][peer]:.2f}"]
                for n, peer in peers if peer in micro["geometric_mean"]]
        if rows:
            parts += ["Relative to Pyodide in the same place (below 1 is faster):", "", table(["place", "ratio"], rows), ""]
    for task, title, unit in (("start", "Start to the first statement, seconds", 1),
                              ("bytes", "Bytes over the wire to the first statement, MB", 1e6)):
        if task in report:
            kinds = [k for k in KINDS if any(k in row for row in report[task].values())]
            rows = []
            for place, row in report[task].items():
                cells = [f"{row[k] / unit:.2f}" for k in kinds]
                if len(kinds) == 2:
                    cells.append(f"{row['wasmforge'] / row['pyodide']:.2f}")
                rows.append([place, *cells])
            parts += [f"## {title}", "", table(["place", *kinds, *(["ratio"] if len(kinds) == 2 else [])], rows), ""]
    if "numpy" in report:
        rows = [[place, *(f"{r[k]:.2f}" for k in ("load", "import", "total"))] for place, r in report["numpy"].items()]
        parts += ["## `import numpy`, seconds", "", table(["place", "fetch and mount", "import", "both"], rows), ""]
    return "\n".join(parts)


def versions(args, browsers: dict) -> dict[str, str]:
    def output(*command: str) -> str:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    found = {"native CPython": output(args.native, "-c", "import platform; print(platform.python_version())"),
             "node": output(args.node, "--version").lstrip("v"), "machine": f"{platform.machine()} {platform.system()}"}
    if args.pyodide:
        found["pyodide"] = json.loads((args.pyodide / "package.json").read_text())["version"]
    return found | {name: browser.version for name, browser in browsers.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path, nargs="?", help="a folder that `wasmforge bundle` wrote")
    parser.add_argument("--pyodide", type=Path, help="the unpacked npm package `pyodide`, to compare with")
    parser.add_argument("--native", default="python3.13", help="native CPython of the same version")
    parser.add_argument("--node", default="node")
    parser.add_argument("--command", action="append", default=[], metavar="NAME=COMMAND",
                        help="another interpreter for `micro`, run as COMMAND micro.py --serve")
    parser.add_argument("--cpu", action="store_true",
                        help="micro in CPU time of the main thread: for busy machines; no browsers, node 23.9 or newer")
    parser.add_argument("--browsers", nargs="*", default=["chromium", "firefox"], choices=["chromium", "firefox"])
    parser.add_argument("--only", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--passes", type=int, default=20, help="interleaved passes of the micro-benchmarks")
    parser.add_argument("--starts", type=int, default=3, help="repetitions of start and numpy")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--markdown", type=Path, help="write the tables here")
    args = parser.parse_args()
    if args.cpu and (args.browsers or args.only != ["micro"]):
        parser.error("--cpu goes with `--only micro --browsers`")
    if not args.bundle and (not args.command or args.only != ["micro"]):
        parser.error("give a bundle (without one only `--only micro` with --command makes sense)")

    with ExitStack() as stack:
        browsers: dict = {}
        server = None
        if args.browsers and args.bundle:
            from playwright.sync_api import sync_playwright

            served = {"bench": HERE, "wasmforge": args.bundle}
            if args.pyodide:
                copy = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "pyodide"
                shutil.copytree(args.pyodide, copy)
                compress(copy)
                served["pyodide"] = copy
            server = Server(served)
            stack.callback(server.close)
            playwright = stack.enter_context(sync_playwright())
            browsers = {name: stack.enter_context(open_browser(playwright, name)) for name in args.browsers}
        measures = {"micro": measure_micro, "start": measure_start, "bytes": measure_bytes, "numpy": measure_numpy}
        report: dict = {"versions": versions(args, browsers)}
        for task in args.only:
            print(f"measuring {task}", file=sys.stderr)
            report[task] = measures[task](args, server, browsers)
    text = markdown(report)
    print(text)
    for path, content in ((args.json, json.dumps(report, indent=1) + "\n"), (args.markdown, text)):
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)


if __name__ == "__main__":
    main()
