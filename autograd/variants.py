"""Transforms that code written for HIPS autograd calls by these names; each is a line or two of ours.

May import jacobians.py and extend.py. Nothing else in the engine depends on it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from autograd.extend import Primitive, defvjp_argnum
from autograd.jacobians import jacobian
from autograd.transforms import grad, hessian_vector_product, make_jvp, make_vjp, vjp
from autograd.vector_space import vspace

__all__ = [
    "checkpoint", "deriv", "grad_named", "hessian_tensor_product", "holomorphic_grad", "make_ggnvp", "make_hvp",
    "multigrad_dict", "tensor_jacobian_product", "vector_jacobian_product",
]  # fmt: skip

Function = Callable[..., Any]


def deriv(function: Function, argnum: int = 0) -> Function:
    """The derivative of a function of one number, whatever the shape of its result; by forward mode.

    >>> deriv(lambda x: np.array([1.0, 2.0]) * x**2)(3.0)
    array([ 6., 12.])
    """
    return lambda *args, **kwargs: make_jvp(function, argnum)(*args, **kwargs)(vspace(args[argnum]).ones())[1]


def grad_named(function: Function, name: str) -> Function:
    """The gradient by the argument of that name, wherever in the call it stands.

    >>> grad_named(lambda a, b: a * b, "b")(3.0, 4.0)
    np.float64(3.0)
    """
    return grad(function, list(inspect.signature(function).parameters).index(name))


def multigrad_dict(function: Function) -> Function:
    """The gradients by all arguments, as a dict by their names.

    >>> multigrad_dict(lambda a, b=2.0: a * b)(3.0)
    {'a': np.float64(2.0), 'b': np.float64(3.0)}
    """
    signature = inspect.signature(function)

    def gradients(*args: Any, **kwargs: Any) -> dict[str, Any]:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()

        def by_name(arguments: dict[str, Any]) -> Any:
            called = inspect.BoundArguments(signature, arguments)
            return function(*called.args, **called.kwargs)

        found: dict[str, Any] = grad(by_name)(dict(bound.arguments))
        return found

    return gradients


def holomorphic_grad(function: Function, argnum: int = 0) -> NoReturn:
    """Not here: a node holds real numbers.

    Raises: NotImplementedError.
    """
    raise NotImplementedError(
        f"holomorphic_grad({getattr(function, '__name__', 'f')}, {argnum}): a node holds real numbers; write the "
        f"function with the real and the imaginary part as two arguments, and take grad by each"
    )


def vector_jacobian_product(function: Function, argnum: int = 0) -> Function:
    """``vector_jacobian_product(f)(*args, v)`` is v times the Jacobian; of fewer axes than f's result, along the first.

    >>> vector_jacobian_product(lambda x: x**2)(np.array([1.0, 2.0]), np.array([1.0, 10.0]))
    array([ 2., 40.])
    """

    def product(*args_and_vector: Any, **kwargs: Any) -> Any:
        *args, vector = args_and_vector

        def weighted(*args: Any, **kwargs: Any) -> Any:
            return np.tensordot(vector, function(*args, **kwargs), np.ndim(vector))

        return jacobian(weighted, argnum)(*args, **kwargs)

    return product


hessian_tensor_product, tensor_jacobian_product = hessian_vector_product, vector_jacobian_product  # of matrices too


def make_hvp(function: Function, argnum: int = 0) -> Function:
    """``make_hvp(f)(*args)`` is ``(product with the Hessian at args, the gradient there)``.

    >>> product, gradient = make_hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]))
    >>> product(np.array([1.0, 1.0]))
    array([ 6., 12.])
    """
    return make_vjp(grad(function, argnum), argnum)


def make_ggnvp(function: Function, loss: Function = lambda y: 0.5 * np.sum(y * y), argnum: int = 0) -> Function:
    """``make_ggnvp(f, loss)(*args)`` is the product with the generalised Gauss-Newton matrix of ``loss(f(...))``.

    That is the Jacobian of f, transposed, times the Hessian of the loss, times the Jacobian.

    >>> make_ggnvp(lambda x: 2.0 * x)(np.array([1.0, 2.0]))(np.array([1.0, 1.0]))
    array([4., 4.])
    """

    def at(*args: Any, **kwargs: Any) -> Function:
        pull, y = make_vjp(function, argnum)(*args, **kwargs)
        curve, _ = make_hvp(loss)(y)
        push = make_jvp(function, argnum)(*args, **kwargs)
        return lambda v: pull(curve(push(v)[1]))

    return at


def checkpoint(function: Function) -> Primitive:
    """``function``, whose inner values are not kept for the backward pass but computed again: time for memory.

    From: Chen et al., "Training Deep Nets with Sublinear Memory Cost".

    >>> grad(checkpoint(lambda x: np.tanh(x) ** 2))(0.0)
    np.float64(0.0)
    """

    def again(argnum: int, y: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Function:  # noqa: ARG001
        def by_argument(x: Any) -> Any:
            return function(*args[:argnum], x, *args[argnum + 1 :], **kwargs)

        return lambda g: vjp(by_argument, args[argnum])[1](g)[0]

    wrapped = Primitive(function)
    defvjp_argnum(wrapped, again)
    return wrapped
