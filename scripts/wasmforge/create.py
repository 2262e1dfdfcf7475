"""Environments for emscripten-wasm32: solved from channels, installed as conda prefixes."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml
from rattler import RepoDataRecord, Subdir, install

from wasmforge.errors import UsageError, WasmforgeError
from wasmforge.layout import TARGET_PLATFORM, Layout
from wasmforge.progress import Reporter
from wasmforge.solving import solve_environment


def create_environment(
    layout: Layout, prefix: Path, specs: list[str], files: list[Path], channels: list[str], reporter: Reporter
) -> None:
    """Solves for the specs and installs them into a prefix.

    A new prefix appears whole or not at all; one that exists is changed in
    place to what the specs say. Raises SolveError with the solver's
    explanation, and WasmforgeError for a prefix that is no environment.
    """
    prefix = Path(os.path.abspath(prefix))
    for file in files:
        file_specs, file_channels = read_environment_file(file)
        specs = [*specs, *file_specs]
        channels = [*channels, *file_channels]
    if not specs:
        raise UsageError("nothing to install: name packages or give an environment file")
    exists = _check_prefix(prefix)
    urls = [_channel_url(channel) for channel in channels] or [_channel_url(str(layout.library_channel))]
    with reporter.step("solve"):
        records = asyncio.run(solve_environment(urls, specs, TARGET_PLATFORM))
    with reporter.step(f"install {len(records)} packages into {prefix}"):
        if exists:
            asyncio.run(_install(layout, records, prefix, prefix))
        else:
            _install_new(layout, records, prefix)
    for record in sorted(records, key=lambda record: record.name.normalized):
        reporter.say(f"  {record.name.normalized} {record.version} {record.build}")


def read_environment_file(path: Path) -> tuple[list[str], list[str]]:
    """The (specs, channels) of an environment.yml; raises WasmforgeError for what it cannot do."""
    try:
        data = yaml.safe_load(path.read_text())
    except OSError as error:
        raise WasmforgeError(f"cannot read {path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise WasmforgeError(f"{path} is not YAML: {error}") from error
    dependencies = data.get("dependencies") if isinstance(data, dict) else None
    if not isinstance(dependencies, list):
        raise WasmforgeError(f"{path} has no list under `dependencies:`")
    for entry in dependencies:
        if isinstance(entry, dict) and "pip" in entry:
            raise WasmforgeError(
                f"{path} has a `pip:` section, which wasmforge does not install; "
                "take it out, and name the packages above it where the channel has them"
            )
        if not isinstance(entry, str):
            raise WasmforgeError(f"{path}: {entry!r} under `dependencies:` is not a package specification")
    return dependencies, [_relative_to(path, str(channel)) for channel in data.get("channels") or []]


def _relative_to(file: Path, channel: str) -> str:
    """A channel that a file names by folder, seen from where the file lies."""
    folder = file.parent / channel
    return str(folder) if "://" not in channel and folder.is_dir() else channel


def _check_prefix(prefix: Path) -> bool:
    """Whether the prefix holds an environment; False when it is free to be made."""
    if (prefix / "conda-meta").is_dir():
        return True
    if prefix.exists() and (not prefix.is_dir() or any(prefix.iterdir())):
        raise WasmforgeError(f"{prefix} exists and is no conda environment; name another folder or empty this one")
    return False


def _channel_url(channel: str) -> str:
    if "://" in channel:
        return channel
    folder = Path(channel).resolve()
    if not folder.is_dir():
        raise WasmforgeError(f"no channel {channel!r}: it is neither an address (with ://) nor a folder")
    if not any(folder.glob("*/repodata.json")):
        raise WasmforgeError(f"{folder} is no channel: none of its folders has a repodata.json")
    return folder.as_uri()


def _install_new(layout: Layout, records: list[RepoDataRecord], prefix: Path) -> None:
    prefix.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(dir=prefix.parent, prefix=f".{prefix.name}-"))
    try:
        asyncio.run(_install(layout, records, building, prefix))
        building.chmod(0o755)
        if prefix.is_dir():
            prefix.rmdir()
        os.rename(building, prefix)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


async def _install(layout: Layout, records: list[RepoDataRecord], folder: Path, prefix: Path) -> None:
    """Installs into a folder that will be, or is, the prefix."""
    layout.package_cache.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {} if folder == prefix else {"alternative_target_prefix": prefix}
    await install(
        records,
        folder,
        cache_dir=layout.package_cache,
        platform=Subdir(TARGET_PLATFORM),
        show_progress=False,
        **options,
    )
