"""A micrograd program runs with only its imports changed. The first is the one of its README."""

import random

import pytest

from autograd import Value
from nn import MLP


def test_readme_example():
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    assert f"{g.data:.4f}" == "24.7041"
    g.backward()
    assert f"{a.grad:.4f}" == "138.8338"
    assert f"{b.grad:.4f}" == "645.5773"


def test_training_as_in_the_demonstration():
    random.seed(1)
    model = MLP(2, [8, 8, 1])
    points = [[random.uniform(-1, 1), random.uniform(-1, 1)] for _ in range(20)]
    labels = [1 if x * y > 0 else -1 for x, y in points]
    losses = []
    for k in range(30):
        scores = [model(list(map(Value, point))) for point in points]
        hinge = [(1 + -yi * score).relu() for yi, score in zip(labels, scores, strict=True)]
        loss = sum(hinge) * (1.0 / len(hinge)) + 1e-4 * sum(p * p for p in model.parameters())
        model.zero_grad()
        assert all(p.grad == 0 for p in model.parameters())
        loss.backward()
        for p in model.parameters():
            p.data -= (0.5 - 0.4 * k / 30) * p.grad
        losses.append(loss.data)
    assert losses[-1] < losses[0] / 2
    assert [(score.data > 0) == (label > 0) for score, label in zip(scores, labels, strict=True)]


def test_more_of_its_users_wishes():
    """What its users ask for most: other activations, any power, comparisons, formats."""
    x, y = Value(2.0), Value(3.0)
    z = x**y + 2**x + x.tanh() + x.exp() + x.log() + x.sigmoid()
    z.backward()
    s, t = 1 / (1 + 2.718281828459045**-2), 0.9640275800758169
    expected = 3 * 4 + 4 * 0.6931471805599453 + (1 - t * t) + 7.38905609893065 + 0.5 + s * (1 - s)
    assert x.grad == pytest.approx(expected, rel=1e-12)
    assert (x < y, x == 2, max(x, y) is y, f"{x:.2f}") == (True, True, True, "2.00")
