"""Small data sets and the train/test split, in plain NumPy.

With an int (or a ``RandomState``) as ``rng``, every array equals scikit-learn's, bit for bit.
Imports NumPy only; demos, benchmarks and tests import it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, TypeAlias, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["blobs", "circles", "moons", "train_test_split", "xor"]

Floats: TypeAlias = NDArray[np.float64]
Labels: TypeAlias = NDArray[np.intp]
# RandomState is NumPy's older generator. It stays here because the documents' data come from it: a Generator
# seeded with 42 draws other numbers than scikit-learn does with random_state=42.
Rng: TypeAlias = int | np.random.RandomState | np.random.Generator | None
_Generator: TypeAlias = np.random.RandomState | np.random.Generator


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
) -> tuple[Floats, Labels]:
    """Return two half circles that reach into each other: label 0 the upper one, label 1 the lower one.

    ``n_samples`` is the total, or the two class sizes; of an odd total the lower moon gets one more.
    ``noise`` is the standard deviation of what is added to each coordinate. ``rng`` is a seed or a
    generator; with None every call draws anew.

    Shapes: X (n_samples, 2), y (n_samples,).
    Raises: ValueError for a size, noise or rng that cannot be used.
    From: scikit-learn's ``make_moons``, as used in "Multi-Layer Perceptron (1 Hidden Layer)", step 2.

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
    generator = _generator(rng)
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
    if not (_is_real(factor) and 0 <= factor < 1):
        raise ValueError(f"factor={factor!r} is no radius inside the outer circle: use 0 <= factor < 1")
    n_outer, n_inner = _class_sizes(n_samples, 2, extra_last=True)
    outer = np.linspace(0, 2 * np.pi, n_outer, endpoint=False)
    inner = np.linspace(0, 2 * np.pi, n_inner, endpoint=False)
    classes = [
        np.column_stack([np.cos(outer), np.sin(outer)]),
        np.column_stack([np.cos(inner), np.sin(inner)]) * factor,
    ]
    generator = _generator(rng)
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
    generator = _generator(rng)
    middles = _centers(centers, n_features, center_box, generator)
    sizes = _class_sizes(n_samples, len(middles))
    deviations = _deviations(cluster_std, len(middles))
    classes = [
        generator.normal(loc=middle, scale=deviation, size=(size, len(middle)))
        for middle, deviation, size in zip(middles, deviations, sizes, strict=True)
    ]
    return _join(classes, generator if shuffle else None)


def train_test_split(
    *arrays: ArrayLike, test_size: float = 0.25, rng: Rng = None, shuffle: bool = True
) -> list[NDArray[Any]]:
    """Split arrays of equal length into a training part and a test part: ``[a_train, a_test, b_train, ...]``.

    ``test_size`` is a share (rounded up to whole samples) or, as an int, a number of samples. Row i of every
    array ends in the same place. Without ``shuffle`` the test part is the end of the arrays.

    Shapes: each array (n, ...) gives (n - n_test, ...) and (n_test, ...).
    Raises: ValueError for no arrays, unequal lengths, an empty part, or an rng that cannot be used.
    From: scikit-learn's ``train_test_split``, as in "Multi-Layer Perceptron (1 Hidden Layer)", step 2.

    >>> X, y = xor()
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, rng=42)
    >>> y_train.tolist(), X_test.tolist(), y_test.tolist()
    ([0, 0, 1], [[0.0, 1.0]], [1])
    """
    columns = [np.asarray(array) for array in arrays]
    n = _common_length(columns)
    n_test = _test_count(test_size, n)
    if shuffle:
        order = _generator(rng).permutation(n)
        train, test = order[n_test:], order[:n_test]
    else:
        train, test = np.split(np.arange(n), [n - n_test])
    return [part for column in columns for part in (column[train], column[test])]


def _generator(rng: Rng) -> _Generator:
    """Return the generator that ``rng`` names; an int seeds a RandomState, as in scikit-learn."""
    if isinstance(rng, (np.random.RandomState, np.random.Generator)):
        return rng
    if rng is None:
        return np.random.RandomState()
    if _is_whole(rng) and 0 <= rng < 2**32:
        return np.random.RandomState(int(rng))
    raise ValueError(
        f"rng={rng!r} is no source of random numbers: pass an int from 0 to 2**32 - 1, "
        "np.random.RandomState(seed) or np.random.default_rng(seed)"
    )


def _join(classes: list[Floats], generator: _Generator | None) -> tuple[Floats, Labels]:
    """Stack the classes and label them 0, 1, ...; with a generator, shuffle the rows."""
    X = np.concatenate(classes)  # (n, d)
    y = np.repeat(np.arange(len(classes), dtype=np.intp), [len(rows) for rows in classes])  # (n,)
    if generator is None:
        return X, y
    order = np.arange(len(y))
    generator.shuffle(order)
    return X[order], y[order]


def _jitter(X: Floats, noise: float | None, generator: _Generator) -> Floats:
    """Add normal noise of that standard deviation to every coordinate."""
    if noise is None:
        return X
    if not (_is_real(noise) and 0 <= noise < math.inf):
        raise ValueError(f"noise={noise!r} is no standard deviation: use a number >= 0, or None for no noise")
    return X + generator.normal(scale=noise, size=X.shape)


def _class_sizes(n_samples: int | Sequence[int], n_classes: int, extra_last: bool = False) -> list[int]:
    """Return one size per class: those given, or the total shared out as evenly as it goes."""
    if _is_whole(n_samples):
        share, extra = divmod(int(n_samples), n_classes)
        sizes = [share + (k < extra) for k in range(n_classes)]
        sizes = sizes[::-1] if extra_last else sizes
    elif isinstance(n_samples, (Sequence, np.ndarray)) and all(_is_whole(size) for size in n_samples):
        sizes = [int(size) for size in n_samples]
    else:
        raise ValueError(f"n_samples={n_samples!r} is no count: pass an int or one int per class")
    if len(sizes) != n_classes:
        raise ValueError(f"n_samples={n_samples!r} gives {len(sizes)} sizes for {n_classes} classes: pass one each")
    if min(sizes) < 0 or sum(sizes) < 1:
        raise ValueError(f"n_samples={n_samples!r} leaves nothing to draw: ask for at least 1 sample")
    return sizes


def _centers(
    centers: int | ArrayLike, n_features: int, center_box: tuple[float, float], generator: _Generator
) -> Floats:
    """Return the class centers, (n_classes, n_features): those given, or as many as asked for, drawn."""
    if not _is_whole(centers):
        given = np.asarray(centers, dtype=np.float64)
        if given.ndim != 2 or given.size == 0:
            raise ValueError(f"centers has shape {given.shape}: pass a number, or one row per class")
        return given
    if centers < 1 or not _is_whole(n_features) or n_features < 1:
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


def _common_length(arrays: list[NDArray[Any]]) -> int:
    """Return the length all arrays share."""
    if not arrays:
        raise ValueError("train_test_split() got no arrays: pass at least one, as in train_test_split(X, y)")
    shapes = ", ".join(str(array.shape) for array in arrays)
    lengths = {array.shape[:1] for array in arrays}
    if () in lengths:
        raise ValueError(f"shapes {shapes}: a single number cannot be split; pass arrays, one row per sample")
    if len(lengths) > 1:
        raise ValueError(f"shapes {shapes} differ in length: pass arrays, one row per sample")
    return len(arrays[0])


def _test_count(test_size: float, n: int) -> int:
    """Return how many of n samples are for testing, at least one and not all."""
    if _is_whole(test_size):
        n_test = int(test_size)
    elif _is_real(test_size) and 0 < test_size < 1:
        n_test = math.ceil(test_size * n)
    else:
        raise ValueError(
            f"test_size={test_size!r} is no share between 0 and 1 and no number of samples: pass 0.25, say"
        )
    if not 0 < n_test < n:
        raise ValueError(
            f"test_size={test_size!r} of {n} samples: {n_test} for testing leaves {n - n_test} for training; "
            "choose it so that both parts get some"
        )
    return n_test


def _is_whole(number: object) -> TypeGuard[int]:
    """Tell whether this is an int of Python or NumPy (True and False are not meant as numbers)."""
    return isinstance(number, Integral) and not isinstance(number, bool)


def _is_real(number: object) -> bool:
    """Tell whether this is a real number of Python or NumPy (True and False are not meant as numbers)."""
    return isinstance(number, Real) and not isinstance(number, bool)
