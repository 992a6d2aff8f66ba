"""Each optimiser has its own range of rates; L-BFGS needs none, and on a small task it ends as low as the best.

One task: a network of 20 tanh neurons learns a noisy sine, with all points in each step, from the same first weights.
Every optimiser tries seven rates: too low a rate leaves it behind, too high a rate makes it diverge. In a valley a
hundred times steeper across than along, RMSProp, Adagrad and Adam move equally fast in both directions: they divide
each gradient by its usual size, so that for them a loss times 100 is the same loss. You will see the losses, what each
rate leads to, and eight paths.

From: "Chapter 3: Neural Networks", part 12.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

import numpy as np

import nn
from autograd import Parameter
from demos.command import Run
from demos.momentum import START, arrival, draw_path, valley, walk

SECONDS = (4, 3)  # in full, and with --quick

Make = Callable[[list[Any], float], nn.optim.Optimiser]
OPTIMISERS: dict[str, Make] = {
    "SGD": nn.optim.SGD,
    "momentum": lambda params, lr: nn.optim.Momentum(params, lr, form="classical"),
    "Nesterov": nn.optim.Nesterov,
    "RMSProp": nn.optim.RMSProp,
    "Adagrad": nn.optim.Adagrad,
    "Adam": nn.optim.Adam,
    "AdamW": nn.optim.AdamW,
}
LBFGS = "L-BFGS"
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
IN_THE_VALLEY = dict(zip(OPTIMISERS, (0.012, 0.012, 0.012, 0.1, 1.5, 0.3, 0.3), strict=True))


def main(quick: bool = False, *, epochs: int = 300, **flags: Any) -> int:
    """Train with every optimiser at every rate, and with L-BFGS; walk through a valley; draw."""
    with Run("optimisers", quick=quick, **flags) as run, np.errstate(over="ignore", invalid="ignore"):
        epochs = min(epochs, 150) if quick else epochs
        rng = np.random.default_rng(run.seed)
        X = np.linspace(-1, 1, 60)[:, None]  # (60, 1)
        y = np.sin(2 * np.pi * X) + rng.normal(0, 0.1, X.shape)  # (60, 1)
        ends, best = every_rate(run, X, y, epochs)
        with_lbfgs = train_by_lbfgs(run, X, y, epochs)
        if with_lbfgs:
            lowest = min(curve[-1] for curve in best.values())
            run.expect(
                with_lbfgs[-1] < 1.2 * lowest,
                f"L-BFGS: {with_lbfgs[-1]:.4f} after {len(with_lbfgs) - 1} evaluations, with no rate (target: at most "
                f"1.2 times the best of the others, {lowest:.4f})",
            )
            best[LBFGS] = with_lbfgs
        scales(run)
        draw(run, ends, best, paths_in_the_valley(run, bool(with_lbfgs)))
    return run.status


def network(seed: int) -> nn.Sequential:
    """The 1-20-1 network of tanh."""
    rng = np.random.default_rng(seed)
    return nn.Sequential(nn.Linear(1, 20, rng), nn.Tanh(), nn.Linear(20, 1, rng, init="xavier"))


def train(run: Run, make: Make, lr: float, X: np.ndarray, y: np.ndarray, epochs: int) -> list[float]:
    """The losses before each step; infinite from where they diverge.

    Shapes: X (n, 1), y (n, 1).
    """
    model = network(run.seed)
    losses: list[float] = []
    try:
        history = nn.train.fit(
            model,
            (X, y),
            loss=nn.losses.mse,
            optimiser=make(model.parameters(), lr),
            epochs=epochs + 1,
            batch_size=None,
            shuffle=False,
            progress=False,
            on_epoch=lambda history: losses.append(history.loss[-1]),
        )
        run.interrupted |= history.interrupted
    except nn.train.DivergedError:
        losses.append(np.inf)
    return losses


def every_rate(
    run: Run, X: np.ndarray, y: np.ndarray, epochs: int
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """The last loss at each rate, and all losses at the best one, by optimiser.

    Shapes: X (n, 1), y (n, 1).
    """
    ends: dict[str, list[float]] = {}
    best: dict[str, list[float]] = {}
    run.say(f"  loss after {epochs} steps, by rate")
    run.say("  " + " " * 9 + "".join(f"{rate:>9}" for rate in RATES))
    for name, make in OPTIMISERS.items():
        curves = [train(run, make, lr, X, y, epochs) for lr in RATES]
        ends[name] = [curve[-1] if curve[-1] < 10 * curve[0] else np.inf for curve in curves]
        best[name] = curves[int(np.argmin(ends[name]))]
        run.say(f"  {name:9}" + "".join(f"{end:9.4f}" for end in ends[name]))
    for name, curve in best.items():
        run.expect(
            curve[-1] < 0.5 * curve[0],
            f"{name}: from {curve[0]:.3f} to {curve[-1]:.4f} at its best rate, {RATES[int(np.argmin(ends[name]))]} "
            "(target: less than half)",
        )
    run.expect(
        best["momentum"][-1] < best["SGD"][-1] and best["Adam"][-1] < best["SGD"][-1],
        "at their best rates momentum and Adam get below SGD",
    )
    return ends, best


def train_by_lbfgs(run: Run, X: np.ndarray, y: np.ndarray, evaluations: int) -> list[float]:
    """The lowest loss so far at each evaluation; nothing without SciPy.

    Shapes: X (n, 1), y (n, 1).
    """
    model = network(run.seed)
    losses: list[float] = []

    def loss() -> Any:
        value = nn.losses.mse(model(X), y)
        losses.append(value.item())
        return value

    try:
        nn.optim.minimise_lbfgs(loss, model.parameters(), max_iterations=evaluations)
    except ImportError as error:
        run.say(f"L-BFGS is left out: {error}")
    return np.minimum.accumulate(losses[: evaluations + 1]).tolist()


# The valley --------------------------------------------------------------------------------------------------------


def scales(run: Run) -> None:
    """Whether a path is the same where the loss is a hundred times as large; SGD's is not, it diverges."""
    for name in ("SGD", "RMSProp", "Adagrad", "Adam"):
        lr = IN_THE_VALLEY[name]
        small, large = (
            walk(lambda params, name=name, lr=lr: OPTIMISERS[name](params, lr), f, START, 60)
            for f in (valley, lambda p: 100 * valley(p))
        )
        gap = float(np.max(np.abs(small - large)))
        if name == "SGD":
            run.expect(gap > 1e6, f"a loss times 100: SGD diverges, up to {gap:.0e} off its path (expected)")
        else:
            run.expect(gap < 1e-5, f"a loss times 100: {name} takes the same path, to {gap:.0e} (target < 1e-5)")


def paths_in_the_valley(run: Run, scipy: bool) -> dict[str, np.ndarray]:
    """The path of each optimiser, (steps + 1, 2), and what L-BFGS evaluates."""
    paths = {
        name: walk(lambda params, make=make, name=name: make(params, IN_THE_VALLEY[name]), valley, START, 600)
        for name, make in OPTIMISERS.items()
    }
    if scipy:
        p, points = Parameter(np.array(START)), []

        def height() -> Any:
            points.append(p.data.copy())
            return valley(p)

        nn.optim.minimise_lbfgs(height, [p])
        paths[LBFGS] = np.array(points)
        run.expect(
            arrival(paths[LBFGS]) < 20, f"L-BFGS is down in {arrival(paths[LBFGS])} evaluations (target: below 20)"
        )
    return paths


def draw(
    run: Run,
    ends: Mapping[str, list[float]],
    best: Mapping[str, list[float]],
    paths: Mapping[str, np.ndarray],
) -> None:
    """Above the losses and what each rate leads to, below the paths."""
    figure = run.figure(15, 11)
    above, below = figure.subfigures(2, 1, height_ratios=[1, 1])
    left, right = above.subplots(1, 2)
    nn.plot.loss_curves(left, best, xlabel="steps").set_title("Each at its best rate")
    labels = []
    for (name, row), (colour, line), marker in zip(ends.items(), nn.plot.CYCLE, nn.plot.MARKERS, strict=False):
        good = np.isfinite(row)
        right.plot(np.array(RATES)[good], np.array(row)[good], color=colour, linestyle=line, marker=marker)
        last = int(np.flatnonzero(good)[-1])
        labels.append((RATES[last], row[last], name, colour))
    right.set(xscale="log", yscale="log", xlabel="learning rate", ylabel=f"loss after {len(best['SGD']) - 1} steps")
    right.set_title("Too low, right, too high (a line ends where it diverges)")
    right.yaxis.set_major_formatter("{x:g}")
    nn.plot.label_ends(right, labels)
    axes = below.subplots(4, 2, sharex=True, sharey=True)
    for ax, (name, path), colour in zip(chain(*axes.T), paths.items(), [*nn.plot.COLOURS, nn.plot.BLUE], strict=False):
        rate = f", rate {IN_THE_VALLEY[name]}" if name in IN_THE_VALLEY else ""
        steps = f"{arrival(path)} steps" if arrival(path) < len(path) else "it keeps swinging"
        draw_path(ax, f"{name}{rate}: {steps}", path[:61], colour)
    for ax in axes[-1]:
        ax.set_xlabel("x")
    title = "The first 60 steps in a valley, and after how many it stays at the bottom"
    below.suptitle(title, fontweight="bold", x=0.01, ha="left")
    run.save(
        figure,
        "optimisers.png",
        "Above left, losses over the steps, each optimiser at its best rate: "
        + ", ".join(f"{name} {curve[-1]:.2g}" for name, curve in best.items())
        + ". Above right, the last loss over the rate: all fall to a best rate, then rise or diverge. Below, paths in "
        "a valley; SGD creeps along its floor, momentum swings across it, RMSProp and Adagrad go along it, Adam and "
        "AdamW swing wide, L-BFGS is down in a few steps.",
    )
