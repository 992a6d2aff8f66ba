"""The pictures that a stepper's page can switch between: every op, and coarser levels of the same run.

A view is a folded graph that is gone through box by box, so its boxes have an order. May import svg.py and chains.py.
Read page.py next.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from autograd.viz.boxes import Box, Folded
from autograd.viz.chains import chain_texts
from autograd.viz.drawing import size_of
from autograd.viz.folding import LEVELS, GraphTooLarge, fold
from autograd.viz.layers import Layout
from autograd.viz.layout import arrange
from autograd.viz.numbers import number_text
from autograd.viz.recording import Forward
from autograd.viz.run import Recording, Step
from autograd.viz.svg import write_svg

__all__ = ["View", "views_of"]

READABLE = 60  # boxes of a folded view
ROOM, ROOM_OF_FOLDS = 24.0, 40.0  # beside every box, for what the script writes on the edges
WIDE = -12.3456789  # what boxes have room for if their numbers can be edited


@dataclass(frozen=True)
class View:
    """A level of detail: its name in links, what readers call it, and its boxes in the order of the forward pass.

    ``texts`` has formulas of local derivatives, by the ids of box and operand.
    """

    key: str
    label: str
    folded: Folded
    texts: dict[int, dict[int, str]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The same for the script: of each box id, name, members and formulas; of single ops nothing."""
        folds = self.folded.boxes if self.key != "op" else ()
        boxes = [[box.id, box.name, box.members, self.texts.get(box.id, {})] for box in folds]
        return {"key": self.key, "label": self.label, "boxes": boxes}

    def svg(self, run: Recording, digits: int, live: bool, prefix: str) -> str:
        """The picture with the final values and gradients; boxes have the ids prefix-n0, prefix-n1, ..."""
        grads = _received(run)
        boxes = (_widest(box, grads.get(box.id, []), digits, live) for box in self.folded.boxes)
        wide = replace(self.folded, boxes=tuple(boxes))
        layout = _roomy(wide, digits, ROOM if self.key == "op" else ROOM_OF_FOLDS)
        title = f"Graph of {run.nodes[run.root].name}"
        drawn, stretched = (write_svg(x, layout, True, digits, title, prefix) for x in (self.folded, wide))
        text = "\n".join(map(_with_words_of, stretched.split("\n"), drawn.split("\n")))
        return text.replace('role="img"', f'role="group" id="{prefix}"', 1)


def views_of(forward: Forward, run: Recording) -> list[View]:
    """Every op, and what folds of it: the scope of the result alone, then neurons, layers and modules.

    Only levels that differ, that one can read, and that can be gone through box by box.
    """
    final = replace(run, held=run.gradients)
    views = [View("op", "every op", fold(final, "op", max_nodes=None))]
    seen = {_partition(views[0].folded)}
    for key, label, folded in _folds(final):
        boxes = _in_order(folded)
        if boxes is not None and len(boxes) <= READABLE and _partition(folded) not in seen:
            seen.add(_partition(folded))
            links = tuple(replace(link, count=1) for link in folded.links)  # their widths would tell little here
            texts = {box.id: chain_texts(forward, box) for box in boxes}
            views.append(View(key, label, replace(folded, boxes=boxes, links=links), texts))
    return views


def _folds(run: Recording) -> Iterator[tuple[str, str, Folded]]:
    scope = run.nodes[run.root].scope
    if scope:
        (last,) = (box for box in fold(run, len(scope), max_nodes=None).boxes if run.root in box.members)
        inside = set(last.members)

        def key(step: Step) -> str | None:
            return scope[-1] if step.id in inside else None

        yield "result", f"{scope[-1]} folded", fold(run, key, max_nodes=None)
    for level in sorted(LEVELS, key=lambda level: -LEVELS[level]):
        try:
            yield level, f"{level}s folded", fold(run, level, max_nodes=READABLE)
        except GraphTooLarge:
            continue


def _partition(folded: Folded) -> frozenset[tuple[int, ...]]:
    return frozenset(box.members for box in folded.boxes)


def _in_order(folded: Folded) -> tuple[Box, ...] | None:
    """The boxes with inputs before outputs; None if they go round in a circle."""
    links = [link for link in folded.links if not link.parameters]
    waiting = {box.id: 0 for box in folded.boxes}
    users: dict[int, list[int]] = {box.id: [] for box in folded.boxes}
    for link in links:
        waiting[link.target] += 1
        users[link.source].append(link.target)
    ready = [i for i, n in waiting.items() if not n]
    heapq.heapify(ready)
    by_id = {box.id: box for box in folded.boxes}
    boxes = []
    while ready:
        i = heapq.heappop(ready)
        boxes.append(by_id[i])
        for target in users[i]:
            waiting[target] -= 1
            if not waiting[target]:
                heapq.heappush(ready, target)
    return tuple(boxes) if len(boxes) == len(by_id) else None


# Drawing ----------------------------------------------------------------------------------------------------------


def _widest(box: Box, grads: list[float], digits: int, live: bool) -> Box:
    """The box of a number with the longest value and gradient it shows on the way, so that there is room for them."""
    if box.shape or box.outputs > 1 or box.kind == "constant":
        return box
    more = [WIDE] if live else []
    shown = [box.value, *more], [0.0 if box.grad is None else box.grad, *grads, *more]
    value, grad = (max(numbers, key=lambda x: len(number_text(x, digits))) for numbers in shown)
    return replace(box, value=value, grad=grad)


def _received(run: Recording) -> dict[int, list[float]]:
    """What the gradients of all numbers are on the way."""
    found: dict[int, list[float]] = {}
    for step in run.backward:
        for row in step.rows:
            if not run.nodes[row.to].shape:
                found.setdefault(row.to, []).append(row.after)
    return found


def _with_words_of(line: str, other: str) -> str:
    """The drawing of one line of SVG with the words of another; a link without its own, which the script knows."""
    if 'data-source="' in line:
        return re.sub(r' id="[^"]*"|<title>[^<]*</title>', "", line)
    words = iter(re.findall(r">([^<]*)</t", other))
    return re.sub(r">([^<]*)</t", lambda _: f">{next(words)}</t", line) if 'data-node="' in line else line


def _roomy(folded: Folded, digits: int, room: float) -> Layout:
    """Our own layout, the same on every machine, of boxes with room on both sides; edges then reach into it."""
    place = {box.id: i for i, box in enumerate(folded.boxes)}
    sizes = [size_of(box, True, digits) for box in folded.boxes]
    ends = [(place[link.source], place[link.target]) for link in folded.links]
    scopes = [box.scope for box in folded.boxes]
    layout = arrange([(width + 2 * room, height) for width, height in sizes], scopes, ends, engine="built-in")
    paths = []
    for (source, target), path in zip(ends, layout.paths, strict=True):
        a = (layout.boxes[source][0] + sizes[source][0] / 2, path[0][1])
        b = (layout.boxes[target][0] - sizes[target][0] / 2, path[-1][1])
        paths.append((a, *path[1:-1], b))
    return layout._replace(paths=paths)
