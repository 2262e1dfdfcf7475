"""Runs a module of benchmarks in passes, in any CPython, native or in wasm.

The module has BENCHMARKS, {name: function}, and `digest` where what a function returns cannot be compared as it is.
Whoever drives this lets the passes of several interpreters take turns and keeps each benchmark's minimum.

    python passes.py MODULE    one pass, as JSON
    python passes.py --serve   an answer per line read, until end of input: to "pass MODULE", and to "results MODULE"
                               what the benchmarks compute
    … --cpu                    in CPU time
"""

import json
import sys
import time
from importlib import import_module


def run_pass(name, clock=time.perf_counter):
    """Time of each benchmark in seconds, {name: seconds}, and nothing cached."""
    times = {}
    for benchmark, function in import_module(name).BENCHMARKS.items():
        start = clock()
        function()
        times[benchmark] = clock() - start
    return times


def results(name):
    """What each benchmark computes, to see that two interpreters do the same work."""
    module = import_module(name)
    digest = getattr(module, "digest", lambda result: result)
    return {benchmark: digest(function()) for benchmark, function in module.BENCHMARKS.items()}


def main():
    # Only here: wasm has no thread_time.
    clock = time.thread_time if "--cpu" in sys.argv else time.perf_counter

    def answer(task):
        kind, module = task.split()
        return results(module) if kind == "results" else run_pass(module, clock)

    # Through map(): a call from C enters the interpreter's loop anew. Engines do not exchange the code of a
    # function that is running, so a loop entered before they optimised it would stay slow for ever.
    for found in map(answer, sys.stdin if "--serve" in sys.argv else [f"pass {sys.argv[1]}"]):
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
