"""The parameters of a film as arrays, and drawn: as a network where they form a chain of layers, else as squares.

Single numbers whose names count them, such as ``layers.0.neurons.3.w.1`` or ``W[0][1]``, are entries of one array. In
drawings positive is full and solid, negative hollow and dashed: no colour means anything alone. Everything has its
place in percent, so that drawings fit any width. May import frames.py and numbers.py. Read film.py next.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from autograd.viz.frames import Frame
from autograd.viz.numbers import number_text, shape_text, value_text
from autograd.viz.run import Data

__all__ = [
    "Array",
    "Layer",
    "arrays_of",
    "flat",
    "layers_of",
    "legend",
    "maps",
    "network",
    "scales",
    "sizes_of",
    "table",
]

WIDEST = 32  # neurons of a layer that are drawn one by one
THIN, THICK = 0.5, 6.0  # px, an edge of weight zero and how much the largest one adds
RADIUS = 9.0  # px, of a neuron
Shape = tuple[int, ...]


class Array(NamedTuple):
    """An array of the film: from ``start`` on in the flat vector of a frame, made of these leaves in order."""

    name: str
    shape: Shape
    start: int
    leaves: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many entries it has."""
        return math.prod(self.shape)

    @property
    def indices(self) -> np.ndarray:
        """Where its entries are in the flat vector of a frame, in its shape."""
        return np.arange(self.start, self.start + self.size).reshape(self.shape)


class Layer(NamedTuple):
    """A layer of a network: where its weights (d_in, d_out) and biases (d_out,) are in the flat vector of a frame."""

    weights: np.ndarray
    biases: np.ndarray | None

    @property
    def d_out(self) -> int:
        """How many neurons it has."""
        return int(self.weights.shape[1])


def arrays_of(shapes: Mapping[str, Shape]) -> list[Array]:
    """The arrays that leaves of these names and shapes are, or are entries of.

    >>> [(x.name, x.shape) for x in arrays_of({"w.0": (), "w.1": (), "b": (), "V": (2, 3)})]
    [('w', (2,)), ('b', ()), ('V', (2, 3))]
    """
    found: dict[str, dict[tuple[int, ...], str]] = {}
    for leaf, shape in shapes.items():
        name, index = _entry(leaf) if shape == () else (leaf, ())
        if index in found.get(name, ()):
            name, index = leaf, ()
        found.setdefault(name, {})[index] = leaf
    arrays: list[Array] = []
    start = 0
    for name, entries in found.items():
        lengths = {len(index) for index in entries}
        shape = tuple(max(axis) + 1 for axis in zip(*entries, strict=True)) if len(lengths) == 1 else ()
        if shape and len(entries) == math.prod(shape):
            parts = [Array(name, shape, 0, tuple(entries[index] for index in sorted(entries)))]
        else:  # an array or a number for itself, or some entries are missing
            parts = [Array(leaf, shapes[leaf], 0, (leaf,)) for leaf in entries.values()]
        for part in parts:
            arrays.append(part._replace(start=start))
            start += part.size
    return arrays


def _entry(leaf: str) -> tuple[str, tuple[int, ...]]:
    """What array the name of a number belongs to, and where in it.

    Neurons have their weights in rows, arrays of layers in columns.
    """
    base, tail = re.fullmatch(r"(.+?)((?:\.\d+|\[\d+(?:, \d+)*\])*)", leaf, re.DOTALL).groups()  # type: ignore[union-attr]
    index = tuple(map(int, re.findall(r"\d+", tail)))
    if neuron := re.fullmatch(r"(.*\.)?neurons\.(\d+)\.(\w+)", base):
        return (neuron[1] or "") + neuron[3], (*index, int(neuron[2]))
    return base, index


def flat(arrays: Sequence[Array], data: Mapping[str, Data | None]) -> np.ndarray:
    """The entries of all arrays one after the other; nan where there is no gradient."""
    sizes = [(leaf, x.size // len(x.leaves)) for x in arrays for leaf in x.leaves]
    found = ((data[leaf], size) for leaf, size in sizes)
    return np.concatenate([np.full(size, math.nan) if x is None else np.ravel(x) for x, size in found])


def layers_of(arrays: Sequence[Array]) -> list[Layer] | None:
    """The arrays as a chain of layers, the weights (d_in, d_out) or all of them (d_out, d_in); None if they are none.

    Arrays with two axes are weights, but for rows or columns whose names begin with b.

    >>> shapes = {"W1": (2, 3), "b1": (3,), "W2": (3, 1), "b2": (1,)}
    >>> [layer.weights.shape for layer in layers_of(arrays_of(shapes))]
    [(2, 3), (3, 1)]
    >>> layers_of(arrays_of({"K": (2, 3), "V": (2, 3)})) is None
    True
    """
    for turned in (False, True):
        layers: list[Layer] = []
        for x in arrays:
            indices = x.indices.T if turned else x.indices
            wanting = [l for l, layer in enumerate(layers) if layer.biases is None and _is_bias(x.name, indices, layer)]
            column = indices.reshape(-1, 1) if indices.ndim == 1 and not layers else indices  # of a single neuron
            if wanting:
                layers[wanting[0]] = layers[wanting[0]]._replace(biases=indices.ravel())
            elif column.ndim == 2 and not _named_bias(x.name) and (not layers or layers[-1].d_out == len(column)):
                layers.append(Layer(column, None))
            else:
                break
        else:
            if layers and max(max(x.weights.shape) for x in layers) <= WIDEST:
                return layers
    return None


def _is_bias(name: str, indices: np.ndarray, layer: Layer) -> bool:
    if indices.ndim == 2:  # it might be weights as well
        return _named_bias(name) and indices.shape == (1, layer.d_out)
    return indices.shape == (layer.d_out,) or (layer.d_out == 1 and indices.shape == ())


def _named_bias(name: str) -> bool:
    return name.rpartition(".")[2].lower().startswith("b")


def scales(groups: np.ndarray, entries: np.ndarray) -> np.ndarray:
    """The largest size of an entry in each group, infinities aside. Shapes: groups (m,), entries (..., m)."""
    sizes = np.abs(np.where(np.isfinite(entries), entries, 0.0)).reshape(-1, groups.size).max(axis=0)
    found = np.zeros(int(groups.max()) + 1)
    np.maximum.at(found, groups, sizes)
    return found


def sizes_of(entries: np.ndarray, largest: np.ndarray) -> np.ndarray:
    """Sizes of entries on the scale from 0 to 1, where ``largest`` is 1; nan has none."""
    sizes = np.divide(np.abs(entries), largest, out=np.zeros(entries.shape), where=largest > 0)
    found: np.ndarray = np.nan_to_num(sizes).clip(0, 1)
    return found


# A network --------------------------------------------------------------------------------------------------------


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
        paths[_sign(entries[k])] += square(row, column, sizes[k])
    drawn = "".join(f'<path class="{sign}" d="{d}"/>' for sign, d in paths.items())
    return (
        f'<figure><figcaption>{escape(x.name)} <span class="soft">{shape_text(x.shape)}</span></figcaption>'
        f'<svg class="map" data-array="{number}" role="img" aria-label="{escape(x.name)}" tabindex="0" '
        f'viewBox="0 0 {columns} {rows}" width="{columns * cell}" height="{rows * cell}">'
        f'<rect class="ground" width="{columns}" height="{rows}"/>{drawn}</svg></figure>'
    )


def square(row: int, column: int, size: float) -> str:
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
