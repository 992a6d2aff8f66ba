"""In ten passes, batches of 32 reach a tenth of the loss of all samples at once; single samples are faster, and jump.

First the document's run: 1,000 points on two sides of a line, 50 epochs in batches of 32, from fixed weights; its
losses, its accuracy and its confusion matrix come out again. Then the same network takes all samples, 128, 64, 32 or
one a step. You will see that a step is worth about the same whatever the batch, so that small batches make more of an
epoch; and the price, gradients whose error falls only with the square root of the batch's size.

From: "Neural Networks Solutions - Module 6", exercises 5.2 and 5.3; "Module 02: Backpropagation and Gradient Descent",
section 4; "Chapter 3: Neural Networks", part 12.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import nn
from demos.command import Run
from demos.style import BLUE, ORANGE

SECONDS = (3, 3)  # in full, and with --quick

START = (  # W1, b1, W2, b2 of exercise 3.1
    [[0.1, 0.2, -0.1], [0.3, -0.2, 0.4]],
    [0.1, 0.0, -0.1],
    [[0.5, -0.3], [0.2, 0.4], [-0.1, 0.2]],
    [0.1, -0.1],
)
LOSSES = [0.0696, 0.0445, 0.0352, 0.0322, 0.0276]  # of epochs 10, 20, ... 50, as the document's code prints them
CONFUSION = [[102, 0], [1, 97]]
SIZES = (1000, 128, 64, 32, 1)  # samples a step
EQUAL = {1000: 160, 128: 20, 64: 10, 32: 5}  # epochs that make 160 updates each


def main(quick: bool = False, *, epochs: int = 20, **flags: Any) -> int:
    """Repeat the document's run, compare sizes of batches, measure their noise, draw."""
    with Run("minibatches", quick=quick, **flags) as run:
        documents_run(run)
        X, y = nn.data.half_plane(1000, rng=run.seed)
        compare(run, X, y, 10 if quick else max(epochs, 10))
    return run.status


def network() -> nn.Sequential:
    """The 2-3-2 network of exercise 3.1, with its weights; it gives logits."""
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2))
    model.load_state(dict(zip(model.state(), map(np.array, START), strict=True)))
    return model


def train(
    run: Run, model: nn.Module, X: np.ndarray, y: np.ndarray, size: int, epochs: int, *, rng: Any, **options: Any
) -> nn.train.History:
    """Gradient descent at rate 0.1 in batches of that size.

    Shapes: X (n, 2), y (n,).
    """
    history = nn.train.fit(
        model,
        (X, y),
        optimiser=nn.optim.SGD(model.parameters(), lr=0.1),
        epochs=epochs,
        batch_size=size,
        rng=rng,
        progress=False,
        **{"loss": nn.losses.cross_entropy} | options,
    )
    run.interrupted |= history.interrupted
    return history


# The document's run ------------------------------------------------------------------------------------------------


def documents_run(run: Run) -> None:
    """Exercises 5.2 and 5.3: points, orders of samples and test points all come from one stream of random numbers."""
    rng = np.random.RandomState(42)
    X, y = nn.data.half_plane(1000, rng=rng)
    of_batches: list[float] = []

    def noted(logits: Any, labels: np.ndarray) -> Any:
        loss = nn.losses.cross_entropy(logits, labels)
        of_batches.append(loss.item())
        return loss

    model = network()
    history = train(run, model, X, y, 32, 50, rng=rng, loss=noted)
    X_test, y_test = nn.data.half_plane(200, rng=rng)
    if history.interrupted:
        return
    losses = np.reshape(of_batches, (50, 32)).mean(axis=1)  # (50,): the last batch has 8 samples, and weighs as much
    run.expect_numbers("losses of epochs 10, 20 ... 50", losses[9::10], LOSSES)
    run.say(f"  as means over samples, where a batch of 8 weighs as 8: {np.round(history.loss[9::10], 4).tolist()}")
    guess = nn.metrics.predicted_labels(model(X_test))
    confusion, share = nn.metrics.confusion_matrix(y_test, guess), nn.metrics.accuracy(y_test, guess)
    run.expect(share == 0.995, f"accuracy on 200 new points: {share:.2%} (expected 99.50%)")
    run.expect(confusion.tolist() == CONFUSION, f"confusion matrix {confusion.tolist()} (expected {CONFUSION})")

    line = nn.Linear(2, 2, init="zeros")
    train(run, line, X, y, 32, 50, rng=rng)
    simpler = nn.metrics.accuracy(y_test, nn.metrics.predicted_labels(line(X_test)))
    run.expect(simpler >= 0.98, f"a single layer, 6 parameters instead of 17, does as well: {simpler:.2%} (> 98%)")
    draw_run(run, model, losses, X_test, y_test, share)


def draw_run(run: Run, model: nn.Module, losses: np.ndarray, X: np.ndarray, y: np.ndarray, share: float) -> None:
    """The loss over the epochs, and which class is chosen where."""
    figure = run.figure(12.5, 5.4)
    left, right = figure.subplots(1, 2)
    nn.plot.loss_curves(left, {f"{losses[-1]:.4f}": losses}, log=False, first=1, ylabel="loss, mean over batches")
    left.set_title("50 epochs in batches of 32")
    nn.plot.regions(right, lambda plane: nn.metrics.predicted_labels(model(plane)), X, y)
    right.set(title=f"The class chosen, 200 new points: {share:.2%} right", xlabel="$x_1$", ylabel="$x_2$")
    run.save(
        figure,
        "document.png",
        f"Left, the loss over 50 epochs, from {losses[0]:.2f} to {losses[-1]:.4f}. Right, two regions with a border "
        f"close to the line x1 + x2 = 0; {round(len(X) * (1 - share))} of {len(X)} new points lies on the wrong side.",
    )


# Sizes compared ----------------------------------------------------------------------------------------------------


def compare(run: Run, X: np.ndarray, y: np.ndarray, epochs: int) -> None:
    """The five sizes in equally many epochs, four of them in equally many updates, and the noise of their gradients."""
    curves: dict[int, list[float]] = {}
    after: dict[int, float] = {}
    for size in SIZES:
        curves[size] = of_all_samples(run, X, y, size, epochs)
    for size, count in EQUAL.items():
        after[size] = of_all_samples(run, X, y, size, count)[-1]
    run.say("  samples a step   updates an epoch   loss after 10 epochs   after 160 updates")
    for size in SIZES:
        end = f"{after[size]:.4f}" if size in after else ""
        run.say(f"  {size:>14,} {-(-len(X) // size):>18,} {curves[size][10]:>22.4f} {end:>19}".rstrip())
    ratio = curves[32][10] / curves[1000][10]
    run.expect(ratio < 0.2, f"after 10 epochs batches of 32 have {ratio:.3f} of the loss of all at once (< 0.2)")
    spread = max(after.values()) / min(after.values())
    run.expect(spread < 2, f"after 160 updates the losses differ by a factor of {spread:.2f} at most (target < 2)")
    jumps = {size: int(np.sum(np.diff(curves[size]) > 0)) for size in (1000, 1)}
    run.expect(
        jumps[1000] == 0 and jumps[1] > 0,
        f"the loss of all samples rose in {jumps[1]} epochs of single samples, in {jumps[1000]} of all at once "
        "(expected: some, none)",
    )
    noise = {size: error_of_gradients(X, y, size, np.random.default_rng(run.seed)) for size in SIZES[1:]}
    law = {size: noise[1] * ((len(X) / size - 1) / (len(X) - 1)) ** 0.5 for size in noise}
    off = max(abs(noise[size] / law[size] - 1) for size in noise)
    run.expect(
        off < 0.1,
        f"error of a batch's gradient at the start: {', '.join(f'{size}: {e:.3f}' for size, e in noise.items())}; "
        f"from the law 1/sqrt(size), for draws without replacement, at most {off:.1%} off (target < 10%)",
    )
    draw_comparison(run, curves, after, noise, law)


def of_all_samples(run: Run, X: np.ndarray, y: np.ndarray, size: int, epochs: int) -> list[float]:
    """The loss of all samples before the first epoch and after each.

    Shapes: X (n, 2), y (n,).
    """
    rng = np.random.default_rng(run.seed)
    start = nn.losses.cross_entropy(network()(X), y).item()
    return [start, *train(run, network(), X, y, size, epochs, rng=rng, validation=(X, y)).validation_loss]


def error_of_gradients(X: np.ndarray, y: np.ndarray, size: int, rng: np.random.Generator) -> float:
    """How far the gradients of batches are from that of all samples, in units of its norm: the root mean square.

    Shapes: X (n, 2), y (n,).
    """
    model = network()

    def gradient(batch: Any) -> np.ndarray:
        model.zero_grad()
        nn.losses.cross_entropy(model(X[batch]), y[batch]).backward()
        return np.concatenate([p.grad.ravel() for p in model.parameters()])  # (17,)

    full = gradient(slice(None))
    one_by_one = nn.data.batches(len(X), 1)
    drawn = one_by_one if size == 1 else (rng.choice(len(X), size, replace=False) for _ in range(400))
    errors = [np.linalg.norm(gradient(batch) - full) for batch in drawn]
    return float(np.sqrt(np.mean(np.square(errors))) / np.linalg.norm(full))


def draw_comparison(
    run: Run,
    curves: Mapping[int, list[float]],
    after: Mapping[int, float],
    noise: Mapping[int, float],
    law: Mapping[int, float],
) -> None:
    """Loss over the epochs, loss after equally many updates, error of the gradients over the size of a batch."""
    figure = run.figure(16, 4.8)
    left, middle, right = figure.subplots(1, 3, width_ratios=[5, 4, 4])
    nn.plot.loss_curves(left, {name(size): curve for size, curve in curves.items()}, ylabel="loss of all samples")
    left.set_title("An epoch of small batches does more")
    nn.plot.bars(middle, [f"{size:,}" for size in after], list(after.values()))
    middle.set(title="160 updates do about the same", xlabel="samples a step", ylabel="loss of all samples")
    right.plot(list(noise), list(law.values()), color=BLUE, label="the law, from single samples")
    right.plot(list(noise), list(noise.values()), "o", color=ORANGE, markersize=9, label="measured")
    right.set(
        title="Small batches: noisy gradients",
        xlabel="samples a step",
        ylabel="error / norm of the full gradient",
        xscale="log",
        yscale="log",
    )
    right.set_xticks(list(noise), [str(size) for size in noise])
    right.set_yticks([0.2, 0.3, 0.5, 1, 2, 3])
    right.minorticks_off()
    right.set_ylim(0.8 * min(noise.values()), 1.3 * max(noise.values()))
    right.yaxis.set_major_formatter("{x:g}")
    right.legend()
    run.save(
        figure,
        "comparison.png",
        f"Left, losses after {len(curves[1]) - 1} epochs: "
        + ", ".join(f"{name(size)} {curve[-1]:.3g}" for size, curve in curves.items())
        + ". Middle, after 160 updates each: "
        + ", ".join(f"{loss:.3g}" for loss in after.values())
        + f". Right, the error of a gradient falls from {noise[1]:.2g} times its norm for one sample to "
        f"{noise[128]:.2g} for 128, on a straight line in logarithms.",
    )


def name(size: int) -> str:
    """What a curve is called."""
    return {1000: "all 1,000", 1: "one sample"}.get(size, f"{size} samples")
