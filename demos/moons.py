"""33 neurons made of single numbers tell two moons apart; every gradient equals the one by hand.

A multi-layer perceptron of scalar Values learns 100 points, neuron by neuron, until it gets every one of them
right. You will see its loss fall and its accuracy rise, the line that it draws between the moons, and the
graph of one of its neurons. At the first and at the last weights, the gradients of all 337 parameters are
compared with the closed form, which stands in this file in NumPy.

From: "Multi-Layer Perceptron (1 Hidden Layer)", steps 2 to 6; the loss of micrograd's demonstration.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, takewhile
from typing import Any, NamedTuple

import numpy as np
from matplotlib.ticker import MaxNLocator, NullFormatter

import nn
from autograd import Value
from autograd.node import order
from autograd.viz import graph, stepper
from demos.command import Progress, Run
from demos.style import BLUE, BLUE_TO_ORANGE, GREY, INK, ORANGE, SHADE

SECONDS = (20, 4)  # in full, and with --quick
DECAY = 1e-4  # how much the squares of the parameters weigh in the loss
SETTLED = 10  # after so many steps without a mistake the training ends
DIVERGED = 1e6  # nor does it go on with a loss like this
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
    # Where a learning rate is far too high, the numbers say so themselves.
    with Run("moons", quick=quick, **flags) as run, np.errstate(over="ignore", invalid="ignore"):
        n, epochs, target = (40, min(epochs, 30), 0.85) if quick else (100, epochs, 1.0)
        X, labels = nn.data.moons(n, noise=0.1, rng=run.seed)
        y = 2.0 * labels - 1  # (n,): -1 the upper moon, 1 the lower one
        network = nn.MLP(2, [*hidden, 1], rng=np.random.default_rng(run.seed))

        loss, _ = forward(network, X, y)
        run.say(
            f"{n} points, {len(network.parameters())} parameters; the graph of a loss has {len(order(loss)):,} Values"
        )
        before = difference_from_hand(loss, network, X, y)
        history = train(network, X, y, epochs, lr, run)
        loss, end = forward(network, X, y)
        if run.interrupted and end != history[-1]:  # Ctrl-C came between an update and its report
            history.append(end)
        after = difference_from_hand(loss, network, X, y)
        fast = difference_from_neurons(network, X[:5])

        run.expect(end.accuracy >= target, f"accuracy {percent(end.accuracy)} (target {percent(target)})")
        run.expect(
            bool(np.max([before, after]) < TOLERANCE),
            "gradients against the closed form: largest difference "
            f"{before:.1e} before the training, {after:.1e} after (target < {TOLERANCE:.0e})",
        )
        run.expect(
            fast < TOLERANCE,
            f"scores from matrices, for the picture, against neurons: largest difference {fast:.1e}",
        )
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
    right = [label * score.data > 0 for label, score in zip(y, scores, strict=True)]
    return loss, Moment(loss.data, float(np.mean(right)))


def train(network: nn.MLP, X: np.ndarray, y: np.ndarray, epochs: int, lr: float, run: Run) -> list[Moment]:
    """Gradient descent on all points at once, its rate falling to a tenth; how well it did after each update."""
    optimizer = nn.optim.SGD(network.parameters(), lr=lr)
    loss, moment = forward(network, X, y)
    history = [moment]
    with Progress(run, epochs) as progress:
        for k in progress:
            optimizer.zero_grad()
            loss.backward()
            optimizer.lr = lr * (1 - 0.9 * k / epochs)
            optimizer.step()
            loss, moment = forward(network, X, y)
            history.append(moment)
            progress.report(f"loss {moment.loss:<9.4g} accuracy {moment.accuracy:6.1%}")
            if spotless(history) == SETTLED or not moment.loss < DIVERGED:  # nan is not, either
                break
    if not moment.loss < DIVERGED:
        run.say("the loss grows beyond all bounds: try a smaller learning rate")
    run.say(f"training ended after update {len(history) - 1}, {progress.seconds:.1f} s")
    return history


def spotless(history: list[Moment]) -> int:
    """At how many moments in a row, up to the last, every point was right."""
    return len(list(takewhile(lambda moment: moment.accuracy == 1, reversed(history))))


def percent(share: float) -> str:
    """A share in words: 97.5 %."""
    return f"{100 * share:.4g} %"


# The same network as matrices, and its gradients by hand ---------------------------------------------------------


def matrices(network: nn.MLP, entry: Callable[[Value], Any] = lambda p: p.data) -> Matrices:
    """A number of each parameter, its data unless told otherwise: one W (d_in, d_out) and b (d_out,) a layer."""
    return [
        (
            np.array([[entry(w) for w in neuron.w] for neuron in layer.neurons]).T,
            np.array([entry(neuron.b) for neuron in layer.neurons]),
        )
        for layer in network.layers
    ]


def activations(layers: Matrices, X: np.ndarray) -> list[np.ndarray]:
    """X, what comes out of each hidden layer, and the scores.

    Shapes: X (n, 2), then (n, d_out) of each layer; the last is (n, 1).
    """
    A = [X]
    for W, b in layers[:-1]:
        A.append(np.maximum(A[-1] @ W + b, 0))
    W, b = layers[-1]
    return [*A, A[-1] @ W + b]


def closed_form_gradients(layers: Matrices, X: np.ndarray, y: np.ndarray) -> Matrices:
    """The gradients of mean(max(0, 1 - y score)) + DECAY (the sum of all squares), as one derives them by hand.

    The hinge's slope is -y / n where a point is not yet right by 1, else 0. A layer hands its slopes dZ back
    through W to the layer before, whose relu lets them pass where it was above 0.

    Shapes: X (n, 2), y (n,); the gradients have the shapes of the parameters.
    From: "Multi-Layer Perceptron (1 Hidden Layer)", step 3, with a hinge in the place of the cross-entropy.

    >>> layers = [(np.array([[2.0], [0.0]]), np.array([1.0])), (np.array([[0.1]]), np.array([0.0]))]
    >>> (dW1, db1), (dW2, db2) = closed_form_gradients(layers, np.array([[1.0, 1.0]]), np.array([1.0]))
    >>> dW2.round(6).tolist(), db2.tolist(), db1.round(6).tolist()    # -3, -1 and -0.1, each with its decay
    ([[-2.99998]], [-1.0], [-0.0998])
    """
    *A, scores = activations(layers, X)
    dZ = np.where(y * scores[:, 0] < 1, -y / len(y), 0.0)[:, None]  # (n, 1)
    gradients: Matrices = []
    for (W, b), a in zip(reversed(layers), reversed(A), strict=True):
        gradients.append((a.T @ dZ + 2 * DECAY * W, dZ.sum(axis=0) + 2 * DECAY * b))
        dZ = (dZ @ W.T) * (a > 0)  # (n, d_in); the last of them, for X, goes unused
    return gradients[::-1]


def difference_from_hand(loss: Value, network: nn.MLP, X: np.ndarray, y: np.ndarray) -> float:
    """How far the engine's gradients of the loss are from the closed form, over all parameters."""
    network.zero_grad()
    loss.backward()
    engine = matrices(network, lambda p: p.grad)
    by_hand = closed_form_gradients(matrices(network), X, y)
    # NumPy's max, for which one nan is enough to be nan
    return float(np.max([np.max(np.abs(a - b)) for a, b in zip(chain(*engine), chain(*by_hand), strict=True)]))


def difference_from_neurons(network: nn.MLP, X: np.ndarray) -> float:
    """How far the scores that the matrices give are from those of the neurons, at most.

    Shapes: X (n, 2).
    """
    by_matrices = activations(matrices(network), X)[-1][:, 0]  # (n,)
    by_neurons = np.array([network(x).data for x in X.tolist()])  # (n,)
    return float(np.max(np.abs(by_matrices - by_neurons)))


# Figures -----------------------------------------------------------------------------------------------------------


def draw_training(run: Run, history: list[Moment]) -> None:
    """Loss and accuracy against the number of updates."""
    losses = np.nan_to_num([moment.loss for moment in history], nan=DIVERGED).clip(max=DIVERGED)
    accuracies = [moment.accuracy for moment in history]
    updates = len(history) - 1
    figure = run.figure(7.5, 5.5)
    upper, lower = figure.subplots(2, sharex=True, height_ratios=[3, 2])
    upper.set(title="Two moons, learned neuron by neuron", ylabel="loss", yscale="log")
    upper.yaxis.set_major_formatter("{x:g}")
    upper.yaxis.set_minor_formatter(NullFormatter())
    lower.set(xlabel="updates", ylabel="accuracy")
    lower.xaxis.set_major_locator(MaxNLocator(integer=True))
    lower.yaxis.set_major_formatter(lambda share, _: percent(share))
    for axes, values, color, text in (
        (upper, losses, BLUE, f"{history[-1].loss:.3g}"),
        (lower, accuracies, ORANGE, percent(accuracies[-1])),
    ):
        axes.plot(values, color=color)
        axes.margins(x=0)
        axes.plot(updates, values[-1], "o", color=color, clip_on=False)
        axes.annotate(text, (updates, values[-1]), (9, 0), textcoords="offset points", va="center", color=color)
        if spotless(history):
            axes.axvspan(len(history) - spotless(history), updates, color=SHADE, zorder=0)
    if spotless(history):
        lower.text(0.99, 0.06, "every point\nright", transform=lower.transAxes, ha="right", color=GREY)
    upper.set_ylim(bottom=10 ** np.floor(np.log10(min(losses))))
    figure.align_ylabels()
    run.save(
        figure,
        "loss.png",
        f"Two curves from update 0 to {updates}: the loss goes from {history[0].loss:.3g} to {history[-1].loss:.3g}, "
        f"the accuracy from {percent(accuracies[0])} to {percent(accuracies[-1])}.",
    )


def draw_boundary(run: Run, network: nn.MLP, X: np.ndarray, y: np.ndarray) -> None:
    """The score everywhere in the plane, the line where it is 0, and the points."""
    layers = matrices(network)
    low, high = X.min(axis=0) - 0.4, X.max(axis=0) + 0.4
    x0, x1 = np.meshgrid(np.linspace(low[0], high[0], 420), np.linspace(low[1], high[1], 300))
    plane = np.column_stack([x0.ravel(), x1.ravel()])  # (126000, 2)
    score = activations(layers, plane)[-1].reshape(x0.shape)

    figure = run.figure(8, 6)
    axes = figure.subplots()
    axes.grid(visible=False)
    axes.set(title="The line between the moons", xlabel="$x_0$", ylabel="$x_1$", aspect="equal")
    extent = (low[0], high[0], low[1], high[1])
    axes.imshow(score, BLUE_TO_ORANGE, vmin=-4, vmax=4, extent=extent, origin="lower", interpolation="bilinear")
    for level, width, dashes in ((-1, 1, "dashed"), (0, 2.5, "solid"), (1, 1, "dashed")):
        if score.min() < level < score.max():
            line = axes.contour(x0, x1, score, [level], colors=INK, linewidths=width, linestyles=dashes)
            axes.clabel(line, fmt=f"score {level}".replace("-", "−"), fontsize=9)
    for label, marker, color, name in ((-1, "o", BLUE, "upper moon"), (1, "s", ORANGE, "lower moon")):
        axes.plot(*X[y == label].T, marker, color=color, markeredgecolor="white", markersize=7, label=name)
    wrong = ~(y * activations(layers, X)[-1][:, 0] > 0)  # (n,); nan is wrong, too
    if wrong.any():
        axes.plot(*X[wrong].T, "o", color="none", markeredgecolor=INK, markersize=14, label="on the wrong side")
    figure.legend(loc="outside lower center", ncols=3, handletextpad=0.2)
    run.save(
        figure,
        "boundary.png",
        f"The plane, blue where the score is below 0 and orange where it is above, with a bent line in between; "
        f"{len(y) - wrong.sum()} of {len(y)} points lie on their side of it.",
    )


def draw_neuron(run: Run, network: nn.MLP, X: np.ndarray) -> None:
    """The graph of one neuron at the first point: of the first layer's neurons the one that answers most."""
    x = [Value(number, name=f"x{i}") for i, number in enumerate(X[0].tolist())]
    outputs = [neuron(x) for neuron in network.layers[0].neurons]
    output = max(outputs, key=lambda a: a.data)
    output.name, output.inputs[0].name = "a", "z"
    network.zero_grad()
    output.backward()
    alt = f"The graph of one neuron, a = relu(w0 x0 + w1 x1 + b) = {output.data:.4f}, with every value and gradient."
    graph(output).save(run.folder / "neuron.svg")
    run.saved("neuron.svg", alt)
    stepper(output, title="One neuron, forward and backward").save(run.folder / "neuron.html")
    run.saved("neuron.html", "The same, step by step: a page to open in a browser.")
