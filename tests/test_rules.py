"""Named rows against formulas written out by hand in NumPy, and every row's edges: ties, zeros, repeats.

The sweep compares with central differences, which know no ties and no zeros; here each answer is written down.
"""

import math

import numpy as np
import pytest

from autograd import Tensor, Value, hessian, jacobian, ops, vjp

RNG = np.random.default_rng(7)
A, B, W, POSITIVE = (RNG.uniform(0.3, 2.0, (3, 4)) * RNG.choice([-1, 1], (3, 4)) for _ in range(4))
M = RNG.normal(size=(4, 2))
POSITIVE = abs(POSITIVE)
STACK, OTHER_STACK = RNG.normal(size=(2, 3, 4)), RNG.normal(size=(2, 4, 5))
T = W[0] / 2.1  # in (-1, 1)


def sigma(z):
    return 1 / (1 + np.exp(-z))


def phi(z):
    return np.exp(-z * z / 2) / np.sqrt(2 * np.pi)


def normal_distribution(z):
    return np.vectorize(lambda x: 0.5 * math.erfc(-x / math.sqrt(2)))(z)


def share(z, axis):
    """softmax, entry by entry from its definition."""
    return np.exp(z) / np.exp(z).sum(axis, keepdims=True)


# Rows of one operand: name, operand, derivative.
DERIVATIVES = [
    ("negative", A, lambda x: -np.ones_like(x)),
    ("square", A, lambda x: x + x),
    ("abs", A, lambda x: np.where(x < 0, -1.0, 1.0)),
    ("exp", A, np.exp),
    ("exp2", A, lambda x: math.log(2) * 2**x),
    ("expm1", A, np.exp),
    ("log", POSITIVE, np.reciprocal),
    ("log2", POSITIVE, lambda x: np.log2(np.e) / x),
    ("log10", POSITIVE, lambda x: np.log10(np.e) / x),
    ("log1p", POSITIVE, lambda x: 1 / (1 + x)),
    ("sqrt", POSITIVE, lambda x: 0.5 * x**-0.5),
    ("sin", A, np.cos),
    ("cos", A, lambda x: -np.sin(x)),
    ("tan", T, lambda x: np.cos(x) ** -2),
    ("arcsin", T, lambda x: (1 - x**2) ** -0.5),
    ("arccos", T, lambda x: -((1 - x**2) ** -0.5)),
    ("arctan", A, lambda x: 1 / (1 + x**2)),
    ("sinh", A, np.cosh),
    ("cosh", A, np.sinh),
    ("tanh", A, lambda x: np.cosh(x) ** -2),
    ("arcsinh", A, lambda x: (x**2 + 1) ** -0.5),
    ("arccosh", POSITIVE + 1, lambda x: (x**2 - 1) ** -0.5),
    ("arctanh", T, lambda x: 1 / (1 - x**2)),
    ("relu", A, lambda x: np.where(x > 0, 1.0, 0.0)),
    ("sigmoid", A, lambda x: sigma(x) * sigma(-x)),
    ("softplus", A, sigma),
    ("log_sigmoid", A, lambda x: 1 - sigma(x)),
    ("erf", A, lambda x: 2 * math.sqrt(2) * phi(math.sqrt(2) * x)),
    ("gelu", A, lambda x: normal_distribution(x) + x * phi(x)),
]
TABLE = {op.name: op for op in ops.table()}


@pytest.mark.parametrize(("name", "x", "derivative"), DERIVATIVES, ids=[case[0] for case in DERIVATIVES])
def test_derivatives(name, x, derivative):
    g = RNG.normal(size=x.shape)
    np.testing.assert_allclose(vjp(TABLE[name], x)[1](g)[0], g * derivative(x), rtol=1e-12)
    v = Value(x.flat[0])
    TABLE[name](v).backward(g.flat[0])
    np.testing.assert_allclose(v.grad, (g * derivative(x)).flat[0], rtol=1e-12)


def spread(g, axis):
    return np.expand_dims(g, axis)


def along_softmax(g, x):
    """From the Jacobian of softmax, diag(p) - p p', row by row."""
    p = share(x, -1)
    return np.array([(np.diag(row) - np.outer(row, row)) @ g_row for row, g_row in zip(p, g, strict=True)])


def along_log_softmax(g, x):
    p = share(x, -1)
    return np.array([(np.eye(row.size) - row[:, None]) @ g_row for row, g_row in zip(p, g, strict=True)])


# name: the function, its operands, and the gradient of each operand from g, the gradient of the result.
FORMULAS = {
    "add": (ops.add, (A, B), lambda g, a, b: (g, g)),
    "subtract": (ops.subtract, (A, B), lambda g, a, b: (g, -g)),
    "multiply": (ops.multiply, (A, B), lambda g, a, b: (g * b, g * a)),
    "divide": (ops.divide, (A, B), lambda g, a, b: (g / b, -g * a / b**2)),
    "power": (ops.power, (POSITIVE, B), lambda g, a, b: (g * b * a ** (b - 1), g * a**b * np.log(a))),
    "fixed power": (lambda a: ops.power(a, 3.0), (A,), lambda g, a: (3 * g * a**2,)),
    "broadcast": (ops.multiply, (A, B[0]), lambda g, a, b: (g * b, (g * a).sum(0))),
    "xlogy": (ops.xlogy, (A, POSITIVE), lambda g, a, b: (g * np.log(b), g * a / b)),
    "arctan2": (ops.arctan2, (A, B), lambda g, a, b: (g * b / (a**2 + b**2), -g * a / (a**2 + b**2))),
    "logaddexp": (ops.logaddexp, (A, B), lambda g, a, b: (g * sigma(a - b), g * sigma(b - a))),
    "maximum": (ops.maximum, (A, B), lambda g, a, b: (np.where(a > b, g, 0), np.where(a > b, 0, g))),
    "minimum": (ops.minimum, (A, B), lambda g, a, b: (np.where(a > b, 0, g), np.where(a > b, g, 0))),
    "clip": (lambda x: ops.clip(x, -1.0, 0.5), (A,), lambda g, x: (g * ((x > -1) & (x < 0.5)),)),
    "where": (
        lambda a, b: ops.where(W > 0, a, b), (A, B), lambda g, a, b: (np.where(W > 0, g, 0), np.where(W > 0, 0, g)),
    ),
    "leaky_relu": (
        lambda x: ops.leaky_relu(x, slope=0.2), (A,), lambda g, x: (np.where(x > 0, g, 0.2 * g),),
    ),
    "elu": (lambda x: ops.elu(x, alpha=1.5), (A,), lambda g, x: (np.where(x > 0, g, g * 1.5 * np.exp(x)),)),
    "sum": (lambda x: ops.sum(x, axis=1), (A,), lambda g, x: (spread(g, 1) * np.ones(4),)),
    "mean": (lambda x: ops.mean(x, axis=0), (A,), lambda g, x: (np.ones((3, 1)) * g / 3,)),
    "var": (
        lambda x: ops.var(x, axis=1), (A,), lambda g, x: (spread(g, 1) * 2 * (x - x.mean(1, keepdims=True)) / 4,),
    ),
    "var, ddof": (lambda x: ops.var(x, ddof=1), (A,), lambda g, x: (g * 2 * (x - x.mean()) / 11,)),
    "std": (lambda x: ops.std(x, axis=0), (A,), lambda g, x: (g * (x - x.mean(0)) / (3 * x.std(0)),)),
    "std, ddof": (lambda x: ops.std(x, ddof=1), (A,), lambda g, x: (g * (x - x.mean()) / (11 * x.std(ddof=1)),)),
    "max": (lambda x: ops.max(x, axis=1), (A,), lambda g, x: (spread(g, 1) * (x == x.max(1, keepdims=True)),)),
    "min": (lambda x: ops.min(x, axis=0), (A,), lambda g, x: (g * (x == x.min(0)),)),
    "prod": (lambda x: ops.prod(x, axis=1), (A,), lambda g, x: (spread(g * x.prod(1), 1) / x,)),
    "prod along no axis": (lambda x: ops.prod(x, axis=()), (A,), lambda g, x: (g,)),
    "cumsum": (lambda x: ops.cumsum(x, axis=1), (A,), lambda g, x: (g @ np.tri(4),)),
    "norm": (ops.norm, (A,), lambda g, x: (g * x / np.linalg.norm(x),)),
    "norm, rows": (
        lambda x: ops.norm(x, axis=1), (A,), lambda g, x: (spread(g / np.linalg.norm(x, axis=1), 1) * x,),
    ),
    "norm of order 3": (
        lambda x: ops.norm(x, 3, axis=0), (A,), lambda g, x: (g * x * abs(x) / np.linalg.norm(x, 3, axis=0) ** 2,),
    ),
    "logsumexp": (lambda x: ops.logsumexp(x, axis=1), (A,), lambda g, x: (spread(g, 1) * share(x, 1),)),
    "softmax": (ops.softmax, (A,), lambda g, x: (along_softmax(g, x),)),
    "softmax, columns": (lambda x: ops.softmax(x, axis=0), (A,), lambda g, x: (along_softmax(g.T, x.T).T,)),
    "log_softmax": (ops.log_softmax, (A,), lambda g, x: (along_log_softmax(g, x),)),
    "softmax_cross_entropy": (
        lambda z: ops.softmax_cross_entropy(z, share(B, 1)), (A,), lambda g, z: (g * (share(z, 1) - share(B, 1)) / 3,),
    ),
    "sigmoid_cross_entropy": (
        lambda z: ops.sigmoid_cross_entropy(z, sigma(B)), (A,), lambda g, z: (g * (sigma(z) - sigma(B)) / 12,),
    ),
    "matmul": (ops.matmul, (A, M), lambda g, a, b: (g @ b.T, a.T @ g)),
    "matmul, vector on the left": (ops.matmul, (A[0], M), lambda g, a, b: (b @ g, np.outer(a, g))),
    "matmul, vector on the right": (ops.matmul, (A, M[:, 0]), lambda g, a, b: (np.outer(g, b), a.T @ g)),
    "matmul, vectors": (ops.matmul, (A[0], A[1]), lambda g, a, b: (g * b, g * a)),
    "matmul, stacks": (
        ops.matmul, (STACK, OTHER_STACK),
        lambda g, a, b: (np.einsum("nik,njk->nij", g, b), np.einsum("nij,nik->njk", a, g)),
    ),
    "matmul, one matrix for a stack": (
        ops.matmul, (STACK, M), lambda g, a, b: (np.einsum("nik,jk->nij", g, b), np.einsum("nij,nik->jk", a, g)),
    ),
    "matmul, vector and stack": (
        ops.matmul, (A[0], OTHER_STACK),
        lambda g, a, b: (np.einsum("nk,njk->j", g, b), np.einsum("j,nk->njk", a, g)),
    ),
    "matmul, stack and vector": (
        ops.matmul, (STACK, A[0]), lambda g, a, b: (np.einsum("ni,j->nij", g, b), np.einsum("nij,ni->j", a, g)),
    ),
    "affine": (ops.affine, (A, M, M[0]), lambda g, x, W, b: (g @ W.T, x.T @ g, g.sum(0))),
    "affine, a number for a bias": (lambda x, W: ops.affine(x, W, 0.5), (A, M), lambda g, x, W: (g @ W.T, x.T @ g)),
    "einsum": (
        lambda a, b: ops.einsum("ij,kj->ik", a, b), (A, B), lambda g, a, b: (g @ b, g.T @ a),
    ),
    "einsum, trace": (lambda x: ops.einsum("ii", x), (A[:, :3],), lambda g, x: (g * np.eye(3),)),
    "einsum, diagonals": (  # "a" is the first letter that could stand for the second index
        lambda x: ops.einsum("aab->b", x), (STACK[:, :2],), lambda g, x: (np.eye(2)[:, :, None] * g,),
    ),
    "transpose": (
        lambda x: ops.transpose(x, (2, 0, 1)), (STACK,), lambda g, x: (np.moveaxis(g, 0, 2),),
    ),
    "concatenate": (lambda *x: ops.concatenate(x, axis=1), (A, M[:3]), lambda g, a, b: (g[:, :4], g[:, 4:])),
    "stack": (lambda *x: ops.stack(x, axis=1), (A, B), lambda g, a, b: (g[:, 0], g[:, 1])),
    "getitem": (lambda x: x[1], (A,), lambda g, x: (np.array([0 * g, g, 0 * g]),)),
    "getitem, twice the same": (lambda x: x[[2, 2]], (A,), lambda g, x: (np.array([0 * g[0], 0 * g[0], g[0] + g[1]]),)),
    "set_at": (
        lambda x, v: ops.set_at(x, v, 1), (A, B[0]), lambda g, x, v: (np.array([g[0], 0 * g[1], g[2]]), g[1]),
    ),
    "set_at, twice the same": (  # the second write is the one that counts
        lambda x, v: ops.set_at(x, v, np.array([2, 2])), (A, B[:2]),
        lambda g, x, v: (np.array([g[0], g[1], 0 * g[2]]), np.array([0 * g[2], g[2]])),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas(name):
    function, xs, formula = FORMULAS[name]
    y, pull = vjp(function, *xs)
    g = RNG.normal(size=np.shape(y))
    for got, expected, x in zip(pull(g), formula(g, *xs), xs, strict=True):
        assert np.shape(got) == x.shape
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-15)


# Ties and zeros: function, operands, their gradients where that of the result is 1.

INF = math.inf
EDGES = {
    "relu(0)": (ops.relu, (0.0,), (0.0,)),
    "leaky_relu(0)": (ops.leaky_relu, (0.0,), (0.01,)),
    "elu(infinity)": (ops.elu, (INF,), (1.0,)),
    "abs(0)": (ops.absolute, (0.0,), (0.0,)),
    "two tied for the maximum": (ops.maximum, (2.0, 2.0), (0.5, 0.5)),
    "two tied for the minimum": (ops.minimum, (2.0, 2.0), (0.5, 0.5)),
    "maximum(x, constant) tied": (lambda x: ops.maximum(x, 2.0), (2.0,), (0.0,)),
    "maximum(constant, x) tied": (lambda x: ops.maximum(2.0, x), (2.0,), (0.0,)),
    "minimum(x, constant) tied": (lambda x: ops.minimum(x, 2.0), (2.0,), (0.0,)),
    "minimum(constant, x) tied": (lambda x: ops.minimum(2.0, x), (2.0,), (0.0,)),
    "clip on the lower bound": (lambda x: ops.clip(x, -1.0, 1.0), (-1.0,), (0.0,)),
    "clip on the upper bound": (lambda x: ops.clip(x, -1.0, 1.0), (1.0,), (0.0,)),
    "x**0 at 0": (lambda x: x**0, (0.0,), (0.0,)),
    "x**0.0 at 0": (lambda x: x**0.0, (0.0,), (0.0,)),
    "x**1 at 0": (lambda x: x**1, (0.0,), (1.0,)),
    "x**2 at 0": (lambda x: x**2, (0.0,), (0.0,)),
    "0**x at 2": (lambda x: 0.0**x, (2.0,), (0.0,)),
    "0 * sqrt(0)": (lambda x: 0.0 * ops.sqrt(x), (0.0,), (0.0,)),
    "0 * 0**0.5": (lambda x: 0.0 * x**0.5, (0.0,), (0.0,)),
    "0 * log(0)": (ops.xlogy, (0.0, 0.0), (-INF, 0.0)),
    "product_or_zero, 0 times infinity": (ops.product_or_zero, (0.0, INF), (INF, 0.0)),
    "quotient_or_zero, 0 over 0": (ops.quotient_or_zero, (0.0, 0.0), (INF, 0.0)),
}


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
@pytest.mark.parametrize("kind", [Value, lambda x: Tensor([x, x])], ids=["Value", "Tensor"])
@pytest.mark.parametrize("name", EDGES)
def test_edges_of_numbers(name, kind):
    function, xs, expected = EDGES[name]
    nodes = [kind(x) for x in xs]
    y = function(*nodes)
    y.backward(1.0 if isinstance(y, Value) else np.ones(y.shape))
    for node, value in zip(nodes, expected, strict=True):
        np.testing.assert_array_equal(node.grad, value)


@pytest.mark.parametrize("kind", [Value, Tensor], ids=["Value", "Tensor"])
@pytest.mark.parametrize("op", ["product_or_zero", "quotient_or_zero"])
def test_a_zero_gradient_stays_zero(op, kind):
    """The guards guard their own derivatives: 0 times infinity is 0 wherever a zero gradient comes in."""
    a, b = kind(2.0), kind(INF if op == "product_or_zero" else 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        TABLE[op](a, b).backward(0.0)
    assert a.grad == 0


def test_the_guard_is_by_the_first_factor():
    a, b = Tensor(0.0), Tensor(3.0)
    ops.product_or_zero(a, b).backward(INF)
    assert a.grad == INF and b.grad == 0


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_powers_at_zero_with_a_zero_gradient():
    x = Tensor([0.0, 4.0])
    (x**0.5).backward(np.array([0.0, 1.0]))
    assert x.grad.tolist() == [0.0, 0.25]


ARRAY_EDGES = {
    "max of equal entries": (ops.max, [3.0, 1.0, 3.0, 3.0], [1 / 3, 0, 1 / 3, 1 / 3]),
    "min of equal entries": (ops.min, [1.0, 1.0, 3.0], [0.5, 0.5, 0]),
    "max of rows": (lambda x: ops.max(x, axis=1).sum(), [[2.0, 2.0], [1.0, 5.0]], [[0.5, 0.5], [0, 1]]),
    "prod with one zero": (ops.prod, [2.0, 0.0, 3.0], [0, 6, 0]),
    "prod with two zeros": (ops.prod, [2.0, 0.0, 3.0, 0.0], [0, 0, 0, 0]),
    "prod of columns with zeros": (
        lambda x: ops.prod(x, axis=0).sum(), [[0.0, 2.0, 0.0], [5.0, 3.0, 0.0]], [[5, 3, 0], [0, 2, 0]],
    ),
    "norm of zeros": (ops.norm, [0.0, 0.0], [0, 0]),
    "norm of rows, one of zeros": (
        lambda x: ops.norm(x, axis=1).sum(), [[0.0, 0.0], [3.0, 4.0]], [[0, 0], [0.6, 0.8]],
    ),
    "norm of order 3 of zeros": (lambda x: ops.norm(x, 3), [0.0, 0.0], [0, 0]),
    "norm of order 3 with a zero": (lambda x: ops.norm(x, 3), [0.0, -2.0], [0, -1]),
    "std of equal numbers": (ops.std, [2.0, 2.0, 2.0], [0, 0, 0]),
    "std of rows, one of equal numbers": (
        lambda x: ops.std(x, axis=1).sum(), [[2.0, 2.0], [1.0, 5.0]], [[0, 0], [-0.5, 0.5]],
    ),
    "var of equal numbers": (ops.var, [2.0, 2.0], [0, 0]),
    "softmax far out": (lambda x: ops.softmax(x)[0], [1000.0, 0.0], [0, 0]),
    "logsumexp far out": (ops.logsumexp, [1000.0, 1000.0, 0.0], [0.5, 0.5, 0]),
}  # fmt: skip


@pytest.mark.parametrize("name", ARRAY_EDGES)
def test_edges_of_arrays(name):
    function, x, expected = ARRAY_EDGES[name]
    t = Tensor(x)
    function(t).backward()
    np.testing.assert_allclose(t.grad, expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize(
    "x", [[2.0, 3.0, 5.0], [2.0, 0.0, 5.0], [0.0, 0.0, 5.0], [0.0, 0.0, 0.0], [0.0, 3.0, 0.0]], ids=str
)
def test_second_derivatives_of_a_product_with_zeros(x):
    a, b, c = x
    np.testing.assert_array_equal(hessian(ops.prod)(np.array(x)), [[0, c, b], [c, 0, a], [b, a, 0]])
    np.testing.assert_array_equal(jacobian(ops.products_of_others)(np.array(x)), [[0, c, b], [c, 0, a], [b, a, 0]])
