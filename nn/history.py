"""History: how a training went. Imports nothing of ours; read train.py next, which makes it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["History"]


@dataclass
class History:
    """How a training went: one number per epoch in each list, and how it ended.

    ``loss`` is without the penalty, so that it compares with ``validation_loss``; ``lr`` is the rate of an epoch's
    first step. Lists of what was not asked for are empty.

    >>> history = History(loss=[0.7, 0.2], validation_loss=[0.6, 0.3], seconds=[0.5, 0.5])
    >>> len(history), history.best_epoch
    (2, 1)
    >>> print(history)
    2 epochs in 1.0 s: loss 0.7 -> 0.2, validation loss 0.6 -> 0.3 (best 0.3 in epoch 2)
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    metric: list[float] = field(default_factory=list)
    validation_metric: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)
    lr: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    interrupted: bool = False  # by Ctrl-C; an epoch that was cut short is not in the lists
    stopped_early: bool = False  # by ``patience``

    def __len__(self) -> int:
        return len(self.loss)

    @property
    def best_epoch(self) -> int | None:
        """The index of the lowest validation loss, the first one of equals; None without one."""
        numbers = [math.inf if math.isnan(loss) else loss for loss in self.validation_loss]
        return numbers.index(min(numbers)) if numbers else None

    def add(self, **numbers: float) -> None:
        """Append an epoch's numbers, by the names of the lists."""
        for name, number in numbers.items():
            vars(self)[name].append(float(number))

    def waited(self) -> int:
        """For how many epochs, up to the last, the validation loss has not got better.

        >>> History(validation_loss=[0.5, 0.4, 0.45, 0.4]).waited()
        2
        """
        return 0 if self.best_epoch is None else len(self.validation_loss) - 1 - self.best_epoch

    def latest(self) -> str:
        """The last epoch's numbers, for a progress line."""
        shown = [
            ("loss", self.loss),
            ("validation", self.validation_loss),
            ("metric", self.metric),
            ("validation", self.validation_metric),
        ]
        return "   ".join(f"{name} {numbers[-1]:<8.4g}" for name, numbers in shown if numbers).rstrip()

    def __str__(self) -> str:
        if not len(self):
            return "no epoch was completed" + (", interrupted" if self.interrupted else "")
        text = f"{len(self)} epoch{'s' * (len(self) > 1)} in {sum(self.seconds):.1f} s: loss {_course(self.loss)}"
        if self.best_epoch is not None:
            best = f"best {self.validation_loss[self.best_epoch]:.4g} in epoch {self.best_epoch + 1}"
            text += f", validation loss {_course(self.validation_loss)} ({best})"
        for name, numbers in (("metric", self.metric), ("validation metric", self.validation_metric)):
            text += f", {name} {_course(numbers)}" if numbers else ""
        return text + ", stopped early" * self.stopped_early + ", interrupted" * self.interrupted

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the losses against the epochs, on ``ax`` or on a new figure of pyplot; returns the Axes.

        >>> from matplotlib.figure import Figure
        >>> History(loss=[0.7, 0.2]).plot(Figure().subplots()).get_xlabel()
        'epochs'
        """
        from nn.plot import loss_curves

        if ax is None:
            from matplotlib import pyplot as plt  # so that a notebook, or plt.show(), shows it

            ax = plt.figure(layout="constrained").add_subplot()
        curves = {"training": self.loss} | ({"validation": self.validation_loss} if self.validation_loss else {})
        return loss_curves(ax, curves, first=1)


def _course(numbers: list[float]) -> str:
    return f"{numbers[0]:.4g} -> {numbers[-1]:.4g}"
