"""nn.data's pictures: digits drawn from fonts, and MNIST read from files or downloaded, with every way that can fail.

The downloads come from a server of this file's own, on this machine. The real files are tested where $MNIST_DIR
says they are.
"""

import gzip
import hashlib
import http.server
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from nn.data import DataError, MnistUnavailable, digits, images, mnist

REAL = os.environ.get("MNIST_DIR")
TRAIN, TEST = "train-images-idx3-ubyte", "t10k-images-idx3-ubyte"
TRAIN_LABELS, TEST_LABELS = "train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"


def idx(array):
    """Return the bytes of an IDX file: magic number, sizes, content."""
    header = [0x0800 + array.ndim, *array.shape]
    return np.array(header, dtype=">u4").tobytes() + array.astype(np.uint8).tobytes()


PIXELS = np.arange(7 * 784).reshape(7, 28, 28) % 256
LABELS = np.array([5, 0, 4, 1, 9, 2, 3])
CONTENT = {TRAIN: idx(PIXELS), TEST: idx(PIXELS[:3]), TRAIN_LABELS: idx(LABELS), TEST_LABELS: idx(LABELS[:3])}
CHECKSUMS = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENT.items()}


def check(found):
    np.testing.assert_array_equal(found.X_train, (PIXELS.reshape(7, 784) / 255).astype(np.float32))
    np.testing.assert_array_equal(found.X_test, found.X_train[:3])
    assert (found.y_train.tolist(), found.y_test.tolist()) == (LABELS.tolist(), LABELS[:3].tolist())
    assert (found.X_train.dtype, found.y_train.dtype) == (np.float32, np.intp)


def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Give each test a cache folder of its own and no way to the network; return the folder."""
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(images, "MIRRORS", [f"http://127.0.0.1:{unused_port()}/"])
    return tmp_path / "cache" / "handgrad" / "mnist"


@pytest.fixture
def folder(tmp_path):
    """Return a folder with the four files, unpacked."""
    place = tmp_path / "own"
    place.mkdir()
    for name, content in CONTENT.items():
        (place / name).write_bytes(content)
    return place


# --- digits -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn():
    return digits()


def test_digits_are_pictures_of_ten_classes_alike_in_number(drawn):
    assert [array.shape for array in drawn] == [(2000, 784), (500, 784), (2000,), (500,)]
    assert [array.dtype for array in drawn] == [np.float32, np.float32, np.intp, np.intp]
    assert np.bincount(drawn.y_train).tolist() == [200] * 10
    assert np.bincount(drawn.y_test).tolist() == [50] * 10
    assert (drawn.X_train.min(), drawn.X_train.max()) == (0, 1)
    assert np.all(np.ptp(drawn.X_train, axis=1) > 0.5)  # each shows something


def test_a_seed_decides_every_bit_of_the_digits(drawn):
    for ours, same in zip(digits(600, 20), digits(600, 20, rng=np.random.RandomState(0)), strict=True):
        np.testing.assert_array_equal(ours, same)
    np.testing.assert_array_equal(digits(600, 10).X_train, digits(600, 20).X_train)  # whatever the test part
    assert not np.array_equal(digits(600, 20, rng=1).X_train, digits(600, 20).X_train)
    np.testing.assert_array_equal(
        digits(20, 10, rng=np.random.default_rng(3)).X_test, digits(20, 10, rng=np.random.default_rng(3)).X_test
    )


def test_no_digit_is_drawn_twice(drawn):
    assert len(np.unique(np.concatenate([drawn.X_train, drawn.X_test]), axis=0)) == 2500


def test_a_linear_model_learns_the_digits_but_not_all_of_them(drawn):
    """Least squares on one-hot labels: the pictures can be told apart, and are no trifle."""
    A = np.column_stack([drawn.X_train, np.ones(2000)]).astype(float)
    W = np.linalg.solve(A.T @ A + 10 * np.eye(785), A.T @ np.eye(10)[drawn.y_train])
    guess = (np.column_stack([drawn.X_test, np.ones(500)]) @ W).argmax(axis=1)
    assert 0.7 < np.mean(guess == drawn.y_test) < 0.95


def test_drawing_digits_leaves_pyplot_and_the_fonts_of_the_machine_alone():
    program = (
        "import sys; from nn.data import digits; digits(10, 10);"
        "print([m for m in ('matplotlib.pyplot', 'matplotlib.font_manager') if m in sys.modules])"
    )
    root = Path(__file__).parents[1]
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_train": 0}, "n_train=0 is no number of pictures: .* >= 1"),
        ({"n_test": 2.5}, "n_test=2.5 is no number of pictures"),
        ({"rng": "0"}, "rng='0' is no source of random numbers"),
    ],
)
def test_digits_names_what_it_cannot_use(options, message):
    with pytest.raises(ValueError, match=message):
        digits(**options)


def test_digits_names_a_missing_font(monkeypatch):
    monkeypatch.setattr(images, "FONTS", ("DejaVuSans", "Elsewhere"))
    with pytest.raises(DataError, match=r"Elsewhere.ttf is missing, .*: reinstall matplotlib"):
        digits(10, 10)


# --- MNIST from files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("dotted", [False, True])
def test_mnist_reads_every_form_of_the_files(tmp_path, packed, dotted):
    for name, content in CONTENT.items():
        file = tmp_path / (name.replace("-idx", ".idx") if dotted else name)
        (file.with_name(file.name + ".gz") if packed else file).write_bytes(
            gzip.compress(content) if packed else content
        )
    check(mnist(tmp_path))
    check(mnist(str(tmp_path)))


def test_mnist_looks_at_the_argument_then_the_variable_then_the_cache(folder, cache, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MNIST_DIR", str(tmp_path / "nowhere"))
    check(mnist(folder))
    with pytest.raises(DataError, match=r"nowhere is no folder: expected train-images-idx3-ubyte, t10k"):
        mnist()
    monkeypatch.setenv("MNIST_DIR", str(folder))
    check(mnist())
    monkeypatch.delenv("MNIST_DIR")
    cache.parent.mkdir(parents=True)
    folder.rename(cache)
    check(mnist())
    assert capsys.readouterr().err == ""  # nothing was downloaded


@pytest.mark.parametrize(
    ("platform", "usual"), [("linux", ".cache"), ("darwin", "Library/Caches"), ("win32", "AppData/Local")]
)
def test_the_cache_is_where_the_system_keeps_such_things(monkeypatch, tmp_path, platform, usual):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    with pytest.raises(MnistUnavailable) as error:
        mnist()
    assert str(tmp_path / usual / "handgrad" / "mnist") in str(error.value)


PACKED = gzip.compress(CONTENT[TRAIN])
BROKEN = [
    # the file, what it holds instead, what is said about it
    (TRAIN, CONTENT[TRAIN_LABELS], r"begins with the magic number 2049 \(labels\), expected 2051 \(images\)"),
    (TRAIN_LABELS, CONTENT[TRAIN], r"begins with the magic number 2051 \(images\), expected 2049 \(labels\)"),
    (TEST, b"<html>not found</html>", r"magic number 1013478509 \(neither images nor labels\), expected 2051"),
    (TEST, b"", r"magic number 0 \(neither"),
    (TRAIN, CONTENT[TRAIN][:-100], r"has 5404 bytes, expected 5504 .*sizes \[7, 28, 28\]: .*get it again"),
    (TRAIN, CONTENT[TRAIN] + b"\0", r"has 5505 bytes, expected 5504"),
    (TRAIN, CONTENT[TRAIN][:6], r"has 6 bytes, expected 16"),
    (TRAIN, PACKED[:-20], r"cannot be unpacked \(.*end-of-stream.*\), expected a whole .gz file: get it again"),
    (TRAIN, PACKED[:30] + bytes(40) + PACKED[70:], r"cannot be unpacked \("),
    (TRAIN, PACKED[:-8] + bytes(8), r"cannot be unpacked \(CRC check failed"),
    (TRAIN, idx(PIXELS[:, :8, :9]), r"images of 8 by 9 pixels, expected 28 by 28"),
    (TRAIN, idx(PIXELS[:0]), r"states the sizes \[0, 28, 28\] and so holds nothing, expected at least one"),
    (TRAIN_LABELS, idx(LABELS + 1), r"holds the label 10, expected labels from 0 to 9"),
    (
        TEST_LABELS,
        idx(LABELS),
        r"t10k-labels-idx1-ubyte holds 7 labels, expected 3, one for each image in .*t10k-images",
    ),
]


@pytest.mark.parametrize(("name", "content", "message"), BROKEN)
def test_mnist_names_a_file_that_is_not_what_it_should_be(folder, name, content, message):
    (folder / name).write_bytes(content)
    with pytest.raises(DataError, match=message) as error:
        mnist(folder)
    assert str(folder / name) in str(error.value)


def test_mnist_names_the_files_a_folder_lacks(folder, tmp_path):
    (folder / TEST).unlink()
    (folder / TRAIN_LABELS).unlink()
    with pytest.raises(DataError, match=f"own lacks 2 of the 4 files of MNIST: expected {TEST}, {TRAIN_LABELS}, each"):
        mnist(folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"empty lacks 4 of the 4 files .* leave out directory and \$MNIST_DIR"):
        mnist(tmp_path / "empty")


@pytest.mark.slow
@pytest.mark.skipif(not REAL, reason="$MNIST_DIR does not say where the files of MNIST are")
def test_mnist_itself():
    X_train, X_test, y_train, y_test = mnist(REAL)
    assert (X_train.shape, X_test.shape, y_train.shape, y_test.shape) == (
        (60000, 784),
        (10000, 784),
        (60000,),
        (10000,),
    )
    assert (y_train[:5].tolist(), y_test[:5].tolist()) == ([5, 0, 4, 1, 9], [7, 2, 1, 0, 4])
    assert (X_train.dtype, X_train.min(), X_train.max()) == (np.float32, 0, 1)
    assert X_train.mean(dtype=float) == pytest.approx(0.1306604762738429)


# --- MNIST from the network ---------------------------------------------------------------------------------


def answer(path):
    """Return status, stated length and body for /MIRROR/FILE.gz."""
    mirror, name = path.strip("/").split("/")
    content = CONTENT[name.removesuffix(".gz")]
    if mirror == "gone" or (mirror == "partly" and name.startswith("t10k-labels")):
        return 404, 0, b""
    body = {"corrupt": b"\x1f\x8b" + bytes(100), "other": gzip.compress(content + b"!")}.get(
        mirror, gzip.compress(content)
    )
    return 200, len(body), body[:50] if mirror == "cut" else body


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status, length, body = answer(self.path)
        self.server.asked.append(self.path)
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.asked = []
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def fetch(server, cache):
    """Return a function that downloads from these mirrors of the server into the cache."""
    server.asked.clear()

    def run(*mirrors, folder=cache, timeout=5.0):
        urls = [m if "://" in m else f"http://127.0.0.1:{server.server_port}/{m}/" for m in mirrors]
        return images.mnist_from_mirrors(urls, folder, CHECKSUMS, timeout)

    return run


def test_a_download_is_kept_and_told(fetch, server, cache, capsys):
    check(fetch("good"))
    assert sorted(file.name for file in cache.iterdir()) == sorted(f"{name}.gz" for name in CONTENT)
    told = capsys.readouterr().err.splitlines()
    assert told == [f"downloading http://127.0.0.1:{server.server_port}/good/{name}.gz" for name in images.CHECKSUMS]
    check(fetch("gone"))  # nothing is asked for twice
    assert len(server.asked) == 4


@pytest.mark.parametrize("bad", ["gone", "cut", "corrupt", "other", "refused"])
def test_the_next_mirror_stands_in(fetch, bad):
    check(fetch(f"http://127.0.0.1:{unused_port()}/" if bad == "refused" else bad, "good"))


@pytest.mark.parametrize(
    ("mirror", "message"),
    [
        ("gone", r"gone/train-images-idx3-ubyte.gz: HTTP Error 404: Not Found"),
        ("cut", r"cut/train-images-idx3-ubyte.gz broke off after 50 of \d+ bytes"),
        ("corrupt", r"corrupt/train-images-idx3-ubyte.gz cannot be unpacked"),
        ("other", r"other/train-images-idx3-ubyte.gz has other content: its SHA-256 is [0-9a-f]{64}, expected"),
        ("partly", r"partly/t10k-labels-idx1-ubyte.gz: HTTP Error 404"),
    ],
)
def test_a_failed_download_says_why_and_leaves_nothing(fetch, cache, mirror, message):
    with pytest.raises(MnistUnavailable, match=message) as error:
        fetch(mirror, mirror)
    assert str(error.value).count(f"/{mirror}/") == 2  # both mirrors are named
    assert "place train-images-idx3-ubyte.gz, t10k-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz" in str(error.value)
    assert str(cache) in str(error.value)
    assert not cache.exists()


def test_only_what_the_cache_lacks_is_downloaded(fetch, server, cache):
    fetch("good")
    (cache / f"{TEST}.gz").unlink()
    server.asked.clear()
    check(fetch("good"))
    assert server.asked == [f"/good/{TEST}.gz"]


def test_a_mirror_that_never_answers_is_given_up(fetch):
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(MnistUnavailable, match="timed out"):
        fetch(f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout=0.1)


def test_no_network_and_nowhere_to_write(fetch, tmp_path):
    with pytest.raises(OSError, match=r"MNIST is not to be had: .*refused.* nn.data.digits\(\) needs no download"):
        mnist()
    (tmp_path / "file").touch()
    with pytest.raises(MnistUnavailable, match=r"not to be had: .*file"):
        fetch("good", folder=tmp_path / "file" / "mnist")


def test_without_download_nothing_is_asked_for(cache, monkeypatch, capsys):
    monkeypatch.delenv("MNIST_DIR", raising=False)
    with pytest.raises(MnistUnavailable, match="no mirror was asked"):
        mnist(download=False)
    assert "downloading" not in capsys.readouterr().err


def test_a_write_that_fails_leaves_nothing(fetch, cache, monkeypatch):
    def full(self, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(MnistUnavailable, match="No space left on device"):
        fetch("good")
    assert list(cache.iterdir()) == []
