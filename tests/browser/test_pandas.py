"""pandas in Chromium and Firefox: a table read, grouped, joined and put on a time axis, with answers that are known."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from served import late_files, run_with, serve_environment

from wasmforge.host.serve import Server

SOURCE = """
import io
import pandas as pd

text = "city,when,sold\\nBonn,2024-03-30 12:00,3\\nBonn,2024-03-31 12:00,5\\nKöln,2024-03-31 12:00,7\\n"
table = pd.read_csv(io.StringIO(text), parse_dates=["when"])
names = pd.DataFrame({"city": ["Bonn", "Köln"], "river": ["Rhein", "Rhein"]})
times = table["when"].dt.tz_localize("Europe/Berlin")
wide = table.pivot_table(index="city", columns=table["when"].dt.day, values="sold", fill_value=0)
results = {
    "sums": table.groupby("city")["sold"].sum().to_dict(),
    "rivers": table.merge(names)["river"].tolist(),
    # The clocks changed on the night of the 31st.
    "hours": (times.iloc[1] - times.iloc[0]).total_seconds() / 3600,
    "offset": str(times.dt.tz_convert("Asia/Kolkata").iloc[0]),
    "wide": wide.to_numpy().astype(int).tolist(),
    "daily": table.set_index("when")["sold"].resample("D").sum().tolist(),
    "html": "<td>Köln</td>" in table.to_html(),
}
"""


@pytest.fixture(scope="module")
def pandas_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serves the bundle of an environment with pandas."""
    folder = tmp_path_factory.mktemp("pandas")
    with serve_environment(folder, ["python", "pandas"]) as server:
        assert not list((folder / "prefix").glob("lib/python3.*/site-packages/pandas/tests"))
        yield server


def test_a_table(page: Page, pandas_server: Server) -> None:
    assert run_with(page, pandas_server, "pandas", SOURCE) == {
        "sums": {"Bonn": 8, "Köln": 7},
        "rivers": ["Rhein", "Rhein", "Rhein"],
        "hours": 23,
        "offset": "2024-03-30 16:30:00+05:30",
        "wide": [[3, 5], [0, 7]],
        "daily": [3, 12],
        "html": True,
    }


def test_its_import_fetches_nothing_late(page: Page, pandas_server: Server) -> None:
    assert late_files(page, pandas_server, "pandas") == []
