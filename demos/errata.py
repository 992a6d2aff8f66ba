"""Six figures that the documents print wrong, each beside the one that their formulas really give.

Every pair is computed here from the formulas, the wrong half too: a cost of n x n terms, a heat map of the wrong rows,
a softmax that adds up to 0.8, two networks compared at different scales, one gradient drawn twice, and a learning rate
that is said to converge. You will see on the left what the document shows, on the right what it means to show. All
errors of the documents, 50 in all, stand in docs/documents.md.

From: "Multi-Layer Perceptron (1 Hidden Layer)", steps 4 to 6; "Chapter 3: Neural Networks", part 9; "Neural Networks
Solutions - Module 6", exercise 6.1; "Module 02: Backpropagation and Gradient Descent", section 3 and exercise 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

import nn
from autograd import ShapeError, Tensor, elementwise_grad, ops
from demos.command import Run
from demos.gradient_descent import Step, descend, exercise
from demos.learning_rates import FAR, MINIMUM, arrival
from demos.module_6 import stream_at
from demos.style import BLUE, INK, ORANGE
from demos.two_classes import split
from demos.vanishing_gradients import DEPTH, HE, drawn, gradient_norms, many

SECONDS = (4, 3)  # in full, and with --quick

LOGITS = np.array([-1.2, -0.8, 0.3, -0.5, -1.1, 0.2, -0.9, 3.8, -0.4, 0.1])
PRINTED = np.array([0.005, 0.007, 0.021, 0.009, 0.005, 0.019, 0.006, 0.706, 0.010, 0.017])
SEVEN = 7  # the label of that picture, and the place of its class: the eighth
RATES = (0.01, 0.1, 0.5, 0.9, 1.1)


def main(quick: bool = False, **flags: Any) -> int:
    """Compute and draw the six pairs; returns the exit status: 0 if all numbers are those that are expected."""
    with Run("errata", quick=quick, **flags) as run:
        X, _, y, _ = split(*nn.data.moons(500, noise=0.1, rng=42))
        model = cost_of_a_matrix(run, X, y)
        heat_map(run, model, X)
        softmax_of_a_seven(run)
        vanishing_gradients(run, 100 if quick else 300)
        loss_gradients(run)
        converged(run)
    return run.status


def panels(run: Run, name: str, alt: str, titles: Sequence[str], draw: Sequence[Callable[[Any], object]]) -> None:
    """Save a figure of two panels: what the document shows on the left, what is right on the right."""
    figure = run.figure(13, 4.8)
    for ax, title, fill in zip(figure.subplots(1, 2), titles, draw, strict=True):
        fill(ax)
        ax.set_title(title)
    run.save(figure, name, alt)


# 1. "Multi-Layer Perceptron (1 Hidden Layer)": y (n,) against predictions (n, 1) --------------------------------


def cost_as_written(y: Any, p: Any) -> Any:
    """The document's ``compute_cost``: right for two columns, of n x n terms for y (n,) and p (n, 1)."""
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -(1 / len(y)) * np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))


def documents_network() -> nn.Sequential:
    """The 2-10-1 network with the document's own first weights."""
    rng = np.random.RandomState(42)
    return nn.Sequential(nn.Linear(2, 10, rng=rng), nn.ReLU(), nn.Linear(10, 1, rng=rng))


def cost_of_a_matrix(run: Run, X: np.ndarray, y: np.ndarray) -> nn.Sequential:
    """Train the document's network as it does, and write down both costs; returns the trained network.

    Shapes: X (n, 2), y (n,).
    """
    model = documents_network()
    optimiser = nn.optim.SGD(model.parameters(), lr=0.5)
    steps, column = 2000, y.reshape(-1, 1)
    at, printed, right = [], [], []
    for step in range(steps):
        p = ops.sigmoid(model(X))  # (n, 1)
        loss = nn.losses.bce(p, column)
        if step % 20 == 0 or step == steps - 1:
            at.append(step)
            printed.append(float(cost_as_written(y, p.data)))
            right.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    ends = [printed[0], printed[-1]]
    run.expect_numbers("first and last cost as printed", ends, [357.87, 1634.47], decimals=2, note="it rises")
    ends = [right[0], right[-1]]
    run.expect_numbers("the cost that is meant", ends, [1.29885, 0.00528], decimals=5, note="it falls")
    slopes = [slope_by_first_weight(X, labels) for labels in (y, column)]
    run.expect_numbers("their derivatives by the first entry of W2", slopes, [-46.9382, -0.2455])
    try:
        nn.losses.bce(p, y)
    except ShapeError as error:
        run.expect(True, f"nn.losses refuses these shapes: {error}")
    else:
        run.expect(False, "nn.losses takes these shapes without a word")

    def curve(color: str, costs: Sequence[float]) -> Callable[[Any], object]:
        def draw(ax: Any) -> None:
            ax.plot(at, costs, color=color)
            ax.set(xlabel="iteration", ylabel="cost", ylim=(0, 1.15 * max(costs)))
            for x, cost, shift, side in ((at[0], costs[0], (12, -4), "left"), (at[-1], costs[-1], (0, 10), "right")):
                ax.plot(x, cost, "o", color=color, clip_on=False)
                ax.annotate(f"{cost:.4g}", (x, cost), shift, textcoords="offset points", ha=side, color=INK)

        return draw

    panels(
        run,
        "cost.png",
        f"learning curves of one training: as printed the cost rises from {printed[0]:.0f} to {printed[-1]:.0f}, "
        f"computed on equal shapes it falls from {right[0]:.2f} to {right[-1]:.4f}",
        ("Printed: y (400,) with ŷ (400, 1), 160,000 terms", "Repaired: y (400, 1) with ŷ (400, 1), 400 terms"),
        (curve(ORANGE, printed), curve(BLUE, right)),
    )
    return model


def slope_by_first_weight(X: np.ndarray, y: np.ndarray) -> float:
    """The derivative of the cost as written by the first entry of W2, at the document's first weights.

    Shapes: X (n, 2); y (n,), as in the document, or (n, 1), as it should be.
    """
    model = documents_network()
    cost_as_written(y, ops.sigmoid(model(X))).backward()
    return float(model[2].W.grad[0, 0])


# 2. "Multi-Layer Perceptron (1 Hidden Layer)": hidden activations of the last rows that were computed ------------


def mesh_over(X: np.ndarray, h: float = 0.02) -> np.ndarray:
    """The points at which the document evaluates its decision boundary, row by row from the bottom.

    Shapes: X (n, 2), the result (m, 2).
    """
    xs, ys = (np.arange(column.min() - 0.5, column.max() + 0.5, h) for column in X.T)
    xx, yy = np.meshgrid(xs, ys)
    return np.c_[xx.ravel(), yy.ravel()]


def heat_map(run: Run, model: nn.Sequential, X: np.ndarray) -> None:
    """Draw what the network's hidden layer holds after the boundary was drawn, and what it was meant to hold.

    Shapes: X (n, 2), the training data.
    """
    mesh = mesh_over(nn.data.moons(500, noise=0.1, rng=42)[0])
    run.expect(len(mesh) == 32780, f"the last forward pass had {len(mesh):,} rows (expected 32,780), not {len(X)}")
    rows = [mesh[:50], X[:50]]
    spreads = [float(np.ptp(part[:, 1])) for part in rows]
    run.expect(
        spreads[0] == 0 and spreads[1] > 1,
        f"its first 50 rows are one horizontal line (spread of feature 2: {spreads[0]:.2f}); "
        f"of the training data it is {spreads[1]:.2f}",
    )
    hidden = [model[1](model[0](part)).data for part in rows]  # (50, 10) each
    panels(
        run,
        "heat_map.png",
        "hidden activations: as printed those of 50 neighbouring grid points, smooth stripes; repaired those of "
        "50 training points, in no order",
        ("Printed: 50 grid points of the boundary's mesh", "Repaired: the first 50 training points"),
        [partial(nn.plot.activation_image, A=A) for A in hidden],
    )


# 3. "Chapter 3: Neural Networks": ten logits and their softmax ---------------------------------------------------


def softmax_of_a_seven(run: Run) -> None:
    """Compare the printed probabilities, loss and output error with those of the printed logits."""
    z = Tensor(LOGITS)
    p = ops.softmax(z)
    loss = -np.log(p[SEVEN])
    loss.backward()
    total, got = PRINTED.sum(), p.data
    run.expect_numbers("sum of the printed probabilities", total, 0.805, decimals=3, note="and not 1")
    run.expect_numbers("probability of the seven", got[SEVEN], 0.8740, note="the document: 0.706")
    run.expect_numbers("loss", loss.item(), 0.1347, note="the document: 0.348")
    run.expect_numbers("output error of the seven", z.grad[SEVEN], -0.1260, note="the document: -0.294")

    def bars(probabilities: np.ndarray, color: str) -> Callable[[Any], object]:
        def draw(ax: Any) -> None:
            drawn = ax.bar(range(10), probabilities, color=color)
            ax.bar_label(drawn, [f"{x:.3f}" for x in probabilities], padding=2, color=INK, fontsize=9)
            ax.set(xlabel="digit", ylabel="probability", xticks=range(10), ylim=(0, 1))
            ax.grid(axis="x", visible=False)

        return draw

    panels(
        run,
        "softmax.png",
        f"probabilities of ten digits: printed with 0.706 for the seven and a sum of {total:.3f}, computed with "
        f"{got[SEVEN]:.3f} and a sum of 1",
        (f"Printed: adds up to {total:.3f}, loss 0.348", f"Repaired: adds up to 1, loss {loss.item():.3f}"),
        (bars(PRINTED, ORANGE), bars(got, BLUE)),
    )


# 4. "Neural Networks Solutions - Module 6": gradients through ten layers -----------------------------------------


def documents_norms(relu_scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Norms of the gradient in the document's two networks, sigmoid at 0.5 and ReLU at that scale.

    Shapes: both (DEPTH + 1,), from the input to the output.
    """
    rng = stream_at("6.1")
    return gradient_norms(*drawn(rng, 0.5), ops.sigmoid), gradient_norms(*drawn(rng, relu_scale), ops.relu)


def vanishing_gradients(run: Run, networks: int) -> None:
    """Compare ReLU with sigmoid as the document does, and at scales that suit each; count layers from the input."""
    (sigmoid, small), (_, fair) = documents_norms(0.01), documents_norms(HE)
    got = f"{sigmoid[0]:.2e} and {small[0]:.2e}"
    run.expect(
        got == "3.02e-05 and 1.25e-17",
        f"norms at layer 0 as printed, of sigmoid and ReLU: {got} (expected 3.02e-05 and 1.25e-17)",
    )
    ends = sigmoid[-1], small[-1]
    run.expect(
        np.allclose(ends, np.sqrt(10)),
        f"the norm at layer {DEPTH} is {ends[0]:.3f}, that of the ones put in: so {DEPTH} is the output, not 0",
    )
    rng = np.random.default_rng(run.seed)
    relu, starved = (
        float(np.median(many(rng, scale, activation, networks)[:, 0]))
        for scale, activation in ((HE, ops.relu), (0.5, ops.sigmoid))
    )
    run.expect(
        1 < relu < 4 and starved < 1e-4,
        f"medians over {networks} networks, ReLU at He's scale: {relu:.2f} (expected about 2), "
        f"sigmoid: {starved:.1e} (expected about 3e-05)",
    )

    def norms(relu: np.ndarray, label: str, axis: str) -> Callable[[Any], object]:
        def draw(ax: Any) -> None:
            ax.semilogy(relu, "s-", color=ORANGE, label=f"ReLU, {label}")
            ax.semilogy(sigmoid, "o-", color=BLUE, label="sigmoid, weights N(0, 0.5²)")
            ax.set(xlabel=axis, ylabel="norm of the gradient", xticks=range(DEPTH + 1), ylim=(1e-18, 1e3))
            ax.legend(loc="lower right")

        return draw

    panels(
        run,
        "vanishing.png",
        f"norms of the gradient in ten layers: with weights of 0.01 ReLU's falls to {small[0]:.1e} and sigmoid's to "
        f"{sigmoid[0]:.1e}; at He's scale ReLU's ends at {fair[0]:.1f}",
        ("Printed: ReLU at 1/50 of sigmoid's scale", "Repaired: ReLU at He's scale"),
        (
            norms(small, "weights N(0, 0.01²)", "layer (0 = output): the wrong way round"),
            norms(fair, "weights N(0, 2/10)", "layer (0 = input, 10 = output)"),
        ),
    )


# 5. "Module 02: Backpropagation and Gradient Descent": gradients of two losses -----------------------------------


def loss_gradients(run: Run) -> None:
    """Draw the gradients for the label 1 by z and by ŷ, as the document mixes them, and both by ŷ."""
    p = np.linspace(0.01, 0.99, 200)
    z = np.log(p / (1 - p))
    bce_by_z = elementwise_grad(lambda z: -np.log(ops.sigmoid(z)))(z)
    bce_by_p = elementwise_grad(lambda p: -np.log(p))(p)
    mse_by_p = elementwise_grad(lambda p: 0.5 * (1 - p) ** 2)(p)
    apart = np.max(np.abs(bce_by_z - mse_by_p))
    run.expect(
        apart < 1e-12, f"the two curves as printed, BCE by z and MSE by ŷ: at most {apart:.0e} apart (expected 0)"
    )
    ends = [bce_by_p[0], mse_by_p[0]]
    run.expect_numbers("both by ŷ, at 0.01", ends, [-100, -0.99], decimals=2)

    def curves(bce: np.ndarray, by: str) -> Callable[[Any], object]:
        def draw(ax: Any) -> None:
            ax.plot(p, bce, color=BLUE, linewidth=4, label=f"binary cross-entropy, by {by}: {bce[0]:.2f} at 0.01")
            ax.plot(p, mse_by_p, color=ORANGE, linestyle="--", label=f"squared error, by ŷ: {mse_by_p[0]:.2f} at 0.01")
            ax.set(xlabel="prediction ŷ for the label 1", ylabel="gradient")
            ax.legend(loc="lower right")

        return draw

    panels(
        run,
        "loss_gradients.png",
        "gradients of cross-entropy and squared error: printed as one and the same curve, computed both by ŷ they "
        "are -100 and -0.99 at ŷ = 0.01",
        ("Printed: one curve, because one of them is by z", "Repaired: both by ŷ"),
        (curves(bce_by_z, "z"), curves(bce_by_p, "ŷ")),
    )


# 6. "Module 02: Backpropagation and Gradient Descent": which rates converge --------------------------------------


def converged(run: Run) -> None:
    """Run five learning rates for 30 steps as the document does, and for 200."""
    short, long = ({lr: descend(exercise, lr, steps, limit=FAR) for lr in RATES} for steps in (30, 200))
    run.expect_numbers("f after 30 steps at 0.01", short[0.01][-1].y, 4.1902, note="not within 0.01 of 3")
    arrivals = {lr: arrival(path) for lr, path in long.items()}
    run.expect(
        list(arrivals.values()) == [149, 14, 1, 14, None],
        f"steps until it is: {', '.join(f'{lr}: {step}' for lr, step in arrivals.items())} "
        "(expected 149, 14, 1, 14, None)",
    )
    said = {0.01: "30, “Converged”", 0.1: "14", 0.5: "1", 0.9: "14", 1.1: "diverged"}
    found = {lr: "diverges" if step is None else str(step) for lr, step in arrivals.items()}

    def fall(paths: dict[float, list[Step]], steps: dict[float, str], middle: float) -> Callable[[Any], object]:
        def draw(ax: Any) -> None:
            curves = {
                f"lr {lr}: {steps[lr]}": [max(step.y - MINIMUM, 1e-6) for step in path] for lr, path in paths.items()
            }
            nn.plot.loss_curves(ax, curves, xlabel="step", ylabel="f(x) − 3, drawn down to 1e-6")
            ax.axhline(0.01, color=INK, linewidth=1, zorder=1)
            ax.annotate("below: converged", (middle, 0.01), (0, -4), textcoords="offset points", ha="center", va="top")

        return draw

    panels(
        run,
        "converged.png",
        "distance to the minimum for five learning rates: after 30 steps lr 0.01 is still at 1.19, though the table "
        f"says converged; it takes {arrivals[0.01]} steps",
        ("Printed: lr 0.01 “Converged” in 30 steps", f"Repaired: lr 0.01 takes {arrivals[0.01]} steps"),
        (fall(short, said, 7), fall(long, found, 85)),
    )
