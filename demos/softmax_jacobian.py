"""Softmax makes probabilities of any scores; raising one of them takes from all the others, p_i (d_ij - p_j).

The worked numbers first: scores 2, 1 and 0.1, at three scales, and at sizes where the formula as it stands overflows.
Then the engine's Jacobian, row by row one backward pass, is compared with the formula. You will see how the scale makes
a softmax vague or sure, and the Jacobian with its numbers: positive only on the diagonal, every row and column adds up
to 0, as what one probability gains the others lose.

From: "Neural Networks Solutions - Module 6", exercise 2.4; "Chapter 3: Neural Networks", parts 5 and 8.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from autograd import Tensor, Value, jacobian, ops
from demos.command import Run
from demos.style import BLUE_TO_ORANGE, INK

SECONDS = (2, 2)  # in full, and with --quick

LOGITS = np.array([2.0, 1.0, 0.1])
POINT = np.array([1.0, 0.5, 0.0])  # where the document takes its Jacobian
SCALES = {  # times LOGITS: the probabilities
    0.1: (0.366059, 0.331224, 0.302716),
    1.0: (0.659001, 0.242433, 0.098566),
    10.0: (0.999955, 0.000045, 0.000000),
}


def main(quick: bool = False, **flags: Any) -> int:
    """Work the numbers, compare the Jacobian with its formula, draw."""
    with Run("softmax_jacobian", quick=quick, **flags) as run:
        worked_numbers(run)
        stability(run)
        J = derivatives(run, 20 if quick else 100)
        draw(run, J)
    return run.status


def worked_numbers(run: Run) -> None:
    """The exercise step by step, by arrays and by single numbers, and at three scales."""
    run.say(f"scores {LOGITS.tolist()}")
    powers = np.exp(LOGITS)
    run.expect_numbers("e^z", powers, [7.389, 2.718, 1.105], decimals=3)
    run.expect_numbers("their sum", powers.sum(), 11.213, decimals=3, note="the document adds up rounded ones: 11.212")
    run.expect_numbers("softmax", ops.softmax(LOGITS), [0.659, 0.242, 0.099], decimals=3)
    values = [p.data for p in nn.activations.softmax([Value(z) for z in LOGITS])]
    run.expect_numbers("softmax of three Values", values, [0.659001, 0.242433, 0.098566], decimals=6)
    for scale, expected in SCALES.items():
        p = ops.softmax(scale * LOGITS)
        run.expect_numbers(f"scores times {scale:4}, softmax", p, expected, decimals=6)


def stability(run: Run) -> None:
    """Large scores, by the formula as it stands and with the largest score subtracted first."""
    large = LOGITS + 1000
    with np.errstate(over="ignore", invalid="ignore"):
        naive = np.exp(large) / np.exp(large).sum()
    text = f"scores {large.tolist()} by the formula as it stands: {naive} (expected nan)"
    run.expect(bool(np.isnan(naive).all()), text)
    run.expect_numbers("with the largest subtracted first", ops.softmax(large), SCALES[1.0], decimals=6)


def formula(z: np.ndarray) -> np.ndarray:
    """The Jacobian of softmax by its formula, p_i (d_ij - p_j), where d_ij is 1 for i = j, else 0.

    Shapes: z (k,), the result (k, k).
    """
    p = ops.softmax(z)
    return p[:, None] * (np.eye(len(z)) - p)


def derivatives(run: Run, k: int) -> np.ndarray:
    """Compare the engine's Jacobian with the document's numbers and with the formula; returns it.

    Shapes: the result (3, 3).
    """
    J = jacobian(ops.softmax)(POINT)
    run.say(f"Jacobian at {POINT.tolist()}, where softmax is {np.round(ops.softmax(POINT), 4).tolist()}")
    expected = [[0.249958, -0.155589, -0.094369], [-0.155589, 0.212827, -0.057238], [-0.094369, -0.057238, 0.151607]]
    for i, (row, wanted) in enumerate(zip(J, expected, strict=True)):
        run.expect_numbers(f"row {i}", row, wanted, decimals=6)
    sums = np.abs([J.sum(axis=0), J.sum(axis=1)])
    run.expect(bool(sums.max() < 1e-15), f"rows and columns add up to 0: to {sums.max():.0e}")
    z = np.random.default_rng(run.seed).normal(size=k)
    apart = float(np.max(np.abs(jacobian(ops.softmax)(z) - formula(z))))
    run.expect(apart < 1e-15, f"{k} scores from seed {run.seed}: engine and formula at most {apart:.0e} apart")

    scores = Tensor(POINT)
    nn.losses.categorical_cross_entropy(ops.softmax(scores), 0).backward()
    expected = ops.softmax(POINT) - np.array([1, 0, 0])
    run.expect_numbers("so the gradient of -log p_0 is p - y", scores.grad, expected, decimals=6)
    return J


def draw(run: Run, J: np.ndarray) -> None:
    """Left the probabilities at three scales, right the Jacobian.

    Shapes: J (3, 3).
    """
    figure = run.figure(12, 4.8)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    groups = {f"scale {scale:g}": ops.softmax(scale * LOGITS) for scale in SCALES}
    nn.plot.bars(left, [f"score {z:g}" for z in LOGITS], groups, number="{:.3f}")
    left.set(title="The larger the scores, the surer the softmax", ylabel="probability")
    left.legend(loc="upper right")

    largest = np.abs(J).max()
    picture = right.imshow(J, BLUE_TO_ORANGE, vmin=-largest, vmax=largest)
    for (i, j), slope in np.ndenumerate(J):
        right.text(j, i, f"{slope:+.3f}".replace("-", "−"), ha="center", va="center", color=INK)
    right.grid(visible=False)
    right.set(xticks=range(3), yticks=range(3), xlabel="score j", ylabel="probability i")
    right.set_title("Jacobian: what i gains when j rises")
    figure.colorbar(picture, ax=right, label=r"$\partial p_i\,/\,\partial z_j$", shrink=0.8)
    run.save(
        figure,
        "softmax_jacobian.png",
        "Left, the probabilities of the scores 2, 1 and 0.1: nearly equal at scale 0.1, 0.659, 0.242 and 0.099 at "
        "scale 1, and 1.000, 0.000 and 0.000 at scale 10. Right, the Jacobian at the scores 1, 0.5 and 0 as a heat "
        f"map: {', '.join(f'{slope:.3f}' for slope in np.diag(J))} on the diagonal, negative numbers beside it.",
    )
