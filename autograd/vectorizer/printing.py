"""A program as text, and as NumPy source: the formulas of the graph that it records. May import formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from textwrap import indent
from typing import Any

import numpy as np

from autograd import ops
from autograd.formulas import Formula, formula
from autograd.formulas.writing import heading
from autograd.mode import recording
from autograd.node import Node, order
from autograd.op import Op
from autograd.parameter import Parameter
from autograd.tensor import Tensor
from autograd.vectorizer.program import Array, Program, Step

__all__ = ["described", "recorded", "source_of"]

SAMPLES = 7  # of the graph that is printed, where they are written as n
MOST = 60  # steps: beyond that they are listed, and no formula is derived


def recorded(program: Program, blocks: Mapping[str, Any], samples: int) -> tuple[dict[str, Any], list[Any]]:
    """The inputs and the results of a run on made-up samples, named."""
    rng = np.random.default_rng(0)
    inputs = {x.name: Tensor(rng.normal(size=(samples, *x.shape)), name=capital(x)) for x in program.inputs}
    variables: dict[str, Any] = {**inputs}
    variables |= {name: Parameter(np.array(blocks[name]._raw, float), name=name) for name in program.blocks}
    if program.outside is not None:
        variables["outside"] = Tensor(rng.normal(size=program.outside.shape), name="outside")
    with recording(), np.errstate(all="ignore"):
        found = program.run(variables)
    results = [found[x.name] for x in program.results]
    return variables, [x if isinstance(x, Node) else Tensor(x) for x in results]


def capital(x: Array) -> str:
    """The name of an input: X for x, where a sample is an array."""
    return x.name.upper() if len(x.name) == 1 and x.shape else x.name


# Text -------------------------------------------------------------------------------------------------------------


def described(name: str, program: Program, blocks: Mapping[str, Any], count: int) -> str:
    """The program, forward and backward, with shapes, and what was found."""
    n = len(program.steps)
    head = [f"{name}: {count:,} numbers for one sample -> {n} array op{'s' * (n != 1)} for n of them"]
    products = [found_in(step) for step in program.steps]
    head += [f"  {line}" for line in dict.fromkeys(filter(None, products))]
    if program.blocks:
        head.append("  " + ", ".join(f"{name} {blocks[name].shape}" for name in program.blocks))
    if n > MOST:
        return "\n".join([*head, "", *(line_of(step) for step in program.steps)])
    variables, results = recorded(program, blocks, SAMPLES)
    parts = []
    for result in results:
        if result.op is None or result.is_constant:
            parts.append(f"out = {result.name or 'a constant'}  # {shown(result.shape)}")
        else:
            wrt = [x for x in map(variables.get, program.blocks) if x in set(order(result))]
            parts.append(with_shapes(formula(result, wrt or None)))
    return "\n\n".join(["\n".join(head), *parts])


def found_in(step: Step) -> str:
    """A matrix product in words."""
    op = step.options.get("op", step.function)
    if op not in (ops.affine, ops.matmul) or len(step.operands) < 2:
        return ""
    x, W = step.operands[:2]
    n = np.shape(W)[0] if isinstance(W, np.ndarray) else W.shape[-2] if len(W.shape) > 1 else W.shape[0]
    neurons = W.shape[-1] if len(W.shape) > 1 else 1
    places = int(np.prod(x.shape[:-1]))
    times = f" x {places} places" if places > 1 else ""
    biased = " and biases" if op is ops.affine else ""
    return f"{neurons} sum{'s' * (neurons > 1)} of {n} products{biased}{times} -> one matrix product"


def with_shapes(f: Formula) -> str:
    """The lines of a formula with the shapes of what they give."""
    shapes = f.shapes()
    lines = []
    for part in (f.forward, f.gradients):
        texts = {name: f"{name} = {text}" for name, text in part.items()}
        width = min(max(map(len, texts.values()), default=0), 60)
        lines += [f"{text:{width}}  # {shown(shapes[name])}" for name, text in texts.items()] + [""]
    for name, x in f.constants.items():
        lines.append(f"{name} = {x.round(6).tolist() if x.size < 10 else 'constants'}  # {x.shape}")
    return "\n".join(lines).rstrip()


def shown(shape: tuple[int, ...]) -> str:
    """A shape with the number of samples as n."""
    sizes = ["n" if size == SAMPLES and i == 0 else str(size) for i, size in enumerate(shape)]
    return f"({', '.join(sizes)}{',' * (len(sizes) == 1)})"


def line_of(step: Step) -> str:
    """A step in one line."""
    op = step.options.get("op", step.function)
    options = [f"{key}={x}" for key, x in step.options.items() if key not in ("op", "params")]
    operands = [x.name if isinstance(x, Array) else f"{x:g}" if np.ndim(x) == 0 else "array" for x in step.operands]
    name = op.name if isinstance(op, Op) else op.__name__
    return f"{step.target.name} = {name}({', '.join([*operands, *options])})  # {('n', *step.target.shape)}"


# Source -----------------------------------------------------------------------------------------------------------


def source_of(
    name: str,
    program: Program,
    blocks: Mapping[str, Any],
    loss: Callable[..., Any] | None,
    step: str | None,
    targets: Any,
) -> str:
    """NumPy source of the program and its gradients, as functions.

    Raises: ValueError for an unknown ``step``, for several results, and where the source would need this library or
    hold for one number of samples only.
    """
    if step not in (None, "sgd") or (step and loss is None):
        raise ValueError(f'step={step!r}: there is step="sgd", the update of the weights, together with a loss')
    texts = [_source(name, program, blocks, loss, step, targets, samples) for samples in (SAMPLES, SAMPLES + 4)]
    if texts[0] != texts[1]:
        loss_too = " and of the loss, which computes with its targets in NumPy," if loss is not None else ""
        raise ValueError(
            f"the formulas of {name}{loss_too} hold for one number of samples only, so there is no source of them"
        )
    if "ops." in texts[0]:
        line = next(line for line in texts[0].splitlines() if "ops." in line).strip()
        raise ValueError(f"the source of {name} would need ops of this library, as in: {line}")
    return texts[0]


def _source(
    name: str, program: Program, blocks: Mapping[str, Any], loss: Any, step: str | None, targets: Any, samples: int
) -> str:
    variables, results = recorded(program, blocks, samples)
    if len(results) > 1:
        raise ValueError(f"{name} gives {len(results)} arrays; there is source for functions that give one")
    root, given = results[0], {}
    if loss is None and (root.op is None or root.is_constant):
        raise ValueError(f"{name} gives {root.name or 'a constant'} as it is: there is nothing to write as source")
    if loss is not None:
        made_up = np.random.default_rng(1).uniform(0.1, 0.9, root.shape)
        y = made_up if targets is None else np.resize(targets, (samples, *np.shape(targets)[1:]))
        root, given = loss(root, y), {"y": y}
    wrt = [variables[block] for block in program.blocks]
    f = formula(root, wrt, names=given)
    constants = {name: x for name, x in f.constants.items() if name not in given}
    arguments = [capital(x) for x in program.inputs]
    arguments += [x for x in f.variables if x not in {*arguments, *program.blocks, *constants}]
    body = "\n".join([*(f"{name} = np.array({written(x)})" for name, x in constants.items()), f.numpy_lines().strip()])
    result = list(f.forward)[-1]
    if step is None:
        returned = f"return {result}, {{{', '.join(f'{block!r}: d{block}' for block in program.blocks)}}}"
        after = [returned]
        head = f"def {name_of(name)}({', '.join([*arguments, *program.blocks])}):"
    else:
        after = [*(f"{block} -= lr * d{block}" for block in program.blocks), f"return {result}"]
        head = f"def {name_of(name)}({', '.join([*arguments, *program.blocks])}, lr):"
    before = f"{heading(body)}\n\n\n".lstrip()
    return f"{before}{head}\n{indent(body, '    ')}\n\n{indent(chr(10).join(after), '    ')}\n"


def written(x: np.ndarray) -> str:
    """The entries of an array as Python reads them."""
    return str(x.tolist()).replace("inf", "np.inf").replace("nan", "np.nan")


def name_of(name: str) -> str:
    """A name that Python takes."""
    return name.lower() if name.isidentifier() else "program"
