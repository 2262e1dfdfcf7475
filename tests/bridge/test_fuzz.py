"""Whatever is done to whatever: an exception in the right language, never the end of the interpreter."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine import Engine

STEPS = (Path(__file__).parent / "fuzz_steps.py").read_text()


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 200))])
def test_random_operations(loaded: Engine, seed: int) -> None:
    # Not all that a run makes is destroyed, so there is nothing to count after it.
    code = """
        const step = own(py(`${steps}\\nstep`));
        const thrown = await fuzz(python, step, seed, 2000, realm);
        python.setStdout({ batched: (line) => lines.push(line) });
        return thrown > 100;
    """
    assert loaded.js(code, steps=STEPS, seed=seed) == "true"
    assert loaded.py("import math; math.factorial(5)") == "120"
    loaded.live(settled=True)
