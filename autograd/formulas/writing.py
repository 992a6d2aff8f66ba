"""Expressions as NumPy source and as text.

NumPy source is not kept in a table: each op's own forward runs on `Source` objects (source.py), which write
themselves down. So ``np.tanh`` writes ``np.tanh(z)``, and relu's ``np.maximum(x, 0)`` that. Text is the same with the
names that textbooks use. May import source.py and simplify.py. Read latex.py next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from itertools import islice
from typing import Any

import numpy as np

from autograd import ops
from autograd.formulas.expression import Application, Atom, Expression, Number, Prime, Size, sample
from autograd.formulas.simplify import OUTER
from autograd.formulas.source import Source, shown, shown_index
from autograd.op import Op
from autograd.ops.arithmetic import fixed_power, general_power, quiet_power, select

__all__ = ["NumPySource", "PlainText", "call_arguments", "heading"]

# Rows whose forward is written for speed or for extremes, as a reader writes them. --------------------------------


def _softmax_cross_entropy(z: Any, y: Any) -> Any:
    return np.mean(np.logaddexp.reduce(z, axis=-1) - np.sum(y * z, axis=-1))


def _sum_to(x: Any, shape: tuple[int, ...]) -> Any:
    extra = x.ndim - len(shape)
    x = np.sum(x, axis=tuple(range(extra))) if extra else x
    ones = tuple(i for i, n in enumerate(shape) if n == 1 and x.shape[i] != 1)
    return np.sum(x, axis=ones, keepdims=True) if ones else x


READABLE: dict[Op, Callable[..., Any]] = {
    ops.step: lambda x: x > 0,
    ops.greater: lambda a, b: a > b,
    ops.equal: lambda a, b: a.same_as(b) if isinstance(a, Source) else b.same_as(a),
    ops.sigmoid: lambda x: 1 / (1 + np.exp(-x)),
    ops.softmax: lambda x, axis: np.exp(x - np.logaddexp.reduce(x, axis=axis, keepdims=True)),
    ops.log_softmax: lambda x, axis: x - np.logaddexp.reduce(x, axis=axis, keepdims=True),
    ops.logsumexp: lambda x, axis, keepdims: np.logaddexp.reduce(x, axis=axis, keepdims=keepdims),
    ops.softmax_cross_entropy: _softmax_cross_entropy,
    ops.sum_to: _sum_to,
    ops.identity: lambda x: x,
    ops.as_tensor: lambda x: x,
    ops.getitem: lambda x, index: x[index],
}

# Rows that text writes as NumPy does, with operators, methods and brackets; it calls all others by their names.
STRUCTURE = {
    ops.add, ops.subtract, ops.multiply, ops.divide, ops.negative, ops.matmul, fixed_power, general_power, quiet_power,
    ops.step, ops.greater, ops.equal, ops.transpose, ops.sum, ops.mean, ops.max, ops.min, ops.reshape, ops.getitem,
    ops.item, ops.broadcast_to, OUTER, select, ops.as_tensor, ops.einsum, ops.concatenate, ops.stack,
}  # fmt: skip


class NumPySource:
    """Writes expressions as NumPy source. ``names`` has those that are written by a name."""

    prefix = "np."

    def __init__(self, names: Mapping[Expression, str]) -> None:
        self.names = names

    def line(self, x: Expression, definition: bool) -> str:
        """The right side of a line; of a ``definition``, all of it, even if ``x`` has a name."""
        return self.as_number(self.write(x, definition)).text

    def as_number(self, x: Source) -> Source:
        """A comparison, which is a mask to NumPy, as the zeros and ones that it is to a rule."""
        return 1.0 * x if x.dtype == bool else x

    def write(self, x: Expression, definition: bool = False) -> Source:
        """``x`` by its name, or, if it has none or this is its ``definition``, written out."""
        like = sample(x.shape)
        if x in self.names and not definition:
            return Source(self.names[x], like, "", self.prefix)
        if isinstance(x, Atom):
            return Source(x.name, like, "", self.prefix)
        if isinstance(x, Number):
            text = self.number(x.value)
            symbol = "*" if " * " in text else "neg" if text.startswith("-") else ""
            return Source(text, x.value, symbol, self.prefix)
        if isinstance(x, Prime):
            return self.prime(x)
        assert isinstance(x, Application)
        return self.application(x.op, [self.write(part) for part in x.parts], self.parameters(x.params, x), x)

    def number(self, value: float) -> str:
        """A number, or the letter of one."""
        return shown(value)

    def prime(self, x: Prime) -> Source:
        """The derivative of an elementwise op."""
        return self.write(x.body)

    def parameters(self, params: Any, x: Expression) -> Any:
        """Static parameters with arrays replaced by their names."""
        if isinstance(params, np.ndarray) and not params.ndim:
            return params.item()
        if isinstance(params, np.ndarray):
            name = x.book.name_of(params)
            return Source(self.write(name).text, params, self.write(name).symbol, self.prefix)
        return tuple(self.parameters(p, x) for p in params) if isinstance(params, tuple) else params

    def application(self, op: Op, parts: list[Source], params: tuple[Any, ...], x: Application) -> Source:
        """An op on what has been written.

        Raises: TypeError for an op of yours whose forward cannot be written.
        """
        try:
            numbers = [part if op is ops.multiply and slot else self.as_number(part) for slot, part in enumerate(parts)]
            found = READABLE.get(op, op.forward)(*numbers, *params)
        except (TypeError, AttributeError, ValueError, IndexError):
            found = None
        if isinstance(found, Source):
            return found
        name = next((name for name, row in vars(ops).items() if row is op), None)
        if name is None:
            raise TypeError(
                f"the forward of {op.name} is no expression of NumPy's functions, so its source cannot be written; "
                f"print the text, or write the forward as one"
            )
        return self.call(name, parts, params, x, "" if op is ops.place else "ops.")

    def call(self, name: str, parts: list[Source], params: tuple[Any, ...], x: Application, prefix: str) -> Source:
        """A call of a function by ``name``."""
        arguments = [*map(shown, parts), *call_arguments(x.op, len(parts), params, self.prefix)]
        return Source(f"{prefix}{name}({', '.join(arguments)})", sample(x.shape), "", self.prefix)


class PlainText(NumPySource):
    """Writes expressions as a textbook does: relu(z1), relu'(z1), numbers with six digits."""

    prefix = ""

    def as_number(self, x: Source) -> Source:
        """A comparison stands for a number."""
        return x

    def number(self, value: float) -> str:
        """A number, or the letter of one."""
        return value.text if isinstance(value, Size) else f"{value:.6g}"

    def prime(self, x: Prime) -> Source:
        """The derivative of an elementwise op."""
        return Source(f"{x.op.name}'({self.write(x.parts[0]).text})", sample(x.shape), "", self.prefix)

    def application(self, op: Op, parts: list[Source], params: tuple[Any, ...], x: Application) -> Source:
        """An op on what has been written."""
        if op in STRUCTURE:
            return super().application(op, parts, params, x)
        return self.call(op.name, parts, params, x, "")


PLACE = '''def place(x, index, shape):
    """Zeros of a shape, with x added at the index."""
    whole = np.zeros(shape, np.result_type(x))
    np.add.at(whole, index, x)
    return whole
'''


def heading(source: str) -> str:
    """What goes before a source: imports, and the one function that NumPy lacks."""
    places = re.search(r"\bplace\(", source)
    imports = [line for line, used in (("import numpy as np", places or "np." in source),
               ("from autograd import ops", "ops." in source)) if used]  # fmt: skip
    return "\n".join([*imports, *(["", "", PLACE] if places else [])])


def call_arguments(op: Op, operands: int, params: tuple[Any, ...], prefix: str) -> list[str]:
    """The parameters of a call, arrays as they are and others by keyword, without what the op takes anyway."""
    rules = op.vjps if isinstance(op.vjps, tuple) else ()
    rule = next((rule for rule in rules if rule is not None), None)
    if op.prepare is None or rule is None:
        return list(map(shown, params))
    taken = signature(op.prepare).parameters
    written = []
    for key, x in zip(islice(signature(rule).parameters, 2 + operands, None), params, strict=False):
        if key == "index":
            written.append(f"index={'np.s_' if prefix else ''}[{shown_index(x)}]")
        elif isinstance(x, Source) or key not in taken:
            written.append(shown(x))
        elif taken[key].default is Parameter.empty or taken[key].default != x:
            written.append(f"{key}={shown(x)}")
    return written
