"""Rows that move whole axes and change no entry: reshape, transpose, broadcast, flip, roll.

May import arithmetic.py. Read indexing.py next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.node import Node
from autograd.op import Op

__all__ = [
    "astype", "atleast_1d", "atleast_2d", "atleast_3d", "broadcast_arrays", "broadcast_to", "expand_dims", "flip",
    "fliplr", "flipud", "ix_", "matrix_transpose", "meshgrid", "moveaxis", "ravel", "reshape", "reshape_in_order",
    "roll", "rollaxis", "rot90", "shape_of", "squeeze", "sum_to", "swapaxes", "transpose",
]  # fmt: skip


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape of an array or a node; ``()`` of a number."""
    return tuple(x.shape) if isinstance(x, (Node, np.ndarray)) else np.shape(x)


def lead(gradients: Any, y: Any) -> tuple[int, ...]:
    """The axes that several gradients of ``y`` at once have before those of ``y``: see `Op.batchable`."""
    return shape_of(gradients)[: len(shape_of(gradients)) - len(shape_of(y))]


def _shape(shape: Any) -> tuple[int, ...]:
    return shape if isinstance(shape, tuple) else tuple(np.atleast_1d(shape))


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
    prepare=lambda array, shape, subok=False: ((array,), (_shape(shape),)),
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


def _prepare_roll(a: Any, shift: Any, axis: Any = None) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    return (a,), (_integers(shift), None if axis is None else _integers(axis))


def _integers(x: Any) -> Any:
    return int(x) if np.ndim(x) == 0 else tuple(int(n) for n in x)


def _backwards(shift: Any) -> Any:
    return tuple(-n for n in shift) if isinstance(shift, tuple) else -shift


roll: Op = Op(
    "roll", np.roll, (lambda g, y, x, shift, axis: roll(g, _backwards(shift), axis),), prepare=_prepare_roll,
    linear=True, result="array",
    examples=(((5,), {"shift": 2}), ((2, 3), {"shift": (1, -1), "axis": (0, 1)}), ((2, 3), {"shift": 4})),
)  # fmt: skip


def _floating(x: Any, dtype: Any, copy: bool = True) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
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

# The same by NumPy's other names -----------------------------------------------------------------------------------


def reshape_in_order(a: Any, shape: Any, order: str = "C", copy: bool | None = None) -> Any:
    """As np.reshape, in rows ("C") or in columns ("F"). ``copy`` makes no difference: no view can be written to.

    Raises: NotImplementedError for order="A" and "K", which depend on how an array lies in memory.

    >>> reshape_in_order(np.arange(4.0), (2, 2), order="F")
    array([[0., 2.],
           [1., 3.]])
    """
    if order not in ("C", "F"):
        raise NotImplementedError(f"order={order!r} depends on how the array lies in memory: give 'C' or 'F'")
    if order == "C":
        return reshape(a, shape)
    shape = _shape(shape)
    return transpose(reshape(transpose(a), shape[::-1]))


def ravel(a: Any, order: str = "C") -> Any:
    """As np.ravel, rows first; columns first with order="F"."""
    return reshape_in_order(a, (-1,), order)


def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """As np.swapaxes."""
    axes = list(range(len(shape_of(a))))
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return transpose(a, tuple(axes))


def matrix_transpose(x: Any) -> Any:
    """As np.matrix_transpose: of each matrix of a stack."""
    return swapaxes(x, -1, -2)


def _permuted(a: Any, function: Callable[..., Any], *args: Any) -> Any:
    """``a`` with its axes in the order that ``function`` of NumPy gives them."""
    lengths = range(1, len(shape_of(a)) + 1)  # each axis of a length of its own: they can be told apart
    return transpose(a, tuple(n - 1 for n in function(np.broadcast_to(0, tuple(lengths)), *args).shape))


def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """As np.moveaxis."""
    return _permuted(a, np.moveaxis, source, destination)


def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """As np.rollaxis."""
    return _permuted(a, np.rollaxis, axis, start)


def rot90(m: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Any:
    """As np.rot90: turned by ``k`` quarters, from the first of two axes towards the second."""
    first, second = axes
    if k % 4 == 2:
        return flip(m, (first, second))
    if k % 4 == 0:
        return flip(m, ())
    return swapaxes(flip(m, second), first, second) if k % 4 == 1 else flip(swapaxes(m, first, second), second)


def fliplr(m: Any) -> Any:
    """As np.fliplr."""
    return flip(m, 1)


def flipud(m: Any) -> Any:
    """As np.flipud."""
    return flip(m, 0)


def squeeze(a: Any, axis: Any = None) -> Any:
    """As np.squeeze."""
    return reshape(a, np.squeeze(np.broadcast_to(0, shape_of(a)), axis).shape)


def expand_dims(a: Any, axis: Any) -> Any:
    """As np.expand_dims."""
    return reshape(a, np.expand_dims(np.broadcast_to(0, shape_of(a)), axis).shape)


def with_axes(a: Any, ndim: int) -> Any:
    """``a`` with axes of length 1 in front, up to ``ndim``."""
    shape = shape_of(a)
    return reshape(a, (1,) * (ndim - len(shape)) + shape) if len(shape) < ndim else a


def _one_or_more(results: list[Any]) -> Any:
    results = [np.asarray(x) if isinstance(x, (list, tuple)) else x for x in results]
    return results[0] if len(results) == 1 else tuple(results)


def atleast_1d(*arys: Any) -> Any:
    """As np.atleast_1d."""
    return _one_or_more([with_axes(x, 1) for x in arys])


def atleast_2d(*arys: Any) -> Any:
    """As np.atleast_2d: a vector is a row."""
    return _one_or_more([with_axes(x, 2) for x in arys])


def atleast_3d(*arys: Any) -> Any:
    """As np.atleast_3d: a vector gets an axis on both sides, a matrix one at the end."""
    return _one_or_more([_at_least_3d(x) for x in arys])


def _at_least_3d(x: Any) -> Any:
    shape = shape_of(x)
    return x if len(shape) > 2 else reshape(x, ((1, 1, 1), (1, *shape, 1), (*shape, 1))[len(shape)])


def broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    """As np.broadcast_arrays: all of the shape that they have together."""
    shape = np.broadcast_shapes(*map(shape_of, args))
    return tuple(broadcast_to(x, shape) for x in args)


def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    """As np.meshgrid: the coordinates of every point of a grid, an array for each axis."""
    places = list(range(len(xi)))
    if indexing == "xy" and len(xi) > 1:
        places[:2] = [1, 0]
    columns = [
        reshape(x, (1,) * place + (-1,) + (1,) * (len(xi) - 1 - place)) for x, place in zip(xi, places, strict=True)
    ]
    return tuple(columns) if sparse else broadcast_arrays(*columns)


def ix_(*args: Any) -> Any:
    """As np.ix_, of vectors: each along an axis of its own."""
    for x in args:
        if len(shape_of(x)) != 1:
            raise ValueError(f"ix_ takes vectors, not one of shape {shape_of(x)}")
    return meshgrid(*args, sparse=True, indexing="ij")
