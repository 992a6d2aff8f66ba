"""Progress: the steps of a training, as a bar on a terminal, else as about ten plain lines. Imports nothing of ours."""

from __future__ import annotations

import math
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

__all__ = ["Progress", "on_terminal"]


class Progress:
    """Steps that are counted and shown with their numbers: a bar on a terminal, else about ten lines.

    ``say`` prints a line; ``done`` steps were made earlier; ``quiet`` shows nothing.

    >>> with Progress(2, unit="epoch") as progress:
    ...     for step in progress:
    ...         progress.report(f"loss {1 / (1 + step)}")
    epoch 1/2   loss 1.0
    epoch 2/2   loss 0.5
    """

    def __init__(
        self,
        total: int,
        *,
        unit: str = "step",
        done: int = 0,
        say: Callable[[str], None] | None = None,
        terminal: bool | None = None,
        quiet: bool = False,
    ) -> None:
        self.total, self.unit, self.done, self.quiet = total, unit, done, quiet
        self.say = say or print_at_once
        self.began = time.perf_counter()
        terminal = on_terminal() if terminal is None else terminal
        self.bar = _bar(total, unit, done) if terminal and not quiet else None

    def __enter__(self) -> Self:
        return self

    def __iter__(self) -> Iterator[int]:
        yield from range(self.done, self.total)

    def report(self, numbers: str) -> None:
        """Count a step as done, and show its numbers."""
        self.done += 1
        if self.bar is not None:
            self.bar.set_description_str(numbers, refresh=False)
            self.bar.update()
        elif self.done == 1 or self.done % math.ceil(self.total / 10) == 0:
            self.note(f"{self.unit} {self.done:{len(str(self.total))}}/{self.total}   {numbers}")

    def note(self, text: str) -> None:
        """Print a line, above the bar if there is one."""
        if self.bar is not None:
            self.bar.write(text, file=sys.stdout)
        elif not self.quiet:
            self.say(text)

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.perf_counter() - self.began

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.bar is not None:
            self.bar.close()


def print_at_once(text: str) -> None:
    """Print a line without waiting for more.

    >>> print_at_once("so far, so good")
    so far, so good
    """
    print(text, flush=True)


def on_terminal() -> bool:
    """Whether what is printed goes to a terminal, where a line can be rewritten; a notebook says so, and is none."""
    stream = sys.stdout
    return stream is not None and stream.isatty() and not type(stream).__module__.startswith("ipykernel")


def _bar(total: int, unit: str, done: int) -> Any:
    from tqdm import tqdm

    return tqdm(
        total=total,
        initial=done,
        file=sys.stdout,
        leave=False,
        ncols=min(100, shutil.get_terminal_size().columns),
        bar_format=unit + " {n_fmt}/{total_fmt} {bar:30}   {desc}   {remaining} left",
    )
