"""Files and folders that appear whole or not at all: written beside their place, then renamed."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wasmforge.common.exchange import exchange
from wasmforge.common.temporary import temporary_folder


@contextmanager
def new_file(path: Path, *, durable: bool = False, work: Path | None = None) -> Iterator[Path]:
    """Give the body a free path; what it writes there replaces the file at `path`.

    If the body raises, the old file stays. durable: wait until the disk has the
    content, so that a power cut leaves the old file or the new one. work: the folder to write in until
    then, on the same file system, rather than beside the file. The next run that works there removes what
    a killed one left.
    """
    with _drafts(path, work) as drafts:
        draft = drafts / "new"
        yield draft
        if durable:
            _sync(draft)
        os.replace(draft, path)


@contextmanager
def new_folder(path: Path, *, replace: bool = False, work: Path | None = None) -> Iterator[Path]:
    """Give the body an empty folder, which then becomes the folder at `path`.

    replace: delete the folder that is there. Without it, raises OSError where a folder with
    anything in it has appeared since the check of the caller: it may be another process's work.
    If the body raises, the old folder stays. work: as of new_file.
    """
    with _drafts(path, work) as drafts:
        draft = drafts / "new"
        draft.mkdir()
        yield draft
        if not (replace and path.exists()):
            draft.rename(path)
        elif not exchange(draft, path):
            _replace(draft, path, drafts / "old")


def copy_file(source: Path, target: Path, *, work: Path | None = None) -> None:
    """Copy the content of a file over another, or to a new place. work: as of new_file."""
    with new_file(target, work=work) as draft:
        shutil.copyfile(source, draft)


def move_file(source: Path, target: Path) -> None:
    """Rename a file; copy it where `target` is on another file system."""
    try:
        os.replace(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy_file(source, target)
        source.unlink()


def _replace(draft: Path, path: Path, old: Path) -> None:
    """Where the system cannot exchange folders: a kill between the two renames takes the old folder with it."""
    try:
        path.rename(old)
        draft.rename(path)
    except BaseException:  # an interrupt between the two, too
        if old.exists() and not path.exists():
            old.rename(path)
        raise


@contextmanager
def _drafts(path: Path, work: Path | None = None) -> Iterator[Path]:
    """A folder on the file system of `path`, removed at the end of the block."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Cut, since a name may be as long as the file system allows.
    with temporary_folder(work or path.parent, f".{path.name[:50]}-") as folder:
        yield folder


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
