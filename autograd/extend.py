"""Functions of your own with a rule: ``primitive`` and ``defvjp``, as HIPS autograd has them.

    >>> import numpy as np
    >>> from autograd import grad
    >>> @primitive
    ... def cube(x):
    ...     return x**3
    >>> defvjp(cube, lambda y, x: lambda g: g * 3 * x**2)
    >>> grad(cube)(2.0)
    np.float64(12.0)

A primitive is an Op made from a function with any arguments: those that are nodes, or trees of nodes, are its operands.
A function that works entry by entry on one or two operands is shorter as an ``Op(...)`` (op.py).
May import transforms.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import update_wrapper
from itertools import count
from typing import Any, NamedTuple

import numpy as np

from autograd.errors import DetachError
from autograd.node import Node, describe, plain
from autograd.op import EachOperand, Op, apply
from autograd.transforms import leaves_of, map_tree, vjp
from autograd.vector_space import VectorSpace, vspace

__all__ = [
    "Primitive", "VectorSpace", "def_linear", "defjvp", "defjvp_argnum", "defvjp", "defvjp_argnum", "defvjp_argnums",
    "notrace_primitive", "primitive", "vspace",
]  # fmt: skip

Function = Callable[..., Any]
Rule = Callable[[int, Any, tuple[Any, ...], dict[str, Any]], Function | None]  # argnum, output, arguments -> pull


@dataclass(frozen=True)
class Slot:
    """The place of an operand among the arguments of a call."""

    operand: int


class Call(NamedTuple):
    """The arguments of a call, with a Slot in the place of each operand."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    owners: tuple[tuple[int, int], ...]  # for each operand the number of its argument, and its place among the leaves

    def filled(self, operands: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments with ``operands`` in their slots."""
        return tuple(map_tree(lambda x: operands[x.operand] if isinstance(x, Slot) else x, self.args))


class Primitive:
    """A function whose gradient is given by ``defvjp``, and into which nothing looks."""

    __name__: str

    def __init__(self, function: Function) -> None:
        update_wrapper(self, function)
        self.function = function
        self.makers: dict[int, Function | None] = {}  # of the gradient of each argument
        self.rule: Rule | None = None  # or of all of them
        self.tangent: Rule | None = None
        self.op = Op(self.__name__, self._forward, EachOperand(self._pull), result="array", doc=self.__doc__ or "")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The function, recorded if any of ``args`` is a node or holds one."""
        for x in leaves_of(kwargs):
            if isinstance(x, Node) and not x.may_become_plain():
                raise DetachError(
                    f"{self.__name__}: {describe(x)} is a keyword argument, by which a primitive has no gradient; "
                    f"give it by its position, or its .data"
                )
        operands: list[Any] = []
        owners: list[tuple[int, int]] = []
        template = []
        for argnum, arg in enumerate(args):
            places = iter(range(len(leaves_of(arg))))

            def slotted(x: Any, argnum: int = argnum, places: Any = places) -> Any:
                place = next(places)
                if not isinstance(x, Node):
                    return x
                operands.append(x)
                owners.append((argnum, place))
                return Slot(len(operands) - 1)

            template.append(map_tree(slotted, arg))
        if not operands:
            return self.function(*args, **kwargs)
        return apply(self.op, tuple(operands), (Call(tuple(template), map_tree(plain, kwargs), tuple(owners)),))

    # The three methods by which the first releases of HIPS autograd set rules, one argument after the other.

    def defgrad(self, maker: Function, argnum: int = 0) -> None:
        """As ``defvjp(self, maker, argnums=[argnum])``, beside the rules of other arguments."""
        self.makers[argnum] = maker

    def defvjp(self, vjp: Function, argnum: int = 0) -> None:
        """As `defgrad`, with a rule ``lambda g, y, space of the argument, space of y, *args: gradient``."""
        self.makers[argnum] = lambda y, *args, **kwargs: (
            lambda g: vjp(g, y, vspace(args[argnum]), vspace(y), *args, **kwargs)
        )

    def defvjp_is_zero(self, argnums: Iterable[int] = (0,)) -> None:
        """No gradient goes to these arguments."""
        self.makers |= dict.fromkeys(argnums)

    def _forward(self, *operands_and_call: Any) -> Any:
        *operands, call = operands_and_call
        y = self.function(*call.filled(tuple(operands)), **call.kwargs)
        if isinstance(y, (list, tuple, dict)):
            raise TypeError(f"{self.__name__} returned a {type(y).__name__}; a primitive returns one number or array")
        y = np.asarray(y)
        if y.dtype.kind not in "fiub":
            raise TypeError(f"{self.__name__} returned {y.dtype} {y.shape}; a node holds real numbers")
        return y if y.dtype.kind == "f" else y.astype(float)

    def _pull(self, slot: int, g: Any, y: Any, *operands_and_call: Any) -> Any:
        """The gradient of one operand: the rule of its argument, and the part of it that belongs to the operand."""
        *operands, call = operands_and_call
        argnum, place = call.owners[slot]
        args = call.filled(tuple(operands))
        rule = self.rule or (self._made if self.makers else self._transposed)
        pull = rule(argnum, y, args, call.kwargs)
        return 0.0 * operands[slot] if pull is None else leaves_of(pull(g))[place]

    def _made(self, argnum: int, y: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Function | None:
        if argnum not in self.makers:
            raise NotImplementedError(f"{self.__name__} has no rule for argument {argnum}: give one by defvjp")
        maker = self.makers[argnum]
        return None if maker is None else maker(y, *args, **kwargs)

    def _transposed(self, argnum: int, y: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Function | None:
        """The pull of an argument from its tangent's rule, which is linear in the tangent."""
        tangent = self.tangent
        if tangent is None:
            raise NotImplementedError(f"{self.__name__} has no rule: give one by defvjp({self.__name__}, ...)")
        push = tangent(argnum, y, args, kwargs)
        return None if push is None else lambda g: vjp(push, vspace(args[argnum]).zeros())[1](g)[0]


def primitive(function: Function) -> Primitive:
    """A decorator: the function is an op of its own, and ``defvjp`` says what its gradient is."""
    return Primitive(function)


def notrace_primitive(function: Function) -> Function:
    """A decorator: the function gets plain numbers and arrays, and no gradient goes through it.

    >>> from autograd import Value
    >>> notrace_primitive(lambda x: x > 0)(Value(1.0))
    True
    """

    def untraced(*args: Any, **kwargs: Any) -> Any:
        return function(*map_tree(plain, args), **map_tree(plain, kwargs))

    return update_wrapper(untraced, function)


def _known(function: Any) -> Primitive:
    if isinstance(function, Primitive):
        return function
    name = getattr(function, "__name__", repr(function))
    raise TypeError(f"{name} is no primitive: decorate it with @primitive; rules of NumPy's functions are rows in ops")


def _by_argument(
    function: Primitive, rules: tuple[Any, ...], argnums: Iterable[int] | None, what: str
) -> dict[int, Any]:
    found = dict(zip(count() if argnums is None else argnums, rules, strict=False))
    for rule in rules:
        if rule is not None and rule != "same" and not callable(rule):
            raise TypeError(f"{what} of {function.__name__}: a rule is a function or None, not {rule!r}")
    return found


def defvjp(function: Any, *vjpmakers: Any, argnums: Iterable[int] | None = None) -> None:
    """Give a primitive its gradient: for each argument ``lambda y, *args: lambda g: gradient``, or None for zero.

    ``argnums`` says to which arguments they belong, where that is not the first ones.
    """
    known = _known(function)
    known.makers, known.rule = _by_argument(known, vjpmakers, argnums, "defvjp"), None


def defvjp_argnum(function: Any, vjpmaker: Function) -> None:
    """As `defvjp`, with one ``vjpmaker(argnum, y, args, kwargs)`` for all arguments."""
    _known(function).rule = vjpmaker


def defvjp_argnums(function: Any, vjpmaker: Function) -> None:
    """As `defvjp`, with one ``vjpmaker(argnums, y, args, kwargs)`` whose pull gives a gradient for each of them."""

    def rule(argnum: int, y: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Function:
        pull = vjpmaker((argnum,), y, args, kwargs)
        return lambda g: next(iter(pull(g)))

    _known(function).rule = rule


def defjvp(function: Any, *jvps: Any, argnums: Iterable[int] | None = None) -> None:
    """Give a primitive its tangent: for each argument ``lambda tangent, y, *args: ...``, "same" if linear, or None.

    Where there is no ``defvjp`` the gradient is its transpose; where there is one the tangent follows from that.
    """
    known = _known(function)
    rules = _by_argument(known, jvps, argnums, "defjvp")

    def rule(argnum: int, y: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Function | None:
        given = rules.get(argnum)
        if given == "same":
            raise NotImplementedError(
                f"{known.__name__} is linear, but how it pulls back is not known: call defvjp too"
            )
        return None if given is None else lambda tangent: given(tangent, y, *args, **kwargs)

    known.tangent = rule


def defjvp_argnum(function: Any, jvp: Function) -> None:
    """As `defjvp`, with one ``jvp(argnum, tangent, y, args, kwargs)`` for all arguments."""
    _known(function).tangent = lambda argnum, y, args, kwargs: lambda tangent: jvp(argnum, tangent, y, args, kwargs)


def def_linear(function: Any) -> None:
    """Accepted as in HIPS autograd: a linear primitive needs a ``defvjp``, from which its tangent follows."""
    _known(function)
