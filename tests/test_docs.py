"""The examples of the README run as they stand, and links lead somewhere."""

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def names_after_running(page):
    """What the examples of a page define; they give what the page says."""
    text = re.sub(r"^```.*$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    test = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    assert doctest.DocTestRunner(optionflags=FLAGS).run(test, clear_globs=False).failed == 0
    return test.globs


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples(page):
    names_after_running(page)


def test_the_pictures_of_vectorize_are_those_that_its_page_makes():
    found = names_after_running(ROOT / "docs" / "vectorize.md")
    for name in ("before", "after"):
        path = ROOT / "docs" / f"vectorize_{name}.svg"
        assert path.read_text(encoding="utf-8") == found[name].svg().rstrip() + "\n", f"{name}.save({str(path)!r})"


@pytest.mark.parametrize("page", [*PAGES, ROOT / "demos" / "README.md", ROOT / "benchmarks" / "README.md"], ids=str)
def test_links(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
