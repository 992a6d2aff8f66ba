"""Programs as one would write them: exp over its sum as softmax, and no step that nothing needs.

May import program.py. Read grouping.py next.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from autograd import ops
from autograd.ops.arithmetic import stopped
from autograd.vectorizer.program import Array, Program, Step

__all__ = ["tidy"]


def tidy(program: Program) -> None:
    """Put softmax where it was written out, and drop what is then without a use."""
    made = {step.target.name: step for step in program.steps}
    uses = Counter(x.name for step in program.steps for x in step.operands if isinstance(x, Array))
    uses.update(x.name for x in program.results)
    for step in program.steps:
        z = _softmax_of(step, made, uses)
        if z is not None:
            step.function, step.operands, step.options = ops.softmax, (z,), {"axis": -1}
    needed = {x.name for x in program.results}
    for step in reversed(program.steps):
        if step.target.name in needed:
            needed.update(x.name for x in step.operands if isinstance(x, Array))
    program.steps = [step for step in program.steps if step.target.name in needed]


def _is(step: Step | None, function: Any) -> bool:
    """Does the step call this row, or this function?"""
    return step is not None and (step.function is function or step.options.get("op") is function)


def _softmax_of(step: Step, made: dict[str, Step], uses: Counter[str]) -> Array | None:
    """``z``, if the step is ``exp(z) / sum(exp(z))`` along the last axis, with or without the largest z taken out."""

    def maker(x: Any, function: Any) -> Step | None:
        """The step that made ``x``, reshaped or not, if it calls the function."""
        found = made.get(x.name) if isinstance(x, Array) else None
        if _is(found, ops.reshape) and found is not None:
            found = made.get(found.operands[0].name)
        return found if _is(found, function) else None

    if not _is(step, ops.divide):
        return None
    e, total = step.operands
    power, added = maker(e, ops.exp), maker(total, ops.sum)
    if power is None or added is None or added.operands[0] is not e or uses[e.name] != 2 or not e.shape:
        return None
    if added.options.get("axis") != -1:  # of all numbers of a matrix
        return None
    z = power.operands[0]
    shifted = maker(z, ops.subtract)
    if shifted is not None:
        largest = maker(shifted.operands[1], ops.max)
        still = maker(largest.operands[0], stopped) if largest is not None else None
        if still is not None and still.operands[0] is shifted.operands[0]:
            z = shifted.operands[0]
    return z if isinstance(z, Array) and z.shape == e.shape else None
