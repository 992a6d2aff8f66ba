"""Order statistics and averages: median, quantiles, weighted means, the range.

May import reductions.py. Read masked.py next.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.node import Node, describe, plain
from autograd.op import Op
from autograd.ops import reductions
from autograd.ops.arithmetic import multiply, refuse_out
from autograd.ops.joining import stack
from autograd.ops.shapes import broadcast_to, moveaxis, reshape, shape_of, transpose

__all__ = ["average", "median", "merged", "order_statistic", "percentile", "ptp", "quantile"]


def merged(x: Any, axis: Any) -> Any:
    """``x`` with the axes that are reduced merged into the last one."""
    axes = reductions.axes_of(x, axis)
    rest = [n for i, n in enumerate(shape_of(x)) if i not in axes]
    last = tuple(range(len(rest), len(rest) + len(axes)))
    moved = moveaxis(x, axes, last) if len(axes) < len(shape_of(x)) else x
    return reshape(moved, (*rest, reductions.count(x, axis)))


def _order_statistic(x: Any, axis: Any, keepdims: bool, k: int) -> Any:
    x = np.asarray(x)
    parted = np.partition(merged(x, axis), sorted({k, reductions.count(x, axis) - 1}), axis=-1)  # NaNs come last
    y = np.where(np.isnan(parted[..., -1]), np.nan, parted[..., k]).astype(x.dtype)
    return np.expand_dims(y, reductions.axes_of(x, axis)) if keepdims else y


order_statistic = Op(
    "order_statistic", _order_statistic,
    (lambda g, y, x, axis, keepdims, k: reductions.extreme_vjp(g, y, x, axis, keepdims),),
    prepare=lambda x, k, axis=None, keepdims=False: (
        (x,), (tuple(axis) if isinstance(axis, list) else axis, bool(keepdims), k)
    ),
    batchable=True,
    examples=(
        ((3, 4), {"k": 5}), ((3, 4), {"k": 1, "axis": 0}), ((2, 3, 2), {"k": 2, "axis": (0, -1), "keepdims": True}),
    ),
    doc="The k-th smallest entry, counted from 0. Equal entries share the gradient equally.",
)  # fmt: skip


def median(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """As np.median.

    >>> float(median(np.array([3.0, 1.0, 2.0])))
    2.0
    """
    refuse_out(out)
    n = _count(a, axis)
    upper = order_statistic(a, n // 2, axis=axis, keepdims=keepdims)
    return upper if n % 2 else 0.5 * (order_statistic(a, n // 2 - 1, axis=axis, keepdims=keepdims) + upper)


def _count(a: Any, axis: Any) -> int:
    n = reductions.count(a, axis)
    if n == 0:
        raise ValueError("a median or quantile of no numbers: NumPy gives nan, which has no gradient")
    return n


def quantile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: bool = False, *, weights: Any = None, interpolation: Any = None,
) -> Any:  # fmt: skip
    """As np.quantile, with any of its methods. There is no gradient by ``q``.

    Raises: NotImplementedError with ``weights``; TypeError for a node as ``q``.

    >>> float(quantile(np.array([3.0, 1.0, 2.0]), 0.25))
    1.5
    """
    refuse_out(out)
    if weights is not None:
        raise NotImplementedError("quantile with weights has no rule; call it on .data if no gradient is wanted")
    if isinstance(q, Node) and not q.may_become_plain():
        raise TypeError(f"quantile: {describe(q)} says which quantile, and gets no gradient; give its .data")
    shares = np.asarray(plain(q), dtype=float)
    each = [_quantile(a, share, axis, method or interpolation, keepdims) for share in shares.flat]
    return each[0] if shares.ndim == 0 else reshape(stack(each), (*shares.shape, *shape_of(each[0])))


def _quantile(a: Any, share: float, axis: Any, method: Any, keepdims: bool) -> Any:
    n = _count(a, axis)
    place = float(np.quantile(np.arange(n), share, method=method))  # of 0, 1, ... n - 1 it is where they stand
    lower, part = int(place), place - int(place)
    low = order_statistic(a, lower, axis=axis, keepdims=keepdims)
    if part == 0:
        return low
    high = order_statistic(a, lower + 1, axis=axis, keepdims=keepdims)
    return low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part)


def percentile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: bool = False, *, weights: Any = None, interpolation: Any = None,
) -> Any:  # fmt: skip
    """As np.percentile: `quantile` in hundredths.

    >>> float(percentile(np.array([3.0, 1.0, 2.0]), 25))
    1.5
    """
    share: Any = multiply(q, 0.01) if isinstance(q, Node) else np.true_divide(q, 100)
    return quantile(
        a, share, axis, out, overwrite_input, method, keepdims, weights=weights, interpolation=interpolation
    )


def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    """As np.ptp: the largest entry minus the smallest."""
    refuse_out(out)
    return reductions.max(a, axis=axis, keepdims=keepdims) - reductions.min(a, axis=axis, keepdims=keepdims)


def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    """As np.average; the weights get a gradient, too. With ``returned`` also the sum of the weights.

    Raises: ZeroDivisionError for weights that add up to 0, TypeError and ValueError for shapes that do not fit.

    >>> float(average(np.array([1.0, 4.0]), weights=np.array([2.0, 1.0])))
    2.0
    """
    if weights is None:
        y, total = reductions.mean(a, axis=axis, keepdims=keepdims), float(reductions.count(a, axis))
    else:
        weights = _along_axes(weights, a, axis)
        total = reductions.sum(broadcast_to(weights, shape_of(a)), axis=axis, keepdims=keepdims)
        if np.any(np.equal(plain(total), 0)):
            raise ZeroDivisionError("average: the weights add up to 0, so they cannot be normalised")
        y = reductions.sum(multiply(a, weights), axis=axis, keepdims=keepdims) / total
    return (y, broadcast_to(total, shape_of(y))) if returned else y


def _along_axes(weights: Any, a: Any, axis: Any) -> Any:
    """Weights of the shape of ``a``, or of its reduced axes, so that they broadcast to it."""
    weights = weights if isinstance(weights, Node) else np.asarray(weights)
    shape, given = shape_of(a), shape_of(weights)
    if given == shape:
        return weights
    if axis is None:
        raise TypeError(f"average: weights {given} for {shape}: give axis= where their shapes differ")
    axes = tuple(int(i) % len(shape) for i in np.atleast_1d(axis))
    if given != tuple(shape[i] for i in axes):
        raise ValueError(f"average: weights {given} for axis={axis} of {shape}: they have the lengths of those axes")
    weights = transpose(weights, tuple(int(i) for i in np.argsort(axes)))
    return reshape(weights, tuple(n if i in axes else 1 for i, n in enumerate(shape)))
