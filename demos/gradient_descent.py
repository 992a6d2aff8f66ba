"""From the slope alone, gradient descent walks to the minimum of a parabola; with too long steps it walks away.

Two parabolas, one unknown. On (x - 3)² + 1 three learning rates start at 0: the first comes closer step by step, the
second arrives at once, the third overshoots further each time. On x² - 4x + 7 twenty steps are printed with x, f(x) and
the slope. The slope comes from the engine; that every step is right is known from a closed form: the distance to the
minimum is multiplied by 1 - 2 lr.

From: "Module 02: Backpropagation and Gradient Descent", section 4 and exercise 2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import nn
from autograd import Value
from demos.command import Run
from demos.style import BLUE, GREY

SECONDS = (1, 1)  # in full, and with --quick

# What each learning rate is expected to give: the number of steps, the last x, and what to see.
PANELS = {
    0.1: (10, 2.6778774528, "closer with each step"),
    0.5: (10, 3.0, "there in one step"),
    1.1: (5, 10.46496, "further with each step"),
}
TABLE = {  # step: x, f(x) there, and the slope that led there, as the document's code prints them
    1: (0.4, 5.56, -4.0),
    2: (0.72, 4.6384, -3.2),
    3: (0.976, 4.0486, -2.56),
    4: (1.1808, 3.6711, -2.048),
    5: (1.3446, 3.4295, -1.6384),
    20: (1.9769, 3.0005, -0.0576),
}


class Step(NamedTuple):
    """Where gradient descent stands: x, f(x) and f'(x)."""

    x: float
    y: float
    slope: float


def main(quick: bool = False, **flags: Any) -> int:
    """Walk down both parabolas, compare every step with the closed form, draw."""
    with Run("gradient_descent", quick=quick, **flags) as run:
        draw_panels(run, three_rates(run))
        draw_convergence(run, twenty_steps(run))
    return run.status


def descend(
    f: Callable[[Any], Any], lr: float, steps: int, *, start: float = 0.0, limit: float = float("inf")
) -> list[Step]:
    """Gradient descent on a function of one number, until ``steps`` are done or x is beyond ``limit``.

    >>> [round(step.x, 3) for step in descend(lambda x: (x - 3) ** 2 + 1, lr=0.1, steps=3)]
    [0.0, 0.6, 1.08, 1.464]
    """
    x = Value(start, name="x")
    optimiser = nn.optim.SGD([x], lr=lr)
    path: list[Step] = []
    while True:
        y = f(x)
        optimiser.zero_grad()
        y.backward()
        path.append(Step(x.data, y.data, x.grad))
        if len(path) > steps or abs(x.data) > limit:
            return path
        optimiser.step()  # x <- x - lr * f'(x)


def square(x: Any) -> Any:
    """The first parabola; its minimum is 1, at 3."""
    return (x - 3) ** 2 + 1


def exercise(x: Any) -> Any:
    """The second parabola; its minimum is 3, at 2."""
    return x**2 - 4 * x + 7


def three_rates(run: Run) -> dict[float, list[Step]]:
    """Ten steps on (x - 3)² + 1 with each rate, fewer where x leaves -10 ... 10."""
    run.say("f(x) = (x - 3)² + 1 from x = 0; the distance to 3 is multiplied by 1 - 2 lr in each step")
    paths = {lr: descend(square, lr, steps=10, limit=10.0) for lr in PANELS}
    for lr, path in paths.items():
        n, last, _ = PANELS[lr]
        steps = np.arange(len(path))
        run.say(f"  lr {lr}: x = {', '.join(f'{step.x:.4g}' for step in path)}")
        run.expect(
            len(path) - 1 == n and abs(path[-1].x - last) < 1e-12,
            f"lr {lr}: after {len(path) - 1} steps x = {path[-1].x:.8g} (expected {n} steps, {last:.8g})",
        )
        away = np.max(np.abs([step.x for step in path] - (3 - 3 * (1 - 2 * lr) ** steps)))
        run.expect(bool(away < 1e-12), f"lr {lr}: every x is 3 - 3 (1 - 2 lr)^n to {away:.0e}")
    return paths


def twenty_steps(run: Run) -> list[Step]:
    """The document's exercise: x² - 4x + 7, 20 steps of lr 0.1 from 0."""
    path = descend(exercise, lr=0.1, steps=20)
    run.say("f(x) = x² - 4x + 7 from x = 0 with lr 0.1; the slope is the one at the x before")
    run.say(f"  {'step':>4} {'x':>8} {'f(x)':>8} {'slope':>8}   expected")
    for n, expected in TABLE.items():
        got = (path[n].x, path[n].y, path[n - 1].slope)
        x, y, slope = got
        right = np.allclose(got, expected, rtol=0, atol=5.001e-5)
        run.expect(
            bool(right), f"{n:>4} {x:8.4f} {y:8.4f} {slope:8.4f}   {' '.join(f'{number:8.4f}' for number in expected)}"
        )
    run.expect(
        abs(abs(path[-1].x - 2) - 2 * 0.8**20) < 1e-14,
        f"at the end x is {abs(path[-1].x - 2):.6f} from the minimum at 2 (expected 2 · 0.8^20 = {2 * 0.8**20:.6f})",
    )
    return path


def draw_panels(run: Run, paths: dict[float, list[Step]]) -> None:
    """The parabola and the steps on it, for each learning rate."""
    figure = run.figure(14, 4.8)
    for ax, (lr, path) in zip(figure.subplots(1, 3), paths.items(), strict=True):
        nn.plot.trajectory(ax, square, [step.x for step in path], minimum=3.0)
        ax.set_title(f"lr {lr}: {PANELS[lr][2]}")
        ax.legend(loc="upper center", frameon=True, framealpha=0.9, edgecolor="none")
    run.save(
        figure,
        "trajectories.png",
        "The parabola (x - 3)² + 1 three times, with the steps from x = 0: lr 0.1 comes closer to 3 step by step and "
        f"ends at {paths[0.1][-1].x:.3g}, lr 0.5 is there after one step, lr 1.1 jumps from side to side, further each "
        f"time, up to {paths[1.1][-1].x:.3g}.",
    )


def draw_convergence(run: Run, path: list[Step]) -> None:
    """The steps on the exercise's parabola, and f over the steps."""
    figure = run.figure(12, 4.8)
    left, right = figure.subplots(1, 2)
    nn.plot.trajectory(left, exercise, [step.x for step in path], minimum=2.0).set_title("The steps get shorter ...")
    right.plot([step.y for step in path], "o-", color=BLUE, markersize=5)
    right.axhline(3, color=GREY, linestyle=":")
    right.text(20, 2.93, "minimum, f = 3", ha="right", va="top", color=GREY)
    right.set(
        title="... and f(x) falls to its minimum",
        xlabel="step",
        ylabel="f(x)",
        xticks=range(0, 21, 5),
        ylim=(2.6, None),
    )
    run.save(
        figure,
        "convergence.png",
        f"Left, twenty steps from x = 0 to {path[-1].x:.4f} on x² - 4x + 7. Right, f falls from 7 to {path[-1].y:.4f}; "
        "the minimum is 3.",
    )
