# Drag the sliders to redraw the histogram and the curve.
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.widgets import Slider

normal = np.random.default_rng(1).normal(size=20_000)
edges = np.linspace(0, 8, 101)
x = (edges[:-1] + edges[1:]) / 2

figure, axes = plt.subplots(figsize=(6.4, 4.8))
figure.subplots_adjust(bottom=0.28)
steps = axes.stairs(np.zeros_like(x), edges, fill=True, color="tab:blue", alpha=0.6)
(curve,) = axes.plot(x, x, color="tab:red")
axes.set(title="Log-normal distribution", xlim=(0, 8), ylim=(0, 1.6), xlabel="$x$", ylabel="density")

mu = Slider(figure.add_axes((0.15, 0.1, 0.7, 0.04)), r"$\mu$", -1, 1.5, valinit=0.3)
sigma = Slider(figure.add_axes((0.15, 0.04, 0.7, 0.04)), r"$\sigma$", 0.1, 1.5, valinit=0.5)


def update(_=None):
    heights, _ = np.histogram(np.exp(mu.val + sigma.val * normal), edges, density=True)
    steps.set_data(heights)
    curve.set_ydata(np.exp(-((np.log(x) - mu.val) ** 2) / (2 * sigma.val**2)) / (x * sigma.val * np.sqrt(2 * np.pi)))
    figure.canvas.draw_idle()


mu.on_changed(update)
sigma.on_changed(update)
update()
plt.show()
