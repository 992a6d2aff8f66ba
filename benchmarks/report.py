"""The printing part: machine line, agreement of the engines, Markdown tables of ratios, the JSON record.

A ratio is the median over the rounds of one engine divided by that of the reference, so 0.50 means half the
time. The range beside it is the smallest and largest ratio within one round: if it is wide, the machine was
busy. May be imported by the benchmarks and `__main__`.
"""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from math import inf, isnan
from pathlib import Path
from typing import Any

from benchmarks.harness import Benchmark, Outcome, Settings


def machine_line() -> str:
    """CPU model, cores, and the Python and NumPy that run our own engines."""
    python = f"Python {platform.python_version()}"
    return f"{_cpu_model()}, {os.cpu_count()} cores, {python}, NumPy {version('numpy')}"


def _cpu_model() -> str:
    """The CPU's name where Linux tells it, else what Python knows."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def duration(seconds: float) -> str:
    """A time in three digits with a fitting unit.

    >>> duration(0.0123)
    '12.3 ms'
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{_digits(seconds / size)} {unit}"
    return f"{_digits(seconds / 1e-9)} ns"


def _digits(number: float) -> str:
    """Three significant digits, without an exponent where it can be helped."""
    for least, places in ((100.0, 0), (10.0, 1), (0.1, 2)):
        if number >= least:
            return f"{number:.{places}f}"
    return f"{number:.3g}"


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, padded to read well in a terminal too; first column left, the others right."""
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]

    def line(cells: Sequence[str]) -> str:
        padded = [c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(cells, widths, strict=True))]
        return f"| {' | '.join(padded)} |"

    rule = ["-" * w if i == 0 else "-" * (w - 1) + ":" for i, w in enumerate(widths)]
    return "\n".join([line(header), line(rule), *(line(row) for row in rows)])


def reference_of(benchmark: Benchmark, outcomes: Sequence[Outcome]) -> Outcome | None:
    """The engine ratios refer to: the benchmark's choice, or the first that ran if that one is not there."""
    ran = [o for o in outcomes if o.rounds]
    return next((o for o in ran if o.engine.name == benchmark.reference), ran[0] if ran else None)


def ratio_tables(benchmark: Benchmark, outcomes: Sequence[Outcome]) -> str:
    """One table per case: engine, ratio to the reference, its range over the rounds, median time."""
    reference = reference_of(benchmark, outcomes)
    if reference is None:
        return "No engine ran."
    tables = []
    for case in reference.cases:
        header = [f"{case}", f"time / {reference.engine.name}", "range", "median"]
        tables.append(markdown(header, [_ratio_row(outcome, reference, case) for outcome in outcomes]))
    return "\n\n".join(tables)


def _ratio_row(outcome: Outcome, reference: Outcome, case: str) -> list[str]:
    """The table row of one engine."""
    name = outcome.engine.name
    if not outcome.rounds:
        return [name, "not installed" if outcome.missing else "failed", "", ""]
    pairs = zip(outcome.rounds, reference.rounds, strict=False)
    ratios = [ours.seconds[case] / theirs.seconds[case] for ours, theirs in pairs]
    ratio = outcome.median(case) / reference.median(case)
    span = f"{_digits(min(ratios))} to {_digits(max(ratios))}"
    return [name, f"**{_digits(ratio)}**", span, duration(outcome.median(case))]


def disagreement(benchmark: Benchmark, outcomes: Sequence[Outcome]) -> float:
    """Largest relative difference between an engine's checked numbers and the reference's."""
    reference = reference_of(benchmark, outcomes)
    if reference is None:
        return 0.0
    expected = reference.rounds[0].check
    return max(_difference(m.check, expected) for o in outcomes for m in o.rounds)


def _difference(found: dict[str, list[float]], expected: dict[str, list[float]]) -> float:
    """Largest difference relative to the case's largest number; inf if a number is NaN or missing."""
    worst = 0.0
    for case, numbers in expected.items():
        if len(found.get(case, [])) != len(numbers):
            return inf
        scale = max(map(abs, numbers), default=0.0) or 1.0
        for a, b in zip(found[case], numbers, strict=True):
            gap = abs(a - b) / scale
            worst = max(worst, inf if isnan(gap) else gap)
    return worst


def agreement_line(benchmark: Benchmark, difference: float) -> str:
    """Says whether all engines computed the same thing."""
    verdict = "agree" if difference <= benchmark.tolerance else "DISAGREE"
    limit = f"limit {benchmark.tolerance:.0e}"
    return f"{benchmark.checked}: engines {verdict} to {difference:.1e} relative ({limit})."


def notes(outcomes: Sequence[Outcome]) -> list[str]:
    """Versions of the engines that ran, and why the others did not."""
    lines = {}
    for o in outcomes:
        if o.missing or o.failed:
            lines[o.engine.name] = f"not installed ({o.missing})" if o.missing else f"failed ({o.failed})"
        else:
            lines[o.engine.name] = ", ".join(f"{name} {number}" for name, number in o.versions.items())
    return [f"- {name}: {text}" for name, text in lines.items()]


def report(benchmark: Benchmark, outcomes: Sequence[Outcome], settings: Sequence[Settings]) -> tuple[str, bool]:
    """The whole text for one benchmark, and whether all engines that ran agree and none failed."""
    parts, good = [f"## {benchmark.name}: {benchmark.title}", machine_line()], True
    for setting in settings:
        chosen = [o for o in outcomes if o.settings == setting]
        parts.append(f"BLAS threads: {setting.threads}; garbage collector: {setting.gc}; clock: {setting.clock}.")
        parts.append(benchmark.table(chosen) if benchmark.table else ratio_tables(benchmark, chosen))
        if benchmark.checked:
            difference = disagreement(benchmark, chosen)
            good = good and difference <= benchmark.tolerance
            parts.append(agreement_line(benchmark, difference))
    good = good and not any(o.failed for o in outcomes)
    return "\n\n".join([*parts, "\n".join(notes(outcomes))]), good


def record(benchmark: Benchmark, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Everything measured, as plain data for a JSON file."""
    return {
        "benchmark": benchmark.name,
        "machine": machine_line(),
        "outcomes": [
            {
                "engine": o.engine.name,
                "settings": asdict(o.settings),
                "rounds": [m.seconds for m in o.rounds],
                "check": o.rounds[0].check if o.rounds else {},
                "versions": o.versions,
                "missing": o.missing,
                "failed": o.failed,
            }
            for o in outcomes
        ],
    }
