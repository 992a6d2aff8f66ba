"""Losses, each the mean over samples, for lists of Values, Tensors and plain arrays alike; penalties on weights.

Predictions and targets must have the same shape: (n,) against (n, 1) raises, where NumPy would broadcast to
(n, n) without a word. Labels of classes are integers or one-hot rows. May import module.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from autograd import Node, Tensor, Value, ops
from autograd.errors import ShapeError
from autograd.tensor import holds_nodes
from nn.module import Module

__all__ = [
    "bce", "bce_with_logits", "categorical_cross_entropy", "cross_entropy", "half_mse", "hinge", "huber", "l1_penalty",
    "l2_penalty", "mae", "mse", "nll",
]  # fmt: skip

# Numbers against numbers ----------------------------------------------------------------------------------------


def mse(predictions: Any, targets: Any) -> Any:
    """The mean of the squared differences, over all entries, without a factor 1/2: its gradient is ``2 (p - y) / n``.

    Shapes: both the same, any.

    Raises: ShapeError if they differ.

    From: "Chapter 3: Neural Networks", loss functions. ("Module 02: Backpropagation and Gradient Descent" has a
    factor 1/2: `half_mse`.)

    >>> mse([Value(1.0), Value(2.0)], [0.0, 0.0]).item()
    2.5
    """
    predictions, targets = _both("mse", predictions, targets)
    return ops.mean(ops.square(predictions - targets))


def half_mse(predictions: Any, targets: Any) -> Any:
    """Half the mean of the squared differences, over all entries: its gradient is ``(p - y) / n``.

    Shapes: both the same, any.

    Raises: ShapeError if they differ.

    From: "Module 02: Backpropagation and Gradient Descent", loss functions; the derivative in its code, ``p - y``,
    lacks the 1/n. ("Chapter 3: Neural Networks" has no factor 1/2: `mse`.)

    >>> half_mse([Value(1.0), Value(2.0)], [0.0, 0.0]).item()
    1.25
    """
    predictions, targets = _both("half_mse", predictions, targets)
    return 0.5 * ops.mean(ops.square(predictions - targets))


def mae(predictions: Any, targets: Any) -> Any:
    """The mean of the absolute differences, over all entries; its gradient is 0 where they agree.

    Shapes: both the same, any.

    Raises: ShapeError if they differ.

    >>> mae([Value(1.0), Value(-2.0)], [0.0, 0.0]).item()
    1.5
    """
    predictions, targets = _both("mae", predictions, targets)
    return ops.mean(ops.absolute(predictions - targets))


def huber(predictions: Any, targets: Any, delta: float = 1.0) -> Any:
    """Half the squared difference d up to ``delta``, and ``delta * (|d| - delta / 2)`` beyond, as a mean over entries.

    A parabola that goes on as its tangent: an outlier pulls with no more than ``delta``.

    Shapes: both the same, any.

    Raises: ShapeError if they differ; ValueError if ``delta`` is not positive.

    From: Huber (1964), Robust estimation of a location parameter.

    >>> huber([Value(0.5), Value(-3.0)], [0.0, 0.0]).item()
    1.3125
    """
    predictions, targets = _both("huber", predictions, targets)
    if not delta > 0:
        raise ValueError(f"huber: delta is {delta!r}; it is the positive size from which on a difference is an outlier")
    d = predictions - targets
    near = ops.clip(d, -delta, delta)
    return ops.mean(near * (d - 0.5 * near))  # d * d / 2 inside, delta * (|d| - delta / 2) outside


# Two classes ----------------------------------------------------------------------------------------------------


def hinge(scores: Any, labels: Any) -> Any:
    """The mean of ``relu(1 - label * score)``; labels are -1 and 1.

    Shapes: both the same, any.

    Raises: ShapeError if they differ; ValueError for other labels.

    From: the micrograd demonstration.

    >>> hinge([Value(0.5), Value(-2.0)], [1, -1]).item()
    0.25
    """
    scores, labels = _both("hinge", scores, labels)
    if not np.isin(_data(labels), (-1, 1)).all():
        raise ValueError(f"hinge: labels are -1 and 1, not {np.unique(_data(labels))}; from 0 and 1: 2 * labels - 1")
    return ops.mean(ops.relu(1 - labels * scores))


def bce(probabilities: Any, labels: Any, clip: float = 1e-7) -> Any:
    """Binary cross-entropy of probabilities, kept ``clip`` away from 0 and 1: no gradient beyond.

    With ``clip=0`` the formula as it stands. `bce_with_logits` needs no clip and is exact: where a sample is wrong
    and saturated, its gradient is ±1/n, and the clip's is 0.

    Shapes: both the same, any.

    Raises: ShapeError if they differ; ValueError for probabilities or labels outside of [0, 1], or a clip outside of
    [0, 0.5).

    From: "Multi-Layer Perceptron (1 Hidden Layer)", step 3 and 4, with a clip of 1e-7; 1e-15 in "Module 02:
    Backpropagation and Gradient Descent". "Chapter 3: Neural Networks" adds 1e-15 inside the logarithm instead, and
    "Neural Networks Solutions - Module 6" 1e-10.

    >>> round(bce([Value(0.9), Value(0.2)], [1, 0]).item(), 4)
    0.1643
    """
    p, y = _both("bce", probabilities, labels)
    _check_probabilities("bce", p, "bce_with_logits")
    _check_binary("bce", y)
    _check_clip("bce", clip, 0.5)
    if clip:
        p = ops.clip(p, clip, 1 - clip)
    return -ops.mean(y * ops.log(p) + (1 - y) * ops.log(1 - p))


def bce_with_logits(logits: Any, labels: Any) -> Any:
    """Binary cross-entropy of the sigmoid of ``logits``, exact at any size; its gradient is ``(p - y) / n``.

    Shapes: both the same, any.

    Raises: ShapeError if they differ; ValueError for labels outside of [0, 1].

    From: the step from dL/dp to p - y, "Multi-Layer Perceptron (1 Hidden Layer)", step 3.

    >>> bce_with_logits([Value(1e4)], [1.0]).item()
    0.0
    """
    z, y = _both("bce_with_logits", logits, labels)
    _check_binary("bce_with_logits", y)
    return ops.sigmoid_cross_entropy(z, y=_targets(y, "bce_with_logits"))


# Many classes ---------------------------------------------------------------------------------------------------


def cross_entropy(logits: Any, labels: Any) -> Any:
    """Cross-entropy of the softmax of ``logits``, exact at any size; its gradient is ``(p - y) / n``.

    Shapes: logits (n, k) or (k,); labels (n,) integers or one-hot of the logits' shape.

    Raises: ShapeError for other shapes, ValueError for labels outside of 0 ... k-1.

    It takes the scores themselves: a model that ends in a Softmax goes with `categorical_cross_entropy`.

    From: "Chapter 3: Neural Networks", softmax and cross-entropy.

    >>> round(cross_entropy(Tensor([[2.0, 1.0, 0.1]]), [0]).item(), 4)
    0.417
    """
    z, y = _with_classes("cross_entropy", "logits", logits, labels)
    return ops.softmax_cross_entropy(z, y=y)


def categorical_cross_entropy(probabilities: Any, labels: Any, clip: float = 1e-15) -> Any:
    """Cross-entropy of probabilities of k classes, none taken for less than ``clip``: no gradient below it.

    With ``clip=0`` the formula as it stands. `cross_entropy` takes the logits instead, needs no clip and is exact.

    Shapes: probabilities (n, k) or (k,); labels (n,) integers or one-hot of the probabilities' shape.

    Raises: ShapeError for other shapes, ValueError for labels outside of 0 ... k-1, for probabilities outside of [0, 1]
    or a clip outside of [0, 1).

    From: "Chapter 3: Neural Networks", loss functions; "Module 02: Backpropagation and Gradient Descent", part 2.

    >>> round(categorical_cross_entropy([[Value(0.3), Value(0.7)]], [1]).item(), 4)
    0.3567
    """
    p, y = _with_classes("categorical_cross_entropy", "probabilities", probabilities, labels)
    _check_probabilities("categorical_cross_entropy", p, "cross_entropy")
    _check_clip("categorical_cross_entropy", clip, 1.0)
    return _mean_of_labelled(ops.log(ops.clip(p, clip, None) if clip else p), y)


def nll(log_probabilities: Any, labels: Any) -> Any:
    """Negative log-likelihood: minus the mean of what `autograd.ops.log_softmax` gives for each sample's own class.

    Shapes: log_probabilities (n, k) or (k,); labels (n,) integers or one-hot of their shape.

    Raises: ShapeError for other shapes, ValueError for labels outside of 0 ... k-1 and for positive logarithms.

    >>> round(nll(ops.log_softmax(Tensor([[2.0, 1.0, 0.1]]), axis=1), [0]).item(), 4)
    0.417
    """
    log_p, y = _with_classes("nll", "log_probabilities", log_probabilities, labels)
    if (_data(log_p) > 1e-6).any():  # room for rounding
        raise ValueError(
            f"nll: logarithms of probabilities are at most 0, the largest here is {_data(log_p).max():.6g}; for "
            f"logits use cross_entropy, for probabilities categorical_cross_entropy"
        )
    return _mean_of_labelled(log_p, y)


def _mean_of_labelled(log_p: Any, y: np.ndarray) -> Any:
    """Minus the mean over rows of ``y log p``; a logarithm of -inf beside a target of 0 adds nothing."""
    return -ops.sum(y * ops.where(y != 0, log_p, 0.0)) / math.prod(y.shape[:-1])


# Penalties ------------------------------------------------------------------------------------------------------


def l1_penalty(params: Iterable[Any]) -> Any:
    """The sum of the absolute values of all weights, Values and Parameters alike; its gradient at 0 is 0.

    Multiply it by a strength and add it to a loss. To leave biases out, do not pass them.

    Raises: ValueError without parameters, TypeError for a module in their place.

    From: Tibshirani (1996), Regression shrinkage and selection via the lasso.

    >>> l1_penalty([Value(-2.0), Tensor([1.0, -3.0])]).item()
    6.0
    """
    return _penalty("l1_penalty", ops.absolute, params)


def l2_penalty(params: Iterable[Any]) -> Any:
    """The sum of the squares of all weights, Values and Parameters alike, without a factor 1/2: its gradient is 2 w.

    Multiply it by a strength and add it to a loss. To leave biases out, do not pass them.

    Raises: ValueError without parameters, TypeError for a module in their place.

    From: "Chapter 3: Neural Networks", pitfalls; the micrograd demonstration.

    >>> l2_penalty([Value(-2.0), Tensor([1.0, -3.0])]).item()
    14.0
    """
    return _penalty("l2_penalty", ops.square, params)


def _penalty(what: str, row: Any, params: Any) -> Any:
    if isinstance(params, Module):
        raise TypeError(f"{what} was given the module itself; pass its .parameters()")
    terms = [row(p) if isinstance(p, Value) else ops.sum(row(p)) for p in params]
    if not terms:
        raise ValueError(f"{what} was given no parameters; pass model.parameters()")
    return reduce(add, terms)


# Guards ---------------------------------------------------------------------------------------------------------


def _both(what: str, predictions: Any, targets: Any) -> tuple[Any, Any]:
    """Predictions and targets as arrays, Tensors or single numbers of the same shape.

    Raises: ShapeError if the shapes differ, ValueError if there is nothing to average.
    """
    predictions, targets = _stacked(predictions), _stacked(targets)
    shape, other = _shape(predictions), _shape(targets)
    if shape != other:
        same_size = math.prod(shape) == math.prod(other)
        whole = "".join(f", {length}" for length in shape[1:])  # -1 first: what is compared may be a batch of more
        advice = f"Make them equal, with targets.reshape(-1{whole})" if same_size else "Each needs one target"
        raise ShapeError(
            f"{what}: predictions have shape {shape} and targets {other}; {_difference(shape, other)}. {advice}"
        )
    _check_not_empty(what, shape)
    return predictions, _as_precise_as(predictions, targets)


def _with_classes(what: str, name: str, outputs: Any, labels: Any) -> tuple[Any, np.ndarray]:
    """Outputs (n, k) or (k,) as an array or a Tensor, and the labels as one-hot rows of that shape.

    Raises: ShapeError, ValueError.
    """
    outputs = _stacked(outputs)
    shape = _shape(outputs)
    if not shape:
        raise ShapeError(
            f"{what}: {name} have shape (n, k), or (k,) for one sample, with k classes; this is one number"
        )
    _check_not_empty(what, shape)
    return outputs, _as_precise_as(outputs, _one_hot(what, name, _targets(labels, what), shape))


def _stacked(x: Any) -> Any:
    """Lists, and arrays of Values, as an array or a Tensor; numbers, nodes and other arrays as they are."""
    if isinstance(x, (Node, int, float)) or (isinstance(x, np.ndarray) and x.dtype != object):
        return x
    return Tensor(x) if holds_nodes(x) else np.asarray(x)


def _shape(x: Any) -> tuple[int, ...]:
    return x.shape if isinstance(x, Node) else np.shape(x)


def _difference(a: tuple[int, ...], b: tuple[int, ...]) -> str:
    try:
        return f"a difference of the two would have shape {np.broadcast_shapes(a, b)}"
    except ValueError:
        return "the two have no difference"


def _as_precise_as(predictions: Any, targets: Any) -> Any:
    """A plain array of targets in the predictions' dtype: float64 or integers would make a float32 loss float64."""
    dtype = predictions.dtype if isinstance(predictions, Tensor) else _data(predictions).dtype
    if isinstance(targets, np.ndarray) and targets.dtype.kind in "fiub" and dtype.kind == "f":
        return targets.astype(dtype, copy=False)
    return targets


def _check_not_empty(what: str, shape: tuple[int, ...]) -> None:
    if 0 in shape:
        raise ValueError(f"{what}: there are no samples: the shape is {shape}, and the mean of nothing is no number")


def _check_probabilities(what: str, p: Any, instead: str) -> None:
    if ((_data(p) < 0) | (_data(p) > 1)).any():  # nan passes, and shows in the loss
        raise ValueError(f"{what}: probabilities lie between 0 and 1; for scores of any size use {instead}")


def _check_binary(what: str, labels: Any) -> None:
    y = _data(labels)
    if ((y < 0) | (y > 1)).any():
        raise ValueError(
            f"{what}: labels are 0 and 1, or probabilities between; these run from {y.min():.6g} to {y.max():.6g}. "
            f"From -1 and 1: (labels + 1) / 2; for more classes take cross_entropy"
        )


def _check_clip(what: str, clip: float, limit: float) -> None:
    if not 0 <= clip < limit:
        raise ValueError(f"{what}: clip is {clip!r}; it is a small number such as 1e-7, at least 0 and below {limit}")


def _one_hot(what: str, name: str, labels: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if labels.shape == shape:
        if not np.allclose(labels.sum(axis=-1), 1) or (labels < 0).any():
            raise ValueError(
                f"{what}: rows of one-hot labels, or of probabilities, add up to 1, with nothing below 0; these do not"
            )
        return labels
    if labels.shape != shape[:-1] or labels.dtype.kind not in "iu":
        raise ShapeError(
            f"{what}: {name} of shape {shape} need integer labels of shape {shape[:-1]}, or one-hot labels of "
            f"shape {shape}; these have shape {labels.shape} and dtype {labels.dtype}{_remedy(labels, shape)}"
        )
    one_hot: np.ndarray = labels[..., None] == np.arange(shape[-1])
    if np.count_nonzero(one_hot) != labels.size:
        low, high = labels.min(), labels.max()
        raise ValueError(f"{what}: labels run from {low} to {high}, the {name} have {shape[-1]} classes")
    return one_hot


def _remedy(labels: np.ndarray, shape: tuple[int, ...]) -> str:
    """What makes labels of a wrong shape or kind right, where it can be told."""
    if labels.dtype.kind == "U":
        return "; names become numbers with np.unique(labels, return_inverse=True)[1]"
    shaped = ".reshape(-1)" if labels.size == math.prod(shape[:-1]) and labels.shape != shape[:-1] else ""
    whole = ".astype(int)" if labels.dtype.kind in "fb" else ""
    return f"; write labels{shaped}{whole}" if shaped or (whole and labels.shape == shape[:-1]) else ""


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
