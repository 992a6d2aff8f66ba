"""The vector space of a number, an array, or a list, tuple or dict of them: zeros, sums, inner products.

For code written for HIPS autograd that asks for ``vspace(x).zeros()``. May import transforms.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import ops
from autograd.node import Node, plain
from autograd.transforms import leaves_of, map_tree

__all__ = ["VectorSpace", "vspace"]


class VectorSpace:
    """All that has the structure, the shapes and the dtypes of ``example``."""

    def __init__(self, example: Any) -> None:
        self.example = map_tree(_zeros, example)

    def zeros(self) -> Any:
        """The zero of the space."""
        return map_tree(np.copy, self.example)

    def ones(self) -> Any:
        """All entries one."""
        return map_tree(np.ones_like, self.example)

    def randn(self, rng: np.random.Generator | None = None) -> Any:
        """Entries from a standard normal distribution."""
        rng = rng or np.random.default_rng()
        return map_tree(lambda x: np.asarray(rng.normal(size=x.shape), x.dtype)[()], self.example)

    def standard_basis(self) -> Iterator[Any]:
        """One after the other, the vectors with one entry one and all others zero."""
        ends = np.cumsum([x.size for x in leaves_of(self.example)])[:-1]
        for row in np.eye(self.size):
            yield self._put_together(np.split(row, ends))

    def _put_together(self, parts: list[np.ndarray]) -> Any:
        rest = iter(parts)
        return map_tree(lambda x: next(rest).reshape(x.shape).astype(x.dtype)[()], self.example)

    @property
    def size(self) -> int:
        """How many numbers a vector has."""
        return sum(x.size for x in leaves_of(self.example))

    @property
    def shape(self) -> Any:
        """The shape of an array of the space; for a structure, the shapes of its arrays in it."""
        return map_tree(np.shape, self.example)

    def add(self, x: Any, y: Any) -> Any:
        """``x + y``."""
        return map_tree(ops.add, x, y)

    def scalar_mul(self, x: Any, a: Any) -> Any:
        """``x * a``, for a number ``a``."""
        return map_tree(lambda part: ops.multiply(part, a), x)

    def inner_prod(self, x: Any, y: Any) -> Any:
        """The sum of the products of the entries."""
        parts = leaves_of(map_tree(lambda a, b: ops.sum(ops.multiply(a, b)), x, y))
        return sum(parts[1:], parts[0]) if parts else 0.0

    def covector(self, x: Any) -> Any:
        """``x`` itself: the numbers are real."""
        return x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VectorSpace) and bool(self.kinds() == other.kinds())

    __hash__ = None  # type: ignore[assignment]

    def kinds(self) -> Any:
        """The shape and the dtype of each part, in the structure."""
        return map_tree(lambda x: (x.shape, x.dtype.name), self.example)

    def __repr__(self) -> str:
        return f"VectorSpace({self.kinds()})"


def vspace(x: Any) -> VectorSpace:
    """The vector space that ``x`` is in.

    >>> vspace({"w": np.ones(2)}).zeros()
    {'w': array([0., 0.])}
    """
    return VectorSpace(x)


def _zeros(x: Any) -> Any:
    x = np.asarray(plain(x) if isinstance(x, Node) else x)
    if x.dtype.kind not in "fiub":
        raise TypeError(f"a vector space of real numbers has no {x.dtype}")
    return np.zeros(x.shape, x.dtype if x.dtype.kind == "f" else np.float64)[()]
