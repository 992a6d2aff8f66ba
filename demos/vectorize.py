"""A network written number by number becomes the document's matrix formulas, line by line, and runs like them.

The loss of one point is a function of single numbers: 33 neurons, then the cross-entropy. vectorize() runs it twice,
finds the matrix products, and gives a function of arrays. You will see the program that it found beside the formulas
that the document derives on paper, gradients that equal those of the graph of single numbers and those of the formulas,
what a step costs each way, and the line between the moons that the network learned in a second.

From: "Multi-Layer Perceptron (1 Hidden Layer)", steps 2 and 3, for any number of hidden layers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import nn
from autograd import Tensor, Value, no_grad, vectorize
from autograd.node import order
from autograd.viz import graph
from demos.command import Progress, Run
from demos.style import BLUE, GREY, ORANGE

SECONDS = (3, 2)  # in full, and with --quick
TOLERANCE = 1e-12  # far above what rounding adds up to, far below any mistake

Gradients = dict[str, np.ndarray]  # W1, b1, W2, ...


def main(
    quick: bool = False, *, epochs: int = 2000, lr: float = 0.5, hidden: Sequence[int] = (16, 16), **flags: Any
) -> int:
    """Vectorize, compare, time, train, draw; the exit status is 0 if gradients are equal and the points told apart."""
    with Run("vectorize", quick=quick, **flags) as run:
        n, epochs, target = (40, min(epochs, 500), 0.85) if quick else (100, epochs, 1.0)
        X, y = nn.data.moons(n, noise=0.1, rng=run.seed)
        network = nn.MLP(2, [*hidden, 1], output="sigmoid", rng=np.random.default_rng(run.seed))

        def loss(x: Any, y: Any) -> Any:
            p = network(x)
            return -(y * p.log() + (1 - y) * (1 - p).log())

        eager = mean_of(loss, X, y)
        nodes = len(order(eager))
        run.say(f"{n} points, {len(network.parameters())} parameters; the graph of the mean loss has {nodes:,} Values")
        eager.backward()
        by_number = np.array([p.grad for p in network.parameters()])
        seconds = {"single numbers": typical(lambda: mean_of(loss, X, y).backward(), times=3)}
        network.zero_grad()

        began = time.perf_counter()
        fast = vectorize(loss).trace(X, y)
        run.say(f"found in {time.perf_counter() - began:.2f} s:\n\n{fast}\n")
        compare(run, fast, network, by_number, X, y)
        seconds |= costs(fast, X, y)
        run.say("a step, forward and backward, takes")
        for way, each in seconds.items():
            run.say(f"  {1e3 * each:9.3f} ms  {way}")
        losses = train(run, fast, X, y, epochs, lr)
        scores = network.vectorize()  # the same Values, so the same blocks
        right = nn.metrics.accuracy(y, nn.metrics.predicted_labels(scores(X)))
        run.expect(right >= target, f"accuracy {100 * right:.4g} % (target {100 * target:.4g} %)")
        apart = np.max(np.abs(scores(X[:5]).data - [network(x).data for x in X[:5].tolist()]))
        run.expect(
            bool(apart < TOLERANCE), f"the neurons know what the matrices learned: largest difference {apart:.1e}"
        )
        draw(run, scores, X, y, losses, seconds)
        draw_program(run, fast, X, y)
    return run.status


def mean_of(loss: Callable[[Any, Any], Value], X: np.ndarray, y: np.ndarray) -> Value:
    """The mean loss as a graph of Values, one sample after the other. Shapes: X (n, 2), y (n,)."""
    total: Value = sum(loss(x, label) for x, label in zip(X.tolist(), y.tolist(), strict=True)) / len(y)  # type: ignore[assignment]
    return total


# Beside the document -----------------------------------------------------------------------------------------------


def compare(run: Run, fast: Any, network: nn.MLP, by_number: np.ndarray, X: np.ndarray, y: np.ndarray) -> None:
    """The program's lines beside the document's, and its gradients beside those of numbers, formulas and source."""
    source = fast.source(loss=lambda losses, _: losses.mean())
    lines = [line.strip() for line in source.splitlines() if " = " in line]
    found = {line.split(" = ")[0]: line for line in lines if line.startswith("d")}
    derived = formulas(len(network.layers))
    run.say("the gradients of the mean loss, as found, and as the document derives them:\n")
    for name, line in found.items():
        run.say(f"  {line:28} {derived.get(name, '')}")
    run.say("")
    run.expect(
        list(found) == list(derived), f"{len(found)} lines, {len(derived)} formulas of the document, one for each"
    )

    fast(X, y).mean().backward()
    by_program = np.array([p.grad for p in network.parameters()])
    apart = largest(by_program, by_number)
    run.expect(apart < TOLERANCE, f"gradients against the graph of single numbers: largest difference {apart:.1e}")
    blocks = {name: block.data for name, block in fast.named_parameters()}
    by_hand = closed_form(blocks, X, y)
    apart = max(largest(block.grad, by_hand[name]) for name, block in fast.named_parameters())
    run.expect(apart < TOLERANCE, f"gradients against the closed form: largest difference {apart:.1e}")
    scope: dict[str, Any] = {}
    exec(source, scope)
    _, alone = scope["loss"](X, y, **blocks)
    apart = max(largest(alone[name], by_hand[name]) for name in blocks)
    run.expect(apart < TOLERANCE, f"its source, run without this library: largest difference {apart:.1e}")


def largest(a: Any, b: Any) -> float:
    """The largest difference."""
    return float(np.max(np.abs(a - b)))


def formulas(layers: int) -> dict[str, str]:
    """What the document derives, by our names and for any number of layers; its 1/n stands in dz here.

    >>> for name, text in formulas(2).items():
    ...     print(name, text)
    dz2 ∂L/∂z2 = 1/n (ŷ - y)
    dW2 ∂L/∂W2 = a1ᵀ ∂L/∂z2
    db2 ∂L/∂b2 = Σ ∂L/∂z2
    da1 ∂L/∂a1 = ∂L/∂z2 W2ᵀ
    dz1 ∂L/∂z1 = ∂L/∂a1 ⊙ σ'(z1)
    dW1 ∂L/∂W1 = Xᵀ ∂L/∂z1
    db1 ∂L/∂b1 = Σ ∂L/∂z1
    """
    found = {f"dz{layers}": f"∂L/∂z{layers} = 1/n (ŷ - y)"}
    for k in range(layers, 0, -1):
        fed = f"a{k - 1}" if k > 1 else "X"
        found[f"dW{k}"] = f"∂L/∂W{k} = {fed}ᵀ ∂L/∂z{k}"
        found[f"db{k}"] = f"∂L/∂b{k} = Σ ∂L/∂z{k}"
        if k > 1:
            found[f"da{k - 1}"] = f"∂L/∂a{k - 1} = ∂L/∂z{k} W{k}ᵀ"
            found[f"dz{k - 1}"] = f"∂L/∂z{k - 1} = ∂L/∂a{k - 1} ⊙ σ'(z{k - 1})"
    return found


def closed_form(blocks: Gradients, X: np.ndarray, y: np.ndarray) -> Gradients:
    """The gradients of the mean cross-entropy in the document's formulas, with ReLU for its σ in hidden layers.

    Shapes: X (n, 2), y (n,); W (d_in, d_out) and b (d_out,) a layer, the last (d_in,) and ().

    >>> blocks = {"W1": np.array([[1.0]]), "b1": np.zeros(1), "W2": np.array([2.0]), "b2": np.zeros(())}
    >>> {name: g.tolist() for name, g in closed_form(blocks, np.zeros((1, 1)), np.ones(1)).items()}
    {'W2': [0.0], 'b2': -0.5, 'W1': [[0.0]], 'b1': [0.0]}
    """
    layers = len(blocks) // 2
    a = [X]
    for k in range(1, layers + 1):
        z = a[-1] @ blocks[f"W{k}"] + blocks[f"b{k}"]
        a.append(np.maximum(z, 0) if k < layers else 1 / (1 + np.exp(-z)))
    dz = ((a.pop() - y) / len(y))[:, None]  # (n, 1)
    gradients: Gradients = {}
    for k in range(layers, 0, -1):
        W = blocks[f"W{k}"]
        gradients[f"W{k}"] = (a[-1].T @ dz).reshape(W.shape)
        gradients[f"b{k}"] = dz.sum(axis=0).reshape(blocks[f"b{k}"].shape)
        dz = dz @ W.reshape(-1, dz.shape[1]).T * (a.pop() > 0)  # (n, d_in); the last one, for X, goes unused
    return gradients


# Costs and training ------------------------------------------------------------------------------------------------


def typical(step: Callable[[], Any], times: int) -> float:
    """The median of so many runs, in seconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        step()
        taken.append(time.perf_counter() - began)
    return float(np.median(taken))


def costs(fast: Any, X: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Seconds of a step by the vectorized function, by its training step, and by the closed form in NumPy."""
    blocks = {name: block.data.copy() for name, block in fast.named_parameters()}
    step = fast.train_step(lambda losses: losses.mean(), lr=0.0)
    return {
        "vectorized": typical(lambda: fast(X, y).mean().backward(), times=300),
        "vectorized, train_step": typical(lambda: step(X, y), times=300),
        "closed form in NumPy": typical(lambda: closed_form(blocks, X, y), times=300),
    }


def train(run: Run, fast: Any, X: np.ndarray, y: np.ndarray, epochs: int, lr: float) -> list[float]:
    """Gradient descent on all points at once; the loss before each step."""
    step = fast.train_step(lambda losses: losses.mean(), lr=lr)
    losses: list[float] = []
    with Progress(run, epochs) as progress:
        for _ in progress:
            losses.append(step(X, y))
            progress.report(f"loss {losses[-1]:.4g}")
    run.say(f"{len(losses):,} steps in {progress.seconds:.2f} s")
    return losses


# Pictures ----------------------------------------------------------------------------------------------------------


def draw(run: Run, scores: Any, X: np.ndarray, y: np.ndarray, losses: list[float], seconds: dict[str, float]) -> None:
    """The line between the moons, the loss, and what a step costs."""
    figure = run.figure(12, 5)
    plane, right = figure.subfigures(1, 2, width_ratios=[1.15, 1])
    axes = plane.subplots()

    def probability(points: np.ndarray) -> np.ndarray:
        with no_grad():
            return np.asarray(scores(points).data)

    nn.plot.boundary(axes, probability, X, y)
    axes.set_title(f"Learned in {len(losses):,} steps")
    upper, lower = right.subplots(2, height_ratios=[1, 1])
    upper.plot(np.arange(len(losses)), losses, color=BLUE)
    upper.set(title="Loss", xlabel="steps", yscale="log")
    names = list(seconds)[::-1]
    times = [1e3 * seconds[name] for name in names]
    bars = lower.barh(names, times, color=[ORANGE if name == "single numbers" else BLUE for name in names], height=0.6)
    lower.bar_label(bars, [f"{number:.3g} ms" for number in times], padding=4, color=GREY)
    lower.set(title="A step, in milliseconds", xscale="log")
    lower.set_xlim(min(times) / 4, 12 * max(times))
    lower.grid(visible=False, axis="y")
    run.save(
        figure,
        "vectorize.png",
        f"The two moons and the line between them; the loss falling to {losses[-1]:.2g}; bars of what a step takes: "
        f"{', '.join(f'{name} {1e3 * each:.3g} ms' for name, each in seconds.items())}.",
    )


def draw_program(run: Run, fast: Any, X: np.ndarray, y: np.ndarray) -> None:
    """The graph of the vectorized loss, with its gradients."""
    fast.zero_grad()
    loss = fast(Tensor(X, name="X"), Tensor(y, name="y")).mean()
    loss.name = "loss"
    loss.backward()
    picture = graph(loss)
    picture.save(run.folder / "program.svg")
    run.saved(
        "program.svg",
        f"The graph of the mean loss in {len(picture.nodes)} boxes: matrices, biases and what is made of them, with "
        "values and gradients.",
    )
