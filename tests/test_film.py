"""The film of a training: its page holds the numbers of the run, and in a browser scrubs through them."""

import base64
import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import Tensor, Value
from autograd.viz import Film, frame, record, stepper
from autograd.viz.arrays import arrays_of, layers_of, scales, sizes_of
from autograd.viz.charts import ticks

ROOT = Path(__file__).parents[1]
ODD = ["<b>x</b>", "</script>", "\"'&", "σ λ 🙂"]
X, Y = nn.data.moons(40, noise=0.1, rng=0)


def tensors(steps=6, sizes=(2, 5, 3, 1)):
    """Frames of a network of Tensors, and what each step's loss, parameters and gradients were."""
    rng = np.random.default_rng(0)
    layers = [nn.Linear(a, b, rng=rng) for a, b in pairwise(sizes)]
    model = nn.Sequential(*(part for layer in layers for part in (layer, nn.Tanh())))
    optimiser = nn.optim.SGD(model.parameters(), lr=0.5)
    frames, run = [], []
    for _ in range(steps):
        loss = nn.losses.bce_with_logits(model(X), Y.reshape(-1, 1))
        optimiser.zero_grad()
        loss.backward()
        frames.append(frame(loss, model.named_parameters(), lambda P: model(P).sigmoid(), X, Y, lr=optimiser.lr))
        run.append(
            (
                loss.item(),
                *(np.concatenate([getattr(p, what).ravel() for p in model.parameters()]) for what in ("data", "grad")),
            )
        )
        optimiser.step()
    return frames, run


def neurons(steps=3):
    """Frames of a network of Values."""
    model = nn.MLP(2, [3, 1], activation="tanh", output="sigmoid", rng=np.random.default_rng(0))
    frames = []
    for _ in range(steps):
        model.zero_grad()
        loss = nn.losses.bce([model(x) for x in X[:5]], Y[:5])
        loss.backward()
        frames.append(frame(loss, model.named_parameters(), model.to_tensors(), X, Y))
        for p in model.parameters():
            p.data -= 0.5 * p.grad
    return frames, model


def leaves(names=("w", "b"), steps=4):
    """Recordings of a neuron written by hand; its input is a leaf, too."""
    w, b = 0.5, 0.0
    runs = []
    for _ in range(steps):
        x, p, q = Value(2.0, name="x"), Value(w, name=names[0]), Value(b, name=names[1])
        loss = (1 - (p * x + q).sigmoid()) ** 2
        runs.append(record(loss))
        loss.backward()
        w, b = p.data - p.grad, q.data - q.grad
    return runs


def classes():
    """Frames of three classes, of W x + b in columns."""
    X, y = nn.data.blobs(30, rng=0)
    W, b = np.random.default_rng(0).normal(size=(3, 2)), np.zeros((3, 1))
    frames = []
    for _ in range(3):
        Wt, bt = Tensor(W), Tensor(b)
        loss = nn.losses.cross_entropy((Wt @ X.T + bt).T, y)
        loss.backward()
        frames.append(frame(loss, {"W": Wt, "b": bt}, lambda P, W=W, b=b: nn.losses.ops.softmax((W @ P.T + b).T), X, y))
        W, b = W - 0.1 * Wt.grad, b - 0.1 * bt.grad
    return frames


def squares():
    """Frames of arrays that are no chain of layers."""
    K = Tensor(np.linspace(-1, 1, 12).reshape(3, 4), name="K")
    frames = []
    for gain in (1.0, 2.0):
        K.update(np.multiply, gain)
        loss = (K * K * gain).sum()
        K.grad = None
        loss.backward()
        frames.append(frame(loss, {"K": K, "gamma": Tensor(np.ones(5) * gain), ODD[0]: Value(gain)}))
    return frames


def data_in(page):
    return json.loads(re.findall(r'<script id="data" type="application/json">(.*?)</script>', str(page), re.DOTALL)[0])


def decoded(text, dtype="<f4"):
    return np.frombuffer(base64.b64decode(text), dtype)


# Frames -----------------------------------------------------------------------------------------------------------


def test_the_page_holds_the_numbers_of_the_training():
    frames, run = tensors()
    data = data_in(stepper(frames))
    assert data["losses"] == [loss for loss, _, _ in run]
    for k, name in ((1, "values"), (2, "gradients")):
        expected = np.concatenate([step[k] for step in run])
        np.testing.assert_array_equal(decoded(data[name]), expected.astype("<f4"))
    norms = [np.linalg.norm(gradients) for _, _, gradients in run]
    np.testing.assert_allclose([shot.gradient_norm for shot in frames], norms, rtol=1e-14)


def test_a_frame_changes_nothing():
    w, b = Tensor([[1.0], [2.0]], name="w"), Value(0.5, name="b")
    loss = (w * b).sum()
    loss.backward()
    before = [x.copy() if isinstance(x, np.ndarray) else x for p in (w, b, loss) for x in (p._raw, p.grad)]
    shot = frame(loss, {"w": w, "b": b}, lambda P: P[:, 0] > 0, X, Y)
    w.grad[:] = 7
    assert shot.gradients == {"w": [[0.5], [0.5]], "b": 3.0}
    after = [x for p in (w, b, loss) for x in (p._raw, p.grad)]
    after[1] = before[1]
    for x, y in zip(before, after, strict=True):
        np.testing.assert_array_equal(x, y)
    assert not w.exposed


def test_neurons_and_their_arrays_make_the_same_page():
    frames, model = neurons()
    film = stepper(frames)
    assert [(x.name, x.shape) for x in film.arrays] == [
        ("layers.0.w", (2, 3)), ("layers.0.b", (3,)), ("layers.1.w", (3, 1)), ("layers.1.b", (1,)),
    ]  # fmt: skip
    for p in model.parameters():  # back to the weights of the last frame
        p.data += 0.5 * p.grad
    expected = np.concatenate([p.data.ravel() for p in model.to_tensors().parameters()])
    np.testing.assert_allclose(film.values[-1], expected, rtol=1e-14)
    assert [x.weights.shape for x in film.layers] == [(2, 3), (3, 1)]


@given(st.lists(st.integers(1, 6), min_size=2, max_size=5), st.booleans(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_chains_are_found_in_both_orientations(sizes, turned, columns):
    shapes = {}
    for l, (a, b) in enumerate(pairwise(sizes)):
        shapes[f"W{l}"] = (b, a) if turned else (a, b)
        shapes[f"b{l}"] = ((b, 1) if turned else (1, b)) if columns else (b,)
    layers = layers_of(arrays_of(shapes))
    assert layers is not None
    found = [len(layers[0].weights), *(x.weights.shape[1] for x in layers)]
    assert found == sizes
    assert all(x.biases.size == d_out for x, d_out in zip(layers, sizes[1:], strict=True))


def test_what_is_no_chain():
    others = (
        {"W": (2, 33)}, {"W": (2, 3), "gamma": (4,)}, {"a": (), "b": ()}, {"K": (2, 3, 4)}, {"V": (2, 3), "W": (2, 3)}
    )  # fmt: skip
    assert [layers_of(arrays_of(shapes)) for shapes in others] == [None] * len(others)
    assert [len(layers_of(arrays_of({"W1": (2, 2), name: (2, 1)}))) for name in ("W2", "b1")] == [2, 1]
    odd = {"w[0][0]": (), "w[1][1]": (), "v[0, 0]": (), "v[0, 1]": (), "s": ()}
    assert [(x.name, x.shape) for x in arrays_of(odd)] == [("w[0][0]", ()), ("w[1][1]", ()), ("v", (1, 2)), ("s", ())]


def test_recordings_make_a_film_without_their_data():
    film = stepper(leaves(), title="one neuron")
    assert repr(film) == "<Film 'one neuron': 4 frames, loss 0.0723 → 0.0151>"
    assert [x.name for x in film.arrays] == ["w", "b"]  # x has a gradient, yet never moves


def test_the_plane():
    frames, _ = tensors(1)
    plane = frames[0].plane
    grid = np.array(plane.grid)
    span = X.max(axis=0) - X.min(axis=0)
    np.testing.assert_allclose([plane.low, plane.high], [X.min(axis=0) - 0.12 * span, X.max(axis=0) + 0.12 * span])
    assert abs(grid.size - 1600) < 60
    assert frames[0].numbers["accuracy"] == 1 - len(plane.wrong) / 40
    sent = decoded(data_in(stepper(frames))["plane"]["grids"], np.uint8).reshape(grid.shape).astype(float) - 128
    np.testing.assert_allclose(0.5 + 0.5 * np.sign(sent) * (sent / 127) ** 2, grid, atol=0.005)
    three = classes()[0].plane
    assert np.shape(three.grid)[2] == 3 and three.classes == (0, 1, 2)
    np.testing.assert_allclose(np.sum(three.grid, axis=2), 1)


def test_gradients_that_are_missing():
    w = Value(2.0)
    frames = [frame(w * w, {"w": w})]
    assert frames[0].gradient_norm is None
    data = data_in(stepper(frames))
    assert data["absent"] == [[0]] and data["numbers"]["gradient norm"] == ["·"]


def test_a_number_called_step():
    film = stepper([frame(1.0, {"w": Value(1.0)}, step=k) for k in (0, 10)])
    assert (
        film.position == "frame" and "<dt>frame</dt>" in str(film) and data_in(film)["numbers"]["step"] == ["0", "10"]
    )


def test_sizes_of_nothing():
    groups = np.array([0, 0, 1])
    largest = scales(groups, np.array([[1.0, -2.0, 0.0], [np.nan, np.inf, 0.0]]))
    assert largest.tolist() == [2.0, 0.0]
    assert sizes_of(np.array([np.nan, -1.0, 0.0]), largest[groups]).tolist() == [0.0, 0.5, 0.0]


def test_ticks():
    for low, high in ((0.0, 1.0), (-3.0, 250.0), (0.1, 0.1001), (5.0, 5.0)):
        assert len(ticks(low, high, False)) <= 6
    assert ticks(1e-9, 1.0, True)[0] == 1e-9 and len(ticks(1e-9, 1.0, True)) <= 5


# What is refused --------------------------------------------------------------------------------------------------


def test_films_that_cannot_be():
    frames, _ = tensors(2)
    with pytest.raises(ValueError, match=r"no frames: append frame\(loss, names\) to the list at each step"):
        stepper([])
    with pytest.raises(TypeError, match=r"frames\[1\] is 3.0; a film is made of what autograd.viz.frame"):
        stepper([frames[0], 3.0])
    w, v = {"w": Value(1.0)}, {"w": Tensor([1.0, 2.0])}
    plain, plane = frame(1.0, w), frame(1.0, w, lambda P: P[:, 0] > 0, X, Y)
    differing = {
        "parameters than frames[0], which lacks v": (plain, frame(1.0, {**w, "v": Value(1.0)})),
        "parameters than frames[0], w (2,), not (): a film": (plain, frame(1.0, v)),
        "numbers than frames[0], which has lr": (frame(1.0, w, lr=0.1), plain),
        "numbers than frames[0], which lacks accuracy": (plain, plane),
        "plane than frames[0], other points": (plane, frame(1.0, w, lambda P: P[:, 0] > 0, X + 1, Y)),
    }
    for message, pair in differing.items():
        with pytest.raises(ValueError, match=re.escape(f"frames[1] has other {message}")):
            stepper(pair)
    large = frame(1.0, {"W": Tensor(np.ones((50, 100)))})
    with pytest.raises(ValueError, match=r"401 frames hold 4,010,000 numbers; .* Show fewer: stepper\(frames\[::2\]\)"):
        stepper([large] * 401)


def test_frames_that_cannot_be():
    w = Value(1.0)
    bad_losses = {
        r"the loss is None: a film shows numbers": (TypeError, None),
        r"the loss is '0.3': a film shows numbers": (TypeError, "0.3"),
        r"the loss is nan: end the film here": (ValueError, Value(float("nan"))),
        r"the loss has shape \(3,\): a film shows single numbers, such as its .mean\(\)": (ValueError, np.ones(3)),
    }
    for message, (kind, loss) in bad_losses.items():
        with pytest.raises(kind, match=message):
            frame(loss, {"w": w})
    with pytest.raises(TypeError, match="lr is 'fast': a film shows numbers"):
        frame(1.0, {"w": w}, lr="fast")
    with pytest.raises(ValueError, match=r"names has no parameters, only \['y'\]: give model.named_parameters\(\)"):
        frame(1.0, {"y": w * 2})
    with pytest.raises(ValueError, match="several parameters are called w: give each a name of its own"):
        frame(1.0, [("w", w), ("w", Value(1.0))])
    with pytest.raises(ValueError, match=r"these 1 parameters have 5,100 entries; a frame holds at most 5,000"):
        frame(1.0, {"W": Tensor(np.ones((51, 100)))})


def test_recordings_that_cannot_be():
    large = Tensor(np.ones(2000), name="x")
    with pytest.raises(ValueError, match=r"the recording of t1 has no leaves to show: take frame\(loss, names\)"):
        stepper([record(large.sum())])
    with pytest.raises(TypeError, match=r"the loss is None|the loss is \["):
        stepper([record(large * 2)])


def test_planes_that_cannot_be():
    def shot(predict=lambda P: P[:, 0] > 0, X=X, y=Y):
        return frame(1.0, {"w": Value(1.0)}, predict, X, y)

    with pytest.raises(ValueError, match=r"only together; here predict=..., X=..., y=None"):
        shot(y=None)
    with pytest.raises(ValueError, match=r"X has shape \(40, 3\) and y \(40,\); a plane takes X \(n, 2\)"):
        shot(X=np.ones((40, 3)))
    with pytest.raises(ValueError, match=r"predict maps \(40, 2\) to \(2, 40\); it is to give \(40,\) or one row each"):
        shot(predict=lambda P: P.T)
    with pytest.raises(ValueError, match=r"probabilities lie in 0..1: take the sigmoid of one score"):
        shot(predict=lambda P: 10 * P[:, 0])
    with pytest.raises(
        ValueError, match=r"y holds 0, 2; where predict gives 1 number a point, it is to hold 0 and 1, or"
    ):
        shot(y=2 * Y)
    with pytest.raises(ValueError, match=r"y holds 0, 5; where predict gives 3 numbers a point, it is to hold 0 .. 2"):
        shot(predict=lambda P: np.full((len(P), 3), 1 / 3), y=5 * Y)


# The file ---------------------------------------------------------------------------------------------------------


def test_it_is_one_file_that_reaches_for_nothing():
    text = str(stepper(tensors()[0]))
    assert "default-src 'none'" in text
    assert re.findall(r"https?://[^\"' ]*", text) == []
    assert "Storage" not in text and "fetch(" not in text and "{{" not in text and " style=" not in text


def test_200_frames_of_a_network_are_small():
    frames, _ = tensors(1, sizes=(2, 16, 16, 1))
    assert len(str(stepper(frames * 200)).encode()) < 1_500_000


def test_names_are_only_names():
    text = str(stepper(leaves(ODD[:2]), title="</title><script>alert(1)</script>")) + str(stepper(squares()))
    assert "<b>x" not in text and "<script>alert" not in text and text.count("</script>") == 4
    assert [x["name"] for x in data_in(stepper(leaves(ODD[2:])))["arrays"]] == ODD[2:]


def test_saving_and_notebooks(tmp_path):
    film = stepper(tensors(2)[0])
    assert isinstance(film, Film)
    assert film.save(tmp_path / "film.html").read_text(encoding="utf-8") == str(film)
    with pytest.raises(ValueError, match=r"the name ends in \.html"):
        film.save(tmp_path / "film.png")
    bundle = film._repr_mimebundle_()
    assert bundle["text/plain"].startswith("<Film 'Training, step by step': 2 frames, loss 0.")
    assert bundle["text/html"].startswith("<iframe") and "<script" not in bundle["text/html"]


@pytest.mark.slow
def test_the_same_bytes_in_every_process():
    pages = "''.join(str(t.stepper(x)) for x in (t.tensors()[0], t.neurons()[0], t.squares()))"
    program = f"import hashlib, test_film as t; print(hashlib.sha256({pages}.encode()).hexdigest())"
    found = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
        ).stdout
        for seed in ("0", "77")
    }  # fmt: skip
    assert len(found) == 1


# With a browser ---------------------------------------------------------------------------------------------------


SHOWN = """document.getElementById('cards').innerText + document.getElementById('numbers').innerText
    + document.getElementById('weights').innerHTML + document.querySelector('#curve').innerHTML
    + (document.getElementById('regions') ? document.getElementById('regions').toDataURL() : '')"""
STEP = "Number(document.body.dataset.step)"


@pytest.mark.slow
@pytest.mark.parametrize("make", [lambda: tensors()[0], leaves, classes, squares])
def test_scrubbing_back_shows_the_same(show, make):
    frames = make()
    tab = show(stepper(frames))
    forwards = []
    for k in range(len(frames)):
        assert tab.evaluate(STEP) == k
        forwards.append(tab.evaluate(SHOWN))
        tab.keyboard.press("ArrowRight")
    assert len(set(forwards)) == len(frames)
    for k in range(len(frames) - 2, -1, -1):
        tab.keyboard.press("ArrowLeft")
        assert tab.evaluate(SHOWN) == forwards[k]


@pytest.mark.slow
def test_keys_links_and_play(show):
    tab = show(stepper(tensors()[0]), after="#step=99")
    assert tab.evaluate(STEP) == 5
    for key, step in {"Home": 0, "ArrowRight": 1, "End": 5, "ArrowLeft": 4}.items():
        tab.keyboard.press(key)
        assert tab.evaluate(STEP) == step
    tab.focus("#slider")
    tab.keyboard.press("ArrowLeft")
    assert tab.evaluate(STEP) == 3 and tab.evaluate("location.hash") == "#step=3"
    tab.focus("#step")
    tab.keyboard.press("Space")
    assert tab.evaluate(STEP) == 4
    tab.evaluate("document.activeElement.blur()")
    tab.select_option("#speed", label="fast")
    tab.evaluate("document.activeElement.blur()")
    tab.keyboard.press("Home")
    tab.keyboard.press("Space")
    tab.locator("body[data-step='5']").wait_for()
    assert "play" in tab.inner_text("#play") and tab.evaluate("location.hash") == "#step=5"


@pytest.mark.slow
def test_a_neuron_tells_its_numbers(show):
    frames, run = tensors()
    tab = show(stepper(frames), after="#step=2")
    tab.focus("[data-layer='1'][data-neuron='3']")
    numbers = [float(x.replace("−", "-")) for x in tab.locator("#readout .number").all_inner_texts()]
    _, values, gradients = run[2]
    places = [10 + 3, 3, 5 + 3]  # b, and W (2, 5) before it
    np.testing.assert_allclose(numbers, [x[k] for k in places for x in (values, gradients)], atol=6e-5)
    assert tab.locator("line.chosen").count() == 2
    tab.keyboard.press("g")
    assert tab.inner_text("#what") == "gradients"
    widest = float(tab.inner_text("#scale").split(": ")[1])
    assert widest == pytest.approx(np.abs(gradients[[*range(10), *range(15, 30), *range(33, 36)]]).max(), abs=6e-5)
    tab = show(stepper(squares()), after="#step=1")
    tab.hover(".map >> nth=0", position={"x": 3, "y": 3})
    assert "K" in tab.inner_text("#readout") and "[0, 0]" in tab.inner_text("#readout")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("theme", "make"),
    [("light", lambda: tensors()[0]), ("dark", lambda: tensors()[0]), ("light", squares), ("dark", leaves)],
)
def test_sizes_and_themes(show, hindrances, theme, make):
    tab = show(stepper(make()), 420, 800, after="#step=1", color_scheme=theme, bypass_csp=True)
    assert tab.evaluate("document.scrollingElement.scrollWidth") <= 420
    small = """Math.min(...[...document.querySelectorAll('svg text, main *, header *')].filter(e => e.checkVisibility())
        .map(e => parseFloat(getComputedStyle(e).fontSize)))"""
    assert tab.evaluate(small) >= 11
    assert tab.evaluate("document.getAnimations().length") == 0
    assert hindrances(tab) == []
    before = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    tab.click("#theme")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != before


@pytest.mark.slow
def test_all_fits_one_screen(show):
    tab = show(stepper(tensors()[0]))
    assert tab.evaluate("document.getElementById('cards').getBoundingClientRect().bottom") <= 760
    assert tab.evaluate("document.scrollingElement.scrollWidth") <= 1400


@pytest.mark.slow
def test_without_javascript(show):
    frames, _ = tensors()
    tab = show(stepper(frames), java_script_enabled=False)
    assert tab.locator("#network:visible").count() == tab.locator("svg.still:visible").count() == 1
    assert not tab.locator("#controls").is_visible() and not tab.locator("#readout").is_visible()
    assert tab.inner_text("#at") == "5" and f"{frames[-1].loss:.4f}" in tab.inner_text("#numbers")
    tab.click("summary")
    assert tab.inner_text("#text").count("\n") == 6


@pytest.mark.slow
def test_copying(show):
    tab = show(stepper(leaves()), permissions=["clipboard-read", "clipboard-write"])
    tab.click("summary")
    tab.click("#copy")
    tab.locator("#copy:has-text('copied ✓')").wait_for()
    lines = tab.inner_text("#text").splitlines()
    assert lines[0].split() == ["step", "loss", "gradient", "norm"] and len(lines) == 5
