"""A training as a film: one HTML file that scrubs through its frames, made by `stepper`.

Python computes and draws everything beforehand; the scripts beside this file only show it. May import charts.py,
weights.py and offline.py. Read film.html and script/film.js next.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from functools import cached_property
from html import escape
from typing import Any

import numpy as np

from autograd.viz.arrays import Array, arrays_of, flat, layers_of, scales, sizes_of
from autograd.viz.charts import curve, curve_scales, heights, regions
from autograd.viz.frames import Frame, Plane, frame_of
from autograd.viz.numbers import number_text
from autograd.viz.offline import OfflinePage, file_text, filled, json_text, script_of
from autograd.viz.run import Recording
from autograd.viz.svg import STYLE
from autograd.viz.weights import legend, maps, network, table

__all__ = ["Film", "film"]

LARGEST = 4_000_000  # numbers in a page, of which each takes about 5 bytes


def film(frames: Sequence[Frame | Recording], title: str | None = None, digits: int = 4) -> Film:
    """A page that scrubs through a training, from a list of frames or of recordings, one for each step.

    Raises: TypeError for what is neither; ValueError for no frames, frames that differ in what they hold, or too many.
    """
    for i, shot in enumerate(frames):
        if not isinstance(shot, (Frame, Recording)):
            raise TypeError(
                f"frames[{i}] is {shot!r}; a film is made of what autograd.viz.frame(loss, names) gives at each step, "
                f"or of record(loss)"
            )
    if not frames:
        raise ValueError("no frames: append frame(loss, names) to the list at each step, after loss.backward()")
    shots = [frame_of(shot) if isinstance(shot, Recording) else shot for shot in frames]
    first = _structure(shots[0])
    for i, shot in enumerate(shots):
        for what, there, here in zip(("parameters", "numbers", "plane"), first, _structure(shot), strict=True):
            if here != there:
                raise ValueError(
                    f"frames[{i}] has other {what} than frames[0], {_difference(there, here)}: "
                    f"a film shows the same things in every frame"
                )
    return Film(shots, title or "Training, step by step", digits)


def _structure(shot: Frame) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    plane = shot.plane
    held = {} if plane is None else {
        "points": plane.points, "labels": plane.labels, "grid": np.shape(plane.grid), "corners": (plane.low, plane.high)
    }  # fmt: skip
    return {name: np.shape(x) for name, x in shot.values.items()}, dict.fromkeys(shot.numbers, "a number"), held


def _difference(there: dict[str, Any], here: dict[str, Any]) -> str:
    """What of two structures differs first, in words."""
    name = next(name for name in {**there, **here} if there.get(name) != here.get(name))
    if name not in there or name not in here:
        return f"which {'has' if name in there else 'lacks'} {name}"
    a, b = (" of another kind" if len(f"{x}") > 40 else f" {x}" for x in (here[name], there[name]))
    return f"{name}{a}, not{b}" if a != b else f"other {name}"


class Film(OfflinePage):
    """A page that scrubs through the frames of a training; ``str(film)`` is its HTML."""

    def __init__(self, frames: list[Frame], title: str, digits: int) -> None:
        self.frames, self.title, self.digits = tuple(frames), title, digits
        self.arrays = _trained(self.frames)
        cells = 0 if frames[0].plane is None else np.size(frames[0].plane.grid)
        total = len(frames) * (2 * sum(x.size for x in self.arrays) + cells // 4)
        if total > LARGEST:
            every = math.ceil(total / LARGEST)
            raise ValueError(
                f"{len(frames):,} frames hold {total:,} numbers; a page holds at most {LARGEST:,}. "
                f"Show fewer: stepper(frames[::{every}])"
            )

    def __str__(self) -> str:
        last, plane = len(self.frames) - 1, self.frames[-1].plane
        ratio = 1.0 if plane is None else (plane.high[0] - plane.low[0]) / (plane.high[1] - plane.low[1])
        most = max((max(x.weights.shape) for x in self.layers or ()), default=0)
        own = f":root{{--ratio:{min(max(ratio, 0.5), 3):.4f};--least:{max(240, 44 + 19 * most)}px}}"
        parts = {
            "title": escape(self.title), "data": self.json(), "numbers": self._numbers(last),
            "weights": self._weights(), "curve": curve(self.losses, self.digits), "text": self._text(),
            "legend": legend(self.layers is not None) if any(x.shape for x in self.arrays) else "",
            "plane": regions(plane) if plane else "", "shown": "with-plane" if plane else "", "last": f"{last}",
            "position": self.position,
        }  # fmt: skip
        return filled(
            "film.html",
            "hg film",
            script_of("parameters", "regions", "film"),
            "\n".join([STYLE, file_text("page.css"), file_text("film.css"), own]),
            parts,
        )

    def __repr__(self) -> str:
        n, (first, last) = len(self.frames), (number_text(self.losses[i], self.digits) for i in (0, -1))
        return f"<Film {self.title!r}: {n} frame{'s' * (n > 1)}, loss {first} → {last}>"

    @property
    def position(self) -> str:
        """What the place of a frame is called; "step", unless the frames have a number of that name."""
        return "frame" if "step" in self.frames[0].numbers else "step"

    # What the frames hold, as arrays ------------------------------------------------------------------------------

    @cached_property
    def losses(self) -> np.ndarray:
        """The loss of each frame."""
        return np.array([shot.loss for shot in self.frames])

    @cached_property
    def values(self) -> np.ndarray:
        """The entries of all arrays in each frame, a row for each frame."""
        return np.stack([flat(self.arrays, shot.values) for shot in self.frames])

    @cached_property
    def gradients(self) -> np.ndarray:
        """The gradients of these; nan where there are none."""
        return np.stack([flat(self.arrays, shot.gradients) for shot in self.frames])

    @cached_property
    def layers(self) -> list[Any] | None:
        """The arrays as the layers of a network, if they are that."""
        return layers_of(self.arrays)

    @cached_property
    def groups(self) -> np.ndarray:
        """For each entry the number of those it is drawn to scale with: all weights of a network, or its array."""
        groups = np.zeros(self.values.shape[1], dtype=int)
        for i, x in enumerate(self.arrays):
            groups[x.indices] = i
        for layer in self.layers or ():
            groups[layer.weights] = 0
            if layer.biases is not None:
                groups[layer.biases] = 1
        return groups

    # The page -----------------------------------------------------------------------------------------------------

    def json(self) -> str:
        """What the script reads; safe inside a script element. Arrays are float32, and the plane bytes, in base64."""
        plane, said = self.frames[0].plane, [self._said(i) for i in range(len(self.frames))]
        return json_text(
            {
                "digits": self.digits,
                "position": self.position,
                "losses": self.losses.tolist(),
                "numbers": {name: [numbers[name] for numbers in said] for name in said[0]},
                "arrays": [{"name": x.name, "shape": x.shape, "start": x.start} for x in self.arrays],
                "layers": [
                    [x.weights.tolist(), None if x.biases is None else x.biases.tolist()] for x in self.layers or ()
                ],
                "values": _base64(self.values.astype("<f4")),
                "gradients": _base64(self.gradients.astype("<f4")),
                "absent": [self._absent(shot) for shot in self.frames],
                "groups": self.groups.tolist(),
                "scales": {
                    "values": scales(self.groups, self.values).tolist(),
                    "gradients": [scales(self.groups, row).tolist() for row in self.gradients],
                },
                "curves": {x: heights(self.losses, x == "log").round(2).tolist() for x in curve_scales(self.losses)},
                "plane": plane and {
                    "shape": np.shape(plane.grid),
                    "grids": _base64(np.stack([_bytes(shot.plane) for shot in self.frames if shot.plane])),
                    "wrong": [shot.plane.wrong for shot in self.frames if shot.plane],
                },
            }
        )  # fmt: skip

    def _absent(self, shot: Frame) -> list[int]:
        """The numbers of those arrays that have no gradient."""
        return [i for i, x in enumerate(self.arrays) if any(shot.gradients[leaf] is None for leaf in x.leaves)]

    def _said(self, i: int) -> dict[str, str]:
        """The numbers of a frame, as they are shown."""
        shot = self.frames[i]
        norm = shot.gradient_norm
        said = {"loss": number_text(shot.loss, self.digits)}
        for name, x in shot.numbers.items():
            said[name] = f"{100 * x:.1f} %" if name == "accuracy" and 0 <= x <= 1 else number_text(x, self.digits)
        return {**said, "gradient norm": "·" if norm is None else number_text(norm, self.digits)}

    def _numbers(self, i: int) -> str:
        return "\n".join(
            f'<div><dt>{escape(name)}</dt><dd data-number="{escape(name)}">{text}</dd></div>'
            for name, text in self._said(i).items()
        )

    def _weights(self) -> str:
        """The parameters of the last frame."""
        sizes = sizes_of(self.values[-1], scales(self.groups, self.values)[self.groups])
        if self.layers:
            return network(self.layers, self.values[-1], sizes, self.digits)
        parts = [table(self.arrays, self.frames, self.digits), maps(self.arrays, self.values[-1], sizes)]
        return f'<div class="maps">{"".join(parts)}</div>'

    def _text(self) -> str:
        """All steps as lines of text."""
        rows = [[self.position, *self._said(0)], *([f"{i}", *self._said(i).values()] for i in range(len(self.frames)))]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)) for row in rows)
        return escape("\n".join(lines))


def _trained(frames: Sequence[Frame]) -> list[Array]:
    """The arrays, without those that never move although they have a gradient: these are data, not parameters."""
    shapes: dict[str, tuple[int, ...]] = {name: np.shape(x) for name, x in frames[0].values.items()}
    arrays = arrays_of(shapes)
    still = {
        leaf for x in arrays for leaf in x.leaves
        if all(shot.values[leaf] == frames[0].values[leaf] for shot in frames)
        and any(np.any(shot.gradients[leaf]) for shot in frames if shot.gradients[leaf] is not None)
    }  # fmt: skip
    data = {leaf for x in arrays if set(x.leaves) <= still for leaf in x.leaves}
    return arrays_of({name: shape for name, shape in shapes.items() if name not in data or data == set(shapes)})


def _base64(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()


def _bytes(plane: Plane) -> np.ndarray:
    """The grid in bytes, one class after the other.

    Probabilities of all classes are 0..255 for 0..1. That of one class alone counts from even odds, 128, by the square
    root of the distance: a line is where it should be even between regions that are hardly told apart.
    """
    grid = np.atleast_3d(np.asarray(plane.grid)).clip(0, 1)  # (rows, columns, k)
    lean = 2 * grid - 1
    scaled = 128 + 127 * np.sign(lean) * np.sqrt(np.abs(lean)) if grid.shape[2] == 1 else 255 * grid
    return np.moveaxis(np.rint(scaled).astype(np.uint8), 2, 0)
