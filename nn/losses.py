"""Losses, each the mean over samples, for lists of Values, Tensors and plain arrays alike. May import autograd.

Predictions and targets must have the same shape: (n,) against (n, 1) raises, where NumPy would broadcast to
(n, n) without a word.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Node, Tensor, ops
from autograd.errors import ShapeError

__all__ = ["bce", "bce_with_logits", "cross_entropy", "hinge", "mse"]


def _both(what: str, predictions: Any, targets: Any) -> tuple[Any, Any]:
    """Predictions and targets as arrays, Tensors or single numbers of the same shape.

    Raises: ShapeError if the shapes differ.
    """
    pair = [x if isinstance(x, (Node, np.ndarray, int, float)) else _stacked(x) for x in (predictions, targets)]
    shapes = [x.shape if isinstance(x, Node) else np.shape(x) for x in pair]
    if shapes[0] != shapes[1]:
        raise ShapeError(
            f"{what}: predictions have shape {shapes[0]} and targets {shapes[1]}; a difference of the two would have "
            f"shape {_together(*shapes)}. Make them equal, for example with targets.reshape{shapes[0]}"
        )
    return pair[0], pair[1]


def _stacked(x: Any) -> Any:
    return Tensor(x) if any(isinstance(part, Node) for part in np.asarray(x, dtype=object).flat) else np.asarray(x)


def _together(a: tuple[int, ...], b: tuple[int, ...]) -> Any:
    try:
        return np.broadcast_shapes(a, b)
    except ValueError:
        return "no"


def mse(predictions: Any, targets: Any) -> Any:
    """The mean of the squared differences, over all entries, without a factor 1/2.

    Shapes: both the same, any.

    Raises: ShapeError if they differ.

    From: "Chapter 3: Neural Networks", loss functions. ("Module 02: Backpropagation and Gradient Descent" has a
    factor 1/2.)

    >>> from autograd import Value
    >>> mse([Value(1.0), Value(2.0)], [0.0, 0.0]).item()
    2.5
    """
    predictions, targets = _both("mse", predictions, targets)
    return ops.mean(ops.square(predictions - targets))


def hinge(scores: Any, labels: Any) -> Any:
    """The mean of ``relu(1 - label * score)``; labels are -1 and 1.

    Shapes: both the same, any.

    Raises: ShapeError if they differ; ValueError for other labels.

    From: the micrograd demonstration.

    >>> from autograd import Value
    >>> hinge([Value(0.5), Value(-2.0)], [1, -1]).item()
    0.25
    """
    scores, labels = _both("hinge", scores, labels)
    if not np.isin(_data(labels), (-1, 1)).all():
        raise ValueError(f"hinge: labels are -1 and 1, not {np.unique(_data(labels))}; from 0 and 1: 2 * labels - 1")
    return ops.mean(ops.relu(1 - labels * scores))


def bce(probabilities: Any, labels: Any, clip: float = 1e-7) -> Any:
    """Binary cross-entropy of probabilities, kept ``clip`` away from 0 and 1: no gradient beyond.

    With ``clip=0`` the formula as it stands. `bce_with_logits` needs no clip and is exact.

    Shapes: both the same, any.

    Raises: ShapeError if they differ; ValueError for probabilities outside of [0, 1].

    From: "Multi-Layer Perceptron (1 Hidden Layer)", step 3 and 4.

    >>> from autograd import Value
    >>> round(bce([Value(0.9), Value(0.2)], [1, 0]).item(), 4)
    0.1643
    """
    p, y = _both("bce", probabilities, labels)
    if not ((_data(p) >= 0) & (_data(p) <= 1)).all():
        raise ValueError("bce: probabilities lie between 0 and 1; for scores of any size use bce_with_logits")
    if clip:
        p = ops.clip(p, clip, 1 - clip)
    return -ops.mean(y * ops.log(p) + (1 - y) * ops.log(1 - p))


def bce_with_logits(logits: Any, labels: Any) -> Any:
    """Binary cross-entropy of the sigmoid of ``logits``, exact at any size; its gradient is ``(p - y) / n``.

    Shapes: both the same, any.

    Raises: ShapeError if they differ.

    From: the step from dL/dp to p - y, "Multi-Layer Perceptron (1 Hidden Layer)", step 3.

    >>> from autograd import Value
    >>> bce_with_logits([Value(1e4)], [1.0]).item()
    0.0
    """
    z, y = _both("bce_with_logits", logits, labels)
    return ops.sigmoid_cross_entropy(z, y=_targets(y, "bce_with_logits"))


def cross_entropy(logits: Any, labels: Any) -> Any:
    """Cross-entropy of the softmax of ``logits``, exact at any size; its gradient is ``(p - y) / n``.

    Shapes: logits (n, k) or (k,); labels (n,) integers or one-hot of the logits' shape.

    Raises: ShapeError for other shapes, ValueError for labels outside of 0 ... k-1.

    From: "Chapter 3: Neural Networks", softmax and cross-entropy.

    >>> round(cross_entropy(Tensor([[2.0, 1.0, 0.1]]), [0]).item(), 4)
    0.417
    """
    z = logits if isinstance(logits, (Node, np.ndarray)) else _stacked(logits)
    return ops.softmax_cross_entropy(z, y=_one_hot(_targets(labels, "cross_entropy"), z.shape))


def _one_hot(labels: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if labels.shape == shape:
        if not np.allclose(labels.sum(axis=-1), 1):
            raise ValueError("cross_entropy: rows of one-hot labels, or of probabilities, add up to 1; these do not")
        return labels
    if labels.shape != shape[:-1] or labels.dtype.kind not in "iu":
        raise ShapeError(
            f"cross_entropy: logits of shape {shape} need integer labels of shape {shape[:-1]}, or one-hot labels of "
            f"shape {shape}; these have shape {labels.shape} and dtype {labels.dtype}"
        )
    one_hot: np.ndarray = labels[..., None] == np.arange(shape[-1])
    if np.count_nonzero(one_hot) != labels.size:
        low, high = labels.min(), labels.max()
        raise ValueError(f"cross_entropy: labels run from {low} to {high}, the logits have {shape[-1]} classes")
    return one_hot


def _targets(labels: Any, what: str) -> Any:
    """Labels as a plain array: no gradient goes into them.

    Raises: DetachError if they are a node that could take one.
    """
    if isinstance(labels, Node) and not labels.may_become_plain():
        raise labels.detach_error(f"taking the labels of {what} out")
    return _data(labels)


def _data(x: Any) -> Any:
    """The plain array, to look at."""
    if isinstance(x, np.ndarray):
        return x
    return np.asarray(x.detach().data if isinstance(x, Node) else x)
