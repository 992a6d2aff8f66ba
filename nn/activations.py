"""Activation functions by name, for both tiers. May import autograd."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

from autograd import ops

__all__ = ["ACTIVATIONS", "activation_named", "softmax"]


def linear(x: Any) -> Any:
    """What it is given: no activation.

    >>> linear(3.0)
    3.0
    """
    return x


def softmax(x: Any) -> Any:
    """``exp(x) / sum(exp(x))``, stable: of a list of Values a list of Values, of an array along the last axis.

    Shapes: the output has the input's; its entries along the last axis add up to 1.

    From: "Chapter 3: Neural Networks", part 5; "Neural Networks Solutions - Module 6", exercise 2.4.

    >>> from autograd import Tensor, Value
    >>> softmax(Tensor([0.0, 0.0]))
    Tensor([0.5, 0.5])
    >>> [p.data for p in softmax([Value(1000.0), Value(1000.0)])]
    [0.5, 0.5]
    """
    if not isinstance(x, (list, tuple)):
        return ops.softmax(x)
    largest = reduce(ops.maximum, map(ops.stop_gradient, x))  # a constant: it cancels, from the gradient too
    powers = [ops.exp(z - largest) for z in x]
    total = sum(powers[1:], powers[0])
    return [power / total for power in powers]


ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "elu": ops.elu,
    "gelu": ops.gelu,
    "leaky_relu": ops.leaky_relu,
    "linear": linear,
    "relu": ops.relu,
    "sigmoid": ops.sigmoid,
    "softmax": softmax,
    "softplus": ops.softplus,
    "tanh": ops.tanh,
}


def activation_named(name: str) -> Callable[[Any], Any]:
    """The function called ``name``.

    Raises: ValueError for an unknown name; it lists the known ones.

    >>> activation_named("relu")(-1.0)
    0.0
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"no activation is called {name!r}; there are {', '.join(sorted(ACTIVATIONS))}")
    return ACTIVATIONS[name]
