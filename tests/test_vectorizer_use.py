"""What vectorized functions do in use: arguments of all kinds, derivatives, kept arrays, training steps, source.

Read next: ``test_vectorizer_random.py``.
"""

import copy
import json
import subprocess
import sys
import threading

import closed_forms
import numpy as np
import pytest
from test_vectorizer import agree, dot, numbers, softmax
from test_vectorizer_promises import X, close, data, network, neuron

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
from autograd.errors import AnomalyError, StaleGraphError


def of_arrays(Z):
    """What `neuron` computes, as an array formula."""
    *w, b = (p.data for p in neuron()[0])
    return np.tanh(Z @ np.array(w) + b)


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
    w = Value(2.0)
    agree(lambda x: 2 * grad(lambda y: (w * y).sin())(x), [w], X[:, 0])  # a gradient inside


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
    kept += [seen[0].data]
    before += [x.copy() for x in kept[2:]]
    step(2 * X, np.ones((5, 2)))
    fast(X).sum().backward()
    for x, y in zip(kept, before, strict=True):
        assert x.tolist() == y.tolist()
    with pytest.raises(StaleGraphError):
        first.sum().backward()


@pytest.mark.parametrize("lr", [-0.1, float("nan"), float("inf"), None, "0.1"])
def test_rates_are_positive(lr):
    with pytest.raises(ValueError, match="a rate is 0 or positive"):
        network().vectorize().train_step(nn.losses.mse, lr)


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
        (lambda p, y: p.data.sum(), TypeError, "without a gradient"),
        (lambda p, y: Tensor(y).sum(), ValueError, "does not depend on the prediction"),
        (lambda p, y: p.sum() + SHARED.parameters()[0] ** 2, ValueError, "an entry of W1"),
    ],
)  # fmt: skip
def test_losses_that_a_training_step_cannot_follow(loss, error, message):
    with pytest.raises(error, match=message):
        SHARED.vectorize().train_step(loss, 0.1)(X, X)


# As a module ----------------------------------------------------------------------------------------------------------


def test_fit_trains_it_as_it_does_its_source(tmp_path):
    y = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
    mlp, twin = (network(sizes=[4, 1], output="sigmoid") for _ in range(2))
    fast = mlp.vectorize()
    for model, epochs in ((twin, [4]), (fast, [2, 4])):  # the second one goes on from a checkpoint
        for n in epochs:
            nn.train.fit(
                model, (X, y), loss=nn.losses.bce, optimiser=nn.optim.Adam(model.parameters()), epochs=n, batch_size=2,
                rng=0, progress=False, checkpoint=tmp_path / f"{len(epochs)}.npz",
            )  # fmt: skip
    close(data(mlp.parameters()), data(twin.parameters()), rtol=1e-12)


def test_save_load_and_sequential(tmp_path):
    fast, other = network().vectorize(), network(activation="tanh").vectorize()
    fast.blocks["W1"].data = fast.blocks["W1"].data + 1.0
    nn.saving.save(fast, tmp_path / "fast.npz")
    nn.saving.load(other, tmp_path / "fast.npz")
    assert np.array_equal(other.blocks["W1"].data, fast.blocks["W1"].data)
    model = nn.Sequential(nn.Linear(3, 3), fast)
    assert [name for name, _ in model.named_parameters()][2:] == [f"steps.1.{name}" for name in fast.blocks]
    for make in (lambda: nn.Sequential(vectorize(lambda x: x)), lambda: copy.deepcopy(model).parameters()):
        with pytest.raises(ValueError, match=r"has no program yet: call it once"):
            make()


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
    call = "y, grads = mlp(X, dz2, **{name: np.array(block) for name, block in blocks.items()})"
    show = "print([y.tolist(), grads['W1'].tolist()])"
    path.write_text(f"import sys\nsys.modules['autograd'] = None\n{fast.source()}\n{arrays}\n{call}\n{show}\n")
    printed = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True).stdout
    y = fast(X)
    y.sum().backward()
    for got, expected in zip(json.loads(printed), (y.data, fast.blocks["W1"].grad), strict=True):
        close(got, expected, rtol=1e-12, atol=1e-15)


def softmax_attention(xs):
    q, k, v = ([[dot(row, x) for row in w] for x in xs] for w in ATTENTION)
    weights = [softmax([dot(one, other) / 2**0.5 for other in k]) for one in q]
    return [[dot(row, column) for column in zip(*v, strict=True)] for row in weights]


def normed(x):
    h = [dot(row, x) for row in SQUARE]
    mean = sum(h) / 3
    deviation = (sum((v - mean) ** 2 for v in h) / 3 + 1e-5) ** 0.5
    return [(v - mean) / deviation for v in h]


def auto_encoder(x):
    h = [dot(row, x).sigmoid() for row in SQUARE[:2]]
    return sum((dot([row[j] for row in SQUARE[:2]], h) - x[j]) ** 2 for j in range(3))


def convolution(x):
    return [dot(SQUARE[0][:2], x[i : i + 2]).tanh() for i in (0, 1)]


def interleaved(x):
    z = [dot(row, x) for row in [*SQUARE, *SQUARE[::-1]]]
    return [a.tanh() * b.sigmoid() for a, b in zip(z[::2], z[1::2], strict=True)]


def with_penalty(x):
    return dot(SQUARE[0], x).tanh() + 0.1 * sum(w**2 for row in SQUARE for w in row)


ATTENTION, SQUARE = numbers(3, 2, 3), numbers(3, 3)
THREE = np.random.default_rng(3).normal(size=(5, 4, 3))


@pytest.mark.parametrize(
    ("f", "samples"),
    [(softmax_attention, THREE), *((f, X) for f in (normed, auto_encoder, convolution, interleaved, with_penalty))],
)
def test_source_of_other_programs(f, samples):
    fast = vectorize(f)
    result = fast(samples)
    seed = np.random.default_rng(0).normal(size=result.shape)
    names = {}
    exec(fast.source(), names)
    got, grads = names[f.__name__](samples, seed, **{name: x.data for name, x in fast.named_parameters()})
    fast.zero_grad()
    result.backward(seed)
    close(got, result.data, rtol=1e-12)
    for name, block in fast.named_parameters():
        close(grads[name], block.grad, rtol=1e-12, atol=1e-14)


def test_source_with_a_loss_of_signs():
    fast = network(sizes=[1]).vectorize()
    assert "1 - y * z" in fast.source(loss=nn.losses.hinge, targets=np.array([-1, 1, 1]))
    with pytest.raises(ValueError, match=r"the loss, which computes with its targets in NumPy, hold for one number"):
        fast.source(loss=lambda z, y: (z * np.exp(y)).mean())


def test_a_penalty_is_printed_as_one_of_the_matrix():
    w = numbers(3, 2)
    fast = vectorize(
        lambda x: dot([dot(row, x).tanh() for row in w], [1, 2, 3]) + 0.5 * sum(v**2 for row in w for v in row)
    )
    assert "sum(W1 ** 2) * 0.5" in str(fast.trace(X[:, :2]))


@pytest.mark.parametrize(
    ("f", "line"), [(lambda x: x, "out = X  # (n, 3)"), (lambda x: 2.0, "out = a constant  # (n,)")]
)
def test_what_computes_nothing(f, line):
    fast = vectorize(f).trace(X)
    assert str(fast).splitlines()[1:] == ["", line]
    with pytest.raises(ValueError, match=r"gives (X|a constant) as it is: there is nothing to write"):
        fast.source()


def test_print_tells_constants():
    w = numbers(2)
    assert "c1 = [[0, 1], [1, 2]]  # (2, 2)" in str(
        vectorize(lambda x: [dot(w, x[i : i + 2]) for i in range(2)]).trace(X)
    )


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
