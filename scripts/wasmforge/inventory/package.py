"""The entries of an inventory. A text that is not known is empty."""

from __future__ import annotations

from dataclasses import dataclass, fields

from packageurl import PackageURL


@dataclass(frozen=True, order=True)
class Distribution:
    """A Python distribution, by its metadata. name: normalised."""

    name: str
    version: str
    licence: str = ""

    def __post_init__(self) -> None:
        _check(self)

    @property
    def purl(self) -> PackageURL:
        return PackageURL("pypi", name=self.name, version=self.version)


@dataclass(frozen=True)
class Package:
    """A conda package or a wheel. Raises TypeError and ValueError, as Distribution does, for other values.

    kind: conda or pypi, as in package URLs. source: where it is developed. url: where it came from.
    distributions: those in it; of a wheel, those beside its own.
    """

    kind: str
    name: str
    version: str
    build: str = ""
    subdir: str = ""
    sha256: str = ""
    licence: str = ""
    homepage: str = ""
    source: str = ""
    url: str = ""
    distributions: tuple[Distribution, ...] = ()

    def __post_init__(self) -> None:
        _check(self)
        if self.kind not in ("conda", "pypi"):
            raise ValueError(f"{self.name} is of the kind {self.kind!r}")

    @property
    def purl(self) -> PackageURL:
        qualifiers = {"build": self.build, "subdir": self.subdir} if self.kind == "conda" else {}
        return PackageURL(self.kind, name=self.name, version=self.version, qualifiers=qualifiers)

    @property
    def python_distributions(self) -> tuple[Distribution, ...]:
        """All that the package holds, a wheel's own included."""
        own = (Distribution(self.name, self.version, self.licence),) if self.kind == "pypi" else ()
        return own + self.distributions


def _check(entry: Distribution | Package) -> None:
    for field in fields(entry):
        if field.name != "distributions" and not isinstance(getattr(entry, field.name), str):
            raise TypeError(f"{field.name} is no text")
    if not entry.name or not entry.version:
        raise ValueError(f"{entry.name or 'a package'} has no name or no version")
