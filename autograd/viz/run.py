"""A run of a graph, forward and backward, as plain data: what pictures, steppers and worked solutions are made of.

May import outline.py. Read recording.py next.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.node import Node
from autograd.viz.outline import Outline

__all__ = [
    "Backward", "Contribution", "Data", "Edge", "Recording", "Step", "data_of", "for_json", "outline_of_recording",
]  # fmt: skip

Data = Any  # a float, or an array as nested lists of floats; None for an array of more than LARGEST entries

LARGEST = 1000


@dataclass(frozen=True, slots=True)
class Step:
    """A node: one step of the forward pass.

    ``kind`` is "leaf", "parameter", "constant" or "op". ``name`` is the one it was given (then ``named``), else an
    automatic one; two nodes never have the same, but for constants, which are called by their number. ``text`` is
    the expression of an op, such as ``w * x``. ``value`` is what the graph saw, even if a leaf has changed since.
    """

    id: int
    name: str
    named: bool
    kind: str
    op: str | None
    text: str
    scope: tuple[str, ...]
    shape: tuple[int, ...]
    value: Data
    source: str | None


@dataclass(frozen=True, slots=True)
class Edge:
    """``source`` is the operand number ``slot`` of ``target``; repeats are kept."""

    source: int
    target: int
    slot: int


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one operand receives: ``before`` + ``contribution`` = ``after``.

    ``local`` is the derivative of the node by this operand. Of ops that work entry by entry it has the operand's
    shape and multiplies the upstream gradient entry by entry; else it is the Jacobian, the node's axes first, or None
    if that is large. ``first`` tells whether the operand had received nothing before.
    """

    to: int
    slot: int
    local: Data
    local_text: str
    contribution: Data
    before: Data
    after: Data
    first: bool


@dataclass(frozen=True, slots=True)
class Backward:
    """One step of the backward pass: the gradient of a node goes to its operands.

    ``rows`` has one entry for each operand that is no constant and has a rule.
    """

    node: int
    upstream: Data
    rows: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Recording:
    """A run: ``nodes`` in forward order, constants just before their first user; a node's id is its place there.

    ``gradients`` are those of this run, by id, of all that is no constant; ``held`` is what ``.grad`` of the nodes
    holds, where it is not None. Both passes of an array that is not a single number would need a gradient to
    start with: ``backward`` and ``gradients`` are empty then.
    """

    root: int
    nodes: tuple[Step, ...]
    edges: tuple[Edge, ...]
    backward: tuple[Backward, ...]
    gradients: dict[int, Data]
    held: dict[int, Data]

    def as_dict(self) -> dict[str, Any]:
        """The same, ready for JSON: nan and the infinities, for which it has no numbers, are strings.

        >>> from autograd import Value
        >>> from autograd.viz import record
        >>> record(Value(2.0, name="x") ** 2).as_dict()["edges"]
        [{'source': 0, 'target': 2, 'slot': 0}, {'source': 1, 'target': 2, 'slot': 1}]
        """
        found: dict[str, Any] = for_json({"schema": 1, **dataclasses.asdict(self)})
        return found


def outline_of_recording(recording: Recording) -> Outline:
    """The outline that a recording was made from; the gradients are those the nodes held."""
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


def data_of(x: Any) -> Data:
    """A number as a float, an array as nested lists, None for a large one."""
    if isinstance(x, Node):  # a gradient of backward(create_graph=True)
        x = x._raw
    if np.ndim(x) == 0:
        return float(x)
    return x.tolist() if x.size <= LARGEST else None


def for_json(x: Any) -> Any:
    """What JSON has: arrays as lists, nan and the infinities as strings."""
    if isinstance(x, dict):
        return {key: for_json(value) for key, value in x.items()}
    if isinstance(x, (np.ndarray, np.generic)):
        x = x.tolist()
    if isinstance(x, (list, tuple)):
        return [for_json(value) for value in x]
    return x if not isinstance(x, float) or math.isfinite(x) else str(x)
