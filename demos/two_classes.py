"""What the demos of points in a plane share: training on all points at once, and what comes of it.

The network gives logits, a column of one for each point. Read next: `one_hidden_layer.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

import nn
from autograd import ops
from demos.command import Run

__all__ = ["accuracy", "expect_losses", "learn", "probability", "split"]


def split(X: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """400 of 500 points to learn from and 100 to test with, as "Multi-Layer Perceptron (1 Hidden Layer)" takes them.

    Shapes: X (n, 2), y (n,); X_train, X_test, y_train, y_test come back.
    """
    return nn.data.train_test_split(X, y, test_size=0.2, rng=42)


def learn(
    run: Run,
    model: nn.Module,
    X: np.ndarray,
    y: np.ndarray,
    *,
    lr: float,
    epochs: int,
    optimiser: Callable[..., nn.optim.Optimiser] = nn.optim.SGD,
) -> list[float]:
    """Gradient descent on all points at once; the loss before each update, and after the last.

    Shapes: X (n, 2), y (n,); the model maps X to logits (n, 1).
    """
    column = y.reshape(-1, 1)
    history = nn.train.fit(
        model,
        (X, column),
        loss=nn.losses.bce_with_logits,
        optimiser=optimiser(model.parameters(), lr=lr),
        epochs=epochs,
        batch_size=None,
        shuffle=False,
        progress=False,
    )
    run.interrupted |= history.interrupted
    return [*history.loss, nn.losses.bce_with_logits(model(X), column).item()]


def probability(model: nn.Module, X: np.ndarray) -> np.ndarray:
    """The probability of class 1 that a network of logits gives each point.

    Shapes: X (n, 2), the result (n,).

    >>> probability(nn.Linear(2, 1, init="zeros"), np.ones((3, 2)))
    array([0.5, 0.5, 0.5])
    """
    p: np.ndarray = ops.sigmoid(model(X)).data[:, 0]
    return p


def accuracy(model: nn.Module, X: np.ndarray, y: np.ndarray) -> float:
    """The share of points that a network of logits puts on the right side of 0.

    Shapes: X (n, 2), y (n,).
    """
    return nn.metrics.accuracy(y, nn.metrics.predicted_labels(model(X), threshold=0))


def expect_losses(run: Run, what: str, curve: list[float], expected: Mapping[int, float]) -> None:
    """Compare the loss after so many updates with what it should be, to 8 decimals, as far as the training went."""
    for updates, loss in expected.items():
        if updates < len(curve):
            got = curve[updates]
            run.expect(
                abs(got - loss) < 6e-9, f"{what}, loss after {updates:,} updates: {got:.8f} (expected {loss:.8f})"
            )
