"""What the tables of calls in the tests of NumPy's functions share: a line is an expression, checked as it stands.

Its value must be NumPy's own, entry by entry and in structure, its gradient that of central differences, in both
modes; in float32 it stays float32.
"""

import numpy as np
import pytest

from autograd import Node, Tensor, check_grads


def calls(text, names):
    """The lines of a table as parameters: functions of the arrays that they name, and those arrays."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        used = [name for name in names if name in compile(line, "line", "eval").co_names]
        function = eval(f"lambda {', '.join(used)}: {line}", {"np": np})
        found.append(pytest.param(function, [names[name] for name in used], id=line))
    return found


def parts(result):
    """The floating arrays, numbers and nodes of a result, out of lists and tuples."""
    if isinstance(result, (list, tuple)):
        return [part for each in result for part in parts(each)]
    return [result] if isinstance(result, Node) or np.asarray(result).dtype.kind == "f" else []


def structure(result):
    """The types of tuples and lists in a result, and the shapes of the arrays."""
    if isinstance(result, (list, tuple)):
        return (type(result), *map(structure, result))
    return np.shape(result)


def check_call(function, xs, order=1):
    """Compare value, structure and dtype with NumPy's, and the gradient with central differences."""
    tensors = [Tensor(x) for x in xs]
    got, expected = function(*tensors), function(*xs)
    assert structure(got) == structure(expected)
    for ours, numpys in zip(parts(got), parts(expected), strict=True):
        np.testing.assert_allclose(ours.data if isinstance(ours, Node) else ours, numpys, rtol=1e-12, atol=1e-13)
    assert any(isinstance(part, Node) for part in parts(got)), "no gradient"
    narrow = [Tensor(x.astype(np.float32)) for x in xs]
    for part, same in zip(parts(function(*narrow)), parts(function(*[x.data for x in narrow])), strict=True):
        assert part.dtype in (same.dtype, np.float32)  # np.dot(float32, 2.0) is float64 in NumPy

    def joined(*xs):
        """All numbers of the result in a row. Those that carry no gradient do not move: they may go in as they are."""
        return np.concatenate([np.ravel(part) for part in parts(function(*xs))])

    check_grads(joined, *xs, order=order)
