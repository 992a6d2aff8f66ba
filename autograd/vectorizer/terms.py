"""Sums as readers see them: chains of + and - as one sum of terms, each a number times one or two items.

``0 + w0 * x0 + w1 * x1 + b`` and ``b + (w1 * x1 - -1 * w0 * x0)`` have the same terms. All chains are found at once,
with arrays over the items of a `Trace`. May import tracing.py. Read grouping.py next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autograd import ops
from autograd.ops.arithmetic import pairwise_maximum, stopped
from autograd.vectorizer.tracing import CONST, MADE, NONE, Trace

__all__ = ["Terms", "largest_of", "terms_of"]


@dataclass(frozen=True, slots=True)
class Terms:
    """The sums of a trace. Items that only stand in a sum or a product of it are no longer needed by themselves.

    The terms of sum ``i`` are those in ``spans[i]``: ``coefficients * first * second``, ``second`` -1 where a term is
    a single item. ``needed`` are the items that are left, in order.
    """

    needed: list[int]
    spans: dict[int, tuple[int, int]]
    coefficients: np.ndarray
    first: np.ndarray
    second: np.ndarray


def terms_of(trace: Trace) -> Terms:
    """All sums, and what remains beside them."""
    n = len(trace)
    made = trace.kinds == MADE
    left, right = trace.left, trace.right

    constant = np.append(trace.kinds == CONST, False)  # the last one is that of no operand
    numbers = np.append(trace.numbers(), 1.0)
    subtracts, products, negatives = (trace.made_by(op) for op in (ops.subtract, ops.multiply, ops.negative))
    adds = trace.made_by(ops.add) | subtracts
    sizes = np.abs(numbers[right])
    halves = trace.made_by(ops.divide) & constant[right] & ~constant[left] & (sizes > 1e-300) & (sizes < 1e300)
    multiples = products & (constant[left] != constant[right])
    scales = negatives | multiples | halves

    uses = np.bincount(np.concatenate([left[left >= 0], right[right >= 0], trace.results]), minlength=n)
    user = np.full(n, -1)
    everyone = np.flatnonzero(made)
    user[left[everyone]] = everyone
    two = everyone[right[everyone] >= 0]
    user[right[two]] = two
    within_sum = made & (uses == 1) & (user >= 0) & adds[user]
    absorbed = within_sum & (adds | scales)

    # What an absorbed item is multiplied by in its sum, and which sum that is: along all chains at once, in leaps.
    sign = np.where(absorbed & subtracts[user] & (right[user] == np.arange(n)), -1.0, 1.0)
    sum_of = np.where(absorbed, user, np.arange(n))
    while not np.array_equal(further := sum_of[sum_of], sum_of):
        sign, sum_of = sign * sign[sum_of], further

    adding = np.flatnonzero(adds)
    scaling = np.flatnonzero(absorbed & scales)
    scaled = np.where(constant[left[scaling]], right[scaling], left[scaling])
    inverse = np.divide(-1.0, numbers[right[scaling]], out=np.ones(len(scaling)), where=halves[scaling])
    factors = np.where(multiples[scaling], numbers[left[scaling]] * numbers[right[scaling]], -inverse)
    of = np.concatenate([sum_of[adding], sum_of[adding], sum_of[scaling]])
    item = np.concatenate([left[adding], right[adding], scaled])
    times = np.concatenate(
        [sign[adding], np.where(subtracts[adding], -1.0, 1.0) * sign[adding], sign[scaling] * factors]
    )
    kept = ~absorbed[item]
    of, item, times = of[kept], item[kept], times[kept]
    ranked = np.lexsort((item, of))
    of, item, times = of[ranked], item[ranked], times[ranked]

    product = made[item] & products[item] & ~multiples[item] & (uses[item] == 1)
    first = np.where(product, left[item], item)
    second = np.where(product, right[item], NONE)
    gone = absorbed.copy()
    gone[item[product]] = True
    for factor in (first, second):  # -y * score: the sign goes before the product
        plain = product & negatives[factor] & (uses[factor] == 1)
        times[plain] *= -1
        gone[factor[plain]] = True
        factor[plain] = left[factor[plain]]
    starts = np.flatnonzero(np.append(True, of[1:] != of[:-1])) if len(of) else np.array([], int)
    ends = np.append(starts[1:], len(of)) if len(of) else starts
    spans = {int(of[a]): (int(a), int(b)) for a, b in zip(starts, ends, strict=True)}
    return Terms(np.flatnonzero(made & ~gone).tolist(), spans, times, first, second)


def largest_of(trace: Trace) -> dict[int, list[int]]:
    """What `max` is taken of, where pairs are compared in a row and no gradient goes through: ties do not matter.

    The items in between are keys, too, with an empty list.
    """
    rows = [op for op, _ in trace.ops]
    if stopped not in rows or pairwise_maximum not in rows:
        return {}
    still, larger = rows.index(stopped), rows.index(pairwise_maximum)
    of: dict[int, list[int]] = {}
    for i in np.flatnonzero(trace.codes == larger).tolist():
        operands = trace.left[i], trace.right[i]
        if all(trace.codes[x] == still or of.get(x) for x in operands):
            of[i] = [y for x in operands for y in (of[x] if x in of else [int(x)])]
    used = set(trace.left[trace.codes != larger]) | set(trace.right[trace.codes != larger]) | set(trace.results)
    return {i: found if i in used else [] for i, found in of.items()}
