"""Module: what has parameters. Values and Tensors alike; read neurons.py or layers.py next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from typing import Any, Self

import numpy as np

from autograd import Parameter, Value
from autograd.mode import Mode, current_mode, enter, leave, scoped
from autograd.vectorizer import Vectorized

__all__ = ["Module", "StateError", "module_of"]


class StateError(ValueError):
    """A state does not fit the module that was to load it; nothing has been changed."""


class Module:
    """A part of a network, found by its attributes: Values, Parameters, other Modules, and lists of them.

    Subclasses set attributes in ``__init__`` and define ``__call__``. Plain arrays among the attributes are buffers:
    they belong to the state, and no gradient goes to them.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.w, self.b = Value(2.0), Value(1.0)
    ...     def __call__(self, x):
    ...         return self.w * x + self.b
    >>> [name for name, p in Line().named_parameters()]
    ['w', 'b']
    """

    training = True
    _label: str | None = None  # what scopes call it; its parent tells it at its first call
    _modes: tuple[Mode | None, Mode | None] = (None, None)  # outside and inside of its scope, at its last call

    def __init_subclass__(cls) -> None:
        # Here, because your own __call__ calls no super(): nothing else sees every call, and only calls have a scope.
        if "__call__" in vars(cls):
            cls.__call__ = _in_its_scope(cls.__call__)  # type: ignore[method-assign]

    def __call__(self, x: Any) -> Any:
        """The output for input ``x``."""
        raise NotImplementedError(f"{type(self).__name__} defines no __call__ (a method forward is not looked for)")

    def named_parameters(self) -> Iterator[tuple[str, Any]]:
        """Pairs of attribute path and parameter, in the order the attributes were set; shared ones once."""
        for path, x in _reachable(self):
            if isinstance(x, Parameter) or (isinstance(x, Value) and x.is_leaf):
                yield path, x

    def parameters(self) -> list[Any]:
        """All parameters, in a fixed order."""
        return [p for _, p in self.named_parameters()]

    def named_buffers(self) -> Iterator[tuple[str, np.ndarray]]:
        """Pairs of attribute path and plain array, such as running statistics; shared ones once."""
        for path, x in _reachable(self):
            if isinstance(x, np.ndarray) and x.dtype != object:
                yield path, x

    def generators(self) -> list[Any]:
        """The random generators among the attributes here and below, such as Dropout's; shared ones once."""
        kinds = (np.random.Generator, np.random.RandomState)
        return [x for _, x in _reachable(self) if isinstance(x, kinds)]

    def zero_grad(self) -> None:
        """Forget the gradients: 0.0 for a Value, as in micrograd, and None for a Tensor."""
        for p in self.parameters():
            p.grad = None if p.is_array else 0.0

    def modules(self) -> Iterator[Module]:
        """This module and all below it, each once."""
        return (x for _, x in _reachable(self) if isinstance(x, Module))

    def train(self, mode: bool = True) -> Self:
        """Set training mode here and below: what some layers do differs between training and use."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Set evaluation mode here and below."""
        return self.train(False)

    # What is saved and loaded ------------------------------------------------------------------------------

    def state(self) -> dict[str, np.ndarray]:
        """A copy of every parameter, then of every buffer, by attribute path; a Value gives an array of shape ().

        >>> from nn.layers import Linear
        >>> {name: array.shape for name, array in Linear(3, 2).state().items()}
        {'W': (3, 2), 'b': (2,)}
        """
        parameters = {path: np.array(p.operand()) for path, p in self.named_parameters()}
        return parameters | {path: buffer.copy() for path, buffer in self.named_buffers()}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Copy the arrays of ``state`` into the parameters and buffers, which keep their dtypes.

        Graphs recorded before stay right, or know that they are stale: their backward() raises StaleGraphError.

        Raises: StateError if names, shapes or kinds of numbers differ; nothing has been changed then.

        >>> from nn.layers import Linear
        >>> one, two = Linear(3, 2), Linear(3, 2)
        >>> two.load_state(one.state())
        >>> bool((one.W.data == two.W.data).all())
        True
        """
        arrays = fitting(state, self.state(), self.title())
        for path, p in self.named_parameters():
            p.update(np.positive, arrays[path])
        for path, buffer in self.named_buffers():
            buffer[...] = arrays[path]

    # What a summary asks for -------------------------------------------------------------------------------

    def summary(self, input_shape: int | tuple[int, ...] | None = None) -> None:
        """Print a table of the layers, the shapes of their outputs and their numbers of parameters.

        Shapes: ``input_shape`` is the shape of one sample; left out, the first Linear tells it.

        Raises: ValueError if a shape does not fit, after the table so far; or if nothing tells the input's shape.

        >>> from nn.layers import Linear
        >>> Linear(3, 2).summary()
        layer         output shape  parameters
        Linear(3, 2)  (n, 2)                 8
        total                                8
        """
        from nn.summary import table_of

        table, error = table_of(self, input_shape)
        print(table)
        if error is not None:
            raise error

    def stages(self) -> list[Any]:
        """The parts of a module that are applied one after another, each of which gets its row in a summary."""
        return []

    def title(self) -> str:
        """What a summary calls it."""
        return type(self).__name__ if self.stages() else repr(self)

    def sample_shape(self) -> tuple[int, ...] | None:
        """The shape of one sample, if this module knows by itself."""
        return None

    # Scopes ------------------------------------------------------------------------------------------------

    def part_labels(self) -> Iterator[tuple[Module, str]]:
        """The modules among the attributes, and what scopes call them: hidden, layer 0, neuron 3."""
        for name, value in vars(self).items():
            if isinstance(value, Module):
                yield value, name
            else:
                for i, part in _parts(value):
                    if isinstance(part, Module):
                        yield part, f"{name.removesuffix('s')} {i}"

    def scoped(self, mode: Mode) -> Mode:
        """``mode`` inside of this module; its parts are told what scopes call them, unless they know."""
        for part, label in list(self.part_labels()):
            part._label = part._label or label
        return scoped(mode, self._label or type(self).__name__)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def _in_its_scope(call: Callable[..., Any]) -> Callable[..., Any]:
    """``call``, a module's __call__, so that the nodes it makes are in the scope of the module.

    A network of numbers makes thousands of calls: all but the first find their mode ready, and cost little.
    """

    @wraps(call)
    def call_in_scope(self: Module, *args: Any, **kwargs: Any) -> Any:
        mode = current_mode()
        outside, inside = self._modes  # read at once: another thread may be calling
        if mode is not outside or inside is None:
            if mode is inside or not mode.recording:  # super().__call__ is in the scope already
                return call(self, *args, **kwargs)
            inside = self.scoped(mode)
            self._modes = (mode, inside)
        token = enter(inside)
        try:
            return call(self, *args, **kwargs)
        finally:
            leave(token)

    return call_in_scope


class Blocks(Module):
    """A vectorized function as a module: its parameters are its blocks, W1, b1, ..."""

    def __init__(self, function: Vectorized) -> None:
        function.parameters()  # which says what to do before the first call
        self.function = function

    def __call__(self, *args: Any) -> Any:
        """What the function gives."""
        return self.function(*args)

    def __repr__(self) -> str:
        return repr(self.function)


def module_of(model: Any) -> Any:
    """``model``, or the module that a vectorized function is."""
    return Blocks(model) if isinstance(model, Vectorized) else model


def fitting(state: Mapping[str, Any], mine: dict[str, np.ndarray], who: str) -> dict[str, np.ndarray]:
    """The arrays of ``state``; StateError unless names, shapes and kinds of numbers are those of ``mine``."""
    arrays, wrong = {path: np.asarray(array) for path, array in state.items()}, []
    if missing := [path for path in mine if path not in arrays]:
        wrong.append(f"missing {', '.join(missing)}")
    if unexpected := [path for path in arrays if path not in mine]:
        wrong.append(f"unexpected {', '.join(unexpected)}")
    for path, old in mine.items():
        new = arrays.get(path, old)
        if new.shape != old.shape:
            wrong.append(f"{path} has shape {new.shape}, here {old.shape}")
        elif not np.can_cast(new.dtype, old.dtype, "same_kind"):
            wrong.append(f"{path} has dtype {new.dtype}, here {old.dtype}")
    if wrong:
        raise StateError(
            f"this state does not fit {who}: {'; '.join(wrong)}; nothing has changed, load it into one made as the one "
            f"that was saved"
        )
    return arrays


def _reachable(module: Module) -> Iterator[tuple[str, Any]]:
    """The module itself, and all that its attributes lead to, with paths; each thing once."""
    seen: set[int] = set()
    stack: list[tuple[str, Any]] = [("", module)]
    while stack:
        path, value = stack.pop()
        if id(value) not in seen:
            seen.add(id(value))
            yield path, value
            stack += [(f"{path}.{name}" if path else f"{name}", part) for name, part in _parts(value)][::-1]


def _parts(value: Any) -> Iterable[tuple[Any, Any]]:
    """Names and parts of a Module, a dict, a list, a tuple, or an object array, as one of Values."""
    if isinstance(value, Blocks):
        return value.function.named_parameters()
    if isinstance(value, Module):
        return vars(value).items()
    if isinstance(value, dict):
        return value.items()
    if isinstance(value, (list, tuple)):
        return enumerate(value)
    return enumerate(value.flat) if isinstance(value, np.ndarray) and value.dtype == object else ()
