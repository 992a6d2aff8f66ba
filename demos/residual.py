"""A way around each layer, a = f(a) + a, lets 30 layers learn that do not learn, or hardly, when simply stacked.

30 layers of 16 neurons between an input and an output layer, once stacked, a = f(a), and once with the way around; both
draw the same weights, at a scale that suits the stack. A residual layer that does nothing yet passes the gradient on
unchanged, whatever the depth. You will see the gradient of every layer's weights before training, and the
learning curves on two moons.

From: "Chapter 3: Neural Networks", part 11; "Neural Networks Solutions - Module 6", exercise 6.1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from autograd import Tensor
from demos.command import Run
from nn.plot import CYCLE, MARKERS

SECONDS = (3, 2)  # in full, and with --quick

DEPTH, WIDTH = 30, 16
NETWORKS = {  # activation, initial weights, and whether there is a way around each layer
    "tanh, residual": (nn.Tanh, "lecun", True),
    "tanh, stacked": (nn.Tanh, "lecun", False),
    "sigmoid, residual": (nn.Sigmoid, "lecun", True),
    "sigmoid, stacked": (nn.Sigmoid, "lecun", False),
}


def main(quick: bool = False, *, epochs: int = 200, lr: float = 0.003, **flags: Any) -> int:
    """Measure the gradients, train, compare, draw."""
    with Run("residual", quick=quick, **flags) as run:
        epochs = min(epochs, 120) if quick else epochs
        identity(run)
        X, y = nn.data.moons(200, noise=0.1, rng=run.seed)
        models = {name: network(*how, run.seed) for name, how in NETWORKS.items()}
        norms = {name: gradient_norms(model, X, y) for name, model in models.items()}
        run.say(f"norms of the gradient by the weights of layer 1 and of layer {DEPTH}:")
        for name, row in norms.items():
            ratio = row[0] / row[-1]
            low, high = (0, 1e-10) if name == "sigmoid, stacked" else (1e-3, 1e3)
            run.expect(
                low < ratio < high,
                f"{name}: {row[0]:.1e} and {row[-1]:.1e}, ratio {ratio:.1e} (expected {low:g} to {high:g})",
            )
        losses = {name: train(model, X, y, epochs, lr) for name, model in models.items()}
        run.say(f"loss after {epochs} epochs on two moons:")
        limits = {"tanh, residual": (0, 0.01), "sigmoid, residual": (0, 0.35), "sigmoid, stacked": (0.69, 0.7)}
        for name, (low, high) in limits.items():
            loss = losses[name][-1]
            run.expect(low < loss < high, f"{name}: {loss:.4f} (expected {low:g} to {high:g})")
        early = {name: curve[50] for name, curve in losses.items()}
        run.expect(
            early["tanh, residual"] < 0.3 * early["tanh, stacked"],
            f"tanh after 50 epochs: {early['tanh, residual']:.4f} residual, {early['tanh, stacked']:.4f} stacked "
            "(expected: residual at most a third)",
        )
        too_large(run, X)
        draw(run, norms, losses)
    return run.status


def network(activation: type[nn.Activation], init: Any, residual: bool, seed: int, depth: int = DEPTH) -> nn.Sequential:
    """Layers of one width between an input and an output layer, each with a way around it or without."""
    rng = np.random.default_rng(seed)
    steps: list[nn.Module] = [nn.Linear(2, WIDTH, rng=rng)]
    for _ in range(depth):
        layer = nn.Sequential(nn.Linear(WIDTH, WIDTH, rng=rng, init=init), activation())
        steps.append(nn.Residual(layer) if residual else layer)
    return nn.Sequential(*steps, nn.Linear(WIDTH, 1, rng=rng))


def identity(run: Run) -> None:
    """Where f is 0, a residual layer is the identity, forward and backward; a stacked one is 0."""
    x, g = np.random.default_rng(run.seed).normal(size=(2, 5, WIDTH))
    for word, expected in (("residual", g), ("stacked", np.zeros_like(g))):
        middle = network(nn.Tanh, "zeros", word == "residual", run.seed, depth=1000).steps[1:-1]
        leaf = Tensor(x)
        nn.Sequential(*middle)(leaf).backward(g)
        run.expect(
            np.array_equal(leaf.grad, expected),
            f"1,000 {word} layers of zeros: of a gradient of norm {np.linalg.norm(g):.2f} comes "
            f"{np.linalg.norm(leaf.grad):.2f} (expected {np.linalg.norm(expected):.2f})",
        )


def gradient_norms(model: nn.Sequential, X: np.ndarray, y: np.ndarray) -> list[float]:
    """The norm of the gradient of each layer's weights, from the first of the 30 to the last.

    Shapes: X (n, 2), y (n,).
    """
    model.zero_grad()
    nn.losses.bce_with_logits(model(X), y[:, None]).backward()
    matrices = [p for name, p in model.named_parameters() if name.endswith("W")]
    return [float(np.linalg.norm(W.grad)) for W in matrices[1:-1]]


def train(model: nn.Sequential, X: np.ndarray, y: np.ndarray, epochs: int, lr: float) -> list[float]:
    """Adam on all points at once; the loss of each epoch. Shapes: X (n, 2), y (n,)."""
    return nn.train.fit(
        model,
        (X, y[:, None]),
        loss=nn.losses.bce_with_logits,
        optimiser=nn.optim.Adam(model.parameters(), lr=lr),
        epochs=epochs,
        batch_size=None,
        shuffle=False,
        progress=False,
    ).loss


def too_large(run: Run, X: np.ndarray) -> None:
    """What a way around does not mend: with He's weights each layer adds as much as it is given. Shapes: X (n, 2)."""
    sizes = {scale: float(np.std(network(nn.ReLU, scale, True, run.seed)(X).data)) for scale in ("he", "zeros")}
    run.expect(
        sizes["he"] > 1000 * sizes["zeros"],
        f"residual ReLU layers with He's weights blow up: outputs of {sizes['he']:.1e}, without the layers of "
        f"{sizes['zeros']:.2f} (expected: over 1,000 times); a residual layer wants smaller weights",
    )


def draw(run: Run, norms: dict[str, list[float]], losses: dict[str, list[float]]) -> None:
    """The gradients of all layers, and the learning curves."""
    figure = run.figure(13, 5)
    left, right = figure.subplots(1, 2)
    ends = []
    for k, (name, row) in enumerate(norms.items()):
        colour, line = CYCLE[k]
        left.semilogy(range(DEPTH, 0, -1), row[::-1], linestyle=line, color=colour, marker=MARKERS[k], markersize=4)
        ends.append((1, row[0], f"{name}: {row[0]:.1g}", colour))
    left.set(
        title="Before training: what comes through",
        xlabel=f"layer, from the last ({DEPTH}) back to the first (1)",
        ylabel="norm of the gradient by its weights",
        xlim=(DEPTH + 0.5, 0.5),
        xticks=[30, 25, 20, 15, 10, 5, 1],
    )
    nn.plot.label_ends(left, ends)
    nn.plot.loss_curves(right, losses)
    right.set_title("30 layers learn two moons")
    run.save(
        figure,
        "residual.png",
        f"Left, norms of the gradient from layer {DEPTH} back to layer 1, where they are "
        + ", ".join(f"{row[0]:.1g} ({name})" for name, row in norms.items())
        + ". Right, the loss over the epochs; it ends at "
        + ", ".join(f"{curve[-1]:.2g} ({name})" for name, curve in losses.items())
        + ".",
    )
