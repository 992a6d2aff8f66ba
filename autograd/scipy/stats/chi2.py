"""The chi-squared distribution with ``df`` degrees of freedom: the sum of the squares of df normal numbers."""

from __future__ import annotations

import math
from typing import Any

from autograd import ops
from autograd.scipy.stats import gamma

__all__ = ["cdf", "logpdf", "pdf"]


def logpdf(x: Any, df: Any) -> Any:
    """The logarithm of the density.

    >>> round(logpdf(2.0, 2.0), 4)
    -1.6931
    """
    return gamma.logpdf(ops.divide(x, 2.0), ops.divide(df, 2.0)) - math.log(2.0)


def pdf(x: Any, df: Any) -> Any:
    """The density.

    >>> round(pdf(2.0, 2.0), 4)
    0.1839
    """
    return ops.exp(logpdf(x, df))


def cdf(x: Any, df: Any) -> Any:
    """The probability of a number below x.

    >>> round(cdf(2.0, 2.0), 4)
    0.6321
    """
    return gamma.cdf(ops.divide(x, 2.0), ops.divide(df, 2.0))
