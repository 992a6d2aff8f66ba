"""Checkpoints: all that `fit` needs to go on as if it had never stopped, in one file. May import saving.py.

A file .npz with the arrays weights/..., best/..., optimiser/..., and "text": a JSON text with what must agree
between the two runs, the states of the random generators, and the history. Read train.py next.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from nn.data.arguments import Generator
from nn.module import Module
from nn.optim import Optimiser
from nn.saving import read_arrays, suffix_of, write_arrays

__all__ = ["Checkpoint", "CheckpointError", "Position", "fingerprint"]

Arrays = dict[str, np.ndarray]

FORMAT = "handgrad checkpoint 1"


class CheckpointError(ValueError):
    """A file that is no checkpoint, or one of another training; nothing has been changed."""


class Position(NamedTuple):
    """Where a training is, besides model, optimiser and generators: its history, and its best weights so far."""

    history: dict[str, Any]
    best: Arrays | None


class Checkpoint:
    """The file of one training. To go on from it: make this, draw what is drawn before the training, then `resume`.

    Making it reads and checks the file, if there is one, and sets ``rng`` to where it was when that training began.
    ``facts`` are what must be the same when it goes on, by name.

    Raises: SavedFileError for a damaged file, CheckpointError for one of another training, or if there is no such
    folder; nothing has changed then.
    """

    def __init__(
        self, path: str | Path, model: Module, optimiser: Optimiser, rng: Generator, facts: dict[str, Any]
    ) -> None:
        self.path, self.model, self.optimiser = Path(path), model, optimiser
        self.generators = list(dict.fromkeys([rng, *model.generators()]))  # one that is shared, once
        if suffix_of(self.path) != ".npz":
            raise CheckpointError(f"a checkpoint is a file .npz, not {self.path}")
        self.facts = _facts(model, optimiser, self.generators) | {name: fingerprint(x) for name, x in facts.items()}
        self.start = _state(rng)
        self.arrays: Arrays = {}
        self.text: dict[str, Any] = {}
        if not self.path.parent.is_dir():  # now, rather than after an epoch
            raise CheckpointError(f"there is no folder {self.path.parent} for {self.path.name}; make it first")
        if self.path.exists():
            self.arrays = read_arrays(self.path)
            self.text = self._checked_text()
            self.start = self.text["start"]
            _set_state(rng, self.start)

    @property
    def found(self) -> bool:
        """Whether there is something to go on from."""
        return bool(self.text)

    def resume(self) -> Position:
        """Set weights, buffers, optimiser and generators to where they were; the rest is returned."""
        self.optimiser.load_state(self._part("optimiser"))
        self.model.load_state(self._part("weights"))
        for generator, state in zip(self.generators, self.text["generators"], strict=True):
            _set_state(generator, state)
        return Position(self.text["history"], self._part("best") or None)

    def write(self, position: Position) -> None:
        """Replace the file by one of now."""
        text = {
            "format": FORMAT,
            "facts": self.facts,
            "start": self.start,
            "generators": [_state(generator) for generator in self.generators],
            "history": position.history,
        }
        parts = {
            "weights": self.model.state(),
            "optimiser": self.optimiser.state(),
            "best": position.best or {},
        }
        arrays = {f"{part}/{name}": array for part, named in parts.items() for name, array in named.items()}
        write_arrays(self.path, {"text": np.frombuffer(_to_json(text).encode(), np.uint8), **arrays})

    def _part(self, part: str) -> Arrays:
        start = f"{part}/"
        return {name.removeprefix(start): array for name, array in self.arrays.items() if name.startswith(start)}

    def _checked_text(self) -> dict[str, Any]:
        text = _of_json(self.arrays["text"].tobytes()) if "text" in self.arrays else {}
        if not isinstance(text, dict) or text.get("format") != FORMAT:
            raise CheckpointError(
                f"{self.path} is no checkpoint of fit: give that another name, or read the file with nn.saving"
            )
        there, here = text["facts"], self.facts
        names = [name for name in {**here, **there} if there.get(name) != here.get(name)]
        if names:
            different = [f"{name} is {here.get(name, 'none')}, there {there.get(name, 'none')}" for name in names[:5]]
            raise CheckpointError(
                f"{self.path} is of another training: {'; '.join(different)}{'; ...' * (len(names) > 5)}. Give the "
                f"same arguments to go on with it, or another path to begin anew"
            )
        return text


def fingerprint(x: Any) -> str:
    """A short text that differs if ``x`` does: shape, dtype and checksum of each array of a pair, else what it prints.

    >>> fingerprint((np.zeros((3, 2)), [1, 0, 1]))
    'float64 (3, 2) f288b395, int64 (3,) ee4eaf99'
    >>> fingerprint(0.2)
    '0.2'
    """
    if not isinstance(x, (tuple, list)):
        return str(x)
    arrays = [np.ascontiguousarray(array) for array in x]
    return ", ".join(f"{array.dtype} {array.shape} {crc32(array.data):08x}" for array in arrays)


def _facts(model: Module, optimiser: Optimiser, generators: list[Generator]) -> dict[str, str]:
    """What must agree of model, optimiser and generators."""
    memory = optimiser.state()
    options = [{name: "a schedule" if callable(x) else x for name, x in g.options.items()} for g in optimiser.groups]
    return {
        "model": " ".join(module.title() for module in model.modules()),
        **{f"weight {name}": f"{array.dtype} {array.shape}" for name, array in model.state().items()},
        "optimiser": f"{type(optimiser).__name__} {options}",
        "learning rate": str(memory.get("lr", "a schedule")),
        **{f"moment {name}": str(array.shape) for name, array in memory.items() if name not in ("lr", "steps")},
        "generators": " ".join(f"{type(g).__name__}({_state(g)['bit_generator']})" for g in generators),
    }


# The state of a random generator is a dict of numbers, strings and arrays --------------------------------------


def _state(generator: Generator) -> dict[str, Any]:
    if isinstance(generator, np.random.RandomState):
        return generator.get_state(legacy=False)
    return dict(generator.bit_generator.state)


def _set_state(generator: Generator, state: dict[str, Any]) -> None:
    if isinstance(generator, np.random.RandomState):
        generator.set_state(state)
    else:
        generator.bit_generator.state = state


def _to_json(x: Any) -> str:
    return json.dumps(x, default=lambda array: {"array": array.tolist(), "dtype": str(array.dtype)})


def _of_json(text: bytes) -> Any:
    """What `_to_json` wrote; None for other bytes."""
    try:
        return json.loads(text, object_hook=lambda x: np.array(x["array"], x["dtype"]) if "array" in x else x)
    except ValueError:
        return None
