"""Gradients against central differences: is a rule right, and if not, which one is wrong?

May import transforms.py. Nothing else in the engine depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from autograd import ops
from autograd.errors import GradientMismatch
from autograd.mode import no_grad
from autograd.node import Node, describe, order, pullback
from autograd.op import Op, apply
from autograd.transforms import Run, fresh, leaves_of, map_tree, pushforward

__all__ = ["check_grads", "relative_errors"]

Function = Callable[..., Any]

STEP = 6e-6  # the cube root of float64's precision: where rounding and truncation errors meet


def check_grads(
    function: Function,
    *args: Any,
    order: int = 2,
    rtol: float | None = None,
    atol: float | None = None,
    forward: bool = True,
) -> None:
    """Compare the gradients of ``function`` at ``args`` with central differences, in reverse and forward mode.

    Every entry of every argument is moved in turn; outputs are weighted by fixed random numbers. With
    ``order=2`` the gradient itself is checked the same way, and so on. ``forward=False`` leaves forward mode out. The
    default tolerances are 1e-6 in float64 and 2e-3 in float32.

    Raises: GradientMismatch, which names the op at fault (or the argument), the index, what the rule gave and
    what central differences give.

    From: central differences, "Neural Networks Solutions - Module 6", exercise 4.4.

    >>> import numpy as np
    >>> check_grads(lambda x, w: np.tanh(x @ w).sum(), np.ones((2, 3)), np.ones(3))
    """
    dtypes = [np.asarray(x).dtype for x in leaves_of(args)]
    tolerance = 2e-3 if any(dtype == np.float32 for dtype in dtypes) else 1e-6
    rtol, atol = rtol or tolerance, atol or tolerance
    leaves = leaves_of(args)
    sizes = [np.size(x) for x in leaves]
    owner = [(i, index) for i, x in enumerate(leaves) for index in np.ndindex(np.shape(x))]
    flat = np.concatenate([np.ravel(np.asarray(x, dtype=float)) for x in leaves])
    run = Run(function, args, {}, tuple(range(len(args))))
    rng = np.random.default_rng(0)
    weights = rng.uniform(0.5, 1.5, np.shape(run.output._raw))

    def rebuilt(vector: np.ndarray) -> Any:
        parts = iter(np.split(vector, np.cumsum(sizes)[:-1]))
        return map_tree(lambda x: _like(x, next(parts)), args)

    def output(vector: np.ndarray) -> np.ndarray:
        moved = Run(function, rebuilt(vector), {}, tuple(range(len(args))))
        return np.asarray(moved.output._raw, dtype=float)

    expected = np.array([central_difference(output, flat, i, weights) for i in range(flat.size)])
    got = np.concatenate([np.ravel(plain_of(g)) for g in leaves_of(run.pull(weights))])
    direction = rng.uniform(0.5, 1.5, flat.shape)
    wrong = np.flatnonzero(~np.isclose(got, expected, rtol, atol))
    slope = float(expected @ direction)
    tangent = slope
    if forward:
        tangents = dict(zip(run.sources, leaves_of(map_tree(_as_tangent, run.traced, rebuilt(direction))), strict=True))
        tangent = float(np.sum(plain_of(pushforward(run, tangents)) * weights))
    forward_wrong = not np.isclose(tangent, slope, rtol * 10, atol * 10 * max(1, flat.size))
    if wrong.size or forward_wrong:
        _name_wrong_op(run, rtol, atol)
    if wrong.size:
        worst = wrong[np.argmax(np.abs(got - expected)[wrong])]
        argument, index = owner[worst]
        raise GradientMismatch(
            f"the gradient of argument {argument} at index {index} is {got[worst]:.9g}, central differences give "
            f"{expected[worst]:.9g}"
        )
    if forward_wrong:
        raise GradientMismatch(f"the jvp is {tangent:.9g}, central differences give {slope:.9g}")
    if order > 1:
        gradient = _gradient_of(function, weights)
        check_grads(gradient, *args, order=order - 1, rtol=rtol * 10, atol=atol * 10, forward=forward)


def _gradient_of(function: Function, weights: Any) -> Function:
    """The gradient of the weighted output by all arguments, as one vector."""

    def gradient(*xs: Any) -> Any:
        run = Run(function, xs, {}, tuple(range(len(xs))))
        return ops.concatenate([ops.reshape(g, (-1,)) for g in leaves_of(run.pull(weights))])

    gradient.__name__ = f"the gradient of {getattr(function, '__name__', 'the function')}"
    return gradient


def central_difference(function: Callable[[np.ndarray], Any], x: np.ndarray, i: int, weights: Any = 1.0) -> float:
    """The derivative by ``x[i]`` of the weighted sum of what ``function`` gives, from two evaluations beside it.

    The difference comes before the sum: what does not depend on ``x[i]`` adds no rounding error, however large it is.
    """
    step = np.zeros_like(x)
    step[i] = STEP * max(1.0, abs(x[i]))
    return float(np.sum((function(x + step) - function(x - step)) * weights) / (2 * step[i]))


def _like(x: Any, values: np.ndarray) -> Any:
    """``values`` as an argument like ``x``, in float64: differences of float32 numbers would be noise."""
    return values.reshape(x.shape) if isinstance(x, (np.ndarray, Node)) else float(values[0])


def _as_tangent(x: Node, v: Any) -> Any:
    return np.asarray(v, dtype=x._raw.dtype) if x.is_array else float(v)


def plain_of(x: Any) -> Any:
    return np.asarray(x._raw if isinstance(x, Node) else x, dtype=float)


def _name_wrong_op(run: Run, rtol: float, atol: float) -> None:
    """Check each op of the graph at the values it saw, and raise for the first whose own rule is wrong."""
    rng = np.random.default_rng(1)
    for node in run.nodes:
        n = len(node.inputs)
        if node.op is None or node not in run.reached or n == 0:
            continue
        operands, params = node.saved[1 : 1 + n], node.saved[1 + n :]
        weights = rng.uniform(0.5, 1.5, np.shape(node._raw))
        for slot, rule in zip(range(n), node.op.vjps, strict=False):
            if rule is None or not _is_in(node.inputs[slot], run.reached):
                continue
            x = np.asarray(operands[slot], dtype=float)

            output = partial(_output, node.op, operands, params, slot)
            got = np.ravel(plain_of(fresh(operands[slot]).fit(rule(weights, *node.saved))))
            for i, index in enumerate(np.ndindex(x.shape)):
                expected = central_difference(output, x.ravel(), i, weights)
                if not np.isclose(got[i], expected, rtol, atol):
                    raise GradientMismatch(
                        f"the rule of {node.op} for operand {slot}, {describe(node.inputs[slot])}, gives {got[i]:.9g} "
                        f"at index {index}, central differences give {expected:.9g}"
                    )


def _is_in(x: Any, nodes: set[Node]) -> bool:
    return isinstance(x, Node) and x in nodes


def _output(op: Op, operands: tuple[Any, ...], params: tuple[Any, ...], slot: int, values: np.ndarray) -> np.ndarray:
    moved = list(operands)
    moved[slot] = values.reshape(np.shape(operands[slot])) if np.ndim(operands[slot]) else float(values[0])
    return plain_of(apply(op, tuple(moved), params))  # type: ignore[no-any-return]


def relative_errors(loss: Callable[[], Any], parameters: Iterable[Node], epsilon: float = 1e-5) -> list[float]:
    """The documents' gradient check: one relative error for each parameter.

    ``||numerical - analytical|| / (||numerical|| + ||analytical|| + 1e-10)``, where ``loss()`` is run with each
    entry of each parameter moved by plus and minus ``epsilon`` and put back. Below 1e-5 it counts as passed.

    From: "Neural Networks Solutions - Module 6", exercise 4.4.

    >>> from autograd import Value
    >>> w = Value(3.0)
    >>> relative_errors(lambda: w * w, [w])[0] < 1e-9
    True
    """
    parameters = list(parameters)
    nodes = order(loss())
    grads = pullback(nodes, nodes[-1].seed(None))
    return [relative_error(numerical_gradient(loss, p, epsilon), grads.get(p, 0.0)) for p in parameters]


def relative_error(numerical: Any, analytical: Any) -> float:
    """How far two gradients of one parameter are apart, between 0 (alike) and 1 (one is the other's negative, or 0)."""
    difference = float(np.linalg.norm(numerical - analytical))
    return difference / (float(np.linalg.norm(numerical)) + float(np.linalg.norm(analytical)) + 1e-10)


def numerical_gradient(loss: Callable[[], Any], parameter: Node, epsilon: float = 1e-5) -> np.ndarray:
    """The gradient by a parameter from central differences: ``loss()`` runs twice for each of its entries."""
    start = np.array(parameter.operand())
    numerical = np.zeros_like(start, dtype=float)
    try:
        with no_grad():
            for index in np.ndindex(start.shape):
                ends = []
                for sign in (1, -1):
                    moved = start.copy()
                    moved[index] += sign * epsilon
                    parameter.data = moved if parameter.is_array else float(moved)  # type: ignore[misc]
                    ends.append(float(loss()))
                numerical[index] = (ends[0] - ends[1]) / (2 * epsilon)
    finally:
        parameter.data = start if parameter.is_array else float(start)  # type: ignore[misc]
    return numerical
