"""docs/documents.md: every item of the documents has its row, and whatever a row names exists.

The page maps the items of the five documents to code, tests and demos, and lists the documents' errors.
Read next: ``test_errata.py``, which checks those errors.
"""

import ast
import functools
import importlib
import re
from pathlib import Path

import test_documents
import test_errata

from demos import __main__ as command_line

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "documents.md"
TEXT = PAGE.read_text(encoding="utf-8")
ITEMS = {"S0": 34, "S1": 44, "S2": 30, "S3": 25, "S4": 14}
ERRATA = {"W": 12, "B": 38}
LINK = re.compile(r"\[`?([^\]`]+)`?\]\(([^)]+)\)")
NAME = re.compile(r"`((?:nn|autograd|closed_forms)(?:\.\w+)+)`")


def rows(pattern):
    """The cells of every table row whose first cell is such an id."""
    cells = ([cell.strip() for cell in line.strip("| ").split(" |")] for line in TEXT.splitlines() if line[:1] == "|")
    return [row for row in cells if re.fullmatch(pattern, row[0])]


RUN_BY_A_TEST = {
    f"{module.__name__}.py::{function.__name__}"
    for module, table in ((test_documents, test_documents.CASES), (test_errata, test_errata.CHECKS))
    for function in table.values()
}


MAP, CLAIMS = rows(r"S\d-\d+"), rows(r"[WB]\d+")


def links(pattern="", text=TEXT):
    """Pairs of what is written and the file it leads to; of labels that match."""
    return [(label, target) for label, target in LINK.findall(text) if re.search(pattern, label)]


@functools.cache
def functions_of(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def found(name):
    """The object of that dotted name, or None."""
    parts = name.split(".")
    for i in range(len(parts), 0, -1):
        try:
            thing = importlib.import_module(".".join(parts[:i]))
            return functools.reduce(getattr, parts[i:], thing)
        except (ImportError, AttributeError):
            continue
    return None


def test_ids_are_complete_and_in_order():
    expected = [f"{document}-{i}" for document, n in ITEMS.items() for i in range(1, n + 1)]
    assert [row[0] for row in MAP] == expected
    assert [row[0] for row in CLAIMS] == [f"{kind}{i}" for kind, n in ERRATA.items() for i in range(1, n + 1)]


def test_each_table_has_the_title_of_its_document():
    legend = {row[0]: row[1].strip('"') for row in rows(r"S\d")}
    assert list(legend) == list(ITEMS)
    assert dict(re.findall(r"^## (S\d): (.*)$", TEXT, re.MULTILINE)) == legend


def test_each_row_says_what_it_is_and_has_a_test_or_a_demo():
    assert not [row[0] for row in MAP if len(row) != 5 or not row[1] or not links(text=row[3] + row[4])]
    assert not [row[0] for row in CLAIMS if len(row) != 5 or not all(row[:4]) or not links(text=row[4])]


def test_columns_hold_what_they_say():
    assert not [row[0] for row in MAP for label, _ in links(text=row[3]) if not label.startswith("test_")]
    assert not [row[0] for row in MAP for label, to in links(text=row[4]) if to != f"../demos/{label}.py"]


def test_every_linked_file_exists():
    assert not sorted({target for _, target in links() if not (PAGE.parent / target.split("#")[0]).exists()})


def test_every_test_exists():
    named = {(label, target) for label, target in links(r"^test_\w+\.py")}
    assert not sorted(label for label, _ in named if "::" not in label)  # a file alone says too little
    wrong = []
    for label, target in named:
        file, _, function = label.partition("::")
        path = PAGE.parent / target
        if path.name != file or not path.exists() or function not in functions_of(path):
            wrong.append(label)
        if not function.startswith("test_") and f"{file}::{function}" not in RUN_BY_A_TEST:
            wrong.append(label)
    assert not sorted(wrong)


def test_every_name_of_code_can_be_imported():
    assert not sorted(name for name in set(NAME.findall(TEXT)) if found(name) is None)


def test_code_stands_in_the_file_that_is_linked():
    for label, target in links(r"^(nn|autograd|closed_forms)\."):
        path = PAGE.parent / target
        last = label.split(".")[-1]
        assert path.exists() and re.search(rf"\b{last}\b", path.read_text(encoding="utf-8")), f"{label}: {target}"


def test_every_demo_serves_an_item():
    named = {label for _, _, _, _, demos in MAP for label, _ in links(text=demos)}
    named |= {label for *_, checks in CLAIMS for label, target in links(text=checks) if "demos" in target}
    assert sorted(set(command_line.registry()) - named) == []


def test_the_errata_are_those_that_are_checked():
    for claim, *_, checks in CLAIMS:
        labels = [label for label, _ in links(text=checks)]
        if claim in test_errata.CHECKS:
            assert f"test_errata.py::{test_errata.CHECKS[claim].__name__}" in labels, claim
        elif claim in test_errata.ELSEWHERE:
            assert test_errata.ELSEWHERE[claim] in labels, claim
        else:
            assert claim in test_errata.IN_WORDS and len(labels) == 1, claim


def test_no_other_page_or_module_uses_these_ids():
    folders = ("docs", "demos", "nn", "autograd", "benchmarks")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".md")]
    used = [path.name for path in [*ROOT.glob("*.md"), *paths] if re.search(r"\bS[0-4]-\d", path.read_text("utf-8"))]
    assert used == [PAGE.name]
