"""Rolling up what repeats: ops that do the same to the same, chains, and at last stretches of the order.

For graphs without scopes, and for what scopes leave over. Every pass is linear. May import outline.py. Read
folding.py next.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.viz.outline import Outline

__all__ = ["Blocks", "Keys", "period", "rolled"]

Keys = list[Any]  # of each item what it is folded under, None for what stays by itself
Blocks = list[int]  # of each item the number of its block


def rolled(outline: Outline, keys: Keys, limit: int, at_any_price: bool = False) -> Blocks | None:
    """Ops without a key that do the same go into one block; ever coarser, until there are at most ``limit`` blocks.

    None if that takes more than this can do, unless it is to be done at any price.
    """
    blocks: Blocks = []
    for blocks in _ever_coarser(outline, keys):
        if len(set(blocks)) <= limit:
            return blocks
    if not at_any_price:
        return None
    ops = list(dict.fromkeys(blocks))
    stretch = {block: i * limit // len(ops) for i, block in enumerate(ops)}
    return [stretch[block] for block in blocks]


def _ever_coarser(outline: Outline, keys: Keys) -> Iterator[Blocks]:
    below = _colours(outline, keys)
    yield _with_leaves(outline, keys, _refined(outline, keys, below))
    yield _with_leaves(outline, keys, below)
    chained = _chained(outline, keys, below)
    yield _with_leaves(outline, keys, chained)
    yield _with_leaves(outline, keys, chained, absorb=True)


def _colours(outline: Outline, keys: Keys) -> Blocks:
    """Equal numbers for ops that do the same to equal operands.

    A run of one op, where each is the only use of the one before, is one; leaves are equal if they are of one kind.
    """
    kinds, ops, inputs, scopes = outline.kinds, outline.ops, outline.inputs, outline.scopes
    follows = _runs(outline, keys)
    known: dict[Any, int] = {}
    colours = [0] * len(outline)
    bags: dict[int, set[int]] = {}
    for i, kind in enumerate(kinds):
        if kind != "op":
            what: Any = (kind,)
        elif keys[i] is not None:
            what = ("key", keys[i])
        else:
            before = [x for x in inputs[i] if follows[x] == i]
            if before or follows[i] >= 0:
                bag = bags.pop(before[0]) if before else set()
                for x in before[1:]:
                    bag |= bags.pop(x)
                bag.update([colours[x] for x in inputs[i] if follows[x] != i])
                if follows[i] >= 0:
                    bags[i] = bag
                    continue
                what = (ops[i], scopes[i], frozenset(bag))
            else:
                what = (ops[i], scopes[i], *[colours[x] for x in inputs[i]])
        colours[i] = known.setdefault(what, len(known))
    for i in range(len(outline) - 1, -1, -1):
        if follows[i] >= 0:
            colours[i] = colours[follows[i]]
    return colours


def _runs(outline: Outline, keys: Keys) -> Blocks:
    """Of each op the op that goes on with it: its only user, of the same name and scope; else -1."""
    user = [-1] * len(outline)
    for i, inputs in enumerate(outline.inputs):
        for x in inputs:
            user[x] = i if user[x] == -1 else -2
    ops, scopes = outline.ops, outline.scopes
    return [
        j if j >= 0 and keys[i] is None and keys[j] is None and ops[i] == ops[j] and scopes[i] == scopes[j] else -1
        for i, j in enumerate(user)
    ]


def _refined(outline: Outline, keys: Keys, colours: Blocks) -> Blocks:
    """The colours, told apart by what the results are used for."""
    follows = _runs(outline, keys)
    uses: list[set[int]] = [set() for _ in colours]
    refined = [0] * len(colours)
    known: dict[Any, int] = {}
    for i in range(len(colours) - 1, -1, -1):
        if follows[i] >= 0:
            refined[i] = refined[follows[i]]
        else:
            what = ("key", keys[i]) if keys[i] is not None else (colours[i], frozenset(uses[i]))
            refined[i] = known.setdefault(what, len(known))
        for x in outline.inputs[i]:
            uses[x].add(refined[i])
    return refined


def _with_leaves(outline: Outline, keys: Keys, colours: Blocks, absorb: bool = False) -> Blocks:
    """Blocks of ops by colour, of leaves by the blocks that use them; plain numbers go into the block of their op.

    With ``absorb`` the leaves go into the first of the blocks that use them.
    """
    kinds = outline.kinds
    users: list[set[int]] = [set() for _ in colours]
    uses = [0] * len(colours)
    known: dict[Any, int] = {}
    blocks = [-1] * len(colours)
    for i, kind in enumerate(kinds):
        if kind == "op" or keys[i] is not None:
            blocks[i] = known.setdefault(colours[i] if keys[i] is None else ("key", keys[i]), len(known))
            for x in outline.inputs[i]:
                users[x].add(blocks[i])
                uses[x] += 1
    for i, kind in enumerate(kinds):
        if blocks[i] < 0:
            inside = kind == "constant" and np.ndim(outline.value(i)) == 0
            if users[i] and (absorb or inside):
                blocks[i] = min(users[i])
            else:
                blocks[i] = known.setdefault((kind, uses[i] > 1, frozenset(users[i])), len(known))
    return blocks


def _chained(outline: Outline, keys: Keys, colours: Blocks) -> Blocks:
    """The colours, but one for each chain: where a colour is only used by one that uses only it."""
    sources: dict[int, set[int]] = {}
    targets: dict[int, set[int]] = {}
    keyed = {colour for colour, key in zip(colours, keys, strict=True) if key is not None}
    for i, inputs in enumerate(outline.inputs):
        for x in inputs:
            if outline.kinds[x] == "op" and colours[x] != colours[i]:
                sources.setdefault(colours[i], set()).add(colours[x])
                targets.setdefault(colours[x], set()).add(colours[i])
    head: dict[int, int] = {}
    for colour in dict.fromkeys(colours):  # inputs first
        before = sources.get(colour, set())
        one = next(iter(before)) if len(before) == 1 else None
        alone = one is not None and len(targets[one]) == 1 and not {one, colour} & keyed
        head[colour] = head.get(one, one) if alone and one is not None else colour
    return [head[colour] for colour in colours]


def period(ops: list[Any]) -> int:
    """After how many ops the list begins again, its length if it does not."""
    fail = [0] * len(ops)
    for i in range(1, len(ops)):
        k = fail[i - 1]
        while k and ops[k] != ops[i]:
            k = fail[k - 1]
        fail[i] = k + (ops[k] == ops[i])
    return len(ops) - fail[-1]
