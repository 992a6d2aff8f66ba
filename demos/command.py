"""What all demos share: one run, with its printed lines, its progress, its figures and its exit status.

A demo does its work inside ``with Run("name", ...) as run:`` and returns ``run.status``. A run opens no window
and picks no Matplotlib backend unless it is told to show its figures.
Read next: `style.py`, and a demo such as `moons.py`.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from demos.style import STYLE
from nn import progress

INTERRUPTED = 130  # the exit status that shells know as Ctrl-C
VERSIONS = {"handgrad": "handgrad", "numpy": "NumPy", "matplotlib": "Matplotlib"}
GREEN, RED, DIM, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[0m"


class Run:
    """One run of a demo: what it prints, what it saves, and whether it met its target.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as out, Run("example", out=Path(out)) as run:    # doctest: +ELLIPSIS
    ...     run.expect(2 + 2 == 4, "two and two are four")
    example · seed 0 · Python ...
    ✓ two and two are four
    >>> run.status
    0
    """

    def __init__(
        self,
        name: str,
        *,
        seed: int = 0,
        quick: bool = False,
        out: Path = Path("out"),
        show: bool = False,
        quiet: bool = False,
        color: bool = True,
    ) -> None:
        self.name, self.seed, self.quick, self.show, self.quiet = name, seed, quick, show, quiet
        self.folder = Path(out) / name
        self.terminal = sys.stdout is not None and sys.stdout.isatty()
        self.color = color and self.terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self.interrupted = self.missed = self.has_saved = False
        self.cleanup = ExitStack()

    def __enter__(self) -> Self:
        print(" · ".join([self.name, f"seed {self.seed}", f"Python {platform.python_version()}", *versions()]))
        self.folder.mkdir(parents=True, exist_ok=True)  # now, rather than after all the work
        self.cleanup.enter_context(mpl.rc_context(STYLE))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        with self.cleanup:
            self.interrupted |= kind is KeyboardInterrupt
            if self.interrupted:
                print(f"interrupted; {'the files above are complete' if self.has_saved else 'nothing was saved'}")
            elif self.show and kind is None:
                show_figures()
        return kind is KeyboardInterrupt

    @property
    def status(self) -> int:
        """The exit status: 130 after Ctrl-C, 1 if a target was missed, else 0."""
        return INTERRUPTED if self.interrupted else int(self.missed)

    # What it prints ------------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """A line of the story, left out by --quiet."""
        if not self.quiet:
            print(text, flush=True)

    def expect(self, met: bool, what: str) -> None:
        """Say whether a part of the demo's target was met."""
        mark, color = ("✓", GREEN) if met else ("✗", RED)
        print(f"{self.painted(mark, color)} {what}")
        self.missed |= not met

    def expect_numbers(self, name: str, got: Any, expected: Any, decimals: int = 4, note: str = "") -> None:
        """Say a name, its numbers and those expected, whatever their shape; met if they agree to so many decimals.

        The note, say what a document prints instead, stands behind the expected numbers.

        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as out, Run("example", out=Path(out)) as run:    # doctest: +ELLIPSIS
        ...     run.expect_numbers("z", [0.1 + 0.2, -1.5], [0.3, -1.5], note="the document: -1.4")
        example · ...
        ✓ z = [0.3000, -1.5000] (expected [0.3, -1.5]; the document: -1.4)
        """
        got, wanted = np.asarray(got, dtype=float), np.asarray(expected, dtype=float)
        met = got.shape == wanted.shape and bool(np.all(np.abs(got - wanted) <= 0.5000001 * 10.0**-decimals))
        left = f"{name} = {numbers(got, f'.{decimals}f')}"
        right = f"(expected {numbers(wanted.round(decimals), '.10g')}{'; ' if note else ''}{note})"
        self.expect(met, left + (" " if len(left) + len(right) < 116 else "\n      ") + right)

    def painted(self, text: str, color: str) -> str:
        """The text in that colour, where colours are wanted."""
        return f"{color}{text}{PLAIN}" if self.color else text

    # What it saves -------------------------------------------------------------------------------------------

    def figure(self, width: float, height: float) -> Figure:
        """An empty figure of that size in inches."""
        if not self.show:
            return Figure(figsize=(width, height))
        from matplotlib import pyplot as plt

        return plt.figure(figsize=(width, height))

    def save(self, figure: Figure, name: str, alt: str) -> None:
        """Save a figure; the alternative text for those who do not see it goes into the file, too."""
        figure.savefig(self.folder / name, metadata={"Title": self.name, "Description": alt})
        self.saved(name, alt)

    def saved(self, name: str, alt: str) -> None:
        """Print the path of a file that was saved, and in words what it shows."""
        self.has_saved = True
        print(f"saved {self.folder / name}")
        print(self.painted(f"      {alt}", DIM))


def numbers(array: np.ndarray, form: str) -> str:
    """Numbers of any shape on one line.

    >>> numbers(np.array([[0.5, -0.0], [1, 2]]), ".1f")
    '[[0.5, 0.0], [1.0, 2.0]]'
    """
    if array.ndim:
        return f"[{', '.join(numbers(row, form) for row in array)}]"
    return format(float(array), form) if float(format(float(array), form)) else format(0.0, form)


def versions() -> list[str]:
    """Names and versions of what a run's numbers depend on, as far as it is installed."""
    installed = []
    for package, name in VERSIONS.items():
        try:
            installed.append(f"{name} {metadata.version(package)}")
        except metadata.PackageNotFoundError:  # run from a copy of the source
            continue
    return installed


def show_figures() -> None:
    """Open every figure in a window, and wait until they are closed."""
    from matplotlib import pyplot as plt

    if plt.get_backend().lower() == "agg":
        print("no windows can be opened here: look at the saved files")
    else:
        plt.show()
    plt.close("all")


class Progress:
    """The steps of a training: a bar on a terminal, else about ten lines. Ctrl-C ends the steps, not the demo.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as out, Run("example", out=Path(out)) as run:    # doctest: +ELLIPSIS
    ...     with Progress(run, 2) as progress:
    ...         for step in progress:
    ...             progress.report(f"loss {1 / (1 + step)}")
    example · seed 0 · ...
    step 1/2   loss 1.0
    step 2/2   loss 0.5
    """

    def __init__(self, run: Run, total: int) -> None:
        self.run = run
        self.shown = progress.Progress(total, say=run.say, terminal=run.terminal, quiet=run.quiet)

    def __enter__(self) -> Self:
        return self

    def __iter__(self) -> Iterator[int]:
        return iter(self.shown)

    def report(self, numbers: str) -> None:
        """Count a step as done, and show its numbers."""
        self.shown.report(numbers)

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return self.shown.seconds

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        self.shown.__exit__(kind, error, at)
        if kind is KeyboardInterrupt:
            self.run.interrupted = True
            self.run.say(f"interrupted in step {self.shown.done + 1}: going on with what there is")
        return kind is KeyboardInterrupt
