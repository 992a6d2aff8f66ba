"""Numbers compared: bars, histograms layer by layer, gradients against their check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from nn.plot.arguments import array_of
from nn.plot.colours import BLUE, COLOURS, GREY, INK, ORANGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["bars", "gradient_check_scatter", "histogram_row"]

HATCHES = ("", "//", "..", "xx", "\\\\", "--", "oo")


def bars(
    ax: Axes,
    labels: Sequence[str],
    values: ArrayLike | Mapping[str, ArrayLike],
    *,
    log: bool = False,
    number: str = "{:.3g}",
) -> Axes:
    """Draw a bar for each label with its value written on it; a dict of values gives groups of bars.

    ``number`` says how a value is written, as "{:.1%}" does. A value that is nan or infinite has no bar, but its text.

    Shapes: values (labels,), or a dict of such rows.

    Raises:
        ValueError: there is not one value for each label.

    >>> from matplotlib.figure import Figure
    >>> axes = bars(Figure().subplots(), ["SGD", "Adam"], {"training": [0.91, 0.97], "test": [0.9, 0.95]})
    >>> [text.get_text() for text in axes.texts]
    ['0.91', '0.97', '0.9', '0.95']
    """
    groups = values if isinstance(values, Mapping) else {"": values}
    rows = {name: array_of(f"values {name}".rstrip(), row, "labels") for name, row in groups.items()}
    for name, row in rows.items():
        if len(row) != len(labels):
            raise ValueError(
                f"{len(labels)} labels {list(labels)}, but {len(row)} values {name}".rstrip() + ": one for each"
            )
    width = 0.8 / len(rows)
    written = {name: [number.format(value).replace("-", "−") for value in row] for name, row in rows.items()}
    inches = ax.bbox.width / ax.figure.dpi / len(labels) * width  # of a bar
    upright = max(len(text) for row in written.values() for text in row) * 0.085 > inches
    known = np.concatenate(list(rows.values()))
    known = known[np.isfinite(known) & ((known > 0) | (not log))]
    base = float(known.min(initial=1.0)) / 3 if log else 0.0
    for k, (name, row) in enumerate(rows.items()):
        x = np.arange(len(labels)) + (k - (len(rows) - 1) / 2) * width
        tall = np.where(np.isfinite(row) & ((row > 0) | (not log)), row, base)
        ax.bar(
            x,
            tall - base,
            0.92 * width,
            bottom=base,
            color=COLOURS[k % 7],
            hatch=HATCHES[k % 7],
            edgecolor="white",
            linewidth=0,
            label=name,
        )
        for place, height, text in zip(x, tall, written[name], strict=True):
            ax.annotate(
                text,
                (place, height),
                (0, -3 if height < 0 else 3),
                textcoords="offset points",
                ha="center",
                va="top" if height < 0 else "bottom",
                fontsize=10,
                rotation=90 if upright else 0,
            )
    if log:
        ax.set_yscale("log")
        ax.set_ylim(bottom=base)
    else:
        ax.axhline(0, color=GREY, linewidth=0.8)
    ax.margins(y=0.2 if upright else 0.12)
    name_groups(ax, labels)
    if len(rows) > 1:
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    return ax


def name_groups(ax: Axes, labels: Sequence[str]) -> None:
    """Write the labels under the bars, broken between words where they are long, slanted where that does not help."""
    room = max(8, 72 // len(labels))  # letters
    lines = [fill(label, room, break_long_words=False) for label in labels]
    slanted = any(len(word) > room for text in lines for word in text.splitlines())
    ax.set_xticks(range(len(labels)), lines, rotation=30 if slanted else 0, ha="right" if slanted else "center")
    ax.tick_params(axis="x", length=0)
    ax.grid(visible=False, axis="x")


def histogram_row(axes: Sequence[Axes], arrays: Sequence[ArrayLike], titles: Sequence[str]) -> Sequence[Axes]:
    r"""Draw a histogram of each array, layer after layer, with its standard deviation; returns the Axes.

    All share the x axis, so that widths can be compared; the heights have each their own scale.

    Raises:
        ValueError: the axes, arrays and titles are not equally many, or an array is empty.

    >>> from matplotlib.figure import Figure
    >>> axes = histogram_row(Figure().subplots(1, 2), [[-1.0, 1.0], [-0.1, 0.1]], ["layer 1", "layer 2"])
    >>> axes[1].get_title()
    'layer 2\nstd 0.1'
    """
    if not len(axes) == len(arrays) == len(titles):
        raise ValueError(f"{len(axes)} axes, {len(arrays)} arrays and {len(titles)} titles: give as many of each")
    rows = [np.ravel(np.asarray(array, dtype=np.float64)) for array in arrays]
    rows = [array_of(f"the array {title!r}", row, "numbers") for row, title in zip(rows, titles, strict=True)]
    finite = [row[np.isfinite(row)] for row in rows]
    known = np.concatenate(finite)
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    margin = 0.02 * (high - low) or 0.5
    bins = np.linspace(low - margin, high + margin, 42)
    for ax, row, good, title in zip(axes, rows, finite, titles, strict=True):
        ax.hist(good, bins=bins.tolist(), color=BLUE)
        ax.axvline(0, color=INK, linewidth=0.8)
        lost = f", {len(row) - len(good)} not finite" if len(good) < len(row) else ""
        spread = f"std {good.std():.2g}" if good.size else "no number"
        ax.set_title(f"{title}\n{spread}{lost}", fontsize=10.5, fontweight="normal", loc="center", pad=4)
        ax.set(xlim=(bins[0], bins[-1]), yticks=[])
        ax.spines["left"].set_visible(False)
        ax.grid(visible=False)
    return axes


def gradient_check_scatter(ax: Axes, analytic: ArrayLike, numeric: ArrayLike) -> Axes:
    """Draw each analytic gradient against the numeric one: right gradients lie on the diagonal. The worst is marked.

    The title is the relative error ||n − a|| / (||n|| + ||a|| + 1e-10). Where the sizes span more than two decades the
    scales are logarithmic away from 0.

    Shapes: both alike; they are flattened.

    Raises:
        ValueError: the shapes differ.

    From: "Neural Networks Solutions - Module 6", exercise 4.4.

    >>> from matplotlib.figure import Figure
    >>> axes = gradient_check_scatter(Figure().subplots(), [0.5, -0.25], [0.5, -0.25])
    >>> axes.get_title()
    '2 gradients, relative error 0'
    """
    shapes = np.shape(analytic), np.shape(numeric)
    if shapes[0] != shapes[1]:
        raise ValueError(f"one numeric gradient for each analytic one, but the shapes are {shapes[0]} and {shapes[1]}")
    a = array_of("the gradients", np.ravel(np.asarray(analytic, dtype=np.float64)), "n")
    n = array_of("the gradients", np.ravel(np.asarray(numeric, dtype=np.float64)), "n")
    if not (np.isfinite(a) & np.isfinite(n)).all():
        worst = int(np.argmin(np.isfinite(a) & np.isfinite(n)))
        raise ValueError(
            f"gradient {worst} is {a[worst]:g}, and {n[worst]:g} numerically: only finite ones can be compared"
        )
    error = np.linalg.norm(n - a) / (np.linalg.norm(n) + np.linalg.norm(a) + 1e-10)
    worst = int(np.argmax(np.abs(n - a)))
    sizes = np.abs(np.concatenate([a, n]))
    largest = float(sizes.max()) or 1.0
    small = sizes[sizes > 1e-8 * largest].min(initial=largest)
    limits = np.array([-1.3, 1.3]) * largest
    if small < largest / 100:
        limits *= 3
        lowest, highest = int(np.floor(np.log10(small))), int(np.floor(np.log10(largest)))
        powers = 10.0 ** np.arange(highest, lowest - 1, -max(1, (highest - lowest + 2) // 3))
        ax.set_xscale("symlog", linthresh=10.0**lowest, linscale=0.5)
        ax.set_yscale("symlog", linthresh=10.0**lowest, linscale=0.5)
        ax.set_xticks([*-powers, 0, *powers])
        ax.set_yticks([*-powers, 0, *powers])
    ax.plot(limits, limits, color=GREY, linewidth=1, zorder=1)
    ax.plot(n, a, "o", color=BLUE, markersize=5, alpha=0.7, markeredgewidth=0)
    ax.plot(n[worst], a[worst], "o", color="none", markeredgecolor=ORANGE, markeredgewidth=2, markersize=13)
    ax.set(
        xlim=limits, ylim=limits, aspect="equal", xlabel="numeric: central differences", ylabel="analytic: backward()"
    )
    ax.set_title(f"{a.size} gradients, relative error {error:.2g}")
    pair = f"(number {worst}: {a[worst]:.6g} against {n[worst]:.6g})"
    note = f"ringed: the largest difference, {abs(n[worst] - a[worst]):.2g}\n{pair}".replace("-", "−")
    ax.text(0.98, 0.03, note, transform=ax.transAxes, ha="right", color=INK, fontsize=9)
    return ax
