"""A circle inside a circle: the best line does no better than guessing, ten hidden neurons fence it in.

Logistic regression, a single layer, learns 400 points of two noisy circles, and so does a 2-10-1 network of ReLU and
sigmoid. You will see the data, moons and circles by class; then what either model says of the plane, with its loss.

From: "Multi-Layer Perceptron (1 Hidden Layer)", step 2; "Module 02: Backpropagation and Gradient Descent", What's
Next.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

import nn
from demos.command import Run
from demos.one_hidden_layer import network
from demos.style import INK
from demos.two_classes import accuracy, learn, probability, split

SECONDS = (2, 2)  # in full, and with --quick


def main(quick: bool = False, *, epochs: int = 1000, lr: float = 0.5, **flags: Any) -> int:
    """Draw the data, train both models, compare, draw."""
    with Run("circles", quick=quick, **flags) as run:
        data = nn.data.circles(500, noise=0.1, factor=0.5, rng=42)
        draw_data(run, {"Moons": nn.data.moons(500, noise=0.1, rng=42), "Circles": data})
        X, X_test, y, y_test = split(*data)
        models = {
            "logistic regression": nn.Sequential(nn.Linear(2, 1, rng=np.random.RandomState(run.seed))),
            "ten hidden neurons": network("relu", np.random.RandomState(run.seed)),
        }
        epochs = min(epochs, 400) if quick else epochs
        curves = {name: learn(run, model, X, y, lr=lr, epochs=epochs) for name, model in models.items()}
        right = {name: accuracy(model, X_test, y_test) for name, model in models.items()}

        line, fence = models
        best = math.log(2)
        run.expect(
            best - 0.002 < curves[line][-1] < best,
            f"{line}: loss {curves[line][-1]:.4f} (expected {best:.4f} less at most 0.002: guessing costs ln 2)",
        )
        run.expect(right[line] < 0.6, f"{line}: test accuracy {right[line]:.2f} (expected below 0.6)")
        run.expect(curves[fence][-1] < 0.1, f"{fence}: loss {curves[fence][-1]:.4f} (expected below 0.1)")
        run.expect(right[fence] >= 0.95, f"{fence}: test accuracy {right[fence]:.2f} (expected 0.95 or more)")
        draw(run, models, curves, right, X, y)
    return run.status


def draw_data(run: Run, data: dict[str, tuple[np.ndarray, np.ndarray]]) -> None:
    """The points of each data set by class."""
    figure = run.figure(12, 5)
    for ax, (name, (X, y)) in zip(figure.subplots(1, 2, width_ratios=[5, 3]), data.items(), strict=True):
        nn.plot.scatter(ax, X, y).set_title(f"{name}: no line separates them")
    run.save(
        figure, "data.png", "Two half circles that reach into each other, and a circle inside a circle, with noise."
    )


def draw(
    run: Run,
    models: dict[str, nn.Sequential],
    curves: dict[str, list[float]],
    right: dict[str, float],
    X: np.ndarray,
    y: np.ndarray,
) -> None:
    """What each model says of the plane, and the losses. Shapes: X (400, 2), y (400,), the training points."""
    figure = run.figure(16, 4.9)
    *fields, losses = figure.subplots(1, 3)
    for ax, (name, model) in zip(fields, models.items(), strict=True):
        nn.plot.boundary(ax, partial(probability, model), X, y)
        ax.set_title(f"{name.capitalize()}: loss {curves[name][-1]:.3f}")
    nn.plot.loss_curves(losses, curves, xlabel="updates", ylabel="binary cross-entropy")
    losses.axhline(math.log(2), color=INK, linewidth=1, linestyle=":", zorder=1)
    losses.set_title("A line stays at ln 2")
    run.save(
        figure,
        "circles.png",
        "The probability of the inner circle over the plane, and the losses: "
        + "; ".join(
            f"{name} ends at a loss of {curve[-1]:.4f} with {100 * right[name]:.0f} % of the test points right"
            for name, curve in curves.items()
        )
        + ".",
    )
