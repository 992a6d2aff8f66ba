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
    x, axis, keepdims = _along(ufunc, "reduce", inputs[0], kwargs)
    parts = _slices(x, axis)
    if kwargs.get("initial") is not None:
        parts.insert(0, kwargs["initial"])
    y = fold(function, parts)
    return ops.expand_dims(y, axis) if keepdims else y


def accumulate(ufunc: Any, function: Function, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """As `reduce`, with all results on the way."""
    x, axis, _ = _along(ufunc, "accumulate", inputs[0], kwargs)
    return ops.stack(list(folds(_slices(x, axis), function)), axis=axis)


def reduceat(ufunc: Any, function: Function, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """As `reduce`, of the slices that begin at some positions and end at the next; of one entry where those go back."""
    x, axis, _ = _along(ufunc, "reduceat", inputs[0], kwargs)
    starts = np.asarray(plain(inputs[1]))
    parts = _slices(x, axis)
    ends = [*starts[1:], len(parts)]
    return ops.stack(
        [fold(function, parts[start : max(end, start + 1)]) for start, end in zip(starts, ends, strict=True)], axis=axis
    )


def _along(ufunc: Any, method: str, x: Any, kwargs: dict[str, Any]) -> tuple[Any, int, bool]:
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
    return x, axis % max(np.ndim(plain(x)), 1), bool(kwargs.get("keepdims"))


def _slices(x: Any, axis: int) -> list[Any]:
    return [x[(slice(None),) * axis + (i,)] for i in range(np.shape(plain(x))[axis])]


METHODS: dict[str, Function] = {
    "__call__": called, "accumulate": accumulate, "outer": outer, "reduce": reduce, "reduceat": reduceat,
}  # fmt: skip
