"""Programs of single numbers that nobody thought of, vectorized: the same results and gradients as number by number.

A program is drawn step by step: rows of the table, sums in any order and association, layers with weights dense,
shared or in windows, recurrences, softmax, norms, choices. Read next: ``test_vectorizer.py``.
"""

import random

import numpy as np
import pytest
from test_vectorizer import agree, dot, flat

import nn
from autograd import Value, ops
from autograd.op import Op

ROWS = sorted((op for op in vars(ops).values() if isinstance(op, Op) and op.elementwise), key=lambda op: op.name)
ROWS = [op for op in ROWS if op.result == "same" and (op.prepare is None or op in (ops.leaky_relu, ops.elu, ops.rint))]
JUMPS = {ops.floor, ops.ceil, ops.rint, ops.step, ops.sign, ops.greater, ops.equal}
NUMBERS = [1, -1, 2, 0.5, -0.5, 3.0, -1.5, 0, -2.0]
SHAPES = [(), (3,), (4,), (2, 3), (6,), (1,), (2, 2, 2)]


class Program:
    """A function of a few arguments that are nested lists; calls repeat the same steps."""

    def __init__(self, seed, size=8):
        self.random = random.Random(seed)
        rng = np.random.default_rng(seed)
        self.shapes = self.random.choices(SHAPES, k=self.random.randint(1, 3))
        self.weights = [Value(x) for x in rng.uniform(-1, 1, self.random.randint(1, 24))]
        self.samples = [rng.uniform(-1, 1, (self.random.randint(1, 1) * 3, *shape)) for shape in self.shapes]
        steps = [self.row, self.row, self.sum, self.sum, self.layer, self.layer, self.windows, self.recurrence,
                 self.softmax, self.norm, self.choice, self.each, self.number, self.power]  # fmt: skip
        self.steps = [self.random.choice(steps)() for _ in range(self.random.randint(1, size))]
        self.result = self.random.choice([self.one, self.several, self.table, self.parts])()

    def __call__(self, x, y=(), z=()):
        known = [*self.weights[:3], *flat([x, y, z])]
        for step in self.steps:
            made = step(known)
            known += made if isinstance(made, list) else [made]
        return self.result(known)

    # Draws -----------------------------------------------------------------------------------------------------

    def places(self, low, high=None):
        """Which of the numbers known so far, counted from the newest."""
        r = self.random
        n = r.randint(low, high or low)
        start, stride = r.randrange(20), r.choice([1, 1, 1, 2, 3])
        if r.random() < 0.6:
            return [start + stride * i for i in range(n)]
        return [r.randrange(30) for _ in range(n)]

    def activation(self):
        rows = [ops.tanh, ops.relu, ops.sigmoid, ops.sin, lambda x: ops.leaky_relu(x, 0.1), lambda x: x / 4]
        return self.random.choice(rows)

    def row(self):
        op = self.random.choice(ROWS)
        places = self.places(len(op.vjps))
        domain = op.domain if len(op.domain) == len(places) else op.domain * 2
        fixed = self.random.random() < 0.2 and len(places) == 2

        def run(known):
            operands = [within(at(known, p), *ends, op in JUMPS) for p, ends in zip(places, domain, strict=True)]
            if fixed or op in (ops.at_least, ops.at_most):
                operands[1] = 0.7
            return op(*operands)

        return run

    def number(self):
        (place,), c, kind = self.places(1), self.random.choice(NUMBERS), self.random.randrange(6)
        d = self.random.choice([2, -4.0, 0.5, 3])

        def run(known):
            x = at(known, place)
            return [x * c, c - x, x / d, d / (2 + x * x), -x + c, c * (x - d) / 3][kind]

        return run

    def power(self):
        (place, other), kind, n = self.places(2), self.random.randrange(4), self.random.choice([0, 1, 2, 3, -1, 0.5])

        def run(known):
            x, y = at(known, place), at(known, other)
            return [within(x, 0.5, 1.5) ** n, within(x, 0.5, 1.5) ** within(y, -2, 2), 2.0 ** within(x, -1, 1),
                    within(x, -1.5, 1.5) ** 3][kind]  # fmt: skip

        return run

    def sum(self):
        r = self.random
        places, others = self.places(1, 7), self.places(7)
        kinds = [r.randrange(6) for _ in places]
        factors = [r.choice(NUMBERS) for _ in places]
        weights = [r.randrange(24) for _ in places]
        pairs = [(r.random(), r.random(), r.random() < 0.3) for _ in places[1:]]
        begins, n = r.random() < 0.3, len(places)

        def term(known, k):
            x, y, w = at(known, places[k]), at(known, others[k]), at(self.weights, weights[k])
            return [x, x * w, w * x, x * factors[k], -x * y, x * (y * factors[k])][kinds[k]]

        def run(known):
            terms = [term(known, k) for k in range(n)]
            terms[0] = 0 + terms[0] if begins else terms[0]
            for a, b, minus in pairs:
                x = terms.pop(int(a * len(terms)))
                i = int(b * len(terms))
                terms[i] = terms[i] - x if minus else x + terms[i]
            return terms[0] / n

        return run

    def layer(self):
        """Neurons that all see the same numbers, with weights of their own or some in common."""
        r = self.random
        places, n, activation = self.places(1, 5), r.randint(1, 5), self.activation()
        start, across, biased, jumbled = r.randrange(24), r.choice([1, 1, 5, 0]), r.random() < 0.6, r.random() < 0.3
        orders = [r.sample(range(len(places)), len(places)) if jumbled else range(len(places)) for _ in range(n)]
        own = r.random() < 0.5 and [[Value(r.uniform(-1, 1)) for _ in range(len(places) + 1)] for _ in range(n)]
        if own:
            self.weights += flat(own)

        def run(known):
            xs = [at(known, p) for p in places]
            made = []
            for k in range(n):
                ws = own[k] if own else [at(self.weights, start + across * k * len(xs) + i) for i in range(len(xs) + 1)]
                z = sum((ws[i] * xs[i] for i in orders[k]), ws[-1] if biased else 0)
                made.append(activation(z))
            return made

        return run

    def windows(self):
        """A convolution: the same weights on one window after the other."""
        r = self.random
        start, width, count = r.randrange(24), r.randint(1, 4), r.randint(1, 5)
        stride, dilation, kernels, activation = r.randint(1, 3), r.randint(1, 2), r.randint(1, 3), self.activation()

        def run(known):
            made = []
            for k in range(kernels):
                ws = [at(self.weights, start + k * width + i) for i in range(width)]
                seen = [[at(known, stride * i + dilation * j) for j in range(width)] for i in range(count)]
                made += [activation(dot(ws, xs)) for xs in seen]
            return made

        return run

    def recurrence(self):
        r = self.random
        d, T, start, gated = r.randint(1, 3), r.randint(1, 4), r.randrange(24), r.random() < 0.4
        places, activation, begin = self.places(d * T), self.activation(), r.choice([0.0, None, 0.5])

        def run(known):
            xs = [at(known, p) for p in places]
            h = [at(self.weights, i) if begin is None else begin for i in range(d)]
            for t in range(T):
                x = xs[t * d : t * d + d]
                new = []
                for i in range(d):
                    ws = [at(self.weights, start + i * d + j) for j in range(2 * d)]
                    new.append(activation(dot(ws[:d], x) + dot(ws[d:], h) + at(self.weights, i)))
                if gated:
                    gates = [ops.sigmoid(at(self.weights, i) * x[i] + new[i]) for i in range(d)]
                    new = [z * v + (1 - z) * old for z, v, old in zip(gates, new, h, strict=True)]
                h = new
            return h

        return run

    def softmax(self):
        places, repeats = self.places(1, 4), self.random.randint(1, 3)

        def run(known):
            rows = [[at(known, p + 2 * k) for p in places] for k in range(repeats)]
            return flat([nn.activations.softmax(row) for row in rows])

        return run

    def norm(self):
        places = self.places(2, 4)

        def run(known):
            xs = [at(known, p) for p in places]
            mean = sum(xs) / len(xs)
            var = sum((x - mean) ** 2 for x in xs) / len(xs)
            return [w * (x - mean) / (var + 0.1) ** 0.5 for x, w in zip(xs, self.weights * 4, strict=False)]

        return run

    def choice(self):
        rows = [
            lambda x, y, z, v: ops.where(within(x, -2, 2, True) > 0.3, z, v * 2),
            lambda x, y, z, v: ops.where(within(x, -2, 2, True) <= within(y, -1, 1), 1.0, v),
            lambda x, y, z, v: ops.maximum(x, ops.minimum(y, z)),
            lambda x, y, z, v: ops.maximum(ops.maximum(x, y), ops.maximum(z, v)),
            lambda x, y, z, v: ops.stop_gradient(x) * y,
            lambda x, y, z, v: ops.clip(x, -0.5, 0.5) + ops.clip(y, -1.0, None),
            lambda x, y, z, v: x - ops.maximum(ops.stop_gradient(x), ops.stop_gradient(y)),
        ]
        places, chosen = self.places(4), self.random.choice(rows)
        return lambda known: chosen(*(at(known, p) for p in places))

    def each(self):
        """The same on several numbers, some of it with different constants."""
        places, activation, which = self.places(2, 6), self.activation(), self.random.randrange(4)
        factors = [self.random.choice(NUMBERS) for _ in places]

        def run(known):
            xs = [at(known, p) for p in places]
            if which == 0:
                return [activation(x * c + 0.1) for x, c in zip(xs, factors, strict=True)]
            if which == 1:
                return [activation(x * xs[0]) for x in xs]
            if which == 2:
                return [(x + w) * c for x, w, c in zip(xs, self.weights * 6, factors, strict=False)]
            return [activation(x - y) for x, y in zip(xs, reversed(xs), strict=True)]

        return run

    # Results ---------------------------------------------------------------------------------------------------

    def one(self):
        (place,) = self.places(1)
        return lambda known: at(known, place)

    def several(self):
        places = self.places(1, 6)
        return lambda known: [at(known, p) for p in places]

    def table(self):
        places, c = self.places(6), self.random.choice(NUMBERS)
        return lambda known: [[at(known, p) for p in places[:3]], [at(known, p) for p in places[4:]] + [c]]

    def parts(self):
        first, second = self.several(), self.table()
        return lambda known: (first(known), known[-1], second(known))


def at(numbers, place):
    """The number at a place, counted from the newest, round and round."""
    return numbers[-1 - place % len(numbers)]


def within(x, low, high, jumps=False):
    """A number between the bounds, made of any. Where a function jumps rounding must not decide: away from 0."""
    return (low + high) / 2 + (high - low) / 2.2 * ops.sin(5 * x + 0.3 if jumps else x)


def check(seed, size=8):
    program = Program(seed, size)
    return agree(program, program.weights, *program.samples, why=f"of Program({seed}, {size})")


@pytest.mark.parametrize("block", range(10))
def test_random_programs(block):
    for seed in range(100 * block, 100 * block + 100):
        check(seed, size=2 + seed % 9)
