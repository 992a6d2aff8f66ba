"""No way of writing it loses a gradient: NumPy's functions, methods, operators and builtins on every kind of node.

Each line below is an expression in ``x``. It runs on plain numbers and on nodes; the values must agree, and the
gradient must agree with central differences. What the library cannot do must say so: a result that moves with
``x`` and carries no gradient is the one thing that never happens. Read next: ``test_numpy_calls.py``.
"""

import math
import operator
import warnings

import numpy as np
import pytest

from autograd import DetachError, Node, PerformanceWarning, Tensor, Value, grad, no_grad
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


def shape_of(y):
    """Return the shape of a result, of a list of results the shapes."""
    return [shape_of(part) for part in y] if isinstance(y, (list, tuple)) else np.shape(y)


def gradient(leaf):
    if isinstance(leaf, (list, np.ndarray)):
        return np.array([gradient(part) for part in leaf])
    return np.zeros(leaf.shape) if leaf.grad is None else np.asarray(leaf.grad)


def written(expression):
    return eval(f"lambda x: {expression}", {"np": np, "math": math, "operator": operator, "A": A, "B": B})


def check(function, x, leaf):
    """Run ``function`` on ``leaf``, made from ``x``; compare with plain numbers, and with central differences."""
    got, expected = function(leaf), function(x[()])
    assert shape_of(got) == shape_of(expected)
    got, expected = total(got), total(expected)
    np.testing.assert_allclose(got.data if isinstance(got, Node) else got, expected, rtol=1e-12, atol=1e-14)

    def shifted(moved):
        return total(function(moved.reshape(x.shape)[()]))

    numeric = [central_difference(shifted, np.ravel(x), i) for i in range(x.size)]
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
        np.multiply.outer(x, A)
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


# --- what only a Tensor has ----------------------------------------------------------------------------------

TENSORS = {
    "vector": """
        x.std()
        x.var(ddof=1)
        x.astype(float)
        (x * 2).T.dot(x)
        np.sum([x, x * x], axis=0)
        np.mean([x, B], axis=0)
        np.array([x[0], x[1]])
        np.array([x, B])
        np.asarray(x) * 2
        np.r_[x, 1.0]
        np.c_[x, x]
        np.vectorize(lambda a: a * a)(x)
        np.full(3, x[0])
        list(map(np.exp, x))
        {"a": x * x}["a"]
        np.linalg.norm(x, 1) + np.linalg.norm(x, np.inf) + np.linalg.norm(x, 3)
        operator.matmul(x, B)
        (x[:, None] - x) ** 2
    """,
    "matrix": """
        x.std(axis=0)
        x.var(axis=1, ddof=1)
        x @ np.ones((4, 3, 2))
        np.ones((4, 1, 2)) @ x
        np.matmul(x, np.ones((3,)))
        np.linalg.norm(x, 1) + np.linalg.norm(x, np.inf)
        np.tensordot(x, A, axes=((0, 1), (0, 1)))
        x[x > 0]
        x[:, x[0] > 0]
        x[np.array([[True, False, True], [False, True, False]])]
    """,
}


@pytest.mark.filterwarnings("ignore:NumPy made an object array")
@pytest.mark.parametrize(("function", "x"), lines(TENSORS))
def test_tensors(function, x):
    check(function, x, Tensor(x))


# --- what works on lists, as in code written neuron by neuron ------------------------------------------------

LISTS = {
    "vector": """
        sum(x)
        sum(x, 1.0)
        max(x) * min(x)
        max(x, key=lambda a: a * a)
        sorted(x)[0] * 3
        sorted(x, reverse=True)[0] * 2
        abs(x[1])
        sum(a * b for a, b in zip([1.0, -2.0, 0.5], x))
        sum((a * b for a, b in zip(x, x)), x[0])
        math.prod(x)
        [a ** 2 for a in x]
        [a if a > 0 else 0.01 * a for a in x]
        x[0] if x[0] > x[1] else x[1]
        np.exp(x)
        np.sum(x)
        np.max(x)
        np.prod(x)
        np.maximum(x, 0)
        np.dot(x, B)
        np.array(x) * 2
        np.array(x) @ np.array(x)
        np.array(x).sum()
        np.array(x) / np.array(x).max()
        np.linalg.norm(x)
        np.concatenate([x, x])
        np.where(B > 0, x, 0)
        B * x
        A @ np.array(x)
        sum(x[1:], start=x[0])
        x[0] + np.array([1.0, 2.0])
        np.array([1.0, 2.0]) * x[0]
        np.array([1.0, 2.0]) - x[0]
        np.float64(3.0) * x[0]
        x[0] / np.float64(3.0)
        np.int64(3) - x[0]
        x[0] ** np.int64(2)
    """,
}


@pytest.mark.filterwarnings("ignore:NumPy made an object array")
@pytest.mark.parametrize("kind", ["list of Values", "list of Tensors"])
@pytest.mark.parametrize(("function", "x"), lines(LISTS))
def test_lists(function, x, kind):
    check(function, x, KINDS[kind](x))


@pytest.mark.parametrize("mean", [np.mean, np.var, np.std])
def test_averages_of_lists(mean):
    """NumPy divides inside a loop that takes plain numbers only: right for Values, an error for Tensors."""
    check(mean, INPUTS["vector"], KINDS["list of Values"](INPUTS["vector"]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PerformanceWarning)
        with pytest.raises(DetachError, match="would lose its gradient without a word"):
            mean(KINDS["list of Tensors"](INPUTS["vector"]))


# --- where kinds meet: arrays of Values beside Tensors, lists of Values beside either ----------------------------

MEETINGS = {
    "@": lambda a, b: a @ b.T if not isinstance(b, list) else a @ np.transpose(b),
    "*": operator.mul,
    "-": operator.sub,
    "/": operator.truediv,
    "np.add": np.add,
    "np.power": lambda a, b: np.power(np.exp(a), b),
    "np.maximum": np.maximum,
    "np.where": lambda a, b: np.where(A > 0, a, b),
    "np.concatenate": lambda a, b: np.concatenate([a, b]),
    "np.stack": lambda a, b: np.stack([a, b], axis=1),
    "np.einsum": lambda a, b: np.einsum("ij,ij->i", a, b),
    "np.outer": np.outer,
    "np.arctan2": np.arctan2,
    "np.clip": lambda a, b: np.clip(a, -0.1, b),
}
PAIRS = [("Tensor", "Values"), ("Values", "Tensor"), ("Tensor", "list of Values"), ("list of Values", "Tensor")]


@pytest.mark.parametrize("kinds", PAIRS, ids=" beside ".join)
@pytest.mark.parametrize("name", MEETINGS)
def test_kinds_meet(name, kinds):
    function, x, y = MEETINGS[name], INPUTS["matrix"], A
    a, b = (KINDS[kind](part) for kind, part in zip(kinds, (x, y), strict=True))
    got = function(a, b)
    assert isinstance(got, Tensor)
    np.testing.assert_allclose(got.data, function(x, y), rtol=1e-14)
    (got * 2.0).sum().backward()
    expected = grad(lambda x, y: (function(x, y) * 2.0).sum(), (0, 1))(x, y)
    for leaf, g in zip((a, b), expected, strict=True):
        np.testing.assert_allclose(gradient(leaf), g, rtol=1e-13)


# --- what works on one number --------------------------------------------------------------------------------

NUMBERS = {
    "number": """
        x + x * x
        3 - x
        3 / x
        x ** x
        2 ** x
        x ** 2.5
        -x ** 2
        (-x) ** 3
        abs(-x)
        np.exp(x)
        np.log(x)
        np.sqrt(x)
        np.tanh(x)
        np.arctan2(x, 2.0)
        np.maximum(x, 0.5)
        np.minimum(0.5, x)
        np.clip(x, 0, 1)
        np.where(x > 0, x, 0.0)
        np.sum(x)
        np.mean(x)
        np.square(x)
        np.logaddexp(x, 0)
        np.add(x, 1)
        np.power(2, x)
        np.multiply(x, B)
        x * B
        B / x
        B @ (x * B)
        np.array([x, 2 * x])
        np.stack([x, x])
        max(x, 0.5)
        min(x, 0.5)
        max(0, x)
        sum([x, x, x])
        round(x) * x
        x if x else 0
        x * (x > 0.5)
        x * int(x > 0.5)
        x * len(f"{x:.2f}")
        (lambda a: [a := a + x for _ in range(3)][-1])(0)
    """,
}


@pytest.mark.filterwarnings("ignore:NumPy made an object array")
@pytest.mark.parametrize("kind", ["Tensor", "Values"])
@pytest.mark.parametrize(("function", "x"), lines(NUMBERS))
def test_numbers(function, x, kind):
    check(function, x, KINDS[kind](x))


# --- everything else is right, or says that it is not -----------------------------------------------------------

ANYTHING = {
    "vector": """
        np.fft.fft(x)
        np.fft.rfft(x)
        np.sort(x)
        np.partition(x, 1)
        np.median(x)
        np.percentile(x, 30)
        np.quantile(x, 0.3)
        np.kron(x, [1.0, 2.0])
        np.interp(0.5, [0.0, 1.0, 2.0], x)
        np.interp(x, [0.0, 1.0, 2.0], [1.0, 3.0, 9.0])
        np.unwrap(x)
        np.trapezoid(x)
        np.trapezoid(x, dx=0.5)
        np.cumprod(x)
        np.diff(x)
        np.ediff1d(x)
        np.gradient(x)
        np.cross(x, [1.0, 2.0, 3.0])
        np.vdot(x, [1.0, 2.0, 3.0])
        np.vecdot(x, [1.0, 2.0, 3.0])
        np.linalg.vecdot(x, x)
        np.linalg.vector_norm(x)
        np.linalg.outer(x, x)
        np.diag(x)
        np.diagflat(x)
        np.roll(x, 1)
        np.rot90(x[None])
        np.meshgrid(x, x)
        np.nan_to_num(x)
        np.nansum(x)
        np.nanmean(x)
        np.nanmax(x)
        np.nancumsum(x)
        np.hypot(x, 2.0)
        np.cbrt(x)
        np.sinc(x)
        np.i0(x)
        np.degrees(x)
        np.deg2rad(x)
        np.reciprocal(x)
        np.mod(x, 0.6)
        np.fmod(x, 0.6)
        np.remainder(x, 0.6)
        np.floor_divide(x, 0.6)
        np.divmod(x, 0.6)
        np.modf(x)
        np.frexp(x)
        np.ldexp(x, 2)
        np.fmax(x, 0.0)
        np.fmin(x, 0.0)
        np.heaviside(x, 0.5)
        np.copysign(x, -1.0)
        np.nextafter(x, 1.0)
        np.spacing(x)
        np.logaddexp2(x, 1.0)
        np.float_power(x * x, 2)
        np.ptp(x)
        np.amax(x)
        np.amin(x)
        np.fix(x)
        np.trunc(x)
        np.real(x)
        np.imag(x)
        np.angle(x)
        np.fabs(x)
        np.average(x, weights=[1.0, 2.0, 3.0])
        np.average([1.0, 2.0, 3.0], weights=x)
        np.array(x)
        np.array([x, x])
        np.atleast_1d(x)
        np.atleast_2d(x)
        np.ascontiguousarray(x)
        np.asarray_chkfinite(x)
        np.append(x, 1.0)
        np.append([1.0], x)
        np.insert(x, 1, 5.0)
        np.insert([1.0, 2.0], 1, x[0])
        np.delete(x, 1)
        np.select([np.array([True, False, True])], [x], 0.0)
        np.piecewise(x, [np.array([True, False, True])], [lambda z: z * 2, lambda z: z])
        np.choose([0, 1, 0], [x, x])
        np.compress([True, False, True], x)
        np.extract([True, False, True], x)
        np.split(x, 3)
        np.array_split(x, 2)
        np.block([x[:2], x[2:]])
        np.dstack([x, x])
        np.concat([x, x])
        np.concatenate([x, x], dtype=float)
        np.resize(x, 5)
        np.pad(x, 1)
        np.tri(3) * x
        np.vander(x)
        np.poly(x)
        np.polyval(x, 2.0)
        np.polyval([1.0, 2.0, 3.0], x)
        np.polyfit([0.0, 1.0, 2.0], x, 1)
        np.poly1d(x)(2.0)
        np.polynomial.Polynomial(x)(2.0)
        np.polynomial.polynomial.polyval(2.0, x)
        np.convolve(x, [1.0, 2.0])
        np.convolve([1.0, 2.0], x)
        np.correlate(x, [1.0, 2.0])
        np.histogram(x)
        np.histogram([1.0, 2.0, 1.5], weights=x)
        np.bincount([0, 1, 1], weights=x)
        np.digitize(x, [0.0, 1.0])
        np.searchsorted([0.0, 1.0], x)
        np.cov(x)
        np.apply_along_axis(lambda row: row * 2, 0, x)
        np.apply_over_axes(np.sum, x, 0)
        np.vectorize(lambda a: a * a)(x)
        np.vectorize(lambda a: a * a, otypes=[float])(x)
        np.frompyfunc(lambda a: a * a, 1, 1)(x)
        np.unique(x)
        np.setdiff1d(x, [1.0])
        np.union1d(x, [1.0])
        np.sum(x, dtype=float)
        np.sum(x, 0, float)
        np.mean(x, 0, None, None, True)
        np.clip(x, min=0.0)
        np.sum(x, initial=2.0)
        np.sum(x, where=[True, False, True])
        np.sum(x, out=np.zeros(()))
        np.mean(x, dtype=float)
        np.mean(x, where=[True, False, True])
        np.var(x, mean=0.5)
        np.std(x, correction=1)
        np.max(x, initial=5.0)
        np.max(x, initial=0.0)
        np.prod(x, initial=3.0)
        np.cumsum(x, dtype=float)
        np.exp(x, dtype=float)
        np.exp(x, where=[True, True, False], out=np.zeros(3))
        np.log(x * x, where=[True, True, True])
        np.add(x, 1.0, casting="same_kind")
        np.add(x, 1.0, out=np.zeros(3))
        np.add.reduceat(x, [0, 1])
        np.add.outer(x, [1.0, 2.0])
        np.subtract.outer([1.0, 2.0], x)
        np.multiply.accumulate(x)
        np.logaddexp.reduce(x)
        np.maximum.accumulate(x)
        np.broadcast_arrays(x, x)
        np.lib.stride_tricks.sliding_window_view(x, 2)
        np.lib.stride_tricks.as_strided(x, (2,), (8,))
        np.ones_like(x)
        np.full_like(x, 2.0)
        np.full_like(x, x[0])
        np.full_like([1.0, 2.0], x[0])
        np.linspace(0.0, x[0], 3)
        np.linspace(x[0], x[2], 3)
        np.logspace(0.0, x[0], 3)
        np.geomspace(1.0, x[2], 3)
        np.arange(x[0])
        np.arange(0.0, x[0], 0.5)
        np.arange(3) * x[0]
        np.eye(3) * x[0]
        np.fromiter(x, float)
        np.fromfunction(lambda i: i * x[0], (3,))
        np.fill_diagonal(np.eye(3), x)
        np.copyto(np.zeros(3), x)
        np.put(np.zeros(3), [0, 1, 2], x)
        np.place(np.zeros(3), [True, True, True], x)
        np.putmask(np.zeros(3), [True, True, True], x)
        np.ma.array(x)
        np.require(x, float)
        np.asarray(x, dtype=float)
        np.asarray(x, dtype=np.float32)
        np.asarray(x, dtype=int)
        np.array(x, dtype=complex)
        np.float64(x[0])
        np.float32(x[0])
        np.int64(x[0])
        np.emath.sqrt(x)
        np.emath.log(x)
        np.random.default_rng(0).normal(x, 1.0)
        np.random.default_rng(0).choice(x, 2)
        np.random.default_rng(0).permutation(x)
        np.einsum(x, [0], x, [0])
        np.einsum("i,i", x, x, optimize=True)
        np.isclose(x, 1.0)
        np.allclose(x, x)
        np.logical_and(x, 1).astype(bool)
        np.argsort(x)
        np.lexsort([x])
        np.count_nonzero(x)
        np.array_equal(x, x)
        np.array2string(x)
        x.tolist()
        np.asarray(x).astype(int)
        memoryview(x)
        bytes(x)
    """,
    "square": """
        np.linalg.inv(x)
        np.linalg.det(x)
        np.linalg.slogdet(x)
        np.linalg.solve(x, [1.0, 2.0])
        np.linalg.solve(np.eye(2), x)
        np.linalg.lstsq(x, [1.0, 2.0])
        np.linalg.cholesky(x)
        np.linalg.qr(x)
        np.linalg.eigh(x)
        np.linalg.eigvalsh(x)
        np.linalg.eig(x)
        np.linalg.svd(x)
        np.linalg.pinv(x)
        np.linalg.cond(x)
        np.linalg.matrix_rank(x)
        np.linalg.matrix_power(x, 2)
        np.linalg.matrix_power(x, -1)
        np.linalg.multi_dot([x, x])
        np.linalg.matrix_norm(x)
        np.linalg.norm(x, 2)
        np.linalg.norm(x, "nuc")
        np.linalg.trace(x)
        np.linalg.diagonal(x)
        np.linalg.matmul(x, x)
        np.linalg.tensordot(x, x)
        np.linalg.cross(x @ np.ones((2, 3)), x @ np.ones((2, 3)))
        np.trace(x)
        np.diag(x)
        np.diagonal(x)
        np.tril(x)
        np.triu(x)
        np.rot90(x)
        np.fliplr(x)
        np.flipud(x)
        np.rollaxis(x, 1)
        np.permute_dims(x, (1, 0))
        np.matrix_transpose(x)
        np.matvec(x, [1.0, 2.0])
        np.vecmat([1.0, 2.0], x)
        np.corrcoef(x)
        np.cov(x)
        np.hsplit(x, 2)
        np.unstack(x)
        np.take_along_axis(x, np.array([[0], [1]]), 1)
        np.ravel(x, order="F")
        np.reshape(x, 4, order="F")
        np.reshape(x, 4, copy=True)
        np.transpose(x, axes=(1, 0))
        np.sort(x, axis=0)
        np.median(x, axis=0)
    """,
}

PYTHON = {
    "vector": """
        list(x)
        tuple(x)
        complex(x[0])
        float(x[0])
        int(x[0])
        math.exp(x[0])
        math.fsum(x)
        math.hypot(*x)
        math.dist(x, x)
        x[0] // 1
        x[0] % 1
        divmod(x[0], 1)
        math.floor(x[0])
        math.trunc(x[0])
        round(x[0], 1)
        range(x[0])
        operator.index(x[0])
        [10, 20, 30][x[0]]
        np.arange(3)[x[0]]
        x[0] << 1
        x[0] & 1
        ~x[0]
    """,
}


REFUSALS = (TypeError, ValueError, AttributeError, IndexError, NotImplementedError)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("function", "x"), lines(ANYTHING) + lines(PYTHON))
def test_right_or_refused(function, x, kind):
    leaf = KINDS[kind](x)
    try:
        function(leaf)
    except REFUSALS:
        return
    check(function, x, leaf)


def outcome(function, x):
    """Return the plain result as numbers, or the type of its error."""
    try:
        return [entry.data if isinstance(entry, Node) else entry for entry in entries(function(x))]
    except Exception as error:  # noqa: BLE001
        return type(error)


def assert_same(ours, numpys):
    """Compare to the last bit but one: NumPy sums in the order that suits the alignment of an array."""
    assert not isinstance(ours, type)
    if np.asarray(numpys).dtype.kind == "f":
        np.testing.assert_array_almost_equal_nulp(np.asarray(ours), np.asarray(numpys), nulp=1)
    else:
        np.testing.assert_array_equal(ours, numpys)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("function", "x"), lines(ANYTHING))
def test_constants_convert_freely(function, x):
    """Outside of any graph a Tensor is as good as an array, wherever NumPy takes one."""
    expected = outcome(function, x)
    if isinstance(expected, type) or not expected:
        pytest.skip("NumPy itself refuses this, or gives no numbers")
    assert_same(outcome(function, Tensor(x).detach()), expected)
    with no_grad():
        assert_same(outcome(function, Tensor(x)), expected)
