"""One SGD step of a 784-256-128-10 ReLU network on a batch of 64, float32: what a graph costs in matrix code.

The floor and reference is the closed form written by hand in NumPy. Ours runs twice: as an `nn.Sequential`
with `nn.optim.SGD`, and as a function of plain arrays under `value_and_grad`, which HIPS autograd runs too.
Each peer is given its quickest form: HIPS autograd takes `z * (z > 0)` for the ReLU, which costs it less than
`np.maximum(z, 0)` does, and MyGrad's memory guarding, a safety net that costs time, is off.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.harness import (
    BENCH,
    HIPS,
    OURS,
    Benchmark,
    Engine,
    Measurement,
    Settings,
    require_hips,
    time_training,
)

SIZES = (784, 256, 128, 10)
BATCH = 64
LEARNING_RATE = 0.05
STEPS_CHECKED = 5


def data() -> tuple[np.ndarray, np.ndarray]:
    """A made-up batch in the manner of MNIST: most pixels 0, the others up to 1.

    Shapes: X (64, 784) float32, labels (64,) integers.
    """
    rng = np.random.default_rng(0)
    X = np.maximum(rng.uniform(-3.0, 1.0, (BATCH, SIZES[0])), 0.0).astype(np.float32)
    return X, rng.integers(0, SIZES[-1], BATCH)


def initial_weights(sizes: Sequence[int] = SIZES) -> list[np.ndarray]:
    """W1, b1, W2, b2, ... by He's rule, the same for every engine.

    Shapes: W (d_in, d_out), b (d_out,), all float32.
    """
    rng = np.random.default_rng(1)
    weights = []
    for d_in, d_out in pairwise(sizes):
        weights.append((rng.normal(size=(d_in, d_out)) * np.sqrt(2.0 / d_in)).astype(np.float32))
        weights.append(np.zeros(d_out, np.float32))
    return weights


def descend(parameter: np.ndarray, gradient: np.ndarray) -> None:
    """One step downhill, in place."""
    parameter -= LEARNING_RATE * gradient


def measure(step: Callable[[], float], settings: Settings) -> Measurement:
    """Check, then time; all engines make the same number of steps."""
    return time_training(step, settings, STEPS_CHECKED, repeats=40 if settings.quick else 200)


def closed_form(sizes: Sequence[int] = SIZES) -> Callable[[np.ndarray, np.ndarray], float]:
    """A step on (X, labels) by hand: softmax cross-entropy gives (P - Y) / n, the rest is matrix products."""
    weights = initial_weights(sizes)
    layers = list(zip(weights[::2], weights[1::2], strict=True))
    *hidden, (W_last, b_last) = layers

    def step(X: np.ndarray, labels: np.ndarray) -> float:
        rows = np.arange(len(X))
        inputs = [X]  # of each layer
        for W, b in hidden:
            inputs.append(np.maximum(inputs[-1] @ W + b, 0))
        Z = inputs[-1] @ W_last + b_last  # (n, 10)
        Z -= Z.max(axis=1, keepdims=True)
        P = np.exp(Z)
        total = P.sum(axis=1, keepdims=True)  # (n, 1)
        loss = np.mean(np.log(total[:, 0]) - Z[rows, labels])
        P /= total
        P[rows, labels] -= 1
        deltas = [P / len(X)]  # of each layer, the last first
        for (W, _), A in zip(layers[:0:-1], inputs[:0:-1], strict=True):
            deltas.append((deltas[-1] @ W.T) * (A > 0))
        for (W, b), A, delta in zip(layers, inputs, deltas[::-1], strict=True):
            descend(W, A.T @ delta)
            descend(b, delta.sum(axis=0))
        return float(loss)

    return step


def sequential() -> tuple[Any, Any]:
    """This library's network with the initial weights, and its optimiser."""
    import nn

    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
    for parameter, weight in zip(model.parameters(), initial_weights(), strict=True):
        parameter.data = weight
    return model, nn.optim.SGD(model.parameters(), lr=LEARNING_RATE)


def torch_step() -> Callable[[Any, Any], float]:
    """A step on (X, labels) of PyTorch eager with its own layers, loss and optimiser."""
    import torch

    linear, relu = torch.nn.Linear, torch.nn.ReLU
    model = torch.nn.Sequential(linear(784, 256), relu(), linear(256, 128), relu(), linear(128, 10))
    with torch.no_grad():
        for parameter, weight in zip(model.parameters(), initial_weights(), strict=True):
            parameter.copy_(torch.from_numpy(weight.T))  # PyTorch keeps (d_out, d_in)
    optimiser = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)

    def step(X: Any, labels: Any) -> float:
        loss = torch.nn.functional.cross_entropy(model(X), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return float(loss.item())

    return step


def run_numpy(settings: Settings) -> Measurement:
    """The closed form."""
    X, labels = data()
    step = closed_form()
    return measure(lambda: step(X, labels), settings)


def run_sequential(settings: Settings) -> Measurement:
    """This library's layers, loss and optimiser."""
    import nn

    X, labels = data()
    model, optimiser = sequential()

    def step() -> float:
        loss = nn.losses.cross_entropy(model(X), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return float(loss.data)

    return measure(step, settings)


def functional_step(anp: Any, relu: Callable[[Any], Any]) -> Callable[[], float]:
    """A function of plain arrays and its gradients; `anp` is NumPy for this library, HIPS autograd has its own."""
    from autograd import value_and_grad

    X, labels = data()
    Y = np.eye(SIZES[-1], dtype=np.float32)[labels]  # (n, 10)
    parameters = initial_weights()

    def mean_loss(weights: list[np.ndarray]) -> np.ndarray:
        W1, b1, W2, b2, W3, b3 = weights
        A1 = relu(anp.dot(X, W1) + b1)  # (n, 256)
        A2 = relu(anp.dot(A1, W2) + b2)  # (n, 128)
        Z3 = anp.dot(A2, W3) + b3  # (n, 10)
        Z3 = Z3 - anp.max(Z3, axis=1, keepdims=True)
        log_P = Z3 - anp.log(anp.sum(anp.exp(Z3), axis=1, keepdims=True))
        return -anp.sum(Y * log_P) / BATCH

    loss_and_gradients = value_and_grad(mean_loss)

    def step() -> float:
        loss, gradients = loss_and_gradients(parameters)
        for parameter, gradient in zip(parameters, gradients, strict=True):
            descend(parameter, gradient)
        return float(loss)

    return step


def run_functional(settings: Settings) -> Measurement:
    """This library's `value_and_grad` on plain arrays."""
    return measure(functional_step(np, lambda z: np.maximum(z, 0)), settings)


def run_hips(settings: Settings) -> Measurement:
    """HIPS autograd's `value_and_grad` on plain arrays."""
    require_hips()
    import autograd.numpy as anp

    return measure(functional_step(anp, lambda z: z * (z > 0)), settings)


def run_mygrad(settings: Settings) -> Measurement:
    """MyGrad's tensors, activation and loss."""
    import mygrad
    from mygrad.nnet.activations import relu
    from mygrad.nnet.losses import softmax_crossentropy

    mygrad.turn_memory_guarding_off()
    X, labels = data()
    parameters = [mygrad.tensor(weight) for weight in initial_weights()]
    W1, b1, W2, b2, W3, b3 = parameters

    def step() -> float:
        A1 = relu(X @ W1 + b1)
        A2 = relu(A1 @ W2 + b2)
        loss = softmax_crossentropy(A2 @ W3 + b3, labels)
        loss.backward()
        for parameter in parameters:
            parameter.data -= LEARNING_RATE * parameter.grad
        return float(loss)

    return measure(step, settings)


def run_torch(settings: Settings) -> Measurement:
    """PyTorch eager."""
    import torch

    torch.set_num_threads(settings.threads)
    X, labels = (torch.from_numpy(array) for array in data())
    step = torch_step()
    return measure(lambda: step(X, labels), settings)


BENCHMARK = Benchmark(
    name="tensor_step",
    title="one SGD step of a 784-256-128-10 ReLU network, batch 64, float32",
    reference="NumPy by hand",
    engines=(
        Engine("NumPy by hand", OURS, run_numpy),
        Engine("handgrad nn.Sequential", OURS, run_sequential),
        Engine("handgrad value_and_grad", OURS, run_functional),
        Engine("HIPS autograd", HIPS, run_hips, ("autograd",)),
        Engine("MyGrad", BENCH, run_mygrad, ("mygrad",)),
        Engine("PyTorch", BENCH, run_torch, ("torch",)),
    ),
    checked=f"Losses of the first {STEPS_CHECKED} steps",
    tolerance=1e-5,
)
