"""NumPy functions without a rule: NumPy's own code on Values is right, or it is refused by name.

Every call of ``numpy_calls.py`` runs here with the tables of rules emptied, so that all of NumPy's functions take the
slow way. Read next: ``test_numpy_calls.py``, where they have their rules.
"""

import warnings

import numpy as np
import pytest
from numpy_calls import INPUTS, calls, outcome, written

from autograd import Parameter, PerformanceWarning, Tensor, Value, check_grads, grad, numpy_bridge, object_loops
from autograd.object_loops import run_on_values

quietly = pytest.mark.filterwarnings("ignore::autograd.PerformanceWarning")


def doubled(x):
    """Stand for a function of NumPy's that has no rule and never will."""
    return x + x


def on_values(function, *args, **kwargs):
    return run_on_values("np.fake", function, args, kwargs)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "line"), calls(), ids=str)
def test_without_any_rule_it_is_right_or_refused(name, line, monkeypatch):
    monkeypatch.setattr(numpy_bridge, "FUNCTIONS", {})
    monkeypatch.setattr(numpy_bridge, "REDUCTIONS", {})
    result = outcome(written(line), INPUTS[name])
    assert isinstance(result, Exception) or result in ("right", "slow")


def test_one_warning_names_the_function_and_the_line():
    with pytest.warns(PerformanceWarning, match=r"^np\.polyint: no derivative rule fits .* on 3 Values") as caught:
        np.polyint(Tensor([1.0, 2.0, 4.0]))
    assert [warning.filename for warning in caught] == [__file__]


@quietly
def test_derivatives_of_any_order():
    check_grads(lambda x: np.polymul(np.polyint(x), x), np.array([1.0, 2.0, 4.0]), order=3)


def test_constants_take_the_fast_way():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert type(np.polyint(Tensor([1.0, 2.0]).detach())) is np.ndarray


@quietly
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_stays(dtype):
    x = Tensor(np.array([1.0, 2.0], dtype))
    y = on_values(doubled, x)
    assert y.dtype == dtype
    y.sum().backward()
    assert x.grad.dtype == dtype


@quietly
def test_values_give_values_and_arrays_give_tensors():
    v, t = Value(2.0), Tensor(2.0)
    assert isinstance(on_values(doubled, v), Value)
    assert isinstance(on_values(doubled, t), Tensor)
    assert isinstance(on_values(np.vander, np.array([v, 3.0 * v])), Tensor)
    assert on_values(np.stack, [v, 1.0]).shape == (2,)


@quietly
def test_results_of_every_form():
    x = Tensor([3.0, 1.0, 2.0])
    smallest, places = on_values(lambda x: (np.sort(x)[:1], np.argsort(x)), x)
    assert isinstance(smallest, Tensor)
    np.testing.assert_array_equal(places, [1, 2, 0])
    mixed = on_values(lambda x: np.append(x, 7.0), x)
    assert isinstance(mixed, Tensor)
    (mixed * np.arange(4.0)).sum().backward()
    np.testing.assert_array_equal(x.grad, [0.0, 1.0, 2.0])
    assert on_values(lambda x: x > 1, x).dtype == bool
    assert on_values(lambda x: {"n": len(x), "text": "a", "none": None}, x) == {"n": 3, "text": "a", "none": None}
    named = on_values(np.unique_counts, x)
    assert isinstance(named.values, Tensor)
    np.testing.assert_array_equal(named.counts, [1, 1, 1])


@quietly
def test_many_numbers():
    """Entries are taken from rows: their gradients would be as long as the array else."""
    x = Tensor(np.linspace(0.0, 1.0, 20_011))
    (on_values(doubled, x) * np.arange(20_011.0)).sum().backward()
    np.testing.assert_array_equal(x.grad, 2 * np.arange(20_011.0))


def test_too_many_numbers():
    with pytest.raises(
        NotImplementedError,
        match=r"^np.fake of 100,001 numbers: .* at most 100,000 Values; write it with .*numpy.md.*Op.from_function",
    ):
        on_values(doubled, Tensor(np.zeros(100_001)))


FORMS = {  # of functions that have rules, in forms that the rules do not know
    "pad by median": lambda x: np.pad(x, 1, "median"),
    "pad by a function": lambda x: np.pad(x, 1, lambda vector, width, axis, kwargs: None),
    "order in memory": lambda x: np.ravel(x.T, order="K"),
    "order of one that lies by columns": lambda x: np.reshape(x + np.asfortranarray(np.ones((2, 3))), 6, order="A"),
    "a quantile of weights": lambda x: np.quantile(x, 0.5, weights=[1, 2, 3], axis=1, method="inverted_cdf"),
}


@quietly
@pytest.mark.parametrize("function", FORMS.values(), ids=FORMS)
def test_forms_that_rows_do_not_know(function):
    check_grads(function, np.array([[1.0, 2.5, -0.5], [0.25, 3.0, 1.5]]))


WRONG = {
    "other numbers": lambda x: x * 3 if x.dtype == object else x * 2,
    "other shapes": lambda x: x[:1] if x.dtype == object else x,
    "fewer results": lambda x: (x,) if x.dtype == object else (x, x),
    "a complex answer": lambda x: x + 0j,
    "ints that hold a gradient": lambda x: x if x.dtype == object else np.array([1, 2]),
    "something else": iter,
    "a masked array": lambda x: np.ma.array(x, mask=[True, False]),
    "a number read": lambda x: [float(entry) for entry in x],
    "an answer in floats": lambda x: x.astype(float) * 2,
}


@pytest.mark.parametrize("function", WRONG.values(), ids=WRONG)
def test_what_does_not_agree_is_refused(function):
    with pytest.raises(
        NotImplementedError, match=r"^np.fake\(x \(2,\)\) has no derivative rule, so its gradient would"
    ):
        on_values(function, Tensor([1.0, 2.0], name="x"))


def test_errors_of_numpy_are_numpys():
    with pytest.raises(ValueError, match=r"^Order of integral must be positive"):
        np.polyint(Tensor([1.0, 2.0]), -1)


@quietly
def test_callbacks_may_hold_nodes():
    x, w = Tensor([[1.0, 2.0], [3.0, 4.0]]), Tensor([5.0, 6.0])
    on_values(np.apply_along_axis, lambda row: row @ w, 1, x).sum().backward()
    np.testing.assert_array_equal(w.grad, [4.0, 6.0])
    np.testing.assert_array_equal(x.grad, [[5.0, 6.0], [5.0, 6.0]])


@quietly
def test_where_the_data_decide():
    """A branch in NumPy's own code, or in a callback, is taken by the numbers: right at that point."""
    slope = grad(lambda x: on_values(lambda r: r * r if r[0] > 0 else 3 * r, x).sum())
    np.testing.assert_array_equal(slope(np.array([2.0, 1.0])), [4.0, 2.0])
    np.testing.assert_array_equal(slope(np.array([-2.0, 1.0])), [3.0, 3.0])


WRITERS = {
    "copyto": np.copyto,
    "put": lambda a, x: np.put(a, [0, 1], x),
    "place": lambda a, x: np.place(a, [True, True], x),
    "putmask": lambda a, x: np.putmask(a, [True, True], x),
    "put_along_axis": lambda a, x: np.put_along_axis(a, np.array([0, 1]), x, 0),
    "add.at": lambda a, x: np.add.at(a, [0, 1], x),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_functions_that_write(write):
    x, w, objects = Tensor([2.0, 3.0]) * 1.0, Parameter([0.0, 0.0]), np.zeros(2, object)
    write(w, x)
    np.testing.assert_array_equal(w.data, [2.0, 3.0])
    write(objects, x)
    assert [entry.item() for entry in objects] == [2.0, 3.0]
    with pytest.raises(TypeError, match=r"only a Parameter is updated in place.*t\.at\[i\]\.set\(v\)"):
        write(Tensor([0.0, 0.0]), [1.0, 2.0])
    with pytest.raises(TypeError, match="is one number, and nothing is written into it"):
        write(Value(0.0), [1.0, 2.0])
    array = np.zeros(2)
    write(array, x.detach())
    np.testing.assert_array_equal(array, [2.0, 3.0])


def test_the_limit_is_stated_in_the_documentation():
    assert f"{object_loops.LIMIT:,}" == "100,000"
