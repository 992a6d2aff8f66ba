"""The Poisson distribution with mean ``mu``, of the whole numbers ``k``."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ops
from autograd.node import plain
from autograd.scipy.special import gammaincc, gammaln

__all__ = ["cdf", "logpmf", "pmf"]


def logpmf(k: Any, mu: Any) -> Any:
    """The logarithm of the probability of k. No gradient goes to k, which is a whole number.

    >>> logpmf(0, 2.0)
    -2.0
    """
    k = np.asarray(plain(k), dtype=float)[()]
    return ops.xlogy(k, mu) - mu - gammaln(k + 1)


def pmf(k: Any, mu: Any) -> Any:
    """The probability of k.

    >>> round(float(pmf(0, 2.0)), 4)
    0.1353
    """
    return ops.exp(logpmf(k, mu))


def cdf(k: Any, mu: Any) -> Any:
    """The probability of k or less.

    >>> round(float(cdf(0, 2.0)), 4)
    0.1353
    """
    return gammaincc(np.floor(plain(k)) + 1, mu)
