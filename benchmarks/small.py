"""Gradients of small functions on small arrays: 5 to 50 ops, where the bookkeeping is all the cost.

Each function is written once, against a namespace `np` that is NumPy's for this library, `autograd.numpy`
for HIPS autograd, `jax.numpy` for JAX and `torch` for PyTorch. The arrays are float64. PyTorch's gradient is
`torch.autograd.grad`, its quickest way.
"""

from collections.abc import Callable
from typing import Any

import numpy  # noqa: ICN001 - `np` is the namespace the functions are given

from benchmarks.harness import (
    BENCH,
    HIPS,
    OURS,
    Benchmark,
    Engine,
    Measurement,
    Settings,
    require_hips,
    time_steps,
)

Function = Callable[[Any], Any]


def functions(np: Any, constant: Callable[[numpy.ndarray], Any]) -> dict[str, tuple[Function, Any]]:
    """Case name -> (function, point); `constant` turns an array into what the engine takes as a constant."""
    rng = numpy.random.default_rng(0)
    X, y = constant(rng.normal(size=(20, 5))), constant(numpy.where(rng.normal(size=20) > 0, 1.0, -1.0))
    inputs, targets, v = (constant(rng.normal(size=shape)) for shape in [(6, 4), (6,), (8,)])

    def tanh(x: Any) -> Any:
        decay = np.exp(-2.0 * x)
        return (1.0 - decay) / (1.0 + decay)

    def rosenbrock(x: Any) -> Any:
        return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)

    def log_sum_exp(x: Any) -> Any:
        return np.log(np.sum(np.exp(x)))

    def logistic_loss(w: Any) -> Any:
        return np.mean(np.log(1.0 + np.exp(-y * (X @ w))))

    def network_loss(W: Any) -> Any:
        error = np.tanh(inputs @ W) @ v - targets
        return np.mean(error * error)

    def fifty_ops(x: Any) -> Any:
        for _ in range(16):
            x = np.sin(x) * 0.9 + x
        return np.sum(x)

    return {
        "tanh from exp, one number, 5 ops": (tanh, 0.5),
        "Rosenbrock, 10 numbers, 11 ops": (rosenbrock, rng.normal(size=10)),
        "log-sum-exp, 10 numbers, 3 ops": (log_sum_exp, rng.normal(size=10)),
        "logistic loss, 20 x 5, 6 ops": (logistic_loss, rng.normal(size=5)),
        "two-layer network, 6 x 4 x 8, 6 ops": (network_loss, rng.normal(size=(4, 8))),
        "chain, 8 numbers, 49 ops": (fifty_ops, rng.normal(size=8)),
    }


def measure(gradients: dict[str, Callable[[], Any]], settings: Settings) -> Measurement:
    """Time each gradient in samples of ten calls, and keep its numbers for the check."""
    seconds, check = {}, {}
    for case, gradient in gradients.items():
        check[case] = numpy.asarray(gradient(), float).ravel().tolist()
        seconds[case] = time_steps(gradient, settings, repeats=15 if settings.quick else 60, warmup=20, number=10)
    return Measurement(seconds, check)


def run_ours(settings: Settings) -> Measurement:
    """This library's `grad` on plain NumPy functions."""
    from autograd import grad

    return measure(_by_grad(grad, functions(numpy, lambda array: array)), settings)


def run_hips(settings: Settings) -> Measurement:
    """HIPS autograd's `grad` on its NumPy."""
    require_hips()
    import autograd.numpy as anp
    from autograd import grad

    return measure(_by_grad(grad, functions(anp, lambda array: array)), settings)


def _by_grad(grad: Any, cases: dict[str, tuple[Function, Any]]) -> dict[str, Callable[[], Any]]:
    """Case name -> call of the gradient function at its point."""

    def bind(f: Function, x: Any) -> Callable[[], Any]:
        gradient = grad(f)
        return lambda: gradient(x)

    return {case: bind(f, x) for case, (f, x) in cases.items()}


def run_torch(settings: Settings) -> Measurement:
    """PyTorch eager, without `.grad` fields."""
    import torch

    torch.set_num_threads(settings.threads)

    def bind(f: Function, x: Any) -> Callable[[], Any]:
        leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        return lambda: torch.autograd.grad(f(leaf), leaf)[0]

    cases = functions(torch, torch.from_numpy)
    return measure({case: bind(f, x) for case, (f, x) in cases.items()}, settings)


def run_jax(settings: Settings) -> Measurement:
    """JAX's `grad`, each op dispatched as it comes: nothing is compiled as a whole."""
    import jax

    jax.config.update("jax_enable_x64", True)
    cases = functions(jax.numpy, jax.numpy.asarray)
    points = {case: (f, jax.numpy.asarray(x)) for case, (f, x) in cases.items()}

    def waiting(gradient: Callable[[], Any]) -> Callable[[], Any]:
        return lambda: gradient().block_until_ready()

    return measure({case: waiting(g) for case, g in _by_grad(jax.grad, points).items()}, settings)


BENCHMARK = Benchmark(
    name="small",
    title="gradients of functions of 3 to 49 ops on small float64 arrays",
    reference="HIPS autograd",
    engines=(
        Engine("HIPS autograd", HIPS, run_hips, ("autograd",)),
        Engine("handgrad grad", OURS, run_ours),
        Engine("PyTorch", BENCH, run_torch, ("torch",)),
        Engine("JAX, not compiled", BENCH, run_jax, ("jax",)),
    ),
    checked="Gradients",
    tolerance=1e-10,
)
