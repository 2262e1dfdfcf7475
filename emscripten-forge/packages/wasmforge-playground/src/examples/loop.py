# This never ends by itself. Press Stop: the page stays awake.
count = 0
while True:
    count += 1
    if count % 1_000_000 == 0:
        print(f"{count:,} rounds")
