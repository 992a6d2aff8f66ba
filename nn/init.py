"""Initial weights: functions ``f(shape, rng)`` that draw a matrix of shape (fan_in, fan_out). Imports only NumPy.

``rng`` is a ``np.random.Generator``, or a ``np.random.RandomState``: ``he((d_in, d_out), np.random.RandomState(42))``
has the bits of ``randn(d_in, d_out) * sqrt(2 / d_in)`` after ``np.random.seed(42)``. `constant`, `normal` and `uniform`
make such functions; the others are such functions, and stand in `INITIALISERS`.

The documents call three things Xavier: ``sqrt(1 / fan_in)`` is `xavier_fan_in`, ``sqrt(2 / (fan_in + fan_out))`` is
`xavier`, and where one says Xavier and writes ``sqrt(2 / fan_in)``, that is `he`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nn.data.arguments import is_whole

__all__ = [
    "INITIALISERS", "constant", "he", "initialiser_named", "lecun", "normal", "orthogonal", "random_generator",
    "uniform", "xavier", "xavier_fan_in", "xavier_uniform", "zeros",
]  # fmt: skip

Initialiser = Callable[[tuple[int, ...], Any], np.ndarray]


def constant(value: float) -> Initialiser:
    """An initialiser: every weight is ``value``. With equal weights all neurons of a layer stay alike.

    >>> constant(0.5)((1, 2), None)
    array([[0.5, 0.5]])
    """
    return lambda shape, _rng: np.full(shape, float(value))


def normal(std: float) -> Initialiser:
    """An initialiser: normal with mean 0 and standard deviation ``std``.

    From: "Neural Networks Solutions - Module 6", exercise 6.2: 0.01 there is "small", 1.0 is "large".

    >>> normal(0.01)((2, 3), np.random.default_rng(0)).shape
    (2, 3)
    """
    return lambda shape, rng: rng.normal(0.0, std, shape)


def uniform(limit: float) -> Initialiser:
    """An initialiser: uniform between ``-limit`` and ``limit``.

    >>> bool(np.abs(uniform(0.1)((2, 3), np.random.default_rng(0))).max() <= 0.1)
    True
    """
    return lambda shape, rng: rng.uniform(-limit, limit, shape)


def zeros(shape: tuple[int, ...], rng: Any) -> np.ndarray:
    """Zeros. All neurons of a layer then compute the same, and go on to.

    From: "Neural Networks Solutions - Module 6", exercise 6.2; "Multi-Layer Perceptron (1 Hidden Layer)", Key
    Takeaways.

    >>> zeros((1, 2), None)
    array([[0., 0.]])
    """
    return constant(0.0)(shape, rng)


def he(shape: tuple[int, ...], rng: Any) -> np.ndarray:
    """Normal with standard deviation ``sqrt(2 / fan_in)``: ReLU passes on about half of the variance.

    From: He, Zhang, Ren, Sun (2015), Delving Deep into Rectifiers; "Multi-Layer Perceptron (1 Hidden Layer)", step 4;
    "Chapter 3: Neural Networks", Code Example; "Neural Networks Solutions - Module 6", exercise 6.2, and exercise 3.3,
    where a comment calls it Xavier.

    >>> he((2, 3), np.random.default_rng(0)).shape
    (2, 3)
    """
    return normal(np.sqrt(2.0 / _fans(shape)[0]))(shape, rng)


def lecun(shape: tuple[int, ...], rng: Any) -> np.ndarray:
    """Normal with standard deviation ``sqrt(1 / fan_in)``: a linear layer keeps the variance.

    From: LeCun, Bottou, Orr, Müller (1998), Efficient BackProp. Two documents call it Xavier: `xavier_fan_in`.

    >>> lecun((2, 3), np.random.default_rng(0)).shape
    (2, 3)
    """
    return normal(np.sqrt(1.0 / _fans(shape)[0]))(shape, rng)


def xavier_fan_in(shape: tuple[int, ...], rng: Any) -> np.ndarray:
    """Normal with standard deviation ``sqrt(1 / fan_in)``: `lecun`, by the name that two documents give it.

    From: "Multi-Layer Perceptron (1 Hidden Layer)", step 4 and Key Takeaways (where it is written as
    N(0, sqrt(1 / n)): that is the deviation, not the variance); "Chapter 3: Neural Networks", Code Example, for sigmoid
    and tanh.

    >>> xavier_fan_in((2, 3), np.random.default_rng(0)).shape
    (2, 3)
    """
    return lecun(shape, rng)


def xavier(shape: tuple[int, ...], rng: Any) -> np.ndarray:
    """Normal with standard deviation ``sqrt(2 / (fan_in + fan_out))``: between what suits forward and backward.

    From: Glorot, Bengio (2010), Understanding the Difficulty of Training Deep Feedforward Neural Networks; "Neural
    Networks Solutions - Module 6", exercise 6.2.

    >>> xavier((2, 3), np.random.default_rng(0)).shape
    (2, 3)
    """
    return normal(np.sqrt(2.0 / sum(_fans(shape))))(shape, rng)


def xavier_uniform(shape: tuple[int, ...], rng: Any) -> np.ndarray:
    """Uniform within ``sqrt(6 / (fan_in + fan_out))``, which has the standard deviation of `xavier`.

    From: Glorot, Bengio (2010), Understanding the Difficulty of Training Deep Feedforward Neural Networks.

    >>> xavier_uniform((2, 3), np.random.default_rng(0)).shape
    (2, 3)
    """
    return uniform(np.sqrt(6.0 / sum(_fans(shape))))(shape, rng)


def orthogonal(shape: tuple[int, ...], rng: Any) -> np.ndarray:
    """Orthonormal columns, or rows if those are fewer; each such matrix is equally likely.

    From: Saxe, McClelland, Ganguli (2013), Exact Solutions to the Nonlinear Dynamics of Learning in Deep Linear Neural
    Networks.

    >>> W = orthogonal((4, 2), np.random.default_rng(0))
    >>> bool(np.allclose(W.T @ W, np.eye(2)))
    True
    """
    fan_in, fan_out = _fans(shape)
    Q, R = np.linalg.qr(rng.normal(size=(max(fan_in, fan_out), min(fan_in, fan_out))))
    Q = Q * np.where(np.diagonal(R) < 0, -1.0, 1.0)  # else the signs are the decomposition's, not chance
    return Q if fan_in >= fan_out else Q.T


def random_generator(rng: Any) -> Any:
    """The generator ``rng``, or a fresh one for None.

    Raises: TypeError for anything else: a seed would give each layer that gets it the same numbers.

    >>> random_generator(np.random.default_rng(0)).random()
    0.6369616873214543
    """
    if rng is None:
        return np.random.default_rng()
    if not isinstance(rng, (np.random.Generator, np.random.RandomState)):
        raise TypeError(f"rng is {rng!r:.60}; it is a random generator, such as np.random.default_rng(42), or None")
    return rng


def _fans(shape: tuple[int, ...]) -> tuple[int, int]:
    if len(shape) != 2 or not all(is_whole(n) and n > 0 for n in shape):
        raise ValueError(f"initial weights have a shape (fan_in, fan_out) of two positive whole numbers, not {shape}")
    return shape[0], shape[1]


INITIALISERS: dict[str, Initialiser] = {
    "he": he,
    "lecun": lecun,
    "orthogonal": orthogonal,
    "xavier": xavier,
    "xavier_fan_in": xavier_fan_in,
    "xavier_uniform": xavier_uniform,
    "zeros": zeros,
}


def initialiser_named(name: str) -> Initialiser:
    """The initialiser called ``name``.

    Raises: ValueError for an unknown name; it lists the known ones.

    >>> initialiser_named("zeros")((1, 2), None)
    array([[0., 0.]])
    """
    if name not in INITIALISERS:
        raise ValueError(
            f"no initialiser is called {name!r}; there are {', '.join(INITIALISERS)}, and functions such as "
            f"nn.init.normal(0.01)"
        )
    return INITIALISERS[name]
