"""No way of writing it loses a gradient: NumPy's functions, methods, operators and builtins on every kind of node.

Each line below is an expression in ``x``. It runs on plain numbers and on nodes; the values must agree, and the
gradient must agree with central differences. What the library cannot do must say so: a result that moves with
``x`` and carries no gradient is the one thing that never happens. Read next: ``test_traps.py``.
"""

import math
import operator
import warnings

import numpy as np
import pytest

from autograd import DetachError, Node, PerformanceWarning, Tensor, Value, no_grad
from autograd.check import central_difference

INPUTS = {
    "number": np.array(0.7),
    "vector": np.array([1.3, -0.4, 2.1]),
    "positive": np.array([0.3, 1.7, 0.9]),
    "matrix": np.array([[0.5, -1.2, 0.3], [2.0, 0.7, -0.9]]),
    "square": np.array([[2.0, 0.5], [0.3, 1.5]]),
}
A, B = np.array([[1.0, 2.0, -1.0], [0.5, -2.0, 3.0]]), np.array([1.0, -2.0, 0.5])


def values(x):
    """Return an array of Values for an array, a Value for a single number."""
    return np.vectorize(Value, otypes=[object])(x)[()]


KINDS = {
    "Tensor": Tensor,
    "Values": values,
    "list of Values": lambda x: values(x).tolist(),
    "list of Tensors": lambda x: list(map(Tensor, x)),
}


def flat(y):
    """Return every number, array and node in a result."""
    if isinstance(y, (list, tuple)) or (isinstance(y, np.ndarray) and y.dtype == object):
        return [part for item in np.ravel(y) if y is not item for part in flat(item)] if len(y) else []
    return [y]


def entries(y):
    """Return every number and node in a result, arrays taken apart: [(number or node), ...]."""
    if isinstance(y, np.ndarray) and y.ndim == 0:
        return entries(y[()])
    if isinstance(y, (list, tuple, np.ndarray)):
        return [entry for part in y for entry in entries(part)]
    if isinstance(y, Tensor) and y.ndim:
        return [entry for part in y.ravel() for entry in entries(part)]
    return [y] if isinstance(y, (Node, float, int, np.number)) else []


def total(y):
    """Return one number that depends on every entry of a result, each with a weight of its own."""
    return sum((entry * math.cos(i) for i, entry in enumerate(entries(y))), start=0.0)


def gradient(leaf):
    if isinstance(leaf, (list, np.ndarray)):
        return np.array([gradient(part) for part in leaf])
    return np.zeros(leaf.shape) if leaf.grad is None else np.asarray(leaf.grad)


def written(expression):
    return eval(f"lambda x: {expression}", {"np": np, "math": math, "operator": operator, "A": A, "B": B})


def check(function, x, leaf):
    """Run ``function`` on ``leaf``, made from ``x``; compare the value with NumPy's and the gradient with differences."""
    got, expected = total(function(leaf)), total(function(x))
    np.testing.assert_allclose(got.data if isinstance(got, Node) else got, expected, rtol=1e-12, atol=1e-14)
    numeric = [
        central_difference(lambda moved: total(function(moved.reshape(x.shape)[()])), np.ravel(x), i) for i in range(x.size)
    ]
    if isinstance(got, Node):
        got.backward()
    np.testing.assert_allclose(np.ravel(gradient(leaf)), numeric, rtol=1e-6, atol=1e-7, err_msg="the gradient")


def lines(table):
    return [
        pytest.param(written(line.strip()), INPUTS[name], id=line.strip())
        for name, text in table.items()
        for line in text.strip().splitlines()
    ]


# --- what works on arrays: Tensors, and object arrays of Values ----------------------------------------------

ARRAYS = {
    "vector": """
        x + 1
        1 - x
        x - B
        B - x
        2 * x * x
        B / (x * x + 1)
        x / 2
        -x
        +x
        abs(x)
        x ** 2
        x ** 3
        2 ** x
        x @ x
        x @ B
        B @ x
        A @ x
        x @ A.T
        [1.0, -2.0, 0.5] * x
        x + [1.0, -2.0, 0.5]
        x * np.float32(2.0)
        np.float64(2.0) * x
        x * True
        x * np.array([1, 2, 3])
        x * np.array([True, False, True])
        x[0] * x[-1]
        x[1:]
        x[::-1]
        x[[0, 0, 2]]
        x[np.array([True, False, True])]
        x[x > 0]
        x[None, :] * x[:, None]
        x[..., 0]
        x.sum()
        x.mean()
        x.max()
        x.min()
        x.prod()
        x.dot(B)
        x.dot(x)
        x.reshape(3, 1)
        x.reshape(-1)
        x.reshape((3, 1)) @ np.ones((1, 2))
        x.ravel()
        x.flatten()
        x.T
        x.copy()
        x.repeat(2)
        x.take([0, 2])
        x.cumsum()
        x.squeeze()
        x.clip(-0.1, 1.0)
        np.exp(x)
        np.sin(x) * np.cos(x)
        np.tanh(x)
        np.square(x)
        np.absolute(x)
        np.negative(x)
        np.arctan(x)
        np.sinh(x) - np.cosh(x)
        np.maximum(0, x)
        np.maximum(x, 0)
        np.maximum(x, B)
        np.minimum(x, 1.0)
        np.clip(x, -0.1, 1.0)
        np.clip(x, 0, None)
        np.sign(x) * x
        np.add(x, 1)
        np.subtract(1, x)
        np.multiply(x, x)
        np.true_divide(1, x)
        np.power(x, 2)
        np.power(2.0, x)
        np.sum(x)
        np.sum(x * B)
        np.mean(x)
        np.prod(x)
        np.max(x)
        np.min(x)
        np.var(x)
        np.std(x)
        np.var(x, ddof=1)
        np.cumsum(x)
        np.dot(x, B)
        np.dot(A, x)
        np.matmul(A, x)
        np.inner(x, B)
        np.outer(x, B)
        np.outer(B, x)
        np.linalg.norm(x)
        np.einsum("i,i->", x, B)
        np.einsum("ij,j->i", A, x)
        np.tensordot(x, B, 1)
        np.where(B > 0, x, 0)
        np.where(x > 0, x, 0.01 * x)
        np.where(x > 0, np.exp(x), 1 - x)
        np.concatenate([x, B])
        np.concatenate([x, x * x])
        np.stack([x, x])
        np.stack([B, x], axis=1)
        np.hstack([x, x])
        np.vstack([x, B])
        np.column_stack([x, B])
        np.reshape(x, (3, 1))
        np.ravel(x)
        np.squeeze(x[None])
        np.expand_dims(x, 0)
        np.flip(x)
        np.tile(x, 2)
        np.repeat(x, 2)
        np.broadcast_to(x, (2, 3))
        np.take(x, [2, 0, 2])
        np.add.reduce(x)
        np.maximum.reduce(x)
        np.multiply.outer(x, B)
        sum(x)
        max(x)
        min(x)
        sum(x) / len(x)
        [entry * entry for entry in x]
        [a * b for a, b in zip(x, B)]
        [a for a in reversed(x)]
        (lambda a, b, c: a * b + c)(*x)
        sorted(x)[0] * 3
        sum(a for a in x if a > 0)
        math.prod(x)
        abs(x).max() * 2
        np.exp(x) / np.sum(np.exp(x))
        np.exp(x - np.max(x)) / np.exp(x - np.max(x)).sum()
        1 / (1 + np.exp(-x))
        (x - x.mean()) / x.std()
        -np.mean(B * x)
        ((x - B) ** 2).mean()
        round(float(x[0].item() if hasattr(x[0], 'item') else x[0])) * x
        x if x[0] > 0 else -x
        x * (x > 0)
        (x > 0) * x
        x * (3 if 9 in x else 2)
    """,
    "positive": """
        np.log(x)
        np.sqrt(x)
        np.log1p(x)
        np.log2(x) + np.log10(x)
        x ** 0.5
        x ** -1
        x ** x
        x ** B
        np.power(x, -1.5)
        -(x * np.log(x)).sum()
        1 / x
    """,
    "matrix": """
        x @ x.T
        x.T @ x
        x @ B
        [1.0, 2.0] @ x
        A @ x.T
        x @ A.T
        x * B
        x + B
        x * B[:2, None]
        x.T
        x[0] @ x[1]
        x[:, 0]
        x[:, [0, 0]]
        x[1, 2] * x[0]
        x[[0, 1], [2, 0]]
        x.sum(axis=0)
        x.sum(axis=1, keepdims=True)
        x.sum(0) * x.sum(1)[0]
        x.mean(axis=0)
        x.max(axis=1)
        x.min(axis=0)
        x.prod(axis=0)
        x.reshape(3, 2)
        x.transpose()
        x.transpose(1, 0)
        x.swapaxes(0, 1)
        x.ravel()
        np.sum(x, axis=0)
        np.sum(x, axis=(0, 1))
        np.sum(x, axis=-1, keepdims=True)
        np.mean(x, axis=1)
        np.max(x, axis=0)
        np.var(x, axis=0)
        np.transpose(x)
        np.swapaxes(x, 0, 1)
        np.moveaxis(x, 0, 1)
        np.einsum("ij,kj->ik", x, A)
        np.einsum("ij->j", x)
        np.linalg.norm(x)
        np.concatenate([x, x], axis=1)
        np.vstack([x, B])
        x - x.mean(axis=0)
        x / np.linalg.norm(x, axis=1, keepdims=True)
        np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
        sum(row @ B for row in x)
        [a * b for row in x for a, b in zip(row, B)]
        np.maximum(0, x @ A.T + 1)
        x.mean(axis=0, keepdims=True) @ A.T
    """,
}


@pytest.mark.parametrize("kind", ["Tensor", "Values"])
@pytest.mark.parametrize(("function", "x"), lines(ARRAYS))
def test_arrays(function, x, kind):
    check(function, x, KINDS[kind](x))
