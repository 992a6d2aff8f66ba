"""A node may hand its gradient on only when it has all of it: depth first gives 28 where 44 is right.

The graph has four nodes, and one of them, a, is used twice. The same walk goes over it in two orders. From last to
first, in topological order, a has both its shares before its turn comes. Depth first, a is reached with one share and
hands on too little; the rest arrives too late. Following every path for itself is right again, but takes twice as long
with every further node.

From: "Chapter 3: Neural Networks", part 8; "Module 02: Backpropagation and Gradient Descent", section 5.
"""

from __future__ import annotations

from typing import Any

from autograd import Node, Value
from autograd.node import order
from demos.command import Run
from demos.graphs import Gradients, Share, draw_gradients, formula, shares, walk
from demos.style import BLUE, ORANGE

SECONDS = (2, 2)  # in full, and with --quick


def main(quick: bool = False, **flags: Any) -> int:
    """Walk the same graph in both orders, then count the visits of the walk along every path."""
    with Run("why_topological_order", quick=quick, **flags) as run:
        x = Value(2.0, name="x")
        a = x * x
        b = a + 3
        c = a * b
        a.name, b.name, c.name = "a", "b", "c"
        for node in (x, a, b, c):
            run.say(f"  {formula(node):10} = {node.data:g}")
        run.say("By hand: c = x⁴ + 3x², so dc/dx = 4x³ + 6x = 32 + 12 = 44.")

        run.say("Inputs only after all that use them, c b a x:")
        right = told(run, list(reversed(order(c))))
        run.expect(right[x] == 44, f"in topological order dc/dx = {right[x]:g} (expected 44)")
        run.say("Depth first, c a x b:")
        wrong = told(run, depth_first(c))
        run.expect(
            wrong[x] == 28, f"depth first dc/dx = {wrong[x]:g} (expected the wrong 28: b's share of a is missing)"
        )
        run.expect(wrong[a] == right[a] == 11, f"dc/da = {wrong[a]:g} looks right in the end; it came too late for x")
        c.backward()
        run.expect(x.grad == 44, f"backward() of the engine: dc/dx = {x.grad:g} (expected 44)")
        visits = count_visits(run, 12 if quick else 16)
        draw(run, {x: (0, 0), a: (3, 0), b: (4.5, 1.6), c: (6, 0)}, wrong, right, visits)
    return run.status


def depth_first(root: Node) -> list[Node]:
    """Every node once, each as soon as one walks into it from an output: the wrong order for gradients."""
    nodes: list[Node] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node not in nodes:
            nodes.append(node)
            waiting += [x for x in reversed(node.inputs) if isinstance(x, Node)]
    return nodes


def told(run: Run, nodes: list[Node]) -> Gradients:
    """The gradients from a walk over the nodes in this order, with a line for each share that is handed on."""
    sums: Gradients = {nodes[0]: 1.0}

    def tell(share: Share) -> None:
        sums[share.target] = sums.get(share.target, 0.0) + share.amount
        run.say(
            f"  {share.source.name} has {sums[share.source]:g} and hands {share.amount:g} to {share.target.name}, "
            f"which now has {sums[share.target]:g}"
        )

    return walk(nodes, seen=tell)


def count_visits(run: Run, depth: int) -> tuple[list[int], list[int]]:
    """How many nodes a chain of doublings y = y + y has, and how many visits the walk along every path makes."""
    nodes, visits = [], []
    for links in range(1, depth + 1):
        y = x = Value(1.0)
        for _ in range(links):
            y = y + y
        gradient, seen = every_path(y, x)
        nodes.append(len(order(y)))
        visits.append(seen)
    y.backward()
    run.expect(
        gradient == x.grad == 2**depth and visits[-1] == 2 ** (depth + 1) - 1,
        f"{depth} doublings y = y + y: along every path {visits[-1]:,} visits (expected 2^{depth + 1} - 1) for the "
        f"gradient {gradient:,.0f}; backward() finds it in {nodes[-1]}, one for each node",
    )
    return nodes, visits


def every_path(root: Node, x: Node) -> tuple[float, int]:
    """The gradient of x as the sum over all paths from the root, and how many nodes that visits: right, but slow."""
    total, visits = 0.0, 0
    paths = [(root, 1.0)]
    while paths:
        node, gradient = paths.pop()
        visits += 1
        total += gradient if node is x else 0.0
        paths += [(share.target, share.amount) for share in shares(node, gradient)]
    return total, visits


def draw(
    run: Run, places: dict[Value, Any], wrong: Gradients, right: Gradients, visits: tuple[list[int], list[int]]
) -> None:
    """The graph with the gradients of both orders, and what following every path costs."""
    figure = run.figure(16, 4)
    left, middle, last = figure.subplots(1, 3, width_ratios=[5, 5, 3])
    draw_gradients(left, places, right, right)
    left.set_title("Topological order, c b a x: right")
    draw_gradients(middle, places, wrong, right)
    middle.set_title("Depth first, c a x b: x gets too little")
    depths = range(1, len(visits[0]) + 1)
    for counts, style, colour, name in (
        (visits[1], "s--", ORANGE, "every path"),
        (visits[0], "o-", BLUE, "topological order"),
    ):
        last.plot(depths, counts, style, color=colour, markersize=4, label=name)
    last.set(
        title="Visits it takes",
        xlabel="doublings y = y + y in a row",
        ylabel="nodes visited",
        yscale="log",
        xticks=range(0, 17, 4),
    )
    last.legend(loc="upper left")
    run.save(
        figure,
        "orders.png",
        "The graph c = a · b with b = a + 3 and a = x · x, twice. In topological order the gradients are c 1, b 4, "
        "a 11, x 44. Depth first x gets 28, as a has only 7 of its 11 when its turn comes. Beside it, the visits of "
        f"the walk along every path: {visits[1][-1]:,} for a graph of {visits[0][-1]} nodes.",
    )
