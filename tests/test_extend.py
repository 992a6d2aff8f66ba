"""An op is a row: what one row, written in a user's own file, gets without another line anywhere.

Three rows stand here as a user would write them. They are swept by the very tests that sweep the library's own.
"""

import copy
import inspect
import pickle

import numpy as np
import pytest
import test_sweep as sweep

from autograd import (
    AnomalyError,
    GradientMismatch,
    Op,
    ShapeError,
    Tensor,
    Value,
    check_grads,
    detect_anomaly,
    formula,
    grad,
    hessian,
    jvp,
    no_grad,
    ops,
)
from autograd.node import order
from autograd.ops import elementary
from autograd.viz import draw_dot, explain, stepper


def sigma(x):
    return 1 / (1 + np.exp(-x))


swish = Op(
    "swish", lambda x: x * sigma(x), (lambda g, y, x: g * (y + ops.sigmoid(x) * (1 - y)),), elementwise=True,
    doc="x * sigmoid(x).",
)  # fmt: skip
hypotenuse = Op(
    "hypotenuse", np.hypot, (lambda g, y, a, b: g * a / y, lambda g, y, a, b: g * b / y),
    domain=((0.5, 2.0), (0.5, 2.0)), elementwise=True,
)  # fmt: skip
differences = Op(
    "differences", lambda x, step: x[step:] - x[:-step],
    (lambda g, y, x, step: ops.concatenate([np.zeros(step), g]) - ops.concatenate([g, np.zeros(step)]),),
    prepare=lambda x, step=1: ((x,), (step,)), linear=True, examples=(((5,), {}), ((5,), {"step": 2})),
)  # fmt: skip


@Op.from_function(
    lambda g, y, x, slope: g * ops.where(ops.greater(x, 0), 1.0, slope), elementwise=True,
    examples=(((3, 4), {"slope": 0.2}), ((), {})),
)  # fmt: skip
def leak(x, *, slope=0.1):
    """Give x, or slope * x below zero."""
    return np.where(np.greater(x, 0), x, slope * x)


@Op.from_function(lambda g, y, a, b: g * b, lambda g, y, a, b: g * a, elementwise=True, domain=((-2.0, 2.0),) * 2)
def product(a, b):
    return a * b


ROWS = [swish, hypotenuse, differences, product]
ELEMENTWISE = [swish, hypotenuse, product]


def cases(test):
    """Return what a test of the sweep is run on beside the op: its other parameters, as its marks list them."""
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.args[0] != "op"]
    return [(mark.args[0], value) for mark in marks for value in mark.args[1]] or [(None, None)]


SWEEPS = [
    sweep.test_elementwise,
    sweep.test_numbers,
    sweep.test_float32_stays,
    sweep.test_complex_step,
    sweep.test_forward_is_the_transpose_of_reverse,
]


@pytest.mark.parametrize("op", ELEMENTWISE, ids=str)
@pytest.mark.parametrize(
    ("test", "keyword", "value"),
    [pytest.param(test, *case, id=f"{test.__name__} {case[1] or ''}") for test in SWEEPS for case in cases(test)],
)
def test_a_new_row_is_swept(op, test, keyword, value):
    test(op, **({keyword: value} if keyword else {}))


@pytest.mark.parametrize(
    ("op", "shapes", "kwargs"), [(op, *example) for op in (differences, leak) for example in op.examples], ids=str
)
def test_a_new_row_with_parameters_is_swept(op, shapes, kwargs):
    sweep.test_examples(op, shapes, kwargs)


def test_every_sweep_of_elementwise_rows_is_run_here():
    """Whoever adds one there finds it missing here."""
    tests = {name for name, f in inspect.getmembers(sweep, inspect.isfunction) if name.startswith("test_")}
    others = {"test_batchable_rows", "test_examples", "test_every_row_is_swept", "test_linear_rows"}
    assert tests - others == {test.__name__ for test in SWEEPS}


def test_a_row_in_the_table_is_swept_there(monkeypatch):
    assert swish not in ops.table()
    monkeypatch.setattr(elementary, "swish", swish, raising=False)
    assert swish in ops.table()


@pytest.mark.parametrize("op", ROWS, ids=str)
def test_a_new_row_is_differentiated_twice(op):
    xs = [np.array([0.5, 1.0, 2.0])] * len(op.vjps)

    def function(*xs):
        return np.sum(np.tanh(op(*xs)) ** 2)

    check_grads(function, *xs, order=3)
    by_hand = hessian(function)(*xs)
    _, tangent = jvp(grad(function), xs, [np.eye(3)[0]] + [np.zeros(3)] * (len(xs) - 1))
    np.testing.assert_allclose(tangent, by_hand[0], rtol=1e-12)


@pytest.mark.parametrize("op", ROWS, ids=str)
def test_a_new_row_takes_every_kind_of_operand(op):
    x = np.array([0.5, 1.0, 2.0])
    xs = [x] * len(op.vjps)
    expected = op.forward(*xs, *([1] if op is differences else []))
    np.testing.assert_array_equal(op(*xs), expected)
    t = op(*map(Tensor, xs))
    assert t.op is op
    np.testing.assert_array_equal(t.data, expected)
    values = np.array([Value(entry) for entry in x])
    for entry, number in zip(op(*[values] * len(xs)), expected, strict=True):
        np.testing.assert_allclose(entry.data, number, rtol=1e-15)
    assert op(*map(Tensor, xs)).detach().is_constant
    with no_grad():
        assert op(*map(Tensor, xs)).is_constant


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["copy", "pickle"])
@pytest.mark.parametrize("op", ROWS, ids=str)
def test_a_new_row_is_copied_and_pickled(op, duplicate):
    x = Tensor([0.5, 1.0, 2.0])
    x2, y2 = duplicate((x, op(*[x] * len(op.vjps)).sum()))
    assert op in {node.op for node in order(y2)}
    y2.backward()
    np.testing.assert_allclose(x2.grad, grad(lambda x: op(*[x] * len(op.vjps)).sum())(x.data))
    assert x.grad is None


@pytest.mark.parametrize("op", ROWS, ids=str)
def test_a_new_row_is_drawn(op):
    x = Tensor([0.5, 1.0, 2.0], name="x")
    source = draw_dot(op(*[x] * len(op.vjps)).sum()).source
    assert op.name in source
    assert "x" in source


def test_a_row_is_all_an_op_needs():
    """No registration: a row made on the spot, with nothing but a name, a forward and a rule."""
    cube = Op("cube", lambda x: x**3, (lambda g, y, x: g * (3 * x**2),))
    assert cube(2.0) == 8.0
    assert grad(grad(cube))(2.0) == 12.0
    np.testing.assert_array_equal(hessian(lambda x: np.sum(cube(x)))(np.array([1.0, 2.0])), [[6.0, 0.0], [0.0, 12.0]])
    assert "cube" in draw_dot(cube(Value(2.0))).source


def test_a_row_made_of_a_function():
    """The function is the forward, its docstring the row's, its keyword-only arguments the parameters."""
    assert (leak.name, leak.doc) == ("leak", "Give x, or slope * x below zero.")
    x, a, b = Tensor([-1.0, 2.0], name="x"), Value(3.0, name="a"), Value(2.0, name="b")
    np.testing.assert_array_equal(leak(x, slope=0.5).data, [-0.5, 2.0])
    assert leak(-1.0) == -0.1
    assert pickle.loads(pickle.dumps(product(a, b))).op is product
    assert formula(product(a, b)).gradients == {"da": "b", "db": "a"}
    assert "(x > 0)" in formula(leak(x).sum()).gradients["dx"]
    assert "product(3, 2) = 6" in str(explain(product(a, b)))
    assert "product" in str(stepper(product(a, b) + 1))


def test_a_row_made_of_a_function_says_what_does_not_fit():
    with pytest.raises(TypeError, match=r"^both has operands a, b, so it needs 2 derivative rules, not 1; None where"):

        @Op.from_function(lambda g, y, a, b: g)
        def both(a, b):
            return a + b

    with pytest.raises(TypeError, match=r"^leak: got an unexpected keyword argument 'slop'$"):
        leak(2.0, slop=0.5)
    with pytest.raises(TypeError, match=r"^leak: slope = 0.1 is a parameter of the op, which takes no gradient"):
        leak(Tensor([1.0]), slope=Value(0.1, name="slope"))


multiply_add = Op(
    "multiply_add", lambda a, b, c: a * b + c,
    (lambda g, y, a, b, c: g * b, lambda g, y, a, b, c: g * a, lambda g, y, a, b, c: g),
)  # fmt: skip


def test_a_row_of_three_operands():
    """A Value keeps two operands at most, so a row of three gives a Tensor, of Values too."""
    a, b, c = Value(2.0), Value(3.0), Value(4.0)
    y = multiply_add(a, b, c)
    assert isinstance(y, Tensor)
    assert y.shape == ()
    y.backward()
    assert (a.grad, b.grad, c.grad) == (3.0, 2.0, 1.0)
    assert grad(lambda x: multiply_add(1.0, x, 2.0) * x)(2.0) == 6.0
    assert multiply_add(2.0, 3.0, 4.0) == 10.0
    check_grads(multiply_add, np.ones((2, 1)), np.array([0.5, 2.0]), 3.0)


def test_a_parameter_is_no_operand():
    with pytest.raises(TypeError, match=r"^leaky_relu: slope = 0.1 is a parameter of the op, which takes no gradient"):
        ops.leaky_relu(Tensor([1.0]), slope=Value(0.1, name="slope"))


def test_a_row_without_a_name_to_find_it_by_cannot_be_pickled():
    nameless = Op("nameless", np.exp, (lambda g, y, x: g * y,))
    with pytest.raises(pickle.PicklingError, match="op 'nameless' cannot be pickled: give it a module-level name"):
        pickle.dumps(nameless(Value(1.0)))


def test_messages_name_a_new_row():
    short, long, zero = Tensor([1.0], name="a"), Tensor([1.0, 2.0, 3.0], name="b"), Tensor([0.0], name="zero")
    with pytest.raises(ShapeError, match=r"^hypotenuse\(b \(3,\), array \(2,\)\): operands could not be broadcast"):
        hypotenuse(long, np.ones(2))
    with pytest.raises(TypeError, match=r"^hypotenuse: an operand is 'x', a str"):
        hypotenuse(short, "x")
    with pytest.raises(TypeError, match=r"^differences: .*'wrong'"):
        differences(long, wrong=1)
    with (
        detect_anomaly(),
        pytest.raises(AnomalyError, match=r"^backward through hypotenuse: .* became .* nan first at"),
    ):
        hypotenuse(zero, 0.0).sum().backward()


def test_a_wrong_rule_is_found_and_named():
    wrong = Op("wrong", np.hypot, (lambda g, y, a, b: g * a / y, lambda g, y, a, b: g * a / y), elementwise=True)
    with pytest.raises(
        GradientMismatch, match=r"^the rule of wrong for operand 1, .* gives .* central differences give"
    ):
        check_grads(lambda a, b: np.exp(wrong(2 * a, b)), 0.3, 0.7)
