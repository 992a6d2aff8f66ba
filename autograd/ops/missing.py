"""Reductions that leave out what is missing: NumPy's nansum, nanmean, nanmedian and their kin.

May import masked.py, cumulative.py and statistics.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.node import Node, plain
from autograd.ops import masked, reductions, statistics
from autograd.ops.arithmetic import multiply, refuse_out
from autograd.ops.arithmetic import where as choice
from autograd.ops.cumulative import cumprod
from autograd.ops.indexing import getitem
from autograd.ops.joining import stack
from autograd.ops.masked import cast, stacked
from autograd.ops.shapes import expand_dims, reshape, shape_of

__all__ = [
    "nancumprod", "nancumsum", "nanmax", "nanmean", "nanmedian", "nanmin", "nanpercentile", "nanprod", "nanquantile",
    "nanstd", "nansum", "nanvar",
]  # fmt: skip


def _numbers(a: Any, where: Any = True) -> Any:
    """Where there is no NaN; True if there is none at all."""
    here = ~np.isnan(plain(a))
    return where if here.all() else here & np.asarray(plain(where), dtype=bool)


def nansum(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None,
    where: Any = True,
) -> Any:  # fmt: skip
    """As np.nansum."""
    a = stacked(a)
    return masked.sum(a, axis, dtype, out, keepdims, initial, _numbers(a, where))


def nanprod(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None,
    where: Any = True,
) -> Any:  # fmt: skip
    """As np.nanprod."""
    a = stacked(a)
    return masked.prod(a, axis, dtype, out, keepdims, initial, _numbers(a, where))


def nanmean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True
) -> Any:  # fmt: skip
    """As np.nanmean."""
    a = stacked(a)
    return masked.mean(a, axis, dtype, out, keepdims, where=_numbers(a, where))


def nanvar(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False, *,
    where: Any = True, mean: Any = None, correction: Any = None,
) -> Any:  # fmt: skip
    """As np.nanvar."""
    a = stacked(a)
    numbers = _numbers(a, where)
    return masked.var(a, axis, dtype, out, ddof, keepdims, where=numbers, mean=mean, correction=correction)


def nanstd(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False, *,
    where: Any = True, mean: Any = None, correction: Any = None,
) -> Any:  # fmt: skip
    """As np.nanstd."""
    a = stacked(a)
    numbers = _numbers(a, where)
    return masked.std(a, axis, dtype, out, ddof, keepdims, where=numbers, mean=mean, correction=correction)


def nanmax(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
) -> Any:  # fmt: skip
    """As np.nanmax: NaN only where there is nothing else."""
    return _extreme_number(masked.max, -np.inf, a, axis, out, keepdims, initial, where)


def nanmin(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
) -> Any:  # fmt: skip
    """As np.nanmin: NaN only where there is nothing else."""
    return _extreme_number(masked.min, np.inf, a, axis, out, keepdims, initial, where)


def _extreme_number(
    function: Any, neutral: float, a: Any, axis: Any, out: Any, keepdims: Any, initial: Any, where: Any
) -> Any:
    a = stacked(a)
    numbers = _numbers(a)
    if numbers is True:
        return function(a, axis, out, keepdims, initial, where)
    y = function(choice(numbers, a, neutral), axis, out, keepdims, initial, where)
    return choice(np.any(numbers, axis=axis, keepdims=bool(keepdims)), y, np.nan if initial is None else y)


def nancumsum(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    """As np.nancumsum."""
    refuse_out(out)
    return reductions.cumsum(choice(_numbers(stacked(a)), cast(a, dtype), 0.0), axis)


def nancumprod(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    """As np.nancumprod."""
    refuse_out(out)
    return cumprod(choice(_numbers(stacked(a)), cast(a, dtype), 1.0), axis)


def nanmedian(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False) -> Any:
    """As np.nanmedian."""
    refuse_out(out)
    return _by_slices(statistics.median, a, axis, keepdims)


def nanquantile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: Any = False, *, weights: Any = None, interpolation: Any = None,
) -> Any:  # fmt: skip
    """As np.nanquantile. There is no gradient by ``q``."""
    refuse_out(out)

    def function(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
        return statistics.quantile(
            x, q, axis, None, False, method, keepdims, weights=weights, interpolation=interpolation
        )

    return _by_slices(function, a, axis, keepdims, len(np.shape(plain(q))))


def nanpercentile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: Any = False, *, weights: Any = None, interpolation: Any = None,
) -> Any:  # fmt: skip
    """As np.nanpercentile: `nanquantile` in hundredths."""
    share: Any = multiply(q, 0.01) if isinstance(q, Node) else np.true_divide(q, 100)
    return nanquantile(
        a, share, axis, out, overwrite_input, method, keepdims, weights=weights, interpolation=interpolation
    )


def _by_slices(function: Any, a: Any, axis: Any, keepdims: Any, leading: int = 0) -> Any:
    """``function`` of each slice's numbers, as there are more in one than in another.

    ``leading`` is how many axes its own result has.
    """
    a = stacked(a)
    numbers = _numbers(a)
    if numbers is True:
        return function(a, axis=axis, keepdims=keepdims)
    axes = reductions.axes_of(a, axis)
    merged = statistics.merged(a, axis)
    here = np.atleast_2d(statistics.merged(numbers, axis))
    rows = reshape(merged, (-1, shape_of(merged)[-1]))
    each = [
        function(getitem(row, mask)) if mask.any() else function(row)
        for row, mask in zip(rows, here.reshape(shape_of(rows)), strict=True)
    ]
    y = reshape(stack(each, axis=-1), (*shape_of(each[0]), *shape_of(merged)[:-1]))
    return expand_dims(y, tuple(leading + i for i in axes)) if keepdims else y
