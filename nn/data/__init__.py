"""Data to learn from: small sets drawn by formula, pictures of digits, and what prepares them for training.

May import nothing but NumPy (matplotlib where digits are drawn). Read toys.py first.
"""

from nn.data.images import DataError, Images, MnistUnavailable, digits, mnist
from nn.data.preparation import batches, one_hot, standardise, train_test_split
from nn.data.toys import blobs, circles, half_plane, moons, spirals, xor

__all__ = [
    "DataError", "Images", "MnistUnavailable", "batches", "blobs", "circles", "digits", "half_plane", "mnist", "moons",
    "one_hot", "spirals", "standardise", "train_test_split", "xor",
]  # fmt: skip
