"""Tensor: a node that holds one NumPy array.

Its methods mirror ndarray's; NumPy's functions take it as they take an array (numpy_bridge.py).
May import operators.py. Read parameter.py next.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any, Self

import numpy as np

from autograd import ops
from autograd.errors import PerformanceWarning, ShapeError
from autograd.mode import Note, current_mode, only_looked_at
from autograd.node import Node, describe, plain
from autograd.object_loops import entries
from autograd.op import CONSTANT, Op, unmasked
from autograd.operators import Operators, binary, in_place
from autograd.ops import masked
from autograd.ops.joining import stack_nodes

__all__ = ["Tensor"]


class Tensor(Operators, holds="array"):
    """One array that remembers how it was computed.

    ``Tensor(a)`` copies ``a``: float64 by default, a floating dtype is kept, ints and bools become float64.
    Nested lists or an object array of Values and Tensors are stacked into one that keeps their graphs.

    Raises: TypeError for strings, complex numbers and None.

    >>> X = Tensor([[1.0, 2.0], [3.0, 4.0]], name="X")
    >>> (X * X).sum().backward()
    >>> X.grad
    array([[2., 4.],
           [6., 8.]])
    """

    __slots__ = ("exposed", "inputs", "saved")

    inputs: tuple[Any, ...]
    saved: tuple[Any, ...]
    exposed: bool  # has `.data` been handed out? Then the user may write to it, and graphs keep a copy

    def __new__(cls, data: Any = None, name: str | None = None, dtype: Any = None) -> Self:  # noqa: ARG004 (__init__'s)
        if holds_nodes(data):
            stacked = stack_nodes(data) if not isinstance(data, Node) else ops.as_tensor(data)
            return stacked if dtype is None else ops.astype(stacked, dtype)  # type: ignore[no-any-return]
        return object.__new__(cls)

    def __init__(self, data: Any, name: str | None = None, dtype: Any = None) -> None:
        if not holds_nodes(data):
            self._raw = real_array(data, dtype)
            self.op = self.grad = None
            self.inputs = self.saved = ()
            self.exposed = False
            self.note = current_mode().note
        if name is not None:
            self.name = name

    @property
    def data(self) -> np.ndarray:
        """The plain array.

        A leaf's can be set and written to; graphs recorded before keep what they saw. That of a computed Tensor is
        read-only.
        """
        if self.op is not None and self.op is not CONSTANT:
            view = self._raw.view()
            view.flags.writeable = False
            return view  # type: ignore[no-any-return]
        if not self.exposed:
            self._raw = self._raw.copy()
            self.exposed = True
        return self._raw  # type: ignore[no-any-return]

    @data.setter
    def data(self, data: Any) -> None:
        if self.op is not None and self.op is not CONSTANT:
            raise ValueError(
                f"cannot set .data of {describe(self)}: it was computed by {self.op}, and its graph would no longer "
                f"agree with it; set the data of a leaf, or make a new Tensor"
            )
        if holds_nodes(data):
            raise TypeError(f"the .data of {describe(self)} is a plain array; use the .data of the node you assign")
        self._raw = real_array(data, None)
        self.exposed = False

    @classmethod
    def adopt(cls, array: np.ndarray) -> Tensor:
        """A constant that takes ``array`` over instead of copying it; what was a writable array is then read-only.

        For an array made for this purpose, such as a batch of samples. A view is copied, as someone may hold its base.

        >>> batch = np.ones((2, 3))
        >>> Tensor.adopt(batch).shape, batch.flags.writeable
        ((2, 3), False)
        """
        data = real_array(array, None) if array.base is not None or array.dtype.kind != "f" else array
        data.flags.writeable = False
        return cls.record(CONSTANT, data, (), (), None)

    def operand(self) -> Any:
        return self._raw.copy() if self.exposed else self._raw

    @classmethod
    def record(cls, op: Op, output: Any, inputs: tuple[Any, ...], saved: tuple[Any, ...], note: Note | None) -> Tensor:
        node = object.__new__(Tensor)
        node._raw, node.op, node.grad, node.note = output, op, None, note
        node.inputs, node.saved, node.exposed = inputs, saved, False
        return node

    def fit(self, cotangent: Any) -> Any:
        data = self._raw
        if cotangent.__class__ is not np.ndarray:
            if isinstance(cotangent, Node):
                return self._fit_node(cotangent)
            cotangent = np.asarray(cotangent)
        if cotangent.shape != data.shape:
            if cotangent.shape[1:] == data.shape:  # a bias under a batch, the commonest
                cotangent = np.add.reduce(cotangent, 0)
            elif cotangent.ndim > data.ndim or np.broadcast_shapes(cotangent.shape, data.shape) != data.shape:
                cotangent = np.asarray(ops.sum_to.forward(cotangent, data.shape))
            else:
                spread = np.empty_like(data)
                spread[...] = cotangent
                return spread
        return cotangent if cotangent.dtype is data.dtype else cotangent.astype(data.dtype, copy=False)

    def _fit_node(self, cotangent: Any) -> Any:
        shape = self._raw.shape
        if not cotangent.is_array:
            cotangent = ops.as_tensor(cotangent)
        if cotangent.shape != shape:
            smaller = np.broadcast_shapes(cotangent.shape, shape) == shape
            cotangent = ops.broadcast_to(cotangent, shape) if smaller else ops.sum_to(cotangent, shape)
        return cotangent if cotangent.dtype == self.dtype else ops.astype(cotangent, self.dtype)

    def seed(self, grad: Any) -> Any:
        if grad is None:
            if self._raw.size != 1:
                raise ShapeError(
                    f"backward() of {describe(self)} needs one number to start from: take .sum() or .mean() of it, or "
                    f"give the gradient of each entry as backward(grad) of shape {self.shape}"
                )
            return np.full(self._raw.shape, 1.0, self._raw.dtype)
        shape = grad.shape if isinstance(grad, Node) else np.shape(grad)
        if shape != self.shape:
            raise ShapeError(f"backward(grad) of {describe(self)}: the grad has shape {shape}, not {self.shape}")
        return grad if isinstance(grad, Node) else np.array(grad, dtype=self.dtype)

    def still_holds(self, data: Any) -> bool:
        return self._raw is data or np.array_equal(self._raw, data, equal_nan=True)

    def update(self, ufunc: Any, other: Any) -> None:
        array = self._writable()
        try:
            if ufunc is np.positive:
                array[...] = other
            else:
                ufunc(array, other, out=array, casting="same_kind")
        except (ValueError, TypeError) as error:
            raise ShapeError(
                f"{describe(self)} cannot be updated in place by {ufunc.__name__} with shape {np.shape(other)}: {error}"
            ) from error

    def _writable(self) -> Any:
        """The array to write to. Graphs that saved the one before find it read-only, and so know."""
        if not self.exposed:
            array = self._raw.view()
            self._raw.flags.writeable = False
            self._raw = array
        return self._raw

    def must_update_in_place(self, what: str) -> None:
        """Raise TypeError unless this is a Parameter, or a leaf inside no_grad()."""
        if not self.updates_in_place():
            raise TypeError(
                f"{what} of {describe(self)}: only a Parameter is updated in place, or a leaf inside no_grad(); "
                f"t.at[i].set(v) and t.at[i].add(v) give a new Tensor and record it"
            )

    @classmethod
    def rebuild(cls, op: Op | None, inputs: tuple[Any, ...], state: tuple[Any, ...]) -> Self:
        data, grad, note, saved = state
        node = object.__new__(cls)
        node._raw, node.op, node.grad, node.note = data, op, grad, note
        node.inputs, node.saved, node.exposed = inputs, saved, False
        return node

    def __copy__(self) -> Self:
        data = self._raw.copy() if self.is_leaf or self.is_constant else self._raw
        return self.rebuild(self.op, self.inputs, (data, self.grad, self.note, self.saved))

    # What ndarray has --------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return self._raw.shape  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._raw.ndim  # type: ignore[no-any-return]

    @property
    def size(self) -> int:
        """The number of entries."""
        return self._raw.size  # type: ignore[no-any-return]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The floating type of the entries."""
        return self._raw.dtype  # type: ignore[no-any-return]

    @property
    def T(self) -> Tensor:
        """The axes in reverse: rows for columns."""
        return ops.transpose(self)  # type: ignore[no-any-return]

    @property
    def mT(self) -> Tensor:
        """Of each matrix of a stack, rows for columns."""
        return ops.matrix_transpose(self)  # type: ignore[no-any-return]

    @property
    def at(self) -> At:
        """``t.at[i].set(v)`` and ``t.at[i].add(v)``: the Tensor with entries changed, recorded."""
        return At(self)

    __matmul__, __rmatmul__ = binary(ops.matmul)
    __imatmul__ = in_place(__matmul__, np.matmul)

    def __len__(self) -> int:
        return len(self._raw)

    def __iter__(self) -> Iterator[Any]:
        if self.ndim == 0:
            raise TypeError("iteration over a Tensor of no dimensions")
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        return ops.getitem(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        self.must_update_in_place(f"assignment to [{index!r}]")
        value = real_array(plain(value), None)
        self._writable()[index] = value

    def __contains__(self, item: Any) -> bool:
        return plain(item) in self._raw

    def __bool__(self) -> bool:
        return bool(self._raw)

    def __index__(self) -> int:
        if not self.may_become_plain():
            raise self.detach_error("an index")
        return self._raw.__index__()  # type: ignore[no-any-return]

    def reshape(self, *shape: Any, order: str = "C", copy: bool | None = None) -> Any:
        """As ndarray.reshape."""
        return ops.reshape_in_order(self, shape[0] if len(shape) == 1 else shape, order, copy)

    def ravel(self, order: str = "C") -> Any:
        """As ndarray.ravel."""
        return ops.ravel(self, order)

    flatten = ravel

    def transpose(self, *axes: Any) -> Any:
        """As ndarray.transpose."""
        return ops.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    def swapaxes(self, axis1: int, axis2: int) -> Any:
        """As ndarray.swapaxes."""
        return ops.swapaxes(self, axis1, axis2)

    def squeeze(self, axis: Any = None) -> Any:
        """As ndarray.squeeze."""
        return ops.squeeze(self, axis)

    def repeat(self, repeats: Any, axis: int | None = None) -> Any:
        """As ndarray.repeat."""
        return ops.repeat(self, repeats, axis)

    def take(self, indices: Any, axis: int | None = None, mode: str = "raise") -> Any:
        """As ndarray.take."""
        return ops.take(self, indices, axis, mode)

    def compress(self, condition: Any, axis: int | None = None) -> Any:
        """As ndarray.compress."""
        return ops.compress(condition, self, axis)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
        """As ndarray.diagonal."""
        return ops.diagonal(self, offset, axis1, axis2)

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
        """As ndarray.trace."""
        return ops.trace(self, offset, axis1, axis2)

    def dot(self, other: Any) -> Any:
        """As ndarray.dot."""
        return ops.dot(self, other)

    def sum(
        self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None,
        where: Any = True,
    ) -> Any:  # fmt: skip
        """As ndarray.sum."""
        return masked.sum(self, axis, dtype, out, keepdims, initial, where)

    def prod(
        self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None,
        where: Any = True,
    ) -> Any:  # fmt: skip
        """As ndarray.prod."""
        return masked.prod(self, axis, dtype, out, keepdims, initial, where)

    def mean(
        self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True
    ) -> Any:  # fmt: skip
        """As ndarray.mean."""
        return masked.mean(self, axis, dtype, out, keepdims, where=where)

    def var(
        self, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False, **more: Any
    ) -> Any:  # fmt: skip
        """As ndarray.var: ``where``, ``mean`` and ``correction``, too."""
        return masked.var(self, axis, dtype, out, ddof, keepdims, **more)

    def std(
        self, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False, **more: Any
    ) -> Any:  # fmt: skip
        """As ndarray.std: ``where``, ``mean`` and ``correction``, too."""
        return masked.std(self, axis, dtype, out, ddof, keepdims, **more)

    def max(
        self, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
    ) -> Any:  # fmt: skip
        """As ndarray.max."""
        return masked.max(self, axis, out, keepdims, initial, where)

    def min(
        self, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
    ) -> Any:  # fmt: skip
        """As ndarray.min."""
        return masked.min(self, axis, out, keepdims, initial, where)

    def cumsum(self, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
        """As ndarray.cumsum."""
        return ops.cumsum(self, axis, dtype, out)

    def cumprod(self, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
        """As ndarray.cumprod."""
        return ops.cumprod(self, axis, dtype, out)

    def softmax(self, axis: int = -1) -> Any:
        """exp(x) / sum(exp(x)) along an axis, stable."""
        return ops.softmax(self, axis)

    def logsumexp(self, axis: Any = None, keepdims: bool = False) -> Any:
        """log(sum(exp(x))), stable."""
        return ops.logsumexp(self, axis=axis, keepdims=keepdims)

    def argmax(self, axis: int | None = None) -> Any:
        """As ndarray.argmax."""
        return self._raw.argmax(axis)

    def argmin(self, axis: int | None = None) -> Any:
        """As ndarray.argmin."""
        return self._raw.argmin(axis)

    def argsort(self, axis: int = -1) -> Any:
        """As ndarray.argsort."""
        return self._raw.argsort(axis)

    def any(self, axis: Any = None) -> Any:
        """As ndarray.any."""
        return self._raw.any(axis)

    def all(self, axis: Any = None) -> Any:
        """As ndarray.all."""
        return self._raw.all(axis)

    def tolist(self) -> Any:
        """As ndarray.tolist, of a constant."""
        if not self.may_become_plain():
            raise self.detach_error("tolist()")
        return self._raw.tolist()

    def astype(self, dtype: Any) -> Any:
        """In another floating dtype; to ints or bools only from a constant, the gradient would be lost."""
        if np.dtype(dtype).kind != "f":
            if not self.may_become_plain():
                raise self.detach_error(f"astype({np.dtype(dtype).name})")
            return self._raw.astype(dtype)
        return ops.astype(self, dtype)

    def copy(self) -> Any:
        """A node of its own with the same values."""
        return ops.identity(self)

    # Text, and ways out ------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        label = f", name={self.name!r}" if self.name else ""
        text = np.array2string(self._raw, separator=", ", prefix=f"{type(self).__name__}(")
        kind = "" if self.dtype == np.float64 else f", dtype={self.dtype}"
        return f"{type(self).__name__}({text}{kind}{label})"

    def __format__(self, spec: str) -> str:
        return format(self._raw.item() if spec and self.size == 1 else self._raw, spec) if spec else repr(self)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self.may_become_plain() or only_looked_at():
            return np.array(self._raw, dtype=dtype)
        if dtype is not None and np.dtype(dtype) != object:
            raise self.detach_error(f"np.asarray(..., {np.dtype(dtype).name})")
        warnings.warn(
            f"NumPy made an object array of Values out of {describe(self)}, entry by entry: the gradient is kept, but "
            f"slowly; use np.stack, np.concatenate or Tensor([...]) instead",
            PerformanceWarning,
            stacklevel=2,
        )
        return entries(self)


class At:
    """``t.at[i]``: what may be done at an index."""

    __slots__ = ("index", "tensor")

    def __init__(self, tensor: Tensor, index: Any = None) -> None:
        self.tensor, self.index = tensor, index

    def __getitem__(self, index: Any) -> At:
        return At(self.tensor, index)

    def set(self, value: Any) -> Any:
        """The Tensor with ``value`` at the index. Of entries named twice the last one counts.

        >>> Tensor([1.0, 2.0]).at[0].set(5.0)
        Tensor([5., 2.])
        """
        return ops.set_at(self.tensor, value, self.index)

    def add(self, value: Any) -> Any:
        """The Tensor with ``value`` added at the index, as often as the index names an entry.

        >>> Tensor([1.0, 2.0]).at[[0, 0]].add(5.0)
        Tensor([11.,  2.])
        """
        return ops.add_at(self.tensor, value, self.index)


def holds_nodes(data: Any) -> bool:
    if isinstance(data, (list, tuple)):
        return any(map(holds_nodes, data))
    if isinstance(data, np.ndarray) and data.dtype == object:
        return any(isinstance(x, Node) for x in data.flat)
    return isinstance(data, Node)


def real_array(data: Any, dtype: Any) -> np.ndarray:
    """A new array of floats.

    Raises: TypeError for strings, complex numbers, None, ragged lists, and for a dtype of ints, which would cut them.
    """
    if dtype is not None and np.dtype(dtype).kind != "f":
        raise TypeError(f"a Tensor holds floats, not {np.dtype(dtype)}: take float64, float32, or leave dtype out")
    try:
        array = np.array(unmasked(data) if isinstance(data, np.ndarray) else data)
    except ValueError as error:
        raise TypeError(f"a Tensor holds a rectangular array of real numbers: {error}") from None
    if array.dtype.kind not in "fiub":
        what = f"{data!r}, a {type(data).__name__}" if np.ndim(data) == 0 else f"an array of dtype {array.dtype}"
        raise TypeError(f"a Tensor holds real numbers, not {what}")
    return array.astype(dtype or (array.dtype if array.dtype.kind == "f" else np.float64), copy=False)
