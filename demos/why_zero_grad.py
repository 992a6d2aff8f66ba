"""Gradients that are never cleared push like a ball without friction: it runs past the minimum and never comes to rest.

backward() adds to the gradients of leaves, so that two halves of a batch may be summed. Who forgets zero_grad() sums
over all steps: momentum 1, exactly. On a parabola x swings for ever, and a network that learns a sine never settles. On
two moons, where the loss falls the further the weights go, the mistake even looks like a gain: it can hide for long.

From: "Chapter 3: Neural Networks", part 8 and exercise 2; "Neural Networks Solutions - Module 6", exercise 5.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nn
from autograd import Value
from demos.command import Run
from demos.style import BLUE, INK, ORANGE

SECONDS = (2, 2)  # in full, and with --quick

Loss = Callable[[nn.Module], Any]


def main(quick: bool = False, **flags: Any) -> int:
    """Train with and without zero_grad(), on a parabola, a sine and two moons; returns the exit status."""
    with Run("why_zero_grad", quick=quick, **flags) as run:
        swings = parabola(run)
        halves_of_a_batch(run)
        steps = 250 if quick else 400

        X = np.linspace(-3, 3, 40)[:, None]  # (40, 1)
        y = 3 * np.sin(X) + np.random.default_rng(run.seed).normal(0, 0.1, X.shape)  # (40, 1)
        sine = {
            clear: train(lambda net: nn.losses.mse(net(X), y), 1, 0.05, steps, clear, run) for clear in (True, False)
        }
        unrest = {clear: max(losses[-100:]) / min(losses[-100:]) for clear, losses in sine.items()}
        run.expect(
            unrest[True] < 1.5 and unrest[False] > 3,
            f"sine: over the last 100 steps the largest loss is {unrest[True]:.2f} times the smallest with "
            f"zero_grad(), {unrest[False]:.0f} times without it (expected less than 1.5, more than 3)",
        )

        points, labels = nn.data.moons(100, noise=0.1, rng=run.seed)
        targets = labels.reshape(-1, 1)  # (100, 1)
        moons = {
            clear: train(lambda net: nn.losses.bce_with_logits(net(points), targets), 2, 0.5, steps, clear, run)
            for clear in (True, False)
        }
        run.expect(
            moons[False][-1] < moons[True][-1],
            f"two moons: loss {moons[True][-1]:.4f} with zero_grad(), {moons[False][-1]:.1e} without it "
            "(expected less: nothing shows that something is wrong)",
        )
        draw(run, swings, sine, moons)
    return run.status


def train(loss: Loss, inputs: int, lr: float, steps: int, clear: bool, run: Run) -> list[float]:
    """The losses of a network with 16 tanh neurons in training; the gradients are cleared in each step, or never."""
    rng = np.random.default_rng(run.seed)
    network = nn.Sequential(nn.Linear(inputs, 16, rng=rng), nn.Tanh(), nn.Linear(16, 1, rng=rng))
    optimiser = nn.optim.SGD(network.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        value = loss(network)
        if clear:
            optimiser.zero_grad()
        value.backward()
        optimiser.step()
        losses.append(value.item())
    return losses


def swing(steps: int, clear: bool) -> list[tuple[float, float, float]]:
    """Gradient descent on (x - 2)² from 0: at each step x, the slope there, and what is in ``x.grad``."""
    x = Value(0.0, name="x")
    optimiser = nn.optim.SGD([x], lr=0.1)
    rows = []
    for _ in range(steps):
        if clear:
            optimiser.zero_grad()
        ((x - 2) ** 2).backward()
        rows.append((x.data, 2 * (x.data - 2), x.grad))
        optimiser.step()
    return rows


def parabola(run: Run) -> dict[bool, list[float]]:
    """Both ways on (x - 2)², with the first steps as a table; x over the steps."""
    ways = {clear: swing(100, clear) for clear in (True, False)}
    run.say("f(x) = (x - 2)² with lr 0.1: the slope at x, and what x.grad holds after backward()")
    run.say("  step     with zero_grad()              without it")
    run.say("              x   slope  x.grad         x   slope  x.grad")
    for n in (0, 1, 2, 3, 4, 5, 6, 99):
        right, wrong = (" ".join(f"{number:7.3f}" for number in ways[clear][n]) for clear in (True, False))
        run.say(f"  {n:4}  {right}   {wrong}")
    xs = {clear: [x for x, _, _ in rows] for clear, rows in ways.items()}
    run.expect(abs(xs[True][-1] - 2) < 1e-6, f"with zero_grad() x ends at {xs[True][-1]:.6f} (expected 2)")
    late = np.array(xs[False][-20:])
    run.expect(
        bool(late.min() < 0.2 and late.max() > 3.8),
        f"without it x still swings from {late.min():.2f} to {late.max():.2f} in the last 20 steps (expected 0 to 4)",
    )
    angle = np.arccos(0.9)  # from x_next = x + 1 (x - x_before) - lr f'(x): momentum 1
    n = np.arange(100)
    pendulum = 2 - 2 * np.cos(n * angle) + 0.2 / np.sin(angle) * np.sin(n * angle)
    away = float(np.max(np.abs(xs[False] - pendulum)))
    run.expect(
        away < 1e-12,
        f"every x is that of momentum 1, a cosine with a period of {2 * np.pi / angle:.1f} steps that never fades, "
        f"to {away:.0e}",
    )
    return xs


def halves_of_a_batch(run: Run) -> None:
    """Why leaves add at all: the gradients of two halves of a batch sum to that of the whole."""
    X, labels = nn.data.moons(100, noise=0.1, rng=run.seed)
    network = nn.Sequential(nn.Linear(2, 1, rng=np.random.default_rng(run.seed)))
    gradients = []
    for parts in ([slice(None)], [slice(50), slice(50, 100)]):
        network.zero_grad()
        for part in parts:
            (nn.losses.bce_with_logits(network(X[part])[:, 0], labels[part]) / len(parts)).backward()
        gradients.append(np.concatenate([p.grad.ravel() for p in network.parameters()]))
    away = float(np.max(np.abs(gradients[0] - gradients[1])))
    run.expect(away < 1e-12, f"backward() of each half of a batch adds up to the gradient of the whole, to {away:.0e}")


def draw(
    run: Run, swings: dict[bool, list[float]], sine: dict[bool, list[float]], moons: dict[bool, list[float]]
) -> None:
    """x on the parabola, and both losses, with and without zero_grad()."""
    figure = run.figure(16, 4.6)
    axes = figure.subplots(1, 3)
    for ax, ways, title, ylabel in zip(
        axes,
        (swings, sine, moons),
        ("A parabola: x swings for ever", "A sine: the loss never settles", "Two moons: nobody notices"),
        ("x", "loss", "loss"),
        strict=True,
    ):
        for clear, colour, style in ((False, ORANGE, "--"), (True, BLUE, "-")):
            ax.plot(
                ways[clear], style, color=colour, linewidth=1.3, label=f"{'with' if clear else 'without'} zero_grad()"
            )
        ax.set(title=title, xlabel="step", ylabel=ylabel)
    axes[0].axhline(2, color=INK, linewidth=1, linestyle=":")
    axes[0].set_ylim(-0.3, 5.4)
    axes[2].set_yscale("log")
    axes[0].legend(loc="upper right", ncols=2, fontsize=10)
    run.save(
        figure,
        "zero_grad.png",
        "With and without zero_grad(). Left, x on the parabola (x - 2)²: it settles at 2, or swings between 0 and 4 "
        "for ever. Middle, a network that learns a sine: the loss falls, or goes up and down without end. Right, two "
        f"moons: the loss falls to {moons[True][-1]:.3f}, and without zero_grad() faster, to {moons[False][-1]:.0e}.",
    )
