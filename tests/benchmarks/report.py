"""The tables of a run, in Markdown."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

HEADER = """# Benchmarks

`tests/benchmarks/run.py` wrote this page. Each figure is the minimum of several measurements; each ratio compares two
figures of one run on one machine.
"""

# What a matrix product does in floating-point operations: an addition and a multiplication for each of n³ terms.
OPERATIONS = {"dgemm_512": 2 * 512**3, "dgemm_1024": 2 * 1024**3}

Row = list[str]


def markdown(report: dict[str, Any]) -> str:
    parts = [HEADER, "Versions: " + ", ".join(f"{k} {v}" for k, v in report["versions"].items()) + ".\n"]
    sections = {
        "start": _start,
        "imports": _imports,
        "resume": _resume,
        "plot": _plot,
        "micro": _micro,
        "numeric": _numeric,
        "tables": partial(_libraries, "pandas"),
        "figures": partial(_libraries, "Matplotlib"),
        "redraw": _redraw,
        "bridge": _bridge,
    }
    return "\n".join(parts + [section(report[task]) for task, section in sections.items() if task in report])


def _table(title: str, head: Row, rows: list[Row]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return f"## {title}\n\n" + "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _against(title: str, figures: dict[str, dict[str, float]], unit: float = 1) -> str:
    """Both kinds by place, and their ratio where there are two."""
    rows = []
    for place, row in figures.items():
        ours, peer = row.get("wasmforge"), row.get("pyodide")
        rows.append([place, _number(ours, unit), _number(peer, unit), f"{ours / peer:.2f}" if ours and peer else ""])
    return _table(title, ["place", "wasmforge", "pyodide", "ratio"], rows)


def _number(value: float | None, unit: float) -> str:
    return "" if value is None else f"{value / unit:.2f}"


def _start(figures: dict[str, Any]) -> str:
    return "\n".join(
        [
            _against("Start to the first statement, seconds", figures["seconds"]),
            _against("Bytes over the wire to the first statement, MB", figures["bytes"], 1e6),
        ]
    )


def _imports(figures: dict[str, dict[str, dict[str, float]]]) -> str:
    rows = [
        [f"`{module}`", place, *(f"{row[k]:.2f}" for k in ("load", "import", "total"))]
        for module, places in figures.items()
        for place, row in places.items()
    ]
    return _table("First import, seconds", ["module", "place", "fetch and mount", "import", "both"], rows)


def _resume(figures: dict[str, Any]) -> str:
    rows = [
        [
            f"`{module}`",
            visit,
            f"{row['imported']:.2f}",
            f"{row['resumed']:.2f}",
            f"{row['resumed'] / row['imported']:.2f}",
        ]
        for module, visits in figures.items()
        for visit, row in visits.items()
        if len(row) == 2
    ]
    title = "From navigation to a statement after an import, seconds"
    return _table(title, ["module", "visit", "imported", "from a snapshot", "ratio"], rows)


def _plot(figures: dict[str, Any]) -> str:
    head = ["visit", "imports load", "declared imports", "snapshot", "whole packages", "every package"]
    ways = ("import", "declared", "snapshot", "packages", "everything")
    rows = []
    for visit, seconds in figures["seconds"].items():
        sent = figures["bytes"][visit]
        rows.append(
            [visit, *(f"{seconds[way]:.2f} s, {sent[way] / 1e6:.2f} MB" if way in seconds else "" for way in ways)]
        )
    title = "From navigation to a first figure at 20 Mbit/s and 40 ms latency, by loading strategy"
    return _table(title, head, rows)


def _micro(micro: dict[str, Any]) -> str:
    means = micro["geometric_mean"]
    text = _against_native("Pure Python, time relative to native CPython", micro, {"geometric mean": means})
    pairs = _pairs(means)
    if pairs:
        rows = [[place, f"{means[ours] / means[peer]:.2f}"] for place, ours, peer in pairs]
        text += "\n" + _table("Pure Python, time relative to Pyodide in the same place", ["place", "ratio"], rows)
    return text


def _libraries(title: str, figures: dict[str, Any]) -> str:
    means = {"median": figures["median"], "geometric mean": figures["geometric_mean"]}
    return _against_native(f"{title}, time relative to native wheels on one thread", figures, means)


def _redraw(figures: dict[str, dict[str, float]]) -> str:
    rows = [[name, f"{row['rate']:.0f}", f"{row['latency'] * 1000:.0f}"] for name, row in figures.items()]
    head = ["browser", "redraws a second", "event to picture, ms (median)"]
    return _table("Redrawing a Matplotlib figure of 640 by 480 pixels with 200 bars", head, rows)


def _numeric(numeric: dict[str, Any]) -> str:
    text = _libraries("NumPy and SciPy", numeric)
    seconds = {"native": numeric["native"], **numeric["seconds"]}
    rows = [
        [case, *(f"{count / row[case] / 1e9:.1f}" for row in seconds.values())] for case, count in OPERATIONS.items()
    ]
    return text + "\n" + _table("Matrix products, 10⁹ operations a second", ["benchmark", *seconds], rows)


def _against_native(title: str, figures: dict[str, Any], means: dict[str, dict[str, float]]) -> str:
    """Ratios by benchmark, below their means."""
    ratios = figures["ratios"]
    rows = [[f"**{kind}**", "", *(f"**{mean[name]:.2f}**" for name in ratios)] for kind, mean in means.items()]
    rows += [
        [case, f"{s * 1000:.1f}", *(f"{ratios[name][case]:.2f}" for name in ratios)]
        for case, s in figures["native"].items()
    ]
    return _table(title, ["benchmark", "native, ms", *ratios], rows)


def _bridge(figures: dict[str, dict[str, float]]) -> str:
    pairs = _pairs(figures)
    if not pairs:
        return ""
    cases = list(figures[pairs[0][1]])
    head = ["one operation, µs"]
    for place, _, _ in pairs:
        head += [f"wasmforge {place}", f"pyodide {place}", "ratio"]
    products = [1.0] * len(pairs)
    rows = []
    for case in cases:
        row = [case]
        for number, (_, ours, peer) in enumerate(pairs):
            a, b = figures[ours][case], figures[peer].get(case, math.nan)
            row += [f"{a * 1e6:.3g}", f"{b * 1e6:.3g}", f"{a / b:.2f}"]
            products[number] *= a / b
        rows.append(row)
    mean = ["**geometric mean**"]
    for product in products:
        mean += ["", "", f"**{product ** (1 / len(cases)):.2f}**"]
    return _table("Between Python and JavaScript", head, [mean, *rows])


def _pairs(figures: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(place, our name, the peer's name) for each place where both were measured."""
    places = [name.partition(" ")[2] for name in figures if name.startswith("wasmforge ")]
    return [(p, f"wasmforge {p}", f"pyodide {p}") for p in places if f"pyodide {p}" in figures]
