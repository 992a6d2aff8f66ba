"""Every gradient that nine exercises work out by hand is the one that a single call of backward() gives.

The exercises of the documents, step by step: what is computed, by which formula, what the engine finds, and what is
expected. Forward passes come first, then the gradients from the loss back to the first weights, then an update where
the document has one. You will see the 2-2-1 network with every number of it in one picture. Two more parts check the
six steps of the digit classifier by their shapes, and the proof of the formula for a layer's weights by numbers.

From: "Chapter 3: Neural Networks", part 9, exercises 1 and 3; "Module 02: Backpropagation and Gradient Descent",
section 5 and exercise 1; "Neural Networks Solutions - Module 6", exercises 4.1 to 4.3 and 5.1.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from demos import exercises
from demos.command import Run
from demos.exercises import Line
from demos.graphs import draw_boxes
from demos.style import BLUE, INK, ORANGE

SECONDS = (1, 1)  # in full, and with --quick


def main(quick: bool = False, **flags: Any) -> int:
    """Work out every exercise, compare, draw the 2-2-1 network."""
    with Run("manual_backprop", quick=quick, **flags) as run:
        for title, lines in exercises.all_of_them(run.seed):
            report(run, title, lines)
        draw(run)
    return run.status


# What is printed and compared ------------------------------------------------------------------------------------


def report(run: Run, title: str, lines: list[Line]) -> None:
    """Print each line with a tick, and whether all of them are right."""
    run.say(f"\n{title}")
    right = [agrees(line) for line in lines]
    names, formulas = (max(len(line[column]) for line in lines) for column in (0, 1))
    for line, met in zip(lines, right, strict=True):
        text = f"{line.name:{names}} = {line.formula:{formulas}} = {shown(line.got)}   expected {shown(line.expected)}"
        if met:
            run.say(f"  ✓ {text}")
        else:
            run.expect(False, text)
    run.expect(all(right), f"{sum(right)} of {len(right)} numbers as expected: {title.partition(':')[0]}")


def agrees(line: Line) -> bool:
    """Is a line's number what was expected?

    >>> agrees(Line("a", "σ(1)", 0.7310586, "≈ 0.731")), agrees(Line("a", "σ(1)", 0.7310586, "0.731"))
    (True, False)
    """
    if not isinstance(line.expected, str):
        return bool(np.allclose(line.got, line.expected, rtol=0, atol=1e-12))
    words = [word.replace(",", "") for word in re.findall(r"-?\d+(?:,\d{3})*(?:\.\d+)?", line.expected)]
    off = np.abs(np.ravel(line.got) - [float(word) for word in words])
    rounding = [0.5 * 10.0 ** -len(word.partition(".")[2]) if "≈" in line.expected else 0.0 for word in words]
    return bool(np.all(off <= np.add(rounding, 1e-12)))


def shown(x: Any) -> str:
    """A number or an array in one line, with up to six decimals; a shape as 10 × 128."""
    if isinstance(x, str):
        return x
    if isinstance(x, tuple):
        return " × ".join(map(str, x))
    if isinstance(x, int):
        return f"{x:,}"
    if np.ndim(x) == 0:
        return f"{round(float(x), 6) + 0.0:g}"  # + 0.0: no -0
    return f"[{', '.join(map(shown, x))}]"


# The picture -----------------------------------------------------------------------------------------------------


def draw(run: Run) -> None:
    """The 2-2-1 network with every value of its forward pass and every gradient."""
    net = exercises.network()

    def number(x: Any) -> str:
        return f"{round(np.asarray(x).item(), 4) + 0.0:g}".replace("-", "−")

    places = {"x1": (0, 3.0), "x2": (0, 0), "h1": (4.8, 3.0), "h2": (4.8, 0), "out": (9.7, 1.5), "loss": (13.1, 1.5)}
    sizes = dict.fromkeys(places, (2.9, 1.6)) | {"x1": (1.3, 0.9), "x2": (1.3, 0.9), "loss": (2.4, 1.1)}
    rows = {f"x{i + 1}": [(f"input {i + 1}", INK), (f"x = {number(net.x[i, 0])}", BLUE)] for i in (0, 1)}
    for i in (0, 1):
        rows[f"h{i + 1}"] = [
            (f"hidden {i + 1}", INK),
            (f"b = {number(net.b1.data[i, 0])}", BLUE),
            (f"z = {number(net.z1.data[i, 0])}    a = σ(z) = {number(net.a1.data[i, 0])}", BLUE),
            (f"∂L/∂a = {number(net.a1.grad[i, 0])}", ORANGE),
            (f"∂L/∂z = ∂L/∂b = {number(net.z1.grad[i, 0])}", ORANGE),
        ]
    rows["out"] = [
        ("output", INK),
        (f"b = {number(net.b2.data)}", BLUE),
        (f"z = {number(net.z2.data)}    a = σ(z) = {number(net.a2.data)}", BLUE),
        (f"∂L/∂a = {number(net.a2.grad)}", ORANGE),
        (f"∂L/∂z = ∂L/∂b = {number(net.z2.grad)}", ORANGE),
    ]
    rows["loss"] = [("loss", INK), ("y = 1", BLUE), (f"L = −log a = {number(net.loss.data)}", BLUE)]
    figure = run.figure(15, 5.6)
    ax = figure.subplots()
    edges = {(f"x{i + 1}", f"h{j + 1}"): (net.W1.data[j, i], net.W1.grad[j, i]) for i in (0, 1) for j in (0, 1)}
    edges |= {(f"h{i + 1}", "out"): (net.W2.data[0, i], net.W2.grad[0, i]) for i in (0, 1)}
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
        f"The 2-2-1 network with all its numbers. The loss is {number(net.loss.data)}; the gradient of z is "
        f"{number(net.z2.grad)} at the output, {number(net.z1.grad[0, 0])} and {number(net.z1.grad[1, 0])} at the "
        "hidden neurons; every arrow bears its weight and the gradient of it.",
    )
