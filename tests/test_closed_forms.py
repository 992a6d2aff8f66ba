"""The engine against the documents' matrix gradients: scalar graph = tensor graph = closed form."""

from itertools import pairwise

import closed_forms
import numpy as np
import pytest
from numpy.testing import assert_allclose

import nn
from autograd import Tensor, Value, ops

ACTIVATIONS = ["relu", "tanh", "sigmoid"]
LAYERS = {"one hidden layer": [3, 4], "three layers": [3, 5, 4]}


def network(sizes, output, seed=0):
    """Inputs, labels, weights and biases of a network with rows as samples."""
    rng = np.random.default_rng(seed)
    sizes = [*sizes, 1 if output == "sigmoid" else 3]
    X = rng.normal(size=(6, sizes[0]))
    y = rng.integers(0, 2, (6, 1)) if output == "sigmoid" else rng.integers(0, 3, 6)
    weights = [rng.normal(size=pair) for pair in pairwise(sizes)]
    return X, y, weights, [rng.normal(size=n) for n in sizes[1:]]


def objects(array):
    """An object array of Values."""
    return np.vectorize(Value, otypes=[object])(array)


def gradients(parameters):
    """The gradient of a Tensor, or of each Value in an object array."""
    return [p.grad if isinstance(p, Tensor) else np.vectorize(lambda v: v.grad)(p) for p in parameters]


def forward(X, weights, biases, activation, columns=False):
    act = {"relu": ops.relu, "tanh": np.tanh, "sigmoid": ops.sigmoid}[activation]
    a = X
    for i, (W, b) in enumerate(zip(weights, biases, strict=True)):
        a = W @ a + b if columns else a @ W + b
        if i < len(weights) - 1:
            a = act(a)
    return a


def loss_of(z, y, output, columns=False):
    """From logits, through the documents' own formulas: sigmoid and BCE, softmax and cross-entropy."""
    if output == "sigmoid":
        p = ops.sigmoid(z)
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    axis = 0 if columns else 1
    e = np.exp(z)
    p = e / np.sum(e, axis=axis, keepdims=True)
    rows = np.eye(3)[y].T if columns else np.eye(3)[y]
    return -np.sum(rows * np.log(p)) / len(y)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
@pytest.mark.parametrize("sizes", LAYERS.values(), ids=LAYERS)
@pytest.mark.parametrize("kind", [Tensor, objects])
def test_rows(activation, output, sizes, kind):
    X, y, weights, biases = network(sizes, output)
    loss, expected = closed_forms.deep_rows(X, y, weights, biases, activation=activation, output=output)
    Ws, bs = list(map(kind, weights)), list(map(kind, biases))
    got = loss_of(forward(X, Ws, bs, activation), y, output)
    got.backward()
    assert_allclose(got.item(), loss, rtol=1e-12)
    for i, (dW, db) in enumerate(zip(gradients(Ws), gradients(bs), strict=True), start=1):
        assert_allclose(dW, expected[f"W{i}"], rtol=1e-12, atol=1e-14)
        assert_allclose(db, expected[f"b{i}"], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
@pytest.mark.parametrize("sizes", LAYERS.values(), ids=LAYERS)
@pytest.mark.parametrize("kind", [Tensor, objects])
def test_columns(activation, output, sizes, kind):
    X, y, weights, biases = network(sizes, output)
    X, y = X.T, y.T if output == "sigmoid" else y
    weights, biases = [W.T for W in weights], [b.reshape(-1, 1) for b in biases]
    loss, expected = closed_forms.deep_columns(X, y, weights, biases, activation=activation, output=output)
    Ws, bs = list(map(kind, weights)), list(map(kind, biases))
    got = loss_of(forward(X, Ws, bs, activation, columns=True), y, output, columns=True)
    got.backward()
    assert_allclose(got.item(), loss, rtol=1e-12)
    for i, (dW, db) in enumerate(zip(gradients(Ws), gradients(bs), strict=True), start=1):
        assert_allclose(dW, expected[f"W{i}"], rtol=1e-12, atol=1e-14)
        assert_allclose(db, expected[f"b{i}"], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
@pytest.mark.parametrize("activation", ["ReLU", "Tanh", "Sigmoid"])
def test_layers_with_the_fused_losses(output, activation):
    X, y, weights, biases = network([3, 5, 4], output)
    linears = [nn.Linear(*W.shape) for W in weights]
    for layer, W, b in zip(linears, weights, biases, strict=True):
        layer.W.data, layer.b.data = W, b
    act = getattr(nn, activation)
    model = nn.Sequential(linears[0], act(), linears[1], act(), linears[2])
    loss_function = nn.losses.bce_with_logits if output == "sigmoid" else nn.losses.cross_entropy
    loss = loss_function(model(X), y)
    loss.backward()
    value, expected = closed_forms.deep_rows(X, y, weights, biases, activation=activation.lower(), output=output)
    assert_allclose(loss.item(), value, rtol=1e-12)
    for i, layer in enumerate(linears, start=1):
        assert_allclose(layer.W.grad, expected[f"W{i}"], rtol=1e-12, atol=1e-15)
        assert_allclose(layer.b.grad, expected[f"b{i}"], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_neuron_by_neuron(activation):
    """The scalar MLP, one sample at a time, gives the matrices' gradients."""
    rng = np.random.default_rng(0)
    mlp = nn.MLP(3, [4, 4, 1], activation=activation, rng=rng)
    X, y = rng.normal(size=(5, 3)), rng.integers(0, 2, 5)
    loss = nn.losses.bce_with_logits([mlp(list(row)) for row in X], y.astype(float))
    loss.backward()
    weights = [np.array([[w.data for w in neuron.w] for neuron in layer.neurons]).T for layer in mlp.layers]
    biases = [np.array([neuron.b.data for neuron in layer.neurons]) for layer in mlp.layers]
    value, expected = closed_forms.deep_rows(
        X, y.reshape(-1, 1), weights, biases, activation=activation, output="sigmoid"
    )
    assert_allclose(loss.item(), value, rtol=1e-12)
    for i, layer in enumerate(mlp.layers, start=1):
        got = np.array([[w.grad for w in neuron.w] for neuron in layer.neurons]).T
        assert_allclose(got, expected[f"W{i}"], rtol=1e-12, atol=1e-15)
        assert_allclose([neuron.b.grad for neuron in layer.neurons], expected[f"b{i}"], rtol=1e-12, atol=1e-15)


def test_batch_norm():
    rng = np.random.default_rng(0)
    X, gamma, beta, dout = (rng.normal(size=shape) for shape in [(8, 3), 3, 3, (8, 3)])
    y, expected = closed_forms.batch_norm(X, gamma, beta, dout)
    Xt, gt, bt = map(Tensor, (X, gamma, beta))
    got = gt * (Xt - np.mean(Xt, axis=0)) / np.sqrt(np.var(Xt, axis=0) + 1e-5) + bt
    got.backward(dout)
    assert_allclose(got.data, y, rtol=1e-12)
    for t, name in ((Xt, "X"), (gt, "gamma"), (bt, "beta")):
        assert_allclose(t.grad, expected[name], rtol=1e-12, atol=1e-15)
