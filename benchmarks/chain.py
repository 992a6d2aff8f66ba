"""Chains of 1,000 to 1,000,000 ops: forward, backward, copy.deepcopy and del must take linear time.

Only this library runs here; the table shows the time per op, and how the longest chain's compares with the
shortest's: a number near 1 means linear time. A little more is the processor's caches, and with the collector
on, its full passes over a heap that grows; hence both modes.
"""

import copy
import statistics
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from benchmarks.harness import OURS, Benchmark, Engine, Measurement, Outcome, Settings
from benchmarks.report import duration, markdown

LENGTHS = (1_000, 10_000, 100_000, 1_000_000)
PHASES = ("forward", "backward", "deepcopy", "del")


def build(x: Any, length: int) -> Any:
    """A chain of `length` ops on x, alternately * and +, whose values stay near 2."""
    y = x
    for _ in range(length // 2):
        y = y * 0.5 + 1.0
    return y


def time_once(leaf: Callable[[], Any], length: int, settings: Settings) -> list[float]:
    """Seconds of the four phases of one chain, in the order of PHASES."""
    x, clock = leaf(), [settings.now()]
    y = build(x, length)
    clock.append(settings.now())
    y.backward()
    clock.append(settings.now())
    twin = copy.deepcopy(y)
    clock.append(settings.now())
    del twin
    clock.append(settings.now())
    return [after - before for before, after in pairwise(clock)]


def measure(leaf: Callable[[], Any], settings: Settings) -> Measurement:
    """Medians per op for every length and phase; short chains are repeated."""
    seconds = {}
    for length in LENGTHS[:-1] if settings.quick else LENGTHS:
        samples = [time_once(leaf, length, settings) for _ in range(max(2, min(20, 200_000 // length)))]
        for phase, column in zip(PHASES, zip(*samples, strict=True), strict=True):
            seconds[f"{phase} {length}"] = statistics.median(column) / length
    return Measurement(seconds)


def run_value(settings: Settings) -> Measurement:
    """A chain of Values."""
    from autograd import Value

    return measure(lambda: Value(3.0), settings)


def run_tensor(settings: Settings) -> Measurement:
    """A chain of Tensors without axes, so that the bookkeeping is all there is."""
    from autograd import Tensor

    return measure(lambda: Tensor(3.0), settings)


def table(outcomes: Sequence[Outcome]) -> str:
    """One table per kind of node: a row per length, a column per phase, last the longest by the shortest."""
    return "\n\n".join(_table_of(outcome) for outcome in outcomes)


def _table_of(outcome: Outcome) -> str:
    """Time per op of one engine."""
    name = outcome.engine.name
    if not outcome.rounds:
        return f"{name}: {'not installed' if outcome.missing else 'failed'}"
    lengths = [n for n in LENGTHS if f"forward {n}" in outcome.cases]
    rows = [[f"{n:,} ops", *(duration(outcome.median(f"{phase} {n}")) for phase in PHASES)] for n in lengths]
    growth = [outcome.median(f"{p} {lengths[-1]}") / outcome.median(f"{p} {lengths[0]}") for p in PHASES]
    rows.append(["longest / shortest", *(f"**{ratio:.2f}**" for ratio in growth)])
    return markdown([f"{name}, time per op", *PHASES], rows)


BENCHMARK = Benchmark(
    name="chain",
    title="time per op of chains of 1,000 to 1,000,000 ops: forward, backward, deepcopy, del",
    reference="handgrad Value",
    engines=(Engine("handgrad Value", OURS, run_value), Engine("handgrad Tensor", OURS, run_tensor)),
    gc_modes=("on", "off"),
    table=table,
)
