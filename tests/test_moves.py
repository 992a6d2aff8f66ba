"""What moves entries and changes none, in every form of call that NumPy documents: shapes, indices, joining, order."""

import numpy as np
import pytest
from calls import calls, check_call

from autograd import Tensor, grad

RNG = np.random.default_rng(1)
ARRAYS = {
    "u": RNG.normal(size=4),
    "v": RNG.normal(size=3),
    "A": RNG.normal(size=(3, 4)),
    "B": RNG.normal(size=(3, 4)),
    "S": RNG.normal(size=(2, 3, 4)),
    "M": RNG.normal(size=(3, 3)),
    "C": RNG.normal(size=(1, 3, 1)),
    "n": np.array(1.7),
}

SHAPES = """
    np.reshape(A, (2, 6))
    np.reshape(A, -1)
    np.reshape(A, [4, 3], order="F")
    np.reshape(S, (4, -1), order="F")
    np.reshape(A, (6, 2), copy=True)
    np.reshape(n, (1, 1))
    A.reshape(2, -1, order="F")
    np.ravel(A)
    np.ravel(S, order="F")
    A.ravel(order="F")
    S.flatten("F")
    np.transpose(S)
    np.transpose(S, (1, -1, 0))
    np.transpose(S, axes=[2, 0, 1])
    np.permute_dims(S, (1, 2, 0))
    np.matrix_transpose(S)
    S.mT
    np.swapaxes(S, 0, -1)
    np.moveaxis(S, 0, -1)
    np.moveaxis(S, [0, 1], [-1, 0])
    np.rollaxis(S, 2)
    np.rollaxis(S, 0, 3)
    np.rollaxis(S, axis=-1, start=1)
    np.squeeze(C)
    np.squeeze(C, axis=0)
    np.squeeze(C, (0, -1))
    np.expand_dims(A, 0)
    np.expand_dims(A, (0, -1))
    np.atleast_1d(n)
    np.atleast_1d(n, A)
    np.atleast_2d(u)
    np.atleast_2d(n, u, S)
    np.atleast_3d(n)
    np.atleast_3d(u)
    np.atleast_3d(A, S)
    np.broadcast_to(u, (3, 4))
    np.broadcast_to(C, (2, 5, 3, 2))
    np.broadcast_to(n, 3)
    np.broadcast_to(C, shape=[2, 3, 4], subok=False)
    np.broadcast_arrays(u, A)
    np.broadcast_arrays(C, S, 2.0)
    np.meshgrid(u, v)
    np.meshgrid(u, v, indexing="ij")
    np.meshgrid(u, v, n, sparse=True)
    np.meshgrid(u, [1.0, 2.0], v, copy=False)
    np.ix_(u, v)
    np.flip(A)
    np.flip(S, axis=1)
    np.flip(S, (0, -1))
    np.fliplr(A)
    np.flipud(S)
    np.rot90(A)
    np.rot90(A, 2)
    np.rot90(A, k=-1)
    np.rot90(A, 4)
    np.rot90(S, k=3, axes=(1, 2))
    np.rot90(S, 1, (2, 0))
    np.roll(u, 1)
    np.roll(A, 5)
    np.roll(A, -2, axis=1)
    np.roll(S, (1, 2), axis=(0, 2))
    np.roll(S, (1, 2), axis=(1, 1))
    np.roll(S, 1, axis=(0, -1))
    np.roll(A, [1, 2], [0, 1])
    np.astype(A, float)
"""

INDICES = """
    A[1]
    A[..., None, 1:3]
    A[[0, 2, 0]]
    A[[0, 2, 0], [1, 1, 1]]
    S[:, [0, 0], 1]
    S[1, ..., ::-2]
    A[A > 0]
    np.take(u, [0, 2, 0])
    np.take(A, 5)
    np.take(A, [[0, 1], [2, 0]], axis=0)
    np.take(A, [5, -7], axis=1, mode="wrap")
    np.take(A, [5, -7], axis=1, mode="clip")
    u.take([9, -1], mode="clip")
    np.take_along_axis(A, np.array([[0, 1], [2, 2], [3, 0]]), axis=1)
    np.take_along_axis(A, np.array([[0, 1, 2, 0]]), 0)
    np.take_along_axis(A, np.array([7, 0, 7]), axis=None)
    np.take_along_axis(S, np.argsort(S, axis=-1), axis=-1)
    np.compress([True, False, True], A, axis=0)
    np.compress([0, 1, 1, 0], A)
    A.compress([False, True], axis=1)
    np.extract(A > 0, A)
    np.extract([[True, False], [False, True]], A[:2, :2])
    np.delete(u, 1)
    np.delete(A, [0, 2], axis=1)
    np.delete(A, slice(1, 3), 1)
    np.delete(A, [True, False, True], axis=0)
    np.delete(A, -1)
    np.repeat(u, 3)
    np.repeat(u, [1, 0, 2, 3])
    np.repeat(A, 2, axis=1)
    np.repeat(A, [2, 0, 1], axis=0)
    np.repeat(A, [2])
    A.repeat([1, 2, 3], 0)
    np.repeat(n, 3)
    np.tile(u, 2)
    np.tile(u, (2, 3))
    np.tile(A, (2, 1, 2))
    np.tile(S, 2)
    np.tile(n, (2, 2))
    np.lib.stride_tricks.sliding_window_view(u, 2)
    np.lib.stride_tricks.sliding_window_view(A, (2, 3))
    np.lib.stride_tricks.sliding_window_view(S, 2, axis=1)
    np.resize(u, 10)
    np.resize(A, (2, 3))
    np.trim_zeros(np.concatenate([[0.0, 0.0], u, [0.0], v, [0.0]]))
    np.trim_zeros(np.concatenate([[0.0, 0.0], u, [0.0]]), "f")
    np.trim_zeros(np.concatenate([[0.0, 0.0], u, [0.0]]), trim="b")
    np.unstack(A)
    np.unstack(S, axis=-1)
    np.diag(u)
    np.diag(v, -1)
    np.diag(A, k=2)
    np.diag(M)
    np.diagflat(A, 1)
    np.diagonal(A)
    np.diagonal(S, 1, 0, 2)
    np.diagonal(S, offset=-1, axis1=2, axis2=1)
    np.diagonal(A, 9)
    A.diagonal(1)
    np.tril(M)
    np.tril(S, -1)
    np.tril(u, 1)
    np.triu(A, k=1)
    np.triu(S, -1)
    np.bincount([0, 2, 2, 1], weights=u)
    np.bincount([0, 2, 2, 1], u, 5)
"""

JOINING = """
    np.concatenate([A, B])
    np.concatenate((A, B, M), axis=1)
    np.concatenate([A, u, S], axis=None)
    np.concatenate([S, A[None]], axis=-3)
    np.concatenate([A, B], 1, dtype=np.float32) * 0 + np.concatenate([A, B], axis=1)
    np.concatenate([u, [1.0, 2.0]])
    np.concat([u, v])
    np.concatenate(S)
    np.stack([A, B])
    np.stack((A, B, A), axis=-1)
    np.stack([u, 2 * u], axis=1, dtype=float)
    np.stack(S)
    np.hstack([u, v])
    np.hstack((A, M))
    np.hstack([n, u])
    np.vstack([u, A])
    np.vstack([S, S], dtype=float)
    np.dstack([A, B])
    np.dstack([u, u])
    np.column_stack([u, A.T])
    np.column_stack((u, 2 * u))
    np.append(u, v)
    np.append(A, M, axis=1)
    np.append(u, [1.0])
    np.append(1.0, u)
    np.block([A, M])
    np.block([[A, M], [B, M]])
    np.block([[u, n]])
    np.block([[np.eye(3), M], [np.zeros((1, 6))]])
    np.block(u)
    np.block([[[S]], [[S]]])
    np.insert(u, 1, 5.0)
    np.insert(u, [0, 2, 4], v)
    np.insert(u, 1, v)
    np.insert(u, [1], v)
    np.insert(A, 1, u, axis=0)
    np.insert(A, 1, v, axis=1)
    np.insert(A, [1, 3], v[:, None], axis=1)
    np.insert(A, [1], M, axis=1)
    np.insert(A, slice(0, 2), n, axis=1)
    np.insert(A, -1, n)
    np.insert(u, np.array([True, False, True, False]), n)
    np.insert([1.0, 2.0], 1, n)
    np.split(u, 2)
    np.split(A, [1, 2], axis=1)
    np.split(A, [1, 1, 9])
    np.split(S, 2, axis=-1)
    np.array_split(u, 3)
    np.array_split(A, 5, axis=0)
    np.array_split(A, [3, 1], 1)
    np.hsplit(u, 2)
    np.hsplit(A, [1, 3])
    np.vsplit(A, 3)
    np.dsplit(S, 2)
"""

PADDING = """
    np.pad(u, 2)
    np.pad(A, ((1, 2), (0, 3)))
    np.pad(A, [(1, 2)])
    np.pad(A, (1, 2))
    np.pad(S, {-1: (1, 2), 0: 1})
    np.pad(u, (1, 2), "constant", constant_values=(4.0, -1.0))
    np.pad(A, 1, constant_values=((1.0, 2.0), (3.0, 4.0)))
    np.pad(A, 1, constant_values=n)
    np.pad(A, 1, constant_values=(n, 2.0))
    np.pad(A, (1, 2), "edge")
    np.pad(u, (5, 6), mode="reflect")
    np.pad(A, ((1, 2), (2, 1)), "symmetric")
    np.pad(u, 9, "wrap")
    np.pad(u, (2, 3), "reflect", reflect_type="odd")
    np.pad(A, 2, "symmetric", reflect_type="odd")
    np.pad(u, 3, "linear_ramp")
    np.pad(A, (2, 3), "linear_ramp", end_values=((5.0, -4.0), (1.0, 2.0)))
    np.pad(A, 2, "mean")
    np.pad(A, 1, "mean", stat_length=2)
    np.pad(A, 2, "maximum")
    np.pad(A, ((0, 1), (2, 0)), "minimum", stat_length=((2, 3), (1, 2)))
    np.pad(A, 1, "maximum", stat_length=1)
"""

ORDER = """
    np.sort(u)
    np.sort(A)
    np.sort(A, axis=0)
    np.sort(S, 1, kind="stable")
    np.sort(A, axis=None)
    np.sort(u, stable=True)
    np.partition(u, 2)
    np.partition(A, (0, 2), axis=-1)
    np.partition(A, 1, axis=0)
    np.partition(A, 5, axis=None)
    np.union1d(A, v)
    np.union1d(u, [0.0, 100.0])
    np.unique(u)
    np.unique(A, return_index=True, return_inverse=True, return_counts=True)
    np.unique(np.concatenate([u, -u]), return_counts=True)
"""


@pytest.mark.parametrize(("function", "xs"), calls(SHAPES + INDICES + JOINING + PADDING + ORDER, ARRAYS))
def test_calls(function, xs):
    check_call(function, xs)


# Equal entries share equally, along each axis ------------------------------------------------------------------------

TIED = np.array([[2.0, 1.0, 2.0, 2.0], [0.5, 0.5, 3.0, 0.5], [1.0, 2.0, 3.0, 4.0]])
WEIGHTS = np.array([[1.0, 2.0, 4.0, 8.0]] * 3)
SHARED = {
    "sort": (np.sort, [[14 / 3, 1, 14 / 3, 14 / 3], [7 / 3, 7 / 3, 8, 7 / 3], [1, 2, 4, 8]]),
    "sort of columns": (
        lambda x: np.sort(x.T, axis=0).T,
        [[14 / 3, 1, 14 / 3, 14 / 3], [7 / 3, 7 / 3, 8, 7 / 3], [1, 2, 4, 8]],
    ),
    "partition": (
        lambda x: np.partition(x, 3, axis=1) * [0, 0, 0, 1 / 8],
        [[1 / 3, 0, 1 / 3, 1 / 3], [0, 0, 1, 0], [0, 0, 0, 1]],
    ),
}


@pytest.mark.parametrize("name", SHARED)
def test_equal_entries_share(name):
    function, expected = SHARED[name]
    np.testing.assert_allclose(grad(lambda x: (function(x) * WEIGHTS).sum())(TIED), expected, rtol=1e-14)


def test_unique_shares_among_equal_entries():
    x = np.array([3.0, 1.0, 3.0, 3.0, 2.0])
    np.testing.assert_allclose(grad(lambda x: np.unique(x) @ np.array([1.0, 10.0, 6.0]))(x), [2, 1, 2, 2, 10])


def test_sorting_nan():
    x = Tensor([2.0, np.nan, 1.0, np.nan])
    y = np.sort(x)
    np.testing.assert_array_equal(y.data, [1.0, 2.0, np.nan, np.nan])
    y[:2].sum().backward()
    assert x.grad.tolist() == [1.0, 0.0, 1.0, 0.0]


# What is refused, and what is plain ----------------------------------------------------------------------------------

REFUSED = {
    "unique rows": (lambda t: np.unique(t, axis=0), "index with return_index"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    function, message = REFUSED[name]
    with pytest.raises(NotImplementedError, match=message):
        function(Tensor(ARRAYS["A"]))


WRONG = {
    "diag": lambda t: np.diag(np.stack([t, t])),
    "diagonal": lambda t: np.diagonal(t[0]),
    "vsplit": lambda t: np.vsplit(t[0], 2),
    "dsplit": lambda t: np.dsplit(t, 2),
    "split": lambda t: np.split(t, 2),
    "block": lambda t: np.block([[t, [t]]]),
    "block, uneven": lambda t: np.block([t, [t]]),
    "ix_": np.ix_,
    "reshape": lambda t: np.reshape(t, (5, 2)),
    "concatenate": lambda t: np.concatenate([t, t[:, :2]]),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments(name):
    for x in (ARRAYS["A"], Tensor(ARRAYS["A"])):
        with pytest.raises(ValueError):  # noqa: PT011 (NumPy's own text, or ours)
            WRONG[name](x)


def test_positions_out_of_range():
    with pytest.raises(IndexError):
        np.take(Tensor(ARRAYS["u"]), 9)


def test_positions_are_plain():
    t = Tensor(ARRAYS["A"])
    for function in (
        np.argsort, np.lexsort, lambda x: np.argpartition(x, 1), lambda x: np.searchsorted([0.0, 1.0], x),
        lambda x: np.digitize(x, [0.0, 1.0]), np.nonzero,
    ):  # fmt: skip
        np.testing.assert_array_equal(function(t), function(t.data))


def test_nested_lists_of_tensors_become_one():
    a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    both = Tensor([[a, b], [b, a]])
    assert both.shape == (2, 2, 2)
    (both * np.arange(8.0).reshape(2, 2, 2)).sum().backward()
    assert a.grad.tolist() == [6.0, 8.0]
    assert b.grad.tolist() == [6.0, 8.0]
