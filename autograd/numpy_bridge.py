"""NumPy's own functions on nodes: ``np.exp(t)``, ``np.sum(t, axis=0)``, ``np.concatenate([t, u])``.

NumPy hands calls that meet a node to ``__array_ufunc__`` and ``__array_function__``, and those come here. A
function is in one of the tables below, or NumPy's own code runs on Values (object_loops.py), or it raises an error
that names it: a gradient is never lost without a word.
May import numpy_writing.py, object_loops.py, scipy_ufuncs.py and ufunc_methods.py. Read operators.py next.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

import numpy as np

from autograd import ops
from autograd.mode import only_looked_at
from autograd.node import Node, describe, plain
from autograd.numpy_writing import WRITERS, function_into, into, written
from autograd.object_loops import is_live, is_objects, leaves, public, run_on_values
from autograd.op import Op, boxed
from autograd.ops import masked
from autograd.scipy_ufuncs import function_for
from autograd.ufunc_methods import METHODS

__all__ = ["array_function", "array_ufunc"]


def float_power(x1: Any, x2: Any) -> Any:
    """As np.float_power: a power in float64 at least."""
    narrow = [isinstance(x, Node) and plain(x).__class__ is np.ndarray and plain(x).itemsize < 8 for x in (x1, x2)]
    wide = (ops.astype(x, np.float64) if cast else x for x, cast in zip((x1, x2), narrow, strict=True))
    return ops.power(*wide)


UFUNCS: dict[Any, Callable[..., Any]] = {
    np.absolute: ops.absolute, np.add: ops.add, np.arccos: ops.arccos, np.arccosh: ops.arccosh, np.arcsin: ops.arcsin,
    np.arcsinh: ops.arcsinh, np.arctan2: ops.arctan2, np.arctan: ops.arctan, np.arctanh: ops.arctanh, np.cbrt: ops.cbrt,
    np.ceil: ops.ceil, np.conjugate: ops.identity, np.copysign: ops.copysign, np.cos: ops.cos, np.cosh: ops.cosh,
    np.deg2rad: ops.deg2rad, np.degrees: ops.rad2deg, np.divide: ops.divide, np.divmod: ops.divmod, np.exp2: ops.exp2,
    np.exp: ops.exp, np.expm1: ops.expm1, np.fabs: ops.absolute, np.float_power: float_power, np.floor: ops.floor,
    np.floor_divide: ops.floor_divide, np.fmax: ops.fmax, np.fmin: ops.fmin, np.fmod: ops.fmod, np.frexp: ops.frexp,
    np.heaviside: ops.heaviside, np.hypot: ops.hypot, np.ldexp: ops.ldexp, np.log10: ops.log10, np.log1p: ops.log1p,
    np.log2: ops.log2, np.log: ops.log, np.logaddexp2: ops.logaddexp2, np.logaddexp: ops.logaddexp,
    np.matmul: ops.matmul, np.maximum: ops.maximum, np.minimum: ops.minimum, np.modf: ops.modf,
    np.multiply: ops.multiply, np.negative: ops.negative, np.positive: ops.identity, np.power: ops.power,
    np.rad2deg: ops.rad2deg, np.radians: ops.deg2rad, np.reciprocal: ops.reciprocal, np.remainder: ops.mod,
    np.rint: ops.rint, np.sign: ops.sign, np.sin: ops.sin, np.sinh: ops.sinh, np.sqrt: ops.sqrt, np.square: ops.square,
    np.subtract: ops.subtract, np.tan: ops.tan, np.tanh: ops.tanh, np.trunc: ops.trunc,
}  # fmt: skip


def full_like(a: Any, fill_value: Any, *args: Any, **kwargs: Any) -> Any:
    """As np.full_like; filled with a node it is a Tensor."""
    if is_live(fill_value):
        return ops.broadcast_to(fill_value, np.shape(plain(a)))
    return np.full_like(plain(a), plain(fill_value), *args, **kwargs)


def linalg_outer(x1: Any, x2: Any) -> Any:
    """As np.linalg.outer, of vectors only."""
    if len(np.shape(plain(x1))) != 1 or len(np.shape(plain(x2))) != 1:
        raise ValueError(f"np.linalg.outer takes vectors, not {describe(x1)} and {describe(x2)}; see np.outer")
    return ops.outer(x1, x2)


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.amax: masked.max, np.amin: masked.min, np.angle: ops.angle, np.around: ops.rint, np.astype: ops.astype,
    np.average: ops.average, np.choose: ops.choose, np.clip: ops.clip, np.copy: ops.identity, np.cumprod: ops.cumprod,
    np.cumsum: ops.cumsum, np.fix: ops.trunc, np.full_like: full_like, np.i0: ops.i0, np.imag: ops.imag,
    np.max: masked.max, np.mean: masked.mean, np.median: ops.median, np.min: masked.min, np.nan_to_num: ops.nan_to_num,
    np.nancumprod: ops.nancumprod, np.nancumsum: ops.nancumsum, np.nanmax: ops.nanmax, np.nanmean: ops.nanmean,
    np.nanmedian: ops.nanmedian, np.nanmin: ops.nanmin, np.nanpercentile: ops.nanpercentile, np.nanprod: ops.nanprod,
    np.nanquantile: ops.nanquantile, np.nanstd: ops.nanstd, np.nansum: ops.nansum, np.nanvar: ops.nanvar,
    np.percentile: ops.percentile, np.piecewise: ops.piecewise, np.prod: masked.prod, np.ptp: ops.ptp,
    np.quantile: ops.quantile, np.real: ops.identity, np.real_if_close: ops.identity, np.round: ops.rint,
    np.select: ops.select, np.sinc: ops.sinc, np.std: masked.std, np.sum: masked.sum, np.unwrap: ops.unwrap,
    np.var: masked.var, np.where: ops.where,
}  # fmt: skip

# Those that move entries: axes, indices, joining, order.
MOVES: dict[Any, Callable[..., Any]] = {
    np.append: ops.append, np.array_split: ops.array_split, np.atleast_1d: ops.atleast_1d,
    np.atleast_2d: ops.atleast_2d, np.atleast_3d: ops.atleast_3d, np.bincount: ops.bincount, np.block: ops.block,
    np.broadcast_arrays: ops.broadcast_arrays, np.broadcast_to: ops.broadcast_to, np.column_stack: ops.column_stack,
    np.compress: ops.compress, np.concatenate: ops.concatenate, np.delete: ops.delete, np.diag: ops.diag,
    np.diagflat: ops.diagflat, np.diagonal: ops.diagonal, np.dsplit: ops.dsplit, np.dstack: ops.dstack,
    np.expand_dims: ops.expand_dims, np.extract: ops.extract, np.flip: ops.flip, np.fliplr: ops.fliplr,
    np.flipud: ops.flipud, np.hsplit: ops.hsplit, np.hstack: ops.hstack, np.insert: ops.insert, np.ix_: ops.ix_,
    np.matrix_transpose: ops.matrix_transpose, np.meshgrid: ops.meshgrid, np.moveaxis: ops.moveaxis, np.pad: ops.pad,
    np.partition: ops.partition, np.ravel: ops.ravel, np.repeat: ops.repeat, np.reshape: ops.reshape_in_order,
    np.resize: ops.resize, np.roll: ops.roll, np.rollaxis: ops.rollaxis, np.rot90: ops.rot90, np.sort: ops.sort,
    np.split: ops.split, np.squeeze: ops.squeeze, np.stack: ops.stack, np.swapaxes: ops.swapaxes, np.take: ops.take,
    np.take_along_axis: ops.take_along_axis, np.tile: ops.tile, np.transpose: ops.transpose, np.tril: ops.tril,
    np.trim_zeros: ops.trim_zeros, np.triu: ops.triu, np.union1d: ops.union1d, np.unique: ops.unique,
    np.vsplit: ops.vsplit, np.vstack: ops.vstack,
    np.lib.stride_tricks.sliding_window_view: ops.sliding_window_view,
}  # fmt: skip

PRODUCTS: dict[Any, Callable[..., Any]] = {
    np.cross: ops.cross, np.dot: ops.dot, np.einsum: ops.einsum, np.inner: ops.inner, np.kron: ops.kron,
    np.outer: ops.outer, np.tensordot: ops.tensordot, np.trace: ops.trace, np.vdot: ops.vdot,
}  # fmt: skip

LINALG: dict[Any, Callable[..., Any]] = {
    np.linalg.cholesky: ops.cholesky, np.linalg.cond: ops.cond, np.linalg.det: ops.det, np.linalg.eigh: ops.eigh,
    np.linalg.eigvalsh: ops.eigvalsh, np.linalg.inv: ops.inv, np.linalg.lstsq: ops.lstsq,
    np.linalg.matmul: ops.matmul, np.linalg.matrix_norm: ops.matrix_norm, np.linalg.matrix_power: ops.matrix_power,
    np.linalg.matrix_transpose: ops.matrix_transpose, np.linalg.multi_dot: ops.multi_dot, np.linalg.norm: ops.norm,
    np.linalg.pinv: ops.pinv, np.linalg.qr: ops.qr, np.linalg.slogdet: ops.slogdet, np.linalg.solve: ops.solve,
    np.linalg.svd: ops.svd, np.linalg.svdvals: ops.svdvals, np.linalg.tensordot: ops.tensordot,
    np.linalg.tensorinv: ops.tensorinv, np.linalg.tensorsolve: ops.tensorsolve, np.linalg.vecdot: ops.vecdot,
    np.linalg.vector_norm: ops.vector_norm,
    np.linalg.cross: lambda x1, x2, axis=-1: ops.cross(x1, x2, axis=axis),
    np.linalg.diagonal: lambda x, offset=0: ops.diagonal(x, offset, -2, -1),
    np.linalg.outer: linalg_outer,
    np.linalg.trace: lambda x, offset=0: ops.trace(x, offset, -2, -1),
}  # fmt: skip

SEQUENCES: dict[Any, Callable[..., Any]] = {
    np.apply_along_axis: ops.apply_along_axis, np.apply_over_axes: ops.apply_over_axes, np.convolve: ops.convolve,
    np.corrcoef: ops.corrcoef, np.correlate: ops.correlate, np.cov: ops.cov, np.diff: ops.diff,
    np.ediff1d: ops.ediff1d, np.geomspace: ops.geomspace, np.gradient: ops.gradient, np.interp: ops.interp,
    np.linspace: ops.linspace, np.logspace: ops.logspace, np.poly: ops.poly, np.polyfit: ops.polyfit,
    np.polyval: ops.polyval, np.trapezoid: ops.trapezoid, np.vander: ops.vander,
}  # fmt: skip

# What the first releases of NumPy 2 have not.
NEWER: dict[str, Callable[..., Any]] = {
    "cumulative_prod": ops.cumulative_prod, "cumulative_sum": ops.cumulative_sum, "matvec": ops.matvec,
    "unstack": ops.unstack, "vecdot": ops.vecdot, "vecmat": ops.vecmat,
}  # fmt: skip
FOUND = {vars(np)[name]: function for name, function in NEWER.items() if name in vars(np)}
UFUNCS |= {numpys: function for numpys, function in FOUND.items() if isinstance(numpys, np.ufunc)}
FUNCTIONS |= MOVES | PRODUCTS | LINALG | SEQUENCES | FOUND

REDUCTIONS: dict[tuple[Any, str], Callable[..., Any]] = {
    (np.add, "accumulate"): ops.cumsum, (np.add, "reduce"): masked.sum, (np.logaddexp, "reduce"): ops.logsumexp,
    (np.maximum, "reduce"): masked.max, (np.minimum, "reduce"): masked.min, (np.multiply, "accumulate"): ops.cumprod,
    (np.multiply, "reduce"): masked.prod,
}  # fmt: skip

# Why a function has no rule, and what to do.
FOURIER = "a Fourier transform is complex, and a node holds real numbers; write it with two matrices, np.cos and np.sin"
REASONS: dict[Any, str] = {
    np.histogram: "counts move in jumps; np.bincount(positions, weights) has the gradient of weights",
    np.linalg.eig: "its results may be complex; of a symmetric matrix take np.linalg.eigh",
    np.linalg.eigvals: "its results may be complex; of a symmetric matrix take np.linalg.eigvalsh",
    np.nextafter: "it is about how floats are stored",
    np.roots: "its results may be complex",
    np.spacing: "it is about how floats are stored",
}
REASONS |= {vars(np.fft)[name]: FOURIER for name in np.fft.__all__ if name.endswith(("fft", "fft2", "fftn"))}

# Answers that are no function of the values that could be differentiated: plain arrays.
PLAIN_UFUNCS: set[Any] = {
    np.equal, np.greater, np.greater_equal, np.isfinite, np.isinf, np.isnan, np.less, np.less_equal, np.logical_and,
    np.logical_not, np.logical_or, np.logical_xor, np.not_equal, np.signbit,
}  # fmt: skip
PLAIN_FUNCTIONS: set[Any] = {
    np.all, np.allclose, np.any, np.argmax, np.argmin, np.argpartition, np.argsort, np.argwhere, np.array2string,
    np.array_equal, np.array_equiv, np.array_repr, np.array_str, np.can_cast, np.count_nonzero, np.diag_indices_from,
    np.digitize, np.einsum_path, np.empty_like, np.flatnonzero, np.isclose, np.iscomplex, np.iscomplexobj, np.isin,
    np.isneginf, np.isposinf, np.isreal, np.isrealobj, np.lexsort, np.linalg.matrix_rank, np.may_share_memory,
    np.min_scalar_type, np.nanargmax, np.nanargmin, np.ndim, np.nonzero, np.ones_like, np.result_type, np.save,
    np.savetxt, np.savez, np.savez_compressed, np.searchsorted, np.shape, np.shares_memory, np.size,
    np.tril_indices_from, np.triu_indices_from, np.zeros_like,
}  # fmt: skip


def array_ufunc(  # noqa: PLR0911 (a case a line)
    ufunc: Any, method: str, inputs: tuple[Any, ...], out: Any, kwargs: dict[str, Any]
) -> Any:
    """What ``__array_ufunc__`` of a node does."""
    if method == "at":
        return written(f"{_name_of(ufunc)}.at", "t.at[i].add(v)", ufunc.at, inputs, kwargs)
    if out is not None:
        return into(ufunc, method, inputs, out, kwargs)
    if ufunc in PLAIN_UFUNCS:
        return getattr(ufunc, method)(*map(plain, inputs), **kwargs)
    if any(map(is_objects, inputs)) and not any(map(_is_tensor, inputs)):
        return getattr(ufunc, method)(*map(boxed, inputs), **kwargs)  # entry by entry, by NumPy's object loops
    function = UFUNCS.get(ufunc) or function_for(ufunc)
    if method == "__call__" and not kwargs and function is not None:
        return function(*inputs)
    live = any(map(is_live, inputs)) and not only_looked_at()
    reduction = REDUCTIONS.get((ufunc, method))
    if reduction is not None and (live or not set(kwargs) - {"axis", "keepdims"}):
        return reduction(*inputs, **_given({"axis": 0, **kwargs}))
    if live and function is not None:
        return METHODS[method](ufunc, function, inputs, dict(kwargs))
    if not live:
        return getattr(ufunc, method)(*public(inputs), **kwargs)
    name = _name_of(ufunc) + ("" if method == "__call__" else f".{method}")
    return _on_values(name, getattr(ufunc, method), inputs, kwargs, REASONS.get(ufunc, ""))


def _name_of(ufunc: Any) -> str:
    name = ufunc.__name__
    return f"np.{name}" if vars(np).get(name) is ufunc else f"the ufunc {name}"


def array_function(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What ``__array_function__`` of a node does."""
    name = f"{function.__module__}.{function.__name__}".replace("numpy.", "np.", 1)
    if function in WRITERS:
        return written(name, WRITERS[function], function, args, kwargs)
    out = kwargs.pop("out", None)
    live = [x for x in leaves((args, kwargs)) if is_live(x)]
    if out is not None:
        return function_into(function, name, args, kwargs, out, live)
    if function in PLAIN_FUNCTIONS or (function is np.where and len(args) == 1):
        return function(*public(args), **public(kwargs))
    refusal = None
    if function in FUNCTIONS:
        try:
            return FUNCTIONS[function](*args, **_given(kwargs))
        except (TypeError, NotImplementedError) as error:
            if live and isinstance(error, TypeError) and _takes(FUNCTIONS[function], args, _given(kwargs)):
                raise
            refusal = error  # of an argument, which NumPy may know
    if not live or only_looked_at():
        return function(*public(args), **public(kwargs))
    return _on_values(name, _undispatched(function), args, kwargs, REASONS.get(function, ""), refusal)


def _on_values(
    name: str, call: Any, args: tuple[Any, ...], kwargs: dict[str, Any], reason: str, refusal: Any = None
) -> Any:
    """NumPy's own code on Values; where that is refused too, the ``refusal`` of the row says more."""
    try:
        return run_on_values(name, call, args, kwargs, reason)
    except NotImplementedError:
        if refusal is None:
            raise
        raise refusal from None


def _undispatched(function: Any) -> Callable[..., Any]:
    """NumPy's own code of a function: it looks for nodes in an object array too, and would come back here."""
    return lambda *args, **kwargs: np.empty(0).__array_function__(function, (np.ndarray,), args, kwargs)


def _takes(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Do the arguments fit the signature?"""
    try:
        signature(function.prepare or function.forward if isinstance(function, Op) else function).bind(*args, **kwargs)
    except TypeError:
        return False
    return True


def _given(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Keyword arguments without those that are NumPy's defaults."""
    return {k: v for k, v in kwargs.items() if not (v is None and k in ("dtype", "out", "order", "where"))}


def _is_tensor(x: Any) -> bool:
    return isinstance(x, Node) and x.is_array
