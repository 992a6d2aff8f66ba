"""``autograd.wrap_util``: transforms written for functions of one argument made to work on any of several."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

__all__ = ["unary_to_nary"]

Function = Callable[..., Any]


def unary_to_nary(transform: Callable[..., Any]) -> Function:
    """A decorator for ``transform(f, x)``: called as ``transform(f, argnum)(*args)`` it takes ``args[argnum]`` for x.

    >>> @unary_to_nary
    ... def twice(f, x):
    ...     return f(f(x))
    >>> twice(lambda a, b: a + b, argnum=1)(1.0, 5.0)
    7.0
    """

    @wraps(transform)
    def of_function(function: Function, argnum: Any = 0, *options: Any, **keyword_options: Any) -> Function:
        several = isinstance(argnum, (list, tuple))

        def at(*args: Any, **kwargs: Any) -> Any:
            def of_one(x: Any) -> Any:
                moved = list(args)
                for i, part in zip(argnum, x, strict=True) if several else ((argnum, x),):
                    moved[i] = part
                return function(*moved, **kwargs)

            x = tuple(args[i] for i in argnum) if several else args[argnum]
            return transform(of_one, x, *options, **keyword_options)

        return at

    return of_function
