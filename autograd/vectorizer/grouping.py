"""Discovery: items of a trace that do the same become arrays, sums of products matrix products.

Items are taken by depth, operands before users: those of one depth, one op and operands from the same arrays form a
group, and a group is one array. May import sums.py. Read function.py next.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import Any

import numpy as np

from autograd import ops
from autograd.op import Op
from autograd.vectorizer.layouts import layout
from autograd.vectorizer.places import Places
from autograd.vectorizer.program import Array, Program, run_row, spread
from autograd.vectorizer.sums import Piece, Sums
from autograd.vectorizer.terms import Terms, largest_of, terms_of
from autograd.vectorizer.tidying import tidy
from autograd.vectorizer.tracing import NONE, Trace

__all__ = ["Discovery"]


class Discovery:
    """The work of finding a program, and what was found: ``program``, and ``homes``, the items of each block."""

    def __init__(
        self,
        trace: Trace,
        inputs: list[Array],
        known: Mapping[str, np.ndarray],
        taken: Collection[str] = (),
        apart: bool = False,
    ) -> None:
        """``inputs`` are the arguments, whose entries are the first items; ``known`` the items of blocks there are.

        Names that are ``taken`` are not given to new blocks. ``apart`` keeps what lives in different blocks apart.
        """
        self.trace = trace
        self.program = Program(inputs=inputs, is_tuple=isinstance(trace.structure, tuple))
        self.places = Places(trace, self.program, known, taken, apart)
        self.homes = self.places.homes
        self.sums = Sums(self.places)
        self.find()
        self.program.results = [self.result(np.array(part)) for part in self.parts(trace.structure)]
        self.places.settle()
        tidy(self.program)

    # Groups ----------------------------------------------------------------------------------------------------

    def find(self) -> None:
        """All groups, one depth after the other."""
        trace, used = self.trace, uses_of(self.trace)
        terms, largest = terms_of(trace), largest_of(trace)
        for level in self.levels(terms, largest):
            sums: dict[Hashable, list[tuple[int, list[Piece], float]]] = {}
            rows: dict[Hashable, list[int]] = {}
            extremes: dict[Hashable, list[int]] = {}
            for i in sorted(level, key=lambda i: (used[i], i)):
                if i in terms.spans:
                    pieces, constant = self.sums.pieces(terms, *terms.spans[i])
                    sums.setdefault(tuple(piece.key for piece in pieces), []).append((i, pieces, constant))
                elif i in largest:
                    extremes.setdefault((len(largest[i]), *self.groups(largest[i])), []).append(i)
                else:
                    operands = [int(x) for x in (trace.left[i], trace.right[i]) if x >= 0]
                    rows.setdefault((trace.codes[i], *self.places.group[self.places.same[operands]]), []).append(i)
            for found in sums.values():
                self.sums.group(found)
            for items in extremes.values():
                self.extreme_group(np.array(items), np.array([largest[i] for i in items]))
            for items in rows.values():
                op, params = trace.ops[trace.codes[items[0]]]
                self.row_group(op, params, np.array(items))

    def levels(self, terms: Terms, largest: dict[int, list[int]]) -> list[list[int]]:
        """The items that are needed, by depth: one more than the deepest operand's."""
        left, right = self.trace.left.tolist(), self.trace.right.tolist()
        depth = np.zeros(len(self.trace), int)
        levels: dict[int, list[int]] = {}
        for i in terms.needed:
            if i in terms.spans:
                a, b = terms.spans[i]
                depth[i] = 1 + max(depth[terms.first[a:b]].max(), depth[terms.second[a:b]].max(initial=0))
            elif i in largest:
                depth[i] = 1 + max(depth[largest[i]], default=NONE)
            else:
                depth[i] = 1 + max(depth[left[i]], depth[right[i]] if right[i] >= 0 else 0)
            levels.setdefault(int(depth[i]), []).append(i)
        return [level for d, level in sorted(levels.items()) if d > 0]

    def groups(self, items: list[int]) -> list[int]:
        """The groups that the items are in."""
        return np.unique(self.places.group[self.places.same[items]]).tolist()  # type: ignore[no-any-return]

    def extreme_group(self, items: np.ndarray, table: np.ndarray) -> None:
        """One array of ``items``, each the largest of a row of ``table``."""
        shape = (len(items),) if len(items) > 1 else ()
        x = self.places.gathered(table.reshape(*shape, -1), whole=True)
        self.places.member(items, self.program.add(ops.max, [x], shape, axis=-1))

    # Elementwise -----------------------------------------------------------------------------------------------

    def row_group(self, op: Op, params: tuple[Any, ...], items: np.ndarray) -> None:
        """One array of ``items`` that all apply ``op``."""
        operands = [self.places.same[self.trace.left[items]]]
        if self.trace.right[items[0]] >= 0:
            operands.append(self.places.same[self.trace.right[items]])
        first = self.places.merge(items, np.column_stack(operands))
        items, operands = items[first], [x[first] for x in operands]
        ranked, shape = layout(self.places, operands)
        items = items[ranked]
        parts = [self.places.gathered(x[ranked].reshape(shape)) for x in operands]
        self.places.member(items, self.program.add(run_row, parts, shape, op=op, params=params))

    # Results ---------------------------------------------------------------------------------------------------

    def parts(self, structure: Any) -> list[Any]:
        """The items of the result: an array of them for each part of a tuple, or for the whole."""
        results = iter(self.trace.results)

        def numbered(x: Any) -> Any:
            if isinstance(x, (list, tuple)) or (isinstance(x, np.ndarray) and x.dtype == object):
                return [numbered(part) for part in x]
            return next(results)

        return [numbered(part) for part in structure] if isinstance(structure, tuple) else [numbered(structure)]

    def result(self, items: np.ndarray) -> Array:
        """The array of a part of the result, for every sample."""
        x = self.places.gathered(items, whole=True)
        if isinstance(x, Array) and x.batched:
            return x
        return self.program.add(spread, [x, self.program.inputs[0]], items.shape)


def uses_of(trace: Trace) -> np.ndarray:
    """A number for each item that tells what it is used for: as which operand of which ops."""
    used = np.zeros(len(trace) + 1, dtype=np.int64)
    everyone = np.flatnonzero(trace.codes >= 0)
    for slot, operands in enumerate((trace.left, trace.right)):
        np.bitwise_or.at(used, operands[everyone], np.left_shift(1, (2 * trace.codes[everyone] + slot) % 63))
    return used
