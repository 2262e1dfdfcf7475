"""A small checkout of toy recipes, built by the real driver with real rattler-build.

The toys need no compiler: their build scripts are a few lines of shell.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass
class Checkout:
    """A checkout with its own cache and mirror, and the command line to use it."""

    root: Path
    cache: Path
    work: Path
    mirror: Path

    @property
    def folders(self) -> tuple[Path, ...]:
        return self.root, self.cache, self.work, self.mirror

    @property
    def channel(self) -> Path:
        return self.root / "emscripten-forge" / "channel"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "WASMFORGE_ROOT": str(self.root),
            "WASMFORGE_CACHE": str(self.cache),
            "WASMFORGE_MIRROR": str(self.mirror),
            "WASMFORGE_WORK": str(self.work),
            "PYTHONPATH": str(REPOSITORY / "scripts"),
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "wasmforge", *arguments]

    def run(self, *arguments: str, variables: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env={**self.environment, **(variables or {})},
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment,
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def build(self, *arguments: str) -> str:
        """Builds, which must succeed; returns what was said."""
        result = self.run("build", *arguments)
        assert result.returncode == 0, result.stderr
        return result.stdout + result.stderr

    def recipe(self, name: str, text: str, script: str | None = None, folder: str = "recipes") -> Path:
        path = self.root / folder / name
        path.mkdir(parents=True, exist_ok=True)
        (path / "recipe.yaml").write_text(text)
        if script is not None:
            (path / "build.sh").write_text(script)
        return path

    def toy(
        self,
        name: str,
        *,
        script: str | None = None,
        host: tuple[str, ...] = (),
        build: tuple[str, ...] = (),
        run: tuple[str, ...] = (),
        test: str = "",
        test_build: tuple[str, ...] = (),
        sha256: str = "",
        noarch: bool = True,
        version: str = "1.0",
        folder: str = "recipes",
    ) -> Path:
        """A package that holds share/NAME/where, and needs what is named."""
        lines = ["package:", f"  name: {name}", f'  version: "{version}"']
        if sha256:
            lines += ["source:", f"  url: ${{{{ source_store }}}}/{name}.txt", f"  sha256: {sha256}"]
        lines += ["build:", "  number: 0", "  script: build.sh", *(["  noarch: generic"] if noarch else [])]
        sections = {"build": build, "host": host, "run": run}
        if any(sections.values()):
            lines.append("requirements:")
            for section, names in sections.items():
                if names:
                    lines += [f"  {section}:", *(f"    - {entry}" for entry in names)]
        if test:
            lines += ["tests:", "  - script:", f"      - {test}"]
            lines += ["    requirements:", "      build:", *(f"        - {entry}" for entry in test_build)] * bool(
                test_build
            )
        lines += ["about:", "  license: MIT", f"  summary: The toy {name}", ""]
        default = f'mkdir -p "$PREFIX/share/{name}"\necho "$PREFIX" > "$PREFIX/share/{name}/where"\n'
        return self.recipe(name, "\n".join(lines), default if script is None else script, folder)

    def source(self, name: str, content: bytes) -> str:
        """Puts a file into the mirror; returns its sha256."""
        (self.mirror / name).write_bytes(content)
        return hashlib.sha256(content).hexdigest()

    def packages(self) -> dict[str, str]:
        """The sha256 of each package in the checkout's channel."""
        files = sorted(self.channel.glob("*/*.conda"))
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def make_checkout(folder: Path) -> Checkout:
    """An empty checkout below a folder, with the pins of the real one."""
    checkout = Checkout(folder / "checkout", folder / "cache", folder / "work", folder / "mirror")
    for part in (checkout.root / "recipes", checkout.cache, checkout.work, checkout.mirror):
        part.mkdir(parents=True)
    pins = "conda_build_config.yaml"
    (checkout.root / pins).write_text((REPOSITORY / pins).read_text())
    return checkout
