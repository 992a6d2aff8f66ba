"""Functions of single numbers as programs of arrays: neurons in, matrices out.

    >>> import numpy as np
    >>> from autograd import Value
    >>> w, b = [Value(1.0), Value(2.0)], Value(0.5)
    >>> fast = vectorize(lambda x: (w[0] * x[0] + w[1] * x[1] + b).relu())
    >>> fast(np.array([[1.0, 1.0], [-1.0, 0.0]]))
    Tensor([3.5, 0. ])

A function runs twice on single numbers, which record what it does (tracing.py). Its sums are written as terms
(terms.py), and what does the same becomes arrays (grouping.py) and matrix products (sums.py): a program (program.py,
tidying.py). The numbers that the function holds move into blocks (blocks.py). The backward pass is the engine's; it is
printed by formulas (printing.py), and a training step makes calls of it (calls.py, stepping.py). May import formulas
and what is before it. Read arguments.py and function.py next.
"""

from autograd.vectorizer.function import Vectorized, vectorize

__all__ = ["Vectorized", "vectorize"]
