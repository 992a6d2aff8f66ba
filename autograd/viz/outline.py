"""A graph as plain lists, read in one pass: quick enough for graphs of 100,000 nodes.

Items are nodes in forward order and constants just before their first user; all readers here number and name them as
this module does. Read recording.py and folding.py next.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.formulas.naming import Given
from autograd.node import Node
from autograd.parameter import Parameter

__all__ = ["Outline", "outline_of"]


@dataclass(frozen=True, slots=True)
class Outline:
    """One entry per item in each list; ``ops`` has None for what is no op, ``inputs`` the operands in order."""

    kinds: list[str]
    ops: list[str | None]
    scopes: list[tuple[str, ...]]
    inputs: list[tuple[int, ...]]
    names: list[str | None]  # None for what no one named
    things: list[Any]  # the node, the constant, or the value
    grads: dict[int, Any] | None  # None where the nodes have them

    def __len__(self) -> int:
        return len(self.kinds)

    def value(self, i: int) -> Any:
        """The number or array of item ``i``."""
        thing = self.things[i]
        return thing._raw if isinstance(thing, Node) else thing

    def seen(self, i: int, user: int, slot: int) -> tuple[Any, tuple[str, ...]]:
        """The value of the leaf ``i`` as the op ``user`` saw it, and a note if it has changed since.

        An array that was updated in place is lost: it is shown as it is now.
        """
        leaf, op, now = self.things[i], self.things[user], self.value(i)
        if not isinstance(leaf, Node) or not isinstance(op, Node) or now is (seen := op.saved[slot + 1]):
            return now, ()
        if leaf.is_array and not seen.flags.writeable:  # see `check_fresh`
            return now, ("updated since",)
        if leaf.still_holds(seen):
            return now, ()
        return seen, ("updated since",) if leaf.is_array else (f"now {now:.6g}",)

    def grad(self, i: int) -> Any:
        """The gradient that item ``i`` holds, None if there is none."""
        if self.grads is not None:
            return self.grads.get(i)
        grad = self.things[i].grad if isinstance(self.things[i], Node) else None
        return grad._raw if isinstance(grad, Node) else grad

    def automatic_names(self) -> list[str]:
        """A name for every item: its own; t1, t2, ... for ops; its number for a constant; two never the same."""
        taken = {name for name in self.names if name}
        used: set[str] = set()
        counts: Counter[str] = Counter()

        def free(start: str, first: int) -> str:
            while True:
                name = f"{start}{first + counts[start]}"
                counts[start] += 1
                if name not in taken and name not in used:
                    return name

        names = []
        for i, (kind, name) in enumerate(zip(self.kinds, self.names, strict=True)):
            if kind == "constant" and name is None and np.ndim(self.value(i)) == 0:
                names.append(f"{float(self.value(i)):.6g}")
                continue
            if name is None:
                name = free({"op": "t", "parameter": "p", "leaf": "x"}.get(kind, "c"), 1)  # noqa: PLW2901
            elif name in used:
                name = free(f"{name}_", 2)  # noqa: PLW2901
            used.add(name)
            names.append(name)
        return names


def outline_of(nodes: list[Node], given: Given) -> Outline:
    """The items of a list of nodes, inputs first."""
    outline = Outline([], [], [], [], [], [], None)
    ids: dict[Any, int] = {}

    def add(
        kind: str, op: str | None, scope: tuple[str, ...], inputs: tuple[int, ...], name: str | None, x: Any
    ) -> int:
        outline.kinds.append(kind)
        outline.ops.append(op)
        outline.scopes.append(scope)
        outline.inputs.append(inputs)
        outline.names.append(name)
        outline.things.append(x)
        return len(outline.kinds) - 1

    def constant(x: Any, scope: tuple[str, ...]) -> int:
        """A number gets an item each time, an array one for all its users."""
        if not isinstance(x, np.ndarray):
            return add("constant", None, scope, (), None, x)
        name = given.name_of(x)
        key = name or id(x)
        if key not in ids:
            ids[key] = add("constant", None, scope, (), name, x)
        return ids[key]

    for node in nodes:
        op, scope, name = node.op, node.scope, given.name(node)
        if op is None:
            kind = "parameter" if isinstance(node, Parameter) else "leaf"
            ids[node] = add(kind, None, scope, (), name, node)
        elif node.is_constant:
            ids[node] = add("constant", None, scope, (), name, node)
        else:
            inputs = tuple([ids[x] if isinstance(x, Node) else constant(x, scope) for x in node.inputs])
            ids[node] = add("op", op.name, scope, inputs, name, node)
    return outline
