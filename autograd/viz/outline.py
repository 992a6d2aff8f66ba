"""A graph as plain lists, read in one pass: what folding works on, quick enough for graphs of 100,000 nodes.

Items are numbered as the steps of a `Recording` are: nodes in forward order, constants just before their first user.
May import recording.py. Read folding.py next.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.node import Node, order
from autograd.parameter import Parameter
from autograd.viz.recording import Names, Recording, Step, name_of, name_pairs

__all__ = ["Outline", "outline_of", "outline_of_recording"]


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
        return thing._data if isinstance(thing, Node) else thing

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
        return grad._data if isinstance(grad, Node) else grad

    def step(self, i: int) -> Step:
        """Item ``i`` as `record` would have it, but for the text."""
        value, name = self.value(i), self.names[i]
        return Step(
            i, name or f"{self.ops[i] or self.kinds[i]} {i}", name is not None, self.kinds[i], self.ops[i], "",
            self.scopes[i], np.shape(value), value, None,
        )  # fmt: skip

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


def outline_of(root: Node, names: Names | None = None) -> Outline:
    """The graph that ``root`` was computed from.

    Raises: TypeError for what is no node.
    """
    if not isinstance(root, Node):
        raise TypeError(f"the graph of a Value or a Tensor can be drawn, not that of {root!r}")
    outline = Outline([], [], [], [], [], [], None)
    given, arrays = name_pairs(names)
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
        if not isinstance(x, np.ndarray):
            return add("constant", None, scope, (), None, x)
        name = name_of(x, arrays)
        key = name or id(x)
        if key not in ids:
            ids[key] = add("constant", None, scope, (), name, x)
        return ids[key]

    for node in order(root):
        note, op = node.note, node.op
        scope, name = (note.scope, note.name) if note else ((), None)
        name = given.get(node, name) if given else name
        if op is None:
            kind = "parameter" if isinstance(node, Parameter) else "leaf"
            ids[node] = add(kind, None, scope, (), name, node)
        elif node.is_constant:
            ids[node] = add("constant", None, scope, (), name, node)
        else:
            inputs = tuple([ids[x] if isinstance(x, Node) else constant(x, scope) for x in node.inputs])
            ids[node] = add("op", op.name, scope, inputs, name, node)
    return outline


def outline_of_recording(recording: Recording) -> Outline:
    """The same from a recording; the gradients are those the nodes held."""
    steps = recording.nodes
    inputs: list[list[int]] = [[] for _ in steps]
    for edge in recording.edges:
        inputs[edge.target].append(edge.source)
    return Outline(
        [step.kind for step in steps],
        [step.op for step in steps],
        [step.scope for step in steps],
        [tuple(sources) for sources in inputs],
        [step.name if step.named else None for step in steps],
        [None if step.value is None else np.asarray(step.value) if step.shape else step.value for step in steps],
        {i: np.asarray(g) if steps[i].shape else g for i, g in recording.held.items()},
    )
