"""nn.data gives scikit-learn's arrays, and says what is wrong with a size, a seed or a length.

The fingerprints below were computed once from scikit-learn 1.9.1's own functions under NumPy 2.4.6, with
``fingerprint`` as it stands here. They round to 8 decimals, since the last bit of a cosine differs between
processors; where scikit-learn is installed, the last tests compare every bit.
"""

import hashlib

import numpy as np
import pytest

from nn import data

MOONS = {"n_samples": 500, "noise": 0.1, "rng": 42}


def fingerprint(*arrays):
    """Return the first 16 digits of the SHA-256 of the arrays' bytes, after rounding."""
    rounded = [np.ascontiguousarray(np.round(array, 8) + 0) for array in arrays]  # + 0 turns -0.0 into 0.0
    return hashlib.sha256(b"".join(array.tobytes() for array in rounded)).hexdigest()[:16]


FINGERPRINTS = [
    # the documents' data: moons and circles with noise 0.1 and seed 42
    (lambda: data.moons(**MOONS), "6be228244e0b6bc6"),
    (lambda: data.circles(500, noise=0.1, factor=0.5, rng=42), "f12afad983803795"),
    (lambda: data.train_test_split(*data.moons(**MOONS), test_size=0.2, rng=42), "c5bb6a3a0aeb4994"),
    # odd totals, other seeds, no shuffle, given sizes, given centers
    (lambda: data.moons(101, noise=0.25, rng=7), "1a1fd13dafdbb9f8"),
    (lambda: data.moons(10, shuffle=False), "e6ef0119a4bf86fe"),
    (lambda: data.moons((3, 8), rng=0), "17c3788c9ad49519"),
    (lambda: data.circles(33, factor=0.3, rng=1), "f3bb8ff8bcb10136"),
    (lambda: data.blobs(rng=42), "3e616419a475a837"),
    (
        lambda: data.blobs(10, centers=[[0, 0], [5, 5]], cluster_std=[0.5, 2], rng=3, shuffle=False),
        "8a25458305325217",
    ),
]


@pytest.mark.parametrize(("make", "expected"), FINGERPRINTS)
def test_arrays_are_those_of_scikit_learn(make, expected):
    assert fingerprint(*make()) == expected


def test_first_rows_of_the_documents_moons():
    X, y = data.moons(**MOONS)
    expected = [[0.8306764268633708, -0.40993581043173394], [0.7983552883504553, 0.8376121751633245]]
    np.testing.assert_allclose(X[:2], expected, rtol=1e-14)
    assert y[:8].tolist() == [1, 0, 1, 0, 0, 1, 1, 0]


def test_xor_is_the_truth_table():
    X, y = data.xor()
    assert [int(a) ^ int(b) for a, b in X] == y.tolist()


@pytest.mark.parametrize("make", [data.xor, data.moons, data.circles, data.blobs])
def test_shapes_and_dtypes(make):
    X, y = make()
    assert (X.dtype, y.dtype) == (np.float64, np.intp)
    assert X.shape == (len(y), 2)
    assert X.flags.c_contiguous


def test_sizes_and_features():
    assert np.bincount(data.moons(7)[1]).tolist() == [3, 4]
    assert np.bincount(data.circles((2, 5))[1]).tolist() == [2, 5]
    assert np.bincount(data.blobs(11, centers=3)[1]).tolist() == [4, 4, 3]
    assert data.blobs(5, centers=2, n_features=4)[0].shape == (5, 4)
    assert data.blobs(5, centers=[[0.0], [1.0]])[0].shape == (5, 1)


@pytest.mark.parametrize("make", [data.moons, data.circles, data.blobs])
def test_rng_decides_everything(make):
    for fresh in [lambda: 3, lambda: np.random.RandomState(3), lambda: np.random.default_rng(3)]:
        np.testing.assert_array_equal(make(rng=fresh())[0], make(rng=fresh())[0])
    np.testing.assert_array_equal(make(rng=3)[0], make(rng=np.random.RandomState(3))[0])
    assert not np.array_equal(make(rng=3)[0], make(rng=4)[0])


@pytest.mark.parametrize("make", [data.moons, data.circles, data.blobs])
def test_the_global_random_state_is_left_alone(make):
    before = np.random.get_state()[1].copy()  # noqa: NPY002 (the legacy state is what this is about)
    make(rng=3)
    make()
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_split_keeps_rows_together_and_loses_none():
    rows, names = np.arange(10).reshape(10, 1), [f"row {i}" for i in range(10)]
    train, test, train_names, test_names = data.train_test_split(rows, names, test_size=0.25, rng=0)
    assert (len(train), len(test)) == (7, 3)  # a quarter of ten, rounded up
    assert sorted([*train[:, 0], *test[:, 0]]) == list(range(10))
    assert [f"row {i}" for i in test[:, 0]] == test_names.tolist()
    assert [f"row {i}" for i in train[:, 0]] == train_names.tolist()


def test_split_without_shuffle_takes_the_end_and_counts():
    train, test = data.train_test_split(np.arange(5), test_size=2, shuffle=False)
    assert (train.tolist(), test.tolist()) == ([0, 1, 2], [3, 4])


ERRORS = [
    (lambda: data.moons(0), r"n_samples=0 .*at least 1"),
    (lambda: data.moons((-1, 4)), r"n_samples=\(-1, 4\)"),
    (lambda: data.moons(2.5), r"n_samples=2.5 .*pass an int"),
    (lambda: data.moons(True), r"n_samples=True .*pass an int"),
    (lambda: data.circles((1, 2, 3)), r"3 sizes for 2 classes: pass one each"),
    (lambda: data.blobs([1, 2], centers=3), r"2 sizes for 3 classes: pass one each"),
    (lambda: data.moons(noise=-0.1), r"noise=-0.1 .*>= 0"),
    (lambda: data.moons(noise=float("nan")), r"noise=nan .*>= 0"),
    (lambda: data.circles(noise="much"), r"noise='much' .*>= 0"),
    (lambda: data.circles(factor=1.0), r"factor=1.0 .*0 <= factor < 1"),
    (lambda: data.circles(factor=-0.5), r"factor=-0.5 .*0 <= factor < 1"),
    (lambda: data.blobs(centers=0), r"centers=0, .*>= 1"),
    (lambda: data.blobs(n_features=0), r"n_features=0: .*>= 1"),
    (lambda: data.blobs(centers=[1.0, 2.0]), r"centers has shape \(2,\): .*one row per class"),
    (lambda: data.blobs(cluster_std=[1, 2]), r"cluster_std=\[1, 2\] does not fit 3 classes"),
    (lambda: data.blobs(cluster_std=-1), r"cluster_std=-1 .*>= 0"),
    (lambda: data.moons(rng=-1), r"rng=-1 .*from 0 to 2\*\*32 - 1"),
    (lambda: data.moons(rng="42"), r"rng='42' .*default_rng"),
    (data.train_test_split, r"no arrays: .*train_test_split\(X, y\)"),
    (lambda: data.train_test_split(np.ones((5, 2)), np.ones(4)), r"\(5, 2\), \(4,\) differ in length"),
    (lambda: data.train_test_split(np.ones(4), 3.0), r"\(4,\), \(\): a single number"),
    (lambda: data.train_test_split(np.ones(4), test_size=1.5), r"test_size=1.5 .*pass 0.25"),
    (lambda: data.train_test_split(np.ones(4), test_size=4), r"test_size=4 of 4 samples: .*leaves 0"),
    (lambda: data.train_test_split(np.ones(1)), r"test_size=0.25 of 1 samples: .*leaves 0"),
]


@pytest.mark.parametrize(("call", "message"), ERRORS)
def test_errors_name_the_value_and_the_way_out(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("seed", [0, 1, 42, 2**32 - 1])
@pytest.mark.parametrize("n", [4, 33, 500])
def test_every_bit_beside_scikit_learn(n, seed):
    datasets = pytest.importorskip("sklearn.datasets")
    splitting = pytest.importorskip("sklearn.model_selection")
    X, y = data.moons(n, noise=0.2, rng=seed)
    pairs = [
        ((X, y), datasets.make_moons(n, noise=0.2, random_state=seed)),
        (
            data.circles(n, noise=0.1, factor=0.5, rng=seed),
            datasets.make_circles(n, noise=0.1, factor=0.5, random_state=seed),
        ),
        (data.blobs(n, centers=4, rng=seed), datasets.make_blobs(n, centers=4, random_state=seed)),
        (data.train_test_split(X, y, rng=seed), splitting.train_test_split(X, y, random_state=seed)),
    ]
    for ours, theirs in pairs:
        for a, b in zip(ours, theirs, strict=True):
            assert a.dtype == b.dtype
            np.testing.assert_array_equal(a, b)
