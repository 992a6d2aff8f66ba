"""What a reader would write in place of what a rule gives: 1 * x is x, x / 1 too, the transpose of a transpose.

Signs, numbers and the number of samples go to the front and the end of a product: ``0.5 * (1 / n) * (2 * e)`` is
``e / n``. Every rewrite here holds for all values, up to rounding. May import expression.py. Read writing.py next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeGuard

import numpy as np

from autograd import ops
from autograd.formulas.expression import Application, Expression, Number, Size
from autograd.op import Op
from autograd.ops.arithmetic import fixed_power, general_power, quiet_power

__all__ = ["OUTER", "simplified"]

OUTER = Op("outer", np.outer, ())  # a column times a row: for printing only


class Scaled(NamedTuple):
    """``above / below / sizes * core``; ``core`` is None for a plain number."""

    above: float
    below: float
    sizes: tuple[Size, ...]
    core: Expression | None


def scaled(x: Expression) -> Scaled:
    """``x`` with its sign and its numbers taken out of the product."""
    above, below, sizes = 1.0, 1.0, []
    core: Expression | None = x
    while core is not None:
        if isinstance(core, Number):
            above *= core.value
            core = None
        elif is_op(core, ops.negative):
            above, core = -above, core.parts[0]
        elif is_op(core, ops.multiply) and isinstance(core.parts[0], Number):
            above, core = above * core.parts[0].value, core.parts[1]
        elif is_op(core, ops.divide) and isinstance(core.parts[1], Number):
            divisor = core.parts[1].value
            if isinstance(divisor, Size):
                sizes.append(divisor)
            elif divisor == 0:
                break
            else:
                below *= divisor
            core = core.parts[0]
        else:
            break
    return Scaled(above, below, tuple(sizes), core)


def written(x: Scaled, like: Expression) -> Expression:
    """The expression of a scaled one: the sign first, then the number, at the end the divisors."""
    book, core = like.book, x.core
    sign, above, below = (-1 if x.above * x.below < 0 else 1), abs(x.above), abs(x.below)
    if above and (above / below).is_integer():
        above, below = above / below, 1.0
    elif above and (below / above).is_integer():
        above, below = 1.0, below / above
    if core is None:
        core, above = book.number(above), 1.0
    turned = _opposite(core) if sign < 0 else None
    if turned is not None:
        sign, core = 1, turned
    if above != 1:
        core = book.application(ops.multiply, (book.number(above), core))
    for divisor in ((below,) if below != 1 else ()) + x.sizes[::-1]:
        if isinstance(core, Number) and not isinstance(divisor, Size):
            core = book.number(core.value / divisor)
        else:
            core = book.application(ops.divide, (core, book.number(divisor)))
    if sign < 0:
        core = book.number(-core.value) if isinstance(core, Number) else book.application(ops.negative, (core,))
    return core


def _opposite(x: Expression) -> Expression | None:
    """Minus ``x`` where a reader needs no sign for it: b - a, c * (b - a), (b - a) / c, and 1 / c of -1 / c."""
    if is_op(x, ops.subtract):
        return x.book.application(ops.subtract, x.parts[::-1])
    if is_op(x, ops.multiply) and is_op(x.parts[1], ops.subtract):
        return x.book.application(ops.multiply, (x.parts[0], _opposite(x.parts[1])))  # type: ignore[arg-type]
    if is_op(x, ops.divide):
        a, b = x.parts
        above = x.book.number(-a.value) if isinstance(a, Number) and a.value < 0 else None
        above = _opposite(a) if is_op(a, ops.subtract) else above
        return None if above is None else x.book.application(ops.divide, (above, b))
    return None


def is_op(x: Expression | None, *rows: Op) -> TypeGuard[Application]:
    return isinstance(x, Application) and x.op in rows


def is_number(x: Expression, value: float | None = None) -> bool:
    return isinstance(x, Number) and (value is None or x.value == value)


# One function an op: what the application is to a reader, or None --------------------------------------------------


def _add(a: Expression, b: Expression) -> Expression | None:
    a, b = _bare(a, b), _bare(b, a)
    if is_number(a, 0) or is_number(b, 0):
        return b if is_number(a, 0) else a
    if isinstance(a, Number) and isinstance(b, Number):
        return a.book.number(a.value + b.value)
    if a is b:
        return a.book.apply(ops.multiply, (a.book.number(2), a))
    if is_op(b, ops.negative):
        return a.book.apply(ops.subtract, (a, b.parts[0]))
    if is_op(a, ops.negative):
        return a.book.apply(ops.subtract, (b, a.parts[0]))
    return a.book.application(ops.add, (a, b))


def _subtract(a: Expression, b: Expression) -> Expression | None:
    a, b = _bare(a, b), _bare(b, a)
    if is_number(b, 0):
        return a
    if isinstance(a, Number) and isinstance(b, Number):
        return a.book.number(a.value - b.value)
    if is_number(a, 0):
        return a.book.apply(ops.negative, (b,))
    if is_op(b, ops.negative):
        return a.book.apply(ops.add, (a, b.parts[0]))
    return a.book.application(ops.subtract, (a, b))


def _negative(x: Expression) -> Expression | None:
    part = scaled(x)
    return written(part._replace(above=-part.above), x)


def _multiply(a: Expression, b: Expression) -> Expression | None:
    if is_number(a, 0) or is_number(b, 0):
        return a.book.number(0.0)
    if is_op(b, ops.divide) and isinstance(b.parts[0], Number) and not isinstance(b.parts[1], Number):
        return a.book.apply(ops.divide, (a.book.apply(ops.multiply, (a, b.parts[0])), b.parts[1]))
    left, right = scaled(a), scaled(b)
    cores = [core for core in (left.core, right.core) if core is not None]
    core = _core_product(*cores) if len(cores) == 2 else cores[0] if cores else None
    product = Scaled(left.above * right.above, left.below * right.below, left.sizes + right.sizes, core)
    return written(product, a)


def _core_product(a: Expression, b: Expression) -> Expression:
    for column, row in ((a, b), (b, a)):  # a column times a row is their outer product
        u, v = _reshaped_from(column, (-1, 1)), _reshaped_from(row, (1, -1))
        if u is not None and (v is not None or row.ndim == 1):
            return a.book.application(OUTER, (u, row if v is None else v))
    return a.book.application(ops.multiply, (_bare(a, b), _bare(b, a)))


def _bare(x: Expression, beside: Expression) -> Expression:
    """``x`` without axes of length 1 in front, where broadcasting to ``beside`` puts them back."""
    part = scaled(x)
    core = part.core
    if core is None or core.ndim > beside.ndim:
        return x
    if is_op(core, ops.reshape) and core.shape == (1,) * (core.ndim - core.parts[0].ndim) + core.parts[0].shape:
        return written(part._replace(core=core.parts[0]), x)
    if is_op(core, ops.sum, ops.mean, ops.max, ops.min) and core.params == (0, True):
        bare = x.book.application(core.op, core.parts, (0, False))
        return written(part._replace(core=bare), x)
    return x


def _reshaped_from(x: Expression, pattern: tuple[int, int]) -> Expression | None:
    """The vector that ``x`` is as a column (-1, 1) or as a row (1, -1)."""
    if not is_op(x, ops.reshape) or x.parts[0].ndim != 1 or x.ndim != 2:
        return None
    return x.parts[0] if x.shape[pattern.index(1)] == 1 else None


def _divide(a: Expression, b: Expression) -> Expression | None:
    a, b = _bare(a, b), _bare(b, a)
    above, below = scaled(a), scaled(b)
    if is_number(a, 0) or is_number(b, 0):
        return a if is_number(a, 0) else a.book.application(ops.divide, (a, b))
    if below.core is None and isinstance(b, Number) and isinstance(b.value, Size):
        return written(above._replace(sizes=(*above.sizes, b.value)), a)
    if below.core is None:
        sizes = above.sizes
        return written(Scaled(above.above, above.below * below.above, sizes, above.core), a)
    if above.core is None:
        return a.book.application(ops.divide, (a, b))
    ratio = a.book.application(ops.divide, (above.core, b))
    return written(above._replace(core=ratio), a) if above.core is not a else ratio


def _guarded_product(a: Expression, b: Expression) -> Expression | None:
    return a.book.apply(ops.multiply, (a, b))


def _guarded_quotient(a: Expression, b: Expression) -> Expression | None:
    return a.book.apply(ops.divide, (a, b))


def _power(a: Expression, b: Expression) -> Expression | None:
    if is_number(b, 0):
        return a.book.number(1.0)
    return a if is_number(b, 1) else None


def _transpose(x: Expression, axes: Any) -> Expression | None:
    if x.ndim < 2:
        return x
    plain = axes is None or (x.ndim == 2 and axes == (1, 0))
    if plain and is_op(x, ops.transpose) and x.params == (None,):
        return x.parts[0]
    if axes is not None:
        order = tuple(range(x.ndim))
        if axes == order:
            return x
        if is_op(x, ops.transpose) and x.params[0] is not None and tuple(np.take(x.params[0], axes)) == order:
            return x.parts[0]
        return x.book.apply(ops.transpose, (x,), (None,)) if plain else None
    return None


def _reshape(x: Expression, shape: Any) -> Expression | None:
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    if sizes == x.shape:
        return x
    part = scaled(x)
    if part.core is None or part.core is x or part.core.ndim != x.ndim:
        return None
    return written(part._replace(core=x.book.apply(ops.reshape, (part.core,), (shape,))), x)


def _broadcast_to(x: Expression, shape: Any) -> Expression | None:
    return x if tuple(shape) == x.shape else None


def _sum(x: Expression, axis: Any, keepdims: bool) -> Expression | None:
    if x.shape == ():
        return x
    if axis == (0,) and not keepdims and is_op(x, ops.multiply):  # of a matrix times a column: X.T @ g
        matrix, column = x.parts
        vector = _reshaped_from(column, (-1, 1))
        if vector is not None and matrix.ndim == 2:
            return x.book.apply(ops.matmul, (matrix.T, vector))
    part = scaled(x)
    if part.core is None or part.core is x:
        return None
    return written(part._replace(core=x.book.apply(ops.sum, (part.core,), (axis, keepdims))), x)


def _getitem(x: Expression, index: Any) -> Expression | None:
    last = isinstance(index, tuple) and len(index) == 2 and index[0] is ... and index[1].__class__ is int
    if last and is_op(x, ops.matmul):  # a matrix times a vector written as a column
        vector = _reshaped_from(x.parts[1], (-1, 1))
        if vector is not None:
            return x.book.apply(ops.matmul, (x.parts[0], vector))
    return None


SIMPLER: dict[Op, Callable[..., Expression | None]] = {
    ops.add: _add,
    ops.subtract: _subtract,
    ops.negative: _negative,
    ops.multiply: _multiply,
    ops.divide: _divide,
    ops.product_or_zero: _guarded_product,
    ops.quotient_or_zero: _guarded_quotient,
    fixed_power: _power,
    general_power: _power,
    quiet_power: _power,
    ops.transpose: _transpose,
    ops.reshape: _reshape,
    ops.broadcast_to: _broadcast_to,
    ops.sum: _sum,
    ops.getitem: _getitem,
}


def simplified(op: Op, parts: tuple[Expression, ...], params: tuple[Any, ...]) -> Expression | None:
    """What a reader would write for ``op`` on ``parts``; None if that is it."""
    simpler = SIMPLER.get(op)
    return simpler(*parts, *params) if simpler else None
