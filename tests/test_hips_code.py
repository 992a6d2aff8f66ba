"""Programs as one writes them for HIPS autograd run unchanged: its imports, its names, its ways to call them."""

from collections import namedtuple
from types import ModuleType

import numpy  # noqa: ICN001 (np is ours here)
import pytest
from scipy.optimize import minimize

import autograd.numpy as np
import autograd.numpy.random as npr
import autograd.scipy.stats.multivariate_normal as mvn
from autograd import (
    Tensor,
    Value,
    checkpoint,
    deriv,
    elementwise_grad,
    grad,
    grad_and_aux,
    grad_named,
    hessian,
    hessian_vector_product,
    holomorphic_grad,
    jacobian,
    make_ggnvp,
    make_hvp,
    make_jvp,
    multigrad_dict,
    value_and_grad,
    vector_jacobian_product,
)
from autograd.builtins import isinstance as is_instance
from autograd.builtins import type as type_of
from autograd.core import make_vjp
from autograd.misc import flatten
from autograd.misc.flatten import flatten_func
from autograd.misc.optimizers import adam, rmsprop, sgd
from autograd.scipy.special import gammaln, logsumexp
from autograd.scipy.stats import norm
from autograd.test_util import check_equivalent, check_grads, combo_check
from autograd.tracer import getval, isbox

# The functions that one starts with -------------------------------------------------------------------------------


def through_exponentials(x):
    decay = np.exp(-2 * x)
    return (1 - decay) / (1 + decay)


def test_four_derivatives_of_tanh():
    x = np.linspace(-3, 3, 13)
    t = np.tanh(x)
    derivative = through_exponentials
    for expected in (1 - t**2, -2 * t * (1 - t**2), (1 - t**2) * (6 * t**2 - 2), (1 - t**2) * t * (16 - 24 * t**2)):
        derivative = elementwise_grad(derivative)
        assert np.allclose(derivative(x), expected, atol=1e-12)
    assert grad(through_exponentials)(1.0) == pytest.approx(1 - numpy.tanh(1.0) ** 2)


def test_a_series_that_stops_by_itself():
    """A while loop whose condition reads what is differentiated."""

    def sine(x):
        total, term, n = x, x, 1
        while np.abs(term) > 1e-12:
            term = -term * x * x / ((n + 1) * (n + 2))
            total, n = total + term, n + 2
        return total

    assert grad(sine)(1.2) == pytest.approx(np.cos(1.2), abs=1e-11)
    assert grad(grad(sine))(1.2) == pytest.approx(-np.sin(1.2), abs=1e-10)


def test_rosenbrock_by_scipy():
    def rosenbrock(x):
        return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    start = np.array([-1.0, 2.0, 0.5])
    found = minimize(value_and_grad(rosenbrock), start, jac=True, method="BFGS")
    assert np.allclose(found.x, 1.0, atol=1e-4)
    newton = minimize(
        rosenbrock, start, jac=grad(rosenbrock), hessp=hessian_vector_product(rosenbrock), method="Newton-CG"
    )
    assert np.allclose(newton.x, 1.0, atol=1e-4)


# Models -----------------------------------------------------------------------------------------------------------


def test_logistic_regression():
    """Labels are bools; the weights, a plain array, are updated in place."""
    points = np.array([[1.0, 0.5, 1.2], [1.0, -0.3, 0.9], [1.0, -1.5, -0.2], [1.0, 0.2, -2.0]])
    labels = np.array([True, True, False, False])

    def loss(weights):
        p = 0.5 * (np.tanh(np.dot(points, weights) / 2.0) + 1)
        return -np.sum(np.log(p * labels + (1 - p) * (1 - labels)))

    slope = grad(loss)
    weights = np.zeros(3)
    p = 1 / (1 + np.exp(-points @ weights))
    assert np.allclose(slope(weights), points.T @ (p - labels))
    for _ in range(200):
        weights -= slope(weights) * 0.2
    assert loss(weights) < 0.3 < loss(np.zeros(3))
    check_grads(loss, modes=["rev"], order=2)(weights)


def test_a_network_trained_by_adam():
    """A list of pairs of weights and biases; the gradient is the same list of pairs."""
    rs = npr.RandomState(0)
    sizes = [2, 8, 2]
    parameters = [(0.5 * rs.randn(m, n), np.zeros(n)) for m, n in zip(sizes[:-1], sizes[1:])]  # noqa: B905, RUF007 (as they write it)
    inputs = rs.randn(40, 2)
    labels = np.array((inputs[:, :1] * inputs[:, 1:] > 0) == [False, True], dtype=float)

    def log_probabilities(parameters, inputs):
        for W, b in parameters:
            outputs = np.dot(inputs, W) + b
            inputs = np.tanh(outputs)
        return outputs - logsumexp(outputs, axis=1, keepdims=True)

    def objective(parameters, iteration):
        flat, _ = flatten(parameters)
        return 1e-4 * np.dot(flat, flat) - np.mean(np.sum(log_probabilities(parameters, inputs) * labels, axis=1))

    gradient = grad(objective)(parameters, 0)
    assert [tuple(map(np.shape, pair)) for pair in gradient] == [((2, 8), (8,)), ((8, 2), (2,))]
    seen = []
    trained = adam(
        grad(objective), parameters, step_size=0.1, num_iters=150, callback=lambda p, i, g: seen.append((i, len(g)))
    )
    assert seen == [(i, 2) for i in range(150)]
    right = np.argmax(log_probabilities(trained, inputs), axis=1) == np.argmax(labels, axis=1)
    assert np.mean(right) > 0.9
    assert objective(trained, 0) < 0.5 * objective(parameters, 0)


def test_a_line_fitted_by_maximum_likelihood():
    """Parameters by name in a dict."""
    rs = npr.RandomState(1)
    x = np.linspace(0, 1, 50)
    y = 2.0 * x - 1.0 + 0.1 * rs.randn(50)

    def loss(p, i):
        return -np.mean(norm.logpdf(y, p["slope"] * x + p["offset"], np.exp(p["log_scale"])))

    found = adam(grad(loss), {"slope": 0.0, "offset": 0.0, "log_scale": np.zeros(1)}, num_iters=800, step_size=0.05)
    assert set(found) == {"slope", "offset", "log_scale"} and found["log_scale"].shape == (1,)
    slope, offset = np.polyfit(x, y, 1)
    assert (found["slope"], found["offset"]) == (pytest.approx(slope, abs=1e-2), pytest.approx(offset, abs=1e-2))


def test_counts_of_a_negative_binomial_distribution():
    counts = np.array([0, 3, 1, 7, 2, 2, 5, 1])

    def log_likelihood(theta):
        r, p = np.exp(theta[0]), 1 / (1 + np.exp(-theta[1]))
        each = gammaln(counts + r) - gammaln(r) - gammaln(counts + 1) + r * np.log(1 - p) + counts * np.log(p)
        return np.sum(each)

    found = minimize(lambda theta: -log_likelihood(theta), np.zeros(2), jac=grad(lambda theta: -log_likelihood(theta)))
    r, p = np.exp(found.x[0]), 1 / (1 + np.exp(-found.x[1]))
    assert r * p / (1 - p) == pytest.approx(np.mean(counts), rel=1e-3)  # the mean is fitted exactly
    check_grads(log_likelihood)(found.x)


def test_variational_inference_by_sampling():
    """Gaussian approximation of a Gaussian: the optimum is known."""
    rs = npr.RandomState(0)
    noise = rs.randn(200, 2)

    def bound(parameters, i):
        mean, log_std = parameters[:2], parameters[2:]
        samples = noise * np.exp(log_std) + mean
        log_density = np.sum(norm.logpdf(samples, np.array([1.0, -2.0]), np.array([0.5, 2.0])), axis=1)
        return -(np.mean(log_density) + np.sum(log_std))

    found = adam(grad(bound), np.zeros(4), num_iters=600, step_size=0.05)
    assert np.allclose(found, [1.0, -2.0, np.log(0.5), np.log(2.0)], atol=0.2)


def test_a_gaussian_process_learns_its_length():
    x = np.linspace(-3, 3, 15)[:, None]
    y = np.sin(2 * x[:, 0])

    def loss(theta):
        squares = (x - x.T) ** 2
        covariance = np.exp(theta[0]) * np.exp(-0.5 * squares / np.exp(2 * theta[1])) + 1e-2 * np.eye(15)
        return -mvn.logpdf(y, np.zeros(15), covariance)

    found = minimize(value_and_grad(loss), np.array([0.0, 0.5]), jac=True, method="BFGS")
    assert found.fun < loss(np.array([0.0, 0.5])) - 1
    check_grads(loss, order=1)(np.array([0.1, 0.2]))


def test_a_recurrent_network():
    rs = npr.RandomState(0)
    W = 0.3 * rs.randn(3 + 4 + 1, 4)

    def last_state(W, inputs):
        state = np.zeros((inputs.shape[1], 4))
        for x in inputs:
            state = np.tanh(np.dot(np.hstack((x, state, np.ones((len(x), 1)))), W))
        return np.sum(state**2)

    check_grads(last_state, argnum=(0, 1), order=1)(W, rs.randn(3, 2, 3))


# Structures -------------------------------------------------------------------------------------------------------

Line = namedtuple("Line", ["slope", "offset"])  # noqa: PYI024 (what its users write)


@pytest.mark.parametrize(
    "structure",
    [
        [2.0, np.ones(3)], (2.0, np.ones(3)), Line(2.0, np.ones(3)), {"slope": 2.0, "offset": np.ones(3)},
        {"first": [2.0, (np.ones(3),)], "rest": Line(np.zeros(()), {"x": 1.5})}, [], [[2.0], ()],
    ],
    ids=str,
)  # fmt: skip
def test_structures(structure):
    def squares(tree):
        if is_instance(tree, dict):
            tree = list(tree.values())
        if is_instance(tree, (list, tuple)):
            return sum(map(squares, tree), 0.0)
        return np.sum(tree**2)

    gradient = grad(squares)(structure)
    assert type(gradient) is type(structure)
    vector, unflatten = flatten(structure)
    check_equivalent(gradient, unflatten(2 * vector))
    if len(vector):
        check_grads(squares)(structure)
    check_equivalent(grad(lambda x, tree: x * squares(tree), 1)(3.0, structure), unflatten(6 * vector))
    check_equivalent(grad(lambda *, tree: squares(tree), "tree")(tree=structure), gradient)


def test_types_of_nodes():
    def see(x, v):
        assert is_instance(x, np.ndarray) and is_instance(v, float) and not is_instance(x, float)
        assert (type_of(x), type_of(v), type_of([x])) == (np.ndarray, float, list)
        assert isbox(x) and not isbox(getval(x)) and isinstance(getval(x), np.ndarray)
        return v * np.sum(x)

    assert np.array_equal(grad(see)(np.ones(2), 3.0), [3.0, 3.0])


# Transforms -------------------------------------------------------------------------------------------------------

A = numpy.array([[1.0, -2.0, 0.5], [0.3, 1.0, 2.0]])
X, V = numpy.array([0.3, -0.2, 0.5]), numpy.array([1.0, 2.0, -1.0])


def curve(x):
    return np.tanh(np.dot(A, x))


def height(x):
    return np.sum(np.sin(x) * x[::-1])


def test_products_with_matrices_of_derivatives():
    J, H = jacobian(curve)(X), hessian(height)(X)
    assert np.allclose(make_jvp(curve)(X)(V)[1], J @ V)
    assert np.allclose(vector_jacobian_product(curve)(X, np.array([1.0, 3.0])), [1.0, 3.0] @ J)
    assert np.allclose(hessian_vector_product(height)(X, V), H @ V)
    product, gradient = make_hvp(height)(X)
    assert np.allclose(product(V), H @ V) and np.allclose(gradient, grad(height)(X))
    assert np.allclose(make_ggnvp(curve)(X)(V), J.T @ (J @ V))
    loss_curvature = hessian(lambda y: np.sum(y**4))(curve(X))
    assert np.allclose(make_ggnvp(curve, lambda y: np.sum(y**4))(X)(V), J.T @ loss_curvature @ J @ V)
    pull, y = make_vjp(curve, X)
    assert np.allclose(y, curve(X)) and np.allclose(pull(np.array([1.0, 3.0])), [1.0, 3.0] @ J)


def test_gradients_by_several_arguments_and_names():
    def f(a, b=2.0, *, c=3.0):
        return a * b**2 * c

    assert grad(f, argnum=[1, 0])(5.0, 2.0) == (60.0, 12.0)
    assert multigrad_dict(f)(5.0) == {"a": 12.0, "b": 60.0, "c": 20.0}
    assert grad_named(f, "b")(5.0, 2.0) == 60.0
    assert deriv(lambda t: np.array([t, t**2]))(3.0).tolist() == [1.0, 6.0]
    assert grad_and_aux(lambda x: (x**2, x + 1))(3.0) == (6.0, 4.0)
    assert make_jvp(f, argnum=(0, 1))(5.0, 2.0, c=1.0)((1.0, 1.0)) == (20.0, 4.0 + 20.0)


def test_checkpoints():
    calls = []

    def block(x):
        calls.append(isbox(x))
        return np.tanh(x) ** 2

    kept = checkpoint(block)
    assert np.allclose(grad(lambda x: np.sum(kept(x)))(X), grad(lambda x: np.sum(block(x)))(X))
    assert calls[:2] == [False, True]  # forward on plain numbers, recorded when it is needed
    check_grads(kept)(X)


def test_complex_derivatives_are_refused():
    with pytest.raises(NotImplementedError, match="a node holds real numbers; write the function with the real"):
        holomorphic_grad(np.sin)
    with pytest.raises(NotImplementedError, match=r"np.fft.fft\(Tensor \(3,\)\) .*a Fourier transform is complex"):
        grad(lambda x: np.sum(np.abs(np.fft.fft(x))))(X)
    assert np.allclose(np.fft.ifft(np.fft.fft(X)), X)


# The namespace ----------------------------------------------------------------------------------------------------


def test_every_public_name_of_numpy_is_there():
    platforms = {"float128", "complex256"}  # under other names longdouble and clongdouble
    private = {"__array_namespace_info__", "test", "core"}
    for ours, theirs in ((np, numpy), (np.linalg, numpy.linalg), (np.random, numpy.random), (np.fft, numpy.fft)):
        modules = {name for name in theirs.__all__ if isinstance(getattr(theirs, name, None), ModuleType)}
        missing = set(theirs.__all__) - set(vars(ours)) - modules - platforms - private
        assert missing <= {"random_integers"}  # which NumPy has deprecated


def test_functions_that_numpy_does_not_hand_over():
    def f(x, v):
        glued = np.array([[v, 2.0], [x[0], x[1] * v]])
        assert np.array(x, ndmin=2).shape == (1, 3) and np.asarray(x).shape == (3,)
        total = np.sum(glued * np.full((2, 2), v)) + np.mean([v, x[0]]) + np.std([v, x[1], 1.0])
        joined = np.where(condition=x > 0, x=x, y=v)
        return total + np.sum(np.asarray([v, v**2])) + np.sum(joined) + np.sum(np.make_diagonal(x) @ x)

    check_grads(f, argnum=(0, 1))(X, 0.7)
    assert isinstance(np.array([Value(1.0)]), Tensor) and isinstance(np.array([1.0]), np.ndarray)
    assert np.array([Value(1.0)], dtype=np.float32).dtype == np.float32


@pytest.mark.filterwarnings("ignore::autograd.PerformanceWarning")
def test_joining_by_brackets():
    check_grads(lambda v: np.sum(np.r_[v, 2.0 * v, 1.0] ** 2))(1.5)
    check_grads(lambda x: np.sum(np.c_[x, 2.0 * x] ** 3))(X)
    assert np.array_equal(np.r_[1:4, 0], [1, 2, 3, 0])


# Flattening and optimisers -----------------------------------------------------------------------------------------


def test_flatten():
    tree = {"b": (1.0, np.array([[2.0, 3.0]])), "a": [Line(4.0, ()), np.float64(5.0)]}
    vector, unflatten = flatten(tree)
    assert vector.tolist() == [4.0, 5.0, 1.0, 2.0, 3.0]  # dicts by sorted keys
    assert unflatten(vector)["b"][1].shape == (1, 2) and unflatten(vector)["a"][0] == Line(4.0, ())
    assert grad(lambda a, b: np.sum(flatten([a, {"x": b}])[0] ** 2), 1)(1.0, X) == pytest.approx(2 * X)
    on_vectors, _, start = flatten_func(lambda tree: {"b": tree["a"], "a": tree["b"]}, {"a": 1.0, "b": X})
    assert np.array_equal(on_vectors(start), [*X, 1.0])


@pytest.mark.parametrize("optimiser", [sgd, rmsprop, adam])
def test_optimisers(optimiser):
    goal = {"x": np.array([1.0, -2.0]), "y": [0.5]}

    def loss(p, i):
        return np.sum((p["x"] - goal["x"]) ** 2) + (p["y"][0] - goal["y"][0]) ** 2

    found = optimiser(grad(loss), {"x": np.zeros(2), "y": [0.0]}, num_iters=400, step_size=0.05)
    assert np.allclose(found["x"], goal["x"], atol=0.05) and found["y"][0] == pytest.approx(0.5, abs=0.05)


def test_first_steps_of_the_optimisers():
    def slope(x, i):
        return 2 * x

    assert [sgd(slope, 1.0, num_iters=n, step_size=0.5, mass=0.5) for n in (1, 2, 3)] == [0.5, 0.0, -0.25]
    assert rmsprop(slope, 1.0, num_iters=1) == pytest.approx(1 - 0.2 / np.sqrt(0.9 + 0.4))
    assert adam(slope, 1.0, num_iters=1, step_size=0.25) == pytest.approx(0.75)


def test_the_gradient_by_a_learning_rate():
    """Gradient descent is plain arithmetic, so that it can be differentiated itself."""

    def end(rate):
        return sgd(lambda x, i: 2 * x, np.array([1.0]), num_iters=5, step_size=rate)[0] ** 2

    check_grads(end)(0.1)


# The checks themselves ---------------------------------------------------------------------------------------------


def test_checks():
    combo_check(np.sum, [0])([1.5, X, A], axis=[None], keepdims=[False, True])
    with pytest.raises(AssertionError, match="not"):
        check_equivalent([1.0], (1.0,))
    with pytest.raises(AssertionError):
        check_equivalent(np.ones(2), np.array([1.0, 1.1]))


def test_a_bool_has_no_gradient():
    def positive(x):
        return np.all(x > 0)

    with pytest.raises(TypeError, match="the gradient of a number is asked for, but positive gives a bool, which has"):
        grad(positive)(X)
