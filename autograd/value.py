"""Value: a node that holds one Python float.

A Value is the result of at most two numbers. Their nodes and data are attributes of its own, not tuples:
one object a number, where Python's garbage collector would otherwise see three.
May import operators.py. Read tensor.py next.
"""

from __future__ import annotations

import math
from numbers import Real
from typing import Any, Self

import numpy as np

from autograd import ops
from autograd.mode import Note, current_mode, refuse_while_tracing
from autograd.node import Node, describe
from autograd.op import CONSTANT, Op
from autograd.operators import Operators

__all__ = ["Value"]


class Value(Operators, holds="number"):
    """One number that remembers how it was computed.

    Drop-in for micrograd's class: operators, ``relu()``, ``exp()``, ``tanh()`` ..., ``backward()``, ``.data``
    and ``.grad``. Arithmetic follows float64 NumPy: ``Value(0.0).log()`` is -inf, not an exception.

    Raises: TypeError for anything but a real number.

    >>> a = Value(-4.0); b = Value(2.0)
    >>> c = a * b + b**3
    >>> c.backward()
    >>> c.data, a.grad, b.grad
    (0.0, 2.0, 8.0)
    """

    __slots__ = ("left", "left_data", "right", "right_data")

    left: Any  # the first operand: a node or a number; None for a leaf
    right: Any  # the second operand; None if there is none
    left_data: Any  # the operands as they were at the forward pass
    right_data: Any

    shape: tuple[int, ...] = ()
    ndim = 0
    size = 1

    def __init__(self, data: Any, name: str | None = None) -> None:
        self._raw = _real(data)
        self.op = self.grad = self.left = self.right = self.left_data = self.right_data = None
        self.note = current_mode().note
        if name is not None:
            self.name = name

    @property
    def data(self) -> float:
        """The number. A leaf's can be set; graphs recorded before keep what they saw."""
        refuse_while_tracing(".data", "ops.stop_gradient(x) is the number without a gradient; read others before")
        return self._raw  # type: ignore[no-any-return]

    @data.setter
    def data(self, data: Any) -> None:
        refuse_while_tracing("an assignment to .data", "update Values outside of the function")
        if self.op is not None and self.op is not CONSTANT:
            raise ValueError(
                f"cannot set .data of {describe(self)}: it was computed by {self.op}, and its graph would no longer "
                f"agree with it; set the data of a leaf, or make a new Value"
            )
        self._raw = _real(data)

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The operands, in order, repeats kept: nodes, and constants as plain numbers."""
        if self.left is None:
            return ()
        return (self.left,) if self.right is None else (self.left, self.right)

    @property
    def saved(self) -> tuple[Any, ...]:
        """``(output, *operands, *parameters)`` as they were at the forward pass."""
        if self.left is None:
            return ()
        operands = (self.left_data,) if self.right is None else (self.left_data, self.right_data)
        return (self._raw, *operands, *(self.note.params if self.note else ()))

    def operand(self) -> float:
        return self._raw  # type: ignore[no-any-return]

    @classmethod
    def record(cls, op: Op, output: Any, inputs: tuple[Any, ...], saved: tuple[Any, ...], note: Note | None) -> Self:
        node = cls.__new__(cls)
        node._raw, node.op, node.grad, node.note = output, op, None, note
        n = len(inputs)
        node.left, node.left_data = (inputs[0], saved[1]) if n else (None, None)
        node.right, node.right_data = (inputs[1], saved[2]) if n == 2 else (None, None)
        if len(saved) > n + 1:
            node.note = (note or Note())._replace(params=saved[n + 1 :])
        return node

    def fit(self, cotangent: Any) -> Any:
        if isinstance(cotangent, Node):
            return ops.item(ops.sum(cotangent)) if cotangent.is_array else cotangent
        return cotangent if cotangent.__class__ is float else float(np.sum(cotangent))

    def seed(self, grad: Any) -> Any:
        return 1.0 if grad is None else grad if isinstance(grad, Node) else _real(grad)

    def still_holds(self, data: Any) -> bool:
        return self._raw == data or (math.isnan(self._raw) and math.isnan(data))

    def update(self, ufunc: Any, other: Any) -> None:
        self._raw = _real(other if ufunc is np.positive else ufunc(self._raw, other))

    @classmethod
    def rebuild(cls, op: Op | None, inputs: tuple[Any, ...], state: tuple[Any, ...]) -> Self:
        data, grad, note, saved = state
        node = cls.record(op, data, inputs, saved, note)  # type: ignore[arg-type]
        node.grad = grad
        return node

    def __bool__(self) -> bool:
        refuse_while_tracing(
            "a branch (if, and, max, sorted)", "write ops.where(condition, a, b), ops.maximum(a, b), a.relu()"
        )
        return bool(self._raw)

    def __index__(self) -> int:
        refuse_while_tracing(
            "an index", "write ops.take(list, i) or ops.one_hot(i, n), or name the argument in static="
        )
        raise TypeError(f"{describe(self)} is no index: no gradient goes through positions; write int(x.data)")

    def __repr__(self) -> str:
        label = f", name={self.name!r}" if self.name else ""
        return f"Value(data={self._raw!r}, grad={self.grad!r}{label})"

    def __format__(self, spec: str) -> str:
        return format(self._raw, spec) if spec else repr(self)


def _real(data: Any) -> float:
    if isinstance(data, Real) or (isinstance(data, np.ndarray) and data.ndim == 0 and data.dtype.kind in "fiub"):
        return float(data)
    if isinstance(data, np.generic) and data.dtype.kind in "fiub":
        return float(data)
    if isinstance(data, Node):
        raise TypeError(f"a Value holds a plain number, not {describe(data)}: use it as it is, or its .data")
    raise TypeError(f"a Value holds one real number, not {data!r}, a {type(data).__name__}")
