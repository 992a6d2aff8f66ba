"""Points of a plane by class, and what a network says of the plane around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nn.plot.arguments import Classes, Floats, classes_of, function_values, points_of
from nn.plot.colours import COLOURS, INK, MARKERS, blue_to_orange

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["boundary", "regions", "scatter"]


def scatter(ax: Axes, X: ArrayLike, y: ArrayLike, names: Sequence[str] | None = None) -> Axes:
    """Draw points by class, each class with its colour, its marker and its name under the axes.

    ``names`` are those of the classes 0, 1, ...; without them they are "y = 0", "y = 1", and with an empty list no
    names are written.

    Shapes: X (n, 2), y (n,) or (n, 1).

    Raises:
        ValueError: X has other than 2 features, or y does not fit it.

    >>> from matplotlib.figure import Figure
    >>> axes = scatter(Figure().subplots(), [[0, 0], [1, 1], [0, 1]], [0, 0, 1], ["equal", "different"])
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['equal', 'different']
    """
    points, labels = points_of(X, y)
    frame(ax, points)
    return draw_points(ax, points, labels, classes_of(labels, names))


def boundary(
    ax: Axes,
    probability: Callable[[Floats], ArrayLike],
    X: ArrayLike,
    y: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    steps: int = 200,
    colorbar: bool = False,
) -> Axes:
    """Draw what a network says of every point of the plane: a probability in 20 levels, the line at 0.5, the data.

    Where the network says nan, the plane is left grey.

    Shapes: X (n, 2), y (n,) or (n, 1) of two classes; probability maps (m, 2) to (m,) or (m, 1) in 0..1,
    as a network with a sigmoid at its end does.

    Raises:
        ValueError: X has other than 2 features, or the function gives another shape or numbers beyond 0..1.

    >>> from matplotlib.figure import Figure
    >>> X, y = np.array([[-1.0, 0], [-2, 1], [1, 0], [2, 1]]), np.array([0, 0, 1, 1])
    >>> axes = boundary(Figure().subplots(), lambda plane: 1 / (1 + np.exp(-3 * plane[:, 0])), X, y)
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('$x_0$', '$x_1$')
    """
    points, labels = points_of(X, y)
    x0, x1, plane = frame(ax, points, steps)
    p = function_values("the probability", probability, plane)
    low, high = np.nanmin(p, initial=0.5), np.nanmax(p, initial=0.5)
    if low < -1e-9 or high > 1 + 1e-9:
        raise ValueError(
            f"probabilities lie in 0..1, but these reach from {low:.4g} to {high:.4g}; give sigmoid(scores)"
        )
    ax.set_facecolor("#dddddd")
    field = ax.contourf(
        x0, x1, np.ma.masked_invalid(p.reshape(x0.shape)), levels=np.linspace(0, 1, 21), cmap=blue_to_orange()
    )
    if low < 0.5 < high:
        ax.contour(x0, x1, p.reshape(x0.shape), [0.5], colors=INK, linewidths=2)
    if colorbar:
        beside = ax.inset_axes((1.04, 0, 0.04, 1))  # as tall as the picture, whatever its shape
        bar = ax.figure.colorbar(field, cax=beside, label="P(y = 1)", ticks=np.linspace(0, 1, 6))
        bar.ax.axhline(0.5, color=INK, linewidth=2)
    return draw_points(ax, points, labels, classes_of(labels, names))


def regions(
    ax: Axes,
    labels_of: Callable[[Floats], ArrayLike],
    X: ArrayLike,
    y: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    steps: int = 400,
) -> Axes:
    """Draw which class a network chooses everywhere in the plane, and the data; points it gets wrong are ringed.

    Shapes: X (n, 2), y (n,) or (n, 1); labels_of maps (m, 2) to the labels (m,) or (m, 1), say of the largest output.

    Raises:
        ValueError: X has other than 2 features, or the function gives another shape.

    >>> from matplotlib.figure import Figure
    >>> X, y = np.array([[-1.0, 0], [-2, 1], [1, 0], [2, 1]]), np.array([0, 0, 1, 0])
    >>> axes = regions(Figure().subplots(), lambda plane: plane[:, 0] > 0, X, y)
    >>> axes.get_legend().get_texts()[-1].get_text()
    'wrong: 1 of 4'
    """
    from matplotlib.colors import to_rgb

    points, labels = points_of(X, y)
    x0, x1, plane = frame(ax, points, steps)
    chosen = function_values("the label", labels_of, plane)
    classes = classes_of(np.concatenate([labels.astype(float), chosen]), names)
    shape = x0.shape
    picture = np.ones((*shape, 3))
    for k, label in enumerate(classes.labels):
        inside = (chosen == label).reshape(shape)
        picture[inside] = 0.35 * np.array(to_rgb(COLOURS[k % len(COLOURS)])) + 0.65
        if inside.any() and not inside.all():
            ax.contour(x0, x1, inside, [0.5], colors=INK, linewidths=1.2)
    corners = (x0[0, 0], x0[0, -1], x1[0, 0], x1[-1, 0])
    aspect = ax.get_aspect()
    ax.imshow(picture, extent=corners, origin="lower", interpolation="bilinear", aspect=aspect, zorder=0)
    wrong = function_values("the label", labels_of, points) != labels.astype(float)
    return draw_points(ax, points, labels, classes, wrong)


def frame(ax: Axes, points: Floats, steps: int = 2) -> tuple[Floats, Floats, Floats]:
    """Set the limits a little wider than the points; return a grid that fills them, as x0, x1 and as a list of points.

    Shapes: points (n, 2); x0 and x1 (steps, steps), the list (steps², 2).
    """
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    low, high = low - 0.12 * span, high + 0.12 * span
    ax.grid(visible=False)
    ax.set(xlabel="$x_0$", ylabel="$x_1$", xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    if 1 / 3 < span[0] / span[1] < 3:
        ax.set_aspect("equal")
    x0, x1 = np.meshgrid(np.linspace(low[0], high[0], steps), np.linspace(low[1], high[1], steps))
    return x0, x1, np.column_stack([x0.ravel(), x1.ravel()])


def draw_points(
    ax: Axes,
    points: Floats,
    labels: NDArray[np.generic],
    classes: Classes,
    wrong: NDArray[np.bool_] | None = None,
) -> Axes:
    """Draw the points by class, a ring around those that are wrong, and the names of the classes under the axes."""
    size = 7.0 if len(points) <= 200 else 5.0 if len(points) <= 1000 else 3.5
    for k, label in enumerate(classes.labels):
        ax.plot(
            *points[labels == label].T,
            MARKERS[k % len(MARKERS)],
            color=COLOURS[k % len(COLOURS)],
            markeredgecolor="white",
            markeredgewidth=0.7,
            markersize=size,
            label=classes.names[k] if classes.names else None,
            zorder=3,
        )
    if wrong is not None and wrong.any():
        name = f"wrong: {wrong.sum()} of {len(wrong)}"
        ax.plot(*points[wrong].T, "o", color="none", markeredgecolor=INK, markersize=2 * size, label=name, zorder=4)
    if classes.names:
        legend_below(ax, 7 / size)
    return ax


def legend_below(ax: Axes, scale: float) -> None:
    """Write the legend under the axes and their name, where it covers nothing."""
    from matplotlib.transforms import ScaledTranslation

    below = ax.transAxes + ScaledTranslation(0, -36 / 72, ax.figure.dpi_scale_trans)
    count = len(ax.get_legend_handles_labels()[0])
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        bbox_transform=below,
        ncols=min(count, 4),
        frameon=False,
        markerscale=scale,
        handletextpad=0.2,
        columnspacing=1.2,
        borderaxespad=0,
    )
