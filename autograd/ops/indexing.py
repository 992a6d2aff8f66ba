"""Rows that take entries out and put them in: indexing, and what is written with it.

May import shapes.py. Read joining.py next.
"""

from __future__ import annotations

import math
from functools import reduce
from typing import Any

import numpy as np

from autograd.node import Node, plain
from autograd.op import Op
from autograd.ops.arithmetic import add, equal, product_or_zero, where
from autograd.ops.shapes import broadcast_to, moveaxis, ravel, reshape, shape_of

__all__ = [
    "add_at", "bincount", "compress", "delete", "diag", "diagflat", "diagonal", "extract", "getitem", "item",
    "one_hot", "place", "repeat", "resize", "set_at", "sliding_window_view", "take", "take_along_axis", "tile",
    "tril", "trim_zeros", "triu", "unstack",
]  # fmt: skip


def _plain_index(index: Any) -> Any:
    """The index with its arrays copied, so that what the graph keeps cannot change."""
    if isinstance(index, tuple):
        return tuple(map(_plain_position, index))
    return _plain_position(index)


def _plain_position(part: Any) -> Any:
    """What stands for one axis: an int, a slice, None, ..., or an array of positions, as a list or tuple too."""
    if isinstance(part, (list, tuple, np.ndarray)):
        part = np.array(part)
        return part.astype(int) if part.size == 0 and part.dtype != bool else part
    if isinstance(part, Node):
        raise TypeError(f"an index is a {type(part).__name__}: gradients do not flow through positions, use .data")
    return part


def _repeats(index: Any) -> bool:
    """Can the index name an entry twice? Only integer arrays can."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(isinstance(part, np.ndarray) and part.dtype != bool for part in parts)


def _place(g: Any, index: Any, shape: tuple[int, ...]) -> Any:
    g = np.asarray(g)
    out = np.zeros(shape, dtype=g.dtype)
    if _repeats(index):
        np.add.at(out, index, g)
    else:
        out[index] = g
    return out


def _set_at(x: Any, v: Any, index: Any) -> Any:
    y = np.array(x)
    y[index] = v
    return y


def _last_write(g: Any, x: Any, index: Any) -> Any:
    """The gradient of ``v`` in ``x[index] = v``: of entries written twice only the last one counts."""
    taken = getitem(g, index)
    if not _repeats(index):
        return taken
    number = np.arange(taken.size).reshape(shape_of(taken))
    written = np.full(shape_of(x), -1)
    written[index] = number
    return taken * (written[index] == number)


def _getitem(x: Any, index: Any) -> Any:
    return np.asarray(x)[index]


_ROWS_0_AND_2 = np.array([0, 2, 0])

getitem: Op = Op(
    "getitem", _getitem, (lambda g, y, x, index: place(g, index, shape_of(x)),),
    prepare=lambda x, index: ((x,), (_plain_index(index),)), result="array", linear=True,
    examples=(
        ((3, 4), {"index": (slice(None, None, -1), 2)}), ((3, 4), {"index": _ROWS_0_AND_2}),
        ((3, 4), {"index": (_ROWS_0_AND_2, _ROWS_0_AND_2)}), ((3, 4), {"index": (..., None, slice(1, 3))}),
        ((3, 4), {"index": np.arange(12).reshape(3, 4) % 5 == 0}), ((3,), {"index": 1}),
        ((2, 3), {"index": (slice(None), (0, 0, 1))}), ((3,), {"index": ((0, 0),)}),
    ),
    doc="x[index]: a copy, never a view.",
)  # fmt: skip
place: Op = Op(
    "place", _place, (lambda g, y, x, index, shape: getitem(g, index),),
    prepare=lambda x, index, shape: ((x,), (_plain_index(index), shape)), result="array", linear=True,
    examples=(((3,), {"index": (_ROWS_0_AND_2,), "shape": (4,)}), ((), {"index": (1,), "shape": (2,)})),
    doc="Zeros of `shape` with x added at `index`: what getitem's gradient does.",
)  # fmt: skip
set_at: Op = Op(
    "set_at", _set_at,
    (lambda g, y, x, v, index: set_at(g, 0.0, index), lambda g, y, x, v, index: _last_write(g, x, index)),
    prepare=lambda x, v, index: ((x, v), (_plain_index(index),)), result="array",
    examples=((((3, 4), (4,)), {"index": 1}), (((3,), (3,)), {"index": _ROWS_0_AND_2})),
    doc="x with x[index] = v, as a new array.",
)  # fmt: skip
item = Op(
    "item", lambda x, index: x[index].item() if index else x.item(),
    (lambda g, y, x, index: place(g, index, shape_of(x)) if index else reshape(g, shape_of(x)),),
    prepare=lambda x, index=(): ((x,), (index,)), result="number", linear=True,
    examples=(((3, 4), {"index": (1, 2)}), ((1, 1), {})),
    doc="One entry of an array as a Value.",
)  # fmt: skip


def add_at(x: Any, v: Any, index: Any) -> Any:
    """x with v added at ``index``, as often as the index names an entry, as a new array."""
    index = _plain_index(index)
    like = np.broadcast_to(np.zeros((), bool), shape_of(x))[index].shape
    return x + place(broadcast_to(v, like), index, shape_of(x))


# Taking by position ------------------------------------------------------------------------------------------------


def take(a: Any, indices: Any, axis: int | None = None, mode: str = "raise") -> Any:
    """As np.take: entries along an axis, of the flattened array without one.

    Of a list of Values ``indices`` may be a Value, too, such as a label.
    """
    if isinstance(indices, Node) and not indices.is_array:
        return reduce(add, map(product_or_zero, one_hot(indices, len(a)), a))
    if axis is None:
        a, axis = ravel(a), 0
    indices = np.asarray(indices)
    if mode != "raise":
        indices = np.take(np.arange(shape_of(a)[axis]), indices, mode=mode)  # type: ignore[call-overload]
    return getitem(a, (slice(None),) * (axis % len(shape_of(a))) + (indices,))


def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    """As np.take_along_axis: along an axis, a position for each entry of the result."""
    if axis is None:
        return getitem(ravel(arr), indices)
    positions = list(np.ix_(*map(np.arange, shape_of(arr))))
    positions[axis] = np.asarray(indices)
    return getitem(arr, tuple(positions))


def one_hot(index: Any, n: int) -> Any:
    """1 at ``index``, 0 elsewhere: a list of ``n`` for one number, a row for each of an array.

    >>> one_hot(1, 3)
    [0.0, 1.0, 0.0]
    """
    if len(shape_of(index)):
        return np.equal(np.asarray(plain(index))[..., None], np.arange(n)).astype(float)
    return [equal(index, float(k)) for k in range(n)]


def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    """As np.repeat."""
    n = math.prod(shape_of(a)) if axis is None else shape_of(a)[axis]
    return take(a, np.repeat(np.arange(n), plain(repeats)), axis)


def _positions(x: Any) -> Any:
    return np.arange(math.prod(shape_of(x))).reshape(shape_of(x))


def tile(A: Any, reps: Any) -> Any:
    """As np.tile."""
    return take(A, np.tile(_positions(A), reps))


def sliding_window_view(
    x: Any, window_shape: Any, axis: Any = None, *, subok: Any = False, writeable: Any = False
) -> Any:
    """As np.lib.stride_tricks.sliding_window_view: every window, on axes of its own at the end; a copy."""
    return take(x, np.lib.stride_tricks.sliding_window_view(_positions(x), window_shape, axis))


def resize(a: Any, new_shape: Any) -> Any:
    """As np.resize: the entries over and over until the shape is full."""
    new_shape = tuple(np.atleast_1d(new_shape))
    n = math.prod(shape_of(a))
    if n == 0:
        return np.zeros(new_shape)
    return take(a, np.arange(math.prod(new_shape)).reshape(new_shape) % n)


def delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    """As np.delete."""
    n = math.prod(shape_of(arr)) if axis is None else shape_of(arr)[axis]
    return take(arr, np.delete(np.arange(n), obj), axis)


def compress(condition: Any, a: Any, axis: int | None = None) -> Any:
    """As np.compress: the slices for which the condition holds."""
    return take(a, np.flatnonzero(plain(condition)), axis)


def extract(condition: Any, arr: Any) -> Any:
    """As np.extract: the entries for which the condition holds, as a vector."""
    return compress(np.ravel(plain(condition)), arr)


def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    """As np.trim_zeros: without the zeros in front ("f") and at the back ("b"), along each axis."""
    here = plain(filt) != 0
    axes = range(here.ndim) if axis is None else [int(i) % here.ndim for i in np.atleast_1d(axis)]
    index: list[Any] = [slice(None)] * here.ndim
    for i in axes:
        found = np.flatnonzero(here.any(axis=tuple(j for j in range(here.ndim) if j != i)))
        if found.size == 0:
            index[i] = slice(0, 0)
        else:
            index[i] = slice(found[0] if "f" in trim.lower() else 0, found[-1] + 1 if "b" in trim.lower() else None)
    return getitem(filt, tuple(index))


def unstack(x: Any, axis: int = 0) -> tuple[Any, ...]:
    """As np.unstack: the slices along an axis."""
    moved = moveaxis(x, axis, 0)
    return tuple(getitem(moved, i) for i in range(shape_of(moved)[0]))


def bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    """As np.bincount: the sum of the weights of each whole number."""
    if weights is None:
        return np.bincount(plain(x), minlength=minlength)
    return place(weights, plain(x), (len(np.bincount(plain(x), minlength=minlength)),))


# Diagonals and triangles -------------------------------------------------------------------------------------------


def _on_diagonal(rows: int, columns: int, k: int) -> tuple[Any, Any]:
    """Where the ``k``-th diagonal above the main one is."""
    n = max(0, min(rows + min(k, 0), columns - max(k, 0)))
    return np.arange(n) + max(-k, 0), np.arange(n) + max(k, 0)


def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """As np.diagonal: of the matrices along two axes, on a new axis at the end."""
    if len(shape_of(a)) < 2:
        raise ValueError(f"a diagonal needs two axes, not the shape {shape_of(a)}")
    moved = moveaxis(a, (axis1, axis2), (-2, -1))
    rows, columns = shape_of(moved)[-2:]
    return getitem(moved, (..., *_on_diagonal(rows, columns, offset)))


def diag(v: Any, k: int = 0) -> Any:
    """As np.diag: the matrix with a vector on its diagonal, or the diagonal of a matrix.

    Raises: ValueError for anything but a vector or a matrix.
    """
    if len(shape_of(v)) == 2:
        return diagonal(v, k)
    if len(shape_of(v)) != 1:
        raise ValueError(f"diag takes a vector or a matrix, not the shape {shape_of(v)}")
    n = shape_of(v)[0] + abs(k)
    return place(v, _on_diagonal(n, n, k), (n, n))


def diagflat(v: Any, k: int = 0) -> Any:
    """As np.diagflat: the matrix with all entries on its diagonal."""
    return diag(ravel(v), k)


def _up_to_diagonal(m: Any, k: int) -> Any:
    shape = shape_of(m)[-2:]
    return np.tri(shape[0], shape[-1], k, dtype=bool)


def tril(m: Any, k: int = 0) -> Any:
    """As np.tril: zeros above the ``k``-th diagonal."""
    return where(_up_to_diagonal(m, k), m, 0.0)


def triu(m: Any, k: int = 0) -> Any:
    """As np.triu: zeros below the ``k``-th diagonal."""
    return where(_up_to_diagonal(m, k - 1), 0.0, m)
