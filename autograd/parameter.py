"""Parameter: a Tensor leaf that is updated in place.

Parameters are updated, everything else is recorded. May import tensor.py. Read transforms.py next.
"""

from __future__ import annotations

from autograd.tensor import Tensor

__all__ = ["Parameter"]


class Parameter(Tensor):
    """A Tensor for weights: ``-=``, ``+=``, ``*=``, ``/=`` and ``p[i] = v`` change it and record nothing.

    A graph recorded before an update knows that it is stale: its backward() raises StaleGraphError.

    >>> w = Parameter([1.0, 2.0], name="w")
    >>> (w * w).sum().backward()
    >>> w -= 0.1 * w.grad
    >>> w
    Parameter([0.8, 1.6], name='w')
    """

    __slots__ = ()

    def updates_in_place(self) -> bool:
        return True
