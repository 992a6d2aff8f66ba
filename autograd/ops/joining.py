"""Rows that join arrays, and what joins, splits and inserts.

May import indexing.py. Read reductions.py next.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.node import plain
from autograd.op import EachOperand, Op, apply
from autograd.ops.indexing import getitem, take
from autograd.ops.shapes import (
    astype,
    atleast_1d,
    atleast_2d,
    atleast_3d,
    broadcast_to,
    moveaxis,
    ravel,
    reshape,
    shape_of,
    with_axes,
)  # fmt: skip

__all__ = [
    "append", "array_split", "block", "column_stack", "concatenate", "dsplit", "dstack", "hsplit", "hstack", "insert",
    "split", "stack", "stack_nodes", "vsplit", "vstack",
]  # fmt: skip


def _joined(arrays: Iterable[Any], axis: Any, dtype: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    if axis is None:
        arrays, axis = map(ravel, arrays), 0
    return tuple(arrays if dtype is None else (astype(x, dtype) for x in arrays)), (axis,)


def _piece(slot: int, g: Any, y: Any, *rest: Any) -> Any:
    """The slice of ``g`` that operand ``slot`` of a concatenation went to."""
    *arrays, axis = rest
    start = sum(shape_of(x)[axis] for x in arrays[:slot])
    part = slice(start, start + shape_of(arrays[slot])[axis])
    return getitem(g, (slice(None),) * (axis % len(shape_of(y))) + (part,))


def _layer(slot: int, g: Any, y: Any, *rest: Any) -> Any:
    axis = rest[-1] % len(shape_of(y))
    return getitem(g, (slice(None),) * axis + (slot,))


concatenate = Op(
    "concatenate", lambda *rest: np.concatenate(rest[:-1], axis=rest[-1]), EachOperand(_piece),
    prepare=lambda arrays, axis=0, dtype=None, casting="same_kind": _joined(arrays, axis, dtype),
    result="array", examples=((((2, 3), (4, 3)), {}), (((2, 3), (2, 1), (2, 2)), {"axis": -1})),
)  # fmt: skip
stack = Op(
    "stack", lambda *rest: np.stack(rest[:-1], axis=rest[-1]), EachOperand(_layer),
    prepare=lambda arrays, axis=0, dtype=None, casting="same_kind": _joined(arrays, axis, dtype),
    result="array", examples=((((2, 3), (2, 3)), {"axis": 1}), (((3,), (3,), (3,)), {"axis": -1}), (((), ()), {})),
)  # fmt: skip


def vstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """As np.vstack."""
    return concatenate(list(map(atleast_2d, tup)), axis=0, dtype=dtype)


def hstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """As np.hstack."""
    arrays = list(map(atleast_1d, tup))
    return concatenate(arrays, axis=0 if len(shape_of(arrays[0])) == 1 else 1, dtype=dtype)


def dstack(tup: Any) -> Any:
    """As np.dstack."""
    return concatenate(list(map(atleast_3d, tup)), axis=2)


def column_stack(tup: Any) -> Any:
    """As np.column_stack."""
    return concatenate([x if len(shape_of(x)) > 1 else reshape(x, (-1, 1)) for x in tup], axis=1)


def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """As np.append: of the flattened arrays without an axis."""
    return concatenate([arr, values], axis=axis)


def block(arrays: Any) -> Any:
    """As np.block: the innermost lists are joined along the last axis, the next along the one before.

    Raises: ValueError for lists that are nested to different depths.

    >>> block([[np.eye(2), np.zeros((2, 1))], [np.array([5.0, 6.0, 7.0])]])
    array([[1., 0., 0.],
           [0., 1., 0.],
           [5., 6., 7.]])
    """
    depth, part = 0, arrays
    while isinstance(part, list):
        depth, part = depth + 1, part[0]
    ndim = max(depth, *(len(shape_of(x)) for x in _inside(arrays)), 0)
    return _joined_block(arrays, -depth, ndim)


def _inside(arrays: Any) -> list[Any]:
    return [x for part in arrays for x in _inside(part)] if isinstance(arrays, list) else [arrays]


def _joined_block(arrays: Any, axis: int, ndim: int) -> Any:
    if isinstance(arrays, list) != (axis < 0):
        raise ValueError("block: the lists are nested to different depths")
    if axis == 0:
        return with_axes(arrays, ndim)
    return concatenate([_joined_block(x, axis + 1, ndim) for x in arrays], axis=axis)


def stack_nodes(nested: Any) -> Any:
    """Nested lists or an object array of numbers, arrays and nodes as one Tensor that keeps their graphs."""
    if isinstance(nested, np.ndarray) and nested.dtype == object:
        return reshape(apply(stack, tuple(nested.flat), (0,)), nested.shape)
    return apply(stack, tuple(stack_nodes(x) if isinstance(x, (list, tuple)) else x for x in nested), (0,))


# Splitting ---------------------------------------------------------------------------------------------------------


def _pieces(ary: Any, function: Any, indices_or_sections: Any, axis: int) -> list[Any]:
    """The slices of ``ary`` in which ``function`` of NumPy splits the positions along the axis."""
    everything = (slice(None),) * (axis % len(shape_of(ary)))
    parts = function(np.arange(shape_of(ary)[axis]), indices_or_sections)
    return [getitem(ary, (*everything, slice(part[0], part[-1] + 1) if part.size else slice(0, 0))) for part in parts]


def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """As np.array_split."""
    return _pieces(ary, np.array_split, indices_or_sections, axis)


def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """As np.split."""
    return _pieces(ary, np.split, indices_or_sections, axis)


def hsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    """As np.hsplit."""
    return split(ary, indices_or_sections, min(1, len(shape_of(ary)) - 1))


def vsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    """As np.vsplit.

    Raises: ValueError for a vector.
    """
    if len(shape_of(ary)) < 2:
        raise ValueError(f"vsplit takes two or more axes, not the shape {shape_of(ary)}")
    return split(ary, indices_or_sections, 0)


def dsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    """As np.dsplit.

    Raises: ValueError for fewer than three axes.
    """
    if len(shape_of(ary)) < 3:
        raise ValueError(f"dsplit takes three or more axes, not the shape {shape_of(ary)}")
    return split(ary, indices_or_sections, 2)


# Joined, then taken in another order ---------------------------------------------------------------------------------


def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """As np.insert: ``values`` before the positions ``obj``."""
    if axis is None:
        arr, axis = ravel(arr), 0
    axis = axis % len(shape_of(arr))
    values = with_axes(astype(values, np.asarray(plain(arr)).dtype), len(shape_of(arr)))
    n = shape_of(arr)[axis]
    k = len(np.insert(np.arange(n), obj, 0)) - n
    if not isinstance(obj, slice) and np.size(obj) == 1:  # before one position there may be any number
        values = moveaxis(values, 0, axis) if np.ndim(obj) == 0 else values
        k = shape_of(values)[axis]
    shape = shape_of(arr)
    values = broadcast_to(values, (*shape[:axis], k, *shape[axis + 1 :]))
    order = np.insert(np.arange(n), obj, n + np.arange(k))
    return take(concatenate([arr, values], axis=axis), order, axis)
