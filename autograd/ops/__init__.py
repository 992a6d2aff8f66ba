"""The table of calculus: every op, callable on floats, arrays, Values and Tensors alike.

    >>> from autograd import ops
    >>> ops.relu(-2.0), ops.sigmoid(0.0)
    (0.0, 0.5)

`arithmetic`, `elementary`, `rounding`, `special` and `gammas` work entry by entry; `shapes`, `indexing` and `joining`
move entries, `sorting` puts them in order; `reductions`, `cumulative`, `statistics`, `linear` and `sequences` sum them;
`decompositions` and `equations` are linear algebra; `losses` has two losses with the function before them. `choices`,
`masked`, `missing`, `norms`, `padding` and `fitting` are written with these rows.
"""

# isort: off
# (One name a line would be pages.)
from autograd.op import Op
from autograd.ops import (
    arithmetic, cumulative, decompositions, elementary, equations, gammas, indexing, joining, linear, losses,
    reductions, rounding, sequences, shapes, sorting, special, statistics,
)  # fmt: skip
from autograd.ops.arithmetic import (
    absolute, add, as_tensor, at_least, at_most, ceil, clip, divide, equal, floor, greater, identity, maximum,
    minimum, multiply, negative, power, product_or_zero, quotient_or_zero, rint, sign, square, step, stop_gradient,
    subtract, where, xlogy,
)  # fmt: skip
from autograd.ops.choices import choose, fmax, fmin, heaviside, nan_to_num, piecewise, select
from autograd.ops.cumulative import cumprod, cumulative_prod, cumulative_sum, recurrence, running_product
from autograd.ops.decompositions import (
    cholesky, cofactors, det, eigh, eigvalsh, inv, joint_eigh, joint_qr, joint_svd, log_abs_det, lower_cholesky, pinv,
    qr, slogdet, solve, svd, svdvals,
)  # fmt: skip
from autograd.ops.elementary import (
    angle, arccos, arccosh, arcsin, arcsinh, arctan, arctan2, arctanh, cbrt, cos, cosh, deg2rad, elu, erf, erfc, exp,
    exp2, expm1, gelu, hypot, leaky_relu, log, log1p, log2, log10, log_sigmoid, logaddexp, logaddexp2, logit, rad2deg,
    reciprocal, relu, sigmoid, sin, sinh, softplus, sqrt, tan, tanh,
)  # fmt: skip
from autograd.ops.equations import least_squares, lstsq, matrix_power, tensorinv, tensorsolve
from autograd.ops.fitting import apply_along_axis, apply_over_axes, corrcoef, cov, poly, polyfit, polyval, vander
from autograd.ops.gammas import (
    beta, betainc, betainc_of, betaln, digamma, gamma, gammainc, gammainc_of, gammaincc, gammaincc_of, gammaln,
    gammasgn, multigammaln, polygamma, polygamma_of, rgamma, stdtr, stdtr_of, zeta, zeta_of,
)  # fmt: skip
from autograd.ops.indexing import (
    add_at, bincount, compress, delete, diag, diagflat, diagonal, extract, getitem, item, one_hot, place, repeat,
    resize, set_at, sliding_window_view, take, take_along_axis, tile, tril, trim_zeros, triu, unstack,
)  # fmt: skip
from autograd.ops.joining import (
    append, array_split, block, column_stack, concatenate, dsplit, dstack, hsplit, hstack, insert, split, stack,
    vsplit, vstack,
)  # fmt: skip
from autograd.ops.linear import (
    affine, cross, dot, einsum, inner, kron, matmul, matvec, multi_dot, outer, tensordot, trace, vdot, vecdot, vecmat,
)  # fmt: skip
from autograd.ops.losses import sigmoid_cross_entropy, softmax_cross_entropy
from autograd.ops.missing import (
    nancumprod, nancumsum, nanmax, nanmean, nanmedian, nanmin, nanpercentile, nanprod, nanquantile, nanstd, nansum,
    nanvar,
)  # fmt: skip
from autograd.ops.norms import cond, matrix_norm, norm, vector_norm
from autograd.ops.padding import pad
from autograd.ops.reductions import (
    cumsum, log_softmax, logsumexp, max, mean, min, norm2, norm_p, prod, products_of_others, softmax, std, sum, var,
)  # fmt: skip
from autograd.ops.rounding import copysign, divmod, floor_divide, fmod, frexp, imag, ldexp, mod, modf, trunc, unwrap
from autograd.ops.sequences import (
    convolve, correlate, diff, ediff1d, every_overlap, geomspace, gradient, interp, linspace, logspace, trapezoid,
)  # fmt: skip
from autograd.ops.shapes import (
    astype, atleast_1d, atleast_2d, atleast_3d, broadcast_arrays, broadcast_to, expand_dims, flip, fliplr, flipud,
    ix_, matrix_transpose, meshgrid, moveaxis, ravel, reshape, reshape_in_order, roll, rollaxis, rot90, squeeze,
    sum_to, swapaxes, transpose,
)  # fmt: skip
from autograd.ops.sorting import parted_along, partition, reorder, sort, sorted_along, union1d, unique
from autograd.ops.special import (
    bessel_i, bessel_j, bessel_k, bessel_y, dawsn, entr, erfcinv, erfcx, erfinv, exp1, exp10, expi, exprel,
    exprel_derivative, i0, i0e, i1, i1e, iv, ive, j0, j1, jv, k0, k1, kl_div, kv, log_ndtr, ndtr, ndtri, rel_entr,
    scaled_bessel_i, sinc, sinc_derivative, spence, xlog1py, y0, y1, yv,
)  # fmt: skip
from autograd.ops.statistics import average, median, order_statistic, percentile, ptp, quantile

__all__ = [
    "absolute", "add", "add_at", "affine", "angle", "append", "apply_along_axis", "apply_over_axes", "arccos",
    "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "array_split", "as_tensor", "astype", "at_least",
    "at_most", "atleast_1d", "atleast_2d", "atleast_3d", "average", "bessel_i", "bessel_j", "bessel_k", "bessel_y",
    "beta", "betainc", "betainc_of", "betaln", "bincount", "block", "broadcast_arrays", "broadcast_to", "cbrt",
    "ceil", "cholesky", "choose", "clip", "cofactors", "column_stack", "compress", "concatenate", "cond", "convolve",
    "copysign", "corrcoef", "correlate", "cos", "cosh", "cov", "cross", "cumprod", "cumsum", "cumulative_prod",
    "cumulative_sum", "dawsn", "deg2rad", "delete", "det", "diag", "diagflat", "diagonal", "diff", "digamma",
    "divide", "divmod", "dot", "dsplit", "dstack", "ediff1d", "eigh", "eigvalsh", "einsum", "elu", "entr", "equal",
    "erf", "erfc", "erfcinv", "erfcx", "erfinv", "every_overlap", "exp", "exp1", "exp10", "exp2", "expand_dims",
    "expi", "expm1", "exprel", "exprel_derivative", "extract", "flip", "fliplr", "flipud", "floor", "floor_divide",
    "fmax", "fmin", "fmod", "frexp", "gamma", "gammainc", "gammainc_of", "gammaincc", "gammaincc_of", "gammaln",
    "gammasgn", "gelu", "geomspace", "getitem", "gradient", "greater", "heaviside", "hsplit", "hstack", "hypot", "i0",
    "i0e", "i1", "i1e", "identity", "imag", "inner", "insert", "interp", "inv", "item", "iv", "ive", "ix_", "j0",
    "j1", "joint_eigh", "joint_qr", "joint_svd", "jv", "k0", "k1", "kl_div", "kron", "kv", "ldexp", "leaky_relu",
    "least_squares", "linspace", "log", "log10", "log1p", "log2", "log_abs_det", "log_ndtr", "log_sigmoid",
    "log_softmax", "logaddexp", "logaddexp2", "logit", "logspace", "logsumexp", "lower_cholesky", "lstsq", "matmul",
    "matrix_norm", "matrix_power", "matrix_transpose", "matvec", "max", "maximum", "mean", "median", "meshgrid",
    "min", "minimum", "mod", "modf", "moveaxis", "multi_dot", "multigammaln", "multiply", "nan_to_num", "nancumprod",
    "nancumsum", "nanmax", "nanmean", "nanmedian", "nanmin", "nanpercentile", "nanprod", "nanquantile", "nanstd",
    "nansum", "nanvar", "ndtr", "ndtri", "negative", "norm", "norm2", "norm_p", "one_hot", "order_statistic", "outer",
    "pad", "parted_along", "partition", "percentile", "piecewise", "pinv", "place", "poly", "polyfit", "polygamma",
    "polygamma_of", "polyval", "power", "prod", "product_or_zero", "products_of_others", "ptp", "qr", "quantile",
    "quotient_or_zero", "rad2deg", "ravel", "reciprocal", "recurrence", "rel_entr", "relu", "reorder", "repeat",
    "reshape", "reshape_in_order", "resize", "rgamma", "rint", "roll", "rollaxis", "rot90", "running_product",
    "scaled_bessel_i", "select", "set_at", "sigmoid", "sigmoid_cross_entropy", "sign", "sin", "sinc",
    "sinc_derivative", "sinh", "sliding_window_view", "slogdet", "softmax", "softmax_cross_entropy", "softplus",
    "solve", "sort", "sorted_along", "spence", "split", "sqrt", "square", "squeeze", "stack", "std", "stdtr",
    "stdtr_of", "step", "stop_gradient", "subtract", "sum", "sum_to", "svd", "svdvals", "swapaxes", "table", "take",
    "take_along_axis", "tan", "tanh", "tensordot", "tensorinv", "tensorsolve", "tile", "trace", "transpose",
    "trapezoid", "tril", "trim_zeros", "triu", "trunc", "union1d", "unique", "unstack", "unwrap", "vander", "var",
    "vdot", "vecdot", "vecmat", "vector_norm", "vsplit", "vstack", "where", "xlog1py", "xlogy", "y0", "y1", "yv",
    "zeta", "zeta_of",
]  # fmt: skip


def table() -> list[Op]:
    """Every row, in the order of the modules. The sweep of tests reads it."""
    modules = (
        arithmetic, elementary, rounding, shapes, indexing, joining, reductions, cumulative, statistics, sorting,
        special, gammas, linear, decompositions, equations, sequences, losses,
    )  # fmt: skip
    rows = (row for module in modules for row in vars(module).values() if isinstance(row, Op))
    return list(dict.fromkeys(rows))
