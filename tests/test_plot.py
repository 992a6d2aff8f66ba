"""Figures: what each shows, that labels keep apart, that a mistake is named; all without pyplot or a window."""

import warnings
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

import nn
from nn import plot
from nn.plot.labels import spread

SIDES = np.array([[-1.0, 0.0], [-2.0, 1.0], [1.0, 0.0], [2.0, 1.0]])  # two points left of 0, two right of it
RIGHT = np.array([0, 0, 1, 1])
BOWL = np.linspace(-2, 2, 30)
HEIGHTS = BOWL**2 + BOWL[:, None] ** 2


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sloping(plane):
    return sigmoid(3 * plane[:, 0])


PICTURES = {
    "loss_curves": lambda ax: plot.loss_curves(ax, {"SGD": [1.0, 0.5, 0.2], "Adam": [1.0, 0.1]}),
    "one number": lambda ax: plot.loss_curves(ax, {"SGD": [1.0]}),
    "no numbers": lambda ax: plot.loss_curves(ax, {"SGD": [np.nan], "Adam": [np.inf, -np.inf]}),
    "beyond floats": lambda ax: plot.loss_curves(ax, {"a": [1.0, 1e300, np.inf], "b": [1.0, 0.5, 0.01], "c": [0.0]}),
    "function_and_slope": lambda ax: plot.function_and_slope(ax, np.tanh, lambda z: 1 - np.tanh(z) ** 2, BOWL),
    "trajectory": lambda ax: plot.trajectory(ax, lambda x: x * x, [2.0, 1.0, 0.5], minimum=0.0),
    "standing still": lambda ax: plot.trajectory(ax, lambda x: x * x, [2.0]),
    "scatter": lambda ax: plot.scatter(ax, SIDES, RIGHT, ["left", "right"]),
    "boundary": lambda ax: plot.boundary(ax, sloping, SIDES, RIGHT, colorbar=True),
    "boundary of a network": lambda ax: plot.boundary(ax, nn.Sequential(nn.Linear(2, 1), nn.Sigmoid()), SIDES, RIGHT),
    "boundary of nan": lambda ax: plot.boundary(ax, lambda plane: np.full(len(plane), np.nan), SIDES, RIGHT),
    "boundary nowhere": lambda ax: plot.boundary(ax, lambda plane: np.full((len(plane), 1), 0.2), SIDES, RIGHT),
    "regions": lambda ax: plot.regions(ax, lambda plane: plane[:, 0] > 1.5, SIDES, RIGHT),
    "one region": lambda ax: plot.regions(ax, lambda plane: np.zeros(len(plane)), SIDES, RIGHT[:, None]),
    "confusion_heat_map": lambda ax: plot.confusion_heat_map(ax, [[8, 2], [0, 0]]),
    "activation_image": lambda ax: plot.activation_image(ax, [[0.5, -1.0], [0.0, 0.25], [np.nan, 0.0]]),
    "gradient_check_scatter": lambda ax: plot.gradient_check_scatter(ax, [[1.0, -2.0]], [[1.0, -2.0]]),
    "gradients of all sizes": lambda ax: plot.gradient_check_scatter(ax, [1.0, 1e-5, 0.0], [1.0, 1e-5, 0.0]),
    "no gradients": lambda ax: plot.gradient_check_scatter(ax, [0.0], [0.0]),
    "bars": lambda ax: plot.bars(ax, ["SGD", "Adam"], [0.5, np.nan]),
    "bars of sizes": lambda ax: plot.bars(ax, ["a", "b", "c"], {"x": [1, 1e-9, 0], "y": [1, 2, -3]}, log=True),
    "landscape": lambda ax: plot.landscape(ax, BOWL, BOWL, HEIGHTS, path=[[1.0, 1.0], [0.5, 0.5]]),
    "a landscape with a hole": lambda ax: plot.landscape(ax, BOWL, BOWL, np.where(HEIGHTS > 1, np.inf, HEIGHTS)),
    "a plain": lambda ax: plot.landscape(ax, BOWL, BOWL, np.ones((30, 30))),
    "network_diagram": lambda ax: plot.network_diagram(ax, [784, 3, 1], activations=["relu", "sigmoid"]),
}


@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)
def test_a_figure_is_drawn_on_the_axes_given_and_changes_no_settings(draw, tmp_path):
    settings = dict(mpl.rcParams)
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert draw(axes) is axes
        figure.savefig(tmp_path / "figure.png")
    assert dict(mpl.rcParams) == settings


def texts(axes):
    return [text.get_text() for text in axes.texts]


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


# Curves ------------------------------------------------------------------------------------------------------------


def test_curves_end_in_their_labels_and_say_how_they_diverged():
    axes = plot.loss_curves(
        Figure().subplots(),
        {"good": [9.0, 0.1], "worse": [9.0, np.nan], "worst": [9.0, 99.0, np.inf], "lost": [np.nan]},
    )
    assert texts(axes) == ["good", "worse → nan", "worst → ∞", "lost → nan"]
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_yscale()) == ("epochs", "loss", "log")
    styles = {(line.get_color(), str(line.get_linestyle())) for line in axes.lines[::2]}
    assert len(styles) == 4  # told apart without their colours


def test_a_logarithmic_scale_is_kept_for_positive_numbers_of_different_sizes():
    scales = [plot.loss_curves(Figure().subplots(), {"": y}).get_yscale() for y in ([9, 0.1], [0.7, 0.3], [9, 0.1, 0])]
    assert scales == ["log", "linear", "linear"]


def test_a_curve_that_explodes_leaves_the_others_visible():
    axes = plot.loss_curves(Figure().subplots(), {"lr 9": [1.0, 1e100], "lr 0.1": [1.0, 0.01]})
    assert axes.get_ylim() == pytest.approx((0.01 / 1.3, 1300))


@pytest.mark.parametrize("n", [2, 12])
@pytest.mark.parametrize("seed", range(3))
def test_end_labels_never_overlap_whatever_becomes_of_the_figure(n, seed):
    rng = np.random.default_rng(seed)
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = plot.loss_curves(figure.subplots(), {f"rate {k}": rng.normal(1, 0.01, 5 + k) for k in range(n)}, log=False)
    for change in (lambda: None, lambda: axes.set_ylim(0, 50), lambda: figure.set_size_inches(4, 3)):
        change()
        figure.draw_without_rendering()
        boxes = sorted((Text.get_window_extent(label) for label in axes.texts), key=lambda box: box.y0)
        assert all(low.y1 <= high.y0 for low, high in pairwise(boxes))
        assert all(box.x0 >= axes.bbox.x1 and box.x1 <= figure.bbox.x1 for box in boxes)


@given(st.lists(st.tuples(st.floats(-50, 150), st.floats(1, 9)), min_size=1, max_size=9))
def test_spread_keeps_things_apart_in_order_inside_and_where_they_fit_as_wanted(things):
    wanted, heights = np.array(things).T
    places = spread(wanted, heights, 0.0, 100.0)
    order = np.argsort(wanted, kind="stable")
    gaps = np.diff(places[order]) - (heights[order][1:] + heights[order][:-1]) / 2
    assert (gaps > -1e-9).all()
    assert (places - heights / 2 > -1e-9).all()
    assert (places + heights / 2 < 100 + 1e-9).all()
    assert spread(places, heights, 0.0, 100.0) == pytest.approx(places)  # what is right already stays


def test_a_derivative_that_jumps_is_broken_there():
    z = np.linspace(-2, 2, 101)
    axes = plot.function_and_slope(Figure().subplots(), lambda z: np.maximum(0, z), lambda z: z > 0, z)
    broken = [np.isnan(line.get_ydata()).sum() for line in axes.lines[:2]]
    assert broken == [0, 1]


def test_a_trajectory_has_an_arrow_a_step():
    axes = plot.trajectory(Figure().subplots(), lambda x: x * x, [-2.0, 1.0, -0.5], minimum=0)
    assert texts(axes) == ["", ""]
    assert legend(axes) == ["start, x = −2", "end, x = −0.5", "minimum, x = 0"]


# The plane ---------------------------------------------------------------------------------------------------------


def test_the_line_of_a_boundary_is_where_the_probability_is_a_half():
    axes = plot.boundary(Figure().subplots(), sloping, SIDES, RIGHT)
    (line,) = axes.collections[-1].get_paths()
    assert line.vertices[:, 0] == pytest.approx(0, abs=1e-3)
    assert legend(axes) == ["y = 0", "y = 1"]
    assert {curve.get_marker() for curve in axes.lines} == {"o", "s"}


def test_points_in_the_wrong_region_are_ringed():
    axes = plot.regions(Figure().subplots(), lambda plane: plane[:, 0] > 1.5, SIDES, RIGHT, names=["left", "right"])
    assert axes.lines[-1].get_xydata().tolist() == [[1.0, 0.0]]
    assert legend(axes) == ["left", "right", "wrong: 1 of 4"]


def test_classes_that_are_not_counted_from_0_keep_their_order():
    axes = plot.scatter(Figure().subplots(), SIDES, 2 * RIGHT - 1)
    assert legend(axes) == ["y = −1", "y = 1"]
    assert axes.lines[0].get_xydata().tolist() == SIDES[:2].tolist()


# Arrays as pictures ------------------------------------------------------------------------------------------------


def test_a_heat_map_has_its_counts_in_letters_that_stand_out():
    axes = plot.confusion_heat_map(Figure().subplots(), [[50, 0], [7, 3]], ["no", "yes"])
    assert texts(axes) == ["50", "0", "7", "3"]
    assert [text.get_color() for text in axes.texts] == ["white", plot.INK, "white", plot.INK]
    assert (axes.get_ylabel(), axes.get_xlabel(), axes.get_title()) == ("truth", "predicted", "53 of 60 right (88.3 %)")


def test_images_share_one_scale():
    pictures = np.arange(12.0).reshape(3, 2, 2) - 4
    axes = plot.images(Figure(), pictures, ["a", "b", "c"], columns=2)
    assert [ax.get_title() for ax in axes] == ["a", "b", "c"]
    assert {ax.images[0].get_clim() for ax in axes} == {(-4, 7)}
    assert {ax.images[0].get_clim() for ax in plot.weight_images(Figure(), pictures)} == {(-7, 7)}


# Numbers compared --------------------------------------------------------------------------------------------------


def test_bars_carry_their_values_and_their_groups():
    axes = plot.bars(Figure().subplots(), ["a", "b"], {"train": [0.5, -1], "test": [0.25, np.nan]}, number="{:.2f}")
    assert texts(axes) == ["0.50", "−1.00", "0.25", "nan"]
    assert legend(axes) == ["train", "test"]
    assert len({bar.get_hatch() for bar in axes.patches}) == 2


def test_histograms_share_their_scale():
    axes = plot.histogram_row(Figure().subplots(1, 2), [[-3.0, 3.0, np.inf], [-0.1, 0.1]], ["first", "second"])
    assert axes[0].get_xlim() == axes[1].get_xlim()
    assert [ax.get_title() for ax in axes] == ["first\nstd 3, 1 not finite", "second\nstd 0.1"]


def test_the_worst_gradient_is_ringed_and_told():
    axes = plot.gradient_check_scatter(Figure().subplots(), [1.0, 2.0, 4.0], [1.0, 2.5, 4.0])
    assert axes.lines[-1].get_xydata().tolist() == [[2.5, 2.0]]
    error = 0.5 / (np.sqrt(1 + 4 + 16) + np.sqrt(1 + 6.25 + 16))
    assert axes.get_title() == f"3 gradients, relative error {error:.2g}"
    assert texts(axes) == ["ringed: the largest difference, 0.5\n(number 1: 2 against 2.5)"]


# Landscapes and networks -------------------------------------------------------------------------------------------


def test_a_path_lies_on_its_mountain():
    axes = Figure().add_subplot(projection="3d")
    assert plot.landscape_3d(axes, BOWL, BOWL, HEIGHTS, path=[[1.0, 1.0], [0.0, 0.5]]) is axes
    heights = axes.lines[1].get_data_3d()[2] - 0.01 * np.ptp(HEIGHTS)
    assert heights == pytest.approx([2, 0.25], abs=0.02)


def test_a_small_network_has_every_weight_and_a_big_layer_is_shortened():
    W = [np.array([[1.0, -2.0]]), np.array([[0.5], [-4.0]])]
    axes = plot.network_diagram(Figure().subplots(), [1, 2, 1], weights=W, activations=["relu", "$a_2 = z_2$"])
    edges = [edge for edge in axes.collections if isinstance(edge, LineCollection)]
    assert [len(edge.get_segments()) for edge in edges] == [1, 1, 1, 1]  # positive, negative; for each layer
    assert edges[3].get_linewidths()[0] > edges[2].get_linewidths()[0]
    assert {"$z_{1} = X W_{1} + b_{1}$\n$a_{1} = \\mathrm{relu}(z_{1})$", "$a_2 = z_2$"} <= set(texts(axes))
    big = plot.network_diagram(Figure().subplots(), [784, 10])
    assert len(big.patches) == 14
    assert {"input\n784", "output\n10", "$W_{1}$: 784 × 10", "784"} <= set(texts(big))


# Mistakes ----------------------------------------------------------------------------------------------------------

MISTAKES = [
    (lambda ax: plot.loss_curves(ax, {}), "no curves to draw: give a dict such as {'SGD': losses}"),
    (lambda ax: plot.loss_curves(ax, {"a": [[1, 2]]}), "the curve 'a' needs the shape (steps,), but has (1, 2)"),
    (lambda ax: plot.loss_curves(ax, {"a": []}), "the curve 'a' is empty, shape (0,): there is nothing to draw"),
    (lambda ax: plot.scatter(ax, np.ones((4, 3)), RIGHT), "a plane has 2 features, but X has the shape (4, 3); choose"),
    (lambda ax: plot.scatter(ax, SIDES, [0, 1]), "X has 4 points, but y has the shape (2,): it needs (4,)"),
    (lambda ax: plot.scatter(ax, SIDES, np.eye(2)[RIGHT]), "the shape (4, 2); is it one-hot? y.argmax(axis=1)"),
    (lambda ax: plot.scatter(ax, SIDES, RIGHT, ["left"]), "1 names ['left'] for 2 classes [0, 1]: give one for each"),
    (lambda ax: plot.boundary(ax, lambda plane: 9 * plane[:, 0], SIDES, RIGHT), "give sigmoid(scores)"),
    (lambda ax: plot.boundary(ax, np.sin, SIDES, RIGHT), "(40000, 2): it needs one number a point, (40000,)"),
    (
        lambda ax: plot.confusion_heat_map(ax, [[1, 2]]),
        "a confusion matrix is square and counts, but this one is (1, 2)",
    ),
    (lambda ax: plot.confusion_heat_map(ax, np.eye(2), ["a"]), "1 names ['a'] for 2 classes: give one for each"),
    (lambda ax: plot.activation_image(ax, [1.0]), "A needs the shape (samples, neurons), but has (1,)"),
    (lambda ax: plot.images(ax.figure, np.ones((5, 784))), "but have (5, 784); perhaps reshape(-1, 28, 28)"),
    (lambda ax: plot.images(ax.figure, np.ones((2, 8, 8)), ["a"]), "1 titles for 2 pictures: give one for each"),
    (lambda ax: plot.histogram_row([ax], [[1.0]], []), "1 axes, 1 arrays and 0 titles: give as many of each"),
    (lambda ax: plot.gradient_check_scatter(ax, [1.0], [1.0, 2.0]), "but the shapes are (1,) and (2,)"),
    (lambda ax: plot.gradient_check_scatter(ax, [np.nan], [1.0]), "gradient 0 is nan, and 1 numerically: only finite"),
    (lambda ax: plot.bars(ax, ["a", "b"], {"x": [1]}), "2 labels ['a', 'b'], but 1 values x: one for each"),
    (lambda ax: plot.trajectory(ax, abs, [1.0, np.inf]), "point 1 is not finite: draw the steps before it, points[:k]"),
    (lambda ax: plot.landscape(ax, BOWL, BOWL[:9], HEIGHTS), "(9, 30), but has (30, 30); is it Z.T?"),
    (lambda ax: plot.landscape(ax, BOWL, BOWL, HEIGHTS * np.nan), "no number of Z is finite; take points nearer"),
    (lambda ax: plot.landscape_3d(ax, BOWL, BOWL, HEIGHTS), "these Axes are flat: make them by figure.add_subplot"),
    (lambda ax: plot.network_diagram(ax, [3]), "sizes needs the inputs and at least one layer, each of 1 or more"),
    (
        lambda ax: plot.network_diagram(ax, [3, 1], weights=[np.ones((1, 3))]),
        "shapes [(3, 1)], but these have [(1, 3)]",
    ),
    (lambda ax: plot.network_diagram(ax, [3, 1], names=["in"]), "1 names ['in'] for 2 layers [3, 1]"),
    (lambda ax: plot.network_diagram(ax, [3, 1], activations=["a", "b"]), "2 activations for 1 layers after the input"),
]


@pytest.mark.parametrize(("draw", "message"), MISTAKES, ids=[message for _, message in MISTAKES])
def test_a_mistake_is_named_with_what_to_do(draw, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole text is compared below
        draw(Figure().subplots())
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_pyplot_is_never_imported():
    for path in (Path(plot.__file__).parent).glob("*.py"):
        assert "pyplot" not in path.read_text(encoding="utf-8")
