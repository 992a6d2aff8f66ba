"""Sigmoid, ReLU and tanh over their slopes: the sigmoid's is never above 0.25, tanh's reaches 1, ReLU's is 0 or 1.

Nobody writes a derivative down: the engine finds all three, and they are compared with the formulas and the tables of
the documents. ReLU has no slope at 0; by agreement it is 0 there. Below the curves you will see the slopes that
gradients are multiplied by on their way back, and above that tanh is a sigmoid stretched to -1 ... 1.

From: "Multi-Layer Perceptron (1 Hidden Layer)", step 1; "Neural Networks Solutions - Module 6", exercises 2.1 to 2.3;
"Chapter 3: Neural Networks", parts 5 and 11.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from autograd import Value, elementwise_grad, ops
from demos.command import Run
from demos.style import BLUE, GREY, ORANGE

SECONDS = (2, 2)  # in full, and with --quick


class Curve(NamedTuple):
    """An activation, its derivative by formula, and the document's table of both."""

    title: str
    f: Callable[[Any], Any]
    formula: Callable[[np.ndarray], np.ndarray]  # of the outputs: how the slope follows from them
    table: dict[float, tuple[float, float]]  # z: f(z), f'(z)


CURVES = {
    "sigmoid": Curve(
        "Sigmoid: 1 / (1 + $e^{-z}$)",
        ops.sigmoid,
        lambda a: a * (1 - a),
        {-2: (0.1192, 0.105), -1: (0.2689, 0.1966), 0: (0.5, 0.25), 1: (0.7311, 0.1966), 2: (0.8808, 0.105)},
    ),
    "relu": Curve(
        "ReLU: max(0, z)",
        ops.relu,
        lambda a: (a > 0).astype(float),
        {-2: (0, 0), -1: (0, 0), -0.1: (0, 0), 0: (0, 0), 0.1: (0.1, 1), 1: (1, 1), 2: (2, 1)},
    ),
    "tanh": Curve(
        "tanh: ($e^z - e^{-z}$) / ($e^z + e^{-z}$)",
        ops.tanh,
        lambda a: 1 - a**2,
        {-2: (-0.964, 0.0707), -1: (-0.7616, 0.42), 0: (0, 1), 1: (0.7616, 0.42), 2: (0.964, 0.0707)},
    ),
}
Z = np.linspace(-5, 5, 1001)  # 0 is among them


def main(quick: bool = False, **flags: Any) -> int:
    """Print the tables, compare slopes with formulas, draw."""
    with Run("activations", quick=quick, **flags) as run:
        for name, curve in CURVES.items():
            table(run, name, curve)
        extremes(run)
        draw(run)
    return run.status


def slope(f: Callable[[Any], Any], z: float) -> float:
    """The derivative of f at one number, by backward().

    >>> slope(ops.tanh, 0.0)
    1.0
    """
    x = Value(z)
    f(x).backward()
    return x.grad


def table(run: Run, name: str, curve: Curve) -> None:
    """The document's values and slopes, and the formula of the slope at 1001 places."""
    run.say(f"{'z':>7} {name + '(z)':>11} {name + chr(39) + '(z)':>11}")
    for z, expected in curve.table.items():
        got = (curve.f(float(z)), slope(curve.f, z))
        run.expect(
            bool(np.allclose(got, expected, rtol=0, atol=5.001e-5)),
            f"{z:5.1f} {got[0]:11.4f} {got[1]:11.4f}   (expected {expected[0]:g} and {expected[1]:g})",
        )
    apart = float(np.max(np.abs(elementwise_grad(curve.f)(Z) - curve.formula(curve.f(Z)))))
    run.expect(apart < 1e-15, f"slope by the engine and by formula, at {len(Z)} places: at most {apart:.0e} apart")


def extremes(run: Run) -> None:
    """The largest slopes, tanh as a sigmoid, and what happens far away from 0."""
    slopes = {name: elementwise_grad(curve.f)(Z) for name, curve in CURVES.items()}
    top = {name: (Z[slopes[name].argmax()], slopes[name].max()) for name in ("sigmoid", "tanh")}
    run.expect_numbers("steepest place of the sigmoid, and its slope there", top["sigmoid"], [0, 0.25])
    said = "the document: always less than 1"
    run.expect_numbers("steepest place of tanh, and its slope there", top["tanh"], [0, 1], note=said)
    run.expect(
        np.count_nonzero(slopes["tanh"] >= 1) == 1,
        f"tanh' is 1 at {np.count_nonzero(slopes['tanh'] >= 1)} of {len(Z)} places and less at the others (expected 1)",
    )
    run.expect_numbers("ReLU'(0), where there is none", slope(ops.relu, 0.0), 0)
    apart = float(np.max(np.abs(ops.tanh(Z) - (2 * ops.sigmoid(2 * Z) - 1))))
    run.expect(apart < 1e-15, f"tanh(z) and 2 sigmoid(2z) - 1: at most {apart:.0e} apart (expected 0)")
    through_ten = float(np.max(elementwise_grad(lambda z: reduce(lambda a, _: ops.sigmoid(a), range(10), z))(Z)))
    run.expect(
        1e-7 < through_ten < 0.25**10,
        f"through ten sigmoids a gradient keeps at most {through_ten:.1e} of itself (expected: below 0.25^10, 9.5e-07)",
    )
    far = np.array([-1000.0, -10.0, 10.0, 1000.0])
    run.expect_numbers(f"sigmoid at {far.tolist()}", ops.sigmoid(far), [0, 4.54e-05, 0.9999546, 1], decimals=7)
    run.expect_numbers("and its slope", elementwise_grad(ops.sigmoid)(far), [0, 4.54e-05, 4.54e-05, 0], decimals=7)


def draw(run: Run) -> None:
    """Three functions above, their slopes below; a curve that jumps is drawn in two pieces."""
    figure = run.figure(14, 7.5)
    axes = figure.subplots(2, 3, sharex=True, sharey="row")
    for (above, below), (name, curve) in zip(axes.T, CURVES.items(), strict=True):
        slopes = elementwise_grad(curve.f)
        for part in (Z <= 0, Z > 0):
            above.plot(Z[part], curve.f(Z[part]), color=BLUE)
            below.plot(Z[part], slopes(Z[part]), color=ORANGE)
        for ax in (above, below):
            ax.axhline(0, color=GREY, linewidth=0.8, zorder=1)
            ax.axvline(0, color=GREY, linewidth=0.8, zorder=1)
            ax.label_outer()
        below.plot(0, slope(curve.f, 0.0), "o", color=ORANGE)
        above.set_title(curve.title)
        below.set_xlabel("z")
        if name == "tanh":
            above.plot(Z, ops.sigmoid(Z), ":", color=GREY, label="sigmoid")
            below.plot(Z, elementwise_grad(ops.sigmoid)(Z), ":", color=GREY, label="the sigmoid's")
            above.legend(loc="upper left")
            below.legend(loc="upper left")
    axes[0, 0].set(ylabel="f(z)", ylim=(-1.2, 3))
    axes[1, 0].set(ylabel="f′(z)", ylim=(-0.06, 1.12), xlim=(-5, 5))
    axes[1, 0].annotate("at most 0.25", (0, 0.25), (8, 6), textcoords="offset points")
    axes[1, 1].plot(0, 1, "o", color=ORANGE, markerfacecolor="white", zorder=3)
    axes[1, 1].annotate("0 at 0, by agreement", (0, 0), (-8, 8), textcoords="offset points", ha="right")
    axes[1, 2].annotate("1 at 0", (0, 1), (8, 2), textcoords="offset points")
    run.save(
        figure,
        "activations.png",
        "Six panels over z from -5 to 5: sigmoid, ReLU and tanh, and below them their slopes. The sigmoid's slope is "
        "at most 0.25, ReLU's jumps from 0 to 1, with 0 at 0, tanh's reaches 1 at 0 and only there.",
    )
