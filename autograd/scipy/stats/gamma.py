"""The gamma distribution with the shape ``a`` and scale 1."""

from __future__ import annotations

from typing import Any

from autograd import ops
from autograd.scipy.special import gammainc, gammaln

__all__ = ["cdf", "logpdf", "pdf"]


def logpdf(x: Any, a: Any) -> Any:
    """The logarithm of the density.

    >>> logpdf(1.0, 1.0)
    -1.0
    """
    return ops.multiply(ops.subtract(a, 1.0), ops.log(x)) - x - gammaln(a)


def pdf(x: Any, a: Any) -> Any:
    """The density.

    >>> round(pdf(1.0, 1.0), 4)
    0.3679
    """
    return ops.exp(logpdf(x, a))


def cdf(x: Any, a: Any) -> Any:
    """The probability of a number below x.

    >>> round(cdf(1.0, 1.0), 4)
    0.6321
    """
    return gammainc(a, x)
