"""Blocks: Parameters that hold what were single numbers, which read and write their entries from then on.

May import tracing.py. Read __init__.py next.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ops
from autograd.node import Node, plain
from autograd.parameter import Parameter
from autograd.value import Value

__all__ = ["Captured", "aligned", "home_of", "move_in"]

home: Any = vars(Node)["_raw"]  # the slot of a number, which then holds where it lives
old_grad: Any = vars(Node)["grad"]


class Captured(Value):
    """A Value that lives in a block: its data and its gradient are entries of the block's."""

    __slots__ = ()

    @property
    def _raw(self) -> float:
        block, place = home.__get__(self)
        return block._raw.item(place)  # type: ignore[no-any-return]

    @_raw.setter
    def _raw(self, number: float) -> None:
        block, place = home.__get__(self)
        block._writable().flat[place] = number

    @property
    def grad(self) -> Any:
        """The entry of the block's gradient; None if the block has none."""
        block, place = home.__get__(self)
        grad = block.grad
        if isinstance(grad, Node):  # from create_graph
            return ops.item(grad, index=index_of(place, block))
        return None if grad is None else grad.item(place)

    @grad.setter
    def grad(self, grad: Any) -> None:
        block, place = home.__get__(self)
        whole = block.grad
        if whole is None and grad is None:
            return
        if isinstance(grad, Node):
            start = np.zeros_like(block._raw) if whole is None else whole
            block.grad = ops.set_at(start, grad, index=index_of(place, block))
            return
        if not isinstance(whole, np.ndarray) or whole.base is None:  # someone may have kept it; ours is a view
            whole = np.zeros_like(block._raw) if whole is None else np.array(plain(whole))
            whole = block.grad = whole[...]
        whole.flat[place] = 0.0 if grad is None else grad

    @classmethod
    def rebuild(cls, op: Any, inputs: tuple[Any, ...], state: tuple[Any, ...]) -> Value:  # type: ignore[override]
        """A copy is a number of its own."""
        return Value.rebuild(op, inputs, state)


def index_of(place: int, block: Parameter) -> tuple[int, ...]:
    """A place in the flattened block as an index."""
    return tuple(map(int, np.unravel_index(place, block.shape)))


def home_of(leaf: Value) -> tuple[Parameter, int] | None:
    """The block where a leaf lives and its place there, flattened; None for one that has not moved."""
    return home.__get__(leaf) if leaf.__class__ is Captured else None


def move_in(leaves: list[Value], shape: tuple[int, ...], name: str, dtype: Any) -> Parameter:
    """A new block, of these numbers; they live in it from now on."""
    block = Parameter(np.array([leaf._raw for leaf in leaves], dtype=dtype).reshape(shape), name=name)
    block._raw = aligned(block._raw)
    grads = [leaf.grad for leaf in leaves]
    if any(g is not None for g in grads):
        block.grad = np.array([g or 0.0 for g in grads], dtype=dtype).reshape(shape)
    for place, leaf in enumerate(leaves):
        old_grad.__set__(leaf, None)
        leaf.__class__ = Captured
        home.__set__(leaf, (block, place))
    return block


def aligned(array: np.ndarray) -> np.ndarray:
    """A copy that begins where a page of memory does: matrix products read it a little quicker."""
    memory = np.empty(array.nbytes + 4096, np.uint8)
    start = -memory.ctypes.data % 4096
    copy = memory[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy
