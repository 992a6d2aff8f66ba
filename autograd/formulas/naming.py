"""Names for the nodes and arrays of a graph: yours, and the textbook's z1, a1, yhat for the rest.

Read patterns.py next.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from keyword import iskeyword
from typing import Any

import numpy as np

from autograd import ops
from autograd.node import Node
from autograd.op import CONSTANT

__all__ = ["ACTIVATIONS", "Names", "PREDICTIONS", "array_key", "layer_names", "users_of"]

ACTIVATIONS = {
    ops.relu, ops.sigmoid, ops.tanh, ops.softplus, ops.log_sigmoid, ops.leaky_relu, ops.elu, ops.gelu, ops.softmax,
}  # fmt: skip
PREDICTIONS = {ops.sigmoid_cross_entropy: ops.sigmoid, ops.softmax_cross_entropy: ops.softmax}


def identifier(name: str) -> str:
    """``name`` as Python takes it.

    >>> identifier("hidden.W"), identifier("lambda"), identifier("1st")
    ('hidden_W', 'lambda_', '_1st')
    """
    name = re.sub(r"\W", "_", name) or "x"
    return f"_{name}" if name[0].isdigit() else f"{name}_" if iskeyword(name) else name


class Names:
    """Who is called what. No name is given twice; arrays are known by their values, as a graph keeps copies.

    A node's own name goes before one in ``given``, which may be locals().
    """

    def __init__(self, nodes: list[Node], given: Mapping[str, Any]) -> None:
        self.taken = {"np", "ops", "n"}
        self.arrays: dict[Any, str] = {}
        self.nodes: dict[Node, str] = {}
        found: dict[Node, str] = {}
        in_graph = set(nodes)
        for name, x in given.items():
            if name.startswith("_"):
                continue
            if isinstance(x, Node) and x in in_graph and x.op is not CONSTANT:
                found.setdefault(x, name)
            elif isinstance(x, (np.ndarray, Node)) or (isinstance(x, list) and all_numbers(x)):
                self.learn(name, x)
        wished = [(node, identifier(called)) for node in nodes if (called := node.name or found.get(node))]
        often = Counter(name for _, name in wished)
        self.taken |= {name for name, times in often.items() if times == 1}
        for node, name in wished:
            self.nodes[node] = name if often[name] == 1 else self.numbered(name)

    def learn(self, name: str, x: Any) -> None:
        """``name`` stands for every array equal to ``x``."""
        try:
            array = np.asarray(x._data if isinstance(x, Node) else x)
        except ValueError:  # a ragged list
            return
        if array.ndim and array.dtype.kind in "fiub":
            for key in {array_key(array), array_key(array.astype(float)), array_key(array.astype(np.float32))}:
                self.arrays.setdefault(key, identifier(name))

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


def all_numbers(x: list[Any]) -> bool:
    """Is it a list, or a list of lists, of plain numbers?"""
    return all(all_numbers(item) if isinstance(item, list) else isinstance(item, (int, float)) for item in x)


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


def layer_names(nodes: list[Node], names: Names, predictions: set[Node]) -> None:
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
