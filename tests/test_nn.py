"""Modules, losses and the optimiser."""

import pickle

import numpy as np
import pytest

import nn
from autograd import Parameter, ShapeError, Tensor, Value, grad
from autograd.check import check_grads, relative_errors
from autograd.viz import draw_dot

rng = np.random.default_rng


def test_parameters_in_order_and_once():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    names = [name for name, _ in model.named_parameters()]
    assert names == ["steps.0.W", "steps.0.b", "steps.2.W", "steps.2.b"]
    assert [p.shape for p in model.parameters()] == [(3, 4), (4,), (4, 2), (2,)]

    class Tied(nn.Module):
        def __init__(self):
            self.first = nn.Linear(2, 2)
            self.again = {"same": self.first}
            self.extra = (Parameter(1.0), Value(2.0))

    assert [name for name, _ in Tied().named_parameters()] == ["first.W", "first.b", "extra.0", "extra.1"]


def test_modes_reach_all_modules():
    model = nn.Sequential(nn.Linear(3, 4), nn.Sequential(nn.ReLU()))
    model.eval()
    assert not any(module.training for module in model.modules())
    assert all(module.training for module in model.train().modules())
    with pytest.raises(NotImplementedError, match="Module defines no __call__"):
        nn.Module()(1.0)


def test_same_seed_same_network():
    first, second = (nn.MLP(2, [3, 1], rng=rng(7)) for _ in range(2))
    assert [p.data for p in first.parameters()] == [p.data for p in second.parameters()]
    one, two = (nn.Linear(5, 4, rng=rng(7)) for _ in range(2))
    np.testing.assert_array_equal(one.W.data, two.W.data)
    assert one.W.dtype == np.float64 and nn.Linear(2, 2, dtype=np.float32).b.dtype == np.float32


def test_text():
    assert repr(nn.MLP(2, [2, 1])) == "MLP of [Layer of [ReluNeuron(2), ReluNeuron(2)], Layer of [LinearNeuron(2)]]"
    assert repr(nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Sigmoid(), nn.ReLU())) == (
        "Sequential(Linear(2, 3), Tanh(), Sigmoid(), ReLU())"
    )
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh())
    assert len(model) == 2 and isinstance(model[1], nn.Tanh)


def test_wrong_inputs_are_named():
    with pytest.raises(ValueError, match=r"ReluNeuron\(2\) takes 2 inputs, one sample at a time, but x has 3"):
        nn.Neuron(2)([1.0, 2.0, 3.0])
    with pytest.raises(ShapeError, match=r"Linear\(3, 2\) takes rows of 3 numbers, but x has shape \(4, 2\)"):
        nn.Linear(3, 2)(np.ones((4, 2)))
    with pytest.raises(ValueError, match="no activation is called 'rleu'; there are elu, gelu"):
        nn.MLP(2, [2, 1], activation="rleu")


@pytest.mark.parametrize("name", sorted(nn.activations.ACTIVATIONS))
def test_activations_on_both_tiers(name):
    check_grads(nn.activations.activation_named(name), 0.7)
    check_grads(nn.activations.activation_named(name), np.array([-1.2, 0.3, 2.0]))


LOSSES = {
    "mse": (nn.losses.mse, [0.2, -1.0, 3.0], [0.0, 1.0, 2.0], 7 / 3 * (0.04 + 4 + 1) / 7),
    "hinge": (nn.losses.hinge, [0.2, -1.0, 3.0], [1, 1, -1], (0.8 + 2 + 4) / 3),
    "bce": (nn.losses.bce, [0.1, 0.9, 0.8], [0, 1, 1], -np.log([0.9, 0.9, 0.8]).mean()),
    "bce_with_logits": (
        nn.losses.bce_with_logits,
        [0.2, -1.0, 3.0],
        [0, 1, 1],
        np.mean(np.log1p(np.exp([0.2, 1.0, -3.0]))),
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_losses_on_both_tiers(name):
    loss, predictions, targets, expected = LOSSES[name]
    values = [Value(p) for p in predictions]
    tensor = Tensor(predictions)
    scalar, matrix = loss(values, targets), loss(tensor, np.array(targets))
    assert scalar.item() == pytest.approx(expected, rel=1e-12)
    assert matrix.item() == pytest.approx(expected, rel=1e-12)
    scalar.backward()
    matrix.backward()
    np.testing.assert_allclose([v.grad for v in values], tensor.grad, rtol=1e-14)
    check_grads(lambda p: loss(p, np.array(targets)), np.array(predictions))


@pytest.mark.parametrize("name", LOSSES)
def test_losses_refuse_the_column_against_the_row(name):
    loss, predictions, targets, _ = LOSSES[name]
    with pytest.raises(ShapeError, match=r"shape \(3, 1\) and targets \(3,\).*shape \(3, 3\).*targets.reshape\(3, 1\)"):
        loss(Tensor(predictions).reshape(3, 1), np.array(targets))


def test_cross_entropy():
    z, labels = rng(0).normal(size=(4, 3)), np.array([0, 2, 1, 1])
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    y = np.eye(3)[labels]
    t = Tensor(z)
    loss = nn.losses.cross_entropy(t, labels)
    loss.backward()
    assert loss.item() == pytest.approx(-np.log(p[np.arange(4), labels]).mean(), rel=1e-12)
    np.testing.assert_allclose(t.grad, (p - y) / 4, rtol=1e-12, atol=1e-16)
    assert nn.losses.cross_entropy(z, y) == pytest.approx(loss.item(), rel=1e-14)
    assert nn.losses.cross_entropy([Value(x) for x in z[0]], 0).item() == pytest.approx(-np.log(p[0, 0]), rel=1e-12)


@pytest.mark.parametrize("size", [1e4, -1e4])
def test_fused_losses_at_the_extremes(size):
    t = Tensor([[size, 0.0]])
    nn.losses.cross_entropy(t, [0]).backward()
    np.testing.assert_array_equal(t.grad, [[0.0, 0.0]] if size > 0 else [[-1.0, 1.0]])
    v = Value(size)
    loss = nn.losses.bce_with_logits(v, 1.0)
    loss.backward()
    assert (loss.item(), v.grad) == ((0.0, 0.0) if size > 0 else (1e4, -1.0))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.losses.hinge([0.5], [0]), r"labels are -1 and 1, not \[0\]; from 0 and 1: 2 \* labels - 1"),
        (lambda: nn.losses.bce([1.5], [1]), "probabilities lie between 0 and 1.*bce_with_logits"),
        (lambda: nn.losses.cross_entropy(np.ones((2, 3)), [0, 3]), "labels run from 0 to 3, the logits have 3"),
        (lambda: nn.losses.cross_entropy(np.ones((2, 3)), [0.0, 1.0]), r"integer labels of shape \(2,\), or one-hot"),
        (lambda: nn.losses.cross_entropy(np.ones((2, 3)), np.ones((2, 3))), "add up to 1; these do not"),
        (lambda: nn.losses.mse(np.ones(2), np.ones(3)), "a difference of the two would have shape no"),
        (lambda: nn.optim.SGD([], lr=0.1), "given no parameters; pass model.parameters"),
        (lambda: nn.optim.SGD([Value(1.0)], lr=0.0), "the learning rate is 0.0; it is a positive number"),
        (lambda: nn.optim.SGD([Value(1.0)], lr=0.1).step(), r"call loss.backward\(\) before step\(\)"),
    ],
)
def test_errors_say_what_to_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_bce_is_clipped_as_documented():
    p = Value(1.0)
    loss = nn.losses.bce(p, 0.0)
    loss.backward()
    assert loss.item() == pytest.approx(-np.log(1e-7), rel=1e-7)
    assert p.grad == 0.0
    assert nn.losses.bce(Value(0.5), 1.0, clip=0).item() == pytest.approx(np.log(2))


def test_sgd_on_both_tiers():
    v, p = Value(3.0), Parameter([3.0])
    optimiser = nn.optim.SGD([v, p, Value(1.0)], lr=0.1)
    for _ in range(2):
        (v * v + (p * p).sum()).backward()
        optimiser.step()
        optimiser.zero_grad()
    assert v.data == pytest.approx(3 * 0.8**2) and p.item() == pytest.approx(v.data)
    assert v.grad == 0.0 and p.grad is None


def test_the_documents_gradient_check():
    model = nn.Sequential(nn.Linear(3, 4, rng=rng(0)), nn.Tanh(), nn.Linear(4, 2, rng=rng(1)))
    X, y = rng(2).normal(size=(5, 3)), [0, 1, 1, 0, 1]
    before = [p.data.copy() for p in model.parameters()]
    errors = relative_errors(lambda: nn.losses.cross_entropy(model(X), y), model.parameters())
    assert len(errors) == 4 and max(errors) < 1e-8
    for p, start in zip(model.parameters(), before, strict=True):
        np.testing.assert_array_equal(p.data, start)
        assert p.grad is None


def test_gradient_of_a_penalty_on_a_gradient():
    """A gradient that depends on parameters is a node: it can be part of a loss."""
    layer = nn.Linear(3, 1, rng=rng(0))
    slope = grad(lambda x: np.tanh(layer(x)).sum())(np.ones(3))
    (slope**2).sum().backward()
    W, t = layer.W.data[:, 0], np.tanh(layer.W.data.sum() + layer.b.data[0])
    s = 1 - t * t
    np.testing.assert_allclose(slope.data, s * W)
    np.testing.assert_allclose(layer.W.grad[:, 0], 2 * s * s * W - 4 * s * s * t * np.sum(W * W), rtol=1e-12)


def test_what_is_no_parameter():
    class Remembers(nn.Module):
        def __init__(self):
            self.w, self.mean = Value(2.0), Tensor([1.0])
            self.parts = {"a": [nn.Linear(1, 1)]}

        def __call__(self, x):
            self.last = self.w * x
            return self.last

    module = Remembers()
    module(3.0)
    assert [name for name, _ in module.named_parameters()] == ["w", "parts.a.0.W", "parts.a.0.b"]
    assert not module.eval().parts["a"][0].training


@pytest.mark.parametrize("loss", [nn.losses.bce_with_logits, nn.losses.cross_entropy])
def test_labels_take_no_gradient(loss):
    with pytest.raises(TypeError, match=r"taking the labels of .* would lose its gradient"):
        loss(Tensor([0.1, 0.2]), Tensor([0.5, 0.5]))
    assert loss(Tensor([0.1, 0.2]), Tensor([0.5, 0.5]).detach()).item() > 0


def test_an_impossible_class_costs_nothing():
    t = Tensor([[0.0, -np.inf]])
    loss = nn.losses.cross_entropy(t, [0])
    loss.backward()
    assert loss.item() == 0.0 and t.grad.tolist() == [[0.0, 0.0]]


def test_a_shared_parameter_is_updated_once():
    w = Value(1.0)
    w.grad = 1.0
    nn.optim.SGD([w, w], lr=0.5).step()
    assert w.data == 0.5


def test_networks_are_pickled():
    for model in (nn.MLP(2, [3, 1], rng=rng(0)), nn.Sequential(nn.Linear(2, 3), nn.Tanh())):
        copy = pickle.loads(pickle.dumps(model))
        assert [np.asarray(p.data).tolist() for p in copy.parameters()] == [
            np.asarray(p.data).tolist() for p in model.parameters()
        ]
        assert np.all(np.asarray(copy([1.0, 2.0]).data) == np.asarray(model([1.0, 2.0]).data))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.MLP(2, 4), r"the sizes of the layers are a list, as in MLP\(2, \[16, 16, 1\]\)"),
        (lambda: nn.optim.SGD(nn.Linear(1, 1), lr=0.1), r"pass its .parameters\(\)"),
        (lambda: draw_dot(3.0), "draws the graph of a Value or a Tensor, not of 3.0"),
    ],
)
def test_wrong_types_are_named(call, message):
    with pytest.raises(TypeError, match=message):
        call()
