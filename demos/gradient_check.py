"""Central differences agree with backward() to nine digits, and find a forgotten relu' at once.

Move one parameter a little up and a little down, and see by how much the loss changes: a gradient without calculus,
one parameter at a time. First it checks backward() on the document's network. Then it checks gradients derived by hand
for a network of 41 parameters: right, and with four mistakes that are easily made. Which parameters fail tells where
to look.

From: "Neural Networks Solutions - Module 6", exercise 4.4; "M2: Neural Network from Scratch", Required Experiments
and Required Visualizations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nn
from autograd import GradientMismatch, Op, Tensor, check_grads, ops, relative_errors
from autograd.check import numerical_gradient, relative_error
from demos.command import Run
from demos.module_6_exercises import PARAMETERS
from demos.style import BLUE, BLUE_TO_ORANGE, ORANGE

SECONDS = (2, 2)  # in full, and with --quick

NAMES = ("W1", "b1", "W2", "b2")
TOLERANCE = 1e-5  # the document's: below it a gradient counts as right
CLOSE = 1e-7  # what right gradients have to keep here

Arrays = list[np.ndarray]


def main(quick: bool = False, **flags: Any) -> int:
    """Check the engine, then gradients by hand with and without mistakes; draw both."""
    with Run("gradient_check", quick=quick, **flags) as run:
        exercise(run)
        rng = np.random.default_rng(run.seed)
        X, y = nn.data.moons(20, noise=0.1, rng=run.seed)
        parameters = [
            Tensor(start, name=name)
            for name, start in zip(
                NAMES,
                (rng.normal(size=(2, 10)), rng.normal(size=10), rng.normal(size=(10, 1)), rng.normal(size=1)),
                strict=True,
            )
        ]
        numerical = [numerical_gradient(lambda: loss_of(parameters, X, y), p) for p in parameters]
        table = check_all(run, parameters, numerical, X, y)
        name_the_rule(run)
        plain = [p.data for p in parameters]
        draw_scatter(run, numerical, by_hand(*plain, X, y), by_hand(*plain, X, y, mistake="relu' forgotten"))
        draw_errors(run, table)
    return run.status


def exercise(run: Run) -> None:
    """The document's network and sample; its four relative errors from the engine's gradients."""
    x, label = np.array([1.0, 2.0]), np.array([1.0, 0.0])
    w1, b1, w2, b2 = parameters = [Tensor(array) for array in PARAMETERS.values()]

    def loss() -> Tensor:
        return nn.losses.cross_entropy(ops.relu(x @ w1 + b1) @ w2 + b2, label)

    run.say("x = [1, 2], 3 ReLU neurons, 2 classes: ‖numerical - analytical‖ / (‖numerical‖ + ‖analytical‖ + 1e-10)")
    for name, error in zip(NAMES, relative_errors(loss, parameters), strict=True):
        run.expect(
            error < CLOSE, f"{name}: relative error {error:.1e} (expected < {CLOSE}; the document: < {TOLERANCE})"
        )


# Two layers, their loss, and its gradients by hand ----------------------------------------------------------------


def loss_of(parameters: list[Tensor], X: np.ndarray, y: np.ndarray, relu: Callable[[Any], Any] = ops.relu) -> Tensor:
    """Binary cross-entropy of 10 ReLU neurons and a sigmoid.

    Shapes: X (n, 2), y (n,).
    """
    W1, b1, W2, b2 = parameters
    logits = relu(X @ W1 + b1) @ W2 + b2  # (n, 1)
    return nn.losses.bce_with_logits(logits[:, 0], y)


def by_hand(
    W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray, X: np.ndarray, y: np.ndarray, mistake: str = ""
) -> Arrays:
    """The gradients of ``loss_of`` as one derives them, with one of the mistakes if it is named.

    Shapes: X (n, 2), y (n,); the gradients have the shapes of the parameters.
    """
    n = len(X)
    z1 = X @ W1 + b1  # (n, 10)
    a1 = np.maximum(z1, 0)
    p = ops.sigmoid(a1 @ W2 + b2)  # (n, 1)
    dz2 = (p - y[:, None]) / n  # (n, 1)
    if mistake == "1/n forgotten":
        dz2 = dz2 * n
    if mistake == "sigmoid' twice":  # it is in p - y already
        dz2 = dz2 * p * (1 - p)
    dz1 = (dz2 @ W2.T) * (z1 > 0)  # (n, 10)
    if mistake == "relu' forgotten":
        dz1 = dz2 @ W2.T
    db1 = dz1.mean(axis=0) if mistake == "mean for sum in b1" else dz1.sum(axis=0)
    return [X.T @ dz1, db1, a1.T @ dz2, dz2.sum(axis=0)]


# Which parameters each mistake spoils, and by what relative error where that is known
MISTAKES: dict[str, tuple[set[str], float | None]] = {
    "right": (set(), None),
    "relu' forgotten": ({"W1", "b1"}, None),
    "mean for sum in b1": ({"b1"}, 19 / 21),  # (n - 1) / (n + 1) for n = 20 samples
    "sigmoid' twice": ({"W1", "b1", "W2", "b2"}, None),
    "1/n forgotten": ({"W1", "b1", "W2", "b2"}, 19 / 21),
}


def check_all(
    run: Run, parameters: list[Tensor], numerical: Arrays, X: np.ndarray, y: np.ndarray
) -> dict[str, list[float]]:
    """The relative error of every parameter: from the engine, by hand, and by hand with each mistake."""
    loss_of(parameters, X, y).backward()
    plain = [p.data for p in parameters]
    gradients = {"backward()": [p.grad for p in parameters]}
    gradients |= {f"by hand, {mistake}": by_hand(*plain, X, y, mistake=mistake) for mistake in MISTAKES}
    table = {
        name: [relative_error(n, a) for n, a in zip(numerical, analytical, strict=True)]
        for name, analytical in gradients.items()
    }
    run.say(f"20 moons, 10 ReLU neurons, a sigmoid: relative errors of {', '.join(NAMES)}; PASS is < {TOLERANCE}")
    for name, errors in table.items():
        spoiled, size = MISTAKES.get(name.removeprefix("by hand, "), (set(), None))
        met = all(
            error < CLOSE if parameter not in spoiled else error > 0.01 and (size is None or abs(error - size) < 1e-6)
            for parameter, error in zip(NAMES, errors, strict=True)
        )
        verdicts = "  ".join(
            f"{parameter} {error:.1e} {'PASS' if error < TOLERANCE else 'FAIL'}"
            for parameter, error in zip(NAMES, errors, strict=True)
        )
        wanted = ", ".join(sorted(spoiled)) or "none"
        run.expect(met, f"{name:27} {verdicts}  (expected to fail: {wanted})")
    return table


# A row of calculus without its derivative: the mistake in the engine's own terms
forgetful = Op("forgetful_relu", lambda x: np.maximum(x, 0), (lambda g, *_: g,), elementwise=True)


def name_the_rule(run: Run) -> None:
    """check_grads() goes on where a loss disagrees, and names the op whose rule is wrong."""
    try:
        check_grads(lambda x: ops.sum(ops.square(forgetful(x))), np.array([1.5, -0.5]))
        message = "check_grads() found nothing"
    except GradientMismatch as error:
        message = str(error)
    run.expect("the rule of forgetful_relu" in message, f"check_grads() on an op without relu': {message}")


# Figures ---------------------------------------------------------------------------------------------------------


def draw_scatter(run: Run, numerical: Arrays, right: Arrays, wrong: Arrays) -> None:
    """Each gradient against its central difference: derived rightly, and with relu' forgotten."""
    figure = run.figure(12, 6)
    n = np.concatenate([array.ravel() for array in numerical])  # (41,)
    first = slice(numerical[0].size + numerical[1].size)  # those of W1 and b1
    limit = 1.2 * max(float(np.max(np.abs(array))) for array in (*numerical, *wrong))
    for ax, gradients, title in zip(
        figure.subplots(1, 2),
        (right, wrong),
        ("Right: all on the diagonal", "relu′ forgotten: W1 and b1 are off"),
        strict=True,
    ):
        a = np.concatenate([array.ravel() for array in gradients])  # (41,)
        nn.plot.gradient_check_scatter(ax, a, n)
        ax.plot(n[first], a[first], "s", color=ORANGE, markersize=5, label="W1, b1")
        ax.plot([], [], "o", color=BLUE, markersize=5, label="W2, b2")
        ax.set(xscale="linear", yscale="linear", xlim=(-limit, limit), ylim=(-limit, limit))
        ax.set(ylabel="analytic: derived by hand")
        ax.set_title(f"{title}\nrelative error {relative_error(n, a):.2g}")
        ax.set_title("", loc="center")
        ax.legend(loc="upper left")
    run.save(
        figure,
        "scatter.png",
        f"{n.size} gradients derived by hand over their central differences: on the left all lie on the "
        "diagonal, on the right, with relu' forgotten, those of W1 and b1 lie beside it.",
    )


def draw_errors(run: Run, table: dict[str, list[float]]) -> None:
    """The relative error of each parameter, for the right gradients and for each mistake."""
    figure = run.figure(8.5, 4.8)
    ax = figure.subplots()
    errors = np.array(list(table.values()))  # (6, 4)
    ax.imshow(np.where(errors < TOLERANCE, -1, 1), BLUE_TO_ORANGE, vmin=-1.5, vmax=1.5, aspect="auto")
    for (row, column), error in np.ndenumerate(errors):
        verdict = "pass" if error < TOLERANCE else "FAIL"
        weight = "normal" if error < TOLERANCE else "bold"
        ax.text(column, row, f"{error:.2g}  {verdict}".replace("-", "−"), ha="center", va="center", fontweight=weight)
    ax.grid(visible=False)
    for edge in range(1, 6):
        ax.axhline(edge - 0.5, color="white", linewidth=2)
    for edge in range(1, 4):
        ax.axvline(edge - 0.5, color="white", linewidth=2)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    ax.xaxis.tick_top()
    ax.set_xticks(range(len(NAMES)), NAMES)
    ax.set_yticks(range(len(table)), table)
    ax.set_title("Relative errors: which fail tells where the mistake is")
    run.save(
        figure,
        "errors.png",
        "A table of the relative errors of W1, b1, W2 and b2: about 1e-11 for backward() and for the right derivation. "
        "relu' forgotten spoils W1 and b1, a mean for a sum b1 alone, sigmoid' twice and 1/n forgotten all four.",
    )
