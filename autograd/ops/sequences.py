"""Numbers in a row: differences, slopes, areas, interpolation, convolution, even steps.

May import joining.py and linear.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.node import Node, plain
from autograd.op import Op
from autograd.ops.arithmetic import absolute, power, quotient_or_zero, where
from autograd.ops.elementary import log10
from autograd.ops.indexing import getitem, take
from autograd.ops.joining import concatenate
from autograd.ops.reductions import sum as sum_of
from autograd.ops.shapes import astype, broadcast_to, flip, moveaxis, ravel, reshape, shape_of, with_axes

__all__ = [
    "convolve", "correlate", "diff", "ediff1d", "geomspace", "gradient", "interp", "linspace", "logspace", "trapezoid",
]  # fmt: skip


def _from(x: Any, start: int | None, stop: int | None = None) -> Any:
    """``x[start:stop]`` along the last axis."""
    return getitem(x, (..., slice(start, stop)))


# Differences -------------------------------------------------------------------------------------------------------


def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """As np.diff: ``n`` times the differences of neighbours.

    >>> diff(np.array([1.0, 4.0, 9.0]))
    array([3., 5.])
    """
    if n < 0:
        raise ValueError(f"diff takes differences n times, not {n} times")
    if n == 0:
        return a
    shape = shape_of(a)
    one = (*shape[: axis % len(shape)], 1, *shape[axis % len(shape) + 1 :])
    ends = [x if x is None or len(shape_of(x)) else broadcast_to(x, one) for x in (prepend, append)]
    joined = [x for x in (ends[0], a, ends[1]) if x is not None]
    moved = moveaxis(concatenate(joined, axis=axis) if len(joined) > 1 else a, axis, -1)
    for _ in range(n):
        moved = _from(moved, 1) - _from(moved, None, -1)
    return moveaxis(moved, -1, axis)


def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """As np.ediff1d: the differences of all entries, between ``to_begin`` and ``to_end``."""
    differences = diff(ravel(ary))
    ends = [x if x is None else ravel(astype(x, differences.dtype)) for x in (to_begin, to_end)]
    joined = [x for x in (ends[0], differences, ends[1]) if x is not None]
    return concatenate(joined) if len(joined) > 1 else differences


def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """As np.gradient: slopes by differences, central inside and one-sided at the ends.

    ``varargs`` has nothing, a spacing or coordinates for all axes, or one for each; they may be nodes.

    Raises: TypeError for another number of spacings; ValueError for coordinates that do not fit.
    """
    ndim = len(shape_of(f))
    axes = tuple(range(ndim)) if axis is None else tuple(int(i) % ndim for i in np.atleast_1d(axis))
    spacings = varargs or (1.0,)
    if len(spacings) == 1 and not len(shape_of(spacings[0])):
        spacings *= len(axes)
    if len(spacings) != len(axes):
        raise TypeError(
            f"gradient takes no spacing, one number, or one for each of {len(axes)} axes, not {len(varargs)}"
        )
    slopes = [moveaxis(_slopes(moveaxis(f, i, -1), x, edge_order), -1, i) for i, x in zip(axes, spacings, strict=True)]
    return slopes[0] if len(slopes) == 1 else tuple(slopes)


def _slopes(f: Any, spacing: Any, edge_order: int) -> Any:
    n = shape_of(f)[-1]
    if n < edge_order + 1:
        raise ValueError(f"gradient needs {edge_order + 1} entries along an axis, not {n}")
    if not len(shape_of(spacing)):
        h: Any = spacing
        inner = (_from(f, 2) - _from(f, None, -2)) / (2.0 * h)
        if edge_order == 1:
            ends = [(_from(f, 1, 2) - _from(f, 0, 1)) / h, (_from(f, n - 1) - _from(f, n - 2, n - 1)) / h]
        else:
            ends = [_weighted(f, 0, (-1.5 / h, 2.0 / h, -0.5 / h)), _weighted(f, n - 3, (0.5 / h, -2.0 / h, 1.5 / h))]
        return concatenate([ends[0], inner, ends[1]], axis=-1)
    if shape_of(spacing) != (n,):
        raise ValueError(f"gradient along an axis of {n} entries: coordinates of shape {shape_of(spacing)} do not fit")
    steps = diff(spacing)
    a, b = _from(steps, None, -1), _from(steps, 1)
    inner = (
        _from(f, None, -2) * (-b / (a * (a + b)))
        + _from(f, 1, -1) * ((b - a) / (a * b))
        + _from(f, 2) * (a / (b * (a + b)))
    )
    if edge_order == 1:
        first, last = getitem(steps, 0), getitem(steps, -1)
        ends = [(_from(f, 1, 2) - _from(f, 0, 1)) / first, (_from(f, n - 1) - _from(f, n - 2, n - 1)) / last]
    else:
        a, b = getitem(steps, 0), getitem(steps, 1)
        weights = (-(2.0 * a + b) / (a * (a + b)), (a + b) / (a * b), -a / (b * (a + b)))
        a, b = getitem(steps, -1), getitem(steps, -2)
        mirrored = (a / (b * (a + b)), -(a + b) / (a * b), (2.0 * a + b) / (a * (a + b)))
        ends = [_weighted(f, 0, weights), _weighted(f, n - 3, mirrored)]
    return concatenate([ends[0], inner, ends[1]], axis=-1)


def _weighted(f: Any, start: int, weights: tuple[Any, ...]) -> Any:
    first, second, third = (_from(f, i, i + 1) for i in range(start, start + 3))
    return first * weights[0] + second * weights[1] + third * weights[2]


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """As np.trapezoid: the area under straight lines from point to point."""
    y = moveaxis(y, axis, -1)
    width = dx if x is None else diff(x if len(shape_of(x)) == 1 else moveaxis(x, axis, -1))
    return sum_of(width * (_from(y, 1) + _from(y, None, -1)) / 2.0, axis=-1)


# Interpolation -----------------------------------------------------------------------------------------------------


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """As np.interp: on straight lines between points (xp, fp). At a point the slope is that of the line after it.

    >>> interp(2.5, np.array([2.0, 3.0]), np.array([0.0, 10.0]))
    5.0
    """
    if period is not None:
        x, xp, fp = _unrolled(x, xp, fp, absolute(period))
        left = right = None
    n = shape_of(xp)[0]
    where_x, points = np.asarray(plain(x)), np.asarray(plain(xp))
    before = np.clip(np.searchsorted(points, where_x, "right") - 1, 0, max(n - 2, 0))
    after = np.minimum(before + 1, n - 1)
    x0, f0 = take(xp, before), take(fp, before)
    slope = quotient_or_zero(take(fp, after) - f0, take(xp, after) - x0)
    y = where(where_x == points[-1], take(fp, after), f0 + slope * (x - x0))
    y = where(where_x < points[0], getitem(fp, 0) if left is None else left, y)
    return where(where_x > points[-1], getitem(fp, n - 1) if right is None else right, y)


def _unrolled(x: Any, xp: Any, fp: Any, period: Any) -> tuple[Any, Any, Any]:
    """Everything shifted into one period, with a point of the next on either side."""

    def shifted(x: Any) -> Any:
        return x - period * np.floor(np.asarray(plain(x)) / plain(period))

    xp = shifted(xp)
    order = np.argsort(plain(xp))
    xp, fp = take(xp, order), take(fp, order)
    xp = concatenate([_from(xp, -1) - period, xp, _from(xp, 0, 1) + period], axis=0)
    return shifted(x), xp, concatenate([_from(fp, -1), fp, _from(fp, 0, 1)], axis=0)


# Convolution -------------------------------------------------------------------------------------------------------


def _convolve_vjp(g: Any, y: Any, a: Any, v: Any) -> Any:
    k = shape_of(v)[0] - 1
    return _from(every_overlap(g, flip(v)), k, k + shape_of(a)[0])


every_overlap: Op = Op(
    "convolve", np.convolve, (_convolve_vjp, lambda g, y, a, v: _convolve_vjp(g, y, v, a)), linear=True,
    prepare=lambda a, v: ((a, v), ()), domain=((-2.0, 2.0), (-2.0, 2.0)),
    examples=((((4,), (2,)), {}), (((2,), (3,)), {})), doc="All sums of products as one vector slides over another.",
)  # fmt: skip


def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """As np.convolve, in mode "full", "same" or "valid".

    >>> convolve(np.array([1.0, 2.0, 3.0]), np.array([0.0, 1.0]))
    array([0., 1., 2., 3.])
    """
    a, v = ravel(a), ravel(v)
    short, long = sorted((shape_of(a)[0], shape_of(v)[0]))
    if mode not in ("full", "same", "valid"):
        raise ValueError(f"convolve with mode={mode!r}: it is 'full', 'same' or 'valid'")
    every = every_overlap(a, v)
    if mode == "full":
        return every
    start, size = ((short - 1) // 2, long) if mode == "same" else (short - 1, long - short + 1)
    return _from(every, start, start + size)


def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """As np.correlate, in mode "valid", "same" or "full"."""
    a, v = ravel(a), ravel(v)
    if mode == "same" and shape_of(v)[0] > shape_of(a)[0]:  # NumPy then slides the other way and turns the result round
        return flip(convolve(flip(a), v, mode))
    return convolve(a, flip(v), mode)


# Even steps --------------------------------------------------------------------------------------------------------


def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None,
    axis: int = 0,
) -> Any:  # fmt: skip
    """As np.linspace; start and stop may be nodes.

    >>> linspace(0.0, 1.0, 3)
    array([0. , 0.5, 1. ])
    """
    div = num - 1 if endpoint else num
    width = stop - start
    step = width / div if div > 0 else width * np.nan
    shape = np.broadcast_shapes(shape_of(start), shape_of(stop))
    floating = np.result_type(plain(start), plain(stop), float(num))
    places = np.arange(num, dtype=floating).reshape(-1, *(1,) * len(shape))
    y = places * (step if div > 0 else width) + start
    if endpoint and num > 1:
        last = stop if isinstance(stop, Node) else np.asarray(stop, floating)
        y = concatenate([getitem(y, slice(None, -1)), reshape(broadcast_to(last, shape), (1, *shape))])
    y = moveaxis(y if dtype is None else astype(y, dtype), 0, axis)
    return (y, step) if retstep else y


def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0
) -> Any:
    """As np.logspace: powers of ``base``, from base**start to base**stop."""
    if shape_of(base):
        ndim = len(np.broadcast_shapes(*map(shape_of, (start, stop, base))))
        start, stop, base = (with_axes(x, ndim) for x in (start, stop, base))
    return moveaxis(power(base, linspace(start, stop, num, endpoint, dtype=dtype)), 0, axis)


def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    """As np.geomspace: from start to stop, each the same multiple of the one before."""
    direction = np.sign(plain(start), dtype=float)  # in float64, as NumPy computes it whatever it is given
    shape = np.broadcast_shapes(shape_of(start), shape_of(stop))
    low, high = (log10(broadcast_to(x * direction, shape)) for x in (start, stop))
    inner = logspace(low, high, num, endpoint, dtype=dtype) * direction
    ends = [reshape(broadcast_to(x, shape), (1, *shape)) for x in (start, stop)]
    if num > 1 and endpoint:
        inner = concatenate([ends[0], getitem(inner, slice(1, -1)), ends[1]], axis=0)
    elif num > 0:
        inner = concatenate([ends[0], getitem(inner, slice(1, None))], axis=0)
    return moveaxis(inner if dtype is None else astype(inner, dtype), 0, axis)
