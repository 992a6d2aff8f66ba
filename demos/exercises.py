"""The worked exercises on backpropagation of three documents, each as lines of name, formula, number and expectation.

`manual_backprop.py` prints them, compares, and draws one of them. Every function here builds a graph as its document
does, calls backward() once, and reads the gradients off its nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

import nn
from autograd import Parameter, Tensor, Value, jacobian, ops

SEVEN = 7  # the label of the picture in "Chapter 3"

# The network of "Neural Networks Solutions - Module 6", exercise 3.1, as rows: x @ W1 + b1.
W1 = np.array([[0.1, 0.2, -0.1], [0.3, -0.2, 0.4]])  # (2, 3)
B1 = np.array([0.1, 0.0, -0.1])
W2 = np.array([[0.5, -0.3], [0.2, 0.4], [-0.1, 0.2]])  # (3, 2)
B2 = np.array([0.1, -0.1])


class Line(NamedTuple):
    """One step of an exercise.

    ``expected`` is what the document says, or its code prints: with ≈ rounded to the digits that are written, else
    exact; or an array, where the formula is worked out in NumPy.
    """

    name: str
    formula: str
    got: Any
    expected: Any


def all_of_them(seed: int) -> Iterator[tuple[str, list[Line]]]:
    """The title of each exercise, and its lines."""
    yield "“Chapter 3”, exercise 1: x = 2, a ReLU neuron, a sigmoid neuron, y = 1", two_neurons()
    yield "“Module 02”, section 5: 2 inputs, 2 sigmoid neurons, 1 sigmoid output, columns W x + b", two_two_one()
    yield "“Module 02”, exercise 1: a sigmoid neuron, x = 2, w = 0.5, b = 0.3, y = 1, lr = 0.1", one_neuron()
    yield "“Solutions”, exercise 4.1: cross-entropy of ŷ = softmax(z) = [0.3, 0.7], y = [0, 1]", output_gradient()
    yield "“Solutions”, exercise 4.2: back through a layer, rows x W + b, from δ₂ = [0.3, -0.3]", one_layer()
    yield "“Solutions”, exercise 4.3: x = [1, 2], 3 ReLU neurons, 2 classes, y = [1, 0]", both_layers()
    yield "“Solutions”, exercise 5.1: one step of gradient descent, lr = 0.1", one_step()
    yield "“Chapter 3”, part 9: the six backward steps of 784-256-128-10, for a picture of a 7", digits(seed)
    yield "“Chapter 3”, exercise 3: ∂L/∂W₂ = (∂L/∂a₂ ⊙ σ'(z₂)) a₁ᵀ, whatever the loss is", proof(seed)


def cross_entropy(y: float, a: Any) -> Any:
    """The loss of a probability a that should be y, as the documents write it."""
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))


def two_neurons() -> list[Line]:
    """Numbers alone, from x to the loss and back."""
    x, y = 2.0, 1.0
    w1, b1, w2, b2 = Value(0.5), Value(0.0), Value(1.0), Value(0.0)
    z1 = w1 * x + b1
    a1 = z1.relu()
    z2 = w2 * a1 + b2
    a2 = z2.sigmoid()
    loss = cross_entropy(y, a2)
    loss.backward()
    return [
        Line("z₁", "w₁ x + b₁", z1.data, "1"),
        Line("a₁", "ReLU(z₁)", a1.data, "1"),
        Line("z₂", "w₂ a₁ + b₂", z2.data, "1"),
        Line("a₂", "σ(z₂)", a2.data, "≈ 0.731"),
        Line("L", "-(y log a₂ + (1-y) log(1-a₂))", loss.data, "≈ 0.313"),
        Line("δ₂", "∂L/∂z₂ = a₂ - y", z2.grad, "≈ -0.269"),
        Line("∂L/∂w₂", "δ₂ a₁", w2.grad, "≈ -0.269"),
        Line("∂L/∂b₂", "δ₂", b2.grad, "≈ -0.269"),
        Line("δ₁", "∂L/∂z₁ = w₂ δ₂ ReLU'(z₁)", z1.grad, "≈ -0.269"),
        Line("∂L/∂w₁", "δ₁ x", w1.grad, "≈ -0.538"),
        Line("∂L/∂b₁", "δ₁", b1.grad, "≈ -0.269"),
    ]


class Network(NamedTuple):
    """The 2-2-1 network as columns, after its backward pass: its parameters, and what it computed."""

    W1: Parameter  # (2, 2), a row for each neuron
    b1: Parameter  # (2, 1)
    W2: Parameter  # (1, 2)
    b2: Parameter  # (1, 1)
    x: np.ndarray  # (2, 1)
    z1: Tensor
    a1: Tensor
    z2: Tensor
    a2: Tensor
    loss: Tensor

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What an optimiser updates."""
        return self[:4]


def network(*parameters: Parameter) -> Network:
    """One forward and one backward pass for x = (1, 2), y = 1; at the document's weights unless given others."""
    arrays = ([[0.5, -0.3], [0.2, 0.8]], [[0.1], [0.0]], [[0.6, -0.4]], [[0.2]])
    W1, b1, W2, b2 = parameters or map(Parameter, arrays)
    x = np.array([[1.0], [2.0]])
    z1 = W1 @ x + b1
    a1 = ops.sigmoid(z1)
    z2 = W2 @ a1 + b2
    a2 = ops.sigmoid(z2)
    loss = cross_entropy(1.0, a2).sum()
    loss.backward()
    return Network(W1, b1, W2, b2, x, z1, a1, z2, a2, loss)


def two_two_one() -> list[Line]:
    """The network of the picture, and one update with lr 0.1."""
    net = network()
    lines = [
        Line("z₁", "W₁ x + b₁", net.z1.data, "[[0], [1.8]]"),
        Line("a₁", "σ(z₁)", net.a1.data, "≈ [[0.500000], [0.858149]]"),
        Line("z₂", "W₂ a₁ + b₂", net.z2.data, "≈ [[0.156740]]"),
        Line("a₂", "σ(z₂)", net.a2.data, "≈ [[0.539105]]"),
        Line("L", "-log a₂", net.loss.data, "≈ 0.617845"),
        Line("∂L/∂z₂", "a₂ - y", net.z2.grad, "≈ [[-0.460895]]"),
        Line("∂L/∂W₂", "∂L/∂z₂ a₁ᵀ", net.W2.grad, "≈ [[-0.230447, -0.395516]]"),
        Line("∂L/∂b₂", "∂L/∂z₂", net.b2.grad, "≈ [[-0.460895]]"),
        Line("∂L/∂a₁", "W₂ᵀ ∂L/∂z₂", net.a1.grad, "≈ [[-0.276537], [0.184358]]"),
        Line("∂L/∂z₁", "∂L/∂a₁ ⊙ a₁ ⊙ (1-a₁)", net.z1.grad, "≈ [[-0.069134], [0.022442]]"),
        Line("∂L/∂W₁", "∂L/∂z₁ xᵀ", net.W1.grad, "≈ [[-0.069134, -0.138268], [0.022442, 0.044884]]"),
        Line("∂L/∂b₁", "∂L/∂z₁", net.b1.grad, "≈ [[-0.069134], [0.022442]]"),
    ]
    optimiser = nn.optim.SGD(net.parameters, lr=0.1)
    optimiser.step()
    optimiser.zero_grad()
    return [
        *lines,
        Line("W₂", "W₂ - 0.1 ∂L/∂W₂", net.W2.data, "≈ [[0.623045, -0.360448]]"),
        Line("b₂", "b₂ - 0.1 ∂L/∂b₂", net.b2.data, "≈ [[0.246089]]"),
        Line("W₁", "W₁ - 0.1 ∂L/∂W₁", net.W1.data, "≈ [[0.506913, -0.286173], [0.197756, 0.795512]]"),
        Line("b₁", "b₁ - 0.1 ∂L/∂b₁", net.b1.data, "≈ [[0.106913], [-0.002244]]"),
        Line("L", "the loss after the update", network(*net.parameters).loss.data, "≈ 0.573602"),
    ]


def one_neuron() -> list[Line]:
    """A sigmoid neuron, its update, and the lower loss after it."""
    x, y = 2.0, 1.0
    w, b = Value(0.5), Value(0.3)
    z = w * x + b
    a = z.sigmoid()
    loss = cross_entropy(y, a)
    loss.backward()
    lines = [
        Line("z", "w x + b", z.data, "1.3"),
        Line("a", "σ(z)", a.data, "≈ 0.785835"),
        Line("L", "-(y log a + (1-y) log(1-a))", loss.data, "≈ 0.241008"),
        Line("∂L/∂z", "a - y", z.grad, "≈ -0.214165"),
        Line("∂L/∂w", "∂L/∂z x", w.grad, "≈ -0.428330"),
        Line("∂L/∂b", "∂L/∂z", b.grad, "≈ -0.214165"),
    ]
    nn.optim.SGD([w, b], lr=0.1).step()
    after = (w * x + b).sigmoid()
    return [
        *lines,
        Line("w", "w - 0.1 ∂L/∂w", w.data, "≈ 0.542833"),
        Line("b", "b - 0.1 ∂L/∂b", b.data, "≈ 0.321417"),
        Line("a", "σ(w x + b), now", after.data, "≈ 0.803305"),
        Line("L", "-log a, now", cross_entropy(y, after).data, "≈ 0.219020"),
        Line("ΔL", "how much lower it is", loss.data - cross_entropy(y, after).data, "≈ 0.021988"),
    ]


def output_gradient() -> list[Line]:
    """Softmax and cross-entropy: the gradient is ŷ - y."""
    z = Tensor(np.log([0.3, 0.7]))  # logits with these probabilities
    loss = nn.losses.cross_entropy(z, np.array([0.0, 1.0]))
    loss.backward()
    return [
        Line("L", "-Σ y log ŷ = -log 0.7", loss.data, "≈ 0.357"),
        Line("∂L/∂z", "ŷ - y", z.grad, "[0.3, -0.3]"),
    ]


def one_layer() -> list[Line]:
    """One sample back through a layer and its ReLU; then a batch, whose gradient is the mean over its samples."""
    z1, w2, b2 = Tensor([0.8, -0.2, 0.6]), Tensor(W2), Tensor(B2)
    a1 = ops.relu(z1)
    (a1 @ w2 + b2).backward([0.3, -0.3])
    X, labels = np.array([[1.0, 2.0], [0.0, 1.0], [-1.0, 1.0]]), np.array([0, 1, 0])
    hidden, batch_w2, batch_b2 = np.maximum(X @ W1 + B1, 0), Tensor(W2), Tensor(B2)
    logits = hidden @ batch_w2 + batch_b2
    nn.losses.cross_entropy(logits, labels).backward()
    delta = ops.softmax(logits.data, axis=1) - nn.data.one_hot(labels)  # (3, 2), of each sample's own loss
    return [
        Line("∂L/∂W₂", "a₁ᵀ δ₂", w2.grad, "[[0.24, -0.24], [0, 0], [0.18, -0.18]]"),
        Line("∂L/∂b₂", "δ₂", b2.grad, "[0.3, -0.3]"),
        Line("∂L/∂a₁", "δ₂ W₂ᵀ", a1.grad, "[0.24, -0.06, -0.09]"),
        Line("∂L/∂z₁", "∂L/∂a₁ ⊙ ReLU'(z₁)", z1.grad, "[0.24, 0, -0.09]"),
        Line("∂L/∂W₂", "a₁ᵀ δ / n of a batch", batch_w2.grad, hidden.T @ delta / 3),
        Line("∂L/∂b₂", "mean of δ over the batch", batch_b2.grad, delta.mean(axis=0)),
    ]


def both_layers() -> list[Line]:
    """From the loss to the first weights. The second ReLU is off, so nothing passes through it."""
    w1, b1, w2, b2 = (Tensor(array) for array in (W1, B1, W2, B2))
    z2 = ops.relu(np.array([1.0, 2.0]) @ w1 + b1) @ w2 + b2
    loss = nn.losses.cross_entropy(z2, np.array([1.0, 0.0]))
    loss.backward()
    first = "≈ [[-0.272592, 0.000000, 0.102222], [-0.545183, 0.000000, 0.204444]]"
    return [
        Line("ŷ", "softmax(z₂)", ops.softmax(z2.data), "≈ [0.659260, 0.340740]"),
        Line("L", "-Σ y log ŷ", loss.data, "≈ 0.416637"),
        Line("δ₂", "ŷ - y", z2.grad, "≈ [-0.340740, 0.340740]"),
        Line("∂L/∂W₂", "a₁ᵀ δ₂", w2.grad, "≈ [[-0.272592, 0.272592], [0.000000, 0.000000], [-0.204444, 0.204444]]"),
        Line("∂L/∂b₂", "δ₂", b2.grad, "≈ [-0.340740, 0.340740]"),
        Line("∂L/∂W₁", "xᵀ (δ₂ W₂ᵀ ⊙ ReLU'(z₁))", w1.grad, first),
        Line("∂L/∂b₁", "δ₂ W₂ᵀ ⊙ ReLU'(z₁)", b1.grad, "≈ [-0.272592, 0.000000, 0.102222]"),
    ]


def one_step() -> list[Line]:
    """The optimiser alone, on a gradient that is given."""
    W = Parameter([[0.5, -0.3], [0.2, 0.4]])
    W.grad = np.array([[0.1, -0.05], [0.08, 0.12]])
    before = W.data.copy()
    nn.optim.SGD([W], lr=0.1).step()
    return [
        Line("change", "-0.1 ∂L/∂W", W.data - before, "[[-0.01, 0.005], [-0.008, -0.012]]"),
        Line("W", "W - 0.1 ∂L/∂W", W.data, "[[0.49, -0.295], [0.192, 0.388]]"),
    ]


def digits(seed: int) -> list[Line]:
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
            Line(f"δ{sub}", formula, z[l].grad.shape, column),
            Line(f"∂L/∂W{sub}", f"δ{sub} {fed}ᵀ", by_weights.shape, f"{sizes[l + 1]} × {sizes[l]}"),
            Line(f"∂L/∂b{sub}", f"δ{sub}", by_bias.shape, column),
        ]
        count += by_weights.size + by_bias.size
        apart = max(apart, np.max(np.abs(by_weights - delta @ a[l].T)), np.max(np.abs(by_bias - delta)))
        delta = weights[l].data.T @ delta * (a[l] > 0)  # (sizes[l], 1)
    return [
        *lines,
        Line("gradients", "all from one backward()", count, "235,146"),
        Line("apart", "the largest difference", apart, "0"),
    ]


def proof(seed: int) -> list[Line]:
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
        lines.append(Line("∂L/∂W₂", f"(∂L/∂a₂ ⊙ σ'(z₂)) a₁ᵀ, {name}", W.grad, (a.grad * slope) @ a1.T))
    by_z = jacobian(ops.sigmoid)(z.data)  # (2, 1, 2, 1)
    by_weights = jacobian(lambda W: W @ a1 + b2)(weights)  # (2, 1, 2, 3)
    chain = np.einsum("ij,ijkl,klmn->mn", a.grad, by_z, by_weights)
    return [*lines, Line("∂L/∂W₂", "∂L/∂a₂ · ∂a₂/∂z₂ · ∂z₂/∂W₂, in full", chain, W.grad)]
