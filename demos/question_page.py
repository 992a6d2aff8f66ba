"""The question of a random exercise as a page, its network drawn with the numbers that are given."""

from __future__ import annotations

from html import escape

from demos.plain_page import plain_page
from demos.questions import ACTIVATIONS, Network, Question, formulas, given_rows, tasks

WIDTH, COLUMNS = 760, (62, 322, 562, 698)  # px; where inputs, hidden neurons, the output and the loss stand
ROW, RADIUS = 150, 36
ALONG = 0.37  # where on its line a weight stands: not where two lines cross

Place = tuple[float, float]


def question_page(asked: Question) -> str:
    """The page: the drawing, the numbers, the formulas, what to find; and none of what is to be found."""
    rows = "\n".join(escape(", ".join(row)) for row in given_rows(asked))
    computed = "\n".join(escape(line) for line in formulas(asked.exercise))
    items = "\n".join(f"<li><b>{heading}.</b> {escape(text)}</li>" for heading, text in tasks(asked))
    body = f"""<p>{escape(sentence(asked.network.story()))}</p>
<div class="drawing wide" tabindex="0" role="region" aria-label="The network">
{drawing(asked)}
</div>
<h2>Given</h2>
<div class="wide" tabindex="0" role="region" aria-label="Given"><pre>{rows}</pre></div>
<h2>Computed</h2>
<div class="wide" tabindex="0" role="region" aria-label="Computed"><pre>{computed}</pre></div>
<h2>Find</h2>
<ol>
{items}
</ol>
<p class="soft">Work with four decimals.</p>"""
    return plain_page(asked.exercise.title, body)


def sentence(story: str) -> str:
    """The story with a capital and a full stop."""
    return f"{story[0].upper()}{story[1:]}."


def drawing(asked: Question) -> str:
    """The network as SVG: circles for inputs and neurons, on each line its weight."""
    network, given = asked.network, asked.exercise.given
    places = positions(network)
    height = ROW * (max(len(network.inputs), network.hidden) - 1) + 2 * (RADIUS + 34)
    lines, marks = [], []
    for i in network.neurons():
        for x, w in zip(network.inputs, network.weights(i), strict=True):
            lines.append((places[x], places[f"a{i}"], f"{w} = {given[w]:g}"))
        lines.append((places[f"a{i}"], places["output"], f"v{i} = {given[f'v{i}']:g}"))
        marks.append(circle(places[f"a{i}"], ACTIVATIONS[network.activation], f"b{i} = {given[f'b{i}']:g}"))
    lines.append((places["output"], places["loss"], ""))
    marks += [circle(places[x], x, f"{given[x]:g}", "leaf") for x in network.inputs]
    marks.append(circle(places["output"], "linear" if network.label is None else "sigmoid", f"c = {given['c']:g}"))
    marks.append(circle(places["loss"], "L", f"y = {given['y']:g}", "root"))
    words = f"A network: {network.story()}; the numbers stand below."
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    edges = [edge(start, end) for start, end, _ in lines]
    labels = [label(start, end, text) for start, end, text in lines if text]
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(words)}" {size}>'
    return "\n".join([opening, *edges, *labels, *marks, "</svg>"])


def positions(network: Network) -> dict[str, Place]:
    """Where the centres are: columns from left to right, each in the middle of the height."""
    columns = [network.inputs, [f"a{i}" for i in network.neurons()], ["output"], ["loss"]]
    tallest = max(map(len, columns))
    top = RADIUS + 22
    return {
        name: (x, top + ROW * (i + (tallest - len(column)) / 2))
        for x, column in zip(COLUMNS, columns, strict=True)
        for i, name in enumerate(column)
    }


def edge(start: Place, end: Place) -> str:
    """A line."""
    return f'<line class="edge" x1="{start[0]:g}" y1="{start[1]:g}" x2="{end[0]:g}" y2="{end[1]:g}"/>'


def label(start: Place, end: Place, text: str) -> str:
    """Words on a line, on a patch of paper."""
    x, y = (a + ALONG * (b - a) for a, b in zip(start, end, strict=True))
    width = 8.0 * len(text) + 8
    return (
        f'<rect class="paper" x="{x - width / 2:g}" y="{y - 11:g}" width="{width:g}" height="22"/>'
        f'<text class="number middle" x="{x:g}" y="{y + 4.5:g}">{escape(text)}</text>'
    )


def circle(center: Place, name: str, number: str, kind: str = "") -> str:
    """An input, a neuron or the loss, with its name in it and its number below."""
    x, y = center
    return (
        f'<g class="{kind}"><circle class="box" cx="{x:g}" cy="{y:g}" r="{RADIUS}"/></g>'
        f'<text class="name middle" x="{x:g}" y="{y + 4.5:g}">{escape(name)}</text>'
        f'<text class="number middle" x="{x:g}" y="{y + RADIUS + 18:g}">{escape(number)}</text>'
    )
