"""The order and the shape of a group, in which what it takes is as regular as can be.

May import places.py. Read sums.py next.
"""

from __future__ import annotations

import numpy as np

from autograd.vectorizer.places import CONST_GROUP, Places

__all__ = ["layout"]


def layout(places: Places, operands: list[np.ndarray]) -> tuple[np.ndarray, tuple[int, ...]]:
    """An order of the members of a group, and a shape, in which the operands are as regular as can be."""
    n = len(operands[0])
    if n == 1:
        return np.array([0]), ()
    varied = [x for x in operands if places.group[x[0]] != CONST_GROUP] or operands
    varied.sort(key=lambda x: (not places.batched(places.group[x[0]]), -len(np.unique(x))))
    ranks = [places.place[x] if places.group[x[0]] > CONST_GROUP else x for x in varied]
    ranked = np.lexsort(ranks[::-1])
    array = places.arrays[places.group[varied[0][0]]]
    first = ranks[0][ranked]
    if array is not None and array.size == n and np.array_equal(first, np.arange(n)):
        return ranked, array.shape
    distinct = [np.unique(x) for x in ranks]
    if len(ranks) == 2 and len(distinct[0]) * len(distinct[1]) == n:
        grid = np.repeat(distinct[0], len(distinct[1])), np.tile(distinct[1], len(distinct[0]))
        if np.array_equal(first, grid[0]) and np.array_equal(ranks[1][ranked], grid[1]):
            return ranked, (len(distinct[0]), len(distinct[1]))
    return ranked, (n,)
