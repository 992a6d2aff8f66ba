"""Rows that reduce along axes: sums, means, products, extremes, norms, softmax.

``axis`` is None (all), an int or a tuple. The rules put the summed axes back with length 1; the walker spreads
what is smaller than the operand over it.
May import shapes.py and elementary.py. Read linear.py next.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.op import Op
from autograd.ops.arithmetic import (
    absolute,
    equal,
    product_or_zero,
    quiet_power,
    quotient_or_zero,
    refuse_out,
    sign,
    where,
)  # fmt: skip
from autograd.ops.elementary import exp
from autograd.ops.shapes import astype, broadcast_to, flip, lead, moveaxis, ravel, reshape, shape_of

__all__ = [
    "cumsum", "log_softmax", "logsumexp", "max", "mean", "min", "norm2", "norm_p", "prod",
    "products_of_all_but_two", "products_of_others", "softmax", "std", "sum", "var",
]  # fmt: skip


def axes_of(x: Any, axis: Any) -> tuple[int, ...]:
    """The axes that ``axis``, as reductions take it, stands for, counted from 0."""
    ndim = len(shape_of(x))
    if axis is None:
        return tuple(range(ndim))
    return tuple(int(i) % ndim if ndim else int(i) for i in np.atleast_1d(axis))


def _spread(g: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    """``g`` with the axes of ``x`` that were summed put back, of length 1: it broadcasts to the shape of ``x``."""
    shape, axes = shape_of(x), axes_of(x, axis)
    if keepdims or shape_of(g) == () or not axes:
        return g
    before = shape_of(g)[: len(shape_of(g)) - len(shape) + len(axes)]  # several gradients at once
    return reshape(g, (*before, *(1 if i in axes else n for i, n in enumerate(shape))))


def count(x: Any, axis: Any) -> int:
    """How many entries are reduced to one."""
    shape = shape_of(x)
    return math.prod([shape[i] for i in axes_of(x, axis)])


def _along(x: Any, axis: Any = None, keepdims: bool = False) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    if keepdims not in (True, False, None):  # NumPy has dtype in this place
        raise TypeError(f"keepdims is True or False, not {keepdims!r}; a dtype is not taken, write .astype(...)")
    return (x,), (tuple(axis) if isinstance(axis, list) else axis, bool(keepdims))


def _reduction(function: Any) -> Any:
    def forward(x: Any, axis: Any, keepdims: bool) -> Any:
        return function(x, axis=axis, keepdims=keepdims)

    return forward


EVERY_WAY: tuple[tuple[Any, dict[str, Any]], ...] = (
    ((3, 4), {}),
    ((3, 4), {"axis": 0}),
    ((2, 3, 2), {"axis": (0, -1), "keepdims": True}),
    ((), {}),
)  # calls that reduce everything, one axis, several axes, nothing

sum = Op(
    "sum", _reduction(np.sum), (lambda g, y, x, axis, keepdims: _spread(g, x, axis, keepdims),),
    prepare=_along, linear=True, batchable=True, examples=EVERY_WAY,
)  # fmt: skip
mean = Op(
    "mean", _reduction(np.mean), (lambda g, y, x, axis, keepdims: _spread(g, x, axis, keepdims) / count(x, axis),),
    prepare=_along, linear=True, batchable=True, examples=EVERY_WAY,
)  # fmt: skip


def _var_vjp(g: Any, y: Any, x: Any, axis: Any, keepdims: bool, ddof: int) -> Any:
    deviation = x - mean(x, axis=axis, keepdims=True)
    return _spread(2 * g, x, axis, keepdims) / (count(x, axis) - ddof) * deviation


def _std_vjp(g: Any, y: Any, x: Any, axis: Any, keepdims: bool, ddof: int) -> Any:
    if count(x, axis) == 1 and ddof == 0:  # of one number it is 0, whatever the number
        return 0.0 * (_spread(g, x, axis, keepdims) * x)
    deviation = x - mean(x, axis=axis, keepdims=True)
    slope = quotient_or_zero(deviation, _spread(y, x, axis, keepdims))  # 0 where all are equal
    return _spread(g, x, axis, keepdims) / (count(x, axis) - ddof) * slope


def _moments(x: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    return (x,), (*_along(x, axis, keepdims)[1], ddof)


WITH_DDOF: tuple[tuple[Any, dict[str, Any]], ...] = (
    ((3, 4), {}),
    ((3, 4), {"axis": 0, "ddof": 1}),
    ((2, 3, 2), {"axis": (0, -1), "keepdims": True}),
)

var = Op(
    "var", lambda x, axis, keepdims, ddof: np.var(x, axis=axis, keepdims=keepdims, ddof=ddof), (_var_vjp,),
    prepare=_moments, batchable=True, examples=WITH_DDOF,
)  # fmt: skip
std = Op(
    "std", lambda x, axis, keepdims, ddof: np.std(x, axis=axis, keepdims=keepdims, ddof=ddof), (_std_vjp,),
    prepare=_moments, batchable=True, examples=WITH_DDOF,
)  # fmt: skip


def extreme_vjp(g: Any, y: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    here = equal(x, _spread(y, x, axis, keepdims))  # equal entries share the gradient equally
    return _spread(g, x, axis, keepdims) * (here / sum(here, axis=axis, keepdims=True))


max = Op("max", _reduction(np.max), (extreme_vjp,), prepare=_along, batchable=True, examples=EVERY_WAY)
min = Op("min", _reduction(np.min), (extreme_vjp,), prepare=_along, batchable=True, examples=EVERY_WAY)

# Products, exact where entries are zero: the derivative by x[i] is the product of the others, never y / x[i].


def _products_of_others(x: Any) -> Any:
    before, after = np.ones_like(x), np.ones_like(x)
    np.cumprod(x[..., :-1], axis=-1, out=before[..., 1:])
    np.cumprod(x[..., :0:-1], axis=-1, out=after[..., -2::-1])
    return before * after


def products_of_all_but_two(x: Any) -> Any:
    """Along the last axis, for each two entries [..., i, j] the product of all the others; 0 for one with itself."""
    n = shape_of(x)[-1]
    others = broadcast_to(reshape(x, (*shape_of(x)[:-1], 1, n)), (*shape_of(x), n))
    others = products_of_others(where(np.eye(n, dtype=bool), 1.0, others))
    return where(np.eye(n, dtype=bool), 0.0, others)


def _products_vjp(g: Any, y: Any, x: Any) -> Any:
    return sum(reshape(g, (*shape_of(g), 1)) * products_of_all_but_two(x), axis=-2)


products_of_others: Op = Op(
    "products_of_others", _products_of_others, (_products_vjp,), domain=((-2.0, 2.0),),
    examples=(((4,), {}), ((2, 3), {})), prepare=lambda x: ((x,), ()),
    doc="Along the last axis, for each entry the product of all the others.",
)  # fmt: skip


def _prod_vjp(g: Any, y: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    axes, shape = axes_of(x, axis), shape_of(x)
    last = tuple(range(len(shape) - len(axes), len(shape)))
    moved = moveaxis(x, axes, last)
    others = products_of_others(reshape(moved, (*shape_of(moved)[: len(shape) - len(axes)], -1)))
    others = moveaxis(reshape(others, shape_of(moved)), last, axes)
    return _spread(g, x, axis, keepdims) * others


prod = Op("prod", _reduction(np.prod), (_prod_vjp,), prepare=_along, examples=EVERY_WAY)

cumulative_sum: Op = Op(
    "cumsum", np.cumsum, (lambda g, y, x, axis: flip(cumulative_sum(flip(g, axis), axis), axis),),
    prepare=lambda x, axis: ((x,), (axis,)), linear=True, examples=(((3, 4), {"axis": 1}),),
)  # fmt: skip


def cumsum(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    """As np.cumsum: of the flattened array without an axis."""
    refuse_out(out)
    a = a if dtype is None else astype(a, dtype)
    return cumulative_sum(ravel(a), 0) if axis is None else cumulative_sum(a, axis)


# Stable at any size: the largest entry is taken out first ---------------------------------------------------------


def _logsumexp(x: Any, axis: Any, keepdims: bool) -> Any:
    x = np.asarray(x)
    top = np.max(x, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis=axes_of(x, axis))


def _softmax(x: Any, axis: int) -> Any:
    e = np.exp(x - np.maximum.reduce(x, axis=axis, keepdims=True))
    return e / np.add.reduce(e, axis=axis, keepdims=True)


def _log_softmax(x: Any, axis: int) -> Any:
    return x - _logsumexp(x, axis, True)


def _axis_of(g: Any, y: Any, axis: int) -> int:
    """The axis of several gradients at once that is ``axis`` of ``y``."""
    return axis if axis < 0 else axis + len(lead(g, y))


def _softmax_vjp(g: Any, y: Any, x: Any, axis: int) -> Any:
    return y * (g - sum(g * y, axis=_axis_of(g, y, axis), keepdims=True))


def _log_softmax_vjp(g: Any, y: Any, x: Any, axis: int) -> Any:
    return g - exp(y) * sum(g, axis=_axis_of(g, y, axis), keepdims=True)


logsumexp = Op(
    "logsumexp", _logsumexp,
    (lambda g, y, x, axis, keepdims: _spread(g, x, axis, keepdims) * exp(x - _spread(y, x, axis, keepdims)),),
    prepare=_along, batchable=True, examples=EVERY_WAY, doc="log(sum(exp(x))), finite where the result is.",
)  # fmt: skip
softmax = Op(
    "softmax", _softmax, (_softmax_vjp,), prepare=lambda x, axis=-1: ((x,), (axis,)), batchable=True,
    examples=(((4,), {}), ((3, 4), {"axis": 0})),
    doc='exp(x) / sum(exp(x)). From: "Neural Networks Solutions - Module 6", exercise 2.4.',
)  # fmt: skip
log_softmax = Op(
    "log_softmax", _log_softmax, (_log_softmax_vjp,), prepare=lambda x, axis=-1: ((x,), (axis,)), batchable=True,
    examples=(((4,), {}), ((3, 4), {"axis": 0})), doc="log(softmax(x)), finite where the result is.",
)  # fmt: skip

# Norms ---------------------------------------------------------------------------------------------------------------

norm2 = Op(
    "norm", lambda x, axis, keepdims: np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims)),
    (
        lambda g, y, x, axis, keepdims: (
            _spread(g, x, axis, keepdims) * quotient_or_zero(x, _spread(y, x, axis, keepdims))
        ),
    ),
    prepare=_along, batchable=True, examples=EVERY_WAY[:3],
    doc="The square root of the sum of squares; its gradient at 0 is 0.",
)  # fmt: skip


def _norm_p_vjp(g: Any, y: Any, x: Any, axis: Any, keepdims: bool, p: float) -> Any:
    size, total = absolute(x), _spread(y, x, axis, keepdims)
    slope = quotient_or_zero(quiet_power(size, p - 1), quiet_power(total, p - 1))  # infinite at 0 where p < 1
    return _spread(g, x, axis, keepdims) * product_or_zero(sign(x), slope)


norm_p = Op(
    "norm_p", lambda x, axis, keepdims, p: np.sum(np.abs(x) ** p, axis=axis, keepdims=keepdims) ** (1 / p),
    (_norm_p_vjp,), prepare=lambda x, p, axis=None, keepdims=False: ((x,), (axis, keepdims, p)),
    examples=(((4,), {"p": 3}), ((3, 4), {"p": 1.5, "axis": 0})), doc="The p-th root of the sum of |x| ** p.",
)  # fmt: skip
