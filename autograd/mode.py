"""How ops record at this moment: state, and it is per thread and per task.

``no_grad()``, ``scope(...)`` and ``detect_anomaly()`` each replace the current `Mode` and put it back.
May import errors.py. Read node.py next.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import numpy as np

from autograd.errors import TracingError

__all__ = [
    "Mode", "Note", "current_mode", "detect_anomaly", "enter", "leave", "no_grad", "only_looked_at", "recording",
    "refuse_while_tracing", "scope", "scoped", "tracing", "user_line",
]  # fmt: skip

NOT_THE_USER = (f"{Path(__file__).parent}{os.sep}", f"{Path(np.__file__).parent}{os.sep}")


class Note(NamedTuple):
    """What few nodes have.

    A name, a scope path such as ``("hidden", "neuron 3")``, static parameters of the op, and the source line that
    made the node (under ``detect_anomaly()`` only).
    """

    name: str | None = None
    scope: tuple[str, ...] = ()
    params: tuple[object, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Mode:
    """How ops record now.

    ``recording``: do they make graph nodes? ``note``: what every new node is given. ``anomaly``: is each result
    looked at for NaN and infinity? ``tracing``: does `vectorize` write down a program, so that no number may be read?
    """

    recording: bool = True
    note: Note | None = None
    anomaly: bool = False
    tracing: bool = False
    plain: bool = True  # recording and not anomaly: what the fast paths ask for


_MODE: ContextVar[Mode] = ContextVar("mode", default=Mode())  # noqa: B039 (a Mode is frozen)
current_mode = _MODE.get
enter, leave = _MODE.set, _MODE.reset  # leave() takes what enter() gave


@contextmanager
def _changed(**fields: object) -> Iterator[None]:
    mode = replace(current_mode(), **fields)  # type: ignore[arg-type]
    token = _MODE.set(replace(mode, plain=mode.recording and not mode.anomaly))
    try:
        yield
    finally:
        _MODE.reset(token)


@contextmanager
def no_grad() -> Iterator[None]:
    """Inside this block ops give constants, and in-place operators update any leaf. Also a decorator.

    >>> from autograd import Value
    >>> w = Value(3.0)
    >>> with no_grad():
    ...     w -= 0.5
    >>> w.data, w.op
    (2.5, None)
    """
    with _changed(recording=False):
        yield


@contextmanager
def recording() -> Iterator[None]:
    """Inside this block ops record, even inside ``no_grad()``: what transforms need for themselves."""
    if current_mode().recording:  # the usual case, and a transform of a few ops notices
        yield
        return
    with _changed(recording=True):
        yield


@contextmanager
def tracing() -> Iterator[None]:
    """Inside this block ops record, and whoever reads the number of a Value is refused: what vectorize needs."""
    with _changed(recording=True, tracing=True):
        yield


def refuse_while_tracing(what: str, remedy: str) -> None:
    """Raise TracingError while vectorize traces, where ``what`` would be the same for every sample."""
    if current_mode().tracing:
        raise TracingError(f"{what} while vectorize traces would be the same for every sample: {remedy}")


@contextmanager
def scope(name: str) -> Iterator[None]:
    """Nodes made inside this block carry ``name`` in their scope path: drawings group by it.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with scope("hidden"), scope("neuron 0"):
    ...     y = x * x
    >>> y.scope
    ('hidden', 'neuron 0')
    """
    token = enter(scoped(current_mode(), name))
    try:
        yield
    finally:
        leave(token)


def scoped(mode: Mode, name: str) -> Mode:
    """``mode`` with ``name`` at the end of its scope path."""
    note = mode.note or Note()
    return replace(mode, note=note._replace(scope=(*note.scope, name)))


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Inside this block the first NaN or infinity raises AnomalyError with its op and source line.

    Every result of the forward pass and every contribution of the backward pass is looked at, and every
    node remembers its source line: slow, for finding a fault.

    Raises: AnomalyError where finite operands give a NaN or an infinity.

    >>> from autograd import Value
    >>> with detect_anomaly():
    ...     Value(0.0).log()                                        # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    autograd.errors.AnomalyError: log(Value(0.0)) gave -inf at ...
    """
    with _changed(anomaly=True), np.errstate(all="ignore"):
        yield


def user_line() -> str:
    """``file:line`` of the nearest caller outside this package and NumPy."""
    frame = _caller()
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def only_looked_at() -> bool:
    """Does matplotlib or numpy.testing ask, which draw or compare plain numbers and compute nothing from them?

    Of matplotlib the nearest caller outside this package and NumPy. Looked at only where the answer would otherwise
    be an error, or slow.
    """
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(NOT_THE_USER):
        if str(frame.f_globals.get("__name__", "")).startswith("numpy.testing."):
            return True
        frame = frame.f_back
    return str(frame.f_globals.get("__name__", "")).startswith("matplotlib.")


def _caller() -> FrameType:
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(NOT_THE_USER):
        frame = frame.f_back
    return frame
