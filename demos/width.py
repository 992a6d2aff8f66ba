"""One hidden neuron draws a line, sixteen draw two spirals: each neuron adds a fold.

A ReLU neuron is a sheet folded along a line. Networks of 1, 2, 4 and 16 of them learn the same two spirals with Adam.
n lines cut the plane into at most 1 + n + n (n - 1) / 2 pieces, on each of which the network is linear. You will see
what each network says of the plane, its folds as thin lines, and how many pieces they make.

From: "Multi-Layer Perceptron (1 Hidden Layer)", Key Takeaways.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

import nn
from demos.command import Run
from demos.one_hidden_layer import network
from demos.style import GREY
from demos.two_classes import accuracy, learn, probability

SECONDS = (2, 2)  # in full, and with --quick


def main(
    quick: bool = False, *, epochs: int = 1500, lr: float = 0.03, hidden: Sequence[int] = (1, 2, 4, 16), **flags: Any
) -> int:
    """Train a network of each width, compare, draw."""
    with Run("width", quick=quick, **flags) as run:
        X, y = nn.data.spirals(300, turns=1.0, noise=0.02, rng=run.seed)
        X = 2 * X  # to a standard deviation near 1
        widths = sorted(hidden)
        models = [network("relu", np.random.RandomState(run.seed), width) for width in widths]
        epochs = min(epochs, 500) if quick else epochs
        losses, shares, pieces = [], [], []
        for width, model in zip(widths, models, strict=True):
            curve = learn(run, model, X, y, lr=lr, epochs=epochs, optimiser=nn.optim.Adam)
            losses.append(curve[-1])
            shares.append(accuracy(model, X, y))
            pieces.append(count_pieces(model, X))
            most = 1 + width + width * (width - 1) // 2
            run.expect(
                pieces[-1] <= most,
                f"{width:2} hidden: loss {losses[-1]:.4f}, accuracy {shares[-1]:.3f}, {pieces[-1]} linear pieces in "
                f"the picture (expected at most {most})",
            )
        run.expect(losses == sorted(losses, reverse=True), "the wider, the lower the loss")
        run.expect(pieces == sorted(pieces), "the wider, the more pieces")
        if 16 in widths:
            share = shares[widths.index(16)]
            run.expect(share > 0.95, f"16 hidden: accuracy {share:.3f} (target: over 0.95)")
        draw(run, widths, models, losses, X, y)
    return run.status


def count_pieces(model: nn.Sequential, X: np.ndarray, steps: int = 400) -> int:
    """How many sets of active neurons there are on a grid around the points; each makes its own linear piece.

    Shapes: X (n, 2).
    """
    x0, x1 = (np.linspace(column.min() - 0.5, column.max() + 0.5, steps) for column in X.T)
    plane = np.stack(np.meshgrid(x0, x1), axis=-1).reshape(-1, 2)  # (steps², 2)
    active = model[0](plane).data > 0  # (steps², hidden)
    return len(np.unique(np.packbits(active, axis=1), axis=0))


def draw(
    run: Run, widths: Sequence[int], models: Sequence[nn.Sequential], losses: list[float], X: np.ndarray, y: np.ndarray
) -> None:
    """What each network says of the plane, and the line on which each neuron begins. Shapes: X (n, 2), y (n,)."""
    figure = run.figure(4.4 * len(widths), 4.9)
    for ax, width, model, loss in zip(
        figure.subplots(1, len(widths), squeeze=False)[0], widths, models, losses, strict=True
    ):
        nn.plot.boundary(ax, partial(probability, model), X, y)
        for (w0, w1), b in zip(model[0].W.data.T, model[0].b.data, strict=True):
            point = -b * np.array([w0, w1]) / (w0**2 + w1**2)  # where w0 x0 + w1 x1 + b = 0, nearest to the origin
            ax.axline(point, point + np.array([-w1, w0]), color=GREY, linewidth=0.8, zorder=2)
        ax.set_title(f"{width} hidden neuron{'s' * (width > 1)}: loss {loss:.3f}")
    run.save(
        figure,
        "width.png",
        "The probability of the second spiral over the plane, and the fold of each hidden neuron as a line: "
        + ", ".join(f"with {width} the loss ends at {loss:.3f}" for width, loss in zip(widths, losses, strict=True))
        + ".",
    )
