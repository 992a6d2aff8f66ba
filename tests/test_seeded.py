"""The documents' seeded programs, run again through the engine: first gradients, learning curves, trained weights.

``seeded.json`` holds what the documents' own code gives. Initial weights are not in it: they are drawn here in the
order in which the documents draw them, so equal first gradients show equal weights too.
Read next: ``test_documents.py``, for the examples worked out by hand.
"""

import functools
import json
from copy import deepcopy
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import nn
from autograd import ShapeError, Tensor, ops
from autograd.check import relative_errors
from nn.metrics import accuracy, confusion_matrix, predicted_labels

NUMBERS = json.loads(Path(__file__).with_name("seeded.json").read_text())["numbers"]


def close(found, expected, trained=False):
    rtol, atol = (1e-9, 1e-12) if trained else (1e-12, 1e-15)
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=atol)


# Training runs ---------------------------------------------------------------------------------------------------
#
# All train by full batches on the mean binary cross-entropy. Its gradient is taken through the fused row, which is
# (p - y) / n for every sample as in the documents' closed forms; the documents differ in how they keep the printed
# loss finite, and `loss` below follows each. (The 1e-15 that "Chapter 3: Neural Networks" adds in its logarithms is
# too little to see here.)


def clipped(z, y):
    """As "Multi-Layer Perceptron (1 Hidden Layer)" means its cost, for columns; as coded it is n x n, see below.

    Not used for gradients: a clipped sample has none, where the document's p - y is about 1e-7.
    """
    return nn.losses.bce(ops.sigmoid(z), y, clip=1e-7)


def split_moons(_):
    X_train, X_test, y_train, y_test = nn.data.train_test_split(
        *nn.data.moons(500, noise=0.1, rng=42), test_size=0.2, rng=42
    )
    return X_train, y_train, X_test, y_test


def moons_of_chapter_3(rng):
    angles = np.linspace(0, np.pi, 150)
    X = np.vstack(
        [
            np.column_stack([np.cos(angles), np.sin(angles)]) + rng.randn(150, 2) * 0.1,
            np.column_stack([1 - np.cos(angles), 1 - np.sin(angles) - 0.5]) + rng.randn(150, 2) * 0.1,
        ]
    )
    order = rng.permutation(300)
    X, y = X[order], np.repeat([0, 1], 150)[order]
    return X[:240], y[:240], X[240:], y[240:]


def xor(_):
    return nn.data.xor()


class Run(NamedTuple):
    data: object  # (rng) -> X, y and perhaps X_test, y_test
    sizes: list
    activations: list  # of the hidden layers
    gains: list  # weights have the standard deviation sqrt(gain / d_in)
    rate: float
    steps: int
    seed: int
    skip: int = 0  # numbers drawn before the weights
    columns: bool = False  # the document draws W (d_out, d_in)
    loss: object = nn.losses.bce_with_logits  # how the document computes the number
    optimiser: object = nn.optim.SGD


ONE_HIDDEN_LAYER = [("relu", nn.ReLU, 2), ("sigmoid", nn.Sigmoid, 1), ("tanh", nn.Tanh, 1), ("relu again", nn.ReLU, 2)]
MOMENTUM = functools.partial(nn.optim.Momentum, momentum=0.9, form="average")  # v = 0.9 v + 0.1 g
XOR = Run(xor, [2, 4, 1], [nn.Tanh], [1, 1], rate=0.5, steps=5000, seed=0, columns=True)
MOONS = Run(
    moons_of_chapter_3, [2, 16, 8, 1], [nn.ReLU, nn.ReLU], [2, 2, 1], rate=0.1, steps=2000, seed=42, columns=True
)
RUNS = {
    # "Multi-Layer Perceptron (1 Hidden Layer)", steps 5 and 8: four networks drawn one after the other
    **{
        f"one hidden layer, {name}": Run(
            split_moons, [2, 10, 1], [activation], [gain] * 2, rate=0.5, steps=2000, seed=42, skip=30 * i, loss=clipped
        )
        for i, (name, activation, gain) in enumerate(ONE_HIDDEN_LAYER)
    },
    # "Chapter 3: Neural Networks", the demonstration (its XOR is not seeded there) and exercise 2
    **{f"chapter 3, xor {seed}": XOR._replace(seed=seed) for seed in (0, 1, 42, 85)},
    **{f"chapter 3, xor {seed}, momentum": XOR._replace(seed=seed, optimiser=MOMENTUM) for seed in (0, 42)},
    "chapter 3, moons": MOONS,
    "chapter 3, moons, momentum": MOONS._replace(optimiser=MOMENTUM),
    # "M2: Neural Network from Scratch" has no code: its formulas, with weights of our own
    "m2, xor, one layer": Run(xor, [2, 1], [], [1], rate=0.5, steps=10000, seed=0),
    "m2, xor, two layers": Run(xor, [2, 4, 1], [nn.Sigmoid], [1, 1], rate=0.5, steps=10000, seed=0),
    "m2, moons, one layer": Run(split_moons, [2, 1], [], [1], rate=0.5, steps=2000, seed=0),
    "m2, moons, two layers": Run(split_moons, [2, 10, 1], [nn.Sigmoid], [1, 1], rate=0.5, steps=2000, seed=0),
}


def drawn(gain, columns):
    """An initialiser in the document's orientation."""

    def draw(shape, rng):
        weights = nn.init.normal(np.sqrt(gain / shape[0]))
        return weights(shape[::-1], rng).T if columns else weights(shape, rng)

    return draw


def network(run, rng):
    """Layers up to the logits."""
    pairs = zip(run.sizes[:-1], run.sizes[1:], run.gains, strict=True)
    layers = [nn.Linear(d_in, d_out, rng=rng, init=drawn(gain, run.columns)) for d_in, d_out, gain in pairs]
    hidden = [
        part for layer, activation in zip(layers, run.activations, strict=False) for part in (layer, activation())
    ]
    return nn.Sequential(*hidden, layers[-1])


def train(run, model, X, y, steps):
    """The first gradients, and the losses before the updates numbered ``steps``."""
    params, losses, first = model.parameters(), [], None
    optimiser = run.optimiser(params, lr=run.rate)
    for step in range(run.steps):
        z = model(X)
        if step in steps:
            losses.append(run.loss(z.data, y))
        optimiser.zero_grad()
        nn.losses.bce_with_logits(z, y).backward()
        first = first or [p.grad for p in params]
        optimiser.step()
    return first, losses


def flat(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


@pytest.mark.parametrize("name", RUNS)
def test_training_run(name):
    run, expected = RUNS[name], dict(NUMBERS[f"run: {name}"])
    rng = np.random.RandomState(run.seed)
    X, labels, *test = run.data(rng)
    rng.randn(run.skip)
    model, y = network(run, rng), labels[:, None]
    curve, after = expected.pop("losses"), expected.pop("after", None)
    gradients, losses = train(run, model, X, y, list(map(int, curve)))
    close(losses[0], curve["0"])
    close(losses, list(curve.values()), trained=True)
    if after:
        close(run.loss(model(X).data, y), after, trained=True)
    if "gradients" in expected:
        close(flat(gradients), flat(expected.pop("gradients")))
    if "weights" in expected:
        close(flat(p.data for p in model.parameters()), flat(expected.pop("weights")), trained=True)
    probabilities = ops.sigmoid(model(X)).data[:, 0]
    predictions = predicted_labels(probabilities)
    found = {
        "probabilities": probabilities,
        "predictions": predictions,
        "train_accuracy": accuracy(labels, predictions),
    }
    if test:
        predictions = predicted_labels(model(test[0]), threshold=0)
        found["test_accuracy"] = accuracy(test[1], predictions)
        found["confusion"] = confusion_matrix(test[1], predictions)
    for what, numbers in expected.items():
        close(found[what], numbers, trained=True)


def test_the_data_of_one_hidden_layer():
    X_train, y_train, X_test, y_test = split_moons(None)
    expected = NUMBERS["data"]
    close(X_train[:3], expected["X_train"])
    close(X_test[0], expected["X_test"])
    assert y_train[:10].tolist() == expected["y_train"]
    assert [np.bincount(y_train).tolist(), np.bincount(y_test).tolist()] == [
        expected["train_counts"],
        expected["test_counts"],
    ]
    close(nn.data.circles(500, noise=0.1, factor=0.5, rng=42)[0][:2], expected["circles"])


def test_the_cost_as_coded_is_n_by_n():
    """Labels (n,) times predictions (n, 1) in "Multi-Layer Perceptron (1 Hidden Layer)": n^2 terms, and it rises.

    The engine gives that cost its gradient, as written; the loss of `nn` refuses the pair.
    """
    X, y, _, _ = split_moons(None)
    expected = NUMBERS["cost as coded"]
    rng = np.random.RandomState(42)
    for i, (name, _, _) in enumerate(ONE_HIDDEN_LAYER):
        model = network(RUNS[f"one hidden layer, {name}"], rng)
        p = np.clip(ops.sigmoid(model(X)), 1e-7, 1 - 1e-7)  # (n, 1)
        cost = -(1 / len(y)) * np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))
        close(cost.item(), expected["cost"][i])
        with pytest.raises(ShapeError, match=r"bce: predictions have shape \(400, 1\) and targets \(400,\)"):
            nn.losses.bce(p, y)
        if i == 0:
            cost.backward()
            np.testing.assert_allclose(model[2].W.grad, expected["dW2"], rtol=1e-6)  # theirs is a central difference


# "Neural Networks Solutions - Module 6": one stream of random numbers from exercise 5.2 on ------------------------

W1, B1 = np.array([[0.1, 0.2, -0.1], [0.3, -0.2, 0.4]]), np.array([0.1, 0.0, -0.1])
W2, B2 = np.array([[0.5, -0.3], [0.2, 0.4], [-0.1, 0.2]]), np.array([0.1, -0.1])
INITIALISERS = {
    "zeros": nn.init.zeros,
    "small": nn.init.normal(0.01),
    "large": nn.init.normal(1.0),
    "xavier": nn.init.xavier,
    "he": nn.init.he,
}


def two_layers():
    """The network of exercises 3.1 to 5.3."""
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2))
    for p, start in zip(model.parameters(), (W1, B1, W2, B2), strict=True):
        p.data = start
    return model


def deep(rng, std):
    """Exercise 6.1: ten layers of ten neurons, and an input."""
    return [rng.randn(10, 10) * std for _ in range(10)], rng.randn(10)


def activations(initialiser, rng):
    """Exercise 6.2: the outputs of five tanh layers of 100 neurons."""
    x, outputs = Tensor(rng.randn(1000, 100)), []
    for _ in range(5):
        x = np.tanh(x @ initialiser((100, 100), rng))
        outputs.append(x.data)
    return outputs


@functools.cache
def module_6():
    """All that is drawn, in the document's order, by exercise."""
    rng = np.random.RandomState(42)
    drawn = {"5.2": (rng.randn(1000, 2), [rng.permutation(1000) for _ in range(50)]), "5.3": rng.randn(200, 2)}
    drawn["6.1"] = {"sigmoid": deep(rng, 0.5), "relu": deep(rng, 0.01)}
    for _ in ("for the plot", "for the table"):
        for initialiser in INITIALISERS.values():
            drawn["6.2"] = activations(initialiser, rng)
    drawn["6.3"] = rng.randn(4, 3) * 5 + 10, rng.randn(4, 3)
    x, at_the_mask = rng.randn(5, 4), deepcopy(rng)
    rng.rand(5, 4)
    drawn["challenge 1"] = x, at_the_mask, rng.randn(5, 4)
    return drawn


def test_exercise_3_3_is_a_dead_network():
    rng, expected = np.random.RandomState(42), NUMBERS["exercise 3.3"]
    layers = [nn.Linear(d_in, d_out, rng=rng) for d_in, d_out in ((2, 4), (4, 3), (3, 2))]  # He's weights
    a, Z, A = np.array([1.0, 2.0]), [], []
    for layer, activation in zip(layers, (ops.relu, ops.relu, ops.softmax), strict=True):
        Z.append(layer(a))
        A.append(a := activation(Z[-1]))
    close(flat(z.data for z in Z), flat(expected["Z"]))
    close(flat(a.data for a in A), flat(expected["A"]))
    nn.losses.cross_entropy(Z[-1], 0).backward()
    assert not any(layer.W.grad.any() for layer in layers)


def test_exercise_4_4_gradient_check():
    """The document compares y_hat - y with differences of log(p + 1e-10): the guard is most of its error."""
    x, y = np.array([1.0, 2.0]), np.array([1.0, 0.0])
    model = two_layers()
    losses = [
        lambda: nn.losses.cross_entropy(model(x), y),
        lambda: -np.sum(y * np.log(ops.softmax(model(x)) + 1e-10)),
    ]
    gradients = []
    for loss in losses:
        assert max(relative_errors(loss, model.parameters())) < 2e-11
        model.zero_grad()
        loss().backward()
        gradients.append([p.grad for p in model.parameters()])
    for fused, coded, error in zip(*gradients, NUMBERS["exercise 4.4"].values(), strict=True):
        gap = np.linalg.norm(fused - coded) / (np.linalg.norm(fused) + np.linalg.norm(coded))
        assert gap == pytest.approx(error, abs=1.5e-11)  # the rest is rounding


def test_exercises_5_2_and_5_3_mini_batches():
    """Losses are unweighted means of batch means, with 1e-10 in the logarithm; gradients are y_hat - y."""
    (X, orders), expected = module_6()["5.2"], NUMBERS["exercise 5.2"]
    y = (X.sum(axis=1) > 0).astype(int)
    assert np.bincount(y).tolist() == expected["class_counts"]
    model = two_layers()
    optimiser = nn.optim.SGD(model.parameters(), lr=0.1)
    losses = []
    for order in orders:
        of_batches = []
        for start in range(0, 1000, 32):
            batch = order[start : start + 32]
            z = model(X[batch])
            p = ops.softmax(z.data)
            of_batches.append(-np.mean(np.log(p[np.arange(len(batch)), y[batch]] + 1e-10)))
            optimiser.zero_grad()
            nn.losses.cross_entropy(z, y[batch]).backward()
            optimiser.step()
        losses.append(np.mean(of_batches))
    close(losses, expected["losses"], trained=True)
    close(flat(p.data for p in model.parameters()), flat(expected["weights"]), trained=True)
    X, expected = module_6()["5.3"], NUMBERS["exercise 5.3"]
    y, predictions = X.sum(axis=1) > 0, predicted_labels(model(X))
    assert accuracy(y, predictions) == expected["accuracy"]
    assert confusion_matrix(y, predictions).tolist() == expected["confusion"]


def gradient_norms(activation, weights, x):
    layers = [Tensor(x)]
    for W in weights:
        layers.append(activation(layers[-1] @ W))
    layers[-1].backward(np.ones(10))
    return [np.linalg.norm(layer.grad) for layer in layers]


def test_exercise_6_1_vanishing_gradients():
    """Index 0 is the input, though the document's axis says output; its ReLU vanishes because of the scale 0.01."""
    for name, (weights, x) in module_6()["6.1"].items():
        np.testing.assert_allclose(
            gradient_norms(getattr(ops, name), weights, x), NUMBERS["exercise 6.1"][name], rtol=1e-12
        )
    scales = {"0.5": 0.5, "0.01": 0.01, "lecun": np.sqrt(1 / 10), "he": np.sqrt(2 / 10)}
    for name, norms in NUMBERS["exercise 6.1, fair"].items():
        activation, scale = name.split()
        found = gradient_norms(getattr(ops, activation), *deep(np.random.RandomState(42), scales[scale]))
        np.testing.assert_allclose(found, norms, rtol=1e-12, err_msg=name)


def test_exercise_6_2_initialisers():
    expected = NUMBERS["exercise 6.2"]
    np.testing.assert_allclose(np.mean(module_6()["6.2"], axis=(1, 2)), expected["last"]["mean"], rtol=1e-9)
    close(np.std(module_6()["6.2"], axis=(1, 2)), expected["last"]["std"])
    rng = np.random.RandomState(42)
    for name, initialiser in INITIALISERS.items():
        close(np.std(activations(initialiser, rng), axis=(1, 2)), expected["std"][name])


def test_exercise_6_3_batch_norm():
    (X, dout), expected = module_6()["6.3"], NUMBERS["exercise 6.3"]
    norm, x = nn.BatchNorm(3), Tensor(X)
    out = norm(x)
    out.backward(dout)
    found = {"out": out.data, "dx": x.grad, "dgamma": norm.gamma.grad, "dbeta": norm.beta.grad}
    found |= {"running_mean": norm.running_mean, "running_var": norm.running_var}
    for name, numbers in expected.items():
        close(found[name], numbers)


def test_challenge_1_dropout():
    (X, rng, dout), expected = module_6()["challenge 1"], NUMBERS["challenge 1"]
    drop, x = nn.Dropout(0.5, rng=deepcopy(rng)), Tensor(X)
    out = drop(x)
    out.backward(dout)
    close(out.data, expected["out"])
    close(x.grad, expected["dx"])


# Column vectors, W x + b -----------------------------------------------------------------------------------------


def columns(x, weights, biases, functions):
    """Every z and a, from the input on."""
    Z, A = [], [x]
    for W, b, function in zip(weights, biases, functions, strict=True):
        Z.append(W @ A[-1] + b)
        A.append(function(Z[-1]))
    return Z, A


def test_forward_of_module_02():
    """Part 1 of "Module 02: Backpropagation and Gradient Descent": 3-4-1."""
    rng, expected = np.random.RandomState(42), NUMBERS["module 02, forward"]
    weights = [Tensor(rng.randn(4, 3) * 0.5), Tensor(rng.randn(1, 4) * 0.5)]
    x = np.array([[2.0], [3.0], [-1.0]])
    (z1, z2), (_, a1, a2) = columns(x, weights, [np.zeros((4, 1)), np.zeros((1, 1))], (ops.relu, ops.sigmoid))
    for found, name in ((z1, "z1"), (a1, "a1"), (z2, "z2"), (a2, "a2")):
        close(found.data, expected[name])


def test_three_layers_of_chapter_3():
    """Part 3 of "Chapter 3: Neural Networks": 3-4-3-2 with softmax, W (n_out, n_in); the numbers are our own."""
    rng, expected = np.random.RandomState(6), NUMBERS["chapter 3, part 3"]
    weights, biases = [], []
    for d_in, d_out in ((3, 4), (4, 3), (3, 2)):
        weights.append(Tensor(rng.randn(d_out, d_in) * np.sqrt(2 / d_in)))
        biases.append(Tensor(rng.randn(d_out, 1) * 0.1))
    softmax = functools.partial(ops.softmax, axis=0)
    Z, A = columns(rng.randn(3, 1), weights, biases, (ops.relu, ops.relu, softmax))
    loss = nn.losses.categorical_cross_entropy(A[-1].T, [1])
    loss.backward()
    close(loss.item(), expected["loss"])
    close(flat(node.data for node in Z + A[1:]), flat(expected["z"] + expected["a"][1:]))
    close(flat(p.grad for p in weights + biases), flat(expected["dW"] + expected["db"]))


def test_the_mnist_shape_of_chapter_3():
    """Part 9 of "Chapter 3: Neural Networks": 784-256-128-10 on one input; the numbers are our own."""
    rng, expected = np.random.RandomState(0), NUMBERS["chapter 3, mnist"]
    sizes = ((784, 256), (256, 128), (128, 10))
    weights = [Tensor(rng.randn(d_out, d_in) * np.sqrt(2 / d_in)) for d_in, d_out in sizes]
    biases = [Tensor(np.zeros((d_out, 1))) for _, d_out in sizes]
    Z, A = columns(rng.rand(784, 1), weights, biases, (ops.relu, ops.relu, functools.partial(ops.softmax, axis=0)))
    loss = nn.losses.cross_entropy(Z[-1].T, [7])
    loss.backward()
    close(loss.item(), expected["loss"])
    close(A[-1].data[:, 0], expected["y_hat"])
    assert [np.count_nonzero(a.data) for a in A[1:3]] == expected["active"]
    close([np.linalg.norm(W.grad) for W in weights], expected["dW_norm"])
    close([np.linalg.norm(b.grad) for b in biases], expected["db_norm"])
    np.testing.assert_allclose([W.grad.sum() for W in weights], expected["dW_sum"], rtol=1e-12, atol=1e-12)
    close(weights[2].grad[7, :5], expected["dW3_row"])
