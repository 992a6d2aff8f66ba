"""A node is an op applied to inputs; this module has the node and the two walks over a graph of them.

`order` lists a graph, `pullback` sends a gradient back through it. Both are loops, never recursion.
`Value` (value.py) and `Tensor` (tensor.py) are the two kinds of node. Read op.py next.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from contextvars import ContextVar
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar, Self
from weakref import ref

import numpy as np

from autograd.errors import AnomalyError, DetachError, StaleGraphError
from autograd.mode import Note, current_mode, refuse_while_tracing

if TYPE_CHECKING:
    from autograd.op import Op

__all__ = ["Node", "order", "pullback"]


class Node:
    """A number or an array that remembers how it was computed.

    ``op`` is None for a leaf; ``inputs`` has one entry per operand, in order, repeats kept: the node, or
    the constant itself. ``saved`` is ``(output, *operands, *parameters)`` as they were at the forward
    pass: what the rules are called on. ``grad`` is None before any ``backward()``.
    """

    __slots__ = ("_raw", "grad", "note", "op")  # not _data: numpy.ma takes that for its own, without a word

    is_array: ClassVar[bool]
    number: ClassVar[type[Node]]  # Value, the class of what ops give of numbers
    exposed: bool = False  # may the user write to `_raw`? Then a graph keeps a copy. Only arrays can be written to
    kinds: ClassVar[dict[str, type[Node]]] = {}  # "number" -> Value, "array" -> Tensor; filled as they are defined

    _raw: Any
    op: Op | None
    grad: Any
    note: Note | None

    def __init_subclass__(cls, holds: str | None = None) -> None:
        if holds is not None:
            Node.kinds[holds] = cls
            cls.is_array = holds == "array"
            if holds == "number":
                Node.number = cls

    # What a kind of node defines ---------------------------------------------------------------------------

    shape: Any  # tuple, as an array's
    inputs: Any  # tuple, one entry per operand
    saved: Any  # tuple, (output, *operands, *parameters)

    @property
    @abstractmethod
    def data(self) -> Any:
        """The plain number or array, without the graph."""

    @abstractmethod
    def detach(self) -> Self:
        """The same value as a constant."""

    @abstractmethod
    def operand(self) -> Any:
        """The raw data as an op may keep it: nothing writes to it later unnoticed."""

    @classmethod
    @abstractmethod
    def record(cls, op: Op, output: Any, inputs: tuple[Any, ...], saved: tuple[Any, ...], note: Note | None) -> Self:
        """The node for ``op`` applied to ``inputs``."""

    @abstractmethod
    def fit(self, cotangent: Any) -> Any:
        """``cotangent`` brought to the shape and dtype of this node: broadcasting undone by sums."""

    @abstractmethod
    def seed(self, grad: Any) -> Any:
        """The gradient that ``backward(grad)`` starts with; 1 for a scalar."""

    # Names and notes ---------------------------------------------------------------------------------------

    @property
    def name(self) -> str | None:
        """The name that drawings and error messages use."""
        return self.note.name if self.note else None

    @name.setter
    def name(self, name: str | None) -> None:
        self.note = (self.note or Note())._replace(name=name)

    @property
    def scope(self) -> tuple[str, ...]:
        """The path of ``scope(...)`` blocks this node was made in."""
        return self.note.scope if self.note else ()

    @property
    def is_leaf(self) -> bool:
        """Was it made by the user, and not by an op?"""
        return self.op is None

    @property
    def is_constant(self) -> bool:
        """Was it made by ``detach()`` or inside ``no_grad()``? Then nothing is recorded from it."""
        return self.op is not None and self.op.name == "constant"

    def may_become_plain(self) -> bool:
        """Does a turn into a plain number lose no gradient?"""
        return self.is_constant or not current_mode().recording

    def detach_error(self, what: str) -> DetachError:
        """The error for ``what``, such as "float()", that would lose the graph of this node."""
        return DetachError(
            f"{what} of {describe(self)} would lose its gradient without a word; write .data or .item() for the "
            f"plain number, .detach() for a constant, or np.exp(x), np.stack(list), ... to stay in the graph"
        )

    # The backward pass -------------------------------------------------------------------------------------

    def backward(self, grad: Any = None, create_graph: bool = False) -> None:
        """Give every node of this graph the gradient of this node in ``.grad``.

        Leaves accumulate (set ``.grad = None`` between steps, or call a module's ``zero_grad()``); all others are set
        afresh, so a second ``backward()`` is right. The gradients of leaves stay as they are if it raises.
        With ``create_graph`` the leaves' gradients are nodes that can be differentiated again; that ties each
        leaf to its gradient's graph until its ``.grad`` is cleared.

        Shapes: ``grad`` has the shape of this node; it may be left out for a single number.

        Raises: ShapeError for an array without ``grad``; StaleGraphError if an array that the graph saved was
        overwritten since.

        >>> from autograd import Value
        >>> x = Value(3.0)
        >>> (x * x).backward()
        >>> x.grad
        6.0
        """
        if not self.is_array:
            refuse_while_tracing("the .grad of backward()", "autograd.grad gives gradients that are recorded")
        if self.is_constant:
            raise ValueError(
                f"backward() from {describe(self)}: it is a constant (from detach() or no_grad()), nothing was recorded"
            )
        nodes, seed = order(self), self.seed(grad if create_graph else plain(grad))
        if create_graph and not isinstance(seed, Node):  # else the gradient of what is linear would be a number
            seed = Node.kinds["array" if self.is_array else "number"](seed).detach()  # type: ignore[call-arg]
        if set(map(type, nodes)) == {Node.kinds["number"]} and not create_graph and not current_mode().anomaly:
            backward_numbers(nodes, seed)
        else:
            store_grads(nodes, pullback(nodes, seed, create_graph=create_graph))

    # Copies ------------------------------------------------------------------------------------------------

    def state(self) -> tuple[Any, ...]:
        """All that a copy needs, except op and inputs."""
        return (self._raw, self.grad, self.note, self.saved)

    @classmethod
    @abstractmethod
    def rebuild(cls, op: Op | None, inputs: tuple[Any, ...], state: tuple[Any, ...]) -> Self:
        """The node again, from ``op``, ``inputs`` and ``state()``."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Node:
        nodes = [node for node in order(self) if id(node) not in memo]
        for node in nodes:
            node.check_fresh()
            inputs = tuple(memo[id(x)] if isinstance(x, Node) else deepcopy(x, memo) for x in node.inputs)
            data, _, note, saved = node.state()
            state = (deepcopy(data, memo), None, deepcopy(note, memo), deepcopy(saved, memo))
            memo[id(node)] = node.rebuild(node.op, inputs, state)
        for node in nodes:  # last: a gradient from create_graph leads back to these nodes
            if node.grad is not None:
                memo[id(node)].grad = deepcopy(node.grad, memo)
        return memo[id(self)]  # type: ignore[no-any-return]

    def __copy__(self) -> Node:
        return self.rebuild(self.op, self.inputs, self.state())

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        # pickle recurses from a node into its inputs. So the node that pickle meets first hands it all the
        # nodes below, inputs first: each of them then finds its inputs written already.
        below: list[Node] = []
        written = None
        writing = [listed for reference in _WRITING.get() if (listed := reference()) and listed.ids]
        if not any(id(self) in listed.ids for listed in writing):
            below = order(self)[:-1]
            for node in (*below, self):
                node.check_fresh()
            written = _Written({id(node) for node in below})
            _WRITING.set(tuple(map(ref, (*writing, written))))
        data, grad, note, saved = self.state()
        tied = isinstance(grad, Node)  # from create_graph: it leads back here, so it is written after this node
        state = (data, None if tied else grad, note, saved)
        return (_rebuild, (below, written, self.__class__, self.op, self.inputs, state), grad if tied else None)

    def __setstate__(self, grad: Any) -> None:
        self.grad = grad

    def check_fresh(self) -> None:
        """Raise StaleGraphError if an array that this node saved was overwritten in place since."""
        for x, data in zip(self.inputs, self.saved[1:], strict=False):
            if isinstance(x, Node) and x._raw is not data:
                check_fresh(x, data, self.op)

    @abstractmethod
    def still_holds(self, data: Any) -> bool:
        """Is ``data``, saved at a forward pass, what this node holds now?"""

    def saved_nodes(self) -> tuple[Any, ...]:
        """`saved` with the nodes themselves in the place of their data: rules run on it record a graph.

        Raises: StaleGraphError if an operand has changed since the forward pass.
        """
        saved, inputs = self.saved, self.inputs
        for x, data in zip(inputs, saved[1:], strict=False):
            if isinstance(x, Node) and not x.still_holds(data):
                raise StaleGraphError(
                    f"{describe(x)}, an operand of {self.op}, has changed since the forward pass, so the gradient's "
                    f"own graph cannot be recorded; run the forward pass again"
                )
        return (self, *inputs, *saved[1 + len(inputs) :])


class _Written:
    """Pickled right behind a list of nodes: when pickle reaches it, they are all written.

    It lives as long as that takes, so nothing is left over from a pickle that fails.
    """

    def __init__(self, ids: set[int] | None = None) -> None:
        self.ids = ids or set()

    def __reduce__(self) -> tuple[Any, ...]:
        self.ids = set()
        return (_Written, ())


_WRITING: ContextVar[tuple[ref[_Written], ...]] = ContextVar("the lists that pickles in progress write", default=())


def _rebuild(
    _below: object, _written: object, cls: type[Node], op: Op | None, inputs: tuple[Any, ...], state: tuple[Any, ...]
) -> Node:
    return cls.rebuild(op, inputs, state)


# The two walks -----------------------------------------------------------------------------------------------


def order(root: Node) -> list[Node]:
    """Every node that ``root`` was computed from and ``root`` itself, inputs before outputs.

    >>> from autograd import Value
    >>> a = Value(1.0, name="a"); b = a + a; b.name = "b"; c = b + b; c.name = "c"
    >>> [node.name for node in order(c)]
    ['a', 'b', 'c']
    """
    nodes: list[Node] = []
    seen: set[Node] = set()
    stack: list[Any] = [root]
    number = Node.kinds["number"]
    done, see, pop, push = nodes.append, seen.add, stack.pop, stack.append
    while stack:
        node = pop()
        if node is None:  # everything below the next entry has been listed
            done(pop())
        elif node not in seen:
            see(node)
            if node.op is None:
                done(node)
                continue
            push(node)
            push(None)
            if node.__class__ is number:  # as below, without making the tuple of inputs
                right, left = node.right, node.left  # type: ignore[attr-defined]
                if isinstance(right, Node):
                    push(right)
                if isinstance(left, Node):
                    push(left)
            else:
                for x in reversed(node.inputs):
                    if isinstance(x, Node):
                        push(x)
    return nodes


def pullback(
    nodes: list[Node], seed: Any, within: set[Node] | None = None, create_graph: bool = False
) -> dict[Node, Any]:
    """Send ``seed``, the gradient of the last of ``nodes``, back to all of them.

    ``nodes`` is what `order` gives. The result has the gradient of each node that ``seed`` reaches, or only of
    those ``within`` a set such as `depending_on` gives. With ``create_graph`` the rules run on the nodes
    themselves, so the gradients are nodes.

    Raises: StaleGraphError if a saved array was overwritten since the forward pass.

    From: the chain rule in reverse, "Module 02: Backpropagation and Gradient Descent", part 4.
    """
    anomaly = current_mode().anomaly
    grads: dict[Node, Any] = {nodes[-1]: seed}
    get = grads.get
    for node in reversed(nodes):
        op, g = node.op, get(node)
        if op is None or g is None:
            continue
        saved = node.saved_nodes() if create_graph else node.saved
        arrays = node.is_array and not create_graph
        slot = 0
        for x, rule in zip(node.inputs, op.vjps, strict=False):
            slot += 1
            if not isinstance(x, Node):
                continue
            if not create_graph and x._raw is not saved[slot]:
                check_fresh(x, saved[slot], op)
            if rule is None or (within is not None and x not in within):
                continue
            c = rule(g, *saved) if arrays or create_graph else on_numbers(rule, g, saved)
            if c.__class__ is not float or x.is_array:
                c = x.fit(c)
                if c.__class__ is np.ndarray and (c is g or c.base is not None):
                    c = c.copy()  # every gradient owns its memory
            if anomaly:
                _check_finite(c, g, node, x)
            h = get(x)
            grads[x] = c if h is None else h + c
    return grads


def check_fresh(x: Node, data: Any, op: Op | None) -> None:
    """Raise StaleGraphError if ``data``, which ``op`` saved of ``x``, was overwritten in place since."""
    if x.is_array and not data.flags.writeable:
        raise StaleGraphError(
            f"{describe(x)}, an operand of {op}, was updated in place after the forward pass; call backward() before "
            f"the update, or run the forward pass again"
        )


def backward_numbers(nodes: list[Any], seed: float) -> None:  # noqa: C901, PLR0912, PLR0915 (a loop unrolled)
    """What `pullback` and `store_grads` do, for a graph of Values alone.

    Written out for ops of two operands, and the gradients of inner nodes are kept in the nodes: on a graph of
    65,000 numbers that halves the time. The gradients of leaves are kept apart until all is done.
    """
    number = Node.kinds["number"]
    leaves: dict[Any, Any] = {}
    for node in nodes:
        if node.op is None:
            leaves[node] = None
        else:
            node.grad = None
    if node.op is None:
        leaves[node] = seed
    else:
        node.grad = seed
    for node in reversed(nodes):
        op = node.op
        if op is None:
            continue
        g = node.grad
        if g is None:  # only rules without a gradient lead here: floor, step, a comparison
            g = node.grad = 0.0
        if op.two_numbers:
            left, right = node.left, node.right
            y, a, b = node._raw, node.left_data, node.right_data
            first, second = op.vjps
            try:
                c = first(g, y, a, b) if left.__class__ is number else None
                d = second(g, y, a, b) if right.__class__ is number else None
            except ArithmeticError:
                c, d = on_numbers(first, g, (y, a, b)), on_numbers(second, g, (y, a, b))
            if left.__class__ is number:
                if left.op is None:
                    h = leaves[left]
                    leaves[left] = c if h is None else h + c
                else:
                    h = left.grad
                    left.grad = c if h is None else h + c
            if right.__class__ is number:
                if right.op is None:
                    h = leaves[right]
                    leaves[right] = d if h is None else h + d
                else:
                    h = right.grad
                    right.grad = d if h is None else h + d
            continue
        saved = node.saved
        for x, rule in zip(node.inputs, op.vjps, strict=True):
            if x.__class__ is number and rule is not None:
                c = on_numbers(rule, g, saved)
                if x.op is None:
                    h = leaves[x]
                    leaves[x] = c if h is None else h + c
                else:
                    h = x.grad
                    x.grad = c if h is None else h + c
    for leaf, g in leaves.items():
        leaf.grad = (0.0 if g is None else g) if leaf.grad is None else leaf.grad + (g or 0.0)


def store_grads(nodes: list[Node], grads: dict[Node, Any]) -> None:
    """Leaves accumulate, all others are set afresh."""
    for node in nodes:
        g = grads.get(node)
        if g is None:  # only rules without a gradient lead here: floor, step, a comparison
            g = node.fit(0.0)
        if node.op is not None:
            node.grad = g.detach().data if isinstance(g, Node) else g
        else:
            node.grad = g if node.grad is None else node.grad + g


def on_numbers(rule: Callable[..., Any], g: Any, saved: tuple[Any, ...]) -> Any:
    """The rule on Python floats; where they raise and NumPy's do not (1 / 0), on NumPy's."""
    try:
        return rule(g, *saved)
    except (ArithmeticError, ValueError):
        return float(rule(np.float64(g), *(np.float64(x) if x.__class__ is float else x for x in saved)))


def depending_on(sources: set[Node], nodes: list[Node]) -> set[Node]:
    """Those of ``nodes`` (inputs first) that are in ``sources`` or computed from them."""
    found = set(sources)
    for node in nodes:
        if node.op is not None and node not in found:
            for x in node.inputs:
                if isinstance(x, Node) and x in found:
                    found.add(node)
                    break
    return found


def _check_finite(contribution: Any, g: Any, node: Node, x: Node) -> None:
    if all_finite(contribution) or not all_finite(g, *node.saved):
        return
    source = node.note.source if node.note and node.note.source else "a line recorded outside detect_anomaly()"
    raise AnomalyError(
        f"backward through {node.op}: the gradient of {describe(x)} became {show(contribution)} at {source}"
    )


# Text for messages -------------------------------------------------------------------------------------------


def plain(x: Any) -> Any:
    """The plain number or array of a node; anything else as it is."""
    if isinstance(x, Node):
        if not x.is_array:
            refuse_while_tracing("a plain number", "stay with Values and the functions of ops")
        return x._raw
    return x


def all_finite(*data: Any) -> bool:
    return all(np.isfinite(plain(x)).all() for x in data if isinstance(x, (Node, float, int, np.ndarray, np.generic)))


def show(x: Any) -> str:
    """A number as it is, an array by its shape and the values that matter."""
    data = np.asarray(plain(x))
    if data.ndim == 0:
        return f"{data}"
    bad = data[~np.isfinite(data)]
    if bad.size == 0:
        return f"{data.shape}"
    return f"{data.shape} with {bad.size} of {data.size} values not finite, {bad[0]} first"


def describe(x: Any) -> str:
    """An operand in a message: ``W1 (784, 256)``, ``Value(2.0)``, ``array (3,)``, ``2``."""
    if isinstance(x, Node):
        if not x.is_array:
            return f"{x.name} = {x._raw!r}" if x.name else f"Value({x._raw!r})"
        return f"{x.name or type(x).__name__} {x._raw.shape}"
    return f"array {x.shape}" if isinstance(x, np.ndarray) else repr(x)
