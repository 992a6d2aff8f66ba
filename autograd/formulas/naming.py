"""Names for the nodes and arrays of a graph: yours, and the textbook's z1, a1, yhat for the rest.

Read patterns.py next.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from keyword import iskeyword
from typing import Any

import numpy as np

from autograd import ops
from autograd.node import Node, describe

__all__ = [
    "ACTIVATIONS", "Given", "NameTable", "Names", "PREDICTIONS", "array_key", "layer_names", "part_of", "users_of",
]  # fmt: skip

Names = Mapping[str, Any] | Iterable[tuple[str, Any]]

ACTIVATIONS = {
    ops.relu, ops.sigmoid, ops.tanh, ops.softplus, ops.log_sigmoid, ops.leaky_relu, ops.elu, ops.gelu, ops.softmax,
}  # fmt: skip
RESERVED = {"np", "ops", "place", "n"}  # what stands before the source, and the number of samples
PREDICTIONS = {ops.sigmoid_cross_entropy: ops.sigmoid, ops.softmax_cross_entropy: ops.softmax}


def identifier(name: str) -> str:
    """``name`` as Python takes it.

    >>> identifier("hidden.W"), identifier("w[0]"), identifier("lambda"), identifier("1st")
    ('hidden_W', 'w_0', 'lambda_', '_1st')
    """
    name = re.sub(r"\W", "_", name.removesuffix("]")) or "x"
    return f"_{name}" if name[0].isdigit() else f"{name}_" if iskeyword(name) else name


class Given:
    """What the caller says that nodes and arrays are called; it goes before names that nodes have of their own.

    ``names`` is a mapping such as locals(), or pairs such as ``model.named_parameters()``. The first name of each
    counts; lists give names to their items: w[0], w[1]. A graph keeps copies of arrays, so those are known by their
    entries, and so are nodes that are not among ``nodes``, those of the graph, where these are given.
    """

    def __init__(self, names: Names | None, nodes: list[Node] | None = None) -> None:
        self.nodes: dict[Node, str] = {}
        self.arrays: list[tuple[str, np.ndarray]] = []
        if isinstance(names, Mapping):
            names = [(name, x) for name, x in names.items() if not f"{name}".startswith("_")]
        try:
            queue = [(f"{name}", x) for name, x in names or ()]
        except (TypeError, ValueError):
            raise TypeError(
                f"names={names!r}: give a mapping such as locals() or dict(w=w), or pairs such as [('w', w)]"
            ) from None
        in_graph = set(nodes) if nodes and queue else None
        lists: set[int] = set()
        for name, x in queue:  # it grows: lists put their items at the end
            if isinstance(x, Node):
                if not x.is_constant and (in_graph is None or x in in_graph):
                    self.nodes.setdefault(x, name)
                else:
                    self.learn(name, x._raw)
            elif isinstance(x, (list, tuple, np.ndarray)) and id(x) not in lists and not self.learn(name, x):
                lists.add(id(x))
                items = np.ndenumerate(x) if isinstance(x, np.ndarray) else enumerate(x)
                queue += [(f"{name}[{str(i).strip('(,)')}]", y) for i, y in items if isinstance(y, (Node, list, tuple))]

    def learn(self, name: str, x: Any) -> bool:
        """Is it an array of numbers? Then it is called so."""
        if isinstance(x, (list, tuple)) and not any(isinstance(item, Node) for item in x):
            try:
                x = np.array(x, dtype=float)
            except (TypeError, ValueError):  # nodes further in, words, lists of different lengths
                return False
        if not isinstance(x, np.ndarray) or x.dtype.kind not in "fiub":
            return False
        if x.ndim:
            self.arrays.append((name, x))
        return True

    def name(self, node: Node) -> str | None:
        """What ``node`` is called, if anyone called it anything."""
        return self.nodes.get(node) or node.name or None

    def name_of(self, array: np.ndarray) -> str | None:
        """The first name of an array with these entries."""
        for name, x in self.arrays:
            if x.shape == array.shape:
                same = x.astype(array.dtype) if array.dtype.kind == "f" else x
                if np.array_equal(same, array, equal_nan=array.dtype.kind == "f"):
                    return name
        return None


class NameTable:
    """Who is called what in a formula. No name is given twice."""

    def __init__(self, nodes: list[Node], given: Given) -> None:
        self.given = given
        self.taken = set(RESERVED)
        self.nodes: dict[Node, str] = {}
        wished = [(node, identifier(called)) for node in nodes if (called := given.name(node))]
        often = Counter(name for _, name in wished)
        self.taken |= {name for name, times in often.items() if times == 1}
        for node, name in wished:
            if often[name] > 1:
                self.nodes[node] = self.numbered(name)
            else:
                self.nodes[node] = self.unique(name) if name in RESERVED else name

    def array(self, array: np.ndarray) -> str | None:
        """What the caller calls an array, as Python takes it."""
        name = self.given.name_of(array)
        return name and identifier(name)

    def unique(self, name: str) -> str:
        """``name``, with a stroke below if it is taken."""
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def numbered(self, stem: str) -> str:
        """The first free one of stem1, stem2, ...; of x0_1, x0_2, ... for x0."""
        stem, k = f"{stem}_" if stem[-1].isdigit() else stem, 1
        while f"{stem}{k}" in self.taken:
            k += 1
        return self.unique(f"{stem}{k}")

    def first_free(self, wish: str, stem: str) -> str:
        """``wish`` if it is free, else stem1, stem2, ..."""
        return self.unique(wish) if wish and wish not in self.taken else self.numbered(stem)


def part_of(nodes: Collection[Node], wrt: Node | Iterable[Node]) -> list[Node]:
    """``wrt``, one node or several, as a list.

    Raises: ValueError for what is not among ``nodes``.
    """
    several = isinstance(wrt, Iterable) and not isinstance(wrt, Node)
    found = list(wrt) if several else [wrt]  # type: ignore[arg-type]
    for x in found:
        if not isinstance(x, Node) or x not in nodes:
            what = describe(x) if isinstance(x, Node) else repr(x)
            raise ValueError(f"wrt: {what} is no part of this graph; give nodes that the result was computed from")
    return found  # type: ignore[return-value]


def array_key(array: np.ndarray) -> Any:
    """What equal arrays have in common."""
    return (array.shape, array.dtype.kind, array.tobytes())


def users_of(nodes: Iterable[Node]) -> dict[Node, list[Node]]:
    """Who uses each node, once for every operand."""
    users: dict[Node, list[Node]] = {}
    for node in nodes:
        for x in node.inputs:
            if isinstance(x, Node):
                users.setdefault(x, []).append(node)
    return users


def is_affine(node: Node) -> bool:
    """X @ W + b, in one row or two."""
    products = [x for x in node.inputs if isinstance(x, Node) and x.op is ops.matmul]
    return node.op is ops.affine or (node.op is ops.add and len(products) == 1)


def layer_names(nodes: list[Node], names: NameTable, predictions: set[Node]) -> None:
    """z1, a1, z2, ... for what feeds an activation or is a layer's sum, and what the activation gives; yhat, loss."""
    users = users_of(nodes)
    number: dict[Node, str] = {}
    fed = {x for node in nodes if node.op in ACTIVATIONS or node.op in PREDICTIONS for x in node.inputs}
    sums = [node for node in nodes if node.op is not None and (node in fed or is_affine(node))]
    sums = [node for node in sums if node.op not in ACTIVATIONS]
    for k, node in enumerate(sums, start=1):
        number[node] = digits(names.nodes.get(node)) or (str(k) if len(sums) > 1 else "")
        if node not in names.nodes and (node is not nodes[-1] or node.shape):
            names.nodes[node] = names.first_free(f"z{number[node]}", "t")
    for node in nodes:
        if node in names.nodes or node.op is None:
            continue
        if node in predictions:
            names.nodes[node] = names.first_free("yhat", "p")
        elif node.op in ACTIVATIONS and node in users:
            names.nodes[node] = names.first_free(f"a{number.get(node.inputs[0], '')}", "a")
    root, arrays = nodes[-1], any(node.is_array for node in nodes)
    if root not in names.nodes:
        names.nodes[root] = names.first_free("out" if root.shape else "loss" if sums or arrays else "y", "y")


def digits(name: str | None) -> str:
    found = re.search(r"\d+$", name or "")
    return found.group() if found else ""
