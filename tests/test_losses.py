"""Losses and penalties: against their formulas, gradients by closed forms and central differences, on both tiers."""

from typing import NamedTuple

import numpy as np
import pytest

import nn
from autograd import Parameter, ShapeError, Tensor, Value, check_grads, grad, ops
from nn import losses


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)


NUMBERS, GOALS = np.array([[0.2, -1.0, 3.0], [-0.4, 2.5, 0.1]]), np.array([[0.0, 1.0, 2.5], [0.3, -1.0, 0.2]])
ONE_OF_TWO = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]])
CHANCES = np.array([[0.1, 0.9, 0.8], [0.35, 0.6, 0.01]])
SHARES = np.array([[0.2, 0.5, 0.3], [0.7, 0.1, 0.2], [0.05, 0.05, 0.9], [0.4, 0.3, 0.3]])
LOGITS = np.array([[0.2, -0.5, 1.3], [2.7, -1.1, 0.2], [0.0, 0.4, -0.9], [1.4, 1.3, -2.0]])
LABELS = np.array([2, 0, 1, 1])
ROWS = np.eye(3)[LABELS]


class Case(NamedTuple):
    loss: object
    predictions: np.ndarray
    targets: np.ndarray
    formula: object  # (p, y) -> the loss
    gradient: object  # (p, y) -> its gradient, derived by hand


ENTRYWISE = {
    "mse": Case(
        losses.mse, NUMBERS, GOALS, lambda p, y: np.mean((p - y) ** 2), lambda p, y: 2 * (p - y) / p.size,
    ),
    "half_mse": Case(
        losses.half_mse, NUMBERS, GOALS, lambda p, y: np.mean((p - y) ** 2) / 2, lambda p, y: (p - y) / p.size,
    ),
    "mae": Case(
        losses.mae, NUMBERS, GOALS, lambda p, y: np.mean(np.abs(p - y)), lambda p, y: np.sign(p - y) / p.size,
    ),
    "huber": Case(
        losses.huber, NUMBERS, GOALS,
        lambda p, y: np.mean(np.where(abs(p - y) <= 1, (p - y) ** 2 / 2, abs(p - y) - 0.5)),
        lambda p, y: np.where(abs(p - y) <= 1, p - y, np.sign(p - y)) / p.size,
    ),
    "hinge": Case(
        losses.hinge, NUMBERS, 2 * ONE_OF_TWO - 1,
        lambda p, y: np.mean(np.maximum(0, 1 - y * p)), lambda p, y: np.where(y * p < 1, -y, 0) / p.size,
    ),
    "bce": Case(
        losses.bce, CHANCES, ONE_OF_TWO,
        lambda p, y: -np.mean(np.log(np.where(y == 1, p, 1 - p))), lambda p, y: (p - y) / (p * (1 - p)) / p.size,
    ),
    "bce_with_logits": Case(
        losses.bce_with_logits, NUMBERS, ONE_OF_TWO,
        lambda z, y: np.mean(np.log1p(np.exp(np.where(y == 1, -z, z)))), lambda z, y: (sigmoid(z) - y) / z.size,
    ),
}  # fmt: skip
CLASSES = {
    "cross_entropy": Case(
        losses.cross_entropy, LOGITS, ROWS,
        lambda z, y: -np.mean(np.log(softmax(z)[y == 1])), lambda z, y: (softmax(z) - y) / len(z),
    ),
    "categorical_cross_entropy": Case(
        losses.categorical_cross_entropy, SHARES, ROWS,
        lambda p, y: -np.mean(np.log(p[y == 1])), lambda p, y: -y / p / len(p),
    ),
    "nll": Case(
        losses.nll, np.log(SHARES), ROWS, lambda z, y: -np.mean(z[y == 1]), lambda z, y: -y / len(z),
    ),
}  # fmt: skip
CASES = ENTRYWISE | CLASSES


def as_values(array):
    return [as_values(row) for row in array] if np.ndim(array) else Value(array)


def grads_of(values):
    return [grads_of(row) for row in values] if isinstance(values, list) else values.grad


@pytest.mark.parametrize("name", CASES)
def test_both_tiers_give_the_formula_and_its_gradient(name):
    loss, p, y, formula, gradient = CASES[name]
    values, tensor = as_values(p), Tensor(p)
    results = loss(values, y.tolist()), loss(tensor, y)
    for result in results:
        assert result.item() == pytest.approx(formula(p, y), rel=1e-12)
        result.backward()
    assert loss(p, y) == pytest.approx(results[1].item(), rel=1e-15)
    np.testing.assert_allclose(tensor.grad, gradient(p, y), rtol=1e-12, atol=1e-16)
    np.testing.assert_allclose(grads_of(values), tensor.grad, rtol=1e-12, atol=1e-16)
    check_grads(lambda p: loss(p, y), p)


@pytest.mark.parametrize("name", CASES)
def test_one_sample_alone(name):
    loss, p, y, formula, gradient = CASES[name]
    values = as_values(p[0])
    result = loss(values, y[0])
    result.backward()
    if name in CLASSES:
        p, y = p[:1], y[:1]
    else:
        p, y = p[0], y[0]
    assert result.item() == pytest.approx(formula(p, y), rel=1e-12)
    np.testing.assert_allclose([v.grad for v in values], np.ravel(gradient(p, y)), rtol=1e-12)


@pytest.mark.parametrize("name", ENTRYWISE)
def test_a_single_value_is_enough(name):
    loss, p, y, formula, _ = CASES[name]
    result = loss(Value(p[0, 1]), y[0, 1])
    assert isinstance(result, Value) and result.data == pytest.approx(formula(p[0, 1], y[0, 1]), rel=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_arrays_of_values_and_float32(name):
    loss, p, y, formula, _ = CASES[name]
    objects = np.array(as_values(p), dtype=object)
    for several in (objects, [Tensor(row) for row in p]):  # what a loop over samples gives, on either tier
        assert loss(several, y).item() == pytest.approx(formula(p, y), rel=1e-12)
    tensor = Tensor(p.astype(np.float32))
    for targets in (y, y.astype(np.float32), y.tolist()):  # float64 among them: the network decides
        assert loss(tensor, targets).dtype == np.float32
    loss(tensor, y).backward()
    assert tensor.grad.dtype == np.float32


@pytest.mark.parametrize("name", CLASSES)
def test_integer_labels_are_one_hot_rows(name):
    loss, p, y, _, _ = CASES[name]
    for labels in (LABELS, LABELS.tolist(), LABELS.astype(np.uint8)):
        assert loss(p, labels) == loss(p, y)
    assert loss(p[0], LABELS[0]) == loss(p[0], int(LABELS[0])) == loss(p[0], y[0])
    mixed = y * 0.5 + y[::-1] * 0.5
    assert loss(p, mixed) == pytest.approx((loss(p, y) + loss(p, y[::-1])) / 2, rel=1e-12)


def test_the_losses_of_classes_agree():
    """Softmax and logarithm outside of the loss, between, or inside."""
    z = Tensor(LOGITS)
    gradients = []
    for loss in (
        losses.cross_entropy(z, LABELS),
        losses.nll(ops.log_softmax(z, axis=1), LABELS),
        losses.categorical_cross_entropy(ops.softmax(z, axis=1), LABELS),
    ):
        z.grad = None
        loss.backward()
        gradients.append(z.grad)
    np.testing.assert_allclose(gradients[1:], [gradients[0]] * 2, rtol=1e-12)


# Numbers of the documents ----------------------------------------------------------------------------------------

FIVE = np.array([0.1, 0.9, 0.8, 0.2, 0.7]), np.array([0.0, 1.0, 1.0, 0.0, 1.0])


def test_losses_of_module_02():
    """Part 2: five predictions, and one confident prediction that is right or wrong."""
    p, y = FIVE
    assert losses.bce(p, y) == pytest.approx(0.2027366155765609, rel=1e-12)
    assert losses.half_mse(p, y) == pytest.approx(0.019, rel=1e-12)
    assert losses.mse(p, y) == pytest.approx(0.038, rel=1e-12)  # as "Chapter 3: Neural Networks" defines it
    np.testing.assert_allclose(grad(losses.half_mse)(p, y), [0.02, -0.02, -0.04, 0.04, -0.06], rtol=1e-12)
    for prediction, bce, half_mse in ((0.99, 0.010050335853501442, 5e-05), (0.01, 4.605170185988092, 0.49005)):
        assert losses.bce(prediction, 1) == pytest.approx(bce, rel=1e-12)
        assert losses.half_mse(prediction, 1) == pytest.approx(half_mse, rel=1e-12)


def test_losses_of_module_6():
    """Exercises 4.1 and 4.3: the text's loss, and the gradient y_hat - y by the logits."""
    assert losses.categorical_cross_entropy([0.3, 0.7], [0, 1]) == pytest.approx(0.3566749439387324, rel=1e-12)
    z = Tensor([0.44, -0.22])
    loss = losses.cross_entropy(z, [1, 0])
    loss.backward()
    assert loss.item() == pytest.approx(0.41663669588823926, rel=1e-12)
    np.testing.assert_allclose(z.grad, [0.6592603884513855 - 1, 0.3407396115486146], rtol=1e-12)


# Extremes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1e4, -1e4])
def test_fused_losses_at_the_extremes(size):
    row = Tensor([[size, 0.0]])
    loss = losses.cross_entropy(row, [0])
    loss.backward()
    assert loss.item() == max(0.0, -size)
    np.testing.assert_array_equal(row.grad, [[0.0, 0.0]] if size > 0 else [[-1.0, 1.0]])
    assert losses.nll(ops.log_softmax(row, axis=1), [0]).item() == loss.item()
    v = Value(size)
    loss = losses.bce_with_logits(v, 1.0)
    loss.backward()
    assert (loss.item(), v.grad) == ((0.0, 0.0) if size > 0 else (1e4, -1.0))


@pytest.mark.parametrize(("p", "y"), [(1.0, 0.0), (0.0, 1.0), (1e-8, 1.0), (1 - 1e-8, 1.0), (0.0, 0.0), (1e-7, 0.0)])
def test_bce_is_clipped_as_documented(p, y):
    v = Value(p)
    loss = losses.bce(v, y)
    loss.backward()
    assert loss.item() == pytest.approx(-np.log(1e-7) if round(p) != y else 1e-7, rel=1e-6)
    assert v.grad == 0.0
    assert losses.bce(Value(0.5), 1.0, clip=0).item() == pytest.approx(np.log(2))
    assert losses.bce(Value(1e-8), 1.0, clip=1e-15).item() == pytest.approx(-np.log(1e-8))


@pytest.mark.parametrize("p", [0.0, 1e-16])
def test_categorical_cross_entropy_is_clipped_as_documented(p):
    row = Tensor([[p, 1 - p]])
    loss = losses.categorical_cross_entropy(row, [0])
    loss.backward()
    assert loss.item() == pytest.approx(-np.log(1e-15), rel=1e-12)
    assert row.grad.tolist() == [[0.0, 0.0]]
    assert losses.categorical_cross_entropy(np.array([1e-16, 1.0]), 0, clip=0) == pytest.approx(-np.log(1e-16))
    sure = Tensor([0.0, 1.0])
    losses.categorical_cross_entropy(sure, 1).backward()
    assert sure.grad.tolist() == [0.0, -1.0]


@pytest.mark.parametrize("loss", [losses.cross_entropy, losses.nll])
def test_an_impossible_class_costs_nothing(loss):
    t = Tensor([[0.0, -np.inf]])
    result = loss(t, [0])
    result.backward()
    assert result.item() == 0.0 and t.grad.tolist() == [[0.0 if loss is losses.cross_entropy else -1.0, 0.0]]


def test_what_is_not_a_number_shows_in_the_loss():
    for case in CASES.values():
        p = case.predictions.copy()
        p[0, np.argmax(case.targets[0])] = np.nan
        with np.errstate(invalid="ignore"):  # NumPy's logaddexp warns of a nan
            assert np.isnan(case.loss(p, case.targets))


@pytest.mark.parametrize("delta", [0.3, 1.0, 2.5])
def test_huber_is_a_parabola_that_goes_on_as_its_tangent(delta):
    d = np.linspace(-4, 4, 33)  # the edges among them
    expected = np.where(np.abs(d) <= delta, 0.5 * d**2, delta * (np.abs(d) - 0.5 * delta))
    np.testing.assert_allclose([losses.huber(x, 0.0, delta) for x in d], expected, rtol=1e-12, atol=1e-16)
    slope = grad(lambda x: losses.huber(x, 0.0, delta))
    np.testing.assert_allclose([slope(x) for x in d], np.clip(d, -delta, delta), rtol=1e-12)
    curvature = grad(slope)
    assert [curvature(x) for x in (0.0, 0.9 * delta, 1.1 * delta)] == [1.0, 1.0, 0.0]
    assert losses.huber(Value(1e200), 0.0, delta).item() == pytest.approx(delta * 1e200)


def test_subgradients_at_the_kinks():
    for loss, at, label in ((losses.mae, 2.0, 2.0), (losses.hinge, 1.0, 1.0)):
        v = Value(at)
        loss(v, label).backward()
        assert v.grad == 0.0


# Penalties -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("penalty", "sizes", "slopes"),
    [(losses.l1_penalty, abs, np.sign), (losses.l2_penalty, np.square, lambda w: 2 * w)],
)
def test_penalties_sum_over_values_and_parameters(penalty, sizes, slopes):
    numbers = [np.array(-2.0), np.array(0.0), np.array([[1.5, 0.0], [-0.5, 3.0]])]
    values, parameters = [Value(-2.0), Value(0.0)], [Parameter(numbers[2])]
    for params, arrays in ((values + parameters, numbers), (values, numbers[:2]), (iter(parameters), numbers[2:])):
        total = penalty(params)
        assert total.item() == pytest.approx(sum(sizes(a).sum() for a in arrays), rel=1e-15)
    assert isinstance(penalty(values), Value) and penalty(values[:1]).op.name != "sum"
    (0.1 * penalty(values + parameters)).backward()
    assert [v.grad for v in values] == [pytest.approx(0.1 * slopes(-2.0)), 0.0]
    np.testing.assert_allclose(parameters[0].grad, 0.1 * slopes(numbers[2]), rtol=1e-15)
    check_grads(lambda a, w: penalty([a, w]), 0.7, np.array([0.3, -1.2]))


def test_a_penalty_is_added_to_a_loss():
    models = nn.MLP(2, [3, 1], rng=np.random.default_rng(0)), nn.Linear(2, 1, rng=np.random.default_rng(0))
    for model in models:
        loss = losses.mse(model([1.0, 2.0]), 0.5 if isinstance(model, nn.MLP) else [0.5])
        (loss + 1e-2 * losses.l2_penalty(model.parameters())).backward()
        assert all(p.grad is not None for p in model.parameters())


# Errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ENTRYWISE)
def test_the_column_against_the_row_is_refused(name):
    loss, p, y, _, _ = CASES[name]
    with pytest.raises(
        ShapeError, match=rf"{name}: .*shape \(3, 1\) and targets \(3,\).*shape \(3, 3\).*targets.reshape\(-1, 1\)"
    ):
        loss(Tensor(p[0]).reshape(3, 1), y[0])
    with pytest.raises(ShapeError, match=r"shape \(3,\) and targets \(2,\); the two have no difference. Each needs"):
        loss(as_values(p[0]), y[0, :2])
    with pytest.raises(ValueError, match=rf"{name}: there are no samples: the shape is \(0,\)"):
        loss([], [])


@pytest.mark.parametrize("name", CLASSES)
def test_labels_of_classes_are_checked(name):
    loss, p, _, _, _ = CASES[name]
    for labels, error, message in (
        ([0, 1, 2, 3], ValueError, "labels run from 0 to 3, the .* have 3 classes"),
        ([0, 1, 2, -1], ValueError, "labels run from -1 to 2, the .* have 3 classes"),
        (LABELS.astype(float), ShapeError, r"integer labels of shape \(4,\), or one-hot labels of shape \(4, 3\)"),
        (LABELS[:, None], ShapeError, r"these have shape \(4, 1\) and dtype int"),
        (LABELS[:3], ShapeError, r"these have shape \(3,\)"),
        (np.ones((4, 3)), ValueError, "add up to 1, with nothing below 0; these do not"),
        (np.tile([2, -1, 0], (4, 1)), ValueError, "nothing below 0; these do not"),
    ):
        with pytest.raises(error, match=f"{name}: .*{message}"):
            loss(p, labels)
    with pytest.raises(ShapeError, match=rf"{name}: .*\(n, k\), or \(k,\) for one sample, with k classes; this is one"):
        loss(Value(-0.1), 0)
    with pytest.raises(ValueError, match=rf"{name}: there are no samples: the shape is \(0, 3\)"):
        loss(np.ones((0, 3)), [])


@pytest.mark.parametrize("loss", [losses.bce_with_logits, *(case.loss for case in CLASSES.values())])
def test_labels_take_no_gradient(loss):
    p = Tensor([0.1, 0.2]) if loss is not losses.nll else Tensor([-0.1, -0.2])
    with pytest.raises(TypeError, match=r"taking the labels of .* would lose its gradient"):
        loss(p, Tensor([0.5, 0.5]))
    assert loss(p, Tensor([0.5, 0.5]).detach()).item() > 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: losses.hinge([0.5], [0]), r"labels are -1 and 1, not \[0\.\]; from 0 and 1: 2 \* labels - 1"),
        (lambda: losses.bce([1.5], [1]), "bce: probabilities lie between 0 and 1.*bce_with_logits"),
        (lambda: losses.bce(Value(-0.1), 1), "bce: probabilities lie between 0 and 1"),
        (
            lambda: losses.bce([0.5, 0.5], [-1, 1]),
            r"bce: labels are 0 and 1.* run from -1 to 1. From -1 and 1",
        ),
        (lambda: losses.bce_with_logits(Value(0.5), 2), "bce_with_logits: labels are 0 and 1.*; for more classes take"),
        (
            lambda: losses.bce([0.5], [1], clip=0.7),
            "bce: clip is 0.7; it is a small number .* below 0.5",
        ),
        (lambda: losses.categorical_cross_entropy([0.5, 0.5], 0, clip=-1.0), "clip is -1.0; .* below 1"),
        (lambda: losses.categorical_cross_entropy([1.5, 0.1], 0), "probabilities lie between 0 and 1.* cross_entropy"),
        (lambda: losses.nll([0.1, 0.9], 0), "at most 0, the largest here is 0.9; for logits use cross_entropy"),
        (lambda: losses.huber([1.0], [0.0], delta=0), "huber: delta is 0; it is the positive size"),
        (lambda: losses.l1_penalty([]), "l1_penalty was given no parameters; pass model.parameters()"),
        (lambda: losses.l2_penalty(iter([])), "l2_penalty was given no parameters"),
    ],
)
def test_errors_say_what_to_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_module_is_not_its_parameters():
    with pytest.raises(TypeError, match=r"l2_penalty was given the module itself; pass its .parameters\(\)"):
        losses.l2_penalty(nn.Sequential(nn.Linear(2, 1)))


@pytest.mark.parametrize(
    ("labels", "remedy"),
    [
        (np.array([[0], [1]]), r"; write labels.reshape\(-1\)"),
        (np.array([0.0, 1.0]), r"; write labels.astype\(int\)"),
        (np.array([[False], [True]]), r"; write labels.reshape\(-1\).astype\(int\)"),
        (np.array(["cat", "dog"]), r"names become numbers with np.unique\(labels, return_inverse=True\)\[1\]"),
    ],
    ids=["column", "floats", "bools", "names"],
)
def test_labels_of_another_kind_come_with_a_remedy(labels, remedy):
    with pytest.raises(ShapeError, match=remedy):
        losses.cross_entropy(Tensor(np.zeros((2, 3))), labels)
