"""Every demo runs and meets its target; the command lists them, helps, and says what is wrong with a call.

``python -m demos`` itself is run once, in a process of its own; everything else calls the same functions here.
"""

import doctest
import inspect
import io
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from tqdm import tqdm

import nn
from demos import __main__ as command_line
from demos import moons
from demos.command import Progress, Run

ROOT = Path(__file__).parents[1]
DEMOS = command_line.registry()
MODULES = sorted(path.stem for path in (ROOT / "demos").glob("*.py"))
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
FILES = {
    "activations": {"activations.png"},
    "batchnorm": {"batchnorm.png"},
    "circles": {"data.png", "circles.png"},
    "clipping": {"clipping.png"},
    "compare_activations": {"compare_activations.png"},
    "deep_moons": {"deep_moons.png"},
    "depth": {"depth.png"},
    "digits": {"pictures.png", "learning.png"},
    "dropout": {"dropout.png"},
    "errata": {"cost.png", "heat_map.png", "softmax.png", "vanishing.png", "loss_gradients.png", "converged.png"},
    "film": {"moons.html", "xor_learned.html", "xor_stuck.html"},
    "finite_differences_cost": {"cost.png"},
    "forward_pass": {"forward_pass.png"},
    "gradient_check": {"scatter.png", "errors.png"},
    "gradient_descent": {"trajectories.png", "convergence.png"},
    "initialisation": {"activations.png", "neurons.png"},
    "learning_rates": {"learning_rates.png"},
    "linear_collapse": {"linear_collapse.png"},
    "loss_landscape": {"landscape.png"},
    "losses": {"losses.png"},
    "manual_backprop": {"network.png"},
    "minibatches": {"document.png", "comparison.png"},
    "mnist": {"training.png", "confusion.png", "mistakes.png", "weights.png"},
    "mnist_neurons": {"training.png", "weights.png"},
    "momentum": {"momentum.png"},
    "moons": {"loss.png", "boundary.png", "neuron.html", "neuron.svg"},
    "network_diagram": {"networks.png", "flow.png"},
    "one_hidden_layer": {"one_hidden_layer.png"},
    "one_neuron": {"one_neuron.png"},
    "optimisers": {"optimisers.png"},
    "regularisation": {"remedies.png", "scales.png"},
    "residual": {"residual.png"},
    "schedules": {"schedules.png"},
    "softmax_jacobian": {"softmax_jacobian.png"},
    "stepper": {"index.html", "chapter_3_exercise_1.html", "module_6_exercise_4_3.html", "solutions.txt"},
    "universal_approximation": {"universal_approximation.png"},
    "vanishing_gradients": {"vanishing_gradients.png"},
    "vectorize": {"vectorize.png", "program.svg"},
    "why_accumulate": {"accumulate.png"},
    "why_topological_order": {"orders.png"},
    "why_zero_grad": {"zero_grad.png"},
    "width": {"width.png"},
    "xor": {"xor.png"},
}


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


# --- the demos ----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", DEMOS)
def test_each_demo_meets_its_quick_target_and_saves_what_it_says(name, tmp_path, capsys):
    assert DEMOS[name].main(quick=True, out=tmp_path) == 0
    printed = capsys.readouterr().out
    paths = [Path(path) for path in re.findall("^saved (.*)$", printed, re.MULTILINE)]
    assert FILES[name] <= {path.name for path in paths}
    assert set(paths) == set((tmp_path / name).iterdir())
    assert all(path.stat().st_size > 500 for path in paths)
    assert "✗" not in printed


def test_a_demo_changes_neither_backend_nor_style(tmp_path, monkeypatch):
    before = dict(mpl.rcParams.copy())
    monkeypatch.setattr(mpl, "use", lambda *_, **__: pytest.fail("the backend was changed"))
    assert moons.main(quick=True, epochs=1, hidden=(2,), out=tmp_path) == 1
    assert dict(mpl.rcParams.copy()) == before


@pytest.mark.slow
def test_the_same_seed_prints_the_same_numbers(tmp_path, capsys):
    printed = []
    for seed in (5, 5, 6):
        moons.main(quick=True, epochs=3, hidden=(3,), seed=seed, out=tmp_path)
        printed.append(re.sub(r", \d+\.\d s", "", capsys.readouterr().out))
    assert printed[0] == printed[1]
    assert printed[0].replace("seed 5", "") != printed[2].replace("seed 6", "")


def test_moons_draws_a_neuron(tmp_path, capsys):
    moons.main(quick=True, epochs=1, hidden=(2,), out=tmp_path, quiet=True)
    printed = capsys.readouterr().out
    for name in ("neuron.svg", "neuron.html"):
        text = (tmp_path / "moons" / name).read_text(encoding="utf-8")
        assert all(f">{x}<" in text for x in ["w0", "w1", "b", "x0", "x1"])
        assert f"saved {tmp_path / 'moons' / name}" in printed


@pytest.mark.parametrize("hidden", [(1,), (4,), (3, 2), (2, 3, 2)], ids=str)
def test_moons_closed_form_equals_the_engine(hidden):
    rng = np.random.default_rng(7)
    X, y = rng.normal(size=(9, 2)), rng.choice([-1.0, 1.0], 9)
    network = nn.MLP(2, [*hidden, 1], rng=rng)
    loss, moment = moons.forward(network, X, y)
    assert moment.loss == loss.data
    assert moons.difference_from_hand(loss, network, X, y) < 1e-15
    assert moons.difference_from_neurons(network, X) < 1e-14


def test_moons_closed_form_equals_central_differences():
    rng = np.random.default_rng(8)
    X, y = rng.normal(size=(9, 2)), rng.choice([-1.0, 1.0], 9)
    layers = [(rng.normal(size=shape), rng.normal(size=shape[1])) for shape in [(2, 4), (4, 3), (3, 1)]]

    def loss():
        scores = moons.activations(layers, X)[-1][:, 0]
        return np.mean(np.maximum(0, 1 - y * scores)) + moons.DECAY * sum(
            np.sum(p * p) for pair in layers for p in pair
        )

    gradients = moons.closed_form_gradients(layers, X, y)
    for p, gradient in ((p, g) for pairs in zip(layers, gradients, strict=True) for p, g in zip(*pairs, strict=True)):
        for i in np.ndindex(p.shape):
            kept, step = p[i], 1e-6
            p[i] = kept + step
            above = loss()
            p[i] = kept - step
            assert (above - loss()) / (2 * step) == pytest.approx(gradient[i], abs=1e-8)
            p[i] = kept


def test_moons_notices_a_wrong_gradient(tmp_path, capsys, monkeypatch):
    right = moons.closed_form_gradients
    monkeypatch.setattr(moons, "closed_form_gradients", lambda *a: [(W + 1e-9, b) for W, b in right(*a)])
    assert moons.main(quick=True, epochs=1, hidden=(2,), out=tmp_path) == 1
    assert "✗ gradients against the closed form: largest difference 1.0e-09 before" in capsys.readouterr().out


def test_moons_does_not_take_nan_for_success(tmp_path, capsys):
    assert moons.main(quick=True, lr=1e200, hidden=(3,), out=tmp_path) == 1
    printed = capsys.readouterr().out
    assert "the loss grows beyond all bounds: try a smaller learning rate" in printed
    assert "nan after" in printed
    assert printed.count("✗") == 3
    assert FILES["moons"] <= {path.name for path in (tmp_path / "moons").iterdir()}


def test_moons_stops_when_settled():
    right, wrong = moons.Moment(0.1, 1.0), moons.Moment(0.1, 0.99)
    assert [moons.spotless(history) for history in ([right], [wrong], [right, wrong, right, right])] == [1, 0, 2]


# --- Ctrl-C -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [1, 5])
def test_ctrl_c_saves_what_there_is(after, tmp_path, capsys, monkeypatch):
    forward, calls = moons.forward, []

    def interrupted(*arguments):
        calls.append(1)
        if len(calls) == 2 + after:  # two calls come before the first update
            raise KeyboardInterrupt
        return forward(*arguments)

    monkeypatch.setattr(moons, "forward", interrupted)
    assert moons.main(quick=True, hidden=(3,), out=tmp_path) == 130
    assert FILES["moons"] <= {path.name for path in (tmp_path / "moons").iterdir()}
    printed = capsys.readouterr().out
    assert f"interrupted in step {after}: going on with what there is" in printed
    assert f"from update 0 to {after}" in printed  # the update whose report never came has been made
    assert printed.endswith("interrupted; the files above are complete\n")


def test_ctrl_c_outside_of_the_training_ends_the_run(tmp_path):
    with Run("story", out=tmp_path) as run:
        raise KeyboardInterrupt
    assert run.status == 130


def test_ctrl_c_ends_all(monkeypatch):
    class Story:
        calls = 0

        @classmethod
        def main(cls):
            cls.calls += 1
            return 130

    assert command_line.run_all([Story, Story], {}) == 130
    assert Story.calls == 1


# --- the command --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]], ids=str)
def test_the_listing_has_every_demo(arguments, capsys):
    assert command_line.main(arguments) == 0
    printed = capsys.readouterr().out
    for name, module in DEMOS.items():
        full, quick = module.SECONDS
        assert re.search(f"^  {name}  +{re.escape(inspect.getdoc(module).splitlines()[0])}$", printed, re.MULTILINE)
        assert f"about {full} s; with --quick {quick} s" in printed


@pytest.mark.parametrize("name", [*DEMOS, "all"])
def test_help_shows_defaults(name, capsys):
    with pytest.raises(SystemExit) as stop:
        command_line.main([name, "--help"])
    assert stop.value.code == 0
    printed = " ".join(capsys.readouterr().out.split())
    for option in ["--seed N", "--out DIR", "--quick", "--show", "--quiet", "--no-color"]:
        assert option in printed
    assert "same numbers (default: 0)" in printed
    assert "(default: out)" in printed


def test_help_of_moons_shows_its_own_options(capsys):
    with pytest.raises(SystemExit):
        command_line.main(["moons", "--help"])
    printed = " ".join(capsys.readouterr().out.split())
    for text in ["the data (default: 100)", "learning rate (default: 1.0)", "hidden layer (default: 16 16)"]:
        assert text in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mons"], "there is no demo 'mons'; did you mean moons?"),
        (["al"], "there is no demo 'al'; did you mean all?"),
        (["xyzzy"], f"there is no demo 'xyzzy'; there are: {', '.join([*DEMOS, 'all'])}"),
        (["command"], "there is no demo 'command'"),
        (["--quick", "moons"], "the name of a demo comes first, then its options, as in: python -m demos all --quick"),
    ],
)
def test_a_wrong_name(arguments, message, capsys):
    assert command_line.main(arguments) == 2
    assert capsys.readouterr().err.startswith(f"python -m demos: {message}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--epochs 0", "--epochs: '0' is not a whole number above 0"),
        ("--epochs 1.5", "--epochs: '1.5' is not a whole number above 0"),
        ("--seed=-1", "--seed: '-1' is not a whole number from 0 to 2**32 - 1"),
        ("--seed 4294967296", "--seed: '4294967296' is not a whole number from 0 to 2**32 - 1"),
        ("--lr inf", "--lr: 'inf' is not a number above 0"),
        ("--lr nan", "--lr: 'nan' is not a number above 0"),
        ("--lr much", "--lr: 'much' is not a number above 0"),
        ("--hidden 8 x", "--hidden: 'x' is not a whole number above 0"),
        ("--fast", "unrecognized arguments: --fast"),
    ],
)
def test_a_wrong_option(arguments, message, capsys):
    with pytest.raises(SystemExit) as stop:
        command_line.main(["moons", *arguments.split()])
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_options_reach_the_demo(tmp_path, capsys):
    status = command_line.main(
        ["moons", "--quick", "--epochs", "2", "--hidden", "3", "2", "--seed", "4", "--out", str(tmp_path)]
    )
    printed = capsys.readouterr().out
    assert status == 1  # two steps cannot be enough: a missed target is a failure
    assert printed.startswith("moons · seed 4 · ")
    assert f"Python {sys.version.split()[0]} · " in printed
    assert f"NumPy {np.__version__}" in printed
    assert "40 points, 20 parameters" in printed
    assert "step 2/2 " in printed
    assert "✗ accuracy" in printed


def test_quiet_leaves_the_story_out(tmp_path, capsys):
    command_line.main(["moons", "--quick", "--epochs", "1", "--hidden", "2", "--quiet", "--out", str(tmp_path)])
    printed = capsys.readouterr().out.splitlines()
    assert {line.split()[0] for line in printed if not line.startswith("  ")} <= {"moons", "✓", "✗", "saved", "left"}


def test_a_folder_that_cannot_be_made_is_said_before_the_work(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert command_line.main(["moons", "--out", str(tmp_path / "file")]) == 1
    assert "cannot write" in capsys.readouterr().err


def test_show_without_a_display_says_so(tmp_path, capsys):
    with mpl.rc_context({"backend": "agg"}):
        command_line.main(["moons", "--quick", "--epochs", "1", "--hidden", "2", "--show", "--out", str(tmp_path)])
    assert "no windows can be opened here: look at the saved files" in capsys.readouterr().out


@pytest.mark.slow
def test_as_a_command(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-m", "demos", "moons", "--quick", "--epochs", "1", "--hidden", "2"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1, ran.stderr
    assert f"saved {Path('out', 'moons', 'loss.png')}\n" in ran.stdout
    assert "? accuracy" in ran.stdout  # a stream without ✓ does not end the run


@pytest.mark.parametrize(
    ("got", "status"), [(0.35434, 0), ([0.35434], 1), (0.35436, 1), (np.nan, 1)], ids=["right", "shape", "wrong", "nan"]
)
def test_expected_numbers_agree_in_shape_and_to_the_last_decimal(got, status, tmp_path):
    with Run("story", out=tmp_path) as run:
        run.expect_numbers("sigmoid(-0.6)", got, 0.3543)
    assert run.status == status


# --- progress and colours -----------------------------------------------------------------------------------


def steps(run, total):
    with Progress(run, total) as progress:
        for step in progress:
            progress.report(f"loss {step}")


def test_progress_in_a_file_is_about_ten_plain_lines(tmp_path, capsys):
    with Run("story", out=tmp_path) as run:
        steps(run, 200)
    _, *lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["step   1/200   loss 0", "step  20/200   loss 19"]
    assert len(lines) == 11
    assert not set("\r\b\x1b") & set("".join(lines))


def test_progress_on_a_terminal_is_one_line_rewritten(tmp_path, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(tqdm, "monitor_interval", 0)
    with Run("story", out=tmp_path) as run, Progress(run, 200) as progress:
        progress.shown.bar.mininterval = 0
        for step in progress:
            progress.report(f"loss {step}")
    printed = terminal.getvalue()
    assert printed.count("\n") == 1  # after the first line
    assert "\rstep 7/200 " in printed
    assert "loss 6" in printed
    assert " left" in printed


@pytest.mark.parametrize(
    ("environment", "color", "painted"),
    [({}, True, True), ({}, False, False), ({"NO_COLOR": "1"}, True, False), ({"TERM": "dumb"}, True, False)],
)
def test_colours_are_for_terminals_that_want_them(environment, color, painted, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    with Run("story", out=tmp_path, color=color) as run:
        run.expect(True, "well")
    assert ("\x1b[32m✓\x1b[0m well" in sys.stdout.getvalue()) == painted
    assert ("\x1b" in sys.stdout.getvalue()) == painted


# --- documents ----------------------------------------------------------------------------------------------


def test_the_table_of_the_readme_is_in_step_with_the_modules():
    page = (ROOT / "demos" / "README.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| [")]
    expected = []
    for name, module in DEMOS.items():
        text = inspect.getdoc(module)
        full, quick = module.SECONDS
        source = " ".join(re.search(r"^From: (.*)", text, re.MULTILINE | re.DOTALL)[1].split())
        expected.append(f"| [`{name}`]({name}.py) | {text.splitlines()[0]} | {full}, {quick} | {source} |")
    assert rows == expected
    (shared,) = re.findall(r"^Shared by several.*?\n\n", page, re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"\[`(\w+)`\]\(\1\.py\)", shared)) == {*MODULES} - {*DEMOS, "__init__", "__main__"}


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings(name):
    assert doctest.testmod(import_module(f"demos.{name}"), optionflags=FLAGS).failed == 0
