"""Python's operators and the elementwise methods of nodes, once for both kinds.

An operator calls `apply` (op.py). Before it does, it tries the one case that decides the speed of scalar
graphs: Values only, recording as usual. That path makes the same node with no loop in between.
May import ops and numpy_bridge. Read value.py next.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from autograd import ops
from autograd.mode import current_mode, only_looked_at, refuse_while_tracing
from autograd.node import Node, plain
from autograd.numpy_bridge import array_function, array_ufunc
from autograd.op import CONSTANT, Op, apply, is_operand

__all__ = ["Operators"]

Method = Callable[[Any, Any], Any]
new = object.__new__


def binary(op: Op) -> tuple[Method, Method]:
    """The method for ``self op other`` and the one for ``other op self``."""
    scalar: Any = op.scalar

    def method(self: Any, other: Any) -> Any:
        a, mode = self._raw, current_mode()
        if a.__class__ is float and mode.plain and self.op is not CONSTANT:
            if other.__class__ is self.__class__ and other.op is not CONSTANT:
                b = other._raw
            elif other.__class__ is float or other.__class__ is int:
                b = other
            else:
                return apply(op, (self, other)) if is_operand(other) else NotImplemented
            try:
                y = scalar(a, b)
            except ArithmeticError:
                return apply(op, (self, other))
            node = new(self.number)
            node._raw = y
            node.op = op
            node.left = self
            node.right = other
            node.left_data = a
            node.right_data = b
            node.grad = None
            node.note = mode.note
            return node
        return apply(op, (self, other)) if is_operand(other) else NotImplemented

    def reflected(self: Any, other: Any) -> Any:
        return apply(op, (other, self)) if is_operand(other) else NotImplemented

    return method, reflected


def unary(op: Op) -> Callable[[Any], Any]:
    """The method for an op of one operand."""

    def method(self: Any) -> Any:
        return apply(op, (self,))

    method.__name__ = op.name
    method.__doc__ = op.doc or f"``ops.{op.name}(self)``."
    return method


def in_place(record: Method, ufunc: Any) -> Method:
    """``self op= other``: updates a Parameter, and any leaf inside no_grad(); else it records and rebinds."""

    def method(self: Any, other: Any) -> Any:
        if not self.updates_in_place():
            return record(self, other)
        if not is_operand(other):
            return NotImplemented
        self.update(ufunc, plain(other))
        return self

    return method


def compare(relation: Callable[[Any, Any], Any], recorded: Callable[[Any, Any], Any]) -> Method:
    """A comparison by data: a plain bool, or a plain array of them.

    While vectorize traces, one of numbers is ``recorded``, as 1 or 0: another sample may give another answer.
    """

    def method(self: Any, other: Any) -> Any:
        if not is_operand(other):
            return NotImplemented
        if current_mode().tracing and not self.is_array:
            return recorded(self, other)
        return relation(self._raw, plain(other))

    return method


class Operators(Node):
    """What both kinds of node can do. Methods mirror NumPy's functions and ndarray's methods."""

    __slots__ = ()

    __add__, __radd__ = binary(ops.add)
    __sub__, __rsub__ = binary(ops.subtract)
    __mul__, __rmul__ = binary(ops.multiply)
    __truediv__, __rtruediv__ = binary(ops.divide)
    __floordiv__, __rfloordiv__ = binary(ops.floor_divide)
    __mod__, __rmod__ = binary(ops.mod)
    __neg__ = unary(ops.negative)
    __pos__ = unary(ops.identity)
    __abs__ = unary(ops.absolute)

    def __pow__(self, other: Any) -> Any:
        return ops.power(self, other) if is_operand(other) else NotImplemented

    def __rpow__(self, other: Any) -> Any:
        return ops.power(other, self) if is_operand(other) else NotImplemented

    def __divmod__(self, other: Any) -> Any:
        return ops.divmod(self, other) if is_operand(other) else NotImplemented

    def __rdivmod__(self, other: Any) -> Any:
        return ops.divmod(other, self) if is_operand(other) else NotImplemented

    __iadd__ = in_place(__add__, np.add)
    __isub__ = in_place(__sub__, np.subtract)
    __imul__ = in_place(__mul__, np.multiply)
    __itruediv__ = in_place(__truediv__, np.divide)
    __ipow__ = in_place(__pow__, np.power)
    __ifloordiv__ = in_place(__floordiv__, np.floor_divide)
    __imod__ = in_place(__mod__, np.remainder)

    __lt__ = compare(operator.lt, lambda a, b: ops.greater(b, a))
    __gt__ = compare(operator.gt, ops.greater)
    __le__ = compare(operator.le, lambda a, b: ops.greater(b, a) + ops.equal(a, b))  # nan is neither
    __ge__ = compare(operator.ge, lambda a, b: ops.greater(a, b) + ops.equal(a, b))
    __eq__ = compare(operator.eq, ops.equal)
    __ne__ = compare(operator.ne, lambda a, b: 1 - ops.equal(a, b))
    __hash__ = object.__hash__

    exp, expm1, exp2 = unary(ops.exp), unary(ops.expm1), unary(ops.exp2)
    log, log1p, log2, log10 = unary(ops.log), unary(ops.log1p), unary(ops.log2), unary(ops.log10)
    sqrt, square, cbrt, abs = unary(ops.sqrt), unary(ops.square), unary(ops.cbrt), unary(ops.absolute)
    sin, cos, tan = unary(ops.sin), unary(ops.cos), unary(ops.tan)
    arcsin, arccos, arctan = unary(ops.arcsin), unary(ops.arccos), unary(ops.arctan)
    sinh, cosh, tanh = unary(ops.sinh), unary(ops.cosh), unary(ops.tanh)
    arcsinh, arccosh, arctanh = unary(ops.arcsinh), unary(ops.arccosh), unary(ops.arctanh)
    sigmoid, relu, softplus = unary(ops.sigmoid), unary(ops.relu), unary(ops.softplus)
    log_sigmoid, erf, gelu, step = unary(ops.log_sigmoid), unary(ops.erf), unary(ops.gelu), unary(ops.step)
    sign, floor, ceil, trunc = unary(ops.sign), unary(ops.floor), unary(ops.ceil), unary(ops.trunc)
    fabs, conj, conjugate = unary(ops.absolute), unary(ops.identity), unary(ops.identity)

    def leaky_relu(self, slope: float = 0.01) -> Self:
        """x where x > 0, else slope * x."""
        return ops.leaky_relu(self, slope)  # type: ignore[no-any-return]

    def elu(self, alpha: float = 1.0) -> Self:
        """x where x > 0, else alpha * (exp(x) - 1)."""
        return ops.elu(self, alpha)  # type: ignore[no-any-return]

    def clip(self, a_min: Any = None, a_max: Any = None, **more: Any) -> Self:
        """Kept between two bounds, which NumPy calls ``min`` and ``max``, too."""
        return ops.clip(self, a_min, a_max, **more)  # type: ignore[no-any-return]

    def maximum(self, other: Any) -> Any:
        """The larger of the two."""
        return ops.maximum(self, other)

    def minimum(self, other: Any) -> Any:
        """The smaller of the two."""
        return ops.minimum(self, other)

    def arctan2(self, other: Any) -> Any:
        """The angle of the point (other, self)."""
        return ops.arctan2(self, other)

    def hypot(self, other: Any) -> Any:
        """The distance of the point (self, other) from (0, 0)."""
        return ops.hypot(self, other)

    def fmod(self, other: Any) -> Any:
        """The remainder with the sign of ``self``."""
        return ops.fmod(self, other)

    def reciprocal(self) -> Any:
        """1 / self."""
        return ops.reciprocal(self)

    def deg2rad(self) -> Any:
        """Degrees as radians."""
        return ops.deg2rad(self)

    def rad2deg(self) -> Any:
        """Radians as degrees."""
        return ops.rad2deg(self)

    radians, degrees = deg2rad, rad2deg

    @property
    def real(self) -> Any:
        """Itself, as a node of its own: all numbers here are real."""
        return ops.identity(self)

    @property
    def imag(self) -> Any:
        """0: all numbers here are real."""
        return ops.imag(self)

    def round(self, decimals: int = 0) -> Self:
        """Rounded; the gradient is zero."""
        return ops.rint(self, decimals)  # type: ignore[no-any-return]

    __round__ = round
    rint = round

    def detach(self) -> Self:
        """The same value as a constant, which stays what it is when this node is updated: nothing is recorded."""
        if current_mode().tracing:
            return ops.stop_gradient(self)  # type: ignore[no-any-return]
        return self.record(CONSTANT, self._raw.copy() if self.is_array else self._raw, (), (), None)

    def item(self) -> float:
        """The plain Python float of a single number."""
        refuse_while_tracing("a plain number", "stay with Values and the functions of ops")
        return float(self._raw.item() if self.is_array else self._raw)

    # Ways out that would lose the graph ----------------------------------------------------------------------

    def __float__(self) -> float:
        refuse_while_tracing("float()", "stay with Values; ops.exp(x), x.log(), ... take them")
        if not (self.may_become_plain() or only_looked_at()):
            raise self.detach_error("float()")
        return self.item()

    def __int__(self) -> int:
        refuse_while_tracing("int()", "name the argument in static=, if it is the same for all samples")
        if not self.may_become_plain():
            raise self.detach_error("int()")
        return int(self.item())

    def __trunc__(self) -> int:
        return int(self.__float__())

    def as_integer_ratio(self) -> tuple[int, int]:
        """As float.as_integer_ratio, of a constant: what the standard library's statistics and fractions ask for."""
        return self.__float__().as_integer_ratio()

    def __complex__(self) -> complex:
        return complex(self.__float__())

    # NumPy's protocols ---------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        return array_ufunc(ufunc, method, inputs, out, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return array_function(function, args, dict(kwargs))

    # What a kind of node defines -----------------------------------------------------------------------------

    def updates_in_place(self) -> bool:
        """Do in-place operators change this node rather than record? Leaves do, inside no_grad()."""
        return self.op is None and not current_mode().recording

    def update(self, ufunc: Any, other: Any) -> None:
        """``self._raw = ufunc(self._raw, other)``, in place; np.positive stands for assignment of ``other``.

        What optimisers call. Graphs recorded before stay right, or know that they are stale.
        """
        raise NotImplementedError
