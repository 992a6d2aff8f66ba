"""Activation functions by name, for both tiers. May import autograd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import ops

__all__ = ["ACTIVATIONS", "activation_named"]


def linear(x: Any) -> Any:
    """What it is given: no activation.

    >>> linear(3.0)
    3.0
    """
    return x


ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "elu": ops.elu,
    "gelu": ops.gelu,
    "leaky_relu": ops.leaky_relu,
    "linear": linear,
    "relu": ops.relu,
    "sigmoid": ops.sigmoid,
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
