# Runs pip as if for another Python: the values of environment markers and the folders with the
# installed packages are given, the rest of the command line is pip's own.
import json
import sys
from pathlib import Path

# Before sys.path loses the folder that pip is in. pip has options for the tags of another platform,
# but none for its markers.
import pip  # noqa: F401
from pip._vendor.packaging import markers

environment, folders = json.loads(sys.argv[1])
markers.default_environment = lambda: environment.copy()
# What is installed beside this pip is not there for the other Python.
sys.path = [path for path in sys.path if not any(Path(path).glob("*-info"))] + folders

from pip._internal.cli.main import main  # noqa: E402

sys.exit(main(sys.argv[2:]))
