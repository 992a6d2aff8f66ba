"""Seven optimisers at their own best rates, and L-BFGS, which needs none: with curvature it is far below them all.

One task, two moons and a network of 16 tanh neurons, all points a step, the same first weights. Every optimiser may try
seven rates; what works for one is too much or too little for another. In a valley a hundred times steeper across than
along, RMSProp, Adagrad and Adam step alike in both directions: they divide each gradient by its size, so that a loss
times 100 changes nothing for them. You will see the losses, what each rate leads to, and eight paths.

From: "Chapter 3: Neural Networks", part 12.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import nn
from autograd import Parameter
from demos.command import Run
from demos.momentum import START, arrival, draw_path, valley, walk

SECONDS = (8, 4)  # in full, and with --quick

Make = Callable[[list[Any], float], nn.optim.Optimiser]
OPTIMISERS: dict[str, Make] = {
    "SGD": nn.optim.SGD,
    "momentum": lambda params, lr: nn.optim.Momentum(params, lr, form="classical"),
    "Nesterov": nn.optim.Nesterov,
    "RMSProp": nn.optim.RMSProp,
    "Adagrad": nn.optim.Adagrad,
    "Adam": nn.optim.Adam,
    "AdamW": lambda params, lr: nn.optim.AdamW(params, lr, weight_decay=0.1),
}
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
IN_THE_VALLEY = (0.012, 0.012, 0.012, 0.1, 1.5, 0.3, 0.3)  # a rate for each


def main(quick: bool = False, *, epochs: int = 200, **flags: Any) -> int:
    """Train with every optimiser and every rate, then with L-BFGS; walk through a valley; draw."""
    with Run("optimisers", quick=quick, **flags) as run:
        epochs = min(epochs, 60) if quick else epochs
        X, labels = nn.data.moons(200, noise=0.1, rng=run.seed)
        y = labels[:, None]
        ends: dict[str, list[float]] = {}
        best: dict[str, list[float]] = {}
        sizes: dict[str, float] = {}
        for name, make in OPTIMISERS.items():
            tried = [train(run, make, lr, X, y, epochs) for lr in RATES]
            ends[name] = [curve[-1] for curve, _ in tried]
            best[name], sizes[name] = min(tried, key=lambda curve: curve[0][-1])
            run.say(f"  {name:9} best at {RATES[np.argmin(ends[name])]:<5}  loss {best[name][-1]:.2g}")
            run.expect(
                best[name][-1] < 0.5 * best[name][0],
                f"{name} lowers the loss from {best[name][0]:.3f} to {best[name][-1]:.2g} in {epochs} steps (target: half)",
            )
    return run.status


def network(seed: int) -> nn.Sequential:
    """The 2-16-1 network of tanh, up to its logit."""
    rng = np.random.default_rng(seed)
    return nn.Sequential(nn.Linear(2, 16, rng, init="xavier"), nn.Tanh(), nn.Linear(16, 1, rng, init="xavier"))


def train(run: Run, make: Make, lr: float, X: np.ndarray, y: np.ndarray, epochs: int) -> tuple[list[float], float]:
    """The losses before each step, and the norm of the weights after the last.

    Shapes: X (n, 2), y (n, 1).
    """
    model = network(run.seed)
    history = nn.train.fit(
        model,
        (X, y),
        loss=nn.losses.bce_with_logits,
        optimiser=make(model.parameters(), lr),
        epochs=epochs,
        batch_size=None,
        shuffle=False,
        progress=False,
    )
    run.interrupted |= history.interrupted
    return [*history.loss, nn.losses.bce_with_logits(model(X), y).item()], float(
        sum(np.sum(p.data**2) for p in model.parameters())
    ) ** 0.5
