"""Rows for the elementary functions and the activation functions, stable at the extremes.

May import arithmetic.py. Read reductions.py next.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.op import Op
from autograd.ops.arithmetic import divide, multiply, product_or_zero, quotient_or_zero, step, times_or_zero

__all__ = [
    "angle", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "cbrt", "cos", "cosh", "deg2rad",
    "elu", "erf", "erfc", "exp", "exp2", "expm1", "gelu", "hypot", "leaky_relu", "log", "log10", "log1p", "log2",
    "log_sigmoid", "logaddexp", "logaddexp2", "logit", "rad2deg", "reciprocal", "relu", "sigmoid", "sin", "sinh",
    "softplus", "sqrt", "tan", "tanh",
]  # fmt: skip

LN2, LN10 = math.log(2.0), math.log(10.0)
POSITIVE = ((0.2, 3.0),)
INSIDE_1 = ((-0.9, 0.9),)


def _row(name: str, forward: Any, vjp: Any, scalar: Any = None, domain: Any = ((-2.0, 2.0),)) -> Op:
    return Op(name, forward, (vjp,), scalar=scalar, domain=domain, elementwise=True)


# fmt: off
exp     = _row("exp",     np.exp,     lambda g, y, x: g * y,                    math.exp)
exp2    = _row("exp2",    np.exp2,    lambda g, y, x: g * y * LN2,              None)
expm1   = _row("expm1",   np.expm1,   lambda g, y, x: g * (y + 1),              math.expm1)
log     = _row("log",     np.log,     lambda g, y, x: g / x,                    math.log,   POSITIVE)
log2    = _row("log2",    np.log2,    lambda g, y, x: g / (x * LN2),            math.log2,  POSITIVE)
log10   = _row("log10",   np.log10,   lambda g, y, x: g / (x * LN10),           math.log10, POSITIVE)
log1p   = _row("log1p",   np.log1p,   lambda g, y, x: g / (1 + x),              math.log1p, ((-0.7, 3.0),))
sqrt    = _row("sqrt",    np.sqrt,    lambda g, y, x: quotient_or_zero(g, 2 * y), math.sqrt, POSITIVE)
cbrt    = _row("cbrt",    np.cbrt,    lambda g, y, x: quotient_or_zero(g, 3 * (y * y)), math.cbrt, POSITIVE)
logit   = _row("logit", lambda x: np.log(x) - np.log1p(-x), lambda g, y, x: g / (x * (1 - x)), None, ((0.1, 0.9),))

sin     = _row("sin",     np.sin,     lambda g, y, x: g * cos(x),               math.sin)
cos: Op     = _row("cos",     np.cos,     lambda g, y, x: -g * sin(x),              math.cos)
tan     = _row("tan",     np.tan,     lambda g, y, x: g * (1 + y * y),          math.tan,   ((-1.0, 1.0),))
arcsin  = _row("arcsin",  np.arcsin,  lambda g, y, x: g / sqrt(1 - x * x),      math.asin,  INSIDE_1)
arccos  = _row("arccos",  np.arccos,  lambda g, y, x: -g / sqrt(1 - x * x),     math.acos,  INSIDE_1)
arctan  = _row("arctan",  np.arctan,  lambda g, y, x: g / (1 + x * x),          math.atan)
sinh    = _row("sinh",    np.sinh,    lambda g, y, x: g * cosh(x),              math.sinh)
cosh: Op    = _row("cosh",    np.cosh,    lambda g, y, x: g * sinh(x),              math.cosh)
tanh    = _row("tanh",    np.tanh,    lambda g, y, x: g * (1 - y * y),          math.tanh)
arcsinh = _row("arcsinh", np.arcsinh, lambda g, y, x: g / sqrt(x * x + 1),      math.asinh)
arccosh = _row("arccosh", np.arccosh, lambda g, y, x: g / sqrt(x * x - 1),      math.acosh, ((1.2, 3.0),))
arctanh = _row("arctanh", np.arctanh, lambda g, y, x: g / (1 - x * x),          math.atanh, INSIDE_1)
# fmt: on

hypot: Op = Op(
    "hypot", np.hypot,
    (lambda g, y, a, b: g * quotient_or_zero(a, y), lambda g, y, a, b: g * quotient_or_zero(b, y)),
    scalar=math.hypot, domain=((-2.0, 2.0), (0.4, 2.0)), elementwise=True,
    doc="sqrt(a * a + b * b), at any size; its gradient at (0, 0) is 0.",
)  # fmt: skip
arctan2 = Op(
    "arctan2", np.arctan2,
    (lambda g, y, a, b: g * _over_square(b, a, b), lambda g, y, a, b: -g * _over_square(a, a, b)),
    scalar=math.atan2, domain=((-2.0, 2.0), (0.4, 2.0)), elementwise=True,
    doc="The angle of the point (b, a); its gradient at (0, 0) is 0.",
)  # fmt: skip


def _over_square(x: Any, a: Any, b: Any) -> Any:
    """x / (a * a + b * b), which would be infinite beyond 1e154, and 0 below 1e-162."""
    r = hypot(a, b)
    return quotient_or_zero(quotient_or_zero(x, r), r)


logaddexp = Op(
    "logaddexp", np.logaddexp,
    (lambda g, y, a, b: g * sigmoid(a - b), lambda g, y, a, b: g * sigmoid(b - a)),
    domain=((-2.0, 2.0), (-2.0, 2.0)), elementwise=True,
)  # fmt: skip

logaddexp2 = Op(
    "logaddexp2", np.logaddexp2,
    (lambda g, y, a, b: g * sigmoid((a - b) * LN2), lambda g, y, a, b: g * sigmoid((b - a) * LN2)),
    domain=((-2.0, 2.0), (-2.0, 2.0)), elementwise=True, doc="log2(2 ** a + 2 ** b), finite where the result is.",
)  # fmt: skip


def reciprocal(x: Any) -> Any:
    """1 / x."""
    return divide(1.0, x)


def deg2rad(x: Any) -> Any:
    """Degrees as radians.

    >>> deg2rad(180.0)
    3.141592653589793
    """
    return multiply(x, math.pi / 180.0)


def rad2deg(x: Any) -> Any:
    """Radians as degrees.

    >>> rad2deg(math.pi)
    180.0
    """
    return multiply(x, 180.0 / math.pi)


def angle(z: Any, deg: bool = False) -> Any:
    """As np.angle, of real numbers: 0, or pi where they are negative."""
    radians = arctan2(0.0, z)
    return rad2deg(radians) if deg else radians


# Activation functions ------------------------------------------------------------------------------------------


def _sigmoid(x: Any) -> Any:
    # exp of minus the absolute value never overflows; the sign chooses 1 / (1 + e) or e / (1 + e).
    e = np.exp(-np.abs(x))
    return np.maximum(e, np.greater_equal(x, 0)) / (1 + e)


def _sigmoid_number(x: float) -> float:
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    e = math.exp(x)
    return e / (1 + e)


def _softplus_number(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x))) if x == x else x


def _relu_number(x: float) -> float:
    return 0.0 if x <= 0 else x


def _relu_array(x: Any) -> Any:
    # beside a row of zeros NumPy is three times as quick as beside a single 0
    return np.maximum(x, np.zeros(x.shape[-1:], x.dtype) if x.__class__ is np.ndarray and x.dtype.kind == "f" else 0)


def by_numbers(function: Any) -> Any:
    """A function of one Python number as one of arrays."""
    each = np.frompyfunc(function, 1, 1)

    def forward(x: Any) -> Any:
        return np.asarray(each(x), dtype=np.result_type(x, np.float16))

    return forward


# fmt: off
relu        = _row("relu",     _relu_array,                    lambda g, y, x: g * step(x),      _relu_number)
sigmoid: Op     = _row("sigmoid",  _sigmoid,                       lambda g, y, x: g * (y * (1 - y)), _sigmoid_number)
softplus    = _row("softplus", lambda x: np.logaddexp(x, 0),   lambda g, y, x: g * sigmoid(x),   _softplus_number)
log_sigmoid = _row("log_sigmoid", lambda x: -np.logaddexp(-x, 0), lambda g, y, x: g * sigmoid(-x),
                   lambda x: -_softplus_number(-x))
erf         = _row("erf", by_numbers(math.erf), lambda g, y, x: g * (2 / math.sqrt(math.pi) * exp(-x * x)), math.erf)
erfc        = _row("erfc", by_numbers(math.erfc), lambda g, y, x: -g * (2 / math.sqrt(math.pi) * exp(-x * x)),
                   math.erfc)
# fmt: on


leaky_relu = Op(
    "leaky_relu", lambda x, slope: np.maximum(x, 0) + slope * np.minimum(x, 0),
    (lambda g, y, x, slope: g * (slope + (1 - slope) * step(x)),),
    scalar=lambda x, slope: x if x > 0 else slope * x,
    prepare=lambda x, slope=0.01: ((x,), (slope,)), elementwise=True, examples=(((3, 4), {"slope": 0.1}),),
    doc="x where x > 0, else slope * x. From: Maas, Hannun, Ng (2013), Rectifier Nonlinearities.",
)  # fmt: skip
elu = Op(
    "elu", lambda x, alpha: np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0)),
    (lambda g, y, x, alpha: g * (step(x) + product_or_zero(1 - step(x), y + alpha)),),
    scalar=lambda x, alpha: x if x > 0 else alpha * math.expm1(x),
    prepare=lambda x, alpha=1.0: ((x,), (alpha,)), elementwise=True, examples=(((3, 4), {"alpha": 1.5}),),
    doc="x where x > 0, else alpha * (exp(x) - 1). From: Clevert, Unterthiner, Hochreiter (2015), ELU.",
)  # fmt: skip


def _normal_distribution(x: Any) -> Any:
    return 0.5 * erfc(-x / math.sqrt(2))


gelu = Op(
    "gelu", lambda x: times_or_zero(_normal_distribution(x), x, x),
    (lambda g, y, x: g * (_normal_distribution(x) + product_or_zero(exp(-0.5 * x * x) / math.sqrt(2 * math.pi), x)),),
    scalar=lambda x: x * (0.5 * math.erfc(-x / math.sqrt(2))) if x != -math.inf else 0.0, elementwise=True,
    doc="x times the normal distribution function, exact. From: Hendrycks, Gimpel (2016), GELU.",
)  # fmt: skip
