"""Polynomials, and how numbers vary together: polyval, vander, polyfit, cov, corrcoef; functions along axes.

May import equations.py and sequences.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.node import Node, plain
from autograd.ops.arithmetic import multiply
from autograd.ops.elementary import sqrt
from autograd.ops.equations import least_squares
from autograd.ops.indexing import diagonal, getitem
from autograd.ops.joining import concatenate, stack, stack_nodes
from autograd.ops.linear import matmul
from autograd.ops.reductions import sum as sum_of
from autograd.ops.sequences import convolve
from autograd.ops.shapes import astype, atleast_2d, expand_dims, moveaxis, reshape, shape_of, transpose

__all__ = ["apply_along_axis", "apply_over_axes", "corrcoef", "cov", "poly", "polyfit", "polyval", "vander"]

# Polynomials -------------------------------------------------------------------------------------------------------


def polyval(p: Any, x: Any) -> Any:
    """As np.polyval, by Horner's rule: the coefficient of the highest power first.

    >>> polyval([1.0, 2.0, 3.0], 10.0)
    123.0
    """
    y: Any = multiply(x, 0.0)
    for coefficient in p:
        y = y * x + coefficient
    return y


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """As np.vander: a row of powers for each entry, the highest first."""
    n = shape_of(x)[0] if N is None else N
    if n == 0:
        return np.ones((shape_of(x)[0], 0))
    powers: list[Any] = [np.ones(shape_of(x))]
    for _ in range(n - 1):
        powers.append(x if len(powers) == 1 else powers[-1] * x)
    return stack(powers if increasing else powers[::-1], axis=1)


def polyfit(x: Any, y: Any, deg: int, rcond: Any = None, full: bool = False, w: Any = None, cov: bool = False) -> Any:
    """As np.polyfit: the polynomial of degree ``deg`` that is nearest to the points in least squares.

    Raises: NotImplementedError for full=True and cov=True.
    """
    if full or cov:
        raise NotImplementedError("polyfit with full=True or cov=True: only the coefficients have a rule")
    powers, values = vander(x, deg + 1), y
    if w is not None:
        powers = powers * expand_dims(w, 1)
        values = multiply(y, w if len(shape_of(y)) == 1 else expand_dims(w, 1))
    scale = sqrt(sum_of(powers * powers, axis=0))
    rcond = shape_of(x)[0] * np.finfo(np.asarray(plain(x)).dtype).eps if rcond is None else rcond
    found = least_squares(powers / scale, values, rcond)
    return found / (scale if len(shape_of(y)) == 1 else expand_dims(scale, 1))


def poly(seq_of_zeros: Any) -> Any:
    """As np.poly, of the zeros: the coefficients of the polynomial that has them.

    Raises: NotImplementedError for a matrix, whose eigenvalues may be complex.
    """
    if len(shape_of(seq_of_zeros)) != 1:
        raise NotImplementedError("poly of a matrix: its eigenvalues may be complex and have no rule; give the zeros")
    one = np.ones(1, np.asarray(plain(seq_of_zeros)).dtype)
    coefficients: Any = one
    for zero in seq_of_zeros:
        coefficients = convolve(coefficients, concatenate([one, reshape(-zero, (1,))]))
    return coefficients


# How numbers vary together -----------------------------------------------------------------------------------------


def cov(
    m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: int | None = None, fweights: Any = None,
    aweights: Any = None, *, dtype: Any = None,
) -> Any:  # fmt: skip
    """As np.cov: a row for each variable, a column for each sample. The weights are constants."""
    X = _variables(m, rowvar)
    if y is not None:
        X = concatenate([X, _variables(y, rowvar)], axis=0)
    if dtype is not None:
        X = astype(X, dtype)
    weights = np.ones(shape_of(X)[1])
    for w in (fweights, aweights):
        if w is not None:
            if isinstance(w, Node) and not w.may_become_plain():
                raise NotImplementedError("cov: weights have no rule; give their .data")
            weights = weights * plain(w)
    ddof = (0 if bias else 1) if ddof is None else ddof
    total = weights.sum()
    lost = ddof if aweights is None else ddof * np.sum(weights * np.asarray(plain(aweights))) / total
    if total == 0 or total - lost <= 0:
        raise ValueError(f"cov of {shape_of(X)[1]} samples with ddof={ddof}: too few of them")
    X = X - matmul(X, weights / total)[:, None]
    c = matmul(X * weights, transpose(X)) / (total - lost)
    c = reshape(c, np.squeeze(np.broadcast_to(0, shape_of(c))).shape)
    return c if dtype is None else astype(c, dtype)


def _variables(m: Any, rowvar: bool) -> Any:
    rows = atleast_2d(m)
    return rows if rowvar or shape_of(rows)[0] == 1 else transpose(rows)


def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    """As np.corrcoef: covariances divided by both standard deviations."""
    c = cov(x, y, rowvar, dtype=dtype)
    if not len(shape_of(c)):
        return c / c
    deviation = sqrt(diagonal(c))
    return c / deviation[:, None] / deviation[None, :]


# Functions along axes ----------------------------------------------------------------------------------------------


def apply_along_axis(func1d: Callable[..., Any], axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """As np.apply_along_axis: the function of each slice, one after the other."""
    moved = moveaxis(arr, axis, -1)
    outer = shape_of(moved)[:-1]
    if 0 in outer:
        raise ValueError(f"apply_along_axis has no slice to apply to in the shape {shape_of(arr)}")
    results = [func1d(getitem(moved, index), *args, **kwargs) for index in np.ndindex(outer)]
    results = [stack_nodes(x) if isinstance(x, (list, tuple)) else x for x in results]
    inner = shape_of(results[0])
    y = reshape(stack(results), (*outer, *inner))
    places = range(len(outer), len(outer) + len(inner))
    return moveaxis(y, tuple(places), tuple(axis % len(shape_of(arr)) + i for i in range(len(inner))))


def apply_over_axes(func: Callable[..., Any], a: Any, axes: Any) -> Any:
    """As np.apply_over_axes: the function along one axis after the other, which keeps the axes."""
    ndim = len(shape_of(a))
    for axis in np.atleast_1d(axes):
        result = func(a, int(axis) % ndim)
        a = result if len(shape_of(result)) == ndim else expand_dims(result, int(axis) % ndim)
    return a
