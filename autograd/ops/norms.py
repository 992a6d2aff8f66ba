"""Norms of vectors and matrices.

May import decompositions.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.node import plain
from autograd.ops.arithmetic import absolute, where
from autograd.ops.decompositions import inv, svdvals
from autograd.ops.reductions import axes_of, norm2, norm_p
from autograd.ops.reductions import max as max_of
from autograd.ops.reductions import min as min_of
from autograd.ops.reductions import sum as sum_of
from autograd.ops.shapes import expand_dims, moveaxis, reshape, shape_of

__all__ = ["cond", "matrix_norm", "norm", "vector_norm"]


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """As np.linalg.norm: of a vector or a matrix, of all along one or two axes; of all entries if nothing is given.

    Raises: ValueError for an order that there is not.

    >>> norm(np.array([3.0, 4.0]))
    np.float64(5.0)
    """
    axes = axes_of(x, axis)
    if ord is None or (ord == "fro" and len(axes) == 2) or (ord == 2 and len(axes) == 1):
        return norm2(x, axis=axis, keepdims=keepdims)
    if len(axes) == 1:
        return _of_vectors(x, ord, axis, keepdims)
    if len(axes) != 2:
        raise ValueError(f"norm of order {ord!r} is of vectors or matrices, not along the {len(axes)} axes {axes}")
    result = _of_matrices(moveaxis(x, axes, (-2, -1)), ord)
    return expand_dims(result, axes) if keepdims else result


def _of_vectors(x: Any, ord: Any, axis: Any, keepdims: bool) -> Any:
    if ord in (np.inf, -np.inf):
        return (max_of if ord > 0 else min_of)(absolute(x), axis=axis, keepdims=keepdims)
    if ord == 0:
        return sum_of(where(np.not_equal(plain(x), 0), 1.0, 0.0 * x), axis=axis, keepdims=keepdims)
    if ord == 1:
        return sum_of(absolute(x), axis=axis, keepdims=keepdims)
    if ord in ("fro", "nuc"):
        raise ValueError(f"norm of order {ord!r} is of matrices, not of vectors")
    return norm_p(x, ord, axis=axis, keepdims=keepdims)


def _of_matrices(x: Any, ord: Any) -> Any:
    if ord in ("nuc", 2, -2):
        values = svdvals(x)  # the largest first
        return sum_of(values, axis=-1) if ord == "nuc" else values[..., 0] if ord == 2 else values[..., -1]
    if ord not in (1, -1, np.inf, -np.inf):
        raise ValueError(f"norm of order {ord!r} is not one of matrices: take 'fro', 'nuc', 1, -1, 2, -2, inf or -inf")
    totals = sum_of(absolute(x), axis=-2 if abs(ord) == 1 else -1)
    return (max_of if ord > 0 else min_of)(totals, axis=-1)


def vector_norm(x: Any, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    """As np.linalg.vector_norm: all entries along the axes are one vector."""
    axes, shape = axes_of(x, axis), shape_of(x)
    rest = tuple(i for i in range(len(shape)) if i not in axes)
    flat = reshape(moveaxis(x, axes, tuple(range(len(axes)))), (-1, *(shape[i] for i in rest)))
    result = norm(flat, ord, axis=0)
    return expand_dims(result, axes) if keepdims else result


def matrix_norm(x: Any, keepdims: bool = False, ord: Any = "fro") -> Any:
    """As np.linalg.matrix_norm: of each matrix of a stack."""
    return norm(x, ord, axis=(-2, -1), keepdims=keepdims)


def cond(x: Any, p: Any = None) -> Any:
    """As np.linalg.cond: the condition number of each matrix, by its singular values or by another norm."""
    if p in (None, 2, -2):
        values = svdvals(x)
        return values[..., -1] / values[..., 0] if p == -2 else values[..., 0] / values[..., -1]
    return matrix_norm(x, ord=p) * matrix_norm(inv(x), ord=p)
