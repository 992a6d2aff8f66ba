"""A constant learning rate keeps the loss up in the noise; a falling one ends ten times nearer to the minimum.

First the document's five schedules over 300 steps, with its numbers, and two more: the decay after a warm-up that its
comment promises and its code lacks, and its exponential with the default decay, which stops too soon. Then each of them
trains a linear model, ten times, on noisy samples, 4 a step. You will see all rates, and how far the loss stays above
its minimum: a high rate gets down fast, but the noise is as high as the rate, and only a falling rate gets below.

From: "Neural Networks Solutions - Module 6", challenge 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np

import nn
from demos.command import Run
from nn import schedules
from nn.schedules import Schedule

SECONDS = (2, 2)  # in full, and with --quick

STEPS = 300
SCHEDULES: dict[str, Schedule] = {  # the document's five, and two more
    "constant": schedules.constant(0.1),
    "step": schedules.step(0.1, factor=0.5, every=100),
    "exponential": schedules.exponential(0.1, decay=0.995),
    "cosine": schedules.cosine(0.1, total=300),
    "warm-up": schedules.warmup(0.1, steps=50),
    "warm-up, decay": schedules.warmup_decay(0.1, steps=50, total=300),
    "exponential 0.95": schedules.exponential(0.1),
}
AT = (0, 25, 50, 100, 150, 200, 299)
RATES = {  # at these steps, as the document's code gives them
    "constant": [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
    "step": [0.1, 0.1, 0.1, 0.05, 0.05, 0.025, 0.025],
    "exponential": [0.1, 0.088222, 0.077831, 0.060577, 0.047148, 0.036696, 0.022341],
    "cosine": [0.1, 0.098296, 0.093301, 0.075, 0.05, 0.025, 0.000003],
    "warm-up": [0.0, 0.05, 0.1, 0.1, 0.1, 0.1, 0.1],
}


SCALES = np.array([1.0, 1.0, 1.0, 1.0, 0.3])  # of the features: the last weight is learned slowly


def main(quick: bool = False, **flags: Any) -> int:
    """Compare the rates, train under each of them, draw."""
    with Run("schedules", quick=quick, **flags) as run:
        for name, expected in RATES.items():
            run.expect_numbers(f"{name:11}", [SCHEDULES[name](step) for step in AT], expected, decimals=6)
        run.expect(
            schedules.warmup(0.1, 50)(299) == 0.1 and SCHEDULES["warm-up, decay"](299) < 0.001,
            "after its warm-up the document's rate stays at 0.1, where its comment says “then decay”; warmup_decay "
            f"falls to {SCHEDULES['warm-up, decay'](299):.4f}",
        )
        runs = 6 if quick else 10
        excess = {name: np.mean([train(run, rate, k) for k in range(runs)], axis=0) for name, rate in SCHEDULES.items()}
        run.say(f"  how far the loss is above its minimum, the mean of {runs} trainings")
        for name, curve in excess.items():
            run.say(f"  {name:17} {curve[100]:.4f} after 100 steps, {curve[STEPS]:.4f} after 300")
        compare(run, {name: float(curve[STEPS]) for name, curve in excess.items()})
        draw(run, excess)
    return run.status


def train(run: Run, rate: Schedule, k: int) -> np.ndarray:
    """How far the loss of a linear model is above its minimum, before each of 300 steps and after the last: (301,)."""
    rng = np.random.default_rng([run.seed, k])
    X = rng.normal(size=(400, len(SCALES))) * SCALES  # (n, d)
    y = X.sum(axis=1, keepdims=True) + rng.normal(size=(400, 1))  # (n, 1)
    lowest = nn.losses.mse(X @ np.linalg.lstsq(X, y)[0], y)
    W = nn.Parameter(np.zeros((len(SCALES), 1)))
    optimiser = nn.optim.SGD([W], rate)
    above = []
    for batch in chain.from_iterable(nn.data.batches(400, 4, rng) for _ in range(STEPS // 100)):
        above.append(nn.losses.mse(X @ W.data, y) - lowest)
        optimiser.zero_grad()
        nn.losses.mse(X[batch] @ W, y[batch]).backward()
        optimiser.step()
    return np.array([*above, nn.losses.mse(X @ W.data, y) - lowest])


def compare(run: Run, ends: Mapping[str, float]) -> None:
    """What the schedules gain, and what a decay that is too quick loses."""
    constant = ends["constant"]
    for name, least in (("step", 2), ("exponential", 2), ("cosine", 4), ("warm-up, decay", 4)):
        gain = constant / ends[name]
        run.expect(gain > least, f"{name}: {gain:.1f} times nearer to the minimum than a constant rate (over {least})")
    ratio = ends["warm-up"] / constant
    run.expect(0.8 < ratio < 1.25, f"a warm-up alone changes nothing at the end: {ratio:.2f} times (0.8 to 1.25)")
    late = ends["exponential 0.95"] / ends["cosine"]
    run.expect(
        late > 2,
        "a decay of 0.95 a step: all steps together are no longer than the first one 20 times. It ends "
        f"{late:.1f} times as far from the minimum as the cosine (over 2)",
    )


def draw(run: Run, excess: Mapping[str, np.ndarray]) -> None:
    """Left the rates, right what comes of them."""
    figure = run.figure(14.5, 5.5)
    left, right = figure.subplots(1, 2)
    rates = {name: [rate(step) for step in range(STEPS)] for name, rate in SCHEDULES.items()}
    nn.plot.loss_curves(left, rates, log=False, xlabel="step", ylabel="learning rate")
    left.set_title("Seven schedules over 300 steps")
    window = np.ones(11) / 11
    smooth = {name: np.convolve(np.pad(curve, 5, "edge"), window, "valid") for name, curve in excess.items()}
    nn.plot.loss_curves(right, smooth, xlabel="step", ylabel="loss above its minimum, mean of 11 steps")
    right.set_title("A rate that stays keeps the loss in the noise")
    run.save(
        figure,
        "schedules.png",
        "Left, seven learning rates over 300 steps. Right, how far the loss stays above its minimum; at the end: "
        + ", ".join(f"{name} {curve[STEPS]:.3f}" for name, curve in excess.items())
        + ".",
    )
