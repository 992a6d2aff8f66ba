"""The measuring part: what a benchmark is, how one step is timed, how the processes take turns.

Two engines in one process disturb each other: one's garbage is collected on the other's clock, one's
imports fill the other's caches. So every engine gets a process of its own, and the processes alternate (A B
C A B C ...), so that a slow minute of the machine falls on all of them. May be imported by the benchmarks,
`worker.py`, `report.py` and `__main__`; imports nothing but the standard library, since peers' interpreters
load it too. Read `worker.py` next.
"""

import gc
import importlib.util
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WORKER = Path(__file__).resolve().parent / "worker.py"
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

OURS, BENCH, HIPS = "ours", "bench", "hips"  # the three interpreters an engine can live in


@dataclass(frozen=True)
class Settings:
    """What a process must know: shorter run or not, BLAS threads, garbage collector on or off, the clock.

    The "cpu" clock counts the processor time of the process, all threads added up: it sees no neighbours.
    """

    quick: bool = False
    threads: int = 1
    gc: str = "on"
    clock: str = "wall"

    def now(self) -> float:
        """Seconds on the chosen clock."""
        return process_time() if self.clock == "cpu" else perf_counter()


@dataclass(frozen=True)
class Measurement:
    """What a process reports: seconds per case, and per case the numbers on which all engines must agree."""

    seconds: dict[str, float]
    check: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Engine:
    """One competitor: its name in the tables, its interpreter, the distributions whose versions are printed.

    `run` imports the engine itself, so that listing the benchmarks imports none of them.
    """

    name: str
    home: str
    run: Callable[[Settings], Measurement]
    packages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Benchmark:
    """A task, its engines, the one the ratios refer to, and how closely the checked numbers must agree."""

    name: str
    title: str
    reference: str
    engines: tuple[Engine, ...]
    checked: str = ""
    tolerance: float = 0.0  # relative
    gc_modes: tuple[str, ...] = ("on",)
    table: Callable[[Sequence["Outcome"]], str] | None = None  # in place of the usual table of ratios


@dataclass
class Outcome:
    """All rounds of one engine under one setting; `missing` and `failed` say why there are none."""

    engine: Engine
    settings: Settings
    rounds: list[Measurement] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    missing: str = ""
    failed: str = ""

    @property
    def cases(self) -> list[str]:
        """Names of the measured cases, in the engine's order."""
        return list(self.rounds[0].seconds) if self.rounds else []

    def median(self, case: str) -> float:
        """Median over the rounds of the per-process medians, in seconds."""
        return statistics.median(m.seconds[case] for m in self.rounds)


def time_steps(step: Callable[[], object], settings: Settings, repeats: int, warmup: int = 2, number: int = 1) -> float:
    """Median time of one `step()` in seconds: `warmup` calls, then `repeats` samples of `number` calls each.

    With the collector disabled, garbage is collected between the samples, off the clock: it must not pile up.
    """
    for _ in range(warmup):
        step()
    gc.collect()
    off_clock = not gc.isenabled()
    if off_clock:
        gc.freeze()  # what the imports made is not looked at again
    samples = []
    for _ in range(repeats):
        start = settings.now()
        for _ in range(number):
            step()
        samples.append((settings.now() - start) / number)
        if off_clock:
            gc.collect()
    return statistics.median(samples)


def time_training(step: Callable[[], float], settings: Settings, steps: int, repeats: int) -> Measurement:
    """Make `steps` training steps, keep their losses for the check, then time the step."""
    losses = [float(step()) for _ in range(steps)]
    return Measurement({"step": time_steps(step, settings, repeats)}, {"loss": losses})


def require_hips() -> None:
    """Raise ImportError where `import autograd` finds no HIPS autograd (which alone has this module)."""
    if importlib.util.find_spec("autograd.differential_operators") is None:
        message = "`import autograd` finds a package that is not HIPS autograd"
        raise ImportError(message)


def alternate(
    benchmark: Benchmark,
    settings: Iterable[Settings],
    pythons: dict[str, str | None],
    rounds: int,
    say: Callable[[str], None],
) -> list[Outcome]:
    """Run every engine under every setting, each in its own process, `rounds` times in turn."""
    outcomes = [Outcome(engine, setting) for setting in settings for engine in benchmark.engines]
    for number in range(rounds):
        for outcome in outcomes:
            if not (outcome.missing or outcome.failed):
                say(f"round {number + 1}/{rounds}: {outcome.engine.name}, gc {outcome.settings.gc}")
                _add_round(outcome, benchmark.name, pythons[outcome.engine.home])
    return outcomes


def _add_round(outcome: Outcome, benchmark: str, python: str | None) -> None:
    """Run one process and add what it reports to the outcome."""
    if python is None:
        outcome.missing = "no interpreter: see benchmarks/README.md"
        return
    answer = _run_alone(python, benchmark, outcome.engine, outcome.settings)
    outcome.missing = answer.get("missing", "")
    outcome.failed = answer.get("failed", "")
    outcome.versions = answer.get("versions", {})
    if "seconds" in answer:
        outcome.rounds.append(Measurement(answer["seconds"], answer["check"]))


def _run_alone(python: str, benchmark: str, engine: Engine, settings: Settings) -> dict[str, Any]:
    """Start `worker.py` under `python` and read the JSON it prints last."""
    order = {"benchmark": benchmark, "engine": engine.name, "settings": asdict(settings)}
    done = subprocess.run(
        [python, "-P", str(WORKER), json.dumps(order)],
        env=_environment(engine.home, settings.threads),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last_words = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        return {"failed": last_words[-1]}
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def _environment(home: str, threads: int) -> dict[str, str]:
    """The child's environment: a fixed number of BLAS threads and, for a peer, no way to our `autograd`."""
    environment = dict(os.environ) | dict.fromkeys(THREAD_VARIABLES, str(threads))
    if home != OURS:
        environment.pop("PYTHONPATH", None)
    return environment


def find_python(given: str | None, folder: str) -> str | None:
    """The interpreter asked for, else that of the virtual environment `folder`, else None."""
    if given is not None:
        return given
    for place in ("bin/python", "Scripts/python.exe"):
        if (ROOT / folder / place).exists():
            return str(ROOT / folder / place)
    return None


def interpreters(bench: str | None, hips: str | None) -> dict[str, str | None]:
    """Home name -> interpreter: ours is the running one, the peers' are given or found."""
    return {
        OURS: sys.executable,
        BENCH: find_python(bench, ".venv-bench"),
        HIPS: find_python(hips, ".venv-hips"),
    }
