"""A program of arrays: steps that call ops of the table. What neurons become. Read places.py next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import ops
from autograd.node import Node
from autograd.op import Op, apply

__all__ = ["Array", "Program", "Step", "join", "run_row", "spread"]


@dataclass(frozen=True, slots=True)
class Array:
    """A variable of a program. ``shape`` is that of one sample; a ``batched`` one has the samples as its first axis."""

    name: str
    shape: tuple[int, ...]
    batched: bool

    @property
    def size(self) -> int:
        """How many entries it has for one sample."""
        return int(np.prod(self.shape))


@dataclass(slots=True)
class Step:
    """``target = function(*operands, **options)``; an operand is an `Array`, or a number or array that is constant."""

    target: Array
    function: Callable[..., Any]
    operands: tuple[Any, ...]
    options: dict[str, Any]


@dataclass(slots=True)
class Program:
    """The steps, and what they start from."""

    inputs: list[Array] = field(default_factory=list)
    blocks: dict[str, Array] = field(default_factory=dict)
    outside: Array | None = None
    steps: list[Step] = field(default_factory=list)
    results: list[Any] = field(default_factory=list)
    is_tuple: bool = False
    count: int = 0

    def add(
        self, function: Callable[..., Any], operands: Sequence[Any], shape: tuple[int, ...], /, **options: Any
    ) -> Array:
        """A new step; the variable that it gives."""
        batched = any(isinstance(x, Array) and x.batched for x in operands)
        self.count += 1
        target = Array(f"t{self.count}", shape, batched)
        self.steps.append(Step(target, function, tuple(operands), options))
        return target

    def run(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Every variable after all steps; ``variables`` has inputs and blocks by name: arrays, or nodes to record."""
        found = dict(variables)
        dtype = np.result_type(*(x.dtype for x in variables.values()))
        for step in self.steps:
            operands = [found[x.name] if x.__class__ is Array else fitted(x, dtype) for x in step.operands]
            found[step.target.name] = step.function(*operands, **step.options)
        return found


def fitted(x: Any, dtype: Any) -> Any:
    """A constant as it does not widen float32: a Python number, or an array of this dtype."""
    return x.astype(dtype, copy=False) if isinstance(x, np.ndarray) else float(x)


def run_row(*operands: Any, op: Op, params: tuple[Any, ...] = ()) -> Any:
    """A row of the table, its parameters as the graph saved them."""
    return apply(op, operands, params)


def spread(x: Any, like: Any) -> Any:
    """``x``, the same for every sample, once for each sample of ``like``."""
    x = x if isinstance(x, Node) else np.asarray(x, like.dtype)
    return ops.broadcast_to(x, (like.shape[0], *x.shape))


def join(*parts: Any, axis: int) -> Any:
    """The arrays one after the other."""
    return ops.concatenate(parts, axis=axis)
