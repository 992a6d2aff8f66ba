"""Boxes and paths written as SVG: one drawing for every layout, for light and dark, for screen readers too.

A box shows what it is called and its op, its value and its gradient; small arrays as squares whose areas are the
sizes of the entries, full where positive and hollow where negative. No colour means anything alone. There are no ids
unless asked for, so any number of pictures can stand on a page. May import layout.py. Read picture.py next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple
from unicodedata import east_asian_width

import numpy as np

from autograd.viz.folding import Box, Folded, Link
from autograd.viz.layout import Layout, Path

__all__ = ["STYLE", "number_text", "shape_text", "sign_of", "size_of", "title_of", "value_text", "write_svg"]

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

STYLE = """
.hg{--paper:#fff;--ink:#1b2530;--soft:#5a6775;--line:#8a96a3;--box:#fff;--leaf:#eef4fb;--fold:#f4f1fa;--frame:#f4f6f8;
--value:#0b5cad;--grad:#a84300;font-family:ui-sans-serif,system-ui,"Segoe UI","Helvetica Neue",Arial,sans-serif}
@media (prefers-color-scheme:dark){.hg{--paper:#12171d;--ink:#e8edf2;--soft:#a3afbb;--line:#6f7d8b;--box:#1b232c;
--leaf:#1a2a3c;--fold:#272338;--frame:#171e26;--value:#7ab8f5;--grad:#f5a468}}
[data-theme=light] .hg,[data-jp-theme-light=true] .hg,.hg[data-theme=light]{--paper:#fff;--ink:#1b2530;--soft:#5a6775;
--line:#8a96a3;--box:#fff;--leaf:#eef4fb;--fold:#f4f1fa;--frame:#f4f6f8;--value:#0b5cad;--grad:#a84300}
[data-theme=dark] .hg,[data-jp-theme-light=false] .hg,.hg[data-theme=dark]{--paper:#12171d;--ink:#e8edf2;--soft:#a3afbb;
--line:#6f7d8b;--box:#1b232c;--leaf:#1a2a3c;--fold:#272338;--frame:#171e26;--value:#7ab8f5;--grad:#f5a468}
.hg .paper{fill:var(--paper)}.hg text{fill:var(--ink);font-size:13px}
.hg .frame{fill:var(--frame);stroke:var(--line);stroke-dasharray:4 3}.hg .frame-name{fill:var(--soft);font-size:12px}
.hg .box{fill:var(--box);stroke:var(--line);stroke-width:1.2}.hg .leaf .box,.hg .parameter .box{fill:var(--leaf)}
.hg .parameter .box{stroke-width:2.4}.hg .fold .box{fill:var(--fold)}.hg .root .box{stroke:var(--ink);stroke-width:2.2}
.hg .constant .box{fill:none;stroke-dasharray:2 2.5}.hg .constant text{fill:var(--soft)}
.hg .name{font-weight:650}.hg .op{fill:var(--soft);font-weight:500}
.hg .label,.hg .note{fill:var(--soft);font-size:11px}
.hg .number{font:12px ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
.hg .value{fill:var(--value)}.hg .grad{fill:var(--grad)}.hg .cells{fill:none;stroke:var(--line);stroke-width:.5}
.hg .plus.v{fill:var(--value)}.hg .plus.g{fill:var(--grad)}.hg .minus{fill:var(--box);stroke-width:1.2}
.hg .minus.v{stroke:var(--value)}.hg .minus.g{stroke:var(--grad)}
.hg .edge{fill:none;stroke:var(--line);stroke-width:1.3}.hg .parameters .edge{stroke-dasharray:5 3}
.hg .tip{fill:var(--line)}
""".strip().replace("\n", "")


# What it says -----------------------------------------------------------------------------------------------------


def number_text(x: float, digits: int = 4) -> str:
    """A number with at most ``digits`` decimals; very large and very small ones with an exponent.

    >>> number_text(-0.25), number_text(1.0), number_text(2 / 3), number_text(1e-9)
    ('−0.25', '1', '0.6667', '1e−9')
    """
    x = float(x)
    if not math.isfinite(x):
        text = "nan" if math.isnan(x) else f"{x:+}".removeprefix("+")
    elif x and not 10.0**-digits <= abs(x) < 1e7:
        mantissa, _, exponent = f"{x:.{max(digits - 2, 1)}e}".partition("e")
        text = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    else:
        text = f"{x:.{digits}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "−")


def value_text(x: Any, digits: int = 4) -> str:
    """A number, or from where to where the entries of an array go; a dot for what there is not.

    >>> value_text([0.5, -1.0]), value_text(None)
    ('−1 … 0.5', '·')
    """
    if x is None:
        return "·"
    array = np.asarray(x, dtype=float)
    if array.size == 1:
        return number_text(array.item(), digits)
    if not array.size:
        return "empty"
    low, high = number_text(np.min(array), digits), number_text(np.max(array), digits)
    return low if low == high else f"{low} … {high}"


def shape_text(shape: Sequence[int]) -> str:
    """A shape as it is written in text: 4 × 3."""
    return " × ".join(map(str, shape))


def sign_of(op: str | None) -> str:
    """An op as boxes show it: +, ×, tanh."""
    return SIGNS.get(op or "", op or "")


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
    """Width and height of a box as `write_svg` draws it."""
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


# Writing ----------------------------------------------------------------------------------------------------------


def write_svg(
    folded: Folded, layout: Layout, grads: bool = True, digits: int = 4, title: str = "", prefix: str | None = None
) -> str:
    """The picture as an ``svg`` element.

    Boxes bear their number as ``data-node``, edges as ``data-source`` and ``data-target``; with a ``prefix`` they
    get ids, too: prefix-n3, prefix-e0.
    """
    width, height = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="hg" role="img" viewBox="0 0 {_n(width)} {_n(height)}" '
        f'width="{_n(width)}" height="{_n(height)}" aria-label="{escape(title)}">'
    )
    parts = [
        opening,
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{_n(width)}" height="{_n(height)}" rx="8"/>',
        f'<g transform="translate({_n(MARGIN)} {_n(MARGIN)})">',
    ]
    parts += [
        (
            f'<g><rect class="frame" x="{_n(frame.x)}" y="{_n(frame.y)}" width="{_n(frame.width)}" '
            f'height="{_n(frame.height)}" rx="8"/><text class="frame-name" x="{_n(frame.x + 10)}" '
            f'y="{_n(frame.y + 16)}">{escape(_short(frame.scope[-1], frame.width))}</text></g>'
        )
        for frame in layout.frames
    ]
    by_id = {box.id: box for box in folded.boxes}
    for k, (link, path) in enumerate(zip(folded.links, layout.paths, strict=True)):
        parts.append(_edge(link, path, by_id, f' id="{escape(prefix)}-e{k}"' if prefix else ""))
    root = folded.links[-1].target if folded.links else folded.boxes[-1].id
    for box, centre in zip(folded.boxes, layout.boxes, strict=True):
        name = f' id="{escape(prefix)}-n{box.id}"' if prefix else ""
        parts.append(_box(box, centre, grads, digits, box.id == root, name))
    return "\n".join([*parts, "</g>", "</svg>"])


def _n(x: float) -> str:
    """A coordinate."""
    return f"{x:.1f}".removesuffix(".0").replace("-0.0", "0")


def _short(text: str, width: float) -> str:
    while len(text) > 1 and _wide(text, SMALL) > max(width - 16, 30):
        text = f"{text[:-2]}…"
    return text


def _edge(link: Link, path: Path, boxes: dict[int, Box], name: str) -> str:
    if not path:
        return ""
    d = f"M{_n(path[0][0])} {_n(path[0][1])}"
    for i in range(1, len(path) - 2, 3):
        d += "C" + " ".join(f"{_n(x)} {_n(y)}" for x, y in path[i : i + 3])
    (x, y), before = path[-1], next((p for p in reversed(path) if math.dist(p, path[-1]) > 0.5), path[0])
    turn = math.degrees(math.atan2(y - before[1], x - before[0]))
    many = f" ({link.count:,} edges)" if link.count > 1 else ""
    what = " parameters" if link.parameters else ""
    words = f"{boxes[link.source].name} → {boxes[link.target].name}{what}{many}"
    wide = f' style="stroke-width:{_n(min(1.3 + 0.25 * math.log10(link.count), 2.5))}"' if link.count > 1 else ""
    return (
        f'<g{name} class="link{what}" data-source="{link.source}" data-target="{link.target}">'
        f'<title>{escape(words)}</title><path class="edge" d="{d}"{wide}/>'
        f'<path class="tip" d="M0 0L-8 -3.6L-6.2 0L-8 3.6Z" transform="translate({_n(x)} {_n(y)}) rotate({_n(turn)})"/>'
        "</g>"
    )


def _box(box: Box, centre: tuple[float, float], grads: bool, digits: int, is_root: bool, name: str) -> str:
    width, height = size_of(box, grads, digits)
    x, y = centre[0] - width / 2, centre[1] - height / 2
    pill = box.kind == "constant" and not box.shape
    round_ = height / 2 if pill else 13 if box.kind in ("leaf", "parameter") else 5
    kind = box.kind + (" root" if is_root else "")
    parts = [
        f'<g{name} class="node {kind}" data-node="{box.id}" transform="translate({_n(x)} {_n(y)})">',
        f"<title>{escape(_words(box, grads))}</title>",
    ]
    if box.kind == "fold":
        parts.append(_rectangle(4, -4, width, height, 5))
    parts.append(_rectangle(0, 0, width, height, round_))
    called, op = title_of(box)
    if pill:
        parts.append(f'<text class="number" x="{_n(width / 2)}" y="16" text-anchor="middle">{escape(called)}</text>')
        return "".join([*parts, "</g>"])
    op = f' <tspan class="op">{escape(op)}</tspan>' if op else ""
    parts.append(f'<text class="name" x="{_n(PADDING)}" y="17">{escape(called)}{op}</text>')
    if box.shape and box.kind != "fold":
        parts.append(_text("label", width - PADDING, 17, shape_text(box.shape), end=True))
    down = TITLE
    for note in box.notes:
        parts.append(_text("note", PADDING, down + 8, note))
        down += 15
    rows = _rows(box, grads, digits)
    left = PADDING
    for row, kind in zip(rows, ("value", "grad"), strict=False):
        parts.append(_text("label", left, down + 11.5, row.label))
        if row.cells is None:
            parts.append(_text(f"number {kind}", width - PADDING, down + 11.5, row.text, end=True))
        else:
            parts.append(_text(f"label {kind}", left + _wide(row.label, SMALL) + 5, down + 11.5, row.text))
            parts.append(_map(row, left, down + ROW, kind[0]))
        if _beside(rows):
            left += row.size[0] + 14
        else:
            down += row.size[1]
    return "".join([*parts, "</g>"])


def _rectangle(x: float, y: float, width: float, height: float, round_: float) -> str:
    at = f' x="{_n(x)}" y="{_n(y)}"' if x or y else ""
    return f'<rect class="box"{at} width="{_n(width)}" height="{_n(height)}" rx="{_n(round_)}"/>'


def _text(kind: str, x: float, y: float, text: str, end: bool = False) -> str:
    anchor = ' text-anchor="end"' if end else ""
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}"{anchor}>{escape(text)}</text>'


def _map(row: _Row, left: float, top: float, kind: str) -> str:
    """An array as squares: their areas are the sizes of the entries, the largest fills its cell."""
    height, width = row.cells.shape
    largest = float(np.abs(row.cells).max()) or 1.0
    cell = row.cell
    grid = f'<rect class="cells" x="{_n(left)}" y="{_n(top)}" width="{_n(width * cell)}" height="{_n(height * cell)}"/>'
    d = {True: "", False: ""}
    for (i, j), x in np.ndenumerate(row.cells):
        side = (cell - 2.5) * math.sqrt(abs(x) / largest)
        if side > 0.3:
            corner = f"M{_n(left + (j + 0.5) * cell - side / 2)} {_n(top + (i + 0.5) * cell - side / 2)}"
            d[x > 0] += f"{corner}h{_n(side)}v{_n(side)}h-{_n(side)}z"
    plus = f'<path class="plus {kind}" d="{d[True]}"/>' if d[True] else ""
    minus = f'<path class="minus {kind}" d="{d[False]}"/>' if d[False] else ""
    return grid + plus + minus


def _words(box: Box, grads: bool) -> str:
    """All of a box in words, with more digits than it shows."""
    op = f" = {box.op}" if box.op and box.op != box.name else ""
    shape = f", shape {box.shape}" if box.shape else ""
    scope = f", in {' / '.join(box.scope)}" if box.scope else ""
    text = f"{box.name}{op} ({', '.join([box.kind, *box.notes])}){shape}{scope}: value {_full(box.value)}"
    return text + (f", grad {_full(box.grad)}" if grads and box.kind != "constant" else "")


def _full(x: Any) -> str:
    if x is None or np.size(x) == 1 or np.size(x) > 36:
        return value_text(x, 8)
    return " ".join(np.array2string(np.asarray(x), precision=4, separator=" ").split())
