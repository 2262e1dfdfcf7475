"""Dates in words, rules that repeat, differences in months, and time zones from the package tzdata."""

from datetime import datetime, timedelta

from dateutil import easter, parser, relativedelta, rrule, tz

assert parser.parse("Thu Sep 25 10:36:28 2003") == datetime(2003, 9, 25, 10, 36, 28)
assert parser.parse("3.2.2024", dayfirst=True) == datetime(2024, 2, 3)
assert parser.isoparse("2024-02-29T12:30:00+02:00").utcoffset() == timedelta(hours=2)
try:
    parser.parse("the day after")
except parser.ParserError:
    pass
else:
    raise AssertionError("nonsense was parsed")
assert datetime(2024, 1, 31) + relativedelta.relativedelta(months=1) == datetime(2024, 2, 29)
assert relativedelta.relativedelta(datetime(2024, 3, 1), datetime(2023, 1, 15)).months == 1
fridays = rrule.rrule(rrule.MONTHLY, count=3, byweekday=rrule.FR, bymonthday=13, dtstart=datetime(2024, 1, 1))
assert [day.month for day in fridays] == [9, 12, 6]
assert easter.easter(2024).isoformat() == "2024-03-31"
berlin = tz.gettz("Europe/Berlin")
assert datetime(2024, 7, 1, tzinfo=berlin).utcoffset() == timedelta(hours=2)
assert tz.datetime_ambiguous(datetime(2024, 10, 27, 2, 30), berlin)
assert not tz.datetime_exists(datetime(2024, 3, 31, 2, 30), berlin)
