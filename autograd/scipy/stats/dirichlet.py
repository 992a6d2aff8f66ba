"""The Dirichlet distribution with the exponents ``alpha``, of positive numbers that sum to 1."""

from __future__ import annotations

from typing import Any

from scipy import stats

from autograd import ops
from autograd.scipy.special import gammaln

__all__ = ["logpdf", "pdf", "rvs"]


def logpdf(x: Any, alpha: Any) -> Any:
    """The logarithm of the density.

    >>> import numpy as np
    >>> round(float(logpdf(np.array([0.5, 0.5]), np.array([2.0, 2.0]))), 4)
    0.4055
    """
    powers = ops.sum(ops.multiply(ops.subtract(alpha, 1.0), ops.log(x)))
    return powers + gammaln(ops.sum(alpha)) - ops.sum(gammaln(alpha))


def pdf(x: Any, alpha: Any) -> Any:
    """The density.

    >>> import numpy as np
    >>> round(float(pdf(np.array([0.5, 0.5]), np.array([2.0, 2.0]))), 4)
    1.5
    """
    return ops.exp(logpdf(x, alpha))


def rvs(alpha: Any, size: Any = 1, random_state: Any = None) -> Any:
    """Samples, as SciPy's: plain numbers.

    >>> import numpy as np
    >>> rvs(np.array([2.0, 2.0]), random_state=np.random.default_rng(0)).shape
    (1, 2)
    """
    return stats.dirichlet.rvs(alpha, size, random_state)
