"""Rows for + - * / ** and their kin. Every rule uses only ordinary operators and other rows.

Letters in all rows: ``g`` gradient of the output, ``y`` output, ``a, b`` or ``x`` operands.
May import op.py. Read elementary.py next.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from autograd.errors import DetachError
from autograd.mode import current_mode
from autograd.node import Node, plain
from autograd.op import Op, Symbolic, apply

__all__ = [
    "absolute", "add", "as_tensor", "at_least", "at_most", "ceil", "clip", "cut", "divide", "equal",
    "fixed_power", "floor", "general_power", "greater", "identity", "maximum", "minimum", "multiply",
    "negative", "pairwise_maximum", "pairwise_minimum", "power", "product_or_zero", "quiet_power",
    "quotient_or_zero", "rint", "select", "sign", "square", "step", "stop_gradient", "subtract", "where", "xlogy",
]  # fmt: skip

TWO = ((-2.0, 2.0), (-2.0, 2.0))

# The four operations -----------------------------------------------------------------------------------------

add = Op(
    "add", np.add, (lambda g, y, a, b: g, lambda g, y, a, b: g),
    scalar=operator.add, symbol="+", domain=TWO, elementwise=True,
)  # fmt: skip
subtract = Op(
    "subtract", np.subtract, (lambda g, y, a, b: g, lambda g, y, a, b: -g),
    scalar=operator.sub, symbol="-", domain=TWO, elementwise=True,
)  # fmt: skip
multiply = Op(
    "multiply", np.multiply, (lambda g, y, a, b: g * b, lambda g, y, a, b: g * a),
    scalar=operator.mul, symbol="*", domain=TWO, elementwise=True, linear=True,
)  # fmt: skip
divide = Op(
    "divide", np.divide, (lambda g, y, a, b: g / b, lambda g, y, a, b: -g * y / b),
    scalar=operator.truediv, symbol="/", domain=((-2.0, 2.0), (0.5, 2.0)), elementwise=True,
)  # fmt: skip
negative = Op(
    "negative", np.negative, (lambda g, y, x: -g,),
    scalar=operator.neg, symbol="-", elementwise=True, linear=True,
)  # fmt: skip
square = Op("square", np.square, (lambda g, y, x: g * (2 * x),), scalar=lambda x: x * x, elementwise=True)

# Guards: where the first factor is zero the result is zero, whatever the second is. The rules of sqrt, norm,
# std and power use them, so that a zero cotangent stays zero where the derivative is infinite.


def _product_or_zero(a: Any, b: Any) -> Any:
    with np.errstate(invalid="ignore"):
        return np.where(np.equal(a, 0), a, np.multiply(a, b))


def _quotient_or_zero(a: Any, b: Any) -> Any:
    with np.errstate(invalid="ignore"):
        return np.where(np.equal(a, 0), a, np.divide(a, b))


product_or_zero: Op = Op(
    "product_or_zero", _product_or_zero,
    (lambda g, y, a, b: product_or_zero(g, b), lambda g, y, a, b: product_or_zero(a, g)),
    scalar=lambda a, b: a * b if a else a, symbol="*", domain=TWO, elementwise=True, linear=True,
    doc="a * b, and 0 where a is 0 even if b is infinite.",
)  # fmt: skip
quotient_or_zero: Op = Op(
    "quotient_or_zero", _quotient_or_zero,
    (lambda g, y, a, b: quotient_or_zero(g, b), lambda g, y, a, b: -quotient_or_zero(product_or_zero(g, y), b)),
    scalar=lambda a, b: a / b if a else a, symbol="/", domain=((-2.0, 2.0), (0.5, 2.0)), elementwise=True,
    doc="a / b, and 0 where a is 0 even if b is 0.",
)  # fmt: skip


def _xlogy(x: Any, a: Any) -> Any:
    with np.errstate(divide="ignore"):
        return times_or_zero(x, np.log(a), a)


def times_or_zero(x: Any, factor: Any, a: Any) -> Any:
    """x * factor, and 0 where x is 0 unless ``a``, which the factor is made of, is NaN."""
    with np.errstate(invalid="ignore"):
        return np.where(np.equal(x, 0), np.where(np.equal(a, a), x, a), np.multiply(x, factor))


xlogy: Op = Op(
    "xlogy", _xlogy,
    (lambda g, y, x, a: xlogy(g, a), lambda g, y, x, a: quotient_or_zero(g * x, a)),
    scalar=lambda x, a: x * math.log(a) if x or a != a else x, domain=((-2.0, 2.0), (0.2, 2.0)), elementwise=True,
    doc="x * log(a), and 0 where x is 0.",
)  # fmt: skip

# Powers. Two rows: a whole exponent of at least 1 needs no guard, and its formula is the one in the textbook.

fixed_power = Op(
    "fixed_power", operator.pow, (lambda g, y, a, b: g * (b * a ** (b - 1)), None),
    scalar=math.pow, symbol="**", domain=((-2.0, 2.0), (3.0, 3.0)), elementwise=True,
    doc="a ** b for a whole number b >= 1.",
)  # fmt: skip
POWER_RULES = (
    lambda g, y, a, b: product_or_zero(g * b, quiet_power(a, b - 1)),
    lambda g, y, a, b: product_or_zero(xlogy(y, a), g),
)
general_power = Op(
    "power", operator.pow, POWER_RULES,
    scalar=math.pow, symbol="**", domain=((0.4, 2.0), (-2.0, 2.0)), elementwise=True,
)  # fmt: skip


def _quiet_power(a: Any, b: Any) -> Any:
    with np.errstate(divide="ignore"):
        return np.power(a, b)


quiet_power: Op = Op(
    "power", _quiet_power, POWER_RULES,
    scalar=math.pow, symbol="**", domain=((0.4, 2.0), (-2.0, 2.0)), elementwise=True,
    doc="power, without NumPy's warning at 0 ** -1: the guarded product beside it takes care of that.",
)  # fmt: skip


def power(a: Any, b: Any) -> Any:
    """``a ** b`` of numbers, arrays and nodes, any of the two a node.

    The gradient of x**0 is 0, at x = 0 too; where NumPy gives inf or nan, so does this.

    >>> power(2.0, 3.0)
    8.0
    """
    fixed = isinstance(b, (int, float)) and b >= 1 and b == int(b)
    return apply(fixed_power if fixed else general_power, (a, b))


# Comparisons as numbers, with gradient zero: what rules use -----------------------------------------------------


def _as_float(comparison: Any) -> Any:
    """A comparison of arrays as an array of 0.0 and 1.0, of the operands' own dtype."""

    def forward(a: Any, b: Any) -> Any:
        dtype = np.result_type(a, b)
        return comparison(a, b).astype(dtype if dtype.kind == "f" else float)

    return forward


def _step(x: Any) -> Any:
    x = np.asarray(x)
    positive = np.asarray(np.greater(x, 0), dtype=x.dtype if x.dtype.kind == "f" else float)
    if math.isnan(np.vdot(x, x)):  # the cheapest look for a nan
        positive[np.isnan(x)] = np.nan
    return positive


greater = Op(
    "greater", _as_float(np.greater), (None, None), scalar=lambda a, b: float(a > b), symbol=">", domain=TWO,
    elementwise=True,
)  # fmt: skip
equal = Op(
    "equal", _as_float(np.equal), (None, None), scalar=lambda a, b: float(a == b), symbol="==", domain=TWO,
    elementwise=True,
)  # fmt: skip
step = Op(
    "step", _step, (None,), scalar=lambda x: 1.0 if x > 0 else 0.0 if x <= 0 else x, elementwise=True,
    doc="1 where x > 0, else 0: the derivative of relu.",
)  # fmt: skip
sign = Op("sign", np.sign, (None,), scalar=lambda x: (x > 0) - float(x < 0) if x == x else x, elementwise=True)
floor = Op("floor", np.floor, (None,), elementwise=True)
ceil = Op("ceil", np.ceil, (None,), elementwise=True)
rint = Op(
    "round", np.round, (None,), prepare=lambda x, decimals=0: ((x,), (decimals,)), elementwise=True,
    examples=(((3, 4), {}), ((3, 4), {"decimals": 1})),
)  # fmt: skip

absolute = Op("abs", np.absolute, (lambda g, y, x: g * sign(x),), scalar=abs, elementwise=True)

# Choices. Two nodes at a tie get half each; a constant at a tie gets all, so that relu'(0) = 0 ------------------

pairwise_maximum = Op(
    "maximum", np.maximum,
    (
        lambda g, y, a, b: g * (greater(a, b) + 0.5 * equal(a, b)),
        lambda g, y, a, b: g * (greater(b, a) + 0.5 * equal(a, b)),
    ),
    domain=TWO, elementwise=True,
)  # fmt: skip
pairwise_minimum = Op(
    "minimum", np.minimum,
    (
        lambda g, y, a, b: g * (greater(b, a) + 0.5 * equal(a, b)),
        lambda g, y, a, b: g * (greater(a, b) + 0.5 * equal(a, b)),
    ),
    domain=TWO, elementwise=True,
)  # fmt: skip
at_least = Op(
    "at_least", np.maximum, (lambda g, y, x, c: g * greater(x, c), None), domain=TWO, elementwise=True,
    doc="maximum(x, c) with a constant c: x gets no gradient at a tie.",
)  # fmt: skip
at_most = Op(
    "at_most", np.minimum, (lambda g, y, x, c: g * greater(c, x), None), domain=TWO, elementwise=True,
    doc="minimum(x, c) with a constant c: x gets no gradient at a tie.",
)  # fmt: skip


def _live(x: Any) -> bool:
    """Can a gradient go into x, a node or what holds nodes?"""
    if isinstance(x, (list, tuple)):
        return any(map(_live, x))
    return not x.is_constant if isinstance(x, Node) else isinstance(x, np.ndarray) and x.dtype == object


def maximum(a: Any, b: Any) -> Any:
    """The larger of two, entry by entry.

    At a tie two nodes get half the gradient each, a node none beside a constant: ``maximum(0, z)`` is relu, whose
    derivative at 0 is 0 in all five documents.

    >>> maximum(2.0, 3.0)
    3.0
    """
    if _live(a) and _live(b):
        return apply(pairwise_maximum, (a, b))
    return apply(at_least, (a, b) if _live(a) else (b, a))


def minimum(a: Any, b: Any) -> Any:
    """The smaller of two, entry by entry; at a tie as `maximum`.

    >>> minimum(2.0, 3.0)
    2.0
    """
    if _live(a) and _live(b):
        return apply(pairwise_minimum, (a, b))
    return apply(at_most, (a, b) if _live(a) else (b, a))


cut = Op(
    "clip", np.clip, (lambda g, y, x, low, high: g * (greater(x, low) * greater(high, x)),),
    scalar=lambda x, low, high: min(max(x, low), high) if x == x else x,
    prepare=lambda x, low, high: ((x,), (low, high)), elementwise=True,
    examples=(((3, 4), {"low": -0.5, "high": 1.0}),),
    doc="clip(x, low, high) with constant bounds: no gradient outside of them and on them.",
)  # fmt: skip


def refuse_out(out: Any) -> None:
    """Raise DetachError unless ``out``, which many of NumPy's functions have, is None."""
    if out is not None:
        raise DetachError("out= is an array, and what is written into one loses its gradient: take the result instead")


def clip(x: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None) -> Any:
    """``x`` kept between two bounds; either may be None. No gradient where a bound holds.

    NumPy has two names for each bound.

    >>> clip(3.0, 0.0, 1.0), clip(3.0, max=2.0)
    (1.0, 2.0)
    """
    refuse_out(out)
    if (a_min is not None and min is not None) or (a_max is not None and max is not None):
        raise ValueError("clip: a_min and min are the same bound, as a_max and max are: give one of each two")
    low, high = a_min if min is None else min, a_max if max is None else max
    low, high = -np.inf if low is None else low, np.inf if high is None else high
    if _live(low) or _live(high) or np.ndim(low) or np.ndim(high):
        return minimum(maximum(x, low), high)
    return cut(x, low=float(plain(low)), high=float(plain(high)))


def _prepare_where(a: Any, b: Any, mask: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    return (a, b), (mask,)


select = Op(
    "where", lambda a, b, mask: np.where(mask, a, b),
    (lambda g, y, a, b, mask: where(mask, g, 0.0), lambda g, y, a, b, mask: where(mask, 0.0, g)),
    scalar=lambda a, b, mask: a if mask else b,
    prepare=_prepare_where, domain=TWO, elementwise=True,
    examples=((((3, 4), (3, 4)), {"mask": np.arange(12).reshape(3, 4) % 3 == 0}),),
)  # fmt: skip


def where(condition: Any, a: Any, b: Any) -> Any:
    """``a`` where the condition holds, else ``b``. The condition carries no gradient.

    >>> where(True, 1.0, 2.0)
    1.0
    """
    if isinstance(condition, Symbolic) or (isinstance(condition, Node) and current_mode().tracing):
        if isinstance(condition, Node) and condition.op not in (greater, equal):
            condition = subtract(1, equal(condition, 0))  # zeros and ones, other ones for each sample
        return product_or_zero(condition, a) + product_or_zero(subtract(1, condition), b)
    mask = np.asarray(plain(condition)).astype(bool)
    if mask.ndim == 0:
        return select(a, b, mask=bool(mask))
    if not any(isinstance(x, np.ndarray) or (isinstance(x, Node) and x.is_array) for x in (a, b)):
        a = as_tensor(a) if isinstance(a, Node) else np.asarray(a)
    return select(a, b, mask=mask)


def with_parameters(x: Any, parameters: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The operand and the parameters of a row whose parameters may be arrays, beside its entries.

    They are copied, so that what the graph keeps cannot change; a Value beside an array becomes a Tensor.
    """
    owned = tuple(p if isinstance(p, (int, float, Node)) else np.array(p) for p in parameters)
    if isinstance(x, Node) and not x.is_array and any(np.ndim(plain(p)) for p in owned):
        x = as_tensor(x)
    return (x,), owned


def stop_gradient(x: Any) -> Any:
    """``x`` as a constant: no gradient goes through it.

    >>> stop_gradient(2.0)
    2.0
    """
    if not isinstance(x, Node):
        return x
    return apply(stopped, (x,)) if current_mode().tracing else x.detach()


# Where the two kinds of node meet -----------------------------------------------------------------------------

as_tensor = Op(
    "as_tensor", np.array, (lambda g, y, x: g,), result="array", linear=True, elementwise=True,
    doc="A Value as a Tensor of no dimensions.",
)  # fmt: skip
stopped = Op("stop_gradient", np.positive, (None,), scalar=lambda x: x, elementwise=True)
identity = Op(
    "identity", np.positive, (lambda g, y, x: g,), scalar=lambda x: x, linear=True, elementwise=True,
    doc="The same value as a node of its own.",
)  # fmt: skip
