"""pad: entries before and after those of an array, in the ways of NumPy.

May import joining.py and linear.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.node import Node, describe
from autograd.ops.indexing import getitem, place
from autograd.ops.joining import concatenate
from autograd.ops.linear import tensordot
from autograd.ops.reductions import max as max_of
from autograd.ops.reductions import min as min_of
from autograd.ops.shapes import broadcast_to, moveaxis, shape_of

__all__ = ["pad"]

REPEATING = ("edge", "reflect", "symmetric", "wrap")
LINEAR = ("linear_ramp", "mean", "reflect", "symmetric")


def pad(
    array: Any, pad_width: Any, mode: Any = "constant", *, stat_length: Any = None, constant_values: Any = 0,
    end_values: Any = 0, reflect_type: str = "even",
) -> Any:  # fmt: skip
    """As np.pad; ``constant_values`` may be nodes.

    Raises: NotImplementedError for mode="median" and for functions of yours.

    >>> pad(np.array([1.0, 2.0]), 1)
    array([0., 1., 2., 0.])
    """
    ndim = len(shape_of(array))
    widths = _by_axis(pad_width, ndim)
    fill = _by_axis(constant_values, ndim)
    zeros = not any(isinstance(x, Node) or np.any(x) for pair in fill for x in pair)
    if mode == "empty" or (mode == "constant" and zeros):
        shape = tuple(n + before + after for n, (before, after) in zip(shape_of(array), widths, strict=True))
        inside = zip(widths, shape_of(array), strict=True)
        return place(array, tuple(slice(before, before + n) for (before, _), n in inside), shape)
    if mode in REPEATING and reflect_type == "even":
        orders = [np.pad(np.arange(n), width, mode) for n, width in zip(shape_of(array), widths, strict=True)]
        return getitem(array, np.ix_(*orders))
    if mode == "constant":
        each = fill
    elif mode == "linear_ramp":
        each = [{"end_values": ends} for ends in _by_axis(end_values, ndim)]
    elif mode in ("mean", "maximum", "minimum"):
        each = [{"stat_length": ends} if ends[0] is not None else {} for ends in _by_axis(stat_length, ndim)]
    elif mode in LINEAR:
        each = [{"reflect_type": reflect_type}] * ndim
    else:
        raise NotImplementedError(
            f"pad({describe(array)}) with mode={mode!r}: it has no rule; join with np.concatenate"
        )
    for axis, (width, options) in enumerate(zip(widths, each, strict=True)):
        if mode in LINEAR:
            array = _by_matrix(array, axis, width, mode, options)
        else:
            array = _with_ends(array, axis, width, mode, options)
    return array


def _by_axis(x: Any, ndim: int) -> list[Any]:
    """A pair (before, after) for each axis, from one number, one pair, or a pair for each."""
    if isinstance(x, dict):
        axes = {axis % ndim: pair for axis, pair in x.items()}
        return [_by_axis(axes.get(axis, 0), 1)[0] for axis in range(ndim)]
    shape = np.shape(x) if not isinstance(x, (list, tuple)) else (len(x), *np.shape(x[0]))
    if shape in ((), (1,)):
        one = x if shape == () else x[0]
        return [(one, one)] * ndim
    if len(shape) == 1:
        return [(x[0], x[1])] * ndim
    pairs = [(pair[0], pair[-1]) for pair in x]
    return pairs * ndim if len(pairs) == 1 else pairs


def _by_matrix(array: Any, axis: int, width: Any, mode: Any, options: Any) -> Any:
    """A mode that is linear along an axis is a matrix: what NumPy makes of an identity matrix."""
    n = shape_of(array)[axis]
    start = np.pad(np.zeros(n), width, mode, **options)
    columns = np.pad(np.eye(n), (width, (0, 0)), mode, **options) - start[:, None]
    dtype = array.dtype
    moved = tensordot(moveaxis(array, axis, -1), columns.T.astype(dtype), 1)
    return moveaxis(moved + start.astype(dtype) if start.any() else moved, -1, axis)


def _with_ends(array: Any, axis: int, width: Any, mode: str, options: Any) -> Any:
    """A mode that puts the same number all along one end of an axis."""
    shape, everything = shape_of(array), (slice(None),) * axis
    ends = []
    for end in (0, 1):
        if mode == "constant":
            value = options[end] if isinstance(options[end], Node) else np.asarray(options[end], array.dtype)
        else:
            n = min(int(options["stat_length"][end]), shape[axis]) if options else shape[axis]
            part = getitem(array, (*everything, slice(0, n) if end == 0 else slice(shape[axis] - n, None)))
            value = (max_of if mode == "maximum" else min_of)(part, axis=axis, keepdims=True)
        ends.append(broadcast_to(value, (*shape[:axis], width[end], *shape[axis + 1 :])))
    return concatenate([ends[0], array, ends[1]], axis=axis)
