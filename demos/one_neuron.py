"""One neuron is w . x + b and a curve; with the sigmoid as its curve it is logistic regression.

The neuron of the exercises answers -0.6, its sigmoid makes 0.3543 of it, and ReLU makes nothing of -0.3; the engine
tells how each weight would change the answer. Then the same neuron learns two groups of points that overlap. Gradient
descent takes it to the very line that Newton's method finds for logistic regression. You will see the sigmoid with the
worked numbers on it, and that line.

From: "Neural Networks Solutions - Module 6", exercises 1.1 to 1.3; "Chapter 3: Neural Networks", part 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import nn
from autograd import Tensor, grad, hessian, ops
from demos.command import Run
from demos.style import BLUE, GREY, INK, ORANGE

SECONDS = (2, 2)  # in full, and with --quick
SIGMOIDS = {-5.0: 0.0067, -2.0: 0.1192, -0.6: 0.3543, 0.0: 0.5, 0.6: 0.6457, 2.0: 0.8808, 5.0: 0.9933}


def main(quick: bool = False, *, epochs: int = 150, lr: float = 4.0, **flags: Any) -> int:
    """Work the exercises, train the neuron, compare, draw."""
    with Run("one_neuron", quick=quick, **flags) as run:
        weighted_sum(run)
        sigmoid_of_it(run)
        relu_neuron(run)
        X, y = nn.data.blobs(60 if quick else 100, centers=[[-1, -0.5], [1, 0.5]], cluster_std=1.2, rng=run.seed)
        (X,) = nn.data.standardise(X)
        neuron = logistic_regression(run, X, y, epochs, lr)
        draw(run, neuron, X, y)
    return run.status


def neuron_of(w: Sequence[float], b: float, activation: str) -> nn.Neuron:
    """The neuron with these weights and this bias."""
    neuron = nn.Neuron(len(w), activation=activation)
    neuron.load_state({**{f"w.{i}": np.array(weight) for i, weight in enumerate(w)}, "b": np.array(b)})
    return neuron


def weighted_sum(run: Run) -> None:
    """Exercise 1.1: w . x + b by the neuron of single numbers, and by two ways of writing it with arrays."""
    x, w, b = [2.0, 3.0, -1.0], [0.5, -0.3, 0.8], 0.1
    w_array, x_array = Tensor(w), np.array(x)
    run.say("1.1  x = [2, 3, -1], w = [0.5, -0.3, 0.8], b = 0.1")
    run.expect_numbers("z of the neuron", neuron_of(w, b, "linear")(x).data, -0.6)
    run.expect_numbers("np.dot(w, x) + b", (np.dot(w_array, x_array) + b).data, -0.6)
    run.expect_numbers("w @ x + b", (w_array @ x_array + b).data, -0.6)


def sigmoid_of_it(run: Run) -> None:
    """Exercise 1.2: the steps to sigmoid(-0.6), a table, and the slope of the answer by each weight."""
    run.say("1.2  the same neuron with a sigmoid")
    run.expect_numbers("e^0.6, 1 + e^0.6", [np.exp(0.6), 1 + np.exp(0.6)], [1.8221, 2.8221])
    neuron = neuron_of([0.5, -0.3, 0.8], 0.1, "sigmoid")
    a = neuron([2.0, 3.0, -1.0])
    run.expect_numbers("a = sigmoid(-0.6)", a.data, 0.3543)
    run.expect_numbers(f"sigmoid at {list(SIGMOIDS)}", ops.sigmoid(np.array(list(SIGMOIDS))), list(SIGMOIDS.values()))
    a.backward()
    slope = 0.35434369377420455 * (1 - 0.35434369377420455)
    got = [p.grad for p in neuron.parameters()]
    run.expect_numbers("da/dw and da/db, by the engine", got, [2 * slope, 3 * slope, -slope, slope], note="a (1 - a) x")


def relu_neuron(run: Run) -> None:
    """Exercise 1.3: pre-activation and output for two inputs, and the other activations by their names."""
    run.say("1.3  w = [0.4, -0.6], b = 0.5")
    for x, z, a in (([1.0, 2.0], -0.3, 0.0), ([3.0, 1.0], 1.1, 1.1)):
        got = [neuron_of([0.4, -0.6], 0.5, name)(x).data for name in ("linear", "relu")]
        run.expect_numbers(f"x = {x}: z, relu(z)", got, [z, a])
    a = neuron_of([0.4, -0.6], 0.5, "sigmoid")([3.0, 1.0]).data
    run.expect_numbers("x = [3.0, 1.0]: sigmoid(z)", a, 1 / (1 + np.exp(-1.1)))
    try:
        nn.Neuron(2, activation="step")
    except ValueError as error:
        run.expect(True, f'activation="step": {error}')
    else:
        run.expect(False, 'activation="step" is taken without a word')


def logistic_regression(run: Run, X: np.ndarray, y: np.ndarray, epochs: int, lr: float) -> nn.Neuron:
    """Train a sigmoid neuron on cross-entropy, and compare it with Newton's method; returns the neuron.

    Shapes: X (n, 2), y (n,) of 0 and 1.
    """
    run.say(f"one sigmoid neuron learns {len(X)} points, {epochs} steps of gradient descent")
    neuron = nn.Neuron(2, activation="sigmoid", rng=np.random.default_rng(run.seed))
    optimiser = nn.optim.Nesterov(neuron.parameters(), lr=lr, momentum=0.8)
    history = nn.train.fit(
        neuron,
        (X, y),
        loss=nn.losses.bce,
        optimiser=optimiser,
        epochs=epochs,
        batch_size=None,
        progress=False,
    )
    descended = [p.data for p in neuron.parameters()]
    best = newton(X, y)
    run.say(f"loss {history.loss[0]:.4f} -> {history.loss[-1]:.4f}")
    apart = float(np.max(np.abs(descended - best)))
    run.expect(
        apart < 1e-3 * np.max(np.abs(best)),
        f"w, b = {', '.join(f'{p:.4f}' for p in descended)}; logistic regression by Newton's method has "
        f"{', '.join(f'{p:.4f}' for p in best)} (expected the same to 0.1 %)",
    )
    return neuron


def newton(X: np.ndarray, y: np.ndarray, steps: int = 12) -> np.ndarray:
    """Weights and bias of logistic regression: the minimum of a convex loss, from its gradient and its Hessian.

    Shapes: X (n, d), y (n,), the result (d + 1,).
    """

    def loss(theta: Any) -> Any:
        return nn.losses.bce_with_logits(X @ theta[:-1] + theta[-1], y)

    theta = np.zeros(X.shape[1] + 1)
    for _ in range(steps):
        theta = theta - np.linalg.solve(hessian(loss)(theta), grad(loss)(theta))
    return theta


def draw(run: Run, neuron: nn.Neuron, X: np.ndarray, y: np.ndarray) -> None:
    """Left the sigmoid with its guide lines, right what the trained neuron says of the plane."""
    figure = run.figure(13, 5)
    left, right = figure.subplots(1, 2)
    z = np.linspace(-10, 10, 401)
    left.plot(z, ops.sigmoid(z), color=BLUE)
    left.axhline(0.5, color=GREY, linestyle="--", linewidth=1)
    left.axvline(0, color=GREY, linestyle="--", linewidth=1)
    for place, value in SIGMOIDS.items():
        left.plot(place, value, "o", color=ORANGE if place == -0.6 else BLUE, zorder=3)
    left.annotate(
        "the exercise: σ(−0.6) = 0.3543",
        (-0.6, SIGMOIDS[-0.6]),
        (1.2, 0.27),
        color=INK,
        arrowprops={"arrowstyle": "-", "color": ORANGE, "shrinkB": 4},
    )
    left.set(title="The sigmoid: 0.5 at 0, never 0, never 1", xlabel="z = w · x + b", ylabel="σ(z)", xlim=(-10, 10))
    w0, w1, b = (p.data for p in neuron.parameters())
    nn.plot.boundary(right, lambda plane: ops.sigmoid(plane @ [w0, w1] + b), X, y, colorbar=True)
    right.set_title("One neuron draws one line")
    run.save(
        figure,
        "one_neuron.png",
        "Left, the sigmoid from -10 to 10 with guide lines at 0.5 and 0, and the seven values of the exercise, among "
        "them 0.3543 at -0.6. Right, two groups of points and the probability that the trained neuron gives each place "
        f"of the plane; its line at 0.5 is {w0:.2f} x0 {w1:+.2f} x1 {b:+.2f} = 0.",
    )
