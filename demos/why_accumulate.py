"""A number that is used twice gets two gradients, and they add up; where one overwrites the other, learning fails.

In a small graph x is used twice: its gradient is 8 + 6 = 14, and 8 where the second share overwrites the first. Then a
line is fitted to 20 points. Its slope and its bias are used once for each point, so that with overwriting only the one
point counts whose share comes last: the line goes through that point, and past all others.

From: "Chapter 3: Neural Networks", part 8; "Module 02: Backpropagation and Gradient Descent", section 5.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import add
from typing import Any

import numpy as np

import nn
from autograd import Value
from autograd.node import order
from demos.command import Run
from demos.graphs import Gradients, Share, draw_gradients, formula, overwrite, walk
from demos.style import BLUE, GREY, INK, ORANGE

SECONDS = (2, 2)  # in full, and with --quick

Line = tuple[float, float]  # slope and bias


def main(quick: bool = False, **flags: Any) -> int:
    """Walk the graph in both ways, then fit the line in both ways."""
    with Run("why_accumulate", quick=quick, **flags) as run:
        x, w = Value(3.0, name="x"), Value(2.0, name="w")
        a = x * w
        b = x + 1
        c = a * b
        a.name, b.name, c.name = "a", "b", "c"
        for node in (x, w, a, b, c):
            run.say(f"  {formula(node):10} = {node.data:g}")
        run.say("By hand: c = w x (x + 1), so dc/dx = w (2x + 1) = 14 and dc/dw = x (x + 1) = 12.")
        nodes = list(reversed(order(c)))

        def tell(share: Share) -> None:
            run.say(f"  {share.source.name} hands {share.amount:g} to {share.target.name}")

        right, wrong = walk(nodes, add, tell), walk(nodes, overwrite)
        run.expect(right[x] == 14 and right[w] == 12, f"added: x {right[x]:g}, w {right[w]:g} (expected 14 and 12)")
        run.expect(
            wrong[x] == 8 and wrong[w] == 12,
            f"overwritten: x {wrong[x]:g}, w {wrong[w]:g} (expected the wrong 8, and 12: w is used once)",
        )
        c.backward()
        run.expect(
            (x.grad, w.grad) == (14, 12), f"backward() of the engine: x {x.grad:g}, w {w.grad:g} (expected 14 and 12)"
        )
        X, y = points(run.seed)
        lines = fit_both(run, X, y, 120 if quick else 400)
        draw(run, {x: (0, 1.6), w: (0, 0), a: (3, 0), b: (4.4, 1.6), c: (6, 0)}, wrong, right, X, y, lines)
    return run.status


def points(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """20 points near the line y = 2x + 1, from left to right.

    Shapes: X (20,), y (20,).
    """
    X = np.linspace(-1, 1, 20)
    return X, 2 * X + 1 + np.random.default_rng(seed).normal(0, 0.2, 20)


def fit(X: np.ndarray, y: np.ndarray, steps: int, meet: Callable[[float, float], float]) -> Line:
    """Slope and bias after gradient descent on the mean squared error, with this way to join two gradients."""
    slope, bias = Value(0.0), Value(0.0)
    optimiser = nn.optim.SGD([slope, bias], lr=0.5)
    for _ in range(steps):
        loss = sum((slope * x + bias - t) ** 2 for x, t in zip(X.tolist(), y.tolist(), strict=True)) / len(X)
        gradients = walk(reversed(order(loss)), meet)
        slope.grad, bias.grad = gradients[slope], gradients[bias]
        optimiser.step()
    return slope.data, bias.data


def fit_both(run: Run, X: np.ndarray, y: np.ndarray, steps: int) -> tuple[Line, Line]:
    """The line with gradients added, and with gradients overwritten."""
    added, overwritten = fit(X, y, steps, add), fit(X, y, steps, overwrite)
    best = np.polyfit(X, y, 1)
    run.expect(
        bool(np.allclose(added, best, rtol=0, atol=1e-6)),
        f"added: y = {added[0]:.4f} x {added[1]:+.4f} (expected {best[0]:.4f}, {best[1]:.4f}: the least squares line)",
    )
    misses = np.abs(overwritten[0] * X + overwritten[1] - y)
    first = int(np.argmin(misses))
    errors = [float(np.mean((line[0] * X + line[1] - y) ** 2)) for line in (added, overwritten)]
    run.expect(
        first == 0 and misses[0] < 0.01,
        f"overwritten: y = {overwritten[0]:.4f} x {overwritten[1]:+.4f}; it misses the first point by {misses[0]:.4f} "
        "(expected less than 0.01: that point's shares come last)",
    )
    run.expect(
        errors[1] > 10 * errors[0],
        f"mean squared error {errors[1]:.3f} overwritten, {errors[0]:.3f} added (expected more than ten times as much)",
    )
    return added, overwritten


def draw(
    run: Run,
    places: dict[Value, Any],
    wrong: Gradients,
    right: Gradients,
    X: np.ndarray,
    y: np.ndarray,
    lines: tuple[Line, Line],
) -> None:
    """The graph with the gradients of both ways, and the two lines among the points."""
    figure = run.figure(16, 4)
    left, middle, last = figure.subplots(1, 3, width_ratios=[5, 5, 3.4])
    draw_gradients(left, places, right, right)
    left.set_title("Added: x gets 6 + 8")
    draw_gradients(middle, places, wrong, right)
    middle.set_title("Overwritten: of x only the 8 is left")
    last.plot(X, y, "o", color=GREY, markersize=5)
    for (slope, bias), style, colour, name in zip(
        lines, ("-", "--"), (BLUE, ORANGE), ("added", "overwritten"), strict=True
    ):
        last.plot(X, slope * X + bias, style, color=colour, label=name)
    last.plot(X[0], y[0], "o", color="none", markeredgecolor=INK, markersize=14, label="all that it learns from")
    last.set(title="A line through 20 points", xlabel="x", ylabel="y")
    last.legend(loc="upper left", fontsize=10)
    run.save(
        figure,
        "accumulate.png",
        "The graph c = a · b with a = x · w and b = x + 1, twice: x has the gradient 14 where its two shares are "
        "added, 8 where the second overwrites the first. Beside it 20 points near a line: added gradients find y = "
        f"{lines[0][0]:.2f} x {lines[0][1]:+.2f}; overwritten ones give y = {lines[1][0]:.2f} x {lines[1][1]:+.2f}, "
        "through the first point only.",
    )
