"""Runs the test programs of BLAS and LAPACK in node, reads what they print, and writes docs/figures/blas-tests.md.

python tests/upstream/blas.py [--prefix PREFIX] [--native COMMAND]

--native: count with programs of this machine instead, PROGRAM being {program} and INPUT {input} in the shell's COMMAND,
and print what the key `native` of blas.yaml should be.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import yaml

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs/figures/blas-tests.md"
PROGRAMS = "share/openblas-tests"
TYPES = "sdcz"
PACKAGES = ("openblas", "openblas-tests")

# What the programs say of some tests: how many, and that they passed or how many of them did not.
COUNT = re.compile(r"\(\s*(\d+) (?:tests run|tests done|CALLS)\s*\)")
FAILED = re.compile(r"(\d+) out of\s+(\d+) tests failed")
PASS = re.compile(r"- PASS -|\bPASSED\b", re.IGNORECASE)
# An error that no number of failed tests includes; FAIL is a test of level 1.
ERROR = re.compile(r"\bFAIL(ED)?\b|\bFATAL\b|SUSPECT|illegal| INFO\b|error code", re.IGNORECASE)
END = re.compile(r"END OF TESTS|Test completed", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """A run of a program. row: what the runs with the four types have in common."""

    family: str
    row: str
    name: str
    program: str
    input: str | None = None

    @property
    def id(self) -> str:
        return f"{self.family}-{self.name}"


@dataclass(frozen=True)
class Known:
    """Tests that are known to fail, here or natively."""

    failed: int
    why: str = ""


@dataclass(frozen=True)
class Config:
    titles: dict[str, str]
    parts: tuple[Part, ...]
    native_title: str
    native: dict[str, int]
    known: dict[str, Known]


@dataclass
class Result:
    """errors: lines that report an error but no number of failed tests."""

    part: Part
    exit_code: int
    output: str
    seconds: float
    tests: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    ended: bool = False

    @property
    def failed(self) -> int:
        return self.failures.total() + len(self.errors)


def load_config() -> Config:
    data = yaml.safe_load((HERE / "blas.yaml").read_text())
    parts = []
    for family, description in data["families"].items():
        for name, words in description["parts"].items():
            for letter in TYPES if "{t}" in name else "d":
                parts.append(Part(family, name.replace("{t}", ""), *(word.format(t=letter) for word in (name, *words))))
    return Config(
        titles={family: description["title"] for family, description in data["families"].items()},
        parts=tuple(parts),
        native_title=data["native"]["title"],
        native=data["native"]["failed"],
        known={name: Known(**known) for name, known in data["known"].items()},
    )


def command(prefix: Path) -> str:
    """What runs a program of the environment."""
    return f"node {prefix / PROGRAMS}/{{program}} < {prefix / PROGRAMS}/{{input}}"


def run(part: Part, template: str) -> Result:
    """Runs a program in a folder of its own: some write their results to a file."""
    line = template.format(program=part.program, input=part.input)
    if part.input is None:
        line = line.rpartition("<")[0] + "< /dev/null"
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            line, shell=True, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
        output = done.stdout + "".join(path.read_text() for path in Path(folder).glob("*.SUMM"))
    result = Result(part, done.returncode, output, time.monotonic() - started)
    read(result)
    return result


def read(result: Result) -> None:
    """Adds up what a program printed."""
    for line in result.output.splitlines():
        if failed := FAILED.search(line):
            result.tests += int(failed[2])
            result.failures[line.split(":")[0].strip()] += int(failed[1])
        elif PASS.search(line) and not ERROR.search(line):
            count = COUNT.search(line)
            result.tests += int(count[1]) if count else 1
        elif ERROR.search(line):
            result.errors.append(line.strip())
    # The programs of level 1 have no last line.
    result.ended = bool(END.search(result.output)) or result.part.input is None


def document(config: Config, results: list[Result], versions: str) -> str:
    """The tables, as Markdown."""
    lines = [
        "# BLAS and LAPACK tests",
        "",
        "`python tests/upstream/blas.py` wrote this page from a run; `scripts/test -m slow -k lapack` and `-k blas` run the",
        f"same programs. {versions}",
        "",
        f"Failed natively: {config.native_title}.",
        "",
        "OpenBLAS's programs for BLAS and CBLAS test the module that ships. LAPACK's own programs are linked with the",
        "module's objects instead: they replace `ilaenv` to vary the block sizes, but a call inside a module always",
        "reaches the module's own procedure. The number of tests in `test` varies, because LAPACK's `?chkqp3rk.f`",
        "never set the tolerance RELTOL.",
        "",
    ]
    for family, title in config.titles.items():
        lines += [
            f"## {title}",
            "",
            "| tests run | " + " | ".join(TYPES) + " | failed | failed natively | seconds |",
            "|---|" + "--:|" * (len(TYPES) + 3),
        ]
        rows: dict[str, list[Result]] = {}
        for result in results:
            if result.part.family == family:
                rows.setdefault(result.part.row, []).append(result)
        for row, members in rows.items():
            tests = [str(member.tests) for member in members] + [""] * (len(TYPES) - len(members))
            native = sum(config.native.get(member.part.name, 0) for member in members)
            failed, seconds = sum(m.failed for m in members), sum(m.seconds for m in members)
            lines.append(f"| {row} | {' | '.join(tests)} | {failed} | {native} | {seconds:.0f} |")
        members = [member for row in rows.values() for member in row]
        native = sum(config.native.get(member.part.name, 0) for member in members)
        failed, seconds = sum(m.failed for m in members), sum(m.seconds for m in members)
        lines += [
            f"| **all: {sum(m.tests for m in members)}** |"
            + " |" * len(TYPES)
            + f" **{failed}** | **{native}** | **{seconds:.0f}** |",
            "",
        ]
    failures = [result for result in results if result.failed]
    if failures:
        lines += ["## What failed, and why", "", "| part | failed | of | natively | why |", "|---|--:|---|--:|---|"]
    for result in failures:
        known = config.known.get(result.part.name, Known(0, "**not explained**"))
        where = ", ".join(f"{name} ({count})" for name, count in result.failures.items())
        where += "".join(f"; `{line}`" for line in result.errors)
        lines.append(
            f"| {result.part.name} | {result.failed} | {where} | {config.native.get(result.part.name, 0)} | "
            f"{known.why} |"
        )
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    from suites import create_environment

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prefix", type=Path, help="an environment that already has the packages")
    parser.add_argument("--native", metavar="COMMAND")
    arguments = parser.parse_args()
    config = load_config()
    with tempfile.TemporaryDirectory() as folder:
        prefix = arguments.prefix or Path(folder) / "prefix"
        if not (arguments.native or arguments.prefix):
            create_environment(PACKAGES, prefix)
        template = arguments.native or command(prefix.absolute())
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(lambda part: run(part, template), config.parts))
    for result in results:
        end = "" if result.ended and result.exit_code == 0 else f", did not end (exit code {result.exit_code})"
        print(f"{result.part.id}: {result.tests} tests, {result.failed} failed, {result.seconds:.0f} s{end}")
    if arguments.native:
        print(yaml.safe_dump({"failed": {r.part.name: r.failed for r in results if r.failed}}))
        return
    node = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    DOCUMENT.write_text(document(config, results, f"node {node}, {os.uname().machine}."))


if __name__ == "__main__":
    main()
