"""Rows for special functions: sinc, exprel, Bessel, the error function's kin, entropies; gammas.py has one more family.

What needs more than a few lines to compute is computed by SciPy, which is imported when such a row first runs. May
import elementary.py. Read gammas.py next.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from autograd.node import plain
from autograd.op import Op
from autograd.ops.arithmetic import divide, power, quotient_or_zero, sign, times_or_zero, where, with_parameters, xlogy
from autograd.ops.elementary import erfc, exp, log

__all__ = [
    "bessel_i", "bessel_j", "bessel_k", "bessel_y", "dawsn", "entr", "erfcinv", "erfcx", "erfinv", "exp1", "exp10",
    "expi", "exprel", "exprel_derivative", "i0", "i0e", "i1", "i1e", "iv", "ive", "j0", "j1", "jv", "k0", "k1",
    "kl_div", "kv", "log_ndtr", "ndtr", "ndtri", "rel_entr", "scaled_bessel_i", "sinc", "sinc_derivative", "spence",
    "xlog1py", "y0", "y1", "yv",
]  # fmt: skip

SQRT_PI, SQRT_2PI = math.sqrt(math.pi), math.sqrt(2 * math.pi)
POSITIVE, INSIDE_1, FIRST_HALF = ((0.3, 3.0),), ((-0.9, 0.9),), ((0.1, 0.9),)


def row(name: str, forward: Any, *vjps: Any, domain: Any = ((-2.0, 2.0),), scalar: Any = None, doc: str = "") -> Op:
    return Op(name, forward, vjps, scalar=scalar, domain=domain, elementwise=True, doc=doc)


def by_scipy(name: str) -> Callable[..., Any]:
    """SciPy's function of this name.

    Raises: ImportError where SciPy is not installed.
    """

    def forward(*operands: Any) -> Any:
        try:
            special = import_module("scipy.special")
        except ImportError as error:
            raise ImportError(f"{name} is computed by SciPy: run pip install scipy, or handgrad[scipy]") from error
        return vars(special)[name](*operands)

    return forward


def of_order(
    name: str,
    vjp: Any,
    examples: tuple[Any, ...] = ({"order": 0}, {"order": 1.5}),
    domain: Any = POSITIVE,
    doc: str = "",
) -> Op:
    """A row of SciPy's ``name(order, x)``. The order is a parameter, no operand: there is no derivative by it."""
    forward = by_scipy(name)
    return Op(
        name, lambda x, order: forward(order, x), (vjp,), prepare=lambda x, order: with_parameters(x, (order,)),
        domain=domain, doc=doc, examples=tuple(((3, 4), example) for example in examples),
    )  # fmt: skip


# sinc, exprel: integrals of exp(u z) over u from 0 to 1, and their n-th derivatives those of u ** n * exp(u z) ------


def _moment(z: Any, n: int) -> Any:
    """The integral of u ** n * exp(u * z) over u from 0 to 1, by its series, or far from 0 by parts."""
    near = np.abs(z) < 1 + n
    small, large = np.where(near, z, 0), np.where(near, 1, z)
    term, series = np.ones_like(small), np.zeros_like(small)
    for k in range(25 + 5 * n):
        series = series + term / (n + k + 1)
        term = term * small / (k + 1)
    parts = np.expm1(large) / large
    for k in range(1, n + 1):
        parts = (np.exp(large) - k * parts) / large
    return np.where(near, series, parts)


def _sinc_derivative(x: Any, n: int) -> Any:
    return np.real(1j**n * _moment(1j * np.pi * np.asarray(x, dtype=np.float64), n)) * np.pi**n


sinc_derivative: Op = Op(
    "sinc_derivative", lambda x, n: _sinc_derivative(x, n).astype(np.result_type(x, np.float16)),
    (lambda g, y, x, n: g * sinc_derivative(x, n + 1),), prepare=lambda x, n=1: ((x,), (n,)), elementwise=True,
    examples=(((3, 4), {}), ((5,), {"n": 3})), doc="The n-th derivative of sinc, at 0 too.",
)  # fmt: skip
sinc = row(
    "sinc", np.sinc, lambda g, y, x: g * sinc_derivative(x), doc="sin(pi x) / (pi x), and 1 at 0.",
)  # fmt: skip
exprel_derivative: Op = Op(
    "exprel_derivative", _moment, (lambda g, y, x, n: g * exprel_derivative(x, n + 1),),
    prepare=lambda x, n=1: ((x,), (n,)), elementwise=True, examples=(((3, 4), {}), ((5,), {"n": 3})),
    doc="The n-th derivative of exprel, at 0 too.",
)  # fmt: skip
exprel = row(
    "exprel", lambda x: _moment(x, 0), lambda g, y, x: g * exprel_derivative(x), doc="(exp(x) - 1) / x, and 1 at 0.",
)  # fmt: skip

# The error function's kin -------------------------------------------------------------------------------------------

erfcx = row("erfcx", by_scipy("erfcx"), lambda g, y, x: g * (2 * x * y - 2 / SQRT_PI), doc="exp(x * x) * erfc(x).")
erfinv = row("erfinv", by_scipy("erfinv"), lambda g, y, x: g * (SQRT_PI / 2 * exp(y * y)), domain=INSIDE_1)
erfcinv = row("erfcinv", by_scipy("erfcinv"), lambda g, y, x: -g * (SQRT_PI / 2 * exp(y * y)), domain=((0.2, 1.8),))
dawsn = row("dawsn", by_scipy("dawsn"), lambda g, y, x: g * (1 - 2 * x * y), doc="exp(-x * x) * the integral of exp.")
ndtri = row("ndtri", by_scipy("ndtri"), lambda g, y, x: g * (SQRT_2PI * exp(y * y / 2)), domain=FIRST_HALF)
log_ndtr = row(
    "log_ndtr", by_scipy("log_ndtr"), lambda g, y, x: g * (exp(-x * x / 2 - y) / SQRT_2PI), doc="log(ndtr(x)).",
)  # fmt: skip


def ndtr(x: Any) -> Any:
    """The distribution function of the standard normal distribution.

    >>> ndtr(0.0)
    0.5
    """
    return 0.5 * erfc(-x / math.sqrt(2))


# Bessel functions: the derivative of one is made of those of the orders beside it ------------------------------------

bessel_j: Op = of_order("jv", lambda g, y, x, order: g * ((jv(order - 1, x) - jv(order + 1, x)) / 2))
bessel_y: Op = of_order("yv", lambda g, y, x, order: g * ((yv(order - 1, x) - yv(order + 1, x)) / 2))
bessel_i: Op = of_order("iv", lambda g, y, x, order: g * ((iv(order - 1, x) + iv(order + 1, x)) / 2))
bessel_k: Op = of_order("kv", lambda g, y, x, order: -g * ((kv(order - 1, x) + kv(order + 1, x)) / 2))
scaled_bessel_i: Op = of_order(
    "ive", lambda g, y, x, order: g * ((ive(order - 1, x) + ive(order + 1, x)) / 2 - sign(x) * y),
)  # fmt: skip
j1: Op = row("j1", by_scipy("j1"), lambda g, y, x: g * ((j0(x) - jv(2, x)) / 2))
j0: Op = row("j0", by_scipy("j0"), lambda g, y, x: -g * j1(x))
y1: Op = row("y1", by_scipy("y1"), lambda g, y, x: g * ((y0(x) - yv(2, x)) / 2), domain=POSITIVE)
y0: Op = row("y0", by_scipy("y0"), lambda g, y, x: -g * y1(x), domain=POSITIVE)
i1: Op = row("i1", by_scipy("i1"), lambda g, y, x: g * ((i0(x) + iv(2, x)) / 2))
i0: Op = row("i0", np.i0, lambda g, y, x: g * i1(x))
k1: Op = row("k1", by_scipy("k1"), lambda g, y, x: -g * ((k0(x) + kv(2, x)) / 2), domain=POSITIVE)
k0: Op = row("k0", by_scipy("k0"), lambda g, y, x: -g * k1(x), domain=POSITIVE)
i1e: Op = row("i1e", by_scipy("i1e"), lambda g, y, x: g * ((i0e(x) + ive(2, x)) / 2 - sign(x) * y))
i0e: Op = row("i0e", by_scipy("i0e"), lambda g, y, x: g * (i1e(x) - sign(x) * y))


def jv(v: Any, x: Any) -> Any:
    """The Bessel function of the first kind of order ``v``. There is no gradient by the order."""
    return bessel_j(x, v)


def yv(v: Any, x: Any) -> Any:
    """The Bessel function of the second kind of order ``v``. There is no gradient by the order."""
    return bessel_y(x, v)


def iv(v: Any, x: Any) -> Any:
    """The modified Bessel function of the first kind of order ``v``. There is no gradient by the order."""
    return bessel_i(x, v)


def ive(v: Any, x: Any) -> Any:
    """``iv(v, x) * exp(-abs(x))``. There is no gradient by the order."""
    return scaled_bessel_i(x, v)


def kv(v: Any, x: Any) -> Any:
    """The modified Bessel function of the second kind of order ``v``. There is no gradient by the order."""
    return bessel_k(x, v)


# Entropies, integrals ------------------------------------------------------------------------------------------------


def _xlog1py(x: Any, a: Any) -> Any:
    with np.errstate(divide="ignore"):
        return times_or_zero(x, np.log1p(a), a)


xlog1py: Op = Op(
    "xlog1py", _xlog1py, (lambda g, y, x, a: xlog1py(g, a), lambda g, y, x, a: quotient_or_zero(g * x, 1 + a)),
    scalar=lambda x, a: x * math.log1p(a) if x or a != a else x, domain=((-2.0, 2.0), (-0.7, 2.0)), elementwise=True,
    doc="x * log(1 + a), and 0 where x is 0.",
)  # fmt: skip
expi = row("expi", by_scipy("expi"), lambda g, y, x: g * (exp(x) / x), domain=POSITIVE)
exp1 = row("exp1", by_scipy("exp1"), lambda g, y, x: -g * (exp(-x) / x), domain=POSITIVE)
spence = row("spence", by_scipy("spence"), lambda g, y, x: g * (log(x) / (1 - x)), domain=FIRST_HALF)


def exp10(x: Any) -> Any:
    """``10 ** x``.

    >>> exp10(2.0)
    100.0
    """
    return power(10.0, x)


def entr(x: Any) -> Any:
    """``-x * log(x)``: 0 at 0, and -inf below.

    >>> entr(1.0), entr(0.0), entr(-1.0)
    (-0.0, -0.0, -inf)
    """
    outside = np.less(plain(x), 0)
    kept = where(outside, 1.0, x)
    return where(outside, -math.inf, -xlogy(kept, kept))


def rel_entr(x: Any, y: Any) -> Any:
    """``x * log(x / y)``: 0 where x is 0 and y at least 0, and inf outside of the domain.

    >>> rel_entr(2.0, 1.0), rel_entr(0.0, 1.0), rel_entr(1.0, 0.0)
    (1.386294, 0.0, inf)
    """
    first, second = plain(x), plain(y)
    zero = np.equal(second, 0)
    outside = (np.less(first, 0) | np.less(second, 0) | (np.greater(first, 0) & zero)) & ~np.isnan(first + second)
    kept, beside = where(outside, 1.0, x), where(outside | zero, 1.0, y)
    return where(outside, math.inf, xlogy(kept, divide(kept, beside)))


def kl_div(x: Any, y: Any) -> Any:
    """``x * log(x / y) - x + y``, and inf outside of the domain.

    >>> kl_div(2.0, 1.0)
    0.386294
    """
    return rel_entr(x, y) - x + y
