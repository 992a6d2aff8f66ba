"""NumPy's functions that write into an array they are given: ``out=``, ``np.put`` and its kin, ``ufunc.at``.

A Parameter takes what is written, an object array too; a plain array cannot hold a node, so that is refused.
May import object_loops.py. Read numpy_bridge.py next.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.node import Node, describe, plain
from autograd.object_loops import is_live, is_objects, leaves, objects, public
from autograd.op import boxed

__all__ = ["WRITERS", "function_into", "into", "written"]

# These write to their first argument, and this gives a new Tensor.
WRITERS: dict[Any, str] = {
    np.copyto: "t.at[i].set(v)", np.fill_diagonal: "np.where(np.eye(n) > 0, v, t)", np.place: "np.where(mask, v, t)",
    np.put: "t.at[i].set(v)", np.put_along_axis: "t.at[i].set(v)", np.putmask: "np.where(mask, v, t)",
}  # fmt: skip


def into(ufunc: Any, method: str, inputs: tuple[Any, ...], out: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A ufunc with ``out=``: a Parameter is updated in place; a plain array cannot take a node."""
    target = out[0]
    if isinstance(target, Node):
        if "where" in kwargs:  # what it leaves out stays as it was
            kwargs = {**kwargs, "out": np.array(plain(target))}
        return _stored(target, getattr(ufunc, method)(*map(plain, inputs), **kwargs), f"np.{ufunc.__name__}")
    if not all(map(is_objects, out)):
        for x in inputs:
            if is_live(x):
                raise x.detach_error(f"writing np.{ufunc.__name__} into an array")
        inputs = public(inputs)
    return getattr(ufunc, method)(*map(boxed, inputs), out=out, **kwargs)


def function_into(
    function: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], out: Any, live: list[Any]
) -> Any:
    """As `into`, of a function."""
    if isinstance(out, Node):
        return _stored(out, function(*public(args), **public(kwargs)), name)
    if live:
        raise live[0].detach_error(f"{name}(..., out=array)")
    return function(*public(args), out=out, **public(kwargs))


def _stored(target: Any, result: Any, name: str) -> Node:
    if not target.is_array:
        raise TypeError(f"{name}(..., out={describe(target)}): out is an array or a Parameter")
    target.must_update_in_place(f"{name}(..., out=)")
    target.update(np.positive, result)
    return target  # type: ignore[no-any-return]


def written(name: str, instead: str, write: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """A function that writes to its first argument: a Parameter, an object array, or an array if nothing is live."""
    target, *others = args or kwargs.values()
    if isinstance(target, Node):
        if not target.is_array:
            raise TypeError(f"{name}: {describe(target)} is one number, and nothing is written into it; rebind it")
        target.must_update_in_place(name)  # type: ignore[attr-defined]
        array = np.array(plain(target))
        write(array, *public(others), **public(kwargs if args else {}))
        target.update(np.positive, array)  # type: ignore[attr-defined]
    elif is_objects(target):
        write(*objects(args), **objects(kwargs))
    else:
        for x in leaves((others, kwargs)):
            if is_live(x):
                raise x.detach_error(f"{name}, which writes into an array ({instead} gives a new Tensor),")
        write(*public(args), **public(kwargs))
