"""Module: what has parameters. Values and Tensors alike; read neurons.py or layers.py next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograd import Parameter, Value

__all__ = ["Module"]


class Module:
    """A part of a network, found by its attributes: Values, Parameters, other Modules, and lists of them.

    Subclasses set attributes in ``__init__`` and define ``__call__``.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.w, self.b = Value(2.0), Value(1.0)
    ...     def __call__(self, x):
    ...         return self.w * x + self.b
    >>> [name for name, p in Line().named_parameters()]
    ['w', 'b']
    """

    training = True

    def __call__(self, x: Any) -> Any:
        """The output for input ``x``."""
        raise NotImplementedError(f"{type(self).__name__} defines no __call__")

    def named_parameters(self) -> Iterator[tuple[str, Any]]:
        """Pairs of attribute path and parameter, in the order the attributes were set; shared ones once."""
        seen: set[int] = set()
        for name, value in vars(self).items():
            for path, p in _parameters_in(name, value):
                if id(p) not in seen:
                    seen.add(id(p))
                    yield path, p

    def parameters(self) -> list[Any]:
        """All parameters, in a fixed order."""
        return [p for _, p in self.named_parameters()]

    def zero_grad(self) -> None:
        """Forget the gradients: 0.0 for a Value, as in micrograd, and None for a Tensor."""
        for p in self.parameters():
            p.grad = None if p.is_array else 0.0

    def modules(self) -> Iterator[Module]:
        """This module and all below it."""
        yield self
        for value in vars(self).values():
            yield from _modules_in(value)

    def train(self, mode: bool = True) -> Module:
        """Set training mode here and below: what some layers do differs between training and use."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Module:
        """Set evaluation mode here and below."""
        return self.train(False)


def _modules_in(value: Any) -> Iterator[Module]:
    if isinstance(value, Module):
        yield from value.modules()
    elif isinstance(value, (list, tuple, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _modules_in(part)


def _parameters_in(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Parameter) or (isinstance(value, Value) and value.is_leaf):
        yield path, value
    elif isinstance(value, Module):
        yield from ((f"{path}.{name}", p) for name, p in value.named_parameters())
    elif isinstance(value, (list, tuple)):
        for i, part in enumerate(value):
            yield from _parameters_in(f"{path}.{i}", part)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _parameters_in(f"{path}.{key}", part)
