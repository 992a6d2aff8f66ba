"""Pieces of NumPy source, on which NumPy's functions and Python's operators write longer ones.

May import expression.py. Read writing.py next.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.formulas.expression import Size

__all__ = ["Source", "bracketed", "infix", "shown", "shown_index"]

# How tightly an operator binds, as in Python.
LEVELS = {">": 1, "==": 1, "+": 2, "-": 2, "neg": 2, "*": 3, "/": 3, "@": 3, "**": 4}
ATOM = 5
UFUNCS: dict[Any, str] = {
    np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.matmul: "@", np.power: "**",
    np.greater: ">", np.equal: "==",
}  # fmt: skip
REDUCTIONS: dict[Any, str] = {np.add: "sum", np.maximum: "max", np.minimum: "min"}
METHODS = {"sum", "mean", "max", "min", "reshape"}  # of an array that has a name: dz2.sum(axis=0)
SILENT: dict[str, Any] = {"axis": None, "keepdims": False, "ddof": 0, "optimize": False}  # NumPy's own defaults


class Source:
    """A piece of NumPy source. Operators and NumPy's functions on it write longer ones.

    ``like`` is an array of the shape that the piece evaluates to, ``symbol`` the operator that was written last.

    >>> z = Source("z", np.ones(3))
    >>> (1 / (1 + np.exp(-z))).text
    '1 / (1 + np.exp(-z))'
    """

    def __init__(self, text: str, like: Any, symbol: str = "", prefix: str = "np.") -> None:
        self.text, self.like, self.symbol, self.prefix = text, like, symbol, prefix

    @property
    def level(self) -> int:
        """How tightly the operator written last binds."""
        return LEVELS.get(self.symbol, ATOM)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape that it evaluates to."""
        return np.shape(self.like)

    @property
    def ndim(self) -> int:
        """How many axes that has."""
        return len(self.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of floats, but for masks and positions."""
        return np.asarray(self.like).dtype

    def operator(self, symbol: str, other: Any, reflected: bool = False) -> Source:
        """An operator of Python, as the ufunc that it is."""
        function = next(ufunc for ufunc, known in UFUNCS.items() if known == symbol)
        written: Source = self.__array_ufunc__(function, "__call__", *((other, self) if reflected else (self, other)))
        return written

    def __add__(self, other: Any) -> Source:
        return self.operator("+", other)

    def __radd__(self, other: Any) -> Source:
        return self.operator("+", other, reflected=True)

    def __sub__(self, other: Any) -> Source:
        return self.operator("-", other)

    def __rsub__(self, other: Any) -> Source:
        return self.operator("-", other, reflected=True)

    def __mul__(self, other: Any) -> Source:
        return self.operator("*", other)

    def __rmul__(self, other: Any) -> Source:
        return self.operator("*", other, reflected=True)

    def __truediv__(self, other: Any) -> Source:
        return self.operator("/", other)

    def __rtruediv__(self, other: Any) -> Source:
        return self.operator("/", other, reflected=True)

    def __pow__(self, other: Any) -> Source:
        return self.operator("**", other)

    def __rpow__(self, other: Any) -> Source:
        return self.operator("**", other, reflected=True)

    def __gt__(self, other: Any) -> Source:
        return self.operator(">", other)

    def same_as(self, other: Any) -> Source:
        """``self == other``; `==` itself stays that of objects."""
        return self.operator("==", other)

    def __neg__(self) -> Source:
        return Source("-" + bracketed(self, LEVELS["*"]), self.like, "neg", self.prefix)

    def __getitem__(self, index: Any) -> Source:
        like = self.like[unwrapped(index)]
        return Source(f"{bracketed(self, ATOM)}[{shown_index(index)}]", like, "", self.prefix)

    def item(self) -> Source:
        """The number in an array of one."""
        return Source(f"{bracketed(self, ATOM)}.item()", 1.0, "", self.prefix)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        name = ufunc.__name__
        if vars(np).get(name) is not ufunc:
            return NotImplemented  # none of NumPy's: erf
        with np.errstate(all="ignore"):
            like = getattr(ufunc, method)(*map(unwrapped, inputs), **kwargs)
        if method == "reduce":
            return self.called(REDUCTIONS.get(ufunc, f"{name}.reduce"), inputs, kwargs, like)
        if ufunc in UFUNCS:
            return infix(UFUNCS[ufunc], self.piece(inputs[0]), self.piece(inputs[1]), like)
        return -self if ufunc is np.negative else self.called(name, inputs, kwargs, like)

    def __array_function__(self, function: Any, _types: Any, args: Any, kwargs: Any) -> Any:
        if "out" in kwargs:  # written into an array: no expression
            return NotImplemented
        with np.errstate(all="ignore"):
            like = function(*map(unwrapped, args), **kwargs)
        if function is np.transpose and args[1:] in ((), (None,)):
            return Source(f"{bracketed(self, ATOM)}.T", like, "", self.prefix)
        module = "linalg." if function.__module__ == "numpy.linalg" else ""
        return self.called(module + function.__name__, args, kwargs, like)

    def called(self, name: str, args: Any, kwargs: Any, like: Any) -> Source:
        """A call; a method's of what has a name."""
        silent = {} if name.endswith(".reduce") else SILENT  # there the default axis is 0
        more = [f"{key}={shown(x)}" for key, x in kwargs.items() if key not in silent or x != silent[key]]
        if name in METHODS and args[0] is self and self.level == ATOM and self.ndim and "(" not in self.text:
            rest = args[1] if name == "reshape" and isinstance(args[1], tuple) and args[1] else args[1:]
            return Source(f"{self.text}.{name}({', '.join([*map(shown, rest), *more])})", like, "", self.prefix)
        return Source(f"{self.prefix}{name}({', '.join([*map(shown, args), *more])})", like, "", self.prefix)

    def piece(self, x: Any) -> Source:
        """An operand of an operator."""
        if isinstance(x, Source):
            return x
        return Source(shown(x), x, "neg" if shown(x).startswith("-") else "", self.prefix)


def bracketed(x: Source, least: int) -> str:
    """The text, in brackets if it binds less tightly than ``least``."""
    return x.text if x.level >= least else f"({x.text})"


def infix(symbol: str, a: Source, b: Source, like: Any, written: str = "") -> Source:
    """``a symbol b`` with as few brackets as keep its meaning, and those that a reader of ``@`` wants."""
    level = LEVELS[symbol]
    mixed = a.level == level == 3 and (a.symbol == "@") != (symbol == "@")
    left = a.level <= level if symbol in ("**", ">", "==") else a.level < level or mixed
    left = left and not (a.symbol == "neg" and level == 3)  # -a * b, which is (-a) * b
    chained = (
        symbol in "+*" and b.level == level and b.symbol not in ("neg", "@") and (symbol == "+" or b.symbol == "*")
    )
    right = (b.level <= level and not chained) or (b.text.startswith("-") and b.level < ATOM and level > 1)
    text = f"({a.text})" if left else a.text
    return Source(f"{text} {written or symbol} {f'({b.text})' if right else b.text}", like, symbol, a.prefix)


def unwrapped(x: Any) -> Any:
    """What to compute shapes with."""
    if isinstance(x, (list, tuple)):
        return type(x)(map(unwrapped, x))
    return x.like if isinstance(x, Source) else x


def shown(x: Any) -> str:
    """A number, a parameter or a piece of source as it is written."""
    if isinstance(x, (Source, Size)):
        return x.text
    if isinstance(x, (list, tuple)):
        inner = ", ".join(map(shown, x))
        return f"[{inner}]" if isinstance(x, list) else f"({inner},)" if len(x) == 1 else f"({inner})"
    if isinstance(x, (float, np.floating)):
        x = float(x)
        if x.is_integer() and abs(x) < 1e15:
            return str(int(x))
        return repr(x) if np.isfinite(x) else f'float("{x}")'
    if isinstance(x, np.dtype):
        return repr(x.name)
    return "..." if x is ... else repr(x)


def shown_index(index: Any) -> str:
    """What stands in the square brackets."""

    def part(x: Any) -> str:
        if isinstance(x, slice):
            ends = [x.start, x.stop] + ([x.step] if x.step is not None else [])
            return ":".join("" if end is None else str(end) for end in ends)
        return shown(x)

    return ", ".join(map(part, index)) if isinstance(index, tuple) and index else part(index)
