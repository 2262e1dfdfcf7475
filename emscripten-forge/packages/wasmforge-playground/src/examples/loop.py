# This loop never ends. The page still responds: press Stop to end it.
count = 0
while True:
    count += 1
    if count % 1_000_000 == 0:
        print(f"{count:,} rounds")
