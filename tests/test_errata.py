"""Every error of the documents that can be checked by computing: the right value, and that the document's is not it.

The ids are those of the errata in docs/documents.md, which says in words what each of them is about. Where another
test already holds the right value, ``ELSEWHERE`` names it; ``IN_WORDS`` is what no computation can decide.
Read next: ``demos/errata.py``, which draws the most important ones.
"""

import ast
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from test_documents import learning_rates, sigmoid, softmax, tensors

import nn
from autograd import Parameter, ShapeError, Tensor, elementwise_grad, grad, ops, value_and_grad
from autograd.node import order
from demos import errata, vanishing_gradients
from demos.two_classes import split
from nn import init, losses, metrics, schedules, train

HERE = Path(__file__).parent


def rng(seed=0):
    return np.random.default_rng(seed)


def bce(p, y):
    """The documents' binary cross-entropy, without a guard."""
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def logistic_regression(X, y, steps=500, lr=1.0):
    """Train one layer, the straight line; returns its loss and its accuracy."""
    model = nn.Sequential(nn.Linear(2, 1, rng=rng(), init="zeros"))
    optimiser = nn.optim.SGD(model.parameters(), lr=lr)
    for _ in range(steps):
        loss = losses.bce_with_logits(model(X), y.reshape(-1, 1))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return loss.item(), np.mean((model(X).data.ravel() > 0) == y)


# --- "Chapter 3: Neural Networks" -------------------------------------------------------------------------------


def losses_of_many_xor_networks(networks=60, epochs=1001):
    """The losses of 2-4-1 networks, all trained at once as the document does; each has its own row of weights.

    Shapes: the result (epochs, networks).
    """
    X, y = nn.data.xor()
    draw = rng(1)
    W1, W2 = (draw.normal(size=(networks, *pair)) * np.sqrt(1 / pair[0]) for pair in ((2, 4), (4, 1)))
    parameters = [Parameter(p) for p in (W1, np.zeros((networks, 1, 4)), W2, np.zeros((networks, 1, 1)))]
    optimiser = nn.optim.SGD(parameters, lr=0.5)
    history = []
    for _ in range(epochs):
        W1, b1, W2, b2 = parameters
        z = np.tanh(X @ W1 + b1) @ W2 + b2  # (networks, 4, 1)
        loss = np.mean(ops.softplus(z) - y.reshape(-1, 1) * z, axis=(1, 2))
        history.append(loss.data)
        optimiser.zero_grad()
        np.sum(loss).backward()
        optimiser.step()
    return np.array(history)


def printed_losses_of_xor():
    """0.693147, 0.086542, 0.012345 in epochs 0, 500, 1000."""
    start, middle, end = losses_of_many_xor_networks()[[0, 500, 1000]]
    assert 0.6 < start.min() < np.log(2) < start.max() < 1.1
    assert np.abs(start - np.log(2)).min() > 5e-7
    assert not np.any((np.abs(middle - 0.086542) < 5e-4) & (np.abs(end - 0.012345) < 5e-4))
    assert np.median(middle) < 0.02 and np.median(end) < 0.01


def slope_of_tanh_at_zero():
    """It is said to be below 1 everywhere."""
    assert grad(np.tanh)(0.0) == 1.0
    assert np.all(elementwise_grad(np.tanh)(np.array([-1e-3, 1e-3])) < 1)


def small_weights_explode_too():
    """It is said to take weights above 1."""
    assert np.mean(np.abs(0.5 * rng().normal(size=10000)) < 1) > 0.95
    norms = vanishing_gradients.many(rng(), 0.5, ops.relu, networks=200)[:, 0]
    assert np.median(norms) > np.sqrt(10)  # what was put in at the other end


def backward_is_two_forwards():
    """It is said to cost one; a hidden layer has one product of matrices forward, and two backward."""
    X, weights = rng().normal(size=(5, 4)), [Parameter(rng(i).normal(size=(4, 4))) for i in range(6)]
    a = X
    for W in weights:
        a = np.tanh(a @ W)
    loss = np.sum(a)
    forward = order(loss)
    loss.backward(create_graph=True)
    seen = {id(node) for node in forward}
    gradients = {id(node): node for W in weights for node in order(W.grad) if id(node) not in seen}
    products = [sum(node.op is ops.matmul for node in nodes) for nodes in (forward, gradients.values())]
    assert products == [6, 2 * 6 - 1]  # the data needs no gradient


def outputs_average_too():
    """Its backward divides by the samples, its loss by samples and outputs."""
    X, Y = rng().normal(size=(3, 5)), rng(1).integers(0, 2, (2, 5))
    W = Tensor(rng(2).normal(size=(2, 3)))
    a = sigmoid(W @ X)
    bce(a, Y).backward()
    as_written = (a.data - Y) @ X.T / 5
    assert_allclose(as_written, 2 * W.grad, rtol=1e-12)


def error_of_a_tanh_output():
    """Its output error is a - y, whatever the output activation."""
    z, y = Tensor(rng().uniform(0.2, 2.0, 6)), rng(1).integers(0, 2, 6)
    a = np.tanh(z)
    bce(a, y).backward()
    as_written = (a.data - y) / 6
    difference = np.linalg.norm(as_written - z.grad)
    assert difference / (np.linalg.norm(as_written) + np.linalg.norm(z.grad)) > 0.1


def labels_of_two_outputs():
    """Its predict makes ten labels of five samples with two outputs each; and it has no softmax."""
    p = ops.softmax(rng().normal(size=(5, 2)), axis=1)
    assert (p.T > 0.5).astype(int).flatten().shape == (10,)
    assert metrics.predicted_labels(p).tolist() == np.argmax(p, axis=1).tolist()


def few_epochs():
    """It prints every (epochs // 10)th epoch."""
    with pytest.raises(ZeroDivisionError):
        5 % (5 // 10)
    X, y = nn.data.xor()
    model = nn.Sequential(nn.Linear(2, 1, rng=rng()))
    optimiser = nn.optim.SGD(model.parameters(), lr=0.1)
    history = train.fit(
        model,
        (X, y.reshape(-1, 1)),
        loss=losses.bce_with_logits,
        optimiser=optimiser,
        epochs=5,
        rng=0,
        progress=False,
    )
    assert len(history) == 5


def a_run_without_a_seed():
    """Its XOR network is drawn before the seed is set."""
    X, y = nn.data.xor()
    first = [losses.bce(sigmoid(nn.Linear(2, 1, rng=rng(seed))(X)), y.reshape(-1, 1)).item() for seed in (0, 0, 1)]
    assert first[0] == first[1] != first[2]


def layers_without_the_input():
    """L counts layers without the input, n_layers in the code counts it."""
    sizes = [784, 256, 128, 10]
    model = nn.MLP(2, [3, 3, 1], rng=rng())
    assert len(sizes) == 4 and len(model.layers) == len([2, 3, 3, 1]) - 1 == 3


# --- "Multi-Layer Perceptron (1 Hidden Layer)" ------------------------------------------------------------------


def cost_of_a_matrix():
    """Its cost takes y (n,) with predictions (n, 1)."""
    X, _, y, _ = split(*nn.data.moons(500, noise=0.1, rng=42))
    p = ops.sigmoid(errata.documents_network()(X))
    column = y.reshape(-1, 1)
    assert_allclose([errata.cost_as_written(t, p).item() for t in (y, column)], [357.870280, 1.29884821], rtol=1e-8)
    assert_allclose(losses.bce(p, column).item(), errata.cost_as_written(column, p).item(), rtol=1e-12)
    slopes = [errata.slope_by_first_weight(X, t) for t in (y, column)]
    assert_allclose(slopes, [-46.93815325, -0.24554994], rtol=1e-7)
    with pytest.raises(ShapeError, match=r"would have shape \(400, 400\)"):
        losses.bce(p, y)


def rows_of_the_heat_map():
    """They are said to be training data; the last forward pass was over the mesh of the boundary."""
    X, _ = nn.data.moons(500, noise=0.1, rng=42)
    mesh = errata.mesh_over(X)
    assert len(mesh) == 32780
    assert np.ptp(mesh[:50, 1]) == 0 and not (mesh[:50, None] == X).all(axis=2).any()


def the_chain_backwards():
    """It runs through dW1 to X; but X has its gradient where W1 takes none."""
    X, y = rng().normal(size=(4, 3)), rng(1).integers(0, 2, (4, 1))
    W1, W2 = rng(2).normal(size=(3, 5)), rng(3).normal(size=(5, 1))
    gradients = []
    for leaf in (W1, Tensor(W1)):
        x = Tensor(X)
        z2 = np.tanh(x @ leaf) @ W2
        bce(sigmoid(z2), y).backward()
        gradients.append(x.grad)
        assert_allclose(z2.grad, (sigmoid(z2.data) - y) / 4, rtol=1e-12)  # dz2 and y_hat - y are no two steps
    assert_allclose(*gradients, rtol=1e-15)


def deviation_or_variance():
    """N(0, sqrt(2/n)) and N(0, sqrt(1/n)): what stands there is the standard deviation."""
    for draw, variance in ((init.he, 2 / 200), (init.xavier_fan_in, 1 / 200)):
        assert_allclose(np.var(draw((200, 1000), rng())), variance, rtol=0.02)


# --- "Neural Networks Solutions - Module 6" ---------------------------------------------------------------------


def derivative_of_a_plain_number():
    """Its relu_derivative fails on the numbers that it is called with."""
    points = [-2, -1, -0.1, 0, 0.1, 1, 2]
    for z in points:
        with pytest.raises(AttributeError, match="astype"):
            (z > 0).astype(float)
    assert [grad(ops.relu)(float(z)) for z in points] == [0, 0, 0, 0, 1, 1, 1]


def softmax_of_a_batch():
    """Its softmax has no axis: the whole batch adds up to 1."""
    Z = Tensor([[2.0, 1.0, 0.1], [0.5, -1.0, 3.0]])
    as_written = softmax(Z)
    assert_allclose(np.sum(as_written).item(), 1, rtol=1e-15)
    assert np.all(np.sum(as_written, axis=1).data < 0.9)
    assert_allclose(np.sum(ops.softmax(Z, axis=1), axis=1).data, 1, rtol=1e-15)


def first_layer_of_the_list():
    """Its axis says that layer 0 is the output."""
    norms, _ = errata.documents_norms(0.01)
    assert_allclose(norms[-1], np.sqrt(10))  # the ones put in at the output
    assert norms[0] < 1e-4


def scales_of_two_networks():
    """It draws ReLU's weights at 0.01 and sigmoid's at 0.5."""
    (sigmoid_norms, small), (_, fair) = errata.documents_norms(0.01), errata.documents_norms(np.sqrt(2 / 10))
    assert_allclose([sigmoid_norms[0], small[0]], [3.02e-05, 1.25e-17], rtol=5e-3)
    assert small[0] < sigmoid_norms[0] < fair[0]


def weights_shared_by_reference():
    """Its update writes into the arrays that other networks, and the reader, still hold."""
    W = np.ones((2, 2))
    theirs, ours = W.copy(), Parameter(W)
    shared = theirs
    shared -= 0.1
    ours -= 0.1
    assert theirs[0, 0] == ours.data[0, 0] == 0.9
    assert np.all(W == 1)


def xavier_or_he():
    """A comment says Xavier where the code draws sqrt(2 / fan_in)."""
    draws = [f((2, 4), np.random.RandomState(0)) for f in (init.he, init.xavier, init.xavier_fan_in)]
    as_written = np.random.RandomState(0).randn(2, 4) * np.sqrt(2.0 / 2)
    assert [np.allclose(draw, as_written) for draw in draws] == [True, False, False]


def warmup_then_decay():
    """Its warm-up does not decay afterwards, starts with a step of 0, and its cosine rises again."""
    rate = schedules.warmup(0.1, steps=50)
    assert (rate(0), rate(50), rate(5000)) == (0, 0.1, 0.1)
    assert schedules.warmup_decay(0.1, steps=50, total=300)(200) < 0.1
    as_written = 0.1 * (1 + np.cos(np.pi * 600 / 300)) / 2
    assert as_written == 0.1 and schedules.cosine(0.1, total=300)(600) == 0
    assert len({"constant", "step", "exponential", "cosine", "warmup"} & set(schedules.SCHEDULES)) == 5


def mean_of_means():
    """Its epoch loss gives the last batch, 8 of 1000 samples, the weight of 32."""
    z, labels = rng().normal(size=(1000, 2)), rng(1).integers(0, 2, 1000)
    parts = [losses.cross_entropy(z[batch], labels[batch]) for batch in nn.data.batches(1000, 32)]
    sizes = [len(batch) for batch in nn.data.batches(1000, 32)]
    assert sizes[-1] == 8
    assert_allclose(np.average(parts, weights=sizes), losses.cross_entropy(z, labels), rtol=1e-12)
    assert abs(np.mean(parts) - losses.cross_entropy(z, labels)) > 1e-5


def deep_deviations(draw, activation, source, layers=5):
    """Standard deviations of what layer after layer puts out, for 1000 normal inputs of 100 numbers."""
    a, found = source.normal(size=(1000, 100)), []
    for _ in range(layers):
        a = activation(a @ draw((100, 100), source))
        found.append(np.std(a))
    return found


def statistics_of_other_draws():
    """The table it prints belongs to networks drawn anew, not to those it has drawn pictures of."""
    source = np.random.RandomState(42)
    pictured, printed = (deep_deviations(init.he, np.tanh, source) for _ in range(2))
    assert not np.allclose(pictured, printed, rtol=1e-4)
    assert_allclose(pictured, printed, rtol=0.05)


def he_through_tanh():
    """It runs all initialisers through tanh, and says that Xavier keeps the variance there."""
    falls = deep_deviations(init.xavier, np.tanh, rng())
    assert np.all(np.diff(falls) < 0) and 0.3 < falls[-1] < 0.36 and 0.6 < falls[0] < 0.65
    kept = deep_deviations(init.he, ops.relu, rng(), layers=10)
    assert 0.5 < kept[-1] / kept[0] < 2


def backward_after_an_evaluation():
    """Its layers keep the mask or the statistics of the last training pass, and use those."""
    x = rng().normal(size=(6, 3))
    drop, norm = nn.Dropout(0.5, rng=rng()), nn.BatchNorm(3)
    for layer, slope in ((drop, 1.0), (norm, None)):
        layer(Tensor(x))  # a training pass, which must leave no trace in what follows
        layer.eval()
        t = Tensor(x)
        y = layer(t)
        np.sum(y).backward()
        expected = slope or 1 / np.sqrt(norm.running_var + norm.eps)
        assert_allclose(t.grad, np.broadcast_to(expected, x.shape), rtol=1e-12)


def labels_as_plain_numbers():
    """Its evaluation asks every label for .ndim."""
    with pytest.raises(AttributeError, match="ndim"):
        (1).ndim  # noqa: B018
    assert metrics.accuracy([1, 0, 1], [1, 1, 1]) == pytest.approx(2 / 3)


def momentum_of_batch_norm():
    """Its momentum weights the old value, and its running variance is divided by n: PyTorch has both otherwise."""
    x = rng().normal(2.0, 3.0, size=(5, 3))
    ours, pytorch = nn.BatchNorm(3, momentum=0.9), nn.BatchNorm(3, momentum=0.9, convention="pytorch")
    for layer in (ours, pytorch):
        layer(x)
    assert_allclose(ours.running_mean, 0.1 * x.mean(axis=0), rtol=1e-12)
    assert_allclose(pytorch.running_mean, 0.9 * x.mean(axis=0), rtol=1e-12)
    assert_allclose(ours.running_var, 0.9 + 0.1 * x.var(axis=0), rtol=1e-12)
    assert_allclose(pytorch.running_var, 0.1 + 0.9 * x.var(axis=0, ddof=1), rtol=1e-12)


def a_line_separates_its_data():
    """Two layers are shown at work on x1 + x2 > 0."""
    X, y = nn.data.half_plane(1000, np.random.RandomState(42))
    assert logistic_regression(X, y)[1] > 0.99


# --- "Module 02: Backpropagation and Gradient Descent" ----------------------------------------------------------


def thirty_steps_are_not_enough():
    """Its table says that lr 0.01 converged in 30."""
    rates = {0.01: 149, 0.1: 14, 0.5: 1, 0.9: 14, 1.1: None}
    for lr, steps in rates.items():
        assert learning_rates(tensors, x0=0.0, lr=lr, steps=200, limit=20)["first_within"] == steps
    assert learning_rates(tensors, x0=0.0, lr=0.01, steps=30, limit=20)["final_f"] == pytest.approx(4.1902, abs=5e-5)


def two_curves_or_one():
    """It draws the gradients of two losses, one by z and the other by the prediction."""
    p = np.linspace(0.01, 0.99, 99)
    z = np.log(p / (1 - p))
    entropy_by_z = elementwise_grad(lambda z: -np.log(sigmoid(z)))(z)
    error_by_p = elementwise_grad(lambda p: 0.5 * (1 - p) ** 2)(p)
    assert_allclose(entropy_by_z, error_by_p, rtol=1e-9)
    assert grad(lambda p: -np.log(p))(0.01) == pytest.approx(-100)
    error_by_z = elementwise_grad(lambda z: 0.5 * (1 - sigmoid(z)) ** 2)(z)
    assert error_by_z[0] == pytest.approx(-0.99 * 0.01 * 0.99)


# --- "M2: Neural Network from Scratch" --------------------------------------------------------------------------


def blobs_are_no_xor():
    """It names 2-D blobs beside XOR as data that no line separates."""
    X, y = nn.data.blobs(200, centers=[[-3, -3], [3, 3]], rng=0)
    assert logistic_regression(X, y)[1] == 1.0
    loss, accuracy = logistic_regression(*nn.data.xor())
    assert loss == pytest.approx(np.log(2)) and accuracy == 0.5


def bias_is_averaged_over_samples():
    """It writes mean(...) for the gradient of a bias: the mean over samples, a number for each hidden neuron."""
    X, y = rng().normal(size=(6, 3)), rng(1).integers(0, 2, (6, 1))
    W1, W2 = rng(2).normal(size=(3, 4)), rng(3).normal(size=(4, 1))
    b1 = Tensor(np.zeros(4))
    a1 = sigmoid(X @ W1 + b1)
    p = sigmoid(a1 @ W2)
    bce(p, y).backward()
    dz1 = (p.data - y) @ W2.T * a1.data * (1 - a1.data)  # of each sample
    assert_allclose(b1.grad, dz1.mean(axis=0), rtol=1e-12)
    assert np.abs(b1.grad - np.mean(dz1)).max() > 1e-3


def error_of_a_mean():
    """It writes y_hat - y for the derivative by z2 of a loss that is a mean."""
    z, y = Tensor(rng().normal(size=(8, 1))), rng(1).integers(0, 2, (8, 1))
    p = sigmoid(z)
    bce(p, y).backward()
    assert_allclose(8 * z.grad, p.data - y, rtol=1e-12)


# --- where documents differ -------------------------------------------------------------------------------------


def three_xaviers():
    """One name for sqrt(1 / fan_in), sqrt(2 / (fan_in + fan_out)) and, by a comment, sqrt(2 / fan_in)."""
    stds = [np.std(f((50, 400), rng())) for f in (init.xavier_fan_in, init.xavier, init.he)]
    assert_allclose(stds, [np.sqrt(1 / 50), np.sqrt(2 / 450), np.sqrt(2 / 50)], rtol=0.02)
    assert len({round(std, 3) for std in stds}) == 3


def he_by_network_or_by_layer():
    """The sigmoid output of a ReLU network gets He's scale in one document, and not in another."""
    by_network, by_layer = (f((10, 1), np.random.RandomState(0)) for f in (init.he, init.xavier_fan_in))
    assert_allclose(by_network, np.sqrt(2) * by_layer, rtol=1e-12)


def two_squared_errors():
    """With 1/2, and without."""
    p, y = rng().normal(size=5), rng(1).normal(size=5)
    (whole, slope), (half, half_slope) = (value_and_grad(loss)(p, y) for loss in (losses.mse, losses.half_mse))
    assert_allclose([whole, *slope], 2 * np.array([half, *half_slope]), rtol=1e-12)


def four_guards_of_a_logarithm():
    """Clip at 1e-7, add 1e-15, add 1e-10, clip at 1e-15: four functions, three of them with different losses at 0."""
    guards = [
        lambda p: np.clip(p, 1e-7, 1 - 1e-7),
        lambda p: p + 1e-15,
        lambda p: p + 1e-10,
        lambda p: np.clip(p, 1e-15, 1 - 1e-15),
    ]
    pairs = [value_and_grad(lambda p, guard=guard: -np.log(guard(p)))(0.0) for guard in guards]
    assert_allclose([value for value, _ in pairs], -np.log([1e-7, 1e-15, 1e-10, 1e-15]), rtol=1e-12)
    assert_allclose([slope for _, slope in pairs], [0, -1e15, -1e10, 0], rtol=1e-12)


def exactly_one_half():
    """Compared by >= in one document and by > in another; a dead network puts out just that."""
    dead = nn.Sequential(nn.Linear(2, 3, rng=rng(), init="zeros"), nn.ReLU(), nn.Linear(3, 1, rng=rng(), init="zeros"))
    p = sigmoid(dead(nn.data.xor()[0])).data
    assert np.all(p >= 0.5) and not np.any(p > 0.5)
    assert metrics.predicted_labels(p).tolist() == [0, 0, 0, 0]


CHECKS = {
    "W5": printed_losses_of_xor,
    "W10": slope_of_tanh_at_zero,
    "W11": small_weights_explode_too,
    "W12": backward_is_two_forwards,
    "B1": cost_of_a_matrix,
    "B2": rows_of_the_heat_map,
    "B3": derivative_of_a_plain_number,
    "B4": softmax_of_a_batch,
    "B5": first_layer_of_the_list,
    "B6": scales_of_two_networks,
    "B7": thirty_steps_are_not_enough,
    "B8": two_curves_or_one,
    "B10": outputs_average_too,
    "B11": error_of_a_tanh_output,
    "B12": labels_of_two_outputs,
    "B13": few_epochs,
    "B14": a_run_without_a_seed,
    "B15": weights_shared_by_reference,
    "B16": xavier_or_he,
    "B17": warmup_then_decay,
    "B18": mean_of_means,
    "B19": statistics_of_other_draws,
    "B20": he_through_tanh,
    "B23": blobs_are_no_xor,
    "B25": bias_is_averaged_over_samples,
    "B26": error_of_a_mean,
    "B27": deviation_or_variance,
    "B28": three_xaviers,
    "B29": he_by_network_or_by_layer,
    "B30": two_squared_errors,
    "B31": four_guards_of_a_logarithm,
    "B32": exactly_one_half,
    "B33": backward_after_an_evaluation,
    "B34": labels_as_plain_numbers,
    "B35": layers_without_the_input,
    "B36": the_chain_backwards,
    "B37": momentum_of_batch_norm,
    "B38": a_line_separates_its_data,
}

ELSEWHERE = {
    "W1": "test_documents.py::test_misprints_are_misprints",
    "W2": "test_documents.py::test_misprints_are_misprints",
    "W3": "test_documents.py::test_misprints_are_misprints",
    "W4": "test_documents.py::test_misprints_are_misprints",
    "W6": "test_documents.py::test_misprints_are_misprints",
    "W7": "test_seeded.py::test_training_run",
    "W8": "test_documents.py::test_misprints_are_misprints",
    "B9": "test_documents.py::test_worked_example",
    "B24": "test_closed_forms.py::test_rows",
}

IN_WORDS = {
    "W9": "MNIST itself decides: demos/mnist.py",
    "B21": "a picture that is promised and missing",
    "B22": "a sentence in the wrong place",
}


@pytest.mark.parametrize("claim", CHECKS)
def test_claim(claim):
    CHECKS[claim]()


def test_every_claim_is_checked_or_excused():
    expected = [f"W{i}" for i in range(1, 13)] + [f"B{i}" for i in range(1, 39)]
    assert sorted([*CHECKS, *ELSEWHERE, *IN_WORDS]) == sorted(expected)


@pytest.mark.parametrize("target", sorted(set(ELSEWHERE.values())))
def test_what_is_checked_elsewhere_exists(target):
    file, name = target.split("::")
    tree = ast.parse((HERE / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
