"""A worked solution: every line of it is true, and reads as one that a student hands in."""

import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_random_graphs import STEPS, arrays, close, every_run_the_same, numbers, programs, run

import nn
from autograd import Parameter, ShapeError, StaleGraphError, Tensor, Value, ops
from autograd.viz import explain

FUNCTIONS = {op.name: op for op in ops.table()} | {name: vars(np)[name] for name in ("log", "mean", "sum", "where")}


def exercise_1():
    """From "Chapter 3: Neural Networks", as micrograd's users would write it."""
    x, y = 2.0, 1.0
    w1, b1, w2, b2 = Value(0.5), Value(0.0), Value(1.0), Value(0.0)
    z1 = w1 * x + b1
    a1 = z1.relu()
    z2 = w2 * a1 + b2
    a2 = z2.sigmoid()
    L = -(y * np.log(a2) + (1 - y) * np.log(1 - a2))
    return locals()


def test_exercise_1():
    names = exercise_1()
    assert str(explain(names["L"], names=names)).splitlines() == [
        "given: w1 = 0.5, b1 = 0, w2 = 1, b2 = 0",
        "z1 = w1 * 2 + b1 = 0.5 * 2 + 0 = 1",
        "a1 = relu(z1) = relu(1) = 1",
        "z2 = w2 * a1 + b2 = 1 * 1 + 0 = 1",
        "a2 = sigmoid(z2) = sigmoid(1) = 0.7311",
        "L = -(1 * log(a2) + 0 * log(1 - a2)) = -(1 * log(0.7311) + 0 * log(1 - 0.7311)) = 0.3133",
        "dL/dL = 1",
        "dL/da2 = dL/dL * 0 = 1 * 0 = 0",
        "dL/da2 = dL/dL * (-1 / a2) = 1 * -1.3679 = -1.3679, added to 0: -1.3679",
        "dL/dz2 = dL/da2 * a2 * (1 - a2) = -1.3679 * 0.1966 = -0.2689",
        "dL/db2 = dL/dz2 = -0.2689",
        "dL/dw2 = dL/dz2 * a1 = -0.2689 * 1 = -0.2689",
        "dL/da1 = dL/dz2 * w2 = -0.2689 * 1 = -0.2689",
        "dL/dz1 = dL/da1 * (z1 > 0) = -0.2689 * 1 = -0.2689",
        "dL/db1 = dL/dz1 = -0.2689",
        "dL/dw1 = dL/dz1 * 2 = -0.2689 * 2 = -0.5379",
        "gradients: dL/dw1 = -0.5379, dL/db1 = -0.2689, dL/dw2 = -0.2689, dL/db2 = -0.2689",
    ]
    assert repr(explain(names["L"])) == str(explain(names["L"]))


def test_only_the_paths_to_one():
    names = exercise_1()
    lines = explain(names["L"], names["w2"], names=names).splitlines()
    heads = ["dL/dL", "dL/da2", "dL/da2", "dL/dz2", "dL/dw2"]
    assert [line.split(" =")[0] for line in lines[6:]] == [*heads, "gradients: dL/dw2"]
    both = explain(names["L"], [names["w2"], names["a1"]], names=names)
    assert both.endswith("gradients: dL/dw2 = -0.2689, dL/da1 = -0.2689")


def lines_hold(text, values, tolerance):
    """Evaluate what stands between the signs of equality; gradients are added up as the lines say."""
    values = dict(values)
    for line in text.splitlines():
        if line.startswith(("given", "gradients", "  ")):
            continue
        equations, _, after = line.partition(", added to ")
        name, *sides = (re.sub(r"d(\w+)/d(\w+)", r"d\1_d\2", side) for side in equations.split(" = "))
        found = [np.asarray(eval(side, {**FUNCTIONS, **values}), float) for side in sides]
        for side in found[1:]:
            np.testing.assert_allclose(np.broadcast_to(found[0], np.shape(side)), side, rtol=tolerance, atol=tolerance)
        before = values[name] if after else 0.0
        values[name] = before + np.broadcast_to(found[0], np.shape(found[-1]))
        if after:
            close(map(eval, after.split(": ")), [before, values[name]], rtol=tolerance)
    return values


@given(programs(STEPS), st.lists(numbers, min_size=1, max_size=3))
@every_run_the_same
def test_every_line_holds(program, xs):
    leaves = [Value(x, name=f"x{i}") for i, x in enumerate(xs)]
    y = run(program, leaves) + 0.0
    y.name = "y"
    values = lines_hold(explain(y, digits=12), {x.name: x.data for x in leaves}, 1e-4)  # formulas have six digits
    y.backward()
    close([values.get(f"dy_d{x.name}", 0.0) for x in leaves], [x.grad or 0.0 for x in leaves], rtol=1e-4)


@given(programs({name: STEPS[name] for name in ("product", "quotient", "tanh", "repeated")}), arrays())
@every_run_the_same
def test_every_line_of_arrays_gives_the_gradients(program, drawn):
    leaves = [Parameter(x, name=f"x{i}") for i, x in enumerate(drawn[0])]
    y = np.sum(run(program, leaves))
    y.name = "y"
    text = explain(y, digits=9)
    y.backward()
    for x in leaves:
        found = re.search(rf"dy/d{x.name} = ([^d]*)(, dy|$)", text.rpartition("gradients:")[2], re.MULTILINE)
        if x.grad is not None and found and "array" not in found.group(1):
            np.testing.assert_allclose(eval(found.group(1).rstrip(", ")), x.grad, rtol=1e-6, atol=1e-6)


def test_a_layer_of_arrays():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 3)), rng.normal(size=(20, 1))
    layer = nn.Linear(3, 1, rng=rng)
    loss = np.mean((layer(X) - y) ** 2)
    lines = explain(loss, names=locals()).splitlines()
    assert [line.partition(" = ")[2].rpartition(" = ")[0] for line in lines[1:-1]] == [
        "X @ W + b", "mean((t1 - y) ** 2)", "",
        "dloss/dloss * ((t1 - y) / 10)", "X.T @ dloss/dt1", "dloss/dt1.sum(axis=0)",
    ]  # fmt: skip
    assert lines[1] == "t1 = X @ W + b = array (20, 1)"


def test_lines_of_a_network():
    """A neuron has lines of its own, and a value that its derivative contains is named."""
    model = nn.MLP(1, [1, 1], activation="tanh", rng=np.random.default_rng(0))
    w, b, v, c = model.parameters()
    lines = explain(model([2.0]), names=locals()).splitlines()
    assert [line.split(" = ")[:2] for line in lines[1:-1]] == [
        ["t3", "tanh(b + w * 2)"], ["y", "c + v * t3"], ["dy/dy", "1"], ["dy/dc", "dy/dy"], ["dy/dv", "dy/dy * t3"],
        ["dy/dt3", "dy/dy * v"], ["dy/db", "dy/dt3 * (1 - t3 * t3)"], ["dy/dw", "dy/dt3 * 2 * (1 - t3 * t3)"],
    ]  # fmt: skip


def test_what_has_two_users_has_a_line():
    a = Value(2.0, name="a")
    b = a + a
    assert explain(b * b).splitlines()[1:] == [
        "t1 = a + a = 2 + 2 = 4",
        "y = t1 * t1 = 4 * 4 = 16",
        "dy/dy = 1",
        "dy/dt1 = dy/dy * t1 = 1 * 4 = 4",
        "dy/dt1 = dy/dy * t1 = 1 * 4 = 4, added to 4: 8",
        "dy/da = dy/dt1 = 8",
        "dy/da = dy/dt1 = 8, added to 8: 16",
        "gradients: dy/da = 16",
    ]
    assert str(explain(a)) == "given: a = 2\nda/da = 1\ngradients: da/da = 1"


def test_small_and_large_numbers():
    x = Value(1e-9, name="x")
    assert "y = x * 1.23457e+07 = 1e-09 * 1.235e+07 = 0.0123" in explain(x * 12345678.0)
    with np.errstate(divide="ignore"):
        y = ops.log(Value(0.0, name="x"))
    assert explain(y).splitlines()[1:] == [
        "y = log(x) = log(0) = -inf", "dy/dy = 1", "dy/dx = dy/dy * (1 / x) = 1 * inf = inf", "gradients: dy/dx = inf",
    ]  # fmt: skip


def test_a_long_chain():
    y = Value(1.0)
    for _ in range(20_000):
        y = y * 1.0001
    start = time.process_time()
    lines = explain(y).splitlines()
    assert 2 * 20_000 / 14 < len(lines) < 4000
    assert max(map(len, lines)) < 400
    assert time.process_time() - start < 10


def test_errors():
    with pytest.raises(TypeError, match=r"explain takes a Value or a Tensor, the result of a computation, not 2\.0"):
        explain(2.0)
    with pytest.raises(ValueError, match=r"explain of Value\(2\.0\): it is a constant"):
        explain(Value(2.0).detach())
    with pytest.raises(ValueError, match=r"wrt: v = 1\.0 is no part of this graph"):
        explain(Value(2.0) * 2, wrt=Value(1.0, name="v"))
    with pytest.raises(ShapeError):
        explain(Tensor([1.0, 2.0]) * 2)
    w = Parameter([1.0], name="w")
    loss = (w * w).sum()
    w -= 1.0
    with pytest.raises(StaleGraphError, match="w"):
        explain(loss)
