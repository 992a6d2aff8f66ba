"""Networks of single numbers: Neuron, Layer and MLP made of Values, as in micrograd. May import layers.py."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

from autograd import Value, vectorize
from autograd.vectorizer import Vectorized
from nn.activations import activation_named, softmax
from nn.init import random_generator
from nn.layers import ACTIVATION_LAYERS, Linear, Sequential
from nn.module import Module

__all__ = ["Layer", "MLP", "Neuron"]


class Neuron(Module):
    """``activation(w . x + b)`` of ``n_inputs`` numbers; weights uniform in (-1, 1), bias 0.

    ``nonlin=False`` is micrograd's spelling of ``activation="linear"``.

    Raises: ValueError for an input of another length or of several samples, and for softmax, which takes a whole layer.

    From: "Chapter 3: Neural Networks", the single neuron.

    >>> neuron = Neuron(2, rng=np.random.default_rng(0))
    >>> neuron([1.0, -1.0])
    Value(data=0.734349947115168, grad=None)
    """

    def __init__(
        self,
        n_inputs: int,
        nonlin: bool = True,
        activation: str = "relu",
        rng: np.random.Generator | np.random.RandomState | None = None,
    ) -> None:
        rng = random_generator(rng)
        self.w = [Value(w, name=f"w{i}") for i, w in enumerate(rng.uniform(-1, 1, n_inputs))]
        self.b = Value(0.0, name="b")
        self.activation = _activation_of(nonlin, activation)
        self.activate = activation_named(self.activation)
        if self.activate is softmax:
            raise ValueError('softmax is of a whole layer: Layer(n_inputs, n_outputs, activation="softmax")')

    def __call__(self, x: Sequence[Any]) -> Any:
        """The output, a Value, for ``n_inputs`` numbers or Values."""
        if len(x) != len(self.w):
            raise ValueError(f"{self} takes {len(self.w)} inputs, one sample at a time, but x has {len(x)}")
        z = sum((w * x for w, x in zip(self.w, x, strict=True)), self.b)
        if z.is_array and z.shape:
            raise ValueError(
                f"{self} takes {len(self.w)} numbers, one sample at a time, but x has shape {np.shape(x)}; "
                f"write [model(row) for row in X]"
            )
        return self.activate(z)

    def sample_shape(self) -> tuple[int, ...] | None:
        """``(n_inputs,)``."""
        return (len(self.w),)

    def __repr__(self) -> str:
        return f"{self.activation.capitalize()}Neuron({len(self.w)})"


class Layer(Module):
    """``n_outputs`` neurons that see the same inputs. One neuron gives a Value, several give a list.

    ``activation="softmax"`` makes the outputs of linear neurons probabilities that add up to 1.

    Raises: ValueError for an unknown activation, an input of another length, or the softmax of one output.

    >>> Layer(2, 3, rng=np.random.default_rng(0))
    Layer of [ReluNeuron(2), ReluNeuron(2), ReluNeuron(2)]
    """

    def __init__(
        self,
        n_inputs: int,
        n_outputs: int,
        nonlin: bool = True,
        activation: str = "relu",
        rng: np.random.Generator | np.random.RandomState | None = None,
    ) -> None:
        rng = random_generator(rng)
        self.activation = _activation_of(nonlin, activation)
        if self.activation == "softmax" and n_outputs == 1:
            raise ValueError("the softmax of one output is always 1; for one probability take sigmoid")
        each = "linear" if self.activation == "softmax" else self.activation
        self.neurons = [Neuron(n_inputs, activation=each, rng=rng) for _ in range(n_outputs)]

    def __call__(self, x: Any) -> Any:
        """The outputs of all neurons, for a sequence of numbers or Values, or for a single one."""
        x = [x] if isinstance(x, (Value, Real)) else x
        outputs = [neuron(x) for neuron in self.neurons]
        if self.activation == "softmax":
            return softmax(outputs)
        return outputs[0] if len(outputs) == 1 else outputs

    def to_tensors(self) -> list[Module]:
        """A Linear with copies of the weights, and the layer of the activation unless that is linear."""
        neurons = self.neurons
        linear = Linear(len(neurons[0].w), len(neurons), init="zeros")
        linear.W.update(np.positive, np.array([[w.data for w in neuron.w] for neuron in neurons]).T)
        linear.b.update(np.positive, np.array([neuron.b.data for neuron in neurons]))
        return [linear] if self.activation == "linear" else [linear, ACTIVATION_LAYERS[self.activation]()]

    def title(self) -> str:
        """What a summary calls it."""
        name = "Layer" if self.activation != "softmax" else "SoftmaxLayer"
        return f"{name} of {len(self.neurons)} {self.neurons[0]}"

    def __repr__(self) -> str:
        name = "Layer" if self.activation != "softmax" else "SoftmaxLayer"
        return f"{name} of [{', '.join(map(str, self.neurons))}]"


class MLP(Module):
    """A multi-layer perceptron of Values. Hidden layers have the activation, the last layer has ``output``.

    Raises: ValueError for an unknown activation, or an input of another length.

    From: micrograd's MLP; "Multi-Layer Perceptron (1 Hidden Layer)", step 4.

    >>> mlp = MLP(2, [16, 16, 1], rng=np.random.default_rng(0))
    >>> len(mlp.parameters())
    337
    >>> classes = MLP(2, [16, 3], activation="tanh", output="softmax")
    >>> round(sum(p.data for p in classes([1.0, -1.0])), 12)
    1.0
    """

    def __init__(
        self,
        n_inputs: int,
        sizes: Sequence[int],
        activation: str = "relu",
        output: str = "linear",
        rng: np.random.Generator | np.random.RandomState | None = None,
    ) -> None:
        if not isinstance(sizes, Sequence):
            raise TypeError(
                f"MLP({n_inputs}, {sizes!r}): the sizes of the layers are a list, as in MLP(2, [16, 16, 1])"
            )
        if not sizes or min(sizes) < 1:
            raise ValueError(f"MLP({n_inputs}, {sizes!r}): there are one or more layers, each of one neuron or more")
        rng = random_generator(rng)
        activations = [*[activation] * (len(sizes) - 1), output]
        inputs = [n_inputs, *sizes]
        self.layers = [Layer(inputs[i], size, activation=activations[i], rng=rng) for i, size in enumerate(sizes)]

    def __call__(self, x: Any) -> Any:
        """The output for one sample: a Value, or a list of them if the last layer has several neurons."""
        for layer in self.layers:
            x = layer(x)
        return x

    def stages(self) -> list[Any]:
        """Its layers."""
        return list(self.layers)

    def to_tensors(self) -> Sequential:
        """The network of arrays with copies of the weights: the same outputs and gradients, many samples at a time.

        Shapes: it takes (n, n_inputs) or (n_inputs,) and gives (n, sizes[-1]) or (sizes[-1],).

        >>> MLP(2, [16, 1], output="sigmoid").to_tensors()
        Sequential(Linear(2, 16), ReLU(), Linear(16, 1), Sigmoid())
        """
        return Sequential(*(part for layer in self.layers for part in layer.to_tensors()))

    def vectorize(self, dtype: Any = np.float64) -> Vectorized:
        """This network as a function of arrays, for many samples at a time: `autograd.vectorize`.

        The weights move into blocks of ``dtype``, and stay in step: the network goes on with what the blocks learn.

        Shapes: it takes (n, n_inputs) and gives (n, sizes[-1]), (n,) for a single output.

        >>> mlp = MLP(2, [16, 1], rng=np.random.default_rng(0))
        >>> fast = mlp.vectorize()
        >>> [block.shape for block in fast.parameters()]
        [(2, 16), (16,), (16,), ()]
        >>> bool(abs(fast(np.ones((5, 2))).data[0] - mlp([1.0, 1.0]).data) < 1e-12)
        True
        """
        fast: Vectorized = vectorize(self, dtype=dtype)
        return fast.trace(np.full((1, len(self.layers[0].neurons[0].w)), 0.5))

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"


def _activation_of(nonlin: Any, activation: str) -> str:
    if isinstance(nonlin, str):  # it comes first, as in micrograd, and would be taken for True
        raise TypeError(f'nonlin is {nonlin!r}, and is True or False; write activation="{nonlin}"')
    return activation if nonlin else "linear"
