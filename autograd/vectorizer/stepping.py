"""A training step as one piece of code that writes into the same arrays each time.

The rules of the table run on names, as for the formulas, and every expression becomes a call of NumPy; what NumPy can
write into an array that is there (``out=``) it does. Nobody but the step ever sees those arrays. May import
printing.py. Read function.py next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import ops
from autograd.formulas.expression import Application, Atom, Book, Expression, Number
from autograd.node import Node, depending_on, order
from autograd.op import Op
from autograd.tensor import Tensor
from autograd.vectorizer.printing import recorded
from autograd.vectorizer.program import Program

if TYPE_CHECKING:
    from autograd.vectorizer.function import Vectorized

__all__ = ["TrainStep"]


class TrainStep:
    """``step(X, y)``: one step of gradient descent; it gives the loss before it. See `Vectorized.train_step`.

    The arguments of the vectorized function come first, then those of the loss, after its prediction.
    """

    def __init__(self, fast: Vectorized, loss: Callable[..., Any], lr: float) -> None:
        self.fast, self.loss, self.lr = fast, loss, lr
        self.compiled: dict[Any, Compiled] = {}
        self.lock = Lock()  # the arrays are written to by one thread at a time

    def __call__(self, *args: Any) -> float:
        """Make a step, and give the loss before it."""
        count = len(self.fast.signature.parameters)
        arrays, static = self.fast.arguments(args[:count], {})
        made = self.fast.find(arrays, static)
        with self.lock:
            key = id(made), tuple((x.shape, x.dtype) for x in arrays.values())
            if key not in self.compiled:
                self.compiled[key] = Compiled(self.fast, made.program, arrays)
            return self.compiled[key].step(arrays, self.loss, args[count:], self.lr)


class Compiled:
    """The code for one number of samples."""

    def __init__(self, fast: Vectorized, program: Program, arrays: dict[str, Any]) -> None:
        if len(program.results) != 1 or program.is_tuple:
            raise ValueError(f"{fast.name} gives {len(program.results)} arrays: a training step needs a single one")
        if program.outside is not None:
            raise ValueError(f"{fast.name} uses Values computed before: a training step would not reach what made them")
        self.blocks = [fast.blocks[name] for name in program.blocks]
        self.inputs = [x.name for x in program.inputs]
        data = {name: raw(x) for name, x in arrays.items()}
        n = len(next(iter(data.values())))
        variables, (self.root,) = recorded(program, fast.blocks, n)
        derivation = Rules(order(self.root), [variables[name] for name in program.blocks])
        arguments = [derivation.of[variables[name]] for name in (*self.inputs, *program.blocks)]
        grads = [derivation.gradients.get(variables[name]) for name in program.blocks]
        self.updated = [i for i, g in enumerate(grads) if g is not None]
        wanted = [g for g in grads if g is not None]
        result = derivation.of[self.root]
        first = needed([result])
        rest = [x for x in needed([*wanted, result]) if x not in set(first)]
        code = Code(derivation.constants)
        dtype = np.result_type(*data.values(), *(block._data for block in self.blocks))
        seed = np.ones(self.root.shape, dtype)
        code.run(
            [*arguments, derivation.seed], [*data.values(), *(b._data for b in self.blocks), seed], [*first, *rest]
        )
        kept = {result, *wanted}
        self.forward = code.function(arguments, first, [result], kept | used_by(rest))
        self.backward = code.function([*arguments, derivation.seed], rest, wanted, kept)

    def step(self, arrays: dict[str, Any], loss: Callable[..., Any], targets: tuple[Any, ...], lr: float) -> float:
        """Forward, loss, backward, update."""
        data = [raw(arrays[name]) for name in self.inputs]
        weights = [block._data for block in self.blocks]
        (result,) = self.forward(*data, *weights)
        prediction = Tensor.__new__(Tensor)
        prediction.__init__(result)  # type: ignore[misc]
        total = loss(prediction, *targets)
        total.backward()
        seed = prediction.grad
        seed *= lr
        for i, g in zip(self.updated, self.backward(*data, *weights, seed), strict=True):
            self.blocks[i].update(np.subtract, g)
        return float(total.item())


def raw(x: Any) -> np.ndarray:
    return x._data if isinstance(x, Node) else x  # type: ignore[no-any-return]


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


# Code -------------------------------------------------------------------------------------------------------------

UFUNCS: dict[Op, tuple[np.ufunc, tuple[Any, ...]]] = {ops.relu: (np.maximum, (0,)), ops.step: (np.greater, (0,))}
VIEWS = {ops.transpose, ops.reshape}


class Code:
    """Calls of NumPy, as source: every expression is a variable."""

    def __init__(self, constants: dict[Expression, np.ndarray]) -> None:
        self.constants = constants
        self.values: dict[Expression, Any] = {}
        self.scope: dict[str, Any] = {"add_up": np.add.reduce}

    def run(self, arguments: list[Expression], data: list[Any], expressions: list[Expression]) -> None:
        """Compute everything once: the results are the arrays that the code writes to later."""
        self.values = dict(zip(arguments, data, strict=True))
        dtype = np.result_type(*data)
        for atom, array in self.constants.items():
            self.values[atom] = self.scope[f"v{atom.index}"] = array.astype(dtype) if array.dtype.kind == "f" else array
        with np.errstate(all="ignore"):
            for x in expressions:
                assert isinstance(x, Application)
                parts = [self.value(part) for part in x.parts]
                if x.op in UFUNCS:
                    ufunc, more = UFUNCS[x.op]
                    self.values[x] = ufunc(*parts, *more)
                else:
                    self.values[x] = np.asarray(x.op.forward(*parts, *x.params))

    def value(self, x: Expression) -> Any:
        return x.value if isinstance(x, Number) else self.values[x]

    def function(
        self,
        arguments: list[Expression],
        expressions: list[Expression],
        results: list[Expression],
        kept: set[Expression],
    ) -> Callable[..., Any]:
        """The function of ``arguments`` that computes ``expressions``; no array of those ``kept`` is used again."""
        last = {part: x for x in expressions for part in x.parts}
        owner: dict[Expression, str] = {}
        lines = []
        for x in expressions:
            assert isinstance(x, Application)
            parts = [self.text(part) for part in x.parts]
            name = f"v{x.index}"
            ufunc, more = UFUNCS.get(x.op, (x.op.forward, ()))
            self.scope[f"f{x.index}"] = ufunc
            array = self.values[x]
            owns = array.base is None and array.ndim > 0
            if isinstance(ufunc, np.ufunc) and owns:
                free = [
                    part for part in x.parts
                    if ufunc is not np.matmul and last.get(part) is x and part not in kept and part in owner
                    and self.values[part].shape == array.shape and self.values[part].dtype == array.dtype
                ]  # fmt: skip
                owner[x] = owner[free[0]] if free else name
                self.scope.setdefault(owner[x], array)
                call = f"f{x.index}({', '.join([*parts, *map(repr, more)])}, out={owner[x]})"
                lines.append(f"{name} = {call}" if owner[x] != name else call)
            elif x.op is ops.transpose and x.params == (None,):
                lines.append(f"{name} = {parts[0]}.T")
            elif x.op is ops.sum_to and owns and array.shape == np.shape(self.values[x.parts[0]])[1:]:
                self.scope[name] = array
                lines.append(f"add_up({parts[0]}, 0, None, {name})")
            else:
                self.scope[f"p{x.index}"] = x.params
                lines.append(f"{name} = f{x.index}({', '.join([*parts, f'*p{x.index}'])})")
        head = ", ".join(f"v{x.index}" for x in arguments)
        assigned = [line.partition(" = ")[0] for line in lines if line[0] == "v"]
        shared = [f"global {', '.join(assigned)}"] if assigned else []  # the backward pass reads them
        body = "\n    ".join([*shared, *lines, f"return ({', '.join(map(self.text, results))},)"])
        exec(compile(f"def function({head}):\n    {body}\n", "<training step>", "exec"), self.scope)
        return self.scope.pop("function")  # type: ignore[no-any-return]

    def text(self, x: Expression) -> str:
        return repr(float(x.value)) if isinstance(x, Number) else f"v{x.index}"
