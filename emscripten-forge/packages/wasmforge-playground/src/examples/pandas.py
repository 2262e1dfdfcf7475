# A year of made-up temperatures: a table by month and station, and the warmest week.
import numpy as np
import pandas as pd

rng = np.random.default_rng(7)
days = pd.date_range("2025-01-01", "2025-12-31", name="day")
season = 10 - 11 * np.cos(2 * np.pi * (days.day_of_year - 15) / 365)
stations = {"harbour": 1.5, "hill": -4.0, "town": 3.0}
table = pd.DataFrame(
    {name: season + offset + rng.normal(0, 2.5, len(days)) for name, offset in stations.items()}, index=days
)

weeks = table.rolling(7).mean().max(axis=1)
end = weeks.idxmax()
print(f"The warmest week ended on {end:%A, %d %B}: {weeks.max():.1f} °C on average.")

table.resample("MS").mean().rename(index=lambda day: f"{day:%B}").round(1)
