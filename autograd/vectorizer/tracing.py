"""Tracing: a function is run on numbers that record what is done with them, and that it cannot read.

The result is a `Trace`: flat lists of items, each a number of the computation. May import value.py. Read terms.py
next.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.mode import Note, scope, tracing
from autograd.node import Node, describe
from autograd.op import CONSTANT, Op
from autograd.value import Value

__all__ = ["CAPTURED", "CONST", "NONE", "OUTSIDE", "Trace", "flat", "numbers_of", "trace", "uncollected"]

INPUT, CAPTURED, CONST, OUTSIDE, MADE = range(5)  # what an item is
NONE = -1  # in the place of an operand that there is not
MARK = "vectorize"  # the scope of all that the function makes


@dataclass(frozen=True, slots=True)
class Trace:
    """A computation as flat lists, one entry an item, operands before what is made of them.

    ``kinds`` tells what an item is; ``ops`` the (op, parameters) of made ones, by their codes; ``left`` and ``right``
    the items that are the operands. ``things`` has the leaf of a captured item, the number of a constant, the node
    made outside. ``results`` are the items that the function gave, in order, ``structure`` how they were nested.
    """

    kinds: np.ndarray
    codes: np.ndarray
    left: np.ndarray
    right: np.ndarray
    ops: list[tuple[Op, tuple[Any, ...]]]
    things: dict[int, Any]
    results: list[int]
    structure: Any

    def __len__(self) -> int:
        return len(self.kinds)

    def numbers(self) -> np.ndarray:
        """The numbers of the constants, 1 for all other items."""
        found = np.ones(len(self))
        for i in np.flatnonzero(self.kinds == CONST).tolist():
            found[i] = self.things[i]
        return found

    def made_by(self, op: Op) -> np.ndarray:
        """Which items are results of ``op``."""
        codes = [code for code, (known, _) in enumerate(self.ops) if known is op]
        return np.isin(self.codes, codes)


def flat(x: Any) -> Iterator[Any]:
    """What nested lists, tuples and object arrays hold, in order."""
    if isinstance(x, (list, tuple)) or (isinstance(x, np.ndarray) and x.dtype == object):
        for part in x:
            yield from flat(part)
    else:
        yield x


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the garbage collector, which would look through a million new numbers again and again, for nothing."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def trace(f: Callable[[], Any], inputs: Sequence[Value]) -> Trace:
    """The computation of ``f()``, a function of the leaves ``inputs`` and of those it holds.

    Raises: TypeError if ``f`` gives what is no number, or computes with arrays in between.
    """
    with tracing(), scope(MARK), np.errstate(all="ignore"):
        result = f()
    roots = list(flat(result))
    for x in roots:
        check_result(x)
    for part in result if isinstance(result, tuple) and result else [result]:
        sizes(part)
    found = _Walk(roots)
    for x in inputs:
        found.leaves.pop(x, None)
    return _listed(roots, result, [*inputs], found)


def numbers_of(f: Callable[[], Any]) -> list[float]:
    """The numbers that ``f()`` gives, while it can read none.

    Raises: TracingError if it tries to.
    """
    with tracing(), np.errstate(all="ignore"):
        return [float(x._raw if isinstance(x, Node) else x) for x in flat(f())]


def check_result(x: Any) -> None:
    """Raise TypeError for what is no number."""
    if isinstance(x, Node) and x.is_array:
        raise TypeError(
            f"the function gave {describe(x)}, an array; vectorize takes functions of single numbers that give Values, "
            f"or lists of them"
        )
    if not isinstance(x, (Value, int, float, np.floating, np.integer)):
        raise TypeError(
            f"the function gave {x!r}, a {type(x).__name__}; it gives a Value, or lists or tuples of Values"
        )


def sizes(x: Any) -> tuple[int, ...]:
    """The shape of the array that nested lists become.

    Raises: TypeError if they do not become one.
    """
    if not isinstance(x, (list, tuple, np.ndarray)):
        return ()
    found = {sizes(part) for part in x}
    if len(found) != 1:
        what = f"parts of the shapes {', '.join(map(str, sorted(found)))}" if found else "no number"
        raise TypeError(
            f"the function gave a list with {what}; a list becomes an array: give a tuple, whose parts become arrays "
            f"of their own"
        )
    return (len(x), *found.pop())


class _Walk:
    """A walk over the graph that a function made: its nodes, inputs first, and the leaves and nodes made before it.

    The place of a node in the list is written into its ``grad``, which nothing else uses: quicker than a dictionary.
    """

    def __init__(self, roots: list[Any]) -> None:
        self.nodes: list[Value] = []
        self.leaves: dict[Value, None] = {}
        self.outside: dict[Value, None] = {}
        self.note: Note | None = None  # the last one that was made inside
        stack: list[Any] = [x for x in reversed(roots) if self.made(x)]
        nodes, push, pop, made = self.nodes, stack.append, stack.pop, self.made
        while stack:
            node = pop()
            if node is None:  # everything below the next entry has been listed
                node = pop()
                node.grad = len(nodes)
                nodes.append(node)
            elif node.grad.__class__ is not int:
                node.grad = NONE
                push(node)
                push(None)
                right, left = node.right, node.left
                if isinstance(right, Node) and right.grad.__class__ is not int and made(right):
                    push(right)
                if isinstance(left, Node) and left.grad.__class__ is not int and made(left):
                    push(left)

    def made(self, x: Any) -> bool:
        """Did the function make ``x``, by an op? If it did not, it is noted down."""
        if not isinstance(x, Node):
            return False
        note = x.note
        inside = note is not None and (note is self.note or note.scope[:1] == (MARK,))
        if inside:
            self.note = note
        if x.is_array:
            raise TypeError(
                f"the function computes with an array, {describe(x)}; vectorize takes functions of single numbers, in "
                f"lists or in NumPy's object arrays"
            )
        if x.op is None or x.op is CONSTANT:
            if not inside and x.op is None:
                self.leaves[x] = None  # type: ignore[index]
            return False
        if not inside:
            self.outside[x] = None  # type: ignore[index]
        return inside


def _listed(roots: list[Any], result: Any, inputs: list[Value], walk: _Walk) -> Trace:
    leaves = [*inputs, *walk.leaves, *walk.outside]
    nodes, start = walk.nodes, len(leaves)
    number: dict[Any, int] = dict(zip(leaves, range(start), strict=True))
    kinds = [INPUT] * len(inputs) + [CAPTURED] * len(walk.leaves) + [OUTSIDE] * len(walk.outside) + [MADE] * len(nodes)
    things: dict[int, Any] = dict(enumerate(leaves))
    known: dict[str, int] = {}

    def item(x: Any, data: Any) -> int:
        """The item of an operand: what the function made, what it holds, or a number."""
        if x.__class__ is Value and x.op is not None and x.grad.__class__ is int:
            return start + x.grad
        i = number.get(x) if isinstance(x, Node) else None
        if i is not None:
            return i
        key = str(float(data))  # as text, -0.0 is not 0.0, and nan is nan
        if key not in known:
            known[key] = len(kinds)
            things[len(kinds)] = float(data)
            kinds.append(CONST)
        return known[key]

    left = [item(node.left, node.left_data) for node in nodes]
    right = [NONE if node.right is None else item(node.right, node.right_data) for node in nodes]
    codes, table = _coded(nodes)
    results = [item(x, x._raw if isinstance(x, Node) else x) for x in roots]
    before, after = [NONE] * start, [NONE] * (len(kinds) - start - len(nodes))
    arrays = [np.array([*before, *part, *after]) for part in (codes, left, right)]
    return Trace(np.array(kinds), arrays[0], arrays[1], arrays[2], table, things, results, result)


def _coded(nodes: list[Any]) -> tuple[list[int], list[tuple[Op, tuple[Any, ...]]]]:
    """Of each node the code of its op with its parameters, and what the codes stand for."""
    table: list[tuple[Op, tuple[Any, ...]]] = []
    known: dict[Any, int] = {}
    codes = []
    for node in nodes:
        op = node.op
        params = node.note.params if op.prepare is not None and node.note else ()
        key = (op, str(params)) if params else op
        code = known.get(key)
        if code is None:
            code = known[key] = len(table)
            table.append((op, params))
        codes.append(code)
    return codes, table
