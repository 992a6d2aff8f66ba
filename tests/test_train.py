"""fit: against loops written by hand, on both tiers; what it stops at, what it shows, and what it refuses."""

import io
import re
import signal
import sys
import threading

import numpy as np
import pytest
from matplotlib import pyplot as plt
from tqdm import tqdm

import nn
from autograd import Tensor, Value
from nn.history import History
from nn.progress import Progress
from nn.train import EVALUATION_BATCH, DivergedError, fit

X = np.random.default_rng(3).normal(size=(10, 2))
Y = X @ np.array([[1.0], [-2.0]]) + 0.5  # (n, 1)


def line(dtype=np.float64):
    return nn.Linear(2, 1, rng=np.random.default_rng(4), dtype=dtype)


def train(model=None, data=(X, Y), lr=0.1, **options):
    """fit, as most tests call it."""
    model = line() if model is None else model
    chosen = {"loss": nn.losses.mse, "optimiser": nn.optim.SGD(model.parameters(), lr=lr), "epochs": 3}
    return fit(model, data, **{**chosen, "batch_size": 4, "rng": 5, "progress": False, **options})


def by_hand(n_epochs=3, size=4, lr=0.1, decay=0.0, max_norm=np.inf, rng=5):
    """The same training in NumPy: weights, losses, and norms of the gradient."""
    W, b = (np.array(a) for a in line().state().values())
    rng, losses, norms = np.random.RandomState(rng), [], []
    for _ in range(n_epochs):
        order = np.arange(10) if rng is None else rng.permutation(10)
        errors, sizes = [], []
        for i in (order[k : k + size] for k in range(0, 10, size)):
            error = X[i] @ W + b - Y[i]  # (n, 1)
            errors.append(error.ravel())
            gW, gb = 2 * X[i].T @ error / len(i) + 2 * decay * W, 2 * error.mean(axis=0) + 2 * decay * b
            sizes.append(np.sqrt((gW**2).sum() + (gb**2).sum()))
            factor = min(1.0, max_norm / sizes[-1])
            W, b = W - lr * factor * gW, b - lr * factor * gb
        losses.append(np.mean(np.concatenate(errors) ** 2))  # over samples: a small batch counts less
        norms.append(np.mean(sizes))
    return {"W": W, "b": b}, losses, norms


def assert_same(state, other, tolerance=1e-13):
    for name, array in other.items():
        np.testing.assert_allclose(state[name], array, rtol=tolerance, atol=tolerance)


# --- what it computes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 4, 10, 99, None])
def test_it_is_the_loop_written_by_hand(size):
    model = line()
    history = train(model, batch_size=size)
    state, losses, _ = by_hand(size=size or 10)
    assert_same(model.state(), state)
    assert history.loss == pytest.approx(losses, rel=1e-13)
    assert len(history) == len(history.seconds) == 3
    assert history.lr == [0.1] * 3
    assert not (history.metric or history.validation_loss or history.gradient_norm)
    assert not (history.interrupted or history.stopped_early)


def test_penalty_clipping_and_norms():
    model = line()
    history = train(model, penalty=lambda params: 0.1 * nn.losses.l2_penalty(params), max_norm=0.5)
    state, losses, norms = by_hand(decay=0.1, max_norm=0.5)
    assert_same(model.state(), state)
    assert history.loss == pytest.approx(losses, rel=1e-13)  # without the penalty
    assert history.gradient_norm == pytest.approx(norms, rel=1e-13)
    assert train(monitor_gradients=True).gradient_norm == pytest.approx(by_hand()[2], rel=1e-13)


def test_without_shuffling_the_samples_come_in_order():
    seen = []
    train(shuffle=False, epochs=1, loss=lambda p, y: seen.extend(y.ravel()) or nn.losses.mse(p, y))
    assert seen == Y.ravel().tolist()


def test_both_tiers_train_alike():
    numbers = nn.MLP(2, [4, 1], activation="tanh", rng=np.random.default_rng(6))
    arrays = numbers.to_tensors()
    options = {"validation": 0.3, "metric": lambda outputs, y: np.abs(outputs - y).max(), "max_norm": 1.0}
    of_arrays = train(arrays, **options)
    of_numbers = train(numbers, (X, Y[:, 0]), **options)
    for name in ("loss", "validation_loss", "metric", "validation_metric", "gradient_norm"):
        assert getattr(of_numbers, name) == pytest.approx(getattr(of_arrays, name), rel=1e-12)
    ours = numbers.to_tensors().state()
    assert_same(arrays.state(), ours, 1e-12)


def test_several_outputs_of_values_reach_the_metric_as_rows():
    shapes = []
    train(
        nn.MLP(2, [3], rng=np.random.default_rng(0)), (X, np.arange(10) % 3), loss=nn.losses.cross_entropy,
        metric=lambda z, y: shapes.append((type(z), z.shape, y.shape)) or 0, validation=(X[:4], np.arange(4) % 3),
    )  # fmt: skip
    assert shapes == 3 * [(np.ndarray, (10, 3), (10,)), (np.ndarray, (4, 3), (4,))]


def test_float32_stays_float32():
    model, seen = line(np.float32), []
    train(
        model, (X.astype(np.float32), Y.astype(np.float32)), validation=0.2,
        loss=lambda p, y: seen.append({p.dtype, y.dtype}) or nn.losses.mse(p, y),
    )  # fmt: skip
    assert all(dtypes == {np.dtype(np.float32)} for dtypes in seen)
    assert {array.dtype for array in model.state().values()} == {np.dtype(np.float32)}


def test_the_metric_sees_what_the_batches_gave():
    seen = []
    history = train(metric=lambda outputs, y: seen.append((outputs, y)) or len(seen))
    assert history.metric == [1, 2, 3]
    losses = [np.mean((outputs - y) ** 2) for outputs, y in seen]
    assert losses == pytest.approx(history.loss, rel=1e-13)


def test_a_model_may_give_several_arrays():
    class Two(nn.Module):
        def __init__(self):
            self.line, self.other = line(), nn.Linear(2, 3, rng=np.random.default_rng(0))

        def __call__(self, x):
            return self.line(x), self.other(x)

    history = train(Two(), loss=lambda outputs, y: nn.losses.mse(outputs[0], y), validation=(X, Y))
    assert history.loss == pytest.approx(train(validation=(X, Y)).loss)


class Spy(nn.Module):
    """A line that notes how it is called."""

    def __init__(self):
        self.line, self.calls = line(), []

    def __call__(self, x):
        y = self.line(x)
        self.calls.append((self.training, y.is_leaf, len(x)))
        return y


def test_held_out_samples_are_drawn_by_rng_and_judged_in_evaluation_mode():
    _, X_held, _, y_held = nn.data.train_test_split(X, Y, test_size=0.3, rng=np.random.RandomState(5))
    model = Spy()
    history = train(model, validation=0.3, epochs=1)
    error = X_held @ model.line.W.data + model.line.b.data - y_held
    assert history.validation_loss == pytest.approx([np.mean(error**2)])
    learning, recorded = True, False
    assert model.calls == [(learning, recorded, 4), (learning, recorded, 3), (not learning, False, 3)]
    assert not model.training  # ready for use


def test_many_held_out_samples_are_judged_in_parts():
    many = np.tile(X, (EVALUATION_BATCH // 9, 1)), np.tile(Y, (EVALUATION_BATCH // 9, 1))
    parts, whole = Spy(), line()
    history = train(parts, validation=many, metric=lambda outputs, y: len(outputs))
    again = train(whole, validation=(X, Y))
    assert [n for training, _, n in parts.calls if not training][:2] == [
        EVALUATION_BATCH,
        len(many[0]) - EVALUATION_BATCH,
    ]
    assert history.validation_loss == pytest.approx(again.validation_loss, rel=1e-12)
    assert history.validation_metric == [len(many[0])] * 3


# --- how it ends --------------------------------------------------------------------------------------------


def rise_after(n):
    """A loss for validation that falls for n epochs, then rises; training is not concerned."""
    judged = []

    def loss(predictions, targets):
        if predictions.is_leaf or predictions.is_constant:
            judged.append(1)
            return abs(n - len(judged)) + 0.5
        return nn.losses.mse(predictions, targets)

    return loss


def test_patience_and_the_best_weights():
    states, model = [], line()
    history = train(
        model, validation=(X, Y), loss=rise_after(3), epochs=20, patience=2, restore_best=True,
        on_epoch=lambda history: states.append(model.state()),
    )  # fmt: skip
    assert history.validation_loss == [2.5, 1.5, 0.5, 1.5, 2.5]
    assert (len(history), history.best_epoch, history.stopped_early) == (5, 2, True)
    assert_same(model.state(), states[2], 0)
    assert states[2]["W"].tolist() != states[4]["W"].tolist()


def test_restoring_takes_buffers_along():
    class Counting(Spy):
        def __init__(self):
            super().__init__()
            self.count = np.zeros(())

        def __call__(self, x):
            self.count += self.training
            return super().__call__(x)

    model = Counting()
    train(model, validation=(X, Y), loss=rise_after(1), epochs=3, restore_best=True)
    assert model.count == 3  # the batches of one epoch


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_loss_that_is_not_finite_stops_before_the_step(bad):
    model, states = line(), []

    def loss(predictions, targets):
        states.append(model.state())
        return nn.losses.mse(predictions, targets) * (bad if len(states) == 5 else 1.0)

    with pytest.raises(
        DivergedError, match=f"epoch 2, batch 2 of 3: the loss is {bad} with the learning rate 0.1; the"
    ):
        train(model, loss=loss)
    assert_same(model.state(), states[-1], 0)
    assert not model.training


def test_a_loss_may_be_nan_because_the_data_are():
    dirty = X.copy()
    dirty[3, 1] = np.nan
    with pytest.raises(DivergedError, match="because X holds NaN or infinity; repair or leave out those rows"):
        train(data=(dirty, Y))
    with pytest.raises(DivergedError, match="because y holds"):
        train(data=(X, np.where(dirty[:, :1] > 9, 0, np.inf)))


@pytest.mark.parametrize(("pressed_at", "epochs_done"), [(1, 0), (3, 1), (5, 1)])
def test_ctrl_c_ends_after_the_batch_at_hand(pressed_at, epochs_done):
    model, calls = line(), []

    def loss(predictions, targets):
        calls.append(model.state())
        if len(calls) == pressed_at:
            signal.raise_signal(signal.SIGINT)
        return nn.losses.mse(predictions, targets)

    history = train(model, loss=loss)
    assert history.interrupted and not history.stopped_early
    assert len(calls) == pressed_at
    assert len(history) == len(history.lr) == epochs_done
    assert not np.array_equal(model.W.data, calls[-1]["W"])  # the step was made
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_ctrl_c_raises_at_once():
    def loss(predictions, targets):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        pytest.fail("it went on")

    with pytest.raises(KeyboardInterrupt):
        train(loss=loss)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_another_handler_or_thread_is_left_alone():
    handlers = []
    thread = threading.Thread(target=lambda: handlers.append(train(on_epoch=lambda _: handlers.append(handler()))))

    def handler():
        return signal.getsignal(signal.SIGINT)

    thread.start()
    thread.join()
    assert handlers[:3] == [signal.default_int_handler] * 3 and len(handlers[3]) == 3
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        train(on_epoch=lambda _: handlers.append(handler()))
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    assert handlers[4:] == [signal.SIG_IGN] * 3


# --- what it shows ------------------------------------------------------------------------------------------


def test_progress_is_about_ten_plain_lines_and_a_summary(capsys):
    train(epochs=40, progress=True, validation=0.2, metric=lambda outputs, y: 0.875)
    *lines, summary = capsys.readouterr().out.splitlines()
    number = r"\d\S* *"
    pattern = rf"epoch ( 1|[ 1-4][02468])/40   loss {number}validation {number}metric 0.875 *validation 0.875"
    assert len(lines) == 11
    assert all(re.fullmatch(pattern, text) for text in lines)
    pattern = (
        rf"40 epochs in \S+ s: loss {number}-> {number}, validation loss {number}-> {number}\(best .* in epoch 40\)"
    )
    assert re.match(pattern, summary)


def test_nothing_is_shown_when_that_is_wished(capsys):
    train(progress=False)
    assert capsys.readouterr() == ("", "")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_on_a_terminal_and_none_in_a_notebook(monkeypatch):
    monkeypatch.setattr(tqdm, "monitor_interval", 0)
    printed = []
    for module in ("io", "ipykernel.iostream"):
        stream = type("Stream", (Terminal,), {"__module__": module})()
        monkeypatch.setattr(sys, "stdout", stream)
        train(progress=True)
        printed.append(stream.getvalue())
    assert "\repoch 0/3 " in printed[0] and printed[0].count("\n") == 1
    assert "\r" not in printed[1] and printed[1].count("\n") == 4


def test_a_note_stands_above_the_bar(monkeypatch):
    monkeypatch.setattr(tqdm, "monitor_interval", 0)
    monkeypatch.setattr(sys, "stdout", Terminal())
    with Progress(2) as progress:
        progress.note("so far")
    assert "\rso far\n" in sys.stdout.getvalue().replace(" \r", "\r")


def test_history_in_one_line():
    history = History(loss=[1.0], metric=[0.5], seconds=[2.0], stopped_early=True)
    assert str(history) == "1 epoch in 2.0 s: loss 1 -> 1, metric 0.5 -> 0.5, stopped early"
    assert str(History(interrupted=True)) == "no epoch was completed, interrupted"
    assert History().best_epoch is None
    assert History(validation_loss=[np.nan, 2.0, np.nan, 2.0]).best_epoch == 1


def test_history_draws_its_losses():
    ax = History(loss=[3.0, 2.0], validation_loss=[3.0, 2.5]).plot()
    assert {text.get_text() for text in ax.texts} == {"training", "validation"}
    assert History(loss=[3.0]).plot(ax) is ax
    plt.close(ax.figure)


def test_the_rate_of_a_schedule_is_recorded():
    assert train(lr=lambda step: 0.1 / (1 + step)).lr == pytest.approx([0.1, 0.1 / 4, 0.1 / 7])


# --- what it refuses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"data": X}, "data is a pair (X, y) of arrays, samples on the first axis, not ndarray"),
        ({"data": (X, Y[:9])}, "data: X has shape (10, 2) and y (9, 1); both have the samples on the first axis"),
        ({"data": (X, 3.0)}, "data: X has shape (10, 2) and y (); both"),
        ({"data": (X[:0], Y[:0])}, "data holds no samples: X has shape (0, 2)"),
        ({"data": (X, ["a"] * 10)}, "data: X has dtype float64 and y <U1; both are plain arrays of numbers"),
        ({"batch_size": 0}, "batch_size=0: pass a whole number >= 1, or None for all 10 samples at once"),
        ({"batch_size": 2.5}, "batch_size=2.5: pass a whole number"),
        ({"epochs": 0}, "epochs=0: pass a whole number >= 1"),
        ({"patience": 0, "validation": 0.5}, "patience=0: pass a whole number of epochs >= 1, or None"),
        ({"patience": 2}, "patience goes by the validation loss: pass validation=0.2, say, or validation=(X, y)"),
        ({"restore_best": True}, "restore_best goes by the validation loss"),
        ({"validation": 1.5}, "validation=1.5: pass a share between 0 and 1, or a pair (X, y)"),
        ({"validation": (X, Y[:9])}, "validation: X has shape (10, 2) and y (9, 1)"),
        ({"loss": lambda p, y: 0.5}, "loss(predictions, targets) gave 0.5: it must be computed from the predictions"),
        ({"loss": lambda p, y: p - y}, "loss(predictions, targets) has shape (4, 1): take its mean"),
        ({"penalty": lambda params: params[0]}, "penalty(parameters) has shape (2, 1): take its sum"),
        ({"metric": lambda outputs, y: outputs - y}, "metric(outputs, targets) gave array(["),
        ({"metric": lambda outputs, y: None}, "metric(outputs, targets) gave None: it must be one plain number"),
        ({"data": (Tensor(X), Y)}, "data: X is a Tensor; pass its plain array, X.data"),
        ({"optimiser": nn.optim.SGD([Value(1.0)], lr=1)}, "the optimiser updates no parameter of this model"),
        ({"rng": "seed"}, "rng='seed' is no source of random numbers"),
        ({"data": (X, Y[:, 0])}, "predictions have shape (4, 1) and targets (4,)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(options, message):
    with pytest.raises((ValueError, TypeError), match=re.escape(message)):
        train(**options)


def test_data_may_be_lists():
    assert train(data=(X.tolist(), Y.tolist())).loss == train().loss


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"model": "mlp"}, "the model is 'mlp'; it is a Module"),
        ({"loss": "mse"}, "loss='mse': pass a function, such as nn.losses.mse"),
        ({"optimiser": "adam"}, "optimiser='adam': pass one made, such as nn.optim.Adam"),
        ({"optimiser": nn.optim.SGD}, "optimiser=<class .*: pass one made"),
    ],
)
def test_what_fit_is_made_of(changed, text):
    model = nn.Linear(1, 1)
    whole = {"model": model, "loss": nn.losses.mse, "optimiser": nn.optim.SGD(model.parameters(), lr=0.1)} | changed
    with pytest.raises(TypeError, match=text):
        fit(data=(np.ones((2, 1)), np.ones((2, 1))), epochs=1, **whole)
