"""One hidden layer fits any continuous function, the closer the more neurons; depth bends it with far fewer.

A network with one hidden layer of 2, 8, 32 and 128 tanh neurons learns sin(3x) + x/2, and |x|, whose corner no tanh
has. The theorem says that good weights exist, and nothing of finding them: so beside what training finds stands a
layer of ReLU neurons whose weights are written down, one straight piece a neuron. At last a deep network of two
neurons a layer, whose teeth double with every layer. You will see the fits, both errors, and the teeth.

From: "Chapter 3: Neural Networks", part 10.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

import nn
from demos.command import Run
from nn.plot import BLUE, COLOURS, GREY, INK, MARKERS, ORANGE

SECONDS = (4, 2)  # in full, and with --quick

TARGETS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sin(3x) + x/2": lambda x: np.sin(3 * x) + x / 2,
    "|x|": np.abs,
}
SIZES = (2, 8, 32, 128)
X = np.linspace(-2, 2, 64)[:, None]  # (64, 1), to learn from
BETWEEN = np.linspace(-2, 2, 1001)[:, None]  # (1001, 1), to judge by
LAYERS = 5  # of the deep network


def main(quick: bool = False, *, epochs: int = 2000, lr: float = 0.02, **flags: Any) -> int:
    """Fit both functions with every size, write weights down, count the teeth of a deep network, draw."""
    with Run("universal_approximation", quick=quick, **flags) as run:
        epochs = min(epochs, 500) if quick else epochs
        found = {name: [fitted(f, n, epochs, lr, run.seed) for n in SIZES] for name, f in TARGETS.items()}
        trained = {name: [error(model, TARGETS[name]) for model in models] for name, models in found.items()}
        written = {name: [error(interpolant(f, n), f) for n in SIZES] for name, f in TARGETS.items()}
        run.say(f"root mean square error with {', '.join(map(str, SIZES))} neurons, at {len(BETWEEN)} points:")
        targets = {"sin(3x) + x/2": 0.03, "|x|": 0.03} if quick else {"sin(3x) + x/2": 0.01, "|x|": 0.01}
        for name, errors in trained.items():
            run.expect(
                errors[-1] < targets[name] and errors[-1] < errors[0] / 4,
                f"{name}, {epochs} steps of training: {listed(errors)} "
                f"(expected: at the end below {targets[name]} and a quarter of the first)",
            )
        wave = written["sin(3x) + x/2"]
        run.expect(
            15 < wave[2] / wave[3] < 17,
            f"sin(3x) + x/2, weights written down: {listed(wave)} (expected: 4 times the neurons, 1/16 of the error)",
        )
        run.expect(
            written["|x|"][0] < 1e-15,
            f"|x|, weights written down: {listed(written['|x|'])} (expected: 0, two straight pieces are enough)",
        )
        teeth(run)
        draw(run, found, trained, written)
    return run.status


def fitted(f: Callable[[np.ndarray], np.ndarray], n: int, epochs: int, lr: float, seed: int) -> nn.Sequential:
    """A hidden layer of n tanh neurons, trained; at first each of them bends somewhere between -2 and 2."""
    rng = np.random.default_rng(seed)
    hidden, output = nn.Linear(1, n, rng=rng, init=nn.init.normal(3.0)), nn.Linear(n, 1, rng=rng, init="xavier")
    hidden.b.update(np.subtract, rng.uniform(-2, 2, n) * hidden.W.data[0])
    model = nn.Sequential(hidden, nn.Tanh(), output)
    rate = nn.schedules.cosine(lr, total=epochs)
    nn.train.fit(
        model,
        (X, f(X)),
        loss=nn.losses.mse,
        optimiser=nn.optim.Adam(model.parameters(), lr=rate),
        epochs=epochs,
        batch_size=None,
        shuffle=False,
        progress=False,
    )
    return model


def interpolant(f: Callable[[np.ndarray], np.ndarray], n: int) -> nn.Sequential:
    """A hidden layer of n ReLU neurons, not trained: n straight pieces between n + 1 points of f.

    Neuron k begins at the point k and changes the slope there: f(x0) + sum of change_k relu(x - x_k).

    >>> model = interpolant(np.square, 2)
    >>> model(np.array([[-2.0], [-1.0], [0.0], [2.0]])).data.ravel().tolist()
    [4.0, 2.0, 0.0, 4.0]
    """
    points = np.linspace(-2, 2, n + 1)  # (n + 1,)
    changes = np.diff(np.diff(f(points)) / np.diff(points), prepend=0.0)  # (n,)
    return network(
        (np.ones((1, n)), -points[:-1]),
        (changes[:, None], f(points[:1])),
    )


def deep_teeth(layers: int) -> nn.Sequential:
    """Two ReLU neurons a layer fold [0, 1] in two, 2 relu(a) - 4 relu(a - 1/2), and the next layer folds that.

    >>> deep_teeth(2)(np.array([[0.0], [0.25], [0.5], [0.75], [1.0]])).data.ravel().tolist()
    [0.0, 1.0, 0.0, 1.0, 0.0]
    """
    shift, fold = np.array([0.0, -0.5]), np.array([[2.0], [-4.0]])
    later = [(np.hstack([fold, fold]), shift)] * (layers - 1)
    return network((np.ones((1, 2)), shift), *later, (fold, np.zeros(1)))


def network(*weights: tuple[np.ndarray, np.ndarray]) -> nn.Sequential:
    """A ReLU network with these weights W (d_in, d_out) and biases b (d_out,) of each layer."""
    steps: list[nn.Module] = []
    for W, b in weights:
        layer = nn.Linear(*W.shape, init="zeros")
        layer.load_state({"W": W, "b": b})
        steps += [layer, nn.ReLU()]
    return nn.Sequential(*steps[:-1])


def error(model: nn.Sequential, f: Callable[[np.ndarray], np.ndarray]) -> float:
    """The root mean square error between the points that it learned from, too."""
    return float(np.sqrt(nn.losses.mse(model(BETWEEN), f(BETWEEN)).item()))


def listed(errors: list[float]) -> str:
    """Errors in a row."""
    return ", ".join(f"{e:.2g}" for e in errors)


def pieces(model: nn.Sequential) -> int:
    """How many straight pieces the output has on [0, 1], where its corners are multiples of 1/1024.

    >>> pieces(deep_teeth(3))
    8
    """
    y = model(np.linspace(0, 1, 1025)[:, None]).data[:, 0]
    return 1 + sum(bool(before != after) for before, after in pairwise(np.diff(y)))


def teeth(run: Run) -> None:
    """Straight pieces against parameters, deep and shallow."""
    count = {layers: pieces(deep_teeth(layers)) for layers in range(1, LAYERS + 1)}
    run.expect(
        count == {layers: 2**layers for layers in count},
        f"straight pieces with 1 to {LAYERS} layers of two neurons: {', '.join(map(str, count.values()))} "
        "(expected: doubled by every layer)",
    )
    deep = sum(p.data.size for p in deep_teeth(LAYERS).parameters())
    shallow = 3 * 2**LAYERS + 1  # a neuron a piece: weight, bias, output weight; and the output's bias
    run.say(f"{2**LAYERS} pieces take {deep} parameters in {LAYERS} layers, and {shallow} in one: a neuron a piece")


def draw(
    run: Run, found: dict[str, list[nn.Sequential]], trained: dict[str, list[float]], written: dict[str, list[float]]
) -> None:
    """The fits, the errors over the number of neurons, and the teeth."""
    figure = run.figure(13, 9)
    (left, right), (errors, deep) = figure.subplots(2, 2)
    for ax, (name, models) in zip((left, right), found.items(), strict=True):
        ax.plot(BETWEEN, TARGETS[name](BETWEEN), color=GREY, linewidth=6, alpha=0.35)
        ends = []
        for k, (n, model) in enumerate(zip(SIZES, models, strict=True)):
            y = model(BETWEEN).data[:, 0]
            ax.plot(BETWEEN[:, 0], y, color=COLOURS[k], linewidth=1.6, linestyle=("-", "--", "-.", ":")[k])
            ends.append((2.0, y[-1], f"{n} neurons", COLOURS[k]))
        ax.set(title=f"{name} (grey), learned by one hidden layer", xlabel="x", ylabel="output", xlim=(-2, 2))
        nn.plot.label_ends(ax, ends)

    ends = []
    for k, (label, numbers) in enumerate(
        [
            *((f"{name}, trained (tanh)", row) for name, row in trained.items()),
            ("sin(3x) + x/2, written down (ReLU)", written["sin(3x) + x/2"]),
        ]
    ):
        errors.loglog(SIZES, numbers, marker=MARKERS[k], color=COLOURS[k], linestyle="--" if k == 2 else "-")
        ends.append((SIZES[-1], numbers[-1], label.replace(", ", ",\n"), COLOURS[k]))
    errors.set(title="More neurons, less error", xlabel="hidden neurons", ylabel="root mean square error")
    errors.set_xticks(SIZES, map(str, SIZES))
    errors.minorticks_off()
    nn.plot.label_ends(errors, ends)

    x = np.linspace(0, 1, 1025)[:, None]
    for layers, colour, width in ((LAYERS, BLUE, 1.3), (2, ORANGE, 2.5)):
        deep.plot(x, deep_teeth(layers)(x).data, color=colour, linewidth=width, label=f"{layers} layers")
    deep.set(title=f"Two neurons a layer: {LAYERS} layers, {2**LAYERS} pieces", xlabel="x", ylabel="output")
    deep.set(xlim=(0, 1), ylim=(0, 1.18))
    deep.legend(loc="upper center", ncols=2, labelcolor=INK)
    run.save(
        figure,
        "universal_approximation.png",
        "Above, sin(3x) + x/2 and |x| with what networks of 2, 8, 32 and 128 hidden neurons learned: errors "
        + " and ".join(listed(row) for row in trained.values())
        + f". Below left, these errors over the neurons, and {listed(written['sin(3x) + x/2'])} for weights that are "
        f"written down. Below right, the {2 ** (LAYERS - 1)} teeth of a network of {LAYERS} layers of two neurons, "
        "and the 2 teeth of 2 layers.",
    )
