"""nn.data gives scikit-learn's arrays and the documents', and says what is wrong with a size, a seed or a length.

The fingerprints below were computed once from scikit-learn 1.9.1's own functions under NumPy 2.4.6, with
``fingerprint`` as it stands here. They round to 8 decimals, since the last bit of a cosine differs between
processors; where scikit-learn is installed, the last tests compare every bit.
"""

import hashlib

import numpy as np
import pytest

from nn import data

MOONS = {"n_samples": 500, "noise": 0.1, "rng": 42}
RANDOM = [data.moons, data.circles, data.blobs, data.spirals, data.half_plane]


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
    # "Chapter 3: Neural Networks": noise before the order (its first row is held below)
    (lambda: data.moons(300, noise=0.1, rng=42, noise_first=True), "888edb78f838e92c"),
    # "Neural Networks Solutions - Module 6", Exercise 5.2
    (lambda: data.half_plane(1000, rng=42), "aeb57c4411708ed1"),
]


@pytest.mark.parametrize(("make", "expected"), FINGERPRINTS)
def test_arrays_are_those_of_scikit_learn(make, expected):
    assert fingerprint(*make()) == expected


def test_first_rows_of_the_documents_moons():
    X, y = data.moons(**MOONS)
    expected = [[0.8306764268633708, -0.40993581043173394], [0.7983552883504553, 0.8376121751633245]]
    np.testing.assert_allclose(X[:2], expected, rtol=1e-14)
    assert y[:8].tolist() == [1, 0, 1, 0, 0, 1, 1, 0]


def test_moons_of_chapter_3_leave_the_stream_where_the_document_does():
    """Its network is drawn from the same stream, after the data."""
    rng, own = np.random.RandomState(42), np.random.RandomState(42)
    X, y = data.moons(300, noise=0.1, rng=rng, noise_first=True)
    angle = np.linspace(0, np.pi, 150)
    upper = np.column_stack([np.cos(angle), np.sin(angle)]) + own.randn(150, 2) * 0.1
    lower = np.column_stack([1 - np.cos(angle), 1 - np.sin(angle) - 0.5]) + own.randn(150, 2) * 0.1
    order = own.permutation(300)
    np.testing.assert_array_equal(X, np.vstack([upper, lower])[order])
    np.testing.assert_array_equal(y, np.repeat([0, 1], 150)[order])
    np.testing.assert_allclose(X[0], [-0.2138683723893331, 1.061157599464962], rtol=1e-14)
    assert rng.randn() == own.randn()


def test_half_plane_is_that_of_module_6():
    X, y = data.half_plane(1000, rng=np.random.RandomState(42))
    np.testing.assert_array_equal(X, np.random.RandomState(42).randn(1000, 2))
    np.testing.assert_array_equal(y, X.sum(axis=1) > 0)
    assert np.bincount(y).tolist() == [486, 514]  # as in the document


@pytest.mark.parametrize("n_classes", [1, 2, 3])
@pytest.mark.parametrize("turns", [0.75, -2])
def test_the_arms_of_a_spiral_are_one_arm_turned(n_classes, turns):
    X, y = data.spirals(50 * n_classes, n_classes=n_classes, turns=turns, shuffle=False)
    points = X[:, 0] + 1j * X[:, 1]
    np.testing.assert_allclose(points, np.tile(points[:50], n_classes) * np.exp(2j * np.pi * y / n_classes), atol=1e-15)
    np.testing.assert_allclose(abs(points[:50]), np.arange(1, 51) / 50)  # from the origin to the unit circle
    wound = np.unwrap(np.angle(points[:50]))
    np.testing.assert_allclose(np.diff(wound), 2 * np.pi * turns / 50)


def test_xor_is_the_truth_table():
    X, y = data.xor()
    assert [int(a) ^ int(b) for a, b in X] == y.tolist()


@pytest.mark.parametrize("make", [data.xor, *RANDOM])
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


@pytest.mark.parametrize("make", RANDOM)
def test_rng_decides_everything(make):
    for fresh in [lambda: 3, lambda: np.random.RandomState(3), lambda: np.random.default_rng(3)]:
        np.testing.assert_array_equal(make(rng=fresh())[0], make(rng=fresh())[0])
    np.testing.assert_array_equal(make(rng=3)[0], make(rng=np.random.RandomState(3))[0])
    assert not np.array_equal(make(rng=3)[0], make(rng=4)[0])


@pytest.mark.parametrize("make", RANDOM)
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


def test_standardise_uses_the_training_part_alone():
    rng = np.random.default_rng(0)
    X_train, X_test = rng.normal(3, 5, (200, 4)), rng.normal(4, 6, (50, 4))
    X_train[:, 1] = 0.1  # constant, and its mean is not exactly that
    train, test = data.standardise(X_train, X_test)
    spread = [0, 2, 3]
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(train.std(axis=0)[spread], 1)
    assert not train[:, 1].any()
    scaled = (X_test - X_train.mean(axis=0))[:, spread] / X_train.std(axis=0)[spread]
    np.testing.assert_allclose(test[:, spread], scaled)
    np.testing.assert_allclose(test[:, 1], X_test[:, 1] - 0.1)


def test_standardise_keeps_dtype_and_shape():
    pictures, numbers = np.random.default_rng(0).random((5, 2, 3), dtype=np.float32), [[1, 2], [3, 4]]
    (found,) = data.standardise(pictures)
    assert (found.dtype, found.shape) == (np.float32, (5, 2, 3))
    (found,) = data.standardise(numbers)
    assert (found.dtype, found.tolist()) == (np.float64, [[-1, -1], [1, 1]])
    assert numbers == [[1, 2], [3, 4]]


@pytest.mark.parametrize("dtype", [int, np.uint8])
def test_one_hot_is_rows_of_the_identity(dtype):
    labels = np.array([2, 0, 1, 2], dtype=dtype)
    np.testing.assert_array_equal(data.one_hot(labels), np.eye(3)[labels])
    np.testing.assert_array_equal(data.one_hot(labels, 5), np.eye(5)[labels])
    assert data.one_hot(np.array([], dtype=int), 4).shape == (0, 4)


@pytest.mark.parametrize(("n", "size", "lengths"), [(10, 4, [4, 4, 2]), (8, 4, [4, 4]), (3, 7, [3]), (3, 1, [1, 1, 1])])
def test_batches_cut_one_permutation(n, size, lengths):
    rng, own = np.random.RandomState(42), np.random.RandomState(42)
    for _ in range(2):  # epochs
        found = list(data.batches(n, size, rng))
        assert [len(batch) for batch in found] == lengths
        np.testing.assert_array_equal(np.concatenate(found), own.permutation(n))
    np.testing.assert_array_equal(np.concatenate(list(data.batches(n, size))), np.arange(n))


ERRORS = [
    (lambda: data.spirals(n_classes=0), r"n_classes=0 is no number of arms"),
    (lambda: data.spirals(turns=float("inf")), r"turns=inf is no number of turns"),
    (lambda: data.spirals([1, 2, 3]), r"3 sizes for 2 classes"),
    (lambda: data.half_plane(0), r"n_samples=0 .*at least 1"),
    (lambda: data.standardise(np.ones((0, 3))), r"X_train has shape \(0, 3\): pass at least one row"),
    (lambda: data.standardise(np.ones((4, 3)), np.ones((2, 2))), r"\(4, 3\), \(2, 2\) differ in their columns"),
    (lambda: data.one_hot([0, -1]), r"label -1 is none of 1 classes: labels run from 0 to 0"),
    (lambda: data.one_hot([0, 3], 3), r"label 3 is none of 3 classes: labels run from 0 to 2"),
    (lambda: data.one_hot([0.0, 1.0]), r"labels are float64: pass whole numbers, as from y.astype\(int\)"),
    (lambda: data.one_hot([[0], [1]]), r"labels has shape \(2, 1\): .*y.ravel\(\)"),
    (lambda: data.one_hot(np.array([], dtype=int)), r"labels is empty, .*pass n_classes"),
    (lambda: data.one_hot([0], n_classes=1.5), r"n_classes=1.5 is no number of classes"),
    (lambda: data.batches(0, 3), r"n=0 is no number of samples"),
    (lambda: data.batches(3, 0), r"size=0 is no batch size"),
    (lambda: data.batches(3, 2, rng="now"), r"rng='now' .*default_rng"),
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
