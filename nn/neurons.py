"""Networks of single numbers: Neuron, Layer and MLP made of Values, as in micrograd. May import module.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Value
from nn.activations import activation_named
from nn.module import Module

__all__ = ["Layer", "MLP", "Neuron"]


class Neuron(Module):
    """``activation(w . x + b)`` of ``n_inputs`` numbers; weights uniform in (-1, 1), bias 0.

    ``nonlin=False`` is micrograd's spelling of ``activation="linear"``.

    Raises: ValueError for an input of another length.

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
        rng: np.random.Generator | None = None,
    ) -> None:
        rng = rng or np.random.default_rng()
        self.w = [Value(w, name=f"w{i}") for i, w in enumerate(rng.uniform(-1, 1, n_inputs))]
        self.b = Value(0.0, name="b")
        self.activation = activation if nonlin else "linear"
        self.activate = activation_named(self.activation)

    def __call__(self, x: Sequence[Any]) -> Any:
        """The output, a Value, for ``n_inputs`` numbers or Values."""
        if len(x) != len(self.w):
            raise ValueError(f"{self} takes {len(self.w)} inputs, one sample at a time, but x has {len(x)}")
        return self.activate(sum((w * x for w, x in zip(self.w, x, strict=True)), self.b))

    def __repr__(self) -> str:
        return f"{self.activation.capitalize()}Neuron({len(self.w)})"


class Layer(Module):
    """``n_outputs`` neurons that see the same inputs. One neuron gives a Value, several give a list.

    >>> Layer(2, 3, rng=np.random.default_rng(0))
    Layer of [ReluNeuron(2), ReluNeuron(2), ReluNeuron(2)]
    """

    def __init__(self, n_inputs: int, n_outputs: int, **options: Any) -> None:
        rng = options.pop("rng", None) or np.random.default_rng()
        self.neurons = [Neuron(n_inputs, rng=rng, **options) for _ in range(n_outputs)]

    def __call__(self, x: Sequence[Any]) -> Any:
        """The outputs of all neurons."""
        outputs = [neuron(x) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(str, self.neurons))}]"


class MLP(Module):
    """A multi-layer perceptron of Values. Hidden layers have the activation, the last layer is linear.

    Raises: ValueError for an unknown activation, or an input of another length.

    From: micrograd's MLP; "Multi-Layer Perceptron (1 Hidden Layer)", step 4.

    >>> mlp = MLP(2, [16, 16, 1], rng=np.random.default_rng(0))
    >>> len(mlp.parameters())
    337
    """

    def __init__(
        self,
        n_inputs: int,
        n_outputs: Sequence[int],
        activation: str = "relu",
        rng: np.random.Generator | None = None,
    ) -> None:
        if not isinstance(n_outputs, Sequence):
            raise TypeError(
                f"MLP({n_inputs}, {n_outputs!r}): the sizes of the layers are a list, as in MLP(2, [16, 16, 1])"
            )
        rng = rng or np.random.default_rng()
        sizes = [n_inputs, *n_outputs]
        last = len(n_outputs) - 1
        self.layers = [
            Layer(sizes[i], sizes[i + 1], activation=activation, nonlin=i != last, rng=rng)
            for i in range(len(n_outputs))
        ]

    def __call__(self, x: Sequence[Any]) -> Any:
        """The output for one sample: a Value, or a list of them if the last layer has several neurons."""
        for layer in self.layers:
            x = layer(x if isinstance(x, (list, tuple, np.ndarray)) else [x])
        return x

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"
