"""What the functions of this package check alike: seeds, whole numbers, real numbers. May import NumPy only."""

from __future__ import annotations

from numbers import Integral, Real
from typing import TypeAlias, TypeGuard

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "Generator", "Labels", "Rng", "generator_of", "is_real", "is_whole"]

Floats: TypeAlias = NDArray[np.float64]
Labels: TypeAlias = NDArray[np.intp]
# RandomState is NumPy's older generator. It stays here because the documents' data come from it: a Generator
# seeded with 42 draws other numbers than scikit-learn does with random_state=42.
Rng: TypeAlias = int | np.random.RandomState | np.random.Generator | None
Generator: TypeAlias = np.random.RandomState | np.random.Generator


def generator_of(rng: Rng) -> Generator:
    """Return the generator that ``rng`` names; an int seeds a RandomState, as in scikit-learn.

    Raises: ValueError for anything else, which names it.

    >>> float(generator_of(42).normal()), float(generator_of(np.random.default_rng(42)).normal())
    (0.4967, 0.3047)
    """
    if isinstance(rng, (np.random.RandomState, np.random.Generator)):
        return rng
    if rng is None:
        return np.random.default_rng()
    if is_whole(rng) and 0 <= rng < 2**32:
        return np.random.RandomState(int(rng))
    raise ValueError(
        f"rng={rng!r} is no source of random numbers: pass an int from 0 to 2**32 - 1, "
        "np.random.RandomState(seed) or np.random.default_rng(seed)"
    )


def is_whole(number: object) -> TypeGuard[int]:
    """Tell whether this is an int of Python or NumPy (True and False are not meant as numbers).

    >>> is_whole(3), is_whole(np.intp(3)), is_whole(3.0), is_whole(True)
    (True, True, False, False)
    """
    return isinstance(number, Integral) and not isinstance(number, bool)


def is_real(number: object) -> bool:
    """Tell whether this is a real number of Python or NumPy (True and False are not meant as numbers).

    >>> is_real(3), is_real(np.float32(0.5)), is_real("0.5"), is_real(True)
    (True, True, False, False)
    """
    return isinstance(number, Real) and not isinstance(number, bool)
