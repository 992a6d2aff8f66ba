"""Pictures of digits, 28 by 28: drawn here with matplotlib's fonts, or MNIST's own.

May import arguments; matplotlib is imported where the digits are drawn.
"""

from __future__ import annotations

import gzip
import http.client
import math
import os
import sys
import tempfile
import urllib.error
import urllib.request
import zlib
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nn.data.arguments import Floats, Generator, Labels, Rng, generator_of, is_whole

__all__ = ["DataError", "Images", "MnistUnavailable", "digits", "mnist"]

Pixels: TypeAlias = NDArray[np.float32]
Bytes: TypeAlias = NDArray[np.uint8]

SIDE = 28
FONTS = (
    "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSansMono", "DejaVuSansMono-Bold", "DejaVuSerif",
    "DejaVuSerif-Bold", "DejaVuSerif-Italic", "STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic",
    "STIXGeneralBolIta", "cmb10", "cmr10", "cmss10", "cmtt10",
)  # fmt: skip
GLYPH = 64  # side of the picture of a glyph, in which a digit is about 40 pixels high
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
CHECKSUMS = {  # SHA-256 of the unpacked files
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
TIMEOUT = 20.0  # seconds without a byte


class DataError(ValueError):
    """A data file is not what it should be; the message names the file, what it holds and what was expected.

    >>> issubclass(DataError, ValueError)
    True
    """


class MnistUnavailable(DataError, OSError):
    """MNIST is neither here nor to be had from its mirrors; the message says how to place it by hand.

    >>> issubclass(MnistUnavailable, OSError)
    True
    """


class Images(NamedTuple):
    """Pictures as rows of 784 brightnesses from 0 to 1, and the digits they show.

    Shapes: X_train (n, 784) float32, X_test (m, 784) float32, y_train (n,) int, y_test (m,) int.

    >>> digits(20, 10).X_train.shape
    (20, 784)
    """

    X_train: Pixels
    X_test: Pixels
    y_train: Labels
    y_test: Labels


# --- digits, drawn ------------------------------------------------------------------------------------------


def digits(n_train: int = 2000, n_test: int = 500, rng: Rng = 0) -> Images:
    """Return pictures of the digits 0 to 9, drawn in 16 fonts, each shifted, turned, slanted and noisy in its own way.

    They take the place of MNIST where there is no network: as large, as many classes, and of a kind a hidden
    layer learns clearly better than a linear model does. Every digit is as frequent as the others. One seed
    gives one set (with one version of matplotlib).

    Shapes: X_train (n_train, 784), X_test (n_test, 784) float32 in 0..1; y_train (n_train,), y_test (n_test,).
    Raises: ValueError for a size or rng that cannot be used; DataError where matplotlib comes without its fonts.

    >>> X_train, X_test, y_train, y_test = digits(n_train=100, n_test=20)
    >>> X_train.shape, np.bincount(y_test).tolist()
    ((100, 784), [2, 2, 2, 2, 2, 2, 2, 2, 2, 2])
    """
    for name, size in [("n_train", n_train), ("n_test", n_test)]:
        if not is_whole(size) or size < 1:
            raise ValueError(f"{name}={size!r} is no number of pictures: pass a whole number >= 1")
    generator, glyphs = generator_of(rng), _glyphs()
    X_train, y_train = _pictures(glyphs, int(n_train), generator)
    X_test, y_test = _pictures(glyphs, int(n_test), generator)
    return Images(X_train, X_test, y_train, y_test)


def _glyphs() -> Floats:
    """Return every digit in every font, centred and slightly blurred: (fonts, 10, GLYPH, GLYPH)."""
    import matplotlib as mpl
    from matplotlib.ft2font import FT2Font  # not through pyplot or the font manager, which look at the machine

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    glyphs = np.zeros((len(FONTS), 10, GLYPH, GLYPH))
    for i, name in enumerate(FONTS):
        file = folder / f"{name}.ttf"
        if not file.is_file():
            raise DataError(f"{file} is missing, a font matplotlib ships: reinstall matplotlib with pip")
        font = FT2Font(str(file))
        font.set_size(56, 72)
        for digit in range(10):
            font.set_text(str(digit))
            font.draw_glyphs_to_bitmap(antialiased=True)
            ink = np.asarray(font.get_image()) / 255
            ink = ink[np.ix_(ink.any(axis=1), ink.any(axis=0))]  # no digit has an empty row or column inside
            top, left = (GLYPH - ink.shape[0]) // 2, (GLYPH - ink.shape[1]) // 2
            glyphs[i, digit, top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    for axis in (2, 3, 2, 3):
        glyphs = (np.roll(glyphs, 1, axis) + 2 * glyphs + np.roll(glyphs, -1, axis)) / 4
    return glyphs


def _pictures(glyphs: Floats, n: int, generator: Generator) -> tuple[Pixels, Labels]:
    """Return n pictures (n, 784) and their digits (n,)."""
    y = generator.permutation(n) % 10
    fonts = (generator.uniform(0, len(glyphs), n)).astype(np.intp)
    shift = generator.uniform(-2.4, 2.4, (n, 2, 1))  # pixels
    turn = np.radians(generator.normal(0, 4, n))
    slant = generator.normal(0, 0.08, n)
    size = generator.uniform(0.9, 1.05, (n, 2))  # height and width
    weight = generator.uniform(0.0, 0.4, (n, 1))  # the ink that turns half bright: the more, the thinner
    contrast = generator.uniform(1.0, 3.0, (n, 1))
    # From a pixel's place in the picture back to its place in the glyph, two pixels of which make one.
    back = np.empty((n, 2, 2))
    back[:, 0, 0], back[:, 0, 1] = np.cos(turn), -np.sin(turn)
    back[:, 1, 0], back[:, 1, 1] = np.sin(turn) + slant, np.cos(turn)
    back *= 2 / size[:, :, None]
    places = np.indices((SIDE, SIDE)).reshape(2, -1) - (SIDE - 1) / 2  # (2, 784)
    X = np.empty((n, SIDE * SIDE), dtype=np.float32)
    for start in range(0, n, 500):
        k = slice(start, start + 500)
        ink = _sampled(glyphs, fonts[k], y[k], back[k] @ (places - shift[k]) + (GLYPH - 1) / 2)
        ink = np.clip((ink - weight[k]) * contrast[k] + 0.5, 0, 1) * (ink > 0)
        X[k] = np.clip(ink + generator.normal(0, 0.05, ink.shape), 0, 1)
    return X, y


def _sampled(glyphs: Floats, fonts: Labels, y: Labels, places: Floats) -> Floats:
    """Return each glyph's ink at its own places, (n, 2, m) rows and columns, between pixels by bilinear weights."""
    places = np.clip(places, 0, GLYPH - 1.001)  # the rim of every glyph is blank
    corner = places.astype(np.intp)
    down, right = np.moveaxis(places - corner, 1, 0)
    first = ((fonts * 10 + y)[:, None] * GLYPH + corner[:, 0]) * GLYPH + corner[:, 1]
    flat = glyphs.reshape(-1)
    upper = flat[first] * (1 - right) + flat[first + 1] * right
    lower = flat[first + GLYPH] * (1 - right) + flat[first + GLYPH + 1] * right
    ink: Floats = upper * (1 - down) + lower * down
    return ink


# --- MNIST --------------------------------------------------------------------------------------------------


def mnist(directory: str | Path | None = None, download: bool = True) -> Images:
    """Return MNIST: 60,000 and 10,000 digits written by hand, from files or, if there are none, from the network.

    The four IDX files, packed (.gz) or not, are read from ``directory``; without one, from the folder that the
    environment variable MNIST_DIR names; without that, from a cache folder ($XDG_CACHE_HOME/handgrad/mnist,
    else ~/.cache/handgrad/mnist or what the system has in its place). Only what the cache folder lacks is
    downloaded, once (11 MB), and checked by SHA-256; nothing is with ``download=False``. A directory of one's own
    may hold any set of the same form, such as Fashion-MNIST.

    Shapes: X_train (60000, 784), X_test (10000, 784) float32 in 0..1; y_train (60000,), y_test (10000,).
    Raises: DataError for a file that is missing or not what it should be; MnistUnavailable if no mirror answers.
    From: LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document Recognition" (1998);
    "Chapter 3: Neural Networks", Part 9: Running Example -- MNIST Digit Classifier.

    >>> X_train, X_test, y_train, y_test = mnist("nowhere")
    Traceback (most recent call last):
    nn.data.images.DataError: nowhere is no folder: expected train-images-idx3-ubyte, ...
    """
    place = directory or os.environ.get("MNIST_DIR")
    if place:
        return _read(Path(place).expanduser())
    return mnist_from_mirrors(MIRRORS if download else (), _cache_folder())


def mnist_from_mirrors(
    mirrors: Sequence[str], folder: Path, checksums: Mapping[str, str] = CHECKSUMS, timeout: float = TIMEOUT
) -> Images:
    """Return the set in ``folder``; what it lacks is downloaded there first, from the first mirror that has it right.

    ``checksums`` gives the SHA-256 of each unpacked file. Nothing is written before all that lacks has come.

    Raises: MnistUnavailable if a file cannot be had or not be written; DataError for a file that was there.
    """
    missing = [name for name in CHECKSUMS if _find(folder, name) is None]
    try:
        files = {name: _download(mirrors, name, checksums[name], timeout) for name in missing}
        for name, packed in files.items():
            _write(folder / f"{name}.gz", packed)
    except OSError as error:
        wanted = ", ".join(f"{name}.gz" for name in missing)
        raise MnistUnavailable(
            f"MNIST is not to be had: {error}. Try again later, or place {wanted} (unpacked will do) in {folder} or in "
            "a folder named by mnist(directory) or $MNIST_DIR. nn.data.digits() needs no download"
        ) from error
    return _read(folder)


def _cache_folder() -> Path:
    """Return where downloaded files are kept: $XDG_CACHE_HOME, else the usual place of the system."""
    usual = {"win32": "AppData/Local", "darwin": "Library/Caches"}.get(sys.platform, ".cache")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / usual) / "handgrad" / "mnist"


def _download(mirrors: Sequence[str], name: str, checksum: str, timeout: float) -> bytes:
    """Return the packed file from the first mirror that gives the right one; tell about it on standard error."""
    failures = []
    for mirror in mirrors:
        url = f"{mirror}{name}.gz"
        print(f"downloading {url}", file=sys.stderr, flush=True)
        try:
            with urllib.request.urlopen(url, timeout=timeout) as response:
                packed: bytes = response.read()
            found = sha256(_unpacked(packed, url)).hexdigest()
            if found == checksum:
                return packed
            failures.append(f"{url} has other content: its SHA-256 is {found}, expected {checksum}")
        except DataError as error:  # which names the address
            failures.append(str(error))
        except http.client.IncompleteRead as error:
            got = len(error.partial)
            failures.append(f"{url} broke off after {got} of {got + (error.expected or 0)} bytes")
        except (OSError, http.client.HTTPException) as error:
            failures.append(f"{url}: {error}")
            if isinstance(error, urllib.error.HTTPError):
                error.close()
    raise OSError("; ".join(failures) or "no mirror was asked")


def _write(file: Path, content: bytes) -> None:
    """Write the file in one step: it is there whole, or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent) as beside:
        part = Path(beside) / file.name
        part.write_bytes(content)
        part.replace(file)


def _find(folder: Path, name: str) -> Path | None:
    """Return the file of that name, plain or .gz; some archives write it train-images.idx3-ubyte."""
    names = [name, name.replace("-idx", ".idx")]
    files = [folder / f"{form}{ending}" for ending in ("", ".gz") for form in names]
    return next((file for file in files if file.is_file()), None)


def _read(folder: Path) -> Images:
    """Return the set whose four files lie in that folder.

    Raises: DataError for a file that is missing or not what it should be.
    """
    found = {name: _find(folder, name) for name in CHECKSUMS}
    files = {name: file for name, file in found.items() if file is not None}
    missing = [name for name in CHECKSUMS if name not in files]
    if missing:
        what = f"lacks {len(missing)} of the 4 files of MNIST" if folder.is_dir() else "is no folder"
        raise DataError(
            f"{folder} {what}: expected {', '.join(missing)}, each with or without .gz; place them there, or leave out "
            "directory and $MNIST_DIR to have them downloaded"
        )
    X_train, y_train = _images_with_labels(files, "train")
    X_test, y_test = _images_with_labels(files, "t10k")
    return Images(X_train, X_test, y_train, y_test)


def _images_with_labels(files: Mapping[str, Path], part: str) -> tuple[Pixels, Labels]:
    """Return the images (n, 784) and labels (n,) of the training or the test part."""
    image_file, label_file = files[f"{part}-images-idx3-ubyte"], files[f"{part}-labels-idx1-ubyte"]
    (n, *sides), pixels = _idx(image_file, 2051, n_dimensions=3)
    if sides != [SIDE, SIDE]:
        raise DataError(f"{image_file} holds images of {sides[0]} by {sides[1]} pixels, expected {SIDE} by {SIDE}")
    (n_labels,), labels = _idx(label_file, 2049, n_dimensions=1)
    if labels.max() > 9:
        raise DataError(f"{label_file} holds the label {labels.max()}, expected labels from 0 to 9")
    if n != n_labels:
        raise DataError(f"{label_file} holds {n_labels} labels, expected {n}, one for each image in {image_file}")
    return np.divide(pixels.reshape(n, SIDE * SIDE), 255, dtype=np.float32), labels.astype(np.intp)


def _idx(file: Path, magic: int, n_dimensions: int) -> tuple[list[int], Bytes]:
    """Return the sizes that an IDX file states, and its bytes, as many as that."""
    content = _unpacked(file.read_bytes(), file)
    header = 4 + 4 * n_dimensions
    found, *sizes = [int.from_bytes(content[i : i + 4], "big") for i in range(0, header, 4)]
    if found != magic:
        raise DataError(f"{file} begins with the magic number {_kind(found)}, expected {_kind(magic)}")
    expected = header + math.prod(sizes)
    if len(content) != expected:
        raise DataError(
            f"{file} has {len(content)} bytes, expected {expected} as its header states the sizes {sizes}: "
            "it was cut short or changed, get it again"
        )
    if 0 in sizes:
        raise DataError(f"{file} states the sizes {sizes} and so holds nothing, expected at least one sample")
    return sizes, np.frombuffer(content, dtype=np.uint8, offset=header)


def _kind(magic: int) -> str:
    """Return a magic number with its meaning: unsigned bytes in one or three dimensions, or nothing of ours."""
    return f"{magic} ({ {2049: 'labels', 2051: 'images'}.get(magic, 'neither images nor labels') })"


def _unpacked(content: bytes, source: str | Path) -> bytes:
    """Return what a .gz file holds; other content as it is (told by the first two bytes, not by the name)."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as error:
        raise DataError(f"{source} cannot be unpacked ({error}), expected a whole .gz file: get it again") from error
