"""Layers against closed forms, the documents' numbers, and each other on both tiers."""

import copy
import pickle

import closed_forms
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nn
from autograd import ShapeError, StaleGraphError, Tensor, Value, no_grad
from autograd.check import check_grads
from nn.layers import ACTIVATION_LAYERS

rng = np.random.default_rng


def every_layer(dtype=np.float64):
    """One of each, all on rows of 4; their options are no Python floats, which would turn float32 into float64."""
    linear = nn.Linear(4, 4, rng=rng(0), dtype=dtype)
    return [
        *(layer() for layer in ACTIVATION_LAYERS.values()), linear, nn.Residual(linear), nn.Flatten(),
        nn.LeakyReLU(np.float64(0.01)), nn.ELU(np.float64(1.0)), nn.Dropout(np.float64(0.5), rng=rng(0)),
        nn.BatchNorm(4, eps=np.float64(1e-5), dtype=dtype), nn.LayerNorm(4, eps=np.float64(1e-5), dtype=dtype),
    ]  # fmt: skip


# Activations -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ACTIVATION_LAYERS)
def test_activation_layers_are_the_functions_of_that_name(name):
    layer, function = ACTIVATION_LAYERS[name](), nn.activations.activation_named(name)
    numbers = rng(0).normal(size=4)
    tensor, values = Tensor(numbers), [Value(x) for x in numbers]
    weights = rng(1).normal(size=4)
    (layer(tensor) * weights).sum().backward()
    outputs = layer(values)
    sum(w * y for w, y in zip(weights, outputs, strict=True)).backward()
    assert_array_equal(layer(numbers), function(numbers))
    assert_allclose([y.data for y in outputs], layer(numbers), rtol=1e-12)
    assert_allclose([x.grad for x in values], tensor.grad, rtol=1e-12, atol=1e-16)
    check_grads(layer, numbers)


def test_every_activation_has_a_layer():
    assert set(ACTIVATION_LAYERS) == set(nn.activations.ACTIVATIONS) - {"linear"}


def test_options_of_activations():
    assert_array_equal(nn.LeakyReLU(0.2)(np.array([-1.0, 2.0])), [-0.2, 2.0])
    assert_allclose(nn.ELU(alpha=2.0)(np.array([-1.0, 2.0])), [2 * np.expm1(-1.0), 2.0])
    assert repr(nn.Sequential(nn.LeakyReLU(0.2), nn.ELU(), nn.GELU(), nn.Softmax())) == (
        "Sequential(LeakyReLU(0.2), ELU(1.0), GELU(), Softmax())"
    )


@pytest.mark.parametrize("size", [1000.0, -1000.0])
def test_softmax_of_values_is_stable(size):
    values = [Value(size), Value(0.0)]
    p = nn.activations.softmax(values)
    p[0].backward()
    assert [x.data for x in p] == ([1.0, 0.0] if size > 0 else [0.0, 1.0])
    assert [x.grad for x in values] == [0.0, 0.0]


def test_softmax_jacobian():
    z = np.array([1.0, -0.5, 2.0])
    p, J = closed_forms.softmax_jacobian(z)
    for i in range(3):
        values = [Value(x) for x in z]
        out = nn.Softmax()(values)
        out[i].backward()
        assert_allclose([x.data for x in out], p, rtol=1e-13)
        assert_allclose([x.grad for x in values], J[i], rtol=1e-12)


# Normalisation ---------------------------------------------------------------------------------------------------


def module_6_state():
    """The random state of "Neural Networks Solutions - Module 6" where exercise 6.3 begins.

    np.random.seed(42) stands in exercise 5.2. Replayed here: 5.2 and 5.3, 6.1 twice, 6.2 once to plot, once to print.
    """
    state = np.random.RandomState(42)
    state.randn(1000, 2)
    for _ in range(50):
        state.permutation(1000)
    state.randn(200 * 2 + 2 * (10 * 100 + 10))
    for _ in range(2):
        state.randn(5 * 100_000 + 4 * 50_000)
    return state


def test_the_documents_batch_norm():
    """Exercise 6.3: the numbers its code gives."""
    state = module_6_state()
    x, dout = Tensor(state.randn(4, 3) * 5 + 10), state.randn(4, 3)
    norm = nn.BatchNorm(3)
    out = norm(x)
    out.backward(dout)
    assert_allclose(
        out.data,
        [
            [-0.1865874415369654, 1.3227363571322472, 1.7208487598147595],
            [0.4541777442966032, 0.24542602916150666, -0.4828008034743126],
            [-1.4981820581283485, -0.09105951976624986, -0.7590229975528542],
            [1.2305917553687118, -1.4771028665275032, -0.47902495878759205],
        ],
        rtol=1e-12,
    )
    assert_allclose(
        x.grad,
        [
            [-0.0352150932246456, -0.37086285176008094, -0.002333076235669543],
            [-0.18388419177876672, 0.5222976034625713, 0.1511846109802116],
            [0.0706091124919764, 0.10005861676814082, -0.020368880823438337],
            [0.14849017251143592, -0.2514933684706309, -0.1284826539211037],
        ],
        rtol=1e-12,
    )
    assert_allclose(norm.gamma.grad, [0.5058762152570591, 1.5766336322370322, -0.628357961842642], rtol=1e-12)
    assert_allclose(norm.beta.grad, [0.4810060668078847, 2.2659747947871707, -1.6807744618381775], rtol=1e-12)
    assert_allclose(norm.running_mean, [1.1617725643558243, 1.2475935112686483, 0.8865640565459413], rtol=1e-12)
    assert_allclose(norm.running_var, [2.755659081122987, 1.304886530939776, 2.7974845101019836], rtol=1e-12)


@pytest.mark.parametrize("convention", ["documents", "pytorch"])
def test_batch_norm_against_the_closed_form(convention):
    X, gamma, beta, dout = (rng(0).normal(size=shape) for shape in [(8, 3), 3, 3, (8, 3)])
    norm = nn.BatchNorm(3, convention=convention)
    norm.gamma.data, norm.beta.data = gamma, beta
    x = Tensor(X)
    out = norm(x)
    out.backward(dout)
    expected, grads = closed_forms.batch_norm(X, gamma, beta, dout)
    assert_allclose(out.data, expected, rtol=1e-12)
    for got, name in ((x.grad, "X"), (norm.gamma.grad, "gamma"), (norm.beta.grad, "beta")):
        assert_allclose(got, grads[name], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("options", "old", "ddof"),
    [
        ({}, 0.9, 0),
        ({"momentum": 0.6}, 0.6, 0),
        ({"convention": "pytorch"}, 0.9, 1),
        ({"convention": "pytorch", "momentum": 0.3}, 0.7, 1),
    ],
)
def test_running_statistics(options, old, ddof):
    norm = nn.BatchNorm(2, **options)
    mean, var = np.zeros(2), np.ones(2)
    for seed in range(3):
        X = rng(seed).normal(3.0, 2.0, (5, 2))
        norm(Tensor(X))
        mean, var = old * mean + (1 - old) * X.mean(axis=0), old * var + (1 - old) * X.var(axis=0, ddof=ddof)
    assert_allclose(norm.running_mean, mean, rtol=1e-14)
    assert_allclose(norm.running_var, var, rtol=1e-14)
    assert type(norm.running_mean) is type(norm.running_var) is np.ndarray
    x = Tensor([[1.0, 2.0]])
    out = norm.eval()(x)  # one sample is enough now, and statistics are constants
    out.sum().backward()
    assert_allclose(out.data, (x.data - mean) / np.sqrt(var + 1e-5), rtol=1e-14)
    assert_allclose(x.grad, [1 / np.sqrt(var + 1e-5)], rtol=1e-14)
    assert_allclose(norm.running_mean, mean, rtol=1e-14)


def test_layer_norm_is_batch_norm_of_the_transpose():
    X, gamma, beta, dout = (rng(0).normal(size=shape) for shape in [(5, 4), 4, 4, (5, 4)])
    norm = nn.LayerNorm(4)
    norm.gamma.data, norm.beta.data = gamma, beta
    x = Tensor(X)
    out = norm(x)
    out.backward(dout)
    columns, grads = closed_forms.batch_norm(X.T, np.ones(5), np.zeros(5), (dout * gamma).T)
    assert_allclose(out.data, gamma * columns.T + beta, rtol=1e-12)
    assert_allclose(x.grad, grads["X"].T, rtol=1e-11, atol=1e-15)
    assert_allclose(norm.gamma.grad, (dout * columns.T).sum(axis=0), rtol=1e-12)
    assert_allclose(norm.beta.grad, dout.sum(axis=0), rtol=1e-12)
    assert_allclose(norm(X[0]).data, out.data[0], rtol=1e-14)


# Dropout ---------------------------------------------------------------------------------------------------------


def test_the_documents_dropout():
    """Challenge 1: its mask is ``rand(5, 4) > 0.5``, drawn after x."""
    state = module_6_state()
    state.randn(2 * 4 * 3)
    x = Tensor(state.randn(5, 4))
    drop = nn.Dropout(0.5, rng=state)
    out, dout = drop(x), state.randn(5, 4)
    out.backward(dout)
    assert_array_equal(
        out.data,
        [
            [0.7465096997604095, 1.2135274511480516, 0.0, 0.0],
            [-1.0303050890694678, 3.301924451276999, -1.9791453627272382, 0.0],
            [0.0, 0.49309161217345676, 0.0, 0.0],
            [1.4290119986769083, 0.0, -2.353577695935473, 1.7713770306952108],
            [0.0, 0.0, 0.25490970643689237, 0.0],
        ],
    )
    assert_array_equal(
        x.grad,
        [
            [-0.7413182484405101, 0.669824357643929, 0.0, 0.0],
            [-0.16855815009467226, 1.7303303944369863, -1.5033442383512083, 0.0],
            [0.0, 0.7177651123041078, 0.0, 0.0],
            [0.6239204845720835, 0.0, -1.2294508825787627, 0.20572702343083063],
            [0.0, 0.0, 0.3318441050269029, 0.0],
        ],
    )
    assert drop.eval()(x) is x


def test_dropout_keeps_the_mean():
    for p in (0.2, 0.7):
        out = nn.Dropout(p, rng=rng(0))(np.ones(100_000))
        assert set(np.unique(out)) == {0.0, 1 / (1 - p)}
        assert (out == 0).mean() == pytest.approx(p, abs=0.01) and out.mean() == pytest.approx(1, abs=0.02)
    x = Tensor([1.0])
    assert nn.Dropout(0.0)(x) is x


def test_dropout_on_both_tiers():
    numbers = rng(0).normal(size=6)
    tensor, values = Tensor(numbers), [Value(x) for x in numbers]
    from_tensor, from_values = (nn.Dropout(0.4, rng=rng(1))(x) for x in (tensor, values))
    from_tensor.sum().backward()
    sum(from_values).backward()
    assert_array_equal([y.data for y in from_values], from_tensor.data)
    assert_array_equal([x.grad for x in values], tensor.grad)
    assert nn.Dropout(0.5, rng=rng(0))(Value(3.0)).data == 6.0
    assert_array_equal(nn.Dropout(0.5, rng=rng(0))([3.0, 3.0]), [6.0, 0.0])


def test_generators_are_found_once():
    shared = rng(0)
    drop = nn.Dropout(rng=np.random.RandomState(0))
    model = nn.Sequential(nn.Dropout(rng=shared), nn.Sequential(nn.Dropout(rng=shared)))
    model.others = {"a": [drop]}
    assert model.generators() == [shared, drop.rng]


# Residual, Flatten, Embedding ------------------------------------------------------------------------------------


def test_residual():
    inner = nn.Linear(3, 3, rng=rng(0))
    x = Tensor(rng(1).normal(size=(2, 3)))
    out = nn.Residual(inner)(x)
    out.sum().backward()
    assert_allclose(out.data, x.data + x.data @ inner.W.data, rtol=1e-14)
    assert_allclose(x.grad, 1 + np.ones((2, 3)) @ inner.W.data.T, rtol=1e-14)
    assert_allclose(nn.Residual(inner)(x.data.tolist()).data, out.data)
    check_grads(nn.Residual(nn.Sequential(inner, nn.Tanh())), x.data)


@pytest.mark.parametrize("size", [1, 3])
def test_residual_of_neurons(size):
    layer = nn.Layer(size, size, activation="tanh", rng=rng(0))
    numbers = rng(1).normal(size=size)
    values, tensor = [Value(x) for x in numbers], Tensor(numbers)
    out = nn.Residual(layer)(values)
    out = out if size > 1 else [out]
    sum(out).backward()
    same = nn.Residual(nn.Sequential(*layer.to_tensors()))(tensor)
    same.sum().backward()
    assert_allclose([y.data for y in out], same.data, rtol=1e-12)
    assert_allclose([x.grad for x in values], tensor.grad, rtol=1e-12)
    plain = nn.Residual(layer)(list(numbers))
    assert_allclose([y.data for y in (plain if size > 1 else [plain])], same.data, rtol=1e-12)


def test_flatten():
    x = Tensor(np.arange(24.0).reshape(2, 3, 4))
    assert_array_equal(nn.Flatten()(x).data, np.arange(24.0).reshape(2, 12))
    nn.Flatten()(x).sum().backward()
    assert x.grad.shape == (2, 3, 4)
    assert nn.Flatten()(np.ones((0, 3, 4))).shape == (0, 12)
    assert nn.Flatten()([[[1.0], [2.0]]]).shape == (1, 2)


def test_embedding():
    table = nn.Embedding(5, 3, rng=rng(0))
    ids = np.array([[0, 4], [4, 4]])
    out = table(ids)
    weights = rng(1).normal(size=(2, 2, 3))
    (out * weights).sum().backward()
    one_hot = np.eye(5)[ids]
    assert_array_equal(out.data, one_hot @ table.W.data)
    assert_allclose(table.W.grad, np.einsum("abi,abd->id", one_hot, weights), rtol=1e-14)
    assert table(3).shape == (3,) and table(np.zeros((0,), int)).shape == (0, 3)


# All of them -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", every_layer(np.float32), ids=str)
def test_float32_stays(model):
    X = rng(0).normal(size=(3, 4)).astype(np.float32)
    for mode in (True, False):
        x = Tensor(X)
        out = model.train(mode)(x)
        out.sum().backward()
        assert out.dtype == x.grad.dtype == np.float32
        assert {array.dtype for array in model.state().values()} <= {np.dtype(np.float32)}
    assert nn.Embedding(2, 3, dtype=np.float32)([0]).dtype == np.float32


@pytest.mark.parametrize("layer", every_layer(), ids=str)
def test_pickled_and_copied(layer):
    X = rng(0).normal(size=(3, 4))
    copies = [pickle.loads(pickle.dumps(layer)), copy.deepcopy(layer)]
    with no_grad():
        expected = np.asarray(layer(X))
        for other in copies:
            assert type(other) is type(layer)
            assert_array_equal(np.asarray(other(X)), expected)  # a Dropout's copy goes on with the same draws


@pytest.mark.parametrize("mode", [True, False])
def test_an_update_after_the_forward_pass_is_noticed(mode):
    """A graph is right or raises: load_state writes to weights and to running statistics."""
    norm = nn.BatchNorm(2).train(mode)
    x = Tensor(rng(0).normal(size=(4, 2)))
    out = norm(x)
    norm.load_state({name: array + 1 for name, array in norm.state().items()})
    with pytest.raises(StaleGraphError, match=r"beta .* was updated in place"):
        out.sum().backward()
    frozen = nn.BatchNorm(2).eval()
    frozen.gamma = frozen.gamma.detach()
    frozen.beta = frozen.beta.detach()
    out = frozen(x)
    frozen.running_var[...] = 100.0
    out.sum().backward()
    assert_allclose(x.grad, np.full((4, 2), 1 / np.sqrt(1 + 1e-5)), rtol=1e-14)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: nn.Dropout(1.0), ValueError, r"Dropout\(1.0\): p is the probability of dropping .*less than 1"),
        (lambda: nn.Dropout(-0.1), ValueError, "at least 0 and less than 1"),
        (lambda: nn.BatchNorm(3, convention="keras"), ValueError, "'documents' and 'pytorch', no 'keras'"),
        (lambda: nn.BatchNorm(3, momentum=1.5), ValueError, "the momentum is 1.5; it is a part, between 0 and 1"),
        (
            lambda: nn.BatchNorm(3)(np.ones((1, 3))),
            ShapeError,
            r"BatchNorm\(3\) in training takes a batch \(n, d\) of two samples .* shape \(1, 3\).*call model.eval\(\)",
        ),
        (lambda: nn.BatchNorm(3)([1.0, 2.0, 3.0]), ShapeError, r"of two samples or more.* shape \(3,\)"),
        (lambda: nn.BatchNorm(3)(np.ones((4, 2))), ShapeError, r"takes rows of 3 numbers, but x has shape \(4, 2\)"),
        (lambda: nn.BatchNorm(3, eps=-1e-5), ValueError, "BatchNorm: eps is -1e-05; it is a small number"),
        (lambda: nn.LayerNorm(3, eps=np.nan), ValueError, "LayerNorm: eps is nan; it is a small number"),
        (lambda: nn.Sequential([nn.ReLU()]), TypeError, r"Sequential: \[ReLU\(\)\] is no layer; .*\(\*layers\)"),
        (lambda: nn.Sequential(nn.ReLU), TypeError, r"Sequential: <class .*ReLU'> is no layer; write Sequential"),
        (lambda: nn.Linear(2, 2, dtype=int), TypeError, "holds floats, not int64: take float64, float32, or"),
        (lambda: nn.Linear(2, 2, 0), TypeError, r"rng is 0; it is a random generator, such as np.random.default"),
        (lambda: nn.MLP(2, [1], rng=42), TypeError, "rng is 42; it is a random generator"),
        (lambda: nn.Dropout(rng=np.random), TypeError, "rng is <module 'numpy.random'"),
        (lambda: nn.LayerNorm(3)(np.ones(2)), ShapeError, r"LayerNorm\(3\) takes rows of 3 numbers"),
        (
            lambda: nn.Residual(nn.Linear(3, 1))(np.ones((4, 3))),
            ShapeError,
            r"Residual\(Linear\(3, 1\)\) adds x of shape \(4, 3\) and module\(x\) of shape \(4, 1\); give the module",
        ),
        (lambda: nn.Residual(nn.Layer(2, 3))([1.0, 2.0]), ShapeError, r"x of shape \(2,\) and module\(x\) .* \(3,\)"),
        (lambda: nn.Flatten()(3.0), ShapeError, "keeps the first axis, but x is one number"),
        (lambda: nn.Embedding(5, 2)([0, 5]), IndexError, r"Embedding\(5, 2\) has rows 0 to 4; the ids run from 0 to 5"),
        (lambda: nn.Embedding(5, 2)([-1, 0]), IndexError, "the ids run from -1 to 0"),
        (lambda: nn.Embedding(5, 2)([0.0]), TypeError, "looks up integer ids, and these are of float64"),
        (lambda: nn.Embedding(5, 2)([True]), TypeError, "looks up integer ids, and these are of bool"),
        (lambda: nn.Embedding(5, 2)(Tensor([1.0])), TypeError, "looks up integer ids, and these are of float64"),
        (lambda: nn.Embedding(5, 2)(Value(1.0)), TypeError, r"and these are Value\(data=1.0"),
    ],
)  # fmt: skip
def test_errors_say_what_to_do(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


def test_a_weight_replaced_by_an_array_is_named():
    layer = nn.Linear(2, 2)
    layer.W = np.ones((2, 2))
    with pytest.raises(TypeError, match=r"is a plain array, which no training changes; set layer.W.data = array"):
        layer(np.ones((1, 2)))
