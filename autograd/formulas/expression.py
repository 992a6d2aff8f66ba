"""Expressions: what the rules of the table give when they run on names.

An `Expression` is a name, a number, or an op applied to expressions. Python's operators and the ops of the table
build them, so a rule runs on them as it runs on arrays: ``tanh``'s ``g * (1 - y * y)`` gives the tree of that
formula. Each knows its shape. A `Book` keeps all expressions of one formula, every one once: equal ones are the same
object, and one with two users is worth a name. May import ops. Read simplify.py next.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from autograd import ops
from autograd.op import Op, Symbolic

__all__ = ["Application", "Atom", "Book", "Expression", "Number", "Prime", "Size", "fitted", "sample"]

Shape = tuple[int, ...]
Simplifier = Callable[..., "Expression | None"]


class Size(int):
    """A number of samples, which is printed by its letter.

    Products and differences keep it; all other arithmetic gives plain numbers.

    >>> Size(6, "n") * 2, str(Size(6, "n") * 2), str(Size(6, "n") - 1)
    (12, '2 * n', '(n - 1)')
    """

    text: str

    def __new__(cls, value: int, text: str) -> Self:  # noqa: D102 (as int's)
        size = super().__new__(cls, value)
        size.text = text
        return size

    def __mul__(self, other: Any) -> Any:
        product = super().__mul__(other)
        if product is NotImplemented or int(other) == 1:
            return self if product is not NotImplemented else product
        return Size(product, f"{other} * {self.text}")

    __rmul__ = __mul__

    def __sub__(self, other: Any) -> Any:
        return self if other == 0 else Size(int(self) - other, f"({self.text} - {other})")

    def __str__(self) -> str:
        return self.text


class Expression(Symbolic):
    """A formula: a name, a number, or an op applied to expressions."""

    __slots__ = ("book", "index", "parts", "shape")
    __array_ufunc__ = None  # an array beside an expression leaves the operator to the expression

    book: Book
    index: int  # in the order of making: what an expression is made of comes before it
    shape: Shape
    parts: tuple[Expression, ...]  # what it is made of

    def __init__(self, book: Book, shape: Shape, parts: tuple[Expression, ...] = ()) -> None:
        self.book, self.shape, self.parts = book, shape, parts
        self.index = len(book.expressions)
        book.expressions.append(self)

    def applied(self, op: Op, operands: tuple[Any, ...], params: tuple[Any, ...]) -> Expression:
        """The expression of ``op`` on ``operands``, as a reader would write it."""
        return self.book.apply(op, tuple(map(self.book.lift, operands)), params)

    @property
    def ndim(self) -> int:
        """How many axes it has."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many entries it has."""
        return math.prod(self.shape)

    @property
    def T(self) -> Any:
        """The transpose."""
        return ops.transpose(self)

    def __add__(self, other: Any) -> Any:
        return ops.add(self, other)

    def __radd__(self, other: Any) -> Any:
        return ops.add(other, self)

    def __sub__(self, other: Any) -> Any:
        return ops.subtract(self, other)

    def __rsub__(self, other: Any) -> Any:
        return ops.subtract(other, self)

    def __mul__(self, other: Any) -> Any:
        return ops.multiply(self, other)

    def __rmul__(self, other: Any) -> Any:
        return ops.multiply(other, self)

    def __truediv__(self, other: Any) -> Any:
        return ops.divide(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return ops.divide(other, self)

    def __matmul__(self, other: Any) -> Any:
        return ops.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return ops.matmul(other, self)

    def __pow__(self, other: Any) -> Any:
        return ops.power(self, other)

    def __rpow__(self, other: Any) -> Any:
        return ops.power(other, self)

    def __neg__(self) -> Any:
        return ops.negative(self)

    def __getitem__(self, index: Any) -> Any:
        return ops.getitem(self, index)


class Atom(Expression):
    """A name: of a leaf, of an array, or of a gradient that has a line of its own."""

    __slots__ = ("name",)

    def __init__(self, book: Book, name: str, shape: Shape) -> None:
        super().__init__(book, shape)
        self.name = name


class Number(Expression):
    """A number; a `Size` is one that has a letter."""

    __slots__ = ("value",)

    def __init__(self, book: Book, value: float) -> None:
        super().__init__(book, ())
        self.value = value


class Application(Expression):
    """An op applied to expressions."""

    __slots__ = ("op", "params")

    def __init__(self, book: Book, op: Op, parts: tuple[Expression, ...], params: tuple[Any, ...], shape: Shape):
        super().__init__(book, shape, parts)
        self.op, self.params = op, params


class Prime(Expression):
    """The derivative of an elementwise op at ``x``: relu'(x). ``body`` is what its rule gives."""

    __slots__ = ("body", "op")

    def __init__(self, op: Op, x: Expression, body: Expression):
        super().__init__(x.book, body.shape, (x,))
        self.op, self.body = op, body


class Book:
    """All expressions of a formula: equal ones are one object.

    ``simplified(op, parts, params)`` gives what a reader would write in place of an application, or None.
    ``name_of(array)`` gives the expression for a plain array.
    """

    def __init__(self, simplified: Simplifier, name_of: Callable[[np.ndarray], Expression]) -> None:
        self.expressions: list[Expression] = []
        self.known: dict[Any, Expression] = {}
        self.simplified, self.name_of = simplified, name_of

    def number(self, value: float) -> Expression:
        """A number as an expression."""
        key = ("number", str(value) if isinstance(value, Size) else float(value))
        if key not in self.known:
            self.known[key] = Number(self, value)
        return self.known[key]

    def lift(self, x: Any) -> Expression:
        """An operand as an expression: arrays by their names."""
        if isinstance(x, np.ndarray) and x.dtype == object and x.ndim == 0:
            x = x.item()  # NumPy's box around an expression
        if isinstance(x, Expression):
            return x
        if isinstance(x, (list, tuple)) or (isinstance(x, np.ndarray) and x.ndim):
            return self.name_of(np.asarray(x))
        return self.number(x if isinstance(x, Size) else float(x))

    def apply(self, op: Op, parts: tuple[Expression, ...], params: tuple[Any, ...] = ()) -> Expression:
        """``op`` on ``parts``, as a reader would write it."""
        simple = self.simplified(op, parts, params)
        return simple if simple is not None else self.application(op, parts, params)

    def application(self, op: Op, parts: tuple[Expression, ...], params: tuple[Any, ...] = ()) -> Expression:
        """``op`` on ``parts``, as it stands."""
        key = key_of(op, parts, params)
        if key not in self.known:
            self.known[key] = Application(self, op, parts, params, shape_after(op, parts, params))
        return self.known[key]

    def record(self, op: Op, parts: tuple[Expression, ...], params: tuple[Any, ...], shape: Shape) -> Expression:
        """The application that a node of the graph stands for, affine as X @ W + b: one each, even of equals."""
        if op is ops.affine:
            op, parts = ops.add, (self.application(ops.matmul, parts[:2]), parts[2])
        made = Application(self, op, parts, params, shape)
        self.known.setdefault(key_of(op, parts, params), made)
        return made


def fitted(c: Expression, shape: Shape, target: Shape, elementwise: bool) -> Expression:
    """``c``, the gradient that a node of ``shape`` sends, summed over what broadcasting added to ``target``.

    One that is smaller may stay so.
    """
    if elementwise and shape not in (target, c.shape):
        c = ops.broadcast_to(c, shape)
    if c.ndim > len(target):
        extra = tuple(range(c.ndim - len(target)))
        c = ops.sum(c, axis=_one_or_several(extra) if target else None)
    ones = tuple(i for i, n in enumerate(target) if c.ndim == len(target) and n == 1 != c.shape[i])
    return ops.sum(c, axis=_one_or_several(ones), keepdims=True) if ones else c


def _one_or_several(axes: tuple[int, ...]) -> int | tuple[int, ...]:
    return axes if len(axes) > 1 else axes[0]


def key_of(op: Op, parts: tuple[Expression, ...], params: tuple[Any, ...]) -> Any:
    return (op, tuple(part.index for part in parts), tuple(map(_parameter_key, params)))


def _parameter_key(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        return (x.shape, x.dtype.str, x.tobytes())
    return tuple(map(_parameter_key, x)) if isinstance(x, (tuple, list)) else repr(x)


def shape_after(op: Op, parts: tuple[Expression, ...], params: tuple[Any, ...]) -> Shape:
    """The shape of the result, from the op's own forward on samples."""
    if op.elementwise:
        return np.broadcast_shapes(*(part.shape for part in parts))
    with np.errstate(all="ignore"):
        return np.shape(op.forward(*(sample(part.shape) for part in parts), *params))


def sample(shape: Shape) -> np.ndarray:
    """Positive numbers to learn shapes from; a square matrix of them is symmetric and has an inverse."""
    return np.ones(shape) + (np.eye(shape[-2], shape[-1]) if len(shape) > 1 else 0)
