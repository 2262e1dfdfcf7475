"""Files and folders that appear whole or not at all: written beside their place, then renamed."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SUFFIX = ".part"


@contextmanager
def new_file(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """Give the body a free path; what it writes there replaces the file at `path`.

    If the body raises, the old file stays. durable: wait until the disk has the
    content, so that a power cut leaves the old file or the new one.
    """
    with _drafts(path) as drafts:
        draft = drafts / "new"
        yield draft
        if durable:
            _sync(draft)
        os.replace(draft, path)


@contextmanager
def new_folder(path: Path, *, replace: bool = False) -> Iterator[Path]:
    """Give the body an empty folder, which then becomes the folder at `path`.

    replace: delete the folder that is there. Without it, raises OSError where a folder with
    anything in it has appeared since the check of the caller: it may be another process's work.
    If the body raises, the old folder stays.
    """
    with _drafts(path) as drafts:
        draft = drafts / "new"
        draft.mkdir()
        yield draft
        old = drafts / "old"
        try:
            if replace and path.exists():
                path.rename(old)
            draft.rename(path)
        except BaseException:  # an interrupt between the two, too
            if old.exists() and not path.exists():
                old.rename(path)
            raise


def copy_file(source: Path, target: Path) -> None:
    """Copy the content of a file over another, or to a new place."""
    with new_file(target) as draft:
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


def remove_drafts(folder: Path) -> None:
    """Remove from a folder what a killed process was writing into it."""
    for left in folder.glob(f".*{_SUFFIX}"):
        shutil.rmtree(left)


@contextmanager
def _drafts(path: Path) -> Iterator[Path]:
    """A folder on the file system of `path`, removed at the end of the block."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-", suffix=_SUFFIX) as name:
        yield Path(name)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
