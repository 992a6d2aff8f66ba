"""What stands between data and training: splitting, standardising, one-hot labels, batches.

May import arguments; read images.py next.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nn.data.arguments import Floats, Labels, Rng, generator_of, is_real, is_whole

__all__ = ["batches", "one_hot", "standardise", "train_test_split"]


def train_test_split(
    *arrays: ArrayLike, test_size: float = 0.25, rng: Rng = None, shuffle: bool = True
) -> list[NDArray[Any]]:
    """Split arrays of equal length into a training part and a test part: ``[a_train, a_test, b_train, ...]``.

    ``test_size`` is a share (rounded up to whole samples) or, as an int, a number of samples. Row i of every
    array ends in the same place. Without ``shuffle`` the test part is the end of the arrays.

    Shapes: each array (n, ...) gives (n - n_test, ...) and (n_test, ...).
    Raises: ValueError for no arrays, unequal lengths, an empty part, or an rng that cannot be used.
    From: scikit-learn's ``train_test_split``, as in "Multi-Layer Perceptron (1 Hidden Layer)", step 2.

    >>> X, y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, rng=42)
    >>> y_train.tolist(), X_test.tolist(), y_test.tolist()
    ([0, 0, 1], [[0.0, 1.0]], [1])
    """
    columns = [np.asarray(array) for array in arrays]
    n = _common_length(columns)
    n_test = _test_count(test_size, n)
    if shuffle:
        order = generator_of(rng).permutation(n)
        train, test = order[n_test:], order[:n_test]
    else:
        train, test = np.split(np.arange(n), [n - n_test])
    return [part for column in columns for part in (column[train], column[test])]


def standardise(X_train: ArrayLike, *others: ArrayLike) -> list[NDArray[Any]]:
    """Give every column mean 0 and variance 1, by the statistics of the training part alone.

    A column that is constant in ``X_train`` becomes 0 there (it has no spread to divide by). The others are
    moved and scaled by the same numbers. float32 stays float32; whole numbers become float64.

    Shapes: each array (n, ...), alike but for n; the list holds one of the same shape each.
    Raises: ValueError for an empty training part or columns that do not agree.

    >>> X_train, X_test = standardise([[1.0, 7.0], [3.0, 7.0]], [[5.0, 8.0]])
    >>> X_train.tolist(), X_test.tolist()
    ([[-1.0, 0.0], [1.0, 0.0]], [[3.0, 1.0]])
    """
    train, *rest = [_floating(array) for array in (X_train, *others)]
    shapes = ", ".join(str(array.shape) for array in (train, *rest))
    if train.ndim == 0 or train.size == 0:
        raise ValueError(f"X_train has shape {train.shape}: pass at least one row, one row per sample")
    if any(array.shape[1:] != train.shape[1:] or array.ndim == 0 for array in rest):
        raise ValueError(f"shapes {shapes} differ in their columns: pass arrays alike but for the number of rows")
    constant = np.all(train == train[0], axis=0)  # by comparison: rounding may leave its variance above 0
    mean = np.where(constant, train[0], train.mean(axis=0, dtype=np.float64))
    spread = np.where(constant, 1.0, train.std(axis=0, dtype=np.float64))
    return [(array - mean.astype(array.dtype)) / spread.astype(array.dtype) for array in (train, *rest)]


def one_hot(labels: ArrayLike, n_classes: int | None = None) -> Floats:
    """Return one row per label, 1 in the label's column and 0 elsewhere.

    Without ``n_classes`` there are as many columns as the greatest label asks for.

    Shapes: labels (n,) gives (n, n_classes).
    Raises: ValueError for labels that are no whole numbers from 0 to n_classes - 1.
    From: "Neural Networks Solutions - Module 6", Exercise 5.2.

    >>> one_hot([0, 2], n_classes=3).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    y = np.asarray(labels)
    if y.ndim != 1:
        raise ValueError(f"labels has shape {y.shape}: pass one label per sample, shape (n,), as from y.ravel()")
    if y.dtype.kind not in "iu":
        raise ValueError(f"labels are {y.dtype}: pass whole numbers, as from y.astype(int)")
    if n_classes is None:
        if y.size == 0:
            raise ValueError("labels is empty, which tells no number of classes: pass n_classes")
        n_classes = int(y.max()) + 1
    elif not is_whole(n_classes) or n_classes < 1:
        raise ValueError(f"n_classes={n_classes!r} is no number of classes: pass a whole number >= 1")
    outside = y[(y < 0) | (y >= n_classes)]
    if outside.size:
        raise ValueError(f"label {outside[0]} is none of {n_classes} classes: labels run from 0 to {n_classes - 1}")
    rows = np.zeros((len(y), n_classes))
    rows[np.arange(len(y)), y] = 1.0
    return rows


def batches(n: int, size: int, rng: Rng = None) -> Iterator[Labels]:
    """Yield the indices of n samples in batches of ``size``; the last one may be smaller.

    With ``rng`` they are a permutation, drawn once by ``rng.permutation(n)``: call this once per epoch with the
    same generator (a seed would give the same order every time). Without, they are in order.

    Shapes: each (size,), the last (n % size,) unless that is 0.
    Raises: ValueError for a number, size or rng that cannot be used.
    From: "Neural Networks Solutions - Module 6", Exercise 5.2.

    >>> [batch.tolist() for batch in batches(5, 2)]
    [[0, 1], [2, 3], [4]]
    >>> [batch.tolist() for batch in batches(5, 2, np.random.RandomState(42))]
    [[1, 4], [2, 0], [3]]
    """
    if not is_whole(n) or n < 1:
        raise ValueError(f"n={n!r} is no number of samples: pass a whole number >= 1, as from len(X)")
    if not is_whole(size) or size < 1:
        raise ValueError(f"size={size!r} is no batch size: pass a whole number >= 1")
    order = np.arange(n) if rng is None else generator_of(rng).permutation(n)
    return (order[start : start + size] for start in range(0, n, size))


def _floating(array: ArrayLike) -> NDArray[Any]:
    """Return an array of floats: as it is, or as float64."""
    given = np.asarray(array)
    return given if given.dtype.kind == "f" else given.astype(np.float64)


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
    if is_whole(test_size):
        n_test = int(test_size)
    elif is_real(test_size) and 0 < test_size < 1:
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
