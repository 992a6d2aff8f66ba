"""Least squares, powers of matrices, and equations in arrays of more axes.

May import decompositions.py. Read norms.py next.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.node import plain
from autograd.op import Op
from autograd.ops.arithmetic import where
from autograd.ops.decompositions import MATRIX, TALL, inv, pinv, solve, svdvals
from autograd.ops.linear import matmul
from autograd.ops.reductions import sum as sum_of
from autograd.ops.shapes import matrix_transpose, moveaxis, ravel, reshape, shape_of

__all__ = ["least_squares", "lstsq", "matrix_power", "tensorinv", "tensorsolve"]

T = matrix_transpose


def _smallest(a: Any, rcond: Any) -> float:
    """Below which part of the largest a singular value counts as 0."""
    eps = float(np.finfo(np.asarray(plain(a)).dtype).eps)
    return max(shape_of(a)) * eps if rcond is None else eps if rcond == -1 else float(rcond)


def _columns(x: Any) -> Any:
    return reshape(x, (-1, 1)) if x.ndim == 1 else x


def _lstsq_left(g: Any, y: Any, a: Any, b: Any, rcond: float) -> Any:
    inverse, g, x, b = pinv(a, rcond), _columns(g), _columns(y), _columns(b)
    z = T(inverse) @ g
    return (b - a @ x) @ T(inverse @ z) + (T(inverse) @ x) @ T(g - T(a) @ z) - z @ T(x)


least_squares = Op(
    "lstsq", lambda a, b, rcond: np.linalg.lstsq(a, b, rcond)[0],
    (_lstsq_left, lambda g, y, a, b, rcond: T(pinv(a, rcond)) @ g),
    prepare=lambda a, b, rcond=None: ((a, b), (_smallest(a, rcond),)), domain=((-2.0, 2.0), (-2.0, 2.0)),
    examples=(((TALL, (3,)), {}), ((TALL, (3, 2)), {}), ((TALL.T, (2,)), {}), ((MATRIX, (3, 1)), {})),
    doc="The shortest x for which a @ x is nearest to b, at constant rank. From: Golub, Pereyra (1973).",
)  # fmt: skip


def lstsq(a: Any, b: Any, rcond: Any = None) -> tuple[Any, Any, Any, Any]:
    """As np.linalg.lstsq: the solution, the sums of squared residuals, the rank, the singular values."""
    x = least_squares(a, b, rcond)
    residuals, rank = np.linalg.lstsq(plain(a), plain(b), rcond)[1:3]
    if residuals.size:
        error = b - a @ x
        residuals = reshape(sum_of(error * error, axis=0), residuals.shape)
    return x, residuals, rank, svdvals(a)


def matrix_power(a: Any, n: int) -> Any:
    """As np.linalg.matrix_power: ``n`` is a whole number, negative for powers of the inverse."""
    if n < 0:
        return matrix_power(inv(a), -n)
    if n == 0:
        return where(np.ones(shape_of(a)[-2:], bool), np.eye(shape_of(a)[-1], dtype=a.dtype), a)
    result, square = None, a
    while True:
        n, odd = divmod(n, 2)
        if odd:
            result = square if result is None else matmul(result, square)
        if n == 0:
            return result
        square = matmul(square, square)


def tensorinv(a: Any, ind: int = 2) -> Any:
    """As np.linalg.tensorinv: the inverse of tensordot(a, ., ind)."""
    shape = shape_of(a)
    return reshape(inv(reshape(a, (math.prod(shape[:ind]), -1))), shape[ind:] + shape[:ind])


def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """As np.linalg.tensorsolve: x in tensordot(a, x, x.ndim) = b."""
    if axes is not None:
        axes = tuple(np.atleast_1d(axes))
        a = moveaxis(a, axes, tuple(range(len(shape_of(a)) - len(axes), len(shape_of(a)))))
    shape = shape_of(a)[len(shape_of(b)) :]
    return reshape(solve(reshape(a, (-1, math.prod(shape))), ravel(b)), shape)
