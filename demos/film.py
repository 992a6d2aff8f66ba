"""Trainings as films to scrub through: a line bends between two moons; XOR is learned from one start, not the other.

Each film is one file that works offline. It shows, step by step, the weights as a network or their gradients, what the
network says of the plane, and the loss. In the film of the unlucky start the line settles early, and the gradient fades
while two corners stay at even odds: nothing is left that would pull the weights out.

From: "Chapter 3: Neural Networks", Code Example; "Multi-Layer Perceptron (1 Hidden Layer)", steps 2 to 6.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

import nn
from autograd.viz import Frame, frame, stepper
from demos.command import Run
from demos.two_classes import probability
from demos.xor import LOSSES, STUCK, chapter_3_network

SECONDS = (3, 2)  # in full, and with --quick


def main(quick: bool = False, **flags: Any) -> int:
    """Train, a frame for every few updates; compare losses with those of the other demos; save the films."""
    with Run("film", quick=quick, **flags) as run:
        X, y = nn.data.moons(100, noise=0.15, rng=run.seed)
        rng = np.random.default_rng(run.seed)
        layers = [
            nn.Linear(2, 16, rng=rng),
            nn.Tanh(),
            nn.Linear(16, 16, rng=rng),
            nn.Tanh(),
            nn.Linear(16, 1, rng=rng),
        ]
        model = nn.Sequential(*layers)
        frames = filmed(model, nn.optim.Adam(model.parameters(), lr=0.03), X, y, updates=199)
        save(run, "moons", "Two moons, a network of 2-16-16-1, and Adam", frames)
        right = frames[-1].numbers["accuracy"]
        run.expect(right == 1, f"moons: accuracy {right:.4f} after 199 updates (expected 1.0000)")

        X, y = nn.data.xor()
        updates = 1000 if quick else 5000
        for seed, name in ((0, "xor_learned"), (STUCK, "xor_stuck")):
            model = chapter_3_network([2, 4, 1], [nn.Tanh], np.random.RandomState(seed))
            frames = filmed(model, nn.optim.SGD(model.parameters(), lr=0.5), X, y, updates, every=updates // 100)
            save(run, name, f"XOR from seed {seed}", frames)
            losses = {int(shot.numbers["update"]): shot.loss for shot in frames}
            known = [update for update in LOSSES[seed] if update in losses]
            what = f"seed {seed}: loss after {', '.join(f'{update:,}' for update in known)} updates"
            run.expect_numbers(what, [losses[k] for k in known], [LOSSES[seed][k] for k in known], decimals=8)
    return run.status


def filmed(
    model: nn.Module, optimiser: nn.optim.Optimiser, X: np.ndarray, y: np.ndarray, updates: int, every: int = 1
) -> list[Frame]:
    """Train on all points at once; a frame before the first update, and after every so many.

    Shapes: X (n, 2), y (n,); the model maps X to logits (n, 1).
    """
    frames = []
    for update in range(updates + 1):
        loss = nn.losses.bce_with_logits(model(X), y.reshape(-1, 1))
        optimiser.zero_grad()
        loss.backward()
        if update % every == 0:
            shown = partial(probability, model)
            frames.append(frame(loss, model.named_parameters(), shown, X, y, update=update, lr=optimiser.lr))
        optimiser.step()
    return frames


def save(run: Run, name: str, title: str, frames: list[Frame]) -> None:
    """Save the film, and say what it shows."""
    stepper(frames, title=title).save(run.folder / f"{name}.html")
    first, last = frames[0], frames[-1]
    run.saved(
        f"{name}.html",
        f"{title}: {len(frames)} frames, loss {first.loss:.4f} to {last.loss:.4f}, accuracy "
        f"{first.numbers['accuracy']:.0%} to {last.numbers['accuracy']:.0%}.",
    )
