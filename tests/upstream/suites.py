"""Runs the suites that libraries ship, in node, and reads their results.

A suite is split into parts; each part is one process. Results come from the
JUnit files that both regrtest and pytest write, never from their printed text.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import yaml

HERE = Path(__file__).parent
SITE_PACKAGES = "lib/python3.13/site-packages"


@dataclass(frozen=True)
class Part:
    """A piece of a suite. command: what follows `python`, with {junit} for the file of results."""

    suite: str
    name: str
    command: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"{self.suite}-{self.name}"


@dataclass(frozen=True)
class Wheel:
    """A package that only the test runner needs."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Reason:
    """Why tests are skipped: a pattern in the suite's own words, and the explanation. suite: empty for all."""

    pattern: re.Pattern[str]
    explanation: str
    suite: str


@dataclass(frozen=True)
class Config:
    """reasons explain skips, by what the suite says; known_failures failures, by `the test's name: the message`."""

    packages: tuple[str, ...]
    wheels: tuple[Wheel, ...]
    titles: dict[str, str]
    parts: tuple[Part, ...]
    reasons: tuple[Reason, ...]
    known_failures: tuple[Reason, ...]

    def explain(self, part: Part, reason: str) -> str | None:
        """The explanation of a skip; None when there is none."""
        return _first(self.reasons, part, reason)

    def known_failure(self, part: Part, test: str, message: str) -> str | None:
        """Why a test is known to fail in this way; None when it should pass."""
        return _first(self.known_failures, part, f"{test}: {message}")

    def unknown_failures(self, result: Result) -> list[str]:
        failed = result.failed.items()
        return [test for test, message in failed if self.known_failure(result.part, test, message) is None]


def _first(reasons: tuple[Reason, ...], part: Part, text: str) -> str | None:
    fitting = (reason for reason in reasons if reason.suite in ("", part.suite))
    return next((reason.explanation for reason in fitting if reason.pattern.search(text)), None)


@dataclass
class Result:
    """What became of a part's tests. failed: test -> message. skipped, expected: how often each reason was given."""

    part: Part
    seconds: float
    exit_code: int
    log: Path
    passed: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    expected: Counter[str] = field(default_factory=Counter)


def load_config() -> Config:
    data = yaml.safe_load((HERE / "suites.yaml").read_text())
    parts = tuple(
        Part(suite, name, (*map(str, description["command"]), *map(str, arguments)))
        for suite, description in data["suites"].items()
        for name, arguments in description["parts"].items()
    )
    return Config(
        packages=tuple(data["packages"]),
        wheels=tuple(Wheel(**wheel) for wheel in data["wheels"]),
        titles={suite: description["title"] for suite, description in data["suites"].items()},
        parts=parts,
        reasons=_reasons(data["reasons"]),
        known_failures=_reasons(data["known_failures"]),
    )


def _reasons(entries: list[dict[str, str]]) -> tuple[Reason, ...]:
    return tuple(Reason(re.compile(entry["pattern"]), entry["why"], entry.get("suite", "")) for entry in entries)


def create_environment(packages: tuple[str, ...], prefix: Path) -> None:
    """Makes an environment, after building those of its packages that are suites: no channel that ships has them."""
    # Only here: reading results needs no driver.
    from wasmforge.common.layout import find_layout

    layout = find_layout()
    wasmforge = [sys.executable, "-m", "wasmforge"]
    tests = [name for name in packages if name.endswith("-tests")]
    subprocess.run([*wasmforge, "build", *tests], check=True, cwd=layout.root)
    channels = ["-c", str(layout.library_channel), "-c", str(layout.tool_channel)]
    shutil.rmtree(prefix, ignore_errors=True)
    subprocess.run([*wasmforge, "create", "-p", str(prefix), *packages, *channels], check=True, cwd=layout.root)


def given_or_made(variable: str, prefix: Path, make: Callable[[Path], None]) -> Path:
    """The environment that a variable of the shell names, else one that is made."""
    given = os.environ.get(variable)
    if given:
        return Path(given)
    make(prefix)
    return prefix


def prepare(config: Config, prefix: Path) -> None:
    """Makes the environment that the suites run in: the packages, and the test runner's wheels."""
    from wasmforge.common.layout import find_layout
    from wasmforge.sources.source import Source
    from wasmforge.sources.store import Store

    create_environment(config.packages, prefix)
    store = Store(find_layout())
    for wheel in config.wheels:
        source = Source(wheel.sha256, (f"wheels/{wheel.name}",))
        with zipfile.ZipFile(store.fetch(source)) as archive:
            for name in filter(lambda name: not name.endswith("/"), archive.namelist()):
                # What the environment has of this package is the same file as in the cache of packages.
                (prefix / SITE_PACKAGES / name).unlink(missing_ok=True)
            archive.extractall(prefix / SITE_PACKAGES)


def run(part: Part, python: Path, results: Path) -> Result:
    """Runs one part with an interpreter that has the suite; its output goes to a log."""
    results.mkdir(parents=True, exist_ok=True)
    junit, log = results / f"{part.id}.xml", results / f"{part.id}.log"
    junit.unlink(missing_ok=True)
    command = [str(python), *(word.format(junit=junit) for word in part.command)]
    started = time.monotonic()
    with log.open("wb") as output:
        # An empty folder: suites write to the current one, and would import what lies there.
        folder = results / f"{part.id}.work"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        # Without a file of its own pytest would take its options from this checkout's.
        (folder / "pytest.ini").write_text("[pytest]\n")
        environment = os.environ | {"HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis")}
        done = subprocess.run(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, env=environment)
    result = Result(part, time.monotonic() - started, done.returncode, log)
    if junit.is_file():
        _read(junit, result)
    return result


def _read(junit: Path, result: Result) -> None:
    """Adds up a JUnit file, of regrtest (<skipped>reason</skipped>) or pytest (message="reason")."""
    for case in ElementTree.parse(junit).iter("testcase"):
        name = ".".join(filter(None, (case.get("classname"), case.get("name"))))
        skipped = case.find("skipped")
        failure = next((found for found in map(case.find, ("failure", "error")) if found is not None), None)
        if failure is not None:
            # An error in a fixture: pytest gives the message of the fixture first.
            result.failed[name] = " ".join((failure.get("message") or failure.text or "").split())[:500]
        elif skipped is None:
            result.passed.append(name)
        else:
            reason = " ".join((skipped.get("message") or skipped.text or "no reason given").split())
            reasons = result.expected if skipped.get("type") == "pytest.xfail" else result.skipped
            reasons[reason] += 1
