"""Arrays as pictures: a confusion matrix, the activations of a layer, images and weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from nn.plot.arguments import Floats, array_of
from nn.plot.colours import INK, blue_to_orange, luminance, white_to_blue

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import FigureBase

__all__ = ["activation_image", "confusion_heat_map", "images", "weight_images"]


def confusion_heat_map(ax: Axes, matrix: ArrayLike, names: Sequence[str] | None = None) -> Axes:
    """Draw a confusion matrix with its counts: a row for each true class, a column for each predicted one.

    The darker a cell, the larger its share of its row.

    Shapes: matrix (k, k).

    Raises:
        ValueError: the matrix is not square, has negative entries, or the names are not k.

    >>> from matplotlib.figure import Figure
    >>> axes = confusion_heat_map(Figure().subplots(), [[8, 2], [1, 9]], ["cat", "dog"])
    >>> [text.get_text() for text in axes.texts], axes.get_title()
    (['8', '2', '1', '9'], '17 of 20 right (85.0 %)')
    """
    from matplotlib.colors import PowerNorm

    counts = array_of("the confusion matrix", matrix, "classes", "classes")
    k = len(counts)
    if counts.shape != (k, k) or counts.min() < 0:
        raise ValueError(
            f"a confusion matrix is square and counts, but this one is {counts.shape}, least {counts.min():g}"
        )
    if names is not None and len(names) != k:
        raise ValueError(f"{len(names)} names {list(names)} for {k} classes: give one for each")
    names = [str(i) for i in range(k)] if names is None else names
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    picture = ax.imshow(share, white_to_blue(), norm=PowerNorm(0.6, 0, 1.15))
    for (i, j), count in np.ndenumerate(counts):
        red, green, blue, _ = picture.to_rgba(share[i, j])
        colour = INK if luminance((red, green, blue)) > 0.3 else "white"
        ax.text(j, i, f"{count:g}", ha="center", va="center", color=colour, fontsize=12 if k <= 5 else 9.5)
    slanted = max(map(len, names)) * k > 50
    ax.set_xticks(range(k), names, rotation=45 if slanted else 0, ha="right" if slanted else "center")
    ax.set_yticks(range(k), names)
    ax.set_xticks(np.arange(k - 1) + 0.5, minor=True)
    ax.set_yticks(np.arange(k - 1) + 0.5, minor=True)
    ax.grid(visible=False)
    ax.grid(which="minor", color="white", linewidth=2)
    ax.tick_params(which="both", length=0)
    ax.spines[:].set_visible(False)
    right, total = np.trace(counts), counts.sum()
    ax.set(
        xlabel="predicted",
        ylabel="truth",
        title=f"{right:g} of {total:g} right ({right / max(total, 1):.1%})".replace("%)", " %)"),
    )
    return ax


def activation_image(ax: Axes, A: ArrayLike) -> Axes:
    """Draw the activations of a layer as an image: a row for each sample, a column for each neuron, and a scale.

    Shapes: A (n, neurons).

    >>> from matplotlib.figure import Figure
    >>> axes = activation_image(Figure().subplots(), [[0.0, 1.5], [2.0, 0.0], [0.5, 0.0]])
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('neuron', 'sample')
    """
    from matplotlib.ticker import MaxNLocator

    values = array_of("A", A, "samples", "neurons")
    colours, low, high = scale_of(values)
    picture = ax.imshow(values, colours, vmin=low, vmax=high, aspect="auto", interpolation="nearest")
    ax.figure.colorbar(picture, ax=ax, label="activation")
    ax.grid(visible=False)
    ax.set(xlabel="neuron", ylabel="sample")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    return ax


def scale_of(values: Floats) -> tuple[Colormap, float, float]:
    """Return a colour map and its limits: white at 0, blue and orange around it if there are negative numbers."""
    finite = values[np.isfinite(values)]
    largest = float(np.abs(finite).max(initial=0.0)) or 1.0
    return (
        (blue_to_orange(pale=False), -largest, largest)
        if finite.min(initial=0.0) < 0
        else (white_to_blue(), 0.0, largest)
    )


def images(
    figure: FigureBase, pictures: ArrayLike, titles: Sequence[str] | None = None, columns: int = 10
) -> list[Axes]:
    """Draw small grey images in a grid, with a title each; returns their Axes.

    Black is the least number of all images, white the largest.

    Shapes: pictures (n, height, width).

    Raises:
        ValueError: pictures has another shape, or the titles are not n.

    >>> from matplotlib.figure import Figure
    >>> len(images(Figure(figsize=(5, 2)), np.eye(64).reshape(64, 8, 8)[:7], columns=5))
    7
    """
    values = pictures_of(pictures)
    return draw_grid(figure, values, titles, columns, "gray", float(np.nanmin(values)), float(np.nanmax(values)))


def weight_images(
    figure: FigureBase, pictures: ArrayLike, titles: Sequence[str] | None = None, columns: int = 10
) -> list[Axes]:
    """Draw weights as small images on one scale: orange is positive, blue negative; returns their Axes.

    The weights that lead from 28 x 28 pixels to the neurons of a layer are ``W.T.reshape(-1, 28, 28)``.

    Shapes: pictures (n, height, width).

    Raises:
        ValueError: pictures has another shape, or the titles are not n.

    >>> from matplotlib.figure import Figure
    >>> len(weight_images(Figure(figsize=(5, 2)), np.eye(64).reshape(64, 8, 8)[:7] - 0.5, columns=5))
    7
    """
    values = pictures_of(pictures)
    largest = float(np.nanmax(np.abs(values))) or 1.0
    axes = draw_grid(figure, values, titles, columns, blue_to_orange(pale=False), -largest, largest)
    figure.colorbar(axes[0].images[0], ax=axes, label="weight", aspect=30)
    return axes


def pictures_of(pictures: ArrayLike) -> Floats:
    """Return the pictures as (n, height, width), or say how to get there from flat ones."""
    values: Floats = np.asarray(pictures, dtype=np.float64)
    if values.ndim == 2:
        side = round(values.shape[1] ** 0.5)
        raise ValueError(
            f"pictures need the shape (n, height, width), but have {values.shape}; perhaps reshape(-1, {side}, {side})"
        )
    return array_of("pictures", values, "n", "height", "width")


def draw_grid(
    figure: FigureBase,
    values: Floats,
    titles: Sequence[str] | None,
    columns: int,
    colours: str | Colormap,
    low: float,
    high: float,
) -> list[Axes]:
    """Draw the pictures row by row, all on one scale."""
    n = len(values)
    if titles is not None and len(titles) != n:
        raise ValueError(f"{len(titles)} titles for {n} pictures: give one for each")
    columns = min(columns, n)
    cells = figure.subplots(-(-n // columns), columns, squeeze=False).ravel()
    for i, ax in enumerate(cells):
        ax.set_axis_off()
        if i < n:
            ax.imshow(values[i], colours, vmin=low, vmax=high, interpolation="nearest")
            ax.set_title("" if titles is None else titles[i], fontsize=10, fontweight="normal", loc="center", pad=3)
    return list(cells[:n])
