"""``autograd.builtins``, for code written for HIPS autograd.

Lists, tuples and dicts of nodes are Python's own. ``isinstance`` and ``type`` answer for a node as for the float or the
array that it holds.
"""

from __future__ import annotations

import builtins
from builtins import dict, list, tuple  # noqa: UP029 (to be exported from here)
from typing import Any

import numpy as np

from autograd.node import Node

__all__ = ["dict", "isinstance", "list", "tuple", "type"]


def isinstance(x: Any, kind: Any) -> bool:
    """As Python's; a Tensor is an instance of np.ndarray too, and a Value of float.

    >>> from autograd import Tensor
    >>> isinstance(Tensor([1.0]), np.ndarray)
    True
    """
    return builtins.isinstance(x, kind) or (builtins.isinstance(x, Node) and issubclass(type(x), kind))


def type(x: Any) -> Any:
    """As Python's; np.ndarray for a Tensor, float for a Value.

    >>> from autograd import Value
    >>> type(Value(1.0))
    <class 'float'>
    """
    if builtins.isinstance(x, Node):
        return np.ndarray if x.is_array else float
    return builtins.type(x)
