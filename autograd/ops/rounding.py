"""Rows that cut, round and take remainders, and what is written with them. Their steps have gradient zero.

May import arithmetic.py. Read shapes.py next.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from autograd.node import plain
from autograd.op import Op
from autograd.ops.arithmetic import rint, sign, where, with_parameters

__all__ = [
    "copysign", "divmod", "floor_divide", "fmod", "frexp", "imag", "ldexp", "mod", "modf", "trunc", "unwrap",
]  # fmt: skip

QUOTIENT = ((-2.0, 2.0), (0.3, 0.4))

trunc = Op("trunc", np.trunc, (None,), elementwise=True)
floor_divide = Op(
    "floor_divide", np.floor_divide, (None, None), scalar=operator.floordiv, symbol="//", domain=QUOTIENT,
    elementwise=True,
)  # fmt: skip
mod = Op(
    "mod", np.remainder, (lambda g, y, a, b: g, lambda g, y, a, b: -g * rint((a - y) / b)),
    scalar=operator.mod, symbol="%", domain=QUOTIENT, elementwise=True,
    doc="a - b * floor(a / b): the remainder with the sign of b, as Python's %.",
)  # fmt: skip
fmod = Op(
    "fmod", np.fmod, (lambda g, y, a, b: g, lambda g, y, a, b: -g * rint((a - y) / b)),
    scalar=math.fmod, domain=QUOTIENT, elementwise=True,
    doc="a - b * trunc(a / b): the remainder with the sign of a, as C's.",
)  # fmt: skip
copysign: Op = Op(
    "copysign", np.copysign, (lambda g, y, a, b: g * (sign(a) * copysign(1.0, b)), None),
    scalar=math.copysign, domain=((-2.0, 2.0), (-2.0, 2.0)), elementwise=True, doc="abs(a) with the sign of b.",
)  # fmt: skip
ldexp: Op = Op(
    "ldexp", np.ldexp, (lambda g, y, x, exponent: ldexp(g, exponent),),
    prepare=lambda x, exponent: with_parameters(x, (plain(exponent),)), elementwise=True, linear=True,
    examples=(((3, 4), {"exponent": 2}), ((3,), {"exponent": np.array([-1, 0, 3])})), doc="x * 2 ** exponent.",
)  # fmt: skip


def divmod(a: Any, b: Any) -> tuple[Any, Any]:
    """``a // b`` and ``a % b``.

    >>> divmod(7.0, 2.0)
    (3.0, 1.0)
    """
    return floor_divide(a, b), mod(a, b)


def modf(x: Any) -> tuple[Any, Any]:
    """The fractional and the whole part, both with the sign of ``x``.

    >>> modf(-1.5)
    (-0.5, -1.0)
    """
    return where(np.isinf(plain(x)), 0.0, fmod(x, 1.0)), trunc(x)


def frexp(x: Any) -> tuple[Any, Any]:
    """``x`` as a fraction of at least 0.5 and below 1, and the power of 2 to multiply it by.

    >>> fraction, exponent = frexp(10.0)
    >>> float(fraction), int(exponent)
    (0.625, 4)
    """
    _, exponent = np.frexp(plain(x))
    halves = -exponent // 2  # in two steps: that of the smallest numbers is beyond the largest power
    return ldexp(ldexp(x, halves), -exponent - halves), exponent


def imag(val: Any) -> Any:
    """As np.imag, of real numbers: 0."""
    return where(False, val, 0.0)


def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: Any = 2 * math.pi) -> Any:
    """As np.unwrap: whole periods are added where neighbours are further apart than half of one."""
    data, length = np.asarray(plain(p)), plain(period)
    whole = np.rint((np.unwrap(data, discont, axis, period=length) - data) / length)
    return p + whole.astype(data.dtype) * period
