"""Exercises of the documents and random ones: solutions, questions, and the pages that list and ask them."""

import math
import re
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demos import __main__ as command_line
from demos.exercises import worked_exercises
from demos.question_page import question_page
from demos.questions import given_rows, question, question_text
from demos.solving import Exercise, Solved, agrees

EXERCISES = worked_exercises()
SEEDS = st.integers(0, 2**32 - 1)
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?")
FUNCTIONS = {
    "relu": lambda x: max(x, 0.0), "tanh": math.tanh, "sigmoid": lambda x: 1 / (1 + math.exp(-x)), "log": math.log,
}  # fmt: skip


# The documents' exercises -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXERCISES)
def test_every_expected_number_stands_beside_a_line(name):
    exercise = EXERCISES[name]
    lines = [line for line in Solved(exercise).lines() if line.expected]
    assert all(line.met for line in lines)
    assert len(lines) == len(exercise.expected) + len(exercise.after)


def test_a_wrong_expectation_is_noticed():
    right = EXERCISES["module_02_exercise_1"]
    for part in ("expected", "after"):
        for left, text in getattr(right, part).items():
            last = text[-1]
            wrong = {**getattr(right, part), left: text[:-1] + ("5" if last != "5" else "7")}
            lines = Solved(Exercise(**{**vars(right), part: wrong})).lines()
            assert [line.text.partition(" = ")[0].removeprefix("now ") for line in lines if not line.met] == [left]


def test_expectations_are_exact_unless_they_say_otherwise():
    assert agrees(0.12345, "≈ 0.123") and not agrees(0.1236, "≈ 0.123") and not agrees(0.12345, "0.123")
    assert agrees([[0.5], [-1.0]], "[[0.5], [-1]]") and not agrees([[0.5], [-1.1]], "[[0.5], [-1]]")
    assert agrees(np.array([0.1 + 0.2]), np.array([0.3])) and not agrees(np.nan, "≈ 0.1")


def test_the_same_network_by_columns_and_by_neurons():
    columns, neurons = (Solved(EXERCISES[f"module_02_section_5{name}"]).found() for name in ("", "_by_neurons"))
    for name, entries in {"W1": "w11 w12 w21 w22", "b1": "b1 b2", "W2": "v1 v2", "b2": "c"}.items():
        by_neurons = [neurons[f"dL/d{entry}"] for entry in entries.split()]
        np.testing.assert_allclose(np.ravel(columns[f"dL/d{name}"]), by_neurons, rtol=1e-14)


# Random exercises -------------------------------------------------------------------------------------------------


@given(SEEDS)
def test_the_answers_are_those_of_central_differences(seed):
    exercise = question(seed).exercise
    solved = Solved(exercise)
    for name in exercise.wrt:
        x, h = exercise.given[name], 1e-5
        above, below = (exercise.build(**{**exercise.given, name: moved})["L"] for moved in (x + h, x - h))
        assert solved.names[name].grad == pytest.approx((above - below) / (2 * h), rel=1e-6, abs=1e-9)
    after = {name: exercise.given[name] - 0.1 * solved.names[name].grad for name in exercise.wrt}
    expected = exercise.build(**{**exercise.given, **after})["L"]
    assert solved.lines()[-1].text == f"now L = {round(expected, 4):g}"
    assert expected < solved.root.data


@given(SEEDS)
def test_the_question_has_all_it_takes_and_no_answer(seed):
    asked = question(seed)
    text = question_text(asked)
    part, computed = re.search(r"Given:\n(.*?)\n\nComputed:\n(.*?)\n\n", text, re.DOTALL).groups()
    numbers = {name: float(x) for name, x in re.findall(r"(\w+) = (\S+?)(?:,|$)", part, re.MULTILINE)}
    assert numbers == asked.exercise.given
    for line in computed.splitlines():
        name, _, formula = line.strip().partition(" = ")
        numbers[name] = eval(formula, {**FUNCTIONS, **numbers})
    assert numbers["L"] == pytest.approx(Solved(asked.exercise).root.data, rel=1e-12)
    page = re.sub(r"<(style|svg.*?)>.*?</style>|<[^>]*>", " ", question_page(asked), flags=re.DOTALL)
    for shown in (text.replace(f"Exercise {seed}", ""), page.replace(f"Exercise {seed}", "")):
        allowed = {f"{x:g}" for x in asked.exercise.given.values()} | {"0.1", "1", "2", "3"}
        assert {*NUMBER.findall(re.sub(r"\s[123]\. ", " ", shown))} <= allowed


@given(SEEDS)
def test_the_numbers_are_pleasant(seed):
    asked = question(seed)
    solved, kind = Solved(asked.exercise), asked.network.activation
    assert all(x == round(x, 1) and abs(x) <= 2 and (x or name == "y") for name, x in asked.exercise.given.items())
    z = [solved.names[f"z{i}"].data for i in asked.network.neurons()]
    assert all(0.05 <= abs(x) <= 2 for x in z)
    on = [x for x in z if kind != "relu" or x > 0]
    live = [name for name in asked.exercise.wrt if solved.names[name].grad]
    assert on and len(live) >= 1 + len(on) * (2 + len(asked.network.inputs))
    assert all(0.01 <= abs(solved.names[name].grad) <= 3 for name in live)


def test_seeds_differ_in_kind():
    kinds = {question(seed).network for seed in range(200)}
    assert len(kinds) == 36  # one or two inputs, one or two neurons, three activations, two losses, two labels of one
    assert len({question_text(question(seed)).partition("\n")[2] for seed in range(200)}) == 200


def test_a_row_for_the_data_and_for_each_neuron():
    asked = question(7)
    assert [len(row) for row in given_rows(asked)] == [3, 3, 3, 3]


def test_the_same_seed_writes_the_same_bytes(tmp_path, capsys):
    written = []
    for folder in ("first", "second"):
        assert command_line.main(["stepper", "--exercise", "7", "--out", str(tmp_path / folder)]) == 0
        printed = capsys.readouterr().out
        files = {path.name: path.read_bytes() for path in (tmp_path / folder / "stepper").iterdir()}
        assert files["question_7.txt"].decode() in printed
        written.append(files)
    assert written[0] == written[1]
    assert sorted(written[0]) == ["answers_7.html", "answers_7.txt", "question_7.html", "question_7.txt"]


def test_a_seed_is_a_whole_number(capsys):
    for words, wrong in ((["--exercise", "-1"], "'-1'"), (["--exercise", "x"], "'x'")):
        with pytest.raises(SystemExit):
            command_line.main(["stepper", *words])
        assert f"--exercise: {wrong} is not a whole number from 0 to 2**32 - 1" in capsys.readouterr().err


# With a browser ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def index_page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    assert command_line.main(["stepper", "--quiet", "--out", str(folder)]) == 0
    return folder / "stepper" / "index.html"


def test_the_index_links_every_page(index_page):
    text = index_page.read_text(encoding="utf-8")
    links = re.findall(r'href="([^"#]*)"', text)
    assert sorted(links) == sorted(path.name for path in index_page.parent.iterdir() if path != index_page)
    assert len(links) == len(EXERCISES) + 1
    assert set(re.findall(r'href="([^"]*)#quiz"', text)) < set(links)
    assert "://" not in text and "<script" not in text


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("what", ["index", 7, 3])
def test_plain_pages_hinder_nobody(show, hindrances, index_page, what, theme):
    text = index_page.read_text(encoding="utf-8") if what == "index" else question_page(question(what))

    def save(path):
        path.write_text(text, encoding="utf-8")
        return path

    tab = show(SimpleNamespace(save=save), 420, 800, color_scheme=theme, bypass_csp=True)
    assert tab.evaluate("document.scrollingElement.scrollWidth") <= 420
    anchors = tab.locator("svg text").evaluate_all("texts => texts.map((x) => getComputedStyle(x).textAnchor)")
    assert set(anchors) <= {"middle"}
    assert hindrances(tab) == []
