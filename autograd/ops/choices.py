"""Functions that take one thing here and another there: by conditions, positions, or because a number is missing.

May import indexing.py. Read reductions.py next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.node import plain
from autograd.ops.arithmetic import as_tensor, maximum, minimum, refuse_out, step, where
from autograd.ops.indexing import getitem, set_at
from autograd.ops.shapes import shape_of

__all__ = ["choose", "fmax", "fmin", "heaviside", "nan_to_num", "piecewise", "select"]


def fmax(a: Any, b: Any) -> Any:
    """The larger of two, entry by entry, the other one beside a NaN. At a tie as `maximum`.

    >>> fmax(1.0, float("nan"))
    1.0
    """
    return _beside_nan(maximum, a, b)


def fmin(a: Any, b: Any) -> Any:
    """The smaller of two, entry by entry, the other one beside a NaN. At a tie as `maximum`.

    >>> fmin(1.0, float("nan"))
    1.0
    """
    return _beside_nan(minimum, a, b)


def _beside_nan(function: Any, a: Any, b: Any) -> Any:
    first, second = np.isnan(plain(a)), np.isnan(plain(b))
    chosen = function(a, b)
    if np.any(second):
        chosen = where(second, a, chosen)
    return where(first, b, chosen) if np.any(first) else chosen


def heaviside(x: Any, at_zero: Any) -> Any:
    """0 where x < 0, 1 where x > 0, ``at_zero`` where x is 0.

    >>> heaviside(2.0, 0.5), heaviside(0.0, 0.5)
    (1.0, 0.5)
    """
    return where(np.equal(plain(x), 0), at_zero, step(x))


def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """As np.nan_to_num: what is not finite is replaced, and gets no gradient. It is a copy, whatever ``copy`` says.

    >>> nan_to_num(float("nan"))
    0.0
    """
    data = plain(x)
    return where(np.isfinite(data), x, np.nan_to_num(data, nan=nan, posinf=posinf, neginf=neginf))


def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0.0) -> Any:
    """As np.select: of several choices the first whose condition holds, else the default.

    Raises: ValueError unless there are as many conditions as choices, and at least one.

    >>> select([False, True], [1.0, 2.0], 3.0)
    2.0
    """
    if len(condlist) != len(choicelist) or not condlist:
        raise ValueError(
            f"select: {len(condlist)} conditions and {len(choicelist)} choices; give one choice for each condition"
        )
    if any(np.asarray(plain(condition)).dtype != bool for condition in condlist):
        raise TypeError("select: a condition is no bool or array of bools; write a comparison, such as x > 0")
    chosen = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        chosen = where(condition, choice, chosen)
    return chosen


def choose(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Any:
    """As np.choose: entry by entry the one of ``choices`` whose number ``a`` has.

    Raises: ValueError for a number that no choice has, unless ``mode`` is "wrap" or "clip".
    """
    refuse_out(out)
    number = np.choose(np.asarray(plain(a)), list(range(len(choices))), mode=mode)  # type: ignore[call-overload]
    chosen = choices[0]
    for k in range(1, len(choices)):
        chosen = where(number == k, choices[k], chosen)
    return chosen if len(choices) > 1 else where(number == 0, chosen, 0.0)


def piecewise(x: Any, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Any:
    """As np.piecewise: where a condition holds, its function of the entries there; 0 where none does.

    Raises: ValueError unless there is a function, or a number, for each condition and at most one more.
    """
    x = as_tensor(x)
    conditions = np.asarray([plain(c) for c in condlist] if isinstance(condlist, (list, tuple)) else plain(condlist))
    conditions = (conditions if conditions.ndim > len(shape_of(x)) else conditions[None]).astype(bool)
    if len(funclist) == len(conditions) + 1:
        conditions = np.concatenate([conditions, ~conditions.any(axis=0, keepdims=True)])
    if len(funclist) != len(conditions):
        raise ValueError(
            f"piecewise: {len(funclist)} functions for {len(conditions)} conditions; give as many, or one more"
        )
    y = where(False, x, 0.0)
    for here, function in zip(conditions, funclist, strict=True):
        if here.any() or not callable(function):
            y = set_at(y, function(getitem(x, here), *args, **kw) if callable(function) else function, here)
    return y
