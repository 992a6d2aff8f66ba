"""Discovery: items of a trace that do the same become arrays, sums of products matrix products.

Items are taken by depth, operands before users: those of one depth, one op and operands from the same arrays form a
group, and a group is one array. The entries of a sum of products are looked up in two tables, one row a sum; where
rows repeat, the sums are a matrix product: neurons are its columns, and what is applied again to other inputs its
rows. May import places.py and terms.py. Read function.py next.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import Any, NamedTuple

import numpy as np

from autograd import ops
from autograd.op import Op
from autograd.vectorizer.places import CONST_GROUP, FREE_GROUP, Places, codes_of, uniform
from autograd.vectorizer.program import Array, Program, run_row, spread
from autograd.vectorizer.terms import Terms, largest_of, terms_of
from autograd.vectorizer.tidying import tidy
from autograd.vectorizer.tracing import NONE, Trace

__all__ = ["Discovery"]

MIXED = -2  # of several groups; one less for those that are not batched
MANY = 12  # kinds of terms in one sum: beyond that their sources are joined first


class Piece(NamedTuple):
    """Terms of one sum that come from the same arrays: ``coefficients * first * second``, or without ``second``."""

    key: tuple[int, int, int]  # the groups of first and second, and how many
    first: np.ndarray
    second: np.ndarray
    coefficients: np.ndarray


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
                    pieces, constant = self.pieces(terms, *terms.spans[i])
                    sums.setdefault(tuple(piece.key for piece in pieces), []).append((i, pieces, constant))
                elif i in largest:
                    extremes.setdefault((len(largest[i]), *self.groups(largest[i])), []).append(i)
                else:
                    operands = [int(x) for x in (trace.left[i], trace.right[i]) if x >= 0]
                    rows.setdefault((trace.codes[i], *self.places.group[self.places.same[operands]]), []).append(i)
            for found in sums.values():
                self.sum_group(found)
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
        ranked, shape = self.layout(operands)
        items = items[ranked]
        parts = [self.places.gathered(x[ranked].reshape(shape)) for x in operands]
        self.places.member(items, self.program.add(run_row, parts, shape, op=op, params=params))

    def layout(self, operands: list[np.ndarray]) -> tuple[np.ndarray, tuple[int, ...]]:
        """An order of the members of a group, and a shape, in which the operands are as regular as can be."""
        n = len(operands[0])
        if n == 1:
            return np.array([0]), ()
        varied = [x for x in operands if self.places.group[x[0]] != CONST_GROUP] or operands
        varied.sort(key=lambda x: (not self.places.batched(self.places.group[x[0]]), -len(np.unique(x))))
        places = [self.places.place[x] if self.places.group[x[0]] > CONST_GROUP else x for x in varied]
        ranked = np.lexsort(places[::-1])
        array = self.places.arrays[self.places.group[varied[0][0]]]
        first = places[0][ranked]
        if array is not None and array.size == n and np.array_equal(first, np.arange(n)):
            return ranked, array.shape
        distinct = [np.unique(x) for x in places]
        if len(places) == 2 and len(distinct[0]) * len(distinct[1]) == n:
            grid = np.repeat(distinct[0], len(distinct[1])), np.tile(distinct[1], len(distinct[0]))
            if np.array_equal(first, grid[0]) and np.array_equal(places[1][ranked], grid[1]):
                return ranked, (len(distinct[0]), len(distinct[1]))
        return ranked, (n,)

    # Sums ------------------------------------------------------------------------------------------------------

    def pieces(self, terms: Any, start: int, end: int) -> tuple[list[Piece], float]:
        """The terms of a sum, those from the same arrays together, and what its constant ones add up to."""
        first, second = self.places.same[terms.first[start:end]], terms.second[start:end]
        second = np.where(second >= 0, self.places.same[second], NONE)
        coefficients = terms.coefficients[start:end]
        fixed = (second < 0) & (self.places.group[first] == CONST_GROUP)
        constant = float(np.sum(coefficients[fixed] * self.places.numbers[first[fixed]]))
        idle = (second < 0) & (self.places.group[first] == FREE_GROUP) & (coefficients == 0)  # a state starts at 0
        if not np.all(fixed | idle):
            fixed |= idle
        first, second, coefficients = first[~fixed], second[~fixed], coefficients[~fixed]
        a = self.places.group[first]
        b = np.where(second >= 0, self.places.group[second], NONE)
        batched = self.places.is_batched
        same = (batched[a] == batched[b]) & ((a > b) | ((a == b) & batched[a]))
        later = (b >= 0) & ((batched[a] > batched[b]) | same)
        first[later], second[later], a[later], b[later] = second[later], first[later], b[later], a[later]
        kinds = pairs_of(a, b)
        if len(kinds) > MANY:
            a, b = self.joined(a, batched), self.joined(b, batched)
            kinds = pairs_of(a, b)
        found = []
        for pair in kinds:
            mine = np.flatnonzero((a == pair[0]) & (b == pair[1]))
            main = second[mine] if pair[1] != NONE else first[mine]
            mine = mine[np.lexsort((first[mine], main, self.places.place[main]))]  # the same order in every sum
            found.append(Piece((*pair, len(mine)), first[mine], second[mine], coefficients[mine]))
        return found, constant

    def joined(self, groups: np.ndarray, batched: np.ndarray) -> np.ndarray:
        """Groups told apart only by whether they are batched, where there are too many."""
        special = (groups == NONE) | (groups == CONST_GROUP) | (groups == FREE_GROUP)
        return np.where(special, groups, np.where(batched[groups], MIXED, MIXED - 1))

    def sum_group(self, found: list[tuple[int, list[Piece], float]]) -> None:
        """One array of sums that all have the same kinds of terms."""
        items = np.array([i for i, _, _ in found])
        tables = [
            Piece(pieces[0].key, *(np.array([getattr(piece, part) for piece in pieces]) for part in Piece._fields[1:]))
            for pieces in zip(*(pieces for _, pieces, _ in found), strict=True)
        ]
        tables.sort(key=lambda piece: (piece.key[1] == NONE, -piece.key[2]))
        constants = np.array([constant for _, _, constant in found])
        whole = [part for table in tables for part in (table.first, table.second, table.coefficients.view(np.int64))]
        unique = self.places.merge(items, np.hstack([*whole, constants[:, None].view(np.int64)]))
        items, constants = items[unique], constants[unique]
        tables = [Piece(table.key, *(part[unique] for part in table[1:])) for table in tables]
        ranked, shape = self.sum_layout(tables)
        total: Any = None
        constant = self.places.constant(constants[ranked].reshape(shape)) if np.any(constants != 0) else None
        for key, first, second, coefficients in tables:
            part, sign = self.part(Piece(key, first[ranked], second[ranked], coefficients[ranked]), shape)
            if total is None and sign == -1 and constant is not None:
                total, constant = constant, None  # 1 - y, not -y + 1
            total = self.plus(total, part, sign, shape)
        if constant is not None:
            total = self.plus(total, constant, 1.0, shape)
        self.places.member(items[ranked], self.places.shaped(total, shape))

    def plus(self, total: Any, part: Any, sign: float, shape: tuple[int, ...]) -> Any:
        """``total + sign * part``."""
        if total is None:
            return part if sign == 1 else self.program.add(ops.negative, [part], part.shape)
        last = self.program.steps[-1] if self.program.steps else None
        fused = (
            sign == 1 and last is not None and last.target is total and last.function is ops.matmul
            and isinstance(part, Array) and not part.batched and len(part.shape) == 1 and total.shape == part.shape
            and not (isinstance(last.operands[1], Array) and last.operands[1].batched)
        )  # fmt: skip
        if fused and last is not None:
            self.program.steps.pop()
            return self.program.add(run_row, [*last.operands, part], shape, op=ops.affine)
        return self.program.add(ops.add if sign == 1 else ops.subtract, [total, part], shape)

    def sum_layout(self, tables: list[Piece]) -> tuple[np.ndarray, tuple[int, ...]]:
        """An order of the sums and a shape: that of the matrix product that is the largest part, if there is one."""
        key, first, _, coefficients = tables[0]
        n = len(first)
        if n == 1:
            return np.array([0]), ()
        if key[2] > 1 and (key[1] != NONE or not uniform(coefficients)):
            grid = self.grid(tables[0])
            if grid is not None:
                columns, rows, a, b = grid
                ranked = np.lexsort((a, b))
                return ranked, tuple(size for size in (rows, columns) if size > 1)
        singles = [piece.first[:, 0] for piece in tables if piece.key[1] == NONE and piece.key[0] != CONST_GROUP]
        products = [x[:, 0] for piece in tables if piece.key[1] != NONE for x in (piece.second, piece.first)]
        return self.layout(singles + products or [first[:, 0]])

    def grid(self, piece: Piece) -> tuple[int, int, np.ndarray, np.ndarray] | None:
        """How many different rows the two tables have, and which one each sum takes, if every pair occurs once."""
        a = codes_of(np.hstack([piece.first, piece.coefficients.view(np.int64)]) if piece.key[1] != NONE else
                     piece.coefficients.view(np.int64))  # fmt: skip
        b = codes_of(piece.second if piece.key[1] != NONE else piece.first)
        columns, rows = a.max() + 1, b.max() + 1
        if columns * rows != len(a) or len(np.unique(b * columns + a)) != len(a):
            return None
        return int(columns), int(rows), a, b

    def part(self, piece: Piece, shape: tuple[int, ...]) -> tuple[Any, float]:
        """What the terms of one kind add up to, and the sign it has."""
        key, first, second, coefficients = piece
        sign = -1.0 if np.all(coefficients == -1) else 1.0
        weights = coefficients * sign
        if key[1] == NONE and uniform(coefficients):
            return self.times(self.total(first, shape), weights[0, 0], shape), sign
        if key[2] == 1:
            x = self.places.gathered(first[:, 0].reshape(shape))
            if key[1] != NONE:
                x = self.program.add(ops.multiply, [x, self.places.gathered(second[:, 0].reshape(shape))], shape)
            return self.times(x, self.places.constant(weights[:, 0].reshape(shape)), shape), sign
        scaled = not np.all(weights == 1)
        blocks = [self.places.whole_block(x[0]) for x in (first, second)] if len(first) == 1 and not scaled else [None]
        if None not in blocks:
            product = self.program.add(ops.multiply, blocks, blocks[0].shape)  # type: ignore[union-attr]
            return self.program.add(ops.sum, [product], ()), sign
        grid = self.grid(Piece(key, first, second, weights))
        if grid is not None:
            product = self.matrix_product(Piece(key, first, second, weights), grid, scaled)
            if product is not None:
                return product, sign
        a = self.places.constant(weights.reshape(*shape, key[2])) if key[1] == NONE else None
        b = self.places.gathered((first if key[1] == NONE else second).reshape(*shape, key[2]))
        if a is None:
            a = self.places.gathered(first.reshape(*shape, key[2]))
            if scaled:
                a = self.times(a, self.places.constant(weights.reshape(*shape, key[2])), (*shape, key[2]))
        x = self.program.add(ops.multiply, [a, b], (*shape, key[2]))
        return self.program.add(ops.sum, [x], shape, axis=-1), sign

    def total(self, table: np.ndarray, shape: tuple[int, ...]) -> Any:
        """What the items in each row of a table add up to."""
        if table.shape[1] == 1:
            return self.places.gathered(table[:, 0].reshape(shape))
        block = self.places.whole_block(table[0]) if len(table) == 1 else None
        if block is not None:
            return self.program.add(ops.sum, [block], ())
        x = self.places.gathered(table.reshape(*shape, -1), whole=True)
        return self.program.add(ops.sum, [x], shape, axis=-1)

    def matrix_product(self, piece: Piece, grid: Any, scaled: bool) -> Any:
        """``rows @ columns``, where the sums are ordered by row, then by column."""
        key, first, second, weights = piece
        columns, rows, a, b = grid
        of_column = np.unique(a, return_index=True)[1]  # a sum that has each
        of_row = np.unique(b, return_index=True)[1]
        row_items = (first if key[1] == NONE else second)[of_row]  # (rows, n)
        n = key[2]
        shape = tuple(size for size in (rows, columns) if size > 1)
        x = self.places.gathered(row_items.reshape(*([rows] if rows > 1 else []), n), whole=True)
        if key[1] == NONE:
            matrix = self.places.constant(weights[of_column].T.reshape(*([n, columns] if columns > 1 else [n])))
            return self.product(x, matrix, rows, columns, shape)
        column_items = first[of_column]  # (columns, n)
        matrix = self.places.gathered(column_items[0] if columns == 1 else column_items.T, True, "W")
        if scaled:
            factors = self.places.constant(weights[of_column].T.reshape(matrix.shape))
            matrix = self.times(matrix, factors, matrix.shape)
        return self.product(x, matrix, rows, columns, shape)

    def product(self, x: Any, matrix: Any, rows: int, columns: int, shape: tuple[int, ...]) -> Any:
        """The matrix product of the entries of two arrays for each sample: (rows, n) @ (n, columns)."""
        both = x.batched and isinstance(matrix, Array) and matrix.batched
        if both and (rows == 1 or columns == 1):  # NumPy would take the samples for rows
            aligned = self.places.with_axes(matrix, (1, *matrix.shape)) if rows > 1 else matrix
            x = self.places.with_axes(x, (*x.shape, 1)) if columns > 1 else x
            y = self.program.add(
                ops.multiply, [x, aligned], matrix.shape if columns > 1 else (*shape, matrix.shape[-1])
            )
            return self.program.add(ops.sum, [y], shape, axis=-2 if columns > 1 else -1)
        return self.program.add(ops.matmul, [x, matrix], shape)

    def times(self, x: Any, c: Any, shape: tuple[int, ...]) -> Any:
        """``x * c`` with a constant ``c``."""
        if isinstance(c, (int, float)) and c == 1:
            return x
        return self.program.add(ops.multiply, [x, c], shape)

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
        sample = next(array for array in self.program.inputs)
        return self.program.add(spread, [x, sample], items.shape)


def pairs_of(a: np.ndarray, b: np.ndarray) -> list[tuple[int, int]]:
    """The different pairs in two columns, sorted."""
    if np.all(a == a[:1]) and np.all(b == b[:1]):
        return [(int(x), int(y)) for x, y in zip(a[:1], b[:1], strict=True)]
    return sorted(set(zip(a.tolist(), b.tolist(), strict=True)))


def uses_of(trace: Trace) -> np.ndarray:
    """A number for each item that tells what it is used for: as which operand of which ops."""
    used = np.zeros(len(trace) + 1, dtype=np.int64)
    everyone = np.flatnonzero(trace.codes >= 0)
    for slot, operands in enumerate((trace.left, trace.right)):
        np.bitwise_or.at(used, operands[everyone], np.left_shift(1, (2 * trace.codes[everyone] + slot) % 63))
    return used
