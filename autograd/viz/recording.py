"""record(root): both passes of a graph, step by step.

The rules are the engine's, called once more; no ``.grad`` and no ``.data`` is touched. May import run.py. Read
explanation.py next.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import ops
from autograd.formulas.expression import Atom, Book, Expression, fitted
from autograd.formulas.naming import Given, Names
from autograd.formulas.simplify import simplified
from autograd.formulas.writing import PlainText
from autograd.node import Node, on_numbers, order
from autograd.viz.outline import outline_of
from autograd.viz.run import Backward, Contribution, Data, Edge, Recording, Step, data_of

__all__ = ["Forward", "derivative", "params_of", "part", "record", "recorded"]

LARGEST_JACOBIAN = 64


def record(root: Node, names: Names | None = None) -> Recording:
    """The forward and the backward pass of ``root`` as plain data.

    ``names`` gives names to nodes: a mapping such as ``locals()``, where lists of nodes give ``w[0]``, ``w[1]`` and
    names that begin with "_" are passed over, or pairs such as ``model.named_parameters()``. They come before names
    that nodes have of their own; constant arrays are found by their entries.

    Raises: TypeError for what is no node; StaleGraphError if an array that the graph saved was overwritten since.

    >>> from autograd import Value
    >>> a = Value(3.0, name="a")
    >>> run = record(a * a)
    >>> [step.name for step in run.nodes], run.gradients
    (['a', 't1'], {0: 6.0, 1: 1.0})
    >>> [(row.before, row.contribution, row.first) for row in run.backward[0].rows]
    [(0.0, 3.0, True), (3.0, 3.0, False)]
    """
    if not isinstance(root, Node):
        raise TypeError(f"the graph of a Value or a Tensor can be recorded, not that of {root!r}")
    return recorded(Forward(order(root), names))


def recorded(forward: Forward) -> Recording:
    """The recording of a graph whose forward pass is listed."""
    root = forward.nodes[-1]
    backward: list[Backward] = []
    gradients: dict[int, Data] = {}
    if not root.is_constant and math.prod(root.shape) == 1:
        with np.errstate(all="ignore"):
            backward, gradients = _backward(forward, root.seed(None))
    held = {i: data_of(node.grad) for node, i in forward.ids.items() if node.grad is not None}
    return Recording(
        len(forward.steps) - 1, tuple(forward.steps), tuple(forward.edges), tuple(backward), gradients, held
    )


# Forward -----------------------------------------------------------------------------------------------------


class Forward:
    """The steps and edges of a list of nodes, inputs first."""

    def __init__(self, nodes: list[Node], names: Names | None, result: str | None = None) -> None:
        """``result`` is what the last node is called if it has no name and nobody else has that one."""
        for node in nodes:
            node.check_fresh()
        self.nodes, self.given = nodes, Given(names, nodes)
        outline = outline_of(nodes, self.given)
        if result and not outline.names[-1] and result not in outline.names and outline.kinds[-1] == "op":
            outline.names[-1] = result
        seen: dict[Node, Any] = {}  # the data of each node, as its first user saw it
        for node in nodes:
            for x, data in zip(node.inputs, node.saved[1:], strict=False):
                if isinstance(x, Node):
                    seen.setdefault(x, data)
        self.ids = {x: i for i, x in enumerate(outline.things) if isinstance(x, Node)}
        self.edges = [Edge(x, i, slot) for i, inputs in enumerate(outline.inputs) for slot, x in enumerate(inputs)]
        self.steps: list[Step] = []
        self.operands: dict[Node, list[Step]] = {}
        for i, (x, name) in enumerate(zip(outline.things, outline.automatic_names(), strict=True)):
            data, text, source = x, "", None
            if isinstance(x, Node):
                operands = self.operands[x] = [self.steps[k] for k in outline.inputs[i]]
                data, source = seen.get(x, x._raw), x.note.source if x.note else None
                if outline.kinds[i] == "op":
                    text = _expression_text(self.book(), x, operands)
            self.steps.append(
                Step(
                    i, name, outline.names[i] is not None, outline.kinds[i], outline.ops[i], text, outline.scopes[i],
                    np.shape(data), data_of(data), source,
                )
            )  # fmt: skip

    def book(self) -> Book:
        """An empty book that knows the names of the arrays."""

        def named(array: np.ndarray) -> Expression:
            return Atom(book, self.given.name_of(array) or f"array {array.shape}", array.shape)

        book: Book = Book(simplified, named)
        return book


# Backward ----------------------------------------------------------------------------------------------------


def _backward(forward: Forward, seed: Any) -> tuple[list[Backward], dict[int, Data]]:
    """What `pullback` does, contribution by contribution."""
    ids, root = forward.ids, forward.nodes[-1]
    grads: dict[Node, Any] = {root: seed}
    steps = []
    for node in reversed(forward.nodes):
        g = grads.get(node)
        if node.op is None or g is None:
            continue
        rows = []
        step, operands = forward.steps[ids[node]], forward.operands[node]
        for slot, (x, rule) in enumerate(zip(node.inputs, node.op.vjps, strict=False)):
            if isinstance(x, Node) and rule is not None:
                c, before = _sent(node, rule, x, g), grads.get(x)
                grads[x] = c if before is None else before + c
                text = _derivative_text(forward.book(), node, rule, slot, step, operands)
                rows.append(
                    Contribution(
                        ids[x], slot, _local(node, rule, x), text, data_of(c),
                        data_of(x.fit(0.0) if before is None else before), data_of(grads[x]), before is None,
                    )
                )  # fmt: skip
        steps.append(Backward(ids[node], data_of(g), tuple(rows)))
    return steps, {ids[node]: data_of(grads.get(node, node.fit(0.0))) for node in forward.nodes}


def _sent(node: Node, rule: Callable[..., Any], x: Node, g: Any) -> Any:
    """The contribution of ``node`` with the gradient ``g`` to its operand ``x``."""
    return x.fit(rule(g, *node.saved) if node.is_array else on_numbers(rule, g, node.saved))


def _local(node: Node, rule: Callable[..., Any], x: Node) -> Data:
    """The derivative of ``node`` by ``x``: see `Contribution`."""
    assert node.op is not None
    if not node.is_array:
        return data_of(_sent(node, rule, x, 1.0))
    if math.prod(node.shape) == 1 or (node.op.elementwise and node.shape == x.shape):
        return data_of(_sent(node, rule, x, np.ones_like(node._raw)))
    if math.prod(node.shape) * math.prod(x.shape) > LARGEST_JACOBIAN:
        return None
    jacobian = np.zeros((*node.shape, *x.shape))
    for index in np.ndindex(node.shape):
        unit = np.zeros_like(node._raw)
        unit[index] = 1.0
        jacobian[index] = _sent(node, rule, x, unit)
    return data_of(jacobian)


# Text --------------------------------------------------------------------------------------------------------


def params_of(node: Node) -> tuple[Any, ...]:
    """What the rules of a node take after its operands."""
    return node.saved[1 + len(node.inputs) :]  # type: ignore[no-any-return]


def _expression_text(book: Book, node: Node, operands: list[Step]) -> str:
    """The op on its operands: ``w * x``, ``sigmoid(z)``."""
    assert node.op is not None
    parts = tuple(book.lift(part(book, x)) for x in operands)
    return PlainText({}).write(book.record(node.op, parts, params_of(node), node.shape)).text


def derivative(
    g: Expression, node: Node, rule: Callable[..., Any], y: Expression, parts: tuple[Any, ...], target: tuple[int, ...]
) -> Expression:
    """What the rule makes of ``g`` on expressions, summed to the shape of its operand."""
    op = node.op
    assert op is not None
    try:
        c = g.book.lift(rule(g, y, *parts, *params_of(node)))
    except (TypeError, ValueError, AttributeError, IndexError, NotImplementedError):  # a rule that asks for numbers
        names = ", ".join(PlainText({}).write(g.book.lift(x)).text for x in parts)
        return ops.multiply(g, Atom(g.book, f"{op.name}'({names})", target))  # type: ignore[no-any-return]
    return fitted(c, y.shape, target, op.elementwise)


def _derivative_text(
    book: Book, node: Node, rule: Callable[..., Any], slot: int, step: Step, operands: list[Step]
) -> str:
    """For an upstream gradient of 1; for one of g where the rule does more than multiply it, or sums it."""
    assert node.op is not None
    target = operands[slot].shape
    free = (node.op.elementwise and step.shape == target) or not step.shape
    g = book.number(1.0) if free else Atom(book, "g", step.shape)
    parts = tuple(part(book, x) for x in operands)
    made = derivative(g, node, rule, Atom(book, step.name, step.shape), parts, target)
    return PlainText({}).write(made).text


def part(book: Book, x: Step) -> Any:
    """An operand as rules get it: numbers as they are, all else by name."""
    return x.value if x.kind == "constant" and not x.named and not x.shape else Atom(book, x.name, x.shape)
