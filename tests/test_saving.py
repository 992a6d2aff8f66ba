"""Saving and loading: what is written is read, to the bit; what is damaged or foreign is named, and changes nothing."""

import io
import itertools
import os
import pickle
import re
import struct
import sys
import zipfile

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import Parameter, Value
from nn.module import StateError
from nn.saving import SavedFileError, atomic_write, load, read_arrays, save, write_arrays

SUFFIXES = [".npz", ".safetensors"]


class Odd(nn.Module):
    """Names that files trip over: keys that are numbers, dots, slashes, and the name of a parameter of np.savez."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.file = Parameter(rng.normal(size=(2, 3)), dtype=np.float32)
        self.by_rate = {0.5: Value(rng.normal()), 1e-3: Parameter(rng.normal(size=4)), "a/b ü": Value(rng.normal())}
        self.count = np.array(rng.integers(9))
        self.empty = np.zeros((0, 3))
        self.rows = np.asfortranarray(rng.normal(size=(2, 3)))


MODELS = {
    "arrays": lambda seed: nn.Sequential(
        nn.Linear(2, 3, rng=np.random.default_rng(seed)), nn.BatchNorm(3), nn.Linear(3, 1, np.random.default_rng(seed))
    ),
    "float32": lambda seed: nn.Linear(2, 3, rng=np.random.default_rng(seed), dtype=np.float32),
    "numbers": lambda seed: nn.MLP(2, [3, 1], rng=np.random.default_rng(seed)),
    "odd": Odd,
}


def bits(model):
    return {name: (a.dtype, a.shape, a.tobytes()) for name, a in model.state().items()}


@pytest.fixture(params=SUFFIXES)
def path(request, tmp_path):
    return tmp_path / f"weights.v1{request.param}"


# --- there and back -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_what_is_saved_is_loaded_to_the_bit(make, path):
    one, two = make(1), make(2)
    save(one, path)
    assert bits(one) != bits(two)
    load(two, str(path))
    assert bits(one) == bits(two)
    before = path.read_bytes()
    save(two, path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("kind", ["f2", "f4", "f8", "i1", "i8", "u4", "?"])
def test_every_kind_of_number_and_its_special_ones(kind, path):
    array = np.array([0, 1, 100]).astype(kind)
    if kind[0] == "f":
        array[:] = [np.nan, -np.inf, -0.0]
    for given_array in (array, array[::-1], array[:2].reshape(2, 1).T, array[0:0], array[0]):
        write_arrays(path, {"a": np.asarray(given_array)})
        read = read_arrays(path)["a"]
        assert (read.dtype, read.shape, read.tobytes()) == (array.dtype, given_array.shape, given_array.tobytes())


def loaded(path):
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def test_other_programs_read_and_write_the_same_files(tmp_path):
    arrays = {"W": np.arange(6.0).reshape(2, 3), "b.0": np.float32([1, 2])}
    for suffix, write, read in [
        (".npz", lambda path: np.savez(path, **arrays), loaded),
        (".npz", lambda path: np.savez_compressed(path, **arrays), loaded),
        (".safetensors", lambda path: safetensors.numpy.save_file(arrays, path), safetensors.numpy.load_file),
    ]:
        path = tmp_path / f"weights{suffix}"
        write_arrays(path, arrays)
        theirs = read(path)
        write(path)
        ours = read_arrays(path)
        for name, array in arrays.items():
            assert np.array_equal(theirs[name], array) and np.array_equal(ours[name], array)


# --- what cannot be read ------------------------------------------------------------------------------------


def refusal(path):
    with pytest.raises(SavedFileError) as error:
        read_arrays(path)
    assert str(path) in str(error.value)
    return str(error.value)


def npz(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_npy", ".npy"), content)
    return stream.getvalue()


def npy(array, shape=None):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, allow_pickle=True)
    content = stream.getvalue()
    return content if shape is None else content.replace(b"'shape': (0,)", f"'shape': ({shape},)".encode(), 1)


class Evil:
    """Unpickling it would end the tests."""

    def __reduce__(self):
        return os._exit, (1,)


def test_missing_empty_and_foreign_files_are_told_apart(path):
    assert refusal(path) == f"cannot read {path}: there is no such file"
    path.mkdir()
    assert refusal(path) == f"cannot read {path}: it is a folder"
    path.rmdir()
    path.touch()
    assert refusal(path) == f"cannot read {path}: it is empty"
    for content in (b"x", b"weights\n" * 99, pickle.dumps(Evil()), b"\x00" * 999, b"PK\x03\x04" + bytes(99)):
        path.write_bytes(content)
        assert f"it is damaged, cut short, or no {path.suffix} file (" in refusal(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (npz(a_npy=npy(np.array([Evil()], object))), "a.npy holds object, not plain numbers"),
        (npz(a_npy=npy(np.array(["text"]))), "a.npy holds <U4, not plain numbers"),
        (npz(a_npy=npy(np.zeros(2, "f8,i4"))), "not plain numbers"),
        (npz(a_npy=npy(np.zeros(2, complex))), "a.npy holds complex128, not plain numbers"),
        (npz(a_npy=pickle.dumps(Evil())), "the magic string is not correct"),
        (npz(readme="hello"), "it holds 'readme', which is no array"),
        (npz(a_npy=npy(np.zeros(0), 10**12)), "a.npy declares 8000000000000 bytes of shape (1000000000000,) and"),
        (npz(a_npy=npy(np.zeros(0), 2**62)), "declares 36893488147419103232 bytes"),
        (npz(a_npy=npy(np.zeros(3)) + b"more"), "a.npy declares 24 bytes of shape (3,) and holds 28"),
        (npz(a_npy=bytes(10**8)), "it would unpack to 0.1 GiB, which no file of weights of its size does"),
    ],
)  # fmt: skip
def test_npz_files_that_are_no_arrays_of_numbers(content, message, tmp_path):
    path = tmp_path / "weights.npz"
    path.write_bytes(content)
    assert message in refusal(path)


def test_safetensors_files_that_declare_what_is_not_there(tmp_path):
    path = tmp_path / "weights.safetensors"
    for header in (
        b'{"a":{"dtype":"F64","shape":[1000000000000],"data_offsets":[0,8000000000000]}}',
        b'{"a":{"dtype":"F64","shape":[4611686018427387904,4],"data_offsets":[0,8]}}',
        b'{"a":{"dtype":"object","shape":[1],"data_offsets":[0,8]}}',
        b'{"a":',
    ):
        path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(8))
        assert "it is damaged, cut short, or no .safetensors file (" in refusal(path)
    path.write_bytes(struct.pack("<Q", 2**63) + bytes(99))
    assert "it is damaged" in refusal(path)


def test_two_arrays_of_one_name_are_refused(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.npy", npy(np.zeros(1)))
        archive.writestr("b.npy", npy(np.ones(1)))
    path = tmp_path / "weights.npz"
    path.write_bytes(stream.getvalue().replace(b"b.npy", b"a.npy"))
    assert "it holds two arrays of the same name" in refusal(path)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_cut_short_at_any_byte(suffix, tmp_path):
    path = tmp_path / f"weights{suffix}"
    save(nn.BatchNorm(1), path)
    for length in range(path.stat().st_size - 1, 0, -1):
        os.truncate(path, length)
        assert f"it is damaged, cut short, or no {suffix} file (" in refusal(path)


def test_any_flipped_byte_of_an_npz_file_is_noticed_or_harmless(tmp_path):
    path = tmp_path / "weights.npz"
    arrays = {"a": np.arange(3.0), "b": np.float32([7])}
    write_arrays(path, arrays)
    whole = path.read_bytes()
    refused = 0
    for i, flip in itertools.product(range(len(whole)), (0x01, 0xFF)):
        path.write_bytes(whole[:i] + bytes([whole[i] ^ flip]) + whole[i + 1 :])
        try:
            read = read_arrays(path)
        except SavedFileError:
            refused += 1
        else:  # a date, say; or a name, which the model then misses
            assert sorted(a.tobytes() for a in read.values()) == sorted(a.tobytes() for a in arrays.values())
    assert refused > len(whole)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=100, deadline=None)
@given(flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=1, max_size=8))
def test_no_damage_gives_another_error(suffix, flips, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / f"damaged{suffix}"
    model = nn.Sequential(nn.Linear(2, 3, rng=np.random.default_rng(0)))
    save(model, path)
    content = bytearray(path.read_bytes())
    for i, flip in flips:
        content[i % len(content)] ^= flip
    path.write_bytes(content)
    before = bits(model)
    try:
        load(model, path)
    except (SavedFileError, StateError):
        assert bits(model) == before


# --- what does not fit --------------------------------------------------------------------------------------


def test_a_file_of_another_model_changes_nothing(path):
    model = MODELS["arrays"](1)
    save(nn.Sequential(nn.Linear(2, 3), nn.BatchNorm(3), nn.Linear(3, 2)), path)
    before = bits(model)
    with pytest.raises(StateError, match=r"steps\.2\.W has shape \(3, 2\), here \(3, 1\)"):
        load(model, path)
    assert bits(model) == before


@pytest.mark.parametrize("name", ["weights.pkl", "weights", "weights.npz.gz"])
def test_other_suffixes_are_refused(name, tmp_path):
    suffix = re.search(r"\.\w+$", name)
    message = (
        f"{name} {f'ends in {suffix[0]!r}' if suffix else 'has no suffix'}; files of arrays are .npz or .safetensors"
    )
    for call in (save, load):
        with pytest.raises(SavedFileError, match=re.escape(message)):
            call(nn.Linear(1, 1), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_only_numbers_are_written(path):
    with pytest.raises(ValueError, match="names has dtype <U1, and only numbers can be written to"):
        write_arrays(path, {"names": np.array(["a"])})


def test_the_extra_that_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    for call in (save, load):
        with pytest.raises(ModuleNotFoundError, match=re.escape('pip install "handgrad[safetensors]", or use .npz')):
            call(nn.Linear(1, 1), tmp_path / "weights.safetensors")
    save(nn.Linear(1, 1), tmp_path / "weights.npz")


# --- writing ------------------------------------------------------------------------------------------------


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    atomic_write(path, b"old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        atomic_write(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_run_left_does_no_harm(tmp_path):
    (tmp_path / ".file.part").write_bytes(b"half of a much longer fi")
    atomic_write(tmp_path / "file", b"new")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"file": b"new"}


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*nowhere; make it first"):
        atomic_write(tmp_path / "nowhere" / "file", b"")
