"""grad and its kin: structures, nesting, purity, errors."""

from typing import NamedTuple

import numpy as np
import pytest
from numpy.testing import assert_allclose

from autograd import (
    Parameter,
    ShapeError,
    Tensor,
    Value,
    elementwise_grad,
    grad,
    grad_and_aux,
    hessian,
    hvp,
    jacobian,
    jvp,
    make_jvp,
    make_vjp,
    ops,
    value_and_grad,
    vjp,
)

X = np.array([0.5, -1.0, 2.0])
A = np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0]])


class Pair(NamedTuple):
    """A named tuple."""

    w: object
    b: float


def quadratic(x):
    return np.sum(A @ x * (A @ x)) / 2


def test_types_come_back():
    assert isinstance(grad(lambda x: x * x)(3.0), np.float64)
    assert isinstance(grad(lambda x: x * x)(3), np.float64)
    assert isinstance(grad(quadratic)(X), np.ndarray)
    assert grad(lambda x: np.sum(x * x))(X.astype(np.float32)).dtype == np.float32
    assert grad(lambda x: x * x)(np.array(3.0)) == 6.0
    value, gradient = value_and_grad(quadratic)(X)
    assert_allclose(value, quadratic(X))
    assert_allclose(gradient, A.T @ A @ X)


def test_structures():
    p = {"layers": [Pair(np.ones((2, 3)), 1.0)], "scale": (2.0, X)}

    def f(p):
        (w, b), (s, x) = p["layers"][0], p["scale"]
        return np.sum(w @ x) * s + b * b

    g = grad(f)(p)
    assert isinstance(g["layers"][0], Pair)
    assert_allclose(g["layers"][0].w, 2 * np.ones((2, 1)) * X)
    assert (g["layers"][0].b, g["scale"][0]) == (2.0, pytest.approx(3.0))
    assert_allclose(g["scale"][1], [4.0, 4.0, 4.0])


def test_argnum():
    def f(a, b, *, c=1.0):
        return a * b * b * c

    assert grad(f, 1)(2.0, 3.0) == 12.0
    assert grad(f, (0, 1))(2.0, 3.0) == (9.0, 12.0)
    assert grad(f, "c")(2.0, 3.0, c=5.0) == 18.0
    assert grad(f, [0, "c"])(2.0, 3.0, c=5.0) == (45.0, 18.0)
    with pytest.raises(
        ValueError, match=r"argnum=2, but the call has 2 positional arguments and the keyword arguments \[\]"
    ):
        grad(f, 2)(2.0, 3.0)


def test_unused_arguments_get_zeros():
    assert grad(lambda a, b: a, (0, 1))(1.0, 2.0) == (1.0, 0.0)
    g = grad(lambda a, b: a, 1)(1.0, np.ones((2, 3), np.float32))
    assert g.shape == (2, 3) and g.dtype == np.float32 and not g.any()
    assert grad(lambda x: 3.0)(1.0) == 0.0
    assert jvp(lambda x: 3.0, (1.0,), (1.0,)) == (3.0, 0.0)
    assert jacobian(lambda x: np.ones(2))(X).tolist() == np.zeros((2, 3)).tolist()


def test_nesting_is_not_confused():
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x * y)(1.0))(2.0) == 4.0
    assert grad(lambda x: grad(lambda y: grad(lambda z: x * y * z * z)(3.0))(2.0))(1.0) == 6.0
    assert jvp(lambda x: grad(lambda y: x * y * y)(x), (3.0,), (1.0,)) == (18.0, 12.0)
    assert grad(lambda x: jvp(lambda y: x * y * y, (x,), (1.0,))[1])(3.0) == 12.0


def test_any_order():
    f, expected = np.sin, [np.sin, np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x), np.sin]
    for derivative in expected:
        assert_allclose(f(0.7), derivative(0.7), rtol=1e-12)
        f = grad(f)


def test_pure():
    w = Parameter([1.0, 2.0, 3.0])
    w.grad = before = np.zeros(3)
    slope = grad(lambda x: np.sum(np.tanh(w * x)))(X)
    assert w.grad is before
    assert isinstance(slope, Tensor), "it depends on a parameter, so it is a node"
    slope.sum().backward()
    t = np.tanh(w.data * X)
    assert_allclose(w.grad, (1 - t * t) - 2 * t * (1 - t * t) * X * w.data)
    x = X.copy()
    grad(quadratic)(x)
    assert_allclose(x, X)


def test_results_own_their_memory():
    x, y = X.copy(), X.copy()
    _, (gx, gy) = value_and_grad(lambda a, b: np.sum(a + b), (0, 1))(x, y)
    assert not np.shares_memory(gx, gy)
    out, pull = vjp(lambda a: a.reshape(3, 1), x)
    out[...] = 0
    assert_allclose(x, X)
    seed = np.ones((3, 1))
    (pulled,) = pull(seed)
    pulled[...] = 7
    assert seed.max() == 1


def test_vjp_and_jvp():
    y, pull = vjp(lambda a, x: a @ x, A, X)
    assert_allclose(y, A @ X)
    u = np.array([1.0, -2.0])
    assert_allclose(pull(u)[0], np.outer(u, X))
    assert_allclose(pull(u)[1], A.T @ u)
    y, tangent = jvp(lambda a, x: a @ x, (A, X), (np.ones_like(A), 2 * X))
    assert_allclose(tangent, np.ones_like(A) @ X + A @ (2 * X))
    pull, y = make_vjp(lambda x: A @ x)(X)
    assert_allclose(pull(u), A.T @ u)
    assert_allclose(make_jvp(lambda s, x: s * (A @ x), 1)(2.0, X)(X)[1], 2 * A @ X)
    tree = {"a": 1.0, "b": X}
    assert jvp(lambda t: t["a"] * t["b"].sum(), (tree,), (tree,))[1] == pytest.approx(3.0)


@pytest.mark.parametrize(
    "f",
    [
        ops.softmax,
        lambda x: np.where(x > 0, x, x * x),
        lambda x: np.concatenate([x, np.cumsum(x)]),
        lambda x: np.outer(x, x) @ x,
        lambda x: np.linalg.norm(x) * np.flip(x),
        lambda x: np.einsum("i,i,j->j", x, x, x),
        lambda x: np.prod(x) + np.max(x) * x[::-1],
        lambda x: x.at[0].set(x[1] * x[2]),
        lambda x: [x[0] * x[1], np.floor(x[2]), 3.0],
    ],
)
def test_forward_mode_and_rows_agree(f):
    rows = jacobian(f)(X)
    columns = np.stack(
        [jvp(lambda x: Tensor(f(x)) if isinstance(f(x), list) else f(x), (X,), (e,))[1] for e in np.eye(3)]
    )
    assert_allclose(rows.reshape(-1, 3), columns.reshape(3, -1).T, rtol=1e-12, atol=1e-14)


W = np.array([[0.5, -1.0, 2.0], [1.0, 0.3, -0.7], [0.2, 0.0, 1.5]])


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: np.exp(x) * x, np.diag(np.exp(X) * (1 + X))),
        (lambda x: np.sin(W @ x), np.cos(W @ X)[:, None] * W),
        (lambda x: (x @ W) ** 2, (2 * X @ W)[:, None] * W.T),
        (lambda x: x * (W @ x) + x, np.diag(W @ X + 1) + X[:, None] * W),
        (lambda x: x * np.sum(x), np.sum(X) * np.eye(3) + X[:, None]),
        (lambda x: x[::-1] * x, np.diag(X)[:, ::-1] + np.diag(X[::-1])),
        (lambda x: x, np.eye(3)),
    ],
)
def test_outputs_that_go_their_own_ways(f, expected):
    """As long as ops are elementwise only the diagonal is carried; a matrix, a sum or another use of x fills it."""
    assert_allclose(jacobian(f)(X), expected, rtol=1e-13, atol=1e-15)


def test_jacobian_hessian_hvp():
    assert_allclose(jacobian(lambda x: A @ x)(X), A)
    assert jacobian(lambda x: x * x)(3.0) == 6.0
    assert_allclose(jacobian(lambda x: x * X)(2.0), X)
    assert jacobian(lambda x: np.ones((0,)) * x.sum())(X).shape == (0, 3)
    parts = jacobian(lambda p: p["w"] * p["b"])({"w": X, "b": 2.0})
    assert_allclose(parts["w"], 2 * np.eye(3))
    assert_allclose(parts["b"], X)
    assert_allclose(hessian(quadratic)(X), A.T @ A)
    assert hessian(lambda x: x**3)(2.0) == 12.0
    v = np.array([1.0, 0.0, -1.0])
    assert_allclose(hvp(quadratic)(X, v), A.T @ A @ v)
    assert_allclose(hvp(lambda s, x: s * quadratic(x), 1)(2.0, X, v), 2 * A.T @ A @ v)
    product = hvp(lambda p: p["a"] ** 2 * p["b"] ** 3)({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 1.0})
    assert product == {"a": pytest.approx(16 + 24), "b": pytest.approx(24 + 12)}


def test_elementwise_grad_and_aux():
    assert_allclose(elementwise_grad(np.tanh)(X), 1 - np.tanh(X) ** 2)
    assert elementwise_grad(np.tanh)(0.5) == pytest.approx(1 - np.tanh(0.5) ** 2)
    gradient, aux = grad_and_aux(lambda x: (np.sum(x * x), {"square": x * x, "note": "kept"}))(X)
    assert_allclose(gradient, 2 * X)
    assert_allclose(aux["square"], X * X)
    assert isinstance(aux["square"], np.ndarray) and aux["note"] == "kept"


def test_size_one_is_a_number():
    assert_allclose(grad(lambda x: x[:1] * x[1])(X), [-1.0, 0.5, 0.0])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: grad(lambda x: x * x)(X),
            ShapeError,
            r"gives shape \(3,\); take .sum\(\) or .mean\(\), or use jacobian",
        ),
        (lambda: grad(lambda x: "text")(1.0), TypeError, "returned 'text', not a number, an array or a node"),
        (lambda: grad(lambda x: None)(1.0), TypeError, "returned None"),
        (lambda: grad(lambda x: x)("text"), TypeError, "a Value holds one real number, not 'text'"),
        (
            lambda: vjp(lambda x: x * x, X)[1](1.0),
            ShapeError,
            r"the cotangent of Tensor \(3,\) has shape \(\), not \(3,\)",
        ),
        (lambda: jvp(lambda x: x, (X,), (1.0,)), ShapeError, r"the tangent of Tensor \(3,\) has shape \(\)"),
        (lambda: jvp(lambda x: x, ([X],), ({},)), ValueError, "the structure {} differs from"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_values_of_yours_stay_connected():
    w = Value(2.0)
    slope = grad(lambda x: w * x * x)(3.0)
    (slope * w).backward()
    assert w.grad == 2 * 6.0 * 2.0
    with pytest.raises(TypeError, match="float"):
        float(slope)


def test_outer_transforms_reach_through_tangents_cotangents_and_aux():
    assert grad(lambda v: jvp(np.sin, (2.0,), (v,))[1])(1.0) == pytest.approx(np.cos(2))
    assert grad(lambda v: vjp(np.sin, 2.0)[1](v)[0])(1.0) == pytest.approx(np.cos(2))
    assert jvp(lambda v: jvp(np.sin, (2.0,), (v,))[1], (1.0,), (1.0,))[1] == pytest.approx(np.cos(2))
    assert grad(lambda x: grad_and_aux(lambda w: (w * w, x * w))(3.0)[1])(2.0) == 3.0
    assert_allclose(grad(lambda v: np.sum(vjp(np.sin, X)[1](v)[0]))(X), np.cos(X))
    seed = np.ones(3)
    assert not np.shares_memory(vjp(lambda x: x, X)[1](seed)[0], seed)
