"""The parameters of a film drawn: as a network where they form a chain of layers, else as squares.

In drawings positive is full and solid, negative hollow and dashed: no colour means anything alone. Everything has its
place in percent, so that drawings fit any width. May import arrays.py, frames.py and numbers.py. Read film.py next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from itertools import pairwise

import numpy as np

from autograd.viz.arrays import Array, Layer
from autograd.viz.frames import Frame
from autograd.viz.numbers import number_text, shape_text, value_text

__all__ = ["legend", "maps", "network", "table"]

THIN, THICK = 0.5, 6.0  # px, an edge of weight zero and how much the largest one adds
RADIUS = 9.0  # px, of a neuron


def network(layers: Sequence[Layer], entries: np.ndarray, sizes: np.ndarray, digits: int) -> str:
    """Neurons as circles and weights as edges, with the entries of one frame; ``sizes`` are these on the scale 0..1."""
    widths = [len(layers[0].weights), *(x.d_out for x in layers)]
    places = [[_place(l, len(widths), i, n) for i in range(n)] for l, n in enumerate(widths)]
    edges = [
        f'<line data-entry="{k}" class="{_sign(entries[k])}" x1="{a[0]:g}%" y1="{a[1]:g}%" x2="{b[0]:g}%" '
        f'y2="{b[1]:g}%" stroke-width="{THIN + THICK * sizes[k]:.2f}" stroke-opacity="{0.25 + 0.75 * sizes[k]:.2f}"/>'
        for (left, right), layer in zip(pairwise(places), layers, strict=True)
        for a, row in zip(left, layer.weights.tolist(), strict=True)
        for b, k in zip(right, row, strict=True)
    ]
    parts = [
        '<svg id="network" class="network" role="group" aria-label="Network">',
        '<g class="edges">',
        *edges,
        "</g>",
    ]
    for l, column in enumerate(places):
        title = "inputs" if l == 0 else "output" if l == len(layers) else f"hidden {l}" if len(layers) > 2 else "hidden"
        parts.append(f'<text class="layer" x="{column[0][0]:g}%" y="15" text-anchor="middle">{title}</text>')
        parts += [_neuron(l, i, place, layers, entries, sizes, digits) for i, place in enumerate(column)]
    return "\n".join([*parts, "</svg>"])


def _place(l: int, columns: int, i: int, n: int) -> tuple[float, float]:
    """Where a neuron is, in percent."""
    pitch = min(91 / n, 16)
    return round(8 + 84 * l / (columns - 1), 2), round(52.5 + pitch * (i - (n - 1) / 2), 2)


def _neuron(
    l: int, i: int, place: tuple[float, float], layers: Sequence[Layer], entries: np.ndarray, sizes: np.ndarray,
    digits: int,
) -> str:  # fmt: skip
    name = f"x{i}" if l == 0 else f"neuron {i} of layer {l}"
    circle = f'cx="{place[0]:g}%" cy="{place[1]:g}%"'
    parts = [f'<circle class="body" {circle} r="{RADIUS:g}"/>']
    words = [name]
    if l:
        column = layers[l - 1].weights[:, i].tolist()
        words.append(f"weights {', '.join(number_text(entries[k], digits) for k in column)}")
        if (biases := layers[l - 1].biases) is not None:
            k = int(biases[i])
            words.append(f"bias {number_text(entries[k], digits)}")
            radius = (RADIUS - 2.5) * math.sqrt(sizes[k])
            parts.append(f'<circle class="bias {_sign(entries[k])}" data-entry="{k}" {circle} r="{radius:.2f}"/>')
    else:
        parts.append(f'<text x="{place[0]:g}%" y="{place[1]:g}%" dx="-14" dy="4" text-anchor="end">x{i}</text>')
    return f'<g class="neuron" data-layer="{l}" data-neuron="{i}"><title>{"; ".join(words)}</title>{"".join(parts)}</g>'


def legend(lines: bool) -> str:
    """What lines, or squares, of either sign look like."""
    line, square = 'line x2="26" y1="5.5" y2="5.5" stroke-width="3"', 'rect x="1" y="1" width="9" height="9"'
    svg = f'svg class="swatch" width="{26 if lines else 11}" height="11" aria-hidden="true"'
    return "".join(
        f'<span><{svg}><{line if lines else square} class="{sign}"/></svg> {word}</span>'
        for sign, word in (("plus", "positive"), ("minus", "negative"))
    )


def _sign(x: float) -> str:
    return "minus" if x < 0 else "plus"


# Arrays and numbers -----------------------------------------------------------------------------------------------


def maps(arrays: Sequence[Array], entries: np.ndarray, sizes: np.ndarray) -> str:
    """Each array as squares, whose areas are the sizes of its entries; the last axis goes to the right."""
    return "\n".join(_map(i, x, entries, sizes) for i, x in enumerate(arrays) if x.shape)


def _map(number: int, x: Array, entries: np.ndarray, sizes: np.ndarray) -> str:
    indices = x.indices.reshape(-1, x.shape[-1] if x.shape[-1] > 1 else x.size)  # a column lies down
    rows, columns = indices.shape
    cell = max(4, min(22, 640 // max(columns, rows)))
    paths = {"plus": "", "minus": ""}
    for (row, column), k in np.ndenumerate(indices):
        paths[_sign(entries[k])] += _square(row, column, sizes[k])
    drawn = "".join(f'<path class="{sign}" d="{d}"/>' for sign, d in paths.items())
    return (
        f'<figure><figcaption>{escape(x.name)} <span class="soft">{shape_text(x.shape)}</span></figcaption>'
        f'<svg class="map" data-array="{number}" role="img" aria-label="{escape(x.name)}" tabindex="0" '
        f'viewBox="0 0 {columns} {rows}" width="{columns * cell}" height="{rows * cell}">'
        f'<rect class="ground" width="{columns}" height="{rows}"/>{drawn}</svg></figure>'
    )


def _square(row: int, column: int, size: float) -> str:
    """A square of this area inside a cell, as a path."""
    side = 0.9 * math.sqrt(size) if math.isfinite(size) else 0.0
    return (
        f"M{column + 0.5 - side / 2:.3f} {row + 0.5 - side / 2:.3f}h{side:.3f}v{side:.3f}h{-side:.3f}z" if side else ""
    )


def table(arrays: Sequence[Array], frames: Sequence[Frame], digits: int) -> str:
    """Single numbers with value, gradient and course, as an HTML table; empty if there are none."""
    rows = "".join(
        f'<tr data-entry="{x.start}"><th scope="row">{escape(x.name)}</th>'
        f'<td class="number value">{value_text(frames[-1].values[x.leaves[0]], digits)}</td>'
        f'<td class="number grad">{value_text(frames[-1].gradients[x.leaves[0]], digits)}</td>'
        f"<td>{_course([shot.values[x.leaves[0]] for shot in frames])}</td></tr>"
        for x in arrays
        if not x.shape
    )
    heads = "".join(f'<th scope="col">{word}</th>' for word in ("number", "value", "gradient", "value at all steps"))
    return f'<table class="scalars"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>' if rows else ""


def _course(values: Sequence[float]) -> str:
    """A line through the values, with that of zero where they change sign."""
    low, high = min(values), max(values)
    height = [90 - 80 * (x - low) / ((high - low) or 1.0) for x in (*values, 0.0)]
    d = "L".join(f"{100 * i / max(len(values) - 1, 1):.2f} {y:.1f}" for i, y in enumerate(height[:-1]))
    zero = (
        f'<line class="zero" x1="0" x2="100%" y1="{height[-1]:.1f}%" y2="{height[-1]:.1f}%"/>' if low < 0 < high else ""
    )
    return (
        f'<svg class="course" aria-hidden="true">{zero}<svg viewBox="0 0 100 100" preserveAspectRatio="none">'
        f'<path d="M{d}"/></svg><line class="now" x1="100%" x2="100%" y1="0" y2="100%"/></svg>'
    )
