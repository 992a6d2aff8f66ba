"""train_step: one program that does what forward, loss, backward and an optimiser's step do."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import nn
from autograd import Value, ops, vectorize
from autograd.node import order
from benchmarks import moons, tensor_step, vectorized

X = np.random.default_rng(0).normal(size=(9, 3))


def network(activation="relu", sizes=(5, 4, 2)):
    return nn.MLP(3, list(sizes), activation=activation, rng=np.random.default_rng(1)).vectorize()


def by_calls(fast, loss, batches, lr):
    """The losses of steps that a user writes."""
    optimiser, losses = nn.optim.SGD(fast.parameters(), lr=lr), []
    for x, y in batches:
        total = loss(fast(x), y)
        optimiser.zero_grad()
        total.backward()
        optimiser.step()
        losses.append(total.item())
    return losses


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "leaky_relu", "softplus", "gelu"])
@pytest.mark.parametrize(
    ("loss", "y"),
    [(nn.losses.cross_entropy, np.arange(9) % 2), (nn.losses.mse, X[:, :2]), (nn.losses.huber, X[:, 1:])],
    ids=["cross_entropy", "mse", "huber"],
)
def test_a_step_is_what_its_calls_are(activation, loss, y):
    batches = [(X[part], y[part]) for part in (slice(0, 4), slice(4, 8), slice(8, 9), slice(0, 4))]
    one, other = network(activation), network(activation)
    step = one.train_step(loss, lr=0.1)
    assert_allclose([step(*batch) for batch in batches], by_calls(other, loss, batches, lr=0.1), rtol=1e-12)
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert_allclose(a.data, b.data, rtol=1e-12)
        assert a.grad is None


def test_the_loss_may_have_a_penalty_on_the_blocks():
    def penalised(fast):
        return lambda scores, y: nn.losses.mse(scores, y) + 0.1 * sum(ops.sum(p * p) for p in fast.parameters())

    one, other = network(), network()
    step, batches = one.train_step(penalised(one), lr=0.1), [(X, X[:, :2])] * 3
    assert_allclose([step(*batch) for batch in batches], by_calls(other, penalised(other), batches, 0.1), rtol=1e-12)


def test_what_the_loss_keeps_is_never_overwritten():
    kept = []

    def loss(scores, y):
        kept.append(scores)
        return nn.losses.mse(scores, y)

    fast = network()
    step = fast.train_step(loss, lr=0.1)
    before = fast(X).data.copy()
    step(X, X[:, :2])
    step(X, X[:, :2])
    assert_allclose(kept[0].data, before, rtol=1e-12)


def test_the_numbers_learn_with_the_blocks_wherever_those_were_set():
    w = Value(1.0)
    fast = vectorize(lambda x: w * x).trace(np.ones(2))
    step = fast.train_step(nn.losses.mse, lr=0.5)
    fast.parameters()[0].data = np.array(2.0)
    assert step(np.array([1.0, 1.0]), np.zeros(2)) == 4.0
    assert w.data == 0.0


def test_programs_of_the_benchmarks_agree():
    by_hand = moons.numpy_step()
    steps = moons.vectorized_step(), moons.train_step()
    for _ in range(3):
        expected = by_hand()
        assert_allclose([step() for step in steps], expected, rtol=1e-9)


def test_epochs_of_other_sizes_agree():
    sizes = (784, 5, 10)
    data = tensor_step.data()
    steps = [make(sizes) for make in (tensor_step.closed_form, vectorized.step_of_calls, vectorized.step_as_one)]
    for _ in range(3):
        expected, *found = [step(*data) for step in steps]
        assert_allclose(found, expected, rtol=1e-5)


def test_moons_takes_at_most_forty_array_ops():
    data, labels = moons.two_moons()
    model = moons.network(nn.MLP).vectorize()
    loss = (1 + -labels * model(data)).relu().mean() + 1e-4 * sum(ops.sum(p * p) for p in model.parameters())
    assert sum(node.op is not None for node in order(loss)) <= 40
