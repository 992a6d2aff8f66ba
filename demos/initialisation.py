"""Too small initial weights fade, too large ones saturate, equal ones stay equal; He's keep ReLU's signal alive.

1,000 inputs go through five layers of 100 tanh neurons, whose weights are drawn in five ways, with the document's
seed; then through ReLU, for which He's weights are meant and which the document leaves out. At last networks with
four kinds of weights learn two moons: what becomes of equal weights, of zeros, and how many ReLU neurons die. You
will see the activations layer by layer, and the first layer's neurons before and after training.

From: "Neural Networks Solutions - Module 6", exercise 6.2; "Multi-Layer Perceptron (1 Hidden Layer)", step 4 and Key
Takeaways; "M2: Neural Network from Scratch", reflection question 3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import nn
from autograd import ops
from demos.command import Run
from demos.module_6 import stream_at
from nn.plot import BLUE, GREY, ORANGE

SECONDS = (3, 3)  # in full, and with --quick

INITIALISERS = {
    "zeros": nn.init.zeros,
    "small, 0.01": nn.init.normal(0.01),
    "large, 1": nn.init.normal(1.0),
    "Xavier": nn.init.xavier,
    "He": nn.init.he,
}
SPREADS = {  # the document's standard deviations, with its seed set at the beginning of the exercise
    "zeros": (0, 0, 0, 0, 0),
    "small, 0.01": (0.09959226, 0.00976818, 0.00098548, 0.00009768, 0.00000986),
    "large, 1": (0.95883885, 0.95665844, 0.95726604, 0.95787369, 0.95758742),
    "Xavier": (0.62900445, 0.48805428, 0.40576582, 0.36093712, 0.32971600),
    "He": (0.72214742, 0.63324255, 0.59199999, 0.57049509, 0.56142650),
}
LAST = (  # means and deviations of He, as the document's own stream has them
    (-0.00666791, 0.00060222, -0.00019757, -0.00153414, 0.00005538),
    (0.71714744, 0.63426191, 0.59572683, 0.57592712, 0.56946672),
)
MOONS = {
    "equal, 0.1": nn.init.constant(0.1),
    "zeros": nn.init.zeros,
    "He": nn.init.he,
    "too large, 4": nn.init.normal(4),
}

Initialiser = Callable[[tuple[int, ...], Any], np.ndarray]


class Trained(NamedTuple):
    """The first layer's weights (2, 32) before and after, the loss after each epoch, and the share of dead neurons."""

    before: np.ndarray
    after: np.ndarray
    losses: list[float]
    dead: float


def main(quick: bool = False, *, epochs: int = 500, lr: float = 0.5, **flags: Any) -> int:
    """The document's five, He through ReLU, and what they do to learning."""
    with Run("initialisation", quick=quick, **flags) as run:
        rng = np.random.RandomState(42)
        layers = {name: activations(init, np.tanh, rng) for name, init in INITIALISERS.items()}
        run.say("mean and standard deviation after each of five tanh layers:")
        for name, arrays in layers.items():
            run.say(f"  {name:12} " + "   ".join(f"{a.mean():8.1e} {a.std():7.1e}" for a in arrays))
            run.expect_numbers(f"{name}, deviations", [a.std() for a in arrays], SPREADS[name], decimals=8)
        run.expect_numbers("He, means and deviations as the document prints them", printed_last(), LAST, decimals=8)
        saturated = float(np.mean(np.abs(layers["large, 1"][-1]) > 0.99))
        run.expect(saturated > 0.5, f"large: {saturated:.0%} of the last layer are beyond ±0.99, saturated")
        run.expect(
            layers["Xavier"][-1].std() < 0.6 * layers["Xavier"][0].std(),
            "Xavier through tanh does not keep the deviation, as the document says: it falls by half in five layers",
        )
        layers["He, with ReLU"] = through_relu(run)
        learned = {
            name: learn(init, min(epochs, 100) if quick else epochs, lr, run.seed) for name, init in MOONS.items()
        }
        compare(run, learned)
        draw_layers(run, layers)
        draw_neurons(run, learned)
    return run.status


def activations(init: Initialiser, activation: Callable[[Any], Any], rng: Any, depth: int = 5) -> list[np.ndarray]:
    """1,000 inputs of 100 numbers, and what comes out of each layer.

    Shapes: the results are (1000, 100).
    """
    a = rng.normal(size=(1000, 100))
    arrays = []
    for _ in range(depth):
        a = activation(a @ init((100, 100), rng))
        arrays.append(a)
    return arrays


def printed_last() -> list[list[float]]:
    """The means and deviations that the document prints last: it draws all anew after the figure."""
    rng = stream_at("6.2")
    for _ in ("for the figure", "for the table"):
        last = [activations(init, np.tanh, rng) for init in INITIALISERS.values()][-1]
    return [[a.mean() for a in last], [a.std() for a in last]]


def through_relu(run: Run) -> list[np.ndarray]:
    """Activations of ReLU with He's weights; through 30 layers, compared with Xavier's."""
    deep = {
        name: [
            float(np.sqrt(np.mean(a**2)))
            for a in activations(INITIALISERS[name], ops.relu, np.random.default_rng(run.seed), depth=30)
        ]
        for name in ("Xavier", "He")
    }
    xavier, he = deep["Xavier"][-1], deep["He"][-1]
    run.expect(
        0.25 < he < 4,
        f"ReLU, root mean square after 30 layers from 1: He {he:.2f} (expected about 1: that is its purpose)",
    )
    run.expect(
        abs(xavier / he / 2**-15 - 1) < 1e-9, f"Xavier {xavier:.1e} (expected a 2^-15th of He's: √2 less a layer)"
    )
    return activations(nn.init.he, ops.relu, np.random.RandomState(42))


def learn(init: Initialiser, epochs: int, lr: float, seed: int) -> Trained:
    """Train 2-32-32-1 with ReLU on two moons, all weights drawn by init."""
    X, y = nn.data.moons(200, noise=0.1, rng=seed)
    rng = np.random.default_rng(seed)
    first, second, last = (nn.Linear(d, h, rng=rng, init=init) for d, h in ((2, 32), (32, 32), (32, 1)))
    model = nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), last)
    before = first.W.data.copy()
    history = nn.train.fit(
        model,
        (X, y[:, None]),
        loss=nn.losses.bce_with_logits,
        optimiser=nn.optim.SGD(model.parameters(), lr=lr),
        epochs=epochs,
        batch_size=None,
        shuffle=False,
        progress=False,
    )
    a = model[1](first(X)).data  # (200, 32)
    b = model[3](second(a)).data  # (200, 32)
    dead = np.mean([np.all(neurons == 0, axis=0) for neurons in (a, b)])  # says 0 to every point: no gradient either
    return Trained(before, first.W.data.copy(), history.loss, float(dead))


def compare(run: Run, learned: dict[str, Trained]) -> None:
    """Symmetry, zeros and dead neurons."""
    equal, zeros, he, large = learned.values()
    different = [len(np.unique(weights.T, axis=0)) for weights in (equal.after, he.after)]
    run.expect(
        different == [1, 32],
        f"different neurons among 32 after {len(he.losses)} steps: {different[0]} from equal weights, {different[1]} "
        "from He's (expected 1 and 32)",
    )
    run.expect(
        zeros.dead == 1 and not zeros.after.any() and abs(zeros.losses[-1] - np.log(2)) < 1e-12,
        f"zeros with ReLU: {zeros.dead:.0%} of the neurons dead, loss {zeros.losses[-1]:.4f} (expected 100 %, and ln 2 "
        "for ever)",
    )
    run.expect(
        large.dead > 0.5 and he.dead < 0.25,
        f"dead neurons: {he.dead:.0%} from He's weights, {large.dead:.0%} from weights of 4 (expected: under "
        "25 %, over 50 %)",
    )
    run.expect(
        he.losses[-1] < 0.5 * min(equal.losses[-1], large.losses[-1]),
        f"loss: {he.losses[-1]:.4f} from He's weights, {equal.losses[-1]:.4f} from equal ones, {large.losses[-1]:.4f} "
        "from large ones (expected: He's at most half)",
    )


def draw_layers(run: Run, layers: dict[str, list[np.ndarray]]) -> None:
    """A row of histograms for each initialiser."""
    figure = run.figure(13, 12)
    figure.supxlabel("activation", fontsize=11)
    figure.suptitle("Five layers: zeros stay, small weights fade, large ones saturate", fontweight="bold", fontsize=14)
    for axes, (name, arrays) in zip(figure.subplots(len(layers), 5), layers.items(), strict=True):
        nn.plot.histogram_row(axes, arrays, [f"layer {k}" for k in range(1, 6)])
        for ax in axes:
            ax.locator_params(axis="x", nbins=3)
        axes[0].set_ylabel(name if "ReLU" in name else f"{name}\nwith tanh", fontweight="bold")
    run.save(
        figure,
        "activations.png",
        "Histograms of the activations of five layers for six initialisers. Standard deviations of the first and the "
        "last layer: "
        + ", ".join(f"{name} {a[0].std():.2g} and {a[-1].std():.2g}" for name, a in layers.items())
        + ".",
    )


def draw_neurons(run: Run, learned: dict[str, Trained]) -> None:
    """Every neuron of the first layer as a point, its two weights before and after; the loss curves."""
    figure = run.figure(16, 4.6)
    *panels, losses = figure.subplots(1, len(learned) + 1, width_ratios=[1] * len(learned) + [1.2])
    for ax, (name, result) in zip(panels, learned.items(), strict=True):
        for start, end in zip(result.before.T, result.after.T, strict=True):
            ax.plot(*zip(start, end, strict=True), color=GREY, linewidth=0.8, alpha=0.6)
        ax.plot(*result.before, "o", color=BLUE, markersize=5, label="before")
        ax.plot(*result.after, "s", color=ORANGE, markersize=5, label="after")
        ax.set(xlabel="weight of $x_0$", title=f"{name}\n{result.dead:.0%} dead")
        ax.locator_params(nbins=4)
        ax.locator_params(axis="x", nbins=2)
    panels[0].set_ylabel("weight of $x_1$")
    panels[0].legend()
    nn.plot.loss_curves(losses, {name: result.losses for name, result in learned.items()})
    losses.set_title("Two moons")
    run.save(
        figure,
        "neurons.png",
        "The weights of 32 neurons before and after learning two moons: one point for all where they began equal or as "
        "zeros. "
        + ", ".join(f"{name}: {t.dead:.0%} dead, loss {t.losses[-1]:.3g}" for name, t in learned.items())
        + ".",
    )
