"""What the figures check alike: numbers, shapes, points with their classes. May import autograd."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import no_grad

__all__ = ["Classes", "Floats", "array_of", "classes_of", "function_values", "points_of"]

Floats: TypeAlias = NDArray[np.float64]


class Classes(NamedTuple):
    """Class labels as they are drawn: which label the classes bear, in order, and what they are called."""

    labels: NDArray[np.generic]
    names: Sequence[str]


def array_of(what: str, values: ArrayLike, *shape: str) -> Floats:
    """Return an array of floats that has as many axes as are named in ``shape``, and is not empty.

    Raises:
        ValueError: it has other axes, or nothing in it.

    >>> array_of("path", [[1, 2], [3, 4]], "steps", "2").shape
    (2, 2)
    """
    array: Floats = np.asarray(values, dtype=np.float64)
    wanted = f"({', '.join(shape)}{',' if len(shape) == 1 else ''})"
    fits = array.ndim == len(shape) and all(
        name == str(size) for name, size in zip(shape, array.shape, strict=True) if name.isdigit()
    )
    if not fits:
        raise ValueError(f"{what} needs the shape {wanted}, but has {array.shape}; reshape or transpose it")
    if not array.size:
        raise ValueError(f"{what} is empty, shape {array.shape}: there is nothing to draw")
    return array


def points_of(X: ArrayLike, y: ArrayLike) -> tuple[Floats, NDArray[np.generic]]:
    """Return the points of a plane and one label for each.

    Shapes: X (n, 2), y (n,) or (n, 1); they come back as (n, 2) and (n,).

    Raises:
        ValueError: X has other than 2 features, or y another number of labels.

    >>> points_of([[0, 0], [1, 1]], [[0], [1]])[1]
    array([0, 1])
    """
    points: Floats = np.asarray(X, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(
            f"a plane has 2 features, but X has the shape {points.shape}; choose two of its features, as in X[:, :2]"
        )
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim == 2:
        raise ValueError(
            f"y needs one label a point, but has the shape {labels.shape}; is it one-hot? y.argmax(axis=1)"
        )
    if labels.shape != (len(points),):
        raise ValueError(f"X has {len(points)} points, but y has the shape {labels.shape}: it needs ({len(points)},)")
    return points, labels


def classes_of(labels: NDArray[np.generic], names: Sequence[str] | None) -> Classes:
    """Return the classes among the labels, and their names: those given, or "y = 0", "y = 1", ...

    Where there are names, class k is the label k; where the labels are others (-1 and 1), they are taken in order.

    Raises:
        ValueError: the names are not as many as the classes.

    >>> classes_of(np.array([1, -1, 1]), None)
    Classes(labels=array([-1,  1]), names=['y = −1', 'y = 1'])
    """
    found = np.unique(labels)
    if names is None or len(names) == 0:
        return Classes(found, [f"y = {label:g}".replace("-", "−") for label in found] if names is None else [])
    counted = np.arange(len(names))
    if np.isin(found, counted).all():
        return Classes(counted, names)
    if len(names) != len(found):
        raise ValueError(
            f"{len(names)} names {list(names)} for {len(found)} classes {found.tolist()}: give one for each"
        )
    return Classes(found, names)


def function_values(what: str, f: Callable[[Floats], ArrayLike], points: Floats) -> Floats:
    """Return what a function says of each point, checked to be one number a point; it may be a network.

    Shapes: points (m, ...); the result is (m,), where the function may also give (m, 1).

    Raises:
        ValueError: the function gives another shape.

    >>> function_values("f", np.square, np.array([1.0, 2.0]))
    array([1., 4.])
    """
    with no_grad():  # nodes convert to numbers here
        values: Floats = np.asarray(f(points), dtype=np.float64)
    if values.shape == (len(points), 1):
        values = values[:, 0]
    if values.shape != (len(points),):
        raise ValueError(
            f"{what} got points of the shape {points.shape} and returned the shape {values.shape}: "
            f"it needs one number a point, ({len(points)},)"
        )
    return values
