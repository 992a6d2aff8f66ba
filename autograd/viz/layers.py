"""A layered layout: boxes in columns, each as late as its users allow, edges that run through no box.

A frame (a scope) is laid out by itself, and then is one big box to the boxes around it; so it holds what belongs to
it and nothing else. Edges cross its border at ports. Between columns edges are smooth curves; through columns they
run straight, in lanes of their own. The same graph gives the same picture, to the last digit. May import
columns.py. Read layout.py next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from autograd.viz.columns import (
    Item,
    Path,
    Point,
    Strand,
    break_cycles,
    columns,
    paths,
    set_columns,
    set_heights,
    set_layers,
    set_order,
)  # fmt: skip

__all__ = ["Frame", "Layout", "Path", "built_in", "turned"]

PAD, TITLE = 12.0, 22.0  # around what is in a frame, and for what it is called

Scope = tuple[str, ...]


class Frame(NamedTuple):
    """The rectangle of a scope: left, top, width and height."""

    scope: Scope
    x: float
    y: float
    width: float
    height: float


class Layout(NamedTuple):
    """The centres of the boxes, the paths of the edges, the frames, and how large all of it is."""

    engine: str
    width: float
    height: float
    boxes: list[Point]
    paths: list[Path]
    frames: list[Frame]


def built_in(
    sizes: Sequence[tuple[float, float]], scopes: Sequence[Scope], edges: Sequence[tuple[int, int]], direction: str
) -> Layout:
    """The layout from left to right, sizes likewise, and with room for titles as `turned` needs it."""
    homes = _without_cycles(list(scopes), edges)
    every = sorted(
        {home[:depth] for home in homes for depth in range(len(home) + 1)} | {()}, key=lambda s: (-len(s), s)
    )
    boxes = [Item(*size) for size in sizes]
    frames: dict[Scope, Item] = {}
    held: dict[Scope, list[Item]] = {}  # boxes and frames right inside
    pieces: dict[Scope, dict[int, Path]] = {}
    for scope in every:  # the innermost first
        inside = [frame for inner, frame in frames.items() if inner[:-1] == scope and len(inner) == len(scope) + 1]
        held[scope] = [box for box, home in zip(boxes, homes, strict=True) if home == scope] + inside
        frames[scope], pieces[scope] = _laid_out(
            scope, held[scope], _strands(scope, homes, edges, boxes, frames), direction
        )
    origin: dict[Scope, Point] = {(): (0.0, 0.0)}
    for scope in reversed(every):
        x, y = origin[scope[:-1]]
        origin[scope] = (x + frames[scope].x, y + frames[scope].y) if scope else (0.0, 0.0)
    centres = []
    for box, home in zip(boxes, homes, strict=True):
        x, y = origin[home]
        centres.append((x + box.x + box.width / 2, y + box.y + box.height / 2))
    paths = []
    for k, (a, b) in enumerate(edges):
        common = _common(homes[a], homes[b])
        out = [homes[a][:depth] for depth in range(len(homes[a]), len(common), -1)]
        into = [homes[b][:depth] for depth in range(len(common), len(homes[b]) + 1)]
        path: list[Point] = []
        for scope in (*out, *into):
            x, y = origin[scope]
            piece = [(x + px, y + py) for px, py in pieces[scope].get(k, ())]
            path += piece[1:] if path else piece
        paths.append(tuple(path))
    whole = frames[()]
    rectangles = [
        Frame(scope, *origin[scope], frames[scope].width, frames[scope].height) for scope in reversed(every) if scope
    ]
    return Layout("built-in", whole.width, whole.height, centres, paths, rectangles)


def _common(a: Scope, b: Scope) -> Scope:
    """How both begin."""
    return a[: next((k for k, (p, q) in enumerate(zip(a, b, strict=False)) if p != q), min(len(a), len(b)))]


def _without_cycles(homes: list[Scope], edges: Sequence[tuple[int, int]]) -> list[Scope]:
    """The scopes, but what is in a scope that edges leave and enter again stands in the scope around it."""
    for depth in range(max(map(len, homes), default=0), 0, -1):
        for scope in sorted({home[:depth] for home in homes if len(home) >= depth}):
            # As one sees it from the scope around: what is in another frame there is that frame.
            seen = [
                home[:depth] if len(home) >= depth and home[:-1][: depth - 1] == scope[:-1] else i
                for i, home in enumerate(homes)
            ]
            after: dict[Any, set[Any]] = {}
            for a, b in edges:
                if seen[a] != seen[b]:
                    after.setdefault(seen[a], set()).add(seen[b])
            reached, todo = set(), list(after.get(scope, ()))
            while todo and scope not in reached:
                one = todo.pop()
                if one not in reached:
                    reached.add(one)
                    todo += after.get(one, ())
            if scope in reached:
                homes = [home[: depth - 1] + home[depth:] if home[:depth] == scope else home for home in homes]
    return homes


def _strands(
    scope: Scope,
    homes: list[Scope],
    edges: Sequence[tuple[int, int]],
    boxes: list[Item],
    frames: dict[Scope, Item],
) -> list[Strand]:
    """What runs between the items right inside ``scope``, and between them and its border."""
    depth = len(scope)
    ports: dict[tuple[int, int], Item] = {}
    known: dict[tuple[int, int, int], Strand] = {}

    def item(box: int) -> Item | None:
        home = homes[box]
        if home[:depth] != scope:
            return None
        return boxes[box] if len(home) == depth else frames[home[: depth + 1]]

    for k, (a, b) in enumerate(edges):
        start, end = item(a), item(b)
        if start is end:
            continue
        if start is None:
            start = ports.setdefault((a, -1), Item(solid=False, layer=-1))
        if end is None:
            end = ports.setdefault((a, 1), Item(solid=False, layer=1))
        alone = k if end is boxes[b] else -1
        strand = known.setdefault((a, id(end), alone), Strand(a, start, end, []))
        strand.edges.append(k)
    return list(known.values())


def _laid_out(scope: Scope, held: list[Item], strands: list[Strand], direction: str) -> tuple[Item, dict[int, Path]]:
    """The frame around ``held``, whose items get their places in it, and the paths of the edges in it."""
    ports = list(dict.fromkeys(x for s in strands for x in (s.start, s.end) if not x.solid))
    break_cycles([*held, *ports], strands)
    set_layers(held, ports, strands)
    grid = columns([*held, *ports], strands)
    set_order(grid, strands)
    set_heights(grid, strands)
    pad = PAD if scope else 0.0
    title, start, end = {"TB": (0.0, TITLE, 0.0), "BT": (0.0, 0.0, TITLE)}.get(direction, (TITLE, 0.0, 0.0))
    if not scope:
        title = start = end = 0.0
    everything = [x for column in grid for x in column]
    top = min((x.y for x in everything), default=0.0) - pad - title
    for x in everything:
        x.y -= top
    width = set_columns(grid, strands, pad, start) + end
    height = max((x.y + x.height for x in everything), default=0.0) + pad
    named = 7.0 * len(scope[-1]) + 2 * PAD if scope else 0.0
    across = title > 0  # do titles run along the columns?
    frame = Item(max(width, named if across else 0.0), max(height, 0.0 if across else named), {})
    for s in strands:
        for port in (s.start, s.end):
            if not port.solid:
                frame.ports[s.source] = port.y  # type: ignore[index]
                port.x = frame.width if port.layer == len(grid) - 1 else 0.0
    return frame, paths(grid, strands)


def turned(layout: Layout, direction: str) -> Layout:
    """A layout from left to right as one that goes in another direction."""
    if direction == "LR":
        return layout
    width, height = layout.width, layout.height

    def point(p: Point) -> Point:
        x, y = (width - p[0] if direction in ("RL", "BT") else p[0]), p[1]
        return (x, y) if direction == "RL" else (y, x)

    frames = []
    for scope, x, y, w, h in layout.frames:
        (x0, y0), (x1, y1) = point((x, y)), point((x + w, y + h))
        frames.append(Frame(scope, min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0)))
    size = (width, height) if direction == "RL" else (height, width)
    paths = [tuple(map(point, path)) for path in layout.paths]
    return Layout(layout.engine, *size, [point(p) for p in layout.boxes], paths, frames)
