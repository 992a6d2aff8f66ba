"""fit: train a model on data, epoch by epoch, and tell how it went.

May import history.py, progress.py and checkpoints.py; read those next.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from numbers import Real
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np

from autograd import Node, Tensor, no_grad
from autograd.vectorizer import Vectorized
from nn.checkpoints import Checkpoint, Position
from nn.data.arguments import Generator, Rng, generator_of, is_real, is_whole
from nn.data.preparation import batches, train_test_split
from nn.history import History
from nn.module import Module, module_of
from nn.optim import Optimiser, clip_gradient_norm, gradient_norm
from nn.progress import Progress

__all__ = ["DivergedError", "History", "fit"]

Samples: TypeAlias = tuple[np.ndarray, np.ndarray]
Loss: TypeAlias = Callable[[Any, Any], Any]
Metric: TypeAlias = Callable[[np.ndarray, np.ndarray], float]

EVALUATION_BATCH = 1024  # samples at once where nothing is recorded


class DivergedError(ValueError):
    """The loss became infinite or NaN; the step that would have followed was not made."""


def fit(
    model: Module | Vectorized,
    data: tuple[Any, Any],
    *,
    loss: Loss,
    optimiser: Optimiser,
    epochs: int,
    batch_size: int | None = 32,
    rng: Rng = None,
    shuffle: bool = True,
    validation: float | tuple[Any, Any] | None = None,
    metric: Metric | None = None,
    penalty: Callable[[list[Any]], Any] | None = None,
    max_norm: float | None = None,
    monitor_gradients: bool = False,
    patience: int | None = None,
    restore_best: bool = False,
    checkpoint: str | Path | None = None,
    progress: bool = True,
    on_epoch: Callable[[History], None] | None = None,
) -> History:
    """Train ``model`` on ``data = (X, y)``, a step per batch, and return how it went; the model ends in eval mode.

    ``batch_size=None`` takes all samples at once, in their order; 1 is stochastic gradient descent. An epoch's loss
    is the mean over samples; the documents average batch means, where a small last batch counts too much.

    - ``validation``: a share to hold out, drawn by ``rng``, or (X, y); judged after each epoch, in evaluation mode.
    - ``metric``: a function of an epoch's outputs and targets, ``lambda z, y: accuracy(y, predicted_labels(z))``.
    - ``penalty``: a function of the parameters to add in training, ``lambda params: 1e-3 * l2_penalty(params)``.
    - ``max_norm``: clip the gradient; its mean norm is then recorded, as it is with ``monitor_gradients``.
    - ``patience``: stop after so many epochs without a lower validation loss; ``restore_best`` puts its weights back.
    - ``checkpoint``: run.npz, rewritten after each epoch; if it exists, training goes on from there, bit for bit as if
      it had never stopped. Give the same arguments again; only ``epochs`` and ``patience`` may change.

    Ctrl-C ends the training after the batch at hand, and fit returns as usual; a second one raises KeyboardInterrupt.

    Shapes: X (n, ...), y (n, ...).

    Raises: ValueError for arguments that do not fit; DivergedError for a loss that is not finite; CheckpointError.

    From: "Neural Networks Solutions - Module 6", exercise 5.2.

    >>> from nn import Linear, losses, optim
    >>> model = Linear(2, 1, rng=np.random.default_rng(0))
    >>> gd = optim.SGD(model.parameters(), lr=0.3)
    >>> print(fit(model, (np.eye(2), np.ones((2, 1))), loss=losses.mse, optimiser=gd, epochs=40, progress=False))
    40 epochs in ... s: loss ... -> ...
    """
    module: Module = module_of(model)
    X, y = _samples("data", data)
    validation = _validation(validation)
    _check_learner(module, loss, optimiser)
    _check(module, optimiser, epochs, validation, patience, restore_best)
    size = _batch_size(batch_size, len(X))
    rng = generator_of(rng)
    file = None
    if checkpoint is not None:
        facts = {"data": (X, y), "validation": validation, "batch_size": size, "shuffle": shuffle, "max_norm": max_norm}
        asked = {"metric": metric is not None, "penalty": penalty is not None, "monitor_gradients": monitor_gradients}
        file = Checkpoint(checkpoint, module, optimiser, rng, {**facts, **asked, "restore_best": restore_best})
    X, y, held_out = _split(X, y, validation, rng)
    step = _Step(module, loss, optimiser, penalty, max_norm, monitor_gradients, keep_outputs=metric is not None)
    order = rng if shuffle and size < len(X) else None
    run = _Run(step, metric, size, order, epochs, patience, restore_best, file, progress, on_epoch)
    try:
        return run.through(X, y, held_out)
    finally:
        module.eval()


@dataclass
class _Run:
    """One training: all its epochs, one epoch, and what is made of the validation samples."""

    step: _Step
    metric: Metric | None
    batch_size: int
    rng: Generator | None  # None: samples in order
    epochs: int
    patience: int | None
    restore_best: bool
    file: Checkpoint | None
    progress: bool
    on_epoch: Callable[[History], None] | None

    def through(self, X: np.ndarray, y: np.ndarray, held_out: Samples | None) -> History:
        """The whole training, or what is left of it."""
        history, best = self.so_far()
        shown = Progress(self.epochs, unit="epoch", done=len(history), quiet=not self.progress)
        if len(history):
            shown.note(f"resumed after {history}" + "; nothing is left to do" * self.is_over(history))
        with shown, _Interruption() as interruption:
            while not self.is_over(history) and not interruption.asked:
                numbers = self.epoch(X, y, len(history) + 1, interruption)
                if numbers is None:
                    break
                history.add(**numbers, **self.judged(held_out))
                if self.restore_best and history.waited() == 0:
                    best = self.step.model.state()
                shown.report(history.latest())
                if self.on_epoch is not None:
                    self.on_epoch(history)
                if self.file is not None:  # last: on_epoch may change the learning rate, say
                    self.file.write(Position(asdict(history), best))
        history.interrupted = interruption.asked
        history.stopped_early = len(history) < self.epochs and not history.interrupted
        if best is not None:
            self.step.model.load_state(best)
        shown.note(str(history))
        return history

    def so_far(self) -> tuple[History, dict[str, np.ndarray] | None]:
        """The history and the best weights when it begins: none, or those of the checkpoint, which takes effect."""
        if self.file is None or not self.file.found:
            return History(), None
        position = self.file.resume()
        return History(**position.history), position.best

    def is_over(self, history: History) -> bool:
        """Whether all epochs are done, or patience is at its end."""
        return len(history) >= self.epochs or (self.patience is not None and history.waited() >= self.patience)

    def epoch(self, X: np.ndarray, y: np.ndarray, number: int, interruption: _Interruption) -> dict[str, float] | None:
        """A step per batch, and the numbers of that epoch; None if it was interrupted."""
        began, numbers = time.perf_counter(), {"lr": self.step.optimiser.lr}
        total = total_norm = 0.0
        kept: list[Samples] = []  # outputs and targets, for the metric
        count = math.ceil(len(X) / self.batch_size)
        self.step.model.train()
        for i, batch in enumerate(batches(len(X), self.batch_size, self.rng), 1):
            if interruption.asked:
                return None
            targets = y[batch]
            try:
                taken = self.step(X[batch], targets)
            except DivergedError as error:
                raise DivergedError(f"epoch {number}, batch {i} of {count}: {error}") from None
            total += taken.loss * len(batch)
            total_norm += taken.gradient_norm
            if self.metric is not None:
                kept.append((taken.outputs, targets))
        numbers["loss"] = total / len(X)
        if self.step.measures_gradients:
            numbers["gradient_norm"] = total_norm / count
        if self.metric is not None:
            numbers["metric"] = _measured(self.metric, *map(np.concatenate, zip(*kept, strict=True)))
        return numbers | {"seconds": time.perf_counter() - began}

    def judged(self, held_out: Samples | None) -> dict[str, float]:
        """Loss and metric of the validation samples, if there are any, in evaluation mode."""
        if held_out is None:
            return {}
        (X, y), total, kept = held_out, 0.0, []
        self.step.model.eval()
        with no_grad():
            for start in range(0, len(X), EVALUATION_BATCH):
                part = slice(start, start + EVALUATION_BATCH)
                outputs = self.step.outputs(X[part])
                total += float(self.step.loss(outputs, y[part])) * len(X[part])
                if self.metric is not None:
                    kept.append(_plain(outputs))
        numbers = {"validation_loss": total / len(X)}
        if self.metric is not None:
            numbers["validation_metric"] = _measured(self.metric, np.concatenate(kept), y)
        return numbers


class _Taken(NamedTuple):
    """What a step tells."""

    outputs: Any  # an array; None unless there is a metric
    loss: float  # without the penalty
    gradient_norm: float  # before clipping; nan unless it was asked for


@dataclass
class _Step:
    """One step: forward, backward, update."""

    model: Module
    loss: Loss
    optimiser: Optimiser
    penalty: Callable[[list[Any]], Any] | None
    max_norm: float | None
    monitor_gradients: bool
    keep_outputs: bool

    def __post_init__(self) -> None:
        self.in_arrays = any(p.is_array for p in self.model.parameters())
        self.measures_gradients = self.max_norm is not None or self.monitor_gradients

    def outputs(self, X: Any) -> Any:
        """The outputs for a batch: of a network of Values, for one sample after the other."""
        return self.model(X) if self.in_arrays else [self.model(x) for x in X.tolist()]

    def __call__(self, X: np.ndarray, y: np.ndarray) -> _Taken:
        """A step on a batch, whose X is an array of its own."""
        self.optimiser.zero_grad()  # first: the forward pass may have the memory
        outputs = self.outputs(Tensor.adopt(X) if self.in_arrays and X.dtype.kind == "f" else X)
        loss = self.loss(outputs, y)
        _check_loss(loss)
        total = loss if self.penalty is None else loss + self.penalty(self.model.parameters())
        _check_shape("penalty(parameters)", "its sum", total)
        if not math.isfinite(total.item()):
            raise DivergedError(self._advice(X, y, total.item()))
        total.backward()
        norm = self._gradient_norm()
        self.optimiser.step()
        return _Taken(_plain(outputs) if self.keep_outputs else None, loss.item(), norm)

    def _gradient_norm(self) -> float:
        if self.max_norm is not None:
            return clip_gradient_norm(self.optimiser.params, self.max_norm)
        return gradient_norm(self.optimiser.params) if self.monitor_gradients else math.nan

    def _advice(self, X: np.ndarray, y: np.ndarray, loss: float) -> str:
        for name, array in (("X", X), ("y", y)):
            if not np.isfinite(array).all():
                return f"the loss is {loss}, because {name} holds NaN or infinity; repair or leave out those rows"
        return (
            f"the loss is {loss} with the learning rate {self.optimiser.lr:.4g}; the weights are as they were before "
            f"this batch. Begin anew with a smaller rate, or with standardised inputs, max_norm=1.0 or a loss of logits"
        )


def _plain(outputs: Any) -> np.ndarray:
    if isinstance(outputs, Node):
        return np.asarray(outputs.operand())
    return outputs if isinstance(outputs, np.ndarray) else np.array([_plain(output) for output in outputs])


class _Interruption:
    """Ctrl-C as a question that is answered between two steps; a second one raises KeyboardInterrupt at once.

    It takes over only where Ctrl-C would raise KeyboardInterrupt: in the main thread, without another handler.
    """

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> Self:
        in_main = threading.current_thread() is threading.main_thread()
        self.takes_over = in_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self.takes_over:
            signal.signal(signal.SIGINT, self._ask)
        return self

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            signal.default_int_handler(number, frame)
        self.asked = True

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.takes_over:
            signal.signal(signal.SIGINT, signal.default_int_handler)


# What may be given ----------------------------------------------------------------------------------------------


def _samples(what: str, pair: Any) -> Samples:
    """X and y as arrays of the same length."""
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise ValueError(f"{what} is a pair (X, y) of arrays, samples on the first axis, not {type(pair).__name__}")
    for name, array in zip("Xy", pair, strict=True):
        if isinstance(array, Node):
            raise TypeError(f"{what}: {name} is a {type(array).__name__}; pass its plain array, {name}.data")
    X, y = (np.asarray(array) for array in pair)
    if X.ndim == 0 or y.ndim == 0 or len(X) != len(y):
        raise ValueError(f"{what}: X has shape {X.shape} and y {y.shape}; both have the samples on the first axis")
    if not len(X):
        raise ValueError(f"{what} holds no samples: X has shape {X.shape}")
    if X.dtype.kind not in "biuf" or y.dtype.kind not in "biuf":
        raise ValueError(
            f"{what}: X has dtype {X.dtype} and y {y.dtype}; both are plain arrays of numbers (names "
            "become numbers with np.unique(y, return_inverse=True)[1])"
        )
    return X, y


def _batch_size(size: int | None, n: int) -> int:
    if size is None:
        return n
    if not is_whole(size) or size < 1:
        raise ValueError(f"batch_size={size!r}: pass a whole number >= 1, or None for all {n} samples at once")
    return min(size, n)


def _validation(validation: Any) -> Any:
    """What to judge by: nothing, a share of the data, or samples."""
    if validation is not None and not is_real(validation):
        return _samples("validation", validation)
    if validation is not None and not 0 < validation < 1:
        raise ValueError(f"validation={validation!r}: pass a share between 0 and 1, or a pair (X, y)")
    return validation


def _split(
    X: np.ndarray, y: np.ndarray, validation: Any, rng: Generator
) -> tuple[np.ndarray, np.ndarray, Samples | None]:
    """The samples to learn from, and those to judge by."""
    if not is_real(validation):
        return X, y, validation
    X, X_held, y, y_held = train_test_split(X, y, test_size=validation, rng=rng)
    return X, y, (X_held, y_held)


def _check_loss(loss: Any) -> None:
    if not isinstance(loss, Node):
        raise TypeError(f"loss(predictions, targets) gave {loss!r:.60}: it must be computed from the predictions")
    _check_shape("loss(predictions, targets)", "its mean", loss)


def _check_shape(what: str, take: str, x: Node) -> None:
    if math.prod(x.shape) != 1:
        raise ValueError(f"{what} has shape {x.shape}: take {take}, to have one number")


def _measured(metric: Metric, outputs: np.ndarray, targets: np.ndarray) -> float:
    """What the metric gives, a number."""
    number: Any = metric(outputs, targets)
    if np.ndim(number) != 0 or not isinstance(number, (Real, np.bool_, np.ndarray)):
        raise TypeError(f"metric(outputs, targets) gave {number!r:.60}: it must be one plain number")
    return float(number)


def _check_learner(model: Any, loss: Any, optimiser: Any) -> None:
    if not isinstance(model, Module):
        raise TypeError(
            f"the model is {model!r:.60}; it is a Module, such as nn.Sequential(...), or a vectorized function"
        )
    if not callable(loss):
        raise TypeError(f"loss={loss!r:.60}: pass a function, such as nn.losses.mse or nn.losses.cross_entropy")
    if not isinstance(optimiser, Optimiser):
        raise TypeError(
            f"optimiser={optimiser!r:.60}: pass one made, such as nn.optim.Adam(model.parameters(), lr=0.01)"
        )


def _check(model: Module, optimiser: Optimiser, epochs: int, validation: Any, patience: int | None, best: bool) -> None:
    if not is_whole(epochs) or epochs < 1:
        raise ValueError(f"epochs={epochs!r}: pass a whole number >= 1")
    if patience is not None and (not is_whole(patience) or patience < 1):
        raise ValueError(f"patience={patience!r}: pass a whole number of epochs >= 1, or None")
    if validation is None and (patience is not None or best):
        name = "patience" if patience is not None else "restore_best"
        raise ValueError(f"{name} goes by the validation loss: pass validation=0.2, say, or validation=(X, y)")
    if set(optimiser.params).isdisjoint(model.parameters()):
        make = f"{type(optimiser).__name__}(model.parameters(), ...)"
        raise ValueError(f"the optimiser updates no parameter of this model: make it with {make}")
