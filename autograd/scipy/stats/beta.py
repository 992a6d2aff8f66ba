"""The beta distribution with the exponents ``a`` and ``b``, on numbers between 0 and 1."""

from __future__ import annotations

from typing import Any

from autograd import ops
from autograd.scipy.special import betainc, betaln

__all__ = ["cdf", "logpdf", "pdf"]


def logpdf(x: Any, a: Any, b: Any) -> Any:
    """The logarithm of the density.

    >>> round(logpdf(0.5, 2.0, 2.0), 4)
    0.4055
    """
    powers = ops.multiply(ops.subtract(a, 1.0), ops.log(x)) + ops.subtract(b, 1.0) * ops.log1p(ops.negative(x))
    return powers - betaln(a, b)


def pdf(x: Any, a: Any, b: Any) -> Any:
    """The density.

    >>> round(pdf(0.5, 2.0, 2.0), 4)
    1.5
    """
    return ops.exp(logpdf(x, a, b))


def cdf(x: Any, a: Any, b: Any) -> Any:
    """The probability of a number below x.

    >>> round(float(cdf(0.5, 2.0, 2.0)), 4)
    0.5
    """
    return betainc(a, b, x)
