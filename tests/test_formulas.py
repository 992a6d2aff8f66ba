"""Printed formulas: the documents' own, and NumPy source that gives the engine's gradients."""

from itertools import pairwise

import closed_forms
import numpy as np
import pytest
from hypothesis import given
from numpy.testing import assert_allclose
from test_random_graphs import ARRAY_STEPS, STEPS, arrays, every_run_the_same, programs
from test_random_graphs import run as run_program
from test_sweep import ELEMENTWISE, EXAMPLES, TABLE, arity, name, operands

import nn
from autograd import Parameter, Tensor, Value, formula, no_grad, ops
from autograd.op import EachOperand, Op
from autograd.ops import gammas, special

# Rows whose forward is no expression in NumPy: their source calls autograd.ops. --------------------------------------
SPECIAL = [vars(ops)[name] for module in (special, gammas) for name in module.__all__]
CALLED = {
    "astype", "cofactors", "cumprod", "eigh", "erf", "erfc", "exprel_derivative", "gelu", "order_statistic",
    "products_of_others", "qr", "recurrence", "reorder", "set_at", "sinc_derivative", "svd",
    *(op.name for op in SPECIAL if isinstance(op, Op) and op is not ops.xlog1py),
}  # fmt: skip


def run(f, **given):
    """The variables after the printed source has run on those of the graph and ``given``."""
    scope = {**f.variables, **given}
    exec(f.numpy(), scope)
    return scope


def grads_agree(f, root, leaves, seed=None):
    """The source's gradients are the engine's, and so is its forward pass."""
    result = f.name_of(root)
    scope = run(f) if seed is None else run(f, **{f"d{result}": seed})
    assert_allclose(scope[result], root.data, rtol=1e-12, atol=1e-14)
    root.backward(seed)
    for leaf in leaves:
        got = scope["d" + f.name_of(leaf)]
        assert np.shape(got) == np.shape(leaf.grad)
        assert_allclose(got, leaf.grad, rtol=1e-12, atol=1e-14)


def seed_of(y):
    return None if np.size(y.data) == 1 else np.random.default_rng(0).normal(size=y.shape)


# The table ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("op", ELEMENTWISE, ids=name)
@pytest.mark.parametrize("shapes", [[(3,), (3,)], [(2, 3), (3,)], [(3, 1), (1, 2)], [(2, 3), ()]], ids=str)
def test_elementwise_rows(op, shapes):
    xs = [Tensor(x, name=letter) for x, letter in zip(operands(op, shapes[: arity(op)]), "ab", strict=False)]
    y = op(*xs)
    f = formula(y)
    grads_agree(f, y, xs, seed_of(y))
    assert ("ops." in f.numpy()) == (op.name in CALLED)


@pytest.mark.parametrize("op", ELEMENTWISE, ids=name)
def test_elementwise_rows_on_numbers(op):
    xs = [Value(float(x), name=letter) for x, letter in zip(operands(op, [()] * arity(op)), "ab", strict=False)]
    y = op(*xs)
    if isinstance(y, Value):
        grads_agree(formula(y), y, xs)


@pytest.mark.parametrize(("op", "shapes", "kwargs"), EXAMPLES, ids=lambda case: name(case) or "")
def test_rows_with_parameters(op, shapes, kwargs):
    joined = isinstance(op.vjps, EachOperand) and op.name != "einsum"
    several = shapes and isinstance(shapes[0], (tuple, np.ndarray))
    data = operands(op, shapes if several or joined else [shapes])
    xs = [Tensor(x, name=letter) for x, letter in zip(data, "abcdef", strict=False)]
    y = op(kwargs["subscripts"], *xs) if op.name == "einsum" else op(xs, **kwargs) if joined else op(*xs, **kwargs)
    f = formula(y)
    grads_agree(f, y, xs, seed_of(y))
    forward = f.numpy().split("\n\n")[-2 if "\nd" in f.numpy() else -1]
    assert ("ops." in forward) <= (op.name in CALLED)
    assert str(f)
    assert f.latex()


def test_the_list_of_called_rows_is_right():
    assert {op.name for op in TABLE} >= CALLED


# Random graphs, and ops of your own -----------------------------------------------------------------------------


@every_run_the_same
@given(programs(STEPS | ARRAY_STEPS), arrays())
def test_random_graphs(program, drawn):
    xs = [Tensor(x, name=letter) for x, letter in zip(drawn[0], "pqr", strict=False)]
    y = run_program(program, xs) + sum(x.sum() for x in xs)
    f = formula(y)
    grads_agree(f, y, xs, seed_of(y))
    assert f.latex().count("{") == f.latex().count("}")


@every_run_the_same
@given(programs(STEPS))
def test_random_graphs_of_numbers(program):
    xs = [Value(0.7, name="p"), Value(-0.4, name="q")]
    y = run_program(program, xs) + xs[0] - xs[1]
    grads_agree(formula(y), y, xs)


def test_an_op_of_your_own():
    cube = Op("cube", lambda x: x**3, (lambda g, y, x: 3 * g * x * x,), elementwise=True)
    x = Tensor([1.0, 2.0], name="x")
    y = (cube(x) / 2).sum()
    f = formula(y)
    assert (f.forward, f.gradients) == ({"loss": "sum(cube(x) / 2)"}, {"dx": "1.5 * x * x"})
    grads_agree(f, y, [x])


def test_an_op_that_cannot_be_written():
    loop = Op("loop", lambda x: np.array([float(v) for v in x.flat]), (lambda g, y, x: g,), elementwise=True)
    f = formula(loop(Tensor([1.0, 2.0], name="x")))
    assert str(f) == "out = loop(x)\n\ndx = dout"
    with pytest.raises(TypeError, match="the forward of loop is no expression of NumPy's functions"):
        f.numpy()


# The documents' networks ---------------------------------------------------------------------------------------------


def network(sizes, seed=0, columns=False):
    rng = np.random.default_rng(seed)
    named = {}
    for k, (d_in, d_out) in enumerate(pairwise(sizes), start=1):
        named[f"W{k}"] = Parameter(rng.normal(size=(d_out, d_in) if columns else (d_in, d_out)), name=f"W{k}")
        named[f"b{k}"] = Parameter(rng.normal(size=(d_out, 1) if columns else d_out), name=f"b{k}")
    return named


def logits(X, named, activation, columns=False):
    depth = len(named) // 2
    for k in range(1, depth + 1):
        W, b = named[f"W{k}"], named[f"b{k}"]
        X = W @ X + b if columns else X @ W + b
        X = activation(X) if k < depth else X
    return X


def written_out(z, y, output, columns):
    """The losses as the documents code them."""
    if output == "sigmoid":
        p = ops.sigmoid(z)
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    e = np.exp(z)
    p = e / np.sum(e, axis=0 if columns else 1, keepdims=True)
    return -np.sum(y * np.log(p)) / (y.shape[1] if columns else y.shape[0])


def fused(z, y, output, columns):
    loss = nn.losses.bce_with_logits if output == "sigmoid" else nn.losses.cross_entropy
    return loss(z.T if columns else z, y.T if columns else y)


def data(output, columns):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(6, 3))
    y = rng.integers(0, 2, (6, 1)).astype(float) if output == "sigmoid" else np.eye(3)[rng.integers(0, 3, 6)]
    return (X.T, y.T) if columns else (X, y)


ROWS = """
dz2 = (yhat - y) / n
dW2 = a1.T @ dz2
db2 = dz2.sum(axis=0)
da1 = dz2 @ W2.T
dz1 = da1 * {name}'(z1)
dW1 = X.T @ dz1
db1 = dz1.sum(axis=0)
"""
COLUMNS = """
dz2 = (yhat - y) / n
dW2 = dz2 @ a1.T
db2 = dz2.sum(axis=1, keepdims=True)
da1 = W2.T @ dz2
dz1 = da1 * {name}'(z1)
dW1 = dz1 @ X.T
db1 = dz1.sum(axis=1, keepdims=True)
"""


@pytest.mark.parametrize("columns", [False, True], ids=["rows", "columns"])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
@pytest.mark.parametrize("loss", [written_out, fused])
@pytest.mark.parametrize("hidden", [[4], [5, 4]], ids=["one hidden layer", "three layers"])
def test_networks_of_the_documents(hidden, loss, output, activation, columns):
    X, y = data(output, columns)
    named = network([3, *hidden, 1 if output == "sigmoid" else 3], columns=columns)
    z = logits(X, named, getattr(ops, activation), columns)
    root = loss(z, y, output, columns)
    f = formula(root, names={"X": X, "y": y})
    text = "\n".join(f"{name} = {line}" for name, line in f.gradients.items())
    if len(hidden) == 1 and not (loss is fused and columns):
        assert text == (COLUMNS if columns else ROWS).strip().format(name=activation)
    assert f.forward["z1"] == ("W1 @ X + b1" if columns else "X @ W1 + b1")
    grads_agree(f, root, named.values())
    closed = closed_forms.deep_columns if columns else closed_forms.deep_rows
    depth = range(1, len(hidden) + 2)
    labels = y if output == "sigmoid" else np.argmax(y, axis=0 if columns else 1)
    weights, biases = ([named[f"{letter}{k}"].data for k in depth] for letter in "Wb")
    expected = closed(X, labels, weights, biases, activation=activation, output=output)[1]
    scope = run(f)
    for k in depth:
        for letter in "zWb":
            assert_allclose(scope[f"d{letter}{k}"], expected[f"{letter}{k}"], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("half", [False, True])
def test_squared_error(half):
    X, y = data("sigmoid", columns=False)
    named = network([3, 4, 1])
    z = logits(X, named, np.tanh)
    loss = (nn.losses.half_mse if half else nn.losses.mse)(z, y)
    f = formula(loss, names={"X": X, "y": y})
    assert f.gradients["dz2"] == ("(z2 - y) / n" if half else "2 * (z2 - y) / n")
    grads_agree(f, loss, named.values())


def test_modules_are_named_as_in_textbooks():
    X, y = data("softmax", columns=False)
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 3))
    loss = nn.losses.cross_entropy(model(X), y)
    f = formula(loss)
    assert "\n".join(f"{name} = {line}" for name, line in f.gradients.items()) == ROWS.strip().format(name="relu")
    grads_agree(f, loss, model.parameters())


def test_one_sample():
    rng = np.random.default_rng(0)
    x, y, named = rng.normal(size=3), np.eye(2)[1], network([3, 4, 2])
    loss = ops.softmax_cross_entropy(logits(x, named, ops.relu), y=y)
    f = formula(loss, names={"x": x, "y": y})
    assert f.gradients == {
        "dz2": "yhat - y", "dW2": "outer(a1, dz2)", "db2": "dz2", "da1": "W2 @ dz2", "dz1": "da1 * relu'(z1)",
        "dW1": "outer(x, dz1)", "db1": "dz1",
    }  # fmt: skip
    grads_agree(f, loss, named.values())


def test_one_neuron():
    rng = np.random.default_rng(0)
    X, y, w, b = (
        rng.normal(size=(6, 3)),
        rng.integers(0, 2, 6).astype(float),
        Parameter(rng.normal(size=3)),
        Parameter(0.5),
    )
    params = [w, b]
    loss = nn.losses.bce_with_logits(X @ w + b, y)
    f = formula(loss, names=locals())
    assert f.gradients == {"dz": "(yhat - y) / n", "dw": "X.T @ dz", "db": "dz.sum()"}
    grads_agree(f, loss, params)


def test_scalar_network():
    """ "Chapter 3: Neural Networks", exercise 1."""
    given = {"x": 2.0, "w1": 0.5, "b1": 0.0, "w2": 1.0, "b2": 0.0}
    x, w1, b1, w2, b2 = (Value(number, name=key) for key, number in given.items())
    y = Value(1.0, name="y")
    z2 = w2 * (w1 * x + b1).relu() + b2
    p = z2.sigmoid()
    loss = -(y * p.log() + (1 - y) * (1 - p).log())
    f = formula(loss, wrt=[w1, b1, w2, b2, x])
    expected = closed_forms.scalar_network(y=1, **given)[1]
    assert f.gradients == {
        "dz2": "yhat - y", "dw2": "dz2 * a1", "db2": "dz2", "da1": "dz2 * w2", "dz1": "da1 * relu'(z1)",
        "dw1": "dz1 * x", "dx": "dz1 * w1", "db1": "dz1",
    }  # fmt: skip
    grads_agree(f, loss, [w1, b1, w2, b2, x])
    scope = run(f)
    assert_allclose(run(formula(loss, wrt=y))["dy"], y.grad, rtol=1e-12)
    for key in ("w1", "b1", "w2", "b2", "x", "z1", "z2"):
        assert_allclose(scope[f"d{key}"], expected[key], rtol=1e-12)


def test_batch_norm():
    rng = np.random.default_rng(0)
    X, gamma, beta, dout = (rng.normal(size=shape) for shape in [(8, 3), 3, 3, (8, 3)])
    expected = closed_forms.batch_norm(X, gamma, beta, dout)[1]
    Xt, gt, bt = (Tensor(x, name=key) for x, key in ((X, "X"), (gamma, "gamma"), (beta, "beta")))
    s = np.sqrt(np.var(Xt, axis=0) + 1e-5)
    x_hat = (Xt - np.mean(Xt, axis=0)) / s
    out = gt * x_hat + bt
    f = formula(out, names={"x_hat": x_hat, "out": out})
    assert f.gradients["dgamma"] == "(dout * x_hat).sum(axis=0)" or f.gradients["dgamma"] == "sum(dout * x_hat, axis=0)"
    assert f.gradients["dx_hat"] == "dout * gamma"
    assert f.gradients["dX"].count(" / n") == 2  # of the variance and of the mean
    grads_agree(f, out, [Xt, gt, bt], dout)
    scope = run(f, dout=dout)
    for key, dx in expected.items():
        assert_allclose(scope[f"d{key}"], dx, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("f", [np.var, np.std])
def test_the_number_of_samples_has_its_letter(f):
    X = Tensor(np.random.default_rng(0).normal(size=(4, 3)), name="X")
    for ddof, n in ((0, "n"), (1, "(n - 1)")):
        y = np.sum(f(X, axis=0, ddof=ddof))
        assert f"/ {n}" in formula(y).gradients["dX"]
        grads_agree(formula(y), y, [X])
        X.grad = None


def test_layers_of_nn():
    X = np.random.default_rng(0).normal(size=(8, 3))
    norm = nn.BatchNorm(3)
    loss = nn.losses.mse(norm(X), np.ones((8, 3)))
    grads_agree(formula(loss), loss, norm.parameters())


# What is asked for, and what goes wrong ------------------------------------------------------------------------------


def test_minus_a_negative_fraction_has_no_sign():
    p = Value(0.3, name="p")
    assert str(formula(-np.log(1 - p), wrt=p)).endswith("dp = 1 / (1 - p)")


def test_wrt_restricts_to_the_paths_that_lead_there():
    X, y = data("sigmoid", columns=False)
    named = network([3, 4, 1])
    loss = fused(logits(X, named, ops.relu), y, "sigmoid", columns=False)
    assert list(formula(loss, wrt=named["b2"]).gradients) == ["dz2", "db2"]
    assert list(formula(loss, wrt=[named["W1"]]).gradients) == ["dz2", "da1", "dz1", "dW1"]
    x = Tensor(X, name="X")
    assert (
        "dX" not in formula(fused(logits(x, named, ops.relu), y, "sigmoid", columns=False), wrt=named["W1"]).gradients
    )


def test_names_that_the_source_needs_are_not_given_away():
    X = np.random.default_rng(0).normal(size=(4, 2))
    n, y = Value(2.0, name="n"), Parameter(np.ones((2, 1)), name="np")
    loss = np.mean((X @ y) * n)
    f = formula(loss, names={"ops": X})
    assert f.forward == {"loss": "mean((ops_ @ np_) * n_)"}
    grads_agree(f, loss, [n, y])


def test_wrt_may_be_an_inner_node():
    x = Value(0.5, name="x")
    inner = x.exp()
    root = inner * inner * inner
    f = formula(root, wrt=[inner, x])
    assert_allclose(run(f)["dt1"], 3 * inner.data**2)


def test_it_touches_nothing():
    X, y = data("sigmoid", columns=False)
    named = network([3, 4, 1])
    loss = fused(logits(X, named, ops.relu), y, "sigmoid", columns=False)
    first = formula(loss)
    assert all(p.grad is None and not p.exposed for p in named.values())
    assert str(first) == str(formula(loss)) and first.numpy() == formula(loss).numpy()
    with no_grad():
        assert str(formula(loss)) == str(first)


def test_latex():
    X, y = data("sigmoid", columns=False)
    f = formula(fused(logits(X, network([3, 4, 1]), ops.relu), y, "sigmoid", columns=False), names={"X": X, "y": y})
    assert r"\frac{\partial L}{\partial z_{2}} &= \frac{\hat{y} - y}{n}" in f.latex()
    assert r"\frac{\partial L}{\partial W_{2}} &= a_{1}^{\top} \, \frac{\partial L}{\partial z_{2}}" in f.latex()
    assert f._repr_latex_().startswith(r"$\displaystyle \begin{aligned}")
    assert f.latex().count("{") == f.latex().count("}")


def test_names_are_made_fit():
    a, b = Value(2.0, name="lambda"), Value(3.0, name="my weight")
    assert formula(a * b).gradients == {"dlambda_": "my_weight", "dmy_weight": "lambda_"}
    twins = [Value(2.0, name="w"), Value(3.0, name="w")]
    assert formula(twins[0] * twins[1]).gradients == {"dw1": "w2", "dw2": "w1"}


def test_long_expressions_are_cut():
    x = y = Value(0.3, name="x")
    for _ in range(190):
        y = y.sin()
    f = formula(y)
    assert max(len(line) for line in (*f.forward.values(), *f.gradients.values())) < 250
    grads_agree(f, y, [x])


def test_a_sign_goes_into_the_difference():
    a, b, c = (Value(1.5, name=letter) for letter in "abc")
    assert formula(-(c * (a - b) ** 2), wrt=a).gradients == {"da": "2 * c * (b - a)"}


def test_one_minus_smoothed_labels():
    y, z = np.array([0.1, 0.7, 0.9]), Tensor([0.2, -1.0, 2.0], name="z")
    loss = nn.losses.bce(ops.sigmoid(z), y)
    f = formula(loss, names={"y": y})
    assert set(f.variables) == {"y", "z"} and "(1 - y) * log" in f.forward["loss"]
    grads_agree(f, loss, [z])


@pytest.mark.parametrize("length", [200, 20_000])
def test_too_long(length):
    y = Value(0.3)
    for _ in range(length):
        y = y + 1
    with pytest.raises(ValueError, match=f"the graph has {length + 1} nodes, more than the 200 .* take one layer"):
        formula(y)


def test_errors():
    x = Value(1.0, name="x")
    with pytest.raises(TypeError, match="formula takes a Value or a Tensor"):
        formula(2.0)
    with pytest.raises(ValueError, match="it is a constant, nothing was recorded"):
        formula((x * 2).detach())
    with pytest.raises(ValueError, match="is no part of this graph"):
        formula(x * 2, wrt=Value(3.0))
