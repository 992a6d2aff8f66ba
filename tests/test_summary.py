"""The table of layers, shapes and numbers of parameters."""

import numpy as np
import pytest

import nn
from autograd import ShapeError


def lines(text):
    return [" ".join(line.split()) for line in text.splitlines()]


def test_the_documents_network(capsys):
    """ "Chapter 3: Neural Networks", part 9: 784-256-128-10 has 235,146 parameters."""
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
    model.summary()
    table = capsys.readouterr().out
    assert lines(table) == [
        "layer output shape parameters",
        "Linear(784, 256) (n, 256) 200,960",
        "ReLU() (n, 256) 0",
        "Linear(256, 128) (n, 128) 32,896",
        "ReLU() (n, 128) 0",
        "Linear(128, 10) (n, 10) 1,290",
        "total 235,146",
    ]
    assert len({len(line) for line in table.splitlines()}) == 1
    assert nn.summary_of(model, 784) == nn.summary_of(model, (784,)) == table.rstrip("\n")


def test_it_stops_where_a_shape_does_not_fit(capsys):
    model = nn.Sequential(nn.Linear(4, 3), nn.Sequential(nn.ReLU(), nn.Linear(5, 2)), nn.Tanh())
    with pytest.raises(ShapeError, match=r"Linear\(5, 2\) takes rows of 5 numbers, but x has shape \(2, 3\)"):
        model.summary()
    assert lines(capsys.readouterr().out)[1:] == [
        "Linear(4, 3) (n, 3) 15",
        "Sequential does not fit",
        "ReLU() (n, 3) 0",
        "Linear(5, 2) does not fit 12",
        "total 27",
    ]
    with pytest.raises(ShapeError):
        nn.summary_of(model)


def test_nested_parts_are_indented():
    block = nn.Residual(nn.Sequential(nn.Linear(3, 3), nn.BatchNorm(3)))
    table = nn.summary_of(nn.Sequential(nn.Flatten(), block, np.tanh, nn.LayerNorm(3)), (3, 1)).splitlines()
    assert [line[: table[0].index("output")].rstrip() for line in table] == [
        "layer", "Flatten()", "Residual", "  Sequential", "    Linear(3, 3)", "    BatchNorm(3)", "<ufunc 'tanh'>",
        "LayerNorm(3)", "total",
    ]  # fmt: skip
    assert table[-1].split() == ["total", str(12 + 6 + 6)]


def test_a_skip_that_does_not_fit_is_shown():
    with pytest.raises(ShapeError, match=r"adds x of shape \(2, 3\) and module\(x\) of shape \(2, 4\)"):
        nn.summary_of(nn.Residual(nn.Linear(3, 4)))


def test_ids_and_single_modules():
    table = nn.summary_of(nn.Sequential(nn.Embedding(10, 4), nn.Flatten(), nn.Linear(12, 2)), (3,))
    assert lines(table)[1:3] == ["Embedding(10, 4) (n, 3, 4) 40", "Flatten() (n, 12) 0"]

    class Own(nn.Module):
        def __init__(self):
            self.hidden, self.out = nn.Linear(2, 5), nn.Linear(5, 1)

        def __call__(self, x):
            return self.out(self.hidden(x)).reshape(-1)

    assert lines(nn.summary_of(Own()))[1:] == ["Own() (n,) 21", "total 21"]
    with pytest.raises(ValueError, match=r"no Linear tells the shape of a sample; give it, as in model.summary"):
        nn.ReLU().summary()
    with pytest.raises(ValueError, match="no Linear tells the shape of a sample"):  # the Linear comes too late
        nn.Sequential(nn.Embedding(10, 4), nn.Flatten(), nn.Linear(12, 2)).summary()


def test_networks_of_neurons():
    assert lines(nn.summary_of(nn.MLP(2, [16, 3, 1], output="sigmoid")))[1:] == [
        "Layer of 16 ReluNeuron(2) 16 Values 48",
        "Layer of 3 ReluNeuron(16) 3 Values 51",
        "Layer of 1 SigmoidNeuron(3) 1 Value 4",
        "total 103",
    ]
    with pytest.raises(ValueError, match="takes 2 inputs, one sample at a time, but x has 3"):
        nn.summary_of(nn.MLP(2, [2]), 3)


def test_the_model_stays_as_it_was():
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm(4), nn.Dropout(0.5, rng=np.random.default_rng(0)))
    model[1].eval()
    model(np.ones((2, 3))).sum().backward()
    state, grads = model.state(), [p.grad.copy() for p in model.parameters()]
    draws = model[2].rng.bit_generator.state
    model.summary()
    for wrong in (5, (2, 2)):
        with pytest.raises(ShapeError):
            model.summary(wrong)
    assert [module.training for module in model.modules()] == [True, True, False, True]
    assert model[2].rng.bit_generator.state == draws
    for path, array in model.state().items():
        np.testing.assert_array_equal(array, state[path])
    for p, grad in zip(model.parameters(), grads, strict=True):
        np.testing.assert_array_equal(p.grad, grad)
