"""Student's distribution with ``df`` degrees of freedom, moved by ``loc`` and stretched by ``scale``."""

from __future__ import annotations

from typing import Any

from autograd import ops
from autograd.scipy.special import betaln, stdtr

__all__ = ["cdf", "logcdf", "logpdf", "logsf", "pdf", "sf"]


def logpdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The logarithm of the density.

    >>> round(logpdf(0.0, 1.0), 4)
    -1.1447
    """
    z = ops.divide(ops.subtract(x, loc), scale)
    tail = ops.multiply(ops.add(df, 1.0) / 2, ops.log1p(z * z / df))
    return -tail - betaln(ops.divide(df, 2.0), 0.5) - 0.5 * ops.log(df) - ops.log(scale)


def pdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The density.

    >>> round(pdf(0.0, 1.0), 4)
    0.3183
    """
    return ops.exp(logpdf(x, df, loc, scale))


def cdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The probability of a number below x.

    >>> cdf(0.0, 3.0)
    0.5
    """
    return stdtr(df, ops.divide(ops.subtract(x, loc), scale))


def sf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The probability of a number above x.

    >>> sf(0.0, 3.0)
    0.5
    """
    return stdtr(df, ops.divide(ops.subtract(loc, x), scale))


def logcdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The logarithm of `cdf`.

    >>> round(logcdf(0.0, 3.0), 4)
    -0.6931
    """
    return ops.log(cdf(x, df, loc, scale))


def logsf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The logarithm of `sf`.

    >>> round(logsf(0.0, 3.0), 4)
    -0.6931
    """
    return ops.log(sf(x, df, loc, scale))
