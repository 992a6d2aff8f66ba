"""Optimisers: they update parameters from their gradients. May import module.py."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from nn.module import Module

__all__ = ["SGD"]


class SGD:
    """Gradient descent: ``p <- p - lr * p.grad``, for Values and Parameters alike.

    ``lr`` may be changed between steps.

    Raises: ValueError without parameters, for a rate that is not positive, or in ``step()`` if no parameter has a
    gradient.

    From: "Neural Networks Solutions - Module 6", exercise 5.1.

    >>> from autograd import Parameter
    >>> w = Parameter([1.0, 2.0])
    >>> (w * w).sum().backward()
    >>> SGD([w], lr=0.1).step()
    >>> w
    Parameter([0.8, 1.6])
    """

    def __init__(self, params: Iterable[Any], lr: float) -> None:
        if isinstance(params, Module):
            raise TypeError("SGD was given the module itself; pass its .parameters()")
        self.params = list(dict.fromkeys(params))  # one that is shared is updated once
        if not self.params:
            raise ValueError("SGD was given no parameters; pass model.parameters()")
        if not lr > 0:
            raise ValueError(f"the learning rate is {lr!r}; it is a positive number")
        self.lr = lr

    def step(self) -> None:
        """Update every parameter that has a gradient."""
        if all(p.grad is None for p in self.params):
            raise ValueError("no parameter has a gradient; call loss.backward() before step()")
        for p in self.params:
            if p.grad is not None:
                p.update(np.subtract, self.lr * p.grad)

    def zero_grad(self) -> None:
        """Forget the gradients of the last step, as Module.zero_grad does."""
        for p in self.params:
            p.grad = None if p.is_array else 0.0
