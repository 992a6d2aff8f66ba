"""Labels at the ends of curves, pushed apart so that they never overlap. Imports Matplotlib inside functions only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nn.plot.arguments import Floats
from nn.plot.colours import readable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["End", "label_ends", "spread"]


class End(NamedTuple):
    """Where a curve ends, and what is written there."""

    x: float
    y: float
    text: str
    colour: str


def label_ends(ax: Axes, ends: Sequence[tuple[float, float, str, str]], size: float = 10.0) -> Axes:
    """Write a label to the right of the axes for each (x, y, text, colour), tied to its end by a thin line.

    The labels stand as high as their curves end, and are pushed apart just as far as needed. Their places are worked
    out whenever the figure is drawn, so they stay right when its size or limits change. An end outside the limits is
    labelled at the edge; one whose y is nan, at the top.

    >>> from matplotlib.figure import Figure
    >>> axes = label_ends(Figure().subplots(), [(1, 0.30, "a", "k"), (1, 0.31, "b", "k")])
    >>> [label.get_text() for label in axes.texts]
    ['a', 'b']
    """
    from matplotlib.transforms import Affine2D

    labels = [End(*end) for end in ends]
    heights = np.array([1.35 * size * (1 + end.text.count("\n")) for end in labels])  # in points

    def anchors() -> Floats:  # (n, 2) in pixels, inside the axes
        box = ax.bbox
        with np.errstate(invalid="ignore", divide="ignore"):
            places: Floats = ax.transData.transform([(end.x, end.y) for end in labels])
        places = np.where(np.isfinite(places), places, [box.x1, box.y1])
        return np.clip(places, [box.x0, box.y0], [box.x1, box.y1])

    def anchor(i: int) -> Any:
        return lambda _: Affine2D().translate(*anchors()[i])

    def place(i: int) -> Any:
        def transform(renderer: Any) -> Affine2D:
            point = renderer.points_to_pixels(1)
            box = ax.bbox
            y = spread(anchors()[:, 1], heights * point, box.y0 - size * point, box.y1 + size * point)[i]
            return Affine2D().translate(box.x1 + 14 * point, y)

        return transform

    for i, end in enumerate(labels):
        ax.annotate(
            end.text,
            xy=(0, 0),
            xycoords=anchor(i),
            xytext=(0, 0),
            textcoords=place(i),
            annotation_clip=False,
            fontsize=size,
            color=readable(end.colour),
            va="center",
            arrowprops={
                "arrowstyle": "-",
                "color": end.colour,
                "linewidth": 0.8,
                "alpha": 0.7,
                "shrinkA": 1.5,
                "shrinkB": 3,
                "relpos": (0, 0.5),
            },
        )
    return ax


def spread(wanted: Floats, heights: Floats, low: float, high: float) -> Floats:
    """Return places as near as can be to the wanted ones, such that things of these heights do not overlap.

    They keep their order and stay between ``low`` and ``high`` if there is room for all, else they centre there. Less
    the heights below each of them, places that may touch are numbers that may not fall: an isotonic regression.

    From: Ayer et al. (1955), the pooling of neighbours that violate the order.

    >>> spread(np.array([1.0, 1.0, 5.0]), np.array([2.0, 2.0, 2.0]), 0.0, 9.0)
    array([1., 3., 5.])
    """
    by_height = np.argsort(wanted, kind="stable")
    h = heights[by_height]
    below = np.cumsum(h) - h / 2  # where each centre is if they touch and begin at 0
    pools: list[tuple[float, int]] = []  # the mean of each pool, and how many are in it
    for goal in wanted[by_height] - below:
        mean, count = float(goal), 1
        while pools and pools[-1][0] > mean:
            other, n = pools.pop()
            mean, count = (mean * count + other * n) / (count + n), count + n
        pools.append((mean, count))
    free = np.repeat([mean for mean, _ in pools], [count for _, count in pools])
    highest = high - h.sum()
    free = np.clip(free, low, highest) if low <= highest else np.full(len(h), (low + highest) / 2)
    places = np.empty(len(h))
    places[by_height] = free + below
    return places
