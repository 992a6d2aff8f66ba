"""The random numbers of "Neural Networks Solutions - Module 6", for the demos that repeat its runs.

Its code sets a seed once, in exercise 5.2; what comes later goes on drawing from the same stream.
"""

from __future__ import annotations

import numpy as np

NORMALS = {  # how many normal numbers each exercise draws, in the document's order
    "6.1": 2 * (10 * 100 + 10),  # ten matrices and an input, for sigmoid and for ReLU
    "6.2": 2 * (5 * 100_000 + 4 * 50_000),  # five inputs, five matrices but for zeros; to plot, then to print
    "6.3": 2 * 4 * 3,
    "challenge 1": 0,  # the last one that is asked for
}


def stream_at(exercise: str) -> np.random.RandomState:
    """The document's generator where that exercise begins.

    >>> stream_at("6.3").randn(2).round(4).tolist()    # of which exercise 6.3 makes 10.814 and 15.138
    [0.1628, 1.0275]
    """
    rng = np.random.RandomState(42)
    rng.randn(1000, 2)  # 5.2: the training data, and an order of it for each epoch
    for _ in range(50):
        rng.permutation(1000)
    rng.randn(200, 2)  # 5.3: the test data
    for name, count in NORMALS.items():
        if name == exercise:
            return rng
        rng.randn(count)
    raise ValueError(f"the document has no exercise {exercise!r}; there are {', '.join(NORMALS)}")
