"""Writes docs/numpy.md: what becomes of every function of NumPy's public namespace on a tracked array.

    python tests/numpy_page.py         # after a row or an entry of numpy_bridge.py was added

The tiers are read from the tables of numpy_bridge.py; what stands in none of them is called (numpy_calls.py).
"""

import inspect
import warnings
from pathlib import Path

import numpy as np
from numpy_calls import INPUTS, calls, outcome, reason_of, written

from autograd import Op, numpy_bridge, numpy_writing

PAGE = Path(__file__).parents[1] / "docs" / "numpy.md"
SPACES = {"np": np, "np.linalg": np.linalg}

NO_VALUES = "its arguments are shapes, lengths and dtypes"
FILES = "reads a file or a buffer"
TEXT = "gives text"
SETTINGS = "about NumPy's settings and types"
BITS = "of whole numbers and bits, which have no derivative"
DATES = "of dates"
INDICES = "gives positions"
OUT = {
    NO_VALUES: """bartlett blackman empty eye fromfunction hamming hanning identity indices kaiser ones tri zeros
        broadcast_shapes nested_iters""",
    FILES: "frombuffer fromfile fromiter fromregex fromstring genfromtxt load loadtxt from_dlpack",
    TEXT: "base_repr binary_repr format_float_positional format_float_scientific",
    SETTINGS: """common_type errstate get_include get_printoptions getbufsize geterr geterrcall
        info isdtype isfortran isscalar issubdtype iterable mintypecode printoptions promote_types
        set_printoptions setbufsize seterr seterrcall show_config show_runtime test typename """,
    BITS: """bitwise_and bitwise_count bitwise_or bitwise_xor gcd invert lcm left_shift right_shift packbits unpackbits
        bitwise_invert bitwise_left_shift bitwise_not bitwise_right_shift""",
    DATES: "busday_count busday_offset datetime_as_string datetime_data is_busday isnat",
    INDICES: """diag_indices mask_indices ravel_multi_index tril_indices triu_indices
        unravel_index ix_""",
    "makes an `np.matrix`; write `@` of Tensors": "asmatrix bmat",
    "deprecated in NumPy: `np.vstack`": "row_stack",
}  # fmt: skip
REASONS = {name: reason for reason, names in OUT.items() for name in names.split()}
OBJECTS = {
    "array",
    "asanyarray",
    "asarray",
    "asarray_chkfinite",
    "ascontiguousarray",
    "asfortranarray",
    "full",
    "require",
}

HEAD = """# NumPy on tracked arrays

What each function of NumPy's public namespace does when an argument is a Tensor, a Value, or a list of them. This page
is written by `python tests/numpy_page.py`, from the tables in `autograd/numpy_bridge.py` and from calls of what stands
in none of them (`tests/numpy_calls.py`); a test holds that it is current. It was written with NumPy {version}.

| tier | | functions |
| --- | --- | --: |
| A | one row of the table of ops: exact and fast | {A} |
| B | a function written with rows, which takes NumPy's other arguments too: exact, and as fast as its rows | {B} |
| C | NumPy's own code on an object array of Values, stacked again: right and slow, with a `PerformanceWarning` | {C} |
| plain | the answer is no function of the values that has a derivative: a plain array, number or text | {plain} |
| objects | makes an object array of Values, which keeps the graph, with a warning; `Tensor(a)` stacks it | {objects} |
| into | writes into its first argument: a Parameter, or an object array; else an error says what to write | {into} |
| out | raises an error that says so, or is about something else | {out} |

About tier C:

- It takes at most 100,000 numbers; beyond that it raises and names alternatives.
- NumPy's code first runs on the plain data. What comes out of the Values must have the same shapes and the same
  numbers, and is cast to the same dtype; else the call is refused.
- Where NumPy's own code branches on values (a comparison, a sort, a search), the branch is taken by the data: the
  gradient is right at that point, and says nothing about the other branch.
- Arguments that a row does not know are tried this way before they are refused.
- An object array of Values that you hold yourself is NumPy's: its loops call the methods of each Value, follow Python's
  comparisons at ties, and some C code refuses objects. `Tensor(array)` is the way back.

Plots: matplotlib may turn nodes into numbers. It does so for every Tensor; of lists and object arrays of Values it
refuses some by itself (`imshow`, `contour`, `fill_between`): plot `Tensor(values)`.

Left out as a whole: `np.fft`, whose answers are complex, while an op is a function of real numbers; and `np.random`,
which draws numbers and has no derivative (draw first, then compute: `mean + std * rng.normal(size=3)` differentiates).
`np.ma` holds object arrays of Values, `np.polynomial` evaluates polynomials of Values, `np.c_`, `np.r_` and
`np.vectorize` make object arrays. Types, constants and modules are not listed.

`np.array([[t[0], 0.0], [0.0, t[1]]])` is an object array of NumPy's, which its C code refuses (`np.linalg.det`): write
`Tensor([[t[0], 0.0], [0.0, t[1]]])`, or `import autograd.numpy as np`, whose `np.array` gives that.

Two traps are those of every such library. The gradient of `np.sqrt(np.sum(d * d))` at d = 0 is nan; that of
`np.linalg.norm(d)` is 0. And `np.where(mask, f(x), 0.0)` runs the rule of f on all of x, where 0 times infinity is nan:
write `np.where(mask, f(np.where(mask, x, 1.0)), 0.0)`.

SciPy: the ufuncs of `scipy.special` that have a row differentiate (`expit(t)`, `gammaln(t)`). Its other functions get
an object array of Values, with a warning: what is written in NumPy runs (`softmax`, `scipy.linalg.norm`), what is
compiled raises. `autograd.scipy` has `logsumexp`, `solve_triangular`, distributions and more, with rules.

What has no rule can have one: [ops of your own](own_ops.md).
"""


def functions():
    """Every public function: [(space, name, function), ...]; types, constants and modules are none."""
    for space, module in SPACES.items():
        for name in sorted(vars(module)):
            found = vars(module)[name]
            if callable(found) and not name.startswith("_") and not inspect.isclass(found):
                yield space, name, found


def called(space, name):
    """What becomes of the calls that name the function, and the first error: ({"right", ...}, reason or None)."""
    lines = [(x, line) for x, line in calls() if line.startswith(f"{space}.{name}(")]
    found = [(outcome(written(line), INPUTS[x]), line) for x, line in lines]
    errors = [reason_of(line) for result, line in found if isinstance(result, Exception)]
    return {result for result, _ in found if isinstance(result, str)}, errors[0] if errors else None


def tier_of(space, name, function):
    """(tier, how): the row, or the reason."""
    by = numpy_bridge.UFUNCS.get(function) or numpy_bridge.FUNCTIONS.get(function)
    if by is not None:
        return ("A", f"`{by.name}`") if isinstance(by, Op) else ("B", "")
    tables = {
        "plain": numpy_bridge.PLAIN_UFUNCS | numpy_bridge.PLAIN_FUNCTIONS, "into": set(numpy_writing.WRITERS),
        "objects": {vars(np)[name] for name in OBJECTS},
    }  # fmt: skip
    for tier, table in tables.items():
        if function in table:
            return tier, ""
    return ("out", REASONS[name]) if name in REASONS else tried(space, name)


def tried(space, name):
    """As `tier_of`, from calls."""
    results, reason = called(space, name)
    if results:
        return ("C", reason or "") if "slow" in results else ("plain", "")
    if reason is None:
        raise LookupError(f"{space}.{name} is new: add a call to numpy_calls.py, or a reason to numpy_page.py")
    return "out", reason


def page():
    rows, first = [], {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for space, name, function in functions():
            full = f"{space}.{name}"
            if id(function) in first:
                rows.append((full, rows[first[id(function)]][1], f"as `{rows[first[id(function)]][0]}`"))
                continue
            first[id(function)] = len(rows)
            rows.append((full, *tier_of(space, name, function)))
    counts = {tier: sum(row[1] == tier for row in rows) for tier in ("A", "B", "C", "plain", "objects", "into", "out")}
    head = HEAD.format(version=".".join(np.__version__.split(".")[:2]), **counts)
    table = [f"| `{full}` | {tier} | {how} |" for full, tier, how in rows]
    return "\n".join([head, f"## All {len(rows)}\n", "| function | tier | |", "| --- | --- | --- |", *table, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
