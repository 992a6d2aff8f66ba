"""With batch normalisation ten ReLU layers learn from weights of any scale; without it only from the right one.

First the document's test: a batch of four samples comes out with mean 0 and standard deviation 1, and the gradients
of its backward pass, written by hand, equal the engine's, which only knows the forward pass. Then ten layers learn
two moons from weights that are too small, He's, and too large, with and without it. You will see the batch
before and after, how far the activations of each layer spread, and the learning curves.

From: "Neural Networks Solutions - Module 6", exercise 6.3; "Chapter 3: Neural Networks", part 11.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from autograd import Tensor, ops
from demos.command import Run
from demos.module_6 import stream_at
from nn.plot import BLUE, CYCLE, INK, MARKERS, ORANGE

SECONDS = (3, 2)  # in full, and with --quick

OUT = [
    [-0.18658744, 1.32273636, 1.72084876],
    [0.45417774, 0.24542603, -0.48280080],
    [-1.49818206, -0.09105952, -0.75902300],
    [1.23059176, -1.47710287, -0.47902496],
]
DX = [
    [-0.03521509, -0.37086285, -0.00233308],
    [-0.18388419, 0.52229760, 0.15118461],
    [0.07060911, 0.10005862, -0.02036888],
    [0.14849017, -0.25149337, -0.12848265],
]
DGAMMA, DBETA = [0.50587622, 1.57663363, -0.62835796], [0.48100607, 2.26597479, -1.68077446]
RUNNING = [[1.16177256, 1.24759351, 0.88656406], [2.75565908, 1.30488653, 2.79748451]]
DEPTH, WIDTH = 10, 16
SCALES = {"small, 0.05": 0.05, "He's, 0.35": np.sqrt(2 / WIDTH), "large, 1": 1.0}


def main(quick: bool = False, *, epochs: int = 40, lr: float = 0.05, **flags: Any) -> int:
    """The document's test, then networks of ten layers with and without batch normalisation."""
    with Run("batchnorm", quick=quick, **flags) as run, np.errstate(over="ignore", invalid="ignore"):
        x, out = documents_test(run)
        X, y = nn.data.moons(400, noise=0.1, rng=run.seed)
        epochs = min(epochs, 25) if quick else epochs
        plain = {name: network(scale, run.seed, normalised=False) for name, scale in SCALES.items()}
        normalised = {name: network(scale, run.seed, normalised=True) for name, scale in SCALES.items()}
        spreads = [{name: spread(model, X) for name, model in models.items()} for models in (plain, normalised)]
        losses = [
            {name: train(model, X, y, epochs, lr, run.seed) for name, model in models.items()}
            for models in (plain, normalised)
        ]
        run.say(
            f"{DEPTH} ReLU layers of {WIDTH} on two moons, loss after {epochs} epochs, accuracy in evaluation mode:"
        )
        for name in SCALES:
            right = nn.metrics.accuracy(y, nn.metrics.predicted_labels(ops.sigmoid(normalised[name](X)).data))
            run.expect(
                losses[1][name][-1] < 0.2 and right > 0.95,
                f"weights {name}: {losses[1][name][-1]:.3f} with batch normalisation, {right:.1%} right (expected: "
                f"below 0.2, over 95 %); {losses[0][name][-1]:.3f} without",
            )
        small, _, large = (curve[-1] for curve in losses[0].values())
        run.expect(
            abs(small - np.log(2)) < 0.01 and not large < 0.5,
            f"without it small weights do not begin to learn, large ones get lost: {small:.4f}, {large:.4f} (expected "
            "about ln 2 = 0.6931, and no less than 0.5 or inf)",
        )
        draw(run, x, out, spreads, losses)
    return run.status


def documents_test(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Repeat the document's test; its batch and what comes out, (4, 3) each."""
    rng = stream_at("6.3")
    x, dout = Tensor(rng.randn(4, 3) * 5 + 10), rng.randn(4, 3)
    norm = nn.BatchNorm(3)
    out = norm(x)
    out.backward(dout)
    run.expect_numbers("out", out.data, OUT, decimals=8)
    mean, std = np.mean(out.data, axis=0), np.std(out.data, axis=0)
    run.expect(
        bool(np.max(np.abs(mean)) < 1e-15 and np.max(np.abs(std - 1)) < 1e-5),
        f"mean at most {np.max(np.abs(mean)):.0e} from 0, standard deviation at most {np.max(1 - std):.0e} below 1 "
        "(expected 0 and 1, but for ε = 1e-5)",
    )
    run.expect_numbers("running mean and variance", [norm.running_mean, norm.running_var], RUNNING, decimals=8)
    run.expect_numbers("dx", x.grad, DX, decimals=8)
    run.expect_numbers("dgamma", norm.gamma.grad, DGAMMA, decimals=8)
    run.expect_numbers("dbeta", norm.beta.grad, DBETA, decimals=8)
    by_hand = backward_by_hand(x.data, norm.gamma.data, dout)
    apart = max(
        float(np.max(np.abs(hand - engine)))
        for hand, engine in zip(by_hand, (x.grad, norm.gamma.grad, norm.beta.grad), strict=True)
    )
    run.expect(apart < 1e-14, f"the document's backward pass and the engine's: at most {apart:.0e} apart (expected 0)")
    return x.data, out.data


def backward_by_hand(
    x: np.ndarray, gamma: np.ndarray, dout: np.ndarray, eps: float = 1e-5
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients by x, gamma and beta in the document's steps: by the variance, by the mean, then by x.

    Shapes: x, dout (n, d), gamma (d,); the results (n, d), (d,), (d,).
    From: "Neural Networks Solutions - Module 6", exercise 6.3.
    """
    n, centred, s = len(x), x - np.mean(x, axis=0), np.sqrt(np.var(x, axis=0) + eps)
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * centred, axis=0) * -0.5 * s**-3  # (d,)
    dmean = -np.sum(dx_hat, axis=0) / s - 2 * dvar * np.mean(centred, axis=0)  # (d,)
    dx = dx_hat / s + 2 * dvar * centred / n + dmean / n
    return dx, np.sum(dout * centred / s, axis=0), np.sum(dout, axis=0)


def network(scale: float, seed: int, *, normalised: bool) -> nn.Sequential:
    """Ten ReLU layers, each with a batch normalisation before its ReLU or without; all weights of that scale."""
    rng, init = np.random.default_rng(seed), nn.init.normal(scale)
    steps: list[nn.Module] = []
    for k in range(DEPTH):
        steps += [nn.Linear(WIDTH if k else 2, WIDTH, rng=rng, init=init)]
        steps += [nn.BatchNorm(WIDTH)] if normalised else []
        steps += [nn.ReLU()]
    return nn.Sequential(*steps, nn.Linear(WIDTH, 1, rng=rng, init=init))


def spread(model: nn.Sequential, X: np.ndarray) -> list[float]:
    """The standard deviation of what comes out of each ReLU, for the untrained model. Shapes: X (n, 2)."""
    a: Any = X
    spreads = []
    for step in model.steps:
        a = step(a)
        if isinstance(step, nn.ReLU):
            spreads.append(float(np.std(a.data)))
    return spreads


def train(model: nn.Sequential, X: np.ndarray, y: np.ndarray, epochs: int, lr: float, seed: int) -> list[float]:
    """Gradient descent in batches of 50; the loss before, then of each epoch, infinity the last where it diverges.

    Shapes: X (n, 2), y (n,).
    """
    losses = [nn.losses.bce_with_logits(model(X), y[:, None]).item()]
    try:
        nn.train.fit(
            model,
            (X, y[:, None]),
            loss=nn.losses.bce_with_logits,
            optimiser=nn.optim.SGD(model.parameters(), lr=lr),
            epochs=epochs,
            batch_size=50,
            rng=np.random.default_rng(seed),
            progress=False,
            on_epoch=lambda history: losses.append(history.loss[-1]),
        )
    except nn.train.DivergedError:
        losses.append(np.inf)
    return losses


def by_name(rows: list[dict[str, list[float]]]) -> dict[str, list[float]]:
    """The rows of the networks without batch normalisation, then of those with it, each under its full name."""
    words = ("without", "with")
    return {f"{word}: {name}": row for word, named in zip(words, rows, strict=True) for name, row in named.items()}


def draw(
    run: Run,
    x: np.ndarray,
    out: np.ndarray,
    spreads: list[dict[str, list[float]]],
    losses: list[dict[str, list[float]]],
) -> None:
    """The batch before and after, the spread of the activations, and the learning curves."""
    figure = run.figure(16, 5)
    batch, layers, curves = figure.subplots(1, 3)
    for j in range(3):
        batch.plot(np.full(4, j - 0.12), x[:, j], "o", color=BLUE, label="before" if j == 0 else None)
        batch.plot(np.full(4, j + 0.12), out[:, j], "s", color=ORANGE, label="after" if j == 0 else None)
    batch.axhline(0, color=INK, linewidth=0.8)
    batch.set(
        title="Four samples, before and after", ylabel="value", xlabel="feature", xticks=range(3), xlim=(-0.5, 2.5)
    )
    batch.legend(loc="upper center", ncols=2, bbox_to_anchor=(0.5, 1.02))
    batch.set_ylim(top=1.2 * x.max())

    ends = []
    for (name, numbers), (colour, line), marker in zip(by_name(spreads).items(), CYCLE, MARKERS, strict=False):
        layers.semilogy(range(1, DEPTH + 1), numbers, linestyle=line, color=colour, marker=marker, markersize=4)
        ends.append((DEPTH, numbers[-1], name, colour))
    layers.set(title="Spread of the activations at the start", xlabel="layer", ylabel="standard deviation")
    layers.set_xticks(range(2, DEPTH + 1, 2))
    nn.plot.label_ends(layers, ends)

    nn.plot.loss_curves(curves, by_name(losses))
    curves.set_title("Two moons, learned")
    run.save(
        figure,
        "batchnorm.png",
        "Left, four samples of three features before and after: mean 0, deviation 1. Middle, the spread of the last of "
        "ten layers for small, He's and large weights: "
        + " and ".join(
            f"{word} batch normalisation " + ", ".join(f"{numbers[-1]:.2g}" for numbers in models.values())
            for word, models in zip(("without", "with"), spreads, strict=True)
        )
        + ". Right, the loss ends at "
        + " and ".join(
            ", ".join(f"{numbers[-1]:.2g}" for numbers in models.values()) + f" {word}"
            for word, models in zip(("without", "with"), losses, strict=True)
        )
        + ".",
    )
