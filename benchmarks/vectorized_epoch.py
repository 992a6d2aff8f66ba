"""Epochs of 60,000 digits, the network written neuron by neuron: against epochs written by hand, float32.

784-50-10 with batches of 20 is what compilers of scalar code are measured on. The digits are those of `mnist`.
"""

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.harness import OURS, Benchmark, Engine, Measurement, Settings
from benchmarks.mnist import EPOCHS_CHECKED, data, epoch_of, measure
from benchmarks.tensor_step import SIZES, closed_form
from benchmarks.vectorized import step_as_one, step_of_calls

SMALL = (784, 50, 10)
CASES = {
    "784-50-10, batches of 20": (SMALL, 20),
    "784-50-10, batches of 64": (SMALL, 64),
    "784-256-128-10, batches of 64": (SIZES, 64),
}


def measure_cases(step_of: Callable[[Sequence[int]], Callable[[Any, Any], float]], settings: Settings) -> Measurement:
    """Check and time an epoch of each case."""
    X, labels = data()
    seconds, check = {}, {}
    for case, (sizes, batch) in CASES.items():
        found = measure(epoch_of(step_of(sizes), X, labels, batch), settings)
        seconds[case], check[case] = found.seconds["epoch"], found.check["loss"]
    return Measurement(seconds, check)


def run_numpy(settings: Settings) -> Measurement:
    """The closed form."""
    return measure_cases(closed_form, settings)


def run_calls(settings: Settings) -> Measurement:
    """This library through forward, loss, backward and optimiser."""
    return measure_cases(step_of_calls, settings)


def run_train_step(settings: Settings) -> Measurement:
    """This library's `train_step`."""
    return measure_cases(step_as_one, settings)


BENCHMARK = Benchmark(
    name="vectorized_epoch",
    title="epochs of 60,000 digits, the network written neuron by neuron, float32",
    reference="NumPy by hand",
    engines=(
        Engine("NumPy by hand", OURS, run_numpy),
        Engine("handgrad vectorize", OURS, run_calls),
        Engine("handgrad train_step", OURS, run_train_step),
    ),
    checked=f"Losses of the first {EPOCHS_CHECKED} epochs",
    tolerance=1e-3,
)
