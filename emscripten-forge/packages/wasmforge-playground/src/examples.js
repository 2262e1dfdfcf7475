// The programs in the Example menu, in order. A new visitor sees the first one.

import classes from "./examples/classes.py";
import figure from "./examples/figure.py";
import life from "./examples/life.py";
import loop from "./examples/loop.py";
import mandelbrot from "./examples/mandelbrot.py";
import numpy from "./examples/numpy.py";
import pandas from "./examples/pandas.py";
import sqlite from "./examples/sqlite.py";
import traceback from "./examples/traceback.py";

export const examples = [
  { title: "NumPy: fit a curve", code: numpy },
  { title: "Matplotlib: sliders", code: figure },
  { title: "pandas: a year of temperatures", code: pandas },
  { title: "NumPy: Mandelbrot set", code: mandelbrot },
  { title: "NumPy: Game of Life", code: life },
  { title: "Classes and patterns", code: classes },
  { title: "SQLite in memory", code: sqlite },
  { title: "An error and its traceback", code: traceback },
  { title: "A loop to stop", code: loop },
];
