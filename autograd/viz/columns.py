"""Items in columns: which column, in what order, how high, how far apart; and the paths between them.

The steps of a layered layout, each a pass over `Item` and `Strand`. Imports nothing of the package. Read layers.py
next.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

__all__ = [
    "Item", "Path", "Point", "Strand", "break_cycles", "columns", "paths", "set_columns", "set_heights", "set_layers",
    "set_order",
]  # fmt: skip

GAP, PORT_GAP = 44.0, 22.0  # between columns
SPACE, LANE = 16.0, 10.0  # between boxes, and lanes, of a column
SWEEPS = 12

Point = tuple[float, float]
Path = tuple[Point, ...]  # a start, then three points for each Bézier curve


@dataclass(slots=True, eq=False)
class Item:
    """What stands in a column: a box, a frame with all that is in it, a port of the frame around, or a lane."""

    width: float = 0.0
    height: float = 0.0
    ports: dict[int, float] | None = None  # of a frame: the box where edges come from -> how far down they cross it
    solid: bool = True  # a box or a frame
    layer: int = 0
    x: float = 0.0  # left
    y: float = 0.0  # top

    def at(self, source: int) -> float:
        """How far down edges that come from the box ``source`` start or end."""
        return self.height / 2 if self.ports is None else self.ports[source]


@dataclass(slots=True, eq=False)
class Strand:
    """Edges that run together here: from the same box, to the same item; an edge to a box runs by itself."""

    source: int  # the box
    start: Item
    end: Item
    edges: list[int]
    backwards: bool = False  # it closes a cycle: laid out the other way round
    stops: list[Item] = field(default_factory=list)  # start, lanes, end


def break_cycles(items: list[Item], strands: list[Strand]) -> None:
    """Turn strands round until no way leads back to where it began: depth first, without recursion."""
    after: dict[Item, list[Strand]] = {x: [] for x in items}
    for s in strands:
        after[s.start].append(s)
    state = dict.fromkeys(items, 0)  # 1 while what comes after is being looked at, then 2
    for first in items:
        stack = [(first, iter(after[first]))] if not state[first] else []
        state[first] = state[first] or 1
        while stack:
            x, rest = stack[-1]
            for s in rest:
                if state[s.end] == 1:
                    s.start, s.end, s.backwards = s.end, s.start, True
                elif state[s.end] == 0:
                    state[s.end] = 1
                    stack.append((s.end, iter(after[s.end])))
                    break
            else:
                state[x] = 2
                stack.pop()


def set_layers(held: list[Item], ports: list[Item], strands: list[Strand]) -> None:
    """Each item as far right as those that use it allow; ports at the borders."""
    before: dict[Item, list[Item]] = {x: [] for x in (*held, *ports)}
    left = dict.fromkeys(before, 0)
    for s in strands:
        before[s.end].append(s.start)
        left[s.start] += 1
    rank = dict.fromkeys(held, int(any(p.layer == 1 for p in ports))) | dict.fromkeys(ports, 0)
    todo = [x for x in before if not left[x]]
    for x in todo:  # it grows
        for y in before[x]:
            rank[y] = max(rank[y], rank[x] + 1)
            left[y] -= 1
            if not left[y]:
                todo.append(y)
    farthest = max((rank[x] for x in held), default=0)
    shift = any(p.layer == -1 for p in ports)
    for x in held:
        x.layer = farthest - rank[x] + shift
    for x in ports:
        x.layer = 0 if x.layer == -1 else farthest + shift


def columns(items: list[Item], strands: list[Strand]) -> list[list[Item]]:
    """The items layer by layer, with lanes where strands pass; those from one box share a lane."""
    columns: list[list[Item]] = [[] for _ in range(max((x.layer for x in items), default=-1) + 1)]
    for x in items:
        columns[x.layer].append(x)
    lanes: dict[tuple[int, int, bool], Item] = {}
    for s in strands:
        s.stops = [s.start]
        for layer in range(s.start.layer + 1, s.end.layer):
            key = (s.source, layer, s.backwards)
            if key not in lanes:
                lanes[key] = Item(solid=False, layer=layer)
                columns[layer].append(lanes[key])
            s.stops.append(lanes[key])
        s.stops.append(s.end)
    return columns


class Segment(NamedTuple):
    """What is joined from one column to the next: how far down on either side, and how straight it should be."""

    start: Item
    end: Item
    down_start: float
    down_end: float
    weight: float


def _segments(strands: list[Strand]) -> list[Segment]:
    found = {}
    for s in strands:
        a, b = s.start.at(s.source), s.end.at(s.source)
        for p, q in pairwise(s.stops):
            weight = 1.0 + (not p.solid) + (not q.solid) + 5.0 * (not p.solid and not q.solid)
            found[p, q, s.source] = Segment(p, q, a if p is s.start else 0.0, b if q is s.end else 0.0, weight)
    return list(found.values())


def set_order(columns: list[list[Item]], strands: list[Strand]) -> None:
    """Sort the columns so that few edges cross: first operands above second ones, then sweeps to the barycentres."""
    segments = _segments(strands)
    left: dict[Item, list[Segment]] = {x: [] for column in columns for x in column}
    right: dict[Item, list[Segment]] = {x: [] for x in left}
    for s in segments:
        left[s.end].append(s)
        right[s.start].append(s)
    seen = _depth_first([x for column in columns for x in column if not right[x]], left)
    place: dict[Item, float] = {}

    def sort(column: list[Item], key: dict[Item, Any]) -> None:
        column.sort(key=key.__getitem__)
        place.update((x, float(i)) for i, x in enumerate(column))

    for column in columns:
        sort(column, seen)
    best, fewest = [list(column) for column in columns], _crossings(segments, place)
    for sweep in range(SWEEPS if fewest else 0):
        forward = sweep % 2 == 0
        for column in columns if forward else columns[::-1]:
            centres = {}
            for x in column:
                if forward:
                    ends = [_share(s.start, s.down_start, place) for s in left[x]]
                else:
                    ends = [_share(s.end, s.down_end, place) for s in right[x]]
                centres[x] = sum(ends) / len(ends) if ends else place[x]
            sort(column, centres)
        if (now := _crossings(segments, place)) < fewest:
            best, fewest = [list(column) for column in columns], now
    columns[:] = best


def _depth_first(ends: list[Item], left: dict[Item, list[Segment]]) -> dict[Item, int]:
    """A number for each item: from the results back, first operands first."""
    seen: dict[Item, int] = {}
    stack = ends[::-1]
    while stack:
        x = stack.pop()
        if x not in seen:
            seen[x] = len(seen)
            stack += [s.start for s in reversed(left[x])]
    return seen


def _share(x: Item, down: float, place: dict[Item, float]) -> float:
    """Where in the order something so far down in an item is."""
    return place[x] + (down / x.height - 0.5 if x.height else 0.0)


def _crossings(segments: list[Segment], place: dict[Item, float]) -> int:
    gaps: dict[int, list[tuple[float, float]]] = {}
    for s in segments:
        ends = _share(s.start, s.down_start, place), _share(s.end, s.down_end, place)
        gaps.setdefault(s.start.layer, []).append(ends)
    total = 0
    for gap in gaps.values():
        above: list[float] = []
        for _, end in sorted(gap):
            total += len(above) - bisect_right(above, end)
            insort(above, end)
    return total


def set_heights(columns: list[list[Item]], strands: list[Strand]) -> None:
    """Bring what is joined to one height, as far as boxes leave room: columns in turn, each as good as it gets."""
    near: dict[Item, list[tuple[Item, float, float, bool]]] = {x: [] for column in columns for x in column}
    for p, q, a, b, weight in _segments(strands):
        near[p].append((q, b - a, weight, False))
        near[q].append((p, a - b, weight, True))
    for column in columns:
        y = 0.0
        for x, after in pairwise([*column, Item()]):
            x.y = y
            y += x.height + _space(x, after)
    rounds = [(True, False), (False, True), (True, True)] * 6
    for from_left, from_right in [*rounds, (True, True), (True, True)]:
        for column in columns if from_left else columns[::-1]:
            wanted = []
            for x in column:
                ends = [(y.y + d, w) for y, d, w, is_left in near[x] if (from_left if is_left else from_right)]
                total = sum(w for _, w in ends)
                wanted.append((sum(y * w for y, w in ends) / total, total) if total else (x.y, 0.01))
            _settle(column, wanted)


def _space(x: Item, after: Item) -> float:
    return SPACE if x.solid and after.solid else LANE


def _settle(column: list[Item], wanted: list[tuple[float, float]]) -> None:
    """Heights nearest to the wanted ones (least squares, with weights) that keep the order and the spaces."""
    blocks: list[list[float]] = []  # mean, weight, how many: pool adjacent violators
    offsets, offset = [], 0.0
    for x, after, (y, weight) in zip(column, [*column[1:], Item()], wanted, strict=True):
        offsets.append(offset)
        blocks.append([y - offset, weight, 1])
        offset += x.height + _space(x, after)
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            mean, w, n = blocks.pop()
            last = blocks[-1]
            last[0] = (last[0] * last[1] + mean * w) / (last[1] + w)
            last[1] += w
            last[2] += n
    means = [mean for mean, _, n in blocks for _ in range(int(n))]
    for x, mean, down in zip(column, means, offsets, strict=True):
        x.y = mean + down


def set_columns(columns: list[list[Item]], strands: list[Strand], pad: float, start: float) -> float:
    """Set the columns side by side, further apart where edges are steep; gives the width of all."""
    segments = _segments(strands)
    steep = [0.0] * len(columns)
    for p, q, a, b, _ in segments:
        steep[p.layer] = max(steep[p.layer], abs(q.y + b - p.y - a))
    ends = {s.end for s in segments}
    x = 0.0
    for i, column in enumerate(columns):
        width = max(item.width for item in column)
        x += start + (pad if width else 0.0) if i == 0 else 0.0
        for item in column:  # what nothing leads to stands next to what it leads to
            item.x = x + (width - item.width) * (0.5 if item in ends else 1.0)
        x += width
        if i < len(columns) - 1:
            narrow = not width or not max(item.width for item in columns[i + 1])
            x += max(PORT_GAP if narrow else GAP, min(0.22 * steep[i], 130.0))
        else:
            x += pad if width else 0.0
    return x


def paths(columns: list[list[Item]], strands: list[Strand]) -> dict[int, Path]:
    """Straight through the columns, smoothly curved between them."""
    edge_of = [(min(x.x for x in column), max(x.x + x.width for x in column)) for column in columns]
    arrivals: dict[Item, list[Strand]] = {}
    for s in strands:
        arrivals.setdefault(s.end, []).append(s)
    down: dict[Strand, float] = {}
    for item, found in arrivals.items():
        found.sort(key=lambda s: (s.stops[-2].y + (s.start.at(s.source) if len(s.stops) == 2 else 0.0), s.edges[0]))
        apart = min(11.0, (item.height - 8) / len(found))
        for i, s in enumerate(found):
            spread = (i - (len(found) - 1) / 2) * apart if item.ports is None and item.solid else 0.0
            down[s] = item.y + item.at(s.source) + spread
    paths: dict[int, Path] = {}
    for s in strands:
        y = s.start.y + s.start.at(s.source)
        path = [(s.start.x + s.start.width, y)]
        for p, q in pairwise(s.stops):
            a, b = edge_of[p.layer][1], edge_of[q.layer][0]
            end = down[s] if q is s.end else q.y
            middle = (a + b) / 2
            path += [*_line(path[-1], (a, y)), (middle, y), (middle, end), (b, end)]
            y = end
            path += _line(path[-1], (q.x if q is s.end else edge_of[q.layer][1], y))
        for k in s.edges:
            paths[k] = tuple(reversed(path)) if s.backwards else tuple(path)
    return paths


def _line(p: Point, q: Point) -> list[Point]:
    return [p, q, q] if abs(p[0] - q[0]) > 0.01 else []
