"""The worked exercises of "Neural Networks Solutions - Module 6"; `exercises.py` has those of the other documents."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ops
from demos.solving import Exercise

MODULE_6 = "Neural Networks Solutions - Module 6"

# The network of exercise 3.1, as rows: x @ W1 + b1.
W1 = np.array([[0.1, 0.2, -0.1], [0.3, -0.2, 0.4]])  # (2, 3)
B1 = np.array([0.1, 0.0, -0.1])
W2 = np.array([[0.5, -0.3], [0.2, 0.4], [-0.1, 0.2]])  # (3, 2)
B2 = np.array([0.1, -0.1])
PARAMETERS = {"W1": W1, "b1": B1, "W2": W2, "b2": B2}


def exercise_1_1() -> Exercise:
    """A weighted sum."""

    def build(w1: Any, x1: Any, w2: Any, x2: Any, w3: Any, x3: Any, b: Any) -> dict[str, Any]:
        z = w1 * x1 + w2 * x2 + w3 * x3 + b
        return locals()

    given = {"w1": 0.5, "w2": -0.3, "w3": 0.8, "x1": 2.0, "x2": 3.0, "x3": -1.0, "b": 0.1}
    story = "the weighted sum of a neuron with three inputs"
    return Exercise(MODULE_6, "exercise 1.1", story, given, ("w1", "w2", "w3", "b"), build, {"z": "-0.6"}, result="z")


def exercise_1_2() -> Exercise:
    """The sigmoid as exponential, sum and quotient."""

    def build(z: Any) -> dict[str, Any]:
        e = np.exp(-z)
        s = 1 + e
        a = 1 / s
        return locals()

    expected = {"e": "≈ 1.8221", "s": "≈ 2.8221", "a": "≈ 0.3543"}
    return Exercise(MODULE_6, "exercise 1.2", "the sigmoid of -0.6", {"z": -0.6}, ("z",), build, expected, result="a")


def exercise_1_3() -> Exercise:
    """A ReLU that is off: nothing goes back through it."""
    story = "a ReLU neuron for x = [1, 2]: it is off, and no gradient passes"
    return relu_neuron("exercise 1.3", story, [1.0, 2.0], {"z": "-0.3", "a": "0"})


def exercise_1_3_on() -> Exercise:
    """The same neuron for another input."""
    return relu_neuron(
        "exercise 1.3, step 3", "the same neuron for x = [3, 1]: it is on", [3.0, 1.0], {"z": "1.1", "a": "1.1"}
    )


def relu_neuron(part: str, story: str, x: list[float], expected: dict[str, Any]) -> Exercise:
    """The neuron of exercise 1.3."""

    def build(w1: Any, x1: Any, w2: Any, x2: Any, b: Any) -> dict[str, Any]:
        z = w1 * x1 + w2 * x2 + b
        a = ops.relu(z)
        return locals()

    given = {"w1": 0.4, "w2": -0.6, "x1": x[0], "x2": x[1], "b": 0.5}
    return Exercise(MODULE_6, part, story, given, ("w1", "w2", "b"), build, expected, result="a")


def exercise_2_4() -> Exercise:
    """The first of three probabilities; its gradients are a row of the softmax's Jacobian."""

    def build(z1: Any, z2: Any, z3: Any) -> dict[str, Any]:
        e1, e2, e3 = np.exp(z1), np.exp(z2), np.exp(z3)
        s = e1 + e2 + e3
        p1, p2, p3 = e1 / s, e2 / s, e3 / s
        return locals()

    expected = {
        "e1": "≈ 7.389", "e2": "≈ 2.718", "e3": "≈ 1.105", "s": "≈ 11.213",
        "p1": "≈ 0.659", "p2": "≈ 0.242", "p3": "≈ 0.099",
    }  # fmt: skip
    given = {"z1": 2.0, "z2": 1.0, "z3": 0.1}
    story = "a softmax of three; the gradients of p1 are p1 (1 - p1), -p1 p2, -p1 p3 (the document prints s = 11.212)"
    return Exercise(MODULE_6, "exercise 2.4", story, given, ("z1", "z2", "z3"), build, expected, result="p1")


def exercise_3_2() -> Exercise:
    """A batch; its labels are ours. The gradients are means over the samples, as the formulas of exercise 4.2 say."""
    X, y = np.array([[1.0, 2.0], [0.0, 1.0], [-1.0, 1.0]]), np.array([[1, 0], [0, 1], [1, 0]])
    hidden = np.maximum(X @ W1 + B1, 0)
    delta = ops.softmax(hidden @ W2 + B2, axis=1) - y  # (3, 2), of each sample's own loss
    expected = {
        "z1": "[[0.8, -0.2, 0.6], [0.4, -0.2, 0.3], [0.3, -0.4, 0.4]]",
        "a1": "[[0.8, 0, 0.6], [0.4, 0, 0.3], [0.3, 0, 0.4]]",
        "z2": "[[0.44, -0.22], [0.27, -0.16], [0.21, -0.11]]",
        "dL/dW2": hidden.T @ delta / 3,
        "dL/db2": delta.mean(axis=0),
    }
    return two_layers("exercises 3.2 and 4.2", "a batch of three samples, of the classes 0, 1 and 0", X, y, expected)


def exercise_4_1() -> Exercise:
    """Softmax and cross-entropy: the gradient is ŷ - y."""

    def build(z: Any, y: Any) -> dict[str, Any]:
        yhat = ops.softmax(z)
        L = ops.softmax_cross_entropy(z, y)
        return locals()

    given = {"z": np.log([0.3, 0.7]), "y": [0, 1]}  # logits with these probabilities
    expected = {"yhat": "[0.3, 0.7]", "L": "≈ 0.357", "dL/dz": "[0.3, -0.3]"}
    story = "cross-entropy of ŷ = softmax(z) = [0.3, 0.7], y = [0, 1]"
    return Exercise(MODULE_6, "exercise 4.1", story, given, ("z",), build, expected)


def exercise_4_2() -> Exercise:
    """One sample back through a layer and its ReLU."""

    def build(z1: Any, W2: Any, b2: Any, delta: Any) -> dict[str, Any]:
        a1 = ops.relu(z1)
        z2 = a1 @ W2 + b2
        L = np.sum(delta * z2)
        return locals()

    given = {"z1": [0.8, -0.2, 0.6], "W2": W2, "b2": B2, "delta": [0.3, -0.3]}
    expected = {
        "dL/dz2": "[0.3, -0.3]",
        "dL/dW2": "[[0.24, -0.24], [0, 0], [0.18, -0.18]]",
        "dL/db2": "[0.3, -0.3]",
        "dL/da1": "[0.24, -0.06, -0.09]",
        "dL/dz1": "[0.24, 0, -0.09]",
    }
    story = "back through a layer, rows x W + b, from a loss whose gradient by z2 is [0.3, -0.3]"
    return Exercise(MODULE_6, "exercise 4.2", story, given, ("W2", "b2", "z1"), build, expected)


def exercise_4_3() -> Exercise:
    """From the loss to the first weights. The second ReLU is off, so nothing passes through it."""
    expected = {
        "z1": "[0.8, -0.2, 0.6]",
        "a1": "[0.8, 0, 0.6]",
        "z2": "[0.44, -0.22]",
        "yhat": "≈ [0.659260, 0.340740]",
        "L": "≈ 0.416637",
        "dL/dz2": "≈ [-0.340740, 0.340740]",
        "dL/dW2": "≈ [[-0.272592, 0.272592], [0.000000, 0.000000], [-0.204444, 0.204444]]",
        "dL/db2": "≈ [-0.340740, 0.340740]",
        "dL/dW1": "≈ [[-0.272592, 0.000000, 0.102222], [-0.545183, 0.000000, 0.204444]]",
        "dL/db1": "≈ [-0.272592, 0.000000, 0.102222]",
    }
    story = "x = [1, 2], 3 ReLU neurons, 2 classes, y = [1, 0]"
    return two_layers("exercises 3.1 and 4.3", story, [1.0, 2.0], [1, 0], expected)


def two_layers(part: str, story: str, x: Any, y: Any, expected: dict[str, Any]) -> Exercise:
    """The network of exercise 3.1 with a softmax and its cross-entropy."""

    def build(x: Any, W1: Any, b1: Any, W2: Any, b2: Any, y: Any) -> dict[str, Any]:
        z1 = x @ W1 + b1
        a1 = ops.relu(z1)
        z2 = a1 @ W2 + b2
        yhat = ops.softmax(z2, axis=-1)
        L = ops.softmax_cross_entropy(z2, y)
        return locals()

    given = {"x": x, **PARAMETERS, "y": y}
    return Exercise(MODULE_6, part, story, given, ("W2", "b2", "W1", "b1"), build, expected)


def exercise_5_1() -> Exercise:
    """The optimiser alone: a loss with the gradient that is given."""

    def build(W: Any, G: Any) -> dict[str, Any]:
        L = np.sum(G * W)
        return locals()

    given = {"W": [[0.5, -0.3], [0.2, 0.4]], "G": [[0.1, -0.05], [0.08, 0.12]]}
    after = {"W": "[[0.49, -0.295], [0.192, 0.388]]", "change of W": "[[-0.01, 0.005], [-0.008, -0.012]]"}
    story = "a step of gradient descent, from a loss whose gradient by W is G"
    expected = {"dL/dW": "[[0.1, -0.05], [0.08, 0.12]]"}
    return Exercise(MODULE_6, "exercise 5.1", story, given, ("W",), build, expected, lr=0.1, after=after)


EXERCISES = (
    exercise_1_1, exercise_1_2, exercise_1_3, exercise_1_3_on, exercise_2_4, exercise_3_2, exercise_4_1, exercise_4_2,
    exercise_4_3, exercise_5_1,
)  # fmt: skip
