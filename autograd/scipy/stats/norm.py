"""The normal distribution with mean ``loc`` and standard deviation ``scale``."""

from __future__ import annotations

import math
from typing import Any

from autograd import ops
from autograd.scipy.special import log_ndtr, ndtr

__all__ = ["cdf", "logcdf", "logpdf", "logsf", "pdf", "sf"]


def logpdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The logarithm of the density.

    >>> round(logpdf(0.0), 4)
    -0.9189
    """
    z = ops.divide(ops.subtract(x, loc), scale)
    return -0.5 * (z * z) - ops.log(scale) - 0.5 * math.log(2 * math.pi)


def pdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The density.

    >>> round(pdf(0.0), 4)
    0.3989
    """
    return ops.exp(logpdf(x, loc, scale))


def cdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The probability of a number below x.

    >>> cdf(0.0)
    0.5
    """
    return ndtr(ops.divide(ops.subtract(x, loc), scale))


def logcdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The logarithm of `cdf`, exact far below the mean too.

    >>> round(logcdf(-40.0), 4)
    -804.6084
    """
    return log_ndtr(ops.divide(ops.subtract(x, loc), scale))


def sf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The probability of a number above x.

    >>> sf(0.0)
    0.5
    """
    return ndtr(ops.divide(ops.subtract(loc, x), scale))


def logsf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The logarithm of `sf`, exact far above the mean too.

    >>> round(logsf(40.0), 4)
    -804.6084
    """
    return log_ndtr(ops.divide(ops.subtract(loc, x), scale))
