"""A picture as shapes: what boxes say, how large they are, and the rectangles, words and curves to draw.

A box shows what it is called and its op, its value and its gradient; small arrays as squares whose areas are the
sizes of the entries, full where positive and hollow where negative. What a shape looks like is told by its class and
that of its group: see svg.py, which writes them; figure.py does it with Matplotlib. May import layout.py.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple, TypeAlias
from unicodedata import category, east_asian_width

import numpy as np

from autograd.viz.boxes import Box, Folded, Link
from autograd.viz.layout import Frame, Layout, Path
from autograd.viz.numbers import number_text, shape_text, value_text

__all__ = [
    "Curve", "Drawing", "Group", "MARGIN", "Rectangle", "Shape", "Squares", "Words", "drawing_of",
    "printable", "sign_of", "size_of", "title_of",
]  # fmt: skip

SIGNS = {
    "add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "negative": "−", "matmul": "@", "power": "**",
    "fixed_power": "**", "product_or_zero": "×",
    "quotient_or_zero": "÷", "square": "²", "sqrt": "√", "sigmoid": "σ", "sum": "Σ", "greater": ">", "equal": "==",
}  # fmt: skip
MARGIN = 16.0
PADDING, TITLE, ROW = 10.0, 24.0, 17.0
BOLD, SMALL, MONO = 8.0, 6.5, 7.25  # how wide a letter is at 13, 11 and 12 px, on the safe side
LONGEST = 28  # letters of a name
MAP_ROWS, MAP_COLUMNS = 10, 16  # the largest array that is shown entry by entry
TIP = ((0.0, 0.0), (-8.0, -3.6), (-6.2, 0.0), (-8.0, 3.6))  # of an arrow to the right


class Rectangle(NamedTuple):
    """With round corners; x and y are left and top, as of all shapes."""

    look: str
    x: float
    y: float
    width: float
    height: float
    round: float = 0.0


class Words(NamedTuple):
    """A line of text on the baseline ``y``; ``x`` is where it starts, or its ``anchor`` else: "middle" or "end"."""

    look: str
    x: float
    y: float
    text: str
    anchor: str = "start"
    op: str = ""  # stands after it, in a look of its own


class Curve(NamedTuple):
    """A path; ``width`` that of its line, where it is not that of its look."""

    look: str
    path: Path
    width: float | None = None


class Squares(NamedTuple):
    """Left, top and side of each."""

    look: str
    squares: list[tuple[float, float, float]]


Shape: TypeAlias = Rectangle | Words | Curve | Squares


class Group(NamedTuple):
    """A frame, a link or a box: ``ids`` has the numbers of the boxes at its ends, or its own."""

    look: str
    shapes: list[Shape]
    title: str = ""
    x: float = 0.0
    y: float = 0.0
    ids: tuple[int, ...] = ()


class Drawing(NamedTuple):
    """All of a picture; there is a `MARGIN` around it."""

    width: float
    height: float
    groups: list[Group]


# What it says -----------------------------------------------------------------------------------------------------


def sign_of(op: str | None) -> str:
    """An op as boxes show it: +, ×, tanh."""
    return SIGNS.get(op or "", op or "")


def printable(text: str) -> str:
    """The text without characters that no file of XML may have, such as those of control."""
    return "".join("\ufffd" if category(c) in ("Cc", "Cs") or c in "\ufffe\uffff" else c for c in text)


def title_of(box: Box) -> tuple[str, str]:
    """What a box is called, and its op if that is not what it is called."""
    name = box.name if len(box.name) <= LONGEST else f"{box.name[: LONGEST - 1]}…"
    return name, "" if box.op in (None, box.name) else f"= {sign_of(box.op)}"


# How large it is --------------------------------------------------------------------------------------------------


def _wide(text: str, letter: float) -> float:
    return sum(letter * (1.75 if east_asian_width(c) in "WF" else 1.15 if c in "mwMW@%…→" else 1.0) for c in text)


class _Row(NamedTuple):
    """A line of a box: what it is of, and a text or a map of an array."""

    label: str
    text: str
    cells: Any = None  # an array of two dimensions
    cell: float = 0.0

    @property
    def size(self) -> tuple[float, float]:
        if self.cells is None:
            return _wide(self.label, SMALL) + 12 + _wide(self.text, MONO), ROW
        height, width = self.cells.shape
        return max(_wide(f"{self.label}  {self.text}", SMALL), width * self.cell), height * self.cell + ROW + 3


def _rows(box: Box, grads: bool, digits: int) -> list[_Row]:
    if box.kind == "constant" and not box.shape:
        return []
    value = "value" if box.outputs == 1 else f"{box.outputs:,} values"
    rows = [_row(value, box.value, digits, box.outputs)]
    if grads and box.kind != "constant":
        rows.append(_row("grad" if box.outputs == 1 else "grads", box.grad, digits, box.outputs))
    return rows


def _row(label: str, x: Any, digits: int, outputs: int) -> _Row:
    array = np.asarray(x, dtype=float) if x is not None else np.zeros(())
    flat = np.atleast_2d(array) if array.ndim <= 2 else np.zeros((0, 0))
    height, width = flat.shape
    small = array.size > 1 and height <= MAP_ROWS and width <= MAP_COLUMNS and outputs <= MAP_COLUMNS
    if not small or not np.isfinite(array).all():
        return _Row(label, value_text(x, digits))
    return _Row(label, f"■ {number_text(np.abs(array).max(), digits)}", flat, 14.0 if max(flat.shape) <= 4 else 9.0)


def _beside(rows: list[_Row]) -> bool:
    """Do the maps of value and gradient stand side by side?"""
    return len(rows) == 2 and all(row.cells is not None and row.size[1] > 45 and row.size[0] < 100 for row in rows)


def size_of(box: Box, grads: bool = True, digits: int = 4) -> tuple[float, float]:
    """Width and height of a box as it is drawn."""
    name, op = title_of(box)
    title = _wide(name, BOLD) + (_wide(op, BOLD) + 6 if op else 0)
    if box.kind == "constant" and not box.shape:
        return max(_wide(name, BOLD) + 16, 28.0), 24.0
    if box.shape and box.kind != "fold":
        title += _wide(shape_text(box.shape), SMALL) + 12
    rows = _rows(box, grads, digits)
    widths = [row.size[0] for row in rows]
    width = max(
        [title, sum(widths) + 14 if _beside(rows) else max(widths), *[_wide(note, SMALL) for note in box.notes]]
    )
    heights = [row.size[1] for row in rows]
    height = TITLE + 15 * len(box.notes) + (max(heights) if _beside(rows) else sum(heights)) + 5
    return float(math.ceil(max(width + 2 * PADDING, 84.0))), float(math.ceil(height))


# Drawing ----------------------------------------------------------------------------------------------------------


def drawing_of(folded: Folded, layout: Layout, grads: bool = True, digits: int = 4) -> Drawing:
    """The shapes of a graph: frames, then links, then boxes."""
    boxes = {box.id: box for box in folded.boxes}
    root = folded.links[-1].target if folded.links else folded.boxes[-1].id
    groups = [_frame(frame) for frame in layout.frames]
    groups += [_link(link, path, boxes) for link, path in zip(folded.links, layout.paths, strict=True)]
    groups += [
        _box(box, centre, grads, digits, box.id == root) for box, centre in zip(folded.boxes, layout.boxes, strict=True)
    ]
    return Drawing(layout.width, layout.height, groups)


def _frame(frame: Frame) -> Group:
    name = frame.scope[-1]
    while len(name) > 1 and _wide(name, SMALL) > max(frame.width - 16, 30):
        name = f"{name[:-2]}…"
    rectangle = Rectangle("frame", frame.x, frame.y, frame.width, frame.height, 8)
    return Group("", [rectangle, Words("frame-name", frame.x + 10, frame.y + 16, name)])


def _link(link: Link, path: Path, boxes: dict[int, Box]) -> Group:
    end = path[-1]
    before = next((p for p in reversed(path) if math.dist(p, end) > 0.5), path[0])
    turn = math.atan2(end[1] - before[1], end[0] - before[0])
    what = " parameters" if link.parameters else ""
    many = f" ({link.count:,} edges)" if link.count > 1 else ""
    title = f"{boxes[link.source].name} → {boxes[link.target].name}{what}{many}"
    width = min(1.3 + 0.25 * math.log10(link.count), 2.5) if link.count > 1 else None
    shapes: list[Shape] = [Curve("edge", path, width), Curve("tip", _tip(end, turn))]
    return Group(f"link{what}", shapes, title, ids=(link.source, link.target))


def _tip(end: tuple[float, float], turn: float) -> Path:
    cos, sin = math.cos(turn), math.sin(turn)
    first, *others = [(end[0] + x * cos - y * sin, end[1] + x * sin + y * cos) for x, y in TIP]
    path = [first]
    for p in others:
        path += [path[-1], p, p]
    return tuple(path)


def _box(box: Box, centre: tuple[float, float], grads: bool, digits: int, is_root: bool) -> Group:
    width, height = size_of(box, grads, digits)
    called, op = title_of(box)
    pill = box.kind == "constant" and not box.shape
    round_ = height / 2 if pill else 13.0 if box.kind in ("leaf", "parameter") else 5.0
    shapes: list[Shape] = [Rectangle("box", 0, 0, width, height, round_)]
    if box.kind == "fold":
        shapes.insert(0, Rectangle("box", 4, -4, width, height, round_))
    if pill:
        shapes.append(Words("number", width / 2, 16, called, "middle"))
    else:
        shapes.append(Words("name", PADDING, 17, called, op=op))
        if box.shape and box.kind != "fold":
            shapes.append(Words("label", width - PADDING, 17, shape_text(box.shape), "end"))
        shapes += [Words("note", PADDING, TITLE + 8 + 15 * i, note) for i, note in enumerate(box.notes)]
        shapes += _body(_rows(box, grads, digits), TITLE + 15 * len(box.notes), width)
    look = f"node {box.kind}{' root' if is_root else ''}"
    return Group(look, shapes, _words(box, grads), centre[0] - width / 2, centre[1] - height / 2, (box.id,))


def _body(rows: list[_Row], top: float, width: float) -> list[Shape]:
    """Value and gradient, below each other or side by side."""
    shapes: list[Shape] = []
    left = PADDING
    for row, kind in zip(rows, ("value", "grad"), strict=False):
        shapes.append(Words("label", left, top + 11.5, row.label))
        if row.cells is None:
            shapes.append(Words(f"number {kind}", width - PADDING, top + 11.5, row.text, "end"))
        else:
            shapes.append(Words(f"label {kind}", left + _wide(row.label, SMALL) + 5, top + 11.5, row.text))
            shapes += _map(row, left, top + ROW, kind[0])
        if _beside(rows):
            left += row.size[0] + 14
        else:
            top += row.size[1]
    return shapes


def _map(row: _Row, left: float, top: float, kind: str) -> list[Shape]:
    """An array as squares: their areas are the sizes of the entries, the largest fills its cell."""
    height, width = row.cells.shape
    largest = float(np.abs(row.cells).max()) or 1.0
    cell = row.cell
    found: dict[bool, list[tuple[float, float, float]]] = {True: [], False: []}
    for (i, j), x in np.ndenumerate(row.cells):
        side = (cell - 2.5) * math.sqrt(abs(x) / largest)
        if side > 0.3:
            corner = left + (j + 0.5) * cell - side / 2, top + (i + 0.5) * cell - side / 2
            found[bool(x > 0)].append((*corner, side))
    grid: list[Shape] = [Rectangle("cells", left, top, width * cell, height * cell)]
    signs = (("plus", found[True]), ("minus", found[False]))
    return grid + [Squares(f"{sign} {kind}", squares) for sign, squares in signs if squares]


def _words(box: Box, grads: bool) -> str:
    """All of a box in words, with more digits than it shows."""
    op = f" = {box.op}" if box.op and box.op != box.name else ""
    kinds = ", ".join([*([box.kind] if box.kind != "op" else []), *box.notes])
    kinds = f" ({kinds})" if kinds else ""
    shape = f", shape {box.shape}" if box.shape else ""
    scope = f", in {box.scope[-1]}" if box.scope else ""
    text = f"{box.name}{op}{kinds}{shape}{scope}: value {_full(box.value)}"
    return text + (f", grad {_full(box.grad)}" if grads and box.kind != "constant" else "")


def _full(x: Any) -> str:
    if x is None or np.size(x) == 1 or np.size(x) > 36:
        return value_text(x, 8)
    return " ".join(np.array2string(np.asarray(x), precision=4, separator=" ").split())
