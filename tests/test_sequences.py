"""Differences, slopes, areas, interpolation, convolution, even steps, polynomials, covariances: every form of call."""

import numpy as np
import pytest
from calls import calls, check_call

from autograd import Tensor, Value, check_grads, grad

RNG = np.random.default_rng(2)
ARRAYS = {
    "u": RNG.normal(size=5),
    "v": RNG.normal(size=3),
    "w": RNG.uniform(0.5, 2.0, 5),
    "t": np.array([0.0, 0.3, 1.1, 1.9, 2.4]),
    "x": np.array([-0.5, 0.2, 1.0, 2.2, 3.6]),
    "A": RNG.normal(size=(4, 5)),
    "B": RNG.normal(size=(3, 5)),
    "S": RNG.normal(size=(2, 3, 4)),
    "a": np.array(1.3),
    "b": np.array(2.6),
}

DIFFERENCES = """
    np.diff(u)
    np.diff(u, 2)
    np.diff(A, n=0)
    np.diff(A, axis=0)
    np.diff(S, 2, 1)
    np.diff(u, prepend=0.0)
    np.diff(u, prepend=a, append=b)
    np.diff(A, axis=0, prepend=u[None], append=0.0)
    np.diff(A, append=A[:, :2])
    np.ediff1d(u)
    np.ediff1d(A, to_end=9.0)
    np.ediff1d(u, to_begin=a, to_end=v)
    np.ediff1d(u, [1.0, 2.0], [3.0])
    np.gradient(u)
    np.gradient(u, 0.5)
    np.gradient(u, a)
    np.gradient(u, t)
    np.gradient(u, t, edge_order=2)
    np.gradient(u, 2.0, edge_order=2)
    np.gradient(A)
    np.gradient(A, 2.0, 0.5)
    np.gradient(A, 2.0, t)
    np.gradient(A, t, axis=1)
    np.gradient(S, axis=(0, 2))
    np.gradient(S, 2.0, 0.5, axis=(2, 0))
    np.gradient(S, 0.1, axis=-1, edge_order=2)
    np.trapezoid(u)
    np.trapezoid(u, t)
    np.trapezoid(u, dx=0.5)
    np.trapezoid(A, dx=a)
    np.trapezoid(A, t, axis=1)
    np.trapezoid(A, x=A[:, :1] + t, axis=-1)
    np.trapezoid(S, [0.0, 1.0, 3.0], axis=1)
"""

LINES = """
    np.interp(x, t, u)
    np.interp(0.7, t, u)
    np.interp(a, t, u)
    np.interp(A, t, u)
    np.interp(x, [0.0, 0.9, 3.0], v)
    np.interp(x, t, [1.0, 0.0, 2.0, 5.0, 1.0])
    np.interp(x, t, u, left=-1.0, right=7.0)
    np.interp(x, t, u, a, b)
    np.interp(x, t, u, period=2.6)
    np.interp(x, t[::-1], u, period=-2.6)
    np.interp(x, t, u, period=2.0 + a * a)
    np.interp(x, t[:1], u[:1])
    np.linspace(a, b)
    np.linspace(a, b, 4)
    np.linspace(a, 5.0, num=3, endpoint=False)
    np.linspace(0.0, b, 1)
    np.linspace(a, b, 3, retstep=True)
    np.linspace(u, a, 4, axis=-1)
    np.linspace(A, u, 3, axis=1)
    np.linspace(a, b, 3, dtype=float)
    np.logspace(a, b, 4)
    np.logspace(a, b, 4, endpoint=False, base=2.0)
    np.logspace(0.0, b, num=3, base=a)
    np.logspace(v, 1.0, 3, axis=-1)
    np.logspace(a, 1.0, 4, base=w)
    np.geomspace(a, b, 4)
    np.geomspace(a, 10.0, 3, endpoint=False)
    np.geomspace(-a, -b, 4)
    np.geomspace(w, 9.0, 3, axis=1)
"""

CONVOLUTIONS = "\n".join(
    f"np.{name}({first}, {second}{mode})"
    for name in ("convolve", "correlate")
    for first, second in [("u", "v"), ("v", "u"), ("u[:4]", "v[:2]"), ("v[:2]", "u[:4]"), ("u", "u"), ("u", "a")]
    for mode in ("", ", 'full'", ", mode='same'", ", mode='valid'")
    if (name, second) != ("correlate", "a")  # NumPy refuses that
)

POLYNOMIALS = """
    np.polyval(v, 2.0)
    np.polyval(v, u)
    np.polyval([1.0, 2.0, 3.0], A)
    np.vander(v)
    np.vander(u, 3)
    np.vander(v, N=2, increasing=True)
    np.polyfit(t, u, 2)
    np.polyfit(x, u, 1)
    np.polyfit(t, A.T, 3)
    np.polyfit(t, u, 2, w=w)
    np.polyfit([0.0, 1.0, 2.0], v, deg=1, rcond=1e-12)
    np.poly(v)
    np.poly(u)
"""

STATISTICS = """
    np.cov(A)
    np.cov(u)
    np.cov(u, 2 * t)
    np.cov(A, B)
    np.cov(A, rowvar=False)
    np.cov(A, bias=True)
    np.cov(A, ddof=0)
    np.cov(A, fweights=[1, 2, 1, 3, 1])
    np.cov(A, aweights=[0.1, 0.2, 0.3, 0.1, 0.5])
    np.cov(A, aweights=[0.1, 0.2, 0.3, 0.1, 0.5], fweights=[1, 2, 1, 3, 1], ddof=2)
    np.corrcoef(A)
    np.corrcoef(A, u)
    np.corrcoef(A, rowvar=False)
"""

FUNCTIONS = """
    np.apply_along_axis(lambda r: r * r.sum(), 0, A)
    np.apply_along_axis(np.sum, -1, S)
    np.apply_along_axis(lambda r: np.outer(r, r), 1, S)
    np.apply_along_axis(lambda r, p, k=1: [r[0] ** p, k * r[1]], 2, S, 2, k=3.0)
    np.apply_over_axes(np.sum, S, [0, 2])
    np.apply_over_axes(lambda x, i: x.cumsum(i), A, 1)
"""

TABLES = DIFFERENCES + LINES + CONVOLUTIONS + POLYNOMIALS + STATISTICS + FUNCTIONS


@pytest.mark.parametrize(("function", "xs"), calls(TABLES, ARRAYS))
def test_calls(function, xs):
    check_call(function, xs)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_convolutions_of_all_lengths(mode):
    for n in range(1, 7):
        for m in range(1, 7):
            x, y = RNG.normal(size=n), RNG.normal(size=m)
            for function in (np.convolve, np.correlate):
                got = function(Tensor(x), Tensor(y), mode)
                np.testing.assert_allclose(got.data, function(x, y, mode), rtol=1e-12, atol=1e-14)


def test_interpolation_at_the_points():
    """At a point the slope is that of the line after it; at the last point, and outside, it is 0 or the line's."""
    xp, fp = np.array([0.0, 1.0, 3.0]), np.array([0.0, 5.0, 1.0])
    x = np.array([-1.0, 0.0, 1.0, 2.0, 3.0, 4.0])
    np.testing.assert_array_equal(np.interp(Tensor(x), xp, fp).data, np.interp(x, xp, fp))
    assert grad(lambda x: np.interp(x, xp, fp).sum())(x).tolist() == [0.0, 5.0, -2.0, -2.0, 0.0, 0.0]
    assert grad(lambda f: np.interp(x, xp, f).sum())(fp).tolist() == [2.0, 1.5, 2.5]


def test_even_steps_of_values():
    a, b = Value(1.0), Value(3.0)
    line = np.linspace(a, b, 5)
    assert line.data.tolist() == [1.0, 1.5, 2.0, 2.5, 3.0]
    line.backward(np.arange(5.0))
    assert (a.grad, b.grad) == (2.5, 7.5)
    check_grads(lambda a, b: np.geomspace(a, b, 4), 1.0, 3.0)


REFUSED = {
    "polyfit": (lambda t: np.polyfit(t[0], t[1], 1, full=True), "only the coefficients have a rule"),
    "poly": (lambda t: np.poly(t[:, :4]), "poly of a matrix"),
    "roots": (lambda t: np.roots(t[0]), "its results may be complex"),
    "histogram": (np.histogram, r"counts move in jumps; np.bincount\(positions, weights\)"),
    "weights": (lambda t: np.cov(t, aweights=t[0] ** 2), "cov: weights have no rule; give their .data"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    function, message = REFUSED[name]
    with pytest.raises(NotImplementedError, match=message):
        function(Tensor(ARRAYS["A"]))


WRONG = {
    "diff": (ValueError, lambda t: np.diff(t, -1)),
    "gradient, too short": (ValueError, lambda t: np.gradient(t[:, :1])),
    "gradient, coordinates": (ValueError, lambda t: np.gradient(t, [0.0, 1.0], axis=0)),
    "gradient, spacings": (TypeError, lambda t: np.gradient(t, 1.0, 2.0, 3.0)),
    "convolve": (ValueError, lambda t: np.convolve(t[0], t[1], "all")),
    "apply_along_axis": (ValueError, lambda t: np.apply_along_axis(np.sum, 1, t[:0])),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments(name):
    error, function = WRONG[name]
    for x in (ARRAYS["A"], Tensor(ARRAYS["A"])):
        with pytest.raises(error):
            function(x)


def test_too_few_samples():
    with pytest.raises(ValueError, match="cov of 1 samples with ddof=1: too few of them"):
        np.cov(Tensor([[1.0], [2.0]]))
