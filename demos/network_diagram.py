"""A network as circles and lines, and what runs through it: numbers forward, gradients backward.

The 3-4-3-2 network of one document and the 3-4-1 network of another, each layer with its formula, each weight as a
line whose colour, dashes and width tell its sign and size. Then the 3-4-1 network as a chain, from the inputs to the
loss and back: numbers above, below them their gradients from the engine, which are compared with the formulas. The
gradients of weights are side branches of the way back, not stations on it, as a document draws them.

From: "Chapter 3: Neural Networks", part 3; "Module 02: Backpropagation and Gradient Descent", section 2; "Multi-Layer
Perceptron (1 Hidden Layer)", summary.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

import nn
from autograd import Parameter, Tensor, ops
from demos.command import Run
from demos.style import BLUE, GREY, INK, ORANGE, SHADE

SECONDS = (2, 2)  # in full, and with --quick


def main(quick: bool = False, **flags: Any) -> int:
    """Draw both networks, run one of them forward and backward, compare, draw the flow."""
    with Run("network_diagram", quick=quick, **flags) as run:
        flow = forward_and_backward(run)
        draw_networks(run, [flow["W₁"].data, flow["W₂"].data])
        draw_flow(run, flow)
    return run.status


def forward_and_backward(run: Run) -> dict[str, Tensor]:
    """The 3-4-1 network of seed 42 on [2, 3, -1] with the label 1; returns its nodes, with gradients."""
    rng = np.random.RandomState(42)
    X = Tensor([[2.0, 3.0, -1.0]])  # (1, 3)
    W1, b1 = Parameter(0.5 * rng.randn(4, 3).T), Parameter(np.zeros(4))  # (3, 4), (4,)
    W2, b2 = Parameter(0.5 * rng.randn(1, 4).T), Parameter(np.zeros(1))  # (4, 1), (1,)
    z1 = X @ W1 + b1  # (1, 4)
    a1 = ops.relu(z1)
    z2 = a1 @ W2 + b2  # (1, 1)
    p = ops.sigmoid(z2)
    y = np.array([[1.0]])
    loss = nn.losses.bce(p, y)
    loss.backward()

    run.say("3-4-1, x = [2, 3, -1], y = 1, weights from seed 42")
    run.expect_numbers("forward: ŷ, loss", [p.item(), loss.item()], [0.0216, 3.8347])
    dz2 = p.data - y
    dz1 = dz2 @ W2.data.T * (z1.data > 0)
    formulas = {
        "∂L/∂z₂ = ŷ - y": (z2, dz2),
        "∂L/∂W₂ = a₁ᵀ ∂z₂": (W2, a1.data.T @ dz2),
        "∂L/∂a₁ = ∂z₂ W₂ᵀ": (a1, dz2 @ W2.data.T),
        "∂L/∂z₁ = ∂a₁ relu′(z₁)": (z1, dz1),
        "∂L/∂W₁ = Xᵀ ∂z₁": (W1, X.data.T @ dz1),
    }
    for name, (node, expected) in formulas.items():
        run.expect_numbers(f"backward: {name}", node.grad, expected)
    return {"X": X, "z₁": z1, "a₁": a1, "z₂": z2, "ŷ": p, "L": loss, "W₁": W1, "b₁": b1, "W₂": W2, "b₂": b2}


def draw_networks(run: Run, weights: list[np.ndarray]) -> None:
    """Both networks beside each other; the first one with initial weights of this run's seed.

    Shapes: weights (3, 4) and (4, 1).
    """
    figure = run.figure(16, 5.6)
    left, right = figure.subplots(1, 2, width_ratios=(5, 4))
    rng = np.random.default_rng(run.seed)
    sizes = [3, 4, 3, 2]
    layers = [nn.Linear(d_in, d_out, rng) for d_in, d_out in pairwise(sizes)]
    count = sum(p.data.size for layer in layers for p in layer.parameters())
    run.expect_numbers("3-4-3-2: weights and biases", count, 3 * 4 + 4 + 4 * 3 + 3 + 3 * 2 + 2, decimals=0)
    nn.plot.network_diagram(
        left, sizes, weights=[layer.W.data for layer in layers], activations=["relu", "relu", "softmax"]
    )
    nn.plot.network_diagram(right, [3, 4, 1], weights=weights, activations=["relu", "sigmoid"])
    drawn = [sum(len(lines.get_paths()) for lines in ax.collections) for ax in (left, right)]
    run.expect_numbers("lines drawn in the two pictures", drawn, [12 + 12 + 6, 12 + 4], decimals=0)
    left.set_title(f"3-4-3-2, {count} parameters")
    right.set_title(f"3-4-1, {sum(W.size + W.shape[1] for W in weights)} parameters, weights from seed 42")
    run.save(
        figure,
        "networks.png",
        "Two networks as circles in columns, a line for each weight: 3 inputs, 4 and 3 hidden neurons, 2 outputs; "
        "and 3 inputs, 4 hidden neurons, 1 output. Below each layer stands its formula, z = a W + b and a = relu(z), "
        "softmax(z) or sigmoid(z). Positive weights are orange, negative ones blue and dashed, large ones wide.",
    )


def draw_flow(run: Run, flow: dict[str, Tensor]) -> None:
    """The chain from the inputs to the loss, with the numbers above and their gradients below."""
    figure = run.figure(15, 6.2)
    ax = figure.add_subplot()
    ax.set_axis_off()
    ax.set(xlim=(-0.6, 5.6), ylim=(-2.4, 1.3), title="Numbers run forward, gradients backward")
    chain = ["X", "z₁", "a₁", "z₂", "ŷ", "L"]
    formulas = ["X W₁ + b₁", "relu", "a₁ W₂ + b₂", "sigmoid", "cross-entropy\nwith y = 1"]
    for x, name in enumerate(chain):
        box(ax, x, 0.7, f"{name}\n{column(flow[name].data)}", BLUE)
        box(ax, x, -0.7, f"∂L/∂{name}\n{column(flow[name].grad)}", ORANGE)
    factors = ["W₁ᵀ", "relu′(z₁)", "W₂ᵀ", "ŷ (1 − ŷ)", "−1 / ŷ"]
    for x, (formula, factor) in enumerate(zip(formulas, factors, strict=True)):
        arrow(ax, (x + 0.3, 0.7), (x + 0.7, 0.7), BLUE)
        arrow(ax, (x + 0.7, -0.7), (x + 0.3, -0.7), ORANGE)
        ax.text(x + 0.5, 0.78, formula, ha="center", va="bottom", color=INK, fontsize=10)
        ax.text(x + 0.5, -0.62, f"times {factor}", ha="center", va="bottom", color=INK, fontsize=10)
    for x, (W, b) in ((1, ("W₁", "b₁")), (3, ("W₂", "b₂"))):
        arrow(ax, (x, -1.25), (x, -1.6), ORANGE)
        sizes = [f"∂L/∂{name}: {' × '.join(map(str, flow[name].shape))}" for name in (W, b)]
        largest = [f"largest {np.abs(flow[name].grad).max():.2f}" for name in (W, b)]
        box(ax, x, -2.0, "\n".join(f"{size}, {most}" for size, most in zip(sizes, largest, strict=True)), ORANGE)
    ax.text(2, -2.0, "by these the\nweights are updated", ha="center", va="center", color=GREY)
    run.save(
        figure,
        "flow.png",
        "Six boxes from left to right, X, z1, a1, z2, ŷ and the loss, with their numbers; below them their gradients "
        f"from right to left, from 1 at the loss to {flow['z₂'].grad.item():.3f} at z2 and on to X. From z1 and z2 "
        "arrows branch off to the gradients of W1, b1, W2 and b2.",
    )


def column(numbers: Any) -> str:
    """The numbers one below the other."""
    return "\n".join(f"{number:.2f}".replace("-", "−") for number in np.ravel(numbers).round(2) + 0.0)


def box(ax: Any, x: float, y: float, text: str, color: str) -> None:
    """A text in a frame."""
    frame = {"boxstyle": "round,pad=0.5", "facecolor": SHADE, "edgecolor": color}
    ax.text(x, y, text, ha="center", va="center", color=INK, bbox=frame, linespacing=1.4)


def arrow(ax: Any, start: tuple[float, float], end: tuple[float, float], color: str) -> None:
    """An arrow between two points."""
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": 2})
