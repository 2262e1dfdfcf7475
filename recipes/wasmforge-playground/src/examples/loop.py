# This never ends by itself. Press Stop: the page stays awake, Python is told to stop.
count = 0
while True:
    count += 1
    if count % 5_000_000 == 0:
        print(f"{count:,} rounds")
