"""Layers on Tensors: rows are samples, ``X (n, d_in) @ W (d_in, d_out) + b (d_out,)``. May import module.py.

Those without weights take a list of Values too, so that they stand between layers of neurons as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np

from autograd import Node, Parameter, ops
from autograd.errors import ShapeError
from autograd.node import plain
from nn.activations import softmax
from nn.init import Initialiser, initialiser_named, random_generator
from nn.module import Module, module_of

__all__ = [
    "Activation", "Dropout", "ELU", "Embedding", "Flatten", "GELU", "LeakyReLU", "Linear", "ReLU", "Residual",
    "Sequential", "Sigmoid", "Softmax", "Softplus", "Tanh",
]  # fmt: skip


class Linear(Module):
    """``X @ W + b``. The weights come from ``init``, an initialiser or its name; the biases are zeros.

    He's initial weights, the default, are normal with standard deviation sqrt(2 / d_in).

    Shapes: X (n, d_in) or (d_in,), W (d_in, d_out), b (d_out,); the output is (n, d_out) or (d_out,).

    Raises: ShapeError if the last axis of X is not d_in, or if ``init`` gives weights of another shape.

    From: "Multi-Layer Perceptron (1 Hidden Layer)", step 4.

    >>> layer = Linear(3, 2, rng=np.random.default_rng(0))
    >>> layer(np.ones((5, 3))).shape
    (5, 2)
    """

    def __init__(
        self,
        d_in: int,
        d_out: int,
        rng: np.random.Generator | np.random.RandomState | None = None,
        dtype: Any = np.float64,
        init: str | Initialiser = "he",
    ) -> None:
        draw = initialiser_named(init) if isinstance(init, str) else init
        weights = draw((d_in, d_out), random_generator(rng))
        if np.shape(weights) != (d_in, d_out):
            raise ShapeError(f"init={init!r} gave weights of shape {np.shape(weights)}, asked for {(d_in, d_out)}")
        self.W = Parameter(weights, name="W", dtype=dtype)  # (d_in, d_out)
        self.b = Parameter(np.zeros(d_out), name="b", dtype=dtype)  # (d_out,)

    def __call__(self, x: Any) -> Any:
        """The output for a batch of rows, or for one row."""
        x = x if isinstance(x, (Node, np.ndarray)) else np.asarray(x)
        if not (isinstance(self.W, Node) and isinstance(self.b, Node)):
            raise TypeError(f"W or b of {self} is a plain array, which no training changes; set layer.W.data = array")
        if x.shape[-1:] != self.W.shape[:1]:
            raise ShapeError(f"{self} takes rows of {self.W.shape[0]} numbers, but x has shape {x.shape}")
        return ops.affine(x, self.W, self.b)

    def sample_shape(self) -> tuple[int, ...] | None:
        """``(d_in,)``."""
        return self.W.shape[:1]

    def __repr__(self) -> str:
        return f"Linear({self.W.shape[0]}, {self.W.shape[1]})"


def _values_or_array(x: Any) -> Any:
    """A list of Values as it is, any other list as an array."""
    if isinstance(x, (list, tuple)) and not any(isinstance(z, Node) for z in x):
        return np.asarray(x)
    return x


def _shape(x: Any) -> tuple[int, ...]:
    return (len(x),) if isinstance(x, (list, tuple)) else np.shape(plain(x))


# Activations -----------------------------------------------------------------------------------------------


class Activation(Module):
    """A function, entry by entry, as a layer: abstract, subclasses say which. A list of Values gives a list.

    Shapes: the output has the input's.
    """

    function: ClassVar[Callable[..., Any]]
    options: tuple[float, ...] = ()

    def __call__(self, x: Any) -> Any:
        """The same shape."""
        x = _values_or_array(x)
        if isinstance(x, (list, tuple)):
            return [type(self).function(z, *self.options) for z in x]
        return type(self).function(x, *self.options)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(str, self.options))})"


class ReLU(Activation):
    """``max(0, x)``; its derivative at 0 is 0.

    From: "Chapter 3: Neural Networks", part 5.

    >>> from autograd import Tensor
    >>> ReLU()(Tensor([-1.0, 2.0]))
    Tensor([0., 2.])
    """

    function = ops.relu


class LeakyReLU(Activation):
    """``x`` where x > 0, else ``slope * x``.

    From: Maas, Hannun, Ng (2013), Rectifier Nonlinearities Improve Neural Network Acoustic Models.

    >>> from autograd import Tensor
    >>> LeakyReLU(0.1)(Tensor([-1.0, 2.0]))
    Tensor([-0.1, 2. ])
    """

    function = ops.leaky_relu

    def __init__(self, slope: float = 0.01) -> None:
        self.options = (float(slope),)  # a np.float64 would make float32 arrays float64


class ELU(Activation):
    """``x`` where x > 0, else ``alpha * (exp(x) - 1)``.

    From: Clevert, Unterthiner, Hochreiter (2015), Fast and Accurate Deep Network Learning by Exponential Linear Units.

    >>> from autograd import Tensor
    >>> ELU()(Tensor([-1.0, 2.0]))
    Tensor([-0.632, 2. ])
    """

    function = ops.elu

    def __init__(self, alpha: float = 1.0) -> None:
        self.options = (float(alpha),)


class GELU(Activation):
    """``x`` times the normal distribution function of x, exact.

    From: Hendrycks, Gimpel (2016), Gaussian Error Linear Units.

    >>> from autograd import Tensor
    >>> GELU()(Tensor([0.0, 1.0]))
    Tensor([0. , 0.841])
    """

    function = ops.gelu


class Softplus(Activation):
    """``log(1 + exp(x))``, a smooth ReLU; stable for any x.

    >>> from autograd import Tensor
    >>> Softplus()(Tensor([0.0]))
    Tensor([0.693])
    """

    function = ops.softplus


class Sigmoid(Activation):
    """``1 / (1 + exp(-x))``; stable for any x.

    From: "Multi-Layer Perceptron (1 Hidden Layer)", step 1.

    >>> from autograd import Tensor
    >>> Sigmoid()(Tensor([0.0]))
    Tensor([0.5])
    """

    function = ops.sigmoid


class Tanh(Activation):
    """The hyperbolic tangent.

    From: "Chapter 3: Neural Networks", part 5.

    >>> from autograd import Tensor
    >>> Tanh()(Tensor([0.0]))
    Tensor([0.])
    """

    function = ops.tanh


class Softmax(Activation):
    """``exp(x) / sum(exp(x))`` along the last axis: rows of probabilities. A loss of logits needs none before it.

    From: "Chapter 3: Neural Networks", part 5; "Neural Networks Solutions - Module 6", exercise 2.4.

    >>> from autograd import Tensor
    >>> Softmax()(Tensor([0.0, 0.0]))
    Tensor([0.5, 0.5])
    """

    function = softmax

    def __call__(self, x: Any) -> Any:
        """The same shape."""
        return softmax(_values_or_array(x))


ACTIVATION_LAYERS: dict[str, type[Activation]] = {
    "elu": ELU,
    "gelu": GELU,
    "leaky_relu": LeakyReLU,
    "relu": ReLU,
    "sigmoid": Sigmoid,
    "softmax": Softmax,
    "softplus": Softplus,
    "tanh": Tanh,
}

# Containers ------------------------------------------------------------------------------------------------


class Sequential(Module):
    """Modules one after another; functions of one argument may stand among them, vectorized ones too.

    Raises: TypeError for what cannot be called, such as a list of modules, and for a class in place of a layer.

    >>> model = Sequential(Linear(2, 16), ReLU(), Linear(16, 1))
    >>> model(np.ones((4, 2))).shape
    (4, 1)
    """

    def __init__(self, *modules: Any) -> None:
        for module in modules:
            if isinstance(module, type) or not callable(module):
                raise TypeError(
                    f"Sequential: {module!r:.60} is no layer; write Sequential(Linear(2, 16), ReLU(), ...), and "
                    f"Sequential(*layers) for a list"
                )
        self.steps = [module_of(module) for module in modules]

    def __call__(self, x: Any) -> Any:
        """The output of the last module."""
        for module in self.steps:
            x = module(x)
        return x

    def stages(self) -> list[Any]:
        """Its modules."""
        return self.steps

    def part_labels(self) -> Iterator[tuple[Module, str]]:
        """``0: Linear(2, 16)``."""
        for i, part in enumerate(self.steps):
            if isinstance(part, Module):
                yield part, f"{i}: {part.title()}"

    def __getitem__(self, i: int) -> Any:
        return self.steps[i]

    def __len__(self) -> int:
        return len(self.steps)

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(str, self.steps))})"


class Residual(Module):
    """``x + module(x)``: gradients find a way around the module. Arrays, or lists of Values.

    Shapes: the module's output has the shape of x.

    Raises: ShapeError if it has another.

    From: He, Zhang, Ren, Sun (2015), Deep Residual Learning; a remedy in "Neural Networks Solutions - Module 6",
    exercise 6.1.

    >>> block = Residual(Sequential(Linear(3, 3, init="zeros"), ReLU()))
    >>> block(np.ones((2, 3))).data
    array([[1., 1., 1.],
           [1., 1., 1.]])
    """

    def __init__(self, module: Callable[[Any], Any]) -> None:
        self.module = module

    def __call__(self, x: Any) -> Any:
        """``x`` plus what the module makes of it."""
        x = _values_or_array(x)
        y = self.module(x)
        before, after = _shape(x), _shape(y)
        if before == (1,) and after == ():  # a layer of one neuron gives no list
            return x[0] + y
        if before != after:
            raise ShapeError(
                f"{self} adds x of shape {before} and module(x) of shape {after}; give the module as many outputs as "
                f"inputs"
            )
        return [a + b for a, b in zip(x, y, strict=True)] if isinstance(y, (list, tuple)) else x + y

    def stages(self) -> list[Any]:
        """The module that is gone around."""
        return [self.module]

    def __repr__(self) -> str:
        return f"Residual({self.module})"


# Layers that move, drop or look up ---------------------------------------------------------------------------


class Flatten(Module):
    """Each sample as one row.

    Shapes: (n, ...) gives (n, product of the others).

    >>> Flatten()(np.ones((5, 28, 28))).shape
    (5, 784)
    """

    def __call__(self, x: Any) -> Any:
        """The first axis stays."""
        x = _values_or_array(x)
        shape = _shape(x)
        if not shape:
            raise ShapeError(f"Flatten() keeps the first axis, but x is one number: {x}")
        return ops.reshape(x, (shape[0], math.prod(shape[1:])))


class Embedding(Module):
    """A row of ``W`` for each id from 0 to n - 1; a gradient goes to the rows that were looked up.

    The rows begin as draws from the normal distribution with standard deviation 1.

    Shapes: W (n, d), ids any shape; the output is (*ids.shape, d).

    Raises: TypeError for ids that are no integers, IndexError for ids outside of 0 ... n - 1.

    >>> Embedding(10, 3)(np.array([[1, 2], [1, 1]])).shape
    (2, 2, 3)
    """

    def __init__(
        self,
        n: int,
        d: int,
        rng: np.random.Generator | np.random.RandomState | None = None,
        dtype: Any = np.float64,
    ) -> None:
        self.W = Parameter(random_generator(rng).normal(0.0, 1.0, (n, d)), name="W", dtype=dtype)  # (n, d)

    def __call__(self, ids: Any) -> Any:
        """The rows at these ids."""
        if isinstance(ids, Node) or (ids := np.asarray(ids)).dtype.kind not in "iu":
            what = f"of {ids.dtype}" if _shape(ids) else repr(ids)
            raise TypeError(f"{self} looks up integer ids, and these are {what}")
        if ids.size and not (ids.min() >= 0 and ids.max() < self.W.shape[0]):
            raise IndexError(f"{self} has rows 0 to {self.W.shape[0] - 1}; the ids run from {ids.min()} to {ids.max()}")
        return self.W[ids]

    def __repr__(self) -> str:
        return f"Embedding({self.W.shape[0]}, {self.W.shape[1]})"


class Dropout(Module):
    """In training, each entry is 0 with probability ``p``, and else divided by 1 - p ("inverted"): the mean stays.

    In evaluation mode it does nothing. An entry is kept where ``rng.random(x.shape) > p``; the mask is a constant of
    the graph, so gradients pass where entries passed. Arrays, or lists of Values.

    Raises: ValueError for ``p`` outside of [0, 1).

    From: "Neural Networks Solutions - Module 6", challenge 1; Srivastava et al. (2014), Dropout.

    >>> drop = Dropout(0.5, rng=np.random.default_rng(0))
    >>> drop(np.ones(5))
    array([2., 0., 0., 0., 2.])
    >>> drop.eval()(np.ones(5))
    array([1., 1., 1., 1., 1.])
    """

    def __init__(self, p: float = 0.5, rng: np.random.Generator | np.random.RandomState | None = None) -> None:
        if not 0 <= p < 1:
            raise ValueError(f"Dropout({p!r}): p is the probability of dropping an entry, at least 0 and less than 1")
        self.p = float(p)
        self.rng = random_generator(rng)

    def __call__(self, x: Any) -> Any:
        """The same shape."""
        if not self.training or self.p == 0:
            return x
        x = _values_or_array(x)
        kept = np.asarray(self.rng.random(_shape(x)) > self.p)
        if isinstance(x, (list, tuple)):
            return [z * (float(keep) / (1 - self.p)) for z, keep in zip(x, kept, strict=True)]
        data = plain(x)
        return x * (kept.astype(data.dtype if isinstance(data, np.ndarray) else float) / (1 - self.p))

    def __repr__(self) -> str:
        return f"Dropout({self.p})"
