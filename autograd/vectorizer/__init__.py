"""Functions of single numbers as programs of arrays: neurons in, matrices out.

    >>> import numpy as np
    >>> from autograd import Value
    >>> w, b = [Value(1.0), Value(2.0)], Value(0.5)
    >>> def neuron(x):
    ...     return (w[0] * x[0] + w[1] * x[1] + b).relu()
    >>> fast = vectorize(neuron)
    >>> fast(np.array([[1.0, 1.0], [-1.0, 0.0]]))
    Tensor([3.5, 0. ])

The function runs twice on single numbers, which record what it does (tracing.py). Its sums are written as terms
(terms.py), and what does the same becomes arrays and matrix products (grouping.py): a program (program.py). The
numbers that the function holds move into blocks (blocks.py). May import formulas and what is before it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import ShapeError, TracingError
from autograd.mode import recording
from autograd.node import Node
from autograd.parameter import Parameter
from autograd.tensor import Tensor
from autograd.value import Value
from autograd.vectorizer.blocks import home_of, move_in
from autograd.vectorizer.grouping import Discovery
from autograd.vectorizer.program import Array, Program
from autograd.vectorizer.tracing import Traced, check_result, flat, leaves_of, trace, uncollected

__all__ = ["Vectorized", "vectorize"]


def vectorize(f: Callable[..., Any], static: Any = (), dtype: Any = None) -> Vectorized:
    """``f``, a function of one sample in Values, as a function of arrays of samples."""
    return Vectorized(f, (static,) if isinstance(static, (int, str)) else tuple(static), dtype)


class Vectorized:
    """A function of arrays, made from one of single numbers."""

    def __init__(self, f: Callable[..., Any], static: tuple[Any, ...], dtype: Any) -> None:
        self.f, self.static, self.dtype = f, static, dtype
        self.blocks: dict[str, Parameter] = {}
        self.programs: dict[Any, tuple[Program, Any]] = {}

    def __call__(self, *args: Any) -> Any:
        arrays = {i: self.array(i, x) for i, x in enumerate(args) if i not in self.static}
        key = tuple(arrays[i].shape[1:] if i in arrays else ("static", x) for i, x in enumerate(args))
        n = self.samples(arrays)
        if key not in self.programs:
            self.programs[key] = self.made(args, arrays, n)
        program, outside = self.programs[key]
        variables: dict[str, Any] = {f"x{i}": x for i, x in arrays.items()}
        variables |= {name: self.blocks[name] for name in program.blocks}
        if program.outside is not None:
            variables["outside"] = Tensor(outside)
        found = program.run(variables)
        results = [found[x.name] for x in program.results]
        results = [x if isinstance(x, Node) else Tensor(x).detach() for x in results]
        return tuple(results) if program.is_tuple else results[0]

    def array(self, i: int, x: Any) -> Any:
        if isinstance(x, Node):
            return x
        x = np.asarray(x)
        return x if x.dtype.kind == "f" else x.astype(float)

    def samples(self, arrays: dict[int, Any]) -> int:
        lengths = {i: x.shape[0] if x.shape else None for i, x in arrays.items()}
        if not lengths or None in lengths.values() or len(set(lengths.values())) > 1:
            raise ShapeError(f"the arguments have shapes {[x.shape for x in arrays.values()]}: ...")
        return next(iter(lengths.values()))

    def made(self, args: tuple[Any, ...], arrays: dict[int, Any], n: int) -> tuple[Program, Any]:
        """The program for arguments of these shapes."""
        samples = {i: (x.operand() if isinstance(x, Node) else x)[0] if n else np.full(x.shape[1:], 0.5)
                   for i, x in arrays.items()}  # fmt: skip
        with uncollected(), recording(), np.errstate(all="ignore"):
            plain = [nested(samples[i], Value) if i in samples else x for i, x in enumerate(args)]
            try:
                expected = self.f(*plain)
            except Exception:
                self.traced(args, samples, {})
                raise
            roots = list(flat(expected))
            for x in roots:
                check_result(x)
            captured = leaves_of(roots)
            for x in flat(plain):
                if isinstance(x, Value):
                    captured.pop(x, None)
            found = self.traced(args, samples, captured)
            leaves = list(captured)
            inputs = [Array(f"x{i}", x.shape, True) for i, x in samples.items()]
            start = sum(array.size for array in inputs)
            known = self.known(leaves, start)
            discovery = Discovery(found, inputs, known)
            self.check(discovery.program, discovery.homes, leaves, start, samples, roots, found)
        for name, items in discovery.homes.items():
            if name not in self.blocks:
                mine = [leaves[i - start] for i in items.ravel().tolist()]
                home = home_of(mine[0])
                dtype = self.dtype or next(iter(arrays.values())).dtype
                self.blocks[name] = home[0] if home else move_in(mine, items.shape, name, dtype)
        program = discovery.program
        program.is_tuple = isinstance(found.structure, tuple)
        return program, [x for i, x in found.things.items() if found.kinds[i] == 3]

    def traced(self, args: Any, samples: dict[int, Any], captured: dict[Value, None]) -> Any:
        rng = np.random.default_rng(0)
        inputs: list[Traced] = []

        def one(number: float) -> Traced:
            inputs.append(Traced(number * (1 + 0.1 * rng.random()) + 0.01 * rng.random()))
            return inputs[-1]

        mine = tuple(nested(samples[i], one) if i in samples else x for i, x in enumerate(args))
        return trace(self.f, mine, inputs, captured)

    def known(self, leaves: list[Value], start: int) -> dict[str, np.ndarray]:
        """The items of the blocks where leaves live already."""
        item = {leaf: start + i for i, leaf in enumerate(leaves)}
        found: dict[Parameter, dict[int, int]] = {}
        for leaf in leaves:
            home = home_of(leaf)
            if home is not None:
                found.setdefault(home[0], {})[home[1]] = item[leaf]
        known = {}
        names = {block: name for name, block in self.blocks.items()}
        for block, places in found.items():
            name = names.get(block) or block.name
            while name in known or (name in self.blocks and self.blocks[name] is not block):
                name += "_"
            self.blocks[name] = block
            items = np.full(block.size, -1)
            items[list(places)] = list(places.values())
            known[name] = items.reshape(block.shape)
        return known

    def check(self, program, homes, leaves, start, samples, roots, found) -> None:
        variables: dict[str, Any] = {f"x{i}": np.asarray(x, float)[None] for i, x in samples.items()}
        data = np.array([leaf._data for leaf in leaves])
        for name, items in homes.items():
            variables[name] = np.where(items >= 0, data[items - start] if len(data) else 0.0, 0.0)
        if program.outside is not None:
            variables["outside"] = np.array([x._data for i, x in found.things.items() if found.kinds[i] == 3])
        with np.errstate(all="ignore"):
            values = program.run(variables)
        got = np.concatenate([np.ravel(values[x.name]) for x in program.results])
        want = np.array([x._data if isinstance(x, Node) else x for x in roots], float)
        if not np.allclose(got, want, rtol=1e-6, atol=1e-9, equal_nan=True):
            raise TracingError(f"f gives other results for other numbers: {got} {want}")


def nested(numbers: np.ndarray, make: Callable[[float], Any]) -> Any:
    """The numbers of an array in nested lists."""
    if np.ndim(numbers) == 0:
        return make(float(numbers))
    return [nested(part, make) for part in numbers]
