"""Nothing is silently wrong: each trap here gives the right answer, or an error that says what to do.

Data changed between forward and backward, ways out of a graph, bad data, shapes, ties and edges, NaN and infinity.
Many of these are silent errors of other small libraries. Read next: ``test_idioms.py``.
"""

import math

import numpy as np
import pytest

from autograd import (
    DetachError,
    GradientMismatch,
    Node,
    Op,
    Parameter,
    PerformanceWarning,
    ShapeError,
    StaleGraphError,
    Tensor,
    Value,
    check_grads,
    elementwise_grad,
    grad,
    hessian,
    jvp,
    no_grad,
    ops,
    value_and_grad,
)
from autograd.node import order

nan, inf = math.nan, math.inf


def number(x):
    """Return x itself, or the sum of its entries: something that backward() can start from."""
    return x.sum() if x.ndim else x


def gradient(function, *xs):
    """Return the gradients of the sum of ``function`` at fresh leaves."""
    leaves = [Value(x) if isinstance(x, float) else Tensor(x) for x in xs]
    number(function(*leaves)).backward()
    grads = [leaf.grad for leaf in leaves]
    return grads[0] if len(xs) == 1 else grads


# --- data changed between forward and backward --------------------------------------------------------------


def rebind(x):
    x.data = [9.0, 9.0, 9.0]


def rebind_in_no_grad(x):
    with no_grad():
        x.data = np.zeros(3)


def write(x):
    x.data[...] = 9.0


def write_through_a_view(x):
    x.data.reshape(3, 1)[1:] = 9.0


def add_in_place_to_data(x):
    x.data += 9.0


def sort_data(x):
    x.data[::-1].sort()


def rebind_then_write(x):
    x.data = np.zeros(3)
    x.data[0] = 5.0


@pytest.mark.parametrize("exposed", [False, True], ids=["", "data handed out before"])
@pytest.mark.parametrize(
    "change",
    [rebind, rebind_in_no_grad, write, write_through_a_view, add_in_place_to_data, sort_data, rebind_then_write],
)
def test_a_graph_keeps_what_it_saw(change, exposed):
    x, w = Tensor([1.0, 2.0, 3.0]), Tensor([1.0, 2.0, 1.0])
    if exposed:
        assert x.data.sum() == w.data.sum() + 2
    loss = (x * x * w).sum()
    change(x)
    loss.backward()
    np.testing.assert_array_equal(x.grad, [2.0, 8.0, 6.0])
    np.testing.assert_array_equal(w.grad, [1.0, 4.0, 9.0])


def test_an_adopted_array_can_no_longer_change():
    w, batch = Tensor([1.0, 2.0]), np.array([3.0, 4.0])
    whole = np.array([3.0, 4.0, 5.0])
    losses = [(w * Tensor.adopt(array)).sum() for array in (batch, whole[:2])]
    with pytest.raises(ValueError, match="read-only"):
        batch[0] = 9.0
    whole[0] = 9.0  # a view was copied
    for loss in losses:
        w.grad = None
        loss.backward()
        np.testing.assert_array_equal(w.grad, [3.0, 4.0])


def test_data_taken_before_the_forward_pass_and_written_after():
    x = Tensor([1.0, 2.0])
    array = x.data
    loss = (x * x).sum()
    array[:] = 9.0
    loss.backward()
    np.testing.assert_array_equal(x.grad, [2.0, 4.0])
    np.testing.assert_array_equal(x.data, [9.0, 9.0])


def test_the_data_of_a_value_rebound():
    x = Value(3.0)
    loss = x * x * x
    x.data = 10.0
    loss.backward()
    assert x.grad == 27.0


def test_higher_derivatives_of_data_that_was_rebound():
    """The gradient's graph is made of the nodes, which hold something else by now: that cannot be right."""
    x, t = Value(3.0, name="x"), Tensor([3.0], name="t")
    losses = [x * x * x, (t * t * t).sum()]
    x.data = 10.0
    t.data = [10.0]
    for loss, name in zip(losses, ["x = 10.0", r"t \(1,\)"], strict=True):
        with pytest.raises(StaleGraphError, match=f"^{name}"):
            loss.backward(create_graph=True)
        loss.backward()
    assert x.grad == t.grad == 27.0


@pytest.mark.parametrize("leaf", [Value, Tensor])
def test_nan_is_not_taken_for_a_change(leaf):
    """It differs from itself, yet nobody rebound it."""
    x = leaf(nan)
    y = x * x
    assert np.isnan(x.data)
    y.backward(create_graph=True)
    assert np.isnan(x.grad.data)


def test_the_source_array_changed_after_it_was_copied():
    a = np.array([1.0, 2.0])
    x, w = Tensor(a), Parameter(a)
    x.data = a
    a[:] = 9.0
    np.testing.assert_array_equal(x.data, [1.0, 2.0])
    np.testing.assert_array_equal(w.data, [1.0, 2.0])


BINARY = {
    "x * c": (lambda x, c: x * c, [3.0, 5.0]),
    "c * x": (lambda x, c: c * x, [3.0, 5.0]),
    "x @ c": (lambda x, c: x @ c, [3.0, 5.0]),
    "c / x": (lambda x, c: c / x, [-3.0, -1.25]),
    "x ** c": (lambda x, c: x**c, [3.0, 80.0]),
    "where": (lambda x, c: np.where(c > 4, x, c * x), [3.0, 1.0]),
    "maximum": (lambda x, c: np.maximum(x, c - 2.5), [1.0, 0.0]),
    "concatenate": (lambda x, c: np.concatenate([x, c]) * np.concatenate([c, x]), [6.0, 10.0]),
    "einsum": (lambda x, c: np.einsum("i,i->", x, c), [3.0, 5.0]),
    "at.set": (lambda x, c: x.at[0].set(c[0]) * c, [0.0, 5.0]),
}


@pytest.mark.parametrize("name", BINARY)
def test_a_constant_array_changed(name):
    function, expected = BINARY[name]
    x, c = Tensor([1.0, 2.0]), np.array([3.0, 5.0])
    loss = function(x, c).sum()
    c[:] = 100.0
    loss.backward()
    np.testing.assert_array_equal(x.grad, expected)


def test_a_constant_array_beside_a_value_changed():
    x, c = Value(2.0), np.array([3.0, 5.0])
    loss = (x * c).sum()
    c[:] = 100.0
    loss.backward()
    assert x.grad == 8.0


def test_an_index_or_a_mask_changed():
    x = Tensor([1.0, 2.0, 3.0])
    index, mask = np.array([0, 0, 1]), np.array([True, False, True])
    loss = (x[index] + np.take(x, index) + np.where(mask, x, 0)).sum() + x[mask].sum() + x.at[index].add(1.0).prod()
    for array in (index, mask):
        array[:] = 0
    loss.backward()
    np.testing.assert_array_equal(x.grad, [4 + 2 + 9, 2 + 9, 2 + 9])


def test_a_constant_node_is_a_snapshot():
    w, x = Parameter([1.0, 2.0]), Tensor([1.0, 1.0])
    target = w.detach()
    with no_grad():
        kept = [Tensor(w), w.T, w[:], w.copy(), w.reshape(2)]
    losses = [(x * c).sum() for c in (target, *kept)]
    w -= 1.0
    np.testing.assert_array_equal(target.data, [1.0, 2.0])
    for loss in losses:
        loss.backward()
        np.testing.assert_array_equal(x.grad, [1.0, 2.0])
        x.grad = None


def test_the_data_of_a_result_is_read_only():
    x, v = Tensor([1.0, 2.0]), Value(2.0)
    with pytest.raises(ValueError, match="read-only"):
        (x * 2).data[0] = 1.0
    for y in (x * 2, v * 2):
        with pytest.raises(ValueError, match=r"cannot set .data of .*: it was computed by multiply"):
            y.data = 1.0


# --- updates between forward and backward -------------------------------------------------------------------


def iadd(w):
    w += 1.0


def isub(w):
    w -= 0.1


def imul(w):
    w *= 2.0


def idiv(w):
    w /= 2.0


def item(w):
    w[0] = 5.0


def ufunc_out(w):
    np.subtract(w, 1.0, out=w)


def ufunc_out_where(w):
    np.subtract(w, 1.0, out=w, where=np.array([True, False]))


def function_out(w):
    np.clip(w, 0.0, 1.5, out=w)


def then_rebind(w):
    w -= 1.0
    w.data = [7.0, 7.0]


def in_no_grad(w):
    with no_grad():
        w -= 1.0


UPDATES = [iadd, isub, imul, idiv, item, ufunc_out, ufunc_out_where, function_out, then_rebind, in_no_grad]
LOSSES = {
    "w * w": lambda w: (w * w).sum(),
    "exp": lambda w: np.exp(w).sum(),
    "matmul": lambda w: Tensor([[1.0, 2.0]]) @ w,
    "a transpose": lambda w: (np.ones((1, 2)) @ w.T).sum(),
    "an item": lambda w: w[0] * w[1],
    "a number": lambda w: ops.item(w, (0,)) * ops.item(w, (1,)),
}


@pytest.mark.parametrize("data_taken", ["never", "before", "between"])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("update", UPDATES)
def test_an_update_is_noticed(update, loss, data_taken):
    """Either the graph is stale and says so, or its gradient is the one of the forward pass."""
    w = Parameter([1.0, 2.0], name="w")
    if data_taken == "before":
        assert w.data.sum() == 3.0
    y = LOSSES[loss](w)
    LOSSES[loss](w).backward()
    expected, w.grad = w.grad, None
    if data_taken == "between":
        assert w.data.sum() == 3.0
    update(w)
    try:
        y.backward()
    except StaleGraphError:
        assert w.grad is None
    else:
        np.testing.assert_array_equal(w.grad, expected)


def test_a_stale_graph_names_the_operand():
    w = Parameter([1.0, 2.0], name="W1")
    loss = (w * w).sum()
    w -= 0.1
    with pytest.raises(
        StaleGraphError,
        match=r"^W1 \(2,\), an operand of multiply, was updated in place after the forward pass; call backward\(\) "
        r"before the update, or run the forward pass again$",
    ):
        loss.backward()


@pytest.mark.parametrize("update", UPDATES)
def test_views_of_a_parameter_do_not_move_with_it(update):
    w = Parameter([1.0, 2.0])
    views = [w.T, w.reshape(2, 1), w[:], w[::-1], np.broadcast_to(w, (3, 2)), w.ravel(), Tensor(w), w.squeeze(), +w]
    before = [view.data.copy() for view in views]
    update(w)
    for view, data in zip(views, before, strict=True):
        np.testing.assert_array_equal(view.data, data)


def test_a_leaf_is_updated_in_no_grad():
    x, v, w = Tensor([1.0, 2.0]), Value(3.0), Parameter([1.0])
    same = [x, v, w]
    with no_grad():
        x -= 1.0
        v *= 2.0
        w += 1.0
        x[0] = 9.0
    assert [a is b for a, b in zip(same, [x, v, w], strict=True)] == [True] * 3
    assert (x.data.tolist(), v.data, w.data.tolist()) == ([9.0, 1.0], 6.0, [2.0])
    assert x.is_leaf
    assert v.is_leaf


def test_an_update_of_a_value_leaves_its_graph_right():
    x = Value(3.0)
    loss = x * x
    with no_grad():
        x -= 1.0
    loss.backward()
    assert x.grad == 6.0


@pytest.mark.parametrize("leaf", [Value, Tensor])
def test_in_place_operators_record_elsewhere(leaf):
    """Only a Parameter is updated. Everything else is recorded, and the name stands for the result."""
    a = x = leaf(2.0)
    a += 1.0
    a *= x
    a -= x
    a /= 2.0
    a **= 2
    assert a is not x
    assert x.item() == 2.0
    a.backward()
    assert x.grad == grad(lambda x: (((x + 1.0) * x - x) / 2.0) ** 2)(2.0)


def test_partial_updates_keep_the_rest():
    w = Parameter([1.0, 2.0, 3.0])
    np.subtract(w, [1.0, 1.0, 1.0], out=w, where=np.array([True, False, True]))
    np.testing.assert_array_equal(w.data, [0.0, 2.0, 2.0])
    w[1:] = [5.0, 6.0]
    w[np.array([0])] += 1.0
    np.testing.assert_array_equal(w.data, [1.0, 5.0, 6.0])


NOT_IN_PLACE = {
    "x[0] = 1": lambda x: x.__setitem__(0, 1.0),
    "x[:] = x": lambda x: x.__setitem__(slice(None), x),
    "np.add(x, 1, out=x)": lambda x: np.add(x, 1.0, out=x),
    "np.add(1, 2, out=x[:1])": lambda x: np.add(1.0, 2.0, out=x[:1]),
    "np.clip(out=x)": lambda x: np.clip(x, 0, 1, out=x),
    "a result": lambda x: (x * 2).__setitem__(0, 1.0),
}


@pytest.mark.parametrize("write", NOT_IN_PLACE.values(), ids=NOT_IN_PLACE)
def test_no_writing_into_a_recorded_tensor(write):
    x = Tensor([1.0, 2.0], name="x")
    advice = r"only a Parameter is updated in place, or a leaf inside no_grad\(\); t.at\[i\].set\(v\) and t.at\[i\].add"
    with pytest.raises(TypeError, match=advice):
        write(x)
    np.testing.assert_array_equal(x.data, [1.0, 2.0])


def test_no_writing_into_a_value():
    x, w = Value(2.0, name="x"), Value(3.0)
    for y in (x, x * w):
        with pytest.raises(TypeError, match=r"np.multiply\(..., out=.*\): out is an array or a Parameter"):
            np.multiply(x, w, out=y)
    assert x.data == 2.0


BAD_UPDATES = {
    "a shape": (lambda w: w.__isub__(np.ones((3, 2))), ShapeError, r"w \(2,\) cannot be updated .* shape \(3, 2\)"),
    "a string": (lambda w: w.__setitem__(0, "7"), TypeError, "a Tensor holds real numbers, not '7', a str"),
    "None": (lambda w: w.__setitem__(0, None), TypeError, "a Tensor holds real numbers, not None"),
    "complex": (lambda w: w.__setitem__(0, 1j), TypeError, "a Tensor holds real numbers, not 1j"),
    "a list of nodes": (lambda w: w.__setitem__(slice(2), [Value(1.0)] * 2), TypeError, "a Tensor holds real numbers"),
    "data": (lambda w: setattr(w, "data", "7"), TypeError, "a Tensor holds real numbers, not '7'"),
    "data of a node": (lambda w: setattr(w, "data", w), TypeError, "use the .data of the node you assign"),
    "a place": (lambda w: w.__setitem__(5, 1.0), IndexError, "index 5 is out of bounds"),
}


@pytest.mark.parametrize("name", BAD_UPDATES)
def test_bad_updates(name):
    update, error, message = BAD_UPDATES[name]
    w = Parameter([1.0, 2.0], name="w")
    with pytest.raises(error, match=message):
        update(w)
    np.testing.assert_array_equal(w.data, [1.0, 2.0])


# --- at[].set and at[].add ----------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [0, -1, slice(1, None), [0, 2], [0, 0, 2], np.array([True, False, True])], ids=str)
@pytest.mark.parametrize("method", ["set", "add"])
def test_at(method, index):
    def function(x, v):
        return getattr(x.at[index] if isinstance(x, Node) else Tensor(x).at[index], method)(v) ** 2

    x = np.array([1.0, 2.0, 3.0])
    v = np.linspace(0.5, 1.0, np.size(x[index])).reshape(np.shape(x[index]))
    check_grads(function, x, v)
    t = Tensor(x)
    expected = x.copy()
    if method == "set":
        expected[index] = v
    else:
        np.add.at(expected, index, v)
    np.testing.assert_array_equal(getattr(t.at[index], method)(v).data, expected)
    np.testing.assert_array_equal(t.data, x)


def test_of_entries_set_twice_the_last_one_counts():
    x_grad, v_grad = gradient(lambda x, v: x.at[[0, 0, 2]].set(v) * [1.0, 10.0, 100.0], np.ones(3), np.ones(3))
    np.testing.assert_array_equal(x_grad, [0.0, 10.0, 0.0])
    np.testing.assert_array_equal(v_grad, [0.0, 1.0, 100.0])


def test_an_item_is_a_copy():
    x = Tensor([1.0, 2.0, 3.0])
    part = x[:2]
    x.data[0] = 9.0
    np.testing.assert_array_equal(part.data, [1.0, 2.0])
    np.testing.assert_array_equal(gradient(lambda x: x[0:2] * 3, np.ones(3)), [3.0, 3.0, 0.0])


def test_a_node_is_no_index():
    x = Tensor([1.0, 2.0, 3.0])
    for index in (Tensor([0.0, 1.0]), Value(1.0), (Value(1.0),)):
        with pytest.raises(TypeError, match=r"gradients do not flow through positions, use \.data"):
            x[index]


# --- ways out of a graph ------------------------------------------------------------------------------------

LOST = "would lose its gradient without a word; write .data or .item()"


def store(x):
    np.zeros(3)[0] = x


def store_slice(x):
    np.zeros(3)[:] = x


def store_list(x):
    np.zeros(2)[:] = [x, x]


def add_to_array(x):
    a = np.zeros(())
    a += x


TO_NUMBERS = {
    "float": float, "int": int, "complex": complex, "math.exp": math.exp, "math.sqrt": math.sqrt,
    "math.isnan": math.isnan, "math.floor": math.floor, "np.float64": np.float64, "np.float32": np.float32,
    "np.int64": np.int64, "asarray float": lambda x: np.asarray(x, float),
    "array float": lambda x: np.array(x, dtype=float), "array of a list": lambda x: np.array([x, x], dtype=float),
    "astype": lambda x: np.asarray([x]).astype(float),
    "a[0] = x": store, "a[:] = x": store_slice, "a[:] = [x, x]": store_list, "a += x": add_to_array,
    "add.at": lambda x: np.add.at(np.zeros(3), [0], x), "out": lambda x: np.exp(x, out=np.zeros(())),
    "fill": lambda x: np.zeros(3).fill(x), "full": lambda x: np.full(3, x, dtype=float),
    "sum of floats": lambda x: math.fsum([x, x]), "np.arange": np.arange, "fromiter": lambda x: np.fromiter([x], float),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:NumPy made an object array")
@pytest.mark.parametrize("leaf", [Value, Tensor])
@pytest.mark.parametrize("turn", TO_NUMBERS.values(), ids=TO_NUMBERS)
def test_a_turn_into_a_number_raises(turn, leaf):
    x = leaf(2.0) * 1.0
    with pytest.raises((DetachError, ValueError, NotImplementedError)) as caught:
        turn(x)
    error = caught.value.__cause__ if isinstance(caught.value, ValueError) else caught.value
    assert LOST in str(error) or "has no derivative rule, so its gradient would be lost" in str(error)


@pytest.mark.parametrize("leaf", [Value, Tensor])
@pytest.mark.parametrize("name", ["float", "int", "math.exp", "np.float64", "asarray float", "a[:] = x", "np.arange"])
def test_constants_turn_into_numbers(name, leaf):
    TO_NUMBERS[name](leaf(2.0).detach())
    with no_grad():
        TO_NUMBERS[name](leaf(2.0))
        TO_NUMBERS[name](leaf(2.0) * 1.0)


def test_tensors_to_lists_and_ints():
    x = Tensor([1.0, 2.0], name="x")
    for way in (
        x.tolist,
        lambda: x.astype(int),
        lambda: x.astype(bool),
        lambda: [0, 1][x[0]],
        lambda: range(x[0]),
    ):
        with pytest.raises(DetachError, match=LOST):
            way()
    assert x.detach().tolist() == [1.0, 2.0]
    assert x.detach().astype(int).tolist() == [1, 2]


def test_explicit_ways_out():
    v, t = Value(2.5, name="v"), Tensor([[2.5]], name="t")
    assert v.item() == v.data == t.item() == 2.5
    assert (type(v.item()), type(v.data), type(t.item()), type(t.data)) == (float, float, float, np.ndarray)
    assert f"{v:.2f} {t:.2f} {v} {t}" == "2.50 2.50 Value(data=2.5, grad=None, name='v') Tensor([[2.5]], name='t')"
    assert v.detach().is_constant
    assert t.detach().op.name == "constant"
    assert (t.shape, t.ndim, t.size, len(t), t.dtype) == ((1, 1), 2, 1, 1, np.float64)
    with pytest.raises(ValueError, match="can only convert an array of size 1"):
        Tensor([1.0, 2.0]).item()


def test_constants_record_nothing():
    x = Tensor([1.0, 2.0])
    y = (x.detach() * x + Value(2.0).detach()).sum()
    y.backward()
    np.testing.assert_array_equal(x.grad, [1.0, 2.0])
    assert sum(node.is_constant for node in order(y)) == 0
    with no_grad():
        z = np.exp(x) @ x
    for constant in (z, x.detach(), Value(1.0).detach() + 1):
        assert constant.is_constant
        with pytest.raises(ValueError, match=r"is a constant \(from detach\(\) or no_grad\(\)\), nothing was recorded"):
            constant.backward()


def test_no_grad_as_a_decorator_and_after_an_error():
    x = Value(2.0)

    @no_grad()
    def predict():
        return x * x

    assert predict().is_constant
    with pytest.raises(KeyError), no_grad():
        raise KeyError
    assert not (x * x).is_constant


def test_an_object_array_keeps_the_graph_and_warns():
    x, y = Tensor(2.0, name="x"), Tensor([3.0, 4.0])
    with pytest.warns(
        PerformanceWarning, match=r"an object array of Values out of x \(\), entry by entry: the gradient"
    ):
        array = np.array([x, x])
    with pytest.warns(PerformanceWarning, match="use np.stack, np.concatenate or Tensor"):
        rows = np.asarray(y)
    assert array.dtype == rows.dtype == object
    Tensor(array * rows).sum().backward()
    assert x.grad == 7.0
    np.testing.assert_array_equal(y.grad, [2.0, 2.0])


NESTED = {
    "Values": lambda a, b: Tensor([a, b, 2.0]),
    "rows of Values": lambda a, b: Tensor([[a, b], [b, 3.0]]),
    "an object array": lambda a, b: Tensor(np.array([[a], [b]])),
    "0-d Tensors": lambda a, b: Tensor([Tensor(a), Tensor(b) * 2]),
    "Tensors": lambda a, b: Tensor([Tensor([a, b]), [1.0, b]]),
    "a tuple": lambda a, b: Tensor((a, (b))),
    "a Value": lambda a, b: Tensor(a) + Tensor(b),
}


@pytest.mark.parametrize("nested", NESTED.values(), ids=NESTED)
def test_nodes_are_stacked(nested):
    a, b = Value(2.0), Value(3.0)
    t = nested(a, b)
    assert isinstance(t, Tensor)
    weights = np.arange(1.0, t.size + 1).reshape(t.shape)
    (t * weights).sum().backward()
    check_grads(lambda a, b: (nested(a, b) * weights).sum(), 2.0, 3.0)
    assert a.grad == grad(lambda a: (nested(a, 3.0) * weights).sum())(2.0)


def test_a_parameter_is_always_a_leaf():
    live, constant = Tensor([1.0]), Tensor([1.0]).detach()
    for data in (live, live * 2, [Value(1.0)], np.array([Value(1.0)])):
        with pytest.raises(TypeError, match="a Parameter is a leaf"):
            Parameter(data)
    with no_grad():
        again = Parameter(live)
    for w in (Parameter(constant), again):
        assert type(w) is Parameter
        assert w.is_leaf
        w[0] = 5.0
    assert live.item() == constant.item() == 1.0


@pytest.mark.parametrize("plot", ["plot", "scatter", "hist"])
@pytest.mark.parametrize("kind", ["Tensor", "a list of Values"])
def test_plotting_may_convert(plot, kind):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    heights = Tensor([1.0, 2.0, 3.0]) * 1.0 if kind == "Tensor" else [Value(1.0), Value(2.0), Value(3.0)]
    figure, axes = pyplot.subplots()
    draw = getattr(axes, plot)
    draw(heights) if plot in ("hist", "plot") else draw([1, 2, 3], heights)
    pyplot.close(figure)


# --- data that is no number ---------------------------------------------------------------------------------

BAD = {
    "a string": "1.5", "bytes": b"1", "None": None, "complex": 1j, "np.complex128": np.complex128(1), "a dict": {1: 2},
    "a set": {1.0}, "a function": math.exp, "a date": np.datetime64("2020-01-01"), "an object": object(),
}  # fmt: skip
BAD_ARRAYS = {
    "strings": ["a", "b"], "a number among None": [1.0, None], "complex numbers": [1j, 2.0],
    "array of strings": np.array(["1"]), "object array": np.array([1.0, "1"], dtype=object),
    "a masked array": np.ma.array([1.0, 2.0], mask=[True, False]),
    "dates": np.array(["2020-01-01"], dtype="datetime64"),
}  # fmt: skip


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_no_number(data):
    with pytest.raises(TypeError, match=r"^a Value holds one real number, not .*, a "):
        Value(data)
    for leaf in (Tensor, Parameter):
        with pytest.raises(TypeError, match=r"^a Tensor holds real numbers, not "):
            leaf(data)
    x = Value(2.0)
    with pytest.raises(TypeError, match=r"^a Value holds one real number"):
        x.data = data
    with pytest.raises(TypeError):
        x + data
    with pytest.raises(TypeError, match="operands are real numbers, arrays, Values and Tensors"):
        ops.add(x, data)


@pytest.mark.parametrize("data", BAD_ARRAYS.values(), ids=BAD_ARRAYS)
def test_no_array_of_numbers(data):
    x = Tensor([1.0, 2.0])
    for use in (Tensor, Parameter, lambda data: setattr(x, "data", data), lambda data: x * data):
        with pytest.raises(TypeError, match=r"holds real numbers, not|an operand is an array of dtype|a masked array"):
            use(data)


@pytest.mark.parametrize("use", [lambda x: x * 1j, lambda x: 1j + x, lambda x: 1j**x, lambda x: np.exp(1j * x)])
@pytest.mark.parametrize("leaf", [Value, Tensor])
def test_complex_operands_are_refused_by_the_op(leaf, use):
    with pytest.raises(TypeError, match="an operand is 1j, a complex; operands are real numbers"):
        use(leaf(2.0))


def test_ragged_lists_and_mixed_nodes():
    with pytest.raises(TypeError, match="a Tensor holds a rectangular array of real numbers"):
        Tensor([[1.0, 2.0], [3.0]])
    with pytest.raises(
        ShapeError, match=r"^stack\(Tensor \(1,\), Tensor \(2,\)\): all input arrays must have the same"
    ):
        Tensor([[Value(1.0)], [Value(1.0), 2.0]])
    for bad in (None, "a", 1j):
        with pytest.raises(TypeError, match="stack: an operand is"):
            Tensor([Value(1.0), bad])


@pytest.mark.parametrize("data", [np.ones(1), [1.0], Tensor(1.0), Value(1.0)], ids=repr)
def test_a_value_holds_one_plain_number(data):
    with pytest.raises(
        TypeError, match=r"a Value holds (one real number, not|a plain number, not .*: use it as it is)"
    ):
        Value(data)


@pytest.mark.parametrize(
    "data", [3, True, np.int64(3), np.uint8(3), np.bool_(True), np.float32(3), np.array(3)], ids=repr
)
def test_numbers_become_floats(data):
    x = Value(data)
    assert type(x.data) is float
    (x * x).backward()
    assert type(x.grad) is float
    assert x.grad == 2 * float(data)


@pytest.mark.parametrize("dtype", [int, np.uint8, bool, np.int8])
def test_integer_arrays_become_floats(dtype):
    """Integer gradients would be truncated, or would overflow, without a word."""
    x = Tensor(np.array([1, 0, 1], dtype=dtype))
    assert x.dtype == np.float64
    (x * 0.5).sum().backward()
    np.testing.assert_array_equal(x.grad, [0.5, 0.5, 0.5])
    assert grad(lambda x: x * 0.5)(3) == 0.5


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64, bool])
def test_integer_constants_do_not_overflow_in_rules(dtype):
    c = np.array([200, 127, 1]).astype(dtype)
    x = np.array([0.5, 1.5, 2.5])
    for function in (np.arctan2, np.multiply, np.divide, np.add, np.logaddexp, np.maximum):
        np.testing.assert_allclose(
            gradient(lambda x, f=function: f(x, c), x), gradient(lambda x, f=function: f(x, c.astype(float)), x)
        )


@pytest.mark.parametrize("constant", [np.float32(0.1), np.float64(0.1), np.int64(3), np.uint8(200), True, 3], ids=repr)
def test_a_value_is_float64_whatever_it_meets(constant):
    x = Value(3.0)
    y = x * x * constant + constant * x
    y.backward()
    assert type(y.data) is type(x.grad) is float
    assert x.grad == 7 * float(constant)
    assert all(type(c) in (float, int, bool) for node in order(y) for c in node.inputs if not isinstance(c, Node))


# --- dtypes -------------------------------------------------------------------------------------------------


def test_dtypes():
    assert Tensor([1, 2]).dtype == Tensor(1.0).dtype == np.float64
    x, w = Tensor(np.ones(3, np.float32)), Tensor(np.ones((2, 3), np.float64))
    for y in (
        x * 2,
        2.5 * x,
        x / 3,
        x**2,
        x.sum(),
        np.exp(x),
        x @ x,
        np.maximum(x, 0),
        x.mean(),
        np.where(x > 0, x, 0.0),
    ):
        assert y.dtype == np.float32
    y = (w * x).sum()
    assert y.dtype == np.float64
    y.backward()
    assert (x.grad.dtype, x.grad.shape) == (np.float32, (3,))
    assert (w.grad.dtype, w.grad.shape) == (np.float64, (2, 3))
    (x.astype(np.float64) * Value(2.0)).sum().backward()
    assert x.grad.dtype == np.float32
    assert Tensor([1, 2], dtype=np.float32).dtype == np.float32
    assert Tensor([Value(1.0)], dtype=np.float32).dtype == np.float32


@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 3), (2, 1), (2, 3), (4, 1, 1)], ids=str)
def test_a_gradient_has_the_shape_of_its_operand(shape):
    """micrograd gives a Value that met an array a gradient of the wrong shape."""
    x, w, v = Tensor(np.ones(shape)), Tensor(np.ones((2, 3))), Value(2.0)
    (x * w * v + x).sum().backward()
    assert (x.grad.shape, w.grad.shape, type(v.grad)) == (shape, (2, 3), float)
    check_grads(lambda x, w, v: np.tanh(x * w * v + x), x.data, w.data, 2.0)


# --- shapes that do not fit ---------------------------------------------------------------------------------

X, W, b, c = (Tensor(np.ones(s), name=n) for s, n in [((4, 3), "X"), ((2, 3), "W"), ((4,), "b"), ((5,), "c")])
SHAPES = {
    "X @ W": (lambda: X @ W, r"^matmul\(X \(4, 3\), W \(2, 3\)\): .*did you mean the second operand's .T\?"),
    "X @ array": (lambda: X @ np.ones(2), r"^matmul\(X \(4, 3\), array \(2,\)\): "),
    "array @ X": (lambda: np.ones((2, 3)) @ X, r"^matmul\(array \(2, 3\), X \(4, 3\)\): "),
    "b + c": (lambda: b + c, r"^add\(b \(4,\), c \(5,\)\): operands could not be broadcast together"),
    "X * X.T": (lambda: X * X.T, r"^multiply\(X \(4, 3\), Tensor \(3, 4\)\): .*did you mean .T or .reshape\(...\)\?"),
    "X - list": (lambda: X - [1.0, 2.0], r"^subtract\(X \(4, 3\), .*\): operands could not be broadcast"),
    "reshape": (
        lambda: X.reshape(5, 2),
        r"^reshape\(X \(4, 3\)\): cannot reshape array of size 12 into shape \(5, ?2\)",
    ),
    "concatenate": (lambda: np.concatenate([X, W.T]), r"^concatenate\(X \(4, 3\), Tensor \(3, 2\)\): all the input"),
    "stack": (lambda: np.stack([b, c]), r"^stack\(b \(4,\), c \(5,\)\): all input arrays must have the same shape"),
    "sum": (lambda: X.sum(axis=2), r"^sum\(X \(4, 3\)\): axis 2 is out of bounds"),
    "einsum": (lambda: np.einsum("ij,jk", X, W), r"^einsum\(X \(4, 3\), W \(2, 3\)\): "),
    "broadcast": (lambda: np.broadcast_to(X, (2, 3)), r"^broadcast_to\(X \(4, 3\)\): "),
    "where": (lambda: np.where(b.data > 0, b, c), r"^where\(b \(4,\), c \(5,\)\): operands could not be broadcast"),
    "dot": (lambda: X.dot(b), r"^matmul\(X \(4, 3\), b \(4,\)\): "),
    "transpose": (lambda: X.transpose(0, 1, 2), r"^transpose\(X \(4, 3\)\): axes don't match"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_that_do_not_fit(name):
    call, message = SHAPES[name]
    with pytest.raises(ShapeError, match=message):
        call()


def test_backward_of_an_array_needs_a_seed_of_its_shape():
    with pytest.raises(ShapeError, match=r"backward\(\) of X \(4, 3\) needs one number.*\.sum\(\) or \.mean\(\)"):
        X.backward()
    with pytest.raises(ShapeError, match=r"backward\(grad\) of X \(4, 3\): the grad has shape \(3,\), not \(4, 3\)"):
        X.backward(np.ones(3))
    with pytest.raises(TypeError, match="a Value holds one real number"):
        Value(1.0).backward(np.ones(3))


def forgot(x):
    x * 2


def test_functions_that_give_no_number():
    with pytest.raises(ShapeError, match=r"one number is asked for, but .* gives shape \(3,\); take .sum\(\)"):
        grad(lambda x: x * 2)(np.ones(3))
    with pytest.raises(TypeError, match="forgot returned None, not a number, an array or a node"):
        grad(forgot)(1.0)
    with pytest.raises(ValueError, match="argnum=3, but the call has 1 positional arguments"):
        grad(lambda x: x, 3)(1.0)


# --- keyword arguments that NumPy has and a rule has not ----------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.cumsum(x, where=[True, False]),
        lambda x: np.logaddexp.reduce(x, initial=1.0),
        lambda x: ops.exp(x, base=2),
    ],
)
def test_no_argument_is_ignored(call):
    with pytest.raises(TypeError, match=r"^[a-z]+(:|\(\)| takes no) .*(keyword argument|where|dtype|base)"):
        call(Tensor([1.0, 2.0]))


NO_RULE = {
    "np.fft.fft": np.fft.fft,
    "np.linalg.eig": lambda x: np.linalg.eig(x[:, None] * x),
    "np.histogram": np.histogram,
    "np.nextafter": lambda x: np.nextafter(x, 0.0),
    "np.polydiv": lambda x: np.polydiv(x, [1.0, 2.0]),
}


@pytest.mark.parametrize("name", NO_RULE)
def test_a_function_without_a_rule_is_named(name):
    x = Tensor([1.0, 2.0, 3.0], name="x")
    message = rf"^{name}\(.*x?.*\) has no derivative rule, so its gradient would be lost; .* or call it on \.data if"
    with pytest.raises(NotImplementedError, match=message):
        NO_RULE[name](x)
    with no_grad():
        NO_RULE[name](x)
    NO_RULE[name](x.detach())


# --- transforms ------------------------------------------------------------------------------------------------


def test_transforms_work_in_no_grad():
    """They record for themselves; what they return is a constant there like everything else."""
    w = Parameter([3.0, 4.0])
    x = np.array([1.0, 2.0])
    with no_grad():
        assert grad(lambda x: x * x)(3.0) == 6.0
        assert jvp(lambda x: x * x, (3.0,), (1.0,)) == (9.0, 6.0)
        assert jvp(lambda x: np.max(x) * 3, (x,), (x,))[1] == 6.0
        np.testing.assert_array_equal(hessian(lambda x: (x**3).sum())(x), [[6.0, 0.0], [0.0, 12.0]])
        check_grads(lambda x: np.tanh(x) * x, x)
        value, gradient = value_and_grad(lambda x: (w * x).sum())(x)
        assert value.is_constant
        assert gradient.is_constant
        np.testing.assert_array_equal(gradient.data, [3.0, 4.0])


def test_a_constant_inside_a_transform():
    assert grad(lambda x: x * x.detach())(3.0) == 3.0
    assert grad(lambda x: x * no_grad()(lambda: x * x)())(3.0) == 9.0
    np.testing.assert_array_equal(grad(lambda x: (x * x).sum())(Tensor([1.0, 2.0]).detach()), [2.0, 4.0])
    assert grad(lambda x: x * x)(Value(3.0).detach()) == 6.0


@pytest.mark.parametrize(("i", "j"), [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_nested_transforms_give_plain_numbers(i, j):
    """The inner argument that the outer transform does not ask for must not leave its node in the result."""
    second = grad(grad(lambda x, y: y / (2 + x * x), i), j)(1.0, 3.0)
    assert type(second) is np.float64
    assert second == [[np.float64(2 / 9), -2 / 9], [-2 / 9, 0.0]][i][j]
    assert grad(lambda x: x * grad(lambda y: x + y)(2.0))(3.0) == 1.0


# --- what other small libraries get wrong -------------------------------------------------------------------


def test_subtraction_and_division_have_the_right_signs():
    a_grad, b_grad = gradient(lambda a, b: a - b, 2.0, 3.0)
    assert (a_grad, b_grad) == (1.0, -1.0)
    assert gradient(lambda a, b: a / b, 1.0, 2.0) == [0.5, -0.25]
    assert gradient(lambda a, b: a**b, 2.0, 3.0) == [12.0, 8 * math.log(2)]


def test_gradients_add_up_where_a_value_is_used_twice():
    a = Value(1.0)
    b = a + a
    c = b + b
    c.backward()
    assert (a.grad, b.grad) == (4.0, 2.0)


def test_check_grads_names_a_wrong_rule():
    wrong = Op(
        "wrong_subtract", np.subtract, (lambda g, y, a, b: g, lambda g, y, a, b: g), scalar=lambda a, b: a - b,
        elementwise=True,
    )  # fmt: skip
    message = r"^the rule of wrong_subtract for operand 1, .*, gives .* at index \(\), central differences give"
    with pytest.raises(GradientMismatch, match=message):
        check_grads(lambda a, b: np.tanh(wrong(a * 2, b) * a), 0.3, 0.7)


def test_elementwise_grad_of_nothing_and_of_everything():
    assert grad(lambda x: 3.0)(2.0) == 0.0
    np.testing.assert_array_equal(grad(lambda x: np.sum(np.ones(2)))(np.ones(2)), [0.0, 0.0])
    np.testing.assert_allclose(elementwise_grad(np.sinh)(np.array([0.0, 1.0])), np.cosh([0.0, 1.0]))
