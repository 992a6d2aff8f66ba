"""A list, tuple or dict of numbers and arrays as one vector, and back.

Not part of `autograd` proper; it is what code written for HIPS autograd calls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import ops
from autograd.node import plain
from autograd.transforms import leaves_of, map_tree

__all__ = ["flatten", "flatten_func"]


def flatten(tree: Any) -> tuple[Any, Callable[[Any], Any]]:
    """``(vector, unflatten)``: the entries of all leaves, dicts by sorted keys, and the function that puts them back.

    >>> vector, unflatten = flatten({"b": 3.0, "W": np.ones((1, 2))})
    >>> vector, unflatten(2 * vector)
    (array([1., 1., 3.]), {'W': array([[2., 2.]]), 'b': np.float64(6.0)})
    """
    tree = _sorted(tree)
    leaves = leaves_of(tree)
    shapes = [np.shape(plain(x)) for x in leaves]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])

    def unflatten(vector: Any) -> Any:
        parts = iter(zip(shapes, ends, strict=True))

        def part(_: Any) -> Any:
            shape, end = next(parts)
            return vector[end - 1] if shape == () else ops.reshape(vector[end - int(np.prod(shape)) : end], shape)

        return map_tree(part, tree)

    vector = ops.concatenate([ops.reshape(x, (-1,)) for x in leaves]) if leaves else np.array([])
    return vector, unflatten


def flatten_func(function: Callable[..., Any], example: Any) -> tuple[Callable[..., Any], Callable[[Any], Any], Any]:
    """``(function on vectors, unflatten, example as a vector)`` for a function from structures to structures.

    >>> on_vectors, _, vector = flatten_func(lambda pair: [pair[1], pair[0]], [1.0, 2.0])
    >>> on_vectors(vector)
    array([2., 1.])
    """
    vector, unflatten = flatten(example)
    return (lambda x, *args: flatten(function(unflatten(x), *args))[0]), unflatten, vector


def _sorted(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _sorted(tree[key]) for key in sorted(tree)}
    if isinstance(tree, (list, tuple)):
        parts = map(_sorted, tree)
        return type(tree)(parts) if type(tree) in (list, tuple) else type(tree)(*parts)
    return tree
