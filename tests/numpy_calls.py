"""NumPy's documented surface as calls on one tracked array ``x``, and what becomes of each.

    python tests/numpy_calls.py        # the counts, and the calls that are refused with their errors

`test_numpy_calls.py` holds that each call is right or stands in REFUSED; `numpy_page.py` reads the tiers from them.
"""

import math
import operator
import warnings
from collections import Counter

import numpy as np

from autograd import DetachError, Node, PerformanceWarning, Tensor
from autograd.check import central_difference

INPUTS = {
    "number": np.array(0.7),
    "vector": np.array([1.3, -0.4, 2.1]),
    "positive": np.array([0.3, 1.7, 0.9]),
    "inside": np.array([0.3, -0.7, 0.5]),  # between -1 and 1
    "above": np.array([1.3, 2.7, 1.9]),  # above 1
    "matrix": np.array([[0.5, -1.2, 0.3], [2.0, 0.7, -0.9]]),
    "square": np.array([[2.0, 0.5], [0.3, 1.5]]),
    "stack": np.array([[[0.5, -1.2], [2.0, 0.7]], [[1.5, 0.3], [-0.4, 0.9]]]),
}
A, B = np.array([[1.0, 2.0, -1.0], [0.5, -2.0, 3.0]]), np.array([1.0, -2.0, 0.5])
DIRECTION, ZERO = (
    np.random.default_rng(0).uniform(0.5, 1.5, 8),
    np.zeros(1),
)  # all entries move at once, each its own way
GIVEN = {"np": np, "math": math, "operator": operator, "A": A, "B": B}

CALLS = {
    # --- one number in, one out --------------------------------------------------------------------------------
    "vector": """
        np.sin(x)
        np.cos(x)
        np.tan(x)
        np.arctan(x)
        np.sinh(x)
        np.cosh(x)
        np.tanh(x)
        np.arcsinh(x)
        np.degrees(x)
        np.radians(x)
        np.deg2rad(x)
        np.rad2deg(x)
        np.exp(x)
        np.expm1(x)
        np.exp2(x)
        np.square(x)
        np.cbrt(x)
        np.absolute(x)
        np.fabs(x)
        np.sign(x) * x
        np.negative(x)
        np.positive(x)
        np.reciprocal(x)
        np.conjugate(x)
        np.floor(x) * x
        np.ceil(x) * x
        np.trunc(x) * x
        np.rint(x) * x
        np.fix(x) * x
        np.round(x, 1) * x
        np.around(x) * x
        np.sinc(x)
        np.i0(x)
        np.nan_to_num(x)
        np.real(x)
        np.imag(x) * x
        np.angle(x) * x
        np.real_if_close(x)
        np.spacing(x)
        np.unwrap(x * 4)
        np.emath.sqrt(x * x)
        np.heaviside(x, 0.5) * x
        np.modf(x)
        np.frexp(x)
        np.ldexp(x, 2)
        np.copysign(x, -1.0)
        np.nextafter(x, 9.0)
        np.clip(x, 0, 1.5)
        np.clip(x, 0, None)
        np.clip(x, min=0.0)
        np.clip(1.0, x, x + 5)
        np.vectorize(lambda a: a * a)(x)
        np.frompyfunc(lambda a: a * a, 1, 1)(x)
        np.piecewise(x, [x > 0], [lambda z: z * 2, lambda z: z])
        np.select([x > 1, x > 0], [x, x * x], 0.0)
        np.where(x > 0, x, 0.01 * x)
        np.where(x > 0, np.exp(x), 1 - x)
        np.choose([0, 1, 0], [x, x * x])
        np.exp(x, dtype=float)
        np.add(x, 1.0, casting="same_kind")
        np.log(x * x, where=[True, True, True])
        np.exp(x, where=[True, True, False])
        np.exp(x, out=np.zeros(3))
        np.add(x, x)
        np.add(x, 1)
        np.subtract(1, x)
        np.multiply(x, B)
        np.divide(B, x)
        np.true_divide(1, x)
        np.power(x, 2)
        np.power(2.0, x)
        np.float_power(x * x, 2)
        np.mod(x, 0.8)
        np.fmod(x, 0.8)
        np.remainder(5.0, x)
        np.floor_divide(x, 0.8) * x
        np.divmod(x, 0.8)
        np.maximum(x, B)
        np.minimum(x, 1.0)
        np.fmax(x, B)
        np.fmin(x, 0.0)
        np.hypot(x, B)
        np.arctan2(x, B)
        np.logaddexp(x, B)
        np.logaddexp2(x, B)
        x + 1
        1 - x
        B / (x * x + 1)
        x ** 2
        2 ** x
        -x
        abs(x)
        x.round(1) * x
        x % 0.8
        x // 0.8 * x
        divmod(x, 0.8)
        x * [1.0, -2.0, 0.5]
        np.float32(2.0) * x
        x * np.array([True, False, True])
    """,
    "positive": """
        np.log(x)
        np.log2(x)
        np.log10(x)
        np.log1p(x)
        np.sqrt(x)
        x ** 0.5
        x ** x
        np.power(x, B)
        np.float_power(x, -1.5)
        np.arctan2(1.0, x)
        np.geomspace(1.0, x[2], 4)
        np.geomspace(x[0], x[2], 4)
        np.logspace(0.0, x[0], 3)
        np.emath.log(x)
        -np.sum(x * np.log(x))
        np.exp(np.mean(np.log(x)))
        1 / np.mean(1 / x)
        np.average(B, weights=x)
        np.histogram([1.0, 2.0, 1.5], weights=x)
        np.bincount([0, 1, 1], weights=x)
    """,
    "inside": """
        np.arcsin(x)
        np.arccos(x)
        np.arctanh(x)
        np.arcsin(x) + np.arccos(x)
    """,
    "above": """
        np.arccosh(x)
        np.linspace(0.0, x[0], 3)
        np.linspace(x[0], x[2], 4)
        np.linspace(x, x * 2, 3)
        np.arange(x[0])
        np.full(3, x[0])
        np.full_like(x, x[0])
        np.full_like(B, x[0])
        np.ones_like(x) * x
        np.zeros_like(x) + x
        np.empty_like(x).shape[0] * x
        np.eye(3) * x[0]
        np.identity(3) @ x
        np.tri(3) @ x
        np.meshgrid(x, x)
        np.meshgrid(x, B, indexing="ij")
        np.vander(x)
        np.fromfunction(lambda i: i * x[0], (3,))
        np.copy(x)
        np.array(x)
        np.array([x, x * x])
        np.array([x[0], 2.0, x[1]])
        np.asarray(x)
        np.asanyarray(x)
        np.ascontiguousarray(x)
        np.asfortranarray(x)
        np.asarray_chkfinite(x)
        np.require(x)
        np.fromiter(x, float)
        np.asarray(x, dtype=float)
        np.float64(x[0])
        np.astype(x, np.float64)
        np.r_[x, 1.0]
        np.c_[x, x]
        np.broadcast_arrays(x, A)
        np.broadcast_to(x, (2, 3))
    """,
    # --- sums, orders, sets ------------------------------------------------------------------------------------
    "matrix": """
        np.sum(x)
        np.sum(x, axis=0)
        np.sum(x, axis=(0, 1))
        np.sum(x, -1, keepdims=True)
        np.sum(x, dtype=float)
        np.sum(x, initial=2.0)
        np.sum(x, where=A > 0)
        np.mean(x)
        np.mean(x, 1)
        np.mean(x, axis=0, keepdims=True)
        np.mean(x, where=A > 0)
        np.var(x)
        np.var(x, axis=0, ddof=1)
        np.var(x, axis=1, mean=np.zeros((2, 1)))
        np.std(x, axis=1)
        np.std(x, correction=1)
        np.median(x)
        np.median(x, axis=1)
        np.average(x, axis=0, weights=[1.0, 3.0])
        np.average(x, axis=1, weights=[1.0, 2.0, 3.0])
        np.percentile(x, 30)
        np.quantile(x, 0.3, axis=1)
        np.prod(x, axis=0)
        np.prod(x, initial=3.0)
        np.max(x)
        np.max(x, axis=1, keepdims=True)
        np.max(x, initial=0.8)
        np.min(x, axis=0)
        np.amax(x)
        np.amin(x, 1)
        np.ptp(x, axis=1)
        np.nansum(x, axis=0)
        np.nanmean(x)
        np.nanmax(x)
        np.nanmin(x, axis=0)
        np.nanprod(x)
        np.nanvar(x)
        np.nanstd(x, axis=0)
        np.nanmedian(x)
        np.nanpercentile(x, 30)
        np.nanquantile(x, 0.3)
        np.nancumsum(x)
        np.nancumprod(x)
        np.cumsum(x, axis=1)
        np.cumprod(x, axis=0)
        np.cumulative_sum(x, axis=1)
        np.cumulative_prod(x, axis=1)
        np.diff(x)
        np.diff(x, axis=0)
        np.diff(x, n=2)
        np.ediff1d(x)
        np.gradient(x, axis=1)
        np.trapezoid(x, dx=0.5)
        np.trapezoid([1.0, 2.0, 4.0], x)
        np.cov(x)
        np.corrcoef(x)
        np.sort(x)
        np.sort(x, axis=0)
        np.sort(x, axis=None)
        np.partition(x, 1)
        np.sort_complex(x)
        np.unique(x)
        np.unique_values(x)
        np.unique(x, return_inverse=True)
        np.unique_counts(x)
        np.unique_inverse(x)
        np.unique_all(x)
        np.union1d(x, [7.0, 0.1])
        np.intersect1d(x, x)
        np.setdiff1d(x, [7.0, 0.1])
        np.setxor1d(x, [7.0, 0.1])
        np.add.reduce(x)
        np.add.reduce(x, axis=1)
        np.multiply.reduce(x)
        np.maximum.reduce(x, axis=1)
        np.logaddexp.reduce(x)
        np.add.accumulate(x)
        np.multiply.accumulate(x, axis=1)
        np.maximum.accumulate(x)
        np.add.outer(x, B)
        np.subtract.outer(B, x)
        np.multiply.outer(x, B)
        np.add.reduceat(x, [0, 1])
        np.histogram(x)
        np.histogram2d(x[0], x[1])
        np.histogramdd(x)
        np.histogram_bin_edges(x)
        np.apply_along_axis(lambda row: row * row.sum(), 1, x)
        np.apply_over_axes(np.sum, x, [0, 1])
        np.linalg.norm(x)
        np.linalg.norm(x, axis=1, keepdims=True)
        np.linalg.norm(x, 1) + np.linalg.norm(x, np.inf)
        np.linalg.norm(x, "fro")
        np.linalg.norm(x, 3, axis=0)
        np.linalg.vector_norm(x, axis=1)
        np.linalg.vector_norm(x, ord=1)
        np.linalg.matrix_norm(x)
        np.argmax(x, axis=1) * x.sum()
        np.argmin(x) * x.sum()
        np.nanargmax(x) * x.sum()
        np.nanargmin(x) * x.sum()
        np.argsort(x) * x
        np.argpartition(x, 1) * x
        x[np.nonzero(x > 0)]
        np.count_nonzero(x) * x
        np.searchsorted([0.0, 1.0], x) * x
        np.digitize(x, [0.0, 1.0]) * x
        np.lexsort(x) * x
        np.argwhere(x > 0).sum() * x
        np.isin(x, [0.1]) * x
        np.isclose(x, 0.1) * x
        np.isfinite(x) * x
        np.allclose(x, x) * x
        np.array_equal(x, x) * x
        np.logical_and(x, 1) * x
        np.signbit(x) * x
        np.any(x > 1) * x
    """,
    # --- shapes and places ---------------------------------------------------------------------------------------
    "stack": """
        np.reshape(x, (2, 4))
        np.reshape(x, 8, order="F")
        np.reshape(x, (4, 2), copy=True)
        np.ravel(x)
        np.ravel(x, order="F")
        np.transpose(x)
        np.transpose(x, axes=(1, 0, 2))
        np.permute_dims(x, (1, 0, 2))
        np.matrix_transpose(x)
        np.linalg.matrix_transpose(x)
        np.swapaxes(x, 0, 1)
        np.moveaxis(x, 0, 1)
        np.rollaxis(x, 2)
        np.expand_dims(x, (0, 3))
        np.squeeze(x[None])
        np.atleast_1d(x)
        np.atleast_2d(x[0, 0], x[1])
        np.atleast_3d(x[0])
        np.flip(x)
        np.flip(x, axis=1)
        np.fliplr(x)
        np.flipud(x)
        np.rot90(x)
        np.rot90(x, 2, axes=(1, 2))
        np.roll(x, 1)
        np.roll(x, (1, 1), axis=(0, 2))
        np.concatenate([x, x], axis=2)
        np.concatenate([x, x * x], axis=None)
        np.concatenate([x, x], dtype=float)
        np.concat([x, x])
        np.stack([x, x], axis=-1)
        np.vstack([x, x])
        np.hstack([x, x])
        np.dstack([x, x])
        np.column_stack([x[0, 0], x[1, 1]])
        np.block([[x[0], x[1]], [x[1], x[0]]])
        np.append(x, x, axis=0)
        np.append(x, 1.0)
        np.insert(x, 1, 5.0)
        np.insert([1.0, 2.0], 1, x[0, 0, 0])
        np.delete(x, 1, axis=0)
        np.split(x, 2)
        np.split(x, [1], axis=2)
        np.array_split(x, 2, axis=1)
        np.hsplit(x, 2)
        np.vsplit(x, 2)
        np.dsplit(x, 2)
        np.unstack(x, axis=1)
        np.tile(x, (2, 1))
        np.repeat(x, 2, axis=1)
        np.repeat(x, [1, 2], axis=0)
        np.pad(x, 1)
        np.pad(x, ((0, 1), (1, 0), (0, 0)), mode="edge")
        np.pad(x, 1, mode="reflect")
        np.resize(x, (3, 4))
        np.trim_zeros(x.ravel())
        np.take(x, [1, 0, 1], axis=2)
        np.take(x, [3, 9], mode="wrap")
        np.take_along_axis(x, np.array([[[1, 0]], [[0, 0]]]), axis=1)
        np.compress([True, False], x, axis=0)
        np.extract(x > 0, x)
        x[x > 0]
        x[0]
        x[..., -1]
        x[:, [0, 0]]
        x[[0, 1], [1, 0]]
        x[None, :, 0]
        x[::-1, 1:]
        x[np.ix_([0, 1], [1])]
        x.T
        x.reshape(-1)
        x.flatten()
        x.swapaxes(0, 2)
        x.sum(axis=(0, 2))
        x.mean(axis=1)
        x.max(axis=0)
        x.cumsum(axis=1)
        x.clip(-0.1, 1.0)
        x.take([0, 1])
        x.repeat(2)
        x.std()
        x.dot(B[:2])
        np.lib.stride_tricks.sliding_window_view(x, 2, axis=0)
        np.lib.stride_tricks.as_strided(x, (2,), (8,))
        [part * 2 for part in x]
        sum(x)
        np.shape(x)[0] * x
        np.ndim(x) * x
        np.size(x) * x
        np.unravel_index(x[0].argmax(), (2, 2))[0] * x
    """,
    # --- linear algebra and polynomials ----------------------------------------------------------------------------
    "square": """
        x @ x
        x @ B[:2]
        np.matmul(x, x)
        np.linalg.matmul(x, x)
        np.dot(x, x)
        np.dot(A.T, x)
        np.vdot(x, x)
        np.vecdot(x, x)
        np.linalg.vecdot(x, x)
        np.matvec(x, [1.0, 2.0])
        np.vecmat([1.0, 2.0], x)
        np.inner(x, x)
        np.outer(x, B)
        np.linalg.outer(x[0], x[1])
        np.kron(x, [[1.0, 2.0]])
        np.cross(x @ A, A)
        np.linalg.cross(x @ A, A)
        np.tensordot(x, x, 1)
        np.tensordot(x, x, axes=((0, 1), (1, 0)))
        np.linalg.tensordot(x, x)
        np.einsum("ij,jk->ik", x, x)
        np.einsum("ii", x)
        np.einsum("ij,jk,kl->il", x, x, x, optimize=True)
        np.einsum(x, [0, 1], x, [1, 2])
        np.trace(x)
        np.linalg.trace(x)
        np.diag(x)
        np.diag(x[0])
        np.diagflat(x)
        np.diagonal(x, offset=1)
        np.linalg.diagonal(x)
        np.tril(x)
        np.triu(x, 1)
        x[np.diag_indices(2)]
        x[np.triu_indices_from(x)]
        np.linalg.inv(x)
        np.linalg.det(x)
        np.linalg.slogdet(x)
        np.linalg.solve(x, [1.0, 2.0])
        np.linalg.solve(A[:, :2], x)
        np.linalg.lstsq(x, [1.0, 2.0])[0]
        np.linalg.pinv(x)
        np.linalg.cholesky(x @ x.T)
        np.linalg.qr(x)
        np.linalg.svd(x)[1]
        np.linalg.svdvals(x)
        np.linalg.eigh(x + x.T)[0]
        np.linalg.eigvalsh(x + x.T)
        np.linalg.eig(x)[0]
        np.linalg.eigvals(x)
        np.linalg.cond(x)
        np.linalg.matrix_rank(x) * x
        np.linalg.matrix_power(x, 3)
        np.linalg.matrix_power(x, -1)
        np.linalg.multi_dot([x, x, x])
        np.linalg.norm(x, 2)
        np.linalg.norm(x, "nuc")
        np.linalg.tensorinv(x.reshape(2, 1, 2), ind=2)
        np.linalg.tensorsolve(x, [1.0, 2.0])
        np.convolve(x[0], [1.0, 2.0])
        np.convolve([1.0, 2.0, 3.0], x[0], mode="same")
        np.correlate(x[0], x[1], mode="full")
        np.interp(0.5, [0.0, 1.0], x[0])
        np.interp(x[0], [0.0, 1.0, 3.0], B)
        np.poly(x[0])
        np.polyval(x[0], 2.0)
        np.polyval([1.0, 2.0, 3.0], x)
        np.polyadd(x[0], B)
        np.polysub(B, x[0])
        np.polymul(x[0], B)
        np.polydiv(B, x[0])
        np.polyder(x[0])
        np.polyint(x[0])
        np.polyfit([0.0, 1.0], x[0], 1)
        np.roots(x[0])
        np.poly1d(x[0])(2.0)
        np.polynomial.polynomial.polyval(2.0, x[0])
        np.polynomial.Polynomial(x[0])(2.0)
        np.polynomial.chebyshev.chebval(0.5, x[0])
        np.hanning(2) * x
        np.fft.fft(x)
        np.copyto(np.zeros((2, 2)), x)
        np.put(np.zeros(4), [0, 1, 2, 3], x)
        np.place(np.zeros(4), [True] * 4, x)
        np.putmask(np.zeros((2, 2)), x > 0, x)
        np.put_along_axis(np.zeros((2, 2)), np.array([[0], [1]]), x[:, :1], 1)
        np.fill_diagonal(np.eye(2), x[0])
        np.add.at(np.zeros(4), [0, 1], x[0])
        np.random.default_rng(0).permutation(x)
        np.random.default_rng(0).normal(x, 1.0)
        np.ma.array(x)
        x.tolist()
    """,
    # --- whole formulas ---------------------------------------------------------------------------------------------
    "number": """
        1 / (1 + np.exp(-x))
        np.log(1 + np.exp(x))
        np.maximum(0, x)
        np.where(x > 0, x, 0.01 * x)
        np.sqrt(1 - x ** 2)
        np.polyval([1.0, 2.0, 3.0], x)
        np.array([np.cos(x), -np.sin(x)])
        np.stack([np.cos(x), np.sin(x)])
        np.clip(x, 0, 1)
        x * B
        math.prod([x, x, x])
        max(x, 0.5)
        float(x)
        math.exp(x)
    """,
}

FORMULAS = {
    "matrix": """
        np.exp(x - np.max(x)) / np.exp(x - np.max(x)).sum()
        np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
        np.log(np.sum(np.exp(x), axis=1))
        (x - x.mean(axis=0)) / x.std(axis=0)
        (x - np.min(x)) / np.ptp(x)
        x / np.linalg.norm(x, axis=1, keepdims=True)
        -np.mean(A * np.log(1 / (1 + np.exp(-x))))
        np.mean((x - A) ** 2)
        np.mean(np.abs(x - A))
        np.where(np.abs(x - A) < 1, 0.5 * (x - A) ** 2, np.abs(x - A) - 0.5).sum()
        np.sum(np.maximum(0, 1 - np.sign(A) * x))
        np.sum((x[:, None] - x[None]) ** 2, axis=-1)
        np.maximum(0, x @ A.T + 1) @ A
        np.einsum("ij,kj->ik", x, A) / np.sqrt(3)
        np.dot(x[0], x[1]) / (np.linalg.norm(x[0]) * np.linalg.norm(x[1]))
        np.cumsum(x[:, ::-1], axis=1)[:, ::-1]
        np.tanh(np.concatenate([x, A], axis=1)).mean(axis=0)
        np.prod(1 - x ** 2 / 9, axis=1)
        np.take(x, np.argmax(x, axis=1), axis=1)
        x[np.arange(2), [2, 0]]
        np.sort(x, axis=1)[:, -2:].sum(axis=1)
        np.trapezoid(np.exp(-x), dx=0.1)
    """,
}  # fmt: skip

# Why calls are refused, by what they call. What gets a rule can leave the list.
FLOATS_ONLY = "NumPy computes it in C, of floats only, and it has no rule"
COMPLEX = "the answer is complex, and an op is a function of real numbers"
STORED = "about how floats are stored"
COUNTS = "counts move in jumps; `np.bincount(positions, weights)` has the gradient of weights"
TO_NUMBERS = "turns nodes into plain numbers: a DetachError says what to write"
WRITES = "writes into an array of numbers: `t.at[i].set(v)`"
REFUSED = {
    "np.arange": "gives as many numbers as the values say", "np.fft.": COMPLEX, "np.histogram": COUNTS,
    "np.linalg.eig(": COMPLEX, "np.linalg.eigvals(": COMPLEX, "np.nextafter": STORED, "np.roots": COMPLEX,
    "np.sort_complex": COMPLEX, "np.spacing": STORED, "where=[True, True, False])": "what is left out has no value",
    "np.asarray(x, dtype=float)": TO_NUMBERS, "np.float64(": TO_NUMBERS, "np.fromiter(": TO_NUMBERS,
    "float(x)": TO_NUMBERS, "math.exp(": TO_NUMBERS, "normal(x": TO_NUMBERS, "x.tolist()": TO_NUMBERS,
    "np.full_like(B": WRITES, "out=np.zeros": WRITES, "np.copyto(": WRITES, "np.put(": WRITES, "np.place(": WRITES,
    "np.putmask(": WRITES, "np.put_along_axis(": WRITES, "np.fill_diagonal(": WRITES, "np.add.at(": WRITES,
    "np.polydiv": FLOATS_ONLY,
}  # fmt: skip


def reason_of(line):
    """Why the call is refused; None if there is no reason."""
    return next((reason for part, reason in REFUSED.items() if part in line), None)


def calls() -> list[tuple[str, str]]:
    """Every call with the name of the input that it takes."""
    return [
        (name, line.strip())
        for table in (CALLS, FORMULAS)
        for name, text in table.items()
        for line in text.strip().splitlines()
    ]


def written(expression):
    return eval(f"lambda x: {expression}", dict(GIVEN))


def entries(y):
    """Every number and node in a result, arrays taken apart."""
    if isinstance(y, np.ndarray):
        y = np.asarray(y).tolist()  # an np.matrix has no rows but matrices
    if isinstance(y, (list, tuple)):
        return [entry for part in y for entry in entries(part)]
    if isinstance(y, Tensor) and y.ndim:
        return [entry for part in y.ravel() for entry in entries(part)]
    return [y] if isinstance(y, (Node, float, int, np.number)) else []


def total(y):
    """One number that depends on every entry of a result, each with a weight of its own."""
    return sum((entry * math.cos(i) for i, entry in enumerate(entries(y))), start=0.0)


def shape_of(y):
    """The shape of a result, of several results their shapes."""
    return [shape_of(part) for part in y] if isinstance(y, (list, tuple)) else np.shape(y)


def outcome(function, x):
    """What becomes of a call on ``Tensor(x)``: "right", "slow" (right, with a warning), or the error."""
    leaf = Tensor(x)
    expected = function(x[()])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            got = function(leaf)
        except Exception as error:  # noqa: BLE001
            return error
        slow = any(isinstance(warning.message, PerformanceWarning) for warning in caught)
        if shape_of(got) != shape_of(expected):
            return "wrong"
        got = total(got)
        slope = central_difference(
            lambda t: total(function((x + t[0] * DIRECTION[: x.size].reshape(x.shape))[()])), ZERO, 0
        )
    if not isinstance(got, Node):
        return "detached" if abs(slope) > 1e-7 else "right"
    got.backward()
    gradient = np.zeros(x.shape) if leaf.grad is None else leaf.grad
    agree = np.isclose(np.ravel(gradient) @ DIRECTION[: x.size], slope, 1e-6, 1e-6)
    agree = agree and np.isclose(got.item(), total(expected), 1e-12)
    return "wrong" if not agree else "slow" if slow else "right"


def main():
    found = [(line, outcome(written(line), INPUTS[name])) for name, line in calls()]
    counts = Counter("refused" if isinstance(result, Exception) else result for _, result in found)
    print(f"{len(found)} calls: " + ", ".join(f"{n} {what}" for what, n in counts.most_common()))
    for line, result in found:
        if isinstance(result, Exception):
            kind = "" if isinstance(result, (DetachError, NotImplementedError)) else "  (!)"
            print(f"{line:60} {type(result).__name__}: {str(result)[:100]}{kind}")
        elif result in ("wrong", "detached"):
            print(f"{line:60} {result.upper()}")


if __name__ == "__main__":
    main()
