# Conway's Game of Life. Output appears while the program runs. Press Stop to end it.
import time

import numpy as np

rng = np.random.default_rng(1)
cells = rng.random((14, 52)) < 0.3
around = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx]

generation = 0
while cells.any():
    neighbours = sum(np.roll(cells, shift, axis=(0, 1)) for shift in around)
    cells = (neighbours == 3) | (cells & (neighbours == 2))
    generation += 1
    print(f"generation {generation}, {cells.sum()} alive")
    for row in np.where(cells, "■", "·"):
        print("".join(row))
    print()
    time.sleep(0.25)
