"""The names of packages: one name means one content, and solvers see which of two builds is newer."""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import tarfile
import tomllib
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from rattler import Subdir, install

from checkouts import REPOSITORY, Checkout, make_checkout
from wasmforge import __version__
from wasmforge.channel import conda_file as conda
from wasmforge.channel.channel import Channel
from wasmforge.environment.solver import solve_environment
from wasmforge.recipe.changelog import release_dates

SUBDIR = "noarch"

# A library, a front that needs this very build of it, and a package that needs neither.
PAIR = """
recipe: {name: pair, version: "1.0"}
build: {number: 0, noarch: generic}
outputs:
  - package: {name: pair}
    build:
      script: mkdir -p $PREFIX/share/pair && echo one > $PREFIX/share/pair/pair
    requirements:
      run_exports:
        - ${{ pin_subpackage("pair", upper_bound="x") }}
    about: {summary: A pair}
  - package: {name: front-pair}
    build:
      script: mkdir -p $PREFIX/share/pair && echo two > $PREFIX/share/pair/front
    requirements:
      run:
        - ${{ pin_subpackage("pair", exact=True) }}
    tests:
      - script: test -f $PREFIX/share/pair/pair
      - script: test -f $PREFIX/share/pair/front
        requirements:
          run:
            - ${{ pin_subpackage("pair", exact=True) }}
    about: {summary: Its front}
  - package: {name: other}
    build:
      script: mkdir -p $PREFIX/share/pair && echo three > $PREFIX/share/pair/other
    about: {summary: Another}
"""


def built(checkout: Checkout, name: str) -> Path:
    """The one package of a name in the checkout's channel."""
    (found,) = (file for file in checkout.channel.glob("*/*.conda") if file.stem.rsplit("-", 2)[0] == name)
    return found


def info(package: Path) -> dict:
    """A package's record in an index, the hash of its inputs included."""
    found = conda.read_info(package, {"info/index.json", conda.RECORD})
    return {**found["info/index.json"], **found[conda.RECORD]}


def add(file: Path, text: str) -> None:
    file.write_text(file.read_text() + text)


def replace(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def test_a_name_has_hash_and_number_and_both_follow_the_inputs(checkout: Checkout) -> None:
    script = checkout.toy("alpha") / "build.sh"
    before = script.read_text()
    seen, names = [], []
    for text in (before, before + "echo more\n", before):
        script.write_text(text)
        checkout.build("alpha")
        record = info(built(checkout, "alpha"))
        assert record["build"] == f"h{record['input_hash'][:8]}_{record['build_number']}"
        assert built(checkout, "alpha").stem == f"alpha-1.0-{record['build']}"
        seen.append((record["input_hash"], record["build_number"]))
        names.append(record["build"])
    assert [number for _, number in seen] == [0, 1, 2]
    assert seen[0][0] == seen[2][0] != seen[1][0]
    assert len(set(names)) == 3


def test_the_number_of_a_recipe_is_the_least_and_a_new_version_begins_with_it(checkout: Checkout) -> None:
    folder = checkout.toy("alpha")
    for number, expected in ((5, 5), (2, 6)):
        replace(folder / "recipe.yaml", "number: 0", f"number: {number}")
        checkout.build("alpha")
        assert info(built(checkout, "alpha"))["build_number"] == expected
        replace(folder / "recipe.yaml", f"number: {number}", "number: 0")
    checkout.toy("alpha", version="1.1")
    checkout.build("alpha")
    assert info(built(checkout, "alpha"))["build_number"] == 0


def test_a_rebuild_of_the_same_inputs_gives_name_and_bytes_again(checkout: Checkout, tmp_path: Path) -> None:
    folder = checkout.recipe("pair", PAIR)
    checkout.build("--all")
    replace(folder / "recipe.yaml", "echo two", "echo 2")
    checkout.build("--all")
    first = checkout.packages()
    assert {name.rpartition("_")[2] for name in first} == {"1.conda"}
    built(checkout, "front-pair").unlink()
    checkout.cache = tmp_path / "elsewhere"
    checkout.build("--all")
    assert checkout.packages() == first


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("recipe.yaml", "The toy", "A toy"),
        ("recipe.yaml", "license: MIT", "license: BSD-3-Clause"),
        ("recipe.yaml", "test -d", "test -e"),
        ("recipe.yaml", "number: 0", "number: 1"),
        ("LICENSE.md", "Do", "Please do"),
        ("recipe.yaml", "about:", "extra:\n  recipe-maintainers:\n    - me\nabout:"),
    ],
)
def test_all_that_reaches_a_package_is_in_its_name(checkout: Checkout, file: str, before: str, after: str) -> None:
    folder = checkout.toy("alpha", test="test -d $PREFIX")
    add(folder / "recipe.yaml", "  license_file: LICENSE.md\n")
    (folder / "LICENSE.md").write_text("Do what you like.\n")
    checkout.toy("user", host=("alpha",))
    checkout.build("--all")
    first, user = info(built(checkout, "alpha")), built(checkout, "user")
    replace(folder / file, before, after)
    checkout.build("--all")
    second = info(built(checkout, "alpha"))
    assert second["input_hash"] != first["input_hash"] and second["build_number"] == 1
    if before in ("The toy", "license: MIT", "about:"):
        assert built(checkout, "user") == user, "what a package says of itself reaches no other package"


def test_a_solver_takes_the_newer_of_two_builds(checkout: Checkout, tmp_path: Path) -> None:
    folder = checkout.recipe("pair", PAIR)
    channel = Channel(tmp_path / "both", [SUBDIR])
    for text in ("one", "1", "once"):
        (folder / "recipe.yaml").write_text(PAIR.replace("echo one", f"echo {text}"))
        checkout.build("--all")
        for file in (checkout.channel / SUBDIR).glob("*.conda"):
            channel.add(SUBDIR, Path(shutil.copy(file, tmp_path / file.name)))
    records = asyncio.run(solve_environment([channel.url], ["front-pair"], "linux-64", tmp_path / "index"))
    assert {record.name.normalized: record.build_number for record in records} == {"pair": 2, "front-pair": 2}
    # An older front still gets the build that it was made with.
    (old,) = (file for file in channel.packages(SUBDIR) if re.match(r"front-pair-.*_1\.conda", file.name))
    build = old.stem.rpartition("-")[2]
    records = asyncio.run(solve_environment([channel.url], [f"front-pair=*={build}"], "linux-64", tmp_path / "index"))
    assert {record.name.normalized: record.build_number for record in records} == {"pair": 1, "front-pair": 1}


def test_exact_pins_follow_the_names(checkout: Checkout) -> None:
    folder = checkout.recipe("pair", PAIR)
    names = []
    for summary in ("A pair", "Two of a kind"):
        replace(folder / "recipe.yaml", "A pair", summary)
        checkout.build("--all")
        pair, front, other = (info(built(checkout, name)) for name in ("pair", "front-pair", "other"))
        assert front["depends"] == [f"pair ==1.0 {pair['build']}"]
        found = conda.read_info(built(checkout, "front-pair"), {"info/hash_input.json"})["info/hash_input.json"]
        assert found["pair"] == f"1.0 {pair['build']}"
        exports = conda.read_info(built(checkout, "pair"), {"info/run_exports.json"})["info/run_exports.json"]
        assert exports == {"weak": ["pair >=1.0,<2.0a0"]}
        names.append({record["name"]: record["input_hash"] for record in (pair, front, other)})
        assert len({record["build_number"] for record in (pair, front, other)}) == 1
    assert names[0]["pair"] != names[1]["pair"] and names[0]["front-pair"] != names[1]["front-pair"]
    assert names[0]["other"] == names[1]["other"]


@pytest.mark.parametrize(
    ("section", "pin"),
    [
        ("run_exports", 'pin_subpackage("alpha", exact=True)'),
        ("run", 'pin_compatible("base", exact=True)'),
    ],
)
def test_a_pin_of_another_recipe_s_build_is_refused(checkout: Checkout, section: str, pin: str) -> None:
    checkout.toy("base")
    folder = checkout.toy("alpha", host=("base",))
    replace(
        folder / "recipe.yaml", "  host:\n    - base\n", f"  host:\n    - base\n  {section}:\n    - ${{{{ {pin} }}}}\n"
    )
    result = checkout.run("build", "alpha")
    assert result.returncode == 1
    assert "alpha/recipe.yaml" in result.stderr and "upper_bound" in result.stderr


def test_a_build_string_without_a_hash_is_refused(checkout: Checkout) -> None:
    folder = checkout.toy("alpha")
    replace(folder / "recipe.yaml", "number: 0", "number: 0\n  string: plain")
    result = checkout.run("build", "alpha")
    assert result.returncode == 1
    assert "alpha/recipe.yaml" in result.stderr and "${{ hash }}_${{ build_number }}" in result.stderr


def test_two_checkouts_that_share_a_package_cache_get_their_own_packages(tmp_path: Path) -> None:
    contents = {}
    for name in ("one", "two"):
        checkout = make_checkout(tmp_path / name)
        checkout.toy("alpha", script=f'mkdir -p "$PREFIX/share"\necho {name} > "$PREFIX/share/content"\n')
        checkout.cache = tmp_path / "cache"
        checkout.build("alpha")
        records = asyncio.run(solve_environment([checkout.channel.as_uri()], ["alpha"], "linux-64", tmp_path / "index"))
        prefix = tmp_path / f"prefix-{name}"
        # As other clients do: a cache in which a package's folder has its file name.
        cache = tmp_path / "client-cache"
        asyncio.run(install(records, prefix, cache_dir=cache, platform=Subdir("linux-64"), show_progress=False))
        contents[name] = (prefix / "share/content").read_text().strip()
    assert contents == {"one": "one", "two": "two"}
    assert len([path for path in (tmp_path / "client-cache").glob("alpha-*") if path.is_dir()]) == 2


def tar(*times: int) -> bytes:
    """A tar.gz with files of some times."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for number, time in enumerate(times):
            entry = tarfile.TarInfo(f"file-{number}")
            entry.mtime = time
            archive.addfile(entry, io.BytesIO())
    return out.getvalue()


def wheel(*date_time: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("module.py", (*date_time, 0, 0, 0)), "")  # type: ignore[arg-type]
    return out.getvalue()


def deb(time: int) -> bytes:
    member = b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (b"debian-binary", time, 0, 0, b"100644", 5)
    return b"!<arch>\n" + member + b"2.0\n\n\n"


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        ([tar(1_700_000_000, 1_700_086_400)], datetime(2023, 11, 15, 22, 13, 20)),
        ([wheel(2024, 5, 6)], datetime(2024, 5, 6)),
        ([deb(1_600_000_000)], datetime(2020, 9, 13, 12, 26, 40)),
        ([b"text"], datetime(2026, 1, 1)),
        ([wheel(1980, 1, 1)], datetime(2026, 1, 1)),
        ([wheel(2020, 2, 2), tar(1_700_000_000)], datetime(2023, 11, 14, 22, 13, 20)),
        ([tar(1_700_000_000), tar(1_800_000_000)], datetime(2023, 11, 14, 22, 13, 20)),
    ],
)
def test_a_package_has_the_date_of_its_source(checkout: Checkout, contents: list[bytes], expected: datetime) -> None:
    hashes = [checkout.source(f"source-{number}", content) for number, content in enumerate(contents)]
    sources = [
        {"url": f"${{{{ source_store }}}}/source-{number}", "sha256": one, "file_name": f"file-{number}"}
        for number, one in enumerate(hashes)
    ]
    recipe = {
        "package": {"name": "alpha", "version": "1.0"},
        "source": sources,
        "build": {"noarch": "generic", "script": "mkdir -p $PREFIX/share && echo > $PREFIX/share/alpha"},
    }
    checkout.recipe("alpha", yaml.safe_dump(recipe))
    checkout.build("alpha")
    assert info(built(checkout, "alpha"))["timestamp"] == expected.replace(tzinfo=UTC).timestamp() * 1000


def test_our_own_packages_have_the_date_of_their_version(checkout: Checkout) -> None:
    changelog = checkout.root / "CHANGELOG.md"
    changelog.write_text("# Changelog\n\n## Unreleased\n\n## 1.0.0 - 2026-02-03\n\n## 0.9.0 - 2026-01-02\n")
    checkout.toy("ours", version="1.0.0", folder="emscripten-forge/packages")
    checkout.build("ours")
    first = info(built(checkout, "ours"))
    assert first["timestamp"] == datetime(2026, 2, 3, tzinfo=UTC).timestamp() * 1000
    replace(changelog, "2026-02-03", "2026-02-04")
    checkout.build("ours")
    assert info(built(checkout, "ours"))["input_hash"] != first["input_hash"]


def test_our_own_packages_have_the_newest_version_of_the_changelog() -> None:
    newest = next(iter(release_dates(REPOSITORY / "CHANGELOG.md")))
    pins = yaml.safe_load((REPOSITORY / "conda_build_config.yaml").read_text())
    projects = [REPOSITORY / "pyproject.toml", *REPOSITORY.glob("emscripten-forge/packages/*/pyproject.toml")]
    versions = {str(path): tomllib.loads(path.read_text())["project"]["version"] for path in projects}
    assert {__version__, *pins["wasmforge"], *versions.values()} == {newest}, versions
    recipes = [*REPOSITORY.glob("emscripten-forge/packages/*/recipe.yaml")]
    recipes += REPOSITORY.glob("emscripten-forge/runtime/**/recipe.yaml")
    assert len(recipes) >= 6
    for recipe in recipes:
        assert yaml.safe_load(recipe.read_text())["context"]["version"] == "${{ wasmforge }}", recipe
