"""Sums as arrays: their products as matrix products where two tables pair up, else gathered, multiplied and summed.

The entries of a sum of products are looked up in two tables, one row a sum; where rows repeat, the sums are a matrix
product: neurons are its columns, and what is applied again to other inputs its rows. May import layouts.py and
terms.py. Read grouping.py next.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograd import ops
from autograd.vectorizer.layouts import layout
from autograd.vectorizer.places import CONST_GROUP, FREE_GROUP, Places, codes_of, uniform
from autograd.vectorizer.program import Array, run_row
from autograd.vectorizer.terms import Terms
from autograd.vectorizer.tracing import NONE

__all__ = ["Piece", "Sums"]

MIXED = -2  # of several groups; one less for those that are not batched
MANY = 12  # kinds of terms in one sum: beyond that their sources are joined first


class Piece(NamedTuple):
    """Terms of one sum that come from the same arrays: ``coefficients * first * second``, or without ``second``."""

    key: tuple[int, int, int]  # the groups of first and second, and how many
    first: np.ndarray
    second: np.ndarray
    coefficients: np.ndarray

    @property
    def paired(self) -> bool:
        """Is each term a product of two items?"""
        return self.key[1] != NONE

    @property
    def scaled(self) -> bool:
        """Is a coefficient another number than 1?"""
        return bool(np.any(self.coefficients != 1))

    @property
    def width(self) -> int:
        """How many terms there are in a sum."""
        return self.key[2]


class Sums:
    """What makes arrays of groups of sums."""

    def __init__(self, places: Places) -> None:
        self.places, self.program = places, places.program

    def pieces(self, terms: Terms, start: int, end: int) -> tuple[list[Piece], float]:
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

    def group(self, found: list[tuple[int, list[Piece], float]]) -> None:
        """One array of sums that all have the same kinds of terms."""
        items = np.array([i for i, _, _ in found])
        tables = [
            Piece(pieces[0].key, *(np.array([getattr(piece, part) for piece in pieces]) for part in Piece._fields[1:]))
            for pieces in zip(*(pieces for _, pieces, _ in found), strict=True)
        ]
        tables.sort(key=lambda piece: (not piece.paired, -piece.width))
        constants = np.array([constant for _, _, constant in found])
        whole = [part for table in tables for part in (table.first, table.second, table.coefficients.view(np.int64))]
        unique = self.places.merge(items, np.hstack([*whole, constants[:, None].view(np.int64)]))
        items, constants = items[unique], constants[unique]
        tables = [Piece(table.key, *(part[unique] for part in table[1:])) for table in tables]
        ranked, shape = self.layout(tables)
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

    def layout(self, tables: list[Piece]) -> tuple[np.ndarray, tuple[int, ...]]:
        """An order of the sums and a shape: that of the matrix product that is the largest part, if there is one."""
        piece = tables[0]
        n = len(piece.first)
        if n == 1:
            return np.array([0]), ()
        if piece.width > 1 and (piece.paired or not uniform(piece.coefficients)):
            grid = self.grid(piece)
            if grid is not None:
                columns, rows, a, b = grid
                ranked = np.lexsort((a, b))
                return ranked, tuple(size for size in (rows, columns) if size > 1)
        singles = [piece.first[:, 0] for piece in tables if not piece.paired and piece.key[0] != CONST_GROUP]
        products = [x[:, 0] for piece in tables if piece.paired for x in (piece.second, piece.first)]
        return layout(self.places, singles + products or [tables[0].first[:, 0]])

    def grid(self, piece: Piece) -> tuple[int, int, np.ndarray, np.ndarray] | None:
        """How many different rows the two tables have, and which one each sum takes, if every pair occurs once."""
        a = codes_of(np.hstack([piece.first, piece.coefficients.view(np.int64)]) if piece.paired else
                     piece.coefficients.view(np.int64))  # fmt: skip
        b = codes_of(piece.second if piece.paired else piece.first)
        columns, rows = a.max() + 1, b.max() + 1
        if columns * rows != len(a) or len(np.unique(b * columns + a)) != len(a):
            return None
        return int(columns), int(rows), a, b

    def part(self, piece: Piece, shape: tuple[int, ...]) -> tuple[Any, float]:
        """What the terms of one kind add up to, and the sign it has."""
        sign = -1.0 if np.all(piece.coefficients == -1) else 1.0
        return self.unsigned(piece._replace(coefficients=piece.coefficients * sign), shape), sign

    def unsigned(self, piece: Piece, shape: tuple[int, ...]) -> Any:
        """What the terms of one kind add up to."""
        _, first, second, coefficients = piece
        if not piece.paired and uniform(coefficients):
            return self.times(self.total(first, shape), coefficients[0, 0], shape)
        if piece.width == 1:
            x = self.places.gathered(first[:, 0].reshape(shape))
            if piece.paired:
                x = self.program.add(ops.multiply, [x, self.places.gathered(second[:, 0].reshape(shape))], shape)
            return self.times(x, self.places.constant(coefficients[:, 0].reshape(shape)), shape)
        if len(first) == 1 and not piece.scaled:
            blocks = [self.places.whole_block(x[0]) for x in (first, second)]
            if blocks[0] is not None and blocks[1] is not None:
                return self.program.add(ops.sum, [self.program.add(ops.multiply, blocks, blocks[0].shape)], ())
        grid = self.grid(piece)
        return self.gathered_product(piece, shape) if grid is None else self.matrix_product(piece, grid)

    def gathered_product(self, piece: Piece, shape: tuple[int, ...]) -> Any:
        """Factors looked up for each sum, multiplied and added up."""
        whole = (*shape, piece.width)
        x = self.places.gathered(piece.first.reshape(whole))
        factors = self.places.constant(piece.coefficients.reshape(whole))
        if piece.paired:
            a = self.times(x, factors, whole) if piece.scaled else x
            operands = [a, self.places.gathered(piece.second.reshape(whole))]
        else:
            operands = [factors, x]
        return self.program.add(ops.sum, [self.program.add(ops.multiply, operands, whole)], shape, axis=-1)

    def total(self, table: np.ndarray, shape: tuple[int, ...]) -> Any:
        """What the items in each row of a table add up to."""
        if table.shape[1] == 1:
            return self.places.gathered(table[:, 0].reshape(shape))
        block = self.places.whole_block(table[0]) if len(table) == 1 else None
        if block is not None:
            return self.program.add(ops.sum, [block], ())
        x = self.places.gathered(table.reshape(*shape, -1), whole=True)
        return self.program.add(ops.sum, [x], shape, axis=-1)

    def matrix_product(self, piece: Piece, grid: tuple[int, int, np.ndarray, np.ndarray]) -> Any:
        """``rows @ columns``, where the sums are ordered by row, then by column."""
        _, first, second, weights = piece
        columns, rows, a, b = grid
        of_column = np.unique(a, return_index=True)[1]  # a sum that has each
        of_row = np.unique(b, return_index=True)[1]
        row_items = (second if piece.paired else first)[of_row]  # (rows, n)
        n = piece.width
        shape = tuple(size for size in (rows, columns) if size > 1)
        x = self.places.gathered(row_items.reshape(*([rows] if rows > 1 else []), n), whole=True)
        if not piece.paired:
            matrix = self.places.constant(weights[of_column].T.reshape(*([n, columns] if columns > 1 else [n])))
            return self.product(x, matrix, rows, columns, shape)
        column_items = first[of_column]  # (columns, n)
        matrix = self.places.gathered(column_items[0] if columns == 1 else column_items.T, True, "W")
        if piece.scaled:
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


def pairs_of(a: np.ndarray, b: np.ndarray) -> list[tuple[int, int]]:
    """The different pairs in two columns, sorted."""
    if np.all(a == a[:1]) and np.all(b == b[:1]):
        return [(int(x), int(y)) for x, y in zip(a[:1], b[:1], strict=True)]
    return sorted(set(zip(a.tolist(), b.tolist(), strict=True)))
