"""Two directions of 33 show nearly all of a training: its path runs down a slope and turns into a wide valley.

A network has too many weights for a picture, here 33. The path of its training gives a plane: through its start and its
end, and along the direction in which it leaves that line most, by a singular value decomposition. The loss is computed
on a grid of the plane. You will see it as a map and as a mountain, with the path on it. How much of the path the plane
holds is computed, and the slope of the picture is compared with the engine's gradient.

From: "Module 02: Backpropagation and Gradient Descent", learning objectives, the sixth, which it does not come to.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

import nn
from demos.command import Run
from demos.two_classes import accuracy

SECONDS = (2, 1)  # in full, and with --quick


class Plane(NamedTuple):
    """A plane through the weights at the end of a training.

    ``end`` (m,) are those m weights as one long row, ``directions`` (2, m) two rows of norm 1 at a right angle.
    """

    end: np.ndarray
    directions: np.ndarray


def main(quick: bool = False, *, epochs: int = 300, lr: float = 0.5, **flags: Any) -> int:
    """Train, lay a plane through the path, compute the loss on it, check it, draw."""
    with Run("loss_landscape", quick=quick, **flags) as run:
        X, y = nn.data.moons(200, noise=0.15, rng=run.seed)
        rng = np.random.default_rng(run.seed)
        model = nn.Sequential(nn.Linear(2, 8, rng, init="xavier"), nn.Tanh(), nn.Linear(8, 1, rng, init="xavier"))
        path, losses = train(run, model, X, y, epochs, lr)
        run.say(f"{path.shape[1]} weights, {epochs} steps: loss {losses[0]:.3f} to {losses[-1]:.3f}")
        share = accuracy(model, X, y)
        run.expect(share > 0.95, f"accuracy {share:.1%} (target: over 95 %)")

        plane = through(path)
        places = (path - plane.end) @ plane.directions.T  # (steps + 1, 2)
        held = np.sum(places**2) / np.sum((path - plane.end) ** 2)
        by_chance = held_by_chance(path - plane.end, rng)
        run.expect(
            held > 0.95,
            f"the plane holds {held:.1%} of the path's squared distances from its end (target: over 95 %); two random "
            f"directions hold {by_chance:.1%}, about 2 of {path.shape[1]}",
        )
        seen = np.array([loss_at(model, plane.end + place @ plane.directions, X, y) for place in places])
        off = float(np.max(np.abs(seen - losses)))
        run.expect(off < 0.15, f"along the path the plane's loss is off the real one by {off:.3f} at most (< 0.15)")
        compare_slopes(run, model, plane, X, y)
        x, y_axis = axis_over(places[:, 0], 31 if quick else 61), axis_over(places[:, 1], 31 if quick else 61)
        Z = [[loss_at(model, plane.end + np.array([u, v]) @ plane.directions, X, y) for u in x] for v in y_axis]
        draw(run, x, y_axis, np.array(Z), np.column_stack([places, seen]), losses)
    return run.status


def through(path: np.ndarray) -> Plane:
    """The plane through the first point of a path and its last, along the main direction of what is left of the others.

    Shapes: path (steps, m).

    >>> np.abs(through(np.array([[0, 3, 0], [4, 3, 3], [0, 0, 0]])).directions).round(2).tolist()
    [[0.0, 1.0, 0.0], [0.8, 0.0, 0.6]]
    """
    offsets = path - path[-1]
    first = offsets[0] / np.linalg.norm(offsets[0])
    rest = offsets - np.outer(offsets @ first, first)
    second = np.linalg.svd(rest, full_matrices=False)[2][0]
    return Plane(path[-1], np.array([first, second * np.sign(second.sum())]))


def held_by_chance(path: np.ndarray, rng: np.random.Generator) -> float:
    """What two random directions hold of a path, in the mean of 100 draws.

    Shapes: path (steps, m).
    """
    planes = [np.linalg.qr(rng.normal(size=(path.shape[1], 2)))[0] for _ in range(100)]
    return float(np.mean([np.sum((path @ plane) ** 2) for plane in planes]) / np.sum(path**2))


def axis_over(places: np.ndarray, count: int) -> np.ndarray:
    """Evenly spaced numbers, from a little before the first of these places to a little beyond the last."""
    margin = 0.3 * np.ptp(places)
    return np.linspace(places.min() - margin, places.max() + margin, count)


def compare_slopes(run: Run, model: nn.Module, plane: Plane, X: np.ndarray, y: np.ndarray) -> None:
    """The slopes of the picture at its origin, by central differences, and those from the engine's gradient."""
    step = 1e-4
    numeric = [
        (loss_at(model, plane.end + step * d, X, y) - loss_at(model, plane.end - step * d, X, y)) / (2 * step)
        for d in plane.directions
    ]
    loss_at(model, plane.end, X, y)
    model.zero_grad()
    nn.losses.bce_with_logits(model(X), y[:, None]).backward()
    analytic = plane.directions @ np.concatenate([p.grad.ravel() for p in model.parameters()])
    gap = float(np.max(np.abs(numeric - analytic)))
    run.expect(
        gap < 1e-7,
        f"slopes at the end of the path: {analytic[0]:.6f} and {analytic[1]:.6f} from the gradient, by differences the "
        f"same to {gap:.0e} (target < 1e-7)",
    )


def train(
    run: Run, model: nn.Sequential, X: np.ndarray, y: np.ndarray, epochs: int, lr: float
) -> tuple[np.ndarray, np.ndarray]:
    """All weights before the first step and after each, (steps + 1, m), and the losses there."""
    path = [flat(model)]
    history = nn.train.fit(
        model,
        (X, y[:, None]),
        loss=nn.losses.bce_with_logits,
        optimiser=nn.optim.Momentum(model.parameters(), lr, form="classical"),
        epochs=epochs,
        batch_size=None,
        shuffle=False,
        progress=False,
        on_epoch=lambda _: path.append(flat(model)),
    )
    run.interrupted |= history.interrupted
    return np.array(path), np.array([*history.loss, loss_at(model, path[-1], X, y)])


def flat(model: nn.Module) -> np.ndarray:
    """All weights as one row."""
    return np.concatenate([array.ravel() for array in model.state().values()])


def loss_at(model: nn.Module, weights: np.ndarray, X: np.ndarray, y: np.ndarray) -> float:
    """The loss with these weights, which the model keeps."""
    parts = np.split(weights, np.cumsum([array.size for array in model.state().values()])[:-1])
    state = {name: part.reshape(array.shape) for (name, array), part in zip(model.state().items(), parts, strict=True)}
    model.load_state(state)
    return nn.losses.bce_with_logits(model(X), y[:, None]).item()


def draw(run: Run, x: np.ndarray, y: np.ndarray, Z: np.ndarray, path: np.ndarray, losses: np.ndarray) -> None:
    """The map and the mountain.

    Shapes: x (columns,), y (rows,), Z (rows, columns), path (steps, 3) with the loss last.
    """
    figure = run.figure(14.5, 6)
    left = figure.add_subplot(1, 2, 1)
    right = figure.add_subplot(1, 2, 2, projection="3d")
    nn.plot.landscape(left, x, y, Z, path[::5, :2]).set_title("A plane through start and end of a training")
    nn.plot.landscape_3d(right, x, y, Z, path[::5]).set_title("The same as a mountain")
    right.view_init(elev=35, azim=-60)
    run.save(
        figure,
        "landscape.png",
        "The loss over a plane in the space of 33 weights, as a map and as a mountain. The path of the training runs "
        f"down a slope and along a valley, from a loss of {losses[0]:.2f} to {losses[-1]:.3f}.",
    )
