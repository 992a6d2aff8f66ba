"""Functions with a rule of one's own, in HIPS autograd's way: `primitive` and `defvjp`."""

import math

import numpy as np
import pytest

from autograd import DetachError, Tensor, Value, grad, jacobian, jvp, viz
from autograd.extend import (
    def_linear,
    defjvp,
    defjvp_argnum,
    defvjp,
    defvjp_argnum,
    defvjp_argnums,
    notrace_primitive,
    primitive,
    vspace,
)
from autograd.test_util import check_grads, check_jvp, check_vjp
from autograd.wrap_util import unary_to_nary

X = np.array([0.5, -1.0, 2.0])


def stable_log_sum_exp():
    @primitive
    def log_sum_exp(x):
        """log(sum(exp(x)))."""
        return float(np.max(x)) + math.log(sum(map(math.exp, x - np.max(x))))  # nothing in here takes a node

    defvjp(log_sum_exp, lambda y, x: lambda g: g * np.exp(x - y))
    return log_sum_exp


def test_a_function_of_an_array():
    f = stable_log_sum_exp()
    assert f(X) == pytest.approx(np.log(np.sum(np.exp(X)))) and isinstance(f(X), float)
    assert (f.__name__, f.__doc__) == ("log_sum_exp", "log(sum(exp(x))).")
    check_grads(f)(X)
    check_grads(lambda x: f(x**2) * f(x), order=2)(X)
    assert np.allclose(jacobian(grad(f))(X), np.diag(p := np.exp(X - f(X))) - np.outer(p, p))


def test_it_is_an_op_like_any_other():
    x = Tensor(X, name="x")
    y = stable_log_sum_exp()(x)
    y.backward()
    assert np.allclose(x.grad, np.exp(X - y.data))
    assert y.op.name == "log_sum_exp" and "log_sum_exp" in viz.explain(y)
    assert stable_log_sum_exp()(x.detach()).is_constant


def test_several_arguments():
    @primitive
    def scaled(a, x, power, *, shift=0.0):
        return a * x**power + shift

    defvjp(
        scaled,
        lambda y, a, x, power, shift: lambda g: np.sum(g * x**power),
        lambda y, a, x, power, shift: lambda g: g * a * power * x ** (power - 1),
        None,
    )
    check_grads(lambda a, x: scaled(a, x, 3, shift=1.0), argnum=(0, 1))(2.0, X)
    assert grad(lambda p: np.sum(scaled(2.0, X, p, shift=1.0)))(3.0) == 0.0
    with pytest.raises(DetachError, match="is a keyword argument, by which a primitive has no gradient"):
        scaled(2.0, X, 3, shift=Value(1.0))


def test_rules_for_all_arguments_at_once():
    @primitive
    def total(*xs):
        return sum(xs)

    defvjp_argnum(total, lambda argnum, y, args, kwargs: lambda g: g)
    check_grads(lambda a, b: total(a, b, 1.0) ** 2, argnum=(0, 1))(2.0, 3.0)
    defvjp_argnums(total, lambda argnums, y, args, kwargs: lambda g: [2.0 * g for _ in argnums])
    assert grad(total, argnum=(0, 1))(2.0, 3.0) == (2.0, 2.0)


def test_rules_set_by_methods():
    @primitive
    def f(a, b, c):
        return a * b**2 + 0 * c

    f.defgrad(lambda y, a, b, c: lambda g: g * b**2)
    f.defvjp(lambda g, y, space, space_of_y, a, b, c: g * 2 * a * b + space.zeros(), argnum=1)
    f.defvjp_is_zero([2])
    check_grads(f, argnum=(0, 1, 2))(2.0, 3.0, 4.0)


def test_arguments_that_are_structures():
    @primitive
    def dot(pair, options):
        return np.dot(pair["a"], pair["b"][0]) * options["factor"]

    defvjp(
        dot,
        lambda y, pair, options: lambda g: {
            "a": g * options["factor"] * pair["b"][0], "b": [g * options["factor"] * pair["a"]]
        },
        None,
    )  # fmt: skip
    check_grads(lambda pair: dot(pair, {"factor": 2.0}))({"a": X, "b": [X + 1.0]})


def test_forward_rules():
    """A gradient from a tangent's rule, and a tangent from a gradient's."""

    @primitive
    def product(a, b):
        return a * b

    defjvp(product, lambda da, y, a, b: da * b, lambda db, y, a, b: a * db)
    check_grads(product, argnum=(0, 1))(2.0, 3.0)
    check_grads(product, argnum=(0, 1))(X, X + 1)
    defjvp_argnum(product, lambda argnum, v, y, args, kwargs: 10.0 * v)
    assert grad(product, argnum=(0, 1))(2.0, 3.0) == (10.0, 10.0)
    defvjp(product, lambda y, a, b: lambda g: g * b, lambda y, a, b: lambda g: g * a)
    def_linear(product)
    assert jvp(product, (2.0, 3.0), (1.0, 0.0)) == (6.0, 3.0)
    check_jvp(lambda a: product(a, 3.0), 2.0)
    check_vjp(lambda a: product(a, 3.0), 2.0)


def test_a_wrong_rule_is_found():
    @primitive
    def double(x):
        return 2 * x

    defvjp(double, lambda y, x: lambda g: 2.01 * g)
    with pytest.raises(AssertionError, match=r"the rule of double for operand 0, Value\(1.0\), gives"):
        check_grads(double, modes=["rev"])(1.0)


def test_what_cannot_be_done_is_named():
    @primitive
    def f(a, b):
        return a * b

    with pytest.raises(NotImplementedError, match=r"f has no rule: give one by defvjp\(f, ...\)"):
        grad(f)(1.0, 2.0)
    defvjp(f, lambda y, a, b: lambda g: g * b)
    assert grad(f)(1.0, 2.0) == 2.0
    with pytest.raises(NotImplementedError, match="f has no rule for argument 1: give one by defvjp"):
        grad(f, 1)(1.0, 2.0)
    with pytest.raises(TypeError, match="a rule is a function or None, not 3"):
        defvjp(f, 3.0)
    with pytest.raises(TypeError, match="sin is no primitive: decorate it with @primitive; rules of NumPy's"):
        defvjp(np.sin, None)
    with pytest.raises(TypeError, match="pair returned a tuple; a primitive returns one number or array"):
        _named("pair", lambda x: (x, x))(Value(1.0))
    with pytest.raises(TypeError, match=r"root returned complex128 \(\); a node holds real numbers"):
        _named("root", lambda x: x * 1j)(Value(1.0))
    same = _named("same", lambda x: x)
    defjvp(same, "same")
    with pytest.raises(NotImplementedError, match="same is linear, but how it pulls back is not known: call defvjp"):
        grad(same)(1.0)


def _named(name, function):
    function.__name__ = name
    return primitive(function)


def test_functions_that_pass_no_gradient():
    sizes = notrace_primitive(lambda x: x.shape)
    assert grad(lambda x: np.sum(x) * sizes(x)[0])(X).tolist() == [3.0, 3.0, 3.0]


def test_a_transform_of_functions_of_one_argument():
    @unary_to_nary
    def slope(f, x):
        return grad(f)(x)

    assert slope(lambda a, b: a * b, 1)(2.0, 3.0) == 2.0
    assert slope(lambda a, b: a * b, (0, 1))(2.0, 3.0) == (3.0, 2.0)


@pytest.mark.parametrize("x", [1.5, X, [1.0, X], (X, {"a": 2.0, "b": (X,)})], ids=str)
def test_vector_spaces(x):
    space = vspace(x)
    rng = np.random.default_rng(0)
    u, v = space.randn(rng), space.randn(rng)
    assert space == vspace(u) == vspace(space.zeros()) and space != vspace([x])
    assert len(list(space.standard_basis())) == space.size == vspace(space.ones()).size
    assert space.inner_prod(space.add(u, v), u) == pytest.approx(space.inner_prod(u, u) + space.inner_prod(v, u))
    assert space.inner_prod(space.scalar_mul(u, 2.0), v) == pytest.approx(2 * space.inner_prod(u, v))
    coordinates = [space.inner_prod(u, e) for e in space.standard_basis()]
    assert sum(c * c for c in coordinates) == pytest.approx(space.inner_prod(u, space.covector(u)))
    check_grads(space.inner_prod, argnum=(0, 1), order=1)(u, v)


def test_no_vector_space_of_words():
    with pytest.raises(TypeError, match="a vector space of real numbers has no"):
        vspace("word")
