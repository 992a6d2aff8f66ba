"""An op is a row of calculus: its name, its forward, and one derivative rule per operand.

A rule is ``lambda g, y, *operands, *parameters``: ``g`` is the gradient of the output, ``y`` the output,
``x`` or ``a, b`` the operands. It is pure calculus in ordinary operators and other ops. On numbers and
arrays it gives the gradient; on nodes it records the gradient's own graph, so any order of derivative comes
free. Summing over broadcast axes is the walker's business (`Node.fit`), never a rule's.

A comparison inside a rule is an op too (``step(x)``, ``where``), else a branch would be frozen into the
recorded gradient. Where the rule depends on which operand is a constant, that is another row.

May import node.py. Read ops/arithmetic.py next: the first rows.
"""

from __future__ import annotations

import pickle
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from inspect import signature
from itertools import count
from numbers import Complex, Real
from typing import Any, Literal

import numpy as np

from autograd.errors import AnomalyError, DetachError, ShapeError
from autograd.mode import Note, current_mode, refuse_while_tracing, user_line
from autograd.node import Node, all_finite, describe, show

__all__ = ["CONSTANT", "EachOperand", "Op", "Symbolic", "apply", "is_operand"]

Rule = Callable[..., Any]
NUMBERS = {float, int}


class Symbolic(ABC):
    """What stands for a number or an array by its name: an op on it is written down, not computed."""

    __slots__ = ()

    @abstractmethod
    def applied(self, op: Op, operands: tuple[Any, ...], params: tuple[Any, ...]) -> Any:
        """``op`` on ``operands``, of which this is one."""


@dataclass(frozen=True)
class EachOperand:
    """The rules of an op with any number of operands: ``rule(slot, g, y, *operands, *parameters)``."""

    rule: Rule

    def __iter__(self) -> Iterator[Rule]:
        return (partial(self.rule, slot) for slot in count())


@dataclass(frozen=True, eq=False, slots=True)
class Op:
    """One row of the table.

    ``forward(*operands, *parameters)`` works on arrays, ``scalar`` on Python floats (left out: `forward` on
    NumPy's). ``vjps`` has one rule per operand; None where the gradient is zero everywhere.

    ``prepare`` turns the arguments of a call into ``(operands, parameters)``: it is there for ops with
    parameters (an axis, a shape), which are static and no part of the graph.

    What the sweep needs: ``domain``, an interval per operand to draw from, and ``examples`` of calls, each
    ``(shapes, keyword arguments)``, with an array in the place of its shape where not any will do. What it checks:
    ``elementwise`` (the op works entry by entry, so its jvp is its vjp fed with the tangent) and ``linear`` (in each
    operand, the others fixed: its jvp is the op itself on the tangent); ``batchable`` (its rules take several gradients
    at once, along an axis before all others, as those of elementwise ops do by themselves).

    ``result`` is "array" for ops whose result is a Tensor even of Values, "number" for those that give a Value.
    """

    name: str
    forward: Callable[..., Any]
    vjps: tuple[Rule | None, ...] | EachOperand
    scalar: Callable[..., Any] | None = None
    prepare: Callable[..., tuple[tuple[Any, ...], tuple[Any, ...]]] | None = None
    symbol: str | None = None
    domain: tuple[tuple[float, float], ...] = ((-2.0, 2.0),)
    examples: tuple[tuple[Any, dict[str, Any]], ...] = ()
    elementwise: bool = False
    linear: bool = False
    batchable: bool = False
    result: Literal["same", "array", "number"] = "same"
    doc: str = ""
    two_numbers: bool = field(init=False)  # two operands, two rules, no parameters: the walker's fast path

    def __post_init__(self) -> None:
        vjps = self.vjps
        plain = isinstance(vjps, tuple) and len(vjps) == 2 and None not in vjps and self.prepare is None
        object.__setattr__(self, "two_numbers", plain and self.result == "same")

    @classmethod
    def from_function(cls, *vjps: Rule | None, **fields: Any) -> Callable[[Callable[..., Any]], Op]:
        """A decorator that makes a row of a function: it is the forward, ``vjps`` are the rules, one per operand.

        Keyword-only arguments of the function are parameters of the op. ``fields`` are those of a row, such as
        ``elementwise=True``.

        Raises: TypeError for another number of rules than of operands.

        >>> from autograd import Value
        >>> @Op.from_function(lambda g, y, x: g * 3 * x**2)
        ... def cube(x):
        ...     return x**3
        >>> x = Value(2.0)
        >>> cube(x).backward()
        >>> x.grad
        12.0
        """

        def made(function: Callable[..., Any]) -> Op:
            name, takes = function.__name__, signature(function)
            operands = [p.name for p in takes.parameters.values() if p.kind is not p.KEYWORD_ONLY]
            defaults = {p.name: p.default for p in takes.parameters.values() if p.kind is p.KEYWORD_ONLY}
            if len(vjps) != len(operands):
                raise TypeError(
                    f"{name} has operands {', '.join(operands)}, so it needs {len(operands)} derivative rules, not "
                    f"{len(vjps)}; None where a gradient is zero everywhere, and parameters after a *"
                )
            row = {"doc": function.__doc__ or "", **fields}
            if not defaults:
                return cls(name, function, vjps, **row)

            def forward(*args: Any) -> Any:
                n = len(operands)
                return function(*args[:n], **dict(zip(defaults, args[n:], strict=True)))

            def prepare(*args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
                bound = takes.bind(*args, **kwargs)
                bound.apply_defaults()
                return bound.args, tuple(bound.arguments[key] for key in defaults)

            return cls(name, forward, vjps, prepare=prepare, **row)

        return made

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Apply to numbers and arrays (plain result) or to nodes (recorded)."""
        if self.prepare is None and not kwargs:
            if len(args) == 1 and args[0].__class__ is np.ndarray and args[0].dtype.kind == "f":
                return self.forward(args[0])  # what rules do most
            return apply(self, args)
        if self.prepare is None:
            raise TypeError(f"{self.name} takes no keyword arguments here, not even NumPy's {', '.join(kwargs)}")
        try:
            operands, params = self.prepare(*args, **kwargs)
        except DetachError:
            raise
        except TypeError as error:  # Python names the function that prepares, which nobody called
            raise TypeError(f"{self.name}: {str(error).partition('() ')[2] or error}") from None
        for parameter in params:
            if isinstance(parameter, Node):
                raise TypeError(
                    f"{self.name}: {describe(parameter)} is a parameter of the op, which takes no gradient; give its "
                    f".data, or write the formula with operands"
                )
        if len(operands) == 1 and operands[0].__class__ is np.ndarray and operands[0].dtype.kind == "f":
            return self.forward(operands[0], *params)
        return apply(self, operands, params)

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled by the name of the module-level variable that holds it, as functions are."""
        for module in ("autograd.ops", "autograd.op", *sys.modules):
            for name, found in list(vars(sys.modules.get(module, sys)).items()):
                if found is self:
                    return (_named, (module, name))
        raise pickle.PicklingError(f"op {self.name!r} cannot be pickled: give it a module-level name")


def _named(module: str, name: str) -> Op:
    found: Op = getattr(import_module(module), name)
    return found


def _no_forward(*_: Any) -> Any:
    raise TypeError("a constant is made by detach() or inside no_grad(), not by a call")


CONSTANT = Op("constant", _no_forward, ())  # the op of what detach() and no_grad() give: nothing is recorded from it


def apply(op: Op, operands: tuple[Any, ...], params: tuple[Any, ...] = ()) -> Any:  # noqa: C901 (case after case)
    """``op`` on ``operands``: plain data if none of them is a node, else a node.

    The node is a Tensor if any operand is an array, else a Value. It is a constant if no operand can pass a
    gradient on, or inside ``no_grad()``.

    Raises: ShapeError for shapes that do not fit, LinAlgError for a matrix that NumPy refuses, TypeError for what is
    neither a real number nor an array.
    """
    mode = current_mode()
    if not params and mode.plain and op.scalar is not None and len(operands) <= 2:
        y = _numbers_alone(op, operands, mode.note)
        if y is not None:
            return y
    raw: list[Any] = []  # what forward gets and the graph saves
    inputs: list[Any] = []  # what the graph links to
    users: list[int] = []  # where what came from the user is NumPy's
    nodes = live = False
    array = len(operands) > 2  # a Value is the result of at most two numbers
    for x in operands:
        if isinstance(x, Node):
            nodes = True
            array = array or x.is_array
            raw.append(x._raw.copy() if x.exposed else x._raw)
            inputs.append(raw[-1] if x.op is CONSTANT else x)
            live = live or x.op is not CONSTANT
            continue
        constant = x if x.__class__ in NUMBERS else _constant(x, op)
        if constant is None:  # a list or an object array of nodes, or a name
            return _apply_to_objects(op, operands, params)
        if isinstance(constant, (np.ndarray, np.generic)):
            array = array or constant.__class__ is np.ndarray
            users.append(len(raw))
        raw.append(constant)
        inputs.append(constant)
    if not nodes:
        return _plain_output(op, raw, params, operands)
    recording = live and mode.recording
    if recording:
        for i in users:
            raw[i] = inputs[i] = _owned(raw[i], array)
    array = op.result == "array" or (array and op.result == "same")
    y = _array_output(op, raw, params, operands) if array else _number_output(op, raw, params)
    note = _inspected(op, operands, raw, y, mode.note) if mode.anomaly else mode.note
    kind = Node.kinds["array" if array else "number"]
    if recording:
        return kind.record(op, y, tuple(inputs), (y, *raw, *params), note)
    if live:
        refuse_while_tracing("no_grad()", "write ops.stop_gradient(x), or call the vectorized function in no_grad()")
    return kind.record(CONSTANT, y, (), (), note)


def _numbers_alone(op: Op, operands: tuple[Any, ...], note: Note | None) -> Any:
    """What `apply` gives for Values and Python numbers, the common case in scalar graphs; None for all others."""
    number = Node.kinds["number"]
    data = []
    nodes = False
    for x in operands:
        kind = x.__class__
        if kind is number and x.op is not CONSTANT:
            data.append(x._raw)
            nodes = True
        elif kind is float or kind is int:
            data.append(x)
        else:
            return None
    y = _number_output(op, data)
    return number.record(op, y, operands, (y, *data), note) if nodes else y


def _number_output(op: Op, data: list[Any], params: tuple[Any, ...] = ()) -> float:
    if op.scalar is not None:
        try:
            return float(op.scalar(*map(float, data), *params))
        except (ArithmeticError, ValueError):
            pass  # where Python raises, NumPy gives -inf, inf or nan
    return float(op.forward(*(x if isinstance(x, np.ndarray) else np.float64(x) for x in data), *params))


def _array_output(op: Op, raw: list[Any], params: tuple[Any, ...], operands: tuple[Any, ...]) -> Any:
    try:
        y = op.forward(*raw, *params)
    except ValueError as error:
        raise _shape_error(op, raw, operands, error) from error
    if y.__class__ is not np.ndarray:
        return np.asarray(y)
    return y if y.base is None else _unshared(y, operands)


def _plain_output(op: Op, raw: list[Any], params: tuple[Any, ...], operands: tuple[Any, ...]) -> Any:
    if op.result != "array" and all(isinstance(x, (float, int)) for x in raw):
        return _number_output(op, raw, params)
    try:
        return op.forward(*raw, *params)
    except ValueError as error:
        raise _shape_error(op, raw, operands, error) from error


def _shape_error(op: Op, raw: list[Any], operands: tuple[Any, ...], error: ValueError) -> ValueError:
    kind = np.linalg.LinAlgError if isinstance(error, np.linalg.LinAlgError) else ShapeError
    return kind(f"{op.name}({', '.join(map(describe, operands))}): {error}{_hint(op, raw)}")


def _hint(op: Op, raw: list[Any]) -> str:
    shapes = [np.shape(x) for x in raw]
    if op.name == "matmul" and len(shapes[0]) and len(shapes[1]) == 2 and shapes[0][-1] == shapes[1][-1]:
        return f"; inner sizes {shapes[0][-1]} and {shapes[1][0]} differ, did you mean the second operand's .T?"
    if op.elementwise and len(set(map(np.size, raw))) == 1:
        return "; as many values on both sides, did you mean .T or .reshape(...)?"
    return ""


def _constant(x: Any, op: Op) -> Any:
    """A number or a real array as it is; None for a list or an object array that holds nodes, and for names."""
    if isinstance(x, (list, tuple)):
        x = np.asarray(x)
    if isinstance(x, np.ndarray):
        if x.dtype.kind in "fiub":
            return x if x.__class__ is np.ndarray else unmasked(x)
        if x.dtype == object and all(isinstance(item, (Node, Real, Symbolic)) for item in x.flat):
            return None
    elif isinstance(x, (float, int)) or (isinstance(x, np.generic) and x.dtype.kind in "fiub"):
        return x
    elif isinstance(x, Real):
        return float(x)
    elif isinstance(x, Symbolic):
        return None
    what = f"an array of dtype {x.dtype}" if isinstance(x, np.ndarray) else f"{x!r}, a {type(x).__name__}"
    raise TypeError(f"{op.name}: an operand is {what}; operands are real numbers, arrays, Values and Tensors")


def _owned(x: Any, beside_an_array: bool) -> Any:
    """The graph's own copy of a constant: the user may write to an array later.

    Integers become floats, which the result is anyway, because rules multiply them and ``uint8`` would overflow.
    Beside Values every number does.
    """
    if isinstance(x, np.generic) and not beside_an_array:
        return float(x)
    return x.copy() if x.dtype.kind == "f" else x.astype(np.float32 if x.dtype.itemsize <= 2 else np.float64)


def _apply_to_objects(op: Op, operands: tuple[Any, ...], params: tuple[Any, ...]) -> Any:
    """Entry by entry on object arrays of Values; lists, and whatever meets a Tensor, are stacked to Tensors."""
    objects = [x for x in operands if isinstance(x, np.ndarray) and x.dtype == object]
    for x in (*operands, *(box.item() for box in objects if box.ndim == 0)):
        if isinstance(x, Symbolic):
            return x.applied(op, operands, params)
    if op.elementwise and objects and not any(isinstance(x, Node) and x.is_array for x in operands):
        each = np.frompyfunc(lambda *xs: apply(op, xs, params), len(operands), 1)
        return each(*map(boxed, operands))
    stack = Node.kinds["array"]
    holds_nodes = [isinstance(x, (list, tuple)) or any(x is y for y in objects) for x in operands]
    return apply(op, tuple(stack(x) if box else x for x, box in zip(operands, holds_nodes, strict=True)), params)  # type: ignore[call-arg]


def boxed(x: Any) -> Any:
    """A node as an object array of no dimensions, which NumPy's ufuncs take; anything else as it is."""
    if not isinstance(x, Node):
        return x
    box = np.empty((), dtype=object)
    box[()] = x
    return box


def _unshared(y: Any, operands: tuple[Any, ...]) -> Any:
    """A copy where ``y`` is a view of a leaf's array: the leaf may be updated in place, its graph stays right."""
    for x in operands:
        if isinstance(x, Node) and x.is_leaf and np.may_share_memory(y, x._raw):
            return y.copy()
    return y


def _inspected(op: Op, operands: tuple[Any, ...], raw: list[Any], y: Any, note: Note | None) -> Note:
    """The note with the source line of the call.

    Raises: AnomalyError if ``y`` has a NaN or an infinity that no operand had.
    """
    source = user_line()
    if not all_finite(y) and all_finite(*raw):
        raise AnomalyError(f"{op.name}({', '.join(map(describe, operands))}) gave {show(y)} at {source}")
    return (note or Note())._replace(source=source)


def unmasked(x: Any) -> Any:
    """An array of a subclass of ndarray as a plain one.

    Raises: TypeError for a masked array, whose masked entries would become numbers.
    """
    if isinstance(x, np.ma.MaskedArray) and np.ma.is_masked(x):
        raise TypeError(f"a masked array {x.shape} has entries without a value: fill them in first, as with .filled(0)")
    return np.asarray(x)


def is_operand(x: Any) -> bool:
    """Can Python's operators take ``x`` beside a node? Others get their own say (``NotImplemented``).

    A complex number gets as far as the op, whose error says more than Python's.
    """
    return isinstance(x, (Node, Complex, np.ndarray, np.generic, list, tuple))
