"""Expressions as LaTeX. May import writing.py. Read naming.py next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd import ops
from autograd.formulas.expression import Application, Atom, Expression, Number, Prime
from autograd.formulas.simplify import OUTER
from autograd.formulas.source import Source, bracketed, infix
from autograd.formulas.writing import PlainText, call_arguments
from autograd.op import Op
from autograd.ops.arithmetic import select

__all__ = ["Latex", "symbol"]

GREEK = {
    "alpha", "beta", "gamma", "delta", "epsilon", "eps", "eta", "theta", "lambda", "mu", "nu", "pi", "rho", "sigma",
    "tau", "phi", "chi", "psi", "omega",
}  # fmt: skip
KNOWN = {"exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "max", "min"}


def symbol(name: str) -> str:
    r"""A name as it is typeset.

    >>> print(symbol("W1"), symbol("yhat"), symbol("x_hat"), symbol("gamma"), symbol("loss"))
    W_{1} \hat{y} \hat{x} \gamma \mathrm{loss}
    """
    found = re.fullmatch(r"(.+?)_?hat", name)
    if found:
        return rf"\hat{{{symbol(found.group(1))}}}"
    found = re.fullmatch(r"([A-Za-z]+?)_?(\d+)", name)
    if found:
        return f"{symbol(found.group(1))}_{{{found.group(2)}}}"
    if name in GREEK:
        return r"\varepsilon" if name == "eps" else rf"\{name}"
    return name if len(name) == 1 else rf"\mathrm{{{name}}}".replace("_", r"\_")


class Latex(PlainText):
    """Writes expressions as LaTeX. ``gradient_of`` tells which names are gradients: dz2 is that by z2."""

    def __init__(self, names: Mapping[Expression, str], gradient_of: Mapping[str, str], result: str) -> None:
        super().__init__(names)
        self.gradient_of, self.result = gradient_of, symbol(result)

    def name(self, name: str) -> str:
        """A name as it is typeset: dz2 as the derivative of the result by z2."""
        if name in self.gradient_of:
            return rf"\frac{{\partial {self.result}}}{{\partial {symbol(self.gradient_of[name])}}}"
        return "L" if name == "loss" else symbol(name)

    def write(self, x: Expression, definition: bool = False) -> Source:
        """``x`` as LaTeX."""
        if x in self.names and not definition:
            return piece(self.name(self.names[x]), x)
        if isinstance(x, Atom):
            return piece(self.name(x.name), x)
        if isinstance(x, Number):
            text = super().write(x).text.replace(" * ", r" \, ")
            mantissa, _, exponent = text.partition("e")
            power = rf"10^{{{int(exponent)}}}" if exponent else ""
            text = text if not exponent else power if mantissa == "1" else rf"{mantissa} \cdot {power}"
            return piece(text, x, "neg" if text[0] == "-" else "")
        return super().write(x, definition)

    def prime(self, x: Prime) -> Source:
        """The derivative of a function with a stroke."""
        return piece(rf"{function(x.op.name)}'\left({self.write(x.parts[0]).text}\right)", x)

    def application(self, op: Op, parts: list[Source], params: tuple[Any, ...], x: Application) -> Source:  # noqa: C901, PLR0911 (a case an op)
        """An op on what has been written, as fractions, powers, sums, functions."""
        texts = [part.text for part in parts]
        if op is ops.divide:
            return piece(rf"\frac{{{texts[0]}}}{{{texts[1]}}}", x)
        if op in (ops.multiply, ops.product_or_zero):
            entries = all(part.ndim for part in parts)
            return self.between(r"\odot" if entries else r"\,", "*", parts, x)
        if op is ops.matmul:
            return self.between(r"\,", "@", parts, x)
        if op is OUTER:
            return piece(rf"{bracketed(parts[0], 3)} \, {bracketed(parts[1], 5)}^{{\top}}", x, "@")
        if op.symbol == "**":
            return piece(rf"{bracketed(parts[0], 5)}^{{{texts[1]}}}", x, "**")
        if op is ops.square:
            return piece(rf"{bracketed(parts[0], 5)}^{{2}}", x, "**")
        if op is ops.sqrt:
            return piece(rf"\sqrt{{{texts[0]}}}", x)
        if op is ops.transpose and params == (None,):
            return piece(rf"{bracketed(parts[0], 5)}^{{\top}}", x)
        if op in (ops.step, ops.greater, ops.equal):
            first, second = (texts[0], "0") if op is ops.step else texts
            return piece(rf"\left[{first} {'=' if op is ops.equal else '>'} {second}\right]", x)
        if op is ops.sum:
            under = "" if params[0] is None else rf"_{{\text{{axis }} {params[0]}}}"
            return piece(rf"\sum{under} {bracketed(parts[0], 3)}", x, "*")
        if op in (ops.add, ops.subtract, ops.negative):
            return super().application(op, parts, params, x)
        if op is select:
            texts, params = [self.shown_mask(params[0]), *texts], ()
        more = [rf"\text{{{text}}}".replace("_", r"\_") for text in call_arguments(op, len(parts), params, self.prefix)]
        arguments = ", ".join([*texts, *more])
        return piece(rf"{function(op.name)}\left({arguments}\right)", x)

    def shown_mask(self, mask: Any) -> str:
        """The condition of a choice."""
        return self.name(mask.text) if isinstance(mask, Source) else str(mask)

    def between(self, sign: str, like: str, parts: list[Source], x: Expression) -> Source:
        """``sign`` between two factors, with the brackets of the operator ``like``."""
        return piece(infix(like, parts[0], parts[1], None, written=sign).text, x, like)


def piece(text: str, x: Expression, last: str = "") -> Source:
    return Source(text, np.ones(x.shape), last, "")


def function(name: str) -> str:
    if name == "sigmoid":
        return r"\sigma"
    return rf"\{name}" if name in KNOWN else rf"\operatorname{{{name}}}".replace("_", r"\_")
