"""Initial weights: their scales, their bits, and the documents' experiment with them."""

import numpy as np
import pytest

import nn
from nn import init

SHAPE = (400, 600)

SCALES = {
    "zeros": 0.0,
    "he": np.sqrt(2 / 400),
    "lecun": np.sqrt(1 / 400),
    "orthogonal": np.sqrt(1 / 600),  # rows of length 1
    "xavier": np.sqrt(2 / 1000),
    "xavier_fan_in": np.sqrt(1 / 400),
    "xavier_uniform": np.sqrt(2 / 1000),
}


@pytest.mark.parametrize("name", init.INITIALISERS)
def test_scales(name):
    W = init.initialiser_named(name)(SHAPE, np.random.default_rng(0))
    assert W.shape == SHAPE and W.dtype == np.float64
    assert W.std() == pytest.approx(SCALES[name], rel=0.01)  # of 240,000 draws: 7 standard errors
    assert abs(W.mean()) <= 5 * SCALES[name] / np.sqrt(W.size)


def test_constant_normal_uniform():
    rng = np.random.default_rng(0)
    assert (init.constant(2)(SHAPE, rng) == 2.0).all()
    assert init.normal(0.01)(SHAPE, rng).std() == pytest.approx(0.01, rel=0.01)
    for W, limit in ((init.uniform(0.3)(SHAPE, rng), 0.3), (init.xavier_uniform(SHAPE, rng), np.sqrt(6 / 1000))):
        assert 0.999 * limit < np.abs(W).max() <= limit


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7), (4, 1)])
def test_orthogonal(shape):
    Q = init.orthogonal(shape, np.random.default_rng(0))
    Q = Q if shape[0] >= shape[1] else Q.T
    np.testing.assert_allclose(Q.T @ Q, np.eye(Q.shape[1]), atol=1e-14)
    first = [init.orthogonal((2, 2), np.random.default_rng(seed))[0, 0] for seed in range(200)]
    assert 70 < np.sum(np.array(first) > 0) < 130  # without its signs put right, the decomposition prefers one


def test_a_random_state_has_the_bits_of_randn():
    drawn, expected = np.random.RandomState(42), np.random.RandomState(42)
    for d_in, d_out in ((2, 10), (10, 1)):
        layer = nn.Linear(d_in, d_out, rng=drawn)
        np.testing.assert_array_equal(layer.W.data, expected.randn(d_in, d_out) * np.sqrt(2.0 / d_in))
        assert not layer.b.data.any()
    # "Multi-Layer Perceptron (1 Hidden Layer)" goes on to draw the sigmoid's weights, by its Xavier.
    W1 = nn.Linear(2, 10, rng=drawn, init="xavier_fan_in").W.data
    assert W1[0, :3].tolist() == [-0.425470825792191, 1.309758464910177, -0.009543979139391898]


def test_linear_draws_as_it_always_did():
    rng = np.random.default_rng(7)
    first, second = nn.Linear(3, 4, rng=rng), nn.Linear(4, 2, rng=rng)
    again = np.random.default_rng(7)
    for layer, (d_in, d_out) in ((first, (3, 4)), (second, (4, 2))):
        np.testing.assert_array_equal(layer.W.data, again.normal(0.0, np.sqrt(2.0 / d_in), (d_in, d_out)))


# "Neural Networks Solutions - Module 6", exercise 6.2 after np.random.seed(42): the standard deviation of the
# activations, layer by layer. Its text says which of them vanish and which saturate.
STANDARD_DEVIATIONS = {
    init.zeros: [0.0, 0.0, 0.0, 0.0, 0.0],
    init.normal(0.01): [
        0.09959226121758406, 0.00976818426501941, 0.000985482930135715, 9.768059498452013e-05, 9.858290707048147e-06,
    ],
    init.normal(1.0): [
        0.9588388520744516, 0.9566584437000081, 0.9572660398325782, 0.9578736912873321, 0.9575874225361242,
    ],
    init.xavier: [
        0.6290044455386299, 0.4880542792604281, 0.40576582396895006, 0.3609371170960034, 0.32971599774679333,
    ],
    init.he: [0.722147424503191, 0.6332425469919803, 0.5919999943996579, 0.5704950913744806, 0.5614265046692921],
}  # fmt: skip


def test_the_documents_comparison():
    state = np.random.RandomState(42)
    for initialiser, expected in STANDARD_DEVIATIONS.items():
        x, found = state.randn(1000, 100), []
        for _ in range(5):
            x = np.tanh(x @ nn.Linear(100, 100, rng=state, init=initialiser).W.data)
            found.append(x.std())
        np.testing.assert_allclose(found, expected, rtol=1e-10)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: init.initialiser_named("glorot"), r"called 'glorot'; there are he, lecun, .*nn.init.normal\(0.01\)"),
        (lambda: nn.Linear(2, 3, init="Xavier"), "no initialiser is called 'Xavier'; there are he"),
        (lambda: init.he((3,), None), r"a shape \(fan_in, fan_out\) of two positive whole numbers, not \(3,\)"),
        (lambda: nn.Linear(0, 3), r"two positive whole numbers, not \(0, 3\)"),
        (lambda: nn.Linear(2, 3, init=lambda s, r: np.ones(3)), r"gave weights of shape \(3,\), asked for \(2, 3\)"),
    ],
)
def test_errors_say_what_to_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()
