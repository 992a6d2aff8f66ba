"""Expressions nobody thought of: gradients of random graphs, computed in several ways that must agree.

Reverse mode, forward mode, the complex step (one evaluation at a complex number, exact to rounding, and no code of
ours in it) and central differences; first and second order; on Values and on Tensors of random shapes.
Read next: ``test_extend.py``.
"""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Tensor, Value, grad, hessian_vector_product, jvp, vjp

every_run_the_same = settings(derandomize=True, max_examples=150, deadline=None, database=None)

# Smooth everywhere on the real line, and slow to grow; on floats, complex numbers, arrays, Values and Tensors.
STEPS = {
    "sum": lambda a, b: a + b,
    "difference": lambda a, b: 2 - a - b,
    "product": lambda a, b: a * b,
    "quotient": lambda a, b: a / (2 + b * b),
    "tanh": lambda a, b: np.tanh(a) - b,
    "sin, cos": lambda a, b: np.sin(a) * np.cos(b),
    "exp": lambda a, b: np.exp(np.sin(a + b)),
    "log": lambda a, b: np.log(2 + a * a) * b,
    "root": lambda a, b: np.sqrt(1 + a * a) - 0.5 * b,
    "power": lambda a, b: (1 + a * a) ** np.sin(b),
    "fixed powers": lambda a, b: a**3 / 4 + (3 + np.sin(b)) ** -1.5,
    "arctan": lambda a, b: np.arctan(a) * np.square(b) / (1 + b * b),
    "repeated": lambda a, b: (a - b) * (a - b) * 0.5 + a,
}
# Of arrays only: these move or join entries, so they mean nothing for single numbers.
ARRAY_STEPS = {
    "mean": lambda a, b: a - np.mean(b),
    "rows": lambda a, b: a * np.sum(b, axis=-1, keepdims=True) / 3 if np.ndim(b) else a,
    "softmax": lambda a, b: np.exp(np.sin(a)) / np.sum(np.exp(np.sin(a))) + b,
    "item": lambda a, b: a + (b[..., 0:1] if np.ndim(b) else b),
    "flat": lambda a, b: np.sum(np.reshape(a, -1)[::2]) + b,
    "transposes": lambda a, b: np.transpose(np.transpose(a) * 2) - b,
    "joined": lambda a, b: np.mean(np.concatenate([np.reshape(a, -1), np.reshape(b, -1)])) * b,
    "matmul": lambda a, b: a + np.mean(np.reshape(a, (-1, 1)) @ np.reshape(b, (1, -1))),
}
SHAPES = [(), (1,), (3,), (2, 1), (1, 3), (2, 3), (2, 1, 1)]  # any two of them broadcast

numbers = st.floats(-1.25, 1.25, allow_subnormal=False)


def programs(steps):
    """Draw what to do: in each step, a function and the places of its two operands among all nodes so far."""
    return st.lists(st.tuples(st.sampled_from(list(steps.values())), *[st.integers(0, 12)] * 2), min_size=1, max_size=7)


def run(program, xs):
    nodes = list(xs)
    for function, i, j in program:
        nodes.append(function(nodes[-1 - i % len(nodes)], nodes[-1 - j % len(nodes)]))
    return nodes[-1]


@st.composite
def arrays(draw):
    """Draw one to three arrays of shapes that broadcast, and a direction for each."""
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=3))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    return [rng.uniform(-1.25, 1.25, shape) for shape in shapes], [rng.uniform(-1, 1, shape) for shape in shapes]


def close(got, expected, rtol=1e-9):
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * max(1.0, np.max(np.abs(b), initial=0.0)))


def complex_step(function, xs, vs):
    """Return the derivative of ``function`` along ``vs``."""
    return np.imag(function(*(x + 1e-40j * v for x, v in zip(xs, vs, strict=True)))) / 1e-40


def complex_gradients(function, xs):
    grads = [np.zeros(np.shape(x)) for x in xs]
    for k, x in enumerate(xs):
        for index in np.ndindex(np.shape(x)):
            units = [np.zeros(np.shape(y)) for y in xs]
            units[k][index] = 1.0
            grads[k][index] = complex_step(function, xs, units)
    return grads


def central_difference_of(function, xs, vs, step=1e-5):
    """Return the derivative of a function of several arguments with several results, along ``vs``."""
    plus, minus = (function(*(x + sign * step * v for x, v in zip(xs, vs, strict=True))) for sign in (1, -1))
    return [(p - m) / (2 * step) for p, m in zip(plus, minus, strict=True)]


@given(programs(STEPS), st.lists(numbers, min_size=1, max_size=3), st.lists(numbers, min_size=3, max_size=3))
@every_run_the_same
def test_numbers(program, xs, vs):
    def function(*xs):
        return run(program, xs)

    vs = vs[: len(xs)]
    slope = complex_step(function, xs, vs)
    y, tangent = jvp(function, xs, vs)
    grads = grad(function, tuple(range(len(xs))))(*xs)
    close([y, tangent], [function(*xs), slope])
    close(grads, complex_gradients(function, xs))
    close([sum(g * v for g, v in zip(grads, vs, strict=True))], [slope])
    leaves = list(map(Value, xs))
    function(*leaves).backward()
    close([leaf.grad or 0.0 for leaf in leaves], grads, rtol=1e-14)
    close(central_difference_of(lambda *xs: [function(*xs)], xs, vs), [slope], rtol=1e-5)


@given(programs(STEPS | ARRAY_STEPS), arrays())
@every_run_the_same
def test_arrays(program, drawn):
    xs, vs = drawn

    def function(*xs):
        return np.sum(run(program, xs))

    places = tuple(range(len(xs)))
    slope = complex_step(function, xs, vs)
    y, tangent = jvp(function, xs, vs)
    grads = grad(function, places)(*xs)
    close([y, tangent], [function(*xs), slope])
    close(grads, complex_gradients(function, xs))
    leaves = list(map(Tensor, xs))
    function(*leaves).backward()
    for leaf, x, g in zip(leaves, xs, grads, strict=True):
        got = np.zeros(x.shape) if leaf.grad is None else leaf.grad
        assert got.shape == x.shape
        close([got], [g], rtol=1e-14)


@given(programs(STEPS | ARRAY_STEPS), arrays())
@every_run_the_same
def test_reverse_is_the_transpose_of_forward(program, drawn):
    xs, vs = drawn

    def function(*xs):
        return np.sin(run(program, xs))

    y, tangent = jvp(function, xs, vs)
    z, pull = vjp(function, *xs)
    u = np.cos(np.arange(np.size(y))).reshape(np.shape(y))
    close([y], [z], rtol=1e-14)
    close([np.sum(u * tangent)], [sum(np.sum(g * v) for g, v in zip(pull(u), vs, strict=True))])


@given(programs(STEPS | ARRAY_STEPS), arrays())
@every_run_the_same
def test_second_derivatives(program, drawn):
    """Four ways to the Hessian times v: reverse over reverse, forward over reverse, create_graph, differences."""
    xs, vs = drawn

    def function(*xs):
        return np.sum(run(program, xs))

    gradient = grad(function, tuple(range(len(xs))))
    expected = central_difference_of(lambda *xs: complex_gradients(function, xs), xs, vs)
    close(hessian_vector_product(lambda xs: function(*xs))(xs, vs), expected, rtol=1e-5)
    for k in range(len(xs)):
        weights = np.cos(np.arange(xs[k].size)).reshape(xs[k].shape)
        _, tangent = jvp(lambda *xs, k=k, weights=weights: np.sum(gradient(*xs)[k] * weights), xs, vs)
        close([tangent], [np.sum(expected[k] * weights)], rtol=1e-5)
    leaves = list(map(Tensor, xs))
    function(*leaves).backward(create_graph=True)
    firsts = [leaf.grad for leaf in leaves]
    for leaf in leaves:
        leaf.grad = None
    total = sum(np.sum(g * v) for g, v in zip(firsts, vs, strict=True) if g is not None)
    if isinstance(total, Tensor) and not total.is_constant:
        total.backward()
    close([np.zeros(leaf.shape) if leaf.grad is None else leaf.grad for leaf in leaves], expected, rtol=1e-5)


@given(programs(STEPS), st.lists(numbers, min_size=1, max_size=3))
@every_run_the_same
def test_second_derivatives_of_numbers(program, xs):
    def function(*xs):
        return run(program, xs)

    for i, j in itertools.product(range(len(xs)), repeat=2):
        units = np.eye(len(xs))[j]
        second = grad(grad(function, i), j)(*xs)
        first = grad(function, i)
        close([second], central_difference_of(lambda *xs, first=first: [first(*map(float, xs))], xs, units), rtol=1e-5)
        _, tangent = jvp(first, xs, list(units))
        close([second], [tangent], rtol=1e-11)


@given(programs(STEPS), arrays())
@every_run_the_same
def test_a_scalar_graph_equals_the_tensor_graph(program, drawn):
    """The same expression neuron by neuron and on whole arrays: two graphs, one result to rounding."""
    xs, _ = drawn
    leaves = list(map(Tensor, xs))
    y = run(program, leaves)
    y.sum().backward()
    entries = [np.vectorize(Value, otypes=[object])(x) for x in xs]
    spread = np.broadcast_arrays(*entries)
    outputs = [run(program, [part[index] for part in spread]) for index in np.ndindex(spread[0].shape)]
    sum(outputs).backward()
    close([out.data for out in outputs], np.broadcast_to(y.data, spread[0].shape).ravel(), rtol=1e-12)
    repeats = spread[0].size / y.size  # y may not depend on every operand, and then is smaller
    for leaf, values in zip(leaves, entries, strict=True):
        got = np.zeros(leaf.shape) if leaf.grad is None else leaf.grad * repeats
        close([got], [np.vectorize(lambda v: v.grad or 0.0, otypes=[float])(values)], rtol=1e-12)


def test_higher_derivatives_in_closed_form():
    derivative = np.tanh
    x, t = 0.3, np.tanh(0.3)
    s = 1 - t * t
    for expected in (s, -2 * t * s, -2 * s * (1 - 3 * t * t), 8 * t * s * (2 - 3 * t * t)):
        derivative = grad(derivative)
        np.testing.assert_allclose(derivative(x), expected, rtol=1e-13)
