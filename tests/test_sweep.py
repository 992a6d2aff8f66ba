"""Every row of the table, swept from what the row states of itself.

Scalars, arrays, broadcasting, float32; first and second order; reverse and forward; against central
differences, and against the complex step where NumPy's function takes complex numbers.
"""

import zlib

import numpy as np
import pytest

from autograd import Tensor, Value, ops
from autograd.check import check_grads
from autograd.jacobians import _fitted
from autograd.op import EachOperand, Op
from autograd.transforms import grad, jvp, vjp

TABLE = ops.table()
ELEMENTWISE = [op for op in TABLE if op.elementwise and op.prepare is None]
EXAMPLES = [(op, shapes, kwargs) for op in TABLE for shapes, kwargs in op.examples]
SMOOTH = [op for op in ELEMENTWISE if None not in op.vjps]


def name(case):
    return case.name if isinstance(case, Op) else None


def operands(op, shapes, dtype=float):
    """Random operands from the op's domain, the same in every run; an example may give the operand itself."""
    rng = np.random.default_rng(zlib.crc32(op.name.encode()))
    domain = op.domain if len(op.domain) == len(shapes) else op.domain[:1] * len(shapes)
    return [
        shape.astype(dtype) if isinstance(shape, np.ndarray) else np.asarray(rng.uniform(low, high, shape), dtype)
        for (low, high), shape in zip(domain, shapes, strict=True)
    ]


def differentiable(op, xs):
    """The op as a function of the operands that have a rule, and those operands."""
    rules = [None] * len(xs) if isinstance(op.vjps, EachOperand) else op.vjps
    slots = [i for i, rule in enumerate(rules) if rule is not None or isinstance(op.vjps, EachOperand)]

    def function(*moved):
        full = list(xs)
        for i, x in zip(slots, moved, strict=True):
            full[i] = x
        return op(*full)

    return function, [xs[i] for i in slots]


def arity(op):
    return len(op.vjps)


@pytest.mark.parametrize("op", ELEMENTWISE, ids=name)
@pytest.mark.parametrize("shapes", [[(), ()], [(3,), (3,)], [(2, 3), (3,)], [(3, 1), (1, 2)], [(0, 2), (2,)]], ids=str)
def test_elementwise(op, shapes):
    function, xs = differentiable(op, operands(op, shapes[: arity(op)]))
    if xs:
        check_grads(function, *xs, order=2)


@pytest.mark.parametrize("op", ELEMENTWISE, ids=name)
def test_numbers(op):
    function, xs = differentiable(op, [float(x) for x in operands(op, [()] * arity(op))])
    if xs:
        check_grads(function, *xs, order=2)
    as_number = op(*map(Value, map(float, operands(op, [()] * arity(op)))))
    as_array = op(*map(Tensor, operands(op, [()] * arity(op))))
    assert np.isclose(as_number.data if isinstance(as_number, Value) else as_number.item(), as_array.item(), rtol=1e-14)


@pytest.mark.parametrize("op", ELEMENTWISE, ids=name)
def test_float32_stays(op):
    xs = [Tensor(x) for x in operands(op, [(2, 3), (3,)][: arity(op)], np.float32)]
    y = op(*xs)
    assert y.dtype == np.float32
    y.sum().backward()
    wide = [Tensor(x.data.astype(float)) for x in xs]
    op(*wide).sum().backward()
    for x, w in zip(xs, wide, strict=True):
        assert x.grad.dtype == np.float32 and x.grad.shape == x.shape
        np.testing.assert_allclose(x.grad, w.grad, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("op", SMOOTH, ids=name)
def test_complex_step(op):
    """The derivative from one complex evaluation, exact to rounding: an independent forward and no subtraction."""
    for slot in range(arity(op)):
        xs = operands(op, [(5,)] * arity(op))
        moved = [x + (1e-30j if i == slot else 0) for i, x in enumerate(xs)]
        try:
            expected = np.imag(op.forward(*moved)) / 1e-30
        except TypeError:
            pytest.skip("NumPy's function takes no complex numbers")
        if op.name in ("abs", "expi", "maximum", "minimum", "sigmoid"):  # an absolute value, a maximum, a lost part
            pytest.skip("not analytic")
        got = grad(lambda *a: op(*a).sum(), slot)(*xs)
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("op", "shapes", "kwargs"), EXAMPLES, ids=lambda case: name(case) or "")
def test_examples(op, shapes, kwargs):
    joined = isinstance(op.vjps, EachOperand) and op.name != "einsum"
    several = shapes and isinstance(shapes[0], (tuple, np.ndarray))
    xs = operands(op, shapes if several or joined else [shapes])

    def function(*moved):
        if op.name == "einsum":
            return op(kwargs["subscripts"], *moved)
        return op(list(moved), **kwargs) if joined else op(*moved, **kwargs)

    if isinstance(op.vjps, EachOperand) or None not in op.vjps:
        check_grads(function, *xs, order=2)
    y = function(*map(Tensor, xs))
    data = y.data
    np.testing.assert_allclose(data, function(*xs), rtol=1e-14)
    seed = np.random.default_rng(0).normal(size=np.shape(data))
    narrow = [Tensor(x.astype(np.float32)) for x in xs]
    function(*narrow).backward(seed if np.ndim(seed) else float(seed))
    assert all(x.grad.dtype == np.float32 and x.grad.shape == x.shape for x in narrow)


@pytest.mark.parametrize(
    ("op", "shapes", "kwargs"), [case for case in EXAMPLES if case[0].batchable], ids=lambda case: name(case) or ""
)
def test_batchable_rows(op, shapes, kwargs):
    """Several gradients at once give what each of them gives."""
    xs = operands(op, shapes if shapes and isinstance(shapes[0], (tuple, np.ndarray)) else [shapes])
    node = op(*map(Tensor, xs), **kwargs)
    several = np.random.default_rng(0).normal(size=(3, *node.shape))
    for rule, x in zip(op.vjps, node.inputs, strict=True):
        together = _fitted(np.asarray(rule(several, *node.saved)), x)
        apart = np.stack([x.fit(np.asarray(rule(g, *node.saved))) for g in several])
        np.testing.assert_allclose(together, apart, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("op", TABLE, ids=name)
def test_every_row_is_swept(op):
    assert op in ELEMENTWISE or op.examples, f"{op} states neither elementwise nor examples"


@pytest.mark.parametrize("op", [op for op in ELEMENTWISE if op.linear], ids=name)
def test_linear_rows(op):
    xs = operands(op, [(3,)] * arity(op))
    for slot in range(arity(op)):
        doubled = [2 * x if i == slot else x for i, x in enumerate(xs)]
        np.testing.assert_allclose(op(*doubled), 2 * op(*xs))


@pytest.mark.parametrize("op", SMOOTH, ids=name)
def test_forward_is_the_transpose_of_reverse(op):
    xs = operands(op, [(2, 3), (3,)][: arity(op)])
    vs = [np.random.default_rng(1).normal(size=x.shape) for x in xs]
    y, tangent = jvp(op, xs, vs)
    u = np.random.default_rng(2).normal(size=y.shape)
    pulled = vjp(op, *xs)[1](u)
    np.testing.assert_allclose(np.sum(u * tangent), sum(np.sum(p * v) for p, v in zip(pulled, vs, strict=True)))
