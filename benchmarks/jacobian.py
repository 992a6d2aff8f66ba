"""All 1,000,000 derivatives of 1,000 numbers by 1,000 numbers, through a matrix product and elementwise functions.

The function is tanh(W x + b) exp(-x**2 / 10). The reference is its closed form written by hand in NumPy. HIPS autograd
runs one backward pass for each row; this library carries the rows together.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy  # noqa: ICN001 - `np` is the namespace the function is given

from benchmarks.harness import BENCH, HIPS, OURS, Benchmark, Engine, Measurement, Settings, require_hips, time_steps

SIZES = (100, 1000)


def problem(n: int) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """W, b and the point x."""
    rng = numpy.random.default_rng(0)
    return rng.normal(size=(n, n)) / n**0.5, rng.normal(size=n), rng.normal(size=n)


def function(np: Any, W: Any, b: Any) -> Callable[[Any], Any]:
    """The function of x, against a namespace."""
    return lambda x: np.tanh(np.dot(W, x) + b) * np.exp(-(x**2) / 10)


def by_hand(W: numpy.ndarray, b: numpy.ndarray, x: numpy.ndarray) -> numpy.ndarray:
    """The Jacobian in closed form."""
    t, e = numpy.tanh(W @ x + b), numpy.exp(-(x**2) / 10)
    J = ((1 - t * t) * e)[:, None] * W
    J[numpy.arange(len(x)), numpy.arange(len(x))] -= t * e * x / 5
    return J


def measure(jacobian_of: Callable[[int], Callable[[], Any]], settings: Settings) -> Measurement:
    """Time the Jacobian at each size, and keep some of its numbers for the check."""
    seconds, check = {}, {}
    for n in SIZES:
        case = f"{n:,} x {n:,}"
        jacobian = jacobian_of(n)
        check[case] = numpy.asarray(jacobian(), float)[:: n // 10, :: n // 10].ravel().tolist()
        seconds[case] = time_steps(jacobian, settings, repeats=3 if settings.quick else 7, warmup=1)
    return Measurement(seconds, check)


def run_numpy(settings: Settings) -> Measurement:
    """The closed form."""
    return measure(lambda n: partial(by_hand, *problem(n)), settings)


def by_jacobian(jacobian: Any, np: Any) -> Callable[[int], Callable[[], Any]]:
    """For each size the call of an engine's Jacobian."""

    def at(n: int) -> Callable[[], Any]:
        W, b, x = problem(n)
        matrix = jacobian(function(np, W, b))
        return lambda: matrix(x)

    return at


def run_ours(settings: Settings) -> Measurement:
    """This library's `jacobian`."""
    from autograd import jacobian

    return measure(by_jacobian(jacobian, numpy), settings)


def run_hips(settings: Settings) -> Measurement:
    """HIPS autograd's `jacobian`."""
    require_hips()
    import autograd.numpy as anp
    from autograd import jacobian

    return measure(by_jacobian(jacobian, anp), settings)


def run_jax(settings: Settings) -> Measurement:
    """JAX's `jacrev`, each op dispatched as it comes."""
    import jax

    jax.config.update("jax_enable_x64", True)
    at = by_jacobian(jax.jacrev, jax.numpy)

    def waiting(n: int) -> Callable[[], Any]:
        matrix = at(n)
        return lambda: matrix().block_until_ready()

    return measure(waiting, settings)


BENCHMARK = Benchmark(
    name="jacobian",
    title="the Jacobian of tanh(W x + b) exp(-x**2 / 10), 100 x 100 and 1,000 x 1,000",
    reference="NumPy by hand",
    engines=(
        Engine("NumPy by hand", OURS, run_numpy, ("numpy",)),
        Engine("handgrad jacobian", OURS, run_ours),
        Engine("HIPS autograd", HIPS, run_hips, ("autograd",)),
        Engine("JAX, not compiled", BENCH, run_jax, ("jax",)),
    ),
    checked="Jacobians",
    tolerance=1e-9,
)
