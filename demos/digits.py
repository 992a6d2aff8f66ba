"""A small network learns to read digits in 16 fonts, with nothing to download.

5,000 pictures of 28 by 28, drawn by Matplotlib, each shifted, turned, slanted and noisy in its own way. A linear model
reads about 96 of 100; one with 64 hidden neurons, 99. You will see the pictures, both learning curves, and
what is taken for what.

From: "Chapter 3: Neural Networks", worked example MNIST, in the small.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from demos.command import Run
from demos.mnist import network, right, scores

SECONDS = (4, 2)  # in full, and with --quick


def main(quick: bool = False, *, epochs: int = 20, lr: float = 0.003, **flags: Any) -> int:
    """Train a linear model and a network, compare, draw."""
    with Run("digits", quick=quick, **flags) as run:
        data = nn.data.digits(1500 if quick else 5000, 1000, rng=run.seed)
        epochs, target, gain = (min(epochs, 10), 93, 1) if quick else (epochs, 98, 2)
        models = {
            "784-10": network([784, 10], run.seed),
            "784-64-10": network([784, 64, 10], run.seed),
        }
        mistakes: dict[str, list[float]] = {}
        for name, model in models.items():
            curve = mistakes[name] = []
            nn.train.fit(
                model,
                (data.X_train, data.y_train),
                loss=nn.losses.cross_entropy,
                optimiser=nn.optim.Adam(model.parameters(), lr=lr),
                epochs=epochs,
                rng=np.random.default_rng(run.seed),
                progress=False,
                on_epoch=lambda _, model=model, curve=curve: curve.append(100 * (1 - right(model, data))),
            )
            run.say(f"{name}: {100 - curve[-1]:.1f} % of {len(data.X_test)} new pictures read rightly")
        linear, hidden = (100 - curve[-1] for curve in mistakes.values())
        run.expect(hidden > target, f"test accuracy {hidden:.1f} % with a hidden layer (target: over {target} %)")
        more = hidden - linear
        run.expect(more > gain, f"{more:.1f} points more than the linear model (target: over {gain})")
        draw(run, data, mistakes, scores(models["784-64-10"], data.X_test).argmax(axis=1))
    return run.status


def draw(run: Run, data: nn.data.Images, mistakes: dict[str, list[float]], guess: np.ndarray) -> None:
    """The first pictures, the learning curves and the confusion matrix."""
    figure = run.figure(9, 4.2)
    four = np.array([np.flatnonzero(data.y_train == digit)[:4] for digit in range(10)])  # (10, 4)
    figure.suptitle("Ten digits in 16 fonts, shifted, turned and noisy", fontweight="bold")
    nn.plot.images(figure, data.X_train[four.T.ravel()].reshape(-1, 28, 28))
    run.save(figure, "pictures.png", "Four pictures of each digit, as drawn here.")

    figure = run.figure(12, 5)
    left, right_axes = figure.subplots(1, 2)
    nn.plot.loss_curves(left, mistakes, first=1, ylabel="test pictures read wrongly, %").set_title("Learning to read")
    nn.plot.confusion_heat_map(right_axes, nn.metrics.confusion_matrix(data.y_test, guess, n_classes=10))
    run.save(
        figure,
        "learning.png",
        "Left, the share of pictures read wrongly: "
        + ", ".join(f"{name} ends at {curve[-1]:.1f} %" for name, curve in mistakes.items())
        + ". Right, what the network with a hidden layer takes for what.",
    )
