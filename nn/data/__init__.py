"""Data to learn from: small sets drawn by formula, pictures of digits, and what prepares them for training."""

from nn.data.toys import blobs, circles, moons, train_test_split, xor

__all__ = ["blobs", "circles", "moons", "train_test_split", "xor"]
