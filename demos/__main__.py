"""The command: `python -m demos` lists the demos, `python -m demos moons` runs one, `... all` every one.

The exit status is 0 if every demo that ran met its own target, 1 if one did not, 2 for a command that makes
no sense, and 130 after Ctrl-C. Read `command.py` next.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import inspect
import io
import math
import pkgutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import demos
from demos.command import INTERRUPTED, Run

ALL = "Every demo, one after the other."
OPTIONS = {  # what a demo's `main` or `Run` may declare, in the order of --help
    "seed": "where all random numbers start: the same seed prints the same numbers",
    "epochs": "at most so many passes over the data",
    "lr": "learning rate",
    "hidden": "neurons of each hidden layer",
    "exercise": "write a random exercise instead, and its answers: the same seed asks the same question",
    "quick": "a short run on less data, with a lower target",
    "out": "folder for the figures; each demo has its own in there",
    "show": "open the figures in windows, too",
    "quiet": "leave out the story: only the targets, met or not, and the paths",
    "color": "no colours (nor with NO_COLOR set in the environment)",
}


def registry() -> dict[str, ModuleType]:
    """Every demo by name: the modules of this package that say how many SECONDS they take."""
    names = sorted(module.name for module in pkgutil.iter_modules(demos.__path__) if module.name != "__main__")
    modules = {name: importlib.import_module(f"demos.{name}") for name in names}
    return {name: module for name, module in modules.items() if "SECONDS" in vars(module)}


def text_of(module: ModuleType) -> str:
    """A demo's docstring; its first line is the story."""
    return inspect.getdoc(module) or ""


def listing(found: dict[str, ModuleType]) -> str:
    """Name, story and expected seconds of every demo."""
    width = max(map(len, [*found, "all"]))
    lines = ["usage: python -m demos NAME [options]", ""]
    for name, module in found.items():
        full, quick = module.SECONDS
        lines.append(f"  {name:{width}}  {text_of(module).splitlines()[0]}")
        lines.append(f"  {'':{width}}  about {full} s; with --quick {quick} s")
    lines += [f"  {'all':{width}}  {ALL}", ""]
    lines += ["Figures are saved in out/NAME/. The options of a demo: python -m demos NAME --help"]
    return "\n".join(lines)


def parser(name: str, module: ModuleType | None) -> argparse.ArgumentParser:
    """The options of a demo: those that all demos have, and those that its `main` declares beside them."""
    made = argparse.ArgumentParser(
        prog=f"python -m demos {name}",
        description=text_of(module) if module else ALL,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    declared = dict(inspect.signature(Run).parameters)
    if module:
        declared |= inspect.signature(module.main).parameters
    for option, meaning in OPTIONS.items():
        if option in declared:
            add_option(made, option, declared[option].default, meaning)
    return made


def add_option(made: argparse.ArgumentParser, name: str, default: Any, meaning: str) -> None:
    """One option, as its default tells: a switch, a folder, a number, or several; None is a seed left out."""
    if isinstance(default, bool):
        flag, action = (f"--no-{name}", "store_false") if default else (f"--{name}", "store_true")
        made.add_argument(flag, dest=name, action=action, help=meaning)
        return
    defaults = default if isinstance(default, tuple) else () if default is None else (default,)
    made.add_argument(
        f"--{name}",
        type=Path if isinstance(default, Path) else number(name, type(defaults[0]) if defaults else int),
        nargs="+" if isinstance(default, tuple) else None,
        default=default,
        metavar="DIR" if isinstance(default, Path) else "N" if defaults else "SEED",
        help=f"{meaning} (default: {' '.join(map(str, defaults))})" if defaults else meaning,
    )


def number(name: str, kind: type) -> Callable[[str], float]:
    """What reads an option's number: a seed as NumPy takes it, everything else above 0."""
    is_seed = name in ("seed", "exercise")
    wanted = "a whole number" if kind is int else "a number"
    wanted += " from 0 to 2**32 - 1" if is_seed else " above 0"

    def read(text: str) -> float:
        try:
            given: float = kind(text)
        except ValueError:
            given = math.nan
        if not (0 <= given < 2**32 if is_seed else 0 < given < math.inf):
            raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}")
        return given

    return read


def complain(message: str) -> int:
    """Say what is wrong with the command; returns its exit status."""
    print(f"python -m demos: {message}", file=sys.stderr)
    return 2


def main(arguments: Sequence[str] | None = None) -> int:
    """List, run one, or run all; returns the exit status."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a console without ✓ prints ? in its place
    name, *rest = (sys.argv[1:] if arguments is None else arguments) or [""]
    found = registry()
    if name in {"", "-h", "--help"}:
        print(listing(found))
        return 0
    if name.startswith("-"):
        return complain(f"the name of a demo comes first, then its options, as in: python -m demos all {name}")
    if name not in {*found, "all"}:
        close = difflib.get_close_matches(name.lower(), [*found, "all"], n=1, cutoff=0.5)
        hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join([*found, 'all'])}"
        return complain(f"there is no demo {name!r}; {hint}")
    options = vars(parser(name, found.get(name)).parse_args(rest))
    return run_all(list(found.values()) if name == "all" else [found[name]], options)


def run_all(modules: list[ModuleType], options: dict[str, Any]) -> int:
    """Run one demo after the other; Ctrl-C ends them all. Of several, say at the end which missed their targets."""
    worst, missed = 0, []
    for module in modules:
        try:
            status: int = module.main(**options)
        except BrokenPipeError:  # as in: python -m demos moons | head
            sys.stdout = None  # nothing is left to write to, not even at exit
            return 1
        except OSError as error:
            print(f"python -m demos: cannot write: {error}", file=sys.stderr)
            status = 1
        worst = max(worst, status)
        if status == INTERRUPTED:
            return worst
        missed += [module.__name__.removeprefix("demos.")] if status else []
    if len(modules) > 1:
        print(f"{len(modules) - len(missed)} of {len(modules)} demos met their targets", *missed, sep="\n✗ ")
    return worst


if __name__ == "__main__":
    sys.exit(main())
