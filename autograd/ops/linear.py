"""Products: matmul and einsum, and what is written with them.

May import reductions.py. Read decompositions.py next.
"""

from __future__ import annotations

import math
from string import ascii_letters
from typing import Any

import numpy as np

from autograd.op import EachOperand, Op, apply
from autograd.ops.arithmetic import multiply
from autograd.ops.indexing import diagonal, take
from autograd.ops.reductions import sum as sum_of
from autograd.ops.shapes import broadcast_to, lead, moveaxis, ravel, reshape, shape_of, swapaxes, transpose, with_axes

__all__ = [
    "affine", "cross", "dot", "einsum", "inner", "kron", "matmul", "matvec", "multi_dot", "outer", "tensordot", "trace",
    "vdot", "vecdot", "vecmat",
]  # fmt: skip


def _matmul_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    if b.ndim == 1:
        return reshape(g, (*shape_of(g), 1)) * b
    if a.ndim == 1 and b.ndim == 2:
        return b @ g if len(shape_of(g)) == 1 else g @ b.T
    if a.ndim == 1:
        return matmul(b, reshape(g, (*shape_of(g), 1)))[..., 0]
    return g @ (b.T if b.ndim == 2 else swapaxes(b, -1, -2))


def _matmul_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    if a.ndim == 1:
        if b.ndim == 1:
            return a * reshape(g, (*shape_of(g), 1))
        return reshape(a, (-1, 1)) * reshape(g, (*shape_of(g)[:-1], 1, shape_of(g)[-1]))
    if b.ndim == 1:
        if a.ndim > 2:
            a, g = reshape(a, (-1, shape_of(a)[-1])), reshape(g, (*lead(g, y), -1))
        return a.T @ g if len(shape_of(g)) == 1 else g @ a
    return (a.T if a.ndim == 2 else swapaxes(a, -1, -2)) @ g


matmul = Op(
    "matmul", np.matmul, (_matmul_left, _matmul_right), symbol="@", linear=True, batchable=True,
    domain=((-2.0, 2.0), (-2.0, 2.0)),
    examples=(
        (((2, 3), (3, 4)), {}), (((3,), (3,)), {}), (((2, 3), (3,)), {}), (((3,), (3, 2)), {}),
        (((2, 3, 4), (4, 2)), {}), (((3, 4), (2, 4, 2)), {}), (((2, 1, 3, 4), (3, 4, 2)), {}),
        (((4,), (2, 4, 3)), {}), (((2, 3, 4), (4,)), {}),
    ),
)  # fmt: skip


def _affine(x: Any, W: Any, b: Any) -> Any:
    y = np.matmul(x, W)
    fits = isinstance(b, np.ndarray) and b.ndim == 1 and y.ndim > 0 and b.dtype == y.dtype and len(b) == y.shape[-1]
    return np.add(y, b, out=y) if fits else y + b  # without a second array where that can be


affine = Op(
    "affine", _affine,
    (lambda g, y, x, W, b: _matmul_left(g, y, x, W), lambda g, y, x, W, b: _matmul_right(g, y, x, W),
     lambda g, y, x, W, b: g),
    domain=((-2.0, 2.0),) * 3, batchable=True,
    examples=((((2, 3), (3, 4), (4,)), {}), (((3,), (3, 2), (2,)), {}), (((2, 3), (3, 4), (2, 1)), {})),
    doc='x @ W + b, a layer in one node. From: "Multi-Layer Perceptron (1 Hidden Layer)", step 3.',
)  # fmt: skip

# einsum: each rule is an einsum again ----------------------------------------------------------------------------


def _normal_form(subscripts: str, operands: tuple[Any, ...]) -> tuple[tuple[str, ...], str]:
    """Labels of each operand and of the result, with "..." and an implicit result written out.

    >>> _normal_form("ij,jk", (np.ones((2, 3)), np.ones((3, 4))))
    (('ij', 'jk'), 'ik')
    """
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(operands):
        raise TypeError(f"{subscripts!r} names {len(terms)} operands, {len(operands)} were given")
    spare = [c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in subscripts]
    widths = [len(shape_of(x)) - len(term.replace("...", "")) for term, x in zip(terms, operands, strict=True)]
    width = max((w for w, term in zip(widths, terms, strict=True) if "..." in term), default=0)
    dots = "".join(spare[:width])
    terms = [t.replace("...", dots[width - w :] if w else "") for t, w in zip(terms, widths, strict=True)]
    if not arrow:
        named = "".join(terms)
        right = dots + "".join(c for c in sorted(set(named) - set(dots)) if named.count(c) == 1)
    return tuple(terms), right.replace("...", dots)


def _lettered(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """``(a, [0, 1], b, [1, 2], [0, 2])`` as ``("ab,bc->ac", a, b)``."""
    if len(args) < 2 or isinstance(args[1], str):
        raise TypeError("subscripts come first, as a string: einsum('ij,jk->ik', a, b)")
    terms, result = list(args[1::2]), [args[-1]] if len(args) % 2 else []
    letters = [["..." if i is Ellipsis else ascii_letters[i] for i in axes] for axes in (*terms, *result)]
    words = list(map("".join, letters))
    return (
        ",".join(words[: len(terms)]) + "".join("->" + word for word in words[len(terms) :]),
        *args[: 2 * len(terms) : 2],
    )


def _prepare_einsum(*args: Any, optimize: Any = True) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    subscripts, *arrays = args if isinstance(args[0], str) else _lettered(args)
    operands = tuple(np.asarray(x) if isinstance(x, (list, tuple)) else x for x in arrays)
    return operands, _normal_form(subscripts, operands)


def _einsum(*rest: Any) -> Any:
    *operands, terms, result = rest
    return np.einsum(",".join(terms) + "->" + result, *operands, optimize=len(operands) > 2)


def _einsum_vjp(slot: int, g: Any, y: Any, *rest: Any) -> Any:
    *operands, terms, result = rest
    labels = list(terms[slot])
    factors, names = [g], [result]
    for i, (x, term) in enumerate(zip(operands, terms, strict=True)):
        if i != slot:
            factors.append(x)
            names.append(term)
    spare = iter(sorted(set("abcdefghijklmnopqrstuvwxyz") - set("".join(terms) + result)))
    for i, label in enumerate(labels):  # a label repeated in one operand is a diagonal: times an identity
        if label in labels[:i]:
            labels[i] = next(spare)
            factors.append(np.eye(shape_of(operands[slot])[i]))
            names.append(label + labels[i])
    known = set("".join(names))
    inside = "".join(label for label in labels if label in known)
    c = apply(einsum, tuple(factors), (tuple(names), inside))
    sizes = shape_of(operands[slot])
    if inside != "".join(labels):  # a label of this operand alone was summed: its gradient is the same for all
        c = reshape(c, tuple(n if label in known else 1 for label, n in zip(labels, sizes, strict=True)))
    spread = tuple(n if m == 1 else m for m, n in zip(shape_of(c), sizes, strict=True))
    return c if shape_of(c) == spread else broadcast_to(c, spread)  # where the operand was stretched, summed later


einsum = Op(
    "einsum", _einsum, EachOperand(_einsum_vjp), prepare=_prepare_einsum, result="array",
    examples=(
        (((2, 3), (3, 4)), {"subscripts": "ij,jk->ik"}), (((2, 3), (2, 3)), {"subscripts": "ij,ij->"}),
        (((3, 3),), {"subscripts": "ii->i"}), (((3, 3),), {"subscripts": "ii"}), (((2, 3),), {"subscripts": "ij->j"}),
        (((2, 3, 4), (4, 2)), {"subscripts": "...j,jk->...k"}), (((2,), (3,), (4,)), {"subscripts": "i,j,k->kij"}),
        (((1, 3), (2, 3)), {"subscripts": "...i,...i->..."}),
    ),
)  # fmt: skip


def _is_number(x: Any) -> bool:
    return len(shape_of(x)) == 0


def dot(a: Any, b: Any) -> Any:
    """As np.dot: of vectors and matrices the matrix product, with a number the multiple."""
    if _is_number(a) or _is_number(b):
        return multiply(a, b)
    if len(shape_of(b)) > 2:
        return tensordot(a, b, axes=((-1,), (-2,)))
    return matmul(a, b)


def outer(a: Any, b: Any) -> Any:
    """As np.outer: a column of ``a`` times a row of ``b``, both flattened."""
    return multiply(reshape(a, (-1, 1)), reshape(b, (1, -1)))


def inner(a: Any, b: Any) -> Any:
    """As np.inner: sums over the last axes of both."""
    return multiply(a, b) if _is_number(a) or _is_number(b) else tensordot(a, b, axes=((-1,), (-1,)))


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """As np.tensordot: sums over ``axes`` of ``a`` and of ``b``."""
    na, nb = len(shape_of(a)), len(shape_of(b))
    if isinstance(axes, int):
        axes = (tuple(range(na - axes, na)), tuple(range(axes)))
    over_a, over_b = (tuple(int(i) for i in np.atleast_1d(part)) for part in axes)
    over_a, over_b = tuple(i % na for i in over_a), tuple(i % nb for i in over_b)
    keep_a = tuple(i for i in range(na) if i not in over_a)
    keep_b = tuple(i for i in range(nb) if i not in over_b)
    shape = tuple(shape_of(a)[i] for i in keep_a) + tuple(shape_of(b)[i] for i in keep_b)
    size = math.prod([shape_of(a)[i] for i in over_a])
    left = reshape(transpose(a, keep_a + over_a), (math.prod(shape[: len(keep_a)]), size))
    right = reshape(transpose(b, over_b + keep_b), (size, math.prod(shape[len(keep_a) :])))
    return reshape(matmul(left, right), shape)


def vdot(a: Any, b: Any) -> Any:
    """As np.vdot: the sum of products of all entries, whatever the shapes."""
    return matmul(ravel(a), ravel(b))


def vecdot(x1: Any, x2: Any, axis: int = -1) -> Any:
    """As np.vecdot: sums of products along an axis."""
    if axis != -1:
        x1, x2 = moveaxis(x1, axis, -1), moveaxis(x2, axis, -1)
    return matvec(reshape(x1, (*shape_of(x1)[:-1], 1, shape_of(x1)[-1])), x2)[..., 0]


def matvec(x1: Any, x2: Any) -> Any:
    """As np.matvec: matrices times vectors, both in stacks."""
    return matmul(x1, reshape(x2, (*shape_of(x2), 1)))[..., 0]


def vecmat(x1: Any, x2: Any) -> Any:
    """As np.vecmat: vectors times matrices, both in stacks."""
    return matmul(reshape(x1, (*shape_of(x1)[:-1], 1, shape_of(x1)[-1])), x2)[..., 0, :]


def kron(a: Any, b: Any) -> Any:
    """As np.kron: a block of multiples of ``b`` for each entry of ``a``."""
    ndim = max(len(shape_of(a)), len(shape_of(b)))
    a, b = with_axes(a, ndim), with_axes(b, ndim)
    left = reshape(a, [n for k in shape_of(a) for n in (k, 1)])
    right = reshape(b, [n for k in shape_of(b) for n in (1, k)])
    shape = tuple(n * k for n, k in zip(shape_of(a), shape_of(b), strict=True))
    return reshape(multiply(left, right), shape)


def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """As np.cross, of vectors of three numbers.

    Raises: ValueError for vectors of another length.
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = moveaxis(a, axisa, -1), moveaxis(b, axisb, -1)
    if shape_of(a)[-1:] != (3,) or shape_of(b)[-1:] != (3,):
        raise ValueError(f"cross takes vectors of three numbers, not the shapes {shape_of(a)} and {shape_of(b)}")
    after, before = [1, 2, 0], [2, 0, 1]
    product = take(a, after, -1) * take(b, before, -1) - take(a, before, -1) * take(b, after, -1)
    return moveaxis(product, -1, axisc)


def multi_dot(arrays: Any) -> Any:
    """As np.linalg.multi_dot: the product of two or more matrices, in the order that takes fewest multiplications.

    From: "Introduction to Algorithms" (Cormen, Leiserson, Rivest, Stein), matrix-chain multiplication.
    """
    sizes = [shape_of(arrays[0])[0] if len(shape_of(arrays[0])) == 2 else 1]
    sizes += [shape_of(x)[-1] for x in arrays[:-1]]
    sizes += [shape_of(arrays[-1])[1] if len(shape_of(arrays[-1])) == 2 else 1]
    best: dict[tuple[int, int], tuple[int, Any]] = {(i, i + 1): (0, i) for i in range(len(arrays))}
    for width in range(2, len(arrays) + 1):
        for i in range(len(arrays) - width + 1):
            j = i + width
            costs = [best[i, k][0] + best[k, j][0] + sizes[i] * sizes[k] * sizes[j] for k in range(i + 1, j)]
            best[i, j] = min(zip(costs, range(i + 1, j), strict=True))

    def product(i: int, j: int) -> Any:
        split = best[i, j][1]
        return arrays[i] if j == i + 1 else matmul(product(i, split), product(split, j))

    return product(0, len(arrays))


def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """As np.trace: the sum of a diagonal."""
    return sum_of(diagonal(a, offset, axis1, axis2), axis=-1)
