"""NumPy's namespace: ``import autograd.numpy as np``, for code written for HIPS autograd.

NumPy's own functions differentiate through nodes (numpy_bridge.py), so all names here are NumPy's, but for a few that
NumPy does not hand over to the nodes they are called with: those are at the end of this file.

    >>> import autograd.numpy as np
    >>> from autograd import grad
    >>> grad(lambda x: np.sum(np.array([x, x**2])))(3.0)
    np.float64(7.0)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from numpy import (  # isort: skip
    False_, ScalarType, True_, __version__, abs, absolute, acos, acosh, add, all, allclose, amax, amin, angle, any,
    append, apply_along_axis, apply_over_axes, arange, arccos, arccosh, arcsin, arcsinh, arctan, arctan2, arctanh,
    argmax, argmin, argpartition, argsort, argwhere, around, array2string, array_equal, array_equiv, array_repr,
    array_split, array_str, asarray_chkfinite, asfortranarray, asin, asinh, asmatrix, astype, atan, atan2, atanh,
    atleast_1d, atleast_2d, atleast_3d, average, bartlett, base_repr, binary_repr, bincount, bitwise_and,
    bitwise_count, bitwise_invert, bitwise_left_shift, bitwise_not, bitwise_or, bitwise_right_shift, bitwise_xor,
    blackman, block, bmat, bool, bool_, broadcast, broadcast_arrays, broadcast_shapes, broadcast_to, busday_count,
    busday_offset, busdaycalendar, byte, bytes_, can_cast, cbrt, cdouble, ceil, character, choose, clip,
    clongdouble, column_stack, common_type, complex128, complex64, complexfloating, compress, concat, concatenate,
    conj, conjugate, convolve, copy, copysign, copyto, corrcoef, correlate, cos, cosh, count_nonzero, cov, cross,
    csingle, cumprod, cumsum, datetime64, datetime_as_string, datetime_data, deg2rad, degrees, delete, diag,
    diag_indices, diag_indices_from, diagflat, diagonal, diff, digitize, divide, divmod, dot, double, dsplit,
    dstack, dtype, e, ediff1d, einsum, einsum_path, empty, empty_like, equal, errstate, euler_gamma, exp, exp2,
    expand_dims, expm1, extract, eye, fabs, fill_diagonal, finfo, fix, flatiter, flatnonzero, flexible, flip,
    fliplr, flipud, float16, float32, float64, float_power, floating, floor, floor_divide, fmax, fmin, fmod,
    format_float_positional, format_float_scientific, frexp, from_dlpack, frombuffer, fromfile, fromfunction,
    fromiter, frompyfunc, fromregex, fromstring, full_like, gcd, generic, genfromtxt, geomspace, get_include,
    get_printoptions, getbufsize, geterr, geterrcall, gradient, greater, greater_equal, half, hamming, hanning,
    heaviside, histogram, histogram2d, histogram_bin_edges, histogramdd, hsplit, hstack, hypot, i0, identity, iinfo,
    imag, index_exp, indices, inexact, inf, info, inner, insert, int16, int32, int64, int8, int_, intc, integer,
    interp, intersect1d, intp, invert, is_busday, isclose, iscomplex, iscomplexobj, isdtype, isfinite, isfortran,
    isin, isinf, isnan, isnat, isneginf, isposinf, isreal, isrealobj, isscalar, issubdtype, iterable, ix_, kaiser,
    kron, lcm, ldexp, left_shift, less, less_equal, lexsort, linspace, little_endian, load, loadtxt, log, log10,
    log1p, log2, logaddexp, logaddexp2, logical_and, logical_not, logical_or, logical_xor, logspace, long,
    longdouble, longlong, mask_indices, matmul, matrix, matrix_transpose, max, maximum, may_share_memory, median,
    memmap, meshgrid, mgrid, min, min_scalar_type, minimum, mintypecode, mod, modf, moveaxis, multiply, nan,
    nan_to_num, nanargmax, nanargmin, nancumprod, nancumsum, nanmax, nanmean, nanmedian, nanmin, nanpercentile,
    nanprod, nanquantile, nanstd, nansum, nanvar, ndarray, ndenumerate, ndim, ndindex, nditer, negative,
    nested_iters, newaxis, nextafter, nonzero, not_equal, number, object_, ogrid, ones, ones_like, outer, packbits,
    pad, partition, percentile, permute_dims, pi, piecewise, place, poly, poly1d, polyadd, polyder, polydiv,
    polyfit, polyint, polymul, polysub, polyval, positive, pow, power, printoptions, prod, promote_types, ptp, put,
    put_along_axis, putmask, quantile, rad2deg, radians, ravel, ravel_multi_index, real, real_if_close, recarray,
    reciprocal, record, remainder, repeat, require, reshape, resize, result_type, right_shift, rint, roll, rollaxis,
    roots, rot90, round, s_, save, savetxt, savez, savez_compressed, sctypeDict, searchsorted, select,
    set_printoptions, setbufsize, setdiff1d, seterr, seterrcall, setxor1d, shape, shares_memory, short, show_config,
    show_runtime, sign, signbit, signedinteger, sin, sinc, single, sinh, size, sort, sort_complex, spacing, split,
    sqrt, square, squeeze, stack, str_, subtract, sum, swapaxes, take, take_along_axis, tan, tanh, tensordot, tile,
    timedelta64, trace, transpose, trapezoid, tri, tril, tril_indices, tril_indices_from, trim_zeros, triu,
    triu_indices, triu_indices_from, true_divide, trunc, typecodes, typename, ubyte, ufunc, uint, uint16, uint32,
    uint64, uint8, uintc, uintp, ulong, ulonglong, union1d, unique, unique_all, unique_counts, unique_inverse,
    unique_values, unpackbits, unravel_index, unsignedinteger, unwrap, ushort, vander, vdot, vecdot, vectorize,
    void, vsplit, vstack,  zeros, zeros_like,
)  # fmt: skip
from numpy.lib import NumpyVersion

from autograd import ops
from autograd.numpy import fft, linalg, random
from autograd.tensor import Tensor, holds_nodes

if NumpyVersion(__version__) >= "2.1.0":
    from numpy import cumulative_prod as cumulative_prod
    from numpy import cumulative_sum as cumulative_sum
    from numpy import unstack as unstack
if NumpyVersion(__version__) >= "2.2.0":
    from numpy import matvec as matvec
    from numpy import vecmat as vecmat

__all__ = [
    "False_", "ScalarType", "True_", "__version__", "abs", "absolute", "acos", "acosh", "add", "all", "allclose",
    "amax", "amin", "angle", "any", "append", "apply_along_axis", "apply_over_axes", "arange", "arccos", "arccosh",
    "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "argmax", "argmin", "argpartition", "argsort", "argwhere",
    "around", "array", "array2string", "array_equal", "array_equiv", "array_repr", "array_split", "array_str",
    "asanyarray", "asarray", "asarray_chkfinite", "ascontiguousarray", "asfortranarray", "asin", "asinh",
    "asmatrix", "astype", "atan", "atan2", "atanh", "atleast_1d", "atleast_2d", "atleast_3d", "average", "bartlett",
    "base_repr", "binary_repr", "bincount", "bitwise_and", "bitwise_count", "bitwise_invert", "bitwise_left_shift",
    "bitwise_not", "bitwise_or", "bitwise_right_shift", "bitwise_xor", "blackman", "block", "bmat", "bool", "bool_",
    "broadcast", "broadcast_arrays", "broadcast_shapes", "broadcast_to", "busday_count", "busday_offset",
    "busdaycalendar", "byte", "bytes_", "c_", "can_cast", "cbrt", "cdouble", "ceil", "character", "choose", "clip",
    "clongdouble", "column_stack", "common_type", "complex128", "complex64", "complexfloating", "compress",
    "concat", "concatenate", "conj", "conjugate", "convolve", "copy", "copysign", "copyto", "corrcoef", "correlate",
    "cos", "cosh", "count_nonzero", "cov", "cross", "csingle", "cumprod", "cumsum", "datetime64",
    "datetime_as_string", "datetime_data", "deg2rad", "degrees", "delete", "diag", "diag_indices",
    "diag_indices_from", "diagflat", "diagonal", "diff", "digitize", "divide", "divmod", "dot", "double", "dsplit",
    "dstack", "dtype", "e", "ediff1d", "einsum", "einsum_path", "empty", "empty_like", "equal", "errstate",
    "euler_gamma", "exp", "exp2", "expand_dims", "expm1", "extract", "eye", "fabs", "fft", "fill_diagonal", "finfo",
    "fix", "flatiter", "flatnonzero", "flexible", "flip", "fliplr", "flipud", "float16", "float32", "float64",
    "float_power", "floating", "floor", "floor_divide", "fmax", "fmin", "fmod", "format_float_positional",
    "format_float_scientific", "frexp", "from_dlpack", "frombuffer", "fromfile", "fromfunction", "fromiter",
    "frompyfunc", "fromregex", "fromstring", "full", "full_like", "gcd", "generic", "genfromtxt", "geomspace",
    "get_include", "get_printoptions", "getbufsize", "geterr", "geterrcall", "gradient", "greater", "greater_equal",
    "half", "hamming", "hanning", "heaviside", "histogram", "histogram2d", "histogram_bin_edges", "histogramdd",
    "hsplit", "hstack", "hypot", "i0", "identity", "iinfo", "imag", "index_exp", "indices", "inexact", "inf",
    "info", "inner", "insert", "int16", "int32", "int64", "int8", "int_", "intc", "integer", "interp",
    "intersect1d", "intp", "invert", "is_busday", "isclose", "iscomplex", "iscomplexobj", "isdtype", "isfinite",
    "isfortran", "isin", "isinf", "isnan", "isnat", "isneginf", "isposinf", "isreal", "isrealobj", "isscalar",
    "issubdtype", "iterable", "ix_", "kaiser", "kron", "lcm", "ldexp", "left_shift", "less", "less_equal",
    "lexsort", "linalg", "linspace", "little_endian", "load", "loadtxt", "log", "log10", "log1p", "log2",
    "logaddexp", "logaddexp2", "logical_and", "logical_not", "logical_or", "logical_xor", "logspace", "long",
    "longdouble", "longlong", "make_diagonal", "mask_indices", "matmul", "matrix", "matrix_transpose", "max",
    "maximum", "may_share_memory", "mean", "median", "memmap", "meshgrid", "mgrid", "min", "min_scalar_type",
    "minimum", "mintypecode", "mod", "modf", "moveaxis", "multiply", "nan", "nan_to_num", "nanargmax", "nanargmin",
    "nancumprod", "nancumsum", "nanmax", "nanmean", "nanmedian", "nanmin", "nanpercentile", "nanprod",
    "nanquantile", "nanstd", "nansum", "nanvar", "ndarray", "ndenumerate", "ndim", "ndindex", "nditer", "negative",
    "nested_iters", "newaxis", "nextafter", "nonzero", "not_equal", "number", "object_", "ogrid", "ones",
    "ones_like", "outer", "packbits", "pad", "partition", "percentile", "permute_dims", "pi", "piecewise", "place",
    "poly", "poly1d", "polyadd", "polyder", "polydiv", "polyfit", "polyint", "polymul", "polysub", "polyval",
    "positive", "pow", "power", "printoptions", "prod", "promote_types", "ptp", "put", "put_along_axis", "putmask",
    "quantile", "r_", "rad2deg", "radians", "random", "ravel", "ravel_multi_index", "real", "real_if_close",
    "recarray", "reciprocal", "record", "remainder", "repeat", "require", "reshape", "resize", "result_type",
    "right_shift", "rint", "roll", "rollaxis", "roots", "rot90", "round", "row_stack", "s_", "save", "savetxt",
    "savez", "savez_compressed", "sctypeDict", "searchsorted", "select", "set_printoptions", "setbufsize",
    "setdiff1d", "seterr", "seterrcall", "setxor1d", "shape", "shares_memory", "short", "show_config",
    "show_runtime", "sign", "signbit", "signedinteger", "sin", "sinc", "single", "sinh", "size", "sort",
    "sort_complex", "spacing", "split", "sqrt", "square", "squeeze", "stack", "std", "str_", "subtract", "sum",
    "swapaxes", "take", "take_along_axis", "tan", "tanh", "tensordot", "tile", "timedelta64", "trace", "transpose",
    "trapezoid", "tri", "tril", "tril_indices", "tril_indices_from", "trim_zeros", "triu", "triu_indices",
    "triu_indices_from", "true_divide", "trunc", "typecodes", "typename", "ubyte", "ufunc", "uint", "uint16",
    "uint32", "uint64", "uint8", "uintc", "uintp", "ulong", "ulonglong", "union1d", "unique", "unique_all",
    "unique_counts", "unique_inverse", "unique_values", "unpackbits", "unravel_index", "unsignedinteger", "unwrap",
    "ushort", "vander", "var", "vdot", "vecdot", "vectorize", "void", "vsplit", "vstack", "where", "zeros",
    "zeros_like",
]  # fmt: skip


def array(a: Any, dtype: Any = None, *, ndmin: int = 0, **kwargs: Any) -> Any:
    """As np.array; of nodes, or nested lists of them, a Tensor.

    >>> from autograd import Value
    >>> array([[Value(1.0), 2.0]])
    Tensor([[1., 2.]])
    """
    if not holds_nodes(a):
        return np.array(a, dtype, ndmin=ndmin, **kwargs)
    stacked = Tensor(a, dtype=dtype)
    while stacked.ndim < ndmin:
        stacked = ops.expand_dims(stacked, 0)
    return stacked


def _stacked_first(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` of NumPy's for lists of nodes too: they are stacked before it is called."""

    @wraps(function)
    def of_lists(a: Any, *args: Any, **kwargs: Any) -> Any:
        stack = isinstance(a, (list, tuple)) and holds_nodes(a)
        return function(Tensor(a) if stack else a, *args, **kwargs)

    return of_lists


def _tensor_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` of NumPy's that makes an array: of nodes it makes a Tensor."""

    @wraps(function)
    def of_nodes(a: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
        return Tensor(a, dtype=dtype) if holds_nodes(a) else function(a, dtype, *args, **kwargs)

    return of_nodes


asarray, asanyarray = _tensor_of(np.asarray), _tensor_of(np.asanyarray)
ascontiguousarray = _tensor_of(np.ascontiguousarray)
mean, std, var = _stacked_first(np.mean), _stacked_first(np.std), _stacked_first(np.var)
row_stack = np.vstack


def full(shape: Any, fill_value: Any, dtype: Any = None, **kwargs: Any) -> Any:
    """As np.full; filled with a node it is a Tensor."""
    if not holds_nodes(fill_value):
        return np.full(shape, fill_value, dtype, **kwargs)
    return ops.broadcast_to(Tensor(fill_value, dtype=dtype), shape)


def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """As np.where, by keywords too."""
    return np.where(condition) if x is None and y is None else np.where(condition, x, y)


def make_diagonal(D: Any, offset: int = 0, axis1: int = -1, axis2: int = -2) -> Any:
    """Matrices with the last axis of D on their diagonals: what HIPS autograd adds to NumPy.

    Raises: NotImplementedError for another diagonal or other axes.

    >>> make_diagonal(np.array([1.0, 2.0]), axis1=-1, axis2=-2)
    array([[1., 0.],
           [0., 2.]])
    """
    if (offset, axis1, axis2) != (0, -1, -2):
        raise NotImplementedError("make_diagonal: only offset=0, axis1=-1, axis2=-2; np.moveaxis turns it")
    return ops.multiply(ops.expand_dims(D, -1), np.eye(D.shape[-1]))


class _Joined:
    """``np.r_`` or ``np.c_``, which give object arrays of nodes: here they are stacked to a Tensor."""

    def __init__(self, joined: Any) -> None:
        self.joined = joined

    def __getitem__(self, key: Any) -> Any:
        result = self.joined[key]
        return Tensor(result) if holds_nodes(result) else result


r_, c_ = _Joined(np.r_), _Joined(np.c_)
