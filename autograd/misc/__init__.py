"""``autograd.misc``: flattening and optimisers as HIPS autograd has them."""

from autograd.misc.flatten import flatten

__all__ = ["flatten"]
