"""The stepper: one file that holds the whole run, and in a browser shows it without a mistake."""

import json
import re

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value
from autograd.viz import stepper

ODD = ["<b>x</b>", "</script>", "\"'&", "σ λ 🙂"]


def exercise_1():
    """From "Chapter 3: Neural Networks", exercise 1."""
    x, y = 2.0, 1.0
    w1, b1, w2, b2 = Value(0.5), Value(0.0), Value(1.0), Value(0.0)
    with autograd.scope("hidden neuron"):
        z1 = w1 * x + b1
        a1 = z1.relu()
    with autograd.scope("output neuron"):
        z2 = w2 * a1 + b2
        a2 = z2.sigmoid()
    with autograd.scope("BCE loss"):
        L = -(y * np.log(a2) + (1 - y) * np.log(1 - a2))
    return locals()


def twice_used():
    """A node that must wait for its second user before it passes anything on."""
    x = Value(0.5, name="x")
    z = x * x
    z.name = "z"
    L = z * z.tanh()
    L.name = "L"
    return L


def diamond():
    a = Value(1.0, name="a")
    b = a + a
    b.name = "b"
    c = b + b
    c.name = "c"
    return c


def odd():
    parts = [Value(1.0 + i, name=name) for i, name in enumerate(ODD)]
    return parts[0] * parts[1] + parts[2] * parts[3]


def arrays():
    X, W = Tensor([[1.0, -2.0], [3.0, 4.0]], name="X"), Tensor([[0.5], [-1.0]], name="W")
    return (X @ W).tanh().mean()


def page_of_exercise_1():
    names = exercise_1()
    return stepper(names["L"], names)


def data_in(page):
    found = re.findall(r'<script id="data" type="application/json">(.*?)</script>', str(page), re.DOTALL)
    assert len(found) == 1
    return json.loads(found[0])


# Without a browser ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("root", [exercise_1()["L"], twice_used(), diamond(), odd(), arrays()])
def test_contributions_sum_to_the_gradients_of_the_engine(root):
    data = data_in(stepper(root))
    sums = {data["root"]: np.array(1.0)}
    for step in data["backward"]:
        for row in step["rows"]:
            sums[row["to"]] = sums.get(row["to"], 0.0) + np.array(row["contribution"])
    nodes = [node for node in autograd.node.order(root) if not node.is_constant]
    before = [node.grad for node in nodes]
    root.backward()
    ids = [step["id"] for step in data["nodes"] if step["kind"] != "constant"]
    assert all(grad is None for grad in before)
    for i, node in zip(ids, nodes, strict=True):
        np.testing.assert_allclose(sums[i], np.asarray(node.grad, float), rtol=1e-14, atol=1e-15)


def test_central_differences_agree():
    for root in (exercise_1()["L"], twice_used(), odd()):
        data = data_in(stepper(root))
        leaves = [node["id"] for node in data["nodes"] if node["kind"] == "leaf"]
        assert [int(i) for i in data["differences"]] == leaves
        for i in leaves:
            assert data["differences"][f"{i}"] == pytest.approx(data["gradients"][f"{i}"], rel=1e-7)
    assert data_in(stepper(arrays()))["differences"] == {}


def test_it_is_one_small_file_that_reaches_for_nothing():
    text = str(page_of_exercise_1())
    assert len(text.encode()) < 80_000
    assert "default-src 'none'" in text
    assert re.findall(r"https?://[^\"' ]*", text) == ["http://www.w3.org/2000/svg"]
    assert "Storage" not in text and "fetch(" not in text and "{{" not in text
    assert text == str(page_of_exercise_1())


def test_names_are_only_names():
    text = str(stepper(odd(), title="</title><script>alert(1)</script>"))
    assert "<b>x" not in text and "<script>alert" not in text and text.count("</script>") == 2
    assert [node["name"] for node in data_in(stepper(odd()))["nodes"][:4]] == [ODD[0], ODD[1], "t1", ODD[2]]


def test_without_scripts_it_shows_graph_and_gradients():
    text = str(page_of_exercise_1())
    assert text.count("<svg") == 1 and '<details id="all" open>' in text
    for name, grad in {"w1": "−0.5379", "b1": "−0.2689", "w2": "−0.2689", "b2": "−0.2689"}.items():
        assert re.search(rf'<th scope="row">{name}</th>.*<td class="number grad">{grad}</td>', text)
        assert re.search(rf'data-node="\d+".*>{name}<.*class="number grad"[^>]*>{grad}<', text)


def test_saving_and_notebooks(tmp_path):
    page = page_of_exercise_1()
    assert page.save(tmp_path / "step.html").read_text(encoding="utf-8") == str(page)
    with pytest.raises(ValueError, match=r"the name ends in \.html"):
        page.save(tmp_path / "step.png")
    bundle = page._repr_mimebundle_()
    assert bundle["text/plain"] == "<Page 'L, forward and backward': 28 steps, 13 forward and 13 backward>"
    assert bundle["text/html"].startswith("<iframe") and "<script" not in bundle["text/html"]


def test_what_it_refuses():
    x = Value(1.0)
    for _ in range(1000):
        x = x + 1
    with pytest.raises(ValueError, match="this graph has 1,001 nodes; a stepper shows at most 1,000"):
        stepper(x)
    with pytest.raises(ValueError, match=r"has shape \(2,\): a backward pass begins at a single number"):
        stepper(Tensor([1.0, 2.0], name="v"))
    with pytest.raises(TypeError):
        stepper(3.0)


# With a browser ---------------------------------------------------------------------------------------------------


SHOWN = "document.getElementById('panel').innerText + document.querySelector('#graph svg').textContent"
INSIDE = """() => {
    const now = document.querySelector("svg .now");
    if (!now) return true;
    const a = now.getBoundingClientRect(), b = document.getElementById("graph").getBoundingClientRect();
    return a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
}"""
STEP = "Number(document.body.dataset.step)"


@pytest.mark.slow
def test_every_step_shows_what_was_recorded(show):
    page = page_of_exercise_1()
    tab, run = show(page), page.run
    rows = [len(step.rows) for step in run.backward]
    forwards, top = [], None
    for k in range(28):
        assert tab.evaluate(STEP) == k
        forwards.append(tab.evaluate(SHOWN))
        if k > 14:
            assert tab.locator("#panel tbody tr").count() == rows[k - 15]
        assert tab.evaluate(INSIDE)
        place = tab.evaluate("[...document.querySelectorAll('button')].map(b => b.getBoundingClientRect().left)")[:6]
        top = top or place
        assert place == top and tab.evaluate("scrollY") == 0
        tab.keyboard.press("ArrowRight")
    assert tab.evaluate(STEP) == 27
    for k in range(26, -1, -1):
        tab.keyboard.press("ArrowLeft")
        assert tab.evaluate(SHOWN) == forwards[k]
    (a2,) = [text for text in forwards if "Backward through a2" in text]
    assert re.search(r"z2\s+−1\.3679\s+×\s+∂a2/∂z2 = .* = 0\.1966\s+=\s+−0\.2689", a2)


@pytest.mark.slow
def test_keys_and_links(show):
    tab = show(page_of_exercise_1(), after="#step=999")
    assert tab.evaluate(STEP) == 27
    for key, step in {"Home": 0, "b": 14, "ArrowRight": 15, "ArrowLeft": 14, "End": 27}.items():
        tab.keyboard.press(key)
        assert tab.evaluate(STEP) == step
    tab.focus("#slider")
    tab.keyboard.press("ArrowLeft")
    assert tab.evaluate(STEP) == 26 and tab.evaluate("location.hash") == "#step=26"
    tab.focus("#step")
    tab.keyboard.press("Space")
    assert tab.evaluate(STEP) == 27
    tab.focus("svg .node[role=button]")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.querySelector('svg .input, svg .now') !== null")
    tab.keyboard.press("Home")
    tab.keyboard.press("b")
    tab.click("svg .node:has-text('a2')")
    assert tab.locator("#panel h2").inner_text().startswith("Backward through a2")


@pytest.mark.slow
def test_repeated_operands_and_wrong_ways(show):
    a = Value(3.0, name="a")
    tab = show(stepper(a * a), after="#step=99")
    assert tab.locator("svg .link").count() == tab.locator("svg .chip").count() == 2
    assert "3 + 3 = 6" in tab.locator("#panel tbody tr").nth(1).inner_text()
    assert "accumulated" in tab.locator("#panel tbody tr").nth(1).inner_text()
    tab.check("#overwrite")
    assert "right 6" in tab.inner_text("#panel") and tab.locator("svg .mark").count() == 1
    tab = show(stepper(diamond()), after="#step=99")
    tab.check("#hasty")
    tab.keyboard.press("End")
    assert "∂c/∂a = 2, right 4" in tab.inner_text("#panel")
    tab = show(stepper(twice_used()), after="#step=99")
    tab.check("#hasty")
    tab.keyboard.press("End")
    assert "wrong" in tab.inner_text("#panel")
    tab.uncheck("#hasty")
    tab.keyboard.press("End")
    assert "every gradient is complete" in tab.inner_text("#panel")


@pytest.mark.slow
def test_quiz(show):
    tab = show(page_of_exercise_1())
    tab.click("#quiz")
    tab.keyboard.press("b")
    while "through a2" not in tab.inner_text("#panel h2"):
        tab.click("#step")
    assert "−0.2689" not in tab.inner_text("#panel")
    tab.fill("#panel input", "5")
    tab.press("#panel input", "Enter")
    assert "not yet" in tab.inner_text("#panel")
    tab.fill("#panel input", "-0.27")
    tab.press("#panel input", "Enter")
    assert "−0.2689" in tab.inner_text("#panel") and tab.inner_text("#score") == "score 0 / 1"


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_sizes_and_themes(show, hindrances, theme):
    tab = show(page_of_exercise_1(), 420, 800, after="#step=20", color_scheme=theme, bypass_csp=True)
    assert tab.evaluate("document.scrollingElement.scrollWidth") <= 420
    small = """Math.min(...[...document.querySelectorAll('svg text, main *, header *')].filter(e => e.checkVisibility())
        .map(e => parseFloat(getComputedStyle(e).fontSize)))"""
    assert tab.evaluate(small) >= 11
    assert tab.evaluate("document.getAnimations().length") == 0
    assert hindrances(tab) == []
    before = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    tab.click("#theme")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != before


@pytest.mark.slow
def test_without_javascript(show):
    tab = show(page_of_exercise_1(), java_script_enabled=False)
    assert tab.locator("svg:visible").count() == 1
    assert not tab.locator("#step").is_visible()
    assert "−0.5379" in tab.inner_text("#all")


@pytest.mark.slow
@pytest.mark.parametrize("root", [odd(), arrays()])
def test_other_graphs_work(show, root):
    page = stepper(root)
    tab = show(page)
    text = tab.text_content("#graph svg")
    assert all(step.name in text for step in page.run.nodes)
    for _ in range(12):
        tab.keyboard.press("ArrowRight")
    assert "every gradient is complete" in tab.inner_text("#panel")
