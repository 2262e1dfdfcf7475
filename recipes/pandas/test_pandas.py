"""What the build can get wrong: each compiled part of pandas computes something whose answer is known."""

import io
import pickle
import warnings
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo, reset_tzpath

import numpy as np
import pandas as pd
from pandas.testing import assert_frame_equal, assert_series_equal

rng = np.random.default_rng(12345)

# Text to frames, by both parsers: types, missing values, dates, quotes, wide integers, chunks.
text = 'name,when,count,share,big\n"Ann, A",2024-02-29,3,0.1,9223372036854775807\nBob,,NA,1e-3,-1\n"Zoë ""Z""",2025-01-01,7,nan,0\n'
for engine in ("c", "python"):
    frame = pd.read_csv(io.StringIO(text), parse_dates=["when"], engine=engine)
    assert frame["name"].tolist() == ["Ann, A", "Bob", 'Zoë "Z"'] and frame["name"].dtype == "str"
    assert frame["big"].dtype == np.int64 and frame["big"].max() == 2**63 - 1
    assert frame["when"].dt.year.fillna(0).tolist() == [2024, 0, 2025] and frame["count"].sum() == 10
    assert frame["share"].tolist()[:2] == [0.1, 0.001] and frame["share"].isna().tolist() == [False, False, True]
assert_frame_equal(pd.read_csv(io.BytesIO(frame.to_csv(index=False).encode()), parse_dates=["when"]), frame)
many = pd.DataFrame({"a": np.arange(1000, dtype=np.int64), "b": rng.standard_normal(1000)})
assert sum(len(chunk) for chunk in pd.read_csv(io.StringIO(many.to_csv(index=False)), chunksize=300)) == 1000
# Each double comes back as it was, from numbers of 17 digits.
assert_frame_equal(pd.read_csv(io.StringIO(many.to_csv(index=False))), many)
assert pd.read_csv(io.StringIO("x\n1,234.5\n"), sep=";", thousands=",")["x"][0] == 1234.5
assert pd.read_fwf(io.StringIO("a   b\n1   2\n10  20\n"))["b"].tolist() == [2, 20]
plain = frame.drop(columns="when")
assert_frame_equal(pd.read_json(io.StringIO(plain.to_json(orient="table", index=False)), orient="table"), plain, check_dtype=False)
assert_frame_equal(pickle.loads(pickle.dumps(frame)), frame)

# Groups: sums, quantiles, several functions at once, transforms, categories, and the hash tables beneath.
keys = rng.integers(0, 10, 1000)
many["key"] = keys
sums = many.groupby("key")["b"].sum()
assert np.allclose(sums, [many["b"][keys == key].sum() for key in range(10)])
table = many.groupby("key").agg(low=("b", "min"), high=("b", "max"), middle=("b", "median"), size=("a", "size"))
assert table["size"].sum() == 1000 and (table["low"] < table["middle"]).all() and (table["middle"] < table["high"]).all()
assert np.allclose(many.groupby("key")["b"].transform("mean").groupby(keys).first(), sums / table["size"])
assert many.groupby(pd.cut(many["a"], 4), observed=True)["b"].count().tolist() == [250] * 4
assert np.allclose(many.groupby("key")["b"].quantile(0.25)[3], np.quantile(many["b"][keys == 3], 0.25))
assert many.groupby("key")["b"].apply(lambda part: part.iloc[0]).tolist() == many.drop_duplicates("key").sort_values("key")["b"].tolist()
assert many["key"].value_counts().sum() == 1000 and sorted(many["key"].unique()) == list(range(10))
assert pd.factorize(np.array(["b", "a", "b"], object))[0].tolist() == [0, 1, 0]
assert pd.Series([1, 2**63, 3], dtype="uint64").isin([2**63]).tolist() == [False, True, False]

# Joins and shapes.
left, right = pd.DataFrame({"k": [1, 2, 2, 3], "l": list("abcd")}), pd.DataFrame({"k": [2, 3, 4], "r": [20.0, 30.0, 40.0]})
assert left.merge(right)["r"].tolist() == [20, 20, 30]
outer = left.merge(right, how="outer", indicator=True)
assert outer["_merge"].value_counts().to_dict() == {"both": 3, "left_only": 1, "right_only": 1}
near = pd.merge_asof(pd.DataFrame({"t": [1, 5, 10]}), pd.DataFrame({"t": [1, 2, 7], "v": [1, 2, 7]}), on="t")
assert near["v"].tolist() == [1, 2, 7]
pivot = many.assign(half=many["a"] < 500).pivot_table(index="key", columns="half", values="b", aggfunc="count")
assert pivot.to_numpy().sum() == 1000
assert_frame_equal(pivot.stack().unstack(), pivot)
assert pd.concat([left, right]).shape == (7, 3) and left.melt("k").shape == (4, 3)
assert left.sort_values(["k", "l"], ascending=[False, True])["l"].tolist() == list("dbca")
assert many.nlargest(3, "b")["b"].tolist() == sorted(many["b"])[:-4:-1]
assert many.rank()["a"].tolist() == list(range(1, 1001)) and many[["a", "b"]].corr().loc["a", "a"] == 1
assert many.loc[lambda part: part["b"] > 0, "b"].min() > 0 and many.query("a < 10 and key >= 0").shape[0] == 10
assert many.eval("a * 2 + 1")[2] == 5

# Windows.
series = pd.Series(np.arange(10.0))
assert series.rolling(3).mean().tolist()[2:] == list(range(1, 9)) and series.expanding().sum().iloc[-1] == 45
assert np.isclose(series.ewm(alpha=0.5).mean().iloc[1], 2 / 3) and series.rolling(3).median().iloc[-1] == 8
assert series.rolling(5, center=True).apply(np.ptp, raw=True).dropna().eq(4).all()

# Times: parsing in several formats, units, ranges, resampling, periods, offsets, and rounding.
assert pd.to_datetime(["2024-02-29", "2024-03-01T12:00"], format="ISO8601")[1].hour == 12
assert pd.to_datetime("13/02/2024", dayfirst=True) == pd.Timestamp(2024, 2, 13) == datetime(2024, 2, 13)
assert pd.to_datetime("Feb 3, 2024 4pm") == pd.Timestamp("2024-02-03 16:00")
assert pd.to_datetime(1709164800, unit="s") == pd.Timestamp("2024-02-29")
assert pd.to_datetime(["x", "2024-01-01"], errors="coerce", format="%Y-%m-%d").isna().tolist() == [True, False]
assert pd.Timestamp("2024-01-01 00:00:00.123456789").nanosecond == 789
assert pd.Timestamp.max.year == 2262 and pd.Timestamp("9999-12-31").unit in ("s", "us")
days = pd.date_range("2024-01-01", periods=366)
daily = pd.Series(1, index=days)
assert daily.resample("ME").sum().tolist() == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
assert daily["2024-02"].size == 29 and days.isocalendar().week.iloc[0] == 1
assert pd.bdate_range("2024-01-01", "2024-01-31").size == 23
assert pd.Timestamp("2024-01-31") + pd.offsets.MonthEnd() == pd.Timestamp("2024-02-29")
assert (pd.Period("2024Q1") + 3).end_time.date() == datetime(2024, 12, 31).date()
assert pd.Timedelta("1 days 02:03:04.5") == timedelta(days=1, hours=2, minutes=3, seconds=4.5)
assert pd.Timestamp("2024-05-05 10:37").floor("15min").minute == 30
assert days.strftime("%d.%m.%y")[59] == "29.02.24"

# Time zones: both sides of a change of clocks, from the package tzdata: a page does not have the machine's database.
reset_tzpath(to=())
zone = pd.DatetimeIndex(["2024-03-31 00:30", "2024-03-31 01:30"], tz="UTC").tz_convert("Europe/Berlin")
assert zone.hour.tolist() == [1, 3] and [stamp.utcoffset() for stamp in zone] == [timedelta(hours=1), timedelta(hours=2)]
assert zone.tz == ZoneInfo("Europe/Berlin")
try:
    pd.Timestamp("2024-03-31 02:30", tz="Europe/Berlin")
except ValueError:
    pass
else:
    raise AssertionError("an hour that the change of clocks left out was accepted")
assert pd.Timestamp("2024-07-01", tz="America/New_York").tz_convert("Asia/Kolkata").hour == 9
assert pd.to_datetime(["2024-01-01T00:00+02:00"]).tz == timezone(timedelta(hours=2))
assert pd.Timestamp("2024-07-01", tz="dateutil/Europe/Berlin").utcoffset() == timedelta(hours=2)

# Strings, categories, integers with missing values, intervals, sparse, hashes.
words = pd.Series(["alpha", None, "Beta"], dtype="str")
assert words.str.upper().tolist()[::2] == ["ALPHA", "BETA"] and words.str.contains("l.h", regex=True).tolist()[0]
assert words.astype("category").cat.codes.tolist() == [1, -1, 0]
whole = pd.array([1, None, 3], dtype="Int64")
assert (whole + 1).tolist()[::2] == [2, 4] and (whole + 1)[1] is pd.NA and whole.sum() == 4
assert pd.IntervalIndex.from_breaks([0, 1, 2]).get_indexer([0.5, 1.5, 9]).tolist() == [0, 1, -1]
sparse = pd.Series([0, 0, 5.0], dtype=pd.SparseDtype(float, 0))
assert sparse.sparse.density == 1 / 3 and (sparse * 2).sum() == 10
assert pd.util.hash_array(np.array([1, 2, 3]))[0] == 6238072747940578789
assert pd.Series([1.0, np.nan, 3]).interpolate().tolist() == [1, 2, 3]
index = pd.MultiIndex.from_product([["a", "b"], [1, 2]])
assert pd.Series(range(4), index).loc["b", 2] == 3 and index.get_loc(("b", 1)) == 2
assert_series_equal(pd.Series([0.1 + 0.2]), pd.Series([0.3]))
assert "alpha" in frame.assign(word="alpha").to_string() and "<table" in frame.to_html()

# Division by zero and overflow are quiet, as elsewhere.
with warnings.catch_warnings():
    warnings.simplefilter("error")
    assert np.isinf(pd.Series([1.0]) / 0)[0] and np.isnan(pd.Series([0.0]) / 0)[0]
    assert (pd.Series([1]) // 0).tolist() == [np.inf]
print("ok")
