"""Curves: losses over the epochs, a function and its slope, the steps of gradient descent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nn.plot.arguments import Floats, array_of, function_values
from nn.plot.colours import BLUE, CYCLE, GREEN, GREY, INK, ORANGE
from nn.plot.labels import End, label_ends

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["function_and_slope", "loss_curves", "trajectory"]


def loss_curves(
    ax: Axes,
    curves: Mapping[str, ArrayLike],
    *,
    log: bool = True,
    first: int = 0,
    xlabel: str = "epochs",
    ylabel: str = "loss",
) -> Axes:
    """Draw a curve for each label, with the label at its end.

    The first number stands at ``first``: at 0 if it is from before the training, at 1 if it is what the first epoch
    gave. One curve may be longer than another. The scale is logarithmic if ``log`` is set,
    every number is above 0 and they span more than a factor of ten, else it is linear. A curve that ends in nan or
    infinity stops at a cross, and its label says so; one that grows far beyond where the curves began leaves the
    picture at its top.

    Raises:
        ValueError: there is no curve, or one is not a row of numbers.

    >>> from matplotlib.figure import Figure
    >>> axes = loss_curves(Figure().subplots(), {"SGD": [1.0, 0.5, 0.25], "too fast": [1.0, 9.0, float("inf")]})
    >>> axes.get_yscale(), [text.get_text() for text in axes.texts]
    ('log', ['SGD', 'too fast → ∞'])
    """
    from matplotlib.ticker import MaxNLocator

    if not curves:
        raise ValueError("no curves to draw: give a dict such as {'SGD': losses}")
    rows = {label: array_of(f"the curve {label!r}", row, "steps") for label, row in curves.items()}
    finite = [row[np.isfinite(row)] for row in rows.values()]
    known = np.concatenate([*finite, [] if any(map(len, finite)) else [0.0]])
    log = log and bool(known.min() > 0 and known.max() > 10 * known.min())
    highest = max((row[0] for row in finite if len(row)), default=0) * (1000 if log else 10)
    highest = highest if 0 < highest < known.max() else known.max()
    ends = []
    for (label, row), (colour, line) in zip(rows.items(), cycled(len(rows)), strict=True):
        good = np.isfinite(row)
        x = first + np.arange(len(row))
        ax.plot(x, np.where(good, row, np.nan), color=colour, linestyle=line, linewidth=2)
        last = int(np.flatnonzero(good)[-1]) if good.any() else 0
        ax.plot(x[last], np.where(good, row, np.nan)[last], "o" if good[-1] else "X", color=colour, markersize=6)
        seen = np.flatnonzero(good & (row <= highest))
        left = int(min(last, seen[-1] + 1)) if len(seen) else last  # where it leaves the picture, or ends
        fate = "" if good[-1] else " → nan" if np.isnan(row[-1]) else " → ∞" if row[-1] > 0 else " → −∞"
        ends.append(End(x[left], row[left], f"{label}{fate}", colour))
    ax.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    ax.margins(x=0.02)
    if log:
        ax.set_ylim(known.min() / 1.3, highest * 1.3)
        few_ticks(ax, float(highest / known.min()))
    elif highest < known.max():
        ax.set_ylim(min(known.min(), 0), highest)
    return label_ends(ax, ends, size=10 if len(ends) <= 8 else 9)


def few_ticks(ax: Axes, ratio: float) -> None:
    """Write plain numbers on a logarithmic axis: 0.1, 0.2, 0.5, 1 over a decade or two, else powers of ten."""
    from matplotlib.ticker import LogLocator, NullFormatter

    if ratio < 200:
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    if ratio < 1e5:
        ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter(NullFormatter())


def cycled(n: int) -> list[tuple[str, object]]:
    """Return n pairs of a colour and a kind of line."""
    return [CYCLE[i % len(CYCLE)] for i in range(n)]


def function_and_slope(
    ax: Axes,
    f: Callable[[Floats], ArrayLike],
    slope: Callable[[Floats], ArrayLike],
    z: ArrayLike,
    *,
    names: Sequence[str] = ("f(z)", "f′(z)"),
) -> Axes:
    """Draw a function and its derivative in one panel, each named at its end.

    Shapes: z (m,) in rising order; f and slope map (m,) to (m,).

    From: "Neural Networks Solutions - Module 6", exercises 2.1 to 2.3.

    >>> from matplotlib.figure import Figure
    >>> axes = function_and_slope(Figure().subplots(), np.tanh, lambda z: 1 - np.tanh(z) ** 2, np.linspace(-3, 3, 100))
    >>> [text.get_text() for text in axes.texts]
    ['f(z)', 'f′(z)']
    """
    z = array_of("z", z, "points")
    ends = []
    for function, name, colour, line in ((f, names[0], BLUE, "-"), (slope, names[1], ORANGE, "--")):
        values = function_values(name, function, z)
        ax.plot(z, np.where(jumps(values), np.nan, values), color=colour, linestyle=line, linewidth=2.5)
        ends.append(End(z[-1], values[-1], name, colour))
    for line_at_zero in (ax.axhline, ax.axvline):
        line_at_zero(0, color=GREY, linewidth=0.8, zorder=1)
    ax.set(xlabel="z")
    ax.margins(x=0)
    return label_ends(ax, ends, size=11)


def jumps(values: Floats) -> NDArray[np.bool_]:
    """Tell where a function jumps, as relu′ does at 0: by far more than one step before and one step after.

    >>> jumps(np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0]))
    array([False, False, False,  True, False, False])
    """
    change = np.abs(np.diff(values, prepend=values[0], append=values[-1]))  # (m + 1,)
    here, before, after = change[:-1], np.roll(change, 1)[:-1], change[1:]
    return here > 0.2 * np.ptp(values) + 10 * np.maximum(before, after)


def trajectory(
    ax: Axes, f: Callable[[float], float], points: ArrayLike, *, minimum: float | None = None, arrows: int = 40
) -> Axes:
    """Draw the curve y = f(x) and on it the steps of gradient descent, from a star (start) to a cross (end).

    Early steps are pale, late ones strong; beyond the first ``arrows`` steps only points are drawn. The true minimum,
    where given, is a dotted line.

    Shapes: points (steps,), the x of each step; f takes one number.

    Raises:
        ValueError: points is not a row of finite numbers.

    From: "Module 02: Backpropagation and Gradient Descent", gradient descent in one dimension and exercise 2.

    >>> from matplotlib.figure import Figure
    >>> axes = trajectory(Figure().subplots(), lambda x: (x - 3) ** 2 + 1, [0.0, 0.6, 1.08, 1.46], minimum=3.0)
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['start, x = 0', 'end, x = 1.46', 'minimum, x = 3']
    """
    from matplotlib.colors import to_rgba

    x = array_of("points", points, "steps")
    if not np.isfinite(x).all():
        raise ValueError(f"point {int(np.argmin(np.isfinite(x)))} is not finite: draw the steps before it, points[:k]")
    y = np.array([float(f(float(step))) for step in x])
    seen = x if minimum is None else np.append(x, minimum)
    margin = 0.12 * np.ptp(seen) or 1.0
    grid = np.linspace(seen.min() - margin, seen.max() + margin, 400)
    ax.plot(grid, [f(float(step)) for step in grid], color=BLUE, linewidth=3, alpha=0.45, zorder=2)
    strength = np.linspace(0.35, 1, len(x))
    for k in range(min(len(x) - 1, arrows)):
        ax.annotate(
            "",
            (x[k + 1], y[k + 1]),
            (x[k], y[k]),
            zorder=3,
            arrowprops={
                "arrowstyle": "-|>,head_width=0.25,head_length=0.5",
                "color": ORANGE,
                "alpha": strength[k],
                "linewidth": 1.4,
                "shrinkA": 3,
                "shrinkB": 3,
            },
        )
    ax.scatter(x, y, s=26, color=[to_rgba(ORANGE, s) for s in strength], linewidths=0, zorder=4)
    for i, marker, colour, name in ((0, "*", GREEN, "start"), (-1, "X", INK, "end")):
        ax.plot(
            x[i],
            y[i],
            marker,
            color=colour,
            markeredgecolor="white",
            markersize=16 if marker == "*" else 11,
            linestyle="none",
            zorder=5,
            label=f"{name}, x = {x[i]:.4g}".replace("-", "−"),
        )
    if minimum is not None:
        ax.axvline(minimum, color=GREY, linestyle=":", zorder=1, label=f"minimum, x = {minimum:.4g}".replace("-", "−"))
    ax.set(xlabel="x", ylabel="f(x)")
    ax.legend(frameon=True, framealpha=0.9, edgecolor="none")
    return ax
