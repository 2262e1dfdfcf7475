"""The standard library finds the database, each zone of it can be read, and one has its known offsets."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones, reset_tzpath

# Node sees the machine's own database, which a page does not have.
reset_tzpath(to=())
zones = available_timezones()
assert len(zones) > 400 and {"Europe/Berlin", "America/New_York", "UTC"} <= zones
for zone in zones:
    assert abs(datetime(2024, 7, 1, tzinfo=ZoneInfo(zone)).utcoffset()) <= timedelta(hours=14)
assert datetime(2024, 7, 1, tzinfo=ZoneInfo("Asia/Kolkata")).utcoffset() == timedelta(hours=5, minutes=30)
assert datetime(2024, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")).tzname() == "CET"
