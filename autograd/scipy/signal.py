"""``autograd.scipy.signal``: convolution along any axes."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters
from typing import Any

import numpy as np

from autograd import ops
from autograd.node import plain

__all__ = ["convolve"]


def convolve(
    A: Any,
    B: Any,
    axes: Sequence[Sequence[int]] | None = None,
    dot_axes: Sequence[Sequence[int]] = ((), ()),
    mode: str = "full",
) -> Any:
    """The convolution of A and B along ``axes``, two lists of axes that belong together; all of them if left out.

    ``dot_axes`` are multiplied and summed over; all other axes of A and of B stay side by side. ``mode`` is "full",
    "valid" (only where the smaller array lies within the larger) or "same" (the middle, as long as A).

    Shapes: the other axes of A, the other axes of B, then the convolved ones.

    Raises: ValueError for another mode, and for "valid" where neither array lies within the other.

    >>> convolve(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0]))
    array([1., 3., 5., 3.])
    """
    a_shape, b_shape = np.shape(plain(A)), np.shape(plain(B))
    pairs = list(zip(*(axes or (range(len(a_shape)), range(len(b_shape)))), strict=True))
    a_names, b_names = list(ascii_letters[: len(a_shape)]), list(ascii_letters[26 : 26 + len(b_shape)])
    for i, j in zip(*dot_axes, strict=True):
        b_names[j] = a_names[i]
    longer = {a_shape[i] > b_shape[j] for i, j in pairs if a_shape[i] != b_shape[j]}
    if mode == "valid" and len(longer) == 2:
        raise ValueError(f"mode='valid': of {a_shape} and {b_shape} neither is the larger along all of {pairs}")
    convolved = [b_names[j] for _, j in pairs]
    out = [n for n in a_names if n not in b_names and n not in (a_names[i] for i, _ in pairs)]
    out += [n for n in b_names if n not in a_names and n not in convolved] + convolved
    for (i, j), name in zip(pairs, convolved, strict=True):
        axis = b_names.index(name)
        B = ops.take(_padded(B, axis, a_shape[i] - 1), _windows(a_shape[i], b_shape[j], mode), axis)
        b_names[axis : axis + 1] = [name, a_names[i]]
    return ops.einsum(f"{''.join(a_names)},{''.join(b_names)}->{''.join(out)}", A, B)


def _padded(x: Any, axis: int, width: int) -> Any:
    """Zeros on both ends of an axis."""
    shape = list(np.shape(plain(x)))
    shape[axis] = width
    return ops.concatenate([np.zeros(shape), x, np.zeros(shape)], axis=axis)


def _windows(n: int, m: int, mode: str) -> np.ndarray:
    """For each result, which of the m numbers, padded by n - 1 on both ends, meet the n others."""
    starts = {"full": (0, n + m - 1), "same": ((m - 1) // 2, n), "valid": (min(n, m) - 1, abs(n - m) + 1)}
    if mode not in starts:
        raise ValueError(f"mode={mode!r}: it is one of {', '.join(starts)}")
    start, length = starts[mode]
    return np.add.outer(np.arange(start, start + length), np.arange(n)[::-1])
