"""The normal distribution of vectors, with a mean and a covariance matrix. The last axis of ``x`` is the vector's."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import stats

from autograd import ops
from autograd.node import Node, plain

__all__ = ["entropy", "logpdf", "pdf", "rvs"]


def logpdf(x: Any, mean: Any = 0.0, cov: Any = 1.0, allow_singular: bool = False) -> Any:
    """The logarithm of the density; ``cov`` is a symmetric matrix.

    Raises: ValueError for a covariance matrix that is not positive definite, unless ``allow_singular``: then the
    density is that in the space that the matrix spans.

    >>> round(float(logpdf(np.zeros(2), np.zeros(2), np.eye(2))), 4)
    -1.8379
    """
    cov = _matrix(cov)
    deviation = ops.subtract(x, mean)
    if np.ndim(plain(deviation)) == 0:
        deviation = ops.reshape(deviation, (1,))
    precision, log_det, rank = _precision(cov, allow_singular)
    distance = ops.sum(ops.matmul(deviation, precision) * deviation, axis=-1)
    return -0.5 * (distance + log_det + rank * math.log(2 * math.pi))


def pdf(x: Any, mean: Any = 0.0, cov: Any = 1.0, allow_singular: bool = False) -> Any:
    """The density.

    >>> round(float(pdf(np.zeros(2), np.zeros(2), np.eye(2))), 4)
    0.1592
    """
    return ops.exp(logpdf(x, mean, cov, allow_singular))


def entropy(mean: Any = 0.0, cov: Any = 1.0) -> Any:  # noqa: ARG001 (SciPy's signature)
    """The entropy, which does not depend on the mean.

    >>> round(float(entropy(np.zeros(2), np.eye(2))), 4)
    2.8379
    """
    cov = _matrix(cov)
    return 0.5 * (len(cov) * (1 + math.log(2 * math.pi)) + np.linalg.slogdet(cov)[1])


def rvs(mean: Any = 0.0, cov: Any = 1.0, size: Any = 1, random_state: Any = None) -> Any:
    """Samples, as SciPy's: plain numbers.

    >>> rvs(np.zeros(2), np.eye(2), size=3, random_state=np.random.default_rng(0)).shape
    (3, 2)
    """
    return stats.multivariate_normal.rvs(plain(mean), plain(cov), size, random_state)


def _matrix(cov: Any) -> Any:
    return cov if np.ndim(plain(cov)) == 2 else ops.multiply(cov, np.eye(np.size(plain(cov))))


def _precision(cov: Any, allow_singular: bool) -> tuple[Any, Any, int]:
    """The inverse, the logarithm of the determinant and the rank; of a singular matrix in the space that it spans."""
    values = np.linalg.eigvalsh(plain(cov))
    spanned = values > 1e-10 * np.max(np.abs(values))
    rank = int(np.sum(spanned))
    if rank == len(values):
        return np.linalg.inv(cov), np.linalg.slogdet(cov)[1], rank
    if not allow_singular or np.min(values) < -1e-10 * np.max(np.abs(values)):
        raise ValueError(
            f"the covariance matrix {values.shape * 2} has the eigenvalues {values}, not all positive; check it, or "
            f"call with allow_singular=True"
        )
    if isinstance(cov, Node) and not cov.may_become_plain():
        raise cov.detach_error("the density of a singular matrix")
    return np.linalg.pinv(plain(cov)), np.sum(np.log(values[spanned])), rank
