"""Tanh and ReLU get every point of the moons right; ten sigmoids are still on their way, at 96.5 %.

Three 2-10-1 networks that differ in their hidden activation learn the same 400 points, with the same rate and as many
steps. As in the document, their first weights come from one stream of random numbers, after those of the network of
demo one_hidden_layer. You will see three learning curves, and the accuracies on old points and on new ones.

From: "Multi-Layer Perceptron (1 Hidden Layer)", step 7.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from demos.command import Run
from demos.one_hidden_layer import network
from demos.two_classes import accuracy, expect_losses, learn, split

SECONDS = (2, 2)  # in full, and with --quick

EXPECTED = {  # losses after so many updates, accuracy on training points and on test points
    "sigmoid": ({0: 0.68906550, 1000: 0.23579636, 2000: 0.10248737}, 0.965, 0.95),
    "tanh": ({0: 0.81275810, 1000: 0.01576467, 2000: 0.00499036}, 1.0, 1.0),
    "relu": ({0: 0.83833743, 1000: 0.01100220, 2000: 0.00432913}, 1.0, 1.0),
}


def main(quick: bool = False, **flags: Any) -> int:
    """Train the three networks, compare their numbers, draw."""
    with Run("compare_activations", quick=quick, **flags) as run:
        X, X_test, y, y_test = split(*nn.data.moons(500, noise=0.1, rng=42))
        rng = np.random.RandomState(42)
        network("relu", rng)  # its weights are the first of the stream
        curves: dict[str, list[float]] = {}
        accuracies: dict[str, tuple[float, float]] = {}
        for name, (losses, *shares) in EXPECTED.items():
            model = network(name, rng)
            curves[name] = learn(run, model, X, y, lr=0.5, epochs=2000)
            expect_losses(run, name, curves[name], losses)
            accuracies[name] = accuracy(model, X, y), accuracy(model, X_test, y_test)
            run.expect(
                np.allclose(accuracies[name], shares, rtol=0, atol=1e-9),
                "{}, accuracy: {:.4f} training, {:.4f} test (expected {:.4f}, {:.4f})".format(
                    name, *accuracies[name], *shares
                ),
            )
        draw(run, curves, accuracies)
    return run.status


def draw(run: Run, curves: dict[str, list[float]], accuracies: dict[str, tuple[float, float]]) -> None:
    """Left the learning curves, right the accuracies; its axis begins at 0, not at 0.7 as the document's."""
    figure = run.figure(13, 5)
    left, right = figure.subplots(1, 2)
    nn.plot.loss_curves(left, curves, xlabel="updates", ylabel="binary cross-entropy, training points")
    left.set_title("Learning curves: the sigmoids need longest")
    training, test = 100 * np.array([*accuracies.values()]).T
    nn.plot.bars(right, list(accuracies), {"training": training, "test": test}, number="{:.1f}")
    right.set(title="Accuracy after 2,000 updates", xlabel="hidden activation", ylabel="accuracy, %", ylim=(0, 108))
    run.save(
        figure,
        "compare_activations.png",
        "Left, the loss over 2,000 updates with each hidden activation. Right, the accuracies: "
        + "; ".join(
            f"{name} ends at a loss of {curves[name][-1]:.4f}, {100 * train:.1f} % of the training points and "
            f"{100 * new:.1f} % of the test points right"
            for name, (train, new) in accuracies.items()
        )
        + ".",
    )
