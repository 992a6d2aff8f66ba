"""What it costs to get from neurons to matrices: the seconds and the memory of making, tracing, discovering.

Once per network and shape of a sample, before the first step; no peer does it. The memory is that of the whole
process at its largest so far, Python and NumPy among it.
"""

import resource
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.harness import OURS, Benchmark, Engine, Measurement, Outcome, Settings
from benchmarks.report import duration, markdown

NETWORKS = ((2, 16, 16, 1), (784, 50, 10), (784, 256, 128, 10))  # the largest last, for its memory


def megabytes() -> float:
    """The largest resident memory of this process so far. Linux counts it in kilobytes, macOS in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def run(settings: Settings) -> Measurement:
    """Make and vectorize each network, once."""
    import nn

    seconds, sizes = {}, {}
    for n_inputs, *layers in NETWORKS:
        start = settings.now()
        model = nn.MLP(n_inputs, layers)
        built = settings.now()
        memory = megabytes()
        fast = model.vectorize()
        case = "-".join(map(str, [n_inputs, *layers]))
        seconds |= {f"{case}: make": built - start, f"{case}: trace, discover": settings.now() - built}
        sizes[case] = [float(len(model.parameters())), *array_ops(fast), memory, megabytes()]
    return Measurement(seconds, sizes)


def array_ops(fast: Any) -> tuple[float, float]:
    """Numbers that one sample makes, and ops on arrays that they became, as ``print(fast)`` says."""
    found = str(fast).splitlines()[0].replace(",", "").split()
    numbers, ops = (float(word) for word in found if word.isdigit())
    return numbers, ops


def table(outcomes: Sequence[Outcome]) -> str:
    """A row per network."""
    (outcome,) = outcomes
    header = ["network", "make", "trace, discover", "Values", "one sample", "array ops", "MB made", "MB at most"]
    rows = []
    for case, sizes in (outcome.rounds[0].check if outcome.rounds else {}).items():
        times = [duration(outcome.median(f"{case}: {phase}")) for phase in ("make", "trace, discover")]
        rows.append([case, *times, *(f"{size:,.0f}" for size in sizes)])
    return markdown(header, rows)


BENCHMARK = Benchmark(
    name="discovery",
    title="from neurons to matrices: make, trace, discover",
    reference="handgrad vectorize",
    engines=(Engine("handgrad vectorize", OURS, run),),
    table=table,
)
