"""A drawing written as SVG, for light and dark, for screen readers too; and what its shapes look like.

No colour means anything alone. There are no ids unless asked for, so any number of pictures can stand on a page. May
import drawing.py. Read figure.py next.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from autograd.viz.boxes import Folded
from autograd.viz.drawing import MARGIN, Curve, Group, Rectangle, Shape, Squares, Words, drawing_of, printable
from autograd.viz.layout import Layout, Path

__all__ = ["LOOKS", "PALETTES", "STYLE", "write_svg"]

PALETTES = {
    "light": {
        "paper": "#fff", "ink": "#1b2530", "soft": "#5a6775", "line": "#8a96a3", "box": "#fff", "leaf": "#eef4fb",
        "fold": "#f4f1fa", "frame": "#f4f6f8", "value": "#0b5cad", "grad": "#a84300",
    },
    "dark": {
        "paper": "#12171d", "ink": "#e8edf2", "soft": "#a3afbb", "line": "#6f7d8b", "box": "#1b232c", "leaf": "#1a2a3c",
        "fold": "#272338", "frame": "#171e26", "value": "#7ab8f5", "grad": "#f5a468",
    },
}  # fmt: skip
SANS = 'ui-sans-serif,system-ui,"Segoe UI","Helvetica Neue",Arial,sans-serif'
MONO = 'ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace'

# Selectors of CSS, colours by their names in the palettes. Of two that hold for a shape, the one further down wins.
LOOKS: dict[str, dict[str, str]] = {
    ".paper": {"fill": "paper"},
    "text": {"fill": "ink", "font-size": "13px"},
    ".frame": {"fill": "frame", "stroke": "line", "stroke-dasharray": "4 3"},
    ".frame-name": {"fill": "soft", "font-size": "12px"},
    ".edge": {"fill": "none", "stroke": "line", "stroke-width": "1.3"},
    ".tip": {"fill": "line"},
    ".box": {"fill": "box", "stroke": "line", "stroke-width": "1.2"},
    ".name": {"font-weight": "650"},
    "tspan": {"fill": "soft", "font-weight": "500"},
    ".label,.note": {"fill": "soft", "font-size": "11px"},
    ".number": {"font-size": "12px", "font-family": MONO, "text-anchor": "end"},
    ".end": {"text-anchor": "end"},
    ".middle": {"text-anchor": "middle"},
    ".value": {"fill": "value"},
    ".grad": {"fill": "grad"},
    ".cells": {"fill": "none", "stroke": "line", "stroke-width": ".5"},
    ".minus": {"fill": "box", "stroke-width": "1.2"},
    ".plus.v": {"fill": "value"},
    ".plus.g": {"fill": "grad"},
    ".minus.v": {"stroke": "value"},
    ".minus.g": {"stroke": "grad"},
    ".parameters .edge": {"stroke-dasharray": "5 3"},
    ".leaf .box,.parameter .box": {"fill": "leaf"},
    ".parameter .box": {"stroke-width": "2.4"},
    ".fold .box": {"fill": "fold"},
    ".root .box": {"stroke": "ink", "stroke-width": "2.2"},
    ".constant .box": {"fill": "none", "stroke-dasharray": "2 2.5"},
    ".constant text": {"fill": "soft"},
}


def _style_sheet() -> str:
    """The palettes and looks as CSS: the reader's own choice of light or dark, unless a page around makes one."""
    light, dark = (";".join(f"--{name}:{colour}" for name, colour in PALETTES[theme].items()) for theme in PALETTES)
    chosen = "[data-theme={0}] .hg,[data-jp-theme-light={1}] .hg,.hg[data-theme={0}]{{{2}}}"
    rules = [
        f".hg{{{light};font-family:{SANS}}}",
        f"@media (prefers-color-scheme:dark){{.hg{{{dark}}}}}",
        chosen.format("light", "true", light),
        chosen.format("dark", "false", dark),
    ]
    colours = PALETTES["light"]
    for selectors, look in LOOKS.items():
        body = ";".join(f"{key}:{f'var(--{x})' if x in colours else x}" for key, x in look.items())
        rules.append(f"{','.join(f'.hg {selector}' for selector in selectors.split(','))}{{{body}}}")
    return "".join(rules)


STYLE = _style_sheet()


def write_svg(
    folded: Folded,
    layout: Layout,
    grads: bool = True,
    digits: int = 4,
    title: str = "",
    prefix: str | None = None,
    theme: str | None = None,
) -> str:
    """The picture as an ``svg`` element, in light or dark as the reader has it, or in one ``theme``.

    Boxes bear their number as ``data-node``, edges as ``data-source`` and ``data-target``; with a ``prefix`` they
    get ids, too: prefix-n3, prefix-e0.
    """
    drawing = drawing_of(folded, layout, grads, digits)
    width, height = _number(drawing.width + 2 * MARGIN), _number(drawing.height + 2 * MARGIN)
    chosen = f' data-theme="{theme}"' if theme else ""
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="hg"{chosen} role="img" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" aria-label="{_text(title)}">'
    )
    return "\n".join(
        [
            opening,
            f"<style>{STYLE}</style>",
            f'<rect class="paper" width="{width}" height="{height}" rx="8"/>',
            f'<g transform="translate({_number(MARGIN)} {_number(MARGIN)})">',
            *_groups(drawing.groups, prefix),
            "</g>",
            "</svg>",
        ]
    )


def _groups(groups: list[Group], prefix: str | None) -> list[str]:
    """Each on a line of its own."""
    lines, edges = [], 0
    for group in groups:
        name, attributes = "", f' class="{group.look}"' if group.look else ""
        if len(group.ids) == 1:
            name = f"n{group.ids[0]}"
            place = f"translate({_number(group.x)} {_number(group.y)})"
            attributes += f' data-node="{group.ids[0]}" transform="{place}"'
        elif group.ids:
            name, edges = f"e{edges}", edges + 1
            attributes += f' data-source="{group.ids[0]}" data-target="{group.ids[1]}"'
        if prefix and name:
            attributes = f' id="{escape(prefix)}-{name}"{attributes}'
        title = f"<title>{_text(group.title)}</title>" if group.title else ""
        lines.append(f"<g{attributes}>{title}{''.join(map(_shape, group.shapes))}</g>")
    return lines


def _shape(x: Shape) -> str:
    match x:
        case Rectangle():
            at = f' x="{_number(x.x)}" y="{_number(x.y)}"' if x.x or x.y else ""
            corners = f' rx="{_number(x.round)}"' if x.round else ""
            return f'<rect class="{x.look}"{at} width="{_number(x.width)}" height="{_number(x.height)}"{corners}/>'
        case Words():
            usual = "end" if x.look.startswith("number") else "start"  # the others have a class
            look = x.look if x.anchor == usual else f"{x.look} {x.anchor}"
            op = f" <tspan>{_text(x.op)}</tspan>" if x.op else ""
            return f'<text class="{look}" x="{_number(x.x)}" y="{_number(x.y)}">{_text(x.text)}{op}</text>'
        case Curve():
            wide = f' style="stroke-width:{_number(x.width)}"' if x.width else ""
            return f'<path class="{x.look}" d="{path_text(x.path)}"{wide}/>'
        case Squares():
            found = [tuple(map(_number, square)) for square in x.squares]
            d = "".join(f"M{left} {top}h{side}v{side}h-{side}z" for left, top, side in found)
            return f'<path class="{x.look}" d="{d}"/>'


def path_text(path: Path) -> str:
    """The ``d`` of a path in relative coordinates, straight pieces as lines; rounding does not add up.

    >>> path_text(((0, 10), (0, 10), (5, 10), (5, 10), (9, 10), (9, 4), (12.04, 4)))
    'M0 10h5c4 0 4-6 7-6'
    """
    points = [(_tenths(x), _tenths(y)) for x, y in path]
    commands: list[tuple[str, list[int]]] = []
    for i in range(0, len(points) - 3, 3):
        (x0, y0), *others = points[i : i + 4]
        (ax, ay), (bx, by), (x, y) = steps = [(x - x0, y - y0) for x, y in others]
        if ay == by == y == 0 or ax == bx == x == 0:
            letter, step = ("h", x) if y == 0 else ("v", y)
            if commands and commands[-1][0] == letter and commands[-1][1][0] * step > 0:
                commands[-1][1][0] += step
            elif step:
                commands.append((letter, [step]))
        elif (ax, ay, bx, by) == (0, 0, x, y):
            commands.append(("l", [x, y]))
        else:
            commands.append(("c", [z for step in steps for z in step]))
    text, last = f"M{_listed(points[0])}", "M"
    for letter, numbers in commands:
        listed = _listed(numbers)
        text += listed if letter == last and listed[0] == "-" else f" {listed}" if letter == last else letter + listed
        last = letter
    return text


def _text(text: str) -> str:
    return escape(printable(text))


def _tenths(x: float) -> int:
    return round(10 * round(x, 1))


def _listed(tenths: Iterable[int]) -> str:
    """Numbers with as few characters as SVG needs: ``1 .5-2``."""
    text = ""
    for x in tenths:
        whole, tenth = divmod(abs(x), 10)
        digits = f"{whole or ''}.{tenth}" if tenth else f"{whole}"
        text += f"-{digits}" if x < 0 else f" {digits}" if text else digits
    return text


def _number(x: float) -> str:
    """A coordinate."""
    return _listed([_tenths(x)])
