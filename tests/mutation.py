"""Breaks every derivative rule in every small way and runs the tests: does one of them notice?

    python tests/mutation.py                 # all rules, about ten minutes on two cores
    python tests/mutation.py --only tanh     # the rules of one or more rows or functions
    python tests/mutation.py --list          # what would be broken, without running anything

A rule is what stands third in an ``Op(...)`` or a ``_row(...)`` in autograd/ops, from there on in a ``row(...)``, and
second in an ``of_order(...)``, be it a lambda or the name of a function, and the private functions it calls. One mutant
at a time: a sign flipped, a term, a factor or a minus dropped, operands swapped, a constant changed. It is written into
a copy of the project, and the tests run there: those of the row first, then the sweep, then the others. Exit status 1
if a mutant survived that is not in EQUIVALENT.
"""

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import combinations
from pathlib import Path
from queue import Queue
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
SWEEP, RULES = "tests/test_sweep.py", "tests/test_rules.py"
# These are about files, the package and its pages: no rule runs in them that does not run elsewhere. Or they are slow.
LEFT_OUT = {"test_architecture.py", "test_data.py", "test_demos.py", "test_docs.py", Path(SWEEP).name, Path(RULES).name}
SECONDS = 300  # tests that take longer count as passed: the machine may have slept

BROKEN = {
    ast.Add: ("{b}", "{a}"),
    ast.Sub: ("-{b}", "{a}", "{b} - {a}"),
    ast.Mult: ("{b}", "{a}"),
    ast.Div: ("1 / {b}", "{a}", "{b} / {a}"),
    ast.MatMult: ("{b} @ {a}",),
    ast.Pow: ("{b} ** {a}",),
}
BROKEN_CALLS = {  # of the rows that rules call, those whose operands are not alike
    "greater": ("greater({b}, {a})",),
    "power": ("power({b}, {a})",),
    "product_or_zero": ("{b}", "{a}", "product_or_zero({b}, {a})", "{a} * {b}"),
    "quiet_power": ("quiet_power({b}, {a})",),
    "quotient_or_zero": ("1 / {b}", "{a}", "quotient_or_zero({b}, {a})", "{a} / {b}"),
    "xlogy": ("xlogy({b}, {a})",),
}

ANY_NEGATIVE = "NumPy takes any negative length for the one that follows from the others"
ONLY_WHAT_IS_WRITTEN = "only entries that were written over are read"
# (rule, before, after): why no test can tell. One by one; a row that has changed must be looked at again.
EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("_matmul_right", "reshape(a, (-1, 1))", "reshape(a, (-2, 1))"): ANY_NEGATIVE,
    ("_matmul_right", "reshape(g, (*lead(g, y), -1))", "reshape(g, (*lead(g, y), -2))"): ANY_NEGATIVE,
    (
        "_matmul_right",
        "reshape(a, (-1, shape_of(a)[-1]))",
        "reshape(a, (-2, shape_of(a)[-1]))",
    ): ANY_NEGATIVE,
    (
        "_prod_vjp",
        "reshape(moved, (*shape_of(moved)[:len(shape) - len(axes)], -1))",
        "reshape(moved, (*shape_of(moved)[:len(shape) - len(axes)], -2))",
    ): ANY_NEGATIVE,
    ("_einsum_vjp", "''.join(terms) + result", "''.join(terms)"): "a label of the result is in a term too",
    ("_last_write", "np.full(shape_of(x), -1)", "np.full(shape_of(x), 1)"): ONLY_WHAT_IS_WRITTEN,
    ("_last_write", "np.full(shape_of(x), -1)", "np.full(shape_of(x), -2)"): ONLY_WHAT_IS_WRITTEN,
}


Edits = tuple[ast.expr, list[tuple[tuple[int, int], str]]]  # an expression, what to write over which parts of it


class Mutant(NamedTuple):
    path: str
    line: int
    rule: str  # a row and its operand, or a function
    rows: tuple[str, ...]  # the rows whose gradient it changes
    before: str
    after: str
    source: bytes

    def __str__(self) -> str:
        return f"{self.path}:{self.line}  {self.rule}:  {self.before}  ->  {self.after}"

    @property
    def key(self) -> tuple[str, str, str]:
        return self.rule, self.before, self.after


class Rule(NamedTuple):
    name: str
    node: ast.Lambda | ast.FunctionDef
    operands: tuple[str, ...]
    rows: list[str]

    def results(self) -> list[ast.expr]:
        """The expressions that are a gradient: none in a helper that takes no ``g``."""
        if isinstance(self.node, ast.Lambda):
            return [self.node.body]
        if "g" not in [arg.arg for arg in self.node.args.args]:
            return []
        return [part.value for part in ast.walk(self.node) if isinstance(part, ast.Return) and part.value]

    def expressions(self) -> Iterator[ast.expr]:
        """What is calculus in it: no docstring, and no ``strict=True`` of a zip."""
        body = [self.node.body] if isinstance(self.node, ast.Lambda) else self.node.body
        parts = [part for statement in body if not isinstance(statement, ast.Expr) for part in ast.walk(statement)]
        strict = [part.value for part in parts if isinstance(part, ast.keyword) and part.arg == "strict"]
        yield from (part for part in parts if isinstance(part, ast.expr) and part not in strict)


class Source:
    """One file of rules."""

    def __init__(self, project: Path, path: str) -> None:
        self.path = path
        self.bytes = (project / path).read_bytes()
        self.tree = ast.parse(self.bytes)
        self.starts = [0]
        for line in self.bytes.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.functions = {part.name: part for part in self.tree.body if isinstance(part, ast.FunctionDef)}
        self.constants: dict[str, ast.AST] = {}
        for part in self.tree.body:
            match part:
                case ast.Assign([ast.Name(name)], value) | ast.AnnAssign(ast.Name(name), _, ast.AST() as value):
                    self.constants[name] = value

    def span(self, node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[node.end_lineno - 1] + node.end_col_offset

    def text(self, node: ast.expr) -> str:
        start, end = self.span(node)
        return f"({self.bytes[start:end].decode()})"

    def rules(self) -> list[Rule]:
        """Every rule of the file, and the private functions that rules call.

        Raises: SystemExit if something takes ``g, y`` and stands in no row.
        """
        found: dict[ast.AST, Rule] = {}
        for call in ast.walk(self.tree):
            match call:
                case ast.Call(ast.Name("Op" | "_row"), [ast.Constant(str(row)), _, rules, *_]):
                    self._add_row(row, [rules], found)
                case ast.Call(ast.Name("row"), [ast.Constant(str(row)), _, *rules]):
                    self._add_row(row, rules, found)
                case ast.Call(ast.Name("of_order"), [ast.Constant(str(row)), rules, *_]):
                    self._add_row(row, [rules], found)
        for part in ast.walk(self.tree):
            if isinstance(part, (ast.Lambda, ast.FunctionDef)) and part not in found:
                names = [arg.arg for arg in part.args.args]
                if names[:2] == ["g", "y"] or names[:3] == ["slot", "g", "y"]:
                    raise SystemExit(f"{self.path}:{part.lineno}: a rule, but of which row?")
        return list(found.values())

    def _add_row(self, row: str, rules: list[ast.expr], found: dict[ast.AST, Rule]) -> None:
        parts = [part for rule in rules for part in self._parts(rule)]
        each = isinstance(rules[0], ast.Call)  # EachOperand(rule): of its operands it knows no names
        for slot, part in enumerate(parts):
            if isinstance(part, (ast.Lambda, ast.FunctionDef)):
                name = f"{row}[{slot}]" if len(parts) > 1 else row
                self._add(part, name, 0 if each else len(parts), row, found)

    def _parts(self, rules: ast.AST) -> list[ast.AST]:
        match rules:
            case ast.Tuple(parts):
                return [found for part in parts for found in self._parts(part)]
            case ast.Call(_, [part]):
                return self._parts(part)
            case ast.Name(name) if name in self.functions:
                return [self.functions[name]]
            case ast.Name(name) if name in self.constants:
                return self._parts(self.constants[name])
        return [rules]

    def _add(self, node: ast.AST, name: str, operands: int, row: str, found: dict[ast.AST, Rule]) -> None:
        letters = tuple(arg.arg for arg in node.args.args)[2 : 2 + operands]
        name = getattr(node, "name", name)
        rule = found.setdefault(node, Rule(name, node, letters, []))
        if row not in rule.rows:
            rule.rows.append(row)
            for part in ast.walk(node):
                if isinstance(part, ast.Name) and part.id.startswith("_") and part.id in self.functions:
                    self._add(self.functions[part.id], part.id, 0, row, found)

    def mutants(self) -> Iterator[Mutant]:
        seen = {self.bytes}
        for rule in self.rules():
            for node, edits in [*self._of_results(rule), *self._of_expressions(rule)]:
                shown = self._around(node, rule)
                start, end = self.span(shown)
                source, after = self.bytes, self.bytes[start:end]
                for (left, right), text in sorted(edits, reverse=True):
                    source = source[:left] + text.encode() + source[right:]
                    after = after[: left - start] + text.encode() + after[right - start :]
                if source not in seen:
                    seen.add(source)
                    now = ast.unparse(ast.parse(b"(" + after + b")", mode="eval"))
                    yield Mutant(self.path, node.lineno, rule.name, tuple(rule.rows), ast.unparse(shown), now, source)

    def _around(self, node: ast.expr, rule: Rule) -> ast.expr:
        """What to show of a mutant: of a constant the expression it stands in, for "1 -> 2" says little."""
        small = (ast.Constant, ast.Slice, ast.Starred, ast.Tuple, ast.UnaryOp)
        if not isinstance(node, small):
            return node
        around = [x for x in rule.expressions() if not isinstance(x, small) and node in ast.walk(x)]
        return min(around, key=lambda x: len(self.text(x)), default=node)

    def _of_results(self, rule: Rule) -> Iterator[Edits]:
        for result in rule.results():
            yield result, [(self.span(result), f"-{self.text(result)}")]
            for pair in combinations(rule.operands, 2):
                other = dict(zip(pair, reversed(pair), strict=True))
                letters = [x for x in ast.walk(result) if isinstance(x, ast.Name) and x.id in other]
                yield result, [(self.span(x), other[x.id]) for x in letters]

    def _of_expressions(self, rule: Rule) -> Iterator[Edits]:
        for node in rule.expressions():
            for text in self._variants(node):
                yield node, [(self.span(node), f"({text})")]

    def _variants(self, node: ast.expr) -> Iterator[str]:
        text = self.text
        match node:
            case ast.BinOp(left, operator, right):
                yield from (form.format(a=text(left), b=text(right)) for form in BROKEN.get(type(operator), ()))
            case ast.UnaryOp(ast.USub(), operand):
                yield text(operand)
            case ast.Call(ast.Name("where"), [mask, a, b]):
                yield f"where({text(mask)}, {text(b)}, {text(a)})"
            case ast.Call(ast.Name(name), [a, b]):
                yield from (form.format(a=text(a), b=text(b)) for form in BROKEN_CALLS.get(name, ()))
            case ast.Constant(bool(value)):
                yield str(not value)
            case ast.Constant(int(value) | float(value)):
                yield str(value + 1)


def all_mutants(project: Path) -> list[Mutant]:
    files = sorted(str(path.relative_to(project)) for path in (project / "autograd" / "ops").glob("*.py"))
    return [mutant for path in files for mutant in Source(project, path).mutants()]


# Running the tests on a copy -----------------------------------------------------------------------------------------


def copy_of_the_project(to: Path) -> Path:
    for part in ("autograd", "nn", "tests"):
        shutil.copytree(ROOT / part, to / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(ROOT / "pyproject.toml", to)
    return to


def failure(project: Path, *args: str) -> str | None:
    """The first test that fails in a copy of the project, or None."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-o", "addopts=", *args]
    quick = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        run = subprocess.run(
            command, cwd=project, env=os.environ | quick, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        print(f"left out: pytest {' '.join(args)} took more than {SECONDS} s", flush=True)
        return None
    if run.returncode in (0, 5):  # 5: no test of that name
        return None
    named = [line for line in run.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return named[0].split(" - ")[0].split(maxsplit=1)[1] if named else (run.stdout + run.stderr)[-300:]


def passing(project: Path) -> list[str]:
    """The other files of tests, if they pass before any rule is broken; those that come first must."""
    if broken := failure(project, SWEEP, RULES):
        raise SystemExit(f"a test fails before any rule is broken: {broken}")
    found = []
    for path in sorted((project / "tests").glob("test_*.py")):
        if path.name not in LEFT_OUT:
            broken = failure(project, "-m", "not slow", f"tests/{path.name}")
            if broken:
                print(f"left out: {path.name} fails before any rule is broken: {broken}", flush=True)
            else:
                found.append(f"tests/{path.name}")
    return found


def overwrite(path: Path, source: bytes) -> None:
    """Write a module so that it is compiled again, even within the second that a .pyc can tell apart."""
    path.write_bytes(source)
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


def noticed_by(mutant: Mutant, project: Path, others: list[str]) -> str | None:
    target = project / mutant.path
    original = target.read_bytes()
    overwrite(target, mutant.source)
    try:
        noticed = failure(project, SWEEP, "-k", " or ".join(mutant.rows)) or failure(project, SWEEP, RULES)
        if noticed or mutant.key in EQUIVALENT:  # of these the other tests, which take longest, say nothing new
            return noticed
        return failure(project, "-m", "not slow", *others)
    finally:
        overwrite(target, original)


def run(mutants: list[Mutant], projects: list[Path]) -> list[Mutant]:
    """Those that no test noticed, one at a time in each copy of the project."""
    others = passing(projects[0])
    free: Queue[Path] = Queue()
    for project in projects:
        free.put(project)

    def test(mutant: Mutant) -> str | None:
        project = free.get()
        try:
            return noticed_by(mutant, project, others)
        finally:
            free.put(project)

    survived = []
    with ThreadPoolExecutor(len(projects)) as pool:
        waiting = {pool.submit(test, mutant): mutant for mutant in mutants}
        for done in as_completed(waiting):
            mutant, noticed = waiting[done], done.result()
            why = f"    [{noticed or EQUIVALENT.get(mutant.key, '')}]".replace("    []", "")
            word = "killed" if noticed else "same" if why else "SURVIVED"
            print(f"{word:8}  {mutant}{why}", flush=True)
            if not noticed:
                survived.append(mutant)
    return survived


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="OP", nargs="+", help="the rules of these rows or functions")
    parser.add_argument("--jobs", type=int, default=2, help="how many tests run at a time (2)")
    parser.add_argument("--list", action="store_true", help="show the mutants and run nothing")
    options = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        projects = [copy_of_the_project(Path(folder) / str(i)) for i in range(options.jobs)]
        everything = all_mutants(projects[0])
        mutants = [m for m in everything if not options.only or {m.rule, *m.rows} & {*options.only}]
        if options.list:
            print(*mutants, sep="\n")
            return 0
        survived = run(mutants, projects)
    holes = [mutant for mutant in survived if mutant.key not in EQUIVALENT]
    gone = EQUIVALENT.keys() - {mutant.key for mutant in everything}
    wrong = [mutant for mutant in mutants if mutant.key in EQUIVALENT and mutant not in survived]
    for mutant in holes:
        print("SURVIVED ", mutant)
    for key in sorted(gone):
        print("EQUIVALENT names what is not there:", *key)
    for mutant in wrong:
        print("EQUIVALENT names what a test notices:", mutant)
    print(f"{time.perf_counter() - start:.0f} s; {len(survived) - len(holes)} mutants more are equivalent")
    print(f"{len(mutants)} mutants, {len(holes)} survived")
    return 1 if holes or gone or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
