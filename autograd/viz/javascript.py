"""Rows of the table as JavaScript functions of numbers: with them a page computes a graph anew by itself.

Nothing is written twice: a row's own forward and its own rules run on `Script`s, which write themselves down, as
``formulas`` has them run on names. What JavaScript lacks (erf, logaddexp, ...) script/functions.js has. May import ops.
Read page.py next.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from autograd import ops
from autograd.node import Node
from autograd.op import Op, Symbolic

__all__ = ["NotPrintable", "Script", "functions", "rows_of"]

CHOICE, COMPARISON, SUM, PRODUCT, SIGN, ATOM = range(6)  # how tightly they bind
INFIX: dict[Any, tuple[str, int]] = {
    np.add: ("+", SUM), np.subtract: ("-", SUM), np.multiply: ("*", PRODUCT), np.divide: ("/", PRODUCT),
    np.fmod: ("%", PRODUCT), np.greater: (">", COMPARISON), np.greater_equal: (">=", COMPARISON),
    np.less: ("<", COMPARISON), np.less_equal: ("<=", COMPARISON), np.equal: ("===", COMPARISON),
    np.not_equal: ("!==", COMPARISON),
}  # fmt: skip
CALLS: dict[Any, str] = {
    np.absolute: "Math.abs", np.arccos: "Math.acos", np.arccosh: "Math.acosh", np.arcsin: "Math.asin",
    np.arcsinh: "Math.asinh", np.arctan: "Math.atan", np.arctan2: "Math.atan2", np.arctanh: "Math.atanh",
    np.cbrt: "Math.cbrt", np.ceil: "Math.ceil", np.cos: "Math.cos", np.cosh: "Math.cosh", np.exp: "Math.exp",
    np.expm1: "Math.expm1", np.floor: "Math.floor", np.hypot: "Math.hypot", np.log: "Math.log",
    np.log10: "Math.log10", np.log1p: "Math.log1p", np.log2: "Math.log2", np.maximum: "Math.max",
    np.minimum: "Math.min", np.sign: "Math.sign", np.sin: "Math.sin", np.sinh: "Math.sinh", np.sqrt: "Math.sqrt",
    np.tan: "Math.tan", np.tanh: "Math.tanh", np.trunc: "Math.trunc",
    np.copysign: "copysign", np.floor_divide: "floorDivide", np.logaddexp: "logaddexp", np.power: "power",
    np.remainder: "mod", np.round: "round",
}  # fmt: skip
HELPERS: dict[Op, str] = {ops.erf: "erf", ops.erfc: "erfc", ops.step: "step"}  # rows whose forward is no expression
ALONE: set[Any] = {np.max, np.mean, np.min, np.prod, np.sum}  # of a single number they give that number
OF_A_NUMBER: dict[Any, Any] = {np.ndim: 0, np.result_type: np.dtype(float), np.shape: (), np.size: 1}


class NotPrintable(ValueError):
    """A row whose forward or rule cannot be written as JavaScript; the message says which."""


class Script(NDArrayOperatorsMixin, Symbolic):
    """A piece of JavaScript that stands for a number. Operators, NumPy's functions and ops on it write longer ones.

    >>> z = Script("z")
    >>> 1 / (1 + np.exp(-z)), ops.relu(z) * 2
    (1 / (1 + Math.exp(-z)), Math.max(z, 0) * 2)
    """

    __slots__ = ("level", "text")
    shape: tuple[int, ...] = ()
    ndim, size = 0, 1

    def __init__(self, text: str, level: int = ATOM) -> None:
        self.text, self.level = text, level

    def __repr__(self) -> str:
        return self.text

    def within(self, least: int) -> str:
        """The text, in brackets if it binds less tightly than ``least``."""
        return self.text if self.level >= least else f"({self.text})"

    def applied(self, op: Op, operands: tuple[Any, ...], params: tuple[Any, ...]) -> Any:
        """What the forward of ``op`` writes."""
        if op in HELPERS:
            return _called(HELPERS[op], operands)
        return op.forward(*operands, *map(_parameter, params))

    def astype(self, _dtype: Any) -> Script:
        """A comparison as the number 0 or 1."""
        return Script(f"Number({self.text})") if self.level == COMPARISON else self

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs:
            return NotImplemented
        if ufunc in INFIX:
            return _infix(*INFIX[ufunc], *map(_script, inputs))
        if ufunc in CALLS:
            return _called(CALLS[ufunc], inputs)
        special = SPECIAL.get(ufunc)
        return special(*inputs) if special else NotImplemented

    def __array_function__(self, function: Any, _types: Any, args: Any, kwargs: Any) -> Any:
        if function in OF_A_NUMBER:
            return OF_A_NUMBER[function]
        if function in ALONE and kwargs.get("axis") is None:
            return args[0]
        if function is np.where and len(args) == 3 and not kwargs:  # condition, a, b
            c, a, b = map(_script, args)
            return Script(f"{c.within(COMPARISON)} ? {a.within(COMPARISON)} : {b.within(COMPARISON)}", CHOICE)
        if function is np.clip and not kwargs:
            x, low, high = args
            return np.minimum(np.maximum(x, low), high)
        return _called(CALLS[function], args) if function in CALLS and not kwargs else NotImplemented

    def __bool__(self) -> bool:
        raise TypeError("a branch on a number that is not known yet")


def _infix(symbol: str, level: int, a: Script, b: Script) -> Script:
    """``a symbol b``, computed in just the order in which the row computes."""
    left, right = a.within(level + (level == COMPARISON)), b.within(level + 1)
    return Script(f"{left} {symbol} {f'({right})' if right.startswith('-') else right}", level)


def _minus(x: Any) -> Script:
    text = _script(x).within(SIGN)
    return Script(f"-({text})" if text.startswith("-") else f"-{text}", SIGN)


def _called(name: str, args: Any) -> Script:
    return Script(f"{name}({', '.join(_script(x).text for x in args)})")


def _script(x: Any) -> Script:
    """A number as JavaScript writes it."""
    if isinstance(x, Script):
        return x
    if isinstance(x, (bool, np.bool_)):
        return Script(str(bool(x)).lower())
    if np.ndim(x):
        raise TypeError(f"an array of shape {np.shape(x)}")
    x = x.item() if isinstance(x, (np.ndarray, np.generic)) else x
    if isinstance(x, float) and not math.isfinite(x):
        return Script(
            "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity", ATOM if x != -math.inf else SIGN
        )
    text = repr(int(x)) if x == int(x) and abs(x) < 2**53 and (x or math.copysign(1, x) > 0) else repr(float(x))
    return Script(text, SIGN if text.startswith("-") else ATOM)


def _parameter(x: Any) -> Any:
    """A static parameter as forwards and rules get it: arrays of no dimensions as numbers.

    Raises: TypeError for an array of several entries.
    """
    if isinstance(x, np.ndarray):
        return _script(x)
    return x


SPECIAL: dict[Any, Callable[..., Any]] = {
    np.negative: _minus,
    np.positive: lambda x: x,
    np.square: lambda x: x * x,
    np.exp2: lambda x: np.power(2, x),
    np.logaddexp2: lambda a, b: np.logaddexp(a * math.log(2), b * math.log(2)) / math.log(2),
}


def functions(op: Op, operands: int, params: tuple[Any, ...] = ()) -> str:
    """The forward of a row and its rule for each operand, as an array of JavaScript functions.

    Raises: NotPrintable if the row does more than NumPy's functions and other rows can write.

    >>> functions(ops.multiply, 2)
    '[(a, b) => a * b, (g, y, a, b) => g * b, (g, y, a, b) => g * a]'
    """
    names = ["x"] if operands == 1 else ["a", "b", *(f"c{i}" for i in range(operands - 2))]
    xs = tuple(map(Script, names))
    rules = islice(op.vjps, operands)
    written = [_function(op, "forward", names, lambda: xs[0].applied(op, xs, params))]
    for slot, rule in enumerate(rules):
        what = "rule" if operands == 1 else f"rule for operand {slot}"
        written.append("null" if rule is None else _function(op, what, ["g", "y", *names], _run(rule, xs, params)))
    return f"[{', '.join(written)}]"


def _run(rule: Callable[..., Any], xs: tuple[Script, ...], params: tuple[Any, ...]) -> Callable[[], Any]:
    return lambda: rule(Script("g"), Script("y"), *xs, *map(_parameter, params))


def _function(op: Op, what: str, names: list[str], body: Callable[[], Any]) -> str:
    try:
        made = _script(body()).astype(float)
    except (TypeError, ValueError, AttributeError, IndexError, NotImplementedError, ArithmeticError) as error:
        raise NotPrintable(
            f"the {what} of {op.name} is no expression of NumPy's functions and other ops ({error})"
        ) from error
    return f"({', '.join(names)}) => {made}"


def rows_of(nodes: list[Node]) -> tuple[list[str], dict[Node, int]]:
    """The rows of a graph of numbers as JavaScript, each once, and of each node the number of its row.

    Raises: NotPrintable if there are arrays, and as `functions`.
    """
    places: dict[Any, int] = {}
    written: list[str] = []
    rows = {}
    for node in nodes:
        if node.is_array:
            raise NotPrintable("it computes with arrays; a page computes with single numbers")
        if node.op is None or node.is_constant:
            continue
        n = len(node.inputs)
        params = node.saved[1 + n :]
        key = (node.op, n, *map(repr, params))
        if key not in places:
            written.append(functions(node.op, n, params))
            places[key] = len(places)
        rows[node] = places[key]
    return written, rows
