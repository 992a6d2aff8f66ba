"""Each function of the bridge in the forms that NumPy documents, derived from its signature.

Axes, keepdims, out=None, where=, dtype, 0-d, empty and broadcast operands, float32, memory in any order, repeated
indices. What NumPy takes is right here, by value, shape, dtype and a derivative along a random direction; or an error
says that it is refused. A new entry of ``numpy_bridge.py`` is swept without a line here, unless a parameter has a name
that no entry had before: then the test says so.
"""

import inspect
import warnings
from functools import reduce
from itertools import chain

import numpy as np
import pytest

from autograd import DetachError, Node, ShapeError, Tensor, numpy_bridge

RNG = np.random.default_rng(5)  # no two numbers of a call within 1e-3
STEP = 6e-6
MASK = np.array([[True, False, True], [True, True, False]])


def spread(*shape):
    """Return numbers in (0.1, 0.9) with no two alike, so that no maximum is tied and no order is in doubt."""
    n = int(np.prod(shape))
    return (RNG.permutation(n).reshape(shape) + RNG.uniform(0.2, 0.8, shape)) / max(n, 1) * 0.8 + 0.1


def well_conditioned(n):
    return spread(n, n) + np.diag(np.arange(1.0, n + 1))


# The operands of a call, one set after the other: the first ones that NumPy takes are the ones to vary.
OPERANDS = {
    "matrix": (spread(2, 3), spread(2, 3), spread(2, 3)),
    "vector": (spread(3), spread(3), spread(3)),
    "square": (well_conditioned(3), well_conditioned(3), well_conditioned(3)),
    "stack": (spread(2, 2, 3), spread(2, 2, 3), spread(2, 2, 3)),
    "for products": (spread(2, 3), spread(3, 2), spread(2, 2)),
}
VARIANTS = {
    "float32": (spread(2, 3).astype(np.float32), spread(2, 3).astype(np.float32), spread(2, 3).astype(np.float32)),
    "columns first": (spread(3, 2).T, spread(3, 2).T, spread(3, 2).T),
    "every other": (spread(4, 6)[::2, ::-2], spread(2, 6)[:, 1::2], spread(2, 3)[::-1]),
    "0-d": (spread(), spread(), spread()),
    "empty": (spread(0, 3), spread(0, 3), spread(0, 3)),
    "broadcast": (spread(2, 3), spread(3), spread(2, 1)),
    "broadcast, the first": (spread(1, 3), spread(2, 1), spread(2, 3)),
    "with a number": (spread(2, 3), 0.35, 0.6),
    "with a constant": (spread(2, 3), np.array([2, 1, 3]), np.array([1.0, 2.0, 3.0])),
}
ARRAYS = set("a ar ar1 ar2 x m y arr array ary filt p z v f A b x1 x2 B start stop val seq_of_zeros".split())  # noqa: SIM905
SEQUENCES = ("arrays", "tup", "arys", "seq", "array_list", "tensors")
REQUIRED = {
    "axis": 0, "axis1": 0, "axis2": 1, "source": 0, "destination": 1, "axes": 0, "shape": (3, -1), "newshape": (3, -1),
    "new_shape": (4, 2), "reps": (2, 1), "repeats": 2, "indices": [0, 1, 0], "indices_or_sections": 1, "pad_width": 1,
    "shift": 1, "q": 0.3, "kth": 1, "obj": 1, "values": 0.7, "deg": 1, "dtype": float, "n": 2, "fill_value": 0.4,
    "condition": MASK, "condlist": [MASK], "window_shape": 2, "choices": None, "a_min": 0.3, "a_max": 0.7,
    "xp": [0.0, 0.4, 1.0], "fp": [1.0, 3.0, 2.0],
    "func1d": lambda row: row * row.sum(), "func": np.sum, "funclist": [np.square, np.exp],
    "subscripts": "ij,ij->j", "choicelist": None, "object": 0.5, "numpy.broadcast_to shape": (4, 2, 3),
}  # fmt: skip
SEVERAL = {"numpy.meshgrid", "numpy.ix_", "numpy.broadcast_arrays", "numpy.einsum"}  # operands as *args
GIVEN = {  # the arguments of functions whose operands go together in a way of their own
    "numpy.apply_along_axis": (lambda row: row * row.sum(), 0, spread(2, 3)),
    "numpy.bincount": ([0, 1, 1], spread(3)),
    "numpy.choose": ([0, 1, 0], [spread(3), spread(3)]),
    "numpy.compress": ([True, False], spread(2, 3), 0),
    "numpy.gradient": (spread(4, 3), 0.5),
    "numpy.linalg.tensorinv": (well_conditioned(4).reshape(2, 2, 4),),
    "numpy.linalg.tensorsolve": (well_conditioned(3), spread(3)),
    "numpy.piecewise": (spread(2, 3), [MASK], [np.square, np.exp]),
    "numpy.take_along_axis": (spread(2, 3), np.array([[0], [1]]), 1),
}
OPTIONAL = {
    "axis": [None, 0, 1, -1, (0, 1), ()], "axes": [None, (1, 0), 1], "keepdims": [True, False],
    "dtype": [float, np.float32, None], "where": [MASK, True], "initial": [0.5], "out": [None], "ddof": [1],
    "correction": [1], "mean": [np.full((2, 1), 0.4)], "weights": [np.array([[1.0, 2.0, 0.5]] * 2), None],
    "returned": [True], "order": ["C", "F"], "copy": [True, False], "n": [0, 2], "k": [1, -1], "offset": [1],
    "mode": ["full", "same", "edge", "wrap", "clip", "constant"], "decimals": [1], "method": ["linear", "lower"],
    "ord": [None, 1, 2, np.inf, 3, "fro", "nuc"], "prepend": [0.5], "append": [0.5], "dx": [0.5], "rowvar": [False],
    "bias": [True], "full_matrices": [False], "compute_uv": [False], "hermitian": [True], "UPLO": ["U"],
    "indexing": ["ij"], "sparse": [True], "descending": [True], "stable": [True], "kind": ["stable"],
    "endpoint": [False],
    "base": [2.0], "left": [9.0], "right": [9.0], "period": [0.7], "increasing": [True], "num": [4], "shift": [1],
    "edge_order": [2], "upper": [True], "indices_or_sections": [1], "nan": [1.0], "x": [np.array([0.0, 0.4, 1.0])],
    "a_min": [0.3], "a_max": [0.6], "min": [0.3], "max": [0.6], "axis1": [1], "axis2": [0], "optimize": [True],
    "return_index": [True], "return_inverse": [True], "return_counts": [True], "overwrite_input": [True],
    "interpolation": [], "casting": ["same_kind"], "subok": [True], "minlength": [4], "default": [0.3],
    "include_initial": [True], "ndmin": [2], "rtol": [None], "rcond": [None], "trim": ["f"], "start": [1],
    "constant_values": [0.5], "discont": [None], "bounds": [], "device": [None], "shape": [None], "repeats": [2],
    "equal_nan": [True], "sorted": [True], "to_end": [0.5], "to_begin": [0.5], "retstep": [True], "N": [4], "y": [None],
}  # fmt: skip
FUNCTIONS = dict(sorted((f"{f.__module__}.{f.__name__}", f) for f in numpy_bridge.FUNCTIONS))
OF_SYMMETRIC = {"numpy.linalg.cholesky", "numpy.linalg.eigh", "numpy.linalg.eigvalsh"}  # they read one triangle
UFUNCS = dict(sorted((f.__name__, f) for f in numpy_bridge.UFUNCS))
ERRORS = (NotImplementedError, DetachError, ShapeError, TypeError, ValueError)


def arguments(name, function, operands):
    """The positional arguments that the signature requires, and the names of its optional ones."""
    operands, args, optional = iter(operands), [], []
    parameters = inspect.signature(function).parameters
    if name in GIVEN:
        return list(GIVEN[name]), list(parameters)[len(GIVEN[name]) :]
    for parameter in parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            args += [REQUIRED["subscripts"]] * (name == "numpy.einsum") + list(operands)[:2] * (name in SEVERAL)
        elif parameter.kind is parameter.VAR_KEYWORD:
            continue
        elif parameter.default is not parameter.empty or parameter.name in ("out", "where", "initial"):
            optional.append(parameter.name)
        elif parameter.name in SEQUENCES:
            args.append(list(operands)[:2])
        elif parameter.name in ("choices", "choicelist"):
            args.append([next(operands)])
        elif parameter.name in ARRAYS:
            args.append(next(operands))
        elif parameter.name in REQUIRED:
            args.append(REQUIRED.get(f"{name} {parameter.name}", REQUIRED[parameter.name]))
        else:
            raise LookupError(f"{name}: say in REQUIRED or ARRAYS what its parameter {parameter.name!r} takes")
    return args, optional


def mapped(change, tree):
    """``change`` of each float array and float scalar among operands."""
    if isinstance(tree, list):
        return [mapped(change, part) for part in tree]
    if isinstance(tree, np.ndarray) and tree.dtype.kind == "f":
        return change(tree)
    return tree


def parts(result):
    if isinstance(result, (list, tuple)):
        return list(chain.from_iterable(map(parts, result)))
    return [result]


def weighted(result):
    """One number, a Node if any part is, in which every entry has a weight of its own."""
    found = 0.0
    for i, part in enumerate(parts(result)):
        shape = np.shape(part)
        found = found + (part * np.cos(np.arange(np.prod(shape)) + i).reshape(shape)).sum()
    return found


def fault_of(function, args, kwargs):
    """What is wrong with the answer of nodes, if anything: a text, or None. Skips what NumPy refuses."""
    try:
        numbers = [np.asarray(part) for part in parts(function(*args, **kwargs))]
    except Exception:  # noqa: BLE001 (whatever NumPy raises)
        return None
    if any(part.dtype.kind not in "fiub" for part in numbers):
        return None
    leaves = []  # each operand, and the Tensor of it

    def leaf(x):
        leaves.append((x, Tensor(x)))
        return leaves[-1][1]

    try:
        got = function(*mapped(leaf, args), **kwargs)
    except ERRORS as error:
        return None if str(error) else f"an error without a message: {error!r}"
    fault = fault_of_numbers(got, numbers)
    if fault or not all(np.isfinite(part).all() for part in numbers):
        return fault
    total = weighted(got)
    if isinstance(total, Node):
        total.backward()
    return fault_of_gradients(function, args, kwargs, [leaf for leaf in leaves if leaf[1].grad is not None])


def fault_of_numbers(got, numbers):
    for part, number in zip(parts(got), numbers, strict=True):
        data = part.data if isinstance(part, Node) else np.asarray(part)
        tolerance = 1e-5 if number.dtype == np.float32 else 1e-12
        if np.shape(data) != number.shape or not np.allclose(data, number, tolerance, tolerance, equal_nan=True):
            return f"gives {data}, NumPy {number}"
        if isinstance(part, Node) and part.is_array and part.dtype != number.dtype:
            return f"gives {part.dtype}, NumPy {number.dtype}"
    return None


def fault_of_gradients(function, args, kwargs, leaves):
    for x, tensor in leaves:
        if (tensor.grad.dtype, tensor.grad.shape) != (x.dtype, x.shape):
            return f"a gradient is {tensor.grad.dtype} {tensor.grad.shape}, its operand {x.dtype} {x.shape}"
    wide = {key: float if x is np.float32 else x for key, x in kwargs.items()}  # differences of float32 are noise

    def moved(sign):
        return weighted(function(*mapped(lambda x: x.astype(float) + sign * STEP * direction(x), args), **wide))

    slope = (moved(1) - moved(-1)) / (2 * STEP)
    along = sum(np.sum(tensor.grad * direction(x)) for x, tensor in leaves)
    tolerance = 1e-3 if any(x.dtype == np.float32 for x, _ in leaves) or wide != kwargs else 2e-6
    if not np.isclose(along, slope, tolerance, tolerance):
        return f"the derivative is {along}, central differences give {slope}"
    return None


def direction(x):
    """All entries move at once, each its own way."""
    return np.cos(np.arange(x.size) + 0.3).reshape(x.shape)


def taken(function, args):
    try:
        function(*args)
    except Exception:  # noqa: BLE001 (whatever NumPy raises)
        return False
    return True


def wrong_ones(name, function, cases):
    """The cases that are neither right nor refused."""
    found = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for label, args, kwargs in cases:
            try:
                fault = fault_of(function, args, kwargs)
            except Exception as error:  # noqa: BLE001 (a fault of ours, to be listed with the others)
                fault = f"raises {error!r}"
            if fault:
                found.append(f"{name}, {label}: {fault}")
    return "\n".join(found)


def forms(name, function):
    """Every case of a function: (label, args, kwargs)."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        sets = {
            label: arguments(name, function, operands)
            for label, operands in OPERANDS.items()
            if taken(function, arguments(name, function, operands)[0])
        }
    for label, (args, optional) in sets.items():
        yield label, args, {}
        for keyword in optional:
            for value in OPTIONAL.get(keyword, []):
                yield f"{label}, {keyword}={value}", args, {keyword: value}
    for label, operands in VARIANTS.items():
        if name not in GIVEN:
            yield label, arguments(name, function, operands)[0], {}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name):
    cases = list(forms(name, FUNCTIONS[name]))
    assert any(label.split(",")[0] in OPERANDS for label, _, _ in cases), "NumPy takes none of OPERANDS"
    function = FUNCTIONS[name]
    if name in OF_SYMMETRIC:
        function = lambda x, **kwargs: FUNCTIONS[name](x @ np.swapaxes(x, -1, -2), **kwargs)  # noqa: E731
    assert not wrong_ones(name, function, cases)


@pytest.mark.parametrize("name", UFUNCS)
def test_ufuncs(name):
    ufunc = UFUNCS[name]
    operands = {**OPERANDS, **VARIANTS, "above 1": tuple(x + 1 for x in OPERANDS["matrix"])}
    cases = [(label, list(xs[: ufunc.nin]), {}) for label, xs in operands.items()]
    keywords = {
        "dtype": [float, np.float32],
        "where": [True, MASK],
        "out": [None],
        "casting": ["same_kind"],
        "order": ["F"],
    }
    args = list(OPERANDS["matrix"][: ufunc.nin])
    cases += [(f"{key}={x}", args, {key: x}) for key, values in keywords.items() for x in values if x is not MASK]
    assert not wrong_ones(name, ufunc, cases)


@pytest.mark.parametrize(
    "name",
    [name for name, f in UFUNCS.items() if f.nin == 2 and f.nout == 1 and not f.signature and "ff->f" in f.types],
)
def test_methods_of_ufuncs(name):
    x, y = OPERANDS["matrix"][:2]
    ufunc = UFUNCS[name]
    if ufunc.reduce(x[0]) != reduce(ufunc, x[0]):
        pytest.skip("NumPy's loop reads what it has overwritten: its own reduction is none")
    keywords = [{"axis": axis} for axis in (0, 1, -1, None, (0, 1))] + [
        {"keepdims": True}, {"initial": 0.5}, {"initial": 0.5, "where": MASK}, {"dtype": np.float32}, {"out": None},
    ]  # fmt: skip
    assert not wrong_ones(f"{name}.reduce", ufunc.reduce, [(str(k), [x], k) for k in keywords])
    assert not wrong_ones(f"{name}.accumulate", ufunc.accumulate, [(str(k), [x], k) for k in keywords])
    assert not wrong_ones(f"{name}.reduceat", ufunc.reduceat, [(str(k), [x, [0, 1, 0]], k) for k in keywords])
    assert not wrong_ones(f"{name}.outer", ufunc.outer, [("", [x, y], {}), ("of numbers", [x, 0.5], {})])


INDICES = [0, -1, [0, 0, 1], np.array([[1, 0], [1, 1]]), MASK, (slice(None), [2, 2]), (..., [0, 0]), (None, 1),
           ([1, 0, 1], [2, 2, 2]), (slice(None, None, -1), slice(0, 2)), ([[0], [1]], [0, 0, 2]), ()]  # fmt: skip


@pytest.mark.parametrize("index", INDICES, ids=str)
@pytest.mark.parametrize("label", [label for label in VARIANTS if np.shape(VARIANTS[label][0]) == (2, 3)])
def test_indices(index, label):
    x = VARIANTS[label][0]
    assert not wrong_ones("x[i]", lambda x: x[index], [(str(index), [x], {})])
    assert not wrong_ones("x.at[i].add", lambda x: _added(x, index), [(str(index), [x], {})])


def _added(x, index):
    if isinstance(x, Node):
        return x.at[index].add(x[index] * 2.0)
    result = x.copy()
    np.add.at(result, index, x[index] * 2.0)
    return result
