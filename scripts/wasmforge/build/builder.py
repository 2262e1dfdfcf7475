"""Carries out a plan: fetches, builds, tests, and moves packages into channels."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

from wasmforge.build.admission import admit
from wasmforge.build.channels import Channels
from wasmforge.build.job import JobFailed, run_job
from wasmforge.build.plan import Plan, PlannedPackage, PlannedRecipe
from wasmforge.build.signatures import check_package
from wasmforge.build.toolbox import make_toolbox
from wasmforge.channel import conda_file as conda
from wasmforge.common.errors import BuildError, SolveError
from wasmforge.common.layout import STORE_FOLDER, Layout
from wasmforge.common.platforms import BUILD_PLATFORM, TARGET_PLATFORM
from wasmforge.common.progress import FetchProgress, Reporter
from wasmforge.environment.solver import solve_environment
from wasmforge.recipe.recipes import Recipe
from wasmforge.sources.dates import release_date
from wasmforge.sources.store import Store

# zstd levels: a package that ships is compressed well, a package that stays in the cache is compressed fast.
_LEVEL_LIBRARY = 19
_LEVEL_TOOL = 3


class Builder:
    """Builds the recipes of a plan, one at a time, and tests each package as soon as that is possible."""

    def __init__(
        self,
        layout: Layout,
        channels: Channels,
        variants: list[Path],
        reporter: Reporter,
        admitted: Callable[[PlannedPackage], None] | None = None,
    ) -> None:
        """admitted: called with each package that has entered its channel."""
        self._layout = layout
        self._channels = channels
        self._variants = variants
        self._reporter = reporter
        self._admitted = admitted
        self._out = layout.work / "build"

    def run(self, plan: Plan) -> None:
        """Raises BuildError at the first failure; the channels then hold what passed before it."""
        for subdir, files in plan.stale.items():
            self._channels.staging.remove(subdir, files)
        left, total = list(plan.recipes), len(plan.recipes)
        pending = list(plan.staged)
        while left or pending:
            ready = _ready(pending, {planned.recipe for planned in left})
            if ready:
                pending = [package for package in pending if package not in ready]
                self._finish(ready)
            elif left:
                pending += self._build(left.pop(0), f"[{total - len(left)}/{total}]")
            else:
                names = ", ".join(package.output.name for package in pending)
                raise BuildError(f"nothing is left to build, but the tests of {names} lack packages; build those first")

    def _build(self, planned: PlannedRecipe, number: str) -> tuple[PlannedPackage, ...]:
        """Build a recipe and stage its packages; returns those that are new."""
        recipe = planned.recipe
        label = f"{number} {recipe.name}"
        log = self._log(recipe, recipe.name)
        out = self._empty("build")
        folder = self._empty("cwd")
        sources = folder / STORE_FOLDER
        if recipe.sources:
            progress = FetchProgress()
            with self._reporter.step(f"{label} fetch", progress.text):
                Store(self._layout, progress.update).fill(recipe.sources, sources)
        toolbox = make_toolbox(self._layout, planned.tools_hash)
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
                run_job(self._layout, job, log, toolbox, folder)
        except JobFailed as error:
            self._keep_logs(log)
            self._reporter.tail(log)
            raise BuildError(f"{recipe.name}: the build failed{self._unsolvable(recipe, log)}") from error
        self._keep_logs(log)
        with self._reporter.step(f"{label} pack"):
            for package in planned.packages:
                self._stage(package, sources)
        shutil.rmtree(out)
        return planned.packages

    def _unsolvable(self, recipe: Recipe, log: Path) -> str:
        """Why the packages that a recipe requires cannot be installed; rattler-build says only that they cannot."""
        if "Failed to resolve dependencies" not in log.read_text(errors="replace"):
            return ""
        for output in recipe.outputs:
            for section, platform in (("build", BUILD_PLATFORM), ("host", recipe.platform)):
                specs = [spec for spec in output.data.get("requirements", {}).get(section, []) if isinstance(spec, str)]
                try:
                    asyncio.run(solve_environment(self._channels.urls, specs, platform, self._layout.index))
                except SolveError as error:
                    return f", since its {section} requirements cannot be installed: {error}"
        return ""

    def _stage(self, package: PlannedPackage, sources: Path) -> None:
        """Rewrite a package that was built from sources in a folder, and put it into staging under its final name."""
        output = package.output
        built = self._out / output.subdir / f"{output.stem}.conda"
        if not built.is_file():
            there = ", ".join(sorted(path.name for path in self._out.glob("*/*.conda"))) or "nothing"
            raise BuildError(f"{output.recipe.path}: expected the package {built.name}, the build made {there}")
        done = self._empty("done") / f"{package.stem}.conda"
        date = output.recipe.date
        if date is None:
            date = release_date(sources / source.name for source in output.sources)
        label = conda.Label(
            build=package.build,
            number=package.number,
            time=conda.EPOCH if date is None else date,
            record={"input_hash": package.input_hash},
            pins=package.pins,
        )
        level = _LEVEL_LIBRARY if package.home is self._channels.library else _LEVEL_TOOL
        conda.rewrite(built, done, label, level)
        self._channels.staging.add(output.subdir, done)

    def _finish(self, builds: list[PlannedPackage]) -> None:
        """Test the staged builds of a package and move them to their channel.

        Raises BuildError at the first build that fails, which is moved to the broken packages.
        """
        files = [self._channels.staging.file(package.output.subdir, package.stem) for package in builds]
        for package, file in zip(builds, files, strict=True):
            if package.tested:
                self._run_tests(package, file)
            if package.output.platform == TARGET_PLATFORM:
                self._check_signatures(package, file)
        for package, file in zip(builds, files, strict=True):
            admit(self._channels, package, Path(shutil.copyfile(file, self._empty("done") / file.name)))
            if self._admitted:
                self._admitted(package)

    def _run_tests(self, package: PlannedPackage, file: Path) -> None:
        """Raises BuildError if a staged package fails its tests."""
        output = package.output
        log = self._log(output.recipe, f"{output.name}-test")
        folder = self._empty("cwd")
        sandbox = output.platform == TARGET_PLATFORM
        toolbox = make_toolbox(self._layout, "", sandbox=sandbox)
        tested = file
        if output.subdir == "noarch":
            tested = self._empty("tested") / file.name
            conda.copy_for(file, tested, output.platform)
        job = {"action": "test", "package": str(tested), "channels": self._channels.urls}
        try:
            with self._reporter.step(f"{output.name} test", lambda: str(log)):
                run_job(self._layout, job, log, toolbox, folder)
        except JobFailed as error:
            self._reporter.tail(log)
            where = ", in a sandbox that gives node no other files and no programs" if sandbox else ""
            raise self._rejected(package, file, f"its tests failed{where}") from error

    def _check_signatures(self, package: PlannedPackage, file: Path) -> None:
        """Raises BuildError if a call between the package and a library that it runs with would trap."""
        wrong = check_package(file, [path for path in package.runs_with if path.is_file()])
        if wrong:
            raise self._rejected(package, file, "\n  ".join(["calls that would trap:", *map(str, wrong)]))

    def _rejected(self, package: PlannedPackage, file: Path, reason: str) -> BuildError:
        """Move a staged package to the broken ones; returns the error to raise."""
        self._layout.broken.mkdir(parents=True, exist_ok=True)
        kept = Path(shutil.copyfile(file, self._layout.broken / file.name))
        self._channels.staging.remove(package.output.subdir, [file])
        return BuildError(f"{package.output.name}: {reason}; the package is kept as {kept}")

    def _empty(self, name: str) -> Path:
        """An empty folder of that name in the working folder."""
        folder = self._layout.work / name
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        return folder

    def _log(self, recipe: Recipe, name: str) -> Path:
        folder = self._layout.logs / recipe.platform
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"

    def _script_logs(self) -> list[Path]:
        """The logs of the build scripts, the newest last."""
        return sorted(self._out.glob("bld/*/work/conda_build.log"), key=lambda path: path.stat().st_mtime)

    def _live_log(self) -> Path | None:
        """The log of the output that is being built right now."""
        logs = self._script_logs()
        return logs[-1] if logs else None

    def _keep_logs(self, log: Path) -> None:
        """Put the build scripts' logs, whose folders are about to go, before rattler-build's own log."""
        driver = log.read_text(errors="replace") if log.exists() else ""
        parts = [f"=== {path.parent.parent.name}\n{path.read_text(errors='replace')}" for path in self._script_logs()]
        log.write_text("\n".join([*parts, driver]))


def _ready(pending: list[PlannedPackage], unbuilt: set[Recipe]) -> list[PlannedPackage]:
    """All pending builds of one package, if each of them can be tested now.

    They are finished together: a build left in staging would hide those in the channel.
    """
    for first in pending:
        key = (first.output.subdir, first.output.name)
        builds = [package for package in pending if (package.output.subdir, package.output.name) == key]
        if not any(package.test_recipes & unbuilt for package in builds):
            return builds
    return []
