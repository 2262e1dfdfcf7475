"""Runs one build or one test in a process of its own.

Started as `python -m wasmforge.build.worker` with a job as JSON on standard input.
py-rattler-build sometimes crashes when the interpreter ends, and Python cannot
interrupt it, so it gets a process that can be killed with all its children.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import warnings
from types import FrameType
from typing import Any

_PR_SET_PDEATHSIG = 1


def main() -> None:
    job = json.load(sys.stdin)
    # When the driver dies, however it dies, nothing of the build stays behind.
    signal.signal(signal.SIGTERM, _kill_all)
    signal.signal(signal.SIGINT, _kill_all)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == 1:
        sys.exit(1)
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os._exit(_run(job))
    _, status = os.waitpid(child, 0)
    sys.exit(0 if os.waitstatus_to_exitcode(status) == 0 else 1)


def _kill_all(_number: int, _frame: FrameType | None) -> None:
    os.killpg(0, signal.SIGKILL)


def _run(job: dict[str, Any]) -> int:
    try:
        return _build(**job) if job.pop("action") == "build" else _test(**job)
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _build(recipe: str, platform: str, build_platform: str, channels: list[str], variants: list[str], out: str) -> int:
    from rattler_build import build_recipes

    warnings.simplefilter("ignore", DeprecationWarning)
    build_recipes(
        [recipe],
        build_platform=build_platform,
        target_platform=platform,
        host_platform=platform,
        channel=channels,
        variant_config=variants,
        output_dir=out,
        test="skip",
        # The working folder holds the log; the driver removes it.
        keep_build=True,
        no_build_id=True,
        no_include_recipe=True,
        skip_existing="none",
        # The driver compresses again, after it fixed what depends on the time.
        package_format="conda:1",
        use_sharded=False,
    )
    return 0


def _test(package: str, channels: list[str]) -> int:
    from rattler_build import Package

    failed = 0
    for result in Package.from_file(package).run_tests(channel=channels, use_sharded=False):
        print(f"=== test {result.test_index}: {'passed' if result.success else 'FAILED'}")
        print("\n".join(result.output))
        failed += not result.success
    return 1 if failed else 0


if __name__ == "__main__":
    main()
