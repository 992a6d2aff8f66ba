"""235,146 single numbers, wired neuron by neuron, learn MNIST at the speed of layers: over 98 % right.

The network of the document's example, 784-256-128-10, is written here in loops over Values: each neuron is a sum of
products, a bias and a bend. One picture through it makes 700,000 numbers; vectorize() runs it twice, and finds three
matrix products. An optimiser trains these in batches of 128, float32, and the single numbers follow. You will see what
was found, how long that took, the mistakes of each epoch, and what forty of the neurons look for, read from the Values.
MNIST comes from where the demo mnist takes it; without it, digits drawn from fonts take its place.

From: "Chapter 3: Neural Networks", worked example MNIST.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

import nn
from autograd import Value, no_grad, vectorize
from demos.command import Run
from demos.mnist import BATCH, DECAY, load, numbers_in_columns
from nn.data import Images

SECONDS = (20, 3)  # in full, and with --quick

Neuron = tuple[list[Value], Value]  # weights and bias


def main(
    quick: bool = False, *, epochs: int = 12, lr: float = 0.003, hidden: Sequence[int] = (256, 128), **flags: Any
) -> int:
    """Wire, vectorize, train, test, draw; the exit status is 0 if the accuracy is what it should be."""
    with Run("mnist_neurons", quick=quick, **flags) as run:
        data, _, source = load(run)
        target = 0.98 if source == "from MNIST" else 0.96
        if quick:
            data, epochs, target = data._replace(X_train=data.X_train[:6000], y_train=data.y_train[:6000]), 3, 0.85
            hidden = [min(size, 32) for size in hidden]
        run.say(f"{len(data.X_train):,} pictures to learn from and {len(data.X_test):,} to test with, {source}")

        began = time.perf_counter()
        layers = wire([784, *hidden, 10], run.seed)
        wired = time.perf_counter()
        fast = vectorize(network(layers), dtype=np.float32).trace(data.X_train[:1])
        found = time.perf_counter()
        count = sum(len(w) + 1 for layer in layers for w, _ in layer)
        run.say(f"{count:,} Values made in {wired - began:.1f} s, traced and vectorized in {found - wired:.1f} s:")
        run.say(f"\n{fast}\n")

        accuracies, seconds = learn(run, fast, data, epochs, lr)
        right = accuracies[-1]
        run.expect(right > target, f"test accuracy {100 * right:.2f} % (target: over {100 * target:.4g} %)")
        run.say(f"  {seconds:.1f} s of training")
        report(run, fast, layers, data, accuracies)
    return run.status


def wire(sizes: Sequence[int], seed: int) -> list[list[Neuron]]:
    """Neurons, layer by layer: of each the weights and the bias, which are Values. Weights start as He's."""
    rng = np.random.default_rng(seed)
    layers = []
    for d_in, d_out in pairwise(sizes):
        columns = nn.init.he((d_in, d_out), rng).T.tolist()  # one a neuron
        layers.append([([Value(w) for w in column], Value(0.0)) for column in columns])
    return layers


def network(layers: list[list[Neuron]]) -> Callable[[Any], list[Value]]:
    """The function of one picture, of 784 numbers, that gives ten scores.

    >>> f = network([[([Value(2.0)], Value(1.0))], [([Value(-1.0)], Value(0.5))]])
    >>> [score.data for score in f([3.0])]
    [-6.5]
    """

    def scores(x: Any) -> list[Value]:
        for layer in layers[:-1]:
            x = [neuron(weights, bias, x).relu() for weights, bias in layer]
        return [neuron(weights, bias, x) for weights, bias in layers[-1]]

    return scores


def neuron(weights: list[Value], bias: Value, x: Any) -> Value:
    """A weighted sum and a bias."""
    return sum((w * number for w, number in zip(weights, x, strict=True)), bias)


def learn(run: Run, fast: Any, data: Images, epochs: int, lr: float) -> tuple[list[float], float]:
    """Train; the accuracy on the test pictures after each epoch, and seconds of training."""
    n = len(data.X_train)
    rate = nn.schedules.cosine(lr, total=epochs * -(-n // BATCH))
    optimiser = nn.optim.AdamW(fast.parameters(), rate, weight_decay=DECAY)
    rng = np.random.default_rng(run.seed)
    accuracies: list[float] = []
    seconds = 0.0
    while len(accuracies) < epochs and not run.interrupted:
        began = time.perf_counter()
        losses: list[float] = []
        try:
            for chosen in np.array_split(rng.permutation(n), range(BATCH, n, BATCH)):
                optimiser.zero_grad()
                loss = nn.losses.cross_entropy(fast(data.X_train[chosen]), data.y_train[chosen])
                loss.backward()
                optimiser.step()
                losses.append(loss.item())
        except KeyboardInterrupt:
            run.interrupted = True
            run.say(f"interrupted in epoch {len(accuracies) + 1}: going on with what there is")
        seconds += time.perf_counter() - began
        accuracies.append(nn.metrics.accuracy(data.y_test, guesses(fast, data.X_test)))
        run.say(
            f"epoch {len(accuracies):2}/{epochs}   loss {np.mean(losses or np.nan):.4f}   "
            f"test accuracy {100 * accuracies[-1]:.2f} %"
        )
    return accuracies, seconds


def guesses(fast: Any, X: np.ndarray) -> np.ndarray:
    """The digit with the highest score. Shapes: X (n, 784), result (n,)."""
    with no_grad():
        return np.asarray(fast(X).data.argmax(axis=1))


def report(run: Run, fast: Any, layers: list[list[Neuron]], data: Images, accuracies: list[float]) -> None:
    """The confusion matrix; the mistakes of each epoch and the first layer's weights as figures."""
    guess = guesses(fast, data.X_test)
    matrix = nn.metrics.confusion_matrix(data.y_test, guess, n_classes=10)
    run.say("confusion matrix, a row for each digit and a column for what was read:\n" + numbers_in_columns(matrix))
    figure = run.figure(8, 4)
    mistakes = {"test": [100 * (1 - accuracy) for accuracy in accuracies]}
    nn.plot.loss_curves(figure.subplots(), mistakes, first=1, ylabel="wrong, %").set_title("Mistakes")
    run.save(
        figure,
        "training.png",
        f"A curve over {len(accuracies)} epochs: the share of test pictures read wrongly falls to "
        f"{100 * np.mean(guess != data.y_test):.2f} %.",
    )
    weights = np.array([[w.data for w in neuron] for neuron, _ in layers[0]])  # (256, 784), from the Values
    largest = np.argsort(-np.linalg.norm(weights, axis=1), kind="stable")[:40]
    figure = run.figure(9, 4)
    figure.suptitle(f"What {len(largest)} neurons look for", fontweight="bold")
    nn.plot.weight_images(figure, weights[largest].reshape(-1, 28, 28))
    run.save(
        figure,
        "weights.png",
        f"The weights of the {len(largest)} neurons of the first layer with the largest ones, each as a picture: "
        "strokes and their absence, positive orange and negative blue.",
    )
