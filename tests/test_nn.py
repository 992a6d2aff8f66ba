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


@pytest.mark.parametrize("name", sorted(set(nn.activations.ACTIVATIONS) - {"softmax"}))  # which takes more than one
def test_activations_on_both_tiers(name):
    check_grads(nn.activations.activation_named(name), 0.7)
    check_grads(nn.activations.activation_named(name), np.array([-1.2, 0.3, 2.0]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.Neuron(2, activation="softmax"), r"softmax is of a whole layer: Layer\(n_inputs, n_outputs, act"),
        (lambda: nn.MLP(2, [3, 1], output="softmax"), "the softmax of one output is always 1; .* take sigmoid"),
        (lambda: nn.MLP(2, [2, 1])([[1.0, 2.0], [3.0, 4.0]]), r"takes 2 numbers, one sample .*\(2, 2\); write \[model"),
        (lambda: nn.Neuron(2)(np.ones((2, 5))), r"ReluNeuron\(2\) takes 2 numbers, one sample .* shape \(2, 5\)"),
        (lambda: nn.MLP(2, []), r"MLP\(2, \[\]\): there are one or more layers, each of one neuron or more"),
        (lambda: nn.MLP(2, [3, 1], output="step"), "no activation is called 'step'; there are elu, gelu"),
    ],
)
def test_errors_say_what_to_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# States ----------------------------------------------------------------------------------------------------------


def test_state_on_both_tiers():
    for make in (lambda: nn.MLP(2, [3, 1]), lambda: nn.Sequential(nn.Linear(2, 3, dtype=np.float32), nn.BatchNorm(3))):
        model, other = make(), make()
        if not model.parameters()[0].is_array:
            assert model.state()["layers.0.neurons.0.w.0"].shape == ()
        else:
            model(rng(0).normal(size=(4, 2)))
            assert " ".join(model.state()) == (
                "steps.0.W steps.0.b steps.1.gamma steps.1.beta steps.1.running_mean steps.1.running_var"
            )
        leaves, buffers = other.parameters(), [buffer for _, buffer in other.named_buffers()]
        other.load_state({name: array.astype(np.float64) for name, array in model.state().items()})
        for name, array in other.state().items():
            np.testing.assert_array_equal(array, model.state()[name])
            assert array.dtype == model.state()[name].dtype
        assert all(p is q for p, q in zip(other.parameters(), leaves, strict=True))
        assert all(a is b for (_, a), b in zip(other.named_buffers(), buffers, strict=True))
        model.state()[name][...] = 7.0  # a copy
        np.testing.assert_array_equal(model.state()[name], other.state()[name])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda s: s.pop("steps.1.running_mean"),
            "not fit Sequential: missing steps.1.running_mean; nothing has changed",
        ),
        (lambda s: s.update(extra=np.ones(2), more=1.0), "unexpected extra, more; nothing"),
        (lambda s: s.update({"steps.1.beta": np.ones(4)}), r"steps.1.beta has shape \(4,\), here \(3,\)"),
        (lambda s: s.update({"steps.1.beta": np.ones((1, 3))}), r"steps.1.beta has shape \(1, 3\), here \(3,\)"),
        (lambda s: s.update({"steps.0.b": np.array(["a", "b", "c"])}), "steps.0.b has dtype <U1, here float64"),
        (
            lambda s: (s.pop("steps.0.W"), s.update({"W": s["steps.0.b"], "steps.0.b": 1.0})),
            r"missing steps.0.W; unexpected W; steps.0.b has shape \(\), here \(3,\)",
        ),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change, message):
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm(3))
    before = model.state()
    state = {name: array + 1 for name, array in before.items()}
    change(state)
    with pytest.raises(nn.StateError, match=message):
        model.load_state(state)
    for name, array in model.state().items():
        np.testing.assert_array_equal(array, before[name])


def test_object_arrays_and_links_back():
    class Odd(nn.Module):
        def __init__(self):
            self.w = np.array([Value(1.0), Value(2.0)])
            self.mean, self.me = np.zeros(2), self

    odd = Odd()
    assert [name for name, _ in odd.named_parameters()] == ["w.0", "w.1"]
    assert [name for name, _ in odd.named_buffers()] == ["mean"]
    assert list(odd.modules()) == [odd] and odd.eval() is odd and repr(odd) == "Odd()"


# Neurons and the arrays of the same weights ----------------------------------------------------------------------


@pytest.mark.parametrize("activation", sorted(nn.activations.ACTIVATIONS))
@pytest.mark.parametrize(("output", "size"), [("linear", 1), ("sigmoid", 1), ("tanh", 2), ("softmax", 3)])
def test_neurons_and_tensors_agree(activation, output, size):
    mlp = nn.MLP(3, [4, 5, size], activation=activation, output=output, rng=rng(0))
    for p in mlp.parameters():
        p.data += 0.1  # biases too
    model = mlp.to_tensors()
    X, weights = rng(1).normal(size=(6, 3)), rng(2).normal(size=(6, size))
    rows = [out if isinstance(out, list) else [out] for out in map(mlp, X)]
    together = model(X)
    np.testing.assert_allclose([[v.data for v in row] for row in rows], together.data, rtol=1e-12)
    sum(w * v for w, v in zip(weights.ravel(), [v for row in rows for v in row], strict=True)).backward()
    (together * weights).sum().backward()
    linears = [part for part in model.steps if isinstance(part, nn.Linear)]
    for layer, linear in zip(mlp.layers, linears, strict=True):
        W = np.array([[w.grad for w in neuron.w] for neuron in layer.neurons]).T
        np.testing.assert_allclose(W, linear.W.grad, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose([neuron.b.grad for neuron in layer.neurons], linear.b.grad, rtol=1e-12, atol=1e-14)
    model[0].W.update(np.multiply, 0.0)
    assert mlp.layers[0].neurons[0].w[0].data != 0.0  # copies


def test_text_of_other_outputs():
    mlp = nn.MLP(1, [2, 2], activation="tanh", output="softmax")
    assert (
        repr(mlp)
        == "MLP of [Layer of [TanhNeuron(1), TanhNeuron(1)], SoftmaxLayer of [LinearNeuron(2), LinearNeuron(2)]]"
    )
    assert repr(mlp.to_tensors()) == "Sequential(Linear(1, 2), Tanh(), Linear(2, 2), Softmax())"
    assert repr(nn.Layer(2, 1, nonlin=False)) == "Layer of [LinearNeuron(2)]"
    assert [v.data for v in nn.MLP(1, [1, 2])(0.0)] == [0.0, 0.0]


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
        (lambda: nn.Layer(2, 3, "tanh"), "nonlin is 'tanh', and is True or False; write activation=\"tanh\""),
        (lambda: nn.Neuron(2, "tanh"), "nonlin is 'tanh', and is True or False"),
        (lambda: draw_dot(3.0), "draws the graph of a Value or a Tensor, not of 3.0"),
    ],
)
def test_wrong_types_are_named(call, message):
    with pytest.raises(TypeError, match=message):
        call()
