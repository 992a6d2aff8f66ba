"""Levels of detail: scopes, what is rolled up, and how many boxes that makes."""

import time

import numpy as np
import pytest

import nn
from autograd import Value, scope
from autograd.node import order
from autograd.viz import GraphTooLarge, fold, graph, record


def moons(samples, sizes=(16, 16, 1)):
    """micrograd's loss: hinge over the samples and the squares of all parameters."""
    rng = np.random.default_rng(0)
    model = nn.MLP(2, sizes, rng=rng)
    X, y = rng.normal(size=(samples, 2)), rng.choice([-1.0, 1.0], samples)
    hinge = sum((1 - label * model(x)).relu() for label, x in zip(y.tolist(), X.tolist(), strict=True)) / samples
    loss = hinge + 1e-4 * sum(p * p for p in model.parameters())
    loss.backward()
    return loss


def exercise():
    x, w1, w2 = Value(2.0, name="x"), Value(0.5, name="w1"), Value(1.0, name="w2")
    with scope("hidden"):
        a = (w1 * x).relu()
    with scope("output"):
        b = (w2 * a).sigmoid()
    return (1 - b) ** 2


def names(root, level):
    return [box.name for box in graph(root, level).nodes]


def test_levels_are_depths_of_scopes():
    out = nn.MLP(2, [3, 1])([Value(1.0, name="x0"), Value(2.0, name="x1")])
    assert names(out, "module") == names(out, 1)
    assert set(names(out, "module")) == {"x0", "x1", "MLP"}
    assert set(names(out, "layer")) == {"x0", "x1", "layer 0", "layer 1"}
    assert names(out, "neuron").count("neuron 0") == 2
    assert len(graph(out, "neuron").nodes) == 2 + 3 + 1


def test_a_fold_shows_the_value_and_gradient_that_come_out_of_it():
    loss = exercise()
    loss.backward()
    hidden = next(box for box in graph(loss, "module").nodes if box.name == "hidden")
    (a,) = [box for box in graph(loss, "op").nodes if box.op == "relu"]
    assert (hidden.value, hidden.grad, hidden.notes) == (a.value, a.grad, ("2 ops · 2 leaves",))


def test_what_is_outside_of_scopes_stays_by_itself():
    picture = graph(exercise(), "module", constants=False)
    assert [box.op for box in picture.nodes] == [None, None, "subtract", "fixed_power"]
    assert [(e.source, e.target) for e in picture.edges] == [
        (a.id, b.id) for a, b in zip(picture.nodes, picture.nodes[1:], strict=False)
    ]


def test_a_function_folds():
    picture = graph(exercise(), lambda step: "nonlinear" if step.op in ("relu", "sigmoid") else None)
    (box,) = [box for box in picture.nodes if box.kind == "fold"]
    assert (box.name, len(box.members)) == ("nonlinear", 2)
    assert len(graph(exercise(), lambda step: step.op == "relu").nodes) == len(graph(exercise(), "op").nodes)
    scopes = graph(exercise(), lambda step: step.scope)
    assert [box.name for box in scopes.nodes if box.kind == "fold"] == ["hidden", "output"]
    assert "0" in names(exercise(), lambda step: 0 if step.scope else None)
    with pytest.raises(ZeroDivisionError):
        graph(exercise(), lambda step: 1 / 0)


def test_a_recording_folds_as_its_graph_does():
    loss = exercise()
    for level in ("op", "module"):
        mine, theirs = graph(loss, level), fold(record(loss), level)
        assert [(box.id, box.name, box.scope) for box in mine.nodes] == [
            (box.id, box.name, box.scope) for box in theirs.boxes
        ]
        assert mine.edges == theirs.links


def test_repeats_are_counted_as_samples():
    loss = moons(5)
    picture = graph(loss, "layer")
    layers = [box for box in picture.nodes if box.name.startswith("layer")]
    assert [(box.count, box.notes[0]) for box in layers] == [(5, "× 5 samples")] * 3
    assert np.shape(layers[2].value) == (5,)
    assert [link.parameters for link in picture.edges].count(True) == 3  # from the layers to the squares of weights


def test_a_wide_network_folds_by_itself():
    loss = sum(nn.MLP(60, [80, 80, 10], rng=np.random.default_rng(0))([0.1] * 60))
    assert sum(node.is_leaf for node in order(loss)) > 12_000
    picture = graph(loss)
    assert len(picture.nodes) <= 60
    assert picture.level == "layer"


@pytest.mark.parametrize("scoped", [True, False])
def test_the_loss_of_micrograd_folds_to_a_picture_in_no_time(scoped, monkeypatch):
    loss = moons(100)
    if not scoped:
        monkeypatch.setattr("autograd.viz.folding._deepest", lambda outline: 0)
        monkeypatch.setattr("autograd.mode.Note.scope", (), raising=False)
    start = time.process_time()
    picture = graph(loss)
    svg = picture.svg()
    assert time.process_time() - start < 20  # 0.6 s on a desk; far above, for a machine that is busy
    assert len(picture.nodes) <= 60
    assert len(svg) < 60_000
    assert picture.folded.total > 60_000


def test_without_scopes_equal_ops_and_runs_are_rolled_up():
    x, w = [Value(float(i)) for i in range(100)], Value(0.5, name="w")
    total = sum(((w * v).tanh() for v in x), Value(0.0, name="start"))
    assert [(box.name, box.notes) for box in graph(total).nodes] == [
        ("start", ()), ("w", ()), ("leaves", ("× 100 leaves",)), ("multiply", ("× 100 ops",)),
        ("tanh", ("× 100 ops",)), ("add", ("× 100 ops",)),
    ]  # fmt: skip


def test_chains_are_rolled_up():
    x = Value(1.0, name="x")
    for _ in range(10_000):
        x = x * 1.001 + 0.5
    assert [(box.name, box.count, box.notes) for box in graph(x).nodes] == [
        ("x", 1, ()), ("multiply → add", 10_000, ("× 20,000 ops",))
    ]  # fmt: skip


def test_any_graph_folds_to_sixty_boxes():
    rng = np.random.default_rng(0)
    nodes = [Value(1.0, name="x")]
    for i in range(2000):
        a, b = nodes[rng.integers(max(0, i - 20), i + 1)], nodes[rng.integers(i + 1)]
        nodes.append([lambda a, b: a + b, lambda a, b: a * b, lambda a, b: (a - b).tanh()][i % 3](a, b))
    root = sum(nodes[-20:])
    assert len(graph(root).nodes) <= 60


def test_too_large_says_what_fits():
    loss = moons(20)
    with pytest.raises(GraphTooLarge) as caught:
        graph(loss, level="op")
    assert str(caught.value) == (
        f"this graph has {graph(loss).folded.total:,} nodes; drawing every op is limited to max_nodes=1,000. Fits: "
        'level="module" (10 boxes), level="layer" (12 boxes), level="neuron" (42 boxes), level="auto" (12 boxes). '
        "Tip: draw the loss of one sample"
    )
    assert isinstance(caught.value, ValueError)
    assert len(graph(exercise(), "op", max_nodes=9).nodes) == 11  # constants do not count


def test_too_large_says_so_at_once_and_when_nothing_fits():
    y = Value(1.0)
    for _ in range(20_000):
        y = y * 1.0001
    start = time.process_time()
    with pytest.raises(GraphTooLarge, match=r"this graph has 20,001 nodes; .* Fits: level=\"auto\" \(2 boxes\)"):
        graph(y, "op")
    assert time.process_time() - start < 10  # 0.2 s on a desk
    with pytest.raises(
        GraphTooLarge, match=r"level='auto' gives 11 boxes, more than max_nodes=1\. No level fits\. Tip"
    ):
        graph(exercise(), max_nodes=1)


@pytest.mark.parametrize("level", ["ops", 0, -1, None, True, 1.5])
def test_unknown_levels_are_named(level):
    known = '"auto", "op", "module", "layer", "neuron", a depth of scopes from 1 on, or a function of a step'
    with pytest.raises(ValueError, match="level=") as caught:
        graph(exercise(), level)
    assert str(caught.value) == f"level={level!r}: there are {known}"
