"""Optimisers: they update parameters from their gradients. May import module.py and schedules.py.

Each optimiser is one rule, written once in operators that work in place on an array and rebind a float: so it serves
Parameters and Values alike, and a float32 parameter keeps float32 moments.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any, ClassVar, NamedTuple

import numpy as np

from autograd import Node, ShapeError
from autograd.node import describe
from nn.module import Module, fitting
from nn.schedules import Schedule

__all__ = [
    "Adagrad", "Adam", "AdamW", "Minimum", "Momentum", "Nesterov", "OPTIMISERS", "Optimiser", "RMSProp", "SGD",
    "clip_gradient_norm", "clip_gradient_values", "gradient_norm", "minimise_lbfgs", "optimiser_named",
]  # fmt: skip


@dataclass
class Group:
    """Parameters that share their options; ``moments[i]`` is what the rule remembers of ``params[i]``."""

    params: list[Any]
    options: dict[str, Any]  # all of the optimiser's; lr only if the group has its own
    moments: list[dict[str, Any]]


class Optimiser(ABC):
    """What all optimisers share: the parameters in groups, the learning rate, ``step()`` and the saved state.

    ``params`` is a list of parameters, or of groups: dicts with "params" and any option of the optimiser, "lr" among
    them. ``lr`` is a number or a schedule, a function from the step to the rate. A parameter that has no gradient is
    left as it is. An optimiser of your own defines ``rule``, and names what that remembers in ``remembers``.

    Raises: ValueError without parameters, for an option that is unknown or out of range, for a parameter in two
    groups, or in ``step()`` if no parameter has a gradient.

    >>> from autograd import Parameter
    >>> W, b = Parameter([1.0, 2.0]), Parameter(3.0)
    >>> optimiser = SGD([{"params": [W]}, {"params": [b], "lr": 0.5}], lr=lambda step: 0.1 / (1 + step))
    >>> ((W * W).sum() + b * b).backward()
    >>> optimiser.step()
    >>> W, b, optimiser.steps, optimiser.lr
    (Parameter([0.8, 1.6]), Parameter(0.), 1, 0.05)
    """

    remembers: ClassVar[tuple[str, ...]] = ()  # of each parameter; all start at 0, in its shape but for "steps"

    def __init__(self, params: Iterable[Any], lr: float | Schedule, **options: Any) -> None:
        self.steps, self.lr, self.defaults = 0, lr, options
        for name, value in options.items():
            _check_option(name, value)
        entries = _entries(type(self).__name__, params)
        groups = entries if entries and isinstance(entries[0], dict) else [{"params": entries}]
        self.groups = [self._group(i, group, options) for i, group in enumerate(groups)]
        self.params = [p for group in self.groups for p in group.params]
        seen: set[Any] = set()
        for i, p in enumerate(self.params):
            if p in seen:
                raise ValueError(f"{p.name or f'params[{i}]'} is in two groups; put it in one")
            seen.add(p)

    def _group(self, i: int, given: Any, defaults: dict[str, Any]) -> Group:
        if not isinstance(given, dict) or "params" not in given:
            raise ValueError(f'group {i} is {given!r:.60}; each group is a dict such as {{"params": [...], "lr": 0.1}}')
        own = {name: value for name, value in given.items() if name != "params"}
        for name, value in own.items():
            if name != "lr" and name not in defaults:
                known = ", ".join(["params", "lr", *defaults])
                raise ValueError(f"group {i}: {type(self).__name__} has no option {name!r}; a group takes {known}")
            _check_option(name, value)
        params = _leaves(type(self).__name__, given["params"])
        return Group(params, defaults | own, [_start(self.remembers, p) for p in params])

    @property
    def lr(self) -> float:
        """The rate of the next step; a number or a schedule assigned replaces it. Groups with their own keep that."""
        return self._rate(self._lr)

    @lr.setter
    def lr(self, lr: float | Schedule) -> None:
        _check_option("lr", lr)
        self._lr = lr

    def _rate(self, lr: float | Schedule) -> float:
        """A Python float: a NumPy float64 would turn float32 arrays into float64."""
        if not callable(lr):
            return float(lr)
        rate = float(lr(self.steps))
        if not 0 <= rate < math.inf:
            raise ValueError(f"the schedule gave the rate {rate!r} at step {self.steps}; a rate is 0 or positive")
        return rate

    @abstractmethod
    def rule(self, *args: Any, **options: Any) -> None:
        """``rule(p, g, s, *, lr, ...)``: update ``p`` by its gradient ``g``; ``s`` is what is remembered, by name."""

    def step(self) -> None:
        """Update every parameter that has a gradient."""
        if all(p.grad is None for p in self.params):
            raise ValueError("no parameter has a gradient; call loss.backward() before step()")
        for group in self.groups:
            options = group.options | {"lr": self._rate(group.options.get("lr", self._lr))}
            for p, moments in zip(group.params, group.moments, strict=True):
                if p.grad is not None:
                    self.rule(p, _gradient(p), moments, **options)
        self.steps += 1

    def zero_grad(self) -> None:
        """Forget the gradients of the last step, as Module.zero_grad does."""
        _forget(self.params)

    def __repr__(self) -> str:
        options = {"lr": self._lr if isinstance(self._lr, Real) else "a schedule"} | self.defaults
        shown = ", ".join(f"{name}={value}" for name, value in options.items())
        return f"{type(self).__name__}({shown}), {len(self.params)} parameters, {self.steps} steps"

    def state(self) -> dict[str, np.ndarray]:
        """All that the next steps depend on besides parameters and options, as copies.

        "steps", "lr" if it is a number, and what is remembered of each parameter: "0.velocity" is that of
        ``params[0]``.

        >>> from autograd import Value
        >>> sorted(Momentum([Value(1.0)], lr=0.1).state())
        ['0.velocity', 'lr', 'steps']
        """
        state = {"steps": np.array(self.steps)}
        if not callable(self._lr):
            state["lr"] = np.array(float(self._lr))
        return state | {name: np.array(moments[key]) for name, moments, key in self._moments()}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on where the optimiser was whose ``state()`` this is.

        Raises: StateError if names, shapes or kinds of numbers differ; nothing has been changed then.
        """
        arrays = fitting(state, self.state(), type(self).__name__)
        if "lr" in arrays:
            self.lr = float(arrays["lr"])
        self.steps = int(arrays["steps"])
        for name, moments, key in self._moments():
            old = moments[key]
            moments[key] = arrays[name].astype(old.dtype) if isinstance(old, np.ndarray) else arrays[name].item()

    def _moments(self) -> Iterator[tuple[str, dict[str, Any], str]]:
        every = (moments for group in self.groups for moments in group.moments)
        return ((f"{i}.{key}", moments, key) for i, moments in enumerate(every) for key in moments)


class SGD(Optimiser):
    """Gradient descent: ``p <- p - lr * p.grad``, for Values and Parameters alike.

    ``weight_decay`` adds ``weight_decay * p`` to the gradient, which is that of ``weight_decay / 2 * p**2``.

    From: "Neural Networks Solutions - Module 6", exercise 5.1.

    >>> from autograd import Parameter
    >>> w = Parameter([1.0, 2.0])
    >>> (w * w).sum().backward()
    >>> SGD([w], lr=0.1).step()
    >>> w
    Parameter([0.8, 1.6])
    """

    def __init__(self, params: Iterable[Any], lr: float | Schedule, weight_decay: float = 0.0) -> None:
        super().__init__(params, lr, weight_decay=weight_decay)

    def rule(self, p: Any, g: Any, _: Any, *, lr: float, weight_decay: float) -> None:
        """``p <- p - lr * (g + weight_decay * p)``."""
        if weight_decay:
            p.update(np.multiply, 1 - lr * weight_decay)
        p.update(np.subtract, lr * g)


class Momentum(Optimiser):
    """Gradient descent along a running mean of the gradients: ``p <- p - lr * v``.

    In the form "average", ``v <- momentum * v + (1 - momentum) * g``: v has the size of a gradient, and starts small.
    In the form "classical", ``v <- momentum * v + g``: v grows to ``1 / (1 - momentum)`` gradients, so a rate for it is
    that much smaller.

    From: "Chapter 3: Neural Networks", exercise 2 (average). Polyak, "Some methods of speeding up the convergence of
    iteration methods" (1964), and PyTorch (classical).

    >>> from autograd import Value
    >>> w = Value(1.0)
    >>> (w * w).backward()
    >>> Momentum([w], lr=0.1).step()
    >>> w.data
    0.98
    """

    remembers = ("velocity",)

    def __init__(
        self, params: Iterable[Any], lr: float | Schedule, momentum: float = 0.9, form: str = "average"
    ) -> None:
        super().__init__(params, lr, momentum=momentum, form=form)

    def rule(self, p: Any, g: Any, s: Any, *, lr: float, momentum: float, form: str) -> None:
        """``v <- momentum * v + (1 - momentum) * g``, or ``+ g``; ``p <- p - lr * v``."""
        s["velocity"] *= momentum
        s["velocity"] += (1 - momentum) * g if form == "average" else g
        p.update(np.subtract, lr * s["velocity"])


class Nesterov(Optimiser):
    """Classical momentum that looks one step ahead: ``v <- momentum * v + g; p <- p - lr * (g + momentum * v)``.

    From: Nesterov (1983), in the form of Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and
    momentum in deep learning" (2013), and of PyTorch.

    >>> from autograd import Value
    >>> w = Value(1.0)
    >>> (w * w).backward()
    >>> Nesterov([w], lr=0.1).step()
    >>> w.data
    0.62
    """

    remembers = ("velocity",)

    def __init__(self, params: Iterable[Any], lr: float | Schedule, momentum: float = 0.9) -> None:
        super().__init__(params, lr, momentum=momentum)

    def rule(self, p: Any, g: Any, s: Any, *, lr: float, momentum: float) -> None:
        """``v <- momentum * v + g; p <- p - lr * (g + momentum * v)``."""
        s["velocity"] *= momentum
        s["velocity"] += g
        p.update(np.subtract, lr * (momentum * s["velocity"] + g))


class Adagrad(Optimiser):
    """Each entry's rate shrinks with the squares of all its gradients: ``s <- s + g**2; p <- p - lr * g / sqrt(s)``.

    ``eps`` is added to the root, so that an entry which never had a gradient does not divide by zero.

    From: Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic
    Optimization" (2011).

    >>> from autograd import Value
    >>> w = Value(1.0)
    >>> (w * w).backward()
    >>> Adagrad([w], lr=0.1).step()
    >>> w.data
    0.9
    """

    remembers = ("squares",)

    def __init__(self, params: Iterable[Any], lr: float | Schedule = 0.01, eps: float = 1e-10) -> None:
        super().__init__(params, lr, eps=eps)

    def rule(self, p: Any, g: Any, s: Any, *, lr: float, eps: float) -> None:
        """``s <- s + g**2; p <- p - lr * g / (sqrt(s) + eps)``."""
        s["squares"] += g * g
        p.update(np.subtract, lr * g / (np.sqrt(s["squares"]) + eps))


class RMSProp(Optimiser):
    """As Adagrad, but by a running mean of the squares, which forgets: ``s <- beta * s + (1 - beta) * g**2``.

    From: Hinton, "Neural Networks for Machine Learning", lecture 6e (2012).

    >>> from autograd import Value
    >>> w = Value(1.0)
    >>> (w * w).backward()
    >>> RMSProp([w], lr=0.1, beta=0.75).step()
    >>> w.data
    0.8
    """

    remembers = ("squares",)

    def __init__(
        self, params: Iterable[Any], lr: float | Schedule = 0.001, beta: float = 0.9, eps: float = 1e-8
    ) -> None:
        super().__init__(params, lr, beta=beta, eps=eps)

    def rule(self, p: Any, g: Any, s: Any, *, lr: float, beta: float, eps: float) -> None:
        """``s <- beta * s + (1 - beta) * g**2; p <- p - lr * g / (sqrt(s) + eps)``."""
        s["squares"] *= beta
        s["squares"] += (1 - beta) * g * g
        p.update(np.subtract, lr * g / (np.sqrt(s["squares"]) + eps))


class Adam(Optimiser):
    """Momentum and RMSProp together, each running mean corrected for having started at 0.

    A parameter's corrections count the steps in which it had a gradient.

    From: Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015), algorithm 1.

    >>> from autograd import Value
    >>> w = Value(1.0)
    >>> (w * w).backward()
    >>> Adam([w], lr=0.1).step()
    >>> w.data
    0.9
    """

    remembers = ("mean", "squares", "steps")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(params, lr, betas=betas, eps=eps)

    def rule(self, p: Any, g: Any, s: Any, *, lr: float, betas: tuple[float, float], eps: float) -> None:
        """``p <- p - lr * mean / (sqrt(squares) + eps)``, both corrected."""
        p.update(np.subtract, _adam(g, s, lr, betas, eps))


class AdamW(Optimiser):
    """Adam, and apart from it each parameter shrinks: ``p <- p - lr * weight_decay * p``.

    Give biases and normalisation a group with ``"weight_decay": 0.0``.

    From: Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019).

    >>> from autograd import Value
    >>> w = Value(1.0)
    >>> (w * w).backward()
    >>> AdamW([w], lr=0.1, weight_decay=0.5).step()
    >>> w.data
    0.85
    """

    remembers = ("mean", "squares", "steps")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(params, lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def rule(
        self, p: Any, g: Any, s: Any, *, lr: float, betas: tuple[float, float], eps: float, weight_decay: float
    ) -> None:
        """``p <- p - lr * weight_decay * p``, then as Adam."""
        p.update(np.multiply, 1 - lr * weight_decay)
        p.update(np.subtract, _adam(g, s, lr, betas, eps))


OPTIMISERS: dict[str, Callable[..., Optimiser]] = {
    "adagrad": Adagrad,
    "adam": Adam,
    "adamw": AdamW,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "rmsprop": RMSProp,
    "sgd": SGD,
}


def optimiser_named(name: str) -> Callable[..., Optimiser]:
    """The optimiser called ``name``.

    Raises: ValueError for an unknown name; it lists the known ones.

    >>> from autograd import Value
    >>> optimiser_named("adam")([Value(1.0)], lr=0.1)
    Adam(lr=0.1, betas=(0.9, 0.999), eps=1e-08), 1 parameters, 0 steps
    """
    if name not in OPTIMISERS:
        raise ValueError(f"no optimiser is called {name!r}; there are {', '.join(sorted(OPTIMISERS))}")
    return OPTIMISERS[name]


# Parts of rules ----------------------------------------------------------------------------------------------


def _start(names: tuple[str, ...], p: Any) -> dict[str, Any]:
    return {name: 0 if name == "steps" else np.zeros(p.shape, p.dtype) if p.is_array else 0.0 for name in names}


def _adam(g: Any, s: Any, lr: float, betas: tuple[float, float], eps: float) -> Any:
    """``lr * mean / (sqrt(squares) + eps)``, with both means corrected."""
    beta1, beta2 = betas
    s["steps"] += 1
    s["mean"] *= beta1
    s["mean"] += (1 - beta1) * g
    s["squares"] *= beta2
    s["squares"] += (1 - beta2) * g * g
    correction1, correction2 = (1 - beta ** s["steps"] for beta in betas)
    scale = math.sqrt(correction2)  # both corrections in numbers: two passes over the arrays fewer
    return lr * scale / correction1 * (s["mean"] / (np.sqrt(s["squares"]) + eps * scale))


# Gradients as a whole ----------------------------------------------------------------------------------------


def gradient_norm(params: Iterable[Any]) -> float:
    """The norm of all gradients as one long vector, in float64; parameters without a gradient count as 0.

    Raises: ValueError if no parameter has a gradient.

    >>> from autograd import Parameter, Value
    >>> w, b = Parameter([1.0, 2.0]), Value(1.0)
    >>> ((w * w).sum() + 4 * b).backward()
    >>> gradient_norm([w, b])
    6.0
    """
    grads = [_gradient(p) for p in _with_gradient("gradient_norm", params)]
    with np.errstate(over="ignore"):  # then the norm is inf, and says so
        return math.hypot(*(float(np.linalg.norm(np.asarray(g, float))) if np.ndim(g) else g for g in grads))


def clip_gradient_norm(params: Iterable[Any], limit: float) -> float:
    """Scale all gradients by one factor so that their norm is at most ``limit``; returns the norm before.

    Each ``.grad`` becomes a new array; one that you took before stays as it is.

    Raises: ValueError if no parameter has a gradient, if one is not finite (it is named), or for a limit that is not
    positive.

    From: Pascanu, Mikolov and Bengio, "On the difficulty of training Recurrent Neural Networks" (2013).

    >>> from autograd import Value
    >>> a, b = Value(3.0), Value(4.0)
    >>> (a * a + b * b).backward()
    >>> clip_gradient_norm([a, b], 5.0), a.grad, b.grad
    (10.0, 3.0, 4.0)
    """
    limit = _checked_limit(limit)
    leaves = _leaves("clip_gradient_norm", params)
    norm = gradient_norm(leaves)
    if not norm < math.inf:
        for i, p in enumerate(leaves):
            if p.grad is not None and not np.isfinite(_gradient(p)).all():
                raise ValueError(
                    f"the gradient of {p.name or f'params[{i}]'} is not finite; detect_anomaly() finds the op"
                )
        raise ValueError("the gradients are so large that their norm is not finite; lower the learning rate")
    if norm > limit:
        _replace(leaves, lambda g: g * (limit / norm))
    return norm


def clip_gradient_values(params: Iterable[Any], limit: float) -> None:
    """Cut each entry of each gradient to the range from ``-limit`` to ``limit``; NaN stays NaN.

    Each ``.grad`` becomes a new array; one that you took before stays as it is.

    Raises: ValueError if no parameter has a gradient, or for a limit that is not positive.

    >>> from autograd import Parameter
    >>> w = Parameter([1.0, -3.0])
    >>> (w * w).sum().backward()
    >>> clip_gradient_values([w], 2.5)
    >>> w.grad
    array([ 2. , -2.5])
    """
    limit = _checked_limit(limit)
    _replace(_with_gradient("clip_gradient_values", params), lambda g: np.clip(g, -limit, limit))


def _replace(params: list[Any], change: Callable[[Any], Any]) -> None:
    for p in params:
        if p.grad is not None:
            p.grad = np.asarray(change(_gradient(p))) if p.is_array else float(change(_gradient(p)))


class Minimum(NamedTuple):
    """What `minimise_lbfgs` found: the loss there, how many iterations it took, and SciPy's reason to stop."""

    loss: float
    iterations: int
    message: str


def minimise_lbfgs(
    loss: Callable[[], Any], params: Iterable[Any], max_iterations: int = 200, tolerance: float = 1e-8
) -> Minimum:
    """Minimise ``loss()`` over the parameters by SciPy's L-BFGS-B: for a small model on all of its data.

    ``loss`` takes no arguments, builds the graph afresh from the parameters and returns its root. The search ends when
    no entry of the gradient is larger than ``tolerance``, or the loss no longer falls. The parameters are left at the
    minimum, without gradients; if ``loss()`` raises, they are as before.

    Raises: ImportError without SciPy; TypeError if ``loss()`` returns a plain number; ValueError if it is not finite at
    the start, or depends on none of the parameters.

    From: Byrd, Lu, Nocedal and Zhu, "A Limited Memory Algorithm for Bound Constrained Optimization" (1995).

    >>> from autograd import Parameter
    >>> w = Parameter([0.0, 0.0])
    >>> found = minimise_lbfgs(lambda: ((w - [1.0, 2.0]) ** 2).sum(), [w])
    >>> w
    Parameter([1., 2.])
    """
    try:
        from scipy.optimize import minimize
    except ImportError as error:
        raise ImportError('minimise_lbfgs needs SciPy: pip install "handgrad[scipy]"') from error
    params = _leaves("minimise_lbfgs", params)

    def value_and_gradient(x: np.ndarray) -> tuple[float, np.ndarray]:
        _assign(params, x)
        for p in params:
            p.grad = None
        root = loss()
        if not isinstance(root, Node):
            raise TypeError(
                f"loss() gave {root!r:.60}; it computes from the parameters and returns a Value or a Tensor"
            )
        root.backward()
        if all(p.grad is None for p in params):
            raise ValueError("loss() depends on none of the parameters; compute it from those that were passed")
        return float(root.data), np.concatenate([_flat(p, 0.0 if p.grad is None else _gradient(p)) for p in params])

    best = start = np.concatenate([_flat(p, p.operand()) for p in params])
    try:
        if not math.isfinite(first := value_and_gradient(start)[0]):
            raise ValueError(f"loss() is {first!r} at the start; L-BFGS goes down from a finite loss")
        options = {"maxiter": max_iterations, "gtol": tolerance, "ftol": np.finfo(float).eps}
        found = minimize(value_and_gradient, start, jac=True, method="L-BFGS-B", options=options)
        best = found.x
    finally:
        _assign(params, best)
        _forget(params)
    return Minimum(float(found.fun), int(found.nit), str(found.message))


def _flat(p: Any, data: Any) -> np.ndarray:
    return np.broadcast_to(np.asarray(data, np.float64), p.shape).ravel()


def _assign(params: list[Any], x: np.ndarray) -> None:
    for p, part in zip(params, np.split(x, np.cumsum([p.size for p in params])[:-1]), strict=True):
        p.update(np.positive, part.reshape(p.shape) if p.is_array else part[0])


# Arguments ---------------------------------------------------------------------------------------------------


def _entries(who: str, params: Any) -> list[Any]:
    """What is in ``params``, which may be a generator."""
    if isinstance(params, Module):
        raise TypeError(f"{who} was given the module itself; pass its .parameters()")
    if isinstance(params, (Node, dict)):
        raise TypeError(f"{who} was given one {type(params).__name__}; pass a list of them")
    if not isinstance(params, Iterable):
        raise TypeError(f"{who} was given {params!r:.60}; pass a list, as model.parameters() gives one")
    if not (entries := list(params)):
        raise ValueError(f"{who} was given no parameters; pass model.parameters()")
    return entries


def _leaves(who: str, params: Any) -> list[Any]:
    """The parameters, each once: one that is shared is updated once."""
    entries = _entries(who, params)
    for i, p in enumerate(entries):
        if not isinstance(p, Node) or not p.is_leaf:
            raise TypeError(f"{who}: params[{i}] is {p!r:.60}; a parameter is a leaf, a Value or a Parameter")
    return list(dict.fromkeys(entries))


def _with_gradient(who: str, params: Any) -> list[Any]:
    leaves = [p for p in _leaves(who, params) if p.grad is not None]
    if not leaves:
        raise ValueError(f"no parameter has a gradient; call loss.backward() before {who}()")
    return leaves


def _gradient(p: Any) -> Any:
    """The plain gradient of ``p``; what ``backward(create_graph=True)`` left is a node."""
    g = p.grad.data if isinstance(p.grad, Node) else p.grad
    if p.is_array and np.shape(g) != p.shape:
        raise ShapeError(f"{describe(p)} has a .grad of shape {np.shape(g)}; the two must be equal")
    return g


def _forget(params: list[Any]) -> None:
    for p in params:
        p.grad = None if p.is_array else 0.0


def _checked_limit(limit: float) -> float:
    """A Python float: a NumPy float64 would turn float32 gradients into float64."""
    _check_number("the limit", limit, lambda x: x > 0, "is a positive number")
    return float(limit)


RANGES: dict[str, tuple[Callable[[float], bool], str]] = {
    "beta": (lambda x: 0 <= x < 1, "lies in [0, 1)"),
    "eps": (lambda x: 0 < x < math.inf, "is a positive number, which keeps from dividing by 0"),
    "lr": (lambda x: 0 < x < math.inf, "is a positive number"),
    "momentum": (lambda x: 0 <= x < 1, "lies in [0, 1)"),
    "weight_decay": (lambda x: 0 <= x < math.inf, "is 0 or a positive number"),
}


def _check_option(name: str, value: Any) -> None:
    """Raise ValueError for a value outside its range, which NaN always is."""
    if name == "form":
        if value not in ("average", "classical"):
            raise ValueError(f"form is {value!r}; it is 'average' or 'classical'")
    elif name == "betas":
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            raise ValueError(f"betas is {value!r}; it is a pair such as (0.9, 0.999)")
        for i, beta in enumerate(value):
            _check_number(f"betas[{i}]", beta, *RANGES["beta"])
    elif name in RANGES and not (name == "lr" and callable(value)):
        _check_number("the learning rate" if name == "lr" else name, value, *RANGES[name])


def _check_number(label: str, value: Any, allowed: Callable[[float], bool], text: str) -> None:
    if not isinstance(value, Real):
        raise TypeError(f"{label} is {value!r}; it is a number")
    if not allowed(float(value)):
        raise ValueError(f"{label} is {value!r}; it {text}")
