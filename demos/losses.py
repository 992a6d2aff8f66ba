"""Sure and wrong costs 4.6 by cross-entropy and 0.49 by squares, and pulls a hundred times as hard.

First the losses of five predictions, and of one that is sure: right, then wrong. Then their gradients, which the engine
finds; the document draws one and the same curve twice, because it takes one of them by z. Then what each guard against
log(0) does to a sample that is wrong beyond doubt: most of them leave it no gradient to learn from. Last the mistake
that NumPy makes without a word, (n,) against (n, 1), and the error that it is here.

From: "Module 02: Backpropagation and Gradient Descent", section 3; "Chapter 3: Neural Networks", parts 7 and 8;
"Multi-Layer Perceptron (1 Hidden Layer)", steps 3 and 4.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nn
from autograd import ShapeError, Tensor, elementwise_grad, ops
from demos.command import Run
from demos.style import BLUE, GREY, INK, ORANGE

SECONDS = (2, 2)  # in full, and with --quick

LABELS = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
PREDICTIONS = np.array([0.1, 0.9, 0.8, 0.2, 0.7])


def main(quick: bool = False, **flags: Any) -> int:
    """Compute losses and gradients, compare the guards, provoke the error, draw."""
    with Run("losses", quick=quick, **flags) as run:
        five_predictions(run)
        sure(run)
        gradients(run)
        guards(run)
        trap(run)
        draw(run)
    return run.status


def five_predictions(run: Run) -> None:
    """The three losses of the five predictions, and their gradients."""
    run.say(f"labels {LABELS.tolist()}, predictions {PREDICTIONS.tolist()}")
    run.expect_numbers("binary cross-entropy", nn.losses.bce(PREDICTIONS, LABELS), 0.2027)
    run.expect_numbers("squared error with 1/2, as in Module 02", nn.losses.half_mse(PREDICTIONS, LABELS), 0.019)
    run.expect_numbers("and without, as in Chapter 3", nn.losses.mse(PREDICTIONS, LABELS), 0.038)
    p = Tensor(PREDICTIONS)
    nn.losses.half_mse(p, LABELS).backward()
    said = "the document's code, without 1/n: five times that"
    run.expect_numbers("gradient of half_mse, (p - y) / n", p.grad, [0.02, -0.02, -0.04, 0.04, -0.06], note=said)
    z = Tensor(np.log(PREDICTIONS / (1 - PREDICTIONS)))
    nn.losses.bce(ops.sigmoid(z), LABELS).backward()
    run.expect_numbers("gradient of bce by z, also (p - y) / n", z.grad, [0.02, -0.02, -0.04, 0.04, -0.06])
    z = Tensor(np.log([0.3, 0.7]))
    nn.losses.cross_entropy(z, np.array([0, 1])).backward()
    run.expect_numbers("of softmax and cross-entropy at p = [0.3, 0.7], y = [0, 1]: p - y", z.grad, [0.3, -0.3])


def sure(run: Run) -> None:
    """A prediction of 0.99 and one of 0.01 for the label 1."""
    for p, bce, mse in ((0.99, 0.01005, 0.00005), (0.01, 4.60517, 0.49005)):
        got = [nn.losses.bce(p, 1.0), nn.losses.half_mse(p, 1.0)]
        run.expect_numbers(f"label 1, prediction {p}: bce, half_mse", got, [bce, mse], decimals=5)


def by_prediction(loss: Callable[[Any, Any], Any], p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The loss of each prediction for the label 1, and its derivative by the prediction.

    Shapes: p (m,), the results (m,).
    """
    losses = np.array([loss(one, 1.0) for one in p.tolist()])
    slopes = elementwise_grad(lambda p: len(p) * loss(p, np.ones(len(p))))(p)  # the loss is a mean: n times it is a sum
    return losses, slopes


def bce_by_z(z: np.ndarray) -> np.ndarray:
    """The derivative of cross-entropy for the label 1, by what goes into the sigmoid.

    Shapes: z (m,), the result (m,).
    """
    return elementwise_grad(lambda z: len(z) * nn.losses.bce(ops.sigmoid(z), np.ones(len(z))))(z)


def gradients(run: Run) -> None:
    """Both gradients by the prediction, and the one by z that the document draws for cross-entropy."""
    p = np.array([0.01, 0.5, 0.99])
    run.say(f"gradients by the prediction, for the label 1, at {p.tolist()}")
    run.expect_numbers("bce, -1 / p", by_prediction(nn.losses.bce, p)[1], [-100, -2, -1.0101])
    run.expect_numbers("half_mse, p - 1", by_prediction(nn.losses.half_mse, p)[1], [-0.99, -0.5, -0.01])
    run.expect_numbers(
        "bce by z, p - 1",
        bce_by_z(np.log(p / (1 - p))),
        [-0.99, -0.5, -0.01],
        note="so the document's two curves are one",
    )


def guards(run: Run) -> None:
    """A sample that is wrong beyond doubt, z = -40 for the label 1: loss and gradient by z under each guard."""
    run.say("z = -40 for the label 1, p = 4e-18: loss 40 and gradient -1 are right")
    kinds: dict[str, tuple[Callable[[Any], Any], float, float]] = {
        "clip 1e-7, “Multi-Layer Perceptron”": (lambda z: nn.losses.bce(ops.sigmoid(z), 1.0), 16.1181, 0.0),
        "clip 1e-15, “Module 02”": (lambda z: nn.losses.bce(ops.sigmoid(z), 1.0, clip=1e-15), 34.5388, 0.0),
        "log(p + 1e-15), “Chapter 3”": (lambda z: -np.log(ops.sigmoid(z) + 1e-15), 34.5345, -0.0042),
        "log(p + 1e-10), “Solutions”": (lambda z: -np.log(ops.sigmoid(z) + 1e-10), 23.0259, 0.0),
        "no guard, log(p)": (lambda z: nn.losses.bce(ops.sigmoid(z), 1.0, clip=0), 40.0, -1.0),
        "bce_with_logits": (lambda z: nn.losses.bce_with_logits(z, 1.0), 40.0, -1.0),
    }
    for name, (loss, *expected) in kinds.items():
        z = Tensor(-40.0)
        result = loss(z)
        result.backward()
        run.expect_numbers(f"{name}: loss, gradient", [result.item(), z.grad], expected)
    with np.errstate(divide="ignore"):
        far = [kinds[name][0](Tensor(-800.0)).item() for name in ("no guard, log(p)", "bce_with_logits")]
    run.expect(
        far == [np.inf, 800], f"at z = -800: no guard {far[0]:g}, bce_with_logits {far[1]:g} (expected inf, 800)"
    )


def trap(run: Run) -> None:
    """Targets (n,) against predictions (n, 1): NumPy's number, and the library's error."""
    column = PREDICTIONS.reshape(-1, 1)  # (5, 1)
    wrong = 0.5 * np.mean((LABELS - column) ** 2)
    run.expect_numbers("NumPy's half_mse of (5,) and (5, 1), 25 squares", wrong, 0.175, note="of five squares 0.019")
    for loss in (nn.losses.half_mse, nn.losses.bce):
        try:
            loss(column, LABELS)
        except ShapeError as error:
            run.expect(True, f"nn.losses: {error}")
        else:
            run.expect(False, f"{loss.__name__} takes (5, 1) and (5,) without a word")


def draw(run: Run) -> None:
    """Both losses, and the size of both gradients, for the label 1."""
    figure = run.figure(13, 5)
    left, right = figure.subplots(1, 2)
    p = np.linspace(0.01, 0.99, 1000)
    z = np.log(p / (1 - p))
    for loss, name, color, line in (
        (nn.losses.bce, "binary cross-entropy", BLUE, "-"),
        (nn.losses.half_mse, "squared error", ORANGE, "--"),
    ):
        losses, slopes = by_prediction(loss, p)
        left.plot(p, losses, line, color=color, label=f"{name}: {losses[0]:.2f} at 0.01")
        right.plot(p, -slopes, line, color=color, label=f"{name}: −{-slopes[0]:.2f} at 0.01")
    by_z = bce_by_z(z)
    right.plot(p[::50], -by_z[::50], "x", color=INK, label="cross-entropy by z, as the document draws it")
    left.set(title="Loss for the label 1", ylabel="loss")
    right.set(title="Its gradient by ŷ: cross-entropy pulls far harder", ylabel="−∂L/∂ŷ", yscale="log")
    right.yaxis.set_major_formatter("{x:g}")
    for ax in (left, right):
        ax.axvline(1, color=GREY, linestyle=":")
        ax.set(xlabel="prediction ŷ, dotted where it is right", xlim=(0, 1.02))
    left.legend(loc="upper center")
    right.legend(loc="lower left")
    run.save(
        figure,
        "losses.png",
        "For the label 1 and predictions from 0.01 to 0.99. Left, cross-entropy falls from 4.61 to 0.01, half the "
        "squared error from 0.49 to 0. Right, their gradients by the prediction: -100 to -1.01, and -0.99 to -0.01. "
        "The gradient of cross-entropy by z, which the document draws, lies on that of the squared error.",
    )
