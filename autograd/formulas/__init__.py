"""A graph's forward pass and gradients as a textbook derives them: text, LaTeX, NumPy source.

    >>> from autograd import Value
    >>> x, w = Value(2.0, name="x"), Value(3.0, name="w")
    >>> print(formula((w * x - 1) ** 2))
    y = (w * x - 1) ** 2
    <BLANKLINE>
    dw = 2 * (w * x - 1) * x
    dx = 2 * (w * x - 1) * w

The rules of the table run on names (expression.py), a reader's simplifications are applied (simplify.py), and the
walk (derivation.py) gives lines, which writing.py and latex.py write. May import check.py and what is before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from autograd.formulas.derivation import Derivation
from autograd.formulas.expression import Expression, Prime
from autograd.formulas.latex import Latex
from autograd.formulas.naming import Names, part_of
from autograd.formulas.sharing import Line
from autograd.formulas.writing import NumPySource, PlainText, heading
from autograd.node import Node, describe, order

__all__ = ["Formula", "formula"]

MOST = 200  # nodes; more than that nobody reads


def formula(root: Node, wrt: Node | Sequence[Node] | None = None, names: Names | None = None) -> Formula:
    """The formulas of ``root`` and of its gradients by ``wrt``: all named leaves and parameters, unless it says other.

    ``names`` gives names to nodes and arrays: a mapping such as ``locals()``, or pairs such as
    ``model.named_parameters()``. They come before names that nodes have of their own. Others are called as in
    textbooks: z1, a1, yhat, n for the number of samples; t1, ... for what has no better name.

    Raises: TypeError if ``root`` is no node, or ``names`` no names; ValueError for a constant, for more than 200
    nodes, and for a ``wrt`` that is no part of the graph.

    From: "Multi-Layer Perceptron (1 Hidden Layer)", step 3, where the first of these networks is derived by hand.

    >>> import numpy as np
    >>> from autograd import Parameter
    >>> X, y, W = np.ones((4, 2)), np.ones((4, 1)), Parameter(np.ones((2, 1)), name="W")
    >>> print(formula(np.mean((X @ W - y) ** 2), names=locals()))
    loss = mean((X @ W - y) ** 2)
    <BLANKLINE>
    dW = X.T @ (2 * (X @ W - y) / n)
    <BLANKLINE>
    n = 4, the number of samples
    """
    if not isinstance(root, Node):
        raise TypeError(f"formula takes a Value or a Tensor, the result of a computation, not {root!r}")
    if root.is_constant:
        raise ValueError(f"formula of {describe(root)}: it is a constant, nothing was recorded")
    nodes = order(root)
    if len(nodes) > MOST:
        raise ValueError(
            f"formula: the graph has {len(nodes)} nodes, more than the {MOST} that fit a page; take one layer, or one "
            f"sample, or Tensors in the place of Values"
        )
    return Formula(Derivation(nodes, None if wrt is None else part_of(set(nodes), wrt), names))


class Formula:
    """The lines of a forward pass and of its gradients: ``print(f)``, ``f.latex()``, ``f.numpy()``.

    ``variables`` has what the NumPy source takes: the leaves and the arrays by their names, and, for a result that
    is no single number, its gradient.

    >>> from autograd import Value
    >>> x = Value(2.0, name="x")
    >>> f = formula(x.tanh() * 3)
    >>> f.gradients
    {'da': '3', 'dx': "da * tanh'(x)"}
    >>> scope = dict(f.variables)
    >>> exec(f.numpy(), scope)
    >>> round(float(scope["dx"]), 4)
    0.2120
    """

    def __init__(self, derivation: Derivation) -> None:
        self._derivation = derivation
        self.variables: dict[str, Any] = dict(derivation.variables)

    @property
    def constants(self) -> dict[str, Any]:
        """The plain arrays among the variables, by name."""
        return {x.name: self.variables[x.name] for x in self._derivation.atoms.values()}

    @property
    def forward(self) -> dict[str, str]:
        """The text of each line of the forward pass, by name."""
        return self._written(self._derivation.forward, PlainText(self._derivation.shared))

    @property
    def gradients(self) -> dict[str, str]:
        """The text of each line of the gradients, by name."""
        return self._written(self._derivation.gradients, PlainText(self._derivation.shared))

    def name_of(self, node: Node) -> str:
        """What ``node`` is called here; its gradient is d and that name.

        Raises: KeyError for a node that has no line of its own.
        """
        return self._derivation.names.nodes[node]

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of what each line gives, by name."""
        d = self._derivation
        return {line.name: tuple(map(int, line.value.shape)) for line in (*d.forward, *d.gradients)}

    def _written(self, lines: list[Line], style: NumPySource) -> dict[str, str]:
        shared = self._derivation.shared
        return {line.name: style.line(line.value, line.name == shared.get(line.value)) for line in lines}

    def _primes(self) -> Iterator[str]:
        """What relu'(z1) stands for, once for each that is written."""
        style = PlainText(self._derivation.shared)
        seen: set[Expression] = set()
        stack = [line.value for line in reversed(self._derivation.gradients)]
        while stack:
            x = stack.pop()
            if x not in seen:
                seen.add(x)
                stack.extend(reversed(x.parts))
                if isinstance(x, Prime):
                    yield f"{style.prime(x).text} = {style.line(x.body, definition=True)}"

    def _counts_samples(self) -> bool:
        """Is the letter n written anywhere?"""
        text = "\n".join((*self.forward.values(), *self.gradients.values()))
        return any(word == "n" for word in text.replace("(", " ").replace(")", " ").replace(",", " ").split())

    def __str__(self) -> str:
        blocks = [
            "\n".join(f"{name} = {text}" for name, text in part.items()) for part in (self.forward, self.gradients)
        ]
        notes = list(self._primes())
        if self._counts_samples():
            notes.append(f"n = {self._derivation.samples.number}, the number of samples")
        blocks.append("\n".join(notes))
        return "\n\n".join(filter(None, blocks))

    def __repr__(self) -> str:
        return f"<formula of {', '.join(self.forward)}>"

    def numpy(self) -> str:
        """NumPy source of the same lines, which runs on its own once the leaves have values: see ``variables``."""
        lines = self.numpy_lines()
        return "\n\n".join(filter(None, [heading(lines), lines]))

    def numpy_lines(self) -> str:
        """The same without imports."""
        d = self._derivation
        style = NumPySource(d.shared)
        blocks = []
        if self._counts_samples():
            blocks.append(f"n = {d.count_source()}")
        blocks += ["\n".join(f"{name} = {text}" for name, text in self._written(lines, style).items())
                   for lines in (d.forward, d.gradients)]  # fmt: skip
        return "\n\n".join(filter(None, blocks)) + "\n"

    def latex(self) -> str:
        """LaTeX, for an ``aligned`` environment of its own."""
        d = self._derivation
        result = d.names.nodes[d.root]
        style = Latex(d.shared, d.gradient_of, "L" if d.root.shape or result == "loss" else result)
        rows = [
            f"{style.name(name)} &= {text}"
            for lines in (d.forward, d.gradients)
            for name, text in self._written(lines, style).items()
        ]
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"
