"""Parameter: a Tensor leaf that is updated in place.

Parameters are updated, everything else is recorded. May import tensor.py. Read transforms.py next.
"""

from __future__ import annotations

from typing import Any, Self

from autograd.node import Node
from autograd.tensor import Tensor, holds_nodes

__all__ = ["Parameter"]


class Parameter(Tensor):
    """A Tensor for weights: ``-=``, ``+=``, ``*=``, ``/=`` and ``p[i] = v`` change it and record nothing.

    A graph recorded before an update knows that it is stale: its backward() raises StaleGraphError.

    Raises: TypeError for nodes, but for a constant, whose data it copies.

    >>> w = Parameter([1.0, 2.0], name="w")
    >>> (w * w).sum().backward()
    >>> w -= 0.1 * w.grad
    >>> w
    Parameter([0.8, 1.6], name='w')
    """

    __slots__ = ()

    def __new__(cls, data: Any = None, name: str | None = None, dtype: Any = None) -> Self:  # noqa: ARG004 (__init__'s)
        """Always a leaf, where Tensor(...) of nodes is computed from them."""
        return object.__new__(cls)

    def __init__(self, data: Any, name: str | None = None, dtype: Any = None) -> None:
        if isinstance(data, Node) and data.may_become_plain():
            data = data.operand()
        if holds_nodes(data):
            raise TypeError(
                "a Parameter is a leaf, it cannot be computed from nodes: give it their .data, or use Tensor"
            )
        super().__init__(data, name, dtype)

    def updates_in_place(self) -> bool:
        return True
