"""Worked exercises as pages to step through: every value forward, every contribution backward.

Each page is one file that works offline: step with the arrow keys, click a node, guess the contributions in the quiz,
or walk in the wrong order and see what comes out. `index.html` lists the pages, and the same runs stand in
`solutions.txt` as worked solutions. With --exercise a random small network comes instead: the question as a page and
as text, and an answer key as a page to step through and as text. The same seed asks the same question.

From: "Chapter 3: Neural Networks", part 9 and exercise 1; "Module 02: Backpropagation and Gradient Descent", sections
2 to 5, exercises 1 and 2; "Neural Networks Solutions - Module 6", exercises 1.1 to 1.3, 2.4, 3.1, 3.2, 4.1 to 4.3
and 5.1.
"""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import Any, NamedTuple

from autograd.viz import Page, stepper
from demos.command import Run
from demos.exercises import worked_exercises
from demos.plain_page import plain_page
from demos.question_page import question_page
from demos.questions import agrees_with_differences, question, question_text
from demos.solving import Exercise, Solved

SECONDS = (2, 2)  # in full, and with --quick

INTRODUCTION = """<p>Each page shows one computation, forward and backward: every value, and every contribution to every
gradient as upstream gradient times local derivative. Step with the arrow keys; in the quiz you work the contributions
out yourself. The same in text: <a href="solutions.txt">worked solutions</a>.</p>"""
HEADS = """<thead><tr><th scope="col">page</th><th scope="col">what it works out</th>
<th scope="col" class="count">steps</th><th scope="col" class="count">practice</th></tr></thead>"""


def main(quick: bool = False, exercise: int | None = None, **flags: Any) -> int:
    """Write a page for each exercise of the documents; or a question and its answers."""
    with Run("stepper", quick=quick, **flags) as run:
        if exercise is None:
            write_worked_exercises(run)
        else:
            write_question(run, exercise)
    return run.status


def page_of(solved: Solved) -> Page:
    """The page to step through."""
    return stepper(solved.root, names=solved.names, title=solved.exercise.title, wrt=solved.asked)


def text_of(solved: Solved) -> str:
    """The worked solution, with its title."""
    exercise = solved.exercise
    return "\n".join([f"{exercise.title}: {exercise.story}", "", *(line.text for line in solved.lines()), ""])


# The documents' exercises -----------------------------------------------------------------------------------------


class Entry(NamedTuple):
    """A page in the index."""

    file: str
    exercise: Exercise
    steps: int
    quiz: bool  # are there single numbers to ask for?


def write_worked_exercises(run: Run) -> None:
    """A page for each, the index, the solutions; and are all numbers the documents'?"""
    entries, texts = [], []
    for name, exercise in worked_exercises().items():
        solved = Solved(exercise)
        page = page_of(solved)
        page.save(run.folder / f"{name}.html")
        met = [line.met for line in solved.lines() if line.expected]
        run.expect(all(met), f"{exercise.title}: {sum(met)} of {len(met)} numbers as expected")
        run.saved(f"{name}.html", f"{exercise.story}; forward and backward, step by step.")
        steps = sum(step.kind == "op" for step in page.run.nodes) + len(page.run.backward)
        quiz = any(isinstance(row.contribution, float) for step in page.run.backward for row in step.rows)
        entries.append(Entry(f"{name}.html", exercise, steps, quiz))
        texts.append(text_of(solved))
    save_text(run, "solutions.txt", "\n".join(texts), "The same runs as worked solutions.")
    save_text(run, "index.html", index(entries), f"The list of these {len(entries)} pages: start here.")


def save_text(run: Run, name: str, text: str, alt: str) -> None:
    """Write a file of text, and say so."""
    (run.folder / name).write_bytes(text.encode())  # the same bytes on every system
    run.saved(name, alt)


def index(entries: list[Entry]) -> str:
    """The page that lists the pages, document by document."""
    parts = [INTRODUCTION]
    for document, listed in groupby(entries, lambda entry: entry.exercise.document):
        name, rows = escape(document), "\n".join(map(row, listed))
        parts.append(
            f'<h2>{name}</h2>\n<div class="wide" tabindex="0" role="region" aria-label="{name}"><table>\n{HEADS}\n'
            f"<tbody>\n{rows}\n</tbody></table></div>"
        )
    return plain_page("Worked exercises, step by step", "\n".join(parts))


def row(entry: Entry) -> str:
    """A page's row in its table."""
    link = f'<a href="{entry.file}#quiz" aria-label="quiz on {escape(entry.exercise.part)}">quiz</a>'
    return (
        f'<tr><th scope="row"><a href="{entry.file}">{escape(entry.exercise.part)}</a></th>'
        f'<td>{escape(entry.exercise.story)}</td><td class="count">{entry.steps}</td>'
        f'<td class="count">{link if entry.quiz else ""}</td></tr>'
    )


# A random exercise ------------------------------------------------------------------------------------------------


def write_question(run: Run, seed: int) -> None:
    """The question as page and text, printed too; the answers as page and text."""
    asked = question(seed)
    solved = Solved(asked.exercise)
    text = question_text(asked)
    run.say(f"\n{text}")
    run.expect(agrees_with_differences(asked.exercise), "the gradients of the answers are those of central differences")
    save_text(run, f"question_{seed}.txt", text, "The question.")
    save_text(run, f"question_{seed}.html", question_page(asked), "The same as a page, with a drawing of the network.")
    save_text(run, f"answers_{seed}.txt", text_of(solved), "The answers: forward, backward, and the step.")
    page_of(solved).save(run.folder / f"answers_{seed}.html")
    run.saved(f"answers_{seed}.html", "The answers as a page to step through.")
