"""A data frame of unknown bands to filter. The bands are made up."""

from __future__ import annotations

import numpy as np
import pandas as pd

GENRES = ("Synth folk", "Post-polka", "Lo-fi brass", "Math country", "Drone pop", "Bedroom opera")
_FIRST = (
    "Velvet",
    "Paper",
    "Static",
    "Lonely",
    "Copper",
    "Quiet",
    "Electric",
    "Broken",
    "Northern",
    "Plastic",
    "Hollow",
    "Neon",
    "Sleepy",
    "Wooden",
    "Distant",
)
_SECOND = (
    "Otters",
    "Lanterns",
    "Elevators",
    "Bicycles",
    "Mothers",
    "Satellites",
    "Foxes",
    "Libraries",
    "Typewriters",
    "Harbours",
    "Pigeons",
)
_THIRD = ("", " Club", " Society", " & Sons", " Ensemble", " Revival", " of Tomorrow")


def make_bands(count: int = 4000, seed: int = 2019) -> pd.DataFrame:
    """Make a row for each band: name, genre, founding year, followers, monthly plays, mean rating from 1 to 5."""
    rng = np.random.default_rng(seed)
    names = [a + " " + b + c for a in _FIRST for b in _SECOND for c in _THIRD]
    chosen = rng.choice(len(names), count)
    genre = rng.choice(len(GENRES), count, p=(0.24, 0.1, 0.18, 0.14, 0.22, 0.12))
    followers = np.exp(rng.normal(7.2 - 0.25 * genre, 1.7)).astype(np.int64) + 1
    plays = (followers * np.exp(rng.normal(0.6, 0.8, count))).astype(np.int64) + 1
    return pd.DataFrame(
        {
            "name": [names[index] for index in chosen],
            "genre": pd.Categorical.from_codes(genre, GENRES),
            "year": rng.integers(1998, 2020, count),
            "followers": followers,
            "plays": plays,
            "rating": np.clip(rng.normal(3.4, 0.6, count), 1, 5).round(2),
        }
    )


class Finder:
    """All bands, and `found`, the result of the last search.

    `found` is sorted by obscurity: plays per follower, with followers raised to a power above 1.
    """

    def __init__(self) -> None:
        self.bands = make_bands()
        self.bands["obscurity"] = self.bands["plays"] / self.bands["followers"] ** 1.15
        self.found = self.bands

    def find(self, query: str, genre: str, most_followers: int, first_year: int) -> int:
        """Filter by name, genre ("" for any), followers and year; return the number of bands found."""
        bands = self.bands
        rows = (bands["followers"] <= most_followers) & (bands["year"] >= first_year)
        if genre:
            rows &= bands["genre"] == genre
        if query:
            rows &= bands["name"].str.contains(query, case=False, regex=False)
        self.found = bands[rows].sort_values("obscurity", ascending=False)
        return len(self.found)

    def column(self, name: str) -> np.ndarray:
        """Return a column of `found` as contiguous float64, which JavaScript can view."""
        return np.ascontiguousarray(self.found[name], dtype=np.float64)

    def labels(self) -> list[str]:
        """Return an HTML label for each row of `found`."""
        return (self.found["name"] + "<br>" + self.found["genre"].astype(str)).tolist()

    def summary(self) -> str:
        """Return the eight most obscure bands of `found` as an HTML table."""
        best = self.found.head(8)[["name", "genre", "year", "followers", "plays", "rating"]]
        return best.to_html(index=False, border=0, classes="table", justify="left")
