"""Writes the list of Matplotlib's own fonts that the package brings: python make-fontlist.py > fontlist.json

Run it under the new package's Python when Matplotlib's fonts or the list's format have changed; the name of the list in
build.sh has that version.
"""

import sys
import tempfile
from pathlib import Path

from matplotlib.font_manager import FontManager, json_dump

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "fontlist.json")
    manager = FontManager()
    # The order of files in a folder is not the same everywhere.
    manager.afmlist.sort(key=lambda font: (font.fname, font.name, str(font.weight)))
    manager.ttflist.sort(key=lambda font: (font.fname, font.name, str(font.weight)))
    json_dump(manager, path)
    sys.stdout.write(path.read_text() + "\n")
