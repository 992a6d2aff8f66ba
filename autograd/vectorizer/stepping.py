"""A training step as a list of calls that write into the same arrays each time.

The rules of the table run on names, as for the formulas, and every expression becomes a call of NumPy; what NumPy can
write into an array that is there (``out=``) it does. Nobody but the step ever sees those arrays. May import
printing.py. Read function.py next.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from operator import attrgetter
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd import ops
from autograd.formulas.expression import Application, Atom, Book, Expression, Number
from autograd.mode import recording
from autograd.node import Node, depending_on, describe, order, pullback
from autograd.op import Op
from autograd.tensor import Tensor
from autograd.value import Value
from autograd.vectorizer.blocks import aligned, home_of
from autograd.vectorizer.printing import recorded
from autograd.vectorizer.program import Program

if TYPE_CHECKING:
    from autograd.vectorizer.function import Vectorized

__all__ = ["TrainStep"]


class TrainStep:
    """``step(X, y)``: one step of gradient descent; it gives the loss before it. See `Vectorized.train_step`.

    The arguments of the vectorized function come first, then those of the loss, after its prediction. Arguments that
    have a default are given by name.
    """

    def __init__(self, fast: Vectorized, loss: Callable[..., Any], lr: float) -> None:
        if not callable(loss):
            raise TypeError(f"train_step takes a function of the prediction and targets as loss, not {loss!r}")
        if not isinstance(lr, (int, float, np.floating)) or not 0 <= lr < math.inf:
            raise ValueError(f"train_step: lr={lr!r}; a rate is 0 or positive")
        self.fast, self.loss, self.lr = fast, loss, lr
        self.compiled: dict[Any, Compiled] = {}
        self.lock = Lock()  # the arrays are written to by one thread at a time

    def __repr__(self) -> str:
        return f"<training step of {self.fast.name}, lr={self.lr}>"

    def __call__(self, *args: Any, **kwargs: Any) -> float:
        """Make a step, and give the loss before it."""
        parameters = self.fast.takes.signature.parameters
        count = sum(x.default is x.empty and name not in kwargs for name, x in parameters.items())
        arrays, static = self.fast.takes.read(args[:count], kwargs)
        made = self.fast.find(arrays, static)
        with self.lock:
            key = id(made), tuple((x.shape, x.dtype) for x in arrays.values())
            if key not in self.compiled:
                self.compiled[key] = Compiled(self.fast, made.program, arrays)
            return self.compiled[key].step(arrays, self.loss, args[count:], self.lr)


class Compiled:
    """The calls for one number of samples."""

    def __init__(self, fast: Vectorized, program: Program, arrays: dict[str, Any]) -> None:
        if len(program.results) != 1 or program.is_tuple:
            raise ValueError(f"{fast.name} gives {len(program.results)} arrays: a training step needs a single one")
        if program.outside is not None:
            raise ValueError(f"{fast.name} uses Values computed before: a training step would not reach what made them")
        data = {name: raw(x) for name, x in arrays.items()}
        n = len(next(iter(data.values())))
        variables, (self.root,) = recorded(program, fast.blocks, n)
        rules = Rules(order(self.root), [variables[name] for name in program.blocks])
        data = {name: x for name, x in data.items() if variables[name] in rules.of}  # what the result depends on
        data |= {name: fast.blocks[name]._raw for name in program.blocks}
        dtype = np.result_type(*data.values())
        given = {rules.of[variables[name]]: x for name, x in data.items()}
        self.calls = Calls(rules, given | {rules.seed: np.ones(self.root.shape, dtype)})
        place = {name: self.calls.slot[rules.of[variables[name]]] for name in data}
        self.inputs = [(x.name, place[x.name]) for x in program.inputs if x.name in place]
        self.blocks = [(fast.blocks[name], place[name]) for name in program.blocks]
        grads = {name: rules.gradients.get(variables[name]) for name in program.blocks}
        wanted = [g for g in grads.values() if g is not None]
        result = rules.of[self.root]
        first = needed([result])
        rest = [x for x in needed([*wanted, result]) if x not in set(first)]
        self.calls.numbers = used_by(
            x for x in (*first, *rest) if not isinstance(x, Application) or x.op is not ops.multiply
        )
        self.forward = self.calls.of(first, {result, *used_by(rest)})
        self.backward = self.calls.of(rest, set(wanted))
        self.result, self.seed = self.calls.slot[result], self.calls.slot[rules.seed]
        self.gradients = [(fast.blocks[name], self.calls.slot[g]) for name, g in grads.items() if g is not None]

    def step(self, arrays: dict[str, Any], loss: Callable[..., Any], targets: tuple[Any, ...], lr: float) -> float:
        """Forward, loss, backward, update."""
        values = self.calls.values
        for name, place in self.inputs:
            values[place] = raw(arrays[name])
        for block, place in self.blocks:
            values[place] = block._raw
        self.calls.run(self.forward)
        prediction = Tensor(values[self.result])
        with recording():
            total = loss(prediction, *targets)
        nodes = self.checked(total, prediction)
        grads = pullback(nodes, total.seed(None))
        values[self.seed] = grads[prediction] * lr  # so that every gradient comes out times the rate
        self.calls.run(self.backward)
        for block, place in self.gradients:
            block.update(np.subtract, values[place])
        for block, _ in self.blocks:
            if block in grads:  # the loss has a penalty on it
                block.update(np.subtract, grads[block] * lr)
        return float(total._raw)

    def checked(self, total: Any, prediction: Tensor) -> list[Node]:
        """The graph of the loss.

        Raises: TypeError, ValueError if the step would not be that of the loss.
        """
        if not isinstance(total, Node):
            raise TypeError(f"the loss gave {total!r}, a {type(total).__name__} without a gradient; it gives a Tensor")
        nodes = order(total)
        if not any(x is prediction for x in nodes):
            raise ValueError("the loss does not depend on the prediction, so there is nothing to learn from it")
        for x in nodes:
            if isinstance(x, Value) and (home := home_of(x)) is not None:
                raise ValueError(
                    f"the loss computes with {describe(x)}, an entry of {home[0].name}: take the whole block, or let "
                    f"the vectorized function compute the penalty"
                )
        return nodes


def raw(x: Any) -> np.ndarray:
    return x._raw if isinstance(x, Node) else x  # type: ignore[no-any-return]


# Rules on names ---------------------------------------------------------------------------------------------------


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
    return {part for x in expressions for part in x.parts}


# Calls ------------------------------------------------------------------------------------------------------------

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
