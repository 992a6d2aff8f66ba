"""Frames of a training: its loss, its parameters with their gradients, and what the model says of a plane.

A frame is plain data, taken after ``backward()`` and before the update; taking it changes nothing. May import
run.py. Read film.py next, which makes a page of them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from autograd.formulas.naming import Given, Names
from autograd.mode import no_grad
from autograd.node import Node
from autograd.viz.run import Data, Recording

__all__ = ["Frame", "Plane", "frame", "frame_of"]

LARGEST = 5000  # entries of all parameters together
CELLS = 1600  # of the grid, times the columns of what is predicted
MARGIN = 0.12  # around the points, as a share of their span


@dataclass(frozen=True, slots=True)
class Plane:
    """What a model says of a plane, and the points it learns.

    ``low`` and ``high`` are opposite corners. ``grid`` has a row for each x1, from low to high, and in it for each x0
    the probability of class 1, or a list of those of all classes. ``labels`` are classes of ``points`` by number,
    ``classes`` what y calls them, and ``wrong`` the numbers of those points that the model takes for another class.
    """

    low: tuple[float, float]
    high: tuple[float, float]
    grid: Data
    points: tuple[tuple[float, float], ...]
    labels: tuple[int, ...]
    classes: tuple[int, ...]
    wrong: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """One moment of a training: numbers, and arrays as nested lists, by name; a gradient is None if there is none."""

    loss: float
    values: dict[str, Data]
    gradients: dict[str, Data | None]
    numbers: dict[str, float]
    plane: Plane | None = None

    @property
    def gradient_norm(self) -> float | None:
        """The length of all gradients together as one vector; None if there is none."""
        parts = [np.ravel(g) for g in self.gradients.values() if g is not None]
        return float(np.linalg.norm(np.concatenate(parts))) if parts else None


def frame(
    loss: Any,
    names: Names,
    predict: Callable[[np.ndarray], Any] | None = None,
    X: Any = None,
    y: Any = None,
    **numbers: Any,
) -> Frame:
    """One frame of a training film: take it after ``loss.backward()``, before the update.

    ``names`` gives the parameters as for `record`: pairs such as ``model.named_parameters()``, or a mapping such as
    ``locals()``, of which the leaves are taken. With ``predict``, X and y the frame shows a plane: ``predict`` maps
    points to probabilities, of class 1 or of every class; it is called on a grid and on X, inside ``no_grad()``. The
    share of points it gets right is then the number ``accuracy``. Further numbers to show have names of your own, such
    as ``lr=0.1``.

    Shapes: X (n, 2), y (n,) or (n, 1) of 0 and 1, of -1 and 1, or of 0 .. k - 1; predict maps (m, 2) to (m,), (m, 1)
    or (m, k).

    Raises: ValueError and TypeError for a loss that is no finite number, and for what does not fit; both say what does.

    >>> from autograd import Value
    >>> w = Value(3.0)
    >>> frames = []
    >>> for _ in range(2):
    ...     loss = (w - 1) ** 2
    ...     w.grad = None
    ...     loss.backward()
    ...     frames.append(frame(loss, {"w": w}, lr=0.25))
    ...     w = Value(w.data - 0.25 * w.grad)
    >>> [(shot.loss, shot.values["w"], shot.gradients["w"]) for shot in frames]
    [(4.0, 3.0, 4.0), (1.0, 2.0, 2.0)]
    """
    parameters = _parameters(names)
    plane = _plane(predict, X, y)
    shown = {name: _number(name, x) for name, x in numbers.items()}
    if plane is not None:
        shown = {"accuracy": 1 - len(plane.wrong) / len(plane.points), **shown}
    return Frame(
        _number("the loss", loss),
        {name: _plain(p._raw) for name, p in parameters.items()},
        {name: None if p.grad is None else _plain(p.grad) for name, p in parameters.items()},
        shown,
        plane,
    )


def frame_of(run: Recording) -> Frame:
    """The frame of a recorded run: its root is the loss, its leaves that are recorded in full are the parameters.

    Raises: ValueError if there is no such leaf, or the root is not a single number.
    """
    leaves = [x for x in run.nodes if x.kind in ("leaf", "parameter") and x.id in run.gradients and x.value is not None]
    loss = _number("the loss", run.nodes[run.root].value)
    if not leaves:
        raise ValueError(f"the recording of {run.nodes[run.root].name} has no leaves to show: take frame(loss, names)")
    return Frame(loss, {x.name: x.value for x in leaves}, {x.name: run.gradients[x.id] for x in leaves}, {})


def _parameters(names: Names) -> dict[str, Node]:
    nodes = Given(names).nodes
    leaves = {node: name for node, name in nodes.items() if node.op is None}
    if not leaves:
        raise ValueError(
            f"names has no parameters, only {sorted(nodes.values())}: give model.named_parameters(), or leaves by "
            f'name, such as {{"w": w, "b": b}}'
        )
    if twice := [name for name, count in Counter(leaves.values()).items() if count > 1]:
        raise ValueError(f"several parameters are called {', '.join(twice)}: give each a name of its own")
    if (n := sum(math.prod(p.shape) for p in leaves)) > LARGEST:
        raise ValueError(
            f"these {len(leaves)} parameters have {n:,} entries; a frame holds at most {LARGEST:,}. "
            f'Film a part of them, such as names={{"{[*leaves.values()][-1]}": ...}}'
        )
    return {name: node for node, name in leaves.items()}


def _number(what: str, x: Any) -> float:
    found = x._raw if isinstance(x, Node) else x
    if np.shape(found) and np.size(found) != 1:
        raise ValueError(f"{what} has shape {np.shape(found)}: a film shows single numbers, such as its .mean()")
    found = found.item() if isinstance(found, np.ndarray) else found
    if isinstance(found, bool) or not isinstance(found, Real):
        raise TypeError(f"{what} is {x!r}: a film shows numbers, so give a float, or a Value or Tensor of one number")
    if not math.isfinite(found):
        raise ValueError(f"{what} is {float(found)}: end the film here, and look at the frames before it")
    return float(found)


def _plain(x: Any) -> Data:
    x = x._raw if isinstance(x, Node) else x  # a gradient of backward(create_graph=True)
    return np.asarray(x, dtype=float).tolist()


# The plane --------------------------------------------------------------------------------------------------------


def _plane(predict: Callable[[np.ndarray], Any] | None, X: Any, y: Any) -> Plane | None:
    if predict is None and X is None and y is None:
        return None
    if predict is None or X is None or y is None:
        given = [f"{name}={'None' if x is None else '...'}" for name, x in (("predict", predict), ("X", X), ("y", y))]
        raise ValueError(f"predict, X and y are of use only together; here {', '.join(given)}")
    points, targets = _array(X), _array(y)  # (n, 2), (n,)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points) or targets.size != len(points):
        raise ValueError(f"X has shape {points.shape} and y {targets.shape}; a plane takes X (n, 2) and y (n,)")
    said = _probabilities(predict, points)  # (n, k)
    k = said.shape[1]
    classes, labels = _labels(targets.ravel(), k)
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    low, high = low - MARGIN * span, high + MARGIN * span
    columns = round(math.sqrt(CELLS / k * float(np.clip(span[0] / span[1], 1 / 3, 3))))
    x0, x1 = np.meshgrid(
        np.linspace(low[0], high[0], columns), np.linspace(low[1], high[1], round(CELLS / k / columns))
    )
    grid = _probabilities(predict, np.column_stack([x0.ravel(), x1.ravel()]))  # (rows * columns, k)
    chosen = said[:, 0] > 0.5 if k == 1 else said.argmax(axis=1)
    return Plane(
        (float(low[0]), float(low[1])),
        (float(high[0]), float(high[1])),
        grid.reshape(x0.shape if k == 1 else (*x0.shape, k)).tolist(),
        tuple((float(a), float(b)) for a, b in points),
        tuple(labels.tolist()),
        classes,
        tuple(np.flatnonzero(chosen != labels).tolist()),
    )


def _array(x: Any) -> np.ndarray:
    return np.asarray(x._raw if isinstance(x, Node) else x, dtype=float)


def _probabilities(predict: Callable[[np.ndarray], Any], points: np.ndarray) -> np.ndarray:
    """What is said of the points. Shapes: points (m, 2) to (m, k)."""
    with no_grad():
        said = _array(predict(points))
    if said.shape[:1] != (len(points),) or said.ndim > 2 or not said.size:
        raise ValueError(f"predict maps {points.shape} to {said.shape}; it is to give ({len(points)},) or one row each")
    if not (said.min() >= -1e-9 and said.max() <= 1 + 1e-9):  # nan is not, either
        raise ValueError(
            f"predict gives {said.min():.4g} to {said.max():.4g}; probabilities lie in 0..1: take the sigmoid of one "
            f"score, the softmax of several"
        )
    return said.reshape(len(points), -1)


def _labels(targets: np.ndarray, k: int) -> tuple[tuple[int, ...], np.ndarray]:
    """What the classes are called, and which of them each target is. Shapes: targets (n,)."""
    found = set(targets.tolist())
    if k > 1 and found <= set(range(k)):
        return tuple(range(k)), targets.astype(int)
    if k == 1 and (found <= {0, 1} or found <= {-1, 1}):
        return (0 if found <= {0, 1} else -1, 1), (targets > 0).astype(int)
    wanted = "0 and 1, or -1 and 1" if k == 1 else f"0 .. {k - 1}"
    some = ", ".join(f"{x:g}" for x in sorted(found)[:5])
    raise ValueError(f"y holds {some}; where predict gives {k} number{'s' * (k > 1)} a point, it is to hold {wanted}")
