"""Checkpoints: a training that was cut off, anywhere, goes on to the same bits; other files are refused."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import nn
from nn import checkpoints
from nn.checkpoints import CheckpointError
from nn.history import History
from nn.saving import SavedFileError, read_arrays, write_arrays
from nn.train import fit

X, Y = nn.data.moons(48, noise=0.1, rng=0)


class Killed(Exception):
    """What stands for a power cut."""


def network(hidden=6, dropout_seed=2, dropout=0.3):
    rng = np.random.default_rng(1)
    return nn.Sequential(
        nn.Linear(2, hidden, rng=rng), nn.BatchNorm(hidden), nn.Tanh(),
        nn.Dropout(dropout, rng=np.random.default_rng(dropout_seed)), nn.Linear(hidden, 2, rng=rng),
    )  # fmt: skip


class Training:
    """One training: a model, an optimiser, a generator, and fit on them."""

    def __init__(self, path=None, make=nn.optim.Adam, lr=0.05, model=None, rng=None, **options):
        self.model = model or network()
        self.optimiser = make(self.model.parameters(), lr=lr)
        self.rng = rng or np.random.default_rng(3)
        self.options = {"data": (X, Y), "loss": nn.losses.cross_entropy, "epochs": 6, "progress": False} | options
        self.history = History()
        self.options |= {"optimiser": self.optimiser, "rng": self.rng, "checkpoint": path}

    def run(self, **options):
        self.history = fit(self.model, **self.options | options)
        return self

    def cut_off_after(self, epochs):
        """The same training as far as that, in the middle of whose next epoch the power goes."""

        def loss(*arguments):
            if path.exists() and len(checkpoint_of(path)["loss"]) == epochs:
                raise Killed
            return right(*arguments)

        path, right = self.options["checkpoint"], self.options["loss"]
        with pytest.raises(Killed):
            self.run(loss=loss)

    def everything(self):
        """All that could differ."""
        history = vars(self.history) | {"seconds": None}
        generators = [checkpoints._state(rng) for rng in [self.rng, *self.model.generators()]]
        return [
            repr(history),
            checkpoints._to_json(generators),
            *[{name: array.tobytes() for name, array in part.state().items()} for part in (self.model, self.optimiser)],
        ]


def checkpoint_of(path):
    return checkpoints._of_json(read_arrays(path)["text"].tobytes())["history"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.npz"


# --- going on -----------------------------------------------------------------------------------------------


SETTINGS = {
    "plain": {},
    "two by two, in order": {"batch_size": 2, "make": nn.optim.SGD, "shuffle": False},
    "momentum, schedule": {"make": nn.optim.Momentum, "lr": nn.schedules.cosine(0.1, total=12)},
    "best weights": {"validation": 0.25, "restore_best": True, "metric": lambda z, y: np.mean(z.argmax(1) == y)},
    "held out": {"validation": (X[:9], Y[:9]), "patience": 4, "max_norm": 1.0},
}


@pytest.mark.parametrize("epochs", [1, 4])
@pytest.mark.parametrize("options", SETTINGS.values(), ids=SETTINGS)
def test_it_goes_on_as_if_it_had_never_stopped(options, epochs, path):
    whole = Training(**options).run()
    Training(path, **options).cut_off_after(epochs)
    # What is random in a new program does not matter: all of it comes from the file.
    rest = Training(path, model=network(dropout_seed=77), rng=np.random.default_rng(88), **options).run()
    assert rest.everything() == whole.everything()
    assert rest.run().everything() == whole.everything()  # nothing is left to do


@pytest.mark.parametrize(
    "make", [np.random.RandomState, *[lambda seed, b=b: np.random.Generator(b(seed)) for b in (
        np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64, np.random.PCG64DXSM)]],
)  # fmt: skip
def test_every_kind_of_generator_goes_on(make, path):
    model = nn.Sequential(nn.Linear(2, 2, rng=np.random.default_rng(1)), nn.Dropout(0.5, rng=make(4)))
    options = {"validation": 0.25, "epochs": 3}
    whole = Training(model=model, rng=make(5), **options).run()
    model = nn.Sequential(nn.Linear(2, 2, rng=np.random.default_rng(1)), nn.Dropout(0.5, rng=make(4)))
    Training(path, model=model, rng=make(5), **options).cut_off_after(2)
    model = nn.Sequential(nn.Linear(2, 2, rng=np.random.default_rng(9)), nn.Dropout(0.5, rng=make(9)))
    assert Training(path, model=model, rng=make(9), **options).run().everything() == whole.everything()


def test_one_generator_for_all_goes_on(path):
    def alike(path, seed):
        rng = np.random.default_rng(seed)
        model = nn.Sequential(nn.Linear(2, 4, rng=rng), nn.Dropout(0.5, rng=rng), nn.Linear(4, 2, rng=rng))
        return Training(path, model=model, rng=rng, validation=0.25)

    whole = alike(None, 1).run()
    alike(path, 1).cut_off_after(3)
    assert alike(path, 2).run().everything() == whole.everything()


def test_a_network_of_values_goes_on(path):
    def alike(path):
        mlp = nn.MLP(2, [3, 1], activation="tanh", rng=np.random.default_rng(1))
        return Training(path, model=mlp, loss=lambda z, y: nn.losses.hinge(z, 2 * y - 1), epochs=3)

    whole = alike(None).run()
    alike(path).cut_off_after(2)
    assert alike(path).run().everything() == whole.everything()


def test_more_epochs_and_more_patience_may_be_asked_for(path):
    whole = Training(validation=0.25).run()
    Training(path, validation=0.25, epochs=2).run()
    assert Training(path, validation=0.25).run().everything() == whole.everything()
    assert len(Training(path, validation=0.25, epochs=3).run().history) == 6  # they are there already


def test_early_stopping_is_remembered(path):
    options = {"validation": 0.25, "patience": 1, "epochs": 40, "lr": 1.0}
    stopped = Training(path, **options).run()
    again = Training(path, **options).run()
    assert stopped.history.stopped_early and len(stopped.history) < 40
    assert again.everything() == stopped.everything()


def test_after_ctrl_c_within_an_epoch_it_goes_on_from_the_last_whole_one(path):
    def loss(*arguments):
        calls.append(1)
        if (
            len(calls) == 4
        ):  # the second and last batch of the second epoch is the fourth; it is made, and the epoch counts
            signal.raise_signal(signal.SIGINT)
        if len(calls) == 7:  # the first of the two of an epoch
            signal.raise_signal(signal.SIGINT)
        return nn.losses.cross_entropy(*arguments)

    whole, calls = Training().run(), []
    assert (len(Training(path, loss=loss).run().history), len(calls)) == (2, 4)
    assert (len(Training(path, loss=loss).run().history), len(calls)) == (3, 7)
    assert Training(path).run().everything() == whole.everything()


def test_resuming_is_said(path, capsys):
    Training(path, epochs=2).run()
    Training(path, epochs=3).run(progress=True)
    assert capsys.readouterr().out.startswith("resumed after 2 epochs in ")
    Training(path, epochs=3).run(progress=True)
    assert "; nothing is left to do\n3 epochs in" in capsys.readouterr().out


def test_what_on_epoch_changes_goes_on(path):
    def halving(training):
        def halve(history):
            training.optimiser.lr /= 2

        return training.run(on_epoch=halve)

    halving(Training(path, epochs=2))
    assert halving(Training(path)).everything() == halving(Training()).everything()


# --- files that are refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": network(7)}, "weight steps.0.W is float64 (2, 7), there float64 (2, 6); "),
        (
            {"model": nn.Linear(2, 2)},
            "model is Linear(2, 2), there Sequential Linear(2, 6) BatchNorm(6) Tanh() Dropout(0.3) Linear(6, 2); ",
        ),
        ({"model": network(dropout=0.2)}, "Dropout(0.2) Linear(6, 2), there "),
        ({"make": nn.optim.RMSProp}, "optimiser is RMSProp "),
        ({"make": lambda p, lr: nn.optim.Adam(p, lr, betas=(0.8, 0.99))}, "'betas': (0.8, 0.99)"),
        ({"lr": 0.04}, "learning rate is 0.04, there 0.05. Give"),
        ({"lr": nn.schedules.constant(0.05)}, "learning rate is a schedule, there 0.05. Give"),
        ({"data": (X[:40], Y[:40])}, "data is float64 (40, 2) "),
        ({"data": (X + 1e-9, Y)}, "data is float64 (48, 2) "),
        ({"batch_size": 16}, "batch_size is 16, there 32. Give"),
        ({"shuffle": False}, "shuffle is False, there True"),
        ({"validation": 0.5}, "validation is 0.5, there None"),
        ({"max_norm": 1.0}, "max_norm is 1.0, there None"),
        ({"metric": np.mean}, "metric is True, there False"),
        ({"monitor_gradients": True}, "monitor_gradients is True, there False"),
        ({"penalty": nn.losses.l2_penalty}, "penalty is True, there False"),
        (
            {"rng": np.random.RandomState(0)},
            "generators is RandomState(MT19937) Generator(PCG64), there Generator(PCG64) Generator(PCG64)",
        ),
    ],
)  # fmt: skip
def test_a_checkpoint_of_another_training_is_refused_and_nothing_changes(options, message, path):
    Training(path, epochs=1).run()
    before, other = path.read_bytes(), Training(path, **options)
    unchanged = other.everything()
    with pytest.raises(CheckpointError, match="is of another training: ") as refusal:
        other.run()
    assert message in str(refusal.value)
    assert str(refusal.value).endswith("to go on with it, or another path to begin anew")
    assert other.everything() == unchanged
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_named_before_the_training(tmp_path):
    training = Training(tmp_path / "runs" / "a.npz")
    before = training.everything()
    with pytest.raises(CheckpointError, match=r"there is no folder .*runs for a\.npz; make it first"):
        training.run()
    assert training.everything() == before


def test_other_files_are_refused_and_stay(path):
    nn.saving.save(network(), path)
    with pytest.raises(CheckpointError, match=r"run\.npz is no checkpoint of fit: give that another name, or read"):
        Training(path).run()
    write_arrays(path, {"text": np.frombuffer(b"[1, 2", np.uint8)})
    with pytest.raises(CheckpointError, match="is no checkpoint of fit"):
        Training(path).run()
    path.write_bytes(b"mine")
    with pytest.raises(SavedFileError, match=r"it is damaged, cut short, or no \.npz file"):
        Training(path).run()
    assert path.read_bytes() == b"mine"
    with pytest.raises(CheckpointError, match=r"a checkpoint is a file \.npz, not run\.safetensors"):
        Training("run.safetensors").run()


# --- kill -9 ------------------------------------------------------------------------------------------------


class Ballast(nn.Module):
    """Nothing but a large buffer, so that writing takes the most time."""

    def __init__(self):
        self.numbers = np.arange(300_000.0)

    def __call__(self, x):
        return x


def long_training(path):
    rng = np.random.default_rng(1)
    model = nn.Sequential(nn.Linear(2, 8, rng=rng), nn.Dropout(0.3, rng=rng), nn.Linear(8, 2, rng=rng), Ballast())
    lr = nn.schedules.warmup_decay(0.01, steps=20, total=200)
    return Training(path, model=model, lr=lr, rng=rng, epochs=30, validation=0.25, restore_best=True)


def child(path):
    print("it begins", flush=True)
    long_training(Path(path)).run(on_epoch=lambda history: print(len(history), flush=True))


def part_of(path):
    return path.with_name(f".{path.name}.part")


def kill_child(path, lines, seconds, within_writing):
    """Train in another process, and kill that so many seconds after its line of that number, or at its next writing."""
    program = f"import sys; sys.path[:0] = {sys.path!r}; import test_checkpoints as t; t.child({str(path)!r})"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        for _ in range(lines):
            process.stdout.readline()
        time.sleep(seconds)
        while within_writing and process.poll() is None and not part_of(path).exists():
            pass
        process.kill()


@pytest.mark.slow
def test_killed_at_any_moment_it_goes_on_to_the_same_bits(tmp_path):
    whole, moments = long_training(tmp_path / "whole.npz").run().everything(), random.Random(0)
    files = under_way = writing = 0
    for i in range(20):
        path = tmp_path / f"{i}.npz"
        kill_child(path, moments.randint(1, 24), moments.uniform(0, 0.01), within_writing=i % 2)
        writing += part_of(path).exists()
        if path.exists():
            files += 1
            under_way += len(checkpoint_of(path)["loss"]) < 30  # it can be read, wherever the kill fell
        assert long_training(path).run().everything() == whole
    print(f"of 20 kills {files} left a file, {under_way} one of a training under way; {writing} fell within writing")
    assert under_way and writing
    assert not list(tmp_path.glob(".*"))  # what a killed run left is gone
