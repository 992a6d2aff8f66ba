"""Optimisers beside their recurrences written out in NumPy, closed solutions, and what they refuse."""

import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Parameter, ShapeError, Value
from nn import optim, schedules
from nn.module import StateError

rng = np.random.default_rng

# --- The recurrences, as the papers write them: gradients g_1 ... g_n and the start x in, x_n out -----------------


def sgd(x, gs, lr, weight_decay=0.0):
    for g in gs:
        x = x - lr * (g + weight_decay * x)
    return x


def momentum(x, gs, lr, momentum=0.9, form="average"):
    gain = 1 - momentum if form == "average" else 1
    for n in range(1, len(gs) + 1):  # v without a recurrence: a weighted sum of all gradients so far
        x = x - lr * sum(gain * momentum ** (n - k) * gs[k - 1] for k in range(1, n + 1))
    return x


def nesterov(x, gs, lr, momentum=0.9):
    """In the form with two points: gradients are taken at x + momentum * v, which is what is returned."""
    v = np.zeros_like(x)
    for g in gs:
        v = momentum * v - lr * g
        x = x + v
    return x + momentum * v


def adagrad(x, gs, lr, eps=1e-10):
    for n, g in enumerate(gs, start=1):
        x = x - lr * g / (np.linalg.norm(gs[:n], axis=0) + eps)
    return x


def rmsprop(x, gs, lr, beta=0.9, eps=1e-8):
    s = np.zeros_like(x)
    for g in gs:
        s = beta * s + (1 - beta) * g**2
        x = x - lr * g / (s**0.5 + eps)
    return x


def adam(x, gs, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
    m, v = np.zeros_like(x), np.zeros_like(x)
    for t, g in enumerate(gs, start=1):
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        m_hat, v_hat = m / (1 - betas[0] ** t), v / (1 - betas[1] ** t)
        x = x - lr * (m_hat / (v_hat**0.5 + eps) + weight_decay * x)
    return x


def adamw(x, gs, lr, weight_decay=0.01, **options):
    return adam(x, gs, lr, weight_decay=weight_decay, **options)


CASES = [
    ("sgd", sgd, {}),
    ("sgd", sgd, {"weight_decay": 0.3}),
    ("momentum", momentum, {}),
    ("momentum", momentum, {"form": "classical", "momentum": 0.7}),
    ("nesterov", nesterov, {}),
    ("adagrad", adagrad, {}),
    ("rmsprop", rmsprop, {"beta": 0.8}),
    ("adam", adam, {}),
    ("adam", adam, {"betas": (0.5, 0.8), "eps": 0.1}),
    ("adamw", adamw, {"weight_decay": 0.2}),
]
RULES = {f"{name} {options or ''}".strip(): (name, recurrence, options) for name, recurrence, options in CASES}


def run(params, gradients, name, **options):
    """Steps with given gradients, one row of each array a step; returns the optimiser."""
    optimiser = optim.optimiser_named(name)(params, **options)
    for row in zip(*gradients, strict=True):
        for p, g in zip(params, row, strict=True):
            p.grad = g
        optimiser.step()
    return optimiser


@pytest.mark.parametrize("rule", RULES)
def test_recurrences_on_both_tiers(rule):
    name, recurrence, options = RULES[rule]
    x, gs = rng(0).normal(size=(3, 2)), rng(1).normal(size=(8, 3, 2))
    p, values = Parameter(x), [Value(entry) for entry in x.flat]
    run([p, *values], [gs, *gs.reshape(8, 6).T], name, lr=0.1, **options)
    np.testing.assert_allclose(p.data, recurrence(x, gs, 0.1, **options), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose([v.data for v in values], p.data.ravel(), rtol=1e-15, atol=0)


@pytest.mark.parametrize("rule", RULES)
def test_float32_stays_float32(rule):
    name, recurrence, options = RULES[rule]
    x, gs = rng(0).normal(size=(3, 2)).astype(np.float32), rng(1).normal(size=(8, 3, 2)).astype(np.float32)
    expected = Parameter(x)
    run([expected], [gs], name, lr=0.1, **options)
    np.testing.assert_allclose(expected.data, recurrence(x.astype(float), gs, 0.1, **options), rtol=1e-5, atol=1e-6)
    for lr in (np.float64(0.1), lambda _: np.float64(0.1)):  # which would turn float32 into float64
        p = Parameter(x)
        optimiser = run([p], [gs], name, lr=lr, **options)
        assert p.dtype == np.float32
        assert {a.dtype for a in optimiser.state().values() if a.ndim} <= {np.dtype(np.float32)}
        assert np.array_equal(p.data, expected.data)


def test_the_documents_momentum():
    """Chapter 3: Neural Networks, exercise 2: three steps of the network of exercise 1."""
    items = json.loads(Path(__file__).with_name("documents.json").read_text())["items"]
    item = next(item for item in items if item["id"] == "S1.momentum")
    given, params = item["inputs"], [Value(x) for x in item["inputs"]["theta"]]
    w1, b1, w2, b2 = params
    optimiser = optim.Momentum(params, lr=given["lr"], momentum=given["beta"])
    for step in item["expected"]["steps"]:
        optimiser.zero_grad()
        nn.losses.bce((w2 * (w1 * 2 + b1).relu() + b2).sigmoid(), 1).backward()
        optimiser.step()
        np.testing.assert_allclose([p.data for p in params], step["theta"], rtol=1e-12)
        np.testing.assert_allclose([optimiser.state()[f"{i}.velocity"] for i in range(4)], step["v"], rtol=1e-12)


@given(st.floats(0.01, 1.9), st.floats(-100, 100))
def test_sgd_on_a_parabola_is_a_power(lr, start):
    """On x**2 / 2 each step multiplies x by 1 - lr."""
    x = Value(start)
    optimiser = optim.SGD([x], lr)
    for _ in range(10):
        optimiser.zero_grad()
        (x * x / 2).backward()
        optimiser.step()
    assert x.data == pytest.approx(start * (1 - lr) ** 10, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", optim.OPTIMISERS)
def test_all_find_the_minimum(name):
    p, v = Parameter([3.0, -2.0]), Value(1.5)
    optimiser = optim.optimiser_named(name)([p, v], lr=schedules.cosine(0.1, total=400))
    for _ in range(400):
        optimiser.zero_grad()
        ((p * p).sum() * 0.5 + v * v).backward()
        optimiser.step()
    assert optim.gradient_norm([p, v]) < (1.0 if name == "adagrad" else 0.02)
    assert optimiser.steps == 400 and optimiser.lr == 0.0


# --- What step() leaves alone --------------------------------------------------------------------------------


def test_without_gradient_and_shared():
    used, unused, shared = Value(3.0), Parameter([3.0]), Value(1.0)
    used.grad = shared.grad = 1.0
    optimiser = optim.Adam([used, unused, shared, shared], lr=0.5)
    optimiser.step()
    assert (used.data, unused.item(), shared.data) == (pytest.approx(2.5), 3.0, pytest.approx(0.5))
    unused.grad = np.array([7.0])
    optimiser.step()  # its first step: the correction of its means counts from here
    assert unused.item() == pytest.approx(2.5)
    optimiser.zero_grad()
    assert used.grad == 0.0 and unused.grad is None


@pytest.mark.parametrize("name", optim.OPTIMISERS)
def test_gradients_stay_as_they_are(name):
    p, g = Parameter(np.ones(3)), np.array([1.0, -2.0, 3.0])
    optimiser = optim.optimiser_named(name)([p], lr=0.1)
    p.grad = g
    for _ in range(2):
        optimiser.step()
    assert p.grad is g and g.tolist() == [1.0, -2.0, 3.0]
    assert not any(np.shares_memory(g, array) for moments in optimiser.groups[0].moments for array in moments.values())


def test_a_gradient_that_is_a_node():
    p = Parameter([1.0, 2.0])
    (p * p * p).sum().backward(create_graph=True)
    assert optim.clip_gradient_norm([p], 1e9) == pytest.approx(math.hypot(3, 12))
    optim.Momentum([p], lr=0.1, momentum=0.0).step()
    np.testing.assert_allclose(p.data, [0.7, 0.8])


# --- Rates, groups, state ------------------------------------------------------------------------------------


def test_rates():
    w = Value(0.0)
    optimiser = optim.SGD([w], lr=lambda step: 1.0 / (1 + step))
    rates = []
    for _ in range(3):
        rates.append(optimiser.lr)
        w.grad = -1.0
        optimiser.step()
    assert rates == [1, 1 / 2, 1 / 3] and w.data == sum(rates) and optimiser.steps == 3
    optimiser.lr = 10.0
    optimiser.step()
    assert optimiser.lr == 10.0 and w.data == sum(rates) + 10


def test_groups_have_their_own_options():
    a, b, c = (Value(1.0) for _ in range(3))
    groups = [
        {"params": [a], "weight_decay": 0.5},
        {"params": iter([b]), "lr": 0.01},
        {"params": [c], "lr": lambda _: 1},
    ]
    optimiser = optim.SGD(groups, lr=0.1)
    for lr, expected in ((0.1, (0.75, 0.98, -1.0)), (1.0, (-1.625, 0.96, -3.0))):
        optimiser.lr = lr
        a.grad = b.grad = c.grad = 2.0
        optimiser.step()
        assert (a.data, b.data, c.data) == pytest.approx(expected)


@pytest.mark.parametrize("name", optim.OPTIMISERS)
@pytest.mark.parametrize("lr", [0.1, schedules.exponential(0.1)], ids=["number", "schedule"])
def test_a_saved_optimiser_goes_on_bit_for_bit(name, lr):
    gs, hs = rng(1).normal(size=(6, 2, 2)).astype(np.float32), rng(2).normal(size=6)
    whole, half = ([Parameter(np.ones((2, 2), np.float32)), Value(1.0)] for _ in range(2))
    one = run(whole, [gs, hs], name, lr=lr)
    two = run(half, [gs[:3], hs[:3]], name, lr=lr)
    saved = two.state()
    kept = {key: array.copy() for key, array in saved.items()}
    fresh = optim.optimiser_named(name)(half, lr=lr if callable(lr) else 0.7)
    fresh.load_state(saved)
    for g, h in zip(gs[3:], hs[3:], strict=True):
        half[0].grad, half[1].grad = g, h
        fresh.step()
    assert np.array_equal(whole[0].data, half[0].data) and whole[1].data == half[1].data
    for key, array in one.state().items():
        assert np.array_equal(array, fresh.state()[key]) and array.dtype == fresh.state()[key].dtype
        assert np.array_equal(saved[key], kept[key])  # what was saved is a copy


def test_a_state_that_does_not_fit_changes_nothing():
    p = Parameter([1.0, 2.0])
    p.grad = np.ones(2)
    optimiser = optim.Momentum([p], lr=0.1)
    optimiser.step()
    before = optimiser.state()
    wrong = {"steps": np.array(7), "0.velocity": np.ones(3), "1.velocity": np.ones(2)}
    with pytest.raises(
        StateError, match=r"fit Momentum: missing lr; unexpected 1.velocity; 0.velocity has shape \(3,\), "
    ):
        optimiser.load_state(wrong)
    assert all(np.array_equal(before[key], array) for key, array in optimiser.state().items())


# --- Gradients as a whole ------------------------------------------------------------------------------------


def test_clipping():
    p, v, unused = Parameter(np.zeros((2, 2), np.float32)), Value(0.0), Parameter(1.0)
    held = p.grad = np.array([[3.0, 0.0], [0.0, 4.0]], np.float32)
    v.grad = -12.0
    params = [p, v, unused]
    assert optim.gradient_norm(params) == 13.0
    assert optim.clip_gradient_norm(params, 20.0) == 13.0 and p.grad is held
    assert optim.clip_gradient_norm(iter(params), np.float64(6.5)) == 13.0  # which would turn float32 into float64
    assert p.grad.tolist() == [[1.5, 0.0], [0.0, 2.0]] and v.grad == -6.0 and unused.grad is None
    optim.clip_gradient_values(params, np.float64(1.75))
    assert p.grad.tolist() == [[1.5, 0.0], [0.0, 1.75]] and v.grad == -1.75
    assert held.tolist() == [[3.0, 0.0], [0.0, 4.0]] and p.grad.dtype == np.float32 and type(v.grad) is float
    p.grad = np.full((2, 2), 1e30, np.float32)  # whose squares overflow in float32
    assert optim.clip_gradient_norm(params, 1.0) == pytest.approx(2e30)
    np.testing.assert_allclose(p.grad, 0.5)


def test_clipping_of_an_array_without_axes():
    p = Parameter(2.0)
    (p * p).backward()
    optim.clip_gradient_norm([p], 1.0)
    optim.clip_gradient_values([p], 0.5)
    assert isinstance(p.grad, np.ndarray) and p.grad.shape == () and p.grad == 0.5


# --- L-BFGS --------------------------------------------------------------------------------------------------


def test_lbfgs_solves_least_squares():
    X, y = rng(0).normal(size=(30, 4)), rng(1).normal(size=30)
    w, b = Parameter(np.zeros(4)), Value(0.0)
    found = optim.minimise_lbfgs(lambda: nn.losses.mse(X @ w + b, y), [w, b])
    exact, residual, *_ = np.linalg.lstsq(np.c_[X, np.ones(30)], y)
    np.testing.assert_allclose([*w.data, b.data], exact, rtol=1e-6, atol=1e-8)
    assert found.loss == pytest.approx(residual[0] / 30, rel=1e-12) and 1 < found.iterations < 30 and found.message
    assert w.grad is None and b.grad == 0.0


def test_lbfgs_leaves_the_parameters_if_it_fails():
    w, calls = Parameter([1.0]), []

    def fails():
        calls.append(w.item())
        if len(calls) == 3:
            raise KeyError("data")
        return (w**4).sum()

    with pytest.raises(KeyError):
        optim.minimise_lbfgs(fails, [w])
    assert w.item() == 1.0 and calls[-1] != 1.0


def test_lbfgs_without_scipy(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(ImportError, match=r'needs SciPy: pip install "handgrad\[scipy\]"'):
        optim.minimise_lbfgs(lambda: None, [Value(1.0)])


# --- Errors --------------------------------------------------------------------------------------------------

w, named = Value(1.0), Parameter([1.0], name="W1")


def with_gradient(shape_or_number):
    p = Parameter([1.0, 2.0], name="b") if np.ndim(shape_or_number) else Value(1.0)
    p.grad = shape_or_number
    return [p]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: optim.SGD([], lr=0.1), ValueError, "SGD was given no parameters; pass model.parameters"),
        (lambda: optim.SGD(nn.Linear(1, 1), lr=0.1), TypeError, r"pass its .parameters\(\)"),
        (lambda: optim.SGD(nn.Linear(1, 1).parameters, lr=0.1), TypeError, "was given <bound method .*; pass a list"),
        (lambda: optim.clip_gradient_norm([w], "1"), TypeError, "the limit is '1'; it is a number"),
        (lambda: optim.minimise_lbfgs(lambda: Value(2.0) * 1, [Value(1.0)]), ValueError, "depends on none of the para"),
        (lambda: optim.SGD(named, lr=0.1), TypeError, "SGD was given one Parameter; pass a list"),
        (lambda: optim.Adam([w * 2]), TypeError, r"Adam: params\[0\] is Value.*a parameter is a leaf"),
        (lambda: optim.Adam([[w]]), TypeError, r"params\[0\] is \[Value"),
        (lambda: optim.SGD([w], lr=0.0), ValueError, "the learning rate is 0.0; it is a positive number"),
        (lambda: optim.SGD([w], lr=math.nan), ValueError, "the learning rate is nan; it is a positive number"),
        (lambda: optim.SGD([w], lr="fast"), TypeError, "the learning rate is 'fast'; it is a number"),
        (lambda: optim.SGD([w], lr=1, weight_decay=-1), ValueError, "weight_decay is -1; it is 0 or a positive number"),
        (lambda: optim.Momentum([w], lr=1, momentum=1.0), ValueError, r"momentum is 1.0; it lies in \[0, 1\)"),
        (lambda: optim.Momentum([w], lr=1, form="heavy"), ValueError, "form is 'heavy'; it is 'average' or"),
        (lambda: optim.RMSProp([w], beta=-0.1), ValueError, r"beta is -0.1; it lies in \[0, 1\)"),
        (lambda: optim.Adam([w], betas=(0.9, 1.5)), ValueError, r"betas\[1\] is 1.5; it lies in \[0, 1\)"),
        (lambda: optim.Adam([w], betas=0.9), ValueError, r"betas is 0.9; it is a pair such as \(0.9, 0.999\)"),
        (lambda: optim.Adagrad([w], eps=0.0), ValueError, "eps is 0.0; it is a positive number, which keeps from"),
        (lambda: optim.SGD([{"params": [w]}, w], lr=1), ValueError, "group 1 is Value.*each group is a dict such as"),
        (lambda: optim.SGD([{"params": [w], "beta": 1}], 1), ValueError, "'beta'; a group takes params, lr, weight_"),
        (lambda: optim.SGD([{"params": [w]}, {"params": [named, w]}], 1), ValueError, r"params\[2\] is in two groups"),
        (lambda: optim.SGD([w], lr=0.1).step(), ValueError, r"call loss.backward\(\) before step\(\)"),
        (lambda: optim.SGD(with_gradient(1.0), lr=lambda step: -1).step(), ValueError, "gave the rate -1.0 at step 0"),
        (lambda: optim.SGD(with_gradient([1.0]), lr=1).step(), ShapeError, r"b \(2,\) has a .grad of shape \(1,\)"),
        (lambda: optim.optimiser_named("sgdm"), ValueError, "no optimiser is called 'sgdm'; there are adagrad"),
        (lambda: optim.gradient_norm([w]), ValueError, r"call loss.backward\(\) before gradient_norm\(\)"),
        (lambda: optim.clip_gradient_norm([w], 0), ValueError, "the limit is 0; it is a positive number"),
        (lambda: optim.clip_gradient_values([w], math.nan), ValueError, "the limit is nan; it is a positive number"),
        (lambda: optim.clip_gradient_norm([w, *with_gradient([1, math.nan])], 1), ValueError, "gradient of b is not"),
        (lambda: optim.clip_gradient_norm([w, *with_gradient(math.inf)], 1), ValueError, r"of params\[1\] is not"),
        (lambda: optim.clip_gradient_norm(with_gradient([1e200, 1]), 1), ValueError, "so large that their norm is not"),
        (lambda: optim.minimise_lbfgs(lambda: 3.0, [w]), TypeError, r"loss\(\) gave 3.0; it computes from"),
        (lambda: optim.minimise_lbfgs(lambda: w + math.inf, [w]), ValueError, r"loss\(\) is inf at the start"),
    ],
)  # fmt: skip
def test_errors_say_what_to_do(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_an_optimiser_prints_what_it_is():
    w = Parameter([1.0])
    assert repr(optim.SGD([w], lr=0.1)) == "SGD(lr=0.1, weight_decay=0.0), 1 parameters, 0 steps"
    assert repr(optim.Momentum([w], lr=schedules.constant(0.1))).startswith("Momentum(lr=a schedule, momentum=0.9")
