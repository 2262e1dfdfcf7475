# The Mandelbrot set, one NumPy array at a time.
import numpy as np

width, height, steps = 78, 30, 60
c = np.linspace(-2.2, 0.9, width) + 1j * np.linspace(-1.2, 1.2, height)[:, None]
z = np.zeros_like(c)
escaped = np.full(c.shape, steps)

for step in range(steps):
    inside = np.abs(z) <= 2
    z[inside] = z[inside] ** 2 + c[inside]
    escaped[inside & (np.abs(z) > 2)] = step

shades = np.array(list(" .:-=+*#%@"))
picture = shades[(escaped * (len(shades) - 1)) // steps]
print("\n".join("".join(row) for row in picture))
