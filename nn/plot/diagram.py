"""A network as circles and edges, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nn.plot.arguments import Floats, array_of
from nn.plot.colours import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, readable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["network_diagram"]

MOST = 9  # circles in a layer; of bigger layers the first four and the last three are shown
RADIUS = 0.32  # of a circle, where the next one is 1 away


class Column(NamedTuple):
    """A layer as it is drawn: which of its neurons, and where."""

    neurons: NDArray[np.intp]  # (shown,)
    x: float
    y: Floats  # (shown,)
    colour: str


def network_diagram(
    ax: Axes,
    sizes: Sequence[int],
    *,
    weights: Sequence[ArrayLike] | None = None,
    names: Sequence[str] | None = None,
    activations: Sequence[str] | None = None,
) -> Axes:
    r"""Draw a network of layers: a circle for each neuron, a line for each weight, big layers shortened.

    ``sizes`` counts the inputs first. With ``weights``, a line is the wider the larger its weight; positive ones are
    orange, negative ones blue and dashed. ``names`` stand above the layers. ``activations`` has a word for each layer
    after the input, which gives the formulas below the layers; where it has an "=", it is the formula itself.

    Shapes: the weights between the layers l and l + 1 are (sizes[l], sizes[l + 1]).

    Raises:
        ValueError: sizes, weights, names and activations do not fit each other.

    From: "Module 02: Backpropagation and Gradient Descent", the picture of the network.

    >>> from matplotlib.figure import Figure
    >>> axes = network_diagram(Figure().subplots(), [3, 4, 1], activations=["relu", "sigmoid"])
    >>> [text.get_text() for text in axes.texts if "input" in text.get_text()]
    ['input\n3']
    """
    matrices, names, activations = checked(list(sizes), weights, names, activations)
    columns = columns_of(ax, sizes)
    for l, (left, right) in enumerate(pairwise(columns)):
        draw_edges(ax, left, right, None if matrices is None else matrices[l])
    for l, column in enumerate(columns):
        draw_column(ax, column, sizes[l], "x" if l == 0 else r"\hat{y}" if l == len(sizes) - 1 else "")
    top = max(column.y.max() for column in columns) + 0.75
    for l, (column, name) in enumerate(zip(columns, names, strict=True)):
        dark = readable(column.colour)
        ax.text(column.x, top, f"{name}\n{sizes[l]:,}", ha="center", va="bottom", color=dark, fontweight="bold")
        if l:
            middle = (column.x + columns[l - 1].x) / 2
            shape = f"$W_{{{l}}}$: {sizes[l - 1]:,} × {sizes[l]:,}"
            ax.annotate(
                "",
                (middle + 0.13 * column.x / l, top - 0.1),
                (middle - 0.13 * column.x / l, top - 0.1),
                arrowprops={"arrowstyle": "->", "color": GREY, "shrinkA": 0, "shrinkB": 0},
            )
            ax.text(middle, top, shape, ha="center", va="bottom", color=GREY, fontsize=9)
    for l, word in enumerate(activations, 1):
        ax.text(columns[l].x, -top, formula(l, word), ha="center", va="top", color=INK, fontsize=10, linespacing=1.5)
    if activations:
        ax.text(0, -top, "$a_0 = X$", ha="center", va="top", color=INK, fontsize=10, linespacing=1.5)
    if matrices is not None:
        note = "orange: positive    blue, dashed: negative    the wider, the larger"
        ax.text(0.5, 0, note, transform=ax.transAxes, ha="center", va="top", color=GREY, fontsize=9)
    return ax


def checked(
    sizes: list[int],
    weights: Sequence[ArrayLike] | None,
    names: Sequence[str] | None,
    activations: Sequence[str] | None,
) -> tuple[list[Floats] | None, Sequence[str], Sequence[str]]:
    """Return weights, names and activations as they are drawn, or say which of them does not fit the sizes."""
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(
            f"sizes needs the inputs and at least one layer, each of 1 or more, such as [3, 4, 1]: {sizes}"
        )
    hidden = len(sizes) - 2
    if names is None:
        names = ["input", *(f"hidden {l}" if hidden > 1 else "hidden" for l in range(1, hidden + 1)), "output"]
    if len(names) != len(sizes):
        raise ValueError(f"{len(names)} names {list(names)} for {len(sizes)} layers {sizes}, the input among them")
    if activations and len(activations) != len(sizes) - 1:
        raise ValueError(f"{len(activations)} activations for {len(sizes) - 1} layers after the input, sizes {sizes}")
    if weights is None:
        return None, names, activations or []
    wanted = list(pairwise(sizes))
    matrices = [array_of(f"weights[{l}]", W, "inputs", "outputs") for l, W in enumerate(weights)]
    shapes = [W.shape for W in matrices]
    if shapes != wanted:
        raise ValueError(f"layers of {sizes} need weights of the shapes {wanted}, but these have {shapes}")
    return matrices, names, activations or []


def columns_of(ax: Axes, sizes: Sequence[int]) -> list[Column]:
    """Place the layers so that they fill the axes as they are shaped now, and circles stay round."""
    shown = [min(size, MOST - 1) if size > MOST else size for size in sizes]
    tall = max(*shown, 3) + 3.2
    gap = max(2.2, 0.8 * tall * ax.bbox.width / ax.bbox.height / (len(sizes) - 1))
    ax.set(xlim=(-gap / 2, gap * (len(sizes) - 0.5)), ylim=(-tall / 2, tall / 2), aspect="equal")
    ax.set_axis_off()
    columns = []
    for l, size in enumerate(sizes):
        colour = GREEN if l == 0 else ORANGE if l == len(sizes) - 1 else (BLUE, PURPLE)[(l - 1) % 2]
        rows = np.arange(size)
        if size > MOST:  # four, a gap of one place for the dots, three
            rows = np.array([0, 1, 2, 3, 5, 6, 7])
        y = (rows.max() / 2 - rows).astype(float)
        neurons = rows if size <= MOST else np.array([0, 1, 2, 3, size - 3, size - 2, size - 1])
        columns.append(Column(neurons, l * gap, y, colour))
    return columns


def draw_edges(ax: Axes, left: Column, right: Column, W: Floats | None) -> None:
    """Draw a line for each weight between the neurons that are shown."""
    from matplotlib.collections import LineCollection

    lines = [[(left.x, y0), (right.x, y1)] for y0 in left.y for y1 in right.y]
    if W is None:
        ax.add_collection(LineCollection(lines, colors="#b5b5b5", linewidths=0.8, zorder=1))
        return
    shown = W[np.ix_(left.neurons, right.neurons)].ravel()
    widths = 0.3 + 3.2 * np.abs(shown) / (np.abs(W).max() or 1.0)
    for sign, colour, style in ((shown >= 0, ORANGE, "solid"), (shown < 0, BLUE, (0, (3, 1.5)))):
        chosen = [lines[k] for k in np.flatnonzero(sign)]
        ax.add_collection(
            LineCollection(chosen, colors=colour, linestyles=[style], linewidths=widths[sign], alpha=0.75, zorder=1)
        )


def draw_column(ax: Axes, column: Column, size: int, letter: str) -> None:
    """Draw the circles of a layer, with the number of each, and dots where neurons are left out."""
    from matplotlib.colors import to_rgb
    from matplotlib.patches import Circle

    pale = tuple(0.25 * part + 0.75 for part in to_rgb(column.colour))
    for neuron, y in zip(column.neurons, column.y, strict=True):
        number = f"_{{{neuron + 1}}}" if size > 1 else ""
        text = f"${letter}{number}$" if letter and neuron < 99 else f"{neuron + 1}"
        ax.add_patch(Circle((column.x, y), RADIUS, facecolor=pale, edgecolor=column.colour, linewidth=1.8, zorder=2))
        ax.text(column.x, y, text, ha="center", va="center", fontsize=9 if neuron < 9 else 7.5, color=INK, zorder=3)
    if size > MOST:
        gap = column.y[3] - 1
        ax.plot([column.x] * 3, [gap - 0.2, gap, gap + 0.2], "o", color=column.colour, markersize=3.5, zorder=2)


def formula(l: int, word: str) -> str:
    """Return the formula of a layer: from the name of its activation, or the formula that was given."""
    if "=" in word:
        return word
    before = "X" if l == 1 else f"a_{{{l - 1}}}"
    word = word.replace("_", r"\_").replace(" ", r"\ ")
    return f"$z_{{{l}}} = {before} W_{{{l}}} + b_{{{l}}}$\n$a_{{{l}}} = \\mathrm{{{word}}}(z_{{{l}}})$"
