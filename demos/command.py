"""What all demos share: one run, with its printed lines, its progress, its figures and its exit status.

A demo does its work in ``with Run("name", ...) as run:`` and returns ``run.status``. Nothing here opens a
window or picks a Matplotlib backend unless a run is told to show its figures.
Read next: `style.py`, and a demo such as `moons.py`.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Self

import matplotlib as mpl
from matplotlib.figure import Figure
from tqdm import tqdm

from demos.style import STYLE

INTERRUPTED = 130  # the exit status shells expect after Ctrl-C
VERSIONS = {"handgrad": "handgrad", "numpy": "NumPy", "matplotlib": "Matplotlib"}
GREEN, RED, DIM, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[0m"


class Run:
    """One run of a demo. Ctrl-C ends it early, with what is saved by then.

    >>> with Run("example", quiet=True) as run:                    # doctest: +ELLIPSIS
    ...     run.expect(2 + 2 == 4, "arithmetic works")
    example · seed 0 · ...
    ✓ arithmetic works
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
        self.terminal = sys.stdout.isatty()
        self.color = color and self.terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self.interrupted = self.missed = False
        self.figures: list[Figure] = []
        self.cleanup = ExitStack()

    def __enter__(self) -> Self:
        self.cleanup.enter_context(mpl.rc_context(STYLE))
        print(" · ".join([self.name, f"seed {self.seed}", f"Python {platform.python_version()}", *versions()]))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        with self.cleanup:
            stopped = isinstance(error, KeyboardInterrupt)
            self.interrupted |= stopped
            if self.interrupted:
                print(f"interrupted: what there was by then is in {self.folder}" if self.figures else "interrupted")
            elif self.show and error is None:
                self.show_figures()
        return stopped

    @property
    def status(self) -> int:
        """The exit status: 130 after Ctrl-C, 1 if an expectation was missed, else 0."""
        return INTERRUPTED if self.interrupted else int(self.missed)
