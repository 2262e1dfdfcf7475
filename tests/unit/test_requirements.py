"""requirements/*.txt lock what pyproject.toml asks for; npm's lock and lists give a hash for each package."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from checkouts import REPOSITORY
from wheel_index import make_wheel, sha256_of

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
EXTRAS = PROJECT["project"]["optional-dependencies"]
FILES = ["driver", *EXTRAS]
PYTHONS = ["3.11.2", "3.12.0", "3.13.0", "3.14.0"]
ENTRY = re.compile(r"^(\S.*?) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)


def locked(text: str, python: str) -> dict[str, Version]:
    """The versions that a lock has for a Python on Linux."""
    versions = {}
    for requirement in (Requirement(line) for line, _ in ENTRY.findall(text)):
        if not requirement.marker or requirement.marker.evaluate(environment(python)):
            (pin,) = requirement.specifier
            assert pin.operator == "==", str(requirement)
            versions[canonicalize_name(requirement.name)] = Version(pin.version)
    return versions


def environment(python: str) -> dict[str, str]:
    minor = python.rpartition(".")[0]
    return {"python_full_version": python, "python_version": minor, "sys_platform": "linux", "os_name": "posix"}


def asked(extra: str) -> Iterator[Requirement]:
    """What pyproject.toml asks for, with the extras that an extra names."""
    for line in [*PROJECT["build-system"]["requires"], *PROJECT["project"]["dependencies"], *EXTRAS.get(extra, [])]:
        requirement = Requirement(line)
        if requirement.name == PROJECT["project"]["name"]:
            for other in requirement.extras:
                yield from asked(other)
        else:
            yield requirement


def missing(text: str, extra: str, python: str) -> list[str]:
    """What pyproject.toml asks for and a lock does not have."""
    versions = locked(text, python)
    return [
        str(one)
        for one in asked(extra)
        if (version := versions.get(canonicalize_name(one.name))) is None or version not in one.specifier
    ]


def lock(extra: str) -> str:
    return (REPOSITORY / "requirements" / f"{extra}.txt").read_text()


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("extra", FILES)
def test_locks_satisfy_pyproject(extra: str, python: str) -> None:
    assert missing(lock(extra), extra, python) == [], "run scripts/lock-requirements"


def test_a_lock_that_is_out_of_date_is_noticed() -> None:
    text = lock("driver")
    assert missing(text.replace("py-rattler-build==", "py-rattler-build==9"), "driver", "3.11.2")
    assert missing(re.sub(r"(?m)^typer==", "typo==", text), "driver", "3.11.2")
    assert missing(text, "lint", "3.11.2")


@pytest.mark.parametrize("extra", FILES)
def test_locks_are_hashes_alone(extra: str) -> None:
    """Every line is a comment or part of a pinned requirement with hashes; so there is no address of an index."""
    left = ENTRY.sub("", lock(extra))
    assert [line for line in left.splitlines() if not line.startswith("#")] == []


@pytest.mark.parametrize("python", PYTHONS)
def test_the_locks_agree(python: str) -> None:
    """The scripts install several into one environment."""
    versions: dict[str, set[Version]] = {}
    for extra in FILES:
        for name, version in locked(lock(extra), python).items():
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_there_is_one_lock_for_each_extra() -> None:
    assert {path.stem for path in (REPOSITORY / "requirements").glob("*.txt")} == set(FILES)


@pytest.mark.parametrize("right", [True, False])
def test_pip_checks_the_hashes(tmp_path: Path, right: bool) -> None:
    digest = sha256_of(make_wheel(tmp_path, "small"))
    text = f"small==1.0 \\\n    --hash=sha256:{digest if right else '0' * 64}\n"
    assert locked(text, "3.11.2")  # the form of the locks
    file = tmp_path / "lock.txt"
    file.write_text(text)
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", "--find-links", tmp_path]
    done = subprocess.run([*command, "--require-hashes", "--requirement", file], capture_output=True, text=True)
    assert (done.returncode == 0) == right, done.stderr
    assert ("HASHES" in done.stderr) != right


def test_npm_packages_are_locked() -> None:
    """npm ci, which scripts/lint runs, checks each file against the lock's integrity; the lock has no addresses."""
    text = (REPOSITORY / "package-lock.json").read_text()
    packages: dict[str, dict[str, Any]] = json.loads(text)["packages"]
    wanted = json.loads((REPOSITORY / "package.json").read_text())["devDependencies"]
    assert packages.pop("")["devDependencies"] == wanted
    assert all(len(integrity(package)) == 64 for package in packages.values())
    assert "resolved" not in text
    assert all(packages[f"node_modules/{name}"]["version"] == version for name, version in wanted.items())


def integrity(package: dict[str, Any]) -> bytes:
    method, _, digest = package["integrity"].partition("-")
    assert method == "sha512"
    return base64.b64decode(digest)


def test_npm_archives_of_tests_have_hashes() -> None:
    """The tests' conftest.py fetches them by their sha256."""
    for package in yaml.safe_load((REPOSITORY / "tests/npm.yaml").read_text()):
        assert re.fullmatch("[0-9a-f]{64}", package["sha256"]), package["name"]
