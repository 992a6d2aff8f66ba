"""stepper(root): both passes step by step, as one HTML file that needs no network and no program.

Python computes and draws everything beforehand; the scripts beside this file show it, and compute anew what a reader
changes. May import views.py and javascript.py. Read page.html and script/run.js next.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple, overload

import numpy as np

from autograd.formulas.naming import Names, part_of
from autograd.node import Node, describe, order
from autograd.parameter import Parameter
from autograd.viz.film import Film, film
from autograd.viz.folding import GraphTooLarge
from autograd.viz.frames import Frame
from autograd.viz.javascript import NotPrintable, rows_of
from autograd.viz.numbers import decimals, number_text, value_text
from autograd.viz.offline import OfflinePage, file_text, filled, json_text, script_of
from autograd.viz.recording import Forward, recorded
from autograd.viz.run import Recording, Step
from autograd.viz.views import View, views_of

__all__ = ["Page", "stepper"]

LARGEST = 1000  # nodes
EVALUATIONS = 20_000  # of ops, for all central differences together
SCRIPTS = ("run", "words", "drawing", "panel", "controls")  # after the rows of the table; joined in this order


class Live(NamedTuple):
    """What a page needs to compute anew.

    ``rows`` of the table as JavaScript, the ``row`` of each op, or what stands in the way; what an ``update`` changes;
    the central differences to start with.
    """

    rows: list[str]
    row: dict[int, int]
    obstacle: str | None
    update: list[int]
    differences: dict[int, float]


@overload
def stepper(
    root: Node,
    names: Names | None = None,
    title: str | None = None,
    digits: int = 4,
    wrt: Node | Sequence[Node] | None = None,
) -> Page: ...
@overload
def stepper(root: Sequence[Frame | Recording], *, title: str | None = None, digits: int = 4) -> Film: ...
def stepper(
    root: Any,
    names: Names | None = None,
    title: str | None = None,
    digits: int = 4,
    wrt: Node | Sequence[Node] | None = None,
) -> Page | Film:
    """Forward and backward step by step, as a page to click through: one file, which works offline.

    Every step of the backward pass shows upstream gradient × local derivative = contribution, and what it is added
    to, op by op or, folded, for whole neurons and layers. The page can ask for the contributions instead of showing
    them, and can run the pass wrongly on purpose. In graphs of Values the leaves can be changed in the page, which
    then computes everything anew, and a step of gradient descent can be taken: of the leaves ``wrt``, one or several;
    of Parameters, or of all leaves, unless it says other. ``names`` gives names to nodes, as for `record`; ``digits``
    are the decimals shown. No ``.grad`` is touched. A list of frames or of recordings, one for each step of a training,
    gives a film of it instead.

    Raises: GraphTooLarge (a ValueError) above 1,000 nodes; ValueError if ``root`` is not a single number, for a ``wrt``
    that is no leaf of this graph, and for ``digits`` that are not 0 to 15; TypeError for what is no node, and
    for ``names`` or ``wrt`` beside frames.

    >>> from autograd import Value
    >>> a = Value(3.0, name="a")
    >>> page = stepper(a * a, title="a * a")
    >>> page
    <Page 'a * a': 5 steps, 1 forward, 1 backward and 1 update>
    >>> page.save("step.html")                                                  # doctest: +SKIP
    """
    digits = decimals(digits)
    if isinstance(root, (list, tuple)):
        if names is not None or wrt is not None:
            raise TypeError("names= and wrt= are for a graph; frames have their names from frame(loss, names)")
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
    return Page(run, views_of(forward, run), title or f"{last.name}, forward and backward", digits, _live(forward, wrt))


class Page(OfflinePage):
    """A page that steps through a run; ``str(page)`` is its HTML.

    It holds what the nodes held when it was made.
    """

    def __init__(self, run: Recording, views: list[View], title: str, digits: int, live: Live) -> None:
        self.run, self.views, self.title, self.digits, self.live = run, views, title, digits, live

    def __str__(self) -> str:
        rows = f"const ROWS = [{', '.join(self.live.rows)}];"
        script = script_of("functions", rows, *SCRIPTS)
        pictures, drawing = self.pictures()
        style = f"{drawing}\n{file_text('page.css')}"
        parts = {"title": escape(self.title), "pictures": pictures, "table": self.table(), "data": self.json()}
        return filled("page.html", "hg", script, style, parts)

    def pictures(self) -> tuple[str, str]:
        """The pictures of all views as SVG, and their style; only the first is shown until a script shows others."""
        live = self.live.obstacle is None
        text = "\n".join(view.svg(self.run, self.digits, live, f"v{k}") for k, view in enumerate(self.views))
        styles = re.findall("<style>(.*?)</style>", text, re.DOTALL)
        text = re.sub("<style>.*?</style>\n*", "", text, flags=re.DOTALL).replace("<svg ", "<svg hidden ")
        return text.replace("<svg hidden ", "<svg ", 1), styles[0]

    def json(self) -> str:
        """What the script reads; safe inside a script element.

        The recording in short: nodes by place, with the places of their ``inputs`` and with what each ``sends`` back
        (slot, text and number of the local derivative, contribution). What is added up from that is left out.
        """
        run = self.run.as_dict()
        inputs: list[list[int]] = [[] for _ in run["nodes"]]
        for edge in run["edges"]:
            inputs[edge["target"]].append(edge["source"])
        nodes = [
            {key: step[key] for key in ("name", "text", "shape", "source", "value") if step[key] or key == "value"}
            for step in run["nodes"]
        ]
        for i, step in enumerate(run["nodes"]):
            nodes[i] |= {"inputs": inputs[i]} if step["kind"] == "op" else {"kind": step["kind"]}
            nodes[i] |= {"row": self.live.row[i]} if i in self.live.row else {}
        for step in run["backward"]:
            rows = step["rows"]
            nodes[step["node"]]["sends"] = [[r["slot"], r["local_text"], r["local"], r["contribution"]] for r in rows]
        data = {"digits": self.digits, "root": run["root"], "nodes": nodes, "differences": self.live.differences,
                "views": [view.as_dict() for view in self.views], "update": self.live.update}  # fmt: skip
        if run["gradients"]:
            data["seed"] = run["gradients"][run["root"]]
        if self.live.obstacle:
            data["obstacle"] = self.live.obstacle
        return json_text(data)

    def table(self) -> str:
        """All nodes with value and gradient, as rows of an HTML table; leaves first."""
        steps = sorted((s for s in self.run.nodes if s.kind != "constant"), key=lambda s: (s.kind == "op", s.id))
        return "\n".join(map(self._row, steps))

    def _row(self, step: Step) -> str:
        grad = self.run.gradients.get(step.id)
        differ = self.live.differences.get(step.id)
        numbers = [step.value, grad, differ]
        texts = [self._shown(x, step.shape) for x in numbers[:2]] + ["" if differ is None else self._shown(differ, ())]
        cells = "".join(f"<td>{escape(text)}</td>" for text in [step.text or step.kind, *texts])
        return f'<tr><th scope="row">{escape(step.name)}</th>{cells}</tr>'

    def _shown(self, x: Any, shape: tuple[int, ...]) -> str:
        if x is None and shape:
            return f"array {' × '.join(map(str, shape))}"
        if not shape or np.size(x) > 9:
            return value_text(x, self.digits)
        return _entries(x, self.digits)

    def __repr__(self) -> str:
        forward, backward = sum(step.kind == "op" for step in self.run.nodes), len(self.run.backward)
        seeded = bool(self.run.gradients)
        update = seeded and self.live.obstacle is None
        steps = 1 + forward + seeded + backward + update
        parts = (
            f"{forward} forward, {backward} backward and 1 update"
            if update
            else f"{forward} forward and {backward} backward"
        )
        return f"<Page {self.title!r}: {steps} steps, {parts}>"


def _entries(x: Any, digits: int) -> str:
    if isinstance(x, list):
        return f"[{', '.join(_entries(item, digits) for item in x)}]"
    return number_text(x, digits)


# What a live page needs -------------------------------------------------------------------------------------------


def _live(forward: Forward, wrt: Node | Sequence[Node] | None) -> Live:
    nodes, ids = forward.nodes, forward.ids
    leaves = [node for node in nodes if node.op is None]
    wanted = [leaf for leaf in leaves if isinstance(leaf, Parameter)] or leaves if wrt is None else part_of(ids, wrt)
    for node in wanted:
        if node.op is not None:
            raise ValueError(f"wrt: {describe(node)} is computed, so an update cannot change it; give leaves")
    try:
        rows, of = rows_of(nodes)
        obstacle = None
    except NotPrintable as error:
        rows, of, obstacle = [], {}, str(error)
    row = {ids[node]: place for node, place in of.items()}
    return Live(rows, row, obstacle, [ids[leaf] for leaf in wanted], _differences(forward))


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
            with np.errstate(all="ignore"):
                above, below = (_again(nodes, {**seen, leaf: seen[leaf] + step}) for step in (h, -h))
            slope = (above - below) / (2 * h)
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
