"""The boxes of a folded graph and what joins them, as plain data; and what a box says of the items in it.

May import rolling.py. Read folding.py next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.viz.outline import Outline
from autograd.viz.rolling import Keys, period

__all__ = ["Box", "Describer", "Folded", "Link", "homes_of"]

TELLING = 1000  # items: beyond that a name such as t64401 tells nothing


@dataclass(frozen=True, slots=True)
class Box:
    """One box of a picture.

    ``kind`` is "leaf", "parameter", "constant" or "op" for a single item, and "fold" for several; ``members`` are
    their numbers, ``count`` how many identical blocks they are. ``value`` and ``grad`` are those of the item or, of
    a fold, of its ``outputs`` (stacked, if there are several of one shape); None where there is none.
    """

    id: int
    name: str
    kind: str
    op: str | None
    scope: tuple[str, ...]
    shape: tuple[int, ...]
    value: Any
    grad: Any
    members: tuple[int, ...]
    count: int = 1
    outputs: int = 1
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """``count`` edges from one box to another; ``slot`` is the operand's place if it is one edge of an op.

    ``parameters`` tells that only parameters go along it, out of a box that holds them.
    """

    source: int
    target: int
    slot: int | None
    count: int = 1
    parameters: bool = False


@dataclass(frozen=True, slots=True)
class Folded:
    """Boxes and links, ids as in ``Box.id``; ``total`` is how many items there are that are no constants."""

    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    level: str
    total: int


def homes_of(outline: Outline) -> list[tuple[str, ...]]:
    """The scopes of all items; of parameters and single numbers that of the ops that use them, if it is one.

    Arrays of data have none: they are what a picture begins with.
    """
    homes, kinds, scopes = list(outline.scopes), outline.kinds, outline.scopes
    users: dict[int, set[tuple[str, ...]]] = {}
    for scope, inputs in zip(scopes, outline.inputs, strict=True):
        if scope:
            for x in inputs:
                if kinds[x] != "op":
                    users.setdefault(x, set()).add(scope)
    for x, found in users.items():
        if kinds[x] != "parameter" and np.ndim(outline.value(x)):
            homes[x] = ()
        elif not homes[x] and len(found) == 1:
            (homes[x],) = found
    return homes


class Describer:
    """What the boxes say."""

    def __init__(self, outline: Outline, keys: Keys) -> None:
        self.outline, self.keys = outline, keys
        self.homes = homes_of(outline)
        self.names = outline.automatic_names()
        self.users = [0] * len(outline)
        self.user: dict[int, tuple[int, int]] = {}  # of each leaf an op that uses it, and the slot
        for i, inputs in enumerate(outline.inputs):
            for slot, x in enumerate(inputs):
                self.users[x] += 1
                if outline.kinds[x] != "op":
                    self.user[x] = i, slot
        self.parts = _parts(outline) if any(key is not None for key in keys) else {}

    def box(self, number: int, members: list[int], outputs: list[int]) -> Box:
        """The box of these items, of which others use the ``outputs``."""
        outline, key = self.outline, self.keys[number]
        inside = [i for i in members if outline.kinds[i] != "constant"] or members
        if key is None and len(inside) == 1:
            return self.single(inside[0], members)
        name, scope, n, notes = self.scope(key, inside) if key is not None else self.roll_up(inside)
        values, grads = [outline.value(i) for i in outputs], [outline.grad(i) for i in outputs]
        value, grad = _stacked(values), None if any(g is None for g in grads) else _stacked(grads)
        shape = np.shape(values[0])
        return Box(number, name, "fold", None, scope, shape, value, grad, tuple(members), n, len(outputs), notes)

    def single(self, i: int, members: list[int]) -> Box:
        """The box of one item, and of constants that go with it."""
        outline = self.outline
        value, kind, op, scope = outline.value(i), outline.kinds[i], outline.ops[i], self.homes[i]
        name = self.names[i] if len(outline) <= TELLING else outline.names[i] or op or kind
        notes: tuple[str, ...] = ()
        if i in self.user:
            value, notes = outline.seen(i, *self.user[i])
        if kind in ("leaf", "parameter") and isinstance(value, np.ndarray):
            value = np.array(value)  # training writes into the array itself
        return Box(i, name, kind, op, scope, np.shape(value), value, outline.grad(i), tuple(members), notes=notes)

    def scope(self, key: tuple[str, ...], inside: list[int]) -> tuple[str, tuple[str, ...], int, tuple[str, ...]]:
        """Name, scopes around it, how often it was gone through, and what is in it."""
        ops = [i for i in inside if self.outline.kinds[i] == "op"]
        leaves = [i for i in inside if self.outline.kinds[i] != "op"]
        n = self.repeats(ops)
        samples = " samples" if leaves and min(self.users[i] for i in leaves) >= n else ""
        contents = " · ".join(_counted(len(found), what) for found, what in ((ops, "op"), (leaves, "leaf")) if found)
        return key[-1], key[:-1], n, (*([f"× {n:,}{samples}"] if n > 1 else []), contents)

    def roll_up(self, inside: list[int]) -> tuple[str, tuple[str, ...], int, tuple[str, ...]]:
        """The same for what has been rolled up."""
        outline = self.outline
        scopes = {self.homes[i] for i in inside}
        scope = scopes.pop() if len(scopes) == 1 else ()
        ops = [op for i in inside if (op := outline.ops[i]) is not None]
        if not ops:
            kind = outline.kinds[inside[0]]
            bases = {(outline.names[i] or "").rstrip("0123456789[], ") for i in inside}
            name = (len(bases) == 1 and bases.pop()) or _counted(2, kind).removeprefix("2 ")
            return name, scope, len(inside), (f"× {_counted(len(inside), kind)}",)
        every = period(ops)
        distinct = list(dict.fromkeys(ops[:every]))
        name = " → ".join(distinct) if len(distinct) <= 3 else f"{distinct[0]} → … → {distinct[-1]}"
        return name, scope, len(ops) // every, (f"× {_counted(len(ops), 'op')}",)

    def repeats(self, ops: list[int]) -> int:
        """How often each scope among the ops was gone through, if all of them equally often."""
        heads: dict[tuple[str, ...], set[int]] = {}
        for i in ops:
            if i in self.parts:
                heads.setdefault(self.outline.scopes[i], set()).add(self.parts[i])
        sizes = {len(found) for found in heads.values()}
        return sizes.pop() if len(sizes) == 1 else 1


def _counted(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {'leaves' if what == 'leaf' else what + 's'}"


def _parts(outline: Outline) -> dict[int, int]:
    """Of each op the first op of its part: what hangs together within one scope."""
    part: dict[int, int] = {}
    kinds, scopes = outline.kinds, outline.scopes

    def root(i: int) -> int:
        while part[i] != i:
            part[i] = part[part[i]]
            i = part[i]
        return i

    for i, inputs in enumerate(outline.inputs):
        if kinds[i] == "op" and scopes[i]:
            part[i] = i
            for x in inputs:
                if kinds[x] == "op" and scopes[x] == scopes[i]:
                    a, b = root(x), root(i)
                    part[max(a, b)] = min(a, b)
    return {i: root(i) for i in part}


def _stacked(values: list[Any]) -> Any:
    """The value, or several of one shape as an array; None for a mixture."""
    if len(values) == 1:
        return values[0]
    shapes = {np.shape(x) for x in values}
    return np.array(values, dtype=float) if len(shapes) == 1 and None not in values else None
