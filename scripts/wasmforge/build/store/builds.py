"""The store of builds: asked before a package is built, filled after its tests.

Two kinds of files lie in it. `builds/INPUT_HASH-NUMBER.json` is what the owner says of a package (statement.py);
NUMBER is the build number, which depends on the channel. `packages/SHA256.conda` is the package. It is written first:
each statement has its package.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from wasmforge.build.plan import Plan, PlannedPackage
from wasmforge.build.store.keys import SigningKey, check_public, read_key
from wasmforge.build.store.settings import Settings
from wasmforge.build.store.statement import Refused, Statement, check, sign
from wasmforge.channel import conda_file as conda
from wasmforge.common.errors import BuildError, WasmforgeError
from wasmforge.common.hashing import hash_file
from wasmforge.common.progress import FetchProgress, Reporter
from wasmforge.common.temporary import temporary_folder
from wasmforge.storage.folder import FolderStore
from wasmforge.storage.opening import open_store
from wasmforge.storage.store import AlreadyThere, ChangedMeanwhile, Store
from wasmforge.storage.web import WebStore

Admit = Callable[[PlannedPackage, Path], object]
"""Moves the file of a package into its channel."""


class BuildStore:
    """A store that this user reads, and fills if there is a private key.

    What is wrong with it is said once and ends no build: what cannot be taken is built.
    """

    def __init__(self, settings: Settings, reporter: Reporter) -> None:
        self._address = settings.address
        self._reporter = reporter
        self._store = open_store(settings.address, reporter)
        key = read_key(settings.key) if settings.key else None
        self._trusted = {check_public(key) for key in settings.trusted} | ({key.public} if key else set())
        self._filled = (self._store, key) if key and not isinstance(self._store, WebStore) else None
        self._known: dict[str, Statement | None] = {}
        self._works = True
        if not key and isinstance(self._store, FolderStore) and not self._store.path.is_dir():
            self._give_up("there is no such folder")
        if key and not self._filled:
            self._warn(f"the store {self._address} can only be read; name its folder or bucket to fill it")

    def has(self, package: PlannedPackage) -> bool:
        """Whether a trusted key has signed a build of the package."""
        name = _statement_name(package)
        if self._works and name not in self._known:
            self._known[name] = self._ask(package)
        return self._works and self._known[name] is not None

    @property
    def works(self) -> bool:
        """Whether it could be used so far."""
        return self._works

    @property
    def is_filled(self) -> bool:
        """Whether this user fills it."""
        return self._filled is not None

    def supply(self, make_plan: Callable[[], Plan], cache: Path, admit: Admit) -> Plan:
        """Take packages from the store until a plan asks for none, and return this plan."""
        while (plan := make_plan()).stored:
            for number, package in enumerate(plan.stored, 1):
                with temporary_folder(cache, "store-") as folder:
                    file = folder / f"{package.stem}.conda"
                    if self._take(package, file, f"[{number}/{len(plan.stored)}]"):
                        admit(package, file)
        return plan

    def put(self, package: PlannedPackage) -> None:
        """Add a package of a channel, if this user fills the store."""
        if not self._filled or not self._works:
            return
        try:
            with self._reporter.step(f"{package.output.name} to the store"):
                self._put(package, *self._filled)
        except (WasmforgeError, OSError) as error:
            self._give_up(error)

    def _ask(self, package: PlannedPackage) -> Statement | None:
        try:
            found = self._store.read(_statement_name(package))
            if found is None:
                return None
            statement = check(found.data, self._trusted)
            if (statement.input_hash, statement.place) != (package.input_hash, package.place):
                raise Refused(f"it is signed as {statement.place} with the input hash {statement.input_hash}")
            return statement
        except Refused as error:
            self._refuse(package, error)
        except (WasmforgeError, OSError) as error:
            self._give_up(error)
        return None

    def _take(self, package: PlannedPackage, file: Path, number: str) -> bool:
        """Fetch a package; False if it cannot be had, or is not what was signed. Then it is not asked for again."""
        if not self.has(package):
            return False
        progress = FetchProgress()
        try:
            with self._reporter.step(f"{number} {package.output.name} from the store", progress.text):
                self._fetch(package, file, progress)
            return True
        except Refused as error:
            self._refuse(package, error)
        except (WasmforgeError, OSError) as error:
            if getattr(error, "errno", None) == errno.ENOSPC:
                raise
            self._give_up(error)
        self._known[_statement_name(package)] = None
        return False

    def _fetch(self, package: PlannedPackage, file: Path, progress: FetchProgress) -> None:
        """Raises Refused for a file that is not the one that was signed."""
        statement = self._known[_statement_name(package)]
        assert statement
        name = _package_name(statement)

        def report(done: int) -> None:
            progress.update(file.name, done, statement.size)
            if done > statement.size:
                raise Refused(f"{name} has more than the {statement.size} bytes that were signed")

        try:
            self._store.fetch(name, file, report)
        except FileNotFoundError as error:
            raise Refused(f"{name} does not exist") from error
        sha256 = hash_file(file)
        if sha256 != statement.sha256:
            raise Refused(f"{name} has {file.stat().st_size} of {statement.size} bytes, and the sha256 {sha256}")
        try:
            built_from = conda.input_hash(file)
        except BuildError as error:
            raise Refused(f"{name} is no package") from error
        if built_from != package.input_hash:
            raise Refused(f"{name} says that it was built from the input hash {built_from}")

    def _put(self, package: PlannedPackage, store: Store, key: SigningKey) -> None:
        statement = Statement(package.input_hash, package.place, hash_file(package.file), package.file.stat().st_size)
        name = _statement_name(package)
        there = store.read(name)
        old = None
        if there:
            with suppress(Refused):  # damaged, or of a key that is no longer trusted: replaced
                old = check(there.data, self._trusted)
        if old == statement:
            return
        if old:
            self._warn(
                f"the store has another build of {package.stem} and keeps it: sha256 {old.sha256}, here "
                f"{statement.sha256}; a recipe must give the same bytes each time, see wasmforge verify"
            )
            return
        with suppress(AlreadyThere):
            store.add(_package_name(statement), package.file)
        with suppress(ChangedMeanwhile):  # another who fills it was faster
            store.write(name, sign(statement, key), there)

    def _refuse(self, package: PlannedPackage, reason: Exception) -> None:
        self._warn(f"the store's {package.stem} is refused: {reason}; it is built instead")

    def _give_up(self, reason: object) -> None:
        self._works = False
        self._warn(f"the store {self._address} is not used any more: {reason}")

    def _warn(self, text: str) -> None:
        self._reporter.say(text, "yellow")


def _statement_name(package: PlannedPackage) -> str:
    return f"builds/{package.input_hash}-{package.number}.json"


def _package_name(statement: Statement) -> str:
    return f"packages/{statement.sha256}.conda"
