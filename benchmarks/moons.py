"""The scalar two-moons training step: 100 points, MLP(2, [16, 16, 1]), hinge loss and L2, a Value per number.

This is the training step of micrograd's demonstration: all points each step; forward, zero_grad, backward,
update by `p.data -= lr * p.grad`. In micrograd's count it is 65,818 nodes. micrograd and this library run
the very same program; only the import differs. Inputs are Python floats, which is also what suits micrograd
best (NumPy's float64 scalars would slow its arithmetic down). The hand-written NumPy step is the floor:
what the same mathematics costs without any graph. `vectorize` makes array code out of the neurons, twice: of
the network, whose scores for all points the same program then uses, and of the whole loss of a point, for
`train_step`. The collector is measured on and off because micrograd's nodes are reference cycles and ours are
not.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.harness import BENCH, OURS, Benchmark, Engine, Measurement, Settings, time_training

LAYERS = (16, 16, 1)
POINTS = 100
LEARNING_RATE = 0.1
DECAY = 1e-4
STEPS_CHECKED = 3


def two_moons() -> tuple[np.ndarray, np.ndarray]:
    """Two interleaving half circles with noise, labels -1 and +1.

    Shapes: X (100, 2), y (100,).
    """
    rng = np.random.default_rng(0)
    angle = np.linspace(0.0, np.pi, POINTS // 2)
    outer = np.column_stack([np.cos(angle), np.sin(angle)])
    inner = np.column_stack([1.0 - np.cos(angle), 0.5 - np.sin(angle)])
    X = np.concatenate([outer, inner]) + rng.normal(scale=0.1, size=(POINTS, 2))
    y = np.repeat([-1.0, 1.0], POINTS // 2)
    return X, y


def initial_weights() -> list[list[np.ndarray]]:
    """One [W, b] per layer, the same for every engine.

    Shapes: W (d_in, d_out), b (d_out,).
    """
    rng = np.random.default_rng(1)
    sizes = (2, *LAYERS)
    return [[rng.uniform(-1.0, 1.0, (d_in, d_out)), np.zeros(d_out)] for d_in, d_out in pairwise(sizes)]


def in_neuron_order(weights: list[list[np.ndarray]]) -> list[float]:
    """The numbers as a network of neurons lists them: neuron by neuron, its weights and then its bias."""
    return [float(v) for W, b in weights for j in range(len(b)) for v in [*W[:, j], b[j]]]


def network(MLP: Any) -> Any:
    """The network of neurons with the initial weights; `MLP` is the imported class."""
    model = MLP(2, list(LAYERS))
    for parameter, number in zip(model.parameters(), in_neuron_order(initial_weights()), strict=True):
        parameter.data = number
    return model


def scalar_step(Value: Any, MLP: Any) -> Callable[[], float]:
    """The program that micrograd and this library share; `Value` and `MLP` are the imported classes."""
    X, y = two_moons()
    rows, labels = X.tolist(), y.tolist()
    model = network(MLP)

    def step() -> float:
        inputs = [list(map(Value, row)) for row in rows]
        scores = list(map(model, inputs))
        losses = [(1 + -label * score).relu() for label, score in zip(labels, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        loss = data_loss + DECAY * sum(p * p for p in model.parameters())
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= LEARNING_RATE * p.grad
        return float(loss.data)

    return step


def descend(parameter: np.ndarray, gradient: np.ndarray) -> None:
    """One step downhill, in place."""
    parameter -= LEARNING_RATE * gradient


def numpy_step() -> Callable[[], float]:
    """The same step as matrix code with the gradients derived by hand."""
    X, y = two_moons()
    (W1, b1), (W2, b2), (W3, b3) = weights = initial_weights()
    parameters = [p for layer in weights for p in layer]
    target = y[:, None]  # (n, 1)

    def step() -> float:
        A1 = np.maximum(X @ W1 + b1, 0.0)  # (n, 16)
        A2 = np.maximum(A1 @ W2 + b2, 0.0)  # (n, 16)
        margin = 1.0 - target * (A2 @ W3 + b3)  # (n, 1)
        loss = np.maximum(margin, 0.0).mean() + DECAY * sum(np.sum(p * p) for p in parameters)
        delta3 = np.where(margin > 0.0, -target / POINTS, 0.0)  # (n, 1)
        delta2 = (delta3 @ W3.T) * (A2 > 0.0)  # (n, 16)
        delta1 = (delta2 @ W2.T) * (A1 > 0.0)  # (n, 16)
        gradients = [X.T @ delta1, delta1.sum(0), A1.T @ delta2, delta2.sum(0), A2.T @ delta3, delta3.sum(0)]
        for p, gradient in zip(parameters, gradients, strict=True):
            descend(p, gradient + 2.0 * DECAY * p)
        return float(loss)

    return step


def run_micrograd(settings: Settings) -> Measurement:
    """Time micrograd's own engine and network."""
    from micrograd.engine import Value
    from micrograd.nn import MLP

    return time_training(scalar_step(Value, MLP), settings, STEPS_CHECKED, repeats=3 if settings.quick else 7)


def run_ours(settings: Settings) -> Measurement:
    """Time this library: the same program, other import."""
    from autograd import Value
    from nn import MLP

    return time_training(scalar_step(Value, MLP), settings, STEPS_CHECKED, repeats=5 if settings.quick else 15)


def vectorized_step() -> Callable[[], float]:
    """`scalar_step` with the network vectorized: points become rows, parameters blocks, the program stays."""
    import nn

    X, y = two_moons()
    model = network(nn.MLP).vectorize()
    optimiser = nn.optim.SGD(model.parameters(), lr=LEARNING_RATE)

    def step() -> float:
        losses = (1 + -y * model(X)).relu()
        loss = losses.mean() + DECAY * sum((p * p).sum() for p in model.parameters())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return float(loss.data)

    return step


def run_vectorized(settings: Settings) -> Measurement:
    """Time the vectorized network through forward, loss, backward, update."""
    return measure_fast(vectorized_step(), settings)


def train_step() -> Callable[[], float]:
    """The loss of one point, vectorized as a whole, and its step as one program."""
    from autograd import ops, vectorize
    from nn import MLP

    X, y = two_moons()
    model = network(MLP)

    def loss(x: Any, label: Any) -> Any:
        return (1 + -label * model(x)).relu() + DECAY * sum(p * p for p in model.parameters())

    step = vectorize(loss).train_step(ops.mean, LEARNING_RATE)
    return lambda: step(X, y)


def run_train_step(settings: Settings) -> Measurement:
    """Time `train_step`."""
    return measure_fast(train_step(), settings)


def run_numpy(settings: Settings) -> Measurement:
    """Time the floor."""
    return measure_fast(numpy_step(), settings)


def measure_fast(step: Callable[[], float], settings: Settings) -> Measurement:
    """Check and time a step of array code."""
    return time_training(step, settings, STEPS_CHECKED, repeats=100 if settings.quick else 500)


BENCHMARK = Benchmark(
    name="moons",
    title="one training step on two moons, neuron by neuron: 100 points, MLP(2, [16, 16, 1])",
    reference="micrograd",
    engines=(
        Engine("micrograd", BENCH, run_micrograd, ("micrograd",)),
        Engine("handgrad Value", OURS, run_ours),
        Engine("handgrad vectorize", OURS, run_vectorized),
        Engine("handgrad train_step", OURS, run_train_step),
        Engine("NumPy by hand", OURS, run_numpy),
    ),
    checked=f"Losses of the first {STEPS_CHECKED} steps",
    tolerance=1e-9,
    gc_modes=("on", "off"),
)
