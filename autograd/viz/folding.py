"""A graph at a level of detail: which items go into one box, and the boxes and edges that gives.

Items fold by the scope they were made in, down to a depth; what is left over and still too much is rolled up.
May import rolling.py. Read layout.py next.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from autograd.viz.outline import Outline
from autograd.viz.recording import Recording, Step, outline_of_recording
from autograd.viz.rolling import Blocks, Keys, period, rolled

__all__ = ["Box", "Folded", "GraphTooLarge", "LEVELS", "Level", "Link", "fold"]

LEVELS = {"module": 1, "layer": 2, "neuron": 3}  # how deep the scopes go
READABLE, READABLE_LINKS = 60, 150  # how many boxes one can read, and what may join them
TELLING = 1000  # items: beyond that a name such as t64401 tells nothing

Level = str | int | Callable[[Step], Hashable]


class GraphTooLarge(ValueError):
    """At this level a picture of the graph would have more boxes than anyone can read."""


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


class _Cut(NamedTuple):
    """Which items go together: their blocks, and the scope that a block stands for, if any."""

    level: str
    blocks: Blocks
    keys: Keys


def fold(
    source: Recording | Outline, level: Level = "auto", max_nodes: int | None = 1000, constants: bool = True
) -> Folded:
    """The graph at a ``level``: "op", "module", "layer", "neuron", a depth of scopes, a function, or "auto".

    The function gets a `Step` and returns what it is folded under: a name or a scope, None for what stays by itself.
    "auto" is every op
    up to 60 boxes, else the finest level that has no more, and no more than 150 links.

    Raises: GraphTooLarge (a ValueError) above ``max_nodes`` boxes; ValueError for an unknown level.
    """
    outline = outline_of_recording(source) if isinstance(source, Recording) else source
    total = sum(kind != "constant" for kind in outline.kinds)
    constants = constants or total == 0
    if level == "op" and max_nodes is not None and total > max_nodes:
        text = f"this graph has {total:,} nodes; drawing every op is limited to max_nodes={max_nodes:,}"
        raise GraphTooLarge(f"{text}. {_advice(outline, max_nodes, constants)}")
    if level == "auto":
        cut = _readable(outline, constants)
    elif level == "op":
        cut = _every_op(outline)
    else:
        cut = _by_scope(outline, level, constants)
    size = _size(outline, cut, constants)
    if level != "op" and max_nodes is not None and size > max_nodes:
        text = f"level={level!r} gives {size:,} boxes, more than max_nodes={max_nodes:,}"
        raise GraphTooLarge(f"{text}. {_advice(outline, max_nodes, constants)}")
    return _folded(outline, cut, total, constants)


def _advice(outline: Outline, max_nodes: int, constants: bool) -> str:
    cuts = {name: _by_scope(outline, name, constants) for name, depth in LEVELS.items() if depth <= _deepest(outline)}
    cuts["auto"] = _readable(outline, constants)
    sizes = {name: _size(outline, cut, constants) for name, cut in cuts.items()}
    fits = ", ".join(f'level="{name}" ({size:,} boxes)' for name, size in sizes.items() if size <= max_nodes)
    return f"{f'Fits: {fits}' if fits else 'No level fits'}. Tip: draw the loss of one sample"


# Which items go together ------------------------------------------------------------------------------------------


def _every_op(outline: Outline) -> _Cut:
    return _Cut("op", list(range(len(outline))), [None] * len(outline))


def _by_scope(outline: Outline, level: Level, constants: bool) -> _Cut:
    """A block for each key, and one for each item without; these are rolled up if that is too much to read."""
    keys = _keys(outline, level)
    first: dict[Any, int] = {}
    blocks = [i if key is None else first.setdefault(key, i) for i, key in enumerate(keys)]
    cut = _Cut("function" if callable(level) else f"{level}", blocks, keys)
    if _size(outline, cut, constants) <= READABLE:
        return cut
    return cut._replace(blocks=rolled(outline, keys, READABLE) or blocks)


def _readable(outline: Outline, constants: bool) -> _Cut:
    """The finest level with at most 60 boxes; two layers of 16 neurons each are too much for their 256 edges."""
    cut = _every_op(outline)
    if _size(outline, cut, constants) <= READABLE:
        return cut
    names = {depth: name for name, depth in LEVELS.items()}
    for depth in range(_deepest(outline), 0, -1):
        cut = _by_scope(outline, depth, constants)
        if _size(outline, cut, constants) <= READABLE and _joints(outline, cut) <= READABLE_LINKS:
            return cut._replace(level=names.get(depth, f"{depth}"))
    keys = [None] * len(outline)
    return _Cut("rolled up", rolled(outline, keys, READABLE, at_any_price=True) or [], keys)


def _size(outline: Outline, cut: _Cut, constants: bool) -> int:
    if constants:
        return len(set(cut.blocks))
    return len({block for block, kind in zip(cut.blocks, outline.kinds, strict=True) if kind != "constant"})


def _joints(outline: Outline, cut: _Cut) -> int:
    blocks = cut.blocks
    pairs = {(blocks[x], block) for block, inputs in zip(blocks, outline.inputs, strict=True) for x in inputs}
    return sum(a != b for a, b in pairs)


def _deepest(outline: Outline) -> int:
    return max(map(len, set(outline.scopes)), default=0)


def _keys(outline: Outline, level: Level) -> Keys:
    """Of each item its scope down to the depth of the level; parameters go where they are used, if in one place."""
    if callable(level):
        return [_key(level(_step(outline, i))) for i in range(len(outline))]
    depth = LEVELS.get(level) if isinstance(level, str) else level
    if not isinstance(depth, int) or depth is True or depth < 1:
        known = ", ".join(f'"{name}"' for name in ("auto", "op", *LEVELS))
        raise ValueError(f"level={level!r}: there are {known}, a depth of scopes from 1 on, or a function of a step")
    return [scope[:depth] if len(scope) >= depth else None for scope in _homes(outline)]


def _key(found: Any) -> tuple[str, ...] | None:
    """What a function of a step says: a scope, or a name."""
    if found is None or found is False or found == ():
        return None
    return tuple(map(str, found)) if isinstance(found, tuple) else (f"{found}",)


def _step(outline: Outline, i: int) -> Step:
    """Item ``i`` as `record` would have it, but for the text."""
    value, name = outline.value(i), outline.names[i]
    return Step(
        i, name or f"{outline.ops[i] or outline.kinds[i]} {i}", name is not None, outline.kinds[i], outline.ops[i], "",
        outline.scopes[i], np.shape(value), value, None,
    )  # fmt: skip


def _homes(outline: Outline) -> list[tuple[str, ...]]:
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


# Boxes and links --------------------------------------------------------------------------------------------------


def _folded(outline: Outline, cut: _Cut, total: int, constants: bool) -> Folded:
    kinds, blocks = outline.kinds, cut.blocks
    members: dict[int, list[int]] = {}
    for i, block in enumerate(blocks):
        members.setdefault(block, []).append(i)
    if not constants:
        members = {block: found for block, found in members.items() if any(kinds[i] != "constant" for i in found)}
    # A box bears the number of its last op, or of its last item if there is none.
    number = {block: max(found, key=lambda i: (kinds[i] == "op", i)) for block, found in members.items()}
    links, outputs = _links(outline, blocks, number)
    describe = _Describer(outline, cut.keys)
    boxes = [describe.box(i, members[block], outputs.get(block, [i])) for block, i in number.items()]
    return Folded(tuple(sorted(boxes, key=lambda box: box.id)), tuple(links), cut.level, total)


def _links(outline: Outline, blocks: Blocks, number: dict[int, int]) -> tuple[list[Link], dict[int, list[int]]]:
    """The links between blocks, and of each block the items that others use or that are the root."""
    kinds = outline.kinds
    slots: dict[tuple[int, int], list[int]] = {}
    results: set[tuple[int, int]] = set()  # pairs along which results go, not only parameters
    outputs: dict[int, set[int]] = {blocks[-1]: {len(blocks) - 1}}
    for target, inputs in zip(blocks, outline.inputs, strict=True):
        for slot, x in enumerate(inputs):
            source = blocks[x]
            if source == target or source not in number:
                continue
            pair = source, target
            slots.setdefault(pair, []).append(slot)
            if kinds[x] == "op" or kinds[number[source]] != "op":
                results.add(pair)
                outputs.setdefault(source, set()).add(x)
    links = []
    single = len(set(blocks)) == len(blocks)
    for (source, target), found in slots.items():
        ends = number[source], number[target]
        if single:
            links += [Link(*ends, slot) for slot in found]
        else:
            links.append(Link(*ends, None, len(found), (source, target) not in results))
    return links, {block: sorted(found) for block, found in outputs.items()}


class _Describer:
    """What the boxes say."""

    def __init__(self, outline: Outline, keys: Keys) -> None:
        self.outline, self.keys = outline, keys
        self.homes = _homes(outline)
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
