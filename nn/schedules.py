"""Learning rates that change: each function here makes a function from the step to the rate. Imports nothing of ours.

An optimiser takes one as its ``lr``. Steps count from 0, and the rate of step 0 is that of the first update.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable

__all__ = [
    "SCHEDULES", "Schedule", "constant", "cosine", "exponential", "schedule_named", "step", "warmup", "warmup_decay",
]  # fmt: skip

Schedule = Callable[[int], float]


def constant(lr: float) -> Schedule:
    """The rate ``lr`` at every step.

    Raises: ValueError for a rate that is not positive.

    From: "Neural Networks Solutions - Module 6", challenge 2.

    >>> constant(0.1)(1000)
    0.1
    """
    _check_positive("lr", lr)
    return lambda _: lr


def step(lr: float, factor: float = 0.5, every: int = 100) -> Schedule:
    """``lr`` multiplied by ``factor`` after every ``every`` steps: a staircase.

    Raises: ValueError for a rate or a count that is not positive, or a factor outside (0, 1].

    From: "Neural Networks Solutions - Module 6", challenge 2.

    >>> rate = step(0.1, factor=0.5, every=100)
    >>> rate(0), rate(99), rate(100), rate(200)
    (0.1, 0.1, 0.05, 0.025)
    """
    _check_positive("lr", lr)
    _check_fraction("factor", factor)
    _check_count("every", every)
    return lambda t: lr * factor ** (t // every)


def exponential(lr: float, decay: float = 0.95) -> Schedule:
    """``lr`` multiplied by ``decay`` after each step.

    Raises: ValueError for a rate that is not positive, or a decay outside (0, 1].

    From: "Neural Networks Solutions - Module 6", challenge 2.

    >>> exponential(0.1, decay=0.5)(3)
    0.0125
    """
    _check_positive("lr", lr)
    _check_fraction("decay", decay)
    return lambda t: lr * decay**t


def cosine(lr: float, total: int = 1000, lowest: float = 0.0) -> Schedule:
    """From ``lr`` down to ``lowest`` along half a period of the cosine, in ``total`` steps; ``lowest`` from there on.

    Raises: ValueError for a rate or a count that is not positive, or a lowest rate outside [0, lr].

    From: "Neural Networks Solutions - Module 6", challenge 2; there the rate rises again after ``total`` steps.
    Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2017), without the restarts.

    >>> rate = cosine(0.1, total=300)
    >>> rate(0), rate(150), rate(300), rate(600)
    (0.1, 0.05, 0.0, 0.0)
    """
    _check_positive("lr", lr)
    _check_count("total", total)
    if not 0 <= lowest <= lr:
        raise ValueError(f"lowest is {lowest!r}; it lies between 0 and lr = {lr!r}")
    return lambda t: lowest + (lr - lowest) * (1 + math.cos(math.pi * min(t, total) / total)) / 2


def warmup(lr: float, steps: int = 100) -> Schedule:
    """From 0 to ``lr`` along a line, in ``steps`` steps; ``lr`` from there on.

    The rate of step 0 is 0, as in the document: the first update changes no parameter, it only starts the running
    means of an optimiser that has some.

    Raises: ValueError for a rate or a count that is not positive.

    From: "Neural Networks Solutions - Module 6", challenge 2. A comment there promises a decay afterwards, which its
    code does not have: see `warmup_decay`.

    >>> rate = warmup(0.1, steps=50)
    >>> rate(0), rate(25), rate(50), rate(1000)
    (0.0, 0.05, 0.1, 0.1)
    """
    _check_positive("lr", lr)
    _check_count("steps", steps)
    return lambda t: lr * min(t / steps, 1.0)


def warmup_decay(lr: float, steps: int = 100, total: int = 1000, decay: str = "linear") -> Schedule:
    """`warmup` in ``steps`` steps, then down to 0 at step ``total``, along a line or (``decay="cosine"``) a cosine.

    Raises: ValueError for a rate or a count that is not positive, if ``total`` is not more than ``steps``, or for
    another ``decay``.

    From: "Neural Networks Solutions - Module 6", challenge 2, whose comment describes it.

    >>> rate = warmup_decay(0.1, steps=100, total=1000)
    >>> rate(0), rate(50), rate(100), rate(550), rate(1000), rate(2000)
    (0.0, 0.05, 0.1, 0.05, 0.0, 0.0)
    """
    rising = warmup(lr, steps)
    _check_count("total", total)
    if total <= steps:
        raise ValueError(f"total is {total} and the warm-up alone takes steps = {steps}; make total larger")
    if decay not in ("linear", "cosine"):
        raise ValueError(f"decay is {decay!r}; it is 'linear' or 'cosine'")
    falling = cosine(lr, total - steps) if decay == "cosine" else _line_down(lr, total - steps)
    return lambda t: rising(t) if t < steps else falling(t - steps)


def _line_down(lr: float, total: int) -> Schedule:
    return lambda t: lr * max(1 - t / total, 0.0)


SCHEDULES: dict[str, Callable[..., Schedule]] = {
    "constant": constant,
    "cosine": cosine,
    "exponential": exponential,
    "step": step,
    "warmup": warmup,
    "warmup_decay": warmup_decay,
}


def schedule_named(name: str, lr: float, **options: float | str) -> Schedule:
    """The schedule called ``name``, with its options.

    Raises: ValueError for an unknown name; it lists the known ones. TypeError for an option that the schedule has not.

    From: "Neural Networks Solutions - Module 6", challenge 2, where an unknown name raises too.

    >>> schedule_named("step", 0.1, every=10)(25)
    0.025
    """
    if name not in SCHEDULES:
        raise ValueError(f"no schedule is called {name!r}; there are {', '.join(sorted(SCHEDULES))}")
    known = inspect.signature(SCHEDULES[name]).parameters
    unknown = [option for option in options if option not in known]
    if unknown:
        raise TypeError(f"the schedule {name!r} has no option {unknown[0]!r}; it takes {', '.join(known)}")
    return SCHEDULES[name](lr, **options)


# Arguments ---------------------------------------------------------------------------------------------------


def _check_positive(name: str, value: float) -> None:
    if not 0 < value < math.inf:
        raise ValueError(f"{name} is {value!r}; it is a positive number")


def _check_fraction(name: str, value: float) -> None:
    if not 0 < value <= 1:
        raise ValueError(f"{name} is {value!r}; it lies in (0, 1], as the rate is multiplied by it again and again")


def _check_count(name: str, value: int) -> None:
    if not value >= 1 or value % 1:
        raise ValueError(f"{name} is {value!r}; it is a number of steps: 1, 2, 3, ...")
