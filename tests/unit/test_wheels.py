"""Wheels in environments, and lock files of environments with and without them."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from checkouts import Checkout, make_checkout
from wasmforge.bundle.prefix import InstalledPackage, _read_record
from wheel_index import make_index, make_wheel, sha256_of

SITE = "lib/python3.13/site-packages"
NATIVE = "cp313-cp313-emscripten_6_0_5_wasm32"
CONDA_DIST = """\
info="$PREFIX/lib/python3.13/site-packages/Conda_Dist-2.0.dist-info"
mkdir -p "$info"
printf 'Metadata-Version: 2.1\\nName: Conda_Dist\\nVersion: 2.0\\n' > "$info/METADATA"
echo "$PREFIX" > "$PREFIX/lib/python3.13/site-packages/conda_dist.py"
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A channel with a Python, its ABI and the package `conda-made`, which is the distribution Conda_Dist."""
    checkout = make_checkout(tmp_path_factory.mktemp("built"))
    checkout.toy("emscripten-abi", version="6.0.5", noarch=False)
    checkout.toy("python", version="3.13.15", noarch=False, run=("emscripten-abi 6.0.5.*",))
    checkout.toy("conda-made", version="2.0", noarch=False, run=("python",), script=CONDA_DIST)
    checkout.build("--all")
    return checkout


@pytest.fixture
def checkout(built: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A copy of that checkout, whose pip knows the index that `index` makes and nothing else."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "index").as_uri())
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    (tmp_path / "index").mkdir()
    return Checkout(*(Path(shutil.copytree(folder, tmp_path / folder.name)) for folder in built.folders))


def index(checkout: Checkout, **hashes: str) -> None:
    folder = checkout.root.parent
    shutil.rmtree(folder / "index")
    said = {name.replace("__", "-") + ".whl": text for name, text in hashes.items()}
    make_index(folder / "index", folder / "wheels", said)


def wheels(checkout: Checkout) -> Path:
    return checkout.root.parent / "wheels"


def environment(checkout: Checkout, *requirements: str, conda: tuple[str, ...] = ("python",)) -> str:
    file = checkout.root / "environment.yml"
    file.write_text(yaml.safe_dump({"dependencies": [*conda, {"pip": list(requirements)}]}))
    return str(file)


def done(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stderr
    return result.stderr


def refused(result: subprocess.CompletedProcess[str], code: int = 1) -> str:
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr
    return result.stderr


def create(checkout: Checkout, *requirements: str, prefix: str = "env", conda: tuple[str, ...] = ("python",)) -> Path:
    done(checkout.run("create", "-p", prefix, "-f", environment(checkout, *requirements, conda=conda)))
    return checkout.root / prefix


def refuse(checkout: Checkout, *requirements: str, conda: tuple[str, ...] = ("python",), code: int = 1) -> str:
    said = refused(checkout.run("create", "-p", "env", "-f", environment(checkout, *requirements, conda=conda)), code)
    assert not (checkout.root / "env").exists()
    assert [path.name for path in checkout.root.iterdir() if path.name.startswith(".")] == []
    return said


def packages(prefix: Path) -> dict[str, InstalledPackage]:
    """As `bundle` sees them, with every file checked."""
    found = {}
    for path in (prefix / "conda-meta").glob("*.json"):
        package = _read_record(prefix, path)
        for file in package.files:
            file.check(package.label)
        found[package.name] = package
    return found


def tree(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256_of(path) for path in files}


def test_wheels_and_what_they_need(checkout: Checkout) -> None:
    """Markers and extras are those of the target; what conda has is not fetched."""
    make_wheel(
        wheels(checkout),
        "top",
        requires=(
            'leaf>=1; sys_platform == "emscripten" and platform_machine == "wasm32"',
            'absent; sys_platform == "linux" or python_version != "3.13"',
            "conda-dist>=1",
            "other[more]",
        ),
    )
    make_wheel(wheels(checkout), "leaf", tag=NATIVE)
    make_wheel(wheels(checkout), "leaf", "2.0", tag="cp313-cp313-manylinux_2_28_x86_64")
    extras = ('extra_one; extra == "more"', 'absent; extra == "less"')
    make_wheel(wheels(checkout), "other", requires=extras, metadata="Provides-Extra: more\nProvides-Extra: less\n")
    make_wheel(wheels(checkout), "extra_one")
    index(checkout)
    prefix = create(checkout, "top", conda=("python", "conda-made"))
    found = packages(prefix)
    assert {name: package.build for name, package in found.items() if package.build == "pypi_0"} == dict.fromkeys(
        ["extra-one", "leaf", "other", "top"], "pypi_0"
    )
    assert found["leaf"].version == "1.0"
    assert set(found["top"].depends) == {"python", "leaf", "conda-made", "other"}
    assert set(found["other"].depends) == {"python", "extra-one"}
    assert (prefix / SITE / "top-1.0.dist-info/INSTALLER").read_text() == "wasmforge\n"
    assert "top/__init__.py,sha256=" in (prefix / SITE / "top-1.0.dist-info/RECORD").read_text()
    assert not list(prefix.rglob("direct_url.json"))


def test_files_outside_site_packages(checkout: Checkout) -> None:
    files = {
        "tool-1.0.data/data/share/tool/data.txt": b"data",
        "tool-1.0.data/scripts/script.py": b"#!python\nprint(1)\n",
        "tool-1.0.data/platlib/_tool.py": b"",
        "tool-1.0.dist-info/entry_points.txt": b"[console_scripts]\ntool = tool:main\n",
    }
    make_wheel(wheels(checkout), "tool", files=files)
    index(checkout)
    prefix = create(checkout, "tool")
    assert (prefix / "share/tool/data.txt").read_bytes() == b"data"
    assert (prefix / SITE / "_tool.py").is_file()
    for name in ("tool", "script.py"):
        assert (prefix / "bin" / name).read_text().startswith(f"#!{prefix}/bin/python\n")
    entry = next(file for file in packages(prefix)["tool"].files if file.path == "bin/tool")
    assert entry.read().startswith(b"#!/bin/python\n")
    assert str(prefix) not in (prefix / SITE / "tool-1.0.dist-info/RECORD").read_text()


def test_local_wheel_and_address(checkout: Checkout) -> None:
    make_wheel(checkout.root / "mine", "one")
    two = make_wheel(checkout.root / "mine", "two")
    prefix = create(checkout, "mine/one-1.0-py3-none-any.whl", f"two @ {two.as_uri()}#sha256={sha256_of(two)}")
    assert {"one", "two"} <= set(packages(prefix))
    for path in (prefix / SITE).rglob("*"):
        assert not path.is_file() or b"mine" not in path.read_bytes(), path


def test_update_in_place(checkout: Checkout) -> None:
    make_wheel(wheels(checkout), "one", files={"only_old.py": b""})
    make_wheel(wheels(checkout), "two")
    index(checkout)
    prefix = create(checkout, "one", "two")
    make_wheel(wheels(checkout), "one", "1.1")
    index(checkout)
    create(checkout, "one>1")
    found = packages(prefix)
    assert found["one"].version == "1.1" and "two" not in found
    assert not (prefix / SITE / "two").exists() and not (prefix / SITE / "only_old.py").exists()
    done(checkout.run("create", "-p", "env", "python"))
    assert "one" not in packages(prefix) and not (prefix / SITE / "one").exists()


def test_a_failed_update_changes_nothing(checkout: Checkout) -> None:
    make_wheel(wheels(checkout), "one")
    index(checkout)
    prefix = create(checkout, "one")
    before = tree(prefix)
    refused(checkout.run("create", "-p", "env", "-f", environment(checkout, "one>1")))
    assert tree(prefix) == before


def test_the_same_file_in_two_wheels(checkout: Checkout) -> None:
    make_wheel(wheels(checkout), "one", files={"tests/__init__.py": b"", "tests/data.py": b"one"})
    make_wheel(wheels(checkout), "two", files={"tests/__init__.py": b"", "tests/data.py": b"two"})
    index(checkout)
    said = done(checkout.run("create", "-p", "env", "-f", environment(checkout, "one", "two")))
    assert "tests/data.py of two is left out" in said
    assert (checkout.root / "env" / SITE / "tests/data.py").read_bytes() == b"one"
    packages(checkout.root / "env")


def test_no_wheel_that_fits(checkout: Checkout) -> None:
    make_wheel(wheels(checkout), "native", tag="cp313-cp313-manylinux_2_28_x86_64")
    (wheels(checkout) / "sources-1.0.tar.gz").write_bytes(b"")
    make_wheel(wheels(checkout), "user", requires=("native",))
    index(checkout)
    said = refuse(checkout, "native")
    assert "native 1.0 has wheels for cp313-cp313-manylinux_2_28_x86_64" in said
    assert f"py3-none-any or {NATIVE}" in said and "wasmforge recipe native" in said
    assert "cp313-cp313-manylinux_2_28_x86_64" in refuse(checkout, "user")
    assert "no wheel, only sources" in refuse(checkout, "sources")
    assert "no package 'nowhere'" in refuse(checkout, "nowhere")
    assert "no version of user satisfies >=7; pip's indexes have 1.0" in refuse(checkout, "user>=7")
    file = next(wheels(checkout).glob("native*"))
    assert "is for cp313-cp313-manylinux_2_28_x86_64" in refuse(checkout, str(file))


def test_conflict_with_a_conda_package(checkout: Checkout) -> None:
    make_wheel(wheels(checkout), "user", requires=("conda_dist<2",))
    make_wheel(wheels(checkout), "conda_dist", "1.0")
    index(checkout)
    for requirement in ("user", "conda-dist==1.0"):
        said = refuse(checkout, requirement, conda=("python", "conda-made"))
        assert "conda packages: conda-dist 2.0" in said, said


def test_wrong_hash(checkout: Checkout) -> None:
    file = make_wheel(wheels(checkout), "one")
    index(checkout, **{"one__1.0__py3__none__any": "0" * 64})
    said = refuse(checkout, "one")
    assert "0" * 64 in said and sha256_of(file) in said
    assert "0" * 64 in refuse(checkout, f"{file.as_uri()}#sha256={'0' * 64}")
    assert not list(checkout.cache.glob("wheels/0*"))


def test_a_damaged_file_in_the_cache_is_not_used(checkout: Checkout) -> None:
    make_wheel(wheels(checkout), "one")
    index(checkout)
    create(checkout, "one")
    (cached,) = checkout.cache.glob("wheels/*/one-*.whl")
    cached.write_bytes(b"damaged")
    assert "one" in packages(create(checkout, "one", prefix="env2"))


@pytest.mark.parametrize(
    ("requirement", "message", "code"),
    [
        ("-r requirements.txt", "option of pip", 1),
        ("not a requirement", "not a requirement", 1),
        ("gone/one-1.0-py3-none-any.whl", "there is no file", 1),
        ("one @ https://example.org/one-1.0.tar.gz", "not the address of a wheel", 1),
    ],
)
def test_bad_requirements(checkout: Checkout, requirement: str, message: str, code: int) -> None:
    said = refuse(checkout, requirement, code=code)
    assert message in said and "environment.yml" in said


def test_wheels_need_a_python(checkout: Checkout) -> None:
    assert "add python" in refuse(checkout, "one", conda=("emscripten-abi",))


def test_broken_wheel(checkout: Checkout) -> None:
    file = make_wheel(checkout.root / "mine", "one")
    file.write_bytes(file.read_bytes()[:200])
    assert "one" in refuse(checkout, "mine/one-1.0-py3-none-any.whl")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("../../../note", "`..`"),
        ("/tmp/wasmforge-note", "absolute"),
        ("bad/../../../../note", "`..`"),
        ("..\\note", "backslash"),
        ("C:/note", "drive"),
        ("bad-1.0.data/scripts/../../note", "`..`"),
        ("bad-1.0.data/data/../note", "`..`"),
        ("bad-1.0.data/data/conda-meta/other-1-0.json", "conda-meta"),
        ("bad-1.0.data/data/Conda-Meta/other-1-0.json", "conda-meta"),
    ],
)
def test_a_wheel_whose_paths_lead_out(checkout: Checkout, path: str, reason: str) -> None:
    make_wheel(wheels(checkout), "bad", files={path: b"evil"})
    index(checkout)
    said = refuse(checkout, "bad")
    assert "bad-1.0-py3-none-any.whl" in said and reason in said
    assert not list(checkout.root.parent.rglob("note")) and not Path("/tmp/wasmforge-note").exists()


@pytest.mark.parametrize("name", ["../../note", "/tmp/wasmforge-note", "a/b", "..", "a\\b"])
def test_a_wheel_whose_scripts_lead_out(checkout: Checkout, name: str) -> None:
    points = f"[console_scripts]\n{name} = bad:main\n".encode()
    make_wheel(wheels(checkout), "bad", files={"bad-1.0.dist-info/entry_points.txt": points})
    index(checkout)
    said = refuse(checkout, "bad")
    assert "bad-1.0-py3-none-any.whl" in said and repr(name) in said and "script" in said
    assert not list(checkout.root.parent.rglob("note")) and not Path("/tmp/wasmforge-note").exists()


def test_a_wheel_with_a_link(checkout: Checkout) -> None:
    file = make_wheel(wheels(checkout), "bad")
    with zipfile.ZipFile(file, "a") as archive:
        link = zipfile.ZipInfo("bad/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    index(checkout)
    assert "'bad/link': it is a symbolic link" in refuse(checkout, "bad")


def test_a_wheel_through_a_link_of_the_prefix(checkout: Checkout) -> None:
    make_wheel(wheels(checkout), "plain")
    index(checkout)
    prefix = create(checkout)
    outside = checkout.root / "outside"
    outside.mkdir()
    (prefix / SITE).rmdir() if (prefix / SITE).is_dir() else (prefix / SITE).parent.mkdir(parents=True, exist_ok=True)
    (prefix / SITE).symlink_to(outside)
    said = refused(checkout.run("create", "-p", "env", "-f", environment(checkout, "plain")))
    assert "plain-1.0-py3-none-any.whl" in said and "leads out" in said
    assert not list(outside.iterdir())


def test_environments_without_wheels_import_nothing_for_them(checkout: Checkout) -> None:
    code = """
import sys
from wasmforge.environment.create import create_environment
from wasmforge.common.layout import find_layout
from wasmforge.common.progress import Reporter
from pathlib import Path
create_environment(find_layout(), Path("env"), ["python"], [], [], Reporter())
import os
print([name for name in sys.modules if name.split(".")[0] in ("installer", "pip", "packaging")], flush=True)
os._exit(0)
"""
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, env=checkout.environment, cwd=checkout.root, capture_output=True, text=True)
    assert result.stdout == "[]\n", result.stderr


def lock(checkout: Checkout, *arguments: str, out: str = "env.lock") -> Path:
    done(checkout.run("lock", "-o", out, *arguments))
    return checkout.root / out


def test_lock(checkout: Checkout, tmp_path: Path) -> None:
    """Prefixes from one lock are alike, are as create makes them, and come about without an index's newest."""
    make_wheel(wheels(checkout), "one", requires=("two[x]",))
    make_wheel(wheels(checkout), "two", requires=('three; extra == "x"',), metadata="Provides-Extra: x\n")
    make_wheel(wheels(checkout), "three")
    make_wheel(checkout.root / "mine", "local")
    index(checkout)
    requirements = ("one", "mine/local-1.0-py3-none-any.whl")
    prefix = create(checkout, *requirements, conda=("python", "conda-made"))
    path = lock(checkout, "-f", environment(checkout, *requirements, conda=("python", "conda-made")))
    assert yaml.safe_load(path.read_text())["version"] == 7
    assert str(tmp_path) not in path.read_text()
    solved = tree(prefix)
    assert {"two", "three", "conda-made"} <= set(packages(prefix))
    make_wheel(wheels(checkout), "two", "2.0")
    index(checkout)
    shutil.rmtree(prefix)
    for _ in range(2):
        done(checkout.run("create", "-p", "env", "--lock", str(path)))
        assert tree(prefix) == solved
        shutil.rmtree(prefix)


def test_lock_in_another_checkout(checkout: Checkout, tmp_path: Path) -> None:
    """With a cache of its own; wheels are found in its index by name and sha256."""
    make_wheel(wheels(checkout), "one")
    index(checkout)
    path = lock(checkout, "-f", environment(checkout, "one"))
    other = Checkout(*(tmp_path / "elsewhere" / name for name in ("root", "cache", "work", "mirror")))
    (tmp_path / "elsewhere").mkdir()
    shutil.move(checkout.root, other.root)
    (other.root / "deep").mkdir()
    shutil.move(other.root / path.name, other.root / "deep" / "env.lock")
    done(other.run("create", "-p", "env", "--lock", "deep/env.lock"))
    assert {"one", "python", "emscripten-abi"} == set(packages(other.root / "env"))


def test_lock_without_the_default_channel(checkout: Checkout) -> None:
    """It is asked for only where a package is nowhere else."""
    path = lock(checkout, "python")
    checkout.channel.rename(checkout.root / "moved")
    done(checkout.run("create", "-p", "env", "--lock", str(path), "-c", "moved"))
    said = refused(checkout.run("create", "-p", "other", "--lock", str(path)))
    assert "is gone: it is not in" in said and str(checkout.channel) in said


def test_locked_packages_that_are_gone_or_differ(checkout: Checkout, tmp_path: Path) -> None:
    file = make_wheel(checkout.root / "mine", "local")
    path = lock(checkout, "-f", environment(checkout, str(file), conda=("python", "conda-made")))
    package = next(checkout.channel.glob("*/conda-made-*.conda"))
    data = package.read_bytes()

    def refusal(*more: str) -> str:
        said = refused(checkout.run("create", "-p", "env", "--lock", str(path), *more))
        assert not (checkout.root / "env").exists()
        return said

    package.unlink()
    assert package.name in (said := refusal()) and "gone" in said
    package.write_bytes(data + b"x")
    assert package.name in (said := refusal()) and "the lock says" in said
    package.write_bytes(data)
    shutil.rmtree(checkout.cache / "wheels")
    make_wheel(checkout.root / "mine", "local", files={"new.py": b""})
    assert file.name in (said := refusal()) and "expected" in said
    file.unlink()
    assert file.name in (said := refusal()) and "gone" in said


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("emscripten-wasm32", "linux-64", "is for linux-64, not for emscripten-wasm32"),
        ("version: 7", "version: 99", "99"),
        ("packages:\n-", "packages: [\n-", "not a lock file"),
        ("  sha256: ", "  sha257: ", "sha25"),
    ],
)
def test_broken_locks(checkout: Checkout, old: str, new: str, message: str) -> None:
    path = lock(checkout, "python")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    said = refused(checkout.run("create", "-p", "env", "--lock", str(path)))
    assert message in said and str(path) in said
    assert not (checkout.root / "env").exists()


def test_a_lock_that_cannot_be_made_leaves_the_old_one(checkout: Checkout) -> None:
    path = lock(checkout, "python")
    before = path.read_bytes()
    refused(checkout.run("lock", "-o", str(path), "nothing-like-it"))
    assert path.read_bytes() == before
    assert "no folder" in refused(checkout.run("lock", "-o", "no/such/env.lock", "python"))


def test_lock_usage(checkout: Checkout) -> None:
    path = lock(checkout, "python")
    refused(checkout.run("create", "-p", "env", "--lock", str(path), "python"), code=2)
    refused(checkout.run("lock", "python"), code=2)
    refused(checkout.run("lock", "-o", "env.lock"), code=2)
    assert "no lock file" in refused(checkout.run("create", "-p", "env", "--lock", "none.lock"))


def test_records_name_no_place_of_this_machine(checkout: Checkout, tmp_path: Path) -> None:
    make_wheel(wheels(checkout), "one")
    index(checkout)
    prefix = create(checkout, "one")
    record = json.loads((prefix / "conda-meta/one-1.0-pypi_0.json").read_text())
    assert str(tmp_path) not in json.dumps(record)
    assert record["url"] == "pkg:pypi/one@1.0" and record["channel"] == "pypi"
