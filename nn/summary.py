"""The table that Module.summary prints: layers, output shapes, numbers of parameters. May import layers.py."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Node, no_grad
from nn.layers import Embedding, Linear
from nn.module import Module

__all__ = ["summary_of", "table_of"]

Row = list[str]  # layer, output shape, parameters


def summary_of(model: Module, input_shape: int | tuple[int, ...] | None = None) -> str:
    """The table as text.

    It runs the model on two samples of zeros, in evaluation mode; the model stays as it was. Containers such as
    Sequential have their parts indented below them.

    Shapes: ``input_shape`` is the shape of one sample; left out, the first Linear tells it, unless an
    Embedding comes before.

    Raises: ValueError if nothing tells the shape; what the model raises if a shape does not fit.

    >>> from nn.layers import ReLU, Sequential
    >>> print(summary_of(Sequential(Linear(784, 256), ReLU(), Linear(256, 10))))
    layer             output shape  parameters
    Linear(784, 256)  (n, 256)         200,960
    ReLU()            (n, 256)               0
    Linear(256, 10)   (n, 10)            2,570
    total                              203,530
    """
    table, error = table_of(model, input_shape)
    if error is not None:
        raise error
    return table


def table_of(model: Module, input_shape: int | tuple[int, ...] | None = None) -> tuple[str, ValueError | None]:
    """The table, and the error of the layer at which it ends, if one did not take the shape before it.

    >>> table, error = table_of(Linear(3, 2), (4,))
    >>> print(table)
    layer         output shape  parameters
    Linear(3, 2)  does not fit           8
    total                                8
    >>> error
    ShapeError('Linear(3, 2) takes rows of 3 numbers, but x has shape (2, 4)')
    """
    x = _zeros(model, input_shape)
    rows: list[Row] = []
    error = None
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with no_grad():
            _walk(model, x, rows, -1 if model.stages() else 0)
    except ValueError as raised:
        error = raised
    finally:
        for module, training in modes:
            module.training = training
    return _text(rows, _count(model)), error


def _walk(module: Any, x: Any, rows: list[Row], depth: int) -> Any:
    """Write the rows of ``module`` and what is in it; its output for ``x``."""
    stages = module.stages() if isinstance(module, Module) else []
    title = module.title() if isinstance(module, Module) else str(module)
    count = "" if stages else f"{_count(module):,}"
    row = ["  " * depth + title, "does not fit", count]
    if depth >= 0:
        rows.append(row)
    inner = x
    for stage in stages:
        inner = _walk(stage, inner, rows, depth + 1)
    y = module(x)  # not `inner`: a Residual adds to it
    row[1] = _shape(y)
    return y


def _count(module: Any) -> int:
    return sum(p.size for p in module.parameters()) if isinstance(module, Module) else 0


def _shape(y: Any) -> str:
    if isinstance(y, (list, tuple)):
        return f"{len(y)} Values"
    if isinstance(y, Node) and not y.is_array:
        return "1 Value"
    inner = "".join(f", {length}" for length in y.shape[1:])
    return f"(n{inner or ','})"


def _zeros(model: Module, input_shape: int | tuple[int, ...] | None) -> Any:
    """Two samples of zeros; for a model of neurons one, as a list."""
    first = next((module for module in model.modules() if isinstance(module, (Embedding, Linear))), None)
    if input_shape is None:
        known = (shape for module in model.modules() if (shape := module.sample_shape()) is not None)
        input_shape = None if isinstance(first, Embedding) else next(known, None)
        if input_shape is None:
            raise ValueError(
                f"summary of {model.title()}: no Linear tells the shape of a sample; give it, as in "
                f"model.summary((784,))"
            )
    shape = (input_shape,) if isinstance(input_shape, int) else tuple(input_shape)
    parameters = model.parameters()
    if parameters and not any(p.is_array for p in parameters):
        return [0.0] * shape[0]
    return np.zeros((2, *shape), dtype=int if isinstance(first, Embedding) else float)


def _text(rows: list[Row], total: int) -> str:
    table = [["layer", "output shape", "parameters"], *rows, ["total", "", f"{total:,}"]]
    first, second, third = (max(len(row[column]) for row in table) for column in range(3))
    return "\n".join(f"{a:<{first}}  {b:<{second}}  {c:>{third}}" for a, b, c in table)
