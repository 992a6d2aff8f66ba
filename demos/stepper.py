"""Worked exercises as pages to step through: every value forward, every contribution backward.

Each page is one file that works offline: step with the arrow keys, click a node, guess the contributions in the quiz,
or walk in the wrong order and see what comes out. Beside it stands the same run as a worked solution in text.

From: "Chapter 3: Neural Networks", exercise 1; "Module 02: Backpropagation and Gradient Descent", section 5 and
exercise 1; "Neural Networks Solutions - Module 6", exercise 4.3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nn
from autograd import Tensor, Value, scope
from autograd.viz import explain, stepper
from demos.command import Run
from demos.exercises import B1, B2, W1, W2

SECONDS = (2, 2)  # in full, and with --quick


def main(quick: bool = False, **flags: Any) -> int:
    """Write a page for each exercise and a text for all, and compare their gradients with the documents."""
    solutions = []
    with Run("stepper", quick=quick, **flags) as run:
        for name, (title, build) in EXERCISES.items():
            root, asked, expected = build()
            page = stepper(root, title=title)
            page.save(run.folder / f"{name}.html")
            solutions.append(f"{title}\n\n{explain(root)}\n")
            named = {step.name: page.run.gradients[step.id] for step in page.run.nodes if step.id in page.run.gradients}
            run.expect_numbers(f"{title}: ∂L/∂{asked}", np.array(named[asked]), np.array(expected))
            run.saved(f"{name}.html", f"{title}, in {len(page.run.nodes)} nodes, forward and backward, step by step.")
        (run.folder / "solutions.txt").write_text("\n".join(solutions), encoding="utf-8")
        run.saved("solutions.txt", "The same runs as worked solutions.")
    return run.status


def two_neurons() -> tuple[Value, str, Any]:
    """A ReLU neuron, then a sigmoid neuron. The document: ∂L/∂w1 = -0.538."""
    given = {"x": 2.0, "w1": 0.5, "b1": 0.0, "w2": 1.0, "b2": 0.0, "y": 1.0}
    x, w1, b1, w2, b2, y = (Value(number, name=name) for name, number in given.items())
    with scope("hidden neuron"):
        a1 = named("a1", (w1 * x + b1).relu())
    with scope("output neuron"):
        a2 = named("a2", (w2 * a1 + b2).sigmoid())
    with scope("loss"):
        loss = named("L", -(y * a2.log() + (1 - y) * (1 - a2).log()))
    return loss, "w1", -0.5379


def two_two_one() -> tuple[Value, str, Any]:
    """Two inputs, two sigmoid neurons and one more. The document: ∂L/∂z2 = -0.460895."""
    x = [Value(1.0, name="x0"), Value(2.0, name="x1")]
    hidden = []
    for i, (weights, bias) in enumerate(zip(([0.5, -0.3], [0.2, 0.8]), (0.1, 0.0), strict=True)):
        with scope(f"hidden neuron {i}"):
            w = [Value(number, name=f"w{i}{j}") for j, number in enumerate(weights)]
            z = sum((w * x for w, x in zip(w, x, strict=True)), Value(bias, name=f"b{i}"))
            hidden.append(named(f"a{i}", z.sigmoid()))
    with scope("output neuron"):
        v = [Value(0.6, name="v0"), Value(-0.4, name="v1")]
        z2 = named("z2", sum((v * a for v, a in zip(v, hidden, strict=True)), Value(0.2, name="c")))
    with scope("loss"):
        loss = named("L", -z2.sigmoid().log())
    return loss, "z2", -0.4609


def one_neuron() -> tuple[Value, str, Any]:
    """A sigmoid neuron. The document: ∂L/∂w = -0.428330."""
    x, w, b = Value(2.0, name="x"), Value(0.5, name="w"), Value(0.3, name="b")
    a = named("a", named("z", w * x + b).sigmoid())
    return named("L", -a.log()), "w", -0.4283


def both_layers() -> tuple[Tensor, str, Any]:
    """Matrices: three ReLU neurons, two classes. ∂L/∂b2 is ŷ - y."""
    x = Tensor([[1.0, 2.0]], name="x")
    weights = {"W1": W1, "b1": B1, "W2": W2, "b2": B2}
    w1, b1, w2, b2 = (Tensor(array, name=name) for name, array in weights.items())
    a1 = named("a1", named("z1", x @ w1 + b1).relu())
    return named("L", nn.losses.cross_entropy(named("z2", a1 @ w2 + b2), [0])), "b2", [-0.3407, 0.3407]


def named(name: str, node: Any) -> Any:
    """The node, with that name."""
    node.name = name
    return node


EXERCISES: dict[str, tuple[str, Callable[[], tuple[Any, str, Any]]]] = {
    "chapter_3_exercise_1": ("“Chapter 3”, exercise 1", two_neurons),
    "module_02_section_5": ("“Module 02”, section 5", two_two_one),
    "module_02_exercise_1": ("“Module 02”, exercise 1", one_neuron),
    "module_6_exercise_4_3": ("“Module 6”, exercise 4.3", both_layers),
}
