"""Random exercises: a small network with numbers to work with by hand, the question, and what it asks for.

The same seed makes the same exercise. `solving.py` has the answers, `question_page.py` draws the question.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd import check_grads, ops, scope
from demos.solving import Exercise, Solved, left_of

LR = 0.1  # of the step that is asked for
FAR, NEAR = 2.0, 0.05  # how far from 0 the numbers before an activation may be: neither saturated nor at a corner
STEEP, FLAT = 3.0, 0.01  # how large gradients may be
ACTIVATIONS = {"relu": "ReLU", "tanh": "tanh", "sigmoid": "sigmoid"}


class Network(NamedTuple):
    """What a random network looks like: its inputs by name, its hidden neurons, its output.

    With a ``label``, 0 or 1, the output is a sigmoid and the loss a cross-entropy; without, it is the weighted sum, and
    the loss its squared error.
    """

    inputs: tuple[str, ...]
    hidden: int
    activation: str
    label: int | None

    def weights(self, i: int) -> tuple[str, ...]:
        """The weights of a hidden neuron.

        >>> Network(("x1", "x2"), 2, "tanh", 1).weights(2), Network(("x",), 2, "tanh", 1).weights(2)
        (('w21', 'w22'), ('w2',))
        """
        return tuple(f"w{i}{name[1:]}" for name in self.inputs)

    def output_weights(self) -> tuple[str, ...]:
        """The weights of the output neuron."""
        return tuple(f"v{i}" for i in self.neurons())

    def neurons(self) -> range:
        """The numbers of the hidden neurons."""
        return range(1, self.hidden + 1)

    def parameters(self) -> tuple[str, ...]:
        """Neuron by neuron, the bias last; the output neuron comes last."""
        hidden = [name for i in self.neurons() for name in (*self.weights(i), f"b{i}")]
        return (*hidden, *self.output_weights(), "c")

    def compute(self, **given: Any) -> dict[str, Any]:
        """Everything from the inputs to the loss, of numbers or of Values."""
        made = {}
        for i in self.neurons():
            with scope(f"hidden neuron {i}"):
                made[f"z{i}"] = weighted_sum(self.weights(i), self.inputs, f"b{i}", given)
                made[f"a{i}"] = getattr(ops, self.activation)(made[f"z{i}"])
        with scope("output neuron"):
            z = weighted_sum(self.output_weights(), [f"a{i}" for i in self.neurons()], "c", given | made)
            made |= {"yhat": z} if self.label is None else {"z": z, "p": ops.sigmoid(z)}
        with scope("loss"):
            if self.label is None:
                return made | {"L": (z - given["y"]) ** 2}
            return made | {"L": -np.log(made["p"] if self.label else 1 - made["p"])}

    def story(self) -> str:
        """In words.

        >>> Network(("x1", "x2"), 1, "relu", 0).story()
        '2 inputs, 1 hidden neuron with ReLU, a sigmoid output; cross-entropy with the label y = 0'
        >>> Network(("x",), 2, "tanh", None).story()
        '1 input, 2 hidden neurons with tanh, a linear output; squared error'
        """
        inputs, hidden = len(self.inputs), self.hidden
        return (
            f"{inputs} input{'s' * (inputs > 1)}, {hidden} hidden neuron{'s' * (hidden > 1)} with "
            f"{ACTIVATIONS[self.activation]}, a {'linear' if self.label is None else 'sigmoid'} output; "
            + ("squared error" if self.label is None else f"cross-entropy with the label y = {self.label}")
        )


def weighted_sum(weights: Any, inputs: Any, bias: str, given: dict[str, Any]) -> Any:
    """Weights times inputs, plus the bias, as one writes it."""
    first, *others = (given[w] * given[x] for w, x in zip(weights, inputs, strict=True))
    for product in others:
        first = first + product
    return first + given[bias]


class Question(NamedTuple):
    """A random exercise and its network."""

    seed: int
    network: Network
    exercise: Exercise


def question(seed: int) -> Question:
    """The exercise of that seed: the first draw with numbers that are pleasant to work with."""
    rng = np.random.default_rng(seed)
    network, exercise = next(draft for draft in drafts(rng, seed) if is_pleasant(*draft))
    return Question(seed, network, exercise)


def drafts(rng: np.random.Generator, seed: int) -> Iterator[tuple[Network, Exercise]]:
    """Networks of one kind with ever new numbers of one decimal; only y may be 0."""
    inputs = (("x",), ("x1", "x2"))[rng.integers(2)]
    label = (None, 0, 1)[rng.integers(3)]
    network = Network(inputs, int(rng.integers(1, 3)), list(ACTIVATIONS)[rng.integers(3)], label)
    parameters = network.parameters()
    while True:
        halves = {name: rng.integers(1, 5) * 5 for name in inputs}
        tenths = {name: rng.integers(1, 6 if name[0] in "bc" else 11) for name in parameters}
        given = {name: float(rng.choice([-1, 1]) * size / 10) for name, size in (halves | tenths).items()}
        given["y"] = float(rng.integers(-10, 11) / 10) if label is None else float(label)
        yield network, Exercise("", f"Exercise {seed}", network.story(), given, parameters, network.compute, lr=LR)


def is_pleasant(network: Network, exercise: Exercise) -> bool:
    """Is nothing saturated, at a corner or switched off altogether, and every gradient neither large nor tiny?"""
    solved = Solved(exercise)
    value = {name: node.data for name, node in solved.names.items()}
    inner = [value[name] for name in value if name[0] == "z"]
    off = [i for i in network.neurons() if network.activation == "relu" and value[f"z{i}"] < 0]
    zero = {name for i in off for name in (f"v{i}", f"b{i}", *network.weights(i))}
    gradients = [abs(node.grad) for node in solved.asked if node.name not in zero]
    return (
        all(NEAR <= abs(z) <= FAR for z in inner)
        and len(off) < network.hidden
        and all(FLAT <= g <= STEEP for g in gradients)
        and 0.02 <= solved.updated()["L"] < value["L"] <= 3
    )


def agrees_with_differences(exercise: Exercise) -> bool:
    """Are the gradients those that central differences give?"""
    names = list(exercise.given)
    check_grads(lambda *xs: exercise.build(**dict(zip(names, xs, strict=True)))["L"], *exercise.given.values())
    return True


# As text ----------------------------------------------------------------------------------------------------------


def formulas(exercise: Exercise) -> list[str]:
    """What is to be computed: the forward pass of the solution, without its numbers.

    >>> formulas(question(0).exercise)[-1]
    'L = -log(1 - p)'
    """
    lines = Solved(exercise).explained().splitlines()
    forward = [line for line in lines[: lines.index("dL/dL = 1")] if not line.startswith(("given", " "))]
    return [" = ".join(line.split(" = ")[:2]) for line in forward]


def given_rows(asked: Question) -> list[list[str]]:
    """The given numbers as x = 0.5, a row for the data and a row for each neuron."""
    network = asked.network
    neurons = [(*network.weights(i), f"b{i}") for i in network.neurons()]
    rows = [(*network.inputs, "y"), *neurons, (*network.output_weights(), "c")]
    return [[f"{name} = {asked.exercise.given[name]:g}" for name in row] for row in rows]


def tasks(asked: Question) -> list[tuple[str, str]]:
    """What to find, in three parts of heading and text."""
    found = [left_of(line) for line in formulas(asked.exercise)]
    return [
        ("Forward", f"Find {', '.join(found[:-1])} and the loss {found[-1]}."),
        ("Backward", f"Find the gradient of {found[-1]} by each of {', '.join(asked.exercise.wrt)}."),
        ("Update", f"Take one step of gradient descent with the learning rate {LR:g}. What is the loss then?"),
    ]


def question_text(asked: Question) -> str:
    """The question, with all numbers it takes to answer it, and no others."""
    lines = [asked.exercise.title, "", f"A network: {asked.network.story()}.", "", "Given:"]
    lines += [f"    {', '.join(row)}" for row in given_rows(asked)]
    lines += ["", "Computed:", *(f"    {line}" for line in formulas(asked.exercise)), ""]
    lines += [f"{i}. {heading}. {text}" for i, (heading, text) in enumerate(tasks(asked), 1)]
    return "\n".join([*lines, "", "Work with four decimals.", ""])
