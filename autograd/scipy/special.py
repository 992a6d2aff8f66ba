"""``autograd.scipy.special``: SciPy's special functions as rows, elementwise on nodes, arrays and numbers.

>>> import numpy as np
>>> from autograd import elementwise_grad
>>> elementwise_grad(gammaln)(np.array([1.0, 2.0])).round(4)
array([-0.5772,  0.4228])
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from scipy import special

from autograd import ops
from autograd.op import Op

__all__ = [
    "beta", "betainc", "betaln", "digamma", "erf", "erfc", "erfcinv", "erfinv", "expit", "gamma", "gammainc",
    "gammaincc", "gammaln", "gammasgn", "i0", "i1", "iv", "ive", "j0", "j1", "jn", "jv", "log_ndtr", "log_softmax",
    "logit", "logsumexp", "multigammaln", "ndtr", "polygamma", "psi", "rgamma", "softmax", "stdtr", "y0", "y1", "yn",
]  # fmt: skip

Rule = Callable[..., Any]
POSITIVE, INSIDE = (0.5, 3.0), (0.1, 0.9)
SQRT_PI = math.sqrt(math.pi)


def _row(name: str, *rules: Rule | None, domain: tuple[tuple[float, float], ...]) -> Op:
    return Op(name, getattr(special, name), rules, domain=domain, elementwise=True)


def _unknown(g: Any, y: Any, *operands: Any, name: str, operand: str) -> Any:
    raise NotImplementedError(f"the derivative of {name} by its {operand} has no closed form; give it as .detach()")


def _by_nothing(name: str, operand: str) -> Rule:
    return partial(_unknown, name=name, operand=operand)


# The gamma function and its kin --------------------------------------------------------------------------------

polygamma: Op = Op(
    "polygamma", special.polygamma, (None, lambda g, y, n, x: g * polygamma(n + 1, x)),
    domain=((1.0, 1.0), POSITIVE), elementwise=True, doc="The derivative number n + 1 of gammaln.",
)  # fmt: skip
digamma = psi = _row("digamma", lambda g, y, x: g * polygamma(1, x), domain=(POSITIVE,))
gammaln = _row("gammaln", lambda g, y, x: g * digamma(x), domain=(POSITIVE,))
gamma = _row("gamma", lambda g, y, x: g * (y * digamma(x)), domain=(POSITIVE,))
rgamma = _row("rgamma", lambda g, y, x: -g * (y * digamma(x)), domain=(POSITIVE,))
gammasgn = _row("gammasgn", None, domain=(POSITIVE,))
beta = _row(
    "beta", lambda g, y, a, b: g * (y * (digamma(a) - digamma(a + b))),
    lambda g, y, a, b: g * (y * (digamma(b) - digamma(a + b))), domain=(POSITIVE, POSITIVE),
)  # fmt: skip
betaln = _row(
    "betaln", lambda g, y, a, b: g * (digamma(a) - digamma(a + b)),
    lambda g, y, a, b: g * (digamma(b) - digamma(a + b)), domain=(POSITIVE, POSITIVE),
)  # fmt: skip
betainc = _row(
    "betainc", _by_nothing("betainc", "first operand"), _by_nothing("betainc", "second operand"),
    lambda g, y, a, b, x: g * ops.exp((a - 1) * ops.log(x) + (b - 1) * ops.log1p(-x) - betaln(a, b)),
    domain=(POSITIVE, POSITIVE, INSIDE),
)  # fmt: skip
gammainc = _row(
    "gammainc", _by_nothing("gammainc", "first operand"),
    lambda g, y, a, x: g * ops.exp((a - 1) * ops.log(x) - x - gammaln(a)), domain=(POSITIVE, POSITIVE),
)  # fmt: skip
gammaincc = _row(
    "gammaincc", _by_nothing("gammaincc", "first operand"),
    lambda g, y, a, x: -g * ops.exp((a - 1) * ops.log(x) - x - gammaln(a)), domain=(POSITIVE, POSITIVE),
)  # fmt: skip


def multigammaln(a: Any, d: int) -> Any:
    """The logarithm of the gamma function of d dimensions.

    >>> round(float(multigammaln(3.0, 2)), 4)
    1.5502
    """
    total = d * (d - 1) / 4 * math.log(math.pi)
    for j in range(d):
        total = total + gammaln(a - j / 2)
    return total


# The error function, and the normal and Student's distributions -----------------------------------------------

erf, expit = ops.erf, ops.sigmoid
erfc = _row("erfc", lambda g, y, x: g * (-2 / SQRT_PI * ops.exp(-x * x)), domain=((-2.0, 2.0),))
erfinv = _row("erfinv", lambda g, y, x: g * (SQRT_PI / 2 * ops.exp(y * y)), domain=((-0.9, 0.9),))
erfcinv = _row("erfcinv", lambda g, y, x: g * (-SQRT_PI / 2 * ops.exp(y * y)), domain=(INSIDE,))
logit = _row("logit", lambda g, y, x: g / (x * (1 - x)), domain=(INSIDE,))
ndtr = _row("ndtr", lambda g, y, x: g * _normal_density(x), domain=((-2.0, 2.0),))
log_ndtr = _row("log_ndtr", lambda g, y, x: g * ops.exp(_log_normal_density(x) - y), domain=((-3.0, 2.0),))
stdtr = _row(
    "stdtr", _by_nothing("stdtr", "degrees of freedom"),
    lambda g, y, df, t: g * ops.exp(
        -(df + 1) / 2 * ops.log1p(t * t / df) - betaln(df / 2, 0.5) - 0.5 * ops.log(df)
    ),
    domain=(POSITIVE, (-2.0, 2.0)),
)  # fmt: skip


def _log_normal_density(x: Any) -> Any:
    return -0.5 * (x * x) - 0.5 * math.log(2 * math.pi)


def _normal_density(x: Any) -> Any:
    return ops.exp(_log_normal_density(x))


# Bessel functions ------------------------------------------------------------------------------------------------

jv: Op = _row(
    "jv", _by_nothing("jv", "order"), lambda g, y, n, x: g * ((jv(n - 1, x) - jv(n + 1, x)) / 2),
    domain=((2.0, 2.0), POSITIVE),
)  # fmt: skip
yn: Op = _row(
    "yn", None, lambda g, y, n, x: g * ((yn(n - 1, x) - yn(n + 1, x)) / 2), domain=((2.0, 2.0), POSITIVE),
)  # fmt: skip
iv: Op = _row(
    "iv", _by_nothing("iv", "order"), lambda g, y, n, x: g * ((iv(n - 1, x) + iv(n + 1, x)) / 2),
    domain=((2.0, 2.0), POSITIVE),
)  # fmt: skip
ive: Op = _row(
    "ive", _by_nothing("ive", "order"), lambda g, y, n, x: g * (ive(n + 1, x) + y * (n / x - ops.sign(x))),
    domain=((2.0, 2.0), POSITIVE),
)  # fmt: skip
jn = jv
j0: Op = _row("j0", lambda g, y, x: -g * j1(x), domain=(POSITIVE,))
j1: Op = _row("j1", lambda g, y, x: g * ((j0(x) - jv(2, x)) / 2), domain=(POSITIVE,))
y0: Op = _row("y0", lambda g, y, x: -g * y1(x), domain=(POSITIVE,))
y1: Op = _row("y1", lambda g, y, x: g * ((y0(x) - yn(2, x)) / 2), domain=(POSITIVE,))
i0: Op = _row("i0", lambda g, y, x: g * i1(x), domain=(POSITIVE,))
i1: Op = _row("i1", lambda g, y, x: g * ((i0(x) + iv(2, x)) / 2), domain=(POSITIVE,))

# Along an axis ---------------------------------------------------------------------------------------------------


def logsumexp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False) -> Any:
    """``log(sum(b * exp(a)))``, stable.

    >>> import numpy as np
    >>> round(float(logsumexp(np.array([1000.0, 1000.0]))), 4)
    1000.6931
    """
    if b is None:
        return ops.logsumexp(a, axis=axis, keepdims=keepdims)
    largest = ops.stop_gradient(ops.max(a, axis=axis, keepdims=True))
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
