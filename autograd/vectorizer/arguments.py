"""What a function of one sample takes, and the arrays that are given instead. May import value.py.

Read function.py next.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.node import Node, describe
from autograd.op import unmasked

__all__ = ["Arguments", "nested"]


class Arguments:
    """The arguments of a function, by name: arrays of samples, and those that are ``static``.

    Raises: TypeError where their number is not fixed; ValueError for a static one that there is not.
    """

    def __init__(self, f: Callable[..., Any], static: str | tuple[str, ...]) -> None:
        self.f, self.name = f, str(getattr(f, "__name__", type(f).__name__))
        self.static = (static,) if isinstance(static, str) else tuple(static)
        try:
            self.signature = inspect.signature(f)
        except ValueError:
            raise TypeError(
                f"nothing tells what arguments {self.name} takes; write lambda x: {self.name}(x), say"
            ) from None
        for parameter in self.signature.parameters.values():
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                raise TypeError(
                    f"{self.name} takes any number of arguments ({parameter}); vectorize needs a fixed number"
                )
        self.names = tuple(self.signature.parameters)
        for name in self.static:
            if name not in self.signature.parameters:
                raise ValueError(
                    f"static={name!r}: {self.name} has no such argument; it has {', '.join(self.signature.parameters)}"
                )

    def read(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The arrays, by the names of the arguments, and the static arguments."""
        plain = not kwargs and len(args) == len(self.names)  # then there is nothing to bind, which takes its time
        bound = dict(zip(self.names, args, strict=True)) if plain else self.bound(args, kwargs)
        arrays = {name: self.array(name, x) for name, x in bound.items() if name not in self.static}
        if len({x.shape[0] for x in arrays.values()}) != 1:
            shapes = ", ".join(f"{name} {x.shape}" for name, x in arrays.items()) or "no array"
            raise ShapeError(
                f"{self.name} got {shapes}: every argument has the samples along its first axis, as many in each; name "
                f"what is the same for all samples in static="
            )
        return arrays, {name: x for name, x in bound.items() if name in self.static}

    def bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """What is given, by the names of the arguments."""
        try:
            return self.signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise TypeError(f"{self.name}{self.signature}: {error}") from None

    def array(self, name: str, x: Any) -> Any:
        """An argument as an array of floats or a Tensor."""
        if not isinstance(x, Node):
            try:
                x = unmasked(x) if isinstance(x, np.ndarray) else np.asarray(x)
            except ValueError:
                raise ShapeError(
                    f"{self.name}: {name} has samples of different shapes; give those of each shape by themselves"
                ) from None
            if x.dtype.kind not in "fiub":
                raise TypeError(f"{self.name}: {name} is an array of dtype {x.dtype}; it takes arrays of real numbers")
            x = x if x.dtype.kind == "f" else x.astype(float)
        if not x.shape:
            raise ShapeError(
                f"{self.name}: {name} is a single number, {describe(x) if isinstance(x, Node) else x}; its samples are "
                f"the entries of an array of shape (n,), or it is named in static="
            )
        return x

    def call(self, arguments: dict[str, Any]) -> Any:
        """The function itself."""
        names = [name for name in self.signature.parameters if name in arguments]
        bound = inspect.BoundArguments(self.signature, {name: arguments[name] for name in names})
        return self.f(*bound.args, **bound.kwargs)


def nested(numbers: np.ndarray, make: Callable[[float], Any]) -> Any:
    """The numbers of an array in nested lists."""
    if np.ndim(numbers) == 0:
        return make(float(numbers))
    return [nested(part, make) for part in numbers]
