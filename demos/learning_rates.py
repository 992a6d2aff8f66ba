"""The learning rates 0.1 and 0.9 need 14 steps each; 0.01 needs 149, not the 30 that the document prints.

Five rates on x² - 4x + 7, from 0. A step multiplies the distance to the minimum by 1 - 2 lr, so its size alone decides:
0.1 and 0.9 are equally fast, one creeps up on the minimum and the other jumps over it; 0.5 is there at once, and
from 1 on nothing converges. You will see the table of the document, where it is wrong, and the curve of all rates.

From: "Module 02: Backpropagation and Gradient Descent", exercise 3.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import nn
from demos.command import Run
from demos.gradient_descent import Step, descend, exercise
from demos.style import BLUE, GREY, INK, ORANGE, SHADE

SECONDS = (1, 1)  # in full, and with --quick

MINIMUM, NEAR, FAR = 3.0, 0.01, 20.0  # converged is f(x) within 0.01 of 3; diverged is |x| beyond 20
STEPS = 30
TABLE = {  # rate: x and f(x) at the end, what the document's code says of it, and when it truly converges
    0.01: (0.9090, 4.1902, "30 iters, Converged", 149),
    0.1: (1.9975, 3.0000, "14 iters, Converged", 14),
    0.5: (2.0000, 3.0000, "1 iters, Converged", 1),
    0.9: (1.9975, 3.0000, "14 iters, Converged", 14),
    1.1: (23.3986, 460.9018, "No, Diverged", None),
}


def main(quick: bool = False, **flags: Any) -> int:
    """Try the five rates, compare with the document's table and with the closed form, draw."""
    with Run("learning_rates", quick=quick, **flags) as run:
        paths = {lr: descend(exercise, lr, STEPS, limit=FAR) for lr in TABLE}
        arrivals = {lr: arrival(descend(exercise, lr, 1000, limit=FAR)) for lr in TABLE}
        run.say(
            f"f(x) = x² - 4x + 7 from x = 0, {STEPS} steps; converged: f within {NEAR} of 3; diverged: |x| > {FAR:g}"
        )
        run.say(f"  {'lr':>4} {'1 - 2 lr':>8} {'last x':>8} {'f there':>9}   within {NEAR} of 3")
        for lr, (x, f, said, step) in TABLE.items():
            last, found = paths[lr][-1], "never" if arrivals[lr] is None else f"in step {arrivals[lr]}"
            right = abs(last.x - x) < 5.001e-5 and abs(last.y - f) < 5.001e-5 and arrivals[lr] == step
            wanted = "never" if step is None else f"in step {step}"
            run.expect(
                right,
                f"{lr:4} {1 - 2 * lr:8.2f} {last.x:8.4f} {last.y:9.4f}   {found} "
                f"(expected {x:.4f}, {f:.4f}, {wanted}; the document: “{said}”)",
            )
        explain(run, paths, arrivals)
        draw(run, paths, arrivals)
    return run.status


def arrival(path: list[Step]) -> int | None:
    """The first step that is near the minimum."""
    return next((n for n, step in enumerate(path) if abs(step.y - MINIMUM) < NEAR), None)


def predicted(lr: float) -> int | None:
    """The first step with 4 (1 - 2 lr)^(2n) < 0.01: how far f is above its minimum after n steps from 0.

    >>> [predicted(lr) for lr in (0.01, 0.1, 0.5, 0.9, 1.1)]
    [149, 14, 1, 14, None]
    """
    ratio = abs(1 - 2 * lr)
    if ratio >= 1:
        return None
    return math.floor(math.log(NEAR / 4) / (2 * math.log(ratio))) + 1 if ratio else 1


def explain(run: Run, paths: dict[float, list[Step]], arrivals: dict[float, int | None]) -> None:
    """What the numbers have in common, and where the document's table is wrong."""
    run.expect(
        paths[0.01][-1].y - MINIMUM > 100 * NEAR,
        f"lr 0.01 has not converged in {STEPS} steps: f is still {paths[0.01][-1].y - MINIMUM:.2f} above its minimum. "
        "The document's code takes the 30 it began with for an answer",
    )
    twins = max(abs(abs(a.x - 2) - abs(b.x - 2)) for a, b in zip(paths[0.1], paths[0.9], strict=True))
    run.expect(
        twins < 1e-12,
        f"lr 0.1 and 0.9 are equally far from the minimum at every step, as |1 - 2 lr| is 0.8: to {twins:.0e}",
    )
    run.expect(
        arrivals == {lr: predicted(lr) for lr in arrivals},
        f"steps until 4 (1 - 2 lr)^(2n) < {NEAR}, by logarithms: {', '.join(str(predicted(lr)) for lr in arrivals)}",
    )


def draw(run: Run, paths: dict[float, list[Step]], arrivals: dict[float, int | None]) -> None:
    """Left, x over the steps for each rate; right, how many steps every rate needs."""
    figure = run.figure(13, 5.2)
    left, right = figure.subplots(1, 2)
    curves = {f"lr {lr}": [step.x for step in path] for lr, path in paths.items()}
    curves["lr 1.1"] = curves["lr 1.1"][:6]  # then it is out of the picture
    nn.plot.loss_curves(left, curves, log=False)
    left.set(title="Five rates on the way to x = 2", xlabel="step", ylabel="x", ylim=(-2.4, 6.4))
    left.axhline(2, color=INK, linewidth=1, linestyle=":", zorder=1)

    rates = np.linspace(0.005, 0.995, 991)
    right.plot(rates, [predicted(float(lr)) for lr in rates], color=BLUE)
    right.axvspan(1, 1.2, color=SHADE, zorder=0)
    right.text(1.1, 20, "diverges", rotation=90, ha="center", va="center", color=GREY)
    places = {0.01: (12, 0), 0.1: (12, 4), 0.5: (0, 54), 0.9: (-12, 4), 1.1: (0, 20)}  # of the labels, off the curve
    for lr, step in arrivals.items():
        right.plot(lr, step or 1, "X" if step is None else "o", color=ORANGE, markersize=9, zorder=3)
        right.annotate(
            f"lr {lr}\nnever" if step is None else f"lr {lr}: {step}",
            (lr, step or 1),
            places[lr],
            textcoords="offset points",
            ha={0.01: "left", 0.1: "left", 0.9: "right"}.get(lr, "center"),
            va="center",
        )
    right.set(
        title="Steps until f is within 0.01 of its minimum",
        xlabel="learning rate",
        ylabel="steps",
        yscale="log",
        xlim=(0, 1.2),
        ylim=(0.8, 400),
    )
    right.yaxis.set_major_formatter("{x:g}")
    run.save(
        figure,
        "learning_rates.png",
        "Left, x over 30 steps: lr 0.01 creeps and is at 0.91, 0.1 nears 2 from below, 0.5 is there after one step, "
        "0.9 swings around it, 1.1 swings ever wider. Right, the steps needed over the learning rate, the same for "
        "lr and 1 - lr: 149 at 0.01, 14 at 0.1 and at 0.9, 1 at 0.5, and none converges from 1 on.",
    )
