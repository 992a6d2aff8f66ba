"""Which axes of the arrays of a graph run over samples: their number is printed as n. May import expression.py.

Read derivation.py next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import ops
from autograd.formulas.expression import Expression, Size
from autograd.node import Node
from autograd.ops.shapes import shape_of
from autograd.parameter import Parameter

__all__ = ["Samples", "samples_of"]

PRODUCTS = (ops.matmul, ops.affine)
REDUCTIONS = (ops.sum, ops.mean, ops.max, ops.min)


@dataclass(frozen=True, slots=True)
class Samples:
    """How many samples there are, and which ``axis`` of which ``operand`` holds them; None if nothing tells."""

    number: int = 1
    operand: Any = None
    axis: int = 0

    def shape(self, x: Any) -> tuple[int, ...]:
        """The shape of an operand, with the number of samples as n."""
        return self.tagged(shape_of(x), {self.axis} if x is self.operand else set())

    def result_shape(self, node: Node, parts: Sequence[Expression]) -> tuple[int, ...]:
        """The shape of a node computed from ``parts``: it keeps their n.

        What is broadcast to more rows is so for each sample, if there are as many.
        """
        ndim = len(node.shape)
        axes = {0} if node.op is ops.broadcast_to and parts[0].shape[:1] != node.shape[:1] else set()
        for slot, part in enumerate(parts):
            from_left = part.ndim == ndim or keeps_rows(node, part) or (node.op in PRODUCTS and slot == 0)
            axes |= {
                i if from_left else i - part.ndim + ndim for i, size in enumerate(part.shape) if isinstance(size, Size)
            }
        return self.tagged(node.shape, axes)

    def tagged(self, shape: Sequence[int], axes: set[int]) -> tuple[int, ...]:
        """``shape`` with the number of samples as n along ``axes``."""
        if self.number < 2:
            return tuple(shape)
        n = Size(self.number, "n")
        return tuple(n if i in axes and size == n else size for i, size in enumerate(shape))


def keeps_rows(node: Node, part: Expression) -> bool:
    """Is the first axis of the result that of the operand, though there are more axes or fewer?"""
    if node.op in REDUCTIONS:
        axes = node.saved[2]
        return axes is not None and all(axis % part.ndim for axis in np.atleast_1d(axes))
    return node.op in (ops.getitem, ops.reshape)


def samples_of(nodes: Sequence[Node], names: Mapping[Node, str]) -> Samples:
    """The samples of a graph: rows or columns of the data in a matrix product, else rows of other data."""
    for node in nodes:
        if node.op in PRODUCTS:
            left, right = node.inputs[:2]
            for x, other, axis in ((left, right, 0), (right, left, 1)):
                ndim = len(shape_of(x))
                batch = ndim == 2 or (ndim > 2 and x is left)
                if batch and is_data(x) and isinstance(other, Node) and other.op is None:
                    return Samples(shape_of(x)[axis], x, axis)
    root = nodes[-1]
    for node in nodes:  # each row gives one of the result
        if node.op is None and is_data(node) and node.shape[:1] == root.shape[:1] != ():
            return Samples(node.shape[0], node)
    for node in nodes:
        for x in (node, *node.inputs):
            leaf = isinstance(x, Node) and x.op is None and names.get(x) == "X" and len(x.shape) > 1
            if leaf or (isinstance(x, np.ndarray) and x.ndim):
                return Samples(x.shape[0], x)
    return Samples()


def is_data(x: Any) -> bool:
    """Is it an array, or a leaf that is no parameter?"""
    return not isinstance(x, Node) or (x.op is None and not isinstance(x, Parameter))
