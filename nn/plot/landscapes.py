"""A loss over two directions, as a map and as a mountain, with the path of a training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from nn.plot.arguments import Floats, array_of
from nn.plot.colours import GREEN, INK, ORANGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["landscape", "landscape_3d"]


def landscape(ax: Axes, x: ArrayLike, y: ArrayLike, Z: ArrayLike, path: ArrayLike | None = None) -> Axes:
    """Draw a loss over two directions as a map of 20 levels, and on it the path of a training from star to cross.

    The levels are spaced evenly, or by factors where the loss is positive and spans more than two decades.
    Where it is nan or infinite, the map is left blank.

    Shapes: x (columns,), y (rows,), Z (rows, columns) with Z[i, j] the loss at x[j], y[i]; path (steps, 2).

    Raises:
        ValueError: the shapes do not fit, or no number of Z is finite.

    >>> from matplotlib.figure import Figure
    >>> x = y = np.linspace(-1, 1, 30)
    >>> axes = landscape(Figure().subplots(), x, y, x**2 + y[:, None] ** 2, path=[[0.9, 0.5], [0.3, 0.2], [0.1, 0.1]])
    >>> axes.get_legend().get_texts()[0].get_text()
    'start'
    """
    from matplotlib.colors import LogNorm, Normalize
    from matplotlib.ticker import LogLocator, MaxNLocator

    x, y, Z = surface_of(x, y, Z)
    finite = Z[np.isfinite(Z)]
    if not finite.size:
        raise ValueError("no number of Z is finite; take points nearer to each other, or a smaller learning rate")
    low, high = float(finite.min()), float(finite.max())
    high = high if high > low else low + 1
    steep = low > 0 and high / low > 100
    levels = np.geomspace(low, high, 21) if steep else np.linspace(low, high, 21)
    norm = LogNorm(low, high) if steep else Normalize(low, high)
    masked = np.ma.masked_invalid(Z)
    field = ax.contourf(x, y, masked, levels=levels, norm=norm, cmap="Blues")
    ax.contour(x, y, masked, levels=levels[1:-1], colors="white", linewidths=0.5)
    ticks = LogLocator() if steep else MaxNLocator(6)
    ax.figure.colorbar(field, ax=ax, label="loss", format="{x:g}", ticks=ticks)
    ax.grid(visible=False)
    ax.set(xlabel="direction 1", ylabel="direction 2", xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    if path is not None:
        steps = array_of("path", path, "steps", "2")
        draw_path(ax, steps.T, {})
    return ax


def landscape_3d(ax3d: Any, x: ArrayLike, y: ArrayLike, Z: ArrayLike, path: ArrayLike | None = None) -> Any:
    """Draw a loss over two directions as a mountain; the path of a training lies on it. Needs an Axes of 3 dimensions.

    Shapes: x (columns,), y (rows,), Z (rows, columns); path (steps, 2), or (steps, 3) with the loss at each step.

    Raises:
        ValueError: the shapes do not fit, or the Axes are flat.

    >>> from matplotlib.figure import Figure
    >>> x = y = np.linspace(-1, 1, 30)
    >>> axes = Figure().add_subplot(projection="3d")
    >>> landscape_3d(axes, x, y, x**2 + y[:, None] ** 2, path=[[0.9, 0.5], [0.3, 0.2]]).get_zlabel()
    'loss'
    """
    from matplotlib.ticker import MaxNLocator

    if ax3d.name != "3d":
        raise ValueError('these Axes are flat: make them by figure.add_subplot(projection="3d")')
    x, y, Z = surface_of(x, y, Z)
    ax3d.computed_zorder = False  # else a part of the path hides behind the mountain it lies on
    ax3d.plot_surface(*np.meshgrid(x, y), Z, cmap="Blues", alpha=0.9, linewidth=0, rcount=80, ccount=80, zorder=1)
    ax3d.set(xlabel="direction 1", ylabel="direction 2", zlabel="loss")
    for axis in (ax3d.xaxis, ax3d.yaxis, ax3d.zaxis):
        axis.set_major_locator(MaxNLocator(5))
        axis.labelpad = 8
    if path is not None:
        array = np.asarray(path, dtype=np.float64)
        steps = array_of("path", array, "steps", "3" if array.shape[-1:] == (3,) else "2")
        heights = steps[:, 2] if steps.shape[1] == 3 else interpolated(x, y, Z, steps)
        draw_path(ax3d, np.array([steps[:, 0], steps[:, 1], heights + 0.01 * np.ptp(Z)]), {"zorder": 5})
    return ax3d


def surface_of(x: ArrayLike, y: ArrayLike, Z: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return the two directions and the loss over them, checked to fit."""
    across, up = array_of("x", x, "columns"), array_of("y", y, "rows")
    heights = array_of("Z", Z, "rows", "columns")
    if heights.shape != (len(up), len(across)):
        raise ValueError(
            f"Z needs a row for each y and a column for each x, ({len(up)}, {len(across)}), but has {heights.shape}; "
            "is it Z.T?"
        )
    return across, up, heights


def interpolated(x: Floats, y: Floats, Z: Floats, places: Floats) -> Floats:
    """Return the heights at some places, by straight lines between the four nearest numbers of Z."""
    j = np.clip(np.searchsorted(x, places[:, 0]) - 1, 0, len(x) - 2)
    i = np.clip(np.searchsorted(y, places[:, 1]) - 1, 0, len(y) - 2)
    u = np.clip((places[:, 0] - x[j]) / (x[j + 1] - x[j]), 0, 1)
    v = np.clip((places[:, 1] - y[i]) / (y[i + 1] - y[i]), 0, 1)
    heights: Floats = (1 - v) * ((1 - u) * Z[i, j] + u * Z[i, j + 1]) + v * (
        (1 - u) * Z[i + 1, j] + u * Z[i + 1, j + 1]
    )
    return heights


def draw_path(ax: Any, steps: Floats, options: dict[str, float]) -> None:
    """Draw a path with a star at its start and a cross at its end."""
    ax.plot(*steps, color="white", linewidth=4, **options)
    ax.plot(*steps, color=ORANGE, linewidth=2, marker=".", markersize=5, **options)
    for i, marker, colour, name, size in ((0, "*", GREEN, "start", 16), (-1, "X", INK, "end", 11)):
        place = steps[:, [i]]
        ax.plot(
            *place,
            marker,
            color=colour,
            markeredgecolor="white",
            markersize=size,
            linestyle="none",
            label=name,
            **options,
        )
    ax.legend(frameon=True, framealpha=0.9, edgecolor="none")
