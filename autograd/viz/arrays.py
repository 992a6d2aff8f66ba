"""The parameters of a film as arrays, and as the layers of a network where they form a chain of such.

Single numbers whose names count them, such as ``layers.0.neurons.3.w.1`` or ``W[0][1]``, are entries of one array. May
import run.py. Read weights.py next, which draws them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from autograd.viz.run import Data

__all__ = ["Array", "Layer", "arrays_of", "flat", "layers_of", "scales", "sizes_of"]

WIDEST = 32  # neurons of a layer that are drawn one by one
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
