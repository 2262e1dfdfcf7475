"""Interpreters that a program drops are freed, with all their memory."""

from __future__ import annotations

import pytest

# Each load fills 100 MB, then drops its interpreter; `use` is the way in which it was used.
LOADS = """
const settled = async () => {
  for (let i = 0; i < 10; i++) { gc(); await new Promise((resolve) => setTimeout(resolve, 20)); }
  return process.memoryUsage().rss / 2 ** 20;
};
const dropped = [];
const use = async (python) => { %s };
const once = async () => {
  const python = await loadPython(quiet);
  python.runPython("kept = bytearray(b'x') * (100 << 20)");
  await use(python);
  dropped.push(new WeakRef(python.FS));
};
await once(); await once();
const before = await settled();
for (let i = 0; i < %d; i++) { await once(); await settled(); }
const after = await settled();
show([dropped.filter((ref) => ref.deref()).length, before, after]);
"""
USES = {
    "nothing": "",
    "callbacks": 'python.globals.get("kept"); globalThis.last = python.runPython("lambda: 1")(); python.toPy([{}])',
    "tasks": 'await python.runPythonAsync("import asyncio; await asyncio.sleep(0.01)")',
    "a crash": 'await failure(async () => python.runPython("import ctypes; ctypes.string_at(0x70000000, 64)"))',
    "interrupts": "python.setInterruptBuffer(new Uint8Array(new SharedArrayBuffer(1))); python.checkInterrupt()",
}


@pytest.mark.parametrize("use", USES)
def test_dropped_interpreters_are_freed(run_js, use: str) -> None:
    alive, before, after = run_js(LOADS % (USES[use], 4), options=("--expose-gc",))
    # The engine may still hold the last one in a register or a stack slot.
    assert alive <= 1
    assert after < before + 120, f"{before:.0f} MB grew to {after:.0f} MB"


@pytest.mark.slow
def test_fifty_interpreters_in_turn(run_js) -> None:
    alive, before, after = run_js(LOADS % ("", 50), options=("--expose-gc",))
    assert alive <= 1
    assert after < before + 120, f"{before:.0f} MB grew to {after:.0f} MB"
