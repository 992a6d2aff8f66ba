"""A graph and its gradients as calls of NumPy on a list of values, which can be made again and again.

The rules of the table run on names, as for the formulas, and every expression becomes a call; what NumPy can write
into an array that is there (``out=``) it does. May import blocks.py. Read stepping.py next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from autograd import ops
from autograd.formulas.expression import Application, Atom, Book, Expression, Number
from autograd.node import Node, depending_on
from autograd.op import Op
from autograd.vectorizer.blocks import aligned

__all__ = ["Calls", "Rules", "needed", "used_by"]


class Rules:
    """The expressions of a graph and of its gradients: what `pullback` computes, on names."""

    def __init__(self, nodes: list[Node], wrt: list[Node]) -> None:
        self.book = Book(same, self.constant)
        self.constants: dict[Expression, np.ndarray] = {}
        self.of: dict[Node, Expression] = {}
        for node in nodes:
            parts = tuple(self.operand(x) for x in node.inputs)
            if node.op is None:
                self.of[node] = Atom(self.book, "leaf", node.shape)
            elif node.op is ops.affine:
                product = self.book.application(ops.matmul, parts[:2])
                self.of[node] = self.book.record(ops.add, (product, parts[2]), (), node.shape)
            else:
                self.of[node] = self.book.record(node.op, parts, node.saved[1 + len(parts) :], node.shape)
        self.seed: Expression = Atom(self.book, "seed", nodes[-1].shape)
        self.gradients: dict[Node, Expression] = {nodes[-1]: self.seed}
        within = depending_on(set(wrt), nodes)
        for node in reversed(nodes):
            g = self.gradients.get(node)
            if node.op is None or g is None:
                continue
            parts = tuple(self.operand(x) for x in node.inputs)
            saved = (self.of[node], *parts, *node.saved[1 + len(parts) :])
            for x, rule in zip(node.inputs, node.op.vjps, strict=False):
                if isinstance(x, Node) and rule is not None and x in within:
                    c = self.fitted(self.book.lift(rule(g, *saved)), node, x.shape)
                    self.gradients[x] = self.gradients[x] + c if x in self.gradients else c

    def constant(self, array: np.ndarray) -> Expression:
        """An array of the program, or of a rule."""
        atom = Atom(self.book, "constant", array.shape)
        self.constants[atom] = array
        return atom

    def operand(self, x: Any) -> Expression:
        """What an operand is called."""
        return self.of[x] if isinstance(x, Node) else self.book.lift(x)

    def fitted(self, c: Expression, node: Node, shape: tuple[int, ...]) -> Expression:
        """Broadcasting undone by sums, as `Tensor.fit` does it."""
        assert node.op is not None
        if c.shape != shape and node.op.elementwise and c.shape != node.shape:
            c = ops.broadcast_to(c, node.shape)
        smaller = c.shape != shape and np.broadcast_shapes(c.shape, shape) == shape
        if smaller:
            return ops.broadcast_to(c, shape)  # type: ignore[no-any-return]
        return c if c.shape == shape else ops.sum_to(c, shape)


def same(op: Op, parts: tuple[Expression, ...], _params: tuple[Any, ...]) -> Expression | None:
    """What an application is equal to, to the last bit."""
    if op is ops.multiply:
        for x, other in (parts, parts[::-1]):
            if isinstance(x, Number) and x.value == 1 and other.shape:
                return other
    return parts[0] if op in (ops.identity, ops.as_tensor) else None


def needed(outputs: Iterable[Expression]) -> list[Expression]:
    """All that the outputs are made of, parts first."""
    seen: set[Expression] = set()
    stack = list(outputs)
    while stack:
        x = stack.pop()
        if x not in seen:
            seen.add(x)
            stack += x.parts
    return sorted((x for x in seen if isinstance(x, Application)), key=lambda x: x.index)


def used_by(expressions: Iterable[Expression]) -> set[Expression]:
    """All that the expressions take."""
    return {part for x in expressions for part in x.parts}


turned = attrgetter("T")


class Call(NamedTuple):
    """``values[target] = function(*(values[i] for i in slots), **options)``; an option is where it writes to."""

    function: Callable[..., Any]
    slots: tuple[int, ...]
    options: dict[str, Any]
    target: int


class Calls:
    """Expressions as calls of NumPy, each with its value in a list; what is computed once more is written over it."""

    def __init__(self, rules: Rules, given: dict[Expression, Any]) -> None:
        self.values: list[Any] = []
        self.slot: dict[Expression, int] = {}
        self.numbers: set[Expression] = set()  # what may not be a mask of booleans, for it is not only a factor
        self.dtype = np.result_type(*given.values())
        for x, array in given.items():
            self.slot[x] = self.keep(array)
        for x, array in rules.constants.items():
            self.slot[x] = self.keep(array.astype(self.dtype) if array.dtype.kind == "f" else array)

    def keep(self, value: Any) -> int:
        """A new place in the list."""
        self.values.append(value)
        return len(self.values) - 1

    def of(self, expressions: list[Expression], kept: set[Expression]) -> list[Call]:
        """Compute the expressions, parts first, and list the calls that do so again.

        A result may go where an operand was that nothing else needs, unless that is ``kept``.
        """
        found = []
        memory: dict[Expression, Expression] = {}  # of each expression the one whose array it is, or a view of
        for x in expressions:
            assert isinstance(x, Application)
            function, slots = self.function(x, tuple(map(self.place, x.parts)))
            with np.errstate(all="ignore"):
                y = np.asarray(function(*(self.values[i] for i in slots)))
            seen = [part for part in x.parts if part in memory and np.may_share_memory(y, self.values[self.slot[part]])]
            memory[x] = memory[seen[0]] if seen else x
            self.slot[x] = self.keep(y)
            found.append((x, function, slots, y))
        last = {memory[part]: x for x in expressions for part in x.parts if part in memory}
        busy = {memory[x] for x in kept if x in memory}
        owned: dict[Expression, np.ndarray] = {}  # the array of an expression, if it is ours to write to
        calls = []
        for x, function, slots, y in found:
            options = {}
            if isinstance(function, np.ufunc) and y.ndim and y.base is None:
                free = [
                    owned[part] for part in x.parts
                    if function is not np.matmul and part in owned and last[part] is x and part not in busy
                    and (owned[part].shape, owned[part].dtype) == (y.shape, y.dtype)
                ]  # fmt: skip
                options["out"] = owned[x] = free[0] if free else aligned(y)
            calls.append(Call(function, slots, options, self.slot[x]))
        return calls

    def place(self, x: Expression) -> int:
        """Where the value of a part lies."""
        if isinstance(x, Number):
            return self.keep(float(x.value))
        return self.slot[x]

    def function(self, x: Application, parts: tuple[int, ...]) -> tuple[Callable[..., Any], tuple[int, ...]]:
        """What computes an application, and the places of what it takes."""
        if x.op is ops.relu:
            return np.maximum, (*parts, self.keep(np.zeros(x.shape[-1:], self.dtype)))  # quicker than a single 0
        if x.op is ops.step and x not in self.numbers:
            return np.greater, (*parts, self.keep(0))
        if x.op is ops.sum_to and x.parts[0].shape[1:] == x.shape and len(x.shape) < 2:
            return np.matmul, (self.keep(np.ones(x.parts[0].shape[0], self.dtype)), *parts)  # quicker than a sum
        if x.op is ops.transpose and x.params == (None,):
            return turned, parts
        return x.op.forward, (*parts, *map(self.keep, x.params))

    def run(self, calls: list[Call]) -> None:
        """Compute all of them again."""
        values = self.values
        for function, slots, options, target in calls:
            values[target] = function(*[values[i] for i in slots], **options)
