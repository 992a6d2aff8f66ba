"""The worked exercises of three documents: the numbers, what is computed from them, what the document finds.

One function an exercise, under the document's own names; `solving.py` does the rest. Those of "Neural Networks
Solutions - Module 6" are in `module_6_exercises.py`. The other two documents derive formulas and give no numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ops, scope
from demos import module_6_exercises
from demos.solving import Exercise, written

CHAPTER_3 = "Chapter 3: Neural Networks"
MODULE_02 = "Module 02: Backpropagation and Gradient Descent"


def worked_exercises() -> dict[str, Exercise]:
    """All of them in the order of the documents, by the name of their page.

    >>> list(worked_exercises())[:2]
    ['chapter_3_part_9', 'chapter_3_exercise_1']
    """
    ours = (
        chapter_3_part_9, chapter_3_exercise_1, module_02_section_2, module_02_section_3_cross_entropy,
        module_02_section_3_squared_error, module_02_section_3_case_2, module_02_section_4,
        module_02_section_5, module_02_section_5_by_neurons, module_02_exercise_1, module_02_exercise_2,
    )  # fmt: skip
    theirs = {f"module_6_{make.__name__}": make() for make in module_6_exercises.EXERCISES}
    return {make.__name__: make() for make in ours} | theirs


def cross_entropy(y: Any, a: Any) -> Any:
    """The loss of a probability a that should be y, as the documents write it."""
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))


# Chapter 3 --------------------------------------------------------------------------------------------------------


def chapter_3_part_9() -> Exercise:
    """The output layer of the digit classifier."""

    def build(z3: Any, y: Any) -> dict[str, Any]:
        L = ops.softmax_cross_entropy(z3, y)
        p = ops.softmax(z3)
        return locals()

    scores = [-1.2, -0.8, 0.3, -0.5, -1.1, 0.2, -0.9, 3.8, -0.4, 0.1]
    expected = {
        "p": "≈ [0.0059, 0.0088, 0.0264, 0.0119, 0.0065, 0.0239, 0.0079, 0.8740, 0.0131, 0.0216]",
        "L": "≈ 0.1347",
        "dL/dz3": "≈ [0.0059, 0.0088, 0.0264, 0.0119, 0.0065, 0.0239, 0.0079, -0.1260, 0.0131, 0.0216]",
    }
    story = "the softmax of ten scores for a picture of a 7, and the loss; the numbers the document prints are wrong"
    return Exercise(CHAPTER_3, "part 9", story, {"z3": scores, "y": [0] * 7 + [1, 0, 0]}, ("z3",), build, expected)


def chapter_3_exercise_1() -> Exercise:
    """Numbers alone, from x to the loss and back."""

    def build(x: Any, w1: Any, b1: Any, w2: Any, b2: Any, y: Any) -> dict[str, Any]:
        with scope("hidden neuron"):
            z1 = w1 * x + b1
            a1 = ops.relu(z1)
        with scope("output neuron"):
            z2 = w2 * a1 + b2
            a2 = ops.sigmoid(z2)
        with scope("loss"):
            L = cross_entropy(y, a2)
        return locals()

    expected = {
        "z1": "1", "a1": "1", "z2": "1", "a2": "≈ 0.731", "L": "≈ 0.313",
        "dL/dz2": "≈ -0.269", "dL/dw2": "≈ -0.269", "dL/db2": "≈ -0.269",
        "dL/dz1": "≈ -0.269", "dL/dw1": "≈ -0.538", "dL/db1": "≈ -0.269",
    }  # fmt: skip
    given = {"x": 2.0, "w1": 0.5, "b1": 0.0, "w2": 1.0, "b2": 0.0, "y": 1.0}
    story = "x = 2, a ReLU neuron, a sigmoid neuron, y = 1"
    return Exercise(CHAPTER_3, "exercise 1", story, given, ("w1", "b1", "w2", "b2"), build, expected)


# Module 02 --------------------------------------------------------------------------------------------------------


def module_02_section_2() -> Exercise:
    """A forward pass through random weights, which are those of its seed."""

    def build(x: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> dict[str, Any]:
        z1 = W1 @ x + b1
        a1 = ops.relu(z1)
        z2 = W2 @ a1 + b2
        a2 = ops.sigmoid(z2)
        return locals()

    rng = np.random.RandomState(42)
    weights = {"W1": 0.5 * rng.randn(4, 3), "b1": np.zeros((4, 1)), "W2": 0.5 * rng.randn(1, 4), "b2": np.zeros((1, 1))}
    given = {"x": [[2.0], [3.0], [-1.0]], **weights}
    expected = {"z2": "≈ [[-3.8128]]", "a2": "≈ [[0.0216]]"}
    story = "3 inputs, 4 ReLU neurons, 1 sigmoid output, columns W x + b; the document goes forward only"
    return Exercise(MODULE_02, "section 2", story, given, tuple(weights), build, expected, result="a2")


FIVE = {"y": [0.0, 1.0, 1.0, 0.0, 1.0], "p": [0.1, 0.9, 0.8, 0.2, 0.7]}  # labels and predictions of section 3


def module_02_section_3_cross_entropy() -> Exercise:
    """The losses of five predictions."""

    def build(y: Any, p: Any) -> dict[str, Any]:
        L = np.mean(cross_entropy(y, p))
        return locals()

    expected = {"L": "≈ 0.2027"}
    return Exercise(
        MODULE_02,
        "section 3, cross-entropy",
        "the mean cross-entropy of five predictions",
        FIVE,
        ("p",),
        build,
        expected,
    )


def module_02_section_3_squared_error() -> Exercise:
    """The same five."""

    def build(y: Any, p: Any) -> dict[str, Any]:
        L = np.mean(0.5 * (p - y) ** 2)
        return locals()

    story = "half the mean squared error of the same predictions"
    return Exercise(MODULE_02, "section 3, squared error", story, FIVE, ("p",), build, {"L": "0.019"})


def module_02_section_3_case_2() -> Exercise:
    """Why cross-entropy: being sure and wrong costs."""

    def build(y: Any, p: Any) -> dict[str, Any]:
        L = cross_entropy(y, p)
        return locals()

    story = "a prediction of 0.01 where 1 is right"
    return Exercise(MODULE_02, "section 3, case 2", story, {"y": 1.0, "p": 0.01}, ("p",), build, {"L": "≈ 4.6052"})


def module_02_section_4() -> Exercise:
    """One of the ten steps."""

    def build(x: Any) -> dict[str, Any]:
        f = (x - 3) ** 2 + 1
        return locals()

    after = {"x": "0.6", "f": "6.76"}
    story = "f = (x - 3)² + 1 from x = 0"
    return Exercise(
        MODULE_02, "section 4", story, {"x": 0.0}, ("x",), build, {"f": "10", "df/dx": "-6"}, "f", 0.1, after
    )


# The 2-2-1 network, as the document has it and with every entry by itself.
COLUMNS = {
    "x": [[1.0], [2.0]], "W1": [[0.5, -0.3], [0.2, 0.8]], "b1": [[0.1], [0.0]], "W2": [[0.6, -0.4]], "b2": [[0.2]],
    "y": [[1.0]],
}  # fmt: skip
COLUMNS_EXPECTED = {
    "z1": "[[0], [1.8]]",
    "a1": "≈ [[0.500000], [0.858149]]",
    "z2": "≈ [[0.156740]]",
    "a2": "≈ [[0.539105]]",
    "L": "≈ 0.617845",
    "dL/dz2": "≈ [[-0.460895]]",
    "dL/dW2": "≈ [[-0.230447, -0.395516]]",
    "dL/db2": "≈ [[-0.460895]]",
    "dL/da1": "≈ [[-0.276537], [0.184358]]",
    "dL/dz1": "≈ [[-0.069134], [0.022442]]",
    "dL/dW1": "≈ [[-0.069134, -0.138268], [0.022442, 0.044884]]",
    "dL/db1": "≈ [[-0.069134], [0.022442]]",
}
COLUMNS_AFTER = {
    "W2": "≈ [[0.623045, -0.360448]]",
    "b2": "≈ [[0.246089]]",
    "W1": "≈ [[0.506913, -0.286173], [0.197756, 0.795512]]",
    "b1": "≈ [[0.106913], [-0.002244]]",
    "L": "≈ 0.573602",
}
ENTRIES = {
    "x": "x1 x2", "W1": "w11 w12 w21 w22", "b1": "b1 b2", "W2": "v1 v2", "b2": "c", "y": "y",
    "z1": "z1 z2", "a1": "a1 a2", "z2": "z", "a2": "p", "L": "L",
}  # fmt: skip


def module_02_section_5() -> Exercise:
    """The network of the document, in columns, and one update."""

    def build(x: Any, W1: Any, b1: Any, W2: Any, b2: Any, y: Any) -> dict[str, Any]:
        z1 = W1 @ x + b1
        a1 = ops.sigmoid(z1)
        z2 = W2 @ a1 + b2
        a2 = ops.sigmoid(z2)
        L = np.mean(cross_entropy(y, a2))
        return locals()

    story = "2 inputs, 2 sigmoid neurons, 1 sigmoid output, columns W x + b"
    wrt = ("W2", "b2", "W1", "b1")
    return Exercise(MODULE_02, "section 5", story, COLUMNS, wrt, build, COLUMNS_EXPECTED, lr=0.1, after=COLUMNS_AFTER)


def module_02_section_5_by_neurons() -> Exercise:
    """The same network with a name for every number."""

    def build(x1: Any, x2: Any, v1: Any, v2: Any, c: Any, y: Any, **hidden: Any) -> dict[str, Any]:
        made = {}
        for i in (1, 2):
            with scope(f"hidden neuron {i}"):
                z = hidden[f"w{i}1"] * x1 + hidden[f"w{i}2"] * x2 + hidden[f"b{i}"]
                made |= {f"z{i}": z, f"a{i}": ops.sigmoid(z)}
        with scope("output neuron"):
            z = v1 * made["a1"] + v2 * made["a2"] + c
            p = ops.sigmoid(z)
        with scope("loss"):
            L = cross_entropy(y, p)
        return made | {"z": z, "p": p, "L": L}

    arrays = {name: zip(ENTRIES[name].split(), np.ravel(x), strict=True) for name, x in COLUMNS.items()}
    given = {entry: float(x) for pairs in arrays.values() for entry, x in pairs}
    wrt = ("v1", "v2", "c", "w11", "w12", "b1", "w21", "w22", "b2")
    expected, after = (by_entries(x) for x in (COLUMNS_EXPECTED, COLUMNS_AFTER))
    return Exercise(
        MODULE_02,
        "section 5, by neurons",
        "the same, number by number",
        given,
        wrt,
        build,
        expected,
        lr=0.1,
        after=after,
    )


def by_entries(expected: dict[str, str]) -> dict[str, str]:
    """What is expected of arrays as what is expected of their entries.

    >>> by_entries({"dL/db1": "≈ [[-0.069134], [0.022442]]"})
    {'dL/db1': '≈ -0.069134', 'dL/db2': '≈ 0.022442'}
    """
    found = {}
    for left, text in expected.items():
        array = left.removeprefix("dL/d")
        for entry, number in zip(ENTRIES[array].split(), written(text), strict=True):
            found[left.removesuffix(array) + entry] = f"≈ {number}" if "≈" in text else number
    return found


def module_02_exercise_1() -> Exercise:
    """A sigmoid neuron, its update, and the lower loss after it."""

    def build(x: Any, w: Any, b: Any, y: Any) -> dict[str, Any]:
        z = w * x + b
        a = ops.sigmoid(z)
        L = cross_entropy(y, a)
        return locals()

    expected = {
        "z": "1.3", "a": "≈ 0.785835", "L": "≈ 0.241008",
        "dL/dz": "≈ -0.214165", "dL/dw": "≈ -0.428330", "dL/db": "≈ -0.214165",
    }  # fmt: skip
    after = {
        "w": "≈ 0.542833", "b": "≈ 0.321417", "a": "≈ 0.803305", "L": "≈ 0.219020", "change of L": "≈ -0.021988",
    }  # fmt: skip
    given = {"x": 2.0, "w": 0.5, "b": 0.3, "y": 1.0}
    story = "a sigmoid neuron, x = 2, w = 0.5, b = 0.3, y = 1"
    return Exercise(MODULE_02, "exercise 1", story, given, ("w", "b"), build, expected, lr=0.1, after=after)


def module_02_exercise_2() -> Exercise:
    """The first of its twenty steps."""

    def build(x: Any) -> dict[str, Any]:
        f = x**2 - 4 * x + 7
        return locals()

    after = {"x": "0.4", "f": "5.56"}
    story = "f = x² - 4x + 7 from x = 0"
    return Exercise(
        MODULE_02, "exercise 2", story, {"x": 0.0}, ("x",), build, {"f": "7", "df/dx": "-4"}, "f", 0.1, after
    )
