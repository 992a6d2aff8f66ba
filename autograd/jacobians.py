"""Matrices of derivatives: the pull of many cotangents at once. May import transforms.py. Read check.py next."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd import ops
from autograd.node import Node
from autograd.op import Op
from autograd.tensor import Tensor
from autograd.transforms import Run, grad, map_tree

__all__ = ["hessian", "jacobian"]

Function = Callable[..., Any]

MOST = 4_000_000  # entries of one array of gradients: more cotangents go in several turns


def jacobian(function: Function, argnum: int | str = 0) -> Function:
    """The function that returns all derivatives of all outputs by all entries of an argument.

    One walk over the graph carries the gradients of many outputs at once.

    Shapes: ``output.shape + argument.shape``, in the structure of the argument.

    >>> import numpy as np
    >>> jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """

    def matrix(*args: Any, **kwargs: Any) -> Any:
        run = Run(function, args, kwargs, argnum)
        shape = run.output._raw.shape if run.output.is_array else ()
        size = math.prod(shape)
        if not size:
            return map_tree(lambda x: np.zeros(shape + (x.shape if isinstance(x, Tensor) else ())), run.traced)
        if not shape or not run.plain or run.output not in run.reached:
            rows = [run.pull(_unit(shape, index)) for index in np.ndindex(shape)]
            return map_tree(lambda *parts: _stacked(parts, shape), *rows)
        largest = max(math.prod(node.shape) for node in run.nodes)
        many = max(1, MOST // largest)
        if size <= many:
            found = pull_many(run, Diagonal(np.ones(shape, run.output._raw.dtype)))
            return map_tree(lambda x: found[x].reshape(shape + x.shape), run.traced)
        units = np.eye(size, dtype=run.output._raw.dtype).reshape(size, *shape)
        turns = [pull_many(run, units[i : i + many]) for i in range(0, size, many)]
        return map_tree(lambda x: np.concatenate([part[x] for part in turns]).reshape(shape + x.shape), run.traced)

    return matrix


def hessian(function: Function, argnum: int | str = 0) -> Function:
    """The function that returns all second derivatives of a number by an argument.

    Shapes: ``argument.shape + argument.shape``. The argument is one number or array; for a dict or a list use `hvp`.

    >>> import numpy as np
    >>> hessian(lambda x: np.sum(x**3))(np.array([1.0, 2.0]))
    array([[ 6.,  0.],
           [ 0., 12.]])
    """
    return jacobian(grad(function, argnum), argnum)


class Diagonal:
    """The gradients of as many outputs as there are entries, each of which reaches only its own entry.

    Elementwise ops keep it that; what is beside it on the main diagonal of the matrix of derivatives is not computed.

    Shapes: ``entries`` has any shape, and stands for an array (entries.size, *entries.shape).
    """

    __slots__ = ("entries", "shape")
    __array_ufunc__ = None  # an array + this is for __radd__

    def __init__(self, entries: np.ndarray) -> None:
        self.entries = entries
        self.shape = (entries.size, *entries.shape)

    def __matmul__(self, matrix: np.ndarray) -> np.ndarray:
        rows: np.ndarray = self.entries[:, None] * matrix
        return rows

    def __add__(self, other: Any) -> Any:
        return Diagonal(self.entries + other.entries) if isinstance(other, Diagonal) else self.__radd__(other)

    def __radd__(self, other: np.ndarray) -> np.ndarray:
        total = np.array(other, order="C")
        i = np.arange(self.entries.size)
        total.reshape(len(i), -1)[i, i] += self.entries.ravel()
        return total

    def dense(self) -> np.ndarray:
        """The array that it stands for."""
        return self + np.zeros(self.shape, self.entries.dtype)  # type: ignore[no-any-return]


def pull_many(run: Run, cotangents: np.ndarray | Diagonal) -> dict[Node, np.ndarray]:
    """The gradients of the traced arguments for each of ``cotangents``: what `pullback` does, for all at once.

    Rows that are not stated to be elementwise or batchable are called once for each cotangent.

    Shapes: ``cotangents`` (k, *output.shape); each result is (k, *argument.shape).
    """
    grads: dict[Node, Any] = {run.output: cotangents}
    sources = set(run.sources)
    for node in reversed(run.nodes):
        op, g = node.op, grads.get(node)
        if op is None or g is None or node not in run.reached:
            continue
        node.check_fresh()
        for x, rule in zip(node.inputs, op.vjps, strict=False):
            if isinstance(x, Node) and rule is not None and x in run.reached:
                c = _contributions(op, rule, g, node, x)
                grads[x] = grads[x] + c if x in grads else c
        if node not in sources:
            del grads[node]
    k = cotangents.shape[0]
    return {x: _dense(grads[x]) if x in grads else np.zeros((k, *x.shape)) for x in run.sources}


def _contributions(op: Op, rule: Function, g: Any, node: Node, x: Node) -> Any:
    """What each gradient of ``node`` sends to ``x``."""
    if isinstance(g, Diagonal):
        with np.errstate(all="ignore"):
            if op.elementwise and x.shape == node.shape:
                return Diagonal(x.fit(rule(g.entries, *node.saved)))
            if op is ops.matmul and len(x.shape) == len(node.shape) == 1:  # a matrix times a vector
                return _fitted(rule(g, *node.saved), x)
        g = g.dense()
    if op.elementwise or op.batchable:
        with np.errstate(all="ignore"):
            return _fitted(np.asarray(rule(g, *node.saved)), x)
    return np.stack([np.asarray(x.fit(rule(one, *node.saved))) for one in g])


def _dense(g: np.ndarray | Diagonal) -> np.ndarray:
    return g.dense() if isinstance(g, Diagonal) else g


def _fitted(c: np.ndarray, x: Node) -> np.ndarray:
    """Broadcasting undone, after the first axis."""
    shape = x.shape
    extra = c.ndim - 1 - len(shape)
    if extra > 0:
        c = np.add.reduce(c, axis=tuple(range(1, 1 + extra)))
    ones = tuple(i for i, n in enumerate(shape, 1) if n == 1 != c.shape[i])
    if ones:
        c = np.add.reduce(c, axis=ones, keepdims=True)
    if c.shape[1:] != shape:
        c = np.broadcast_to(c, (len(c), *shape))
    return c.astype(x._raw.dtype, copy=False) if x.is_array else c


def _unit(shape: tuple[int, ...], index: tuple[int, ...]) -> Any:
    unit = np.zeros(shape)
    unit[index] = 1.0
    return unit


def _stacked(rows: Iterable[Any], shape: tuple[int, ...]) -> Any:
    rows = list(rows)
    if not shape:
        return rows[0]
    inner = rows[0].shape if isinstance(rows[0], (Node, np.ndarray)) else ()
    return ops.reshape(ops.stack(rows) if any(isinstance(x, Node) for x in rows) else np.stack(rows), shape + inner)
