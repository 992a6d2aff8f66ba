"""Every gradient that the documents work out by hand is the one that a single call of backward() gives.

Their exercises, each as the worked solution that explain() writes, beside the numbers that are expected: the forward
pass, the gradients from the loss back to the first weights, then an update where the document has one. You will see
the 2-2-1 network with every number of it in one picture. Two more parts check the six steps of the digit classifier by
their shapes, and the proof of the formula for a layer's weights by numbers.

From: "Chapter 3: Neural Networks", part 9, exercises 1 and 3; "Module 02: Backpropagation and Gradient Descent",
sections 4 and 5, exercises 1 and 2; "Neural Networks Solutions - Module 6", exercises 3.2, 4.1 to 4.3 and 5.1.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

import nn
from autograd import Tensor, jacobian, ops
from demos.command import Run
from demos.exercises import cross_entropy, module_02_section_5, worked_exercises
from demos.graphs import draw_boxes
from demos.solving import Line, Solved, compared, shown
from demos.style import BLUE, INK, ORANGE

SECONDS = (1, 1)  # in full, and with --quick

SEVEN = 7  # the label of the picture in "Chapter 3"


def main(quick: bool = False, **flags: Any) -> int:
    """Work out every exercise, compare, draw the 2-2-1 network."""
    with Run("manual_backprop", quick=quick, **flags) as run:
        for exercise in worked_exercises().values():
            if any("/d" in left for left in exercise.expected):
                report(run, exercise.title, exercise.story, Solved(exercise).lines(digits=6))
        report(run, *digits(run.seed))
        report(run, *proof(run.seed))
        draw(run)
    return run.status


def report(run: Run, title: str, story: str, lines: list[Line]) -> None:
    """Print each line, ticked where a number was expected, and whether all of these are right."""
    run.say(f"\n{title}: {story}\n")
    for text, met, expected in lines:
        line = f"{text}   expected {expected}" if expected else text
        if met:
            run.say(f"{'✓' if expected else ' '} {line}")
        else:
            run.expect(False, line)
    asked = [line.met for line in lines if line.expected]
    run.expect(all(asked), f"{sum(asked)} of {len(asked)} numbers as expected: {title}")


# Two parts without a worked solution -----------------------------------------------------------------------------


def digits(seed: int) -> tuple[str, str, list[Line]]:
    """Columns as in the document: the shape of each gradient, and how far it is from the document's formula."""
    rng = np.random.default_rng(seed)
    sizes = [784, 256, 128, 10]
    weights = [Tensor(nn.init.he((d_in, d_out), rng).T) for d_in, d_out in pairwise(sizes)]
    biases = [Tensor(np.zeros((d_out, 1))) for d_out in sizes[1:]]
    x = rng.uniform(size=(784, 1))
    z: list[Tensor] = []
    for W, b in zip(weights, biases, strict=True):
        z.append(W @ (ops.relu(z[-1]) if z else x) + b)
    nn.losses.cross_entropy(z[2][:, 0], SEVEN).backward()

    a = [x, np.maximum(z[0].data, 0), np.maximum(z[1].data, 0)]  # what each layer is fed with
    delta = ops.softmax(z[2].data, axis=0) - (np.arange(10) == SEVEN)[:, None]  # (10, 1)
    lines, count, apart = [], 0, 0.0
    for l, sub, fed, formula in (
        (2, "₃", "a₂", "ŷ - y"),
        (1, "₂", "a₁", "W₃ᵀ δ₃ ⊙ ReLU'(z₂)"),
        (0, "₁", "x", "W₂ᵀ δ₂ ⊙ ReLU'(z₁)"),
    ):
        by_weights, by_bias = weights[l].grad, biases[l].grad
        column = f"{sizes[l + 1]} × 1"
        lines += [
            of_shape(f"δ{sub} = {formula}", z[l].grad, column),
            of_shape(f"∂L/∂W{sub} = δ{sub} {fed}ᵀ", by_weights, f"{sizes[l + 1]} × {sizes[l]}"),
            of_shape(f"∂L/∂b{sub} = δ{sub}", by_bias, column),
        ]
        count += by_weights.size + by_bias.size
        apart = max(apart, np.max(np.abs(by_weights - delta @ a[l].T)), np.max(np.abs(by_bias - delta)))
        delta = weights[l].data.T @ delta * (a[l] > 0)  # (sizes[l], 1)
    return (
        "“Chapter 3”, part 9",
        "the six backward steps of 784-256-128-10, for a picture of a 7",
        [
            *lines,
            compared(f"gradients, all from one backward(): {count:,}", count, "235,146"),
            compared(f"largest difference from the formulas: {apart:g}", apart, "0"),
        ],
    )


def of_shape(text: str, array: np.ndarray, expected: str) -> Line:
    """A line that tells the shape of an array."""
    return compared(f"{text} is {shown(array.shape)}", array.shape, expected)


def proof(seed: int) -> tuple[str, str, list[Line]]:
    """Three losses, each with one formula for ∂L/∂W₂; then the three factors of the proof as full Jacobians."""
    rng = np.random.default_rng(seed)
    a1, b2, y = rng.normal(size=(3, 1)), rng.normal(size=(2, 1)), np.array([[1.0], [0.0]])
    weights = rng.normal(size=(2, 3))
    losses: dict[str, Callable[[Any], Any]] = {
        "cross-entropy": lambda a: cross_entropy(y, a).sum(),
        "squares": lambda a: ((a - y) ** 2).sum(),
        "product of a₂": lambda a: a[0, 0] * a[1, 0],
    }
    lines = []
    for name, loss in losses.items():
        W = Tensor(weights)
        z = W @ a1 + b2
        a = ops.sigmoid(z)
        loss(a).backward()
        slope = a.data * (1 - a.data)
        lines.append(compared(f"∂L/∂W₂ of {name} = {shown(W.grad)}", W.grad, (a.grad * slope) @ a1.T))
    by_z = jacobian(ops.sigmoid)(z.data)  # (2, 1, 2, 1)
    by_weights = jacobian(lambda W: W @ a1 + b2)(weights)  # (2, 1, 2, 3)
    chain = np.einsum("ij,ijkl,klmn->mn", a.grad, by_z, by_weights)
    lines.append(compared(f"∂L/∂a₂ · ∂a₂/∂z₂ · ∂z₂/∂W₂ in full = {shown(chain)}", chain, W.grad))
    return "“Chapter 3”, exercise 3", "∂L/∂W₂ = (∂L/∂a₂ ⊙ σ'(z₂)) a₁ᵀ, whatever the loss is", lines


# The picture -----------------------------------------------------------------------------------------------------


def draw(run: Run) -> None:
    """The 2-2-1 network with every value of its forward pass and every gradient."""
    net = Solved(module_02_section_5()).names

    def number(x: Any) -> str:
        return f"{round(np.asarray(x).item(), 4) + 0.0:g}".replace("-", "−")

    places = {"x1": (0, 3.0), "x2": (0, 0), "h1": (4.8, 3.0), "h2": (4.8, 0), "out": (9.7, 1.5), "loss": (13.1, 1.5)}
    sizes = dict.fromkeys(places, (2.9, 1.6)) | {"x1": (1.3, 0.9), "x2": (1.3, 0.9), "loss": (2.4, 1.1)}
    rows = {f"x{i + 1}": [(f"input {i + 1}", INK), (f"x = {number(net['x'].data[i, 0])}", BLUE)] for i in (0, 1)}
    for i in (0, 1):
        rows[f"h{i + 1}"] = [
            (f"hidden {i + 1}", INK),
            (f"b = {number(net['b1'].data[i, 0])}", BLUE),
            (f"z = {number(net['z1'].data[i, 0])}    a = σ(z) = {number(net['a1'].data[i, 0])}", BLUE),
            (f"∂L/∂a = {number(net['a1'].grad[i, 0])}", ORANGE),
            (f"∂L/∂z = ∂L/∂b = {number(net['z1'].grad[i, 0])}", ORANGE),
        ]
    rows["out"] = [
        ("output", INK),
        (f"b = {number(net['b2'].data)}", BLUE),
        (f"z = {number(net['z2'].data)}    a = σ(z) = {number(net['a2'].data)}", BLUE),
        (f"∂L/∂a = {number(net['a2'].grad)}", ORANGE),
        (f"∂L/∂z = ∂L/∂b = {number(net['z2'].grad)}", ORANGE),
    ]
    rows["loss"] = [("loss", INK), ("y = 1", BLUE), (f"L = −log a = {number(net['L'].data)}", BLUE)]
    figure = run.figure(15, 5.6)
    ax = figure.subplots()
    edges = {(f"x{i + 1}", f"h{j + 1}"): (net["W1"].data[j, i], net["W1"].grad[j, i]) for i in (0, 1) for j in (0, 1)}
    edges |= {(f"h{i + 1}", "out"): (net["W2"].data[0, i], net["W2"].grad[0, i]) for i in (0, 1)}
    draw_boxes(ax, places, rows, [*edges, ("out", "loss")], sizes)
    for (start, end), (weight, gradient) in edges.items():
        share = 0.33 if start[1:] != end[1:] and end != "out" else 0.45  # of the way: not where two arrows cross
        x, y = (1 - share) * np.array(places[start]) + share * np.array(places[end])
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        ax.text(x, y, f"w = {number(weight)}", color=BLUE, ha="center", va="bottom", fontsize=10.5, bbox=box)
        ax.text(x, y, f"∂L/∂w = {number(gradient)}", color=ORANGE, ha="center", va="top", fontsize=10.5, bbox=box)
    ax.set_title("The 2-2-1 network: values in blue go forward, gradients in orange come back")
    run.save(
        figure,
        "network.png",
        f"The 2-2-1 network with all its numbers. The loss is {number(net['L'].data)}; the gradient of z is "
        f"{number(net['z2'].grad)} at the output, {number(net['z1'].grad[0, 0])} and {number(net['z1'].grad[1, 0])} "
        "at the hidden neurons; every arrow bears its weight and the gradient of it.",
    )
