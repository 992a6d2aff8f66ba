"""``autograd.core``: what code written for HIPS autograd imports from there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import transforms
from autograd.extend import def_linear, defjvp, defjvp_argnum, defvjp, defvjp_argnum, defvjp_argnums, primitive, vspace

__all__ = [
    "def_linear", "defjvp", "defjvp_argnum", "defvjp", "defvjp_argnum", "defvjp_argnums", "make_jvp", "make_vjp",
    "primitive", "vspace",
]  # fmt: skip


def make_vjp(function: Callable[..., Any], x: Any) -> tuple[Any, Any]:
    """``(pull, y)`` at ``x``.

    >>> pull, y = make_vjp(lambda x: x * x, 3.0)
    >>> pull(1.0)
    np.float64(6.0)
    """
    pull, y = transforms.make_vjp(function)(x)
    return pull, y


def make_jvp(function: Callable[..., Any], x: Any) -> Callable[..., Any]:
    """The function from a tangent of ``x`` to ``(y, tangent of y)``.

    >>> make_jvp(lambda x: x * x, 3.0)(1.0)
    (np.float64(9.0), np.float64(6.0))
    """
    push: Callable[..., Any] = transforms.make_jvp(function)(x)
    return push
