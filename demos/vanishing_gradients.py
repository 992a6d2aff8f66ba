"""Ten sigmoid layers let one 100,000th of the gradient through; ten ReLU layers at He's scale, more than half.

A gradient of ten ones goes back through ten layers of ten neurons, and its norm is taken after each of them. First the
document's own two networks: its ReLU is drawn at 1/50 of sigmoid's scale and does far worse, against what is said
below its figure. Then many networks at scales that suit each activation, and ReLU at five scales, from vanishing to
exploding. You will see the norms from the output back to the input.

From: "Neural Networks Solutions - Module 6", exercise 6.1; "Chapter 3: Neural Networks", part 11.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import nn
from autograd import Tensor, Value, ops
from demos.command import Run
from demos.module_6 import stream_at
from nn.plot import COLOURS, MARKERS

SECONDS = (3, 2)  # in full, and with --quick

DEPTH, WIDTH = 10, 10
HE, LECUN = np.sqrt(2 / WIDTH), np.sqrt(1 / WIDTH)
FAIR = {"ReLU, √(2/10)": (ops.relu, HE), "sigmoid, 0.5": (ops.sigmoid, 0.5), "tanh, √(1/10)": (ops.tanh, LECUN)}
ONCE = "1.5171e+00 3.3359e-05 3.6615e-01"  # what comes to the input at these scales, drawn with the seed 42
SCALES = {"1": 1.0, "0.5": 0.5, "√(2/10)": HE, "0.2": 0.2, "0.01": 0.01}
SIGMOID = "3.02e-05 9.11e-05 2.48e-04 1.09e-03 4.04e-03 1.47e-02 4.21e-02 1.08e-01 3.67e-01 1.19e+00 3.16e+00"
RELU = "1.25e-17 1.13e-15 6.77e-14 4.52e-12 1.38e-10 2.96e-08 1.42e-06 7.97e-05 3.56e-03 9.63e-02 3.16e+00"

Activation = Callable[[Any], Any]


def main(quick: bool = False, **flags: Any) -> int:
    """Repeat the document's run, measure many networks, draw."""
    with Run("vanishing_gradients", quick=quick, **flags) as run:
        rng = stream_at("6.1")
        sigmoid = gradient_norms(*drawn(rng, 0.5), ops.sigmoid)
        printed = {"ReLU, 0.01": gradient_norms(*drawn(rng, 0.01), ops.relu), "sigmoid, 0.5": sigmoid}
        run.say(f"norm of the gradient at the input (0), and after each layer up to the output ({DEPTH}):")
        for (name, norms), expected in zip(printed.items(), (RELU, SIGMOID), strict=True):
            got = " ".join(f"{norm:.2e}" for norm in norms)
            run.expect(got == expected, f"{name}\n      {got}\n      {expected} expected")
        run.expect(
            printed["ReLU, 0.01"][0] < 1e-10 * sigmoid[0],
            "so the document's ReLU loses far more than its sigmoid; it concludes the opposite (its scales differ)",
        )
        run.expect(
            sigmoid[DEPTH] == np.sqrt(WIDTH),
            f"the last norm is √10, that of the ones put in: {DEPTH} is the output (the document: “0 = output”)",
        )
        slopes(run)

        networks = 100 if quick else 1000
        rng = np.random.default_rng(run.seed)
        fair = {name: many(rng, scale, activation, networks) for name, (activation, scale) in FAIR.items()}
        scales = {name: many(rng, scale, ops.relu, networks) for name, scale in SCALES.items()}
        compare(run, fair, scales)
        draw(run, printed, fair, scales)
    return run.status


def drawn(rng: Any, scale: float) -> tuple[list[np.ndarray], np.ndarray]:
    """The weights of ten layers, normal with that standard deviation, and an input."""
    init = nn.init.normal(scale)
    return [init((WIDTH, WIDTH), rng) for _ in range(DEPTH)], rng.normal(size=WIDTH)


def gradient_norms(weights: Sequence[np.ndarray], x: np.ndarray, activation: Activation) -> np.ndarray:
    """Norms of the gradient at the input and after each layer, from a gradient of ones at the output.

    Shapes: weights (d, d) each, x (d,), the result (number of layers + 1,).
    """
    layers = [Tensor(x)]
    for W in weights:
        layers.append(activation(layers[-1] @ W))
    layers[-1].backward(np.ones(len(x)))
    return np.array([np.linalg.norm(a.grad) for a in layers])


def many(rng: np.random.Generator, scale: float, activation: Activation, networks: int) -> np.ndarray:
    """The norms of so many networks, each drawn anew.

    Shapes: the result is (networks, DEPTH + 1).
    """
    return np.array([gradient_norms(*drawn(rng, scale), activation) for _ in range(networks)])


def slopes(run: Run) -> None:
    """The largest slope there is: ten times sigmoid'(0), and ten times tanh'(0)."""
    for name, activation, expected in (("sigmoid", ops.sigmoid, 0.25**DEPTH), ("tanh", ops.tanh, 1.0)):
        x = Value(0.0)
        a: Any = x
        for _ in range(DEPTH):
            a = activation(a)
            a = a - a.data  # back to 0, where the slope is largest
        a.backward()
        run.expect(
            x.grad == expected,
            f"{DEPTH} times {name} at its steepest: {x.grad:.3g} (expected {expected ** (1 / DEPTH):g}^{DEPTH} = "
            f"{expected:.3g}" + ("; the document says that tanh′ is always below 1)" if name == "tanh" else ")"),
        )


def compare(run: Run, fair: dict[str, np.ndarray], scales: dict[str, np.ndarray]) -> None:
    """What comes to the input, as a median over the networks, and with the seed 42."""
    once = [gradient_norms(*drawn(np.random.RandomState(42), scale), f)[0] for f, scale in FAIR.values()]
    got = " ".join(f"{norm:.4e}" for norm in once)
    run.expect(got == ONCE, f"at fair scales, seed 42: {', '.join(FAIR)}: {got} (expected {ONCE})")
    relu, sigmoid, tanh = (float(np.median(norms[:, 0])) for norms in fair.values())
    run.say(f"medians at the input over {len(fair['sigmoid, 0.5'])} networks each, from {np.sqrt(WIDTH):.2f}:")
    run.expect(1.3 < relu < 2.8, f"ReLU at He's scale {relu:.2f} (expected about 2)")
    run.expect(0.28 < tanh < 0.52, f"tanh at √(1/10) {tanh:.2f} (expected about 0.4)")
    run.expect(2e-5 < sigmoid < 5e-5, f"sigmoid at 0.5 {sigmoid:.1e} (expected about 3e-05)")
    growth = {name: float(np.median(norms[:, 0])) for name, norms in scales.items()}
    run.expect(
        growth["0.01"] < 1e-15 and growth["0.2"] < 1e-2 and 4 < growth["0.5"] < 9 and growth["1"] > 2000,
        "ReLU: " + ", ".join(f"{norm:.2g} at {name}" for name, norm in growth.items()) + " (expected about 5000, 6, 2, "
        "6e-04, 6e-17)",
    )
    run.say("(the document: they explode where weights are above 1; with ten neurons they grow from √(2/10) = 0.45 on)")


def draw(run: Run, printed: dict[str, np.ndarray], fair: dict[str, np.ndarray], scales: dict[str, np.ndarray]) -> None:
    """The norms from the output back to the input: the document's run, fair scales, ReLU at five scales."""
    figure = run.figure(16, 5)
    count = len(fair["sigmoid, 0.5"])
    panels = zip(
        figure.subplots(1, 3),
        ("The document's run: ReLU at 1/50 of the scale", "Fair scales: sigmoid starves", "ReLU: the scale decides"),
        ({name: norms[None] for name, norms in printed.items()}, fair, scales),
        strict=True,
    )
    for ax, title, curves in panels:
        ends = []
        for k, (name, norms) in enumerate(curves.items()):
            colour, middle = COLOURS[k], np.median(norms, axis=0)
            ax.semilogy(middle, marker=MARKERS[k], color=colour, clip_on=False)
            if len(norms) > 1:
                ax.fill_between(
                    range(DEPTH + 1), *np.quantile(norms, (0.1, 0.9), axis=0), color=colour, alpha=0.15, linewidth=0
                )
            ends.append((0, middle[0], f"{name}: {middle[0]:.2g}", colour))
        ax.set(title=title, xlabel="layer, from the output (10) back to the input (0)", ylabel="norm of the gradient")
        ax.set(xlim=(DEPTH, 0), xticks=range(0, DEPTH + 1, 2))
        nn.plot.label_ends(ax, ends)
    run.save(
        figure,
        "vanishing_gradients.png",
        "norms of the gradient, from √10 at the output back to the input, on logarithmic scales. Left, the document's "
        f"networks: sigmoid ends at {printed['sigmoid, 0.5'][0]:.1e}, ReLU with weights of 0.01 at "
        f"{printed['ReLU, 0.01'][0]:.1e}. Middle, medians and the middle 80 % of {count} networks: "
        + ", ".join(f"{name} ends at {np.median(norms[:, 0]):.2g}" for name, norms in fair.items())
        + ". Right, ReLU: "
        + ", ".join(f"{np.median(norms[:, 0]):.2g} at the scale {name}" for name, norms in scales.items())
        + ".",
    )
