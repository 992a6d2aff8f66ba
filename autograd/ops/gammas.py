"""Rows for the gamma function and its kin: gammaln, digamma, beta, zeta, incomplete ones.

May import special.py. Read statistics.py next.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.op import Op
from autograd.ops.arithmetic import with_parameters, xlogy
from autograd.ops.elementary import by_numbers, exp, log, log1p
from autograd.ops.reductions import sum as sum_of
from autograd.ops.shapes import expand_dims
from autograd.ops.special import FIRST_HALF, POSITIVE, by_scipy, of_order, row, xlog1py

__all__ = [
    "beta", "betainc", "betainc_of", "betaln", "digamma", "gamma", "gammainc", "gammainc_of", "gammaincc",
    "gammaincc_of", "gammaln", "gammasgn", "multigammaln", "polygamma", "polygamma_of", "rgamma", "stdtr", "stdtr_of",
    "zeta", "zeta_of",
]  # fmt: skip

BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)  # B2, B4, ..., B14
LEAST = -1000.0  # polygamma steps from x up to 16, one by one


def _polygamma(x: Any, order: int) -> Any:
    """By steps of the recurrence up to 16, and from there by the asymptotic series.

    From: Abramowitz, Stegun (1964), Handbook of Mathematical Functions, 6.3.5, 6.3.7, 6.3.18, 6.4.6 and 6.4.11.
    """
    given = np.asarray(x)
    x = given.astype(np.result_type(given, np.float64))
    mirrored = (x < 0) & (order == 0)
    x = np.where(mirrored, 1 - x, np.where(x < LEAST, np.nan, x))
    side, steps = (-1.0) ** (order + 1), np.zeros_like(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        while (small := x < 16).any():
            steps = np.where(small, steps + math.factorial(order) / x ** (order + 1), steps)
            x = np.where(small, x + 1, x)
        tail = math.factorial(order) / (2 * x ** (order + 1))
        for j, b in enumerate(BERNOULLI, start=1):
            tail = tail + b * math.factorial(2 * j + order - 1) / math.factorial(2 * j) / x ** (2 * j + order)
        head = side * math.factorial(order - 1) / x**order if order else np.log(x)
        y = head + side * (steps + tail)
        y = np.where(mirrored, y - np.pi / np.tan(np.pi * given), y)
    return y.astype(np.result_type(given, np.float16))


def _gammaln_number(x: float) -> float:
    try:
        return math.lgamma(x)
    except (ValueError, OverflowError):  # a pole, or too large a result
        return math.inf


def _gamma_number(x: float) -> float:
    try:
        return math.gamma(x)
    except ValueError:  # a pole: one of two signs, but at 0
        return math.nan if x else math.copysign(math.inf, x)
    except OverflowError:
        return math.inf if x > 0 else math.copysign(math.inf, x)


polygamma_of: Op = Op(
    "polygamma", _polygamma, (lambda g, y, x, order: g * polygamma(order + 1, x),),
    prepare=lambda x, order: ((x,), (int(order),)), elementwise=True, domain=POSITIVE,
    examples=(((3, 4), {"order": 0}), ((3, 4), {"order": 2})), doc="The derivatives of digamma.",
)  # fmt: skip
digamma = row(
    "digamma", lambda x: _polygamma(x, 0), lambda g, y, x: g * polygamma(1, x), domain=POSITIVE,
    doc="The derivative of gammaln.",
)  # fmt: skip
gammaln = row(
    "gammaln", by_numbers(_gammaln_number), lambda g, y, x: g * digamma(x), domain=POSITIVE, scalar=_gammaln_number,
    doc="The logarithm of the absolute value of gamma.",
)  # fmt: skip
gamma = row(
    "gamma", by_numbers(_gamma_number), lambda g, y, x: g * (y * digamma(x)), domain=POSITIVE, scalar=_gamma_number,
)  # fmt: skip
rgamma = row("rgamma", by_scipy("rgamma"), lambda g, y, x: -g * (y * digamma(x)), domain=POSITIVE, doc="1 / gamma(x).")
gammasgn = row("gammasgn", by_scipy("gammasgn"), None, doc="The sign of gamma.")
betaln = row(
    "betaln", by_scipy("betaln"), lambda g, y, a, b: g * (digamma(a) - digamma(a + b)),
    lambda g, y, a, b: g * (digamma(b) - digamma(a + b)), domain=POSITIVE * 2,
)  # fmt: skip
beta = row(
    "beta", by_scipy("beta"), lambda g, y, a, b: g * (y * (digamma(a) - digamma(a + b))),
    lambda g, y, a, b: g * (y * (digamma(b) - digamma(a + b))), domain=POSITIVE * 2,
)  # fmt: skip
gammainc_of = of_order(
    "gammainc", lambda g, y, x, order: g * exp(xlogy(order - 1, x) - x - gammaln(order)), ({"order": 1.5},),
)  # fmt: skip
gammaincc_of = of_order(
    "gammaincc", lambda g, y, x, order: -g * exp(xlogy(order - 1, x) - x - gammaln(order)), ({"order": 1.5},),
)  # fmt: skip
_incomplete_beta = by_scipy("betainc")
betainc_of = Op(
    "betainc", lambda x, a, b: _incomplete_beta(a, b, x),
    (lambda g, y, x, a, b: g * exp(xlogy(a - 1, x) + xlog1py(b - 1, -x) - betaln(a, b)),),
    prepare=lambda x, a, b: with_parameters(x, (a, b)), elementwise=True, domain=FIRST_HALF,
    examples=(((3, 4), {"a": 2.0, "b": 1.5}),),
)  # fmt: skip
_student = by_scipy("stdtr")
stdtr_of = Op(
    "stdtr", lambda t, df: _student(df, t),
    (lambda g, y, t, df: g * exp(-(df + 1) / 2 * log1p(t * t / df) - betaln(df / 2, 0.5) - log(df) / 2),),
    prepare=lambda t, df: with_parameters(t, (df,)), elementwise=True, domain=((-2.0, 2.0),),
    examples=(((3, 4), {"df": 3.0}),),
)  # fmt: skip
zeta_of: Op = of_order("zeta", lambda g, y, q, order: -g * (order * zeta(order + 1, q)), ({"order": 2.5},))


def polygamma(n: int, x: Any) -> Any:
    """The derivative of order ``n`` of digamma at ``x``; digamma itself for 0.

    >>> polygamma(1, 1.0)
    1.644934
    """
    return digamma(x) if n == 0 else polygamma_of(x, n)


def gammainc(a: Any, x: Any) -> Any:
    """The share of gamma(a) that its integral has up to ``x``. There is no gradient by ``a``."""
    return gammainc_of(x, a)


def gammaincc(a: Any, x: Any) -> Any:
    """1 - gammainc(a, x). There is no gradient by ``a``."""
    return gammaincc_of(x, a)


def betainc(a: Any, b: Any, x: Any) -> Any:
    """The share of beta(a, b) that its integral has up to ``x``. There is no gradient by ``a`` and ``b``."""
    return betainc_of(x, a, b)


def stdtr(df: Any, t: Any) -> Any:
    """The distribution function of Student's distribution. There is no gradient by ``df``, the degrees of freedom."""
    return stdtr_of(t, df)


def zeta(x: Any, q: Any) -> Any:
    """The sum of 1 / (k + q) ** x over k from 0. There is no gradient by ``x``."""
    return zeta_of(q, x)


def multigammaln(a: Any, d: int) -> Any:
    """The logarithm of the gamma function of ``d`` dimensions."""
    terms = gammaln(expand_dims(a, -1) - np.arange(d) / 2)
    return d * (d - 1) / 4 * math.log(math.pi) + sum_of(terms, axis=-1)
