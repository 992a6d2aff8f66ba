"""Places: in which array each item of a trace lies, and arrays of items looked up by slices, gathers and joins.

May import program.py. Read layouts.py next.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import count
from typing import Any

import numpy as np

from autograd import ops
from autograd.vectorizer.program import Array, Program, join, spread
from autograd.vectorizer.tracing import CONST, OUTSIDE, Trace

__all__ = ["CONST_GROUP", "FREE_GROUP", "Places", "codes_of", "uniform"]

FREE_GROUP, CONST_GROUP, OUTSIDE_GROUP = 0, 1, 2  # captured numbers, constants, nodes made outside


class Places:
    """Where the items of a trace lie: group by group, each of which is an array of the program."""

    def __init__(
        self, trace: Trace, program: Program, known: Mapping[str, np.ndarray], taken: Collection[str], apart: bool
    ) -> None:
        """``known`` has the items of blocks that there are; new ones do not get the names ``taken``.

        ``apart`` makes a group of each known block, where captured numbers are one group otherwise.
        """
        n = len(trace)
        self.trace, self.program, self.taken_names = trace, program, taken
        self.group = np.zeros(n, int)  # of each item
        self.place = np.zeros(n, int)  # of each item in its group, flattened
        self.arrays: list[Array | None] = [None, None, None]
        self.is_batched = np.zeros(64, bool)  # of each group; longer than there are groups
        self.same = np.arange(n)  # of each item the first one that is computed alike
        self.numbers = trace.numbers()
        self.wanted: dict[Any, tuple[np.ndarray, str, Array]] = {}  # arrays of captured numbers that steps use
        self.homes: dict[str, np.ndarray] = {}  # of each block the items, in its shape
        self.home = np.full(n, -1)  # of each captured item the number of its block
        self.place_at_home = np.zeros(n, int)
        self.group[trace.kinds == CONST] = CONST_GROUP
        self.mixes = False  # are numbers of several blocks looked up at once, or all of a matrix one by one?
        for name, items in known.items():
            block = self.add_block(name, items)
            if apart:
                self.member(items.ravel(), block)
        self.start(program.inputs)

    def start(self, inputs: list[Array]) -> None:
        """Inputs and nodes made outside are groups from the beginning."""
        i = 0
        for array in inputs:
            self.member(np.arange(i, i + array.size), array)
            i += array.size
        outside = np.flatnonzero(self.trace.kinds == OUTSIDE)
        self.group[outside], self.place[outside] = OUTSIDE_GROUP, np.arange(len(outside))
        if len(outside):
            self.program.outside = self.arrays[OUTSIDE_GROUP] = Array("outside", (len(outside),), False)

    def member(self, items: np.ndarray, array: Array) -> None:
        """``items`` are the entries of ``array``, in order; -1 for one that is no item."""
        if len(self.arrays) == len(self.is_batched):
            self.is_batched = np.append(self.is_batched, np.zeros_like(self.is_batched))
        self.is_batched[len(self.arrays)] = array.batched
        there = np.flatnonzero(items >= 0)
        self.group[items[there]] = len(self.arrays)
        self.place[items[there]] = there
        self.arrays.append(array)

    def batched(self, group: int) -> bool:
        """Are the entries of the group different from sample to sample?"""
        return bool(self.is_batched[group])

    def whole_block(self, items: np.ndarray) -> Array | None:
        """The array of more than one axis, the same for all samples, whose entries are just these items, in order."""
        array = self.arrays[self.group[items[0]]] if items[0] >= 0 else None
        if array is None or array.batched or len(array.shape) < 2 or array.size != len(items):
            return None
        mine = np.all(self.group[items] == self.group[items[0]]) and np.array_equal(
            self.place[items], np.arange(array.size)
        )
        return array if mine else None

    def merge(self, items: np.ndarray, table: np.ndarray) -> np.ndarray:
        """Where the first ones are of ``items`` with equal rows in ``table``; the others are the same as these."""
        codes = codes_of(table)
        first = np.unique(codes, return_index=True)[1]
        self.same[items] = items[first[codes]]
        return first

    # Looking entries up ----------------------------------------------------------------------------------------

    def constant(self, numbers: np.ndarray) -> Any:
        """A number if all are the same, else the array."""
        numbers = np.asarray(numbers, dtype=float)
        return float(numbers.flat[0]) if uniform(numbers) else numbers

    def gathered(self, items: np.ndarray, whole: bool = False, letter: str = "b") -> Any:
        """An array of ``items``; axes along which nothing changes have length 1, unless it has to be the ``whole``.

        A new block is called by the ``letter``.
        """
        items = self.same[items]
        groups = np.unique(self.group[items])
        if len(groups) == 1 and groups[0] == CONST_GROUP:
            numbers = self.numbers[items]
            return numbers if whole else self.constant(numbers)
        full = items.shape
        if not whole:
            for axis in range(items.ndim):
                start = np.take(items, [0], axis)
                if items.shape[axis] > 1 and np.array_equal(np.broadcast_to(start, items.shape), items):
                    items = start
        if len(groups) > 1:
            return self.mixed(items, groups)
        if groups[0] == FREE_GROUP:
            return self.captured(items, letter)
        array = self.arrays[groups[0]]
        assert array is not None
        x = self.taken(array, self.place[items])
        if not x.batched and not whole:
            return x
        return x if len(x.shape) == len(full) else self.with_axes(x, items.shape)

    def with_axes(self, x: Array, shape: tuple[int, ...]) -> Array:
        """``x`` in another shape, of as many entries."""
        if x.shape == shape:
            return x
        full = (-1, *shape) if x.batched else shape
        return self.program.add(ops.reshape, [x], shape, shape=full)

    def shaped(self, x: Any, shape: tuple[int, ...]) -> Any:
        """``x`` in the shape of its group."""
        return self.with_axes(x, shape) if isinstance(x, Array) and x.size == int(np.prod(shape)) else x

    def taken(self, x: Array, places: np.ndarray) -> Array:
        """The entries of ``x`` at ``places`` of its flattened form."""
        shape = places.shape
        flat = places.ravel()
        if len(flat) == x.size and np.array_equal(flat, np.arange(x.size)):
            return self.with_axes(x, shape)
        before: tuple[Any, ...] = (slice(None),) if x.batched else ()
        index = sliced(flat, x.shape)
        if index is not None:
            found = self.program.add(ops.getitem, [x], tuple(np.zeros(x.shape)[index].shape), index=(*before, *index))
            return self.with_axes(found, shape)
        turned = np.swapaxes(places, -1, -2) if places.ndim > 1 else places
        if min(turned.shape[-2:]) > 1 and sliced(turned.ravel(), x.shape) is not None:
            return self.program.add(ops.swapaxes, [self.taken(x, turned)], shape, axis1=-1, axis2=-2)
        x = self.with_axes(x, (x.size,))
        return self.program.add(ops.getitem, [x], shape, index=(*before, places))

    def mixed(self, items: np.ndarray, groups: np.ndarray) -> Array:
        """Entries of several arrays: these are joined, and the entries looked up in the whole."""
        batched = any(self.batched(g) for g in groups)
        sample = next((array for g in groups if self.batched(g) and (array := self.arrays[g])), None)
        places = np.zeros(items.shape, int)
        parts: list[Any] = []
        start = 0
        for g in groups.tolist():
            mine = self.group[items] == g
            distinct = np.unique(items[mine])
            if g > CONST_GROUP and len(distinct) == self.arrays[g].size:
                distinct = distinct[np.argsort(self.place[distinct])]
            part = self.gathered(distinct, whole=True)
            if batched and not (isinstance(part, Array) and part.batched):
                part = self.program.add(spread, [part, sample], (len(distinct),))
            rank = np.argsort(distinct)
            places[mine] = start + rank[np.searchsorted(distinct[rank], items[mine])]
            start += len(distinct)
            parts.append(part)
        joined = self.program.add(join, parts, (start,), axis=1 if batched else 0)
        return self.taken(joined, places)

    # Blocks ----------------------------------------------------------------------------------------------------

    def captured(self, items: np.ndarray, letter: str) -> Array:
        """An array of captured numbers. Where they live is settled when all that is wanted is known."""
        key = items.shape, items.tobytes()
        if key not in self.wanted:
            array = Array(f"wanted {len(self.wanted)}", items.shape, False)
            self.wanted[key] = items, letter, array
        elif letter == "W":  # a matrix, whatever else is done with it
            self.wanted[key] = items, letter, self.wanted[key][2]
        return self.wanted[key][2]

    def settle(self) -> None:
        """Blocks, matrices and large arrays first, and steps that look up what lives in other arrangements."""
        wanted = list(self.wanted.values())
        own = set()
        for k in sorted(range(len(wanted)), key=lambda k: (-wanted[k][0].ndim, -wanted[k][0].size)):
            distinct, times = np.unique(wanted[k][0], return_counts=True)
            if np.all(self.home[distinct] < 0) and np.all(times == 1):
                self.home[distinct] = len(self.homes)  # taken
                own.add(k)
        found: dict[str, Array] = {}
        for k, (items, letter, array) in enumerate(wanted):
            if k in own:
                found[array.name] = self.new_block(items, letter)
        for items, letter, _ in wanted:
            homeless = np.unique(items[self.home[items] < 0])
            if len(homeless):
                self.new_block(homeless, letter)
        later, self.program.steps = self.program.steps, []
        for k, (items, _, array) in enumerate(wanted):
            if k not in own:
                found[array.name] = self.looked_up(items)
        for step in later:
            step.operands = tuple(found.get(x.name, x) if isinstance(x, Array) else x for x in step.operands)
        self.program.steps += later

    def looked_up(self, items: np.ndarray) -> Array:
        """Captured numbers from the blocks where they live."""
        homes = np.unique(self.home[items])
        blocks = list(self.program.blocks.values())
        if len(homes) == 1:
            block = blocks[homes[0]]
            self.mixes |= items.ndim == 1 < len(block.shape) and items.size == block.size
            return self.taken(block, self.place_at_home[items])
        self.mixes = True
        starts = np.zeros(len(blocks), int)
        parts, start = [], 0
        for h in homes.tolist():
            parts.append(self.with_axes(blocks[h], (blocks[h].size,)))
            starts[h] = start
            start += blocks[h].size
        joined = self.program.add(join, parts, (start,), axis=0)
        return self.taken(joined, starts[self.home[items]] + self.place_at_home[items])

    def new_block(self, items: np.ndarray, letter: str) -> Array:
        """A block that is the home of ``items``, in their shape: W1, b1, W2, ..."""
        name = next(name for i in count(1) if (name := f"{letter}{i}") not in {*self.program.blocks, *self.taken_names})
        return self.add_block(name, items)

    def add_block(self, name: str, items: np.ndarray) -> Array:
        """The variable of a block."""
        mine = items[items >= 0]
        self.home[mine] = len(self.homes)
        self.place_at_home[mine] = np.flatnonzero(items >= 0)
        self.homes[name] = items
        self.program.blocks[name] = Array(name, items.shape, False)
        return self.program.blocks[name]


def uniform(numbers: np.ndarray) -> bool:
    """Are all the same?"""
    return bool(np.all(numbers == numbers.flat[0]))


def codes_of(table: np.ndarray) -> np.ndarray:
    """A number for each row; equal rows have the same, and the first row that is new the next one."""
    known: dict[bytes, int] = {}
    return np.array([known.setdefault(row.tobytes(), len(known)) for row in np.ascontiguousarray(table)])


def sliced(places: np.ndarray, shape: tuple[int, ...]) -> tuple[Any, ...] | None:
    """An index of numbers and slices that takes just these places, if there is one."""
    if not shape:
        return None
    axes = np.unravel_index(places, shape)
    index: list[Any] = []
    for along, n in zip(axes, shape, strict=True):
        distinct = np.unique(along)
        steps = np.diff(distinct)
        if len(distinct) == n:
            index.append(slice(None))
        elif len(distinct) == 1:
            index.append(int(distinct[0]))
        elif np.all(steps == steps[0]):
            last = int(distinct[-1])
            index.append(slice(int(distinct[0]), last + 1, int(steps[0]) if steps[0] > 1 else None))
        else:
            return None
    grid = np.arange(int(np.prod(shape))).reshape(shape)[tuple(index)]
    return tuple(index) if np.array_equal(np.ravel(grid), places) else None
