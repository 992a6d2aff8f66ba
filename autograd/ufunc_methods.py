"""What ufuncs can do besides being called: ``outer``, ``reduce``, ``accumulate``, ``reduceat``.

And what their keyword arguments ``where=``, ``dtype=`` and ``casting=`` do. Written once for all ufuncs, with the
function that stands for one. May import ops. Read numpy_bridge.py next.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce as fold
from itertools import accumulate as folds
from typing import Any

import numpy as np

from autograd import ops
from autograd.node import Node, plain

__all__ = ["METHODS", "called"]

Function = Callable[..., Any]


def called(ufunc: Any, function: Function, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``ufunc(*inputs, **kwargs)`` with the function that stands for it.

    Raises: ValueError for a mask that leaves entries unset; TypeError for a ``signature``.
    """
    where, dtype = kwargs.pop("where", True), kwargs.pop("dtype", None)
    casting = kwargs.pop("casting", None)
    for unimportant in ("order", "subok"):  # how the result lies in memory
        kwargs.pop(unimportant, None)
    if kwargs.keys() & {"sig", "signature"}:
        raise TypeError(f"np.{ufunc.__name__}(..., signature=): say dtype=, or x.astype(...)")
    if not np.all(plain(where)):
        raise ValueError(
            f"np.{ufunc.__name__}(..., where=mask) sets no entry where the mask is False: write np.where(mask, "
            f"np.{ufunc.__name__}(np.where(mask, x, 1)), 0), say, with a number that the function takes in place of 1"
        )
    if casting is not None and ufunc.signature is None:  # NumPy's own error
        ufunc(*(np.empty(0, np.asarray(plain(x)).dtype) for x in inputs), dtype=dtype, casting=casting)
    if dtype is not None:
        inputs = tuple(_cast(x, dtype) for x in inputs)
    shape = np.shape(plain(where))
    y = function(*inputs, **kwargs)
    return y if not shape else ops.broadcast_to(y, np.broadcast_shapes(shape, np.shape(plain(y))))


def _cast(x: Any, dtype: Any) -> Any:
    if isinstance(x, Node) and not x.is_array and np.dtype(dtype) == np.float64:
        return x
    return ops.astype(x, dtype)


def outer(ufunc: Any, function: Function, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """All entries of the first operand with all of the second, and unlike np.outer nothing is flattened."""
    a, b = (x if isinstance(x, Node) else np.asarray(x) for x in inputs)
    spread = ops.reshape(a, np.shape(plain(a)) + (1,) * np.ndim(plain(b)))
    return called(ufunc, function, (spread, b), kwargs)


def reduce(ufunc: Any, function: Function, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Entry after entry along an axis, from the first to the last."""
    x, axis = _along(ufunc, "reduce", inputs[0], kwargs)
    expected = _numpys(ufunc.reduce, inputs, kwargs)
    parts, initial = _slices(x, axis), kwargs.get("initial")
    if not parts:
        start = expected if initial is None else initial
        return ops.where(np.ones(np.shape(expected), bool), start, ops.sum(x))
    y = fold(function, parts if initial is None else [initial, *parts])
    return ops.reshape(y, expected.shape) if kwargs.get("keepdims") else y


def accumulate(ufunc: Any, function: Function, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """As `reduce`, with all results on the way."""
    x, axis = _along(ufunc, "accumulate", inputs[0], kwargs)
    parts = _slices(x, axis)
    return ops.stack(list(folds(parts, function)), axis=axis) if parts else ops.identity(x)


def reduceat(ufunc: Any, function: Function, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """As `reduce`, of the slices that begin at some positions and end at the next; of one entry where those go back."""
    x, axis = _along(ufunc, "reduceat", inputs[0], kwargs)
    _numpys(ufunc.reduceat, inputs, kwargs)
    starts = np.asarray(plain(inputs[1]))
    parts = _slices(x, axis)
    if not starts.size:
        return ops.take(x, starts.astype(int), axis)
    ends = [*starts[1:], len(parts)]
    return ops.stack(
        [fold(function, parts[start : max(end, start + 1)]) for start, end in zip(starts, ends, strict=True)], axis=axis
    )


def _numpys(method: Any, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What NumPy gives of the plain data: its shape, and NumPy's own errors for what does not fit."""
    with np.errstate(all="ignore"):
        return method(*map(plain, inputs), **{key: plain(x) for key, x in kwargs.items()})


def _along(ufunc: Any, method: str, x: Any, kwargs: dict[str, Any]) -> tuple[Any, int]:
    """The operand, and the axis to go along.

    Raises: NotImplementedError for several axes or a mask, which only NumPy's usual reductions take.
    """
    axis, where = kwargs.get("axis", 0), kwargs.get("where", True)
    x = ops.astype(x, kwargs["dtype"]) if kwargs.get("dtype") is not None else x
    if not np.all(plain(where)) or isinstance(axis, tuple):
        raise NotImplementedError(
            f"np.{ufunc.__name__}.{method} goes along one axis and takes no mask: use np.sum, np.prod, np.max or "
            f"np.min, or np.where before it"
        )
    if axis is None:
        x, axis = ops.ravel(x), 0
    return x, axis % max(np.ndim(plain(x)), 1)


def _slices(x: Any, axis: int) -> list[Any]:
    return [x[(slice(None),) * axis + (i,)] for i in range(np.shape(plain(x))[axis])]


METHODS: dict[str, Function] = {
    "__call__": called, "accumulate": accumulate, "outer": outer, "reduce": reduce, "reduceat": reduceat,
}  # fmt: skip
