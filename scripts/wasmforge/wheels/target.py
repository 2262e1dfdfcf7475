"""The Python and the platform of an environment, which its wheels must fit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from packaging.tags import Tag, compatible_tags, cpython_tags
from rattler import RepoDataRecord

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.markers import Markers, target_markers


@dataclass(frozen=True)
class Target:
    """A CPython for WebAssembly.

    python: its version. emscripten: that of the ABI its modules are compiled for; empty if no
    package says, and then no compiled wheel fits.
    """

    python: str
    emscripten: str = ""

    @classmethod
    def of(cls, records: Iterable[RepoDataRecord]) -> Target:
        """Raises WasmforgeError for packages without a Python."""
        versions = {record.name.normalized: str(record.version) for record in records}
        if "python" not in versions:
            raise WasmforgeError("wheels need a Python to go with: add python to the conda packages (`dependencies:`)")
        return cls(versions["python"], versions.get("emscripten-abi", ""))

    @property
    def minor(self) -> str:
        return ".".join(self.python.split(".")[:2])

    @property
    def site_packages(self) -> str:
        """Relative to the prefix."""
        return f"lib/python{self.minor}/site-packages"

    @property
    def abi(self) -> str:
        return "cp" + self.minor.replace(".", "")

    @property
    def platform(self) -> str:
        """The platform tag of compiled wheels: what sysconfig.get_platform() says there, as a tag."""
        return f"emscripten_{self.emscripten.replace('.', '_')}_wasm32" if self.emscripten else "any"

    @cached_property
    def tags(self) -> frozenset[Tag]:
        major, minor = (int(part) for part in self.minor.split("."))
        compiled = cpython_tags((major, minor), [self.abi], [self.platform])
        return frozenset([*compiled, *compatible_tags((major, minor), self.abi, [self.platform])])

    @cached_property
    def markers(self) -> Markers:
        """The values of environment markers (PEP 508) there."""
        return target_markers(self.python, self.emscripten)

    def __str__(self) -> str:
        compiled = f" or {self.abi}-{self.abi}-{self.platform}" if self.emscripten else ""
        return f"py3-none-any{compiled}"
