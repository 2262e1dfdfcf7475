"""sbom and audit: what a bill of materials says of packages and wheels, and which versions a dump calls vulnerable."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from checkouts import REPOSITORY
from packages import make_package
from test_bundle import with_python
from wasmforge.bundle.bundle import bundle
from wasmforge.bundle.compression import Compression
from wasmforge.bundle.rules import Options
from wasmforge.common.errors import WasmforgeError
from wasmforge.inventory.inventory import read_inventory
from wasmforge.inventory.osv import find_vulnerable, is_affected
from wasmforge.inventory.sbom import cyclonedx

SITE = "lib/python3.13/site-packages"
SECRET = "file:///home/me/channel/noarch/"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "wasmforge", *map(str, arguments)]
    return subprocess.run(
        command, env={"PYTHONPATH": str(REPOSITORY / "scripts"), "HOME": "/nowhere"}, capture_output=True, text=True
    )


def install(prefix: Path, name: str, metadata: dict[str, str] | None = None, **record: Any) -> Path:
    """Puts a package with METADATA files, by dist-info, into a prefix; returns its record."""
    paths = []
    for folder, text in (metadata or {}).items():
        path = f"{SITE}/{folder}"
        path += "/PKG-INFO" if folder.endswith(".egg-info") else "/METADATA"
        (prefix / path).parent.mkdir(parents=True)
        (prefix / path).write_text(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        paths.append({"_path": path, "path_type": "hardlink", "sha256": digest, "sha256_in_prefix": digest})
    data = {"name": name, "version": "1.0", "build": "h0_0", "subdir": "emscripten-wasm32", "depends": []}
    data |= {"paths_data": {"paths_version": 1, "paths": paths}, **record}
    file = prefix / "conda-meta" / f"{name}-{data['version']}-{data['build']}.json"
    file.write_text(json.dumps(data))
    return file


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """A Python, a conda package that holds two distributions, one without, and a wheel."""
    path = with_python(tmp_path / "prefix").path
    about = tmp_path / "unpacked/info/about.json"
    about.parent.mkdir(parents=True)
    about.write_text(json.dumps({"home": "https://two.example/", "dev_url": "https://two.example/src"}))
    install(
        path,
        "two",
        {
            "Big_Two-2.0.dist-info": "Metadata-Version: 2.4\nName: Big_Two\nVersion: 2.0\nLicense-Expression: MIT\n",
            "two/_vendor/small-0.5.dist-info": "Name: small\nVersion: 0.5\nLicense: Apache 2\n",
            "old.egg-info": "Name: old\nVersion: 3\nClassifier: License :: OSI Approved :: BSD License\n",
        },
        license="MIT AND Zlib",
        sha256="a" * 64,
        url="https://me:secret@channel.example/t/secret/noarch/two-1.0-h0_0.conda?key=secret",
        extracted_package_dir=str(about.parents[1]),
    )
    package = make_package(tmp_path / "local-1.0-h0_0.conda", {})
    install(path, "local", url=package.as_uri(), channel=SECRET, extracted_package_dir=str(tmp_path / "gone"))
    install(
        path,
        "wheel",
        {"wheel-7.1.dist-info": "Name: wheel\nVersion: 7.1\nLicense: BSD\nHome-page: https://wheel.example\n"},
        version="7.1",
        build="pypi_0",
        channel="pypi",
        sha256="b" * 64,
        url="pkg:pypi/wheel@7.1",
    )
    return path


def components(bom: str) -> dict[str, dict[str, Any]]:
    """The components of a bill of materials by package URL, those in others too."""
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bom) is None
    top = json.loads(bom)["components"]
    return {one["purl"]: one for outer in top for one in (outer, *outer.get("components", []))}


def addresses(component: dict[str, Any]) -> dict[str, str]:
    return {one["type"]: one["url"] for one in component.get("externalReferences", [])}


def test_packages_wheels_and_distributions(prefix: Path, tmp_path: Path) -> None:
    done = run("sbom", prefix)
    assert done.returncode == 0, done.stderr
    found = components(done.stdout)
    two = found["pkg:conda/two@1.0?build=h0_0&subdir=emscripten-wasm32"]
    assert two["hashes"] == [{"alg": "SHA-256", "content": "a" * 64}]
    assert two["licenses"] == [{"expression": "MIT AND Zlib"}]
    assert addresses(two) == {
        "website": "https://two.example/",
        "vcs": "https://two.example/src",
        "distribution": "https://channel.example/noarch/two-1.0-h0_0.conda",
    }
    inner = {one["purl"]: one["licenses"] for one in two["components"]}
    assert inner == {
        "pkg:pypi/big-two@2.0": [{"license": {"id": "MIT"}}],
        "pkg:pypi/small@0.5": [{"license": {"name": "Apache 2"}}],
        "pkg:pypi/old@3": [{"license": {"name": "BSD License"}}],
    }
    wheel = found["pkg:pypi/wheel@7.1"]
    assert "components" not in wheel and wheel["licenses"] == [{"license": {"name": "BSD"}}]
    assert addresses(wheel) == {"website": "https://wheel.example"}
    assert "pkg:conda/python@3.13.15?build=h0_0&subdir=emscripten-wasm32" in found
    assert "file:" not in done.stdout and "secret" not in done.stdout and str(tmp_path) not in done.stdout


def test_a_package_file_tells_where_its_unpacked_folder_is_gone(prefix: Path, tmp_path: Path) -> None:
    about = {"home": "https://homely.example/", "license": "ISC"}
    package = make_package(tmp_path / "homely-1.0-h0_0.conda", {}, about=about)
    install(prefix, "homely", url=package.as_uri(), extracted_package_dir=str(tmp_path / "gone"))
    [homely] = [one for one in read_inventory(prefix) if one.name == "homely"]
    assert (homely.homepage, homely.licence, homely.url) == ("https://homely.example/", "ISC", "")


@pytest.mark.parametrize("offline", [False, True])
def test_a_bundle_has_the_inventory_of_its_prefix(prefix: Path, tmp_path: Path, offline: bool) -> None:
    bundle(prefix, tmp_path / "out", options=Options(offline=offline), compression=Compression.NONE)
    assert read_inventory(tmp_path / "out") == read_inventory(prefix)
    assert components(cyclonedx(read_inventory(tmp_path / "out"))) == components(cyclonedx(read_inventory(prefix)))
    text = (tmp_path / "out/inventory.json").read_text()
    assert "file:" not in text and str(tmp_path) not in text
    assert not offline or "inventory.json" not in (tmp_path / "out/service-worker.js").read_text()


def test_output_file(prefix: Path, tmp_path: Path) -> None:
    assert run("sbom", prefix, "-o", tmp_path / "bom.json").stdout == ""
    before = (tmp_path / "bom.json").read_text()
    assert components(before)
    (prefix / "conda-meta/two-1.0-h0_0.json").write_text("{}")
    failed = run("sbom", prefix, "-o", tmp_path / "bom.json")
    assert failed.returncode == 1 and "two-1.0-h0_0.json" in failed.stderr
    assert (tmp_path / "bom.json").read_text() == before


def test_metadata_outside_the_prefix_is_not_read(prefix: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.dist-info").mkdir()
    (tmp_path / "secret.dist-info/METADATA").write_text("Name: secret\nVersion: 1\n")
    (prefix / "linked.dist-info").symlink_to(tmp_path / "secret.dist-info")
    (prefix / "own.dist-info").mkdir()
    (prefix / "own.dist-info/METADATA").symlink_to(tmp_path / "secret.dist-info/METADATA")
    paths = [
        f"{folder}.dist-info/METADATA" for folder in ("../secret", str(tmp_path / "secret"), "linked", "own", "no")
    ]
    install(prefix, "bad", paths_data={"paths_version": 1, "paths": [{"_path": path} for path in paths]})
    assert "secret" not in cyclonedx(read_inventory(prefix))


def record(**fields: object) -> str:
    return json.dumps({"name": "a", "version": "1", "build": "0", "paths_data": {"paths": []}, **fields})


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "neither an environment nor a bundle"),
        ({"manifest.json": "{}"}, "make the bundle anew"),
        ({"inventory.json": "{"}, "inventory.json"),
        ({"inventory.json": '{"format": 9, "packages": []}'}, "format 9"),
        (
            {
                "inventory.json": '{"format": 1, "packages": [{"kind": "pypi", "name": 1, "version": "1", "distributions": []}]}'
            },
            "name is no text",
        ),
        ({"inventory.json": '{"format": 1, "packages": [{"distributions": [1]}]}'}, "inventory.json"),
        ({"inventory.json": '{"format": 1, "packages": 1}'}, "inventory.json"),
        ({"inventory.json": "[" * 100000}, "inventory.json"),
        ({"conda-meta/a-1-0.json": "[]"}, "a-1-0.json"),
        ({"conda-meta/a-1-0.json": record(name="")}, "no name or no version"),
        ({"conda-meta/a-1-0.json": record(license=["MIT"])}, "licence is no text"),
        ({"conda-meta/a-1-0.json": record(url=3)}, "a-1-0.json"),
        ({"conda-meta/history": ""}, "no conda-meta/*.json"),
    ],
)
def test_other_folders_are_refused(tmp_path: Path, files: dict[str, str], says: str) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    with pytest.raises(WasmforgeError) as caught:
        read_inventory(tmp_path)
    assert says in str(caught.value)


def osv(name: str, *events: dict[str, str], **more: Any) -> dict[str, Any]:
    affected = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    return {"id": f"TEST-{name}", "affected": [affected], **more}


def dump(folder: Path, *records: dict[str, Any]) -> Path:
    folder.mkdir()
    for number, record in enumerate(records):
        (folder / f"{number}.json").write_text(json.dumps(record))
    return folder


def zipped(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    return path


RECORDS = (
    osv("Small", {"introduced": "0"}, {"fixed": "0.6"}, aliases=["CVE-2026-1"], summary="a \x1b[2J\nb"),
    osv("big.two", {"introduced": "0"}, {"fixed": "2.0"}),  # fixed in the version that is there
    osv("wheel", {"introduced": "7"}, {"last_affected": "7.1"}),
    osv("old", {"introduced": "0"}, withdrawn="2026-01-01T00:00:00Z"),
    osv("absent", {"introduced": "0"}),
)


def test_audit(prefix: Path, tmp_path: Path) -> None:
    folder = dump(tmp_path / "osv", *RECORDS)
    bundle(prefix, tmp_path / "out", compression=Compression.NONE)
    for listed in prefix, tmp_path / "out":
        for source in folder, zipped(folder):
            done = run("audit", listed, "--osv", source)
            assert done.returncode == 1, done.stderr
            assert done.stdout.splitlines() == [
                "small 0.5 in two: TEST-Small, CVE-2026-1 (fixed in 0.6): a [2J b",
                "wheel 7.1 in wheel: TEST-wheel (no fix is known):",
            ]
            assert done.stderr == ""


def test_audit_without_a_find(prefix: Path, tmp_path: Path) -> None:
    done = run("audit", prefix, "--osv", dump(tmp_path / "osv", RECORDS[1], RECORDS[4]))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "no known vulnerability in 4 Python distributions" in done.stderr


@pytest.mark.parametrize(
    ("version", "affected", "expected"),
    [
        ("1.0", {"versions": ["1.0.0"]}, True),
        ("1.0", {"versions": ["1.0.1", "no version"]}, False),
        ("1.0rc1", {"events": [{"introduced": "0"}, {"fixed": "1.0"}]}, True),
        ("1.0.post1", {"events": [{"introduced": "0"}, {"fixed": "1.0"}]}, False),
        ("0.dev1", {"events": [{"introduced": "0"}]}, True),
        ("1.10", {"events": [{"introduced": "1.2"}]}, True),
        ("1.0", {"events": [{"introduced": "1.2"}]}, False),
        ("1.1", {"events": [{"introduced": "0"}, {"last_affected": "1.0"}]}, False),
        ("2.5", {"events": [{"introduced": "0"}, {"fixed": "1"}, {"introduced": "2"}, {"fixed": "3"}]}, True),
        ("1.5", {"events": [{"fixed": "3"}, {"introduced": "2"}, {"fixed": "1"}, {"introduced": "0"}]}, False),
        ("3.5", {"events": [{"introduced": "0"}, {"limit": "3"}]}, False),
        ("1.0", {"events": [{"introduced": "0"}, {"fixed": "what?"}]}, True),
        ("what?", {"events": [{"introduced": "0"}, {"fixed": "1"}]}, True),
        ("what?", {"versions": ["what?"]}, True),
    ],
)
def test_versions(version: str, affected: dict[str, Any], expected: bool) -> None:
    events = affected.pop("events", None)
    ranges = [{"type": "ECOSYSTEM", "events": events}] if events else []
    git = {"type": "GIT", "events": [{"introduced": "0"}]}
    assert is_affected(version, {**affected, "ranges": [*ranges, git]}) is expected


def test_dumps_that_say_nothing_are_refused(prefix: Path, tmp_path: Path) -> None:
    packages = read_inventory(prefix)
    (tmp_path / "text").write_text("text")
    other = osv("small", {"introduced": "0"})
    other["affected"][0]["package"]["ecosystem"] = "npm"
    broken = dump(tmp_path / "broken")
    (broken / "x.json").write_text("<html>")
    for source, says in (
        (tmp_path / "no", "no"),
        (tmp_path / "text", "neither a folder nor a zip"),
        (dump(tmp_path / "empty"), "no OSV record"),
        (dump(tmp_path / "npm", other), "no OSV record"),
        (broken, "x.json"),
        (dump(tmp_path / "list", [1]), "0.json"),  # type: ignore[arg-type]
    ):
        with pytest.raises(WasmforgeError) as caught:
            find_vulnerable(packages, source)
        assert says in str(caught.value)
