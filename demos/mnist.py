"""784-256-128-10 reads handwritten digits: over 98.3 % right on 10,000 it has never seen.

The network of the document's example, 235,146 parameters in float32, learns MNIST's 60,000 pictures in batches of 128.
Each epoch prints the accuracy on the test pictures. You will see which digits it takes for which, the mistakes it was
surest of, and what the neurons of the first layer look for. MNIST is read from a folder of yours (MNIST_DIR), from the
cache, or downloaded once; without it, digits drawn from fonts take its place.

From: "Chapter 3: Neural Networks", worked example MNIST.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

import nn
from autograd import no_grad
from demos.command import Run
from nn.data import DataError, Images, MnistUnavailable

SECONDS = (15, 3)  # in full, and with --quick
BATCH = 128
DECAY = 0.1  # of the weights, AdamW's


def main(
    quick: bool = False, *, epochs: int = 12, lr: float = 0.003, hidden: Sequence[int] = (256, 128), **flags: Any
) -> int:
    """Train, test, draw; the exit status is 0 if the accuracy is what it should be."""
    with Run("mnist", quick=quick, **flags) as run:
        data, target, source = load(run)
        if quick:
            data, epochs, target = data._replace(X_train=data.X_train[:6000], y_train=data.y_train[:6000]), 3, 0.9
        model = network([784, *hidden, 10], run.seed)
        run.say(f"{len(data.X_train):,} pictures to learn from and {len(data.X_test):,} to test with, {source}")
        if not run.quiet:
            model.summary()
        accuracy, seconds = learn(run, model, data, epochs, lr)
        run.expect(accuracy > target, f"test accuracy {100 * accuracy:.2f} % (target: over {100 * target:.4g} %)")
        run.say(f"  {seconds:.1f} s of training")
        report(run, model, data)
    return run.status


def load(run: Run) -> tuple[Images, float, str]:
    """The pictures, the accuracy to reach, and where they are from: MNIST, or digits drawn here."""
    try:
        return nn.data.mnist(download=not run.quick), 0.983, "from MNIST"
    except MnistUnavailable:
        run.say("MNIST is not here; digits drawn from fonts take its place. nn.data.mnist() says how to get it")
    except DataError as error:
        run.say(f"{error}; digits drawn from fonts take their place")
    return nn.data.digits(6000, 1000, rng=run.seed), 0.97, "drawn from fonts"


def network(sizes: Sequence[int], seed: int) -> nn.Sequential:
    """Linear layers with a ReLU between each two, float32."""
    rng = np.random.default_rng(seed)
    layers: list[Any] = []
    for d_in, d_out in pairwise(sizes):
        layers += [nn.Linear(d_in, d_out, rng=rng, dtype=np.float32), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def learn(run: Run, model: nn.Sequential, data: Images, epochs: int, lr: float) -> tuple[float, float]:
    """Train, print each epoch, draw its course; the last accuracy on the test pictures, and seconds of training."""
    steps = epochs * -(-len(data.X_train) // BATCH)
    optimiser = nn.optim.AdamW(model.parameters(), nn.schedules.cosine(lr, total=steps), weight_decay=DECAY)
    accuracies: list[float] = []
    testing = 0.0  # seconds

    def after_epoch(history: nn.train.History) -> None:
        nonlocal testing
        began = time.perf_counter()
        accuracies.append(right(model, data))
        testing += time.perf_counter() - began
        run.say(
            f"epoch {len(history.loss):2}/{epochs}   loss {history.loss[-1]:.4f}   "
            f"test accuracy {100 * accuracies[-1]:.2f} %"
        )

    began = time.perf_counter()
    history = nn.train.fit(
        model,
        (data.X_train, data.y_train),
        loss=nn.losses.cross_entropy,
        optimiser=optimiser,
        epochs=epochs,
        batch_size=BATCH,
        rng=np.random.default_rng(run.seed),
        progress=False,
        on_epoch=after_epoch,
    )
    seconds = time.perf_counter() - began - testing
    run.interrupted |= history.interrupted

    figure = run.figure(8, 4)
    left, right_axes = figure.subplots(1, 2)
    history.plot(left).set_title("Loss")
    mistakes = {"test": [100 * (1 - accuracy) for accuracy in accuracies]}
    nn.plot.loss_curves(right_axes, mistakes, first=1, ylabel="wrong, %").set_title("Mistakes")
    run.save(
        figure,
        "training.png",
        f"Two curves over {len(history.loss)} epochs: the loss falls to {history.loss[-1]:.2g}, the share of test "
        f"pictures read wrongly to {100 * (1 - accuracies[-1]):.2f} %.",
    )
    return accuracies[-1], seconds


def scores(model: nn.Sequential, X: np.ndarray) -> np.ndarray:
    """The logits. Shapes: X (n, 784), result (n, 10)."""
    with no_grad():
        return np.asarray(model(X).data)


def right(model: nn.Sequential, data: Images) -> float:
    """The share of test pictures that are read rightly."""
    return nn.metrics.accuracy(data.y_test, scores(model, data.X_test).argmax(axis=1))


def report(run: Run, model: nn.Sequential, data: Images) -> None:
    """The confusion matrix, the worst mistakes and the first layer's weights, as figures."""
    z = scores(model, data.X_test)  # (n, 10)
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    guess, truth = p.argmax(axis=1), data.y_test

    matrix = nn.metrics.confusion_matrix(truth, guess, n_classes=10)
    run.say("confusion matrix, a row for each digit and a column for what was read:\n" + numbers_in_columns(matrix))
    wrong = matrix - np.diag(np.diag(matrix))
    taken = np.unravel_index(wrong.argmax(), wrong.shape)
    figure = run.figure(7, 6)
    nn.plot.confusion_heat_map(figure.subplots(), matrix)
    run.save(
        figure,
        "confusion.png",
        f"Counts of digits by truth and by what was read; most often, {wrong.max()} times, {taken[0]} is read as "
        f"{taken[1]}.",
    )

    sure = p[np.arange(len(truth)), guess] * (guess != truth)
    worst = np.argsort(-sure, kind="stable")[: min(30, np.count_nonzero(sure))]
    if len(worst):
        figure = run.figure(9, 3.7)
        figure.suptitle("The mistakes it was surest of", fontweight="bold")
        titles = [f"{truth[i]} read as {guess[i]}" for i in worst]
        nn.plot.images(figure, data.X_test[worst].reshape(-1, 28, 28), titles)
        run.save(
            figure, "mistakes.png", f"The {len(worst)} mistakes that the network was surest of: " + "; ".join(titles)
        )

    W1 = model[0].W.data  # (784, 256)
    largest = np.argsort(-np.linalg.norm(W1, axis=0), kind="stable")[:40]
    figure = run.figure(9, 4)
    figure.suptitle("What forty neurons of the first layer look for", fontweight="bold")
    nn.plot.weight_images(figure, W1[:, largest].T.reshape(-1, 28, 28))
    run.save(
        figure,
        "weights.png",
        "The weights of the 40 neurons of the first layer with the largest ones, each as a picture: strokes and "
        "their absence, positive orange and negative blue.",
    )


def numbers_in_columns(matrix: np.ndarray) -> str:
    r"""A matrix of counts as text.

    >>> numbers_in_columns(np.array([[98, 2], [0, 100]]))
    '     98   2\n      0 100'
    """
    width = len(str(matrix.max())) + 1
    return "\n".join("   " + "".join(f"{count:{width}}" for count in row) for row in matrix)
