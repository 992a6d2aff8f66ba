"""The walk over a graph that derives its formulas: the rules of the table, run on names.

As `pullback` (node.py) it goes from the result to the leaves, adds up contributions and undoes broadcasting; here by
writing ``.sum(axis=0)``. A node that has a name gets a line: dz2 = ..., and that name stands in the lines after it.
May import sharing.py and what is before it. Read formulas/__init__.py next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import ops
from autograd.formulas.expression import Application, Atom, Book, Expression, Number, Prime, Size, fitted
from autograd.formulas.naming import (
    ACTIVATIONS,
    PREDICTIONS,
    Given,
    Names,
    NameTable,
    array_key,
    layer_names,
    users_of,
)
from autograd.formulas.patterns import CrossEntropy, cross_entropies
from autograd.formulas.samples import samples_of
from autograd.formulas.sharing import Line, reached, share
from autograd.formulas.simplify import simplified
from autograd.node import Node, depending_on
from autograd.parameter import Parameter

__all__ = ["Derivation"]


class Derivation:
    """The lines of the forward pass and of the gradients, from a graph."""

    def __init__(self, nodes: list[Node], wrt: Sequence[Node] | None, given: Names | None) -> None:
        self.nodes, self.root = nodes, nodes[-1]
        self.names = NameTable(nodes, Given(given, nodes))
        self.book = Book(simplified, self.array)
        self.users = users_of(nodes)
        self.matches = cross_entropies(nodes, self.users)
        self.variables: dict[str, Any] = {}  # what the source takes: leaves and arrays
        self.atoms: dict[Any, Atom] = {}  # of plain arrays
        self.shared: dict[Expression, str] = {}  # names of expressions
        self.gradient_of: dict[str, str] = {}  # dz2 -> z2
        self.samples = samples_of(nodes, self.names.nodes)
        self.of: dict[Node, Expression] = {}
        layer_names(nodes, self.names, {match.p for match in self.matches.values()})
        self.forward = self.write_forward()
        self.wrt = self.chosen(wrt)
        self.gradients = self.write_gradients()
        for x in reached([*self.forward, *self.gradients]):
            if isinstance(x, Application):
                self.name_arrays(x.params)
        self.forward, self.gradients = share(self.forward, self.gradients, self.shared, self.names)

    # Names and shapes ------------------------------------------------------------------------------------------

    def array(self, array: np.ndarray, wish: str = "", stem: str = "c") -> Expression:
        """The name of a plain array; 1 - y for one that is that of a known y."""
        key = array_key(array)
        if key in self.atoms:
            return self.atoms[key]
        given = self.names.array(array)
        if given is None and array.dtype.kind == "f":
            known = [*(x for _, x in self.names.given.arrays), *(self.variables[x.name] for x in self.atoms.values())]
            for y in known:
                if y.shape == array.shape and (np.array_equal(1.0 - y, array) or np.array_equal(1.0 - array, y)):
                    return self.book.application(ops.subtract, (self.book.number(1), self.array(y.astype(array.dtype))))
        name = self.names.unique(given) if given else self.names.first_free(wish, stem)
        self.variables[name] = array.copy()
        self.atoms[key] = Atom(self.book, name, array.shape)
        return self.atoms[key]

    def count_source(self) -> str:
        """The source for the number of samples."""
        number, x, axis = self.samples.number, self.samples.operand, self.samples.axis
        made = None if x is None else self.of[x] if isinstance(x, Node) else self.array(x)
        return f"{made.name}.shape[{axis}]" if isinstance(made, Atom) else str(number)

    # Forward ---------------------------------------------------------------------------------------------------

    def write_forward(self) -> list[Line]:
        """The line of every node that has a name."""
        lines = []
        for node in self.nodes:
            if node.op is None:
                self.of[node] = self.leaf(node)
                continue
            parts = [self.operand(node, slot) for slot in range(len(node.inputs))]
            shape = self.samples.result_shape(node, parts)
            params = tuple(node.saved[1 + len(parts) :])
            if node.op in (ops.reshape, ops.broadcast_to):
                params = (shape,)
            if node.op is ops.transpose and params[0] == tuple(range(len(shape)))[::-1]:
                params = (None,)
            if node.op in PREDICTIONS:
                self.array(params[0], wish="y") if np.ndim(params[0]) else None
            self.of[node] = self.book.record(node.op, tuple(parts), params, shape)
            if node.op in PREDICTIONS:
                lines += self.prediction(PREDICTIONS[node.op](parts[0]))
            if node in self.names.nodes:
                lines.append(Line(self.names.nodes[node], self.of[node]))
                self.shared.setdefault(self.of[node], self.names.nodes[node])
        return lines

    def prediction(self, p: Expression) -> list[Line]:
        """A line for what a fused loss compares with its targets, and the rule of that loss names: yhat."""
        if p in self.shared:
            return []
        self.shared[p] = self.names.first_free("yhat", "p")
        return [Line(self.shared[p], p)]

    def leaf(self, node: Node) -> Expression:
        """The name of a leaf, which is a variable of the source."""
        name = self.names.nodes.get(node)
        if name is None:
            name = self.names.nodes[node] = self.names.numbered("x")
        self.variables[name] = node._raw.copy() if node.is_array else node._raw
        return Atom(self.book, name, self.samples.shape(node))

    def operand(self, node: Node, slot: int) -> Expression:
        """What stands in ``slot`` of a node: the expression of a node, a number, the name of an array."""
        x = node.inputs[slot]
        if isinstance(x, Node):
            return self.of[x]
        if not (isinstance(x, np.ndarray) and x.ndim):
            return self.book.lift(self.number(node, slot))
        samples = self.samples.operand is x
        wish = "X" if samples and x.ndim == 2 and node.op in (ops.matmul, ops.affine) else ""
        made = self.array(x, wish)
        if samples and isinstance(made, Atom):
            made.shape = self.samples.shape(x)
        return made

    # Gradients -------------------------------------------------------------------------------------------------

    def chosen(self, wrt: Sequence[Node] | None) -> list[Node]:
        """The nodes to differentiate by: those asked for, else named leaves and parameters, else all leaves."""
        leaves = [node for node in self.nodes if node.op is None]
        if wrt is None:
            known = [node for node in leaves if self.names.given.name(node) or isinstance(node, Parameter)]
            return known or leaves
        for node in wrt:
            if node not in self.names.nodes:
                self.names.nodes[node] = self.names.numbered("t")
                self.shared.setdefault(self.of[node], self.names.nodes[node])
                place = sum(1 for line in self.forward if line.value.index < self.of[node].index)
                self.forward.insert(place, Line(self.names.nodes[node], self.of[node]))
        return list(wrt)

    def write_gradients(self) -> list[Line]:
        """The line of every gradient on the way to ``wrt``; those of leaves before what comes further down."""
        within = depending_on(set(self.wrt), self.nodes)
        place = {node: i for i, node in enumerate(self.nodes)}
        gradients: dict[Node, Expression] = {self.root: self.seed()}
        inner, leaves = 0, dict.fromkeys(self.wrt, 0)
        lines: list[tuple[tuple[int, ...], Line]] = []
        done: set[tuple[Node, Node]] = set()
        for node in reversed(self.nodes):
            if node not in within:
                continue
            g = gradients.get(node)
            if g is None and node not in leaves:
                continue
            if (node in self.names.nodes and node is not self.root) or node in leaves:
                value = self.spread(self.book.number(0.0) if g is None else g, self.of[node].shape)
                name = self.gradient_name(node)
                g = Atom(self.book, name, value.shape)
                inner += node.op is not None
                key = (inner, 0, 0) if node.op is not None else (leaves[node], 1, place[node])
                lines.append((key, Line(name, value)))
            assert g is not None
            for x, c in self.contributions(node, g, within, done):
                gradients[x] = gradients[x] + c if x in gradients else c
                if x.op is None:
                    leaves[x] = inner
        return [line for _, line in sorted(lines, key=lambda pair: pair[0])]

    def gradient_name(self, node: Node) -> str:
        """dz2 for z2."""
        name = self.names.unique("d" + self.names.nodes[node])
        self.gradient_of[name] = self.names.nodes[node]
        return name

    def seed(self) -> Expression:
        """1 for a single number; else the gradient that backward() is given, a variable."""
        if self.root.shape == () or np.prod(self.root.shape) == 1:
            return self.book.number(1.0)
        name = self.gradient_name(self.root)
        self.variables[name] = np.ones(self.root.shape)
        return Atom(self.book, name, self.of[self.root].shape)

    def contributions(
        self, node: Node, g: Expression, within: set[Node], done: set[tuple[Node, Node]]
    ) -> list[tuple[Node, Expression]]:
        """What ``node`` passes on, to each operand in turn."""
        if node.op is None:
            return []
        found = []
        match = self.matches.get(node)
        if (
            match is not None and match.z in within and match.p not in set(self.wrt)
        ):  # a set: `==` of nodes compares data
            found.append((match.z, self.cross_entropy(match, g)))
            done.update((log, match.p) for log in match.logs)
        for slot, (x, rule) in enumerate(zip(node.inputs, node.op.vjps, strict=False)):
            if isinstance(x, Node) and rule is not None and x in within and (node, x) not in done:
                found.append((x, self.contribution(node, slot, rule, g)))
        return found

    def cross_entropy(self, match: CrossEntropy, g: Expression) -> Expression:
        """``g * (y - p)``, for the rewrite of patterns.py."""
        node = match.terms
        assert node.op is not None
        shape = node.shape
        if node.op is not ops.add:  # the sum or the mean of y * log(p)
            inside = node.inputs[0]
            g, shape = self.contribution(node, 0, node.op.vjps[0], g), inside.shape  # type: ignore[index]
        y = self.of[match.target] if isinstance(match.target, Node) else self.book.lift(match.target)
        return fitted(g * (y - self.of[match.p]), shape, match.z.shape, elementwise=True)

    def contribution(self, node: Node, slot: int, rule: Any, g: Expression) -> Expression:
        """The row's own rule on names, brought to the shape of the operand."""
        op = node.op
        assert op is not None
        parts = [self.of[x] if isinstance(x, Node) else self.constant(node, i) for i, x in enumerate(node.inputs)]
        params, y = node.saved[1 + len(parts) :], self.of[node]
        if op in ACTIVATIONS and op.elementwise:
            x = self.of[node.inputs[slot]]
            c = g * self.prime(node, x, rule(self.book.number(1.0), y, x, *params))
        else:
            free = op.elementwise or (op in (ops.sum, ops.mean) and g.shape == ())
            c = self.book.lift(rule(g if free else self.spread(g, self.of[node].shape), y, *parts, *params))
        return fitted(c, node.shape, node.inputs[slot].shape, op.elementwise)

    def prime(self, node: Node, x: Expression, body: Expression) -> Expression:
        """relu'(x), unless the derivative is a number."""
        assert node.op is not None
        return Prime(node.op, x, body) if not isinstance(body, Number) else body

    def constant(self, node: Node, slot: int) -> Any:
        """A constant operand as rules get it: numbers as they are, arrays by name."""
        x = node.inputs[slot]
        return self.operand(node, slot) if isinstance(x, np.ndarray) and x.ndim else self.number(node, slot)

    def number(self, node: Node, slot: int) -> float:
        """A constant number; a total divided by as many as there are samples is divided by n."""
        x = node.inputs[slot]
        total = node.op is ops.divide and slot == 1 and node.shape == () and isinstance(x, int)
        return Size(x, "n") if total and x == self.samples.number > 2 else float(x)

    def spread(self, g: Expression, shape: Any) -> Expression:
        """``g`` broadcast to ``shape``."""
        return g if g.shape == tuple(shape) else ops.broadcast_to(g, tuple(shape))

    # Arrays among parameters -----------------------------------------------------------------------------------

    def name_arrays(self, params: Any) -> None:
        """Masks and positions among the parameters of ops are variables too."""
        if isinstance(params, np.ndarray) and params.ndim:
            self.array(params)
        elif isinstance(params, tuple):
            for x in params:
                self.name_arrays(x)
