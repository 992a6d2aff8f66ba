"""What vectorize promises besides the right numbers: weights in step, refusals, derivatives, arrays nobody overwrites.

Read next: ``test_vectorizer_random.py``.
"""

import copy
import json
import math
import pickle
import subprocess
import sys
import threading

import closed_forms
import numpy as np
import pytest
from test_vectorizer import agree, dot, numbers

import nn
from autograd import (
    Parameter,
    Tensor,
    Value,
    detect_anomaly,
    grad,
    hessian,
    hessian_vector_product,
    jacobian,
    jvp,
    no_grad,
    ops,
    vectorize,
    vjp,
)
from autograd.errors import AnomalyError, ShapeError, StaleGraphError, TracingError

X = np.random.default_rng(7).normal(size=(5, 3))
close = np.testing.assert_allclose


def neuron():
    """Three weights and a bias, and a neuron of them."""
    w, b = numbers(3), Value(0.5)
    return [*w, b], lambda x: (dot(w, x) + b).tanh()


def of_arrays(Z):
    """What `neuron` computes, as an array formula."""
    *w, b = (p.data for p in neuron()[0])
    return np.tanh(Z @ np.array(w) + b)


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
        (lambda x: x if x[0] > 0 else x, r"a branch .* ops\.where"),
        (lambda x: max(v.data for v in x), r"\.data while vectorize traces .* ops\.stop_gradient"),
        (lambda x: max(x), r"a branch .* ops\.maximum"),
        (lambda x: sorted(x), "a branch"),
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
        (lambda: vectorize(lambda x: Tensor(x))(X), TypeError, r"gave Tensor \(3,\), an array"),
        (lambda: vectorize(lambda x: ops.sum(x) * 1.0)(X), TypeError, "an array"),
        (lambda: vectorize(lambda x: None)(X), TypeError, "gave None, a NoneType"),
        (lambda: vectorize(lambda x: [x, x[0]])(X), TypeError, r"parts of the shapes \(\), \(3,\)"),
        (lambda: vectorize(lambda x: [])(X), TypeError, "a list with no number"),
        (lambda: vectorize(lambda x: x[7])(X), IndexError, "out of range"),
    ],
)  # fmt: skip
def test_errors(make, error, message):
    with pytest.raises(error, match=message):
        make()


# Arguments ------------------------------------------------------------------------------------------------------------


def test_arguments_of_all_kinds():
    p, f = neuron()
    fast = vectorize(f)
    assert fast(np.zeros((0, 3))).shape == (0,)  # before any sample was seen
    leaf, parameter = Tensor(X), Parameter(X)
    (fast(leaf) + fast(parameter)).sum().backward()
    close(leaf.grad, grad(lambda Z: of_arrays(Z).sum())(X), rtol=1e-12)
    assert leaf.grad.tolist() == parameter.grad.tolist()
    whole = np.arange(6).reshape(2, 3)
    close(fast(whole).data, of_arrays(whole), rtol=1e-14)
    close(fast(np.asfortranarray(X)[::-1]).data, of_arrays(X[::-1]), rtol=1e-14)
    fast.zero_grad()
    empty = fast(np.zeros((0, 3))).sum()
    empty.backward()
    assert (empty.item(), p[0].grad) == (0.0, 0.0)


def test_float32_stays_float32():
    w = numbers(3)

    def f(x):
        return [2.0 * v + c for v, c in zip(x, [0.5, 1.0, 3.0], strict=True)], [dot(w, x), w[0], 1.0], 2.0

    fast = vectorize(f)
    assert [y.dtype for y in fast(X.astype(np.float32))] == [np.float32] * 3
    assert {block.dtype for block in fast.parameters()} == {np.dtype(np.float32)}
    assert vectorize(neuron()[1], dtype=np.float32)(X).dtype == np.float64


def test_nan_and_infinities_are_as_in_numbers():
    def f(x):
        return [
            x.relu(), abs(x), ops.maximum(x, 0.5), ops.where(x > 0, x, -x), ops.where(x >= 0, 1.0, 2.0), x * 0,
            ops.where(x != 0, 1.0, 2.0), ops.where(x, 1.0, 2.0), x - x, ops.clip(x, -1, 1), 1 / x, x**0, ops.sign(x),
        ]  # fmt: skip

    Z = np.array([np.nan, np.inf, -np.inf, 0.0, -2.0])
    with np.errstate(all="ignore"):
        expected = [[y.data if isinstance(y, Value) else y for y in f(Value(x))] for x in Z]
        for k in range(len(Z)):  # each is the first sample once
            np.testing.assert_array_equal(vectorize(f)(np.roll(Z, k)).data, np.roll(expected, k, axis=0))


# Derivatives ----------------------------------------------------------------------------------------------------------


def test_transforms_and_second_derivatives():
    fast = vectorize(neuron()[1])
    V = np.cos(X)
    for transform in (
        lambda f: grad(lambda Z: f(Z).sum())(X),  # the first call is inside of it
        lambda f: jvp(f, (X,), (V,))[1],
        lambda f: vjp(f, X)[1](np.arange(5.0))[0],
        lambda f: jacobian(f)(X),
        lambda f: grad(lambda Z: (grad(lambda Y: f(Y).sum())(Z) ** 2).sum())(X),
        lambda f: hessian(lambda Z: f(Z).sum())(X[:2]),
        lambda f: hessian_vector_product(lambda Z: f(Z).sum())(X, V),
    ):
        got = transform(fast)
        close(got.data if isinstance(got, Tensor) else got, transform(of_arrays), rtol=1e-11)
    agree(lambda x: grad(lambda y: (W * y).sin())(x), [W], X[:, 0])  # a gradient inside


def test_no_grad_and_detect_anomaly():
    w, fast = Value(1.0), None
    fast = vectorize(lambda x: (w * x).log())
    with no_grad():
        assert fast(np.ones(2)).is_constant
    fast(np.ones(2)).sum().backward()
    assert w.grad == 2.0
    with detect_anomaly(), pytest.raises(AnomalyError, match="log"):
        fast(np.array([1.0, 0.0]))


def test_nothing_kept_is_overwritten():
    mlp = network(activation="tanh", output="tanh")
    fast = mlp.vectorize()
    seen = []

    def loss(prediction, y):
        seen.append(prediction)
        return nn.losses.mse(prediction, y)

    step = fast.train_step(loss, 0.1)
    first, second = fast(X), fast(2 * X)
    (first.sum() + second.sum()).backward()
    twin = network(activation="tanh", output="tanh")
    sum(y for x in (*X, *(2 * X)) for y in twin(list(map(Value, x)))).backward()
    close([p.grad for p in mlp.parameters()], [p.grad for p in twin.parameters()], rtol=1e-12, atol=1e-14)
    kept = [first.data, fast.blocks["W1"].grad]
    before = [x.copy() for x in kept]
    step(X, np.ones((5, 2)))
    kept += [seen[0].data, seen[0].grad]
    before += [x.copy() for x in kept[2:]]
    step(2 * X, np.ones((5, 2)))
    fast(X).sum().backward()
    for x, y in zip(kept, before, strict=True):
        assert x.tolist() == y.tolist()
    with pytest.raises(StaleGraphError):
        first.sum().backward()


def test_threads():
    mlp, twin = network(), network()
    fast = mlp.vectorize()
    step, one_after_the_other = fast.train_step(nn.losses.mse, 0.01), twin.vectorize().train_step(nn.losses.mse, 0.01)
    wrong = []

    def work():
        for _ in range(20):
            step(X, np.ones((5, 2)))
            if fast(X).shape != (5, 2):
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _ in range(80):
        one_after_the_other(X, np.ones((5, 2)))
    assert not wrong
    assert data(mlp.parameters()).tolist() == data(twin.parameters()).tolist()


# A training step ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "output"),
    [
        ("mse", "linear"),
        ("cross_entropy", "linear"),
        ("categorical_cross_entropy", "softmax"),
        ("bce", "sigmoid"),
        ("hinge", "tanh"),
    ],
)
@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu", "elu"])
def test_train_step(loss, output, activation):
    mlp, twin = network(activation=activation, output=output), network(activation=activation, output=output)
    fast, reference, loss = mlp.vectorize(), twin.vectorize(), getattr(nn.losses, loss)
    step, rng = fast.train_step(loss, 0.05), np.random.default_rng(0)
    for i, n in enumerate([4, 7, 4, 1, 7]):
        Z, y = rng.normal(size=(n, 3)), np.eye(2)[rng.integers(0, 2, n)]
        y = 2 * y - 1 if output == "tanh" else y
        total = loss(reference(Z), y)
        reference.zero_grad()
        total.backward()
        nn.optim.SGD(reference.parameters(), lr=0.05).step()
        close(step(Z, y), total.item(), rtol=1e-12)
        close(data(mlp.parameters()), data(twin.parameters()), rtol=1e-12, atol=1e-14)
        for module in (mlp, twin):  # blocks may change in between
            module.parameters()[i].data = 0.3


SHARED = network()


@pytest.mark.parametrize(
    ("loss", "error", "message"),
    [
        (3, TypeError, "a function of the prediction"),
        (lambda p, y: p.data.sum(), TypeError, "which has no gradient"),
        (lambda p, y: Tensor(y).sum(), ValueError, "does not depend on the prediction"),
        (lambda p, y: p.sum() + SHARED.parameters()[0] ** 2, ValueError, "computes with the weights W1 itself"),
    ],
)  # fmt: skip
def test_losses_that_a_training_step_cannot_follow(loss, error, message):
    with pytest.raises(error, match=message):
        SHARED.vectorize().train_step(loss, 0.1)(X, X)


# Text -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
@pytest.mark.parametrize("hidden", [[4], [5, 4]])
def test_source_is_the_closed_form(activation, output, hidden):
    mlp = network(sizes=[*hidden, 1 if output == "sigmoid" else 3], activation=activation)
    fast = mlp.vectorize().trace(X)
    y = np.array([0, 1, 1, 0, 1]) if output == "sigmoid" else np.array([0, 2, 1, 1, 0])
    loss = nn.losses.bce_with_logits if output == "sigmoid" else nn.losses.cross_entropy
    source = fast.source(loss=loss, targets=y)
    assert "autograd" not in source
    names = {}
    exec(source, names)
    blocks = {name: block.data.copy() for name, block in fast.named_parameters()}
    targets = y if output == "sigmoid" else np.eye(3)[y]
    got, grads = names["mlp"](X, targets, **blocks)
    layers = [blocks[f"W{i}"].reshape(-1, blocks[f"b{i}"].size) for i in range(1, len(hidden) + 2)]
    biases = [blocks[f"b{i}"] for i in range(1, len(hidden) + 2)]
    expected, closed = closed_forms.deep_rows(X, y, layers, biases, activation=activation, output=output)
    close(got, expected, rtol=1e-12)
    for name, block in blocks.items():
        close(np.reshape(grads[name], block.shape), closed[name].reshape(block.shape), rtol=1e-12, atol=1e-15)
    names = {}
    exec(fast.source(loss=loss, step="sgd", targets=y), names)
    updated = {name: np.array(block) for name, block in blocks.items()}
    close(names["mlp"](X, targets, **updated, lr=0.1), expected, rtol=1e-12)
    for name, block in updated.items():
        close(block, blocks[name] - 0.1 * closed[name].reshape(block.shape), rtol=1e-12, atol=1e-15)


def test_source_runs_without_the_library(tmp_path):
    fast = network(activation="tanh").vectorize().trace(X)
    blocks = {name: block.data.tolist() for name, block in fast.named_parameters()}
    path = tmp_path / "program.py"
    arrays = f"X, dz2 = np.array({X.tolist()}), np.ones((5, 2))\nblocks = {blocks}"
    call = "y, grads = mlp(X, dz2, **{k: np.array(v) for k, v in blocks.items()})\nprint([y.tolist(), grads['W1'].tolist()])"
    path.write_text(f"import sys\nsys.modules['autograd'] = None\n{fast.source()}\n{arrays}\n{call}\n")
    printed = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True).stdout
    y = fast(X)
    y.sum().backward()
    for got, expected in zip(json.loads(printed), (y.data, fast.blocks["W1"].grad), strict=True):
        close(got, expected, rtol=1e-12, atol=1e-15)


def test_print_shows_the_formulas():
    fast = vectorize(network(activation="relu"))
    assert str(fast) == "<vectorized MLP, 0 programs>"
    lines = str(fast.trace(X)).splitlines()
    assert "  4 sums of 3 products and biases -> one matrix product" in lines
    assert [line.split("  #")[0].rstrip() for line in lines[5:] if line] == [
        "z1 = X @ W1 + b1",
        "a1 = relu(z1)",
        "z2 = a1 @ W2 + b2",
        "dW2 = a1.T @ dz2",
        "db2 = dz2.sum(axis=0)",
        "da1 = dz2 @ W2.T",
        "dz1 = da1 * relu'(z1)",
        "dW1 = X.T @ dz1",
        "db1 = dz1.sum(axis=0)",
    ]
