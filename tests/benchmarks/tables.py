"""Benchmarks of pandas."""

import io

import numpy as np
import pandas as pd

ROWS = 1_000_000
GENERATOR = np.random.default_rng(0)

NUMBERS = pd.DataFrame(
    {
        "key": GENERATOR.integers(0, 1000, ROWS),
        "name": GENERATOR.choice(["north", "east", "south", "west"], ROWS),
        "value": GENERATOR.standard_normal(ROWS),
        "weight": GENERATOR.random(ROWS),
    }
)
PLACES = pd.DataFrame({"key": np.arange(1000), "height": GENERATOR.random(1000)})
FILE = NUMBERS.head(100_000).to_csv(index=False)
SERIES = pd.Series(NUMBERS["value"].to_numpy(), pd.date_range("2020-01-01", periods=ROWS, freq="s"))
DATES = pd.Series(SERIES.index[::10].strftime("%Y-%m-%d %H:%M:%S"))


def read_csv_100000():
    return pd.read_csv(io.StringIO(FILE))["value"].sum()


def groupby_1000000():
    return NUMBERS.groupby("key").agg({"value": "mean", "weight": "sum"}).to_numpy().sum()


def groupby_text_1000000():
    return NUMBERS.groupby("name")["value"].mean().sum()


def merge_1000000():
    return NUMBERS.merge(PLACES, on="key")["height"].sum()


def rolling_1000000():
    return SERIES.rolling(100).mean().sum()


def resample_1000000():
    return SERIES.resample("1h").max().sum()


def sort_values_1000000():
    return NUMBERS.sort_values("value")["weight"].iloc[:1000].sum()


def to_datetime_100000():
    return pd.to_datetime(DATES).dt.day.sum()


BENCHMARKS = {
    f.__name__: f
    for f in (
        read_csv_100000,
        groupby_1000000,
        groupby_text_1000000,
        merge_1000000,
        rolling_1000000,
        resample_1000000,
        sort_values_1000000,
        to_datetime_100000,
    )
}


def digest(result):
    """What two interpreters that do the same work agree on: the last digits differ."""
    return float(f"{float(result):.6g}")
