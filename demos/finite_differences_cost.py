"""By nudging, n gradients cost n forward passes or more; one backward pass, at the price of one or two, finds all.

Networks with ever more parameters. Their gradients are found twice: by central differences, two forward passes for each
parameter, and by one call of backward(). Both are timed and, since clocks are noisy, counted: forward passes, and the
multiplications of the matrix products. You will see the times in one picture, a straight line that climbs away.

From: "Chapter 3: Neural Networks", part 8.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

import nn
from autograd import Node, Tensor, ops
from autograd.check import numerical_gradient, relative_error
from autograd.node import order
from demos.command import Run
from demos.style import BLUE, GREY, ORANGE

SECONDS = (6, 2)  # in full, and with --quick

HIDDEN = (2, 8, 32, 100, 300, 1000)  # neurons in each of two layers
SAMPLES = 32


class Cost(NamedTuple):
    """What the gradients of one network cost, in seconds; the one by differences is None where it was not run."""

    parameters: int
    forward: float
    backward: float  # together with its forward pass
    differences: float | None


def main(quick: bool = False, **flags: Any) -> int:
    """Measure and count network after network, then draw."""
    with Run("finite_differences_cost", quick=quick, **flags) as run:
        costs = [measure(run, hidden, most=300 if quick else 20_000) for hidden in HIDDEN]
        measured = [cost for cost in costs if cost.differences]
        ratio = measured[-1].differences / measured[-1].backward  # type: ignore[operator]
        n = measured[-1].parameters
        run.expect(
            ratio > n / 20,
            f"{n:,} parameters: differences take {ratio:,.0f} times as long as forward and backward "
            f"(expected more than n / 20 = {n / 20:.0f}; times vary)",
        )
        run.say(
            f"{costs[-1].parameters:,} parameters by differences: {estimated(costs[-1]) / 60:,.0f} minutes or more, "
            f"from the time of one forward pass; by backward(): {1000 * costs[-1].backward:.0f} ms"
        )
        multiplications(run)
        draw(run, costs)
    return run.status


def network(sizes: list[int], rng: np.random.Generator) -> nn.Sequential:
    """Layers of these sizes with tanh between them."""
    parts: list[nn.Module] = []
    for d_in, d_out in pairwise(sizes):
        parts += [nn.Linear(d_in, d_out, rng=rng), nn.Tanh()]
    return nn.Sequential(*parts[:-1])


def measure(run: Run, hidden: int, most: int) -> Cost:
    """Both gradients of a network 8-hidden-hidden-1; differences only for up to ``most`` parameters."""
    rng = np.random.default_rng(run.seed)
    model = network([8, hidden, hidden, 1], rng)
    X, y = rng.normal(size=(SAMPLES, 8)), rng.normal(size=(SAMPLES, 1))
    passes = 0

    def loss() -> Tensor:
        nonlocal passes
        passes += 1
        return nn.losses.mse(model(X), y)

    def gradient() -> None:
        model.zero_grad()
        loss().backward()

    parameters = model.parameters()
    n = sum(p.size for p in parameters)
    forward, both = seconds(loss), seconds(gradient)
    passes = 0
    gradient()
    analytical = [p.grad for p in parameters]
    used = passes
    if n > most:
        return Cost(n, forward, both, None)
    passes, start = 0, time.perf_counter()
    numerical = [numerical_gradient(loss, p) for p in parameters]
    spent = time.perf_counter() - start
    error = max(relative_error(a, b) for a, b in zip(numerical, analytical, strict=True))
    run.expect(
        passes == 2 * n and used == 1 and error < 1e-6,
        f"{n:6,} parameters: {passes:6,} forward passes by differences, {used} by backward() (expected 2n and 1); "
        f"the gradients agree, relative error {error:.0e}",
    )
    return Cost(n, forward, both, spent)


def seconds(work: Callable[[], Any]) -> float:
    """The shortest time of several runs, in seconds: what disturbs a measurement only makes it longer."""
    times = []
    for _ in range(9):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def estimated(cost: Cost) -> float:
    """How long central differences would take: two forward passes for each parameter."""
    return 2 * cost.parameters * cost.forward


def multiplications(run: Run) -> None:
    """Count what the matrix products of a forward and of its backward pass multiply: the price without a clock.

    X @ W has two gradients to find, for X and for W, each by a product of the same size; but the data need none.
    """
    run.say("backward() has two products to each of the forward pass, but only one at the first layer")
    cases = {
        "equal layers, 64 wide and 20 deep": ([64] * 21, 2 - 1 / 20),
        "784-256-128-10": ([784, 256, 128, 10], 268_800 / 234_752),
    }
    for name, (sizes, expected) in cases.items():
        model = network(sizes, np.random.default_rng(run.seed))
        loss = nn.losses.mse(model(np.ones((SAMPLES, sizes[0]))), np.zeros((SAMPLES, sizes[-1])))
        forward = backward = 0
        for node in order(loss):
            if node.op is ops.affine:  # X @ W + b
                before, weights, _ = node.inputs
                one = node.size * len(weights)  # n d_out d_in
                forward += one
                backward += one * sum(isinstance(x, Node) for x in (before, weights))
        run.expect(
            abs(backward / forward - expected) < 1e-9,
            f"{name}: backward() multiplies {backward / forward:.3f} times as often as the forward pass "
            f"(expected {expected:.3f}; the document: “roughly the same”)",
        )


def draw(run: Run, costs: list[Cost]) -> None:
    """Seconds over the number of parameters, both on logarithmic scales."""
    figure = run.figure(9, 5.6)
    ax = figure.subplots()
    n = [cost.parameters for cost in costs]
    measured = [cost for cost in costs if cost.differences]
    guessed = [(cost.parameters, estimated(cost)) for cost in costs if not cost.differences]
    joined = [(measured[-1].parameters, measured[-1].differences), *guessed]
    ax.plot(*zip(*joined, strict=True), "s--", color=ORANGE, markerfacecolor="white", linewidth=1.2)
    ax.plot([c.parameters for c in measured], [c.differences for c in measured], "s-", color=ORANGE)
    ax.plot(n, [cost.backward for cost in costs], "o-", color=BLUE)
    ax.plot(n, [cost.forward for cost in costs], "^:", color=GREY)
    nn.plot.label_ends(
        ax,
        [
            (n[-1], estimated(costs[-1]), "central differences\n(dashed: estimated)", ORANGE),
            (n[-1], costs[-1].backward, "forward and\nbackward", BLUE),
            (n[-1], costs[-1].forward, "forward alone", GREY),
        ],
    )
    for time_, name in ((1, "1 second"), (60, "1 minute"), (3600, "1 hour")):
        ax.axhline(time_, color=GREY, linewidth=0.8, linestyle=":", zorder=1)
        ax.text(n[0], time_ * 1.15, name, color=GREY, fontsize=9.5)
    ax.set(title="What one gradient costs", xlabel="parameters", ylabel="seconds", xscale="log", yscale="log")
    run.save(
        figure,
        "cost.png",
        f"Seconds over the number of parameters, from {n[0]:,} to {n[-1]:,}, on logarithmic scales: central "
        f"differences climb to {estimated(costs[-1]) / 60:,.0f} minutes, forward and backward together stay within "
        f"{1000 * max(cost.backward for cost in costs):.0f} ms.",
    )
