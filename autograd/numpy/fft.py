"""``autograd.numpy.fft``: NumPy's Fourier transforms, of plain arrays only: of a node each raises an error."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from numpy import fft as numpy_fft
from numpy.fft import fftfreq, fftshift, ifftshift, rfftfreq

from autograd.node import describe
from autograd.tensor import holds_nodes

__all__ = [
    "fft", "fft2", "fftfreq", "fftn", "fftshift", "hfft", "ifft", "ifft2", "ifftn", "ifftshift", "ihfft", "irfft",
    "irfft2", "irfftn", "rfft", "rfft2", "rfftfreq", "rfftn",
]  # fmt: skip


def _of_arrays(transform: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(transform)
    def of_arrays(a: Any, *args: Any, **kwargs: Any) -> Any:
        if holds_nodes(a):
            raise NotImplementedError(
                f"np.fft.{transform.__name__}({describe(a)}): a Fourier transform is complex, and a node holds real "
                f"numbers; write it as two matrix products, with np.cos and np.sin, or call it on .data"
            )
        return transform(a, *args, **kwargs)

    return of_arrays


fft, fft2, fftn = _of_arrays(numpy_fft.fft), _of_arrays(numpy_fft.fft2), _of_arrays(numpy_fft.fftn)
ifft, ifft2, ifftn = _of_arrays(numpy_fft.ifft), _of_arrays(numpy_fft.ifft2), _of_arrays(numpy_fft.ifftn)
rfft, rfft2, rfftn = _of_arrays(numpy_fft.rfft), _of_arrays(numpy_fft.rfft2), _of_arrays(numpy_fft.rfftn)
irfft, irfft2, irfftn = _of_arrays(numpy_fft.irfft), _of_arrays(numpy_fft.irfft2), _of_arrays(numpy_fft.irfftn)
hfft, ihfft = _of_arrays(numpy_fft.hfft), _of_arrays(numpy_fft.ihfft)
