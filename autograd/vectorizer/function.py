"""vectorize(f): the function of arrays that a function of single numbers becomes. May import printing.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from autograd import ops
from autograd.errors import TracingError
from autograd.node import Node
from autograd.parameter import Parameter
from autograd.tensor import Tensor
from autograd.value import Value
from autograd.vectorizer.arguments import Arguments, nested
from autograd.vectorizer.blocks import home_of, move_in
from autograd.vectorizer.grouping import Discovery
from autograd.vectorizer.printing import described, source_of
from autograd.vectorizer.program import Array, Program
from autograd.vectorizer.stepping import TrainStep
from autograd.vectorizer.tracing import CAPTURED, OUTSIDE, Trace, numbers_of, trace, uncollected

__all__ = ["Vectorized", "vectorize"]


def vectorize(f: Callable[..., Any] | None = None, *, static: str | tuple[str, ...] = (), dtype: Any = None) -> Any:
    """``f``, a function of one sample in single numbers, as a function of arrays of samples. Also a decorator.

    ``f`` takes Values, and lists of them (nested, for arrays of several axes), and gives a Value, lists of them, or a
    tuple. The new function takes arrays and Tensors, the samples along their first axis, and gives Tensors, recorded
    like those of any op. The Values that ``f`` holds, its weights, move into blocks, which are Parameters: see
    `Vectorized.parameters`. ``static`` names arguments that stay as they are (a length, say); each value of them makes
    a program of its own, as each shape of a sample does. Blocks are of ``dtype``, or that of the first call's arrays.

    ``f`` runs twice, and is then a program: numbers other than Values and arguments are fixed in it.

    Shapes: (n, ...) for each argument, n the number of samples; (n,) for a Value, (n, k) for a list of k Values.

    Raises: TracingError where ``f`` reads a number (branches on it, takes its ``.data``) or does not do the same each
    time; ShapeError for numbers of samples that differ; TypeError if ``f`` gives what is no number.

    >>> from autograd import Value
    >>> w = [Value(1.0), Value(2.0)]
    >>> @vectorize
    ... def neuron(x):
    ...     return (w[0] * x[0] + w[1] * x[1] - 1).relu()
    >>> X = np.array([[1.0, 1.0], [-1.0, 0.0]])
    >>> neuron(X)
    Tensor([2., 0.])
    >>> neuron(X).sum().backward()
    >>> w[1].grad, neuron.parameters()[0].grad
    (1.0, array([1., 1.]))
    """
    if f is None:
        return lambda f: Vectorized(f, static, dtype)
    return Vectorized(f, static, dtype)


class Made(NamedTuple):
    """A program for arguments of one structure."""

    program: Program
    outside: list[Value]  # nodes made before, that the function uses
    numbers: int  # how many there are in the graph of one sample


class Vectorized:
    """A function of arrays, made from one of single numbers: see `vectorize`."""

    def __init__(self, f: Callable[..., Any], static: str | tuple[str, ...], dtype: Any) -> None:
        if not callable(f):
            raise TypeError(f"vectorize takes a function of Values, not {f!r}")
        if dtype is not None and np.dtype(dtype).kind != "f":
            raise TypeError(f"vectorize: blocks are of a floating dtype, not {np.dtype(dtype)}")
        self.f, self.dtype = f, dtype
        self.takes = Arguments(f, static)
        self.blocks: dict[str, Parameter] = {}
        self.made: dict[Any, Made] = {}
        self.lock = Lock()
        self.name = self.takes.name

    # Calls -----------------------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The results for all samples: a Tensor, or a tuple of them if the function gives a tuple."""
        arrays, static = self.takes.read(args, kwargs)
        made = self.find(arrays, static)
        found = made.program.run(self.variables(made, arrays))
        results = [found[x.name] for x in made.program.results]
        results = [x if isinstance(x, Node) else Tensor.adopt(np.array(x)) for x in results]
        return tuple(results) if made.program.is_tuple else results[0]

    def trace(self, *args: Any, **kwargs: Any) -> Vectorized:
        """Make the program for arguments like these, without running it; gives the function itself.

        After it, there are ``parameters()``.
        """
        self.find(*self.takes.read(args, kwargs))
        return self

    def variables(self, made: Made, arrays: dict[str, Any]) -> dict[str, Any]:
        """What a program starts from."""
        variables = arrays | {name: self.blocks[name] for name in made.program.blocks}
        if made.program.outside is not None:
            dtype = np.result_type(*(x.dtype for x in variables.values()))
            variables["outside"] = ops.astype(Tensor(made.outside), dtype)
        return variables

    def find(self, arrays: dict[str, Any], static: dict[str, Any]) -> Made:
        """The program for such arguments, made now if there is none yet."""
        shapes = tuple((name, x.shape[1:]) for name, x in arrays.items())
        key = shapes, tuple((name, type(x), x) for name, x in static.items())
        try:
            made = self.made.get(key)
        except TypeError:
            raise TypeError(
                f"{self.name}: static arguments are part of the program's key and must be hashable (numbers, strings, "
                f"tuples), but got {static}"
            ) from None
        if made is None:
            with self.lock:
                made = self.made.get(key) or self.make(arrays, static)
                self.made[key] = made
        return made

    # Making a program ------------------------------------------------------------------------------------------

    def make(self, arrays: dict[str, Any], static: dict[str, Any]) -> Made:
        """Trace the function, find its program, let it run again to compare, and move what it holds into blocks."""
        data = {name: x.operand() if isinstance(x, Node) else x for name, x in arrays.items()}
        sample = {name: x[0] if len(x) else np.full(x.shape[1:], 0.5) for name, x in data.items()}
        with uncollected():
            found = self.traced(sample, static)
            leaves = [found.things[i] for i in np.flatnonzero(found.kinds == CAPTURED).tolist()]
            outside = [found.things[i] for i in np.flatnonzero(found.kinds == OUTSIDE).tolist()]
            inputs = [Array(name, x.shape, True) for name, x in sample.items()]
            start = sum(x.size for x in inputs)
            discovery = Discovery(found, inputs, self.known(leaves, start), set(self.blocks))
            if discovery.places.mixes:  # now that it is known what lives where, a penalty is one of each block
                discovery = Discovery(found, inputs, discovery.homes, set(self.blocks), apart=True)
            self.compare(discovery, sample, static, leaves, outside)
            dtype = self.dtype or next(iter(data.values())).dtype
            for name, items in discovery.homes.items():
                if name not in self.blocks:
                    moving = [leaves[i - start] for i in items.ravel().tolist()]
                    self.blocks[name] = move_in(moving, items.shape, name, dtype)
        return Made(discovery.program, outside, len(found))

    def traced(self, sample: dict[str, Any], static: dict[str, Any]) -> Trace:
        """The trace of the function for one sample."""
        inputs: list[Value] = []

        def leaf(number: float) -> Value:
            inputs.append(Value(number))
            return inputs[-1]

        arguments = {name: nested(x, leaf) for name, x in sample.items()} | static
        try:
            return trace(lambda: self.takes.call(arguments), inputs)
        except TracingError:  # says it all
            raise
        except (AttributeError, IndexError, TypeError, ValueError) as error:  # such as x[0] of a single number
            shapes = ", ".join(f"{name} {x.shape or '(), a single number'}" for name, x in sample.items())
            error.add_note(f"{self.name} ran on one sample: {shapes}. The first axis of an array has the samples.")
            raise

    def known(self, leaves: list[Value], start: int) -> dict[str, np.ndarray]:
        """The items of the blocks where leaves live already, -1 where an entry is none of them."""
        places: dict[Parameter, dict[int, int]] = {}
        for i, leaf in enumerate(leaves):
            if (home := home_of(leaf)) is not None:
                places.setdefault(home[0], {})[home[1]] = start + i
        found = {}
        mine = {block: name for name, block in self.blocks.items()}
        for block, items in places.items():
            name = mine.get(block) or block.name or "block"
            while block not in mine and name in self.blocks:
                name += "_"
            self.blocks[name] = block
            whole = np.full(block.size, -1)
            whole[list(items)] = list(items.values())
            found[name] = whole.reshape(block.shape)
        return found

    def compare(
        self,
        discovery: Discovery,
        sample: dict[str, Any],
        static: dict[str, Any],
        leaves: list[Value],
        outside: list[Value],
    ) -> None:
        """Run function and program on other numbers.

        Raises: TracingError if they differ, or the function reads a number.
        """
        rng = np.random.default_rng(0)
        other = {name: x * (1 + 0.1 * rng.random(x.shape)) + 0.01 * rng.random(x.shape) for name, x in sample.items()}
        arguments = {name: nested(x, Value) for name, x in other.items()} | static
        expected = np.array(numbers_of(lambda: self.takes.call(arguments)))
        held = np.array([0.0, *(leaf._raw for leaf in leaves)])
        start = sum(x.size for x in discovery.program.inputs)
        variables: dict[str, Any] = {name: np.asarray(x, float)[None] for name, x in other.items()}
        for name, items in discovery.homes.items():
            variables[name] = held[np.maximum(items - start + 1, 0)]
        variables["outside"] = np.array([x._raw for x in outside])
        with np.errstate(all="ignore"):
            values = discovery.program.run(variables)
        got = np.concatenate([np.ravel(values[x.name]) for x in discovery.program.results])
        if got.shape != expected.shape:
            where = f"{got.size} results, then {expected.size}"
        else:
            same = np.isclose(got, expected, rtol=1e-6, atol=1e-9, equal_nan=True)
            if np.all(same):
                return
            where = f"result {np.argmin(same)} would be {got[~same][0]:.6g} where it was {expected[~same][0]:.6g}"
        raise TracingError(
            f"{self.name} does not do the same each time it runs ({where}): it draws random numbers, changes what it "
            f"holds, or reads the .data of a Value; give such numbers as arguments"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy holds the copied function, and makes its own programs."""
        return (Vectorized, (self.f, self.takes.static, self.dtype))

    # What there is ---------------------------------------------------------------------------------------------

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Pairs of name and block: W1, b1, W2, ...

        Raises: ValueError before the first call.
        """
        if not self.made:
            raise ValueError(
                f"{self.name} has no program yet: call it once, or .trace(X) with arrays like those to come"
            )
        yield from self.blocks.items()

    def parameters(self) -> list[Parameter]:
        """The blocks, for an optimiser. The numbers that were captured read and write their entries."""
        return [block for _, block in self.named_parameters()]

    def zero_grad(self) -> None:
        """Forget the gradients of the blocks."""
        for block in self.parameters():
            block.grad = None

    def newest(self) -> Made:
        """The program made last."""
        self.parameters()
        return list(self.made.values())[-1]

    def __str__(self) -> str:
        return (
            described(self.name, self.newest().program, self.blocks, self.newest().numbers) if self.made else repr(self)
        )

    def __repr__(self) -> str:
        return f"<vectorized {self.name}, {len(self.made)} program{'s' if len(self.made) != 1 else ''}>"

    def source(self, loss: Callable[..., Any] | None = None, step: str | None = None, targets: Any = None) -> str:
        """The program made last as NumPy source, forward and backward, which runs without this library.

        Its function takes the arguments, the gradient of the result, and the blocks; it gives the result, and the
        gradients of the blocks. With ``loss``, a function of the result and of targets like ``targets``, it takes
        targets and gives the loss; with ``step="sgd"`` it also updates the blocks.
        """
        return source_of(self.name, self.newest().program, self.blocks, loss, step, targets)

    def train_step(self, loss: Callable[..., Any], lr: float) -> TrainStep:
        """Forward, loss, backward and the update ``W <- W - lr * dW``, as one program that uses its arrays again."""
        return TrainStep(self, loss, lr)
