"""Chromium runs in its sandbox, except as root."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

import pytest

NOBODY = 65534
# Becomes another user only after the imports: root's Python may lie where no other user can read.
STATUS = """
import os
import sys

from wasmforge.host.browser import launch

with launch("chromium"):
    pass
user = int(sys.argv[1])
os.setgroups([])
os.setgid(user)
os.setuid(user)
with launch("chromium") as browser:
    page = browser.new_page()
    page.goto("chrome://sandbox")
    print(page.inner_text("body"))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_chromium_of_a_user_is_sandboxed() -> None:
    # Not below pytest's folder, which no other user may enter.
    with tempfile.TemporaryDirectory() as home:
        os.chown(home, NOBODY, NOBODY)
        try:
            subprocess.run(["unshare", "--user", "true"], user=NOBODY, group=NOBODY, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("this machine has no user namespaces for users")
        done = subprocess.run(
            [sys.executable, "-c", STATUS, str(NOBODY)],
            cwd=home,
            env=os.environ | {"HOME": home, "TMPDIR": home},
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert "You are adequately sandboxed." in done.stdout, done.stderr
