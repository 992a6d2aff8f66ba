"""Saving and loading: weights and buffers as .npz or .safetensors, never as pickles, which can run code.

May import module.py. Read checkpoints.py next.
"""

from __future__ import annotations

import math
import os
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from autograd.vectorizer import Vectorized
from nn.module import Module, module_of

__all__ = ["SavedFileError", "atomic_write", "load", "read_arrays", "save", "write_arrays"]

Arrays = dict[str, np.ndarray]

INFLATED = 100  # a compressed file holds at most so many times its own size ...
SMALL = 2**26  # ... or so many bytes: weights do not shrink to a hundredth, so more is a trap for the memory


class SavedFileError(ValueError):
    """A file of arrays cannot be read, or is of a kind that is not known."""


def save(model: Module | Vectorized, path: str | Path) -> None:
    """Write the weights and buffers of ``model``, or the blocks of a vectorized function, to .npz or .safetensors.

    A file of that name is replaced only once the new one is complete. Both kinds hold plain arrays by name, and
    other programs read them: ``np.load``, and everything that knows safetensors. In .npz each array has a checksum, so
    that `load` notices any damage; safetensors has none, and a bit that flipped inside an array goes unnoticed.

    Raises: SavedFileError for another suffix; ModuleNotFoundError if the package safetensors is needed and missing.

    >>> from tempfile import TemporaryDirectory
    >>> import nn
    >>> one, two = nn.Linear(3, 2), nn.Linear(3, 2)
    >>> with TemporaryDirectory() as folder:
    ...     save(one, Path(folder) / "linear.npz")
    ...     load(two, Path(folder) / "linear.npz")
    >>> bool((one.W.data == two.W.data).all())
    True
    """
    write_arrays(path, module_of(model).state())


def load(model: Module | Vectorized, path: str | Path) -> None:
    """Read into ``model`` what `save` wrote of one with the same layers; on any error the model stays as it is.

    Call ``model.eval()`` before you predict with it: Dropout and BatchNorm work differently in training.

    Raises: SavedFileError if the file is missing, damaged or of another kind; StateError if it does not fit the model.
    """
    module_of(model).load_state(read_arrays(path))


def write_arrays(path: str | Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write named arrays of numbers to a file .npz or .safetensors; the old one stays until the new one is complete.

    The same arrays give the same bytes.

    Raises: SavedFileError for another suffix, ValueError for an array that does not hold numbers.
    """
    path = Path(path)
    for name, array in arrays.items():
        if array.dtype.kind not in "biuf":
            raise ValueError(f"{name} has dtype {array.dtype}, and only numbers can be written to {path}")
    if suffix_of(path) == ".npz":
        atomic_write(path, _npz_bytes(arrays))
    else:
        contiguous = {name: np.asarray(array, order="C") for name, array in arrays.items()}
        atomic_write(path, _safetensors().save(contiguous))


def read_arrays(path: str | Path) -> Arrays:
    """The named arrays of a file .npz or .safetensors; nothing in it is ever run.

    Raises: SavedFileError, which names the file and says what is wrong, whatever that is.

    >>> read_arrays("nowhere.npz")
    Traceback (most recent call last):
        ...
    nn.saving.SavedFileError: cannot read nowhere.npz: there is no such file
    """
    path = Path(path)
    suffix = suffix_of(path)
    library = _safetensors() if suffix == ".safetensors" else None
    try:
        return _npz_arrays(path) if library is None else library.load(path.read_bytes())
    except FileNotFoundError:
        problem = "there is no such file"
    except IsADirectoryError:
        problem = "it is a folder"
    except Exception as error:  # noqa: BLE001 (damaged bytes make zipfile and its kin raise almost anything)
        problem = _diagnosis(path, error)
    raise SavedFileError(f"cannot read {path}: {problem}")


def atomic_write(path: str | Path, content: bytes) -> None:
    """Write a file so that at any moment, whatever happens, the old one or the new one is there, whole.

    It is written beside its final place, as ``.name.part``, forced to the disk, and renamed. What a killed run leaves
    of that file is overwritten by the next. One program at a time may write to a path.

    Raises: FileNotFoundError if there is no such folder.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"cannot write {path}: there is no folder {path.parent}; make it first")
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def suffix_of(path: Path) -> str:
    """The suffix of a file of arrays.

    Raises: SavedFileError if it is neither of the two.

    >>> suffix_of(Path("weights.npz"))
    '.npz'
    """
    if path.suffix not in (".npz", ".safetensors"):
        ending = f"ends in {path.suffix!r}" if path.suffix else "has no suffix"
        raise SavedFileError(f"{path} {ending}; files of arrays are .npz or .safetensors")
    return path.suffix


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            'files .safetensors need the package safetensors: pip install "handgrad[safetensors]", or use .npz'
        ) from error
    return safetensors.numpy


# npz: a zip archive with a file .npy per array ------------------------------------------------------------------


def _npz_bytes(arrays: Mapping[str, np.ndarray]) -> bytes:
    """What np.savez writes, but for the time of day, and for its trouble with an array named "file"."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
    return stream.getvalue()


def _npz_arrays(path: Path) -> Arrays:
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        limit = max(INFLATED * path.stat().st_size, SMALL)
        if (declared := sum(member.file_size for member in members)) > limit:
            raise ValueError(
                f"it would unpack to {declared / 2**30:.1f} GiB, which no file of weights of its size does"
            )
        arrays = {member.filename.removesuffix(".npy"): _npy_array(archive, member) for member in members}
        file.seek(-12 - len(archive.comment), os.SEEK_END)
        listed = int.from_bytes(file.read(2), "little")  # how many members; zipfile does not look
    if len(arrays) < len(members):
        raise ValueError("it holds two arrays of the same name")
    if listed != min(len(members), 0xFFFF):  # which stands for that many or more
        raise ValueError(f"its directory counts {listed} arrays and lists {len(members)}")
    return arrays


def _npy_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
    if not member.filename.endswith(".npy"):
        raise ValueError(f"it holds {member.filename!r}, which is no array")
    content = archive.read(member)  # to its end, where the checksum is compared
    stream = BytesIO(content)
    version = np.lib.format.read_magic(stream)
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = header(stream)
    if dtype.kind not in "biuf":
        raise ValueError(f"{member.filename} holds {dtype}, not plain numbers")
    if (expected := math.prod(shape) * dtype.itemsize) != (there := len(content) - stream.tell()):
        raise ValueError(f"{member.filename} declares {expected} bytes of shape {shape} and holds {there}")
    array: np.ndarray = np.lib.format.read_array(BytesIO(content), allow_pickle=False)
    return array


def _diagnosis(path: Path, error: Exception) -> str:
    if path.is_file() and path.stat().st_size == 0:
        return "it is empty"
    return f"it is damaged, cut short, or no {path.suffix} file ({type(error).__name__}: {error or 'no details'})"
