"""Rows for a loss together with the function before it: stable at any size, and with the gradient p - y.

The targets are parameters, not operands: no gradient goes into them. May import reductions.py.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.node import plain
from autograd.op import Op
from autograd.ops.elementary import sigmoid
from autograd.ops.reductions import softmax
from autograd.ops.shapes import shape_of

__all__ = ["sigmoid_cross_entropy", "softmax_cross_entropy"]


def _targets(z: Any, y: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    if np.shape(y) != shape_of(z):
        raise ShapeError(f"targets of shape {np.shape(y)} for {shape_of(z)}: they have the same shape")
    return (z,), (np.array(y, dtype=np.asarray(plain(z)).dtype),)


def _rows(z: Any) -> int:
    """How many samples: the rows of a matrix, one for a vector."""
    return math.prod(shape_of(z)[:-1])


def _softmax_cross_entropy(z: Any, y: Any) -> Any:
    z = z - np.maximum.reduce(z, axis=-1, keepdims=True)
    totals = np.add.reduce(np.exp(z), axis=-1)
    hits = np.vdot(y, z)
    if hits != hits:  # a logit of -inf beside a target of 0 adds nothing
        hits = np.vdot(y[y != 0], z[y != 0])
    return (np.add.reduce(np.log(totals), axis=None) - hits) / _rows(z)


def _sigmoid_cross_entropy(z: Any, y: Any) -> Any:
    return np.mean(np.logaddexp(0, z) - y * z)


_EYE = np.eye(3, 4)

softmax_cross_entropy = Op(
    "softmax_cross_entropy", _softmax_cross_entropy,
    (lambda g, y, z, targets: (softmax(z) - targets) * (g / _rows(z)),),
    prepare=_targets, examples=(((3, 4), {"y": _EYE}), ((4,), {"y": _EYE[1]})),
    doc="The mean cross-entropy of softmax(z) with target rows y that add up to 1.",
)  # fmt: skip
sigmoid_cross_entropy = Op(
    "sigmoid_cross_entropy", _sigmoid_cross_entropy,
    (lambda g, y, z, targets: (sigmoid(z) - targets) * (g / math.prod(shape_of(z))),),
    prepare=_targets, examples=(((3, 4), {"y": _EYE}), ((), {"y": 1.0})),
    doc="The mean binary cross-entropy of sigmoid(z) with targets y.",
)  # fmt: skip
