"""NumPy's and SciPy's functions on nodes, in every form of argument that NumPy documents.

Each line below is an expression in ``x``. It gives what it gives on plain arrays, and its first and second
derivatives are those of central differences. Read next: ``test_idioms.py``.
"""

import sys

import numpy as np
import pytest
from scipy import special
from test_idioms import INPUTS, A, B

from autograd import (
    DetachError,
    Parameter,
    PerformanceWarning,
    Tensor,
    Value,
    check_grads,
    grad,
    hessian,
    jacobian,
    no_grad,
    ops,
)

nan, inf = np.nan, np.inf
SCOPE = {"np": np, "special": special, "A": A, "B": B, "nan": nan, "inf": inf}
PLACES = INPUTS | {
    "gaps": np.array([[0.5, nan, 0.3], [2.0, 0.7, -0.9], [nan, 1.1, nan]]),
    "cube": np.arange(24.0).reshape(2, 4, 3) ** 1.3 % 7 - 3.1,
    "zeros": np.array([[1.5, 0.0, -2.0], [0.0, 0.7, 0.0]]),
    "fraction": np.array([0.2, 0.55, 0.9]),
}
FUNCTIONS = {
    "vector": """
        np.cbrt(x)
        np.reciprocal(x)
        np.sinc(x)
        np.i0(x)
        np.hypot(x, B)
        np.hypot(1.0, x)
        np.arctan2(x, B)
        np.arctan2(B, x)
        np.logaddexp2(x, B)
        np.logaddexp2(0.5, x)
        np.mod(x, B)
        np.mod(5.3, x)
        np.remainder(x, -0.6)
        np.fmod(x, B)
        np.fmod(5.3, x)
        np.floor_divide(x, 0.6)
        np.divmod(x, 0.6)
        np.modf(x)
        np.frexp(x)[0]
        np.ldexp(x, [1, -2, 3])
        np.ldexp(x, 2)
        np.copysign(x, B)
        np.fmax(x, [0.0, nan, 3.0])
        np.fmin([0.0, nan, 3.0], x)
        np.heaviside(B, x) + x
        np.deg2rad(x)
        np.rad2deg(x)
        np.degrees(x)
        np.radians(x)
        np.fabs(x)
        np.float_power(x, 2)
        np.trunc(x) * x
        np.fix(x) * x
        np.sign(x) * x
        np.real(x)
        np.imag(x) + x
        np.conj(x)
        np.real_if_close(x)
        np.angle(x) * x
        np.angle(x, deg=True) * x
        np.unwrap(x * 4)
        np.unwrap(x * 4, discont=4.0)
        np.unwrap(x * 4, period=3.0)
        np.unwrap(x * 4, period=3.0 + 0.1 * x[1])
        np.nan_to_num(x)
        np.nan_to_num(x + [nan, 0.0, inf], nan=2.0, posinf=3.0, neginf=4.0)
        np.where(x > 0, x, 1.0)
        np.where(x > 0, 1.0, x)
        np.where([[True, False, True], [False, True, False]], x, A)
        np.select([x > 2, x > 0], [x * 2, x**2], 7.0)
        np.select([x > 2], [x * 2], x)
        np.choose([0, 1, 0], [x, x * x])
        np.choose([0, 5, -1], [x, x * x], mode="wrap")
        np.choose([0, 5, -1], [x, x * x], mode="clip")
        np.piecewise(x, [x > 1, x < 0], [lambda z: z * z, lambda z: -z])
        np.piecewise(x, [x > 1], [lambda z: z * z, 3.0])
        np.piecewise(x, x > 1, [lambda z, a, b: a * z + b, lambda z, a, b: a * b * np.sin(z)], 2.0, b=3.0)
        np.clip(x, -0.1, 1.0)
        np.clip(x, min=-0.1)
        np.clip(x, max=1.0)
        np.clip(x, None, 1.0)
        np.clip(x, [-1.0, 0.0, 0.0], [1.0, 1.0, 5.0])
        np.clip(0.5, x, 3.0)
        x.clip(min=0.1)
        x // 0.6 + x % 0.6
        5.3 // x + 5.3 % x
        divmod(x, 0.6)
        x.real + x.imag
        np.exp(x, dtype=float)
        np.exp(x, where=True)
        np.log(x * x, where=[True, True, True], out=None)
        np.add(x, 1.0, casting="same_kind", order="C", subok=True)
        np.add.outer(x, B)
        np.subtract.outer(A, x)
        np.multiply.outer(x, x)
        np.hypot.outer(B, x)
        np.add.reduceat(x, [0, 1])
        np.multiply.reduceat(x, [0, 2, 1])
        np.maximum.reduceat(x, [1, 0])
        np.subtract.reduce(x)
        np.hypot.reduce(x)
        np.logaddexp.reduce(x)
        np.logaddexp2.reduce(x)
        np.add.accumulate(x)
        np.multiply.accumulate(x)
        np.maximum.accumulate(x)
        np.logaddexp.accumulate(x)
        special.expit(x)
        special.log_expit(x)
        special.logit(special.expit(x))
        special.erf(x)
        special.erfc(x)
        special.erfcx(x)
        special.ndtr(x)
        special.log_ndtr(x)
        special.gammaln(x)
        special.gamma(x)
        special.rgamma(x)
        special.psi(x)
        special.digamma(x)
        special.exprel(x)
        special.expm1(x)
        special.exp2(x) + special.exp10(x) + special.cbrt(x)
        special.xlogy(x, [1.0, 2.0, 3.0])
        special.xlog1py(x, [1.0, 2.0, 3.0])
        special.i0(x) + special.i1(x) + special.iv(2, x)
        special.i0e(x) + special.i1e(x) + special.ive(2, x)
        special.j0(x) + special.j1(x) + special.jv(2, x) + special.jn(3, x)
        special.dawsn(x)
        special.gammasgn(x) * x
    """,
    "positive": """
        special.log1p(x)
        special.entr(x)
        special.rel_entr(x, [1.0, 2.0, 3.0])
        special.rel_entr([1.0, 2.0, 3.0], x)
        special.kl_div(x, [1.0, 2.0, 3.0])
        special.xlogy(2.0, x)
        special.beta(x, 2.0)
        special.betaln(2.0, x)
        special.gammainc(1.5, x) + special.gammaincc(2.0, x)
        special.k0(x) + special.k1(x) + special.kv(2, x) + special.kn(1, x)
        special.y0(x) + special.y1(x) + special.yv(2, x) + special.yn(1, x)
        special.expi(x) + special.exp1(x)
    """,
    "fraction": """
        special.erfinv(x)
        special.erfcinv(x)
        special.ndtri(x)
        special.betainc(2.0, 1.5, x)
        special.spence(x)
        special.logit(x)
    """,
}  # fmt: skip
REDUCTIONS = {
    "matrix": """
        np.sum(x, 0, float)
        np.sum(x, axis=1, dtype=np.float64, keepdims=True)
        np.sum(x, initial=2.0)
        np.sum(x, where=[True, False, True])
        np.sum(x, axis=0, where=[[True, False, True], [False, False, True]], initial=1.5)
        np.mean(x, where=[True, False, True])
        np.mean(x, axis=0, dtype=float, keepdims=True, where=[[True, False, True], [True, True, True]])
        np.mean(x, 0, None, None, True)
        np.prod(x, initial=3.0)
        np.prod(x, axis=1, where=[True, False, True], keepdims=True)
        np.max(x, initial=0.1)
        np.max(x, axis=1, initial=-5.0, where=[True, False, True])
        np.min(x, axis=0, keepdims=True, initial=5.0, where=[[True, False, True], [False, False, True]])
        np.amax(x, 0)
        np.amin(x, axis=(0, 1))
        np.var(x, where=[True, False, True])
        np.var(x, axis=1, ddof=1, keepdims=True, where=[True, False, True])
        np.var(x, mean=0.5)
        np.var(x, axis=1, correction=1)
        np.std(x, axis=0, where=[[True, False, True], [True, True, True]])
        np.std(x, mean=x.mean(), correction=1)
        np.std(x, dtype=float)
        np.cumsum(x)
        np.cumsum(x, 1, float)
        np.cumprod(x)
        np.cumprod(x, axis=0)
        np.cumprod(x, axis=-1, dtype=float)
        np.cumulative_sum(x, axis=1)
        np.cumulative_sum(x[0], include_initial=True)
        np.cumulative_prod(x, axis=0, include_initial=True)
        np.ptp(x)
        np.ptp(x, axis=0)
        np.ptp(x, axis=1, keepdims=True)
        np.average(x)
        np.average(x, axis=0, keepdims=True)
        np.average(x, weights=A**2)
        np.average(x, axis=1, weights=[1.0, 2.0, 3.0])
        np.average(x, axis=(0, 1), weights=A**2)
        np.average(A, axis=0, weights=(x * x)[:, 0])
        np.average(x, axis=1, weights=[1.0, 2.0, 3.0], returned=True)
        np.median(x)
        np.median(x, axis=0)
        np.median(x, axis=1, keepdims=True)
        np.median(x, axis=(0, 1), overwrite_input=True)
        np.percentile(x, 30)
        np.percentile(x, [10, 90], axis=1)
        np.quantile(x, 0.3, axis=0, keepdims=True)
        np.quantile(x, [[0.0, 0.25], [0.5, 1.0]])
        np.quantile(x, 0.4, axis=(0, 1), method="hazen")
        x.sum(0, float)
        x.sum(axis=1, where=[True, False, True], initial=2.0)
        x.mean(axis=0, where=[[True, False, True], [True, True, True]])
        x.max(initial=0.1)
        x.var(axis=1, ddof=1, where=[True, False, True])
        x.std(0, None, None, 1, True)
        x.cumprod(axis=1)
        np.add.reduce(x, axis=1, keepdims=True, initial=1.0, where=[True, False, True])
        np.multiply.reduce(x, axis=None)
        np.maximum.reduce(x, axis=(0, 1))
        np.minimum.reduce(x, axis=1, initial=0.1)
        np.hypot.reduce(x, axis=1, keepdims=True, initial=1.0)
        np.hypot.reduce(x, axis=None, keepdims=True)
        np.add.reduceat(x, [0, 2, 1], axis=1)
        np.nansum(x) + np.nanmean(x) + np.nanmedian(x)
    """,
    "zeros": """
        np.prod(x)
        np.prod(x, axis=1)
        np.cumprod(x)
        np.cumprod(x, axis=1)
    """,
    "cube": """
        np.var(x, axis=(0, 2), where=x > 0)
        np.median(x, axis=(0, 2), keepdims=True)
        np.quantile(x, [0.2, 0.7], axis=(-1, 0))
        np.cumprod(x, axis=1)
        np.average(x, axis=(0, 2), weights=np.array([[1.0, 2.0], [3.0, 4.0], [2.0, 2.0]]).T)
        np.unwrap(x, axis=1)
    """,
    "gaps": """
        np.nansum(x)
        np.nansum(x, axis=0, keepdims=True, initial=1.0, where=[True, True, False])
        np.nanprod(x)
        np.nanprod(x, axis=1)
        np.nanmean(x, axis=0)
        np.nanmean(x, axis=1, keepdims=True, where=[True, True, False])
        np.nanvar(x)
        np.nanvar(x, axis=0)
        np.nanstd(x, axis=(0, 1), ddof=1)
        np.nanstd(x[:2], axis=1, keepdims=True)
        np.nanmax(x)
        np.nanmax(x, axis=0)
        np.nanmin(x, axis=1, keepdims=True)
        np.nanmin(x, axis=1, initial=0.6)
        np.nancumsum(x, axis=1)
        np.nancumprod(x, axis=1)
        np.nancumprod(x)
        np.nanmedian(x)
        np.nanmedian(x, axis=0)
        np.nanmedian(x, axis=1, keepdims=True)
        np.nanquantile(x, [0.2, 0.7], axis=1)
        np.nanpercentile(x, 30, axis=0, keepdims=True)
    """,
}


def cases(table):
    return [
        pytest.param(line.strip(), PLACES[name], id=line.strip())
        for name, text in table.items()
        for line in text.strip().splitlines()
        if "cumulative_" not in line or "cumulative_sum" in vars(np)  # since NumPy 2.1
    ]


def parts(y):
    return [np.asarray(part.data if isinstance(part, (Tensor, Value)) else part) for part in as_list(y)]


def as_list(y):
    return list(y) if isinstance(y, tuple) else [y]


ALL = {place: FUNCTIONS.get(place, "") + REDUCTIONS.get(place, "") for place in FUNCTIONS | REDUCTIONS}


@pytest.mark.parametrize(("expression", "x"), cases(ALL))
def test_functions(expression, x):
    function = eval(f"lambda x: {expression}", SCOPE)
    got, expected = function(Tensor(x)), function(x)
    assert isinstance(got, tuple) == isinstance(expected, tuple)
    for mine, numpys in zip(parts(got), parts(expected), strict=True):
        assert mine.shape == numpys.shape
        np.testing.assert_allclose(mine, numpys, rtol=1e-12, atol=1e-14)
    here = ~np.isnan(x)  # central differences move numbers only

    def of_numbers(numbers):
        leaf = ops.set_at(x, numbers, here)
        return sum((part * np.cos(i + 1)).sum() for i, part in enumerate(as_list(function(leaf))))

    check_grads(of_numbers, x[here], order=2)


# --- one number, and other kinds of arrays ---------------------------------------------------------------------------

ON_NUMBERS = """
    np.cbrt(x)
    np.sinc(x)
    np.i0(x)
    np.hypot(x, 2.0)
    np.arctan2(x, 0.3)
    np.logaddexp2(x, 1.0)
    np.mod(x, 0.3)
    np.fmod(x, 0.3)
    np.modf(x)[0]
    np.ldexp(x, 3)
    np.frexp(x)[0]
    np.copysign(x, -1.0)
    np.fmax(x, nan)
    np.fmin(x, 0.5)
    np.heaviside(x, 0.5) * x
    np.reciprocal(x)
    np.degrees(x)
    np.nan_to_num(x)
    np.select([x > 0], [x * x], 0.0)
    np.real(x) + np.imag(x) + np.angle(x)
    np.clip(x, min=0.1, max=0.9)
    np.sum(x, initial=2.0)
    np.sum(x, where=True)
    np.mean(x, dtype=float)
    np.median(x)
    np.quantile(x, 0.3)
    np.ptp(x) + x
    np.average(x)
    np.nansum(x) + np.nanmax(x) + np.nanmean(x) + np.nanmedian(x)
    np.exp(x, dtype=float)
    x // 0.3 + x % 0.3
    2.0 // x + 2.0 % x
    divmod(x, 0.3)[1] + divmod(2.0, x)[1]
    x.cbrt() + x.hypot(2.0) + x.fmod(0.3) + x.reciprocal() + x.degrees() + x.trunc() + x.conj() + x.real
    special.expit(x) + special.erfc(x) + special.gammaln(x) + special.psi(x) + special.xlogy(x, x) + special.entr(x)
"""


@pytest.mark.parametrize("leaf", [Value, Tensor], ids=["Value", "Tensor"])
@pytest.mark.parametrize("expression", [line.strip() for line in ON_NUMBERS.strip().splitlines()])
def test_one_number(expression, leaf):
    function = eval(f"lambda x: {expression}", SCOPE)
    x = leaf(0.7)
    y = function(x)
    if "x." not in expression:
        np.testing.assert_allclose(y.item(), function(np.float64(0.7)), rtol=1e-12)
    y.backward()
    assert x.grad == pytest.approx((function(Value(0.7 + 1e-6)).item() - function(Value(0.7 - 1e-6)).item()) / 2e-6)


@pytest.mark.parametrize(
    ("expression", "x"), [case for case in cases(FUNCTIONS | REDUCTIONS) if "float" not in case.id]
)
def test_float32_stays(expression, x):
    leaf = Tensor(x.astype(np.float32))
    with np.errstate(all="ignore"):
        y = eval(f"lambda x: {expression}", SCOPE)(leaf)
        total = sum(part.sum() for part in as_list(y) if isinstance(part, Tensor) and not part.is_constant)
        total.backward()
        expected = eval(f"lambda x: {expression}", SCOPE)(x.astype(np.float32))
    for part, numpys in zip(parts(y), parts(expected), strict=True):
        assert part.dtype in (np.float32, numpys.dtype)
    assert leaf.grad.dtype == np.float32


@pytest.mark.parametrize("method", [
    "inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull",
    "linear", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest",
])  # fmt: skip
def test_quantiles_of_every_method(method):
    rng = np.random.default_rng(1)
    for n in (1, 2, 5, 8):
        x = rng.normal(size=(n, 2))
        for q in (0.0, 0.1, 0.25, 0.5, 0.73, 1.0):
            y = np.quantile(Tensor(x), q, axis=0, method=method)
            np.testing.assert_allclose(y.data, np.quantile(x, q, axis=0, method=method), rtol=1e-13)
            check_grads(lambda x, q=q: np.quantile(x, q, axis=0, method=method), x, order=1)


def test_quantiles_with_nan():
    x = Tensor([[1.0, nan, 3.0], [3.0, 2.0, 1.0]])
    np.testing.assert_array_equal(np.median(x, axis=1).data, [nan, 2.0])


@pytest.mark.parametrize("x", [[2.0, 3.0, 5.0], [2.0, 0.0, 5.0], [0.0, 0.0, 5.0], [0.0, 0.0, 0.0]], ids=str)
def test_running_products_with_zeros(x):
    a, b, c = x
    np.testing.assert_array_equal(jacobian(np.cumprod)(np.array(x)), [[1, 0, 0], [b, a, 0], [b * c, a * c, a * b]])
    np.testing.assert_array_equal(hessian(lambda x: np.cumprod(x)[2])(np.array(x)), [[0, c, b], [c, 0, a], [b, a, 0]])


# --- special values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gammaln", "gamma", "psi", "erfc", "exprel", "xlog1py", "entr", "rel_entr", "kl_div"])
def test_values_are_those_of_scipy(name):
    function = vars(special)[name]
    x = np.array([-7.3, -2.5, -1e-3, 0.0, 1e-8, 1e-3, 0.5, 1.0, 1.4616, 2.0, 3.7, 20.0, 170.0, 300.0, nan])
    operands = (x,) if function.nin == 1 else tuple(np.meshgrid(x, x))
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(function(*map(Tensor, operands)).data, function(*operands), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_polygamma(n):
    x = np.array([1e-3, 0.1, 0.5, 1.0, 2.0, 7.7, 30.0, 1e5])
    np.testing.assert_allclose(ops.polygamma(n, x), special.polygamma(n, x), rtol=1e-12)
    reflected = np.pi / np.tan(np.pi * -2.3)  # psi(1 - x) - psi(x) = pi / tan(pi x)
    assert ops.digamma(1 + 2.3) - ops.digamma(-2.3) == pytest.approx(reflected, rel=1e-13)
    check_grads(lambda x: ops.polygamma(n, x), np.array([-2.3, -0.4, 0.6, 3.0]), order=1)


@pytest.mark.parametrize("x", [0.0, 1e-9, 1e-3, 0.3, 1.7, 20.3, -1e-9])
def test_derivatives_of_sinc_and_exprel(x):
    """From their series at small and from their formulas at large numbers."""
    z = np.pi * x
    slope = -z * np.pi / 3 if abs(x) < 1e-4 else (np.cos(z) - np.sinc(x)) / x
    curvature = -(np.pi**2) / 3 if abs(x) < 1e-4 else -np.pi * np.sin(z) / x - 2 * slope / x
    first = grad(np.sinc)
    assert [first(x), grad(first)(x)] == [pytest.approx(slope, rel=1e-7), pytest.approx(curvature, rel=1e-7)]
    first = grad(ops.exprel)
    slope = 0.5 + x / 3 if abs(x) < 1e-4 else (np.exp(x) - ops.exprel(x)) / x
    assert first(x) == pytest.approx(slope, rel=1e-7)
    assert grad(first)(0.0) == pytest.approx(1 / 3, rel=1e-14)


@pytest.mark.parametrize("size", [1e-200, 1e-160, 1.0, 1e160, 1e300])
def test_angles_and_distances_at_any_size(size):
    for function, expected in [(np.arctan2, [0.8, -0.6]), (np.hypot, [0.6 * size, 0.8 * size])]:
        a, b = Value(0.6 * size), Value(0.8 * size)
        function(a, b).backward()
        np.testing.assert_allclose([a.grad * size, b.grad * size], expected, rtol=1e-12)


@pytest.mark.parametrize(
    "function",
    [np.ldexp, lambda x, n: special.jv(n, x), lambda x, n: special.betainc(n, n, x), lambda x, n: special.stdtr(n, x)],
    ids=["ldexp", "jv", "betainc", "stdtr"],
)
def test_parameters_may_be_arrays(function):
    """Beside a Value too; the graph has its own copy."""
    orders = np.array([1, 2, 3])
    expected = (function(0.3 + 1e-6, orders) - function(0.3 - 1e-6, orders)) / 2e-6
    for leaf in (Value(0.3), Tensor([0.3])):
        given = orders.copy()
        y = function(leaf, given)
        given[:] = 7
        y.backward(np.ones(3))
        assert float(np.sum(leaf.grad)) == pytest.approx(expected.sum(), rel=1e-7)


def test_nan_to_num_writes_nothing_into_a_tensor():
    x = Tensor([np.nan, 2.0])
    assert np.nan_to_num(x, copy=False).data.tolist() == [0.0, 2.0]
    assert np.isnan(x.data[0])


def test_scipy_functions_that_are_no_ufuncs():
    """They take arrays apart: right, slow and with a warning, or refused."""
    x = Tensor([0.3, 0.7, 1.2])
    with pytest.warns(UserWarning, match="NumPy made an object array"):
        y = Tensor(special.softmax(x))
    np.testing.assert_allclose(y.data, special.softmax(x.data))
    for function in (special.logsumexp, special.log_softmax, lambda x: special.polygamma(1, x)):
        with pytest.warns(UserWarning, match="NumPy made an object array"), pytest.raises(TypeError):
            function(x)


def test_scipy_is_imported_when_needed_only(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    assert ops.gammaln(Value(3.0)).data == pytest.approx(np.log(2))
    with pytest.raises(ImportError, match=r"erfinv is computed by SciPy: run pip install scipy, or handgrad\[scipy\]"):
        ops.erfinv(0.3)


def test_a_ufunc_of_the_same_name_is_not_taken_for_scipys():
    def psi(x):
        return x * 2

    ufunc = np.frompyfunc(psi, 1, 1)
    with pytest.warns(PerformanceWarning, match=r"^the ufunc .*: no derivative rule fits this call"):
        assert ufunc(Tensor([1.0])).data == 2.0


# --- ufuncs' methods, and what cannot be ------------------------------------------------------------------------------


def test_at_updates_a_parameter():
    p = Parameter([1.0, 2.0, 3.0])
    np.add.at(p, [0, 0, 2], 1.0)
    np.maximum.at(p, [1], 5.0)
    assert p.data.tolist() == [3.0, 5.0, 4.0]
    with no_grad():
        table = Tensor([1.0, 2.0])
        np.subtract.at(table, [1], Value(2.0))
    assert table.data.tolist() == [1.0, 0.0]


T = Tensor([1.3, -0.4, 2.1])
REFUSED = {
    "a mask without out": (
        lambda: np.log(T, where=T > 0), ValueError, r"where=mask\) sets no entry where .* np\.where\(mask",
    ),
    "a mask with out": (lambda: np.log(T, where=T > 0, out=np.zeros(3)), DetachError, "writing np.log into an array"),
    "a signature": (lambda: np.add(T, 1.0, signature="dd->d"), TypeError, r"np\.add\(\.\.\., signature=\): say dtype="),
    "integers": (lambda: np.exp(T, dtype=int), DetachError, "astype"),
    "a sum of integers": (lambda: np.sum(T, dtype=int), DetachError, r"astype\(int64\)"),
    "a sum into an array": (lambda: np.sum(T, 0, None, np.zeros(())), DetachError, "out= is an array"),
    "a mean into an array": (lambda: T.mean(out=np.zeros(())), DetachError, "out= is an array"),
    "a median into an array": (lambda: np.median(T, None, np.zeros(())), DetachError, "out= is an array"),
    "running sums into an array": (lambda: np.cumsum(T, 0, None, np.zeros(3)), DetachError, "out= is an array"),
    "a cast": (lambda: np.add(T, 1.0, dtype=np.float32, casting="no"), TypeError, "Cannot cast"),
    "at, into an array": (lambda: np.add.at(np.zeros(3), [0], T[0]), DetachError, r"np\.add\.at, which w.*t\.at\[i\]"),
    "at, of a recorded one": (lambda: np.add.at(T * 1, [0], 1.0), TypeError, "only a Parameter is updated in place"),
    "two axes": (
        lambda: np.hypot.reduce(T[:, None], axis=(0, 1)), NotImplementedError, r"np\.hypot\.reduce goes along one axis",
    ),
    "nextafter": (
        lambda: np.nextafter(T, 1.0), NotImplementedError, "no derivative rule, .*it is about how floats are stored",
    ),
    "spacing": (lambda: np.spacing(T), NotImplementedError, "np.spacing.* it is about how floats are stored"),
    "airy": (lambda: special.airy(T), NotImplementedError, "the ufunc airy.* has no derivative rule"),
    "which quantile": (lambda: np.quantile([1.0, 2.0], T[0]), TypeError, "says which quantile, and gets no gradient"),
    "an order": (lambda: special.jv(T, 1.0), TypeError, "jv: .* is a parameter of the op, which takes no gradient"),
    "a share": (lambda: special.gammainc(T, 1.0), TypeError, "gammainc: .* is a parameter of the op"),
    "max of a mask": (lambda: np.max(T, where=[True, False, True]), ValueError, r"max\(where=\.\.\.\).*give initial="),
    "two bounds": (lambda: np.clip(T, 0.0, 1.0, min=0.5), ValueError, "a_min and min are the same bound"),
    "ddof and correction": (lambda: np.var(T, ddof=1, correction=1), ValueError, "are the same: give one of them"),
    "weights of 0": (lambda: np.average(T, weights=[1.0, -1.0, 0.0]), ZeroDivisionError, "the weights add up to 0"),
    "weights of another shape": (lambda: np.average(T, weights=[[1.0]]), TypeError, r"weights \(1, 1\) for \(3,\)"),
    "weights of another length": (
        lambda: np.average(T, axis=0, weights=[1.0, 2.0]), ValueError, r"weights \(2,\) for axis=0 of \(3,\)",
    ),
    "choices": (lambda: np.select([T > 0], [T, T]), ValueError, "1 conditions and 2 choices"),
    "conditions": (lambda: np.select([T], [T]), TypeError, "a condition is no bool"),
    "pieces": (lambda: np.piecewise(T, [T > 0], [1, 2, 3]), ValueError, "3 functions for 1 conditions"),
    "cumulative sums": (lambda: ops.cumulative_sum(T[:, None]), ValueError, r"x \(3, 1\) has no single axis"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    call, error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        call()


EMPTY = {
    "sum": lambda x: np.sum(x, initial=2.0), "max": lambda x: np.max(x, initial=2.0), "prod": np.prod,
    "min by rows": lambda x: np.min(x, axis=1, initial=2.0), "cumprod": np.cumprod, "cumsum": np.cumsum,
    "nansum": np.nansum, "sinc": np.sinc, "mod": lambda x: x % 2, "exprel": special.exprel, "psi": special.psi,
    "where": lambda x: np.sum(x, axis=1, where=np.zeros((2, 0), bool)),
    "hypot.reduce": lambda x: np.hypot.reduce(x, axis=1, keepdims=True, initial=2.0),
    "logaddexp2.reduce": lambda x: np.logaddexp2.reduce(x, axis=1),
    "maximum.accumulate": lambda x: np.maximum.accumulate(x, axis=1),
    "reduceat": lambda x: np.add.reduceat(x, [], axis=0),
}  # fmt: skip


@pytest.mark.parametrize("name", EMPTY)
def test_of_no_entries(name):
    x = Tensor(np.zeros((2, 0)))
    y = EMPTY[name](x)
    np.testing.assert_array_equal(y.data, EMPTY[name](x.data))
    y.sum().backward()
    assert x.grad.shape == (2, 0)
