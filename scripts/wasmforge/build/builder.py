"""Carries out a plan: fetches, builds, tests, and moves packages into channels."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from wasmforge.build.plan import Plan, Planner
from wasmforge.build.signatures import check_package
from wasmforge.build.toolbox import make_toolbox
from wasmforge.channel import conda_file as conda
from wasmforge.common.errors import BuildError, SolveError, WasmforgeError
from wasmforge.common.layout import STORE_FOLDER, Layout
from wasmforge.common.platforms import BUILD_PLATFORM, TARGET_PLATFORM
from wasmforge.common.progress import FetchProgress, Reporter
from wasmforge.environment.solver import solve_environment
from wasmforge.recipe.recipes import Output, Recipe
from wasmforge.sources.store import Store

# zstd levels: what ships is packed hard, what stays in the cache is packed fast.
_LEVEL_LIBRARY = 19
_LEVEL_TOOL = 3


class JobFailed(Exception):
    """A build or a test did not succeed; its log says why."""


@contextmanager
def locked(layout: Layout, reporter: Reporter) -> Iterator[None]:
    """Holds the locks of the cache and of the working folder, which builds share."""
    with ExitStack() as stack:
        for folder in (layout.cache, layout.work):
            try:
                folder.mkdir(parents=True, exist_ok=True)
                file = stack.enter_context((folder / "lock").open("w"))
            except PermissionError as error:
                raise WasmforgeError(
                    f"cannot write to {folder}, is it another user's? "
                    "Set WASMFORGE_CACHE and WASMFORGE_WORK to folders of yours"
                ) from error
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                reporter.say(f"waiting for another wasmforge that uses {folder}")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Builder:
    """Builds the recipes of a plan, one at a time, and tests each as soon as that is possible."""

    def __init__(self, layout: Layout, planner: Planner, variants: list[Path], reporter: Reporter, test: bool) -> None:
        self._layout = layout
        self._planner = planner
        self._channels = planner.channels
        self._variants = variants
        self._reporter = reporter
        self._test = test
        self._out = layout.work / "build"

    def run(self, plan: Plan) -> None:
        """Raises BuildError at the first failure; the channels then hold what passed before it."""
        self._drop_stale()
        left, total = list(plan.recipes), len(plan.recipes)
        pending = list(plan.staged)
        while left or pending:
            ready = self._ready(pending, left)
            if ready:
                pending = [output for output in pending if output not in ready]
                self._finish(ready)
            elif left:
                pending += self._build(left.pop(0), f"[{total - len(left)}/{total}]")
            else:
                names = ", ".join(output.name for output in pending)
                raise BuildError(f"nothing left to build, but the tests of {names} lack packages; build those first")

    def _drop_stale(self) -> None:
        """Forgets staged packages of inputs that have changed since: they would hide the channel's."""
        current = {(output.subdir, output.stem): output for output in self._planner.graph.outputs}
        for subdir in self._channels.staging.subdirs:
            stale = []
            for file in self._channels.staging.packages(subdir):
                output = current.get((subdir, file.stem))
                if output is None or not self._planner.is_staged(output):
                    stale.append(file)
            self._channels.staging.remove(subdir, stale)

    def _ready(self, pending: list[Output], left: list[Recipe]) -> list[Output]:
        """All pending builds of one package, when each of them can be tested.

        They go together: one left in staging would hide those in the channel.
        """
        for first in pending:
            builds = [output for output in pending if (output.subdir, output.name) == (first.subdir, first.name)]
            if all(self._testable(output, left) for output in builds):
                return builds
        return []

    def _testable(self, output: Output, left: list[Recipe]) -> bool:
        if not (self._test and output.has_tests):
            return True
        return not any(dep.recipe in left for dep in self._planner.graph.test_environment(output))

    def _build(self, recipe: Recipe, number: str) -> list[Output]:
        """Builds a recipe and stages its packages; returns those that are new."""
        label = f"{number} {recipe.name}"
        log = self._log(recipe, recipe.name)
        out = self._empty("build")
        folder = self._empty("cwd")
        if recipe.sources:
            progress = FetchProgress()
            with self._reporter.step(f"{label} fetch", progress.text):
                Store(self._layout, progress.update).fill(recipe.sources, folder / STORE_FOLDER)
        toolbox = make_toolbox(self._layout, self._planner.hashes.of_programs(recipe))
        job = {
            "action": "build",
            "recipe": str(recipe.path),
            "platform": recipe.platform,
            "build_platform": BUILD_PLATFORM,
            "channels": self._channels.urls,
            "variants": [str(file) for file in self._variants],
            "out": str(out),
        }
        try:
            with self._reporter.step(f"{label} build", lambda: f"{self._live_log() or log}"):
                self._work(job, log, toolbox, folder)
        except JobFailed as error:
            self._keep_logs(log)
            self._reporter.tail(log)
            raise BuildError(f"{recipe.name}: the build failed{self._unsolvable(recipe, log)}") from error
        self._keep_logs(log)
        with self._reporter.step(f"{label} pack"):
            new = [output for output in recipe.outputs if not self._planner.is_done(output)]
            for output in new:
                self._stage(output)
        shutil.rmtree(out)
        return new

    def _unsolvable(self, recipe: Recipe, log: Path) -> str:
        """Why the packages that a recipe requires cannot be installed; rattler-build says only that."""
        if "Failed to resolve dependencies" not in log.read_text(errors="replace"):
            return ""
        for output in recipe.outputs:
            for section, platform in (("build", BUILD_PLATFORM), ("host", recipe.platform)):
                specs = [spec for spec in output.data.get("requirements", {}).get(section, []) if isinstance(spec, str)]
                try:
                    asyncio.run(solve_environment(self._channels.urls, specs, platform))
                except SolveError as error:
                    return f" for want of its {section} requirements: {error}"
        return ""

    def _stage(self, output: Output) -> None:
        built = self._out / output.subdir / f"{output.stem}.conda"
        if not built.is_file():
            there = ", ".join(sorted(path.name for path in self._out.glob("*/*.conda"))) or "nothing"
            raise BuildError(f"{output.recipe.path}: expected the package {built.name}, the build made {there}")
        done = self._empty("done") / built.name
        library = self._channels.home(output) is self._channels.library
        record = {"input_hash": self._planner.hashes.of(output)}
        conda.rewrite(built, done, record, _LEVEL_LIBRARY if library else _LEVEL_TOOL)
        self._channels.staging.add(output.subdir, done)

    def _finish(self, builds: list[Output]) -> None:
        """Tests the staged builds of a package and moves them to their channel, or one to the broken ones."""
        staging, home = self._channels.staging, self._channels.home(builds[0])
        files = [staging.file(output.subdir, output.stem) for output in builds]
        for output, file in zip(builds, files, strict=True):
            self._try(output, file)
        for output, file in zip(builds, files, strict=True):
            home.add(output.subdir, Path(shutil.copyfile(file, self._empty("done") / file.name)))
        staging.remove(builds[0].subdir, files)
        self._prune(builds[0])

    def _try(self, output: Output, file: Path) -> None:
        """Raises BuildError if a staged package fails its tests, or could not work with what it runs with."""
        if self._test and output.has_tests:
            log = self._log(output.recipe, f"{output.name}-test")
            folder = self._empty("cwd")
            toolbox = make_toolbox(self._layout, "")
            tested = file
            if output.subdir == "noarch":
                tested = self._empty("tested") / file.name
                conda.copy_for(file, tested, output.platform)
            job = {"action": "test", "package": str(tested), "channels": self._channels.urls}
            try:
                with self._reporter.step(f"{output.name} test", lambda: str(log)):
                    self._work(job, log, toolbox, folder)
            except JobFailed as error:
                self._reporter.tail(log)
                raise self._rejected(output, file, "its tests failed") from error
        if output.platform == TARGET_PLATFORM:
            self._check_signatures(output, file)

    def _check_signatures(self, output: Output, file: Path) -> None:
        """Raises BuildError if a call between the package and one that it runs with would trap."""
        others = self._planner.graph.run_closure([output]) - {output}
        places = [
            channel.file(other.subdir, other.stem)
            for other in others
            for channel in (self._channels.staging, self._channels.home(other))
            if other.platform != BUILD_PLATFORM
        ]
        wrong = check_package(file, [place for place in places if place.is_file()])
        if wrong:
            raise self._rejected(output, file, "\n  ".join(["calls that would trap:", *map(str, wrong)]))

    def _rejected(self, output: Output, file: Path, reason: str) -> BuildError:
        """Takes a staged package out of the way; returns what to tell the user."""
        self._layout.broken.mkdir(parents=True, exist_ok=True)
        kept = Path(shutil.copyfile(file, self._layout.broken / file.name))
        self._channels.staging.remove(output.subdir, [file])
        return BuildError(f"{output.name}: {reason}; the package is kept as {kept}")

    def _prune(self, output: Output) -> None:
        """Takes out what the package replaces: older builds, and its old place if that changed."""
        current = {other.stem for other in self._planner.graph.outputs if other.name == output.name}
        home = self._channels.home(output)
        for subdir in home.subdirs:
            if output.platform != BUILD_PLATFORM and subdir == BUILD_PLATFORM:
                continue
            if output.platform == BUILD_PLATFORM and subdir not in (BUILD_PLATFORM, "noarch"):
                continue
            home.remove(subdir, home.others(subdir, output.name, current))

    def _empty(self, name: str) -> Path:
        """A folder of that name in the working folder, with nothing in it."""
        folder = self._layout.work / name
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        return folder

    def _log(self, recipe: Recipe, name: str) -> Path:
        folder = self._layout.logs / recipe.platform
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"

    def _live_log(self) -> Path | None:
        """The log of the output that is being built right now."""
        logs = list(self._out.glob("bld/*/work/conda_build.log"))
        return max(logs, key=lambda path: path.stat().st_mtime, default=None)

    def _keep_logs(self, log: Path) -> None:
        """Appends the build scripts' output, which lies in folders about to go, to the log."""
        logs = sorted(self._out.glob("bld/*/work/conda_build.log"), key=lambda path: path.stat().st_mtime)
        driver = log.read_text(errors="replace") if log.exists() else ""
        parts = [f"=== {path.parent.parent.name}\n{path.read_text(errors='replace')}" for path in logs]
        log.write_text("\n".join([*parts, driver]))

    def _work(self, job: dict[str, Any], log: Path, toolbox: Path, folder: Path) -> None:
        """Runs a job in a process group of its own, that ends when this process does.

        Raises JobFailed when it does not succeed.
        """
        environment = {
            "PATH": str(toolbox),
            "HOME": str(self._layout.work / "home"),
            "LANG": "C.UTF-8",
            "RATTLER_CACHE_DIR": str(self._layout.package_cache),
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            "SOURCE_DATE_EPOCH": str(conda.EPOCH),
        }
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "wasmforge.build.worker"],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=environment,
                start_new_session=True,
            )
            try:
                assert process.stdin is not None
                process.stdin.write(json.dumps(job).encode())
                process.stdin.close()
                if process.wait() != 0:
                    raise JobFailed(log)
            except BaseException:
                _kill_group(process)
                raise


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
