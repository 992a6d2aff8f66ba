"""A graph as DOT, the language of Graphviz: micrograd's ``draw_dot``, for Values and Tensors.

Each node is a box with its name, data and gradient, and a circle with the op that made it. The text is the same
in every run. Writing it needs no program; rendering it needs Graphviz's `dot`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.node import Node, order

if TYPE_CHECKING:
    import graphviz

__all__ = ["draw_dot"]

LEAF, COMPUTED = "#e8f1fa", "#ffffff"  # fill colours


def draw_dot(root: Node, format: str = "svg", rankdir: str = "LR") -> graphviz.Digraph:  # noqa: A002 (micrograd's)
    """The graph that ``root`` was computed from. A gradient that no backward() has computed is shown as a dot.

    ``draw_dot(root).source`` is the DOT text; ``.render("graph")`` writes a picture, if Graphviz is installed.

    Raises: TypeError for what is no node.

    >>> from autograd import Value
    >>> x = Value(3.0, name="x")
    >>> "x | data 3.0000 | grad ·" in draw_dot(x * x).source
    True
    """
    import graphviz

    if not isinstance(root, Node):
        raise TypeError(f"draw_dot draws the graph of a Value or a Tensor, not of {root!r}")
    dot = graphviz.Digraph(format=format, graph_attr={"rankdir": rankdir})
    dot.attr("node", fontname="Helvetica", fontsize="11")
    nodes = order(root)
    number = {node: i for i, node in enumerate(nodes)}
    for i, node in enumerate(nodes):
        fill = LEAF if node.is_leaf else COMPUTED
        dot.node(f"n{i}", _label(node), shape="record", style="filled", fillcolor=fill)
        if not node.inputs:
            continue
        dot.node(f"op{i}", _escaped(_op_text(node)), shape="circle", margin="0.02")
        dot.edge(f"op{i}", f"n{i}")
        for slot, x in enumerate(node.inputs):
            source = f"n{number[x]}" if isinstance(x, Node) else f"c{i}_{slot}"
            if not isinstance(x, Node):
                dot.node(source, _escaped(_short(x)), shape="plaintext", fontcolor="#555555")
            dot.edge(source, f"op{i}")
    return dot  # type: ignore[no-any-return]


def _op_text(node: Node) -> str:
    assert node.op is not None
    return node.op.symbol or node.op.name


def _label(node: Node) -> str:
    parts = [node.name] if node.name else []
    parts += [f"data {_short(node._raw)}", f"grad {'·' if node.grad is None else _short(node.grad)}"]
    return "{ " + " | ".join(map(_escaped, parts)) + " }"


def _short(x: Any) -> str:
    """Four decimals of a number; the shape of an array."""
    x = x._raw if isinstance(x, Node) else x
    return f"{float(x):.4f}" if np.ndim(x) == 0 else f"array {np.shape(x)}"


def _escaped(text: str) -> str:
    """Characters that mean something in a record label, as themselves."""
    return "".join(f"\\{c}" if c in '\\{}|<>"' else c for c in text)
