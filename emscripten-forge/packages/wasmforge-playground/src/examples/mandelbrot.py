# The Mandelbrot set, one NumPy array at a time.
import numpy as np

width, height, steps = 58, 26, 60
real = np.linspace(-2.2, 0.9, width)
imaginary = np.linspace(-1.25, 1.25, height)
c = real + 1j * imaginary[:, np.newaxis]
z = np.zeros_like(c)
escaped = np.full(c.shape, steps)

for step in range(steps):
    inside = np.abs(z) <= 2
    z[inside] = z[inside] ** 2 + c[inside]
    escaped[inside & (np.abs(z) > 2)] = step

shades = np.array(list(" .:-=+*#%@"))
picture = shades[escaped * (len(shades) - 1) // steps]
print("\n".join("".join(row) for row in picture))
