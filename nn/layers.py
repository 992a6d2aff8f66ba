"""Layers on Tensors: rows are samples, ``X (n, d_in) @ W (d_in, d_out) + b (d_out,)``. May import module.py."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Node, Parameter, ops
from autograd.errors import ShapeError
from nn.module import Module

__all__ = ["Linear", "ReLU", "Sequential", "Sigmoid", "Tanh"]


class Linear(Module):
    """``X @ W + b``. He's initial weights: normal with standard deviation sqrt(2 / d_in); zero biases.

    Shapes: X (n, d_in) or (d_in,), W (d_in, d_out), b (d_out,); the output is (n, d_out) or (d_out,).

    Raises: ShapeError if the last axis of X is not d_in.

    From: "Multi-Layer Perceptron (1 Hidden Layer)", step 4.

    >>> layer = Linear(3, 2, rng=np.random.default_rng(0))
    >>> layer(np.ones((5, 3))).shape
    (5, 2)
    """

    def __init__(
        self,
        d_in: int,
        d_out: int,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float64,
    ) -> None:
        rng = rng or np.random.default_rng()
        weights = rng.normal(0.0, np.sqrt(2.0 / d_in), (d_in, d_out))
        self.W = Parameter(weights, name="W", dtype=dtype)  # (d_in, d_out)
        self.b = Parameter(np.zeros(d_out), name="b", dtype=dtype)  # (d_out,)

    def __call__(self, x: Any) -> Any:
        """The output for a batch of rows, or for one row."""
        x = x if isinstance(x, (Node, np.ndarray)) else np.asarray(x)
        if x.shape[-1:] != self.W.shape[:1]:
            raise ShapeError(f"{self} takes rows of {self.W.shape[0]} numbers, but x has shape {x.shape}")
        return ops.affine(x, self.W, self.b)

    def __repr__(self) -> str:
        return f"Linear({self.W.shape[0]}, {self.W.shape[1]})"


class ReLU(Module):
    """``max(0, x)``, entry by entry; its derivative at 0 is 0.

    >>> from autograd import Tensor
    >>> ReLU()(Tensor([-1.0, 2.0]))
    Tensor([0., 2.])
    """

    def __call__(self, x: Any) -> Any:
        """The same shape."""
        return ops.relu(x)

    def __repr__(self) -> str:
        return "ReLU()"


class Tanh(Module):
    """The hyperbolic tangent, entry by entry.

    >>> from autograd import Tensor
    >>> Tanh()(Tensor([0.0]))
    Tensor([0.])
    """

    def __call__(self, x: Any) -> Any:
        """The same shape."""
        return ops.tanh(x)

    def __repr__(self) -> str:
        return "Tanh()"


class Sigmoid(Module):
    """``1 / (1 + exp(-x))``, entry by entry; stable for any x.

    >>> from autograd import Tensor
    >>> Sigmoid()(Tensor([0.0]))
    Tensor([0.5])
    """

    def __call__(self, x: Any) -> Any:
        """The same shape."""
        return ops.sigmoid(x)

    def __repr__(self) -> str:
        return "Sigmoid()"


class Sequential(Module):
    """Modules one after another.

    >>> model = Sequential(Linear(2, 16), ReLU(), Linear(16, 1))
    >>> model(np.ones((4, 2))).shape
    (4, 1)
    """

    def __init__(self, *modules: Any) -> None:
        self.steps = list(modules)

    def __call__(self, x: Any) -> Any:
        """The output of the last module."""
        for module in self.steps:
            x = module(x)
        return x

    def __getitem__(self, i: int) -> Any:
        return self.steps[i]

    def __len__(self) -> int:
        return len(self.steps)

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(str, self.steps))})"
