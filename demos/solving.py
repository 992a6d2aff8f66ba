"""An exercise as data, and its solution: what explain() says of it, beside the numbers that are expected.

The documents' exercises are in `exercises.py`, random ones come from `questions.py`; `stepper.py` and
`manual_backprop.py` show both.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from autograd import Node, Tensor, Value
from autograd.viz import Solution, explain


@dataclass(frozen=True)
class Exercise:
    """Numbers, what to compute from them, and what should come out.

    ``build`` takes the ``given`` numbers by name and gives all that it computes, by name. ``result`` is the one that
    is differentiated, by each of ``wrt``. With ``lr`` a step of gradient descent follows. ``expected`` goes by what
    stands left in a line of the solution, as z1 and dL/dw1; ``after`` likewise, of the lines after the step. An
    expectation is text as in a document: with ≈ rounded to the digits that are written, else exact; or an array.
    """

    document: str
    part: str
    story: str
    given: dict[str, Any]
    wrt: tuple[str, ...]
    build: Callable[..., dict[str, Any]]
    expected: dict[str, Any] = field(default_factory=dict)
    result: str = "L"
    lr: float | None = None
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Document, without its subtitle, and part; of what is in no document, the part.

        >>> Exercise("Chapter 3: Neural Networks", "exercise 1", "", {}, (), dict).title
        '“Chapter 3”, exercise 1'
        """
        return f"“{self.document.partition(':')[0]}”, {self.part}" if self.document else self.part

    def numbers(self) -> dict[str, Any]:
        """The given numbers, lists as arrays."""
        return {name: np.array(x) if isinstance(x, list) else x for name, x in self.given.items()}


class Line(NamedTuple):
    """A line of a solution, whether it is as expected, and what was; of most lines nothing is."""

    text: str
    met: bool = True
    expected: str = ""


class Solved:
    """An exercise after its forward and its backward pass.

    >>> square = Exercise("Document", "part", "", {"x": 3.0}, ("x",), lambda x: {"y": x * x}, {"dy/dx": "6"}, "y", 0.1)
    >>> for line in Solved(square).lines():
    ...     print(*filter(None, [line.text, line.expected]), sep="   expected ")
    given: x = 3
    y = x * x = 3 * 3 = 9
    dy/dy = 1
    dy/dx = dy/dy * x = 1 * 3 = 3
    dy/dx = dy/dy * x = 1 * 3 = 3, added to 3: 6   expected 6
    gradients: dy/dx = 6
    then one step of gradient descent, learning rate 0.1:
    x = x - 0.1 * dy/dx = 3 - 0.1 * 6 = 2.4
    now y = 5.76
    """

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        start = {name: self.leaf(name, x) for name, x in exercise.numbers().items()}
        self.names: dict[str, Any] = start | exercise.build(**start)
        self.root: Node = self.names[exercise.result]
        self.asked: list[Node] = [self.names[name] for name in exercise.wrt]
        self.root.backward()

    def leaf(self, name: str, x: Any) -> Any:
        """A number as a Value, an array as a Tensor; whole numbers in an array are labels and stay as they are."""
        if not isinstance(x, np.ndarray):
            return Value(x, name=name)
        return x if x.dtype.kind == "i" else Tensor(x, name=name)

    def explained(self, digits: int = 4) -> Solution:
        """The worked solution, as explain() writes it."""
        return explain(self.root, wrt=self.asked, names=self.names, digits=digits)

    def found(self) -> dict[str, Any]:
        """Every value and every gradient, by what stands left in its line."""
        nodes = {name: x for name, x in self.names.items() if isinstance(x, Node)}
        values = {name: node.data for name, node in nodes.items()}
        return values | {f"d{self.exercise.result}/d{name}": node.grad for name, node in nodes.items()}

    def updated(self) -> dict[str, Any]:
        """What one step of gradient descent makes of the numbers, all that is computed from them, and the changes."""
        before = {name: self.names[name].data for name in (*self.exercise.wrt, self.exercise.result)}
        lr = self.exercise.lr or 0.0
        new = {name: before[name] - lr * self.names[name].grad for name in self.exercise.wrt}
        numbers = self.exercise.numbers() | new
        computed = numbers | self.exercise.build(**numbers)
        return computed | {f"change of {name}": computed[name] - x for name, x in before.items()}

    def lines(self, digits: int = 4) -> list[Line]:
        """The solution line by line, the step at its end; an expectation stands beside the last line of its name."""
        found, expected, result = self.found(), self.exercise.expected, self.exercise.result
        texts = self.explained(digits).splitlines()
        written_down = {left_of(text) for text in texts}
        beside_the_graph = [f"{x} = {shown(found[x], digits)}" for x in expected if x not in written_down]
        begins = texts.index(f"d{result}/d{result} = 1")
        texts[begins:begins] = beside_the_graph
        last = {left_of(text): i for i, text in enumerate(texts)}
        lines = []
        for i, text in enumerate(texts):
            left = left_of(text)
            lines.append(
                compared(text, found[left], expected[left]) if last[left] == i and left in expected else Line(text)
            )
        return lines + self.step(digits)

    def step(self, digits: int) -> list[Line]:
        """The lines of the step of gradient descent, if there is one."""
        exercise = self.exercise
        if exercise.lr is None:
            return []
        new = self.updated()
        texts = {name: self.descent(name, digits) for name in exercise.wrt}
        for name in (*exercise.after, exercise.result):
            texts.setdefault(name, f"now {name}" if name in self.names else name)
        return [
            Line(f"then one step of gradient descent, learning rate {exercise.lr:g}:"),
            *(
                compared(f"{text} = {shown(new[name], digits)}", new[name], exercise.after.get(name))
                for name, text in texts.items()
            ),
        ]

    def descent(self, name: str, digits: int) -> str:
        """How a parameter gets its new value: in letters, and in numbers if it is one.

        >>> Solved(Exercise("", "", "", {"x": -3.0}, ("x",), lambda x: {"y": x * x}, {}, "y", 0.1)).descent("x", 4)
        'x = x - 0.1 * dy/dx = -3 - 0.1 * (-6)'
        """
        node, lr = self.names[name], self.exercise.lr
        letters = f"{name} = {name} - {lr:g} * d{self.exercise.result}/d{name}"
        if np.ndim(node.data):
            return letters
        gradient = shown(node.grad, digits)
        return (
            f"{letters} = {shown(node.data, digits)} - {lr:g} * {f'({gradient})' if gradient[0] == '-' else gradient}"
        )


def left_of(text: str) -> str:
    """What stands left in a line: the name of its number."""
    return text.partition(" = ")[0]


def compared(text: str, got: Any, expected: Any) -> Line:
    """That line, with whether the number that was got is the expected one."""
    return Line(text) if expected is None else Line(text, agrees(got, expected), shown(expected))


def agrees(got: Any, expected: Any) -> bool:
    """Is this the number, or the array, that was expected?

    >>> agrees(0.7310586, "≈ 0.731"), agrees(0.7310586, "0.731"), agrees([[1.0, 2.0]], "[[1, 2]]")
    (True, False, True)
    """
    if not isinstance(expected, str):
        return bool(np.allclose(got, expected, rtol=0, atol=1e-12))
    words = written(expected)
    off = np.abs(np.ravel(got) - [float(word) for word in words])
    rounding = [0.5 * 10.0 ** -len(word.partition(".")[2]) if "≈" in expected else 0.0 for word in words]
    return bool(np.all(off <= np.add(rounding, 1e-12)))


def written(text: str) -> list[str]:
    """The numbers that stand in a text, as they are written.

    >>> written("≈ [0.50, -1] of 235,146")
    ['0.50', '-1', '235146']
    """
    return [word.replace(",", "") for word in re.findall(r"-?\d+(?:,\d{3})*(?:\.\d+)?", text)]


def shown(x: Any, digits: int = 6) -> str:
    """A number or an array in one line, with up to so many decimals; a shape as 10 × 128."""
    if isinstance(x, str):
        return x
    if isinstance(x, tuple):
        return " × ".join(map(str, x))
    if isinstance(x, int):
        return f"{x:,}"
    if np.ndim(x) == 0:
        return f"{round(float(x), digits) + 0.0:.10g}"  # + 0.0: no -0
    return f"[{', '.join(shown(item, digits) for item in x)}]"
