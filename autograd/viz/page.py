"""stepper(root): both passes step by step, as one HTML file that needs no network and no program.

Python computes and draws everything beforehand; page.js beside this file only shows it. May import svg.py. Read
page.html and page.js next.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, overload

import numpy as np

from autograd.node import Node, order
from autograd.viz.film import Film, film
from autograd.viz.folding import Box, Folded, GraphTooLarge, fold
from autograd.viz.frames import Frame
from autograd.viz.layers import Layout
from autograd.viz.layout import arrange
from autograd.viz.recording import Forward, Names, Recording, Step, recorded
from autograd.viz.svg import number_text, size_of, value_text, write_svg

__all__ = ["Page", "stepper"]

LARGEST = 1000  # nodes
EVALUATIONS = 20_000  # of ops, for all central differences together
ROOM = 24.0  # beside every box, for what the script writes on the edges


@overload
def stepper(root: Node, names: Names | None = None, title: str | None = None, digits: int = 4) -> Page: ...
@overload
def stepper(root: Sequence[Frame | Recording], *, title: str | None = None, digits: int = 4) -> Film: ...
def stepper(root: Any, names: Names | None = None, title: str | None = None, digits: int = 4) -> Page | Film:
    """Forward and backward step by step, as a page to click through: one file, which works offline.

    Every step of the backward pass shows upstream gradient × local derivative = contribution, and what it is added
    to. The page can ask for the contributions instead of showing them, and can run the pass wrongly on purpose.
    ``names`` gives names to nodes, as for `record`; ``digits`` are the decimals shown. No ``.grad`` is touched.
    A list of frames or of recordings, one for each step of a training, gives a film of it instead.

    Raises: GraphTooLarge (a ValueError) above 1,000 nodes; ValueError if ``root`` is not a single number; TypeError
    for what is no node.

    >>> from autograd import Value
    >>> a = Value(3.0, name="a")
    >>> page = stepper(a * a, title="a * a")
    >>> page
    <Page 'a * a': 4 steps, 1 forward and 1 backward>
    >>> page.save("step.html")                                                  # doctest: +SKIP
    """
    if isinstance(root, (list, tuple)):
        return film(root, title, digits)
    if not isinstance(root, Node):
        raise TypeError(f"the graph of a Value or a Tensor can be stepped through, not that of {root!r}")
    nodes = order(root)
    if (n := len(nodes)) > LARGEST:
        raise GraphTooLarge(
            f"this graph has {n:,} nodes; a stepper shows at most {LARGEST:,}. Tip: step through the loss of "
            f"one sample, or draw the whole with graph(root)"
        )
    forward = Forward(nodes, names)
    run = recorded(forward)
    last = run.nodes[run.root]
    if math.prod(last.shape) != 1:
        raise ValueError(
            f"{last.name} has shape {last.shape}: a backward pass begins at a single number; "
            f"step through its .sum() or .mean()"
        )
    return Page(run, title or f"{last.name}, forward and backward", digits, _differences(forward))


class Page:
    """A page that steps through a run; ``str(page)`` is its HTML.

    It holds what the nodes held when it was made.
    """

    def __init__(self, run: Recording, title: str, digits: int, differences: dict[int, float]) -> None:
        self.run, self.title, self.digits, self.differences = run, title, digits, differences

    def __str__(self) -> str:
        svg = self.svg()
        script, style = _file("page.js"), _file("page.css")
        drawing = re.findall("<style>(.*?)</style>", svg, re.DOTALL)
        policy = (
            f"default-src 'none'; script-src {_hashes([script])}; style-src {_hashes([style, *drawing])}; "
            f"base-uri 'none'; form-action 'none'"
        )
        parts = {
            "policy": policy, "title": escape(self.title), "style": style, "svg": svg, "table": self.table(),
            "data": self.json(), "script": script,
        }  # fmt: skip
        return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _file("page.html"))

    def json(self) -> str:
        """What the script reads; safe inside a script element."""
        run = self.run.as_dict()
        run.pop("held")
        data = {"digits": self.digits, "differences": self.differences, **run}
        text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")

    def svg(self) -> str:
        """The graph with the final values and gradients; boxes have the ids s-n0, s-n1, ..."""
        folded = fold(replace(self.run, held=self.run.gradients), "op", max_nodes=None)
        wide = replace(folded, boxes=tuple(self._widest(box) for box in folded.boxes))
        layout = _roomy(wide, self.digits)
        title = f"Graph of {self.run.nodes[self.run.root].name}"
        drawn, stretched = (write_svg(x, layout, True, self.digits, title, "s") for x in (folded, wide))
        lines = map(_with_words_of, stretched.split("\n"), drawn.split("\n"))
        return "\n".join(lines).replace('role="img"', 'role="group"', 1)

    def _widest(self, box: Box) -> Box:
        """The box of a number with the longest gradient it shows on the way, so that there is room for it."""
        if box.shape or box.kind == "constant":
            return box
        rows = [row for step in self.run.backward for row in step.rows if row.to == box.id]
        shown = [0.0 if box.grad is None else box.grad, *[row.after for row in rows]]
        return replace(box, grad=max(shown, key=lambda x: len(number_text(x, self.digits))))

    def table(self) -> str:
        """All nodes with value and gradient, as rows of an HTML table; leaves first."""
        steps = sorted((s for s in self.run.nodes if s.kind != "constant"), key=lambda s: (s.kind == "op", s.id))
        return "\n".join(map(self._row, steps))

    def _row(self, step: Step) -> str:
        grad = self.run.gradients.get(step.id)
        differ = self.differences.get(step.id)
        numbers = [step.value, grad, differ]
        texts = [self._shown(x, step.shape) for x in numbers[:2]] + ["" if differ is None else self._shown(differ, ())]
        cells = "".join(
            f'<td class="{kind}">{escape(x)}</td>'
            for kind, x in zip(("number value", "number grad", "number"), texts, strict=True)
        )
        return (
            f'<tr data-row="{step.id}"><th scope="row">{escape(step.name)}</th>'
            f"<td>{escape(step.text or step.kind)}</td>{cells}</tr>"
        )

    def _shown(self, x: Any, shape: tuple[int, ...]) -> str:
        if x is None and shape:
            return f"array {' × '.join(map(str, shape))}"
        if not shape or np.size(x) > 9:
            return value_text(x, self.digits)
        return _entries(x, self.digits)

    def save(self, path: str | Path) -> Path:
        """Write the page; the name ends in .html or .htm. Gives the path.

        Raises: ValueError for another suffix.
        """
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm"):
            raise ValueError(f"save({str(path)!r}): the name ends in .html")
        path.write_bytes(str(self).encode())
        return path

    def __repr__(self) -> str:
        forward = sum(step.kind == "op" for step in self.run.nodes)
        backward = len(self.run.backward)
        steps = 1 + forward + bool(self.run.gradients) + backward
        return f"<Page {self.title!r}: {steps} steps, {forward} forward and {backward} backward>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002 (IPython's)
        frame = (
            f'<iframe title="{escape(self.title)}" sandbox="allow-scripts" width="100%" height="760" '
            f'style="border:0" srcdoc="{escape(str(self))}"></iframe>'
        )
        return {"text/html": frame, "text/plain": repr(self)}


def _entries(x: Any, digits: int) -> str:
    if isinstance(x, list):
        return f"[{', '.join(_entries(item, digits) for item in x)}]"
    return number_text(x, digits)


def _file(name: str) -> str:
    return files("autograd.viz").joinpath(name).read_text(encoding="utf-8")


def _hashes(texts: list[str]) -> str:
    """Sources of a Content-Security-Policy that allow just these scripts or styles."""
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)


def _with_words_of(line: str, other: str) -> str:
    """The drawing of one line of SVG with the words of another."""
    words = iter(re.findall(r">([^<]*)</t", other))
    return re.sub(r">([^<]*)</t", lambda _: f">{next(words)}</t", line) if 'data-node="' in line else line


# Layout -----------------------------------------------------------------------------------------------------------


def _roomy(folded: Folded, digits: int) -> Layout:
    """Our own layout, the same on every machine, of boxes with room on both sides; edges then reach into it."""
    place = {box.id: i for i, box in enumerate(folded.boxes)}
    sizes = [size_of(box, True, digits) for box in folded.boxes]
    ends = [(place[link.source], place[link.target]) for link in folded.links]
    scopes = [box.scope for box in folded.boxes]
    layout = arrange([(width + 2 * ROOM, height) for width, height in sizes], scopes, ends, engine="built-in")
    paths = []
    for (source, target), path in zip(ends, layout.paths, strict=True):
        (x0, y0), (x1, y1) = path[0], path[-1]
        a = (layout.boxes[source][0] + sizes[source][0] / 2, y0)
        b = (layout.boxes[target][0] - sizes[target][0] / 2, y1)
        paths.append((a, a, (x0, y0), *path, (x1, y1), b, b))
    return layout._replace(paths=paths)


# Central differences ----------------------------------------------------------------------------------------------


def _differences(forward: Forward) -> dict[int, float]:
    """The gradients of leaves that are numbers by central differences; none if that takes long, or for arrays."""
    nodes, ids = forward.nodes, forward.ids
    leaves = [node for node in nodes if node.op is None and not node.is_constant]
    if any(node.is_array for node in nodes) or len(leaves) * len(nodes) > EVALUATIONS:
        return {}
    seen = {node: forward.steps[i].value for node, i in ids.items()}
    found = {}
    for leaf in leaves:
        h = 1e-5 * max(1.0, abs(seen[leaf]))
        try:
            slope = (_again(nodes, {**seen, leaf: seen[leaf] + h}) - _again(nodes, {**seen, leaf: seen[leaf] - h})) / (
                2 * h
            )
        except (ArithmeticError, ValueError):  # at the edge of where the function is defined
            continue
        if math.isfinite(slope):
            found[ids[leaf]] = slope
    return found


def _again(nodes: list[Node], seen: dict[Node, float]) -> float:
    """The forward pass once more, from other leaves."""
    for node in nodes:
        if node.op is not None and not node.is_constant:
            operands = [seen[x] if isinstance(x, Node) else x for x in node.inputs]
            params = node.saved[1 + len(operands) :]
            seen[node] = float((node.op.scalar or node.op.forward)(*operands, *params))
    return seen[nodes[-1]]
