"""A training step: forward, loss, backward and update as a list of calls that write into the same arrays each time.

Nobody but the step ever sees those arrays. May import calls.py and printing.py. Read function.py next.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import ops
from autograd.formulas.expression import Application
from autograd.mode import recording
from autograd.node import Node, describe, order, pullback
from autograd.tensor import Tensor
from autograd.value import Value
from autograd.vectorizer.blocks import home_of
from autograd.vectorizer.calls import Calls, Rules, needed, used_by
from autograd.vectorizer.printing import recorded
from autograd.vectorizer.program import Program

if TYPE_CHECKING:
    from autograd.vectorizer.function import Vectorized

__all__ = ["TrainStep"]


class TrainStep:
    """``step(X, y)``: one step of gradient descent; it gives the loss before it. See `Vectorized.train_step`.

    The arguments of the vectorized function come first, then those of the loss, after its prediction. Arguments that
    have a default are given by name.
    """

    def __init__(self, fast: Vectorized, loss: Callable[..., Any], lr: float) -> None:
        if not callable(loss):
            raise TypeError(f"train_step takes a function of the prediction and targets as loss, not {loss!r}")
        if not isinstance(lr, (int, float, np.floating)) or not 0 <= lr < math.inf:
            raise ValueError(f"train_step: lr={lr!r}; a rate is 0 or positive")
        self.fast, self.loss, self.lr = fast, loss, lr
        self.compiled: dict[Any, Compiled] = {}
        self.lock = Lock()  # the arrays are written to by one thread at a time

    def __repr__(self) -> str:
        return f"<training step of {self.fast.name}, lr={self.lr}>"

    def __call__(self, *args: Any, **kwargs: Any) -> float:
        """Make a step, and give the loss before it."""
        parameters = self.fast.takes.signature.parameters
        count = sum(x.default is x.empty and name not in kwargs for name, x in parameters.items())
        arrays, static = self.fast.takes.read(args[:count], kwargs)
        made = self.fast.find(arrays, static)
        with self.lock:
            key = id(made), tuple((x.shape, x.dtype) for x in arrays.values())
            if key not in self.compiled:
                self.compiled[key] = Compiled(self.fast, made.program, arrays)
            return self.compiled[key].step(arrays, self.loss, args[count:], self.lr)


class Compiled:
    """The calls for one number of samples."""

    def __init__(self, fast: Vectorized, program: Program, arrays: dict[str, Any]) -> None:
        if len(program.results) != 1 or program.is_tuple:
            raise ValueError(f"{fast.name} gives {len(program.results)} arrays: a training step needs a single one")
        if program.outside is not None:
            raise ValueError(f"{fast.name} uses Values computed before: a training step would not reach what made them")
        data = {name: raw(x) for name, x in arrays.items()}
        n = len(next(iter(data.values())))
        variables, (self.root,) = recorded(program, fast.blocks, n)
        rules = Rules(order(self.root), [variables[name] for name in program.blocks])
        data = {name: x for name, x in data.items() if variables[name] in rules.of}  # what the result depends on
        data |= {name: fast.blocks[name]._raw for name in program.blocks}
        dtype = np.result_type(*data.values())
        given = {rules.of[variables[name]]: x for name, x in data.items()}
        self.calls = Calls(rules, given | {rules.seed: np.ones(self.root.shape, dtype)})
        place = {name: self.calls.slot[rules.of[variables[name]]] for name in data}
        self.inputs = [(x.name, place[x.name]) for x in program.inputs if x.name in place]
        self.blocks = [(fast.blocks[name], place[name]) for name in program.blocks]
        grads = {name: rules.gradients.get(variables[name]) for name in program.blocks}
        wanted = [g for g in grads.values() if g is not None]
        result = rules.of[self.root]
        first = needed([result])
        rest = [x for x in needed([*wanted, result]) if x not in set(first)]
        self.calls.numbers = used_by(
            x for x in (*first, *rest) if not isinstance(x, Application) or x.op is not ops.multiply
        )
        self.forward = self.calls.of(first, {result, *used_by(rest)})
        self.backward = self.calls.of(rest, set(wanted))
        self.result, self.seed = self.calls.slot[result], self.calls.slot[rules.seed]
        self.gradients = [(fast.blocks[name], self.calls.slot[g]) for name, g in grads.items() if g is not None]

    def step(self, arrays: dict[str, Any], loss: Callable[..., Any], targets: tuple[Any, ...], lr: float) -> float:
        """Forward, loss, backward, update."""
        values = self.calls.values
        for name, place in self.inputs:
            values[place] = raw(arrays[name])
        for block, place in self.blocks:
            values[place] = block._raw
        self.calls.run(self.forward)
        prediction = Tensor(values[self.result])
        with recording():
            total = loss(prediction, *targets)
        nodes = self.checked(total, prediction)
        grads = pullback(nodes, total.seed(None))
        values[self.seed] = grads[prediction] * lr  # so that every gradient comes out times the rate
        self.calls.run(self.backward)
        for block, place in self.gradients:
            block.update(np.subtract, values[place])
        for block, _ in self.blocks:
            if block in grads:  # the loss has a penalty on it
                block.update(np.subtract, grads[block] * lr)
        return float(total._raw)

    def checked(self, total: Any, prediction: Tensor) -> list[Node]:
        """The graph of the loss.

        Raises: TypeError, ValueError if the step would not be that of the loss.
        """
        if not isinstance(total, Node):
            raise TypeError(f"the loss gave {total!r}, a {type(total).__name__} without a gradient; it gives a Tensor")
        nodes = order(total)
        if not any(x is prediction for x in nodes):
            raise ValueError("the loss does not depend on the prediction, so there is nothing to learn from it")
        for x in nodes:
            if isinstance(x, Value) and (home := home_of(x)) is not None:
                raise ValueError(
                    f"the loss computes with {describe(x)}, an entry of {home[0].name}: take the whole block, or let "
                    f"the vectorized function compute the penalty"
                )
        return nodes


def raw(x: Any) -> np.ndarray:
    return x._raw if isinstance(x, Node) else x  # type: ignore[no-any-return]
