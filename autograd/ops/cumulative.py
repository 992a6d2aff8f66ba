"""Running products, exact where entries are zero, and the linear recurrence that their gradient is.

May import reductions.py. Read statistics.py next.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.op import Op
from autograd.ops.arithmetic import refuse_out, where
from autograd.ops.indexing import getitem
from autograd.ops.joining import concatenate
from autograd.ops.reductions import cumsum
from autograd.ops.shapes import astype, flip, moveaxis, ravel, shape_of

__all__ = ["cumprod", "cumulative_prod", "cumulative_sum", "recurrence", "running_product"]


def _recurrence(a: Any, b: Any) -> Any:
    s = np.array(b, dtype=np.result_type(a, b))
    for i in range(1, s.shape[-1]):
        s[..., i] += a[..., i] * s[..., i - 1]
    return s


def _before(x: Any, first: float) -> Any:
    """The entries one place further on, with ``first`` in the first place."""
    n = shape_of(x)[-1]
    return where(np.arange(n) > 0, getitem(x, (..., np.arange(n) - 1)), first)


def _backwards(g: Any, a: Any) -> Any:
    """s[i] = g[i] + a[i + 1] * s[i + 1], from the last entry to the first."""
    n = shape_of(a)[-1]
    return flip(recurrence(getitem(a, (..., -np.arange(n) % n)), flip(g, -1)), -1)


recurrence: Op = Op(
    "recurrence", _recurrence,
    (lambda g, y, a, b: _backwards(g, a) * _before(y, 0.0), lambda g, y, a, b: _backwards(g, a)),
    prepare=lambda a, b: ((a, b), ()), domain=((-2.0, 2.0), (-2.0, 2.0)), examples=((((3, 4), (3, 4)), {}),),
    doc="Along the last axis, s[i] = b[i] + a[i] * s[i - 1], from s[0] = b[0].",
)  # fmt: skip
running_product = Op(
    "cumprod", lambda x: np.cumprod(x, axis=-1), (lambda g, y, x: _backwards(g, x) * _before(y, 1.0),),
    prepare=lambda x: ((x,), ()), examples=(((4,), {}), ((2, 3), {})), doc="Running products along the last axis.",
)  # fmt: skip


def cumprod(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    """As np.cumprod: of the flattened array without an axis."""
    refuse_out(out)
    a = a if dtype is None else astype(a, dtype)
    if axis is None:
        return running_product(ravel(a))
    if axis in (-1, len(shape_of(a)) - 1):
        return running_product(a)
    return moveaxis(running_product(moveaxis(a, axis, -1)), -1, axis)


def cumulative_sum(x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False) -> Any:
    """As np.cumulative_sum."""
    return _cumulative(cumsum, 0.0, x, axis, dtype, include_initial)


def cumulative_prod(x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False) -> Any:
    """As np.cumulative_prod."""
    return _cumulative(cumprod, 1.0, x, axis, dtype, include_initial)


def _cumulative(function: Any, initial: float, x: Any, axis: int | None, dtype: Any, include_initial: bool) -> Any:
    if axis is None and len(shape_of(x)) != 1:
        raise ValueError(f"x {shape_of(x)} has no single axis: say which one, axis=0 for instance")
    axis = axis or 0
    y = function(x if dtype is None else astype(x, dtype), axis=axis)
    if not include_initial:
        return y
    first = np.full([1 if i == axis % len(shape_of(y)) else n for i, n in enumerate(shape_of(y))], initial)
    return concatenate([first.astype(y.dtype), y], axis=axis)
