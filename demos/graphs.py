"""Small graphs of Values, walked and drawn step by step: what the demos about the backward pass share.

The walk here is the engine's (`autograd/node.py`, `pullback`) with its two rules as arguments: which node comes next,
and what is done with two gradients that meet. Read `why_topological_order.py` next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import add
from typing import Any, NamedTuple, TypeVar

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from autograd import Node, Value
from demos.style import BLUE, GREY, INK, ORANGE
from nn.plot import GREEN

Key = TypeVar("Key")
Place = tuple[float, float]
Gradients = dict[Node, float]

SIGNS = {"add": "+", "subtract": "−", "multiply": "·", "divide": "/", "power": "^"}


class Share(NamedTuple):
    """What a node hands to one of its inputs in the backward pass."""

    source: Node
    target: Node
    amount: float


def shares(node: Node, gradient: float) -> list[Share]:
    """What a node hands to each of its inputs: its gradient times the local derivative, which the op's rule knows.

    >>> x = Value(3.0)
    >>> [share.amount for share in shares(x * 2, 1.0)]
    [2.0]
    """
    if node.op is None:
        return []
    rules = zip(node.inputs, node.op.vjps, strict=True)  # type: ignore[arg-type]
    return [Share(node, x, rule(gradient, *node.saved)) for x, rule in rules if isinstance(x, Node) and rule]


def walk(
    nodes: Iterable[Node], meet: Callable[[float, float], float] = add, seen: Callable[[Share], None] = lambda _: None
) -> Gradients:
    """Hand the gradient 1 of the first node back, node after node; ``meet`` says what becomes of two that meet.

    >>> from autograd.node import order
    >>> x = Value(3.0)
    >>> walk(reversed(order(x * x + x)))[x]
    7.0
    """
    gradients: Gradients = {}
    for node in nodes:
        gradient = gradients.setdefault(node, 1.0) if not gradients else gradients[node]
        for share in shares(node, gradient):
            seen(share)
            before = gradients.get(share.target)
            gradients[share.target] = share.amount if before is None else meet(before, share.amount)
    return gradients


def overwrite(_: float, new: float) -> float:
    """The mistake: the gradient that comes last is all that stays."""
    return new


def formula(node: Node) -> str:
    """A node with a name as it was computed: ``c = a · b``; a leaf by its name alone.

    >>> formula(Value(2.0, name="x"))
    'x'
    """
    if node.op is None:
        return str(node.name)
    names = [str(x.name) if isinstance(x, Node) else f"{x:g}" for x in node.inputs]
    sign = SIGNS.get(node.op.name)
    return f"{node.name} = " + (f" {sign} ".join(names) if sign else f"{node.op}({', '.join(names)})")


# Drawing ---------------------------------------------------------------------------------------------------------


def draw_gradients(ax: Axes, places: Mapping[Value, Place], got: Gradients, right: Gradients) -> None:
    """A graph with the value and the gradient of each node; wrong gradients are crossed out, the right ones below."""
    lines = {}
    for node in places:
        rows = [(formula(node), INK), (f"value {node.data:g}", BLUE)]
        if abs(got[node] - right[node]) < 1e-9:
            rows += [(f"gradient {got[node]:g} ✓", GREEN)]
        else:
            rows += [(f"gradient {got[node]:g} ✗", ORANGE), (f"{right[node]:g} is right", INK)]
        lines[node] = rows
    edges = [(x, node) for node in places for x in node.inputs if isinstance(x, Value)]
    draw_boxes(ax, places, lines, edges)


def draw_boxes(
    ax: Axes,
    places: Mapping[Key, Place],
    lines: Mapping[Key, Sequence[tuple[str, Any]]],
    edges: Iterable[tuple[Key, Key]],
    sizes: Mapping[Key, Place] | None = None,
) -> None:
    """Boxes with lines of (text, colour), at the places of their middles, and arrows; the first line is bold.

    Each box is 2.2 wide and 1 high where ``sizes`` says nothing else. Two arrows between the same boxes are bent apart.
    """
    sizes = dict.fromkeys(places, (2.2, 1.0)) | dict(sizes or {})
    right, top = (max(places[key][i] + 0.6 * sizes[key][i] for key in places) for i in (0, 1))
    left, bottom = (min(places[key][i] - 0.6 * sizes[key][i] for key in places) for i in (0, 1))
    ax.set(xlim=(left, right), ylim=(bottom, top))
    ax.set_axis_off()
    edges = list(edges)
    boxes = {}
    for key, (x, y) in places.items():
        width, height = sizes[key]
        corner = (x - width / 2, y - height / 2)
        boxes[key] = ax.add_patch(
            FancyBboxPatch(
                corner, width, height, "round,pad=0,rounding_size=0.12", facecolor="white", edgecolor=GREY, zorder=2
            )
        )
        rows = lines[key]
        for k, (text, colour) in enumerate(rows):
            at = y + height * ((len(rows) - 1) / 2 - k) / (len(rows) + 0.4)
            weight = "normal" if k else "bold"
            ax.text(x, at, text, color=colour, ha="center", va="center", fontsize=10.5, fontweight=weight, zorder=3)
    for k, (start, end) in enumerate(edges):
        twins = [i for i, edge in enumerate(edges) if edge == (start, end)]
        bend = 0.0 if len(twins) == 1 else 0.22 if k == twins[0] else -0.22
        ax.annotate(
            "",
            places[end],
            places[start],
            arrowprops={
                "arrowstyle": "-|>",
                "color": GREY,
                "linewidth": 1.4,
                "patchA": boxes[start],
                "patchB": boxes[end],
                "shrinkA": 1,
                "shrinkB": 1,
                "connectionstyle": f"arc3,rad={bend}",
            },
            zorder=1,
        )
