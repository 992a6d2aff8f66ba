"""The errors and the warning that autograd raises by name.

    TypeError     DetachError         a node would turn into a plain number and lose its graph
    ValueError    ShapeError          operands whose shapes do not fit together
    RuntimeError  StaleGraphError     an array that a graph saved was overwritten before backward()
    ArithmeticError  AnomalyError     a NaN or an infinity appeared under detect_anomaly()
    AssertionError  GradientMismatch  check_grads found a rule that disagrees with central differences
    TypeError     TracingError        a function that is being vectorized reads a number, or is different each time
    UserWarning   PerformanceWarning  right, but slow

Imports nothing; everything may import it. Read node.py next.
"""

__all__ = [
    "AnomalyError", "DetachError", "GradientMismatch", "PerformanceWarning", "ShapeError", "StaleGraphError",
    "TracingError",
]  # fmt: skip


class DetachError(TypeError):
    """A node was about to become a plain number, and its gradient would have been lost without a word."""


class ShapeError(ValueError):
    """The shapes of an op's operands do not fit together."""


class StaleGraphError(RuntimeError):
    """A recorded graph needs a value that has been overwritten since the forward pass."""


class AnomalyError(ArithmeticError):
    """Under ``detect_anomaly()``: the first NaN or infinity, with its op and source line."""


class GradientMismatch(AssertionError):
    """A gradient disagrees with central differences."""


class TracingError(TypeError):
    """A function that is being vectorized reads a number, or does not do the same for every sample."""


class PerformanceWarning(UserWarning):
    """The result is right, but a faster way to write it exists."""
