"""Neural networks on autograd, in two tiers: neurons made of Values, and layers on Tensors.

    >>> import nn
    >>> scalar = nn.MLP(2, [16, 16, 1])
    >>> matrix = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))

Losses, optimisers and data sets serve both. Read module.py first.
"""

from autograd import Parameter
from nn import activations, data, losses, optim
from nn.layers import Linear, ReLU, Sequential, Sigmoid, Tanh
from nn.module import Module
from nn.neurons import MLP, Layer, Neuron

__all__ = [
    "Layer", "Linear", "MLP", "Module", "Neuron", "Parameter", "ReLU", "Sequential", "Sigmoid", "Tanh", "activations",
    "data", "losses", "optim",
]  # fmt: skip
