"""The table of calculus: every op, callable on floats, arrays, Values and Tensors alike.

    >>> from autograd import ops
    >>> ops.relu(-2.0), ops.sigmoid(0.0)
    (0.0, 0.5)

`arithmetic` and `elementary` work entry by entry, `shapes` moves entries, `reductions` and `linear` sum them,
`losses` has two losses with the function before them.
"""

from autograd.op import Op
from autograd.ops import arithmetic, elementary, linear, losses, reductions, shapes
from autograd.ops.arithmetic import (
    absolute,
    add,
    as_tensor,
    at_least,
    at_most,
    ceil,
    clip,
    divide,
    equal,
    floor,
    greater,
    identity,
    maximum,
    minimum,
    multiply,
    negative,
    power,
    product_or_zero,
    quotient_or_zero,
    rint,
    sign,
    square,
    step,
    stop_gradient,
    subtract,
    where,
    xlogy,
)  # fmt: skip
from autograd.ops.elementary import (
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    cos,
    cosh,
    elu,
    erf,
    exp,
    exp2,
    expm1,
    gelu,
    leaky_relu,
    log,
    log1p,
    log2,
    log10,
    log_sigmoid,
    logaddexp,
    relu,
    sigmoid,
    sin,
    sinh,
    softplus,
    sqrt,
    tan,
    tanh,
)  # fmt: skip
from autograd.ops.linear import affine, dot, einsum, inner, matmul, outer, tensordot
from autograd.ops.losses import sigmoid_cross_entropy, softmax_cross_entropy
from autograd.ops.reductions import (
    cumsum,
    log_softmax,
    logsumexp,
    max,
    mean,
    min,
    norm,
    prod,
    products_of_others,
    softmax,
    std,
    sum,
    var,
)  # fmt: skip
from autograd.ops.shapes import (
    add_at,
    astype,
    broadcast_to,
    column_stack,
    concatenate,
    expand_dims,
    flip,
    getitem,
    hstack,
    item,
    moveaxis,
    one_hot,
    place,
    ravel,
    repeat,
    reshape,
    set_at,
    squeeze,
    stack,
    sum_to,
    swapaxes,
    take,
    tile,
    transpose,
    vstack,
)  # fmt: skip

__all__ = [
    "absolute", "add", "add_at", "affine", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2",
    "arctanh", "as_tensor", "astype", "at_least", "at_most", "broadcast_to", "ceil", "clip", "column_stack",
    "concatenate", "cos", "cosh", "cumsum", "divide", "dot", "einsum", "elu", "equal", "erf", "exp", "exp2",
    "expand_dims", "expm1", "flip", "floor", "gelu", "getitem", "greater", "hstack", "identity", "inner",
    "item", "leaky_relu", "log", "log10", "log1p", "log2", "log_sigmoid", "log_softmax", "logaddexp",
    "logsumexp", "matmul", "max", "maximum", "mean", "min", "minimum", "moveaxis", "multiply", "negative",
    "norm", "one_hot", "outer", "place", "power", "prod", "product_or_zero", "products_of_others", "quotient_or_zero",
    "ravel", "relu", "repeat", "reshape", "rint", "set_at", "sigmoid", "sigmoid_cross_entropy", "sign", "sin",
    "sinh", "softmax", "softmax_cross_entropy", "softplus", "sqrt", "square", "squeeze", "stack", "std",
    "step", "stop_gradient", "subtract", "sum", "sum_to", "swapaxes", "table", "take", "tan", "tanh", "tensordot",
    "tile", "transpose", "var", "vstack", "where", "xlogy",
]  # fmt: skip


def table() -> list[Op]:
    """Every row, in the order of the modules. The sweep of tests reads it."""
    modules = (arithmetic, elementary, shapes, reductions, linear, losses)
    rows = (row for module in modules for row in vars(module).values() if isinstance(row, Op))
    return list(dict.fromkeys(rows))
