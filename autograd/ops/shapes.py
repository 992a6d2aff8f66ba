"""Rows that move entries and change none: reshape, transpose, broadcast, join, index.

May import arithmetic.py. Read reductions.py next.
"""

from __future__ import annotations

import math
from functools import reduce
from typing import Any

import numpy as np

from autograd.node import Node, plain
from autograd.op import EachOperand, Op, apply
from autograd.ops.arithmetic import add, equal, product_or_zero

__all__ = [
    "add_at", "astype", "broadcast_to", "column_stack", "concatenate", "expand_dims", "flip", "getitem", "hstack",
    "item", "moveaxis", "one_hot", "place", "ravel", "repeat", "reshape", "set_at", "squeeze", "stack", "sum_to",
    "swapaxes", "take", "tile", "transpose", "vstack",
]  # fmt: skip


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape of an array or a node; ``()`` of a number."""
    return tuple(x.shape) if isinstance(x, (Node, np.ndarray)) else np.shape(x)


def lead(g: Any, y: Any) -> tuple[int, ...]:
    """The axes that several gradients of ``y`` at once have before those of ``y``: see `Op.batchable`."""
    return shape_of(g)[: len(shape_of(g)) - len(shape_of(y))]


def _sum_to(x: Any, shape: tuple[int, ...]) -> Any:
    x = np.asarray(x)
    extra = x.ndim - len(shape)
    if extra:
        x = np.add.reduce(x, axis=tuple(range(extra)))
    ones = tuple(i for i, n in enumerate(shape) if n == 1 and x.shape[i] != 1)
    return np.add.reduce(x, axis=ones, keepdims=True) if ones else x


def _inverse(axes: tuple[int, ...] | None) -> tuple[int, ...] | None:
    return None if axes is None else tuple(int(i) for i in np.argsort(axes))


def _transpose_back(g: Any, y: Any, x: Any, axes: Any) -> Any:
    n, ndim = len(lead(g, y)), len(shape_of(y))
    if not n:
        return transpose(g, _inverse(axes))
    inverse = _inverse(axes) or tuple(range(ndim))[::-1]
    return transpose(g, (*range(n), *(n + i for i in inverse)))


sum_to: Op = Op(
    "sum_to", _sum_to, (lambda g, y, x, shape: broadcast_to(g, shape_of(x)),),
    prepare=lambda x, shape: ((x,), (shape,)), linear=True,
    examples=(((2, 3, 4), {"shape": (3, 1)}), ((3,), {"shape": ()})),
    doc="The sum over the axes that broadcasting `shape` would add or stretch.",
)  # fmt: skip
broadcast_to: Op = Op(
    "broadcast_to", np.broadcast_to, (lambda g, y, x, shape: g,), batchable=True,  # the walker sums
    prepare=lambda array, shape: ((array,), (shape if isinstance(shape, tuple) else tuple(np.atleast_1d(shape)),)),
    result="array", linear=True, examples=(((3, 1), {"shape": (2, 3, 4)}), ((), {"shape": (2,)})),
)  # fmt: skip
reshape: Op = Op(
    "reshape", np.reshape, (lambda g, y, x, shape: reshape(g, (*lead(g, y), *shape_of(x))),),
    prepare=lambda a, shape: ((a,), (shape,)), result="array", linear=True, batchable=True,
    examples=(((2, 6), {"shape": (3, -1)}), ((), {"shape": (1, 1)}), ((4,), {"shape": 4})),
)  # fmt: skip
transpose: Op = Op(
    "transpose", np.transpose, (_transpose_back,),
    prepare=lambda a, axes=None: ((a,), (None if axes is None else tuple(i % len(axes) for i in axes),)), linear=True,
    batchable=True,
    examples=(((2, 3), {}), ((2, 3, 4), {"axes": (1, -1, 0)})),
)  # fmt: skip
flip: Op = Op(
    "flip", np.flip, (lambda g, y, x, axis: flip(g, axis),), prepare=lambda m, axis=None: ((m,), (axis,)), linear=True,
    examples=(((2, 3), {"axis": 1}), ((4,), {})),
)  # fmt: skip


def _floating(x: Any, dtype: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    dtype = np.dtype(dtype)
    if dtype.kind != "f":
        if isinstance(x, Node) and not x.may_become_plain():
            raise x.detach_error(f"astype({dtype.name})")
        raise TypeError(f"nodes are floating; for {dtype.name} take .data.astype({dtype.name})")
    return (x,), (dtype,)


astype = Op(
    "astype", lambda x, dtype: np.asarray(x).astype(dtype), (lambda g, y, x, dtype: g,),
    prepare=_floating, result="array", linear=True, elementwise=True,
    examples=(((2, 3), {"dtype": "float64"}),),
)  # fmt: skip

# Views of these by NumPy's other names ---------------------------------------------------------------------------


def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """As np.swapaxes."""
    axes = list(range(len(shape_of(a))))
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return transpose(a, tuple(axes))


def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """As np.moveaxis."""
    ndim = len(shape_of(a))
    like = np.moveaxis(np.broadcast_to(0, tuple(range(1, ndim + 1))), source, destination).shape
    return transpose(a, tuple(n - 1 for n in like))


def squeeze(a: Any, axis: Any = None) -> Any:
    """As np.squeeze."""
    return reshape(a, np.squeeze(np.broadcast_to(0, shape_of(a)), axis).shape)


def expand_dims(a: Any, axis: Any) -> Any:
    """As np.expand_dims."""
    return reshape(a, np.expand_dims(np.broadcast_to(0, shape_of(a)), axis).shape)


def ravel(a: Any, order: str = "C") -> Any:
    """As np.ravel, rows first."""
    if order != "C":
        raise NotImplementedError(f"ravel with order={order!r}: only 'C', rows first; ravel the .T for columns first")
    return reshape(a, (-1,))


# Indexing --------------------------------------------------------------------------------------------------------


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


def take(a: Any, indices: Any, axis: int | None = None) -> Any:
    """As np.take: entries along an axis, of the flattened array without one.

    Of a list of Values ``indices`` may be a Value, too, such as a label.
    """
    if isinstance(indices, Node) and not indices.is_array:
        return reduce(add, map(product_or_zero, one_hot(indices, len(a)), a))
    if axis is None:
        return getitem(ravel(a), np.asarray(indices))
    return getitem(a, (slice(None),) * (axis % len(shape_of(a))) + (np.asarray(indices),))


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
    return take(a, np.repeat(np.arange(n), repeats), axis)


def tile(A: Any, reps: Any) -> Any:
    """As np.tile."""
    positions = np.arange(math.prod(shape_of(A))).reshape(shape_of(A))
    return take(A, np.tile(positions, reps))


# Joining ---------------------------------------------------------------------------------------------------------


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
    prepare=lambda arrays, axis=0: (tuple(map(ravel, arrays)), (0,)) if axis is None else (tuple(arrays), (axis,)),
    result="array", examples=((((2, 3), (4, 3)), {}), (((2, 3), (2, 1), (2, 2)), {"axis": -1})),
)  # fmt: skip
stack = Op(
    "stack", lambda *rest: np.stack(rest[:-1], axis=rest[-1]), EachOperand(_layer),
    prepare=lambda arrays, axis=0: (tuple(arrays), (axis,)),
    result="array", examples=((((2, 3), (2, 3)), {"axis": 1}), (((3,), (3,), (3,)), {"axis": -1}), (((), ()), {})),
)  # fmt: skip


def _at_least(x: Any, ndim: int) -> Any:
    return x if len(shape_of(x)) >= ndim else reshape(x, (1,) * (ndim - len(shape_of(x))) + shape_of(x))


def vstack(tup: Any) -> Any:
    """As np.vstack."""
    return concatenate([_at_least(x, 2) for x in tup], axis=0)


def hstack(tup: Any) -> Any:
    """As np.hstack."""
    arrays = [_at_least(x, 1) for x in tup]
    return concatenate(arrays, axis=0 if len(shape_of(arrays[0])) == 1 else 1)


def column_stack(tup: Any) -> Any:
    """As np.column_stack."""
    return concatenate([x if len(shape_of(x)) > 1 else reshape(x, (-1, 1)) for x in tup], axis=1)


def stack_nodes(nested: Any) -> Any:
    """Nested lists or an object array of numbers, arrays and nodes as one Tensor that keeps their graphs."""
    if isinstance(nested, np.ndarray) and nested.dtype == object:
        return reshape(apply(stack, tuple(nested.flat), (0,)), nested.shape)
    return apply(stack, tuple(stack_nodes(x) if isinstance(x, (list, tuple)) else x for x in nested), (0,))
