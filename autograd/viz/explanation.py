"""A graph as a worked solution: what a student would write, forward and backward, with all numbers.

The events are those of a `Recording`. What has no name and one user stands in the line of its user.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.formulas.expression import Atom, Expression
from autograd.formulas.naming import Names, part_of
from autograd.formulas.source import Source, infix
from autograd.formulas.writing import PlainText
from autograd.node import Node, depending_on, describe, order
from autograd.op import Op
from autograd.viz.numbers import decimals
from autograd.viz.recording import Forward, derivative, params_of, part, recorded
from autograd.viz.run import Data, Recording, Step

__all__ = ["Solution", "explain"]

LONG = 14  # ops in one line; what is longer is cut in two
SMALL = 12  # entries of an array that is written out


class Solution(str):
    """Text that shows itself as it is, without quotes: at the prompt, in a notebook, and by print()."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def explain(
    root: Node, wrt: Node | Sequence[Node] | None = None, names: Names | None = None, digits: int = 4
) -> Solution:
    """The forward and the backward pass of ``root``, step by step: a complete worked solution, as text.

    ``names`` gives names, as in `record`. With ``wrt``, one node or several, the backward pass has only the paths
    to these. Each gradient is what comes from above times the local derivative; where there are several ways to a
    node, they add up.

    Raises: TypeError for what is no node, ValueError for a constant, for a ``wrt`` that is no part of the graph and for
    ``digits`` that are not 0 to 15, ShapeError for an array, as backward(), StaleGraphError likewise.

    From: "Chapter 3: Neural Networks", exercise 1, is solved in this way.

    >>> from autograd import Value
    >>> x, w = Value(3.0, name="x"), Value(-2.0, name="w")
    >>> z = w * x + 1
    >>> y = z * z
    >>> explain(y, names={"z": z, "y": y})
    given: w = -2, x = 3
    z = w * x + 1 = -2 * 3 + 1 = -5
    y = z * z = -5 * (-5) = 25
    dy/dy = 1
    dy/dz = dy/dy * z = 1 * -5 = -5
    dy/dz = dy/dy * z = 1 * -5 = -5, added to -5: -10
    dy/dw = dy/dz * x = -10 * 3 = -30
    dy/dx = dy/dz * w = -10 * -2 = 20
    gradients: dy/dw = -30, dy/dx = 20
    """
    digits = decimals(digits)
    if not isinstance(root, Node):
        raise TypeError(f"explain takes a Value or a Tensor, the result of a computation, not {root!r}")
    if root.is_constant:
        raise ValueError(f"explain of {describe(root)}: it is a constant, nothing was recorded")
    root.seed(None)
    forward = Forward(order(root), names, result="y")
    wanted = None if wrt is None else part_of(forward.ids.keys(), wrt)
    return Solution("\n".join(_Writer(forward, recorded(forward), digits).lines(wanted)))


class _Carried(NamedTuple):
    """What has come down to a node inside of the line of ``owner``: its derivative, and the product of its numbers."""

    owner: Step
    text: Expression
    local: float


class _Writer:
    """The lines of a solution."""

    def __init__(self, forward: Forward, run: Recording, digits: int) -> None:
        self.forward, self.run, self.digits = forward, run, digits
        self.steps, self.node_of = run.nodes, {i: node for node, i in forward.ids.items()}
        self.root = run.nodes[run.root]
        self.book = forward.book()
        self.style = PlainText({})
        self.of: dict[int, Expression] = {}  # in the lines: a name, or what stands in its user's line
        self.whole: dict[int, Expression] = {}  # what an op's own line says
        self.inserted: dict[int, Expression] = {}  # the same of numbers
        self.returning: dict[Op, bool] = {}
        self.inline = self.without_line()
        self.express()

    def without_line(self) -> set[int]:
        """The steps that stand in the line of their user: of the same scope, and written there once."""
        users: dict[int, list[int]] = {}
        for edge in self.run.edges:
            users.setdefault(edge.source, []).append(edge.target)
        inline: set[int] = set()
        weight: dict[int, int] = {}
        for i, node in self.node_of.items():
            step = self.steps[i]
            if step.kind == "op":
                weight[i] = 1 + sum(weight[x.id] for x in self.forward.operands[node] if x.id in inline)
                alone = not step.named and len(users.get(i, ())) == 1 and weight[i] < LONG
                if alone and self.steps[users[i][0]].scope == step.scope and not self.returns(node, step):
                    inline.add(i)
        return inline

    def returns(self, node: Node, step: Step) -> bool:
        """Do the derivatives of a function, such as tanh, contain its value? They read better if that has a name."""
        op, operands = node.op, self.forward.operands[node]
        assert op is not None
        if op.symbol is None and op not in self.returning:
            y, one = Atom(self.book, step.name, step.shape), self.book.number(1.0)
            parts = tuple(part(self.book, x) for x in operands)
            found = [
                derivative(one, node, rule, y, parts, x.shape)
                for x, rule in zip(operands, op.vjps, strict=False)
                if rule is not None
            ]
            for c in found:
                found += c.parts
            self.returning[op] = y in found
        return self.returning.get(op, False)

    def express(self) -> None:
        for i, node in self.node_of.items():
            step, operands = self.steps[i], self.forward.operands[node]
            if step.kind == "op":
                assert node.op is not None
                parts = tuple(self.book.lift(x) for x in self.parts(operands))
                self.whole[i] = self.book.record(node.op, parts, params_of(node), step.shape)
                numbers = tuple(self.number_of(x) for x in operands)
                self.inserted[i] = self.book.record(node.op, numbers, params_of(node), step.shape)
            self.of[i] = self.whole[i] if i in self.inline else part(self.book, step)

    def parts(self, operands: list[Step]) -> tuple[Any, ...]:
        """Operands as rules get them; what has no line of its own is written out."""
        return tuple(self.of.get(x.id, part(self.book, x)) for x in operands)

    def number_of(self, x: Step) -> Expression:
        """Its value as it is inserted; the name of an array."""
        if x.id in self.inline:
            return self.inserted[x.id]
        if x.shape:
            return self.book.lift(part(self.book, x))
        return self.book.number(float(self.number(x.value)))

    # Lines -----------------------------------------------------------------------------------------------------

    def lines(self, wrt: Sequence[Node] | None) -> list[str]:
        place = {name: i for i, name in enumerate(self.forward.given.nodes.values())}  # as in `names`
        given = [x for x in self.steps if x.kind in ("leaf", "parameter") or (x.kind == "constant" and x.named)]
        given.sort(key=lambda x: place.get(x.name, len(place)))
        leaves = [x for x in given if x.kind != "constant"]
        paths = None if wrt is None else {self.forward.ids[x] for x in depending_on(set(wrt), self.forward.nodes)}
        asked = leaves if wrt is None else [self.steps[self.forward.ids[x]] for x in wrt]
        return [
            *self.listed("given", [f"{x.name} = {self.value(x.value, x.shape)}" for x in given]),
            *(self.forward_line(x) for x in self.steps if x.kind == "op" and x.id not in self.inline),
            f"{self.d(self.root)} = 1",
            *self.backward_lines(paths),
            *self.listed(
                "gradients", [f"{self.d(x)} = {self.value(self.run.gradients[x.id], x.shape)}" for x in asked]
            ),
        ]

    def listed(self, title: str, items: list[str]) -> list[str]:
        """On one line if they are few and short, else one below the other."""
        line = f"{title}: {', '.join(items)}"
        if not items:
            return []
        return [line] if len(line) <= 120 else [f"{title}:", *(f"  {item}" for item in items)]

    def forward_line(self, step: Step) -> str:
        text, value = self.style.write(self.whole[step.id]).text, self.value(step.value, step.shape)
        inserted = self.style.write(self.inserted[step.id]).text
        operands = self.forward.operands[self.node_of[step.id]]
        return " = ".join(
            dict.fromkeys([step.name, text, *([] if any(x.shape for x in operands) else [inserted]), value])
        )

    def backward_lines(self, paths: set[int] | None) -> list[str]:
        lines = []
        carried: dict[int, _Carried] = {}
        for event in self.run.backward:
            step, node = self.steps[event.node], self.node_of[event.node]
            operands, op = self.forward.operands[node], node.op
            assert op is not None
            above = carried.get(event.node) or self.start(step)
            parts = self.parts(operands)
            rules = list(zip(operands, op.vjps, strict=False))
            for row in event.rows:
                if paths is not None and row.to not in paths:
                    continue
                target, rule = rules[row.slot]
                assert rule is not None
                c = derivative(above.text, node, rule, self.of[event.node], parts, target.shape)
                local = above.local * row.local if isinstance(row.local, float) else np.nan
                below = _Carried(above.owner, c, local)
                if row.to in self.inline:
                    carried[row.to] = below
                else:
                    lines.append(self.backward_line(below, target, row.contribution, None if row.first else row))
        return lines

    def start(self, step: Step) -> _Carried:
        """What a line begins with: 1 for a number, which is multiplied later, the gradient's name for an array."""
        one = self.book.number(1.0) if not step.shape else Atom(self.book, self.d(step), step.shape)
        return _Carried(step, one, 1.0)

    def backward_line(self, c: _Carried, target: Step, contribution: Data, added: Any) -> str:
        upstream, local = self.d(c.owner), self.style.write(c.text)
        numbers = not c.owner.shape and not target.shape
        if c.owner.shape or local.text == "1":
            text = local.text if c.owner.shape else upstream
        else:
            text = infix("*", Source(upstream, 1.0), local, like=1.0).text
        parts = [self.d(target), text]
        if numbers and local.text != "1":
            parts.append(f"{self.number(self.run.gradients[c.owner.id])} * {self.number(c.local)}")
        line = " = ".join([*parts, self.value(contribution, target.shape)])
        if added is not None:
            before, after = (self.value(x, target.shape) for x in (added.before, added.after))
            line += f", added to {before}: {after}"
        return line

    # Words -----------------------------------------------------------------------------------------------------

    def d(self, step: Step) -> str:
        return f"d{self.root.name}/d{step.name}"

    def value(self, x: Data, shape: tuple[int, ...]) -> str:
        """A number; a small array with its entries; else its shape."""
        if not shape:
            return self.number(x)
        size = int(np.prod(shape))
        return self.entries(x) if x is not None and size <= SMALL else f"array {shape}"

    def entries(self, x: Any) -> str:
        return f"[{', '.join(map(self.entries, x))}]" if isinstance(x, list) else self.number(x)

    def number(self, x: float) -> str:
        """With so many decimals; so many digits if it is very small or large."""
        if x == 0 or not np.isfinite(x):
            return f"{x + 0.0:g}"
        if min(10.0 ** (1 - self.digits), 1) <= abs(x) < 1e6:
            text = f"{x:.{self.digits}f}"
            return text.rstrip("0").rstrip(".") if self.digits else text
        return f"{x:.{self.digits}g}"
