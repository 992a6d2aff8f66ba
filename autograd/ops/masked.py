"""Reductions as NumPy calls them, with ``dtype=``, ``initial=`` and ``where=``.

Without these arguments they are the rows of reductions.py. ``out`` is there because NumPy has it in this place.
May import reductions.py. Read missing.py next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.node import plain
from autograd.ops import reductions
from autograd.ops.arithmetic import add, maximum, minimum, multiply, refuse_out, square
from autograd.ops.arithmetic import where as choice
from autograd.ops.elementary import sqrt
from autograd.ops.joining import stack_nodes
from autograd.ops.shapes import astype, shape_of

__all__ = ["max", "mean", "min", "prod", "std", "sum", "var"]


def stacked(a: Any) -> Any:
    """A list of nodes as one Tensor."""
    return stack_nodes(a) if isinstance(a, (list, tuple)) else a


def _mask(a: Any, where: Any) -> Any:
    return np.broadcast_to(np.asarray(plain(where), dtype=bool), shape_of(a))


def cast(a: Any, dtype: Any) -> Any:
    """In another floating dtype, if one is given."""
    return a if dtype is None else astype(stacked(a), dtype)


def _reduced(
    row: Any, neutral: float, combine: Callable[..., Any], a: Any, axis: Any, keepdims: Any, initial: Any, where: Any
) -> Any:
    """``row`` of the entries ``where`` a mask holds, the others replaced by what changes nothing."""
    if where is not True:
        a = stacked(a)
        a = choice(_mask(a, where), a, neutral)
    if initial is None:
        return row(a, axis=axis, keepdims=keepdims)
    if combine in (maximum, minimum) and reductions.count(a, axis) == 0:  # there is no largest of none
        empty = reductions.sum(a, axis=axis, keepdims=keepdims)
        return choice(np.ones(shape_of(empty), dtype=bool), initial, empty)
    return combine(row(a, axis=axis, keepdims=keepdims), initial)


def sum(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None,
    where: Any = True,
) -> Any:  # fmt: skip
    """As np.sum."""
    if dtype is None and out is None and initial is None and where is True:  # what most calls are
        return reductions.sum(a, axis=axis, keepdims=keepdims)
    refuse_out(out)
    return _reduced(reductions.sum, 0.0, add, cast(a, dtype), axis, keepdims, initial, where)


def prod(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None,
    where: Any = True,
) -> Any:  # fmt: skip
    """As np.prod."""
    refuse_out(out)
    return _reduced(reductions.prod, 1.0, multiply, cast(a, dtype), axis, keepdims, initial, where)


def max(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
) -> Any:  # fmt: skip
    """As np.max.

    Raises: ValueError for ``where`` without ``initial``: of no entries there is no largest.
    """
    refuse_out(out)
    _with_initial("max", initial, where)
    return _reduced(reductions.max, -np.inf, maximum, a, axis, keepdims, initial, where)


def min(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
) -> Any:  # fmt: skip
    """As np.min.

    Raises: ValueError for ``where`` without ``initial``: of no entries there is no smallest.
    """
    refuse_out(out)
    _with_initial("min", initial, where)
    return _reduced(reductions.min, np.inf, minimum, a, axis, keepdims, initial, where)


def _with_initial(name: str, initial: Any, where: Any) -> None:
    if initial is None and where is not True:
        raise ValueError(f"{name}(where=...): a mask may leave no entry; give initial=, the result of none")


def mean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True
) -> Any:  # fmt: skip
    """As np.mean."""
    if out is None and where is True:
        return reductions.mean(cast(a, dtype), axis=axis, keepdims=keepdims)
    refuse_out(out)
    a = cast(a, dtype)
    a = stacked(a)
    return sum(a, axis, keepdims=keepdims, where=where) / _counted(a, axis, keepdims, where)


def _counted(a: Any, axis: Any, keepdims: Any, where: Any) -> Any:
    """How many entries a mask leaves, as floats like those of ``a``."""
    return np.sum(_mask(a, where), axis=axis, keepdims=bool(keepdims)).astype(plain(a).dtype)


def var(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False, *,
    where: Any = True, mean: Any = None, correction: Any = None,
) -> Any:  # fmt: skip
    """As np.var. A ``mean`` that is given stays what it is, and gets a gradient if it is a node.

    Raises: ValueError for both ``ddof`` and ``correction``, which are the same.
    """
    refuse_out(out)
    a, ddof = cast(a, dtype), _ddof(ddof, correction)
    if where is True and mean is None:
        return reductions.var(a, axis=axis, ddof=ddof, keepdims=keepdims)
    a = stacked(a)
    centre = _mean(a, axis, keepdims=True, where=where) if mean is None else mean
    squares = square(choice(_mask(a, where), a - centre, 0.0))
    number = _counted(a, axis, keepdims, where)
    return reductions.sum(squares, axis=axis, keepdims=keepdims) / np.maximum(number - ddof, 0).astype(number.dtype)


_mean = mean  # var and std have a parameter of this name, as NumPy's have


def _ddof(ddof: Any, correction: Any) -> Any:
    if correction is not None and ddof:
        raise ValueError(f"ddof={ddof} and correction={correction} are the same: give one of them")
    return ddof if correction is None else correction


def std(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False, *,
    where: Any = True, mean: Any = None, correction: Any = None,
) -> Any:  # fmt: skip
    """As np.std: `var` and its arguments, with a gradient of 0 where all entries are equal."""
    refuse_out(out)
    a, ddof = cast(a, dtype), _ddof(ddof, correction)
    if where is True and mean is None:
        return reductions.std(a, axis=axis, ddof=ddof, keepdims=keepdims)
    square_of_it = var(a, axis, ddof=ddof, keepdims=keepdims, where=where, mean=mean)
    flat = np.equal(plain(square_of_it), 0)
    return choice(flat, 0.0, sqrt(choice(flat, 1.0, square_of_it)))
