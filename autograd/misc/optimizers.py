"""SGD, RMSprop and Adam of a function's gradient, as HIPS autograd calls them. Ours for networks are in `nn.optim`.

Parameters are a number, an array, or any list, tuple or dict of them. The steps are plain arithmetic, so that an
optimisation can be differentiated itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.misc.flatten import flatten

__all__ = ["adam", "rmsprop", "sgd"]

Gradient = Callable[[Any, int], Any]
Callback = Callable[[Any, int, Any], Any] | None
Step = Callable[[Any, int], Any]  # the gradient and the number of the step -> what is added to the parameters


def _descend(grad: Gradient, x0: Any, callback: Callback, num_iters: int, step: Step) -> Any:
    x, unflatten = flatten(x0)
    for i in range(num_iters):
        gradient = grad(unflatten(x), i)
        g, _ = flatten(gradient)
        if callback is not None:
            callback(unflatten(x), i, gradient)
        x = x + step(g, i)
    return unflatten(x)


def sgd(
    grad: Gradient, x0: Any, callback: Callback = None, num_iters: int = 200, step_size: float = 0.1, mass: float = 0.9
) -> Any:
    """Gradient descent with momentum: ``grad(x, i)`` is the gradient at step i, ``callback(x, i, g)`` looks on.

    >>> round(float(sgd(lambda x, i: 2 * x, 1.0)), 3)
    0.0
    """
    velocity: Any = 0.0

    def step(g: Any, i: int) -> Any:  # noqa: ARG001 (of every rule)
        nonlocal velocity
        velocity = mass * velocity - (1.0 - mass) * g
        return step_size * velocity

    return _descend(grad, x0, callback, num_iters, step)


def rmsprop(
    grad: Gradient,
    x0: Any,
    callback: Callback = None,
    num_iters: int = 100,
    step_size: float = 0.1,
    gamma: float = 0.9,
    eps: float = 1e-8,
) -> Any:
    """RMSprop: each gradient is divided by the root of the moving mean of its square, which starts at 1.

    >>> abs(float(rmsprop(lambda x, i: 2 * x, 1.0, step_size=0.01))) < 0.5
    True
    """
    mean_square: Any = 1.0

    def step(g: Any, i: int) -> Any:  # noqa: ARG001 (of every rule)
        nonlocal mean_square
        mean_square = gamma * mean_square + (1 - gamma) * g**2
        return -step_size * g / (np.sqrt(mean_square) + eps)

    return _descend(grad, x0, callback, num_iters, step)


def adam(
    grad: Gradient,
    x0: Any,
    callback: Callback = None,
    num_iters: int = 100,
    step_size: float = 0.001,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
) -> Any:
    """Adam.

    From: Kingma and Ba, "Adam: A Method for Stochastic Optimization", algorithm 1.

    >>> abs(float(adam(lambda x, i: 2 * x, 1.0, step_size=0.1))) < 0.1
    True
    """
    mean: Any = 0.0
    mean_square: Any = 0.0

    def step(g: Any, i: int) -> Any:
        nonlocal mean, mean_square
        mean = b1 * mean + (1 - b1) * g
        mean_square = b2 * mean_square + (1 - b2) * g**2
        corrected, corrected_square = mean / (1 - b1 ** (i + 1)), mean_square / (1 - b2 ** (i + 1))
        return -step_size * corrected / (np.sqrt(corrected_square) + eps)

    return _descend(grad, x0, callback, num_iters, step)
