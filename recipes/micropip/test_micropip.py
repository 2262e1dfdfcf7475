"""A wheel made here is installed with what it requires, seen, used and removed; one for another platform is refused."""

import asyncio
import site
import sys
import tempfile
import zipfile
from pathlib import Path

import micropip


def wheel(folder: Path, name: str, *requires: str, tag: str = "py3-none-any") -> str:
    """Writes a wheel with one module, which says its name; returns its address."""
    path = folder / f"{name}-1.0-{tag}.whl"
    metadata = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {one}" for one in requires)]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", f"name = {name!r}\n")
        archive.writestr(f"{name}-1.0.dist-info/METADATA", "\n".join(metadata) + "\n")
        archive.writestr(f"{name}-1.0.dist-info/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{name}-1.0.dist-info/RECORD", f"{name}.py,,\n")
    return path.as_uri()


async def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        # Tests may not write into the environment, which micropip installs into.
        site.PREFIXES = [temporary]
        sys.path += site.getsitepackages()
        needed = wheel(folder, "micropip_needed")
        await micropip.install(wheel(folder, "micropip_sample", f"micropip_needed @ {needed}"))
        import micropip_needed
        import micropip_sample

        assert (micropip_sample.name, micropip_needed.name) == ("micropip_sample", "micropip_needed")
        assert micropip.list()["micropip_sample"].version == "1.0"
        micropip.uninstall(["micropip_sample", "micropip_needed"])
        assert "micropip_sample" not in micropip.list() and not Path(micropip_sample.__file__).exists()
        for broken in (wheel(folder, "micropip_other", tag="cp313-cp313-win_amd64"), (folder / "gone-1-py3-none-any.whl").as_uri()):
            try:
                await micropip.install(broken)
            except (ValueError, OSError):
                pass
            else:
                raise AssertionError(f"{broken} was installed")


asyncio.run(main())
