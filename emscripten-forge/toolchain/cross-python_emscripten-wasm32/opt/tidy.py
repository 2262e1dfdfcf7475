"""Makes an installed Python package independent of the build: tidy.py SITE-PACKAGES

Removes what only an editor or the installer wants (type stubs, pip's notes of where a wheel lay), takes
the folders of this build out of text files (numpy.show_config keeps the compiler's command line), and
writes the list of installed files (RECORD) anew.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import os
import re
import sys
from pathlib import Path

UNWANTED = ("*.pyi", "direct_url.json", "REQUESTED")
TEXT = {".py", ".pc", ".txt", ".json", ".cfg", ".ini", ".toml"}


def remove_unwanted(packages: Path) -> None:
    for pattern in UNWANTED:
        for path in packages.rglob(pattern):
            path.unlink()


def strip_paths(packages: Path) -> None:
    # The longest first: one may lie in another.
    folders = sorted((os.environ[name] for name in ("BUILD_PREFIX", "PREFIX", "SRC_DIR") if os.environ.get(name)),
                     key=len, reverse=True)
    for path in packages.rglob("*"):
        if path.suffix in TEXT and path.is_file():
            old = path.read_text(encoding="utf-8", errors="surrogateescape")
            new = re.sub(r"-ffile-prefix-map=[^\s,'\"]*(?:, ?)?", "", old)
            for folder in folders:
                new = new.replace(folder, "")
            if new != old:
                path.write_text(new, encoding="utf-8", errors="surrogateescape")


def rewrite_record(record: Path) -> None:
    with record.open(newline="") as file:
        names = sorted({row[0] for row in csv.reader(file) if row})
    with record.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for name in names:
            path = record.parent.parent / name
            if path == record:
                writer.writerow((name, "", ""))
            elif path.is_file():
                digest = base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()).rstrip(b"=").decode()
                writer.writerow((name, f"sha256={digest}", path.stat().st_size))


def main() -> None:
    packages = Path(sys.argv[1])
    remove_unwanted(packages)
    strip_paths(packages)
    for record in packages.glob("*.dist-info/RECORD"):
        rewrite_record(record)


main()
