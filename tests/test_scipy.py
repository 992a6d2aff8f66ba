"""`autograd.scipy`: values are SciPy's, gradients are those of central differences."""

import numpy as np
import pytest
import scipy

from autograd import DetachError, Tensor, check_grads, grad
from autograd.scipy import linalg, signal, special, stats

rng = np.random.default_rng(0)
P, Q, R, Z = rng.uniform(1.1, 3, 4), rng.uniform(1.1, 3, 4), rng.uniform(1.1, 3, (3, 1)), rng.normal(size=4)
U = rng.uniform(0.1, 0.9, 4)
WHOLE = np.array([1, 2, 1, 3])
TWO = {"beta", "betaln", "gammainc", "gammaincc", "iv", "ive", "jv", "polygamma", "stdtr", "yn"}
NAMES = set(special.__all__) - {"logsumexp", "log_softmax", "softmax", "multigammaln", "jn"}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_special_functions(name):
    """The gradients of rows are swept with the table; here stand the names."""
    theirs = getattr(scipy.special, name)
    args = {"betainc": (P, Q, U), "polygamma": (2, U)}.get(name, (WHOLE, U) if name in TWO else (U,))
    assert np.allclose(getattr(special, name)(*args), theirs(*args))


def test_the_distribution_function_of_student():
    check_grads(lambda t: special.stdtr(P, t), Z)
    with pytest.raises(TypeError, match=r"^stdtr: Value\(2.0\) is a parameter of the op, which takes no gradient"):
        grad(special.stdtr)(2.0, 0.5)
    with pytest.raises(TypeError, match=r"^stdtr: Value\(2.0\) is a parameter"):
        grad(lambda df: special.stdtr(df, Z).sum())(2.0)
    check_grads(lambda t: scipy.special.stdtr(P, t), Z)


def test_functions_along_an_axis():
    x, b = rng.normal(size=(3, 4)), rng.uniform(0.5, 2, (3, 4))
    for axis, keepdims in [(None, False), (0, True), (1, False), (None, True)]:
        ours = special.logsumexp(x, axis=axis, b=b, keepdims=keepdims)
        assert np.allclose(ours, scipy.special.logsumexp(x, axis=axis, b=b, keepdims=keepdims))
        check_grads(lambda x, axis=axis, keepdims=keepdims: special.logsumexp(x, axis, b, keepdims), x)
        assert np.allclose(special.softmax(x, axis), scipy.special.softmax(x, axis))
    check_grads(lambda x: special.log_softmax(x, 0) * special.softmax(x), x)
    check_grads(lambda x: special.multigammaln(x, 3), P + 1)
    assert np.allclose(special.multigammaln(P + 1, 3), scipy.special.multigammaln(P + 1, 3))


def test_the_logarithm_of_nothing():
    x, b = np.array([[-np.inf, -np.inf], [0.0, 1.0]]), np.array([2.0, 0.5])
    with np.errstate(divide="ignore"):
        assert np.allclose(special.logsumexp(x, 1, b), scipy.special.logsumexp(x, 1, b))


DENSITIES = [
    ("norm", (Z, Z[::-1], R), "pdf cdf sf logpdf logcdf logsf", 0, 3),
    ("t", (Z, P, Q, R), "pdf logpdf", 0, 4), ("beta", (U, P, R), "pdf logpdf", 0, 3),
    ("gamma", (P, R), "pdf logpdf", 0, 2), ("chi2", (P, R), "pdf logpdf", 0, 2), ("gamma", (P, 2.0), "cdf", 0, 1),
    ("beta", (U, 2.0, 1.5), "cdf", 0, 1), ("chi2", (P, 3.0), "cdf", 0, 1),
    ("poisson", (np.array([0.0, 1.0, 3.0, 2.0]), R), "pmf logpmf cdf", 1, 2),
    ("dirichlet", (U / U.sum(), P), "pdf logpdf", 1, 2),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "function", "args", "start", "stop"),
    [(name, f, args, start, stop) for name, args, names, start, stop in DENSITIES for f in names.split()],
)
def test_distributions(name, function, args, start, stop):
    ours, theirs = getattr(getattr(stats, name), function), getattr(getattr(scipy.stats, name), function)
    assert np.allclose(ours(*args), theirs(*args))
    check_grads(lambda *xs: ours(*args[:start], *xs, *args[stop:]), *args[start:stop], order=1)


def test_distribution_functions_of_student():
    for function in ("cdf", "sf", "logcdf", "logsf"):
        ours = getattr(stats.t, function)
        assert np.allclose(ours(Z, P, Q, R), getattr(scipy.stats.t, function)(Z, P, Q, R))
        check_grads(lambda x, loc, scale, ours=ours: ours(x, P, loc, scale), Z, Q, R, order=1)


COVARIANCE = np.array([[2.0, 0.3, 0.0], [0.3, 1.0, -0.2], [0.0, -0.2, 0.5]])


def test_normal_vectors():
    xs, mean = rng.normal(size=(4, 3)), np.array([0.1, -0.2, 0.3])
    mvn, theirs = stats.multivariate_normal, scipy.stats.multivariate_normal
    for function in ("pdf", "logpdf"):
        assert np.allclose(
            getattr(mvn, function)(xs, mean, COVARIANCE), getattr(theirs, function)(xs, mean, COVARIANCE)
        )
        check_grads(getattr(mvn, function), xs, mean, COVARIANCE, order=1)
    assert mvn.entropy(mean, COVARIANCE) == pytest.approx(theirs.entropy(mean, COVARIANCE))
    check_grads(lambda cov: mvn.entropy(mean, cov), COVARIANCE, order=1)
    assert mvn.logpdf(0.5, 0.0, 2.0) == pytest.approx(theirs.logpdf(0.5, 0.0, 2.0))


def test_normal_vectors_in_a_plane():
    mvn, flat = stats.multivariate_normal, np.diag([1.0, 4.0, 0.0])
    x = np.array([0.5, 1.0, 0.0])
    assert mvn.logpdf(x, np.zeros(3), flat, True) == pytest.approx(
        scipy.stats.multivariate_normal.logpdf(x, np.zeros(3), flat, True)
    )
    with pytest.raises(ValueError, match=r"the covariance matrix \(3, 3\) has the eigenvalues .* not all positive"):
        mvn.logpdf(x, np.zeros(3), flat)
    with pytest.raises(DetachError, match="the density of a singular matrix"):
        mvn.logpdf(x, np.zeros(3), Tensor(flat), True)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_convolution(mode):
    for m, n in [(5, 3), (3, 5), (4, 2), (1, 1)]:
        if mode == "same" and m < n:
            continue
        a, b = rng.normal(size=m), rng.normal(size=n)
        assert np.allclose(signal.convolve(a, b, mode=mode), scipy.signal.convolve(a, b, mode))
        A, B = rng.normal(size=(m, 4)), rng.normal(size=(n, 3 if m >= n else 5))
        assert np.allclose(signal.convolve(A, B, mode=mode), scipy.signal.convolve(A, B, mode))
        check_grads(lambda A, B: signal.convolve(A, B, mode=mode), A, B, order=1)


def test_convolution_along_some_axes():
    """A batch of pictures, (n, channels in, rows, columns), with filters (channels in, channels out, rows, columns)."""
    pictures, filters = rng.normal(size=(2, 3, 5, 4)), rng.normal(size=(3, 2, 2, 3))
    sides = {"axes": ([2, 3], [2, 3]), "dot_axes": ([1], [0])}
    out = signal.convolve(pictures, filters, **sides, mode="valid")
    expected = sum(scipy.signal.convolve(pictures[1, c], filters[c, 0], "valid") for c in range(3))
    assert out.shape == (2, 2, 4, 2) and np.allclose(out[1, 0], expected)
    check_grads(lambda F: signal.convolve(pictures, F, **sides, mode="full"), filters, order=1)
    with pytest.raises(ValueError, match="neither is the larger along all of"):
        signal.convolve(np.ones((3, 4)), np.ones((4, 3)), mode="valid")
    with pytest.raises(ValueError, match="mode='half': it is one of full, same, valid"):
        signal.convolve(np.ones(3), np.ones(2), mode="half")


def test_linear_algebra():
    a, b, q = rng.normal(size=(3, 3)), rng.normal(size=(2, 2)), rng.normal(size=(3, 2))
    check_grads(linalg.solve_sylvester, a, b, q)
    check_grads(lambda a: linalg.sqrtm(a @ a.T + np.eye(3)), a, order=1)
    for trans, lower in [(0, False), (1, True), ("T", False), ("N", True)]:
        for right in (rng.normal(size=3), q):
            check_grads(
                lambda a, b, trans=trans, lower=lower: linalg.solve_triangular(a, b, trans=trans, lower=lower),
                a + 3 * np.eye(3), right, order=1,
            )  # fmt: skip
    bands = rng.normal(size=(3, 5)) + np.array([[0.0], [4.0], [0.0]])
    check_grads(lambda a, b: linalg.solve_banded((1, 1), a, b), bands, rng.normal(size=5))
    check_grads(
        lambda a, b: linalg.solve_banded((2, 0), a[::-1], b), bands[::-1] + 0.5, rng.normal(size=(5, 2)), order=1
    )
    positive = a @ a.T + np.eye(3)
    assert np.allclose(linalg.cholesky(positive), scipy.linalg.cholesky(positive))
    with pytest.raises(NotImplementedError, match="solve_triangular with more than trans= and lower= has no rule"):
        grad(lambda a: np.sum(linalg.solve_triangular(a, q, unit_diagonal=True)))(a)
    with pytest.raises(TypeError, match="sqrtm returned complex128"):
        linalg.sqrtm(Tensor(-np.eye(2) @ np.diag([1.0, 2.0])))
