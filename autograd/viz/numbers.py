"""Numbers, arrays and shapes as readers see them; script/numbers.js writes the same in pages.

May import nothing of viz. Read drawing.py next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["decimals", "number_text", "shape_text", "value_text"]


def number_text(x: float, digits: int = 4) -> str:
    """A number with at most ``digits`` decimals; very large and very small ones with an exponent.

    >>> number_text(-0.25), number_text(1.0), number_text(2 / 3), number_text(1e-9)
    ('−0.25', '1', '0.6667', '1e−9')
    """
    x = float(x)
    if not math.isfinite(x):
        text = "nan" if math.isnan(x) else f"{x:+}".removeprefix("+")
    elif x and not 10.0**-digits <= abs(x) < 1e7:
        mantissa, _, exponent = f"{x:.{max(digits - 2, 1)}e}".partition("e")
        text = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    else:
        text = f"{x:.{digits}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "−")


def decimals(digits: Any) -> int:
    """How many decimals are asked for.

    Raises: ValueError if that is no whole number from 0 to 15.
    """
    if isinstance(digits, bool) or not isinstance(digits, (int, np.integer)) or not 0 <= digits <= 15:
        raise ValueError(f"digits={digits!r}: give how many decimals to show, a whole number from 0 to 15")
    return int(digits)


def value_text(x: Any, digits: int = 4) -> str:
    """A number, or from where to where the entries of an array go; a dot for what there is not.

    >>> value_text([0.5, -1.0]), value_text(None)
    ('−1 … 0.5', '·')
    """
    if x is None:
        return "·"
    array = np.asarray(x, dtype=float)
    if array.size == 1:
        return number_text(array.item(), digits)
    if not array.size:
        return "empty"
    low, high = number_text(np.min(array), digits), number_text(np.max(array), digits)
    return low if low == high else f"{low} … {high}"


def shape_text(shape: Sequence[int]) -> str:
    """A shape as it is written in text: 4 × 3."""
    return " × ".join(map(str, shape))
