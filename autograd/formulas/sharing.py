"""Names for parts of formulas: what is used more than once is written once, and what is too long is cut in two.

May import naming.py. Read derivation.py next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from autograd import ops
from autograd.formulas.expression import Application, Expression
from autograd.formulas.naming import NameTable

__all__ = ["Line", "reached", "share"]

LONG = 14  # ops in one line
WORTH_SHARING = 3  # ops in what is written once if it is used twice


class Line(NamedTuple):
    """``name = value``."""

    name: str
    value: Expression


def reached(lines: Sequence[Line]) -> list[Expression]:
    """All that the lines are made of, parts first."""
    stack = [line.value for line in lines]
    found = set(stack)
    while stack:
        fresh = set(stack.pop().parts) - found
        found |= fresh
        stack.extend(fresh)
    return sorted(found, key=lambda x: x.index)


def share(
    forward: list[Line], gradients: list[Line], shared: dict[Expression, str], names: NameTable
) -> tuple[list[Line], list[Line]]:
    """Both lists with lines for what deserves a name of its own. ``shared`` has the names, and gets the new ones."""
    everything = reached([*forward, *gradients])
    users = Counter(part for x in everything for part in x.parts)
    users.update(line.value for line in gradients)
    lines = {line.value for line in gradients}
    weight: dict[Expression, int] = {}
    for x in everything:
        weight[x] = 0
        if not isinstance(x, Application) or x in shared:
            continue
        weight[x] = (x.op is not ops.transpose) + sum(weight[part] for part in x.parts)
        if x in lines and users[x] == 1:
            continue
        if weight[x] > LONG or (users[x] > 1 and weight[x] >= WORTH_SHARING):
            shared[x] = names.numbered("t")
            weight[x] = 0
    written = {line.value for line in forward}
    return _with_shared(forward, shared, written), _with_shared(gradients, shared, written)


def _with_shared(lines: list[Line], shared: dict[Expression, str], written: set[Expression]) -> list[Line]:
    """The lines, each after those of the shared parts that it needs. ``written`` are those that have a line."""
    result: list[Line] = []
    for line in lines:
        needed = [x for x in reached([line]) if x in shared and x not in written]
        written.update(needed)
        result += [Line(shared[x], x) for x in needed]
        result.append(line)
    return result
