"""Two linear layers are one: without a bend between them a network of any depth draws a straight line.

(X W1 + b1) W2 + b2 is X (W1 W2) + (b1 W2 + b2), so two layers, or three, are merged into one that answers the same.
Training does not change that: 2-16-1 without an activation learns two moons exactly as well as one layer does, with the
same straight line. One ReLU between the two layers, and the line bends around the moons; now no merged layer gives the
same answers. You will see the three lines.

From: "Multi-Layer Perceptron (1 Hidden Layer)", step 1; "Chapter 3: Neural Networks", part 3.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from autograd import ops
from demos.command import Run

SECONDS = (2, 2)  # in full, and with --quick


def main(quick: bool = False, *, epochs: int = 800, lr: float = 0.05, **flags: Any) -> int:
    """Merge untrained layers, train three networks, compare, draw."""
    with Run("linear_collapse", quick=quick, **flags) as run:
        rng = np.random.default_rng(run.seed)
        merging(run, rng)
        X, y = nn.data.moons(100 if quick else 200, noise=0.15, rng=run.seed)
        models = {
            "one linear layer, 2-1": nn.Sequential(nn.Linear(2, 1, rng)),
            "two linear layers, 2-16-1": nn.Sequential(nn.Linear(2, 16, rng), nn.Linear(16, 1, rng)),
            "with a ReLU between, 2-16-1": nn.Sequential(nn.Linear(2, 16, rng), nn.ReLU(), nn.Linear(16, 1, rng)),
        }
        for model in models.values():
            train(run, model, X, y, epochs, lr)
        one, two, bent = models.values()
        compare(run, one, two, bent, X, y)
        draw(run, models, X, y)
    return run.status


def merged(*layers: nn.Linear) -> nn.Linear:
    """One linear layer that gives what the layers give, one after the other.

    Shapes: layers (d0, d1), (d1, d2), ... give a layer (d0, d_last).
    """
    W, b = np.eye(len(layers[0].W.data)), np.zeros(len(layers[0].W.data))
    for layer in layers:
        W, b = W @ layer.W.data, b @ layer.W.data + layer.b.data
    one = nn.Linear(*W.shape)
    one.load_state({"W": W, "b": b})
    return one


def apart(a: Any, b: Any, X: np.ndarray) -> float:
    """The largest difference between the answers of two networks to X."""
    return float(np.max(np.abs(a(X).data - b(X).data)))


def merging(run: Run, rng: np.random.Generator) -> None:
    """Merge layers with random weights and biases, two and three, then two with a ReLU between them."""
    X = rng.normal(size=(100, 3))
    layers = [nn.Linear(3, 5, rng), nn.Linear(5, 4, rng), nn.Linear(4, 2, rng)]
    for layer in layers:
        layer.b.update(np.add, rng.normal(size=layer.b.shape))
    for depth in (2, 3):
        model = nn.Sequential(*layers[:depth])
        difference = apart(model, merged(*layers[:depth]), X)
        run.expect(difference < 1e-13, f"{model} and one merged layer: at most {difference:.0e} apart (expected 0)")
    model = nn.Sequential(layers[0], nn.ReLU(), layers[1])
    difference = apart(model, merged(layers[0], layers[1]), X)
    run.expect(difference > 1, f"{model} and the merged layer: up to {difference:.1f} apart (expected over 1)")


def train(run: Run, model: nn.Sequential, X: np.ndarray, y: np.ndarray, epochs: int, lr: float) -> None:
    """Train on cross-entropy with all points at once.

    Shapes: X (n, 2), y (n,) of 0 and 1.
    """
    optimiser = nn.optim.Adam(model.parameters(), lr=lr)
    history = nn.train.fit(
        model,
        (X, y.reshape(-1, 1)),
        loss=nn.losses.bce_with_logits,
        optimiser=optimiser,
        epochs=epochs,
        batch_size=None,
        progress=False,
    )
    run.say(f"{model}: loss {history.loss[0]:.3f} -> {history.loss[-1]:.4f}")


def compare(run: Run, one: Any, two: Any, bent: Any, X: np.ndarray, y: np.ndarray) -> None:
    """The trained networks: two layers are one, and with a ReLU they are more.

    Shapes: X (n, 2), y (n,).
    """
    line = merged(*two.steps)
    difference = apart(two, line, X)
    run.expect(difference < 1e-12, f"trained 2-16-1 and its merged layer: at most {difference:.0e} apart (expected 0)")
    weights = [np.append(layer.W.data[:, 0], layer.b.data) for layer in (one.steps[0], line)]
    gap = float(np.max(np.abs(weights[0] - weights[1])))
    run.expect(
        gap < 0.01 * np.max(np.abs(weights[0])),
        f"w, b of one layer: {listed(weights[0])}; of two, merged: {listed(weights[1])} (expected the same to 1 %)",
    )
    shares = [nn.metrics.accuracy(y, nn.metrics.predicted_labels(model(X), threshold=0)) for model in (one, two, bent)]
    run.expect(shares[0] == shares[1] < 0.95, f"right: one layer {shares[0]:.1%}, two layers {shares[1]:.1%} (no more)")
    run.expect(shares[2] > 0.97, f"right: with a ReLU between them {shares[2]:.1%} (expected over 97 %)")
    difference = apart(bent, merged(bent.steps[0], bent.steps[2]), X)
    run.expect(
        difference > 1, f"and its merged layer answers otherwise: up to {difference:.1f} apart (expected over 1)"
    )


def listed(numbers: np.ndarray) -> str:
    """A few numbers in a row."""
    return ", ".join(f"{number:.3f}" for number in numbers)


def draw(run: Run, models: dict[str, nn.Sequential], X: np.ndarray, y: np.ndarray) -> None:
    """What each network says of the plane.

    Shapes: X (n, 2), y (n,).
    """
    figure, last = run.figure(16, 4.6), list(models.values())[-1]
    for ax, (name, model) in zip(figure.subplots(1, 3), models.items(), strict=True):
        nn.plot.boundary(ax, lambda plane, model=model: ops.sigmoid(model(plane).data), X, y, colorbar=model is last)
        ax.set_title(name[0].upper() + name[1:])
    run.save(
        figure,
        "linear_collapse.png",
        "Two moons three times, with the probability that a network gives each place of the plane: one linear layer "
        "and two linear layers draw the same straight line through both moons; with a ReLU between, it bends.",
    )
