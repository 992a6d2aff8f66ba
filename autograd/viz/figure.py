"""A drawing as a Matplotlib figure, for PNG and PDF: the same shapes and looks as in SVG, and no program.

May import svg.py. Read picture.py next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from autograd.viz.drawing import MARGIN, Curve, Drawing, Rectangle, Shape, Squares, Words, printable
from autograd.viz.svg import LOOKS, PALETTES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.path import Path

__all__ = ["figure_of"]

PIXEL = 1 / 96  # in inches, as in browsers
POINTS = 0.75  # of a pixel
NARROWER = 0.87  # the bold letters of Matplotlib's own type are wider than those of browsers
ALIGNED = {"start": "left", "middle": "center", "end": "right"}


def figure_of(drawing: Drawing, theme: str = "light") -> Figure:
    """The figure, as large as the SVG, in "light" or "dark"."""
    from matplotlib.figure import Figure

    width, height = drawing.width + 2 * MARGIN, drawing.height + 2 * MARGIN
    figure = Figure((width * PIXEL, height * PIXEL), facecolor=PALETTES[theme]["paper"])
    axes = figure.add_axes((0, 0, 1, 1), xlim=(-MARGIN, width - MARGIN), ylim=(height - MARGIN, -MARGIN))
    axes.set_axis_off()
    painter = _Painter(axes, PALETTES[theme])
    for group in drawing.groups:
        for shape in group.shapes:
            painter.paint(shape, group.look, group.x, group.y)
    return figure


class _Painter:
    """Puts shapes on axes, each above those before."""

    def __init__(self, axes: Axes, palette: dict[str, str]) -> None:
        self.axes, self.palette = axes, palette
        self.rules: list[tuple[set[str], set[str], dict[str, str]]] = []  # classes of the group and of the shape
        for selectors, look in LOOKS.items():
            for selector in selectors.split(","):
                group, _, shape = selector.rpartition(" ")
                self.rules.append((_classes(group), _classes(shape), look))
        self.zorder = 0

    def look(self, around: str, own: str) -> dict[str, str]:
        """What holds for a shape of these classes in a group of those, as a browser would find it."""
        outer, inner = set(around.split()), set(own.split())
        found: dict[str, str] = {}
        for group, shape, look in self.rules:
            if group <= outer and shape <= inner:
                found.update(look)
        return {key: self.palette.get(x, x) for key, x in found.items()}

    def paint(self, shape: Shape, around: str, left: float, top: float) -> None:
        """One more shape, in a group of the classes ``around`` at this place."""
        self.zorder += 1
        if isinstance(shape, Words):
            self.write(shape, around, left + shape.x, top + shape.y)
            return
        from matplotlib.patches import PathPatch

        look = self.look(around, shape.look)
        width = shape.width if isinstance(shape, Curve) and shape.width else float(look.get("stroke-width", 1))
        dashes = [float(x) / width for x in look.get("stroke-dasharray", "").split()]
        patch = PathPatch(
            _path(shape, left, top), zorder=self.zorder, facecolor=look.get("fill", "none"),
            edgecolor=look.get("stroke", "none"), linewidth=width * POINTS, linestyle=(0, dashes) if dashes else "-",
        )  # fmt: skip
        self.axes.add_artist(patch)

    def write(self, words: Words, around: str, x: float, y: float) -> None:
        """A line of text, and the op after it."""
        look = self.look(around, f"text {words.look}")
        text = self.axes.text(x, y, printable(words.text), ha=ALIGNED[words.anchor], **self.letters(look))
        if words.op:
            op = self.letters({**look, **self.look(around, "tspan")})
            self.axes.annotate(
                printable(words.op), (1, y), (3, 0), xycoords=(text, "data"), textcoords="offset points", **op
            )

    def letters(self, look: dict[str, str]) -> dict[str, Any]:
        """A look as Matplotlib's texts take it."""
        bold, size = look.get("font-weight", "") > "500", float(look["font-size"].removesuffix("px")) * POINTS
        return {
            "color": look["fill"], "weight": "bold" if bold else "normal", "size": size * (NARROWER if bold else 1),
            "fontfamily": "DejaVu Sans Mono" if "mono" in look.get("font-family", "") else "DejaVu Sans",
            "va": "baseline", "parse_math": False, "zorder": self.zorder,
        }  # fmt: skip


def _classes(selector: str) -> set[str]:
    return set(re.findall(r"[\w-]+", selector))


def _path(shape: Rectangle | Curve | Squares, left: float, top: float) -> Path:
    from matplotlib.patches import BoxStyle
    from matplotlib.path import Path
    from matplotlib.transforms import Affine2D

    if isinstance(shape, Rectangle):
        corners = BoxStyle.Round(pad=0, rounding_size=shape.round)
        return corners(left + shape.x, top + shape.y, shape.width, shape.height, 1)
    if isinstance(shape, Squares):
        squares = [Path.unit_rectangle().transformed(Affine2D().scale(side).translate(left + x, top + y))
                   for x, y, side in shape.squares]  # fmt: skip
        return Path.make_compound_path(*squares)
    points = [(left + x, top + y) for x, y in shape.path]
    return Path(points, [Path.MOVETO] + [Path.CURVE4] * (len(points) - 1))
