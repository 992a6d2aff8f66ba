"""NumPy's documented surface on tracked tensors: right, or refused by name and for a reason; never wrong, never lost.

The counts of right, slow and refused calls:

    python tests/numpy_calls.py

and the page of all functions, docs/numpy.md:

    python tests/numpy_page.py
"""

import re

import numpy as np
import pytest
from numpy_calls import INPUTS, REFUSED, calls, outcome, reason_of, written
from numpy_page import PAGE, page

from autograd import DetachError


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "line"), calls(), ids=lambda part: part)
def test_a_call_is_right_or_refused_for_a_reason(name, line):
    result = outcome(written(line), INPUTS[name])
    if isinstance(result, Exception):
        cause = result.__cause__ or result if isinstance(result, ValueError) else result
        assert isinstance(cause, (DetachError, NotImplementedError)) or str(cause).startswith("np."), repr(result)
        assert reason_of(line), f"refused without a reason in REFUSED: {result}"
    else:
        assert result in ("right", "slow")


def test_there_are_enough_of_them():
    lines = [line for _, line in calls()]
    refused = [line for line in lines if reason_of(line)]
    assert len(lines) - len(refused) >= 400
    assert len(refused) <= 45


@pytest.mark.parametrize("part", REFUSED)
def test_no_reason_is_left_over(part):
    assert any(part in line for _, line in calls())


def test_the_page_is_current():
    version = ".".join(np.__version__.split(".")[:2])
    text = PAGE.read_text(encoding="utf-8")
    if f"with NumPy {version}." not in text:
        pytest.skip(f"the page was written with another NumPy than {version}")
    assert text == page(), "run python tests/numpy_page.py"


def test_the_readme_counts_what_the_page_lists():
    counts = dict(re.findall(r"^\| (\w+) \| .* \| (\d+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    readme = (PAGE.parents[1] / "README.md").read_text(encoding="utf-8")
    assert f"Of the {sum(map(int, counts.values()))} public functions" in readme
    assert f"{int(counts['A']) + int(counts['B'])} have a rule" in readme
    assert f"{counts['C']} run\n" in readme and f"{counts['plain']} give plain answers" in readme
