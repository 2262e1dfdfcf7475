# Runs pip as if for another Python: the values of environment markers and the folders with the
# installed packages are given, the rest of the command line is pip's own.
import json
import sys
import time
from pathlib import Path
from typing import Any

# Before sys.path loses the folder that pip is in. pip has options for the tags of another platform,
# but none for its markers.
import pip  # noqa: F401
from pip._vendor.packaging import markers

environment, folders, failed = json.loads(sys.argv[1])
markers.default_environment = lambda: environment.copy()
# What is installed beside this pip is not there for the other Python.
sys.path = [path for path in sys.path if not any(Path(path).glob("*-info"))] + folders

from pip._internal.cli.main import main  # noqa: E402
from pip._internal.exceptions import NetworkConnectionError, PipError  # noqa: E402
from pip._internal.index import collector  # noqa: E402
from pip._internal.utils.misc import redact_auth_from_url  # noqa: E402
from pip._vendor.requests import RequestException  # noqa: E402
from pip._vendor.urllib3.exceptions import MaxRetryError  # noqa: E402

PAUSES = (0.5, 1, 2)
read_page = collector._get_simple_response


def read_page_again(url: Any, *args: Any, **options: Any) -> Any:
    """pip tries again what fails before an index's page comes, but not a page that breaks off. And it passes over what
    it cannot read, as if the index had nothing: tell what that was."""
    for pause in (*PAUSES, None):
        try:
            return read_page(url, *args, **options)
        except (PipError, RequestException) as error:
            response = error.response if isinstance(error, NetworkConnectionError) else None
            status = 0 if response is None else response.status_code
            refused = 400 <= status < 500 and status not in (408, 429)
            if pause is None or refused or was_tried(error):
                if status != 404:
                    reason = getattr(error, "context", None) or getattr(error, "message", None) or error
                    print(f"{failed} {redact_auth_from_url(url)}: {' '.join(str(reason).split())}", flush=True)
                raise
        time.sleep(pause)


def was_tried(error: BaseException | None) -> bool:
    """Whether pip has tried several times."""
    while error is not None:
        if error.args and isinstance(error.args[0], MaxRetryError):
            return True
        error = error.__context__
    return False


collector._get_simple_response = read_page_again

sys.exit(main(sys.argv[2:]))
