"""Runs suites and writes docs/figures/upstream-suites.md from what came out.

python tests/upstream/report.py [--prefix PREFIX] [--native PYTHON] [PART…]

Default: all parts, in a fresh environment. Parts that are not named keep the results of their last run in
build/upstream. --native: run the parts with an interpreter of this machine instead, which has the libraries and pytest,
to know which tests pass natively.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
from collections import Counter
from pathlib import Path

from suites import Config, Part, Result, load_config, prepare, run

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "build" / "upstream"
NATIVE = RESULTS / "native"
DOCUMENT = ROOT / "docs/figures/upstream-suites.md"


def save(result: Result, folder: Path) -> None:
    data = {
        "seconds": result.seconds,
        "exit_code": result.exit_code,
        "log": str(result.log),
        "passed": result.passed,
        "failed": result.failed,
        "skipped": result.skipped,
        "expected": result.expected,
    }
    (folder / f"{result.part.id}.json").write_text(json.dumps(data, indent=1))


def saved(part: Part, folder: Path) -> Result | None:
    file = folder / f"{part.id}.json"
    if not file.is_file():
        return None
    data = json.loads(file.read_text())
    return Result(
        part,
        data["seconds"],
        data["exit_code"],
        Path(data["log"]),
        data["passed"],
        data["failed"],
        Counter(data["skipped"]),
        Counter(data["expected"]),
    )


def document(config: Config, results: list[Result], versions: str) -> str:
    """The table and the reasons, as Markdown."""
    lines = [
        "# Upstream test suites",
        "",
        "`python tests/upstream/report.py` wrote this page from a run. `pytest -m slow tests/upstream` runs the same suites",
        f"and fails on every unknown failure and every unexplained skip. {versions}",
        "",
    ]
    for suite, title in config.titles.items():
        lines += _table(config, title, [result for result in results if result.part.suite == suite])
    lines += ["## What did not pass, and why", ""]
    for suite, title in config.titles.items():
        lines += _reasons(config, title, [result for result in results if result.part.suite == suite])
    return "\n".join(lines)


def _table(config: Config, title: str, results: list[Result]) -> list[str]:
    columns = (
        "passed",
        "failed",
        "known to fail",
        "skipped",
        "expected to fail",
        "seconds",
        "passed of those that pass natively",
    )
    lines = [f"## {title}", "", f"| part | {' | '.join(columns)} |", "|---" + "|--:" * len(columns) + "|"]
    rows, both, native = [], 0, 0
    for r in results:
        unknown = len(config.unknown_failures(r))
        note = "" if r.exit_code == 0 or r.failed else f" (exit code {r.exit_code})"
        rows.append(
            (len(r.passed), unknown, len(r.failed) - unknown, r.skipped.total(), r.expected.total(), round(r.seconds))
        )
        there = saved(r.part, NATIVE)
        wanted = set(there.passed) if there else set()
        reached = len(wanted & set(r.passed))
        both, native = both + reached, native + len(wanted)
        cells = (r.part.name + note, *rows[-1], _share(reached, len(wanted)))
        lines.append(f"| {' | '.join(map(str, cells))} |")
    sums = " | ".join(f"**{sum(column)}**" for column in zip(*rows, strict=True))
    lines += [f"| **all** | {sums} | **{_share(both, native)}** |", ""]
    failed = [f"- `{r.part.name}`: `{name}`" for r in results for name in config.unknown_failures(r)]
    return lines + (["Failed:", "", *failed, ""] if failed else [])


def _share(part: int, whole: int) -> str:
    """Rounded down: nothing but all is 100 %."""
    return f"{part * 10000 // whole / 100:.2f} % of {whole}" if whole else "not measured"


def _reasons(config: Config, title: str, results: list[Result]) -> list[str]:
    totals: Counter[tuple[str, str]] = Counter()
    failed: dict[str, list[str]] = {}
    for r in results:
        for reasons, kind in ((r.skipped, "skipped"), (r.expected, "expected to fail")):
            for reason, count in reasons.items():
                totals[config.explain(r.part, reason) or f"**not explained**: {reason}", kind] += count
        for name, message in r.failed.items():
            why = config.known_failure(r.part, name, message)
            if why:
                totals[why, "known to fail"] += 1
                failed.setdefault(why, []).append(f"`{name.rpartition('.')[2]}`")
    lines = [f"### {title}", "", "| tests | | why |", "|--:|---|---|"]
    for (why, kind), count in totals.most_common():
        names = f" ({', '.join(failed[why])})" if kind == "known to fail" else ""
        lines.append(f"| {count} | {kind} | {why}{names} |")
    return [*lines, ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help="such as cpython-test_json or numpy-fft")
    parser.add_argument("--native", type=Path, metavar="PYTHON", help="an interpreter of this machine")
    parser.add_argument("--prefix", type=Path, help="an environment that already has the packages and wheels")
    arguments = parser.parse_args()
    config = load_config()
    unknown = set(arguments.parts) - {part.id for part in config.parts}
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    prefix = arguments.prefix
    if prefix is None:
        prefix = RESULTS / "prefix"
        if not arguments.native:
            prepare(config, prefix)
    folder, interpreter = (NATIVE, arguments.native) if arguments.native else (RESULTS, prefix / "bin/python")
    folder.mkdir(parents=True, exist_ok=True)
    results = []
    for part in config.parts:
        if not arguments.parts or part.id in arguments.parts:
            result = run(part, interpreter, folder)
            save(result, folder)
            print(
                f"{part.id}: {len(result.passed)} passed, {len(result.failed)} failed, "
                f"{result.skipped.total()} skipped, {result.seconds:.0f} s, log {result.log}",
                flush=True,
            )
        result = saved(part, RESULTS)
        if result is not None:
            results.append(result)
    python = subprocess.run([prefix / "bin/python", "--version"], capture_output=True, text=True).stdout.strip()
    node = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    DOCUMENT.write_text(document(config, results, f"{python}, node {node}, {platform.machine()}."))


if __name__ == "__main__":
    main()
