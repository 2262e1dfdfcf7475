"""Takes the folders of this build out of the text files of an installed package.

Some packages keep the compiler's command line for display (numpy.show_config). Usage: strip_paths.py FOLDER
"""

import os
import re
import sys
from pathlib import Path

TEXT = {".py", ".pc", ".txt", ".json", ".cfg", ".ini", ".toml"}


def strip(text: str, folders: list[str]) -> str:
    text = re.sub(r"-ffile-prefix-map=[^\s,'\"]*(?:, ?)?", "", text)
    for folder in folders:
        text = text.replace(folder, "")
    return text


def main() -> None:
    # The longest first: one may lie in another.
    folders = sorted((os.environ[name] for name in ("BUILD_PREFIX", "PREFIX", "SRC_DIR") if os.environ.get(name)),
                     key=len, reverse=True)
    for path in Path(sys.argv[1]).rglob("*"):
        if path.suffix in TEXT and path.is_file():
            old = path.read_text(encoding="utf-8", errors="surrogateescape")
            new = strip(old, folders)
            if new != old:
                path.write_text(new, encoding="utf-8", errors="surrogateescape")


main()
