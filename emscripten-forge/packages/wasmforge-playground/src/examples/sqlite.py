# SQLite runs here too, in memory.
import sqlite3

planets = [
    ("Mercury", 2440, 0),
    ("Venus", 6052, 0),
    ("Earth", 6371, 1),
    ("Mars", 3390, 2),
    ("Jupiter", 69911, 95),
    ("Saturn", 58232, 146),
    ("Uranus", 25362, 28),
    ("Neptune", 24622, 16),
]

with sqlite3.connect(":memory:") as db:
    db.execute("create table planet (name text, radius real, moons integer)")
    db.executemany("insert into planet values (?, ?, ?)", planets)
    rows = db.execute("select * from planet order by moons desc, name")
    for name, radius, moons in rows:
        print(f"{name:8} {radius:7,.0f} km {moons:4} {'●' * (moons // 6)}")
