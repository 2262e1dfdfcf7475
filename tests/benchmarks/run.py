"""Benchmarks of a bundle against native CPython and npm's pyodide, all in one run.

    python tests/benchmarks/run.py BUNDLE --pyodide FOLDER --native python3.13 --reference BUNDLE

The bundle and the native Python need SciPy, pandas and Matplotlib, the bundle the example pages, too, `--compression
best` and snapshots (`--snapshot matplotlib.pyplot --snapshot pandas`); the reference's bundle SciPy and `blas=*=*netlib`.

What it measures, in node and the browsers:
  start    seconds to the first statement, first visit and next visit, and the bytes over the wire until then
  imports  seconds of `import numpy` and of others: fetching and importing
  resume   seconds from navigation to a statement after an import, done by the page or in a snapshot
  plot     seconds from navigation to a first figure, at 20 Mbit/s with 40 ms of latency, for ways to load packages
  micro    pure-Python micro-benchmarks (micro.py); geometric means of the ratios to native CPython
  numeric  NumPy's and SciPy's arithmetic (numeric.py), against native wheels and a bundle with reference BLAS
  tables   pandas (tables.py), against native wheels
  figures  Matplotlib (figures.py), against native wheels
  redraw   an interactive figure of the example pages, drawn anew while a slider moves
  bridge   calls, attributes, items, iteration, strings, arrays and conversions between the languages (bridge.mjs)

Passes over all interpreters are interleaved and the minimum of each figure is kept: only ratios within one run mean
anything on a shared machine. A measurement that fails is reported and left out; the exit code is then 1.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright
from report import markdown
from slow import slowed
from staging import stage

from wasmforge.host.browser import launch_options
from wasmforge.host.serve import start as serve

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent))  # for what all tests share

from places import Place, PlaceError, Process, Tab  # noqa: E402

IMPORTS = ("numpy", "pandas", "matplotlib.pyplot")
RESUMED = ("matplotlib.pyplot", "pandas")
PLOTS = ("import", "declared", "snapshot", "packages", "everything")
# The visits of one user, and what ends them: the last ones have the optimised code of a session in which figures moved.
PLOT_VISITS = (
    ("first visit", None),
    ("next visit", None),
    ("next visit", "use"),
    ("visit after use", None),
    ("visit after use", None),
)
# 20 Mbit/s, with 40 ms from a request to its answer.
SLOW_BYTES = 2_500_000
SLOW_LATENCY = 0.04
# V8 writes its code cache when it has compiled nothing for two seconds.
CODE_CACHE_MS = 4000
# Firefox asks only https hosts for brotli by itself, which is what a bundle is served from.
FIREFOX_PREFERENCES = {"network.http.accept-encoding": "gzip, deflate, br"}

Figures = dict[str, dict[str, float]]


@dataclass
class Bench:
    """What the measurements share."""

    args: argparse.Namespace
    site: str
    browsers: dict[str, Browser]
    playwright: Playwright | None = None
    failures: list[str] = field(default_factory=list)

    @property
    def kinds(self) -> dict[str, Path]:
        """Interpreter -> the folder it is in."""
        found = {"wasmforge": self.args.bundle, "pyodide": self.args.pyodide}
        return {kind: folder for kind, folder in found.items() if folder}

    def node(self, kind: str, folder: Path | None = None) -> Place:
        clock = ["--import", str(HERE / "cpu-clock.mjs")] if self.args.cpu else []
        command = [self.args.node, *clock, str(HERE / "node.mjs"), kind, str(folder or self.kinds[kind])]
        return Process(command, self.args.limit)

    def python(self, command: list[str], variables: Mapping[str, str] | None = None) -> Place:
        """A Python of this machine."""
        clock = ["--cpu"] if self.args.cpu else []
        return Process([*command, str(HERE / "passes.py"), "--serve", *clock], self.args.limit, variables)

    def tab(self, context: BrowserContext, kind: str, site: str | None = None) -> Place:
        page = context.new_page()
        page.goto(f"{site or self.site}bench/page.html?kind={kind}")
        return Tab(page, self.args.limit)

    def visit(self, context: BrowserContext, task: str, site: str | None = None) -> tuple[Tab, Any]:
        """A page that does a task at once, and what comes of it."""
        page = context.new_page()
        tab = Tab(page, self.args.limit)
        page.goto(f"{site or self.site}bench/visit.html?{urlencode({'task': task})}")
        return tab, tab.answer(task)

    @contextmanager
    def visitor(self, name: str) -> Iterator[BrowserContext]:
        """A new user of a browser, for whom it keeps files and compiled code between visits."""
        if name == "chromium" and self.playwright:
            # It keeps no compiled WebAssembly for contexts without a folder.
            launch = self.playwright.chromium.launch_persistent_context
            with (
                tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
                launch(profile, **launch_options(name)) as context,
            ):
                yield context
        else:
            with self.browsers[name].new_context() as context:
                context.new_page()
                yield context

    def started(self, stack: ExitStack, name: str, kind: str) -> Place:
        """A kind that has loaded, in node or in a browser; the stack closes it."""
        if name == "node":
            place = self.node(kind)
            stack.callback(place.close)
        else:
            place = self.tab(stack.enter_context(self.browsers[name].new_context()), kind)
        place.ask("start")
        return place

    @contextmanager
    def attempt(self, what: str) -> Iterator[ExitStack]:
        """A measurement that may fail. The stack ends what it opened."""
        print(what, file=sys.stderr)
        try:
            with ExitStack() as stack:
                yield stack
        except PlaceError as error:
            self.fail(f"{what}: {error}")

    def fail(self, message: str) -> None:
        print(f"FAILED {message}", file=sys.stderr)
        self.failures.append(message)


def keep_least(figures: Figures, place: str, name: str, seconds: float) -> None:
    row = figures.setdefault(place, {})
    row[name] = min(seconds, row.get(name, math.inf))


def measure_start(bench: Bench) -> dict[str, Figures]:
    """Seconds by place and kind, the least of all rounds, and bytes; the next visit has the browser's caches."""
    seconds: Figures = {}
    sizes: Figures = {}
    for number in range(bench.args.rounds):
        for kind in bench.kinds:
            with bench.attempt(f"start {number + 1}: {kind} in node") as stack:
                place = bench.node(kind)
                stack.callback(place.close)
                keep_least(seconds, "node", kind, place.ask("start")["seconds"])
            for name in bench.browsers:
                with bench.attempt(f"start {number + 1}: {kind} in {name}") as stack:
                    context = stack.enter_context(bench.visitor(name))
                    for visit in ("first visit", "next visit", "next visit"):
                        tab = bench.tab(context, kind)
                        answer = tab.ask("start")
                        keep_least(seconds, f"{name}, {visit}", kind, answer["seconds"])
                        if visit == "first visit":
                            keep_least(sizes, name, kind, answer["bytes"])
                        context.pages[0].wait_for_timeout(CODE_CACHE_MS)
                        tab.close()
    return {"seconds": seconds, "bytes": sizes}


def measure_imports(bench: Bench) -> dict[str, Figures]:
    """Seconds of the first import of a module, by place: load (fetch and mount), import, and the sum of the two."""
    best: dict[str, Figures] = {module: {} for module in IMPORTS}
    for number, module in product(range(bench.args.rounds), IMPORTS):
        for name in ("node", *bench.browsers):
            with bench.attempt(f"import {module} {number + 1}: {name}") as stack:
                place = bench.started(stack, name, "wasmforge")
                times = place.ask(f"import {module}")
                total = times["load"] + times["import"]
                if name not in best[module] or total < best[module][name]["total"]:
                    best[module][name] = {**times, "total": total}
    return best


def measure_resume(bench: Bench) -> dict[str, dict[str, Figures]]:
    """Seconds from the navigation to a first statement after an import, by module, visit and who imports."""
    best: dict[str, Figures] = {module: {} for module in RESUMED}
    for module, way, name in product(RESUMED, ("imported", "resumed"), bench.browsers):
        with bench.attempt(f"{way} {module}: {name}") as stack:
            context = stack.enter_context(bench.visitor(name))
            for visit in ("first visit", "next visit", "next visit"):
                tab, answer = bench.visit(context, f"{way} {module}")
                keep_least(best[module], f"{name}, {visit}", way, answer["seconds"])
                context.pages[0].wait_for_timeout(CODE_CACHE_MS)
                tab.close()
    return best


def measure_plot(bench: Bench) -> dict[str, Figures]:
    """Over a slow network, by browser and visit: seconds from the navigation to a figure on the screen, and bytes.

    By what is loaded before the program runs.
    """
    seconds: Figures = {}
    sizes: Figures = {}
    for number, (how, name) in product(range(bench.args.rounds), product(PLOTS, bench.browsers)):
        with bench.attempt(f"plot {number + 1}: {how}, {name}") as stack:
            site = stack.enter_context(slowed(bench.site, SLOW_BYTES, SLOW_LATENCY))
            context = stack.enter_context(bench.visitor(name))
            for visit, ends_with in PLOT_VISITS:
                tab, answer = bench.visit(context, f"plot {how}", site)
                keep_least(seconds, f"{name}, {visit}", how, answer["seconds"])
                keep_least(sizes, f"{name}, {visit}", how, answer["bytes"])
                if ends_with:
                    tab.ask(ends_with)
                context.pages[0].wait_for_timeout(CODE_CACHE_MS)
                tab.close()
    return {"seconds": seconds, "bytes": sizes}


def measure_micro(bench: Bench) -> dict[str, Any]:
    """As all that follow: seconds of each benchmark by interpreter, ratios to the native one, and their means."""
    with ExitStack() as stack:
        others = {}
        for spec in bench.args.command:
            name, _, command = spec.partition("=")
            others[name] = bench.python(command.split())
            stack.callback(others[name].close)
        return against_native(bench, stack, "micro", others | open_everywhere(bench, stack, bench.kinds))


def measure_numeric(bench: Bench) -> dict[str, Any]:
    """With our build on the reference's BLAS beside."""
    with ExitStack() as stack:
        places = open_everywhere(bench, stack, ["wasmforge"])
        with bench.attempt("start wasmforge with reference BLAS"):
            place = places["wasmforge node, reference BLAS"] = bench.node("wasmforge", bench.args.reference)
            stack.callback(place.close)
            place.ask("start")
        return against_native(bench, stack, "numeric", places)


def measure_library(module: str, bench: Bench) -> dict[str, Any]:
    with ExitStack() as stack:
        return against_native(bench, stack, module, open_everywhere(bench, stack, ["wasmforge"]))


def against_native(bench: Bench, stack: ExitStack, module: str, others: dict[str, Place]) -> dict[str, Any]:
    """The figures of a module of benchmarks."""
    # On one thread, as wasm has no more.
    native = bench.python([bench.args.native], {"OPENBLAS_NUM_THREADS": "1"})
    stack.callback(native.close)
    places = {"native": native, **others}
    check_same_results(bench, places, f"results {module}")
    times = interleave(bench, places, f"pass {module}")
    base = times.pop("native")
    ratios = {name: {case: row[case] / base[case] for case in base} for name, row in times.items()}
    means = {name: geometric_mean(row) for name, row in ratios.items()}
    medians = {name: statistics.median(row.values()) for name, row in ratios.items()}
    return {"native": base, "seconds": times, "ratios": ratios, "geometric_mean": means, "median": medians}


def measure_redraw(bench: Bench) -> Figures:
    """Of an interactive figure, by browser: redraws a second, and seconds from an event to the picture."""
    found: Figures = {}
    for name in bench.browsers:
        with bench.attempt(f"redraw: {name}") as stack:
            found[name] = bench.started(stack, name, "wasmforge").ask("redraw")
    return found


def measure_bridge(bench: Bench) -> Figures:
    """Seconds of one operation of each of bridge.mjs's cases, by interpreter."""
    with ExitStack() as stack:
        return interleave(bench, open_everywhere(bench, stack, bench.kinds), "bridge")


def open_everywhere(bench: Bench, stack: ExitStack, kinds: Iterable[str]) -> dict[str, Place]:
    """Each kind, started in node and in a tab of each browser."""
    places: dict[str, Place] = {}
    for kind in kinds:
        for name in ("node", *bench.browsers):
            with bench.attempt(f"start {kind} in {name}"):
                places[f"{kind} {name}"] = bench.started(stack, name, kind)
    return places


def check_same_results(bench: Bench, places: dict[str, Place], task: str) -> None:
    """Leave out the places that do not compute what the first one does."""
    expected: dict[str, Any] = {}
    for name, place in list(places.items()):
        del places[name]
        with bench.attempt(f"check {name}"):
            results = place.ask(task)
            expected = expected or results
            different = [case for case in results if results[case] != expected.get(case)]
            if different:
                raise PlaceError(f"computed other results in {', '.join(different)}")
            places[name] = place


def interleave(bench: Bench, places: dict[str, Place], task: str) -> Figures:
    """Least seconds by place and case, over rounds through all places. One that fails is left out from then on."""
    best: Figures = {}
    for number in range(bench.args.passes):
        print(f"{task}: round {number + 1} of {bench.args.passes}", file=sys.stderr)
        for name, place in list(places.items()):
            try:
                for case, seconds in place.ask(task).items():
                    keep_least(best, name, case, seconds)
            except PlaceError as error:
                bench.fail(f"{name}: {error}")
                del places[name]
    return best


def geometric_mean(ratios: dict[str, float]) -> float:
    return math.exp(sum(map(math.log, ratios.values())) / len(ratios))


def versions(bench: Bench) -> dict[str, str]:
    def output(*command: str) -> str:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    args = bench.args
    found = {
        "native CPython": output(args.native, "-c", "import platform; print(platform.python_version())"),
        "node": output(args.node, "--version").lstrip("v"),
        "machine": f"{platform.machine()} {platform.system()}",
    }
    if args.pyodide:
        found["pyodide"] = json.loads((args.pyodide / "package.json").read_text())["version"]
    return found | {name: browser.version for name, browser in bench.browsers.items()}


MEASURES = {
    "start": measure_start,
    "imports": measure_imports,
    "resume": measure_resume,
    "plot": measure_plot,
    "micro": measure_micro,
    "numeric": measure_numeric,
    "tables": partial(measure_library, "tables"),
    "figures": partial(measure_library, "figures"),
    "redraw": measure_redraw,
    "bridge": measure_bridge,
}


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path, nargs="?", help="a folder that `wasmforge bundle` wrote")
    parser.add_argument("--pyodide", type=Path, help="the unpacked npm package `pyodide`, to compare with")
    parser.add_argument("--reference", type=Path, help="a bundle with reference BLAS, for `numeric`")
    parser.add_argument("--native", default="python3.13", help="native CPython of the same version")
    parser.add_argument("--node", default="node")
    parser.add_argument(
        "--command",
        action="append",
        default=[],
        metavar="NAME=COMMAND",
        help="another interpreter for `micro`, run as COMMAND passes.py --serve",
    )
    parser.add_argument(
        "--cpu",
        action="store_true",
        help="micro in CPU time of the main thread: for busy machines; no browsers, node 23.9 or newer",
    )
    parser.add_argument("--browsers", nargs="*", default=["chromium", "firefox"], choices=["chromium", "firefox"])
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--passes", type=int, default=20, help="rounds of all others")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of start and imports")
    parser.add_argument("--limit", type=float, default=120, help="seconds that one measurement may take")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--markdown", type=Path, help="write the tables here")
    args = parser.parse_args()
    if args.cpu and (args.browsers or args.only != ["micro"]):
        parser.error("--cpu goes with `--only micro --browsers`")
    if "numeric" in args.only and not args.reference:
        parser.error("`numeric` needs --reference BUNDLE; leave it out with --only")
    if not args.bundle and (not args.command or args.only != ["micro"] or args.browsers):
        parser.error("give a bundle (without one only `--only micro --browsers --command …` makes sense)")
    return args


@contextmanager
def prepare(args: argparse.Namespace) -> Iterator[Bench]:
    """Serve the site and launch the browsers, if any are asked for."""
    with ExitStack() as stack:
        site, browsers, playwright = "", {}, None
        if args.browsers:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "site"
            stage(args.bundle, args.pyodide, folder)
            site = stack.enter_context(serve(folder)).url
            playwright = stack.enter_context(sync_playwright())
            for name in args.browsers:
                options = launch_options(name)
                if name == "firefox":
                    options["firefox_user_prefs"] = FIREFOX_PREFERENCES
                browsers[name] = stack.enter_context(getattr(playwright, name).launch(**options))
        yield Bench(args, site, browsers, playwright)


def main() -> int:
    args = parse()
    with prepare(args) as bench:
        report: dict[str, Any] = {"versions": versions(bench)}
        for task in args.only:
            report[task] = MEASURES[task](bench)
    text = markdown(report)
    print(text)
    for path, content in ((args.json, json.dumps(report, indent=1) + "\n"), (args.markdown, text)):
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
    for failure in bench.failures:
        print(f"FAILED {failure}", file=sys.stderr)
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
