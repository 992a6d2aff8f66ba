"""What each process runs: one engine of one benchmark, alone; prints one line of JSON.

`harness.py` starts this file by its path, with `-P`, so that neither the repository nor this folder is on
the path: `import autograd` must find HIPS autograd in the interpreter that has it, and ours in ours. Hence
`benchmarks` is loaded from its place, and only our own engines get the repository on `sys.path`.
"""

import gc
import importlib
import importlib.util
import json
import platform
import random
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent


def load_package() -> None:
    """Make `benchmarks` importable without anything else that lies beside it."""
    spec = importlib.util.spec_from_file_location(
        "benchmarks", PACKAGE / "__init__.py", submodule_search_locations=[str(PACKAGE)]
    )
    if spec is None or spec.loader is None:
        message = f"cannot load {PACKAGE}"
        raise ImportError(message)
    package = importlib.util.module_from_spec(spec)
    sys.modules["benchmarks"] = package
    spec.loader.exec_module(package)


def versions(packages: tuple[str, ...]) -> dict[str, str]:
    """Versions of this Python, of NumPy and of the engine's distributions."""
    found = {"python": platform.python_version()}
    for name in ("numpy", *packages):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown version"
    return found


def measure(order: dict[str, Any]) -> dict[str, Any]:
    """Find the engine, run it, and return what is printed."""
    harness = importlib.import_module("benchmarks.harness")
    benchmark = importlib.import_module(f"benchmarks.{order['benchmark']}").BENCHMARK
    engine = next(e for e in benchmark.engines if e.name == order["engine"])
    settings = harness.Settings(**order["settings"])
    if engine.home == harness.OURS:
        sys.path.insert(0, str(PACKAGE.parent))
    if settings.gc == "off":
        gc.disable()
    padding = bytearray(16 * random.SystemRandom().randrange(4096))  # see "How to read the ratios"
    try:
        measurement = engine.run(settings)
    except ImportError as error:
        if engine.home == harness.OURS:
            raise  # ours is always here: this is a fault, not an absence
        return {"missing": str(error)}
    del padding
    return {"seconds": measurement.seconds, "check": measurement.check, "versions": versions(engine.packages)}


if __name__ == "__main__":
    load_package()
    print(json.dumps(measure(json.loads(sys.argv[1]))))
