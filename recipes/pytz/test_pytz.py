"""Both sides of a change of clocks, from the database that the package brings."""

from datetime import datetime, timedelta

import pytz

berlin = pytz.timezone("Europe/Berlin")
summer = berlin.localize(datetime(2024, 7, 1, 12))
assert summer.utcoffset() == timedelta(hours=2) and summer.tzname() == "CEST"
assert summer.astimezone(pytz.timezone("Asia/Tokyo")).hour == 19
# An hour that does not exist, and one that exists twice.
assert berlin.normalize(berlin.localize(datetime(2024, 3, 31, 2, 30))).hour == 3
for when, kind in ((datetime(2024, 3, 31, 2, 30), pytz.NonExistentTimeError), (datetime(2024, 10, 27, 2, 30), pytz.AmbiguousTimeError)):
    try:
        berlin.localize(when, is_dst=None)
    except kind:
        pass
    else:
        raise AssertionError(f"{when} was accepted")
assert pytz.country_timezones["de"][0] == "Europe/Berlin" and len(pytz.all_timezones) > 400
try:
    pytz.timezone("Europe/Nowhere")
except pytz.UnknownTimeZoneError:
    pass
else:
    raise AssertionError("a zone that does not exist was found")
