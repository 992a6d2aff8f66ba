"""Schedules beyond the numbers of the documents, which test_documents.py has."""

import math

import pytest

from nn import schedules
from nn.schedules import SCHEDULES, schedule_named

STEPS = [0, 1, 7, 50, 99, 100, 101, 550, 999, 1000, 1001, 5000]
FORMULAS = {  # with the default options
    "constant": lambda t: 1,
    "cosine": lambda t: math.cos(math.pi * t / 2000) ** 2 if t < 1000 else 0,
    "exponential": lambda t: math.exp(t * math.log(0.95)),
    "step": lambda t: 2.0 ** -(t // 100),
    "warmup": lambda t: t / 100 if t < 100 else 1,
    "warmup_decay": lambda t: t / 100 if t < 100 else (1000 - t) / 900 if t < 1000 else 0,
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_formulas_with_default_options(name):
    rate = schedule_named(name, 0.3)
    assert [rate(t) for t in STEPS] == pytest.approx([0.3 * FORMULAS[name](t) for t in STEPS], rel=1e-12, abs=1e-16)
    assert all(type(rate(t)) is float for t in STEPS)


def test_cosine_and_decay_stay_low():
    rate = schedules.cosine(0.1, total=10, lowest=0.01)
    assert [rate(0), rate(5), rate(10), rate(15), rate(20)] == pytest.approx([0.1, 0.055, 0.01, 0.01, 0.01])
    rate = schedules.warmup_decay(0.1, steps=10, total=30, decay="cosine")
    assert [rate(5), rate(10), rate(20), rate(30), rate(50)] == pytest.approx([0.05, 0.1, 0.05, 0, 0])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: schedule_named("linear", 0.1), ValueError, "no schedule is called 'linear'; there are constant"),
        (lambda: schedule_named("step", 0.1, rate=3), TypeError, "no option 'rate'; it takes lr, factor, every"),
        (lambda: schedules.constant(0.0), ValueError, "lr is 0.0; it is a positive number"),
        (lambda: schedules.exponential(math.nan), ValueError, "lr is nan; it is a positive number"),
        (lambda: schedules.exponential(0.1, decay=1.5), ValueError, r"decay is 1.5; it lies in \(0, 1\]"),
        (lambda: schedules.step(0.1, factor=0), ValueError, r"factor is 0; it lies in \(0, 1\]"),
        (lambda: schedules.step(0.1, every=2.5), ValueError, "every is 2.5; it is a number of steps"),
        (lambda: schedules.warmup(0.1, steps=0), ValueError, "steps is 0; it is a number of steps"),
        (lambda: schedules.cosine(0.1, total=math.inf), ValueError, "total is inf; it is a number of steps"),
        (lambda: schedules.cosine(0.1, lowest=0.2), ValueError, "lowest is 0.2; it lies between 0 and lr = 0.1"),
        (lambda: schedules.warmup_decay(0.1, steps=9, total=9), ValueError, "total is 9 and the warm-up alone takes"),
        (lambda: schedules.warmup_decay(0.1, decay="slow"), ValueError, "decay is 'slow'; it is 'linear' or 'cosine'"),
    ],
)  # fmt: skip
def test_errors_say_what_to_do(call, error, message):
    with pytest.raises(error, match=message):
        call()
