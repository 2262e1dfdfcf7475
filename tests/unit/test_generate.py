"""`wasmforge recipe`: from what a package says of itself to a recipe that renders."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet
from pip._internal.models.index import PyPI

from checkouts import Checkout
from wasmforge.common.errors import RecipeError, SourceError, UsageError
from wasmforge.common.layout import Layout
from wasmforge.recipe.generate import choose, generate
from wasmforge.recipe.recipes import load_recipes
from wasmforge.sources.pip_client import IndexFile

ARCHIVES = """# A comment that stays.
pip-1.whl: {pip: pip==1}

# Libraries.
zebra-1.tar.gz: {pip: zebra==1}

# What only tests need.
pytest-1.whl: {pip: pytest==1}
"""


class Index:
    """A package index in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, project: str, name: str, content: bytes, attributes: str = "") -> str:
        page = self.folder / project / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        (page.parent / name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        with page.open("a") as file:
            file.write(f'<a href="{name}#sha256={digest}" {attributes}>{name}</a>\n')
        return digest

    def wheel(self, project: str, name: str, *metadata: str, files: tuple[str, ...] = (), attributes: str = "") -> str:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            stem = "-".join(name.split("-")[:2])
            lines = ["Metadata-Version: 2.4", f"Name: {project}", f"Version: {name.split('-')[1]}", *metadata]
            archive.writestr(f"{stem}.dist-info/METADATA", "\n".join(lines) + "\n\nThe description\n")
            for file in files:
                archive.writestr(file, "")
        return self.add(project, name, out.getvalue(), attributes)

    def sdist(self, project: str, name: str, pyproject: str, *metadata: str, files: tuple[str, ...] = ()) -> str:
        out = io.BytesIO()
        root = name.removesuffix(".tar.gz")
        contents = dict.fromkeys(files, "") | {
            "PKG-INFO": "\n".join(["Metadata-Version: 2.1", f"Name: {project}", "Version: 1", *metadata, "", ""])
        }
        if pyproject:
            contents["pyproject.toml"] = pyproject
        with tarfile.open(fileobj=out, mode="w:gz") as archive:
            for file, text in contents.items():
                info = tarfile.TarInfo(f"{root}/{file}")
                info.size = len(text.encode())
                archive.addfile(info, io.BytesIO(text.encode()))
        return self.add(project, name, out.getvalue())


@pytest.fixture
def index(tmp_path: Path, set_up_pip: Callable[..., None]) -> Index:
    made = Index(tmp_path / "index")
    made.folder.mkdir()
    set_up_pip(index_url=made.folder.as_uri())
    return made


@pytest.fixture
def layout(checkout: Checkout) -> Layout:
    layout = Layout(root=checkout.root, cache=checkout.cache, work=checkout.work)
    layout.archives.write_text(ARCHIVES)
    return layout


def recipe(layout: Layout, name: str) -> dict:
    """What the recipe that was written says; it must render, once what it names is there."""
    return yaml.safe_load((layout.root / "recipes" / name / "recipe.yaml").read_text())


def test_pure_wheel(index: Index, layout: Layout) -> None:
    digest = index.wheel(
        "blue-sky",
        "blue_sky-1.2-py3-none-any.whl",
        "Summary: Skies: blue ones.",
        "License: MIT License",
        "Classifier: License :: OSI Approved :: MIT License",
        f"Project-URL: Homepage, {PyPI.url}project/blue-sky",
        "Project-URL: Source, https://example.org/blue-sky",
        "Requires-Dist: Green_Grass[wet]>=1.0,<3,!=2.1",
        "Requires-Dist: tzdata; sys_platform == 'emscripten'",
        "Requires-Dist: pywin32; sys_platform == 'win32'",
        "Requires-Dist: backport; python_version < '3.11'",
        "Requires-Dist: pytest; extra == 'test'",
        "Requires-Dist: exact==1.*",
        files=("blue_sky/__init__.py", "blue_sky/tests/__init__.py", "_helper.py", "sky.py"),
    )
    folder, missing = generate(layout, "Blue.Sky")
    assert folder == layout.root / "recipes/blue-sky"
    assert missing == ["wasm-wheel-install", "python", "exact", "green-grass", "tzdata"]
    written = recipe(layout, "blue-sky")
    assert written["source"] == [
        {"url": "${{ source_store }}/blue_sky-${{ version }}-py3-none-any.whl", "sha256": digest}
    ]
    assert written["build"] == {"number": 0, "noarch": "python", "script": "wasm-wheel-install"}
    assert written["requirements"] == {
        "build": ["wasm-wheel-install"],
        "host": ["python"],
        "run": ["python", "exact =1", "green-grass >=1.0,<3,!=2.1", "tzdata"],
    }
    assert written["about"] == {
        "homepage": "https://example.org/blue-sky",
        "license": "MIT",
        "license_file": ["wheel/*.dist-info/licenses/**"],
        "repository": "https://example.org/blue-sky",
        "summary": "Skies: blue ones",
    }
    assert written["extra"] == {
        "recipe-maintainers": ["wasmforge"],
        "upstream": [{"url": "https://example.org/blue-sky"}],
    }
    test = (folder / "test_blue_sky.py").read_text()
    assert "import blue_sky\nimport sky\n" in test and "_helper" not in test
    compile(test, "test", "exec")
    assert not load_recipes(layout).broken


def test_archives_keep_comments_and_order(index: Index, layout: Layout) -> None:
    index.wheel("alpha", "alpha-1-py3-none-any.whl")
    generate(layout, "alpha")
    assert layout.archives.read_text() == ARCHIVES.replace(
        "zebra==1}\n", "zebra==1}\nalpha-1-py3-none-any.whl: {pip: alpha==1}\n"
    )


def test_meson_python(index: Index, layout: Layout) -> None:
    index.sdist(
        "fast",
        "fast-1.tar.gz",
        '[build-system]\nbuild-backend = "mesonpy"\nrequires = ["meson-python", "Cython>=3", "numpy>=2", "wheel"]\n',
        "License-Expression: BSD-3-Clause",
        "Requires-Dist: numpy>=1.26",
        files=("fast/__init__.py", "fast/_core.pyx", "fast/table.cpp", "fast/tests/__init__.py", "setup.py"),
    )
    index.wheel("fast", "fast-1-cp313-cp313-manylinux_2_17_x86_64.whl")
    folder, _ = generate(layout, "fast")
    written = recipe(layout, "fast")
    assert written["requirements"] == {
        "build": [
            "${{ compiler('c') }}",
            "${{ compiler('cxx') }}",
            "cross-python_emscripten-wasm32",
            "cython",
            "meson-python",
            "ninja",
            "nodejs",
            "numpy",
            "pkgconf",
        ],
        "host": ["python", "numpy"],
        "run": ["python"],
    }
    assert written["build"] == {"number": 0, "script": "wasm-pip-install"}
    assert "import fast\n" in (folder / "test_fast.py").read_text()
    assert not load_recipes(layout).broken


@pytest.mark.parametrize(
    ("pyproject", "tools"),
    [
        ("", ["setuptools"]),
        (
            '[build-system]\nrequires = ["setuptools>=61", "wheel"]\nbuild-backend = "setuptools.build_meta"',
            ["setuptools"],
        ),
        (
            '[build-system]\nrequires = ["scikit-build-core", "pybind11"]\nbuild-backend = "scikit_build_core.build"',
            ["cmake", "ninja", "nodejs", "pybind11", "scikit-build-core"],
        ),
        (
            '[build-system]\nrequires = ["setuptools", "cython; python_version < \'3.13\'", "ply"]\n'
            'build-backend = "_own"\nbackend-path = ["packaging"]',
            ["ply", "setuptools"],
        ),
    ],
)
def test_backends(index: Index, layout: Layout, pyproject: str, tools: list[str]) -> None:
    index.sdist("fast", "fast-1.tar.gz", pyproject, files=("src/fast/__init__.py", "src/fast/speed.c"))
    generate(layout, "fast")
    build = recipe(layout, "fast")["requirements"]["build"]
    assert build == ["${{ compiler('c') }}", "cross-python_emscripten-wasm32", *tools]


def test_sources_without_compiled_parts_are_noarch(index: Index, layout: Layout) -> None:
    index.sdist("slow", "slow-1.tar.gz", "", files=("slow/__init__.py", "tests/data.c"))
    generate(layout, "slow")
    assert recipe(layout, "slow")["build"] == {"number": 0, "noarch": "python", "script": "wasm-pip-install"}


def test_rust_is_said_to_be_missing(index: Index, layout: Layout) -> None:
    pyproject = '[build-system]\nrequires = ["maturin>=1"]\nbuild-backend = "maturin"'
    index.sdist("rusty", "rusty-1.tar.gz", pyproject, files=("src/lib.rs",))
    with pytest.raises(RecipeError, match="maturin"):
        generate(layout, "rusty")
    assert not (layout.root / "recipes/rusty").exists() and layout.archives.read_text() == ARCHIVES


def files(*names: str, **others: object) -> list[IndexFile]:
    return [IndexFile(name, f"https://files/{name}", "", **others) for name in names]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "listed", "expected"),
    [
        ("", files("a-1.9.tar.gz", "a-1.10.tar.gz"), "a-1.10.tar.gz"),
        ("", files("a-1-py3-none-any.whl", "a-1.tar.gz"), "a-1-py3-none-any.whl"),
        ("", files("a-1-py2.py3-none-any.whl", "a-2.tar.gz"), "a-2.tar.gz"),
        ("", files("a-1.tar.gz", "a-2rc1.tar.gz"), "a-1.tar.gz"),
        ("", files("a-2rc1.tar.gz"), "a-2rc1.tar.gz"),
        ("<2", files("a-1.tar.gz", "a-2.tar.gz"), "a-1.tar.gz"),
        ("", [*files("a-1.tar.gz"), *files("a-2.tar.gz", yanked=True)], "a-1.tar.gz"),
        ("", [*files("a-1.tar.gz"), *files("a-2.tar.gz", requires_python=">=3.14")], "a-1.tar.gz"),
        ("", files("a-1.tar.gz", "a-docs-9.tar.gz", "a-9.exe", "nonsense.whl"), "a-1.tar.gz"),
        ("", files("a-1.tar.gz", "a-2-cp313-cp313-win_amd64.whl"), "a-1.tar.gz"),
    ],
)
def test_the_file_that_is_taken(wanted: str, listed: list[IndexFile], expected: str) -> None:
    assert choose("a", SpecifierSet(wanted), listed, "3.13").file.name == expected


def test_what_cannot_be_had(index: Index, layout: Layout, checkout: Checkout) -> None:
    index.wheel("windows", "windows-1-cp313-cp313-win_amd64.whl")
    with pytest.raises(RecipeError, match="only wheels of other platforms"):
        generate(layout, "windows")
    with pytest.raises(UsageError, match="no package 'nowhere'"):
        generate(layout, "nowhere")
    with pytest.raises(UsageError, match="not the name"):
        generate(layout, "a b")
    index.wheel("alpha", "alpha-1-py3-none-any.whl")
    with pytest.raises(UsageError, match="no release of alpha fits >=2"):
        generate(layout, "alpha>=2")
    checkout.toy("alpha")
    with pytest.raises(UsageError, match="there is a recipe for alpha: recipes/alpha"):
        generate(layout, "Alpha")


def test_a_damaged_file_leaves_nothing(index: Index, layout: Layout) -> None:
    index.wheel("alpha", "alpha-1-py3-none-any.whl")
    (index.folder / "alpha" / "alpha-1-py3-none-any.whl").write_bytes(b"cut")
    with pytest.raises(SourceError, match="wrong hash"):
        generate(layout, "alpha")
    index.add("beta", "beta-1-py3-none-any.whl", b"no zip")
    with pytest.raises(SourceError, match="cannot be read as a wheel"):
        generate(layout, "beta")
    assert not list((layout.root / "recipes").glob("*/")) and layout.archives.read_text() == ARCHIVES


def test_an_index_that_does_not_answer(layout: Layout, set_up_pip: Callable[..., None]) -> None:
    set_up_pip(index_url="http://127.0.0.1:9")
    with pytest.raises(SourceError, match="package alpha"):
        generate(layout, "alpha")


def test_the_command_says_what_is_missing(checkout: Checkout) -> None:
    result = checkout.run("recipe")
    assert result.returncode == 2
    result = checkout.run("recipe", "a b")
    assert result.returncode == 2 and "not the name of a package" in result.stderr
