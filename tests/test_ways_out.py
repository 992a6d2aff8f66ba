"""Every way out of a graph that we can think of: right, or an error; a gradient is never lost without a word.

Each line is an expression in one number ``x``, a Value or a Tensor. Its gradient agrees with central differences, or a
DetachError says what to write, or the line stands below among those that Python, NumPy or SciPy refuse by themselves.
Explicit ways out (``.data``, ``.item()``, ``.detach()``, formats, print, files) are in ``test_traps.py``.
"""

import array
import cmath
import copy
import ctypes
import decimal
import fractions
import functools
import io
import itertools
import json
import math
import operator
import pickle
import random
import statistics
import struct
import warnings

import numpy as np
import pytest
import scipy
import scipy.integrate
import scipy.special
import scipy.stats
from numpy_calls import entries, total

from autograd import DetachError, Node, PerformanceWarning, Tensor, Value
from autograd.check import central_difference
from autograd.node import plain


def into(write, target=None):
    """Let ``write(target)`` write into an array, and give the array."""
    target = np.zeros(3) if target is None else target
    result = write(target)
    return target if result is None else result


def consumed(iterator):
    return list(iterator)


def item(sequence, index, value):
    sequence[index] = value
    return sequence


GIVEN = {
    "np": np, "scipy": scipy, "array": array, "cmath": cmath, "copy": copy, "ctypes": ctypes, "decimal": decimal,
    "fractions": fractions, "functools": functools, "io": io, "itertools": itertools, "json": json, "math": math,
    "operator": operator, "pickle": pickle, "random": random, "statistics": statistics, "struct": struct, "into": into,
    "item": item, "consumed": consumed, "B": np.array([1.0, -2.0, 0.5]), "Tensor": Tensor,
}  # fmt: skip

WAYS = """
    float(x)
    int(x)
    complex(x)
    bool(x) * x
    "%f" % x
    math.exp(x)
    math.pow(x, 2)
    math.hypot(x, x)
    math.copysign(1, x)
    math.fsum([x, x])
    math.prod([x, x])
    math.dist([x], [0.0])
    math.isnan(x) * x
    cmath.exp(x)
    round(x) * x
    round(x, 1) * x
    pow(x, 2)
    pow(2, x)
    abs(-x)
    sum([x, x])
    sum([x, x], x)
    min(x, 3 * x)
    max([x, 3 * x])
    max(x, 3 * x, key=lambda a: -a)
    sorted([3 * x, x])[0]
    into(lambda a: a.sort(), [3 * x, x])
    any([x]) * x
    x if x else 0.0
    x if x > 0.5 else 0.0
    [x, x * x][0]
    {"a": x}["a"]
    {x: x}[x] if False else x
    [a * b for a, b in zip([x, x], B)]
    (lambda a, b: a * b)(*[x, x])
    (lambda a=1.0: a * a)(**{"a": x})
    (lambda a, *b: a * b[0])(*[x, x, x])
    consumed(map(np.exp, [x, x]))
    consumed(filter(None, [x, 0.0]))
    consumed(reversed([x, x * x]))
    [a for _, a in enumerate([x, x * x])]
    functools.reduce(operator.mul, [x, x, x])
    consumed(itertools.accumulate([x, x, x]))
    consumed(itertools.accumulate([x, x], operator.mul))
    consumed(itertools.chain([x], [x * x]))
    item([1.0, 2.0, 3.0], slice(0, 2), [x, x])
    item([1.0, 2.0], 0, x)
    operator.iadd(1.0, x)
    operator.iadd(np.float64(1.0), x)
    operator.imul(x, x)
    operator.attrgetter("T")(x) if isinstance(x, np.ndarray) else x
    copy.copy([x])[0]
    statistics.fmean([x, 2 * x])
    statistics.median([x, 2 * x, 3 * x])
    statistics.mean([x, 2 * x])
    statistics.stdev([x, 2 * x])
    statistics.pvariance([x, 2 * x])
    statistics.harmonic_mean([x, 2 * x])
    statistics.geometric_mean([x, 2 * x])
    statistics.quantiles([x, 2 * x, 3 * x])
    statistics.linear_regression([0.0, 1.0], [x, 2 * x]).slope
    array.array("d", [x])[0]
    ctypes.c_double(x).value
    json.dumps(x, default=float)
    random.Random(0).uniform(0, x)
    random.Random(0).gauss(x, 1.0)
    random.Random(0).choice([x, 2 * x])
    random.Random(0).choices([x, 2 * x])[0]
    np.float64(x)
    np.float32(x)
    np.int64(x)
    np.complex128(x)
    np.array(x)
    np.array([x, x * x])
    np.array([[x, 1.0], [2.0, x]])
    np.array([x, x], dtype=float)
    np.array([x, x], dtype=object)
    np.asarray(x)
    np.asarray(x, float)
    np.asarray([x, x]).astype(float)
    np.asarray([x, x]).astype(int)
    np.asarray([x, x]).sum()
    np.asarray([x, x]).mean()
    np.asarray([x, x * x]) @ np.ones(2)
    np.asarray([x, 2 * x]).max()
    np.asarray([3 * x, x]).tolist()
    np.asarray([3 * x, x]).item(0)
    np.asarray([3 * x, x]).cumsum()
    np.asarray([3 * x, x]).dot([1.0, 2.0])
    into(lambda a: a.sort(), np.array([3 * x, x]))
    np.ascontiguousarray([x])
    np.fromiter([x], float)
    np.fromiter([x], object)
    np.full(3, x)
    np.full(3, x, dtype=float)
    np.full_like(B, x)
    np.c_[[x, x]]
    np.r_[x, 1.0]
    np.r_[1.0:2.0:3, x]
    np.mgrid[0:x:1]
    np.ogrid[0:x:1]
    np.block([x, x])
    np.block([[np.ones((1, 1)), x], [x, np.ones((1, 1))]])
    np.stack([x, x])
    np.linspace(0, x, 3)
    np.arange(0, x, 0.1)
    np.eye(2) * x
    np.diag([x, x])
    np.insert(B, 0, x)
    np.append(B, x)
    np.select([B > 0], [x], 0.0)
    np.nan_to_num(np.array([x, x]))
    np.where(B > 0, x, 1.0)
    np.clip(B, x, 3.0)
    np.pad(B, 1, constant_values=x)
    np.interp(x, [0.0, 1.0], [0.0, 2.0])
    np.interp(Tensor([-2.0, 1.5]), [0.0, 1.0], [0.0, 2.0], period=2 + x)
    np.interp(Tensor([-2.0, 1.5]), [0.0, 1.0], [0.0, 2.0], left=x)
    np.unwrap(Tensor([0.0, 5.0]), period=2 + x)
    np.nan_to_num(Tensor([np.nan, 1.0]), nan=x)
    np.trapezoid(Tensor([1.0, 2.0]), dx=x)
    np.diff(Tensor([1.0, 2.0]), prepend=x)
    np.sum(Tensor([1.0, 2.0]), initial=x)
    np.hypot.reduce(Tensor([1.0, 2.0]), initial=x)
    np.average(Tensor([1.0, 2.0]), weights=[x, 1.0])
    np.var(Tensor([1.0, 2.0]), mean=x)
    np.polyfit(Tensor([0.0, 1.0, 2.0]), [0.0, 1.0, 4.0], 1, w=[x, 1.0, 1.0])
    np.cov(Tensor([1.0, 2.0, 4.0]), aweights=[x, 1.0, 1.0])
    np.logspace(Tensor(0.0), 1.0, 3, base=x)
    np.bincount([0, 1], weights=[x, x])
    np.histogram([0.0, 1.0], weights=[x, x])
    np.vectorize(lambda a: a * a)([x, x])
    np.vectorize(lambda a: a * a, otypes=[float])([x, x])
    np.vectorize(lambda a: a * a, signature="()->()")(x)
    np.frompyfunc(lambda a: a * a, 1, 1)([x, x])
    np.apply_along_axis(lambda row: row * row, 0, [x, x])
    np.fromfunction(lambda i: i * x, (3,))
    np.lib.stride_tricks.as_strided(np.array([x, x]), (2,), (8,))
    np.lib.stride_tricks.sliding_window_view(np.array([x, x, x]), 2)
    np.poly1d([x, 1.0])(2.0)
    np.polynomial.Polynomial([x, 1.0])(2.0)
    np.polynomial.Polynomial([1.0, 2.0])(x)
    np.nditer(x, flags=["refs_ok"]).itviews[0]
    [a for _, a in np.ndenumerate(np.array([x, x]))]
    [a for a, b in np.broadcast(np.array([x, x]), 1)]
    np.matrix([[x, x]])
    np.matrix([[1.0, 2.0]]) * x
    np.matrix([[1.0, 2.0]]) @ np.array([[x], [x]])
    np.ma.array([x, x], mask=[False, True]).filled(0.0)
    np.ma.array([x, x], dtype=float)
    np.ma.array(B) * x
    np.ma.array(B, mask=[False, True, False]) * x
    np.ma.array(B) + np.array([x, x, x])
    x * np.ma.array(B)
    np.ma.exp(x)
    np.ma.sum([x, x])
    np.ma.concatenate([B, [x]])
    np.ma.where(B > 0, x, 0.0)
    np.ma.getdata(x)
    item(np.ma.zeros(2), 0, x)
    into(lambda a: a.put(0, x), np.ma.zeros(2))
    np.array([(x, 1)], dtype=[("a", float), ("b", int)])["a"]
    item(np.zeros(1, dtype=[("a", float)])["a"], 0, x)
    item(np.zeros(1, dtype=[("a", float)]), 0, (x,))
    np.rec.array([(x, 1)], dtype=[("a", float), ("b", int)])["a"]
    into(lambda a: item(a, 0, x))
    into(lambda a: item(a, slice(None), x))
    into(lambda a: item(a, [0, 1], [x, x]))
    into(lambda a: item(a, a == 0, x))
    into(lambda a: a.__setitem__((0,), x))
    into(lambda a: a.fill(x))
    into(lambda a: a.put([0], x))
    into(lambda a: setattr(a, "real", x))
    into(lambda a: setattr(a, "flat", x))
    into(lambda a: operator.iadd(a, x))
    into(lambda a: operator.isub(a, x))
    into(lambda a: operator.imul(a, x))
    into(lambda a: operator.itruediv(a, x))
    into(lambda a: operator.ipow(a, x))
    into(lambda a: np.exp(x, out=a))
    into(lambda a: np.add(a, x, out=a))
    into(lambda a: np.add(a, x, a))
    into(lambda a: np.sum([x, x], out=a[0:1].reshape(())))
    into(lambda a: np.clip(a, x, 1.0, out=a))
    into(lambda a: np.copyto(a, x))
    into(lambda a: np.put(a, [0], x))
    into(lambda a: np.place(a, [True, False, False], [x]))
    into(lambda a: np.putmask(a, [True, False, False], x))
    into(lambda a: np.put_along_axis(a, np.array([0]), x, 0))
    into(lambda a: np.fill_diagonal(a, x), np.zeros((2, 2)))
    into(lambda a: np.add.at(a, [0], x))
    item(np.zeros(2, object), 0, x)
    operator.iadd(np.zeros(2, object), x)
    into(lambda a: a.fill(x), np.zeros(2, object))
    np.random.default_rng(0).normal(x, 1.0)
    np.random.default_rng(0).uniform(0.0, x)
    np.random.default_rng(0).choice([x, 2 * x])
    np.random.default_rng(0).permutation([x, 2 * x])
    np.random.default_rng(0).multivariate_normal([x], [[1.0]])
    scipy.special.expit(x)
    scipy.special.jv(1, x)
    scipy.integrate.quad(lambda t: t, 0.0, x)[0]
    scipy.integrate.trapezoid([x, 2 * x])
    x % 0.3
    2.0 % x
    x // 0.3 * x
    divmod(x, 0.3)
    math.floor(x) * x
    math.ceil(x) * x
    math.trunc(x) * x
"""

# Refused before a node is asked, each with an error of Python's, NumPy's or SciPy's own.
OTHERS = """
    json.dumps(x)
    json.dumps([x])
    struct.pack("d", x)
    decimal.Decimal(x)
    fractions.Fraction(x)
    pow(x, 2, 5)
    math.gcd(x, 2)
    math.factorial(x)
    range(x)
    [1, 2, 3][x]
    [1, 2, 3][:x]
    "a" * x
    chr(x)
    hex(x)
    operator.index(x)
    np.arange(3.0)[x]
    np.arange(3.0)[:x]
    np.zeros(x)
    np.ones(4).reshape(x)
    np.repeat([1.0], x)
    np.take([1.0, 2.0], x)
    memoryview(x)
    bytes(x)
    bytearray(x)
    io.BytesIO().write(x)
    np.frombuffer(x)
    np.from_dlpack(x)
    np.nextafter(x, 1.0)
    next(np.nditer(x))
    into(lambda a: item(a.flat, 0, x))
    np.asarray([3 * x, x]).view(float)
    np.char.array(["a"]) * x
    scipy.special.logsumexp([x, x])
    scipy.stats.norm.pdf(x)
    scipy.linalg.det([[x]])
    scipy.sparse.csr_matrix([[x]])
    np.fft.fft([x, x])
    np.isnan(np.array([x, x]))
    operator.iadd(np.ma.zeros(2), x)
    np.linalg.det(np.array([[x]]))
    np.testing.assert_allclose(np.array([x]), 0.7)
"""

KINDS = [Value, Tensor]
START = 0.7
COMPLAINTS = (TypeError, ValueError, AttributeError, IndexError, NotImplementedError, struct.error)


def lines(text):
    return [line.strip() for line in text.strip().splitlines()]


def written(line):
    return eval(f"lambda x: {line}", GIVEN)


def says_what_to_write(error):
    """Is it a DetachError, or raised because of one, or a function that is named as having no rule?"""
    while error is not None:
        if isinstance(error, DetachError):
            return ".detach() for a constant" in str(error)
        if isinstance(error, NotImplementedError):
            return "has no derivative rule" in str(error)
        error = error.__cause__
    return False


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", KINDS, ids=["Value", "Tensor"])
@pytest.mark.parametrize("line", lines(WAYS))
def test_a_way_out_is_right_or_says_what_to_write(line, kind):
    function, x = written(line), kind(START)
    try:
        result = function(x)
    except COMPLAINTS as error:
        if says_what_to_write(error):
            return
        raise
    slope = central_difference(lambda moved: plain(total(function(moved[0].item()))), np.array([START]), 0)
    result = total(result)
    if isinstance(result, Node):
        result.backward()
        np.testing.assert_allclose(x.grad, slope, rtol=1e-6)
    else:
        assert abs(slope) < 1e-9, f"the gradient is lost: {result} moves with x by {slope}"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", KINDS, ids=["Value", "Tensor"])
@pytest.mark.parametrize("line", lines(OTHERS))
def test_what_others_refuse(line, kind):
    with pytest.raises(COMPLAINTS):
        written(line)(kind(START))


@pytest.mark.parametrize("kind", KINDS, ids=["Value", "Tensor"])
def test_copies_keep_the_graph(kind):
    for duplicate in (copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))):
        x = kind(START)
        x2, y2 = duplicate((x, x * x))
        y2.backward()
        np.testing.assert_allclose(x2.grad, 2 * START)


def test_masked_entries_stay_masked_and_others_keep_their_graph():
    x, m = Tensor([1.0, 2.0, 3.0]), np.ma.array([4.0, 5.0, 6.0], mask=[False, True, False])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PerformanceWarning)
        product = m * x
    assert product.mask.tolist() == [False, True, False]
    sum(product.compressed()).backward()
    np.testing.assert_array_equal(x.grad, [4.0, 0.0, 6.0])
    with pytest.raises(TypeError, match="has entries without a value: fill them in first"):
        x * m


def test_numpy_testing_looks_at_tensors():
    """It compares, and computes nothing that could want a gradient."""
    x = Tensor([1.0, 2.0])
    np.testing.assert_allclose(x * 2, [2.0, 4.0])
    np.testing.assert_array_equal(x, [1.0, 2.0])
    np.testing.assert_array_almost_equal(x, [1.0, 2.0])
    np.testing.assert_array_less(x, [2.0, 3.0])
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        np.testing.assert_allclose(x, [1.0, 2.5])


def test_entries_of_a_matrix_are_found():
    assert entries(np.asarray([[1.0, 2.0]]).view(np.matrix)) == [1.0, 2.0]
