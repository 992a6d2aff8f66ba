"""The graph itself: freed at once, as long as you like, copied whole, walked in one order, safe in threads.

Nothing here is about derivatives being right; that is ``test_sweep.py``. Read next: ``test_traps.py``.
"""

import copy
import gc
import io
import itertools
import pickle
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import numpy as np
import pytest

from autograd import (
    AnomalyError,
    Node,
    Op,
    Parameter,
    StaleGraphError,
    Tensor,
    Value,
    detect_anomaly,
    grad,
    hessian,
    jvp,
    no_grad,
    ops,
    scope,
)
from autograd.node import order

KINDS = {"Value": Value, "Tensor": lambda x, name=None: Tensor([x, x], name=name)}
both_kinds = pytest.mark.parametrize("leaf", KINDS.values(), ids=KINDS)


def failing_rule(g, y, x):
    raise RuntimeError("this rule always fails")


fails = Op("fails", np.positive, (failing_rule,), scalar=lambda x: x)


def number(x):
    """Return x itself, or the sum of its entries: something that backward() can start from."""
    return x.sum() if x.ndim else x


def plain(x):
    return x.data if isinstance(x, Node) else x


# --- a graph dies when it is dropped ------------------------------------------------------------------------


@pytest.fixture
def collector_off():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def living():
    """Return how many nodes exist in this process."""
    return sum(issubclass(type(x), Node) for x in gc.get_objects())


def scalars():
    x, w = Value(2.0), Value(3.0)
    return sum((x * w + i) ** 2 for i in range(50)).tanh()


def arrays():
    x, W = Tensor(np.ones((3, 4))), Parameter(np.ones((4, 2)))
    z = np.maximum(0, x @ W)
    return (np.concatenate([z, z.T.reshape(3, 2)]) ** 2).mean()


def mixed():
    w = [Value(1.0), Value(2.0)]
    return (Tensor([w, w]) @ np.array([w, w]) * w[0]).sum()


def backward(make):
    loss = make()
    loss.backward()
    loss.backward()


def updated():
    w = Parameter([1.0, 2.0])
    loss = (w * w).sum()
    loss.backward()
    w -= 0.1 * w.grad


def caught(error, function):
    """Run the function, and drop its error. pytest.raises would hold on to the frames, and so to the nodes."""
    try:
        function()
    except error:
        return
    raise AssertionError("nothing was raised")


def stale():
    w = Parameter([1.0, 2.0])
    loss = (w * w).sum()
    w -= 1
    loss.backward()


def anomaly():
    with detect_anomaly():
        Tensor([1.0, 0.0]).log().sum().backward()


GRAPHS = {
    "scalars": scalars,
    "arrays": arrays,
    "mixed": mixed,
    "scalars, backward": partial(backward, scalars),
    "arrays, backward": partial(backward, arrays),
    "mixed, backward": partial(backward, mixed),
    "an update": updated,
    "object arrays": lambda: np.exp(np.array([Value(1.0), Value(2.0)])) @ np.ones(2),
    "second derivatives": lambda: hessian(lambda x: (x**3).sum())(np.ones(2)),
    "a tangent": lambda: jvp(lambda x: (x**3).sum(), (np.ones(2),), (np.ones(2),)),
    "a deep copy": lambda: copy.deepcopy(arrays()),
    "a pickle": lambda: pickle.loads(pickle.dumps(arrays())),
    "shapes that do not fit": partial(caught, ValueError, lambda: arrays() * np.ones(3) @ Tensor(np.ones(2))),
    "a bad operand": partial(caught, TypeError, lambda: scalars() + "1"),
    "a turn into a number": partial(caught, TypeError, lambda: float(scalars())),
    "a rule that fails": partial(caught, RuntimeError, lambda: fails(scalars()).backward()),
    "a stale graph": partial(caught, StaleGraphError, stale),
    "an anomaly": partial(caught, AnomalyError, anomaly),
}


@pytest.mark.usefixtures("collector_off")
@pytest.mark.parametrize("make", GRAPHS.values(), ids=GRAPHS)
def test_a_dropped_graph_is_freed_at_once(make):
    make()  # what is made once and kept: caches
    gc.collect()
    before = living()
    make()
    assert living() == before
    assert gc.collect() == 0


@pytest.mark.usefixtures("collector_off")
@both_kinds
def test_create_graph_ties_a_leaf_until_its_grad_is_cleared(leaf):
    before = living()
    x = leaf(3.0)
    number(x**3).backward(create_graph=True)
    assert living() > before + 1
    x.grad = None
    assert living() == before + 1


# --- as long as you like ------------------------------------------------------------------------------------


def chain(x, length):
    for _ in range(length):
        x = x + 1.0
    return x


@pytest.mark.slow
@pytest.mark.parametrize(("leaf", "length"), [(Value, 1_000_000), (Tensor, 200_000)])
def test_a_long_chain(leaf, length):
    limit = sys.getrecursionlimit()
    x = leaf(0.0)
    y = chain(x, length)
    assert y.item() == length
    y.backward()
    assert x.grad == 1
    twin = copy.deepcopy(y)
    del y
    twin.backward()
    assert order(twin)[0].grad == 2
    assert x.grad == 1
    del twin
    assert sys.getrecursionlimit() == limit


@pytest.mark.slow
@both_kinds
def test_a_long_chain_is_pickled(leaf):
    x, y = pickle.loads(pickle.dumps((x := leaf(0.0), chain(x, 100_000))))
    number(y).backward()
    assert np.all(plain(y) == 100_000)
    assert np.all(x.grad == 1)


def test_a_long_chain_twice_differentiated():
    x = Value(1.0)
    chain(x * x, 5_000).backward(create_graph=True)
    assert x.grad.data == 2
    first, x.grad = x.grad, None
    first.backward()
    assert x.grad == 2


def test_a_sum_of_many_terms():
    """A neuron with 10,000 inputs, and a loss over 10,000 samples: micrograd ends at about 990."""
    weights = [Value(0.5) for _ in range(10_000)]
    loss = sum(w * w for w in weights)
    loss.backward()
    assert {w.grad for w in weights} == {1.0}


@both_kinds
def test_doublings_are_not_exponential(leaf):
    x = leaf(1.0)
    y = x
    for _ in range(40):
        y = y + y
    assert len(order(y)) == 41
    number(y).backward()
    assert np.all(x.grad == 2**40)
    twin = pickle.loads(pickle.dumps(copy.deepcopy(y)))
    assert len(order(twin)) == 41
    _, tangent = jvp(lambda x: chain(x + x, 40), (1.0,), (1.0,))
    assert tangent == 2


# --- what is written is what is recorded --------------------------------------------------------------------

WRITTEN = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "maximum": np.maximum,
}


@both_kinds
@pytest.mark.parametrize("name", WRITTEN)
def test_an_operator_is_one_node(leaf, name):
    a, b = leaf(2.0), leaf(3.0)
    y = WRITTEN[name](a, b)
    assert y.op.name == name
    assert [x is leaf for x, leaf in zip(y.inputs, (a, b), strict=True)] == [True, True]
    assert len(order(y)) == 3


@both_kinds
def test_repeats_and_constants_are_kept(leaf):
    a = leaf(3.0)
    assert [x is a for x in (a * a).inputs] == [True, True]
    assert (2 * a).inputs[0] == 2
    assert (2 * a).inputs[1] is a
    assert (1 - a).op.name == "subtract"
    assert (1 / a).op.name == "divide"
    assert (-a).op.name == "negative"


def test_equal_leaves_stay_two():
    a, b = Value(2.0), Value(2.0)
    (a * a * b).backward()
    assert (a.grad, b.grad) == (8.0, 4.0)


def random_graph(leaf, seed, size=60):
    """Return the nodes of a graph whose every node has up to three random inputs, repeats and constants included."""
    rng = random.Random(seed)
    nodes = [leaf(rng.uniform(1, 2), name=f"leaf {i}") for i in range(3)]
    rules = [lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a / (b + 3), lambda a, _: a.tanh()]
    for i in range(size):
        node = rng.choice(rules)(rng.choice(nodes), rng.choice([*nodes, 0.5]))
        node.name = f"{i}"
        nodes.append(node)
    return nodes


@both_kinds
@pytest.mark.parametrize("seed", range(10))
def test_order_lists_inputs_first_and_always_the_same(leaf, seed):
    nodes = random_graph(leaf, seed)
    listed = order(nodes[-1])
    place = {id(node): i for i, node in enumerate(listed)}
    assert len(place) == len(listed)
    assert listed[-1] is nodes[-1]
    inputs = [(x, node) for node in listed for x in node.inputs if isinstance(x, Node)]
    assert all(place[id(x)] < place[id(node)] for x, node in inputs)
    assert {id(x) for x, _ in inputs} | {id(nodes[-1])} == set(place)
    again = order(random_graph(leaf, seed)[-1])
    assert [node.name for node in again] == [node.name for node in listed]


# --- copies -------------------------------------------------------------------------------------------------

COPIES = {"deepcopy": copy.deepcopy} | {
    f"pickle {protocol}": lambda x, protocol=protocol: pickle.loads(pickle.dumps(x, protocol))
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
}
every_copy = pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)


def loss_of(a, w):
    with scope("hidden"):
        loss = (np.tanh(a @ w) ** 2).sum() * Value(2.0, name="two")
    loss.name = "loss"
    return loss


@every_copy
def test_a_copy_is_the_same_graph_of_new_nodes(duplicate):
    a, w = Tensor(np.ones((2, 3)), name="a"), Parameter([1.0, 2.0, 3.0], name="w")
    loss = loss_of(a, w)
    loss.backward()
    old = order(loss)
    a2, w2, loss2 = duplicate((a, w, loss))
    new = order(loss2)
    assert [x is y for x, y in zip(new, old, strict=True)] == [False] * len(old)
    assert {id(a2), id(w2)} < {id(node) for node in new}
    for before, after in zip(old, new, strict=True):
        assert type(after) is type(before)
        assert after.op is before.op
        assert (after.name, after.scope) == (before.name, before.scope)
        np.testing.assert_array_equal(after.data, before.data)
        np.testing.assert_array_equal(after.grad, before.grad)
        assert not np.may_share_memory(after.grad, before.grad)
        assert not np.may_share_memory(after.data, before.data)
    assert type(w2) is Parameter


@every_copy
def test_backward_on_a_copy_leaves_the_original_alone(duplicate):
    a, w = Tensor(np.ones((2, 3))), Parameter([0.1, 0.2, 0.3])
    loss = loss_of(a, w)
    loss.backward()
    first, inner = w.grad.copy(), loss.inputs[0].grad
    _, w2, loss2 = duplicate((a, w, loss))
    loss2.backward()
    np.testing.assert_allclose(w2.grad, 2 * first)
    np.testing.assert_array_equal(w.grad, first)
    assert loss.inputs[0].grad is inner
    w2 -= 1.0
    w2[0] = 5.0
    np.testing.assert_array_equal(w.data, [0.1, 0.2, 0.3])
    loss.backward()


@every_copy
@both_kinds
def test_a_leaf_tied_to_the_graph_of_its_gradient_is_copied(duplicate, leaf):
    x = leaf(3.0, name="x")
    number(x**3).backward(create_graph=True)
    twin = duplicate(x)
    assert order(twin.grad)[0] is twin
    first, twin.grad = twin.grad, None
    number(first).backward()
    np.testing.assert_allclose(twin.grad, 18.0)
    assert isinstance(x.grad, Node)


@both_kinds
def test_a_shallow_copy_shares_the_inputs(leaf):
    x = leaf(3.0)
    y = x * x
    twin = copy.copy(y)
    assert twin is not y
    assert twin.inputs[0] is x
    number(twin).backward()
    assert np.all(x.grad == 6)
    assert y.grad is None


def test_a_copied_leaf_has_memory_of_its_own():
    w = Parameter([1.0, 2.0])
    for duplicate in (copy.copy, *COPIES.values()):
        twin = duplicate(w)
        assert type(twin) is Parameter
        twin -= 1
        np.testing.assert_array_equal(w.data, [1.0, 2.0])


def test_a_stale_graph_is_not_copied_as_if_it_were_fresh():
    w = Parameter([1.0, 2.0], name="w")
    loss = (w * w).sum()
    w -= 1
    for duplicate in COPIES.values():
        with pytest.raises(StaleGraphError, match=r"^w \(2,\), an operand of multiply, was updated in place"):
            duplicate(loss)


@pytest.mark.parametrize("op", [*ops.table(), fails], ids=lambda op: op.name)
def test_ops_are_pickled_by_reference(op):
    written = pickle.dumps(op)
    assert pickle.loads(written) is op
    assert len(written) < 150
    assert copy.deepcopy(op) is op


def test_an_op_without_a_name_in_a_module_is_not_pickled():
    local = Op("local", np.positive, (lambda g, y, x: g,), scalar=lambda x: x)
    y = local(Value(1.0))
    with pytest.raises(pickle.PicklingError, match="op 'local' cannot be pickled: give it a module-level name"):
        pickle.dumps(y)
    assert order(copy.deepcopy(y))[1].op is local


def test_no_pickle_harms_a_later_one():
    local = Op("local", np.positive, (lambda g, y, x: g,), scalar=lambda x: x)
    long = chain(Value(0.0), 5_000)
    with pytest.raises(pickle.PicklingError):
        pickle.dumps([local(Value(1.0)) + long])
    kept = pickle.Pickler(io.BytesIO())  # and one that has done its work, but is still there
    kept.dump(long + 1.0)
    assert pickle.loads(pickle.dumps(long)).data == 5_000


# --- gradients are stored right -----------------------------------------------------------------------------


@both_kinds
def test_backward_twice(leaf):
    """Leaves accumulate; inner nodes are set afresh, else the second pass counts the first one again."""
    x = leaf(3.0)
    y = x * x
    z = number(y * x)
    for times in (1, 2, 3):
        z.backward()
        assert np.all(x.grad == 27 * times)
        assert np.all(y.grad == 3)
        assert np.all(z.grad == 1)


@both_kinds
def test_two_losses_share_a_graph(leaf):
    x = leaf(3.0)
    y = x * x
    number(2 * y).backward()
    number(5 * y).backward()
    assert np.all(x.grad == 42)
    assert np.all(y.grad == 5)


@both_kinds
def test_a_leaf_is_its_own_loss(leaf):
    x = leaf(3.0)
    number(x).backward()
    x.backward(np.ones(x.shape) if x.ndim else 1.0)
    assert np.all(x.grad == 2)


@both_kinds
def test_grad_is_none_before_and_zero_where_nothing_flows(leaf):
    x, unused = leaf(3.5), leaf(1.0)
    y = np.floor(x)
    assert x.grad is y.grad is None
    number(y).backward()
    assert np.all(x.grad == 0)
    assert unused.grad is None


@both_kinds
def test_a_seed_weights_the_outputs(leaf):
    x = leaf(3.0)
    seed = np.array([1.0, 10.0]) if x.ndim else 10.0
    (x * x).backward(seed)
    np.testing.assert_array_equal(x.grad, 6 * seed)
    assert not np.may_share_memory(x.grad, seed)


@both_kinds
def test_a_node_as_seed_gives_plain_gradients(leaf):
    x = leaf(3.0)
    (x * x).backward(leaf(2.0))
    assert isinstance(x.grad, np.ndarray if x.ndim else float)
    assert np.all(x.grad == 12)


@both_kinds
def test_create_graph_always_gives_nodes(leaf):
    """Even where the gradient is a number: of 2 x it is 2, and asking for the next derivative must not crash."""
    x, w = leaf(3.0), leaf(5.0)
    number(2 * x + w).backward(create_graph=True)
    assert isinstance(x.grad, Node)
    assert isinstance(w.grad, Node)
    assert np.all(x.grad.data == 2)


def leaves_of(kind):
    x, w = kind(3.0), kind(2.0)
    x.grad, w.grad = (7.0, None) if kind is Value else (np.array([7.0, 7.0]), None)
    return x, w


@both_kinds
@pytest.mark.parametrize("create_graph", [False, True])
def test_a_backward_that_fails_leaves_the_leaves_alone(leaf, create_graph):
    x, w = leaves_of(leaf)
    loss = number(fails(x * w) + w * w)
    with pytest.raises(RuntimeError, match="this rule always fails"):
        loss.backward(create_graph=create_graph)
    assert np.all(x.grad == 7)
    assert w.grad is None


def test_a_stale_backward_leaves_the_leaves_alone():
    x, w = Tensor([1.0, 2.0]), Parameter([1.0, 2.0])
    loss = (x * w).sum() + (x * x).sum()
    w -= 1
    with pytest.raises(StaleGraphError):
        loss.backward()
    assert x.grad is None


@pytest.mark.parametrize("create_graph", [False, True])
def test_gradients_own_their_memory(create_graph):
    x, W, b = Tensor(np.ones((4, 3))), Parameter(np.ones((3, 3))), Tensor(np.ones(3))
    v = Value(2.0)
    z = x @ W + b
    parts = [z, z + z, z.T, z.reshape(3, 4), z[1:], np.broadcast_to(b, (4, 3)), z - z, -z, v * z, x + W.sum(), z.copy()]
    parts += [np.concatenate([x, z]), np.stack([b, b]), Tensor([[v, v]]), z.sum(axis=0), b.astype(float)]
    y = np.concatenate([part.ravel() for part in parts])
    seed = np.linspace(1, 2, y.size)
    y.backward(seed, create_graph=create_graph)
    nodes = {id(node): node for node in order(y)}
    for node in list(nodes.values()):
        if isinstance(node.grad, Node):
            nodes |= {id(inner): inner for inner in order(node.grad)}
    gradients = [n.grad for n in nodes.values() if isinstance(n.grad, np.ndarray)]
    data = [node._raw for node in nodes.values() if isinstance(node._raw, np.ndarray)]
    assert len(gradients) > 10
    for g, other in itertools.combinations(gradients, 2):
        assert not np.shares_memory(g, other)
    for g, other in itertools.product(gradients, [*data, seed]):
        assert not np.shares_memory(g, other)
    for g in gradients:
        g[...] = 0  # what a user may do


# --- threads ------------------------------------------------------------------------------------------------


def in_a_thread(function):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


def recorded():
    y = Value(2.0) * Value(3.0)
    with np.errstate(all="ignore"):
        return y.op.name, y.scope, Value(0.0).log().data


def test_modes_are_per_thread():
    with scope("here"), no_grad(), detect_anomaly():
        assert in_a_thread(recorded) == ("multiply", (), -np.inf)
        assert (Value(2.0) * 3).is_constant
    assert recorded() == ("multiply", (), -np.inf)


def test_a_mode_of_a_thread_stays_there():
    start, done = Barrier(2), Barrier(2)

    def hold():
        with no_grad(), scope("there"), detect_anomaly():
            start.wait(10)
            done.wait(10)

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(hold)
        start.wait(10)
        assert recorded() == ("multiply", (), -np.inf)
        done.wait(10)
        held.result()


def test_threads_do_backward_at_the_same_time():
    data = np.linspace(-1, 1, 12).reshape(4, 3)
    shared = Parameter(data.T, name="W")
    together = Barrier(4)

    def work(k):
        together.wait(10)
        results = []
        for _ in range(20):
            x, v = Tensor(data), Value(float(k))
            loss = (np.tanh(x @ Tensor(shared.detach()) * v) ** 2).sum()
            loss.backward()
            results.append((x.grad, v.grad, grad(lambda a: (np.tanh(a @ data.T) ** k).sum())(data)))
        return results

    def once(k):
        nonlocal together
        together = Barrier(1)
        return work(k)[0]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(work, range(1, 5)))
    for k, results in enumerate(found, start=1):
        expected = once(k)
        for result in results:
            for got, wanted in zip(result, expected, strict=True):
                np.testing.assert_array_equal(got, wanted)
