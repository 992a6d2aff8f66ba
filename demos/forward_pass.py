"""A forward pass is multiply, add, bend, layer after layer: every number on the way, beside the one expected.

Five passes of the documents: a 3-4-1 network whose weights come from seed 42, written with columns and with rows; two
layers worked by hand; the same for three samples at once; 2-4-3-2 with softmax from seed 0, and from seed 42, where no
neuron of the second layer answers; and the classifier of digits with its 235,146 parameters, whose printed softmax is
wrong in all ten entries. You will see what ReLU lets through, what a dead layer is, and both softmaxes.

From: "Module 02: Backpropagation and Gradient Descent", section 2; "Neural Networks Solutions - Module 6", exercises
3.1 to 3.3; "Chapter 3: Neural Networks", part 9.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

import nn
from autograd import Tensor, ops
from demos.command import Run
from demos.errata import LOGITS, PRINTED, SEVEN

SECONDS = (2, 2)  # in full, and with --quick

SOFTMAX = [0.00589, 0.00879, 0.02639, 0.01186, 0.00651, 0.02388, 0.00795, 0.87402, 0.01311, 0.02161]


def main(quick: bool = False, **flags: Any) -> int:
    """Make the passes, print every intermediate result, draw."""
    with Run("forward_pass", quick=quick, **flags) as run:
        columns_and_rows(run)
        hidden = two_layers(run)
        deep = {seed: three_layers(run, seed) for seed in (0, 42)}
        p = digits(run)
        draw(run, hidden, deep, p)
    return run.status


def passes(model: nn.Sequential, X: Any) -> list[np.ndarray]:
    """What each layer gives, linear ones and activations in turn: z1, a1, z2, a2, ...

    Shapes: X (n, d) or (d,); each (n, width) or (width,).
    """
    given = []
    for layer in model.steps:
        X = layer(X)
        given.append(X.data)
    return given


def columns_and_rows(run: Run) -> None:
    """Module 02's network, W x + b with columns, then X W + b with rows."""
    run.say("3-4-1, ReLU and sigmoid, x = [2, 3, -1]; weights 0.5 N(0, 1) from seed 42, biases 0")
    rng = np.random.RandomState(42)
    x = np.array([[2.0, 3.0, -1.0]]).T  # (3, 1)
    W1, W2 = Tensor(0.5 * rng.randn(4, 3)), Tensor(0.5 * rng.randn(1, 4))
    z1 = W1 @ x  # (4, 1)
    a1 = np.maximum(0, z1)
    z2 = W2 @ a1  # (1, 1)
    a2 = ops.sigmoid(z2)
    run.expect_numbers("z1", z1.data.T, [[-0.0345, 1.2889, 2.9651, 0.0803]])
    run.expect_numbers("a1", a1.data.T, [[0, 1.2889, 2.9651, 0.0803]])
    run.expect_numbers("z2", z2.data, [[-3.8128]])
    run.expect_numbers("a2", a2.data, [[0.0216]])

    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1), nn.Sigmoid())
    model.load_state(
        {"steps.0.W": W1.data.T, "steps.0.b": np.zeros(4), "steps.2.W": W2.data.T, "steps.2.b": np.zeros(1)}
    )
    rows = passes(model, x.T)
    columns = [node.data for node in (z1, a1, z2, a2)]
    apart = max(float(np.max(np.abs(row - column.T))) for row, column in zip(rows, columns, strict=True))
    run.expect(apart < 1e-15, f"{model} with rows: the same numbers, at most {apart:.0e} apart")


def two_layers(run: Run) -> list[np.ndarray]:
    """Exercises 3.1 and 3.2: one sample, then three at once; returns z1 and a1 of the one.

    Shapes: both (3,).
    """
    run.say("2-3-2, ReLU, worked by hand: x = [1, 2]")
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2))
    model.load_state(
        {
            "steps.0.W": np.array([[0.1, 0.2, -0.1], [0.3, -0.2, 0.4]]),
            "steps.0.b": np.array([0.1, 0.0, -0.1]),
            "steps.2.W": np.array([[0.5, -0.3], [0.2, 0.4], [-0.1, 0.2]]),
            "steps.2.b": np.array([0.1, -0.1]),
        }
    )
    expected = {"z1": [0.8, -0.2, 0.6], "a1": [0.8, 0, 0.6], "z2": [0.44, -0.22]}
    single = passes(model, np.array([1.0, 2.0]))
    for got, (name, wanted) in zip(single, expected.items(), strict=True):
        run.expect_numbers(name, got, wanted)

    X = np.array([[1.0, 2.0], [0.0, 1.0], [-1.0, 1.0]])
    run.say(f"the same network, three samples at once: X = {X.tolist()}")
    batch = passes(model, X)
    run.expect_numbers("Z1", batch[0], [[0.8, -0.2, 0.6], [0.4, -0.2, 0.3], [0.3, -0.4, 0.4]])
    run.expect_numbers("A1", batch[1], [[0.8, 0, 0.6], [0.4, 0, 0.3], [0.3, 0, 0.4]])
    run.expect_numbers("Z2", batch[2], [[0.44, -0.22], [0.27, -0.16], [0.21, -0.11]])
    apart = float(np.max(np.abs(batch[2] - [model(x).data for x in X])))
    run.expect(apart < 1e-15, f"one sample after the other: the same, at most {apart:.0e} apart")
    return single[:2]


def three_layers(run: Run, seed: int) -> list[np.ndarray]:
    """Exercise 3.3, for which the document names no seed; returns the activations of its layers."""
    run.say(f"2-4-3-2, ReLU, ReLU, softmax, x = [1, 2]; weights N(0, 2 / inputs) from seed {seed}")
    rng = np.random.RandomState(seed)
    linear = [nn.Linear(d_in, d_out, rng=rng) for d_in, d_out in pairwise([2, 4, 3, 2])]
    bends = [nn.ReLU(), nn.ReLU(), nn.Softmax()]
    model = nn.Sequential(*(part for pair in zip(linear, bends, strict=True) for part in pair))
    x = np.array([1.0, 2.0])
    activations = passes(model, x)[1::2]
    expected = {
        0: ([5.4992, 0, 2.8789, 1.9382], [0.2210, 2.7049, 2.4311], [0.99997, 0.00003]),
        42: ([0.0284, 0, 3.8061, 3.0579], [0, 0, 0], [0.5, 0.5]),
    }[seed]
    for l, (got, wanted) in enumerate(zip(activations, expected, strict=True), 1):
        run.expect_numbers(f"a{l}", got, wanted, decimals=5 if l == 3 else 4)
    nn.losses.categorical_cross_entropy(model(x), 0).backward()
    largest = float(np.max(np.abs(linear[0].W.grad)))
    if seed == 42:
        run.expect(largest == 0, f"a dead layer: the largest gradient of W1 is {largest:g} (expected 0)")
    else:
        run.expect(largest > 0, f"all layers answer: the largest gradient of W1 is {largest:.1e} (expected above 0)")
    return activations


def digits(run: Run) -> np.ndarray:
    """Chapter 3's classifier: its parameters, five of its activations, its softmax and its loss; returns the softmax.

    Shapes: the result (10,).
    """
    run.say("784-256-128-10, ReLU, ReLU, softmax, and a picture of a seven")
    rng = np.random.default_rng(run.seed)
    layers = [nn.Linear(d_in, d_out, rng=rng) for d_in, d_out in pairwise([784, 256, 128, 10])]
    model = nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2], nn.Softmax())
    run.say(nn.summary_of(model, (784,)))
    weights, biases = [layer.W.data.size for layer in layers], [layer.b.data.size for layer in layers]
    run.expect_numbers("weights", weights, [200704, 32768, 1280], decimals=0)
    run.expect_numbers("biases", biases, [256, 128, 10], decimals=0)
    run.expect_numbers("parameters", sum(weights) + sum(biases), 235146, decimals=0)
    z1 = np.array([0.83, -1.2, 0.45, -0.07, 2.1])
    run.expect_numbers("relu of five of the 256 z1", ops.relu(z1), [0.83, 0, 0.45, 0, 2.1])

    p = ops.softmax(LOGITS)
    run.say(f"ten scores {LOGITS.tolist()}")
    run.expect_numbers("softmax", p, SOFTMAX, decimals=5)
    run.say(f"      the document prints {PRINTED.tolist()}")
    run.expect(
        bool(np.all(np.abs(p - PRINTED) > 5e-4)),
        f"all ten differ from the printed ones, whose sum is {PRINTED.sum():.3f}; theirs is {p.sum():.3f} (expected 1)",
    )
    run.expect_numbers("in percent, the seven", 100 * p[SEVEN], 87.4, decimals=1, note="the document: 70.6")
    loss = nn.losses.categorical_cross_entropy(p, np.eye(10)[SEVEN])
    run.expect_numbers("loss against the one-hot label", loss, 0.1347, note="the document: 0.348")
    return p


def draw(run: Run, hidden: list[np.ndarray], deep: dict[int, list[np.ndarray]], p: np.ndarray) -> None:
    """What ReLU lets through, the layers of two seeds, and the softmax as printed and as it is."""
    figure = run.figure(17, 5)
    left, middle, right = figure.subplots(1, 3, width_ratios=(4, 4, 7))
    z1, a1 = hidden
    nn.plot.bars(left, [f"neuron {i}" for i in range(1, 4)], {"z1": z1, "a1 = relu(z1)": a1}, number="{:.1f}")
    left.set(title="2-3-2: ReLU takes what is negative", ylabel="value", ylim=(-0.4, 1.2))
    left.legend(loc="upper right")
    sums = {f"seed {seed}": [float(a.sum()) for a in activations] for seed, activations in deep.items()}
    nn.plot.bars(middle, ["hidden 1", "hidden 2", "softmax"], sums, number="{:.1f}")
    middle.set(title="2-4-3-2: with seed 42 a layer is dead", ylabel="sum of the activations")
    middle.legend(loc="upper right")
    nn.plot.bars(right, [str(digit) for digit in range(10)], {"printed": PRINTED, "computed": p}, number="{:.3f}")
    right.set(title="784-256-128-10: softmax of the ten scores", xlabel="digit", ylabel="probability", ylim=(0, 1.1))
    right.legend(loc="upper left")
    run.save(
        figure,
        "forward_pass.png",
        f"Left, three neurons before and after ReLU: {z1[1]:.1f} becomes 0, the others stay. Middle, the sums of the "
        "activations of three layers, where the second is 0 with seed 42. Right, the probabilities of ten digits, "
        f"{PRINTED[SEVEN]:.3f} for the seven as printed and {p[SEVEN]:.3f} as computed.",
    )
