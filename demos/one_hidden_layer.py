"""Ten hidden neurons and 2,000 steps of gradient descent tell the moons apart, all 100 new points included.

The 2-10-1 network of ReLU and sigmoid learns from 400 points, from the document's own first weights; all its numbers
come out again, but for the cost, which the document computes over 400 x 400 terms (demo errata). You will see the
learning curve, the boundary, the confusion matrix, and what the hidden neurons make of the first 50 training points.

From: "Multi-Layer Perceptron (1 Hidden Layer)", steps 2 and 4 to 6.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

import nn
from autograd import ops
from demos.command import Run
from demos.two_classes import accuracy, expect_losses, learn, probability, split

SECONDS = (2, 2)  # in full, and with --quick

LOSSES = {0: 1.29884821, 1: 0.69116449, 100: 0.22640833, 1000: 0.01345977, 2000: 0.00527470}
CONFUSION = [[43, 0], [0, 57]]


def main(quick: bool = False, **flags: Any) -> int:
    """Train the document's network, compare its numbers, draw."""
    with Run("one_hidden_layer", quick=quick, **flags) as run:
        X, X_test, y, y_test = split(*nn.data.moons(500, noise=0.1, rng=42))
        run.say(f"{len(X)} points to learn from, {len(X_test)} to test with, {X.shape[1]} features")
        model = network("relu", np.random.RandomState(42))
        if not run.quiet:
            model.summary()
        count = sum(p.data.size for p in model.parameters())
        run.expect(count == 41, f"{count} parameters (expected 41: 2 x 10 + 10 + 10 x 1 + 1)")

        curve = learn(run, model, X, y, lr=0.5, epochs=2000)
        expect_losses(run, "training", curve, LOSSES)
        run.say("(the document prints a cost of 357.87 first and 1634.47 last: its y (400,) meets ŷ (400, 1))")
        for what, part, labels in (("training", X, y), ("test", X_test, y_test)):
            got = accuracy(model, part, labels)
            run.expect(got == 1, f"{what} accuracy {got:.4f} (expected 1.0000)")

        guess = nn.metrics.predicted_labels(probability(model, X_test))
        confusion = nn.metrics.confusion_matrix(y_test, guess)
        run.expect(confusion.tolist() == CONFUSION, f"confusion matrix {confusion.tolist()} (expected {CONFUSION})")
        run.say(nn.metrics.classification_report(y_test, guess))
        draw(run, model, curve, X, y, confusion)
    return run.status


def network(activation: str, rng: np.random.RandomState, hidden: int = 10) -> nn.Sequential:
    """The document's network up to its logit: He's weights for relu, standard deviation sqrt(1 / d_in) for others.

    >>> network("tanh", np.random.RandomState(42), hidden=3)
    Sequential(Linear(2, 3), Tanh(), Linear(3, 1))
    """
    init = "he" if activation == "relu" else "xavier_fan_in"
    layer = nn.layers.ACTIVATION_LAYERS[activation]()
    return nn.Sequential(nn.Linear(2, hidden, rng=rng, init=init), layer, nn.Linear(hidden, 1, rng=rng, init=init))


def draw(
    run: Run, model: nn.Sequential, curve: list[float], X: np.ndarray, y: np.ndarray, confusion: np.ndarray
) -> None:
    """The document's four pictures. Shapes: X (400, 2), y (400,), the training points."""
    figure = run.figure(13, 9)
    upper, lower = figure.subfigures(2, 1)
    losses, field = upper.subplots(1, 2, width_ratios=[4, 5])
    heat_map, image = lower.subplots(1, 2, width_ratios=[4, 5])
    nn.plot.loss_curves(losses, {f"{curve[-1]:.4f}": curve}, xlabel="updates", ylabel="binary cross-entropy")
    losses.set_title("Learning curve, training points")
    nn.plot.boundary(field, partial(probability, model), X, y, colorbar=True)
    field.set_title("Decision boundary, training points")
    nn.plot.confusion_heat_map(heat_map, confusion, ["upper moon", "lower moon"])
    heat_map.set_title("Test points: " + heat_map.get_title(loc="left"))
    hidden = ops.relu(model[0](X[:50])).data  # (50, 10)
    nn.plot.activation_image(image, hidden)
    image.set_title("Hidden activations, first 50 training points")
    run.save(
        figure,
        "one_hidden_layer.png",
        f"Four pictures: the loss falls from {curve[0]:.4f} to {curve[-1]:.4f} in {len(curve) - 1:,} updates; the "
        f"line of probability 0.5 winds between the moons; of the test points {np.trace(confusion)} of "
        f"{confusion.sum()} are right; {np.mean(hidden == 0):.0%} of the activations of 10 hidden neurons are 0.",
    )
