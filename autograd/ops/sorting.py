"""Rows that put entries in order: sort, partition, and unique. Equal entries share their gradient equally.

May import joining.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.node import plain
from autograd.op import Op
from autograd.ops.indexing import take
from autograd.ops.joining import concatenate
from autograd.ops.shapes import ravel

__all__ = ["partition", "reorder", "sort", "union1d", "unique"]


def _shared(g: Any, ordered: Any) -> Any:
    """``g`` of rows in order, with equal entries, which are next to each other, getting the mean of what they got."""
    new = np.ones(ordered.shape, bool)
    new[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    group = np.cumsum(new).reshape(new.shape) - 1
    return (np.bincount(group.ravel(), g.ravel()) / np.bincount(group.ravel()))[group]


def _reorder(h: Any, a: Any, b: Any, axis: int) -> Any:
    h, a, b = (np.moveaxis(part, axis, -1) for part in (h, a, b))
    by_a, by_b = np.argsort(a, axis=-1), np.argsort(b, axis=-1)
    ordered = np.take_along_axis(h, by_a, -1)
    if h.size:
        ordered = _shared(ordered, np.take_along_axis(b, by_b, -1))
    moved = np.empty_like(h)
    np.put_along_axis(moved, by_b, ordered, -1)
    return np.moveaxis(moved, -1, axis)


SHUFFLED = np.array([2.0, 1.0, 2.0, 0.5]), np.array([0.5, 2.0, 2.0, 1.0])

reorder: Op = Op(
    "reorder", _reorder, (lambda g, y, h, a, b, axis: reorder(g, b, a, axis=axis), None, None), linear=True,
    prepare=lambda h, a, b, axis: ((h, a, b), (axis,)), domain=((-2.0, 2.0),) * 3,
    examples=((((4,), *SHUFFLED), {"axis": 0}),),
    doc="h, which is in the order of a, in the order of b, which has the same entries; equal ones share equally.",
)  # fmt: skip


def _ordered_vjp(g: Any, y: Any, x: Any, axis: int, *_: Any) -> Any:
    return reorder(g, y, x, axis=axis)


sorted_along = Op(
    "sort", lambda x, axis, kind: np.sort(x, axis=axis, kind=kind), (_ordered_vjp,),
    prepare=lambda x, axis=-1, kind=None: ((x,), (axis, kind)), examples=(((5,), {}), ((3, 4), {"axis": 0})),
)  # fmt: skip
parted_along = Op(
    "partition", lambda x, axis, kth: np.partition(x, kth, axis=axis), (_ordered_vjp,),
    prepare=lambda x, kth, axis=-1: ((x,), (axis, kth)), examples=(((5,), {"kth": 2}), ((3, 4), {"kth": 1, "axis": 0})),
)  # fmt: skip


def sort(a: Any, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    """As np.sort: of the flattened array with axis=None.

    >>> sort(np.array([3.0, 1.0, 2.0]))
    array([1., 2., 3.])
    """
    return sorted_along(ravel(a), 0, kind) if axis is None else sorted_along(a, axis, kind)


def partition(a: Any, kth: Any, axis: int | None = -1, kind: Any = "introselect", order: Any = None) -> Any:
    """As np.partition: the ``kth`` entry where it is in order, smaller ones before it."""
    return parted_along(ravel(a), kth, 0) if axis is None else parted_along(a, kth, axis)


def union1d(ar1: Any, ar2: Any) -> Any:
    """As np.union1d: the values of both, each once, in order."""
    return unique(concatenate([ar1, ar2], axis=None))


def unique(
    ar: Any, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False, axis: Any = None,
    *, equal_nan: bool = True, sorted: bool = True,
) -> Any:  # fmt: skip
    """As np.unique: each value once, in order; what else is asked for is plain positions and counts.

    Raises: NotImplementedError for unique rows, by ``axis``.
    """
    if axis is not None:
        raise NotImplementedError("unique(..., axis=): rows that are equal have no rule; index with return_index")
    found = np.unique(plain(ar), return_index=True, return_inverse=True, return_counts=True, equal_nan=equal_nan)
    first = np.searchsorted(np.sort(plain(ar), axis=None), found[0])
    values = take(sort(ar, axis=None), first)
    asked = (return_index, return_inverse, return_counts)
    extra = tuple(part for part, wanted in zip(found[1:], asked, strict=True) if wanted)
    return (values, *extra) if extra else values
