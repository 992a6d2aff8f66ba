"""Whatever matplotlib draws, it draws of Tensors, and of Values where it turns each into a number by itself.

A plot needs plain numbers and no gradient, so matplotlib may convert; nobody else may, and it changes no graph.
"""

import numpy as np
import pytest

from autograd import DetachError, Tensor, Value

pyplot = pytest.importorskip("matplotlib.pyplot")
pytestmark = pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")

PLOTS = {
    "plot": lambda ax, x, v: ax.plot(x),
    "plot, two": lambda ax, x, v: ax.plot(x, x, "o-"),
    "scatter": lambda ax, x, v: ax.scatter(x, x, c=x),
    "bar": lambda ax, x, v: ax.bar([0, 1, 2], x, yerr=x),
    "barh": lambda ax, x, v: ax.barh([0, 1, 2], x),
    "hist": lambda ax, x, v: ax.hist(x),
    "hist, weights": lambda ax, x, v: ax.hist([1, 2, 3], weights=x),
    "hist2d": lambda ax, x, v: ax.hist2d(x, x),
    "errorbar": lambda ax, x, v: ax.errorbar([1, 2, 3], x, yerr=x),
    "step": lambda ax, x, v: ax.step([1, 2, 3], x),
    "stem": lambda ax, x, v: ax.stem(x),
    "boxplot": lambda ax, x, v: ax.boxplot(x),
    "vlines": lambda ax, x, v: ax.vlines(x, 0, v),
    "fill": lambda ax, x, v: ax.fill(x, x),
    "semilogy": lambda ax, x, v: ax.semilogy(x),
    "loglog": lambda ax, x, v: ax.loglog(x, x),
    "axhline": lambda ax, x, v: ax.axhline(v),
    "axvspan": lambda ax, x, v: ax.axvspan(v, v + 1),
    "axline": lambda ax, x, v: ax.axline((0, 0), slope=v),
    "set_xlim": lambda ax, x, v: ax.set_xlim(v, v + 1),
    "set_ylim": lambda ax, x, v: ax.set_ylim(0, v),
    "set_xticks": lambda ax, x, v: ax.set_xticks(x),
    "annotate": lambda ax, x, v: ax.annotate("a", xy=(v, v), xytext=(v + 1, v), arrowprops={}),
    "text": lambda ax, x, v: ax.text(v, v, "a"),
    "arrow": lambda ax, x, v: ax.arrow(0, 0, v, v),
    "circle": lambda ax, x, v: ax.add_patch(pyplot.Circle((v, v), v)),
    "set_data": lambda ax, x, v: ax.plot([1, 2, 3])[0].set_data(x, x),
    "line width": lambda ax, x, v: ax.plot([1, 2], lw=v),
    "title": lambda ax, x, v: ax.set_title(f"{v:.2f}"),
}
OF_TENSORS = {
    "sizes": lambda ax, x, m: ax.scatter(x, x, s=x),
    "plot of columns": lambda ax, x, m: ax.plot(m),
    "imshow": lambda ax, x, m: ax.imshow(m),
    "matshow": lambda ax, x, m: ax.matshow(m),
    "pcolormesh": lambda ax, x, m: ax.pcolormesh(m),
    "contour": lambda ax, x, m: ax.contour(m),
    "contourf": lambda ax, x, m: ax.contourf(x[:2], x[:2], m),
    "fill_between": lambda ax, x, m: ax.fill_between([1, 2, 3], x, x * 2),
    "quiver": lambda ax, x, m: ax.quiver([1, 2, 3], [1, 2, 3], x, x),
    "violinplot": lambda ax, x, m: ax.violinplot(x),
    "pie": lambda ax, x, m: ax.pie(x),
    "stackplot": lambda ax, x, m: ax.stackplot([1, 2, 3], x, x),
    "stairs": lambda ax, x, m: ax.stairs(x),
    "hexbin": lambda ax, x, m: ax.hexbin(x, x, gridsize=3),
    "tricontour": lambda ax, x, m: ax.tricontour([0, 1, 0], [0, 0, 1], x),
}


@pytest.fixture
def axes():
    pyplot.switch_backend("agg")
    figure, axes = pyplot.subplots(figsize=(2, 2), dpi=30)
    yield axes
    figure.canvas.draw()
    pyplot.close(figure)


@pytest.mark.parametrize("kind", ["Tensor", "list of Values"])
@pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)
def test_plots(plot, kind, axes):
    values = [Value(entry) * 1.0 for entry in (1.0, 2.0, 3.0)]
    x = Tensor([1.0, 2.0, 3.0]) * 1.0 if kind == "Tensor" else values
    plot(axes, x, x[0])


@pytest.mark.parametrize("plot", OF_TENSORS.values(), ids=OF_TENSORS)
def test_plots_of_tensors(plot, axes):
    x = Tensor([1.0, 2.0, 3.0])
    m = Tensor([[1.0, 2.0], [3.0, 5.0]])
    plot(axes, x * 1.0, m * 1.0)
    assert (x * x).sum().op.name == "sum"  # recorded as ever


def test_what_is_drawn_are_the_numbers(axes):
    (line,) = axes.plot(Tensor([1.0, 2.0, 4.0]) * 2.0)
    np.testing.assert_array_equal(line.get_ydata(), [2.0, 4.0, 8.0])
    axes.set_xlim(Value(1.0), Value(3.0))
    assert axes.get_xlim() == (1.0, 3.0)


def test_nobody_else_may_convert():
    with pytest.raises(DetachError):
        np.asarray(Tensor([1.0]), float)
    with pytest.raises(DetachError):
        float(Value(1.0))
