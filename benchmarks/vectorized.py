"""The step of `tensor_step`, from a network written neuron by neuron: what is left of 235,146 single numbers.

`nn.MLP(784, [256, 128, 10])` of Values is vectorized, then trained in batches of 64: through forward, loss,
backward and optimiser, each a call of its user's, and through `train_step`, which is all of it in one. The
floor and reference is the closed form written by hand; the peers are given matrices from the start.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.harness import BENCH, OURS, Benchmark, Engine, Measurement, Settings
from benchmarks.tensor_step import (
    LEARNING_RATE,
    SIZES,
    STEPS_CHECKED,
    data,
    initial_weights,
    measure,
    run_numpy,
    run_sequential,
    run_torch,
)

Step = Callable[[Any, Any], float]


def neurons(sizes: Sequence[int] = SIZES) -> Any:
    """The network of neurons, vectorized, with the initial weights."""
    import nn

    fast = nn.MLP(sizes[0], sizes[1:]).vectorize(np.float32)
    for block, weight in zip(fast.parameters(), initial_weights(sizes), strict=True):
        block[...] = weight
    return fast


def step_of_calls(sizes: Sequence[int] = SIZES) -> Step:
    """A step on (X, labels) as its user writes it; it takes X over, for nothing writes to a batch."""
    import nn
    from autograd import Tensor

    fast = neurons(sizes)
    optimiser = nn.optim.SGD(fast.parameters(), lr=LEARNING_RATE)

    def step(X: np.ndarray, labels: np.ndarray) -> float:
        loss = nn.losses.cross_entropy(fast(Tensor.adopt(X)), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return float(loss.data)

    return step


def step_as_one(sizes: Sequence[int] = SIZES) -> Step:
    """A step on (X, labels) in one program."""
    import nn

    step: Step = neurons(sizes).train_step(nn.losses.cross_entropy, lr=LEARNING_RATE)
    return step


def run_calls(settings: Settings) -> Measurement:
    """This library through forward, loss, backward and optimiser."""
    X, labels = data()
    step = step_of_calls()
    return measure(lambda: step(X, labels), settings)


def run_train_step(settings: Settings) -> Measurement:
    """This library's `train_step`."""
    X, labels = data()
    step = step_as_one()
    return measure(lambda: step(X, labels), settings)


def run_jax(settings: Settings) -> Measurement:
    """JAX's `value_and_grad`, compiled together with the update, which may reuse the weights' memory.

    Its threads are not OpenBLAS's: on several cores it takes what it finds, whatever `--threads` says.
    """
    import os

    if settings.threads == 1:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    import jax

    def mean_loss(layers: Any, X: Any, labels: Any) -> Any:
        *hidden, (W, b) = layers
        for W_hidden, b_hidden in hidden:
            X = jax.nn.relu(X @ W_hidden + b_hidden)
        log_P = jax.nn.log_softmax(X @ W + b)
        return -jax.numpy.take_along_axis(log_P, labels[:, None], axis=1).mean()

    def descend(layers: Any, X: Any, labels: Any) -> Any:
        loss, gradients = jax.value_and_grad(mean_loss)(layers, X, labels)
        return loss, jax.tree.map(lambda p, g: p - LEARNING_RATE * g, layers, gradients)

    compiled = jax.jit(descend, donate_argnums=0)
    weights = [jax.numpy.asarray(weight) for weight in initial_weights()]
    layers = list(zip(weights[::2], weights[1::2], strict=True))
    X, labels = map(jax.numpy.asarray, data())

    def step() -> float:
        nonlocal layers
        loss, layers = compiled(layers, X, labels)
        jax.block_until_ready(layers)
        return float(loss)

    return measure(step, settings)


BENCHMARK = Benchmark(
    name="vectorized",
    title="the step of tensor_step, the network written neuron by neuron: 784-256-128-10, batch 64, float32",
    reference="NumPy by hand",
    engines=(
        Engine("NumPy by hand", OURS, run_numpy),
        Engine("handgrad vectorize", OURS, run_calls),
        Engine("handgrad train_step", OURS, run_train_step),
        Engine("handgrad nn.Sequential", OURS, run_sequential),
        Engine("PyTorch", BENCH, run_torch, ("torch",)),
        Engine("JAX jit", BENCH, run_jax, ("jax", "jaxlib")),
    ),
    checked=f"Losses of the first {STEPS_CHECKED} steps",
    tolerance=1e-5,
)
