"""The local derivatives of folded boxes as formulas, where these are short: a2 - y for sigmoid and cross-entropy.

`formula` derives them, on a copy of what is in the box. May import boxes.py and
recording.py. Read views.py next.
"""

from __future__ import annotations

import re
from typing import Any

from autograd.formulas import formula
from autograd.node import Node
from autograd.value import Value
from autograd.viz.boxes import Box
from autograd.viz.recording import Forward

__all__ = ["chain_texts"]

MOST, LONGEST = 12, 36  # ops in a box, letters of a formula


def chain_texts(forward: Forward, box: Box) -> dict[int, str]:
    """Of a box with one result its derivative by each operand outside and each leaf inside, by id.

    Left out are those that are long, that need a name which no one gave, or that are no single line.
    """
    steps = forward.steps
    nodes = [node for node, i in forward.ids.items() if i in box.members and steps[i].kind == "op"]
    if not 1 < len(nodes) <= MOST or box.outputs != 1 or any(node.is_array for node in nodes):
        return {}
    copies = _copied(nodes)
    ids = {copy: forward.ids[node] for node, copy in copies.items()}
    wrt = [copy for copy in ids if copy.op is None]
    names = {steps[i].name: copy for copy, i in ids.items() if copy.op is None or steps[i].named}
    if not all(map(str.isidentifier, names)):
        return {}
    try:
        lines = formula(copies[nodes[-1]], wrt, names).gradients
    except (TypeError, ValueError, AttributeError, IndexError, NotImplementedError):  # a rule that asks for numbers
        return {}
    known = set(names) | {node.op.name for node in nodes if node.op is not None}
    texts = {ids[copy]: lines.get(f"d{steps[ids[copy]].name}", "") for copy in wrt}
    return {
        i: text for i, text in texts.items()
        if text and len(text) <= LONGEST and known.issuperset(re.findall(r"[^\W\d]\w*", text))
    }  # fmt: skip


def _copied(nodes: list[Node]) -> dict[Node, Value]:
    """The ops again, from new leaves in the place of what comes from outside."""
    copies: dict[Node, Value] = {}
    for node in nodes:
        inputs: list[Any] = []
        for x, data in zip(node.inputs, node.saved[1:], strict=False):
            if isinstance(x, Node) and x not in copies:
                copies[x] = Value(data)
            inputs.append(copies[x] if isinstance(x, Node) else x)
        assert node.op is not None
        copies[node] = Value.record(node.op, node.saved[0], tuple(inputs), node.saved, None)
    return copies
