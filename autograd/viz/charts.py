"""The loss of a training against its steps, and the decision regions of a plane with their points, as SVG.

Everything has its place in percent, so that drawings fit any width. May import frames.py and numbers.py. Read film.py
next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from autograd.viz.frames import Plane
from autograd.viz.numbers import number_text

__all__ = ["curve", "curve_scales", "heights", "regions", "ticks"]

SHAPES = (  # what points of the classes look like, about 9 px wide
    "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z", "M-4-4h8v8h-8z", "M0-5.2L5 3.8H-5z", "M0-5.6L5.6 0L0 5.6L-5.6 0z",
    "M0 5.2L5-3.8H-5z", "M-1.6-5h3.2v3.4h3.4v3.2h-3.4v3.4h-3.2v-3.4h-3.4v-3.2h3.4z",
)  # fmt: skip


def curve_scales(losses: np.ndarray) -> tuple[str, ...]:
    """The scales on which these losses can be drawn."""
    return ("linear", "log") if losses.min() > 0 else ("linear",)


def heights(losses: np.ndarray, log: bool, marks: Sequence[float] | None = None) -> np.ndarray:
    """Where losses, or marks beside them, are drawn, in percent from above: the lowest, or 0, at 96."""
    low, high = _range(losses, log)
    low, high = (np.log(x) if log else x for x in (low, high))
    at = losses if marks is None else np.asarray(marks, dtype=float)
    at = np.log(at) if log else at
    found: np.ndarray = 96 - 92 * (at - low) / ((high - low) or 1.0)
    return found


def _range(losses: np.ndarray, log: bool) -> tuple[float, float]:
    return float(losses.min() if log else min(0.0, losses.min())), float(losses.max())


def ticks(low: float, high: float, log: bool) -> list[float]:
    """A few round numbers from low to high.

    >>> ticks(0.0, 0.7, False), ticks(0.002, 0.7, True)
    ([0.0, 0.2, 0.4, 0.6], [0.01, 0.1])
    """
    if log:
        powers = [10.0**k for k in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)]
        powers = powers[:: math.ceil(len(powers) / 5) or 1]
        if len(powers) > 1:
            return powers
    rough = (high - low) / 5 or abs(high) or 1.0
    unit = 10.0 ** math.floor(math.log10(rough))
    step = unit * next(x for x in (1, 2, 5, 10) if x * unit >= 0.999 * rough)
    return [round(k * step, 12) for k in range(math.ceil(low / step), math.floor(high / step) + 1)]


def curve(losses: np.ndarray, digits: int) -> str:
    """The loss over all steps, once on each scale, and the marker at the last step."""
    last, drawn = max(len(losses) - 1, 1), []
    for name in curve_scales(losses):
        log = name == "log"
        marks = [x for x in ticks(*_range(losses, log), log) if x > 0 or not log]
        parts = []
        for x, y in zip(marks, heights(losses, log, marks), strict=True):
            parts.append(f'<line class="grid" x1="0" x2="100%" y1="{y:.2f}%" y2="{y:.2f}%"/>')
            parts.append(f'<text x="-7" y="{y:.2f}%" dy="4" text-anchor="end">{number_text(x, digits)}</text>')
        line = "L".join(f"{1000 * i / last:.1f} {10 * y:.1f}" for i, y in enumerate(heights(losses, log)))
        parts.append(f'<svg viewBox="0 0 1000 1000" preserveAspectRatio="none"><path class="loss" d="M{line}"/></svg>')
        hidden = ' visibility="hidden"' if log else ""
        drawn.append(f'<g data-curve="{name}"{hidden}>{"".join(parts)}</g>')
    x, y = (100.0 if len(losses) > 1 else 0.0), heights(losses, False)[-1]
    marker = (
        f'<line class="now" x1="{x:g}%" x2="{x:g}%" y1="0" y2="100%"/>'
        f'<circle id="mark" class="mark" cx="{x:g}%" cy="{y:.2f}%" r="5"/>'
    )
    return (
        f'<svg id="curve" class="curve" role="img" aria-label="Loss against step">'
        f'{"".join(drawn)}{marker}</svg>'
    )  # fmt: skip


def regions(plane: Plane) -> str:
    """The points, over the regions of the last frame; the script draws regions of its own."""
    low, span = np.array(plane.low), np.subtract(plane.high, plane.low)
    places = (np.array(plane.points) - low) / span
    symbols = "".join(f'<path id="point{i}" d="{d}"/>' for i, d in enumerate(SHAPES))
    points = "".join(
        f'<g class="point k{label % 6}{" wrong" * (i in plane.wrong)}">'
        f'<use href="#point{label % 6}" x="{100 * x:.2f}%" y="{100 - 100 * y:.2f}%"/>'
        f'<circle cx="{100 * x:.2f}%" cy="{100 - 100 * y:.2f}%" r="8.5"/></g>'
        for i, (label, (x, y)) in enumerate(zip(plane.labels, places, strict=True))
    )
    legend = "".join(
        f'<span><svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true" class="k{i % 6}">'
        f'<path d="{SHAPES[i % 6]}"/></svg> y = {number_text(name)}</span>'
        for i, name in enumerate(plane.classes)
    )
    corners = (
        f"x0 from {number_text(plane.low[0], 2)} to {number_text(plane.high[0], 2)}, "
        f"x1 from {number_text(plane.low[1], 2)} to {number_text(plane.high[1], 2)}"
    )
    return (
        f'<div class="plane"><canvas id="regions" hidden></canvas><svg id="points" role="img" '
        f'aria-label="Points and decision regions, {corners}"><defs>{symbols}</defs>{_cells(plane)}{points}</svg>'
        f'</div><p class="legend">{legend}<span>◯ on the wrong side</span><span>{corners}</span></p>'
    )


def _cells(plane: Plane) -> str:
    """Where the model chooses which class, cell by cell."""
    grid = np.atleast_3d(np.asarray(plane.grid))
    chosen = (grid[:, :, 0] > 0.5).astype(int) if grid.shape[2] == 1 else grid.argmax(axis=2)
    rows, columns = chosen.shape
    paths = []
    for k in range(len(plane.classes)):
        cells = "".join(f"M{j} {rows - 1 - i}h1v1h-1z" for i, j in np.argwhere(chosen == k).tolist())
        paths.append(f'<path class="region k{k % 6}" d="{cells}"/>')
    return f'<svg class="still" viewBox="0 0 {columns} {rows}" preserveAspectRatio="none">{"".join(paths)}</svg>'
