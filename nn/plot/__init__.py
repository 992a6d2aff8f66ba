"""Figures of networks: each function draws on the Matplotlib Axes it is given, and returns it.

They take plain arrays, numbers and functions of arrays, so they know neither Values nor Tensors. What they set (titles,
names of axes, limits) can be set anew on the returned Axes. Nothing depends on colour alone, and the colours are
those of Okabe and Ito, which colour-blind readers can tell apart. Matplotlib is imported only when something is drawn.
Labels and legends stand beside the axes: give the figure ``layout="constrained"``, which makes room for them.

    >>> from matplotlib.figure import Figure
    >>> figure = Figure(layout="constrained")
    >>> axes = loss_curves(figure.subplots(), {"SGD": [0.7, 0.5, 0.4], "Adam": [0.7, 0.3, 0.1]})
    >>> axes.set_title("Two optimisers") and figure.savefig("losses.png")    # doctest: +SKIP

Read curves.py first. May import NumPy, and Matplotlib inside functions.
"""

from nn.plot.colours import (
    AMBER,
    BLUE,
    COLOURS,
    CYCLE,
    GREEN,
    GREY,
    INK,
    MARKERS,
    ORANGE,
    PURPLE,
    SHADE,
    SKY,
    YELLOW,
    blue_to_orange,
    readable,
    white_to_blue,
)
from nn.plot.curves import function_and_slope, loss_curves, trajectory
from nn.plot.diagram import network_diagram
from nn.plot.grids import activation_image, confusion_heat_map, images, weight_images
from nn.plot.labels import label_ends
from nn.plot.landscapes import landscape, landscape_3d
from nn.plot.plane import boundary, regions, scatter
from nn.plot.statistics import bars, gradient_check_scatter, histogram_row

__all__ = [
    "AMBER", "BLUE", "COLOURS", "CYCLE", "GREEN", "GREY", "INK", "MARKERS", "ORANGE", "PURPLE", "SHADE", "SKY",
    "YELLOW", "activation_image", "bars", "blue_to_orange", "boundary", "confusion_heat_map", "function_and_slope",
    "gradient_check_scatter", "histogram_row", "images", "label_ends", "landscape", "landscape_3d", "loss_curves",
    "network_diagram", "readable", "regions", "scatter", "trajectory", "weight_images", "white_to_blue",
]  # fmt: skip
