"""Functions of functions: grad, vjp, jvp, hvp and their kin.

They are pure: a transform makes fresh leaves of its arguments, runs the function, walks the graph, and never
touches ``.grad``. A float is traced as a Value (np.float64 comes back), an array as a Tensor; lists, tuples
and dicts of them are taken apart and put together again. An argument that the result does not depend on gets
zeros.

They nest: where the result depends on other nodes too (an outer transform's, a Parameter, a Value of yours),
the gradient is a node, and can be differentiated again. May import parameter.py. Read jacobians.py next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import ops
from autograd.errors import ShapeError
from autograd.mode import current_mode, recording
from autograd.node import Node, depending_on, describe, order, plain, pullback
from autograd.op import CONSTANT, apply
from autograd.tensor import Tensor
from autograd.value import Value

__all__ = [
    "elementwise_grad", "grad", "grad_and_aux", "hessian_vector_product", "hvp", "jvp", "make_jvp", "make_vjp",
    "value_and_grad", "vjp",
]  # fmt: skip

Function = Callable[..., Any]
Argnum = int | str | Sequence[int | str]

# Trees: lists, tuples, named tuples and dicts of arguments --------------------------------------------------------


def map_tree(function: Function, tree: Any, *others: Any) -> Any:
    """``function`` on every leaf of ``tree`` (and the leaves of ``others`` at the same places).

    Raises: ValueError where the trees differ.
    """
    if isinstance(tree, (dict, list, tuple)):
        for other in others:
            if type(other) is not type(tree) or len(other) != len(tree):
                raise ValueError(f"the structure {other!r} differs from {tree!r}")
    if isinstance(tree, dict):
        return {key: map_tree(function, part, *(other[key] for other in others)) for key, part in tree.items()}
    if isinstance(tree, (list, tuple)):
        parts = [map_tree(function, *group) for group in zip(tree, *others, strict=True)]
        return type(tree)(parts) if type(tree) in (list, tuple) else type(tree)(*parts)  # a named tuple
    return function(tree, *others)


def leaves_of(tree: Any) -> list[Any]:
    """The leaves of a tree, in order."""
    found: list[Any] = []
    map_tree(found.append, tree)
    return found


def fresh(x: Any) -> Any:
    """A new node for an argument. A node of an outer graph stays connected to it through an identity.

    Raises: TypeError for what is neither a real number nor an array.
    """
    if isinstance(x, Node) and not x.is_constant:
        return ops.identity(x)
    x = plain(x)
    return Tensor(x) if isinstance(x, np.ndarray) else Value(x)


def zeros_like(x: Any) -> Any:
    return np.zeros(x.shape, x.dtype) if isinstance(x, Tensor) else np.float64(0.0)


# One run of a function ---------------------------------------------------------------------------------------------


class Run:
    """A function run on fresh nodes: what every transform starts with."""

    def __init__(
        self, function: Function, args: tuple[Any, ...], kwargs: dict[str, Any], argnum: Argnum, aux: bool = False
    ) -> None:
        chosen = argnum if isinstance(argnum, (tuple, list)) else (argnum,)
        positional, named = list(args), dict(kwargs)
        traced: list[Any] = []
        with recording():
            for which in chosen:
                place: Any = named if isinstance(which, str) else positional
                try:
                    place[which] = map_tree(fresh, place[which])
                except (IndexError, KeyError):
                    raise ValueError(
                        f"argnum={argnum!r}, but the call has {len(args)} positional arguments and the keyword "
                        f"arguments {sorted(kwargs)}"
                    ) from None
                traced.append(place[which])
            self.traced: Any = tuple(traced) if isinstance(argnum, (tuple, list)) else traced[0]
            result = function(*positional, **named)
            self.aux: Any = None
            if aux:
                result, self.aux = result
            self.output = as_node(result, function)
            self.gives_bool = isinstance(result, (bool, np.bool_))
        self.sources: list[Node] = leaves_of(self.traced)
        self.nodes = order(self.output)
        sources = set(self.sources)
        self.reached = depending_on(sources, self.nodes)
        # What else the result depends on: leaves of yours, or what an argument that is a node was made from.
        self.plain = not any(node.op is None and node not in sources for node in self.nodes)
        for x in self.sources:  # the function has returned: to a transform around this one a plain argument is constant
            x.op = x.op or CONSTANT

    def out(self, x: Any) -> Any:
        """A result as the caller gets it: plain data, if it depends on nothing but the arguments."""
        if not isinstance(x, Node):
            return np.float64(x) if x.__class__ is float else x
        if not self.plain or any(node.op is None for node in order(x)):  # through a tangent, a cotangent, aux
            return x if current_mode().recording else x.detach()
        return x.operand().copy()[()] if x.is_array else np.float64(x.operand())

    def pull(self, cotangent: Any) -> Any:
        """The gradients of the traced arguments, in their structure."""
        if self.output not in self.reached:
            return map_tree(zeros_like, self.traced)
        cotangent = self.output.fit(cotangent)
        if isinstance(cotangent, np.ndarray):
            cotangent = cotangent.copy()  # the gradient of the output itself is the cotangent
        grads = pullback(self.nodes, cotangent, self.reached, create_graph=not self.plain)

        def own(x: Node) -> Any:
            g = grads.get(x)
            if g is None:
                return zeros_like(x)
            return g[()] if isinstance(g, np.ndarray) else self.out(g)

        return map_tree(own, self.traced)


def as_node(result: Any, function: Any) -> Node:
    if isinstance(result, Node):
        return result
    if isinstance(result, (list, tuple)) or (isinstance(result, np.ndarray) and result.dtype == object):
        return Tensor(result)
    try:
        constant: Node = (Tensor if isinstance(result, np.ndarray) else Value)(result)
    except TypeError:
        name = getattr(function, "__name__", "the function")
        raise TypeError(f"{name} returned {result!r}, not a number, an array or a node") from None
    return constant.detach()


def single_number(run: Run, function: Any, advice: str) -> None:
    output = run.output
    if run.gives_bool:
        name = getattr(function, "__name__", "the function")
        raise TypeError(f"the gradient of a number is asked for, but {name} gives a bool, which has none")
    if output.is_array and output._raw.size != 1:
        name = getattr(function, "__name__", "the function")
        shape = output._raw.shape
        raise ShapeError(f"the gradient of one number is asked for, but {name} gives shape {shape}; {advice}")


# Gradients ---------------------------------------------------------------------------------------------------------


def value_and_grad(function: Function, argnum: Argnum = 0) -> Function:
    """The function that returns ``(function(...), its gradient)``.

    Shapes: a gradient has the shape and structure of its argument.

    Raises: ShapeError if the function does not give a single number.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (np.float64(9.0), np.float64(6.0))
    """

    def both(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        run = Run(function, args, kwargs, argnum)
        single_number(run, function, "take .sum() or .mean(), or use jacobian or elementwise_grad")
        return run.out(run.output), run.pull(1.0)

    return both


def grad(function: Function, argnum: Argnum = 0) -> Function:
    """The function that returns the gradient of ``function`` by argument ``argnum``.

    ``argnum`` is a position, the name of a keyword argument, or a sequence of them (a tuple of gradients).

    Raises: ShapeError if the function does not give a single number.

    >>> grad(grad(lambda x: x**3))(2.0)
    np.float64(12.0)
    >>> import numpy as np
    >>> grad(lambda w: np.sum(np.tanh(w) ** 2))(np.array([0.0, 1.0])).round(4)
    array([0.    , 0.6397])
    """
    both = value_and_grad(function, argnum)
    return lambda *args, **kwargs: both(*args, **kwargs)[1]


def grad_and_aux(function: Function, argnum: Argnum = 0) -> Function:
    """For a function that returns ``(number, anything)``: ``(the gradient of the number, the anything)``.

    >>> grad_and_aux(lambda x: (x * x, "note"))(3.0)
    (np.float64(6.0), 'note')
    """

    def both(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        run = Run(function, args, kwargs, argnum, aux=True)
        single_number(run, function, "take .sum() or .mean()")
        return run.pull(1.0), map_tree(run.out, run.aux)

    return both


def elementwise_grad(function: Function, argnum: Argnum = 0) -> Function:
    """The gradient of the sum of the outputs: for a function that works entry by entry, its derivative.

    >>> import numpy as np
    >>> elementwise_grad(np.tanh)(np.array([0.0, 1.0])).round(4)
    array([1.  , 0.42])
    """

    def derivative(*args: Any, **kwargs: Any) -> Any:
        run = Run(function, args, kwargs, argnum)
        return run.pull(1.0)

    return derivative


def vjp(function: Function, *xs: Any) -> tuple[Any, Function]:
    """``(y, pull)``: the output, and the function from a cotangent of y to the tuple of cotangents of xs.

    >>> y, pull = vjp(lambda a, b: a * b, 2.0, 3.0)
    >>> pull(1.0)
    (np.float64(3.0), np.float64(2.0))
    """
    run = Run(function, xs, {}, tuple(range(len(xs))))
    return run.out(run.output), lambda cotangent: tuple(run.pull(_checked(cotangent, run.output)))


def make_vjp(function: Function, argnum: Argnum = 0) -> Function:
    """As HIPS autograd's: ``make_vjp(f)(x)`` is ``(pull, y)``.

    >>> pull, y = make_vjp(lambda x: x * x)(3.0)
    >>> y, pull(1.0)
    (np.float64(9.0), np.float64(6.0))
    """

    def pair(*args: Any, **kwargs: Any) -> tuple[Function, Any]:
        run = Run(function, args, kwargs, argnum)
        return (lambda cotangent: run.pull(_checked(cotangent, run.output))), run.out(run.output)

    return pair


def _checked(cotangent: Any, y: Node) -> Any:
    shape = y._raw.shape if y.is_array else ()
    given = cotangent._raw if isinstance(cotangent, Node) else cotangent
    if np.shape(given) != shape:
        raise ShapeError(f"the cotangent of {describe(y)} has shape {np.shape(given)}, not {shape}")
    return cotangent


# Tangents ----------------------------------------------------------------------------------------------------------


def jvp(function: Function, xs: Sequence[Any], vs: Sequence[Any]) -> tuple[Any, Any]:
    """``(y, tangent)``: the output, and how it changes as ``xs`` move along ``vs``.

    Shapes: each tangent in ``vs`` has the shape and structure of its argument.

    >>> jvp(lambda a, b: a * b, (2.0, 3.0), (1.0, 0.0))
    (np.float64(6.0), np.float64(3.0))
    """
    return _pushed(Run(function, tuple(xs), {}, tuple(range(len(xs)))), tuple(vs))


def make_jvp(function: Function, argnum: Argnum = 0) -> Function:
    """As HIPS autograd's: ``make_jvp(f)(x)(v)`` is ``(y, tangent)``.

    >>> make_jvp(lambda x: x * x)(3.0)(1.0)
    (np.float64(9.0), np.float64(6.0))
    """

    def at(*args: Any, **kwargs: Any) -> Function:
        def push(v: Any) -> tuple[Any, Any]:
            return _pushed(Run(function, args, kwargs, argnum), v)

        return push

    return at


def _pushed(run: Run, v: Any) -> tuple[Any, Any]:
    """The output of a run, and its tangent as the traced arguments move along ``v``."""
    tangents = dict(zip(run.sources, leaves_of(map_tree(_tangent, run.traced, v)), strict=True))
    tangent = pushforward(run, tangents)
    return run.out(run.output), run.out(tangent)


def _tangent(x: Node, v: Any) -> Any:
    if (x._raw.shape if x.is_array else ()) != (v.shape if isinstance(v, Node) else np.shape(v)):
        raise ShapeError(f"the tangent of {describe(x)} has shape {np.shape(plain(v))}")
    if isinstance(v, Node):
        return v
    return np.asarray(v, dtype=x._raw.dtype) if x.is_array else float(v)


def pushforward(run: Run, tangents: dict[Node, Any]) -> Any:
    """Carry tangents from the arguments to the output, inputs first.

    An elementwise op's jvp is its vjp fed with the tangent, a linear op's is the op on the tangent; the jvp of
    the others is the transpose of the vjp, which is linear in its cotangent.
    """
    for node in run.nodes:
        if node not in run.reached or node.op is None or node in tangents:
            continue
        saved = node.saved if run.plain else node.saved_nodes()
        parts = [
            _push(node, slot, tangents[x], saved, run.plain)
            for slot, x in enumerate(node.inputs)
            if isinstance(x, Node) and x in tangents
        ]
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        tangents[node] = node.fit(total)
    return tangents.get(run.output, zeros_like(run.output))


def _push(node: Node, slot: int, tangent: Any, saved: tuple[Any, ...], is_plain: bool) -> Any:
    op = node.op
    assert op is not None
    rule = next(rule for i, rule in enumerate(op.vjps) if i == slot)
    if rule is None:
        return zeros_like(node)
    n = len(node.inputs)
    if op.linear:
        operands = list(saved[1 : 1 + n])
        operands[slot] = tangent
        return apply(op, tuple(operands), tuple(saved[1 + n :]))
    if op.elementwise:
        if node.is_array:
            tangent = ops.broadcast_to(tangent, node._raw.shape)
        return rule(tangent, *saved)
    cotangent = fresh(zeros_like(node))
    with recording():
        back = rule(cotangent, *saved)  # linear in the cotangent
        if not isinstance(back, Node):
            return zeros_like(node)
        back = node.inputs[slot].fit(back)
    inner = order(back)
    pulled = pullback(inner, tangent, depending_on({cotangent}, inner), create_graph=not is_plain)
    return pulled.get(cotangent, zeros_like(node))


# Products with the Hessian ---------------------------------------------------------------------------------------


def hessian_vector_product(function: Function, argnum: int = 0) -> Function:
    """``hvp(f)(*args, v)`` is the Hessian of f times ``v``, at the cost of a few runs of f: no Hessian is formed.

    Shapes: ``v`` and the result have the shape and structure of the argument.

    >>> import numpy as np
    >>> hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """
    gradient = grad(function, argnum)

    def product(*args_and_vector: Any, **kwargs: Any) -> Any:
        *args, vector = args_and_vector

        def moved(x: Any) -> Any:
            return gradient(*args[:argnum], x, *args[argnum + 1 :], **kwargs)

        _, pull = vjp(lambda x: _inner(moved(x), vector), args[argnum])
        return pull(1.0)[0]

    return product


hvp = hessian_vector_product


def _inner(a: Any, b: Any) -> Any:
    """The inner product of two trees of the same structure."""
    total: Any = 0.0
    for x, y in zip(leaves_of(a), leaves_of(b), strict=True):
        total = total + ops.sum(ops.multiply(x, y))
    return total
