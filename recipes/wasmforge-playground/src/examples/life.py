# Conway's Game of Life: output appears while the program runs. Stop ends it.
import time

import numpy as np

rng = np.random.default_rng(1)
cells = rng.random((14, 60)) < 0.3

generation = 0
while cells.any():
    neighbours = sum(
        np.roll(cells, (dy, dx), axis=(0, 1))
        for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)
    )
    cells = (neighbours == 3) | (cells & (neighbours == 2))
    generation += 1
    print(f"generation {generation}, {cells.sum()} alive")
    print("\n".join("".join("■" if alive else "·" for alive in row) for row in cells), "\n")
    time.sleep(0.25)
