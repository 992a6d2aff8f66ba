"""A graph at a level of detail: which items go into one box, and what joins the boxes.

Items fold by the scope they were made in, down to a depth; what is left over and still too much is rolled up.
May import boxes.py and run.py. Read layout.py next.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import numpy as np

from autograd.viz.boxes import Describer, Folded, Link, homes_of
from autograd.viz.outline import Outline
from autograd.viz.rolling import Blocks, Keys, rolled
from autograd.viz.run import Recording, Step, outline_of_recording

__all__ = ["GraphTooLarge", "LEVELS", "Level", "fold"]

LEVELS = {"module": 1, "layer": 2, "neuron": 3}  # how deep the scopes go
READABLE, READABLE_LINKS = 60, 150  # how many boxes one can read, and what may join them

Level = str | int | Callable[[Step], Hashable]


class GraphTooLarge(ValueError):
    """At this level a picture of the graph would have more boxes than anyone can read."""


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
    "auto" is every op up to 60 boxes, else the finest level that has no more, and no more than 150 links.

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
    return [scope[:depth] if len(scope) >= depth else None for scope in homes_of(outline)]


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
    describe = Describer(outline, cut.keys)
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
