"""The house: who may import whom, sorted names, small files, examples, and nothing heavy at import."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted([*(ROOT / "autograd").rglob("*.py"), *(ROOT / "nn").rglob("*.py")])

# Each module may import those to its left; what stands together in a set is on one level.
LEVELS = [
    {"autograd.errors"}, {"autograd.mode"}, {"autograd.node"}, {"autograd.op"}, {"autograd.ops.arithmetic"},
    {"autograd.ops.elementary"}, {"autograd.ops.shapes", "autograd.ops.rounding", "autograd.ops.special"},
    {"autograd.ops.indexing"}, {"autograd.ops.joining"},
    {"autograd.ops.choices", "autograd.ops.reductions", "autograd.ops.sorting"},
    {"autograd.ops.cumulative", "autograd.ops.gammas", "autograd.ops.masked", "autograd.ops.statistics"},
    {"autograd.ops.missing", "autograd.ops.linear", "autograd.ops.sequences"},
    {"autograd.ops.decompositions", "autograd.ops.padding"}, {"autograd.ops.equations", "autograd.ops.norms"},
    {"autograd.ops.fitting", "autograd.ops.losses"}, {"autograd.ops"},
    {"autograd.object_loops", "autograd.scipy_ufuncs", "autograd.ufunc_methods"},
    {"autograd.numpy_writing"}, {"autograd.numpy_bridge"},
    {"autograd.operators"}, {"autograd.value"},
    {"autograd.tensor"}, {"autograd.parameter"}, {"autograd.transforms"},
    {"autograd.jacobians", "autograd.check"},
    {"autograd.vector_space", "autograd.builtins", "autograd.wrap_util"},
    {"autograd.extend"}, {"autograd.variants", "autograd.tracer", "autograd.core", "autograd.test_util"},
    {"autograd.numpy.fft", "autograd.numpy.linalg", "autograd.numpy.random"}, {"autograd.numpy"},
    {"autograd.misc.flatten"}, {"autograd.misc.optimizers"}, {"autograd.misc"},
    {"autograd.scipy", "autograd.scipy.linalg", "autograd.scipy.signal", "autograd.scipy.special"},
    {
        "autograd.scipy.stats.beta", "autograd.scipy.stats.dirichlet", "autograd.scipy.stats.gamma",
        "autograd.scipy.stats.multivariate_normal", "autograd.scipy.stats.norm", "autograd.scipy.stats.poisson",
        "autograd.scipy.stats.t",
    },
    {"autograd.scipy.stats.chi2"}, {"autograd.scipy.stats"},
    {"autograd.formulas.expression"},
    {"autograd.formulas.naming", "autograd.formulas.patterns", "autograd.formulas.samples"},
    {"autograd.formulas.sharing", "autograd.formulas.simplify", "autograd.formulas.source"},
    {"autograd.formulas.derivation", "autograd.formulas.writing"}, {"autograd.formulas.latex"},
    {"autograd.formulas"},
    {
        "autograd.vectorizer.arguments", "autograd.vectorizer.blocks", "autograd.vectorizer.program",
        "autograd.vectorizer.tracing",
    },
    {
        "autograd.vectorizer.terms", "autograd.vectorizer.tidying", "autograd.vectorizer.printing",
        "autograd.vectorizer.places", "autograd.vectorizer.calls",
    },
    {"autograd.vectorizer.layouts", "autograd.vectorizer.stepping"}, {"autograd.vectorizer.sums"},
    {"autograd.vectorizer.grouping"}, {"autograd.vectorizer.function"},
    {"autograd.vectorizer"}, {"autograd.viz.dot", "autograd.viz.numbers"},
    {"autograd.viz.outline"}, {"autograd.viz.run", "autograd.viz.rolling"},
    {"autograd.viz.recording", "autograd.viz.boxes"}, {"autograd.viz.explanation", "autograd.viz.folding"},
    {"autograd.viz.columns"}, {"autograd.viz.layers"}, {"autograd.viz.layout"}, {"autograd.viz.drawing"},
    {"autograd.viz.svg"}, {"autograd.viz.figure"},
    {"autograd.viz.offline", "autograd.viz.frames", "autograd.viz.arrays"},
    {"autograd.viz.charts", "autograd.viz.weights"}, {"autograd.viz.film"},
    {"autograd.viz.chains", "autograd.viz.javascript"}, {"autograd.viz.views"},
    {"autograd.viz.page"}, {"autograd.viz.picture"},
    {"autograd.viz"}, {"autograd"}, {"nn.data.arguments"},
    {"nn.data.toys", "nn.data.preparation", "nn.data.images"}, {"nn.plot.arguments", "nn.plot.colours"},
    {"nn.plot.labels"}, {"nn.plot.plane", "nn.plot.grids"}, {"nn.plot.curves", "nn.plot.diagram"},
    {"nn.plot.landscapes", "nn.plot.statistics"},
    {"nn.data", "nn.activations", "nn.init", "nn.history", "nn.metrics", "nn.plot", "nn.progress", "nn.schedules"},
    {"nn.module"}, {"nn.layers", "nn.losses", "nn.optim", "nn.saving"},
    {"nn.neurons", "nn.normalisation", "nn.summary"}, {"nn.checkpoints"}, {"nn.train"}, {"nn"},
]  # fmt: skip
LEVEL = {module: i for i, level in enumerate(LEVELS) for module in level}


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path):
    """Modules of ours that a file imports when it is imported: not those under TYPE_CHECKING or in functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in LEVEL else node.module


def ids(path):
    return module_name(path)


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_imports_go_one_way(path):
    name = module_name(path)
    for imported in imports(path):
        if imported in LEVEL:
            # A package is imported before its own modules have run; that is no dependency on what it exports.
            assert LEVEL[imported] < LEVEL[name] or imported == "autograd" == name.split(".")[0], (
                f"{name} <- {imported}"
            )
        else:
            extras = () if name.startswith("autograd.scipy.") else ("scipy",)
            assert imported.split(".")[0] not in ("nn", "autograd", "demos", "matplotlib", "graphviz", "tqdm", *extras)


def test_every_module_has_its_place():
    assert {module_name(path) for path in FILES} == set(LEVEL)


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_public_names_are_listed_and_sorted(path):
    module = importlib.import_module(module_name(path))
    assert list(module.__all__) == sorted(module.__all__)
    assert all(hasattr(module, name) for name in module.__all__)
    assert module.__doc__


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_files_fit_a_sitting(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        line
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node)
        for line in range(node.body[0].lineno, node.body[0].end_lineno + 1)
    }
    lines = path.read_text(encoding="utf-8").splitlines()
    code = [line for i, line in enumerate(lines, 1) if line.strip() and line.strip()[0] != "#" and i not in docstrings]
    assert len(code) <= 330, f"{len(code)} lines of code"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 75, f"{node.name} does not fit a screen"


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_no_magic(path):
    """No globals, no star imports, no probing by hasattr, no __getattr__."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not isinstance(node, ast.Global)
        assert not (isinstance(node, ast.ImportFrom) and node.names[0].name == "*")
        assert not (
            isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("hasattr", "setattr", "eval", "exec")
        )
        assert not (isinstance(node, ast.FunctionDef) and node.name in ("__getattr__", "__setattr__"))


def test_importing_loads_nothing_heavy():
    program = (
        "import sys, autograd, nn, autograd.viz;"
        "print([m for m in ('matplotlib', 'graphviz', 'tqdm', 'scipy') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert found.stdout.strip() == "[]"


def test_a_mixed_installation_is_named(tmp_path):
    """HIPS autograd's files beside ours: pip mixes them without a word."""
    package = tmp_path / "autograd"
    package.mkdir()
    package.joinpath("__init__.py").write_text((ROOT / "autograd" / "__init__.py").read_text(encoding="utf-8"))
    package.joinpath("differential_operators.py").touch()
    command = [sys.executable, "-c", "import autograd"]
    found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert "the HIPS package 'autograd' is installed in the same environment" in found.stderr
