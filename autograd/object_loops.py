"""NumPy functions without a rule: NumPy's own code on an object array of Values, stacked to Tensors again.

Right and slow. The function first runs on the plain data: that gives NumPy's answer, and NumPy's own errors. It
then runs on Values, and what comes out must have the shapes and the numbers of that answer, or it is refused.
May import ops. Read numpy_bridge.py next.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd import ops
from autograd.errors import PerformanceWarning
from autograd.mode import no_grad
from autograd.node import Node, describe, plain
from autograd.op import boxed
from autograd.ops.joining import stack_nodes

__all__ = [
    "LIMIT",
    "REFUSALS",
    "entries",
    "is_live",
    "is_objects",
    "leaves",
    "no_rule",
    "objects",
    "public",
    "run_on_values",
]

LIMIT = 100_000  # numbers: a Value each, and some microseconds
REFUSALS = (TypeError, ValueError, AttributeError, ArithmeticError, LookupError, NotImplementedError)
PLAIN_ANSWERS = (str, bytes, type(None), np.dtype, type)


def run_on_values(
    name: str, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], reason: str = ""
) -> Any:
    """What ``call(*args, **kwargs)``, a function of NumPy's, gives of nodes; ``reason`` for why it has no rule.

    Raises: NotImplementedError, which names the function, where NumPy takes no objects, where what comes out is not
    what NumPy gives of the plain data, and for more than 100,000 numbers.
    """
    nodes = [x for x in leaves((args, kwargs)) if isinstance(x, Node)]
    size = sum(math.prod(x.shape) for x in nodes if not x.may_become_plain())
    if size > LIMIT:
        raise NotImplementedError(
            f"{name} of {size:,} numbers: it has no derivative rule, and NumPy's own code runs on at most {LIMIT:,} "
            f"Values; write it with functions that have a rule (docs/numpy.md), or as an op of your own "
            f"(Op.from_function), or call it on .data if no gradient is wanted"
        )
    with no_grad():
        expected = call(*public(args), **public(kwargs))
    keep = any(x.is_array for x in nodes)
    try:
        found = call(*objects(args), **objects(_undirected(kwargs)))
        result = _stacked(found, expected, keep)
    except REFUSALS as error:
        raise no_rule(name, args, reason) from error
    warnings.warn(
        f"{name}: no derivative rule fits this call, so NumPy's own code ran on {size:,} Values, one by one: right, "
        f"but slow; docs/numpy.md lists what has a rule",
        PerformanceWarning,
        stacklevel=5,  # the caller of NumPy
    )
    return result


def no_rule(name: str, args: Any, reason: str = "") -> NotImplementedError:
    """The error of a function that cannot be differentiated."""
    operands = ", ".join(describe(x) for x in args if not isinstance(x, (list, tuple)))
    return NotImplementedError(
        f"{name}({operands}) has no derivative rule, so its gradient would be lost; "
        + (f"{reason}; " if reason else "write it with other functions, ")
        + "or call it on .data if no gradient is wanted"
    )


def entries(x: Any) -> np.ndarray:
    """The entries of a Tensor as an object array of Values, which lies in memory as its array does.

    A long one is taken apart by rows first: the gradient of an entry is as long as what it was taken from.
    """
    values = np.empty_like(x._raw, dtype=object)
    rows = math.isqrt(values.size)
    if rows < 16:
        for index in np.ndindex(values.shape):
            values[index] = ops.item(x, index)
        return values
    width = -(-values.size // rows)
    whole = ops.reshape(x, (-1,))
    for start in range(0, values.size, width):
        row = ops.getitem(whole, slice(start, start + width))
        values.flat[start : start + width] = [ops.item(row, (i,)) for i in range(row.size)]
    return values


def _joined(array: np.ndarray) -> Any:
    """An object array as one Tensor, a long one by rows first: each rule of a stack is handed all that it stacked."""
    rows = math.isqrt(array.size)
    if rows < 16:
        return stack_nodes(array)
    flat, width = array.ravel(), -(-array.size // rows)
    parts = [stack_nodes(flat[start : start + width]) for start in range(0, array.size, width)]
    return ops.reshape(ops.concatenate(parts), array.shape)


# Arguments: nodes out, Values in ---------------------------------------------------------------------------------


def leaves(tree: Any) -> Iterator[Any]:
    """What stands in nested lists, tuples, dicts and object arrays."""
    if isinstance(tree, dict):
        tree = tuple(tree.values())
    if is_objects(tree):
        tree = tree.tolist()
    if isinstance(tree, (list, tuple)):
        for part in tree:
            yield from leaves(part)
    else:
        yield tree


def public(tree: Any) -> Any:
    """The same arguments with ``.data`` in the place of nodes."""
    if isinstance(tree, dict):
        return {key: public(part) for key, part in tree.items()}
    if is_objects(tree):
        return np.array(public(tree.tolist()))
    if isinstance(tree, (list, tuple)):
        return list(map(public, tree)) if isinstance(tree, list) else tuple(map(public, tree))
    return tree.data if isinstance(tree, Node) else tree


def objects(tree: Any) -> Any:
    """The same arguments with object arrays of Values in the place of nodes."""
    if isinstance(tree, dict):
        return {key: objects(part) for key, part in tree.items()}
    if isinstance(tree, (list, tuple)):
        return list(map(objects, tree)) if isinstance(tree, list) else tuple(map(objects, tree))
    if not isinstance(tree, Node):
        return tree
    if tree.may_become_plain():
        return plain(tree)
    return entries(tree) if tree.is_array else boxed(tree)


def _undirected(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Keyword arguments without a floating dtype, which the result is cast to in any case."""
    dtype = kwargs.get("dtype")
    if dtype is not None and np.dtype(dtype).kind == "f":
        return {key: x for key, x in kwargs.items() if key != "dtype"}
    return kwargs


def is_live(x: Any) -> bool:
    """Is ``x`` a node that would lose its gradient as a plain number?"""
    return isinstance(x, Node) and not x.may_become_plain()


def is_objects(x: Any) -> bool:
    """Is ``x`` an object array?"""
    return isinstance(x, np.ndarray) and x.dtype == object


# Results: Values in, Tensors out ---------------------------------------------------------------------------------


def _stacked(found: Any, expected: Any, keep: bool) -> Any:
    """``found`` as Tensors where it holds Values, and ``expected``, NumPy's own answer, where it does not.

    Raises: TypeError, ValueError if the two do not agree.
    """
    if isinstance(expected, dict):
        return {key: _stacked(found[key], part, keep) for key, part in expected.items()}
    if isinstance(expected, (list, tuple)):
        parts = [_stacked(a, b, keep) for a, b in zip(found, expected, strict=True)]
        return type(expected)(*parts) if type(expected) not in (list, tuple) else type(expected)(parts)
    if isinstance(expected, PLAIN_ANSWERS):
        return expected
    if not isinstance(expected, (np.ndarray, np.generic, float, int)):
        raise TypeError(f"a result is a {type(expected).__name__}")
    like = np.asarray(expected)
    like = np.asarray(like.tolist()) if is_objects(like) else like
    array = entries(found) if isinstance(found, Node) and found.is_array else np.asarray(boxed(found))
    numbers = np.asarray([plain(x) for x in array.flat] if is_objects(array) else array.ravel())
    if array.shape != like.shape or not _agree(numbers, like.ravel()):
        raise ValueError(f"on Values it gives {found!r}, on numbers {expected!r}")
    if not any(isinstance(x, Node) for x in leaves(array)):
        return expected
    if like.dtype.kind != "f" or type(expected) is np.matrix or isinstance(expected, np.ma.MaskedArray):
        raise TypeError(f"the result is of dtype {like.dtype} and type {type(expected).__name__}")
    if isinstance(found, Node) and not keep:
        return found
    tensor = _joined(array) if like.ndim else ops.as_tensor(array[()])
    return tensor if tensor.dtype == like.dtype else ops.astype(tensor, like.dtype)


def _agree(numbers: Any, expected: Any) -> bool:
    """Are they the same numbers, up to the rounding of ``expected``?"""
    if expected.dtype.kind not in "fiub" or numbers.dtype.kind not in "fiubO":
        return False
    rounding = 1e-6 if expected.dtype.kind != "f" or expected.dtype.itemsize >= 8 else 1e-3
    wanted = expected.astype(float)
    largest = np.max(np.abs(wanted), initial=0.0, where=np.isfinite(wanted))
    return np.allclose(numbers.astype(float), wanted, rounding, rounding * largest, equal_nan=True)
