"""``autograd.test_util``: checks of gradients as HIPS autograd calls them. Ours is `check.check_grads`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np

from autograd import check, ops
from autograd.node import plain
from autograd.transforms import leaves_of, map_tree
from autograd.vector_space import vspace

__all__ = ["check_equivalent", "check_grads", "check_jvp", "check_vjp", "combo_check", "scalar_close"]

Function = Callable[..., Any]


def check_grads(
    function: Function, argnum: int | Sequence[int] = 0, modes: Sequence[str] = ("fwd", "rev"), order: int = 2
) -> Function:
    """``check_grads(f, argnum, modes, order)(*args)`` compares gradients with central differences.

    Raises: GradientMismatch, an AssertionError.

    >>> check_grads(lambda x, y: np.sin(x) * y, argnum=(0, 1))(1.0, 2.0)
    """
    chosen = (argnum,) if isinstance(argnum, int) else tuple(argnum)

    def checked(*args: Any, **kwargs: Any) -> None:
        def of_chosen(*xs: Any) -> Any:
            moved = list(args)
            for i, x in zip(chosen, xs, strict=True):
                moved[i] = x
            return _joined(function(*moved, **kwargs))

        check.check_grads(of_chosen, *(args[i] for i in chosen), order=order, forward="fwd" in modes)

    return checked


def check_vjp(function: Function, x: Any) -> None:
    """The gradient at ``x``, in reverse mode only."""
    check_grads(function, modes=["rev"], order=1)(x)


def check_jvp(function: Function, x: Any) -> None:
    """The tangent at ``x``, which follows from the same rules."""
    check_grads(function, order=1)(x)


def combo_check(function: Function, *args: Any, **kwargs: Any) -> Function:
    """``combo_check(f, argnum)(xs, ys, axis=[...])`` checks f at every choice of arguments and keyword arguments."""

    def checked(*choices: Any, **keyword_choices: Any) -> None:
        for chosen in product(*choices):
            for values in product(*keyword_choices.values()):
                check_grads(function, *args, **kwargs)(*chosen, **dict(zip(keyword_choices, values, strict=True)))

    return checked


def scalar_close(a: Any, b: Any) -> bool:
    """Are two numbers the same to six digits?

    >>> scalar_close(1.0, 1.0 + 1e-9)
    True
    """
    return bool(np.isclose(plain(a), plain(b), rtol=2e-6, atol=1e-6))


def check_equivalent(x: Any, y: Any) -> None:
    """Have ``x`` and ``y`` the same structure, shapes and, to six digits, values?

    Raises: AssertionError.
    """
    if vspace(x) != vspace(y):
        raise AssertionError(f"{vspace(x)} is not {vspace(y)}")
    map_tree(lambda a, b: np.testing.assert_allclose(plain(a), plain(b), rtol=2e-6, atol=1e-6), x, y)


def _joined(result: Any) -> Any:
    """A structure of results as one vector."""
    if not isinstance(result, (list, tuple, dict)):
        return result
    return ops.concatenate([ops.reshape(x, (-1,)) for x in leaves_of(result)])
