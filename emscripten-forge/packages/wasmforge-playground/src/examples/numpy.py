# NumPy in a browser tab: this runs on your own machine, not on a server.
import numpy as np

rng = np.random.default_rng(7)

# Fit a parabola to noisy points by least squares.
x = np.linspace(-3, 3, 200)
y = 0.5 * x**2 - x + 2 + rng.normal(0, 0.3, x.size)
A = np.vander(x, 3)
coefficients, residual, rank, _ = np.linalg.lstsq(A, y)

print("fitted:  ", np.round(coefficients, 2))
print("expected:", [0.5, -1.0, 2.0])

# The last expression's value is shown below the output.
np.linalg.inv(A.T @ A).round(5)
