"""check_grads: it passes what is right, and names what is wrong."""

import numpy as np
import pytest

from autograd import GradientMismatch, Op, Tensor, check_grads, ops
from autograd.op import apply

X = np.array([0.3, 1.1])


def row(vjp, **fields):
    """An op that squares, with a rule of the test's own."""
    return Op("my_square", np.square, (vjp,), elementwise=True, **fields)


def test_right_rules_pass():
    check_grads(row(lambda g, y, x: g * 2 * x), X, order=3)
    check_grads(lambda a, b: np.sum(a["w"] @ b), {"w": np.ones((2, 2))}, X)
    check_grads(lambda x: np.sum(np.exp(x)), X.astype(np.float32), order=1)


def test_the_wrong_op_is_named():
    wrong = row(lambda g, y, x: g * 3 * x)
    with pytest.raises(
        GradientMismatch,
        match=r"the rule of my_square for operand 0, Tensor \(2,\), gives .* at index \(0,\), central differences give",
    ):
        check_grads(lambda x: np.tanh(wrong(np.sin(x))), X)


def test_the_wrong_operand_is_named():
    wrong = Op("my_product", np.multiply, (lambda g, y, a, b: g * b, lambda g, y, a, b: g * b), elementwise=True)
    with pytest.raises(GradientMismatch, match="the rule of my_product for operand 1, Value"):
        check_grads(lambda a: wrong(2.0 * a, a), 3.0)


def test_a_wrong_second_derivative_is_found():
    frozen = row(lambda g, y, x: g * (2 * (x.data if isinstance(x, Tensor) else x)))  # right once, then constant
    check_grads(frozen, X, order=1)
    with pytest.raises(GradientMismatch, match=r"the gradient of argument 0 at index \(\d,\) is 0"):
        check_grads(frozen, X, order=2)


def test_a_wrong_statement_is_found_by_forward_mode():
    """A rule that is right in reverse, in a row that falsely states that the op is linear."""
    lying = row(lambda g, y, x: g * 2 * x, linear=True)
    with pytest.raises(GradientMismatch, match=r"the jvp is .*, central differences give"):
        check_grads(lying, X)


def test_ops_without_a_gradient():
    check_grads(lambda x: np.sum(np.floor(x) * x), X)
    assert apply(ops.floor, (Tensor(X),)).data.tolist() == [0.0, 1.0]
