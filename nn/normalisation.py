"""Layers that bring their input to mean 0 and variance 1, then scale and shift it. May import module.py.

The backward pass is the engine's: nothing here differentiates.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import Node, Parameter, ops
from autograd.errors import ShapeError
from autograd.node import plain
from nn.module import Module

__all__ = ["BatchNorm", "LayerNorm"]


class Normalisation(Module):
    """Scale ``gamma`` and shift ``beta`` behind a normalisation: abstract, subclasses say over what."""

    def __init__(self, d: int, eps: float, dtype: Any) -> None:
        self.gamma = Parameter(np.ones(d), name="gamma", dtype=dtype)  # (d,)
        self.beta = Parameter(np.zeros(d), name="beta", dtype=dtype)  # (d,)
        if not 0 <= eps < math.inf:
            raise ValueError(f"{type(self).__name__}: eps is {eps!r}; it is a small number such as 1e-5, not below 0")
        self.eps = float(eps)  # a np.float64 would make float32 arrays float64

    def normalised(self, x: Any, mean: Any, var: Any) -> Any:
        """``gamma * (x - mean) / sqrt(var + eps) + beta``."""
        return self.gamma * ((x - mean) / ops.sqrt(var + self.eps)) + self.beta

    def checked(self, x: Any) -> Any:
        """``x`` as a node or an array.

        Raises: ShapeError if its last axis is not d.
        """
        x = x if isinstance(x, Node) else np.asarray(x)
        if x.shape[-1:] != self.gamma.shape:
            raise ShapeError(f"{self} takes rows of {self.gamma.shape[0]} numbers, but x has shape {x.shape}")
        return x

    def sample_shape(self) -> tuple[int, ...] | None:
        """``(d,)``."""
        return self.gamma.shape


class BatchNorm(Normalisation):
    """Each feature to mean 0 and variance 1 over the batch, then ``gamma * x + beta``.

    In training the statistics are the batch's, with the variance divided by n ("biased"), and a running mean and
    variance are kept: plain arrays, no gradient goes to them. In evaluation mode the statistics are those. There are
    two conventions for keeping them, and ``momentum`` is 0.9 in the first and 0.1 in the second unless it is given:

    - "documents": ``running = momentum * running + (1 - momentum) * batch``, the variance biased;
    - "pytorch":   ``running = (1 - momentum) * running + momentum * batch``, the variance divided by n - 1.

    Shapes: x (n, d), gamma, beta, running_mean, running_var (d,); in evaluation mode also (d,).

    Raises: ShapeError if the last axis of x is not d, or in training for a batch of one sample; ValueError for another
    convention, a momentum outside of [0, 1] or an eps below 0.

    From: Ioffe, Szegedy (2015), Batch Normalization; "Neural Networks Solutions - Module 6", exercise 6.3.

    >>> norm = BatchNorm(1)
    >>> norm(np.array([[1.0], [3.0]])).data
    array([[-1.],
           [ 1.]])
    >>> norm.running_mean, norm.running_var
    (array([0.2]), array([1.]))
    """

    def __init__(
        self,
        d: int,
        momentum: float | None = None,
        eps: float = 1e-5,
        convention: str = "documents",
        dtype: Any = np.float64,
    ) -> None:
        if convention not in ("documents", "pytorch"):
            raise ValueError(f"BatchNorm: there are the conventions 'documents' and 'pytorch', no {convention!r}")
        if momentum is None:
            momentum = 0.9 if convention == "documents" else 0.1
        if not 0 <= momentum <= 1:
            raise ValueError(f"BatchNorm: the momentum is {momentum!r}; it is a part, between 0 and 1")
        super().__init__(d, eps, dtype)
        self.momentum, self.convention = momentum, convention
        self.running_mean = np.zeros(d, dtype)  # (d,)
        self.running_var = np.ones(d, dtype)  # (d,)

    def __call__(self, x: Any) -> Any:
        """The same shape."""
        x = self.checked(x)
        if not self.training:
            return self.normalised(x, self.running_mean, self.running_var)
        if x.ndim != 2 or len(x) < 2:
            raise ShapeError(
                f"{self} in training takes a batch (n, d) of two samples or more, of one there is no variance; x has "
                f"shape {x.shape}. After training call model.eval(); in fit choose another batch_size"
            )
        mean, var = ops.mean(x, axis=0), ops.var(x, axis=0)  # (d,), (d,)
        self._keep(plain(mean), plain(var), len(x))
        return self.normalised(x, mean, var)

    def _keep(self, mean: np.ndarray, var: np.ndarray, n: int) -> None:
        old = self.momentum if self.convention == "documents" else 1 - self.momentum
        if self.convention == "pytorch":
            var = var * (n / (n - 1))
        self.running_mean[...] = old * self.running_mean + (1 - old) * mean
        self.running_var[...] = old * self.running_var + (1 - old) * var

    def __repr__(self) -> str:
        return f"BatchNorm({self.gamma.shape[0]})"


class LayerNorm(Normalisation):
    """Each row to mean 0 and variance 1, then ``gamma * x + beta``; in training and in use alike.

    Shapes: x (..., d), gamma, beta (d,).

    Raises: ShapeError if the last axis of x is not d; ValueError for an eps below 0.

    From: Ba, Kiros, Hinton (2016), Layer Normalization.

    >>> LayerNorm(2)(np.array([1.0, 3.0])).data
    array([-1.,  1.])
    """

    def __init__(self, d: int, eps: float = 1e-5, dtype: Any = np.float64) -> None:
        super().__init__(d, eps, dtype)

    def __call__(self, x: Any) -> Any:
        """The same shape."""
        x = self.checked(x)
        return self.normalised(x, ops.mean(x, axis=-1, keepdims=True), ops.var(x, axis=-1, keepdims=True))

    def __repr__(self) -> str:
        return f"LayerNorm({self.gamma.shape[0]})"
