"""``autograd.scipy.special``: SciPy's special functions, which are rows of ops, under SciPy's names.

>>> import numpy as np
>>> from autograd import elementwise_grad
>>> elementwise_grad(gammaln)(np.array([1.0, 2.0])).round(4)
array([-0.5772,  0.4228])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ops
from autograd.node import plain

from autograd.ops import (  # isort: skip
    beta, betainc, betaln, digamma, erf, erfc, erfcinv, erfinv, gamma, gammainc, gammaincc, gammaln, gammasgn, i0, i1,
    iv, ive, j0, j1, jv, log_ndtr, logit, multigammaln, ndtr, polygamma, rgamma, stdtr, y0, y1,
)  # fmt: skip

__all__ = [
    "beta", "betainc", "betaln", "digamma", "erf", "erfc", "erfcinv", "erfinv", "expit", "gamma", "gammainc",
    "gammaincc", "gammaln", "gammasgn", "i0", "i1", "iv", "ive", "j0", "j1", "jn", "jv", "log_ndtr", "log_softmax",
    "logit", "logsumexp", "multigammaln", "ndtr", "polygamma", "psi", "rgamma", "softmax", "stdtr", "y0", "y1", "yn",
]  # fmt: skip

expit, jn, psi, yn = ops.sigmoid, ops.jv, ops.digamma, ops.yv


def logsumexp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False) -> Any:
    """``log(sum(b * exp(a)))``, stable.

    >>> import numpy as np
    >>> round(float(logsumexp(np.array([1000.0, 1000.0]))), 4)
    1000.6931
    """
    if b is None:
        return ops.logsumexp(a, axis=axis, keepdims=keepdims)
    largest = plain(ops.max(a, axis=axis, keepdims=True))
    largest = np.where(np.isfinite(largest), largest, 0.0)
    total = ops.log(ops.sum(b * ops.exp(a - largest), axis=axis, keepdims=True)) + largest
    return total if keepdims else ops.sum(total, axis=axis)


def softmax(x: Any, axis: Any = None) -> Any:
    """``exp(x) / sum(exp(x))``, stable; of all entries unless an axis is given.

    >>> import numpy as np
    >>> softmax(np.array([0.0, 0.0]))
    array([0.5, 0.5])
    """
    return ops.exp(log_softmax(x, axis))


def log_softmax(x: Any, axis: Any = None) -> Any:
    """The logarithm of `softmax`, stable.

    >>> import numpy as np
    >>> log_softmax(np.array([0.0, 0.0])).round(4)
    array([-0.6931, -0.6931])
    """
    return ops.subtract(x, ops.logsumexp(x, axis=axis, keepdims=True))
