"""One epoch of 784-256-128-10 on 60,000 digits, batches of 128, float32: what training costs, all told.

The floor and reference is an epoch written by hand in NumPy: shuffle, gather a batch, the closed form, update.
Ours is `nn.train.fit` with all that it does for its user: checks, the loss of the epoch, Ctrl-C. The digits
are made up, in the shape of MNIST's; the time does not depend on what they show.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.harness import BENCH, OURS, Benchmark, Engine, Measurement, Settings, time_steps
from benchmarks.tensor_step import SIZES, closed_form, sequential, torch_step

BATCH = 128
EPOCHS_CHECKED = 2


def data() -> tuple[np.ndarray, np.ndarray]:
    """As many digits as MNIST has. Shapes: X (60000, 784) float32, labels (60000,) integers."""
    rng = np.random.default_rng(0)
    X = np.maximum(rng.random((60000, SIZES[0]), np.float32) * 4 - 3, 0)  # most pixels 0, the others up to 1
    return X, rng.integers(0, SIZES[-1], len(X))


def measure(epoch: Callable[[], float], settings: Settings) -> Measurement:
    """The losses of the first epochs for the check, then the time of one."""
    losses = [float(epoch()) for _ in range(EPOCHS_CHECKED)]
    seconds = time_steps(epoch, settings, repeats=2 if settings.quick else 5, warmup=0)
    return Measurement({"epoch": seconds}, {"loss": losses})


def epoch_of(step: Callable[[Any, Any], float], X: Any, labels: Any, batch: int = BATCH) -> Callable[[], float]:
    """An epoch by hand, of a step by hand: the mean loss over all samples, each batch before its update."""
    rng = np.random.default_rng(2)

    def epoch() -> float:
        order, total = rng.permutation(len(X)), 0.0
        for start in range(0, len(X), batch):
            rows = order[start : start + batch]
            total += step(X[rows], labels[rows]) * len(rows)
        return total / len(X)

    return epoch


def run_numpy(settings: Settings) -> Measurement:
    """The closed form."""
    return measure(epoch_of(closed_form(), *data()), settings)


def run_fit(settings: Settings) -> Measurement:
    """This library's training loop, layers, loss and optimiser."""
    import nn

    training = data()
    model, optimiser = sequential()
    rng = np.random.default_rng(2)

    def epoch() -> float:
        history = nn.train.fit(
            model,
            training,
            loss=nn.losses.cross_entropy,
            optimiser=optimiser,
            epochs=1,
            batch_size=BATCH,
            rng=rng,
            progress=False,
        )
        return history.loss[-1]

    return measure(epoch, settings)


def run_torch(settings: Settings) -> Measurement:
    """PyTorch eager."""
    import torch

    torch.set_num_threads(settings.threads)
    return measure(epoch_of(torch_step(), *map(torch.from_numpy, data())), settings)


BENCHMARK = Benchmark(
    name="mnist",
    title="one epoch of 784-256-128-10 on 60,000 digits, batches of 128, float32",
    reference="NumPy by hand",
    engines=(
        Engine("NumPy by hand", OURS, run_numpy),
        Engine("handgrad nn.train.fit", OURS, run_fit),
        Engine("PyTorch", BENCH, run_torch, ("torch",)),
    ),
    checked=f"Losses of the first {EPOCHS_CHECKED} epochs",
    tolerance=1e-4,
)
