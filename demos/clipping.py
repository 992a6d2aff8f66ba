"""A recurrent network blows up in its third step; with its gradient clipped to norm 1 it learns to add 30 numbers.

The same weights W act at each of 30 moments, so that a gradient on its way back through time is multiplied by them
again and again. W is 1.1 times a rotation: the gradient grows by 1.1 a moment, and a step along it makes W larger
still. Clipping keeps the gradient's direction and limits its length. You will see gradients vanish, stay and explode,
their norms over a training, and the loss: clipped, not clipped, and not clipped at a rate so small that it survives.

From: "Chapter 3: Neural Networks", part 11; "Neural Networks Solutions - Module 6", summary.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

import nn
from demos.command import Run
from demos.style import GREY

SECONDS = (3, 3)  # in full, and with --quick

MOMENTS = 30
SCALES = (0.9, 1.0, 1.1)  # of the recurrent weights, beside a rotation
CASES = {"clipped to 1, rate 0.01": (0.01, 1.0), "rate 0.01": (0.01, None), "rate 0.000001": (1e-6, None)}


class Recurrent(nn.Module):
    """``h = x_t U + h W`` for each number x_t of a sequence, then ``h V``.

    Shapes: X (n, moments), U (1, d), W (d, d), V (d, 1); the output is (n, 1).
    """

    def __init__(self, d: int, scale: float, rng: np.random.Generator) -> None:
        self.U = nn.Parameter(rng.normal(0, 0.5, (1, d)), name="U")
        self.W = nn.Parameter(scale * nn.init.orthogonal((d, d), rng), name="W")
        self.V = nn.Parameter(rng.normal(0, 0.5, (d, 1)), name="V")

    def states(self, X: np.ndarray) -> list[Any]:
        """The state h after each moment, (n, d)."""
        states = [X[:, :1] @ self.U]
        for t in range(1, X.shape[1]):
            states.append(X[:, t : t + 1] @ self.U + states[-1] @ self.W)
        return states

    def __call__(self, X: np.ndarray) -> Any:
        """One number for each sequence."""
        return self.states(X)[-1] @ self.V


class Course(NamedTuple):
    """Losses, and norms of the gradients before they were clipped, of each step; whether it diverged."""

    losses: list[float]
    norms: list[float]
    diverged: bool


def main(quick: bool = False, *, epochs: int = 1000, **flags: Any) -> int:
    """Follow a gradient through time, train with and without clipping, draw."""
    with Run("clipping", quick=quick, **flags) as run, np.errstate(over="ignore", invalid="ignore"):
        rng = np.random.default_rng(run.seed)
        X = rng.normal(size=(100, MOMENTS))  # (n, moments)
        y = X.sum(axis=1, keepdims=True) / np.sqrt(MOMENTS)  # (n, 1), of variance 1
        through_time = {scale: norms_through_time(run, X, y, scale) for scale in SCALES}
        for scale, norms in through_time.items():
            run.expect(
                bool(np.allclose(norms[0] / norms[-1], scale ** (MOMENTS - 1), rtol=1e-9)),
                f"W = {scale} times a rotation: from the last moment to the first the gradient's norm is multiplied by "
                f"{norms[0] / norms[-1]:.4g} (expected {scale}^29 = {scale ** (MOMENTS - 1):.4g})",
            )
        keeps_direction(run, X, y)
        courses = {name: train(run, X, y, lr, limit, epochs) for name, (lr, limit) in CASES.items()}
        judge(run, courses)
        draw(run, through_time, courses)
    return run.status


def norms_through_time(run: Run, X: np.ndarray, y: np.ndarray, scale: float) -> list[float]:
    """The norm of the loss's gradient by the state at each moment, the first one first."""
    model = Recurrent(8, scale, np.random.default_rng(run.seed))
    states = model.states(X)
    nn.losses.mse(states[-1] @ model.V, y).backward()
    return [float(np.linalg.norm(h.grad)) for h in states]


def keeps_direction(run: Run, X: np.ndarray, y: np.ndarray) -> None:
    """What clipping does to a gradient: its norm becomes the limit, its direction stays."""
    model = Recurrent(8, 1.1, np.random.default_rng(run.seed))
    nn.losses.mse(model(X), y).backward()
    before = np.concatenate([p.grad.ravel() for p in model.parameters()])
    norm = nn.optim.clip_gradient_norm(model.parameters(), 1.0)
    after = np.concatenate([p.grad.ravel() for p in model.parameters()])
    gap = float(np.max(np.abs(after - before / np.linalg.norm(before))))
    run.expect(
        abs(norm - np.linalg.norm(before)) < 1e-9 * norm and gap < 1e-12,
        f"clipping the first gradient: its norm goes from {norm:.1f} to {np.linalg.norm(after):.4f} (expected 1), its "
        f"direction changes by {gap:.0e}",
    )


def train(run: Run, X: np.ndarray, y: np.ndarray, lr: float, limit: float | None, steps: int) -> Course:
    """Gradient descent on all sequences at once, until it diverges.

    Shapes: X (n, moments), y (n, 1).
    """
    model = Recurrent(8, 1.1, np.random.default_rng(run.seed))
    history = nn.train.History()

    def keep(so_far: nn.train.History) -> None:
        nonlocal history
        history = so_far

    try:
        nn.train.fit(
            model,
            (X, y),
            loss=nn.losses.mse,
            optimiser=nn.optim.SGD(model.parameters(), lr),
            epochs=steps,
            batch_size=None,
            shuffle=False,
            max_norm=limit,
            monitor_gradients=True,
            progress=False,
            on_epoch=keep,
        )
    except nn.train.DivergedError as error:
        run.say(f"  {error}")
        return Course([*history.loss, np.inf], history.gradient_norm, True)
    run.interrupted |= history.interrupted
    return Course(history.loss, history.gradient_norm, False)


def judge(run: Run, courses: Mapping[str, Course]) -> None:
    """Whether clipping saves the training."""
    clipped, bare, careful = courses.values()
    start = f"from {clipped.losses[0]:.2f}, the gradient's norm being {clipped.norms[0]:.0f}"
    run.expect(
        bare.diverged and len(bare.losses) <= 5,
        f"without clipping the loss is not finite in step {len(bare.losses)}, {start} (target: within 5 steps)",
    )
    run.expect(clipped.losses[-1] < 0.1, f"clipped to 1, it ends at {clipped.losses[-1]:.4f} (target < 0.1)")
    run.expect(
        not careful.diverged and careful.losses[-1] > 10 * clipped.losses[-1],
        f"not clipped, at a rate of 0.000001, it ends at {careful.losses[-1]:.3f} (target: over ten times as much)",
    )


def draw(run: Run, through_time: Mapping[float, list[float]], courses: Mapping[str, Course]) -> None:
    """Norms through time, norms over the steps, losses."""
    figure = run.figure(17, 5)
    left, middle, right = figure.subplots(1, 3)
    by_age = {f"{scale} × rotation": np.array(norms[::-1]) / norms[-1] for scale, norms in through_time.items()}
    nn.plot.loss_curves(left, by_age, xlabel="moments back in time", ylabel="norm of the gradient, last moment = 1")
    left.set_title("It vanishes, stays or explodes")
    nn.plot.loss_curves(
        middle, {name: course.norms for name, course in courses.items()}, xlabel="steps", ylabel="norm of the gradient"
    )
    middle.set_ylim(bottom=0.5)
    middle.axhline(1, color=GREY, linestyle=":", linewidth=1.5)
    middle.set_title("Norms before clipping; dotted: the limit")
    nn.plot.loss_curves(right, {name: course.losses for name, course in courses.items()}, xlabel="steps")
    right.set_title("Clipped, it learns")
    run.save(
        figure,
        "clipping.png",
        "Left, norms of a gradient over 30 moments back in time, straight lines in logarithms: they fall, stay or rise "
        "by the factor 0.9, 1.0 or 1.1 a moment. Middle, norms over the steps of three trainings. Right, their losses: "
        + ", ".join(
            f"{name} {'diverges at once' if course.diverged else f'ends at {course.losses[-1]:.2g}'}"
            for name, course in courses.items()
        )
        + ".",
    )
