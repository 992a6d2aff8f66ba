"""A network learns 40 noisy points by heart and is sure of its mistakes; each of four remedies makes it doubt them.

Two moons with so much noise that they overlap, and 1,185 parameters for 40 points. Trained for long, the network gets
all of them right, but its loss on new points rises and rises. L2, dropout, early stopping and noisy inputs (augmented
data) hold it back, each in its way. You will see what each network says of the plane, and the losses on held-out
points. A second figure has a simpler pitfall: inputs of different scales, and what standardising them does.

From: "Chapter 3: Neural Networks", part 12; "Neural Networks Solutions - Module 6", summary.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

import nn
from demos.command import Run
from demos.two_classes import accuracy, learn, probability

SECONDS = (2, 2)  # in full, and with --quick


NAMES = {
    "none": "No remedy",
    "L2": "L2",
    "dropout": "Dropout",
    "early stopping": "Early stopping",
    "noisy inputs": "Noisy inputs",
}


class Jitter(nn.Module):
    """Adds normal noise in training, so that no point is seen twice: augmented data."""

    def __init__(self, std: float, rng: np.random.Generator) -> None:
        self.std, self.rng = std, rng

    def __call__(self, x: Any) -> Any:
        """The same shape."""
        return x + self.rng.normal(0, self.std, np.shape(x)) if self.training else x


class Outcome(NamedTuple):
    """A trained network, how the training went, and what it is worth on new points."""

    model: nn.Sequential
    history: nn.train.History
    loss: float
    accuracy: float


def main(quick: bool = False, *, epochs: int = 400, **flags: Any) -> int:
    """Train without and with each remedy, then with inputs of different scales; compare, draw."""
    with Run("regularisation", quick=quick, **flags) as run:
        rng = np.random.default_rng(run.seed)
        X, y = nn.data.moons(40, noise=0.3, rng=rng)
        held_out, new = nn.data.moons(200, noise=0.3, rng=rng), nn.data.moons(1000, noise=0.3, rng=rng)
        outcomes = train_all(run, (X, y), held_out, new, min(epochs, 250) if quick else epochs)
        judge(run, outcomes)
        draw(run, outcomes, X, y)
        draw_scales(run, different_scales(run))
    return run.status


def network(seed: int, *, dropout: float = 0.0, jitter: float = 0.0) -> nn.Sequential:
    """The 2-32-32-1 network of ReLU, up to its logit."""
    rng = np.random.default_rng(seed)
    rest = [nn.Dropout(dropout, rng)] if dropout else []
    hidden = [nn.Linear(2, 32, rng), nn.ReLU(), *rest, nn.Linear(32, 32, rng), nn.ReLU(), *rest]
    return nn.Sequential(*([Jitter(jitter, rng)] if jitter else []), *hidden, nn.Linear(32, 1, rng))


def train_all(run: Run, data: Any, held_out: Any, new: Any, epochs: int) -> dict[str, Outcome]:
    """The same training, plainly and with each remedy; the held-out points stop the early one, the new ones judge."""
    remedies: dict[str, tuple[nn.Sequential, dict[str, Any]]] = {
        "none": (network(run.seed), {}),
        "L2": (network(run.seed), {"penalty": lambda params: 5e-3 * nn.losses.l2_penalty(params)}),
        "dropout": (network(run.seed, dropout=0.5), {}),
        "early stopping": (network(run.seed), {"patience": 20, "restore_best": True}),
        "noisy inputs": (network(run.seed, jitter=0.3), {}),
    }
    outcomes = {}
    for name, (model, options) in remedies.items():
        history = nn.train.fit(
            model,
            (data[0], data[1][:, None]),
            loss=nn.losses.bce_with_logits,
            optimiser=nn.optim.Adam(model.parameters(), lr=0.01),
            epochs=epochs,
            batch_size=None,
            shuffle=False,
            validation=(held_out[0], held_out[1][:, None]),
            progress=False,
            **options,
        )
        run.interrupted |= history.interrupted
        loss = nn.losses.bce_with_logits(model(new[0]), new[1][:, None]).item()
        outcomes[name] = Outcome(model, history, loss, accuracy(model, *new))
        run.say(
            f"  {name:14} {len(history):3} epochs   loss {history.loss[-1]:.4f} in training, {loss:.3f} on new points, "
            f"{outcomes[name].accuracy:.1%} of them right"
        )
    return outcomes


def judge(run: Run, outcomes: Mapping[str, Outcome]) -> None:
    """Whether the plain network overfits, and each remedy helps."""
    plain = outcomes["none"]
    low = min(plain.history.validation_loss)
    run.expect(
        plain.history.loss[-1] < 0.1 and plain.history.validation_loss[-1] > 1.5 * low,
        f"without a remedy the training loss ends at {plain.history.loss[-1]:.4f}, and that on held-out points rises "
        f"from {low:.2f} to {plain.history.validation_loss[-1]:.2f} (targets: below 0.1, and by half)",
    )
    for name in list(outcomes)[1:]:
        loss = outcomes[name].loss
        run.expect(loss < plain.loss, f"{name}: a loss of {loss:.3f} on new points (target: below {plain.loss:.3f})")
    history = outcomes["early stopping"].history
    best = 1 + (history.best_epoch or 0)
    run.expect(
        history.stopped_early, f"early stopping ends after {len(history)} epochs, with the weights of epoch {best}"
    )


def draw(run: Run, outcomes: Mapping[str, Outcome], X: np.ndarray, y: np.ndarray) -> None:
    """What each network says of the plane, over the losses of its training."""
    figure = run.figure(16.5, 8)
    axes = figure.subplots(2, 3).ravel()
    for ax, (name, outcome) in zip(axes, outcomes.items(), strict=False):
        nn.plot.boundary(ax, lambda plane, model=outcome.model: probability(model, plane), X, y)
        ax.set_title(f"{NAMES[name]}: a loss of {outcome.loss:.2f} on new points")
    curves = {"none, training": outcomes["none"].history.loss}
    curves |= {name: outcome.history.validation_loss for name, outcome in outcomes.items()}
    nn.plot.loss_curves(axes[-1], curves, first=1, ylabel="loss on held-out points, or in training")
    axes[-1].set_title("Overfitting: the loss rises again")
    run.save(
        figure,
        "remedies.png",
        "What five networks say of the plane, trained on the same 40 points: the plain one winds its border around "
        "single points, those with a remedy are less sure. Losses on new points: "
        + ", ".join(f"{name} {outcome.loss:.2f}" for name, outcome in outcomes.items())
        + ". Last, losses over the epochs.",
    )


# Inputs of different scales ----------------------------------------------------------------------------------------


def different_scales(run: Run) -> dict[str, list[float]]:
    """The losses of a linear model whose first input is a hundred times as large, raw at three rates, standardised."""
    X, y = nn.data.half_plane(300, rng=run.seed)
    raw = X * [100.0, 1.0] + [50.0, 0.0]
    (standard,) = nn.data.standardise(raw)
    cases = {f"raw, rate {lr:g}": (raw, lr) for lr in (1e-2, 1e-3, 1e-4)} | {"standardised, rate 1": (standard, 1.0)}
    curves, shares = {}, {}
    for name, (inputs, lr) in cases.items():
        model = nn.Linear(2, 1, init="zeros")
        curves[name] = learn(run, model, inputs, y, lr=lr, epochs=200)
        shares[name] = accuracy(model, inputs, y)
    *raws, standardised = shares.values()
    run.expect(
        standardised > 0.98 and max(raws) < 0.92,
        f"standardised inputs: {standardised:.1%} right after 200 steps, raw ones {max(raws):.1%} at the best of three "
        "rates (targets: over 98 %, below 92 %)",
    )
    return curves


def draw_scales(run: Run, curves: Mapping[str, list[float]]) -> None:
    """The losses."""
    figure = run.figure(8.5, 5)
    ax = nn.plot.loss_curves(figure.subplots(), curves, xlabel="steps")
    ax.set_title("One input a hundred times as large as the other")
    run.save(
        figure,
        "scales.png",
        "Losses over 200 steps: raw inputs swing at rate 0.01 and creep at smaller ones, standardised inputs fall to "
        f"{curves['standardised, rate 1'][-1]:.2f}.",
    )
