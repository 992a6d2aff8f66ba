"""How good predictions are: accuracy, confusion matrix, precision, recall and f1, in plain NumPy. May import autograd.

Labels are whole numbers, (n,) or a column (n, 1), or one-hot rows (n, k). `predicted_labels` makes them of a
network's outputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd import Node, Tensor

__all__ = [
    "Scores", "accuracy", "classification_report", "confusion_matrix", "precision_recall_f1", "predicted_labels",
]  # fmt: skip


class Scores(NamedTuple):
    """What `precision_recall_f1` gives: four arrays with one entry per class.

    >>> Scores(*np.eye(4)).support
    array([0., 0., 0., 1.])
    """

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray


def predicted_labels(outputs: Any, threshold: float = 0.5) -> np.ndarray:
    """The class that a network's outputs speak for: the largest of k, or 1 where a single one is above ``threshold``.

    A probability of exactly the threshold counts as 0. For logits in place of probabilities the threshold is 0.

    Shapes: outputs (n, k), or (n, 1) or (n,) for two classes: a Tensor, an array or lists of Values. The result is
    (n,), plain integers.

    Raises: ValueError for other shapes and for outputs that are nan.

    From: "Chapter 3: Neural Networks", ``predict``, which compares by >; "Multi-Layer Perceptron (1 Hidden Layer)"
    by >=.

    >>> predicted_labels(Tensor([[0.2, 0.8], [0.9, 0.1]]))
    array([1, 0])
    >>> predicted_labels([0.5, 0.6])
    array([0, 1])
    """
    plain = np.asarray(Tensor(outputs).detach().data)
    if plain.ndim not in (1, 2) or plain.size == 0:
        raise ValueError(f"predicted_labels: outputs are (n, k), (n, 1) or (n,), these have shape {plain.shape}")
    if np.isnan(plain).any():
        raise ValueError(
            f"predicted_labels: {np.isnan(plain).sum()} of {plain.size} outputs are nan: no class is largest"
        )
    several = plain.ndim == 2 and plain.shape[1] > 1
    labels: np.ndarray = np.argmax(plain, axis=1) if several else (plain.ravel() > threshold).astype(np.intp)
    return labels


def accuracy(y_true: Any, y_pred: Any) -> float:
    """The share of predictions that are right.

    Shapes: both (n,) integers, or one-hot (n, k).

    Raises: ValueError for different lengths, none at all, or what is no label; TypeError for a Tensor.

    From: "Multi-Layer Perceptron (1 Hidden Layer)", step 6; "Neural Networks Solutions - Module 6", exercise 5.3.

    >>> accuracy([0, 1, 1, 0], [0, 1, 0, 0])
    0.75
    """
    true, pred = _both("accuracy", y_true, y_pred)
    return float(np.mean(true == pred))


def confusion_matrix(y_true: Any, y_pred: Any, n_classes: int | None = None) -> np.ndarray:
    """How often class i was taken for class j: rows are the truth, columns the predictions.

    Shapes: both (n,) integers from 0, or one-hot (n, k); the result is (n_classes, n_classes), by default up to the
    largest label.

    Raises: as `accuracy`, and ValueError for labels outside of 0 ... n_classes - 1.

    From: "Multi-Layer Perceptron (1 Hidden Layer)", step 6; "Neural Networks Solutions - Module 6", exercise 5.3.

    >>> confusion_matrix([0, 1, 1, 0], [0, 1, 0, 0])
    array([[2, 0],
           [1, 1]])
    """
    true, pred, k = _classes("confusion_matrix", y_true, y_pred, n_classes)
    return np.bincount(true * k + pred, minlength=k * k).reshape(k, k)


def precision_recall_f1(y_true: Any, y_pred: Any, n_classes: int | None = None) -> Scores:
    """For each class: precision, recall, their harmonic mean f1, and how many samples are of it (support).

    Precision is the share of right ones among what was taken for the class, recall the share of the class that was
    found. Where there is nothing to take a share of, it is 0.

    Shapes: both (n,) integers from 0, or one-hot (n, k); the results are four arrays (n_classes,).

    Raises: as `confusion_matrix`.

    From: "Multi-Layer Perceptron (1 Hidden Layer)", step 6.

    >>> precision_recall_f1([0, 1, 1, 0], [0, 1, 0, 0]).recall
    array([1. , 0.5])
    """
    true, pred, k = _classes("precision_recall_f1", y_true, y_pred, n_classes)
    hits = np.bincount(true[true == pred], minlength=k)
    taken, support = np.bincount(pred, minlength=k), np.bincount(true, minlength=k)
    return Scores(_share(hits, taken), _share(hits, support), _share(2 * hits, taken + support), support)


def classification_report(y_true: Any, y_pred: Any, target_names: Sequence[str] | None = None, digits: int = 2) -> str:
    """The scores of each class, the accuracy and two averages as text, to the letter as scikit-learn prints it.

    The macro average counts all classes alike, the weighted one by their support. Lines are the classes that occur;
    with ``target_names``, all those named, class i by name i.

    Shapes: both (n,) integers from 0, or one-hot (n, k).

    Raises: as `confusion_matrix`, where target_names say how many classes there are.

    From: "Multi-Layer Perceptron (1 Hidden Layer)", step 6, through scikit-learn.

    >>> print(classification_report([0, 1, 1, 0], [0, 1, 0, 0]))
                  precision    recall  f1-score   support
    <BLANKLINE>
               0       0.67      1.00      0.80         2
               1       1.00      0.50      0.67         2
    <BLANKLINE>
        accuracy                           0.75         4
       macro avg       0.83      0.75      0.73         4
    weighted avg       0.83      0.75      0.73         4
    <BLANKLINE>
    """
    k = None if target_names is None else len(target_names)
    true, pred, k = _classes("classification_report", y_true, y_pred, k)
    classes = np.unique(np.concatenate([true, pred])) if target_names is None else np.arange(k)
    names = [str(c) for c in classes] if target_names is None else [str(name) for name in target_names]
    *shares, support = (score[classes] for score in precision_recall_f1(true, pred, k))
    width = max(len("weighted avg"), digits, *map(len, names))

    def line(name: str, numbers: Sequence[Any], count: Any) -> str:
        cells = [x if isinstance(x, str) else f"{x:.{digits}f}" for x in numbers]
        return f"{name:>{width}} " + "".join(f" {cell:>9}" for cell in (*cells, count)) + "\n"

    return "\n".join(
        [
            line("", ("precision", "recall", "f1-score"), "support"),
            "".join(line(name, row, n) for name, *row, n in zip(names, *shares, support, strict=True)),
            line("accuracy", ("", "", accuracy(true, pred)), true.size)
            + line("macro avg", [np.mean(share) for share in shares], true.size)
            + line("weighted avg", [np.average(share, weights=support) for share in shares], true.size),
        ]
    )


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    shares = np.zeros(len(part))
    np.divide(part, whole, out=shares, where=whole != 0)
    return shares


def _both(what: str, y_true: Any, y_pred: Any) -> tuple[np.ndarray, np.ndarray]:
    true, pred = _labels(what, "y_true", y_true), _labels(what, "y_pred", y_pred)
    if true.size != pred.size:
        raise ValueError(f"{what}: y_true has {true.size} labels and y_pred {pred.size}; each sample needs one of both")
    return true, pred


def _classes(what: str, y_true: Any, y_pred: Any, n_classes: int | None) -> tuple[np.ndarray, np.ndarray, int]:
    """Both labels, and how many classes there are."""
    true, pred = _both(what, y_true, y_pred)
    low, high = min(true.min(), pred.min()), max(true.max(), pred.max())
    if low < 0:
        raise ValueError(
            f"{what}: classes are counted from 0, but there is a label {low}; of -1 and 1, "
            f"(labels + 1) // 2 makes 0 and 1"
        )
    if n_classes is not None and high >= n_classes:
        raise ValueError(f"{what}: there is a label {high}, but {n_classes} classes are 0 ... {n_classes - 1}")
    return true, pred, int(high) + 1 if n_classes is None else n_classes


def _labels(what: str, name: str, y: Any) -> np.ndarray:
    """The same labels as an integer array (n,)."""
    if isinstance(y, Node):
        raise TypeError(
            f"{what}: {name} is a {type(y).__name__}; predicted_labels(...) makes labels of a network's outputs"
        )
    array = np.asarray(y)
    if array.size == 0:
        raise ValueError(f"{what}: {name} is empty, shape {array.shape}; there is nothing to count")
    whole = array.dtype.kind in "biuf" and np.isfinite(array) & (array == np.floor(array))
    if not np.all(whole):
        odd = array[~np.broadcast_to(whole, array.shape)].tolist()[0]
        raise ValueError(
            f"{what}: {name} has entries that are no whole numbers, such as {odd!r}; labels are integers "
            f"or one-hot rows, and predicted_labels(...) makes them of outputs"
        )
    array = array.astype(np.intp)
    if array.ndim == 1 or (array.ndim == 2 and array.shape[1] == 1):
        return array.ravel()
    if array.ndim != 2 or not (np.isin(array, (0, 1)).all() and (array.sum(axis=1) == 1).all()):
        raise ValueError(
            f"{what}: {name} of shape {array.shape} is neither integer labels (n,) nor one-hot rows (n, k), each with "
            f"a single 1"
        )
    labels: np.ndarray = np.argmax(array, axis=1)
    return labels
