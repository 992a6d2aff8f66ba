"""Small data sets drawn by formula, in plain NumPy.

With an int (or a ``RandomState``) as ``rng``, every array equals scikit-learn's, bit for bit.
May import arguments; read preparation.py next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from nn.data.arguments import Floats, Generator, Labels, Rng, generator_of, is_real, is_whole

__all__ = ["blobs", "circles", "half_plane", "moons", "spirals", "xor"]


def xor() -> tuple[Floats, Labels]:
    """Return the truth table of exclusive or: the smallest data no straight line separates.

    Shapes: X (4, 2), y (4,).
    From: "Multi-Layer Perceptron (1 Hidden Layer)", The Problem with Linear Models.

    >>> X, y = xor()
    >>> X.tolist(), y.tolist()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return X, np.array([0, 1, 1, 0], dtype=np.intp)


def moons(
    n_samples: int | Sequence[int] = 100,
    *,
    noise: float | None = None,
    rng: Rng = None,
    shuffle: bool = True,
    noise_first: bool = False,
) -> tuple[Floats, Labels]:
    """Return two half circles that reach into each other: label 0 the upper one, label 1 the lower one.

    ``n_samples`` is the total, or the two class sizes; of an odd total the lower moon gets one more.
    ``noise`` is the standard deviation of what is added to each coordinate. ``rng`` is a seed or a
    generator; with None every call draws anew. scikit-learn draws the order of the rows before the noise;
    ``noise_first`` turns that round, as the two moons of "Chapter 3: Neural Networks" are made.

    Shapes: X (n_samples, 2), y (n_samples,).
    Raises: ValueError for a size, noise or rng that cannot be used.
    From: scikit-learn's ``make_moons``, as used in "Multi-Layer Perceptron (1 Hidden Layer)", step 2; with
    ``noise_first`` "Chapter 3: Neural Networks", Binary Classification: Two Moons Dataset.

    >>> X, y = moons(5, noise=0.1, rng=42)
    >>> X.shape, y.tolist()
    ((5, 2), [0, 1, 1, 0, 1])
    """
    n_upper, n_lower = _class_sizes(n_samples, 2, extra_last=True)
    upper, lower = np.linspace(0, np.pi, n_upper), np.linspace(0, np.pi, n_lower)
    classes = [
        np.column_stack([np.cos(upper), np.sin(upper)]),
        np.column_stack([1 - np.cos(lower), 1 - np.sin(lower) - 0.5]),
    ]
    generator = generator_of(rng)
    if noise_first:
        classes = [_jitter(rows, noise, generator) for rows in classes]
        return _join(classes, generator if shuffle else None)
    X, y = _join(classes, generator if shuffle else None)
    return _jitter(X, noise, generator), y


def circles(
    n_samples: int | Sequence[int] = 100,
    *,
    noise: float | None = None,
    factor: float = 0.8,
    rng: Rng = None,
    shuffle: bool = True,
) -> tuple[Floats, Labels]:
    """Return a circle of radius 1 (label 0) around a circle of radius ``factor`` (label 1).

    ``n_samples``, ``noise`` and ``rng`` are as in :func:`moons`.

    Shapes: X (n_samples, 2), y (n_samples,).
    Raises: ValueError for a size, noise, factor or rng that cannot be used.
    From: scikit-learn's ``make_circles``, as used in "Multi-Layer Perceptron (1 Hidden Layer)", step 2.

    >>> X, y = circles(6, factor=0.5, shuffle=False)
    >>> np.hypot(X[:, 0], X[:, 1]).round(12).tolist(), y.tolist()
    ([1.0, 1.0, 1.0, 0.5, 0.5, 0.5], [0, 0, 0, 1, 1, 1])
    """
    if not (is_real(factor) and 0 <= factor < 1):
        raise ValueError(f"factor={factor!r} is no radius inside the outer circle: use 0 <= factor < 1")
    n_outer, n_inner = _class_sizes(n_samples, 2, extra_last=True)
    outer = np.linspace(0, 2 * np.pi, n_outer, endpoint=False)
    inner = np.linspace(0, 2 * np.pi, n_inner, endpoint=False)
    classes = [
        np.column_stack([np.cos(outer), np.sin(outer)]),
        np.column_stack([np.cos(inner), np.sin(inner)]) * factor,
    ]
    generator = generator_of(rng)
    X, y = _join(classes, generator if shuffle else None)
    return _jitter(X, noise, generator), y


def blobs(
    n_samples: int | Sequence[int] = 100,
    *,
    centers: int | ArrayLike = 3,
    n_features: int = 2,
    cluster_std: float | Sequence[float] = 1.0,
    center_box: tuple[float, float] = (-10.0, 10.0),
    rng: Rng = None,
    shuffle: bool = True,
) -> tuple[Floats, Labels]:
    """Return normally distributed clouds of points, one per class.

    ``centers`` is their number, drawn uniformly from ``center_box``, or the centers themselves (which also
    set ``n_features``). ``n_samples`` is the total or one size per class, ``cluster_std`` one deviation or
    one per class. ``rng`` is a seed or a generator; with None every call draws anew.

    Shapes: X (n_samples, n_features), y (n_samples,), centers (n_classes, n_features) if given.
    Raises: ValueError for a size, deviation, center or rng that cannot be used.
    From: scikit-learn's ``make_blobs``; "M2: Neural Network from Scratch", implementation plan, step 9.

    >>> X, y = blobs(4, centers=[[0, 0], [9, 9]], cluster_std=0.5, rng=0, shuffle=False)
    >>> X.round().astype(int).tolist(), y.tolist()
    ([[1, 0], [0, 1], [10, 9], [9, 9]], [0, 0, 1, 1])
    """
    generator = generator_of(rng)
    middles = _centers(centers, n_features, center_box, generator)
    sizes = _class_sizes(n_samples, len(middles))
    deviations = _deviations(cluster_std, len(middles))
    classes = [
        generator.normal(loc=middle, scale=deviation, size=(size, len(middle)))
        for middle, deviation, size in zip(middles, deviations, sizes, strict=True)
    ]
    return _join(classes, generator if shuffle else None)


def spirals(
    n_samples: int | Sequence[int] = 100,
    *,
    n_classes: int = 2,
    turns: float = 1.0,
    noise: float | None = None,
    rng: Rng = None,
    shuffle: bool = True,
) -> tuple[Floats, Labels]:
    """Return arms of a spiral, one per class, wound around each other: hard for a small network.

    Arm k leaves the origin at k/n_classes of a full turn, goes round ``turns`` times at an even pace, and
    ends on the unit circle. ``n_samples``, ``noise`` and ``rng`` are as in :func:`moons`.

    Shapes: X (n_samples, 2), y (n_samples,).
    Raises: ValueError for a size, number of classes or turns, noise or rng that cannot be used.
    From: Lang and Witbrock, "Learning to Tell Two Spirals Apart" (1988), with any number of arms.

    >>> X, y = spirals(6, n_classes=3, turns=1, shuffle=False)
    >>> X[y == 0].round(12).tolist()  # half a turn, then a full turn
    [[-0.5, 0.0], [1.0, 0.0]]
    """
    if not is_whole(n_classes) or n_classes < 1:
        raise ValueError(f"n_classes={n_classes!r} is no number of arms: use 2 or 3, say")
    if not (is_real(turns) and math.isfinite(turns)):
        raise ValueError(f"turns={turns!r} is no number of turns: use 1.0, say (a negative one winds the other way)")
    classes = []
    for k, size in enumerate(_class_sizes(n_samples, n_classes)):
        radius = np.linspace(0, 1, size + 1)[1:]  # without the origin, which all arms share
        angle = 2 * np.pi * (turns * radius + k / n_classes)
        classes.append(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
    generator = generator_of(rng)
    X, y = _join(classes, generator if shuffle else None)
    return _jitter(X, noise, generator), y


def half_plane(n_samples: int = 1000, rng: Rng = None) -> tuple[Floats, Labels]:
    """Return standard normal points, labelled 1 where x0 + x1 > 0: what a single neuron can learn.

    Shapes: X (n_samples, 2), y (n_samples,).
    Raises: ValueError for a size or rng that cannot be used.
    From: "Neural Networks Solutions - Module 6", Exercise 5.2 (its points with rng=42).

    >>> X, y = half_plane(3, rng=42)
    >>> X.round(2).tolist(), y.tolist()
    ([[0.5, -0.14], [0.65, 1.52], [-0.23, -0.23]], [1, 1, 0])
    """
    (size,) = _class_sizes(n_samples, 1)
    X = generator_of(rng).normal(size=(size, 2))
    return X, (X[:, 0] + X[:, 1] > 0).astype(np.intp)


def _join(classes: list[Floats], generator: Generator | None) -> tuple[Floats, Labels]:
    """Stack the classes and label them 0, 1, ...; with a generator, shuffle the rows."""
    X = np.concatenate(classes)  # (n, d)
    y = np.repeat(np.arange(len(classes), dtype=np.intp), [len(rows) for rows in classes])  # (n,)
    if generator is None:
        return X, y
    order = np.arange(len(y))
    generator.shuffle(order)
    return X[order], y[order]


def _jitter(X: Floats, noise: float | None, generator: Generator) -> Floats:
    """Add normal noise of that standard deviation to every coordinate."""
    if noise is None:
        return X
    if not (is_real(noise) and 0 <= noise < math.inf):
        raise ValueError(f"noise={noise!r} is no standard deviation: use a number >= 0, or None for no noise")
    return X + generator.normal(scale=noise, size=X.shape)


def _class_sizes(n_samples: int | Sequence[int], n_classes: int, extra_last: bool = False) -> list[int]:
    """Return one size per class: those given, or the total shared out as evenly as it goes."""
    if is_whole(n_samples):
        share, extra = divmod(int(n_samples), n_classes)
        sizes = [share + (k < extra) for k in range(n_classes)]
        sizes = sizes[::-1] if extra_last else sizes
    elif isinstance(n_samples, (Sequence, np.ndarray)) and all(is_whole(size) for size in n_samples):
        sizes = [int(size) for size in n_samples]
    else:
        raise ValueError(f"n_samples={n_samples!r} is no count: pass an int or one int per class")
    if len(sizes) != n_classes:
        raise ValueError(f"n_samples={n_samples!r} gives {len(sizes)} sizes for {n_classes} classes: pass one each")
    if min(sizes) < 0 or sum(sizes) < 1:
        raise ValueError(f"n_samples={n_samples!r} leaves nothing to draw: ask for at least 1 sample")
    return sizes


def _centers(
    centers: int | ArrayLike, n_features: int, center_box: tuple[float, float], generator: Generator
) -> Floats:
    """Return the class centers, (n_classes, n_features): those given, or as many as asked for, drawn."""
    if not is_whole(centers):
        given = np.asarray(centers, dtype=np.float64)
        if given.ndim != 2 or given.size == 0:
            raise ValueError(f"centers has shape {given.shape}: pass a number, or one row per class")
        return given
    if centers < 1 or not is_whole(n_features) or n_features < 1:
        raise ValueError(f"centers={centers!r}, n_features={n_features!r}: both must be whole numbers >= 1")
    low, high = center_box
    return generator.uniform(low, high, size=(int(centers), n_features))


def _deviations(cluster_std: float | Sequence[float], n_classes: int) -> Floats:
    """Return one standard deviation per class."""
    given = np.asarray(cluster_std, dtype=np.float64)
    if given.shape not in [(), (n_classes,)]:
        raise ValueError(
            f"cluster_std={cluster_std!r} does not fit {n_classes} classes: pass one number, or one per class"
        )
    if not np.all((given >= 0) & (given < math.inf)):
        raise ValueError(f"cluster_std={cluster_std!r} is no standard deviation: use numbers >= 0")
    return np.broadcast_to(given, (n_classes,))
