"""The one rewrite of calculus that the rules do not give by themselves: cross-entropy written out with logs.

With p = sigmoid(z), the derivative of ``y * log(p) + (1 - y) * log(1 - p)`` by z is ``y - p``; with p = softmax(z)
and targets that add up to 1, so is that of ``sum(y * log(p))``. The rules would print ``(y / p - (1 - y) / (1 - p)) *
p * (1 - p)``, which is the same. softmax may be the row, or written out as exp(z) / sum(exp(z)).

From: "Multi-Layer Perceptron (1 Hidden Layer)", step 3; "Chapter 3: Neural Networks", part 8, step 1.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograd import ops
from autograd.node import Node, plain
from autograd.op import Op

__all__ = ["CrossEntropy", "cross_entropies"]


class CrossEntropy(NamedTuple):
    """``terms`` has the derivative y - p by the logits ``z``; ``logs`` are the nodes whose path to p is then done."""

    terms: Node  # the node of y * log(p) + (1 - y) * log(1 - p), or of the sum over y * log(p)
    target: Any
    p: Node
    z: Node
    logs: tuple[Node, ...]


def cross_entropies(nodes: list[Node], users: dict[Node, list[Node]]) -> dict[Node, CrossEntropy]:
    """All places where the rewrite holds, by the node of their terms."""
    found = [_binary(node) or _categorical(node) for node in nodes]
    return {
        match.terms: match
        for match in found
        if match is not None and all(len(users[x]) == 1 for x in match.logs)
    }  # fmt: skip


def _made_by(x: Any, *rows: Op) -> bool:
    return isinstance(x, Node) and x.op in rows


def _times_log(x: Any) -> tuple[Any, Node] | None:
    """``(y, node of log(p))`` of y * log(p)."""
    if _made_by(x, ops.multiply):
        for y, log in (x.inputs, x.inputs[::-1]):
            if _made_by(log, ops.log):
                return y, log
    return None


def _one_minus(x: Any) -> Any:
    """``a`` of the node 1 - a."""
    if _made_by(x, ops.subtract) and not isinstance(x.inputs[0], Node) and np.all(np.equal(x.inputs[0], 1)):
        return x.inputs[1]
    return None


def _binary(node: Node) -> CrossEntropy | None:
    if node.op is not ops.add:
        return None
    for first, second in (node.inputs, node.inputs[::-1]):
        yes, no = _times_log(first), _times_log(second)
        if yes is None or no is None:
            continue
        p, rest = yes[1].inputs[0], no[1].inputs[0]
        if _made_by(p, ops.sigmoid) and _one_minus(rest) is p and _complements(yes[0], no[0]):
            return CrossEntropy(node, yes[0], p, p.inputs[0], (yes[1], no[1], rest))
    return None


def _complements(y: Any, rest: Any) -> bool:
    if isinstance(y, Node) or isinstance(rest, Node):
        return _one_minus(rest) is y
    return np.shape(y) == np.shape(rest) and np.allclose(np.add(y, rest), 1, rtol=0, atol=1e-15)


def _categorical(node: Node) -> CrossEntropy | None:
    """The sum or the mean of y * log(p), over everything or at least the classes."""
    term = _times_log(node.inputs[0]) if node.op in (ops.sum, ops.mean) else None
    if term is None:
        return None
    y, log = term
    p = log.inputs[0]
    softmax = _softmax(p)
    if softmax is None or np.shape(plain(y)) != p.shape:
        return None
    z, axis = softmax
    axis %= len(p.shape)
    summed = node.saved[2]
    over = set(range(len(p.shape)) if summed is None else (int(i) % len(p.shape) for i in np.atleast_1d(summed)))
    if axis not in over or not np.allclose(np.sum(plain(y), axis=axis), 1, rtol=0, atol=1e-12):
        return None
    return CrossEntropy(node, y, p, z, (log,))


def _softmax(p: Any) -> tuple[Node, int] | None:
    """``(z, axis)`` of softmax(z), the row or written out, with or without the largest entry taken out."""
    if _made_by(p, ops.softmax):
        return p.inputs[0], p.saved[2]
    if not _made_by(p, ops.divide) or not _made_by(p.inputs[0], ops.exp) or not _made_by(p.inputs[1], ops.sum):
        return None
    e, total = p.inputs
    axis, keepdims = total.saved[2:4]
    z = e.inputs[0]
    whole = axis is None and len(p.shape) == 1
    if total.inputs[0] is not e or not isinstance(z, Node) or not (whole or (keepdims and isinstance(axis, int))):
        return None
    if _made_by(z, ops.subtract) and isinstance(z.inputs[0], Node):
        top = z.inputs[1]
        same = not isinstance(top, Node) or (top.op is ops.max and top.inputs[0] is z.inputs[0])
        along = np.shape(plain(top)) in ((), total.shape)  # one number for each sample: softmax does not change
        z = z.inputs[0] if same and along else z
    return z, 0 if whole else axis
