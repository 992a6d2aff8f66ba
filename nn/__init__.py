"""Neural networks on autograd, in two tiers: neurons made of Values, and layers on Tensors.

    >>> import nn
    >>> scalar = nn.MLP(2, [16, 16, 1])
    >>> matrix = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))

Losses, optimisers and data sets serve both. Read module.py first.
"""

from autograd import Parameter
from nn import activations, data, init, losses, metrics, optim, plot, saving, schedules, train
from nn.layers import (
    ELU,
    GELU,
    Activation,
    Dropout,
    Embedding,
    Flatten,
    LeakyReLU,
    Linear,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)  # fmt: skip
from nn.module import Module, StateError
from nn.neurons import MLP, Layer, Neuron
from nn.normalisation import BatchNorm, LayerNorm
from nn.summary import summary_of

__all__ = [
    "Activation", "BatchNorm", "Dropout", "ELU", "Embedding", "Flatten", "GELU", "Layer", "LayerNorm", "LeakyReLU",
    "Linear", "MLP", "Module", "Neuron", "Parameter", "ReLU", "Residual", "Sequential", "Sigmoid", "Softmax",
    "Softplus", "StateError", "Tanh", "activations", "data", "init", "losses", "metrics", "optim", "plot",
    "saving", "schedules", "summary_of", "train",
]  # fmt: skip
