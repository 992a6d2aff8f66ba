"""What vectorize promises besides the right numbers: weights that stay in step, and no number frozen without a word.

Read next: ``test_vectorizer_use.py``.
"""

import copy
import math
import pickle

import numpy as np
import pytest
from test_vectorizer import dot, numbers

import nn
from autograd import Tensor, Value, no_grad, ops, vectorize
from autograd.errors import ShapeError, TracingError

X = np.random.default_rng(7).normal(size=(5, 3))
close = np.testing.assert_allclose


def neuron():
    """Three weights and a bias, and a neuron of them."""
    w, b = numbers(3), Value(0.5)
    return [*w, b], lambda x: (dot(w, x) + b).tanh()


def network(seed=0, sizes=(4, 2), **kwargs):
    return nn.MLP(3, list(sizes), rng=np.random.default_rng(seed), **kwargs)


def data(parameters):
    return np.array([p.data for p in parameters])


# Weights in step ------------------------------------------------------------------------------------------------------


def test_captured_numbers_read_and_write_the_entries_of_blocks():
    p, f = neuron()
    fast = vectorize(f)
    fast(X).sum().backward()
    W1 = fast.blocks["W1"]
    assert [v.grad for v in p[:3]] == W1.grad.tolist()
    nn.optim.Adam(fast.parameters(), lr=0.1).step()
    assert data(p[:3]).tolist() == W1.data.tolist()
    p[1].data, p[0].grad = 3.0, 7.0
    assert (W1.data[1], W1.grad[0]) == (3.0, 7.0)
    close(fast(X).data, [f(list(map(Value, x))).data for x in X], rtol=1e-14)
    p[0].grad = None
    assert (W1.grad[0], p[1].grad) == (0.0, W1.grad[1])
    fast.zero_grad()
    assert all(v.grad is None for v in p)
    with pytest.raises(ShapeError, match=rf"single number, Value\({p[0].data}\);"):
        fast(p[0])
    p[3].grad = 2.0
    assert fast.blocks["b1"].grad == 2.0
    W1.data = np.ones(3)
    assert data(p[:3]).tolist() == [1.0, 1.0, 1.0]


def test_optimisers_of_single_numbers_train_as_without_blocks():
    """Module.zero_grad and steps on the numbers, bias blocks of shape () among them."""
    mlp, twin = network(sizes=[4, 1]), network(sizes=[4, 1])
    fast = mlp.vectorize()
    steps = nn.optim.SGD(mlp.parameters(), lr=0.1), nn.optim.SGD(twin.parameters(), lr=0.1)
    for _ in range(3):
        fast(X).sum().backward()
        kept = fast.blocks["W1"].grad
        before = kept.copy()
        sum(twin(list(map(Value, x))) for x in X).backward()
        for optimiser, module in zip(steps, (mlp, twin), strict=True):
            optimiser.step()
            module.zero_grad()
        close(data(mlp.parameters()), data(twin.parameters()), rtol=1e-12)
        assert kept.tolist() == before.tolist()


def test_both_forms_in_one_loss_and_weights_in_two_functions():
    p, f = neuron()
    q, g = neuron()
    fast, other = vectorize(f), vectorize(lambda x: [p[2] * x[0], p[0] * x[1] + p[3]])
    (fast(X).sum() + other(X).sum() + sum(v * v for v in p)).backward()
    assert list(map(id, other.parameters())) == list(map(id, fast.parameters()))
    rows = [list(map(Value, x)) for x in X]
    sum(g(x) + q[2] * x[0] + q[0] * x[1] + q[3] + sum(v * v for v in q) / 5 for x in rows).backward()
    close([v.grad for v in p], [v.grad for v in q], rtol=1e-12)
    (fast(X).sum() + other(X).sum()).backward(create_graph=True)
    assert isinstance(p[0].grad, Value)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_have_numbers_of_their_own(copied):
    mlp = network()
    fast = mlp.vectorize()
    fast(X).sum().backward()
    twin, function = copied(mlp), copied(fast)
    assert [(p.data, p.grad) for p in twin.parameters()] == [(p.data, p.grad) for p in mlp.parameters()]
    before = fast(X).data.tolist()
    assert function(X).data.tolist() == before
    for p in (*twin.parameters(), *function.f.parameters()):
        p.data = 9.0
    assert fast(X).data.tolist() == before


def test_nodes_made_outside_pass_gradients_on():
    w, b = Value(2.0), Value(1.0)
    h = w * w
    fast = vectorize(lambda x: h * x[0] + b)
    fast(X).sum().backward()
    close([w.grad, b.grad], [4 * X[:, 0].sum(), 5.0])


def test_a_weight_without_gradient_is_no_constant():
    target = Value(2.0)
    fast = vectorize(lambda x: (ops.stop_gradient(target) - x) ** 2 + target.detach() + ops.where(target > 3, 1.0, 0.0))
    assert fast(np.zeros(1)).data == [6.0]
    target.data = 4.0
    assert fast(np.zeros(1)).data == [21.0]


def test_a_program_for_each_structure():
    w, u = numbers(6), numbers(4)

    def f(x, depth=1):
        h = dot(w[: len(x)], x)
        for v in u[:depth]:
            h = (v * h).tanh()
        return h

    fast = vectorize(f, static="depth")
    for n, depth in [(3, 1), (2, 1), (6, 4), (5, 1), (3, 1)]:
        Z = np.random.default_rng(n).normal(size=(4, n))
        fast(Z, depth).sum().backward()
        expected = [f(list(map(Value, z)), depth).data for z in Z]
        close(fast(Z, depth=depth).data, expected, rtol=1e-13)
    assert (len(fast.made), sum(block.size for block in fast.parameters())) == (4, 10)


# Refusals -------------------------------------------------------------------------------------------------------------

STATE = [0]
W = Value(2.0)


def with_no_grad(x):
    with no_grad():
        return x * 2


def counted(x):
    STATE[0] += 1
    return x * STATE[0]


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: -x[0] if x[0] > 0 else x[0], r"a branch .* ops\.where"),
        (lambda x: max(v.data for v in x), r"\.data while vectorize traces .* ops\.stop_gradient"),
        (lambda x: max(x[0], x[1]), r"a branch .* ops\.maximum"),
        (sorted, "a branch"),
        (lambda x: math.exp(x[0]), r"float\(\) while .* ops\.exp"),
        (lambda x: int(x[0]), r"int\(\) .* static="),
        (lambda x: [1, 2, 3][x[0]], r"an index .* ops\.take"),
        (lambda x: x[0].item(), "a plain number"),
        (lambda x: W.data * x[0], r"\.data while"),
        (lambda x: (W * W).backward() or x, r"backward\(\)"),
        (lambda x: setattr(W, "data", 1.0) or x, "an assignment"),
        (lambda x: with_no_grad(x[0]), r"no_grad\(\) .* ops\.stop_gradient"),
        (lambda x: x[0] * np.random.default_rng().normal(), r"<lambda> does not do the same each time .* random"),
        (lambda x: counted(x[0]), "counted|<lambda> does not do the same each time"),
    ],
)  # fmt: skip
def test_what_would_be_frozen_is_refused(f, message):
    with pytest.raises(TracingError, match=message):
        vectorize(f)(X)
    assert W.data == 2.0


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: vectorize(lambda *xs: xs[0])(X), TypeError, r"takes any number of arguments \(\*xs\)"),
        (lambda: vectorize(lambda x, k: x, static="k")(X, [1]), TypeError, "must be hashable"),
        (lambda: vectorize(lambda x: x, static="k"), ValueError, "has no such argument; it has x"),
        (lambda: vectorize(lambda x, y: x)(X, X[:2]), ShapeError, r"x \(5, 3\), y \(2, 3\)"),
        (lambda: vectorize(lambda x, y: x)(X, 2.0), ShapeError, "y is a single number, 2.0"),
        (lambda: vectorize(lambda x: x)(["a"]), TypeError, "dtype <U1"),
        (lambda: vectorize(lambda x: x)(np.ma.masked_array([1.0, 2.0], [0, 1])), TypeError, "masked"),
        (lambda: vectorize(lambda x: x, dtype=int), TypeError, "floating dtype, not int64"),
        (lambda: vectorize(3), TypeError, "a function of Values, not 3"),
        (lambda: vectorize(lambda x: x).parameters(), ValueError, r"has no program yet: .*\.trace\(X\)"),
        (lambda: vectorize(lambda x: x).source(), ValueError, "has no program yet"),
        (lambda: vectorize(Tensor)(X), TypeError, r"gave Tensor \(3,\), an array"),
        (lambda: vectorize(lambda x: ops.sum(x) * 1.0)(X), TypeError, "an array"),
        (lambda: vectorize(lambda x: None)(X), TypeError, "gave None, a NoneType"),
        (lambda: vectorize(lambda x: [x, x[0]])(X), TypeError, r"parts of the shapes \(\), \(3,\)"),
        (lambda: vectorize(lambda x: [])(X), TypeError, "a list with no number"),
        (lambda: vectorize(lambda x: x[7])(X), IndexError, r"out of range\n<lambda> ran on one sample: x \(3,\)"),
        (lambda: vectorize(lambda x: x[0])(X[0]), TypeError, r"x \(\), a single number\. The first axis"),
        (lambda: vectorize(lambda x: x[0])([[1.0, 2.0], [3.0]]), ShapeError, "x has samples of different shapes"),
        (lambda: vectorize(lambda x, y: x[0])(X), TypeError, r"<lambda>\(x, y\): missing a required argument: 'y'"),
        (lambda: vectorize(max), TypeError, r"write lambda x: max\(x\)"),
    ],
)  # fmt: skip
def test_errors(make, error, message):
    with pytest.raises(error, match=message):
        make()
