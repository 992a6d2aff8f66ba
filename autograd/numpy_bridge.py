"""NumPy's own functions on nodes: ``np.exp(t)``, ``np.sum(t, axis=0)``, ``np.concatenate([t, u])``.

NumPy hands calls that meet a node to ``__array_ufunc__`` and ``__array_function__``, and those come here. A
function is in one of the tables below, or it raises an error that names it: a gradient is never lost without
a word. May import ops. Read operators.py next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import ops
from autograd.mode import asked_by_matplotlib
from autograd.node import Node, describe, plain
from autograd.op import boxed

__all__ = ["array_function", "array_ufunc"]

UFUNCS: dict[Any, Callable[..., Any]] = {
    np.absolute: ops.absolute, np.add: ops.add, np.arccos: ops.arccos, np.arccosh: ops.arccosh, np.arcsin: ops.arcsin,
    np.arcsinh: ops.arcsinh, np.arctan: ops.arctan, np.arctan2: ops.arctan2, np.arctanh: ops.arctanh,
    np.ceil: ops.ceil, np.conjugate: ops.identity, np.cos: ops.cos, np.cosh: ops.cosh, np.divide: ops.divide,
    np.exp: ops.exp, np.exp2: ops.exp2, np.expm1: ops.expm1, np.fabs: ops.absolute, np.float_power: ops.power,
    np.floor: ops.floor, np.log: ops.log, np.log10: ops.log10, np.log1p: ops.log1p, np.log2: ops.log2,
    np.logaddexp: ops.logaddexp, np.matmul: ops.matmul, np.maximum: ops.maximum, np.minimum: ops.minimum,
    np.multiply: ops.multiply, np.negative: ops.negative, np.positive: ops.identity, np.power: ops.power,
    np.rint: ops.rint, np.sign: ops.sign, np.sin: ops.sin, np.sinh: ops.sinh, np.sqrt: ops.sqrt,
    np.square: ops.square, np.subtract: ops.subtract, np.tan: ops.tan, np.tanh: ops.tanh,
}  # fmt: skip


def full_like(a: Any, fill_value: Any, *args: Any, **kwargs: Any) -> Any:
    """As np.full_like; filled with a node it is a Tensor."""
    if _live(fill_value):
        return ops.broadcast_to(fill_value, np.shape(plain(a)))
    return np.full_like(plain(a), plain(fill_value), *args, **kwargs)


def multiply_outer(a: Any, b: Any) -> Any:
    """As np.multiply.outer: all entries of ``a`` times all of ``b``, and unlike np.outer nothing is flattened."""
    a, b = (x if isinstance(x, Node) else np.asarray(x) for x in (a, b))
    return ops.multiply(ops.reshape(a, np.shape(plain(a)) + (1,) * np.ndim(plain(b))), b)


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.amax: ops.max, np.amin: ops.min,
    np.around: ops.rint, np.astype: ops.astype, np.broadcast_to: ops.broadcast_to, np.clip: ops.clip,
    np.column_stack: ops.column_stack, np.concatenate: ops.concatenate, np.copy: ops.identity, np.cumsum: ops.cumsum,
    np.dot: ops.dot, np.einsum: ops.einsum, np.expand_dims: ops.expand_dims, np.flip: ops.flip,
    np.full_like: full_like, np.hstack: ops.hstack, np.inner: ops.inner, np.linalg.norm: ops.norm, np.max: ops.max,
    np.mean: ops.mean, np.min: ops.min, np.moveaxis: ops.moveaxis, np.outer: ops.outer, np.prod: ops.prod,
    np.ravel: ops.ravel, np.repeat: ops.repeat, np.reshape: ops.reshape, np.round: ops.rint,
    np.squeeze: ops.squeeze, np.stack: ops.stack, np.std: ops.std, np.sum: ops.sum, np.swapaxes: ops.swapaxes,
    np.take: ops.take, np.tensordot: ops.tensordot, np.tile: ops.tile, np.transpose: ops.transpose, np.var: ops.var,
    np.vstack: ops.vstack, np.where: ops.where,
}  # fmt: skip

REDUCTIONS: dict[tuple[Any, str], Callable[..., Any]] = {
    (np.add, "reduce"): ops.sum, (np.multiply, "reduce"): ops.prod, (np.maximum, "reduce"): ops.max,
    (np.minimum, "reduce"): ops.min, (np.add, "accumulate"): ops.cumsum, (np.multiply, "outer"): multiply_outer,
}  # fmt: skip

# Answers that are no function of the values that could be differentiated: plain arrays.
PLAIN_UFUNCS: set[Any] = {
    np.equal, np.greater, np.greater_equal, np.isfinite, np.isinf, np.isnan, np.less, np.less_equal, np.logical_and,
    np.logical_not, np.logical_or, np.logical_xor, np.not_equal, np.signbit,
}  # fmt: skip
PLAIN_FUNCTIONS: set[Any] = {
    np.all, np.allclose, np.any, np.argmax, np.argmin, np.argsort, np.argwhere, np.array2string, np.array_equal,
    np.array_repr, np.array_str, np.count_nonzero, np.empty_like, np.flatnonzero, np.isclose, np.iscomplexobj,
    np.isrealobj, np.may_share_memory, np.ndim, np.nonzero, np.ones_like, np.result_type,
    np.save, np.savetxt, np.searchsorted, np.shape,
    np.shares_memory, np.size, np.zeros_like,
}  # fmt: skip


def array_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], out: Any, kwargs: dict[str, Any]) -> Any:
    """What ``__array_ufunc__`` of a node does."""
    if out is not None:
        return _into(ufunc, method, inputs, out, kwargs)
    if ufunc in PLAIN_UFUNCS:
        return getattr(ufunc, method)(*map(plain, inputs), **kwargs)
    if any(isinstance(x, np.ndarray) and x.dtype == object for x in inputs) and not any(map(_is_tensor, inputs)):
        return getattr(ufunc, method)(*map(boxed, inputs), **kwargs)  # entry by entry, by NumPy's object loops
    function = UFUNCS.get(ufunc) if method == "__call__" else REDUCTIONS.get((ufunc, method))
    known = function is not None and not set(kwargs) - {"axis", "keepdims"}
    live = not known and any(map(_live, inputs)) and not asked_by_matplotlib()
    if function is not None and (known or live):
        return function(*inputs, **_given({"axis": 0, **kwargs} if method in ("reduce", "accumulate") else kwargs))
    if not live:
        return getattr(ufunc, method)(*_public(inputs), **kwargs)
    raise _no_rule(f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}"), inputs)


def array_function(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What ``__array_function__`` of a node does."""
    name = f"{function.__module__}.{function.__name__}".replace("numpy.", "np.", 1)
    out = kwargs.pop("out", None)
    if isinstance(out, Node):
        return _stored(out, function(*_public(args), **_public(kwargs)), name)
    nodes = [x for x in _leaves((args, kwargs)) if isinstance(x, Node)]
    live = [x for x in nodes if not x.may_become_plain()]
    if out is not None:
        if live:
            raise live[0].detach_error(f"{name}(..., out=array)")
        return function(*_public(args), out=out, **_public(kwargs))
    if function in PLAIN_FUNCTIONS or (function is np.where and len(args) == 1):
        return function(*_public(args), **_public(kwargs))
    if function in FUNCTIONS:
        try:
            return FUNCTIONS[function](*args, **_given(kwargs))
        except (TypeError, NotImplementedError):
            if live:
                raise  # else no gradient is at stake, and NumPy may know the argument
    if live and not asked_by_matplotlib():
        raise _no_rule(name, args)
    return function(*_public(args), **_public(kwargs))


def _into(ufunc: Any, method: str, inputs: tuple[Any, ...], out: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A ufunc with ``out=``: a Parameter is updated in place; a plain array cannot take a node."""
    target = out[0]
    if isinstance(target, Node):
        if "where" in kwargs:  # what it leaves out stays as it was
            kwargs = {**kwargs, "out": np.array(plain(target))}
        return _stored(target, getattr(ufunc, method)(*map(plain, inputs), **kwargs), f"np.{ufunc.__name__}")
    for x in inputs:
        if _live(x):
            raise x.detach_error(f"writing np.{ufunc.__name__} into an array")
    return getattr(ufunc, method)(*map(plain, inputs), out=out, **kwargs)


def _stored(target: Any, result: Any, name: str) -> Node:
    if not target.is_array:
        raise TypeError(f"{name}(..., out={describe(target)}): out is an array or a Parameter")
    target.must_update_in_place(f"{name}(..., out=)")
    target.update(np.positive, result)
    return target  # type: ignore[no-any-return]


def _no_rule(name: str, args: Any) -> NotImplementedError:
    operands = ", ".join(describe(x) for x in args if not isinstance(x, (list, tuple)))
    return NotImplementedError(
        f"{name}({operands}) has no derivative rule, so its gradient would be lost; write it with other functions, "
        f"or call it on .data if no gradient is wanted"
    )


def _given(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Keyword arguments without those that are NumPy's defaults."""
    return {k: v for k, v in kwargs.items() if not (v is None and k in ("dtype", "out", "order", "where"))}


def _live(x: Any) -> bool:
    return isinstance(x, Node) and not x.may_become_plain()


def _is_tensor(x: Any) -> bool:
    return isinstance(x, Node) and x.is_array


def _is_objects(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype == object


def _leaves(tree: Any) -> Any:
    if isinstance(tree, dict):
        tree = tuple(tree.values())
    if _is_objects(tree):
        tree = tree.tolist()
    if isinstance(tree, (list, tuple)):
        for part in tree:
            yield from _leaves(part)
    else:
        yield tree


def _public(tree: Any) -> Any:
    """The same arguments with ``.data`` in the place of nodes."""
    if isinstance(tree, dict):
        return {key: _public(part) for key, part in tree.items()}
    if _is_objects(tree):
        return np.array(_public(tree.tolist()))
    if isinstance(tree, (list, tuple)):
        return type(tree)(map(_public, tree))
    return tree.data if isinstance(tree, Node) else tree
