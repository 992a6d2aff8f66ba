"""vectorize: what is written for single numbers gives the same results and gradients as arrays."""

import functools

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, ops
from autograd.vectorizer import vectorize

RNG = np.random.default_rng(0)


def numbers(*shape, start=0):
    """Nested lists of Values."""
    rng = np.random.default_rng([start, *shape])
    if not shape:
        return Value(rng.normal())
    return [numbers(*shape[1:], start=17 * start + i + 1) for i in range(shape[0])]


def flat(x):
    """What nested lists hold, in order."""
    return [y for part in x for y in flat(part)] if isinstance(x, (list, tuple)) else [x]


def nested(x):
    """An array as nested lists of Values."""
    return [nested(part) for part in x] if np.ndim(x) else Value(x)


def eager(f, parameters, samples):
    """Results, gradients by parameters and by inputs, of a sum with random weights over all results, one by one."""
    rng = np.random.default_rng(1)
    inputs, results, total = [], [], 0.0
    for p in parameters:
        p.grad = None
    for sample in zip(*samples, strict=True):
        args = [nested(x) for x in sample]
        out = flat(f(*args))
        inputs.append(flat(args))
        results.append([y.data if isinstance(y, Value) else y for y in out])
        total = total + dot(rng.normal(size=len(out)), out)
    if isinstance(total, Value):
        total.backward()
    grads = np.array([p.grad or 0.0 for p in parameters])
    return np.array(results, float), grads, np.array([[x.grad or 0.0 for x in row] for row in inputs])


def at_once(fast, parameters, samples):
    """The same of the vectorized function."""
    rng = np.random.default_rng(1)
    n = len(samples[0])
    inputs = [Tensor(x) for x in samples]
    for p in parameters:
        p.grad = None
    out = fast(*inputs)
    values = ops.concatenate([ops.reshape(x, (n, -1)) for x in (out if isinstance(out, tuple) else (out,))], axis=1)
    total = (values * np.array([rng.normal(size=values.shape[1]) for _ in range(n)])).sum()
    if not total.is_constant:
        total.backward()
    grads = [np.zeros(x.shape) if x.grad is None else x.grad for x in inputs]
    by_inputs = np.concatenate([g.reshape(n, -1) for g in grads], axis=1)
    return values.data, np.array([p.grad or 0.0 for p in parameters]), by_inputs


def agree(f, parameters, *samples, why=""):
    """Vectorize ``f``, and compare results and gradients with those of the numbers one by one."""
    parameters = flat(parameters)
    samples = [np.asarray(x, float) for x in samples]
    expected = eager(f, parameters, samples)
    fast = vectorize(f)
    for what, a, b in zip(("results", "weights", "inputs"), at_once(fast, parameters, samples), expected, strict=True):
        atol = 1e-12 * np.max(np.abs(b), initial=1e-3)
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=atol, err_msg=f"{what} {why}")
    return fast


def steps(fast):
    ((program, *_),) = fast.made.values()
    return len(program.steps)


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def softmax(z):
    return nn.activations.softmax(z)


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "leaky_relu", "elu", "gelu", "softplus", "linear"])
@pytest.mark.parametrize("output", ["linear", "softmax", "sigmoid"])
def test_multi_layer_perceptrons(activation, output):
    mlp = nn.MLP(3, [5, 4, 3], activation=activation, output=output, rng=np.random.default_rng(0))
    fast = agree(mlp, mlp.parameters(), RNG.normal(size=(6, 3)))
    assert {name: block.shape for name, block in fast.blocks.items()} == {
        "W1": (3, 5), "b1": (5,), "W2": (5, 4), "b2": (4,), "W3": (4, 3), "b3": (3,),
    }  # fmt: skip
    assert steps(fast) <= 12


def test_one_output_and_losses():
    mlp = nn.MLP(2, [16, 16, 1], rng=np.random.default_rng(0))

    def hinge(x, y):
        return (1 + -y * mlp(x)).relu() + 1e-4 * sum(p * p for p in mlp.parameters())

    fast = agree(hinge, mlp.parameters(), RNG.normal(size=(6, 2)), np.sign(RNG.normal(size=6)))
    assert steps(fast) <= 40

    def bce(x, y):
        p = mlp(x).sigmoid()
        return -(y * p.log() + (1 - y) * (1 - p).log())

    agree(bce, mlp.parameters(), RNG.normal(size=(6, 2)), (RNG.normal(size=6) > 0) * 1.0)


def test_cross_entropy_with_labels():
    mlp = nn.MLP(4, [6, 3], output="softmax", rng=np.random.default_rng(0))

    def loss(x, label):
        return -ops.take(mlp(x), label).log()

    agree(loss, mlp.parameters(), RNG.normal(size=(6, 4)), RNG.integers(0, 3, 6))

    def one_hot(x, label):
        return -dot(ops.one_hot(label, 3), [p.log() for p in mlp(x)])

    agree(one_hot, mlp.parameters(), RNG.normal(size=(6, 4)), RNG.integers(0, 3, 6))


def test_orders_and_associations_of_terms():
    w, b = numbers(4, 3), numbers(4)

    def f(x):
        return [
            w[0][0] * x[0] + w[0][1] * x[1] + w[0][2] * x[2] + b[0],
            b[1] + (x[2] * w[1][2] + (x[0] * w[1][0] + x[1] * w[1][1])),
            b[2] - (-w[2][1] * x[1]) + w[2][0] * x[0] + x[2] * w[2][2],
            0 + w[3][2] * x[2] + (b[3] + w[3][0] * x[0]) + w[3][1] * x[1],
        ]

    fast = agree(f, [w, b], RNG.normal(size=(5, 3)))
    assert fast.blocks["W1"].shape == (3, 4) and steps(fast) <= 6


def test_residual_and_layer_norm():
    w1, w2, gain = numbers(4, 4), numbers(4, 4), numbers(4)

    def norm(h):
        mean = sum(h) / len(h)
        var = sum((v - mean) ** 2 for v in h) / len(h)
        return [g * (v - mean) / (var + 1e-5) ** 0.5 for g, v in zip(gain, h, strict=True)]

    def f(x):
        h = [v + dot(row, x).tanh() for v, row in zip(x, w1, strict=True)]
        normal = norm(h)
        return [v + dot(row, normal) for v, row in zip(h, w2, strict=True)]

    fast = agree(f, [w1, w2, gain], RNG.normal(size=(5, 4)))
    assert steps(fast) <= 25


def test_weights_shared_and_tied():
    w = numbers(3, 3)
    u = Value(0.7)

    def f(x):
        h = [dot(row, x).tanh() for row in w]
        h = [dot(row, h).tanh() for row in w]
        h = [dot([w[i][j] for i in range(3)], h) * u for j in range(3)]
        return [u * v + w[0][1] for v in h]

    fast = agree(f, [w, u], RNG.normal(size=(5, 3)))
    assert len(fast.blocks) == 2


def test_softmax_over_a_whole_matrix():
    w = numbers(2, 3)

    def f(x):
        e = [[v.exp() for v in row] for row in w]
        total = sum(v for row in e for v in row)
        return [dot(row, x) for row in w], [[v / total for v in row] for row in e]

    agree(f, w, RNG.normal(size=(4, 3)))


def test_convolution_in_loops():
    kernels, bias = numbers(2, 3), numbers(2)

    def f(x):
        return [[dot(k, x[i : i + 3]).relu() + b for i in range(6)] for k, b in zip(kernels, bias, strict=True)]

    fast = agree(f, [kernels, bias], RNG.normal(size=(4, 8)))
    assert steps(fast) <= 12


def test_two_dimensional_convolution_in_loops():
    kernel = numbers(3, 3)

    def f(image):
        return [
            [sum(kernel[a][b] * image[i + a][j + b] for a in range(3) for b in range(3)).relu() for j in range(4)]
            for i in range(3)
        ]

    fast = agree(f, kernel, RNG.normal(size=(4, 5, 6)))
    assert steps(fast) <= 8


def test_recurrence_in_a_loop():
    w, u, b = numbers(4, 2), numbers(4, 4), numbers(4)

    def f(xs):
        h = [0.0] * 4
        for x in xs:
            h = [(dot(w[i], x) + dot(u[i], h) + b[i]).tanh() for i in range(4)]
        return h

    fast = agree(f, [w, u, b], RNG.normal(size=(3, 5, 2)))
    assert {block.shape for block in fast.blocks.values()} == {(2, 4), (4, 4), (4,)}


def test_sparse_wiring():
    rng = np.random.default_rng(5)
    wiring = [sorted(rng.choice(10, size=rng.integers(1, 6), replace=False)) for _ in range(12)]
    w = [[numbers(start=int(i + 20 * k)) for i in row] for k, row in enumerate(wiring)]

    def f(x):
        h = [sum(v * x[i] for v, i in zip(ws, row, strict=True)).tanh() for ws, row in zip(w, wiring, strict=True)]
        return h[3] * h[4] - h[0] / (1 + h[7] ** 2) + x[2]

    agree(f, w, RNG.normal(size=(4, 10)))


@pytest.mark.parametrize("causal", [False, True])
def test_attention_in_loops(causal):
    T, d = 4, 3
    wq, wk, wv = numbers(d, d), numbers(d, d, start=1), numbers(d, d, start=2)

    def f(xs):
        q, k, v = ([[dot(row, x) for row in w] for x in xs] for w in (wq, wk, wv))
        out = []
        for i in range(T):
            seen = range(i + 1) if causal else range(T)
            a = softmax([dot(q[i], k[j]) / d**0.5 for j in seen])
            out.append([sum(a[j] * v[j][c] for j in seen) for c in range(d)])
        return out

    fast = agree(f, [wq, wk, wv], RNG.normal(size=(3, T, d)))
    if not causal:
        assert steps(fast) <= 30


def test_structures_of_arguments_and_results():
    w = numbers(2)

    def f(x, y):
        return (w[0] * x, [[y[0] * w[1], x], [y[1], 2.0]])

    fast = agree(f, w, RNG.normal(size=4), RNG.normal(size=(4, 2)))
    a, b = fast(np.ones(3), np.ones((3, 2)))
    assert a.shape == (3,) and b.shape == (3, 2, 2)


def test_numbers_of_all_kinds():
    c = [1.0, -2.0, 0.5]
    w = Value(2.0)

    def f(x):
        a = [k * v - 1 for k, v in zip(c, x, strict=True)]
        b = [(v**2 + 1).log() if i else v.exp() for i, v in enumerate(a)]
        d = [ops.where(v > 0.3, v, -v * w) for v in b]
        e = [ops.maximum(p, q) for p, q in zip(a, d, strict=True)]
        return [functools.reduce(ops.minimum, e), sum(e), d[0] ** w, 3 * c[1], w]

    agree(f, w, RNG.normal(size=(7, 3)) + 2)
