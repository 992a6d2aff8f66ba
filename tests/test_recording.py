"""A recording is the engine's own run as plain data: same gradients, nothing touched, the same in every process."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_random_graphs import ARRAY_STEPS, STEPS, arrays, close, every_run_the_same, numbers, programs, run

import nn
from autograd import Op, Parameter, StaleGraphError, Tensor, Value, formula, no_grad, ops, scope
from autograd.node import order
from autograd.viz import explain, graph, record, stepper

FUNCTIONS = {op.name: op for op in ops.table()} | {"log": np.log}


def rows_to(recording):
    rows = {}
    for event in recording.backward:
        for row in event.rows:
            rows.setdefault(row.to, []).append(row)
    return rows


def adds_up(root):
    """Contributions add up to the engine's gradients, in the order they are listed."""
    recording = record(root)
    rows = rows_to(recording)
    root.backward()
    ids = {step.id: node for step, node in zip(no_constants(recording), order(root), strict=True)}
    assert set(recording.gradients) == set(ids)
    for i, node in ids.items():
        grad = np.asarray(node.grad)
        np.testing.assert_allclose(recording.gradients[i], grad, rtol=1e-14, atol=1e-300)
        if i != recording.root:
            total = sum((np.asarray(row.contribution) for row in rows.get(i, [])), np.zeros(np.shape(node.data)))
            np.testing.assert_allclose(total, grad, rtol=1e-9, atol=1e-12)
        for k, row in enumerate(rows.get(i, [])):
            assert row.first == (k == 0)
            np.testing.assert_allclose(np.add(row.before, row.contribution), row.after, rtol=1e-12, atol=1e-300)
            assert k == 0 or row.before == rows[i][k - 1].after
    return recording


def no_constants(recording):
    return [step for step in recording.nodes if step.kind != "constant"]


@given(programs(STEPS), st.lists(numbers, min_size=1, max_size=3))
@every_run_the_same
def test_numbers_add_up_and_their_formulas_hold(program, xs):
    recording = adds_up(run(program, [Value(x, name=f"x{i}") for i, x in enumerate(xs)]) + 0.0)
    values = {step.name: step.value for step in recording.nodes}
    upstream = {event.node: event.upstream for event in recording.backward}
    for step in recording.nodes:
        if step.kind == "op":
            close([eval(step.text, {**FUNCTIONS, **values})], [step.value], rtol=1e-4)  # numbers with 6 digits
    for event in recording.backward:
        for row in event.rows:
            close([row.contribution], [upstream[event.node] * row.local])
            close([eval(row.local_text, {**FUNCTIONS, **values})], [row.local], rtol=1e-4)


@given(programs(STEPS | ARRAY_STEPS), arrays())
@every_run_the_same
def test_arrays_add_up(program, drawn):
    xs, _ = drawn
    recording = adds_up(np.sum(run(program, list(map(Parameter, xs)))))
    for event in recording.backward:
        g = np.asarray(event.upstream)
        for row in event.rows:
            local, c = (np.asarray(x, dtype=float) for x in (row.local, row.contribution))
            if local.ndim == g.ndim + c.ndim and g.ndim:  # a Jacobian
                np.testing.assert_allclose(np.tensordot(g, local, g.ndim), c, rtol=1e-9, atol=1e-12)
            elif local.shape == c.shape:
                np.testing.assert_allclose(g.reshape(g.shape if g.size > 1 else ()) * local, c, rtol=1e-9, atol=1e-12)


# What is listed ----------------------------------------------------------------------------------------------


def test_exercise_1():
    x = 2.0
    w1, b1 = Value(0.5), Value(0.0, name="given")
    z1 = w1 * x + b1
    a1 = z1.relu()
    recording = record(a1, names=locals())
    assert [(step.name, step.named, step.kind, step.text) for step in recording.nodes] == [
        ("w1", True, "leaf", ""), ("2", False, "constant", ""), ("t1", False, "op", "w1 * 2"),
        ("b1", True, "leaf", ""), ("z1", True, "op", "t1 + b1"), ("a1", True, "op", "relu(z1)"),
    ]  # fmt: skip
    assert recording.backward[0].rows[0].local_text == "z1 > 0"
    assert recording.gradients == {0: 2.0, 2: 1.0, 3: 1.0, 4: 1.0, 5: 1.0}  # none for the constant
    assert recording.held == {}


@pytest.mark.parametrize("a", [0.0, 3.0])
@pytest.mark.parametrize(("f", "slope"), [(lambda a: a + a, lambda a: 2), (lambda a: a * a, lambda a: 2 * a)])
def test_repeats_are_two_edges_and_two_rows(f, slope, a):
    recording = record(f(Value(a)))
    assert [(edge.source, edge.target, edge.slot) for edge in recording.edges] == [(0, 1, 0), (0, 1, 1)]
    first, second = recording.backward[0].rows
    assert (first.first, second.first) == (True, False)  # also where the first contribution is 0
    assert second.before == first.after
    assert second.after == recording.gradients[0] == slope(a)


def test_a_difference_is_one_node():
    x, y = Value(1.0, name="x"), Value(2.0, name="y")
    recording = record(x - y)
    assert [step.text for step in recording.nodes] == ["", "", "x - y"]
    assert [row.local for row in recording.backward[0].rows] == [1.0, -1.0]


def test_operands_without_a_rule_have_no_row():
    x = Value(1.5)
    recording = record(x**2 + ops.floor(x))
    assert [len(event.rows) for event in recording.backward] == [2, 0, 1]
    assert recording.gradients[0] == 3.0


def test_the_graphs_own_values():
    """A leaf that was changed later is shown as the graph saw it."""
    w = Value(2.0, name="w")
    y = w * w
    w.data = 5.0
    assert [step.value for step in record(y).nodes] == [2.0, 4.0]
    W = Tensor([1.0, 2.0])
    y = (W * W).sum()
    W.data = np.zeros(2)
    assert record(y).nodes[0].value == [1.0, 2.0]


def test_arrays():
    X, W, b = np.ones((2, 3)), Parameter(np.ones((3, 2)), name="W"), Parameter([0.0, 1.0], name="b")
    recording = record(np.sum((X @ W + b) * X[:, :2] * X[:, :2]), names={"X": X, "ones": np.ones((2, 2))})
    assert [step.name for step in recording.nodes] == ["W", "X", "t1", "b", "t2", "ones", "t3", "t4", "t5"]
    assert [step.kind for step in recording.nodes[:4]] == ["parameter", "constant", "op", "parameter"]
    texts = {row.to: row.local_text for event in recording.backward for row in event.rows}
    assert texts[0] == "X.T @ g"
    assert texts[3] == "g.sum(axis=0)"
    assert recording.gradients[3] == [2.0, 2.0]
    assert np.shape(recording.backward[-1].rows[0].local) == (2, 2, 3, 2)


def test_large_arrays_are_not_listed():
    recording = record((Parameter(np.ones((40, 50))) * 2).sum())
    assert recording.nodes[0].shape == (40, 50)
    assert recording.nodes[0].value is recording.gradients[0] is recording.backward[0].rows[0].local is None


def test_the_gradient_of_an_array_has_no_beginning():
    recording = record(Tensor([1.0, 2.0]) * 2)
    assert len(recording.nodes) == 3
    assert recording.backward == ()
    assert recording.gradients == {}


def test_leaves_and_constants_alone():
    assert record(Value(2.0)).gradients == {0: 1.0}
    constant = record(Value(2.0).detach())
    assert [step.kind for step in constant.nodes] == ["constant"]
    assert constant.gradients == {}


def test_an_op_of_yours_whose_rule_asks_for_numbers():
    cubed = Op("cubed", lambda x: x**3, (lambda g, y, x: g * float(x) ** 2 * 3,))
    recording = record(cubed(Value(2.0, name="x")))
    assert recording.nodes[1].text == "cubed(x)"
    assert recording.backward[0].rows[0].local_text == "cubed'(x)"
    assert recording.gradients[0] == 12.0


# Names -------------------------------------------------------------------------------------------------------


def test_names_of_lists_and_of_parameters():
    w = [Value(1.0), [Value(2.0)]]
    _hidden = last = w[0] * w[1][0]
    assert [step.name for step in record(last, names=locals()).nodes] == ["w[0]", "w[1][0]", "last"]
    model = nn.Linear(2, 1, rng=np.random.default_rng(0))
    y = np.sum(model(np.ones((1, 2))))
    assert [step.name for step in record(y, model.named_parameters()).nodes[:2]] == ["W", "b"]
    values = np.array([Value(1.0), Value(2.0)], dtype=object)
    assert record(values[0] * values[1], names={"v": values}).nodes[1].name == "v[1]"


def test_names_from_the_caller_go_before_a_nodes_own():
    """One rule for all that prints: the run as data, pictures, worked solutions, formulas."""
    x, y = Value(2.0, name="own"), np.array([3.0, 4.0])
    root = np.sum(x * y)
    names = {"x": x, "also": x, "c": [3, 4], "loss": root, "_hidden": y}
    for said in (names, list(names.items())):
        assert [step.name for step in record(root, said).nodes] == ["x", "c", "t1", "loss"]
        assert [box.name for box in graph(root, names=said).nodes] == ["x", "c", "t1", "loss"]
        assert explain(root, names=said).startswith("given: x = 2, c = [3, 4]\n")
        assert str(formula(root, names=said)) == "loss = sum(x * c)\n\ndx = c.sum()"
    assert str(formula(root, names={"y": y})) == "loss = sum(own * y)\n\ndown = y.sum()"
    for wrong in (5, [x], "x"):
        for read in (record, graph, explain, formula):
            with pytest.raises(TypeError, match="give a mapping such as locals"):
                read(root, names=wrong)
    forever = [x]
    forever.append(forever)
    assert record(root, {"forever": forever}).nodes[0].name == "forever[0]"


def test_two_nodes_never_have_the_same_name():
    a, b, t1 = Value(1.0, name="w"), Value(2.0, name="w"), Value(3.0, name="t1")
    names = [step.name for step in record(a * b + t1 * Value(1.0)).nodes]
    assert names == ["w", "w_2", "t2", "t1", "x1", "t3", "t4"]


# Nothing is touched ------------------------------------------------------------------------------------------


def state(root):
    nodes = order(root)
    entries = [(node.operand().tobytes() if node.is_array else node.data, repr(node.grad)) for node in nodes]
    return entries, [(id(node._raw), id(node.grad), id(node.note)) for node in nodes]


@pytest.mark.parametrize("read", [record, graph, stepper, explain, formula, lambda loss: graph(loss, "module").svg()])
def test_nothing_is_touched(read):
    model = nn.Sequential(nn.Linear(2, 3, rng=np.random.default_rng(0)), nn.Tanh())
    loss = np.sum(model(np.ones((2, 2))) * Value(2.0))
    before = state(loss)
    read(loss)
    assert state(loss) == before
    assert record(loss).held == {}
    loss.backward()
    before = state(loss)
    read(loss)
    assert state(loss) == before
    assert len(record(loss).held) == len(order(loss))


PROGRAM = """
import json, numpy as np, nn
from autograd.viz import explain, record
model = nn.MLP(2, [3, 1], rng=np.random.default_rng(0))
loss = (model([1.0, 2.0]) - 1) ** 2
print(json.dumps(record(loss, model.named_parameters()).as_dict()), explain(loss, names=locals()))
"""


def test_the_same_in_every_process():
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True,
            cwd=Path(__file__).parents[1], env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "77")
    }  # fmt: skip
    assert len(outputs) == 1
    assert len(outputs.pop()) > 1000


def test_json():
    with np.errstate(all="ignore"):
        y = ops.log(Value(0.0)) * Tensor([1.0])
        found = json.loads(json.dumps(record(y).as_dict(), allow_nan=False))
    assert found["schema"] == 1
    assert found["nodes"][1]["value"] == "-inf"
    assert found["backward"][-1]["rows"][0]["contribution"] == "inf"


def test_a_long_chain():
    x = y = Value(1.0)
    for _ in range(20_000):
        y = y * 1.0001
    recording = record(y)
    assert len(recording.nodes) == 40_001
    x.grad = None
    y.backward()
    assert recording.gradients[0] == x.grad


def test_errors():
    with pytest.raises(TypeError, match="the graph of a Value or a Tensor can be recorded, not that of 2"):
        record(2.0)
    w = Parameter([1.0, 2.0], name="w")
    loss = (w * w).sum()
    w -= 1.0
    with pytest.raises(StaleGraphError, match="w"):
        record(loss)


# Scopes ------------------------------------------------------------------------------------------------------


class Net(nn.Module):
    def __init__(self):
        self.hidden = nn.Linear(2, 2)
        self.blocks = [nn.Linear(2, 2), nn.Residual(nn.Sequential(nn.Linear(2, 2), nn.Tanh()))]

    def __call__(self, x):
        for block in (self.hidden, *self.blocks):
            x = block(x)
        return x * 2


class Louder(Net):
    def __call__(self, x):
        return super().__call__(x) * 2


def scopes(y):
    return list(dict.fromkeys(node.scope for node in order(y) if node.op is not None))


def test_modules_are_scopes():
    model = nn.MLP(2, [2, 1], rng=np.random.default_rng(0))
    assert sorted(scopes(model([1.0, 2.0]))) == [
        ("MLP", "layer 0", "neuron 0"), ("MLP", "layer 0", "neuron 1"), ("MLP", "layer 1", "neuron 0"),
    ]  # fmt: skip
    model = nn.Sequential(nn.Linear(2, 16), np.tanh, nn.ReLU())
    assert scopes(model(np.ones((1, 2)))) == [
        ("Sequential", "0: Linear(2, 16)"), ("Sequential",), ("Sequential", "2: ReLU()"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", [Net, Louder])
def test_modules_of_yours_are_scopes(kind):
    name = kind.__name__
    expected = [
        (name, "hidden"), (name, "block 0"), (name, "block 1", "module", "0: Linear(2, 2)"),
        (name, "block 1", "module", "1: Tanh()"), (name, "block 1"), (name,),
    ]  # fmt: skip
    model = kind()
    assert scopes(model(np.ones((1, 2)))) == expected
    assert scopes(model(np.ones((1, 2)))) == expected
    with scope("sample 3"):
        y = model(np.ones((1, 2)))
    assert scopes(y) == [("sample 3", *path) for path in expected]
    assert (y * 2).scope == ()
    with no_grad():
        assert model(np.ones((1, 2))).scope == ()
    assert scopes(model(np.ones((1, 2)))) == expected


def test_a_scope_ends_with_an_error():
    model = nn.Sequential(nn.Linear(2, 2))
    with pytest.raises(ValueError, match="takes rows of 2 numbers"):
        model(np.ones((1, 3)))
    assert (Value(1.0) * 2).scope == ()


def test_scopes_of_one_module_in_two_threads():
    model, found = nn.Sequential(nn.Linear(2, 2)), []

    def work(name):
        with scope(name):
            found.extend((name, scopes(model(np.ones((1, 2))))) for _ in range(200))

    threads = [threading.Thread(target=work, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 400
    assert all(path == [(name, "Sequential", "0: Linear(2, 2)")] for name, path in found)
