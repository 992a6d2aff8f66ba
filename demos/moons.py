"""Two moons told apart by 33 neurons made of single numbers, every gradient equal to the one derived by hand.

A multi-layer perceptron of scalar Values learns 100 points, neuron by neuron, until it gets every one of them
right. You will see its loss fall and its accuracy rise, the line that it draws between the moons, and the
graph of one of its neurons. At the first and at the last weights, the gradients of all 337 parameters are
compared with the closed form, which stands in this file in NumPy.

From: "Multi-Layer Perceptron (1 Hidden Layer)", steps 2 to 6; the loss of micrograd's demonstration.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from graphviz import ExecutableNotFound
from matplotlib.ticker import PercentFormatter

import nn
from autograd import Value
from autograd.node import order
from autograd.viz import draw_dot
from demos.command import Progress, Run
from demos.style import BLUE, BLUE_TO_ORANGE, GREY, INK, ORANGE

SECONDS = (30, 3)  # in full, and with --quick
DECAY = 1e-4  # how much the squares of the parameters weigh in the loss
SETTLED = 10  # after so many steps without a mistake the training ends
TOLERANCE = 1e-12  # far above what rounding adds up to, far below any mistake

Matrices = list[tuple[np.ndarray, np.ndarray]]  # W (d_in, d_out) and b (d_out,) of each layer


class Moment(NamedTuple):
    """How well the network does after so many updates."""

    loss: float
    accuracy: float


def main(
    quick: bool = False, *, epochs: int = 100, lr: float = 1.0, hidden: Sequence[int] = (16, 16), **flags: Any
) -> int:
    """Train, compare, draw; returns the exit status: 0 if the points are told apart and the gradients equal."""
    with Run("moons", quick=quick, **flags) as run:
        n, epochs, target = (40, min(epochs, 30), 0.85) if quick else (100, epochs, 1.0)
        X, labels = nn.data.moons(n, noise=0.1, rng=run.seed)
        y = 2.0 * labels - 1  # (n,): -1 the upper moon, 1 the lower one
        network = nn.MLP(2, [*hidden, 1], rng=np.random.default_rng(run.seed))

        loss, _ = forward(network, X, y)
        run.say(f"{n} points, {len(network.parameters())} parameters, {len(order(loss)):,} Values in each loss")
        first = largest_difference(loss, network, X, y)
        history = train(network, X, y, epochs, lr, run)
        loss, end = forward(network, X, y)
        history.append(end)
        last = largest_difference(loss, network, X, y)

        run.expect(end.accuracy >= target, f"accuracy {end.accuracy:.1%} (target {target:.0%}), loss {end.loss:.4f}")
        for when, difference in (("first", first), ("last", last)):
            difference_text = f"largest difference {difference:.1e} (target < {TOLERANCE:.0e})"
            run.expect(difference < TOLERANCE, f"gradients and closed form at the {when} weights: {difference_text}")
        draw_training(run, history)
        draw_boundary(run, network, X, y)
        draw_neuron(run, network, X)
    return run.status


def forward(network: nn.MLP, X: np.ndarray, y: np.ndarray) -> tuple[Value, Moment]:
    """The loss as a graph, one sample and one neuron after the other; and what it says.

    A point costs nothing once its score is on the right side by 1 or more. The decay keeps parameters small.

    Shapes: X (n, 2), y (n,) of -1 and 1.
    """
    scores = [network(x) for x in X.tolist()]
    hinge = sum((1 - label * score).relu() for label, score in zip(y.tolist(), scores, strict=True)) / len(y)
    loss = hinge + DECAY * sum(p * p for p in network.parameters())
    accuracy = np.mean([(score.data > 0) == (label > 0) for score, label in zip(scores, y, strict=True)])
    return loss, Moment(loss.data, float(accuracy))


def train(network: nn.MLP, X: np.ndarray, y: np.ndarray, epochs: int, lr: float, run: Run) -> list[Moment]:
    """Gradient descent with all points at each step, its rate falling to a tenth; what was before each update."""
    optimizer = nn.optim.SGD(network.parameters(), lr=lr)
    history: list[Moment] = []
    with Progress(run, epochs) as progress:
        for step in progress:
            loss, moment = forward(network, X, y)
            history.append(moment)
            progress.report(f"loss {moment.loss:.4f}   accuracy {moment.accuracy:6.1%}")
            if len(history) >= SETTLED and all(past.accuracy == 1 for past in history[-SETTLED:]):
                break
            optimizer.zero_grad()
            loss.backward()
            optimizer.lr = lr * (1 - 0.9 * step / epochs)
            optimizer.step()
    run.say(f"{len(history)} steps in {progress.seconds:.1f} s")
    return history


# The same network as matrices, and its gradients by hand ---------------------------------------------------------


def matrices(network: nn.MLP, entry: Callable[[Value], Any] = lambda p: p.data) -> Matrices:
    """A number of every parameter (its data, unless told otherwise), one W (d_in, d_out) and b (d_out,) a layer."""
    return [
        (
            np.array([[entry(w) for w in neuron.w] for neuron in layer.neurons]).T,
            np.array([entry(neuron.b) for neuron in layer.neurons]),
        )
        for layer in network.layers
    ]


def scores_by_hand(layers: Matrices, X: np.ndarray) -> np.ndarray:
    """The network's scores for many points at once.

    Shapes: X (n, 2), scores (n,).
    """
    A = X
    for W, b in layers[:-1]:
        A = np.maximum(A @ W + b, 0)  # (n, d_out)
    W, b = layers[-1]
    return (A @ W + b)[:, 0]


def closed_form_gradients(layers: Matrices, X: np.ndarray, y: np.ndarray) -> Matrices:
    """The gradients of mean(max(0, 1 - y * score)) + DECAY * (the sum of all squares), layer by layer.

    The hinge's slope is -y / n where a point is not yet right by 1, else 0. A layer hands its slopes dZ back
    through W to the layer before it, where relu lets them pass if its z was above 0.

    Shapes: X (n, 2), y (n,); the gradients have the shapes of the parameters.
    From: "Multi-Layer Perceptron (1 Hidden Layer)", step 3, with the hinge in place of the cross-entropy.

    >>> layers = [(np.array([[2.0], [0.0]]), np.array([1.0])), (np.array([[0.1]]), np.array([0.0]))]
    >>> (dW1, db1), (dW2, db2) = closed_form_gradients(layers, np.array([[1.0, 1.0]]), np.array([1.0]))
    >>> dW2.round(6).tolist(), db2.tolist(), db1.round(6).tolist()    # -3 and -0.1, each with its decay
    ([[-2.99998]], [-1.0], [-0.0998])
    """
    A = [X]  # what goes into each layer
    for W, b in layers[:-1]:
        A.append(np.maximum(A[-1] @ W + b, 0))  # (n, d_out)
    margin = y * scores_by_hand(layers, X)  # (n,)
    dZ = np.where(margin < 1, -y / len(y), 0.0)[:, None]  # (n, 1)
    gradients: Matrices = []
    for (W, b), a in zip(reversed(layers), reversed(A), strict=True):
        gradients.append((a.T @ dZ + 2 * DECAY * W, dZ.sum(axis=0) + 2 * DECAY * b))
        dZ = (dZ @ W.T) * (a > 0)  # (n, d_in); a > 0 just where z was; not used for X
    return gradients[::-1]


def largest_difference(loss: Value, network: nn.MLP, X: np.ndarray, y: np.ndarray) -> float:
    """How far the engine's gradients of the loss are from the closed form, over all parameters."""
    network.zero_grad()
    loss.backward()
    engine = matrices(network, lambda p: p.grad)
    by_hand = closed_form_gradients(matrices(network), X, y)
    pairs = [pair for a, b in zip(engine, by_hand, strict=True) for pair in zip(a, b, strict=True)]
    return float(max(np.max(np.abs(a - b)) for a, b in pairs))


# Figures -----------------------------------------------------------------------------------------------------------


def draw_training(run: Run, history: list[Moment]) -> None:
    """Loss and accuracy against the number of updates."""
    losses, accuracies = zip(*history, strict=True)
    figure = run.figure(7, 5.5)
    upper, lower = figure.subplots(2, sharex=True, height_ratios=[3, 2])
    upper.set_title("A network of single numbers learns two moons")
    upper.semilogy(losses, color=BLUE)
    upper.set_ylabel("loss (hinge + decay)")
    lower.plot(accuracies, color=ORANGE)
    lower.yaxis.set_major_formatter(PercentFormatter(1))
    lower.set(xlabel="updates", ylabel="points on their side", ylim=(None, 1.04))
    for axes, values, color, text in (
        (upper, losses, BLUE, f"{losses[-1]:.4f}"),
        (lower, accuracies, ORANGE, f"{accuracies[-1]:.0%}"),
    ):
        axes.plot(len(values) - 1, values[-1], "o", color=color)
        axes.annotate(text, (len(values) - 1, values[-1]), (8, 0), textcoords="offset points", va="center", color=color)
    run.save(
        figure,
        "loss.png",
        f"Two curves over {len(history) - 1} updates: the loss falls from {losses[0]:.3g} to {losses[-1]:.3g}, "
        f"the accuracy goes from {accuracies[0]:.0%} to {accuracies[-1]:.0%}.",
    )


def draw_boundary(run: Run, network: nn.MLP, X: np.ndarray, y: np.ndarray) -> None:
    """The score everywhere in the plane, the line where it is 0, and the points."""
    layers = matrices(network)
    low, high = X.min(axis=0) - 0.45, X.max(axis=0) + 0.45
    x1, x2 = np.meshgrid(np.linspace(low[0], high[0], 400), np.linspace(low[1], high[1], 300))
    score = scores_by_hand(layers, np.column_stack([x1.ravel(), x2.ravel()])).reshape(x1.shape)

    figure = run.figure(8, 5.5)
    axes = figure.subplots()
    axes.grid(visible=False)
    axes.set(title="What the network says of every point", xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    shades = axes.contourf(x1, x2, score, np.linspace(-4, 4, 33), cmap=BLUE_TO_ORANGE, extend="both")
    axes.contour(x1, x2, score, [-1, 0, 1], colors=INK, linewidths=[1, 2.5, 1], linestyles=["dashed", "solid", "dashed"])
    for label, marker, color, name in ((-1, "o", BLUE, "upper moon"), (1, "s", ORANGE, "lower moon")):
        axes.plot(*X[y == label].T, marker, color=color, markeredgecolor="white", markersize=7, label=name)
    wrong = X[y * scores_by_hand(layers, X) <= 0]
    if len(wrong):
        axes.plot(*wrong.T, "o", color="none", markeredgecolor=INK, markersize=14, markeredgewidth=1.5, label="wrong")
    axes.legend(loc="upper right", ncols=3)
    figure.colorbar(shades, label="score", ticks=range(-4, 5))
    run.save(figure, "boundary.png", "alt")


def draw_neuron(run: Run, network: nn.MLP, X: np.ndarray) -> None:
    """The graph of the first layer's most active neuron at the first point, with data and gradients."""
