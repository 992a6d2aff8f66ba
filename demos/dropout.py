"""Dropout makes a neuron's input noisy and leaves its mean as it is; in use nothing is dropped, and nothing scaled.

First the document's test, with its numbers: which entries are kept and doubled, where gradients pass, and that
evaluation mode changes nothing. Then a neuron adds up 64 inputs under 20,000 masks: the mean is that of evaluation
mode, because what is kept is divided by the probability of keeping it ("inverted"); left as it is, half would be
missing. You will see one mask, all the outputs, and how far they spread for other probabilities.

From: "Neural Networks Solutions - Module 6", challenge 1; "Chapter 3: Neural Networks", part 12.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from autograd import Tensor
from demos.command import Run
from demos.module_6 import stream_at
from demos.style import BLUE, BLUE_TO_ORANGE, GREY, INK, ORANGE

SECONDS = (1, 1)  # in full, and with --quick

MASK = [[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 0, 0], [1, 0, 1, 1], [0, 0, 1, 0]]
DX = [
    [-0.7413, 0.6698, 0, 0],
    [-0.1686, 1.7303, -1.5033, 0],
    [0, 0.7178, 0, 0],
    [0.6239, 0, -1.2295, 0.2057],
    [0, 0, 0.3318, 0],
]
DROPPED = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def main(quick: bool = False, **flags: Any) -> int:
    """The document's test, then one neuron under many masks."""
    with Run("dropout", quick=quick, **flags) as run:
        x, out = documents_test(run)
        masks = 4000 if quick else 20_000
        rng = np.random.default_rng(run.seed)
        a, w = rng.uniform(0, 1, 64), rng.normal(0.1, 0.2, 64)
        sums = {p: outputs(p, a, w, masks, rng) for p in DROPPED}
        in_use = float(nn.Dropout(0.5).eval()(a) @ w)
        half = sums[0.5]
        run.say(f"a neuron's sum of 64 inputs under {masks:,} masks, half of them dropped:")
        error = half.std() / np.sqrt(masks)
        run.expect(
            abs(half.mean() - in_use) < 4 * error,
            f"mean {half.mean():.3f} ± {error:.3f} (expected {in_use:.3f}, as in evaluation mode; without the division "
            f"it would be {in_use / 2:.3f})",
        )
        run.expect(in_use == float(a @ w), "evaluation mode adds up all inputs as they are")
        for p, values in sums.items():
            got, expected = float(values.std()), spread(p, a, w)
            run.expect(
                abs(got / expected - 1) < 5 / np.sqrt(2 * masks),
                f"dropping {p:.0%}: standard deviation {got:.3f} (expected √(p / (1 - p) Σ w²a²) = {expected:.3f})",
            )
        draw(run, x, out, sums, in_use, a, w)
    return run.status


def documents_test(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Repeat the document's test; its input and output, (5, 4) each."""
    rng = stream_at("challenge 1")
    x = Tensor(rng.randn(5, 4))
    drop = nn.Dropout(0.5, rng=rng)
    out = drop(x)
    dout = rng.randn(5, 4)
    out.backward(dout)
    kept = out.data != 0
    run.expect(
        kept.astype(int).tolist() == MASK,
        f"kept: {', '.join(''.join(map(str, row)) for row in kept.astype(int))} "
        f"(expected {', '.join(''.join(map(str, row)) for row in MASK)})",
    )
    run.expect(
        float(kept.mean()) == 0.5 and bool(np.all(out.data[kept] == 2 * x.data[kept])),
        f"fraction kept: {kept.mean():.2%} (expected 50.00%), each of them doubled",
    )
    run.expect(bool(np.all(drop.eval()(x).data == x.data)), "in evaluation mode the output is the input")
    count = int(np.count_nonzero(x.grad))
    run.expect(
        count == 10 and bool(np.all((x.grad != 0) == kept)),
        f"non-zero gradients: {count} (expected 10), through the same mask",
    )
    run.expect_numbers("dx", x.grad, DX)
    return x.data, out.data


def outputs(p: float, a: np.ndarray, w: np.ndarray, masks: int, rng: np.random.Generator) -> np.ndarray:
    """The weighted sum of the inputs, each time with another mask.

    Shapes: a, w (d,); the result (masks,).
    """
    copies = np.broadcast_to(a, (masks, len(a)))
    return np.asarray(nn.Dropout(p, rng=rng)(copies) @ w)


def spread(p: float, a: np.ndarray, w: np.ndarray) -> float:
    """The standard deviation of the sum: an input is 0, or a / (1 - p), which has the variance a² p / (1 - p).

    Shapes: a, w (d,).

    >>> round(spread(0.5, np.array([3.0, 4.0]), np.ones(2)), 4)
    5.0
    """
    return float(np.sqrt(p / (1 - p) * np.sum((w * a) ** 2)))


def draw(
    run: Run,
    x: np.ndarray,
    out: np.ndarray,
    sums: dict[float, np.ndarray],
    in_use: float,
    a: np.ndarray,
    w: np.ndarray,
) -> None:
    """The document's input and output, the sums under all masks, and their spread over p."""
    figure = run.figure(15, 5)
    left, right = figure.subfigures(1, 2, width_ratios=[2, 3])
    for ax, array, title in zip(left.subplots(1, 2), (x, out), ("Input", "p = 0.5: kept, doubled"), strict=True):
        ax.imshow(array, BLUE_TO_ORANGE, vmin=-3.5, vmax=3.5)
        for (i, j), value in np.ndenumerate(array):
            text, color = ("0", GREY) if value == 0 else (f"{value:.2f}".replace("-", "−"), INK)
            ax.text(j, i, text, ha="center", va="center", color=color, fontsize=9)
        ax.set(title=title, xticks=range(4), yticks=range(5), xlabel="feature", ylabel="sample")
        ax.grid(visible=False)

    histogram, spreads = right.subplots(1, 2)
    values = sums[0.5]
    histogram.hist(values, bins=60, color=BLUE, alpha=0.7)
    histogram.axvline(in_use, 0, 0.76, color=INK, linewidth=2, label=f"evaluation mode: {in_use:.2f}")
    histogram.axvline(
        values.mean(), 0, 0.76, color=ORANGE, linestyle="--", label=f"mean of all masks: {values.mean():.2f}"
    )
    histogram.set(
        title=f"A neuron's sum, {len(values):,} masks", xlabel="sum of 64 inputs, half dropped", ylabel="masks"
    )
    histogram.set_ylim(top=1.35 * histogram.get_ylim()[1])
    histogram.legend(loc="upper center")

    p = np.linspace(0, 0.85, 200)
    spreads.plot(p, [spread(q, a, w) for q in p], color=INK, linewidth=1.2, label="√(p / (1 − p) Σ w²a²)")
    spreads.plot(DROPPED, [values.std() for values in sums.values()], "o", color=ORANGE, label="measured")
    spreads.set(title="More dropped, more noise", xlabel="p, the probability of dropping", ylabel="standard deviation")
    spreads.set_ylim(bottom=0)
    spreads.legend(loc="upper left")
    run.save(
        figure,
        "dropout.png",
        "Left, 20 numbers before and after dropout: 10 are 0, 10 doubled. Middle, a neuron's sum under "
        f"{len(values):,} masks: a bell around {values.mean():.2f}; in evaluation mode the sum is {in_use:.2f}. Right, "
        f"its standard deviation grows from {sums[0.1].std():.2f} with a tenth dropped to {sums[0.8].std():.2f} with "
        "eight tenths, on the curve of the formula.",
    )
