"""Where mathematics leaves a choice, or has no answer: ties, zeros, domains, NaN and infinity.

A Value follows float64 NumPy, a Tensor likewise, and gradients at corners are what the documents take.
Read next: ``test_random_graphs.py``.
"""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from autograd import (
    AnomalyError,
    DetachError,
    ShapeError,
    Tensor,
    Value,
    check_grads,
    detect_anomaly,
    grad,
    no_grad,
    ops,
)

nan, inf = math.nan, math.inf


def number(x):
    """Return x itself, or the sum of its entries: something that backward() can start from."""
    return x.sum() if x.ndim else x


def gradient(function, *xs):
    """Return the gradients of the sum of ``function`` at Tensors."""
    leaves = list(map(Tensor, xs))
    number(function(*leaves)).backward()
    grads = [leaf.grad for leaf in leaves]
    return grads[0] if len(xs) == 1 else grads


# --- ties and edges -----------------------------------------------------------------------------------------

TIES = {
    "relu(0)": (lambda x: x.relu(), [0.0, 1.0], [0.0, 1.0]),
    "maximum(0, x)": (lambda x: np.maximum(0, x), [0.0, 1.0], [0.0, 1.0]),
    "maximum(x, 0)": (lambda x: np.maximum(x, 0), [0.0, -1.0], [0.0, 0.0]),
    "minimum(x, 1)": (lambda x: np.minimum(x, 1), [1.0, 0.0], [0.0, 1.0]),
    "maximum(x, zeros)": (lambda x: np.maximum(x, np.zeros(2)), [0.0, 1.0], [0.0, 1.0]),
    "maximum(x, a constant)": (lambda x: np.maximum(x, Tensor([1.0]).detach()), [1.0, 2.0], [0.0, 1.0]),
    "maximum(x, x)": (lambda x: np.maximum(x, x), [1.0, 2.0], [1.0, 1.0]),
    "maximum(x, +x)": (lambda x: np.maximum(2 * x, +x), [0.0, 1.0], [1.5, 2.0]),
    "minimum(x, +x)": (lambda x: np.minimum(2 * x, +x), [0.0, -1.0], [1.5, 2.0]),
    "clip": (lambda x: np.clip(x, 0, 1), [0.0, 1.0], [0.0, 0.0]),
    "max": (lambda x: x.max(), [3.0, 1.0, 3.0], [0.5, 0.0, 0.5]),
    "min": (lambda x: x.min(), [1.0, 1.0, 1.0], [1 / 3] * 3),
    "max by rows": (lambda x: x.max(axis=1), [[2.0, 2.0], [1.0, 0.0]], [[0.5, 0.5], [1.0, 0.0]]),
    "abs(0)": (abs, [0.0, -2.0], [0.0, -1.0]),
    "norm(0)": (np.linalg.norm, [0.0, 0.0], [0.0, 0.0]),
    "norm of order 0.5 beside 0": (lambda x: np.linalg.norm(x, 0.5), [0.0, 4.0, 9.0], [0.0, 2.5, 5 / 3]),
    "norm(0) by rows": (lambda x: np.linalg.norm(x, axis=1), [[0.0, 0.0], [3.0, 4.0]], [[0.0, 0.0], [0.6, 0.8]]),
    "x ** 0": (lambda x: x**0, [0.0, 2.0], [0.0, 0.0]),
    "x ** zeros": (lambda x: x ** np.zeros(2), [0.0, 2.0], [0.0, 0.0]),
    "x ** 1": (lambda x: x**1, [0.0, 2.0], [1.0, 1.0]),
    "x ** 2": (lambda x: x**2, [0.0, -2.0], [0.0, -4.0]),
    "std": (lambda x: x.std(), [2.0, 2.0], [0.0, 0.0]),
    "std of two numbers": (np.std, [1.0, 3.0], [-0.5, 0.5]),
    "slope of the std of one number": (grad(np.std), [2.0], [0.0]),
    "std of one number": (lambda x: x.std(axis=1), [[2.0], [5.0]], [[0.0], [0.0]]),
    "var": (lambda x: x.var(), [2.0, 2.0], [0.0, 0.0]),
    "prod, one zero": (lambda x: x.prod(), [2.0, 0.0, 3.0], [0.0, 6.0, 0.0]),
    "prod, two zeros": (lambda x: x.prod(), [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
    "cumprod, one zero": (np.cumprod, [2.0, 0.0, 3.0], [1.0, 8.0, 0.0]),
    "cumprod, two zeros": (np.cumprod, [0.0, 2.0, 0.0], [3.0, 0.0, 0.0]),
    "sinc(0)": (np.sinc, [0.0, 0.5], [0.0, -4 / np.pi]),
    "hypot(0, 0)": (lambda x: np.hypot(x, x), [0.0, 1.0], [0.0, math.sqrt(2)]),
    "arctan2(0, 0)": (lambda x: np.arctan2(x, 0.0), [0.0, 1.0], [0.0, 0.0]),
    "cbrt(0) times 0": (lambda x: np.cbrt(x) * np.zeros(2), [0.0, 8.0], [0.0, 0.0]),
    "median, a tie": (np.median, [1.0, 1.0, 1.0, 5.0], [1 / 3, 1 / 3, 1 / 3, 0.0]),
    "ptp, a tie": (np.ptp, [1.0, 3.0, 3.0], [-1.0, 0.5, 0.5]),
    "fmax": (lambda x: np.fmax(x, [0.0, 2.0, 2.0]), [0.0, nan, 3.0], [0.0, 0.0, 1.0]),
    "copysign(0, -0)": (lambda x: np.copysign(x, -0.0), [0.0, 2.0], [0.0, -1.0]),
    "heaviside": (lambda x: np.heaviside(x, 0.5), [0.0, 2.0], [0.0, 0.0]),
    "nan_to_num": (np.nan_to_num, [nan, inf, 2.0], [0.0, 0.0, 1.0]),
    "nansum": (np.nansum, [nan, 2.0], [0.0, 1.0]),
    "nanstd of equal numbers": (np.nanstd, [nan, 2.0, 2.0], [0.0, 0.0, 0.0]),
    "max(where=)": (lambda x: np.max(x, initial=-9.0, where=[True, False]), [1.0, 2.0], [1.0, 0.0]),
    "max(initial=) of a tie": (lambda x: np.max(x, initial=1.0), [1.0, 0.0], [0.0, 0.0]),
    "xlogy(0, 0)": (lambda x: special.xlogy(0.0, x), [0.0, 2.0], [0.0, 0.0]),
    "xlog1py(0, -1)": (lambda x: special.xlog1py(0.0, x), [-1.0, 2.0], [0.0, 0.0]),
    "entr(0)": (special.entr, [0.0, 1.0], [inf, -1.0]),
    "rel_entr(0, y)": (lambda x: special.rel_entr(0.0, x), [0.0, 2.0], [0.0, 0.0]),
    "prod by rows": (lambda x: np.prod(x, axis=1), [[2.0, 0.0], [3.0, 4.0]], [[0.0, 2.0], [4.0, 3.0]]),
    "sqrt(0) times 0": (lambda x: np.sqrt(x) * np.zeros(2), [0.0, 4.0], [0.0, 0.0]),
    "sqrt(x * x) at 0": (lambda x: np.sqrt(x * x) * 0.0, [0.0, 4.0], [0.0, 0.0]),
    "where guards log(0)": (lambda x: np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), 0.0), [0.0, 2.0], [0.0, 0.5]),
    "logsumexp, a tie": (lambda x: x.logsumexp(), [1000.0, 1000.0], [0.5, 0.5]),
    "logsumexp of -inf": (lambda x: x.logsumexp(), [-inf, 0.0], [0.0, 1.0]),
    "softmax at 1000": (lambda x: x.softmax() * [1.0, 0.0], [1000.0, 1000.0], [0.25, -0.25]),
    "floor": (np.floor, [0.5, 1.0], [0.0, 0.0]),
    "sign": (np.sign, [0.5, 0.0], [0.0, 0.0]),
    "round": (lambda x: np.round(x, 1), [0.55, 1.0], [0.0, 0.0]),
}


@pytest.mark.parametrize("name", TIES)
def test_ties_and_edges_of_arrays(name):
    function, x, expected = TIES[name]
    np.testing.assert_allclose(gradient(function, np.array(x)), expected, rtol=1e-12)


OF_NUMBERS = {
    "relu": (lambda x: x.relu(), 0.0),
    "maximum": (lambda x: np.maximum(0, x), 0.0),
    "clip": (lambda x: x.clip(0, 1), 0.0),
    "abs": (abs, 0.0),
    "x ** 0": (lambda x: x**0, 0.0),
    "x ** 1": (lambda x: x**1, 1.0),
    "x ** 2": (lambda x: x**2, 0.0),
    "two at a tie": (lambda x: np.maximum(x, 3 * x), 2.0),
    "Python's max": (lambda x: max(0, x), 0.0),
    "sqrt times 0": (lambda x: x.sqrt() * 0, 0.0),
}


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_ties_and_edges_of_numbers(name):
    function, expected = OF_NUMBERS[name]
    x = Value(0.0)
    y = function(x) + 0 * x
    y.backward()
    assert x.grad == expected


def test_comparisons_are_plain():
    v, t = Value(2.0), Tensor([1.0, 2.0])
    assert [v < 3, v <= 2, v > 2, v >= Value(2.0), v == 2.0, v != 2] == [True, True, False, True, True, False]
    assert type(v < 3) is type(v == Value(2.0)) is bool
    for mask in (t < 2, t == [1.0, 5.0], t != v, v > t, np.equal(t, t.data) & (t < v)):
        assert type(mask) is np.ndarray
        assert mask.dtype == bool
    assert Value(2.0) == Value(2.0)
    assert len({Value(2.0), Value(2.0)}) == 2
    assert 2.0 in t
    assert (v == "2") is (v == None) is False  # noqa: E711 (on purpose)
    with pytest.raises(ValueError, match="truth value of an array"):
        bool(t)


# --- NaN, infinity, and arithmetic as NumPy's ---------------------------------------------------------------

EDGES = [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, 1 / 3, 1000.0, -1000.0, 1e308, 1e-320, inf, -inf, nan]
UNARY = [
    np.exp, np.expm1, np.exp2, np.log, np.log1p, np.log2, np.log10, np.sqrt, np.square, np.absolute, np.sin, np.cos,
    np.tan, np.arcsin, np.arccos, np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh, np.arccosh, np.arctanh, np.sign,
    np.floor, np.ceil, np.rint, np.negative, np.positive, np.cbrt, np.reciprocal, np.trunc, np.fabs, np.degrees,
    np.radians, np.sinc, np.nan_to_num,
]  # fmt: skip
TWO = [
    np.add, np.subtract, np.multiply, np.divide, np.power, np.maximum, np.minimum, np.arctan2, np.logaddexp, np.hypot,
    np.logaddexp2, np.fmax, np.fmin, np.remainder, np.fmod, np.floor_divide, np.copysign, np.heaviside,
]  # fmt: skip


def same(got, expected):
    np.testing.assert_allclose(got, expected, rtol=1e-14, atol=0)


@pytest.mark.parametrize("function", UNARY, ids=lambda f: f.__name__)
def test_a_value_follows_numpy(function):
    with np.errstate(all="ignore"):
        for number in EDGES:
            x, t = Value(number), Tensor([number])
            y = function(x)
            assert type(y.data) is float
            same(y.data, function(np.float64(number)))
            y.backward()
            function(t).sum().backward()
            assert type(x.grad) is float
            same(x.grad, t.grad.item())


@pytest.mark.parametrize("function", TWO, ids=lambda f: f.__name__)
def test_two_values_follow_numpy(function):
    with np.errstate(all="ignore"):
        for first in EDGES:
            for second in EDGES:
                a, b = Value(first), Value(second)
                y = function(a, b)
                y.backward()
                if function is np.power and (first, second) == (-inf, 0.5):
                    continue  # inf in C, and so for np.float64's **; np.power takes the root, nan
                same(y.data, function(np.float64(first), np.float64(second)))
                same([a.grad, b.grad], np.ravel(gradient(function, np.array([first]), np.array([second]))))


DOMAIN = {  # function, x, value, gradient
    "log(0)": (lambda x: x.log(), 0.0, -inf, inf),
    "log(-1)": (lambda x: x.log(), -1.0, nan, -1.0),
    "exp(1000)": (lambda x: x.exp(), 1000.0, inf, inf),
    "exp(-1000)": (lambda x: x.exp(), -1000.0, 0.0, 0.0),
    "tanh(1000)": (lambda x: x.tanh(), 1000.0, 1.0, 0.0),
    "sigmoid(-1000)": (lambda x: x.sigmoid(), -1000.0, 0.0, 0.0),
    "(-8) ** (1/3)": (lambda x: x ** (1 / 3), -8.0, nan, nan),
    "0 ** -1": (lambda x: x**-1, 0.0, inf, -inf),
    "0 ** 0": (lambda x: x**0, 0.0, 1.0, 0.0),
    "0 ** 0.5": (lambda x: x**0.5, 0.0, 0.0, inf),
    "0 ** 2.5": (lambda x: x**2.5, 0.0, 0.0, 0.0),
    "(-2) ** 2": (lambda x: x**2, -2.0, 4.0, -4.0),
    "(-2) ** -1": (lambda x: x**-1, -2.0, -0.5, -0.25),
    "2 ** x": (lambda x: 2**x, 3.0, 8.0, 8 * math.log(2)),
    "0 ** x": (lambda x: 0**x, 3.0, 0.0, 0.0),
    "0 ** x at 0": (lambda x: 0**x, 0.0, 1.0, -inf),
    "(-2) ** x": (lambda x: (-2) ** x, 2.0, 4.0, nan),
    "10 ** 400": (lambda x: x**400, 10.0, inf, inf),
    "1 / 0": (lambda x: 1 / x, 0.0, inf, -inf),
    "0 / 0": (lambda x: x / 0, 0.0, nan, inf),
    "x / 0": (lambda x: x / 0.0, 1.0, inf, inf),
    "sqrt(0)": (lambda x: x.sqrt(), 0.0, 0.0, inf),
    "sqrt(-1)": (lambda x: x.sqrt(), -1.0, nan, nan),
    "arcsin(2)": (lambda x: x.arcsin(), 2.0, nan, nan),
    "arcsin(1)": (lambda x: x.arcsin(), 1.0, math.pi / 2, inf),
    "1e308 * 10": (lambda x: x * 10, 1e308, inf, 10.0),
    "inf - inf": (lambda x: x - x, inf, nan, 0.0),
    "inf * 0": (lambda x: x * 0, inf, nan, 0.0),
}


@pytest.mark.parametrize("name", DOMAIN)
@pytest.mark.parametrize("leaf", [Value, Tensor, lambda x: Tensor([x])], ids=["Value", "0-d", "1-d"])
def test_domains(name, leaf):
    function, number_, value, slope = DOMAIN[name]
    with np.errstate(all="ignore"):
        x = leaf(number_)
        y = function(x)
        same(y.item(), value)
        number(y).backward()
        same(np.ravel(x.grad)[0], slope)


ACTIVATIONS = ["relu", "leaky_relu", "elu", "gelu", "sigmoid", "tanh", "softplus", "log_sigmoid", "erf"]


@pytest.mark.parametrize("leaf", [Value, Tensor, lambda x: Tensor([x, 1.0])], ids=["Value", "0-d", "1-d"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_nan_goes_through_activations(name, leaf):
    x = leaf(nan)
    with np.errstate(invalid="ignore"):
        y = getattr(x, name)()
        number(y).backward()
    assert np.isnan(np.ravel(y.data)[0])
    assert np.isnan(np.ravel(x.grad)[0])


@pytest.mark.parametrize("leaf", [Value, Tensor], ids=["Value", "Tensor"])
@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("size", [1000.0, inf])
def test_activations_at_the_extremes(name, leaf, size):
    """Both sides run into a limit: a straight line or a constant. No exponential may overflow on the way."""
    line = {"relu", "leaky_relu", "elu", "gelu", "softplus"}
    right = (size, 1.0) if name in line else (0.0, 0.0) if name == "log_sigmoid" else (1.0, 0.0)
    left = {
        "leaky_relu": (-0.01 * size, 0.01), "elu": (-1.0, 0.0), "tanh": (-1.0, 0.0), "erf": (-1.0, 0.0),
        "log_sigmoid": (-size, 1.0),
    }.get(name, (0.0, 0.0))  # fmt: skip
    for number_, (value, slope) in [(size, right), (-size, left)]:
        x = leaf(number_)
        y = getattr(x, name)()
        y.backward()
        same([y.item(), float(x.grad)], [value, slope])


REDUCTIONS = ["sum", "mean", "max", "min", "prod", "var", "std", "softmax", "logsumexp", "cumsum"]


@pytest.mark.parametrize("name", REDUCTIONS)
def test_nan_goes_through_reductions(name):
    x = Tensor([1.0, nan, 2.0])
    y = getattr(x, name)()
    assert np.isnan(y.data).any()
    with np.errstate(invalid="ignore"):
        number(y * 1.0).backward()
    if name not in ("sum", "mean", "cumsum"):  # whose gradients do not depend on the values
        assert np.isnan(x.grad).any()


# --- detect_anomaly -----------------------------------------------------------------------------------------

HERE = r"test_edges\.py:\d+$"


def line_of(text):
    """Return ``file:line`` of the first line of this file that contains the text."""
    lines = Path(__file__).read_text().splitlines()
    return f"test_edges.py:{next(i for i, line in enumerate(lines, start=1) if text in line)}"


def test_an_anomaly_names_the_op_and_the_line():
    x = Tensor([1.0, 0.0], name="x")
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        np.log(x)  # the first anomaly
    assert str(caught.value).startswith("log(x (2,)) gave (2,) with 1 of 2 values not finite, -inf first at ")
    assert str(caught.value).endswith(line_of("# the first anomaly"))


ANOMALIES = {
    "log": (lambda: Value(0.0, name="v").log(), r"^log\(v = 0\.0\) gave -inf at .*" + HERE),
    "divide": (lambda: 1 / Value(0.0), r"^divide\(1, Value\(0\.0\)\) gave inf at .*" + HERE),
    "multiply": (lambda: Value(1e308) * 10, r"^multiply\(Value\(1e\+308\), 10\) gave inf at .*" + HERE),
    "power": (lambda: Value(-8.0) ** (1 / 3), r"^power\(Value\(-8\.0\), .*\) gave nan at .*" + HERE),
    "a list": (lambda: np.sum([Value(1e308), Value(1e308)]), r"^add\(.*\) gave inf at .*" + HERE),
    "an object array": (lambda: np.log(np.array([Value(0.0)])), r"^log\(Value\(0\.0\)\) gave -inf at .*" + HERE),
    "in no_grad": (no_grad()(lambda: np.log(Value(0.0))), r"^log\(Value\(0\.0\)\) gave -inf at .*" + HERE),
    "backward": (
        lambda: Value(0.0, name="v").sqrt().backward(),
        r"^backward through sqrt: the gradient of v = 0\.0 became inf at .*" + HERE,
    ),
    "backward, an array": (
        lambda: (Tensor([0.0, 1.0], name="t") ** 0.5).sum().backward(),
        r"^backward through power: the gradient of t \(2,\) became \(2,\) with 1 of 2 values not finite, inf .*" + HERE,
    ),
    "grad": (lambda: grad(lambda x: x**0.5)(0.0), r"^backward through power: .* became inf at .*" + HERE),
}


@pytest.mark.parametrize("name", ANOMALIES)
def test_anomalies(name):
    call, message = ANOMALIES[name]
    with detect_anomaly(), pytest.raises(AnomalyError, match=message):
        call()


def test_an_anomaly_recorded_outside():
    y = Value(0.0, name="v").sqrt()
    with (
        detect_anomaly(),
        pytest.raises(AnomalyError, match=r"became inf at a line recorded outside detect_anomaly\(\)"),
    ):
        y.backward()


def test_no_anomaly():
    """What comes in as NaN is no anomaly of the op it goes through, and the block changes no result."""
    x = Value(3.0)
    with detect_anomaly():
        y = (x * x).tanh() * Value(nan)
        (Tensor([inf, 1.0]) * 2).sum().backward()
        (x * x * x).backward()
    assert np.isnan(y.data)
    assert x.grad == 27.0


@pytest.mark.parametrize("order", [None, 0, 1, 1.5, 2, 3, np.inf, -np.inf])
def test_norms_of_vectors(order):
    x = np.array([0.5, -2.0, 1.5])
    value = np.linalg.norm(Tensor(x), order)
    assert value.item() == pytest.approx(np.linalg.norm(x, order))
    check_grads(lambda x: np.linalg.norm(x, order), x, order=1)
    if order in (None, 1.5, 2, 3):
        zero = Tensor(np.zeros(2))
        np.linalg.norm(zero, order).backward()
        assert zero.grad.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("order", [None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf])
@pytest.mark.parametrize("keepdims", [False, True])
def test_norms_of_matrices(order, keepdims):
    x = np.array([[0.5, -2.0, 1.5], [1.0, 0.25, -0.75]])
    np.testing.assert_allclose(
        np.linalg.norm(Tensor(x), order, keepdims=keepdims).data, np.linalg.norm(x, order, keepdims=keepdims)
    )
    check_grads(lambda x: np.linalg.norm(x, order, keepdims=keepdims), x, order=1)
    stack = np.stack([x, 2 * x[::-1]])
    moved = np.linalg.norm(Tensor(stack), order, axis=(2, 0), keepdims=keepdims)
    np.testing.assert_allclose(moved.data, np.linalg.norm(stack, order, axis=(2, 0), keepdims=keepdims))


def test_a_truncation_keeps_no_gradient():
    for truncate in (lambda t: t.astype(int), lambda t: np.astype(t, int)):
        with pytest.raises(DetachError, match=r"astype\(int64\)"):
            truncate(Tensor([1.5]))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda t: np.einsum("ij,jk", t), TypeError, "'ij,jk' names 2 operands, 1 were given"),
        (lambda t: ops.einsum(t, "ij"), TypeError, "subscripts come first, as a string"),
        (
            lambda t: ops.softmax_cross_entropy(t, y=np.ones((2, 3))),
            ShapeError,
            r"targets of shape \(2, 3\) for \(2, 2\)",
        ),
    ],
)
def test_arguments_that_do_not_fit(call, error, message):
    with pytest.raises(error, match=message):
        call(Tensor(np.eye(2)))


def test_a_guarded_quotient_takes_a_zero_cotangent():
    a, b = Tensor(2.0), Tensor(0.0)
    with np.errstate(divide="ignore"):
        ops.quotient_or_zero(a, b).backward(0.0)
    assert (a.grad, b.grad) == (0.0, 0.0)
