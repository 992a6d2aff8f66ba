"""Momentum as a mean of gradients starts ten times slower, and gains little; as a sum it pays, in a long valley.

The document's exercise: its two moons and its XOR again, with the mean v = 0.9 v + 0.1 g. The first step is a tenth of
a plain one, as the mean starts at 0 and nothing corrects for that; it falls up to nine steps behind, and ends about
where plain descent does. Momentum is for long valleys: the steep sides forbid plain descent a larger rate, and along
the floor it creeps. You will see four losses, and the paths of plain descent, mean, sum and Nesterov in a valley.

From: "Chapter 3: Neural Networks", exercise 2; "Module 02: Backpropagation and Gradient Descent", further reading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

import nn
from autograd import Parameter
from demos.command import Run
from demos.style import GREY, INK
from demos.two_classes import expect_losses
from demos.xor import chapter_3_network

SECONDS = (3, 2)  # in full, and with --quick

LOSSES = {  # what the document's code gives: after so many updates, plain and with momentum
    "Two moons": (
        {0: 0.67194310, 1: 0.62256936, 10: 0.43374926, 100: 0.23949235, 1000: 0.03823364, 2000: 0.00416775},
        {0: 0.67194310, 1: 0.66667878, 10: 0.52129794, 100: 0.24735415, 1000: 0.04567331, 2000: 0.00442406},
    ),
    "XOR": (
        {0: 0.70611075, 1: 0.69721636, 10: 0.66151854, 100: 0.14249658, 1000: 0.00527740, 5000: 0.00087120},
        {0: 0.70611075, 1: 0.70514172, 10: 0.68079771, 100: 0.23061067, 1000: 0.00522454, 5000: 0.00085354},
    ),
}
STEEP = 100.0  # how much more the valley bends across than along
START = (-9.0, 1.0)
NEAR = 1e-3  # the bottom of the valley is 0
RATE = 0.012  # from 0.02 on plain descent diverges, from 0.0136 on Nesterov's momentum
Rule = Callable[[list[Any]], nn.optim.Optimiser]
RULES: dict[str, Rule] = {
    "plain": lambda params: nn.optim.SGD(params, RATE),
    "mean": lambda params: nn.optim.Momentum(params, RATE, 0.9, "average"),
    "sum": lambda params: nn.optim.Momentum(params, RATE, 0.9, "classical"),
    "Nesterov": lambda params: nn.optim.Nesterov(params, RATE, 0.9),
}


def main(quick: bool = False, **flags: Any) -> int:
    """Train the document's two networks with and without momentum, walk through a valley, draw."""
    with Run("momentum", quick=quick, **flags) as run:
        curves = {task: (train(run, task, False, quick), train(run, task, True, quick)) for task in LOSSES}
        for task, (plain, mean) in curves.items():
            for what, curve, expected in zip(("plain", "momentum"), (plain, mean), LOSSES[task], strict=True):
                expect_losses(run, f"{task}, {what}", curve, expected)
        small_start(run, *curves["Two moons"])
        draw(run, curves, through_the_valley(run))
    return run.status


def train(run: Run, task: str, momentum: bool, quick: bool) -> list[float]:
    """The losses of the document's network, before each update and after the last."""
    if task == "XOR":
        X, y = nn.data.xor()
        model, lr, epochs = chapter_3_network([2, 4, 1], [nn.Tanh], np.random.RandomState(0)), 0.5, 5000
    else:
        rng = np.random.RandomState(42)
        X, y = (part[:240] for part in nn.data.moons(300, noise=0.1, rng=rng, noise_first=True))
        model, lr, epochs = chapter_3_network([2, 16, 8, 1], [nn.ReLU, nn.ReLU], rng), 0.1, 2000
    params = model.parameters()
    history = nn.train.fit(
        model,
        (X, y[:, None]),
        loss=nn.losses.bce_with_logits,
        optimiser=nn.optim.Momentum(params, lr, 0.9, "average") if momentum else nn.optim.SGD(params, lr),
        epochs=1000 if quick else epochs,
        batch_size=None,
        shuffle=False,
        progress=False,
    )
    run.interrupted |= history.interrupted
    return [*history.loss, nn.losses.bce_with_logits(model(X), y[:, None]).item()]


def small_start(run: Run, plain: list[float], mean: list[float]) -> None:
    """What the mean's first step is worth on the moons; and on an even slope, how far it falls behind."""
    falls = [curve[0] - curve[1] for curve in (plain, mean)]
    run.expect(
        8 < falls[0] / falls[1] < 12,
        f"Two moons: the first step lowers the loss by {falls[0]:.4f}, with momentum by {falls[1]:.4f} (target: about "
        "10 times less)",
    )
    walked = [-walk(rule, lambda p: p[0], (0.0, 0.0), 60)[:, 0] / RATE for rule in (RULES["plain"], RULES["mean"])]
    n = np.arange(61)
    run.expect(
        np.allclose(walked[0] - walked[1], 9 * (1 - 0.9**n), rtol=0, atol=1e-9),
        f"on an even slope the mean's first steps are {numbers(np.diff(walked[1])[:3])} of a plain one (expected "
        f"0.100, 0.190, 0.271); after 60 it is {walked[0][60] - walked[1][60]:.2f} steps behind "
        "(expected 9 (1 - 0.9^60))",
    )


def numbers(row: np.ndarray) -> str:
    """Three decimals each."""
    return ", ".join(f"{number:.3f}" for number in row)


# The valley --------------------------------------------------------------------------------------------------------


def valley(p: Any) -> Any:
    """Half of x² + 100 y²: a hundred times steeper across than along.

    Shapes: p (2,) or, as columns, (2, n).
    """
    return (p[0] * p[0] + STEEP * p[1] * p[1]) / 2


def walk(rule: Rule, f: Callable[[Any], Any], start: tuple[float, float], steps: int) -> np.ndarray:
    """The start and where each step of an optimiser leads: (steps + 1, 2)."""
    p = Parameter(np.array(start))
    optimiser = rule([p])
    points = [p.data.copy()]
    for _ in range(steps):
        optimiser.zero_grad()
        f(p).backward()
        optimiser.step()
        points.append(p.data.copy())
    return np.array(points)


def arrival(path: np.ndarray) -> int:
    """From which step on the path stays near the bottom.

    Shapes: path (steps, 2).
    """
    far = np.flatnonzero(valley(path.T) >= NEAR)
    return int(far[-1]) + 1 if len(far) else 0


def through_the_valley(run: Run) -> dict[str, np.ndarray]:
    """The paths of plain descent, of both forms of momentum, and of Nesterov's."""
    paths = {name: walk(rule, valley, START, 600) for name, rule in RULES.items()}
    steps = {name: arrival(path) for name, path in paths.items()}
    run.say(f"the valley (x² + 100 y²) / 2 from {START}, rate {RATE} each: steps until it stays below {NEAR}:")
    run.say("  " + ", ".join(f"{name} {step}" for name, step in steps.items()))
    # along the floor x is multiplied by 1 - RATE, so that x²/2 is near after log(NEAR / 40.5) / (2 log(0.988))
    expected = int(np.ceil(np.log(NEAR / (START[0] ** 2 / 2)) / (2 * np.log(1 - RATE))))
    run.expect(steps["plain"] == expected, f"plain descent takes {steps['plain']} steps (expected {expected})")
    run.expect(
        steps["Nesterov"] < steps["sum"] < steps["plain"] / 2,
        f"the sum of gradients: {steps['sum']} steps, Nesterov's form: {steps['Nesterov']} (expected: less than half)",
    )
    tenfold = walk(lambda params: nn.optim.Momentum(params, 10 * RATE, 0.9, "average"), valley, START, 600)
    gap = float(np.max(np.abs(tenfold - paths["sum"])))
    run.expect(gap < 1e-12, f"the mean at ten times the rate takes the path of the sum: largest difference {gap:.0e}")
    return paths


def draw_path(ax: Axes, name: str, path: np.ndarray, colour: str) -> Axes:
    """The valley as lines of equal height, and on it a path with its name.

    Shapes: path (n, 2).
    """
    x, y = np.linspace(-10, 4, 160), np.linspace(-1.6, 1.4, 80)
    heights = valley(np.array(np.meshgrid(x, y)))
    ax.contour(x, y, heights, levels=np.geomspace(0.05, 150, 10), colors=GREY, linewidths=0.5)
    ax.plot(*path.T, color=colour, linewidth=1.6, marker="o", markersize=4)
    ax.plot(0, 0, "+", color=INK, markersize=12, markeredgewidth=1.5)
    label = ax.text(0.99, 0.94, name, transform=ax.transAxes, ha="right", va="top", color=nn.plot.readable(colour))
    label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 2})
    ax.grid(visible=False)
    ax.set(xlim=(-10, 4), ylim=(-1.6, 1.4), ylabel="y", yticks=[-1, 0, 1])
    return ax


def draw(run: Run, curves: Mapping[str, tuple[list[float], list[float]]], paths: Mapping[str, np.ndarray]) -> None:
    """The losses of both tasks; the paths in the valley, and how high they still are."""
    figure = run.figure(13.5, 9.5)
    grid = figure.add_gridspec(2, 2, height_ratios=[4, 5])
    for column, (task, (plain, mean)) in enumerate(curves.items()):
        ax = figure.add_subplot(grid[0, column])
        nn.plot.loss_curves(ax, {"plain": plain, "mean": mean}, xlabel="updates")
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter("{x:,.0f}")
        ax.set(xlim=(1, len(plain) - 1), title=f"{task}: late at first, {plain[-1]:.2g} and {mean[-1]:.2g} at the end")
    axes = grid[1, 0].subgridspec(len(paths), 1).subplots(sharex=True)
    for ax, (name, path), colour in zip(axes, paths.items(), nn.plot.COLOURS, strict=False):
        draw_path(ax, name, path[:31], colour)
    axes[0].set_title("30 steps in a valley")
    axes[-1].set_xlabel("x")
    ax = figure.add_subplot(grid[1, 1])
    heights = {name: valley(path[:401].T) for name, path in paths.items()}
    nn.plot.loss_curves(ax, heights, xlabel="steps", ylabel="height above the bottom")
    ax.set(title="The sum and Nesterov's form are down first", ylim=(1e-8, 200))
    run.save(
        figure,
        "momentum.png",
        "Above, the losses of the document's two networks: "
        + ", ".join(
            f"{task} ends at {plain[-1]:.2g} plain and {mean[-1]:.2g} with momentum"
            for task, (plain, mean) in curves.items()
        )
        + f". Below, four paths in a valley; they are below {NEAR} after "
        + ", ".join(f"{arrival(path)} steps ({name})" for name, path in paths.items())
        + ".",
    )
