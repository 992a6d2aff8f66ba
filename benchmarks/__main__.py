"""`python -m benchmarks` lists the benchmarks; `python -m benchmarks moons` runs one, `all` every one."""

import argparse
import importlib
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.harness import Benchmark, Settings, alternate, interpreters
from benchmarks.report import record, report

NAMES = ("moons", "tensor_step", "mnist", "chain", "small", "jacobian", "discovery", "vectorized", "vectorized_epoch")


def load(name: str) -> Benchmark:
    """The benchmark that the module `benchmarks.<name>` defines."""
    benchmark: Benchmark = importlib.import_module(f"benchmarks.{name}").BENCHMARK
    return benchmark


def listing() -> str:
    """Names, titles and engines of all benchmarks."""
    lines = ["Run one with: python -m benchmarks NAME [--rounds 5] [--quick] (all options: --help)", ""]
    for benchmark in map(load, NAMES):
        lines.append(f"{benchmark.name:12} {benchmark.title}")
        lines.append(f"{'':12} engines: {', '.join(engine.name for engine in benchmark.engines)}")
    return "\n".join(lines)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("name", nargs="?", choices=(*NAMES, "all"), help="which benchmark; without it they are listed")
    add("--rounds", type=int, help="how often each engine's process runs (default 5, with --quick 2)")
    add("--quick", action="store_true", help="shorter runs: to see that all works, not to quote")
    add("--threads", type=int, default=1, help="BLAS threads (default 1)")
    add("--gc", choices=("on", "off"), help="cyclic garbage collector (default: what the benchmark shows)")
    add("--clock", choices=("wall", "cpu"), default="wall", help="cpu: processor time, for busy machines")
    add(
        "--only",
        action="append",
        metavar="ENGINE",
        help="run only engines whose name contains this (repeatable)",
    )
    add("--json", type=Path, metavar="FILE", help="also write everything measured to FILE")
    add(
        "--bench-python",
        metavar="PATH",
        help="interpreter with micrograd, mygrad, torch, jax (default .venv-bench)",
    )
    add("--hips-python", metavar="PATH", help="interpreter with HIPS autograd (default .venv-hips)")
    chosen = parser.parse_args(arguments)
    for path in (chosen.bench_python, chosen.hips_python):
        if path is not None and not Path(path).exists():
            parser.error(f"no interpreter at {path}")
    return chosen


def select(benchmark: Benchmark, only: list[str] | None) -> Benchmark:
    """The benchmark with only the engines asked for."""
    if only is None:
        return benchmark
    engines = tuple(e for e in benchmark.engines if any(part.lower() in e.name.lower() for part in only))
    return replace(benchmark, engines=engines)


def say(message: str) -> None:
    """Progress goes to stderr, so that stdout holds the tables only."""
    print(message, file=sys.stderr)


def run(benchmark: Benchmark, chosen: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    """Run one benchmark and print its tables; returns what was measured, and whether all went well."""
    modes = (chosen.gc,) if chosen.gc else benchmark.gc_modes
    settings = [Settings(chosen.quick, chosen.threads, mode, chosen.clock) for mode in modes]
    rounds = chosen.rounds or (2 if chosen.quick else 5)
    pythons = interpreters(chosen.bench_python, chosen.hips_python)
    outcomes = alternate(benchmark, settings, pythons, rounds, say)
    text, good = report(benchmark, outcomes, settings)
    print(text, end="\n\n")
    return record(benchmark, outcomes), good


def main(arguments: list[str] | None = None) -> int:
    """List or run; returns 1 if an engine failed or the engines disagree."""
    chosen = parse(arguments)
    if chosen.name is None:
        print(listing())
        return 0
    names = NAMES if chosen.name == "all" else (chosen.name,)
    records, good = [], True
    for name in names:
        facts, fine = run(select(load(name), chosen.only), chosen)
        records.append(facts)
        good = good and fine
    if chosen.json:
        chosen.json.write_text(json.dumps(records, indent=1) + "\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
