"""``autograd.scipy.linalg``: what SciPy has beyond NumPy's linear algebra, of real matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.linalg import det, inv, norm, pinv
from scipy import linalg

from autograd.extend import defvjp, defvjp_argnum, primitive

__all__ = ["cholesky", "det", "inv", "norm", "pinv", "solve_banded", "solve_sylvester", "solve_triangular", "sqrtm"]


def cholesky(a: Any, lower: bool = False) -> Any:
    """The triangular factor of a symmetric positive definite matrix: the upper one, unless ``lower``.

    >>> cholesky(np.array([[4.0, 2.0], [2.0, 5.0]]))
    array([[2., 1.],
           [0., 2.]])
    """
    factor = np.linalg.cholesky(a)
    return factor if lower else factor.T


solve_sylvester = primitive(linalg.solve_sylvester)
solve_banded = primitive(linalg.solve_banded)
sqrtm = primitive(linalg.sqrtm)
solve_triangular = primitive(linalg.solve_triangular)


def _sylvester_rule(argnum: int, x: Any, args: Any, kwargs: Any) -> Callable[[Any], Any]:  # noqa: ARG001
    a, b, _ = args  # a @ x + x @ b = q

    def pull(g: Any) -> Any:
        q_gradient = solve_sylvester(a.T, b.T, g)
        return (-q_gradient @ x.T, -x.T @ q_gradient, q_gradient)[argnum]

    return pull


def _triangular_rule(argnum: int, x: Any, args: Any, kwargs: Any) -> Callable[[Any], Any]:
    a = args[0]
    trans, lower = kwargs.get("trans", 0) in (1, "T"), kwargs.get("lower", False)
    if len(args) > 2 or set(kwargs) - {"trans", "lower"}:
        raise NotImplementedError("solve_triangular with more than trans= and lower= has no rule; write trans=, lower=")

    def pull(g: Any) -> Any:
        b_gradient = solve_triangular(a, g, trans=int(not trans), lower=lower)
        if argnum == 1:
            return b_gradient
        u, v = (b_gradient, x) if not trans else (x, b_gradient)
        product = np.outer(u, v) if x.ndim == 1 else u @ v.T
        return -product * np.tri(len(a)) if lower else -product * np.tri(len(a)).T

    return pull


def _band_rows(bands: tuple[int, int], n: int) -> tuple[Any, Any]:
    """The row of the matrix that each entry of its bands stands in, and whether there is such a row."""
    below, above = bands
    rows = np.arange(n) - np.arange(above, -below - 1, -1)[:, None]
    return rows % n, (rows >= 0) & (rows < n)


def _banded_rule(argnum: int, x: Any, args: Any, kwargs: Any) -> Callable[[Any], Any]:  # noqa: ARG001
    (below, above), a, _ = args
    n = a.shape[1]
    rows, inside = _band_rows((below, above), n)
    flipped, flipped_inside = _band_rows((above, below), n)

    def pull(g: Any) -> Any:
        transposed = np.where(flipped_inside, a[np.arange(below + above, -1, -1)[:, None], flipped], 0.0)
        b_gradient = solve_banded((above, below), transposed, g)
        if argnum == 2:
            return b_gradient
        product = b_gradient[rows] * x
        return -np.where(inside, product if x.ndim == 1 else np.sum(product, axis=-1), 0.0)

    return pull


defvjp_argnum(solve_banded, _banded_rule)
defvjp_argnum(solve_sylvester, _sylvester_rule)
defvjp_argnum(solve_triangular, _triangular_rule)
defvjp(sqrtm, lambda y, a: lambda g: solve_sylvester(y.T, y.T, g))
