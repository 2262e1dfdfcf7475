"""Copies to a bundle's root what packages bring for it: pages, and the files that these need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set
from pathlib import Path, PurePosixPath

from wasmforge.bundle.prefix import InstalledPackage
from wasmforge.common.errors import WasmforgeError
from wasmforge.common.inside import folded

WWW = PurePosixPath("share/wasmforge/www")
PACKAGES = "packages"
_COMPRESSED = (".br", ".gz")


def copy_www(
    packages: Iterable[InstalledPackage], folder: Path, later: Collection[str], compress: Collection[str]
) -> None:
    """Copy the files below WWW into a bundle's folder, which has the bundle's own files.

    later: the own files that it will have besides; compress: extensions of the files that are also written compressed.
    Raises WasmforgeError for a file in the place of an own or a compressed one, before anything is copied.
    """
    files = {
        PurePosixPath(file.path).relative_to(WWW): (file, package)
        for package in packages
        for file in package.files
        if PurePosixPath(file.path).is_relative_to(WWW)
    }
    own = {folded(path.relative_to(folder).as_posix()) for path in folder.rglob("*") if path.is_file()}
    own |= set(map(folded, later))
    doubled = {folded(str(path)) for path in files if path.suffix in compress}
    for path, (_, package) in files.items():
        if _clashes(folded(str(path)), own, doubled):
            raise WasmforgeError(
                f"{WWW / path} of the package {package.label} cannot be in a bundle: "
                f"{path} is the place of a file that the bundle writes itself; give it another name"
            )
    for path, (file, package) in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            data = file.read()
        except OSError as error:  # a link, whose target nothing has checked
            raise file.refusal(package.label, f"cannot be read ({error.strerror})") from error
        target.write_bytes(data)


def _clashes(path: str, own: Set[str], doubled: Set[str]) -> bool:
    """own: places of files. doubled: those of files that are also written compressed. All in one case."""
    plain = next((path.removesuffix(end) for end in _COMPRESSED if path.endswith(end)), path)
    places = {path, plain, *map(str, PurePosixPath(path).parents)}
    return PACKAGES in places or not own.isdisjoint(places) or (plain != path and plain in doubled)
