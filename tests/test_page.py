"""The stepper: one file that holds the whole run, and in a browser shows it without a mistake."""

import json
import re

import numpy as np
import pytest

import autograd
import nn
from autograd import Parameter, Tensor, Value
from autograd.node import order
from autograd.viz import graph, record, stepper

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


def circular():
    """A scope that is left and entered again: as one box it would need its own result."""
    x = Value(0.5, name="x")
    with autograd.scope("inner"):
        a = x * x
    b = a.tanh()
    with autograd.scope("inner"):
        return a * b


def page_of_exercise_1(**settings):
    names = exercise_1()
    return stepper(names["L"], names, **settings)


def network():
    """Two inputs, two hidden neurons, whose layer has two outputs, and a result that is used twice."""
    model = nn.MLP(2, [2, 1], rng=np.random.default_rng(0))
    out = model([Value(0.5, name="x1"), Value(-1.0, name="x2")])
    with autograd.scope("loss"):
        return (out - 1.0) ** 2 + 0.1 * out


def data_in(page):
    found = re.findall(r'<script id="data" type="application/json">(.*?)</script>', str(page), re.DOTALL)
    assert len(found) == 1
    return json.loads(found[0])


# Without a browser ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("root", [exercise_1()["L"], twice_used(), diamond(), odd(), arrays(), network()])
def test_contributions_sum_to_the_gradients_of_the_engine(root):
    data = data_in(stepper(root))
    sums = {data["root"]: np.array(1.0)}
    for node in data["nodes"]:
        for slot, _, _, contribution in node.get("sends", ()):
            sums[node["inputs"][slot]] = sums.get(node["inputs"][slot], 0.0) + np.array(contribution)
    nodes = [node for node in order(root) if not node.is_constant]
    root.backward()
    ids = [i for i, node in enumerate(data["nodes"]) if node.get("kind") != "constant"]
    for i, node in zip(ids, nodes, strict=True):
        np.testing.assert_allclose(sums[i], np.asarray(node.grad, float), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("root", [exercise_1()["L"], arrays()])
def test_nothing_of_the_graph_is_touched(root):
    root.backward()
    before = [(node, np.array(node.data), np.array(node.grad)) for node in order(root) if not node.is_constant]
    str(stepper(root))
    for node, data, grad in before:
        assert np.array_equal(node.data, data)
        assert np.array_equal(node.grad, grad)


def test_central_differences_agree():
    for root in (exercise_1()["L"], twice_used(), odd()):
        page = stepper(root)
        leaves = [step.id for step in page.run.nodes if step.kind == "leaf"]
        assert list(page.live.differences) == leaves
        for i in leaves:
            assert page.live.differences[i] == pytest.approx(page.run.gradients[i], rel=1e-7)
    assert stepper(arrays()).live.differences == {}


def test_it_is_one_small_file_that_reaches_for_nothing():
    text = str(page_of_exercise_1())
    assert len(text.encode()) < 80_000
    assert "default-src 'none'" in text
    assert re.findall(r"https?://[^\"' ]*", text) == ["http://www.w3.org/2000/svg"] * 4  # three pictures and a script
    assert "Storage" not in text and "fetch(" not in text and "{{" not in text
    assert text == str(page_of_exercise_1())


def test_names_are_only_names():
    text = str(stepper(odd(), title="</title><script>alert(1)</script>"))
    assert "<b>x" not in text and "<script>alert" not in text and text.count("</script>") == 2
    assert [node["name"] for node in data_in(stepper(odd()))["nodes"][:4]] == [ODD[0], ODD[1], "t1", ODD[2]]


def test_without_scripts_it_shows_graph_and_gradients():
    text = str(page_of_exercise_1())
    assert text.count("<svg") == 3 == text.count("<svg hidden") + 1 and '<details id="all" open>' in text
    for name, grad in {"w1": "−0.5379", "b1": "−0.2689", "w2": "−0.2689", "b2": "−0.2689"}.items():
        assert re.search(rf'<th scope="row">{name}</th><td>leaf</td><td>[\d.]+</td><td>{grad}</td>', text)
        assert re.search(rf'data-node="\d+".*>{name}<.*class="number grad"[^>]*>{grad}<', text)


def test_saving_and_notebooks(tmp_path):
    page = page_of_exercise_1()
    assert page.save(tmp_path / "step.html").read_text(encoding="utf-8") == str(page)
    with pytest.raises(ValueError, match=r"the name ends in \.html"):
        page.save(tmp_path / "step.png")
    bundle = page._repr_mimebundle_()
    shown = "<Page 'L, forward and backward': 29 steps, 13 forward, 13 backward and 1 update>"
    assert bundle["text/plain"] == shown
    assert bundle["text/html"].startswith("<iframe") and "<script" not in bundle["text/html"]
    assert repr(stepper(arrays(), title="A")) == "<Page 'A': 8 steps, 3 forward and 3 backward>"


def test_what_it_refuses():
    x = Value(1.0, name="x")
    for _ in range(1000):
        x = x + 1
    with pytest.raises(ValueError, match="this graph has 1,001 nodes; a stepper shows at most 1,000"):
        stepper(x)
    with pytest.raises(ValueError, match=r"has shape \(2,\): a backward pass begins at a single number"):
        stepper(Tensor([1.0, 2.0], name="v"))
    with pytest.raises(TypeError, match=r"not that of 3\.0"):
        stepper(3.0)
    root = diamond()
    with pytest.raises(TypeError, match=r"names= and wrt= are for a graph; frames have their names from frame\(loss"):
        stepper([record(root)], names={"root": root})
    with pytest.raises(ValueError, match=r"wrt: x = .* is no part of this graph"):
        stepper(root, wrt=order(x)[0])
    with pytest.raises(ValueError, match=r"wrt: c = 4\.0 is computed, so an update cannot change it; give leaves"):
        stepper(root, wrt=[root])


def test_levels_differ_and_have_an_order():
    assert [view.key for view in page_of_exercise_1().views] == ["op", "result", "module"]
    views = stepper(network()).views
    assert [view.key for view in views] == ["op", "result", "neuron", "layer", "module"]
    for view in views:
        place = {box.id: i for i, box in enumerate(view.folded.boxes)}
        assert all(place[link.source] < place[link.target] for link in view.folded.links)
    assert [view.key for view in stepper(circular()).views] == ["op"]


def test_sigmoid_and_cross_entropy_as_one_box_have_the_derivative_of_the_textbook():
    z, y = Value(1.0, name="z2"), 1.0
    with autograd.scope("loss"):
        a = z.sigmoid()
        L = -(y * np.log(a) + (1 - y) * np.log(1 - a))
    folded = stepper(L, {"a2": a, "L": L}).views[1]
    assert folded.texts[folded.folded.boxes[-1].id] == {0: "a2 - 1"}
    (loss,) = [box for box in page_of_exercise_1().views[1].folded.boxes if box.name == "BCE loss"]
    assert page_of_exercise_1().views[1].texts[loss.id] == {10: "-1 / a2"}
    assert stepper(-(z * 2.0)).views[0].texts == {}


# With a browser ---------------------------------------------------------------------------------------------------

STEP = "Number(document.body.dataset.step)"
LAST = "document.getElementById('slider').max"

# Every step of every level, forward and back again: what is shown, and what moved that should not have.
WALK = """() => {
    const $ = (id) => document.getElementById(id), level = $("level");
    const shown = () => $("panel").innerText + $("graph").querySelector("svg:not([hidden])").textContent;
    const buttons = [...document.querySelectorAll("#controls button")];
    const place = () => JSON.stringify(buttons.map((x) => x.getBoundingClientRect()));
    const inside = () => {
        const now = document.querySelector("svg:not([hidden]) .now"), b = $("graph").getBoundingClientRect();
        const a = now && now.getBoundingClientRect();
        return !now || (a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom);
    };
    const top = place();
    return [...level.options].map((option) => {
        level.value = option.value;
        level.dispatchEvent(new Event("change"));
        $("first").click();
        const steps = [];
        for (;;) {
            const rows = [...document.querySelectorAll("#panel tbody tr")].filter((tr) => tr.dataset.to).map((tr) =>
                [Number(tr.dataset.to), tr.querySelector(".given b").textContent, tr.innerText]);
            steps.push({ phase: $("phase").textContent, heading: $("panel").querySelector("h2").textContent, rows,
                         shown: shown(), inside: inside(), still: place() === top && scrollY === 0 });
            if ($("step").disabled) break;
            $("step").click();
        }
        const back = [];
        for (let k = steps.length - 2; k >= 0; k--) {
            $("back").click();
            back.push(shown() === steps[k].shown);
        }
        return { view: option.value, steps, back };
    });
}"""


def read(text):
    return float(text.replace("−", "-"))


def operands(run, members):
    """What the ops among ``members`` hand gradients to: their own operands; of a fold those outside, and its leaves."""
    kinds = [step.kind for step in run.nodes]
    found = [(edge.source, edge.target) for edge in run.edges if edge.target in members]
    if len(members) == 1:
        return [source for source, _ in found if kinds[source] != "constant"]
    used_outside = {edge.source for edge in run.edges if edge.target not in members}
    kept = [s for s, _ in found if s not in members or kinds[s] == "leaf" or s in used_outside]
    return sorted({source for source in kept if kinds[source] != "constant"})


@pytest.mark.slow
@pytest.mark.parametrize("root", [exercise_1()["L"], network(), twice_used(), diamond()])
def test_every_step_of_every_level(show, root):
    page = stepper(root, digits=12)
    for seen, view in zip(show(page).evaluate(WALK), page.views, strict=True):
        assert seen["view"] == view.key
        steps = seen["steps"]
        assert all(seen["back"]) and all(step["inside"] and step["still"] for step in steps)
        boxes = [box for box in view.folded.boxes if any(page.run.nodes[i].kind == "op" for i in box.members)]
        assert [step["phase"] for step in steps] == (
            ["start", *["forward →"] * len(boxes), "← backward", *["← backward"] * len(boxes), "update"]
        )
        sums = {page.run.root: 1.0}
        for box, step in zip(reversed(boxes), steps[len(boxes) + 2 : -1], strict=True):
            assert sorted(to for to, _, _ in step["rows"]) == sorted(operands(page.run, box.members))
            for to, contribution, text in step["rows"]:
                assert ("accumulated" in text) == (to in sums)
                sums[to] = sums.get(to, 0.0) + read(contribution)
        assert set(sums) >= {step.id for step in page.run.nodes if step.kind == "leaf"}
        for i, total in sums.items():
            assert total == pytest.approx(page.run.gradients[i], abs=1e-9)


@pytest.mark.slow
def test_exercise_1_at_all_levels(show):
    page = page_of_exercise_1()
    levels = show(page).evaluate(WALK)
    for level in levels:
        got = {page.run.nodes[to].name: text for step in level["steps"] for to, _, text in step["rows"]}
        for name, grad in {"w1": "−0.5379", "w2": "−0.2689", "b1": "−0.2689", "b2": "−0.2689", "a2": "−1.3679"}.items():
            assert re.search(rf"= {grad}(accumulated)?$", got[name])
    (a2,) = [row for step in levels[0]["steps"] if "through a2" in step["heading"] for row in step["rows"]]
    assert re.search(r"z2\s+−1\.3679\s+×\s+∂a2/∂z2 = .* = 0\.1966\s+=\s+−0\.2689", a2[2])
    (loss,) = [
        row for step in levels[2]["steps"] if "Backward through BCE loss" in step["heading"] for row in step["rows"]
    ]
    assert re.search(r"a2\s+1\s+×\s+∂L/∂a2 through BCE loss = -1 / a2 = −1\.3679\s+=\s+−1\.3679", loss[2])


@pytest.mark.slow
def test_keys_and_links(show):
    tab = show(page_of_exercise_1(), after="#step=999&view=op")
    assert tab.evaluate(STEP) == 28
    for key, step in {"Home": 0, "b": 14, "ArrowRight": 15, "ArrowLeft": 14, "End": 28}.items():
        tab.keyboard.press(key)
        assert tab.evaluate(STEP) == step
    tab.focus("#slider")
    tab.keyboard.press("ArrowLeft")
    assert tab.evaluate(STEP) == 27 and tab.evaluate("location.hash") == "#step=27&view=op"
    tab.focus("#step")
    tab.keyboard.press("Space")
    assert tab.evaluate(STEP) == 28
    tab.keyboard.press("Home")
    tab.focus("svg .node[role=button]:has-text('w1')")
    tab.keyboard.press("Enter")
    assert tab.inner_text("#panel h2").startswith("Forward: t1 = w1 * 2")
    tab.keyboard.press("b")
    tab.click("svg .node:has-text('a2')")
    assert tab.inner_text("#panel h2").startswith("Backward through a2")
    tab.keyboard.press("3")  # the same place at another level
    assert tab.evaluate("location.hash") == "#step=6&view=module"
    assert tab.inner_text("#panel h2").startswith("Backward through output neuron")
    tab.focus("#level")
    tab.keyboard.press("Home")
    assert tab.evaluate(STEP) == 22 and tab.input_value("#level") == "op"
    tab.evaluate("location.hash = 'step=3&view=result'")
    tab.locator("body[data-step='3']").wait_for()
    assert tab.input_value("#level") == "result" and tab.locator("svg:visible").count() == 1
    tab.evaluate("document.activeElement.blur()")
    tab.keyboard.press("End")
    tab.keyboard.press("Space")  # plays, from the start
    assert tab.inner_text("#play").endswith("pause") and tab.evaluate(STEP) == 0


@pytest.mark.slow
def test_zoom(show):
    tab = show(page_of_exercise_1())
    width = "document.querySelector('svg:not([hidden])').getBoundingClientRect().width"
    natural = tab.evaluate(width)
    tab.keyboard.press("+")
    assert tab.evaluate(width) == pytest.approx(1.25 * natural, rel=1e-3) and tab.inner_text("#zoom") == "125 %"
    tab.click("#fit")
    assert tab.evaluate(width) < 1362 and tab.get_attribute("#fit", "aria-pressed") == "true"
    tab.click("#zoom")
    assert tab.evaluate(width) == natural


@pytest.mark.slow
def test_repeated_operands_and_wrong_ways(show):
    a = Value(3.0, name="a")
    tab = show(stepper(a * a), after="#step=3")
    assert tab.locator("svg .link").count() == tab.locator("svg .chip").count() == 2
    assert "3 + 3 = 6" in tab.locator("#panel tbody tr").nth(1).inner_text()
    assert "accumulated" in tab.locator("#panel tbody tr").nth(1).inner_text()
    tab.check("#overwrite")
    assert "right 6" in tab.inner_text("#panel") and tab.locator("svg .mark").count() == 1
    tab = show(stepper(diamond()), after="#step=5")
    tab.check("#hasty")
    tab.click("#jump")
    for _ in range(3):
        tab.keyboard.press("ArrowRight")
    assert "∂c/∂a = 2, right 4" in tab.inner_text("#panel")
    tab = show(stepper(twice_used()), after="#step=99")
    tab.check("#hasty")
    tab.keyboard.press("ArrowLeft")
    assert "wrong" in tab.inner_text("#panel")
    tab.uncheck("#hasty")
    tab.keyboard.press("End")
    tab.keyboard.press("ArrowLeft")
    assert "every gradient is complete" in tab.inner_text("#panel")


@pytest.mark.slow
def test_a_difference_is_one_node_with_its_operands_in_order(show):
    tab = show(stepper(Value(3.0, name="x") - Value(5.0, name="y")), after="#step=1")
    assert tab.locator("svg .node").count() == 3
    assert tab.locator("#panel tbody th").all_inner_texts() == ["x", "y"]


@pytest.mark.slow
@pytest.mark.parametrize("level", ["op", "module"])
def test_quiz(show, level):
    tab = show(page_of_exercise_1(), after=f"#view={level}&quiz")
    tab.keyboard.press("b")
    while not re.search("through (a2|output neuron)", tab.inner_text("#panel h2")):
        tab.click("#step")
    questions = tab.locator("#panel tbody input").count()
    assert "−0.2689" not in tab.inner_text("#panel")
    tab.fill("#panel input >> nth=0", "5")
    tab.press("#panel input >> nth=0", "Enter")
    assert "not yet" in tab.inner_text("#panel")
    tab.fill("#panel input >> nth=0", "-0.27")
    tab.press("#panel input >> nth=0", "Enter")
    assert "−0.2689" in tab.inner_text("#panel") and tab.inner_text("#score") == "score 0 / 1"
    for _ in range(questions - 1):
        tab.fill("#panel input >> nth=0", "−0,2689")
        tab.press("#panel input >> nth=0", "Enter")
    assert tab.inner_text("#score") == f"score {questions - 1} / {questions}"


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1400, 760), (420, 800)])
def test_sizes_and_themes(show, hindrances, theme, size):
    tab = show(page_of_exercise_1(), *size, after="#step=17", color_scheme=theme, bypass_csp=True)
    small = """(() => {
        const svg = document.querySelector("svg:not([hidden])"), box = svg.getBoundingClientRect();
        const zoom = (x) => (x.ownerSVGElement ? box.width / svg.viewBox.baseVal.width : 1);
        const seen = [...document.querySelectorAll("svg text, main *, header *")].filter((x) => x.checkVisibility());
        return Math.min(...seen.map((x) => parseFloat(getComputedStyle(x).fontSize) * zoom(x)));
    })()"""
    states = {
        "backward": [], "quiz": ["quiz"], "folded": ["quiz", "level"], "start": ["first"], "all": ["all", "words"],
        "wrong": ["hasty", "overwrite"], "update": ["last"],
    }  # fmt: skip
    for state, clicks in states.items():
        for x in clicks:
            if x == "level":
                tab.select_option("#level", "module")
            else:
                tab.click(f"#{x} summary" if x in ("all", "words") else f"#{x}")
        assert tab.evaluate("document.scrollingElement.scrollWidth") <= size[0], state
        assert tab.evaluate(small) >= 11, state
        assert tab.evaluate("document.getAnimations().length") == 0, state
        if (size[0] == 420) == (state in ("wrong", "all")):
            assert hindrances(tab) == [], state
    before = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    tab.click("#theme")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != before


@pytest.mark.slow
def test_motion_only_where_it_is_wanted(show):
    page = page_of_exercise_1()
    assert show(page, after="#step=17", reduced_motion="no-preference").evaluate("document.getAnimations().length") > 0
    assert show(page, after="#step=17").evaluate("document.getAnimations().length") == 0


@pytest.mark.slow
def test_without_javascript(show):
    tab = show(page_of_exercise_1(), java_script_enabled=False)
    assert tab.locator("svg:visible").count() == 1
    assert not tab.locator("#step").is_visible()
    assert "−0.5379" in tab.inner_text("#all") and "−0.5379" in tab.text_content("svg >> nth=0")


@pytest.mark.slow
@pytest.mark.parametrize("root", [odd(), arrays()])
def test_other_graphs_work(show, root):
    page = stepper(root)
    tab = show(page)
    text = tab.text_content("#graph svg")
    assert all(step.name in text for step in page.run.nodes)
    while "every gradient is complete" not in tab.inner_text("#panel"):
        assert tab.is_enabled("#step")
        tab.keyboard.press("ArrowRight")


@pytest.mark.slow
def test_modules_of_arrays(show):
    X, W, b = Tensor([[1.0, -2.0]], name="X"), Parameter([[0.5], [-1.0]], name="W"), Parameter([0.5], name="b")
    with autograd.scope("layer"):
        h = (X @ W + b).tanh()
    page = stepper((h * h).sum())
    levels = show(page).evaluate(WALK)
    assert [level["view"] for level in levels] == ["op", "module"]
    (step,) = [step for step in levels[1]["steps"] if "Backward through layer" in step["heading"]]
    assert {page.run.nodes[to].name for to, _, _ in step["rows"]} == {"X", "W", "b"}
    assert all("through" in text for _, _, text in step["rows"])


@pytest.mark.slow
def test_several_in_one_notebook(show):
    """As nbconvert does: the HTML of each output, one after the other."""

    class Notebook:
        def save(self, path):
            outputs = [page_of_exercise_1(), stepper(diamond()), graph(diamond()), graph(exercise_1()["L"])]
            html = "\n".join(f"<div>{output._repr_mimebundle_()['text/html']}</div>" for output in outputs)
            path.write_text(f"<!doctype html><html lang='en'><title>n</title>{html}</html>", encoding="utf-8")
            return path

    tab = show(Notebook(), 1400, 1600)
    assert (
        tab.evaluate("(ids => ids.length - new Set(ids).size)([...document.querySelectorAll('[id]')].map(x => x.id))")
        == 0
    )
    first, second = (frame for frame in tab.frames if frame is not tab.main_frame)
    second.wait_for_selector("#step:not([disabled])")
    for _ in range(3):
        first.click("#step")
    second.click("#last")
    assert first.evaluate(STEP) == 3 and second.evaluate(STEP) == 6


def large():
    """A thousand nodes: a network of 12 and 12 neurons on one sample, and a loss that goes on."""
    model = nn.MLP(3, [12, 12, 1], rng=np.random.default_rng(0))
    loss = (model([Value(0.5), Value(-1.0), Value(2.0)]) - 1.0) ** 2
    while (n := len(order(loss))) < 1000:
        loss = loss * 1.0 if n < 900 else loss.tanh()
    return loss


@pytest.mark.slow
def test_a_thousand_nodes(show, tmp_path):
    page = stepper(large())
    tab = show(page)
    assert (tmp_path / "page0.html").stat().st_size < 1_500_000
    times = tab.evaluate("""async () => {
        const slider = document.getElementById("slider"), times = [];
        for (let k = 0; k < 40; k++) {
            slider.value = Math.floor((k * slider.max) / 40);
            slider.dispatchEvent(new Event("input"));
            const begun = performance.now();
            document.getElementById("step").click();
            document.body.getBoundingClientRect();  // lays it out
            times.push(performance.now() - begun);
            await new Promise(requestAnimationFrame);
        }
        return times;
    }""")
    assert np.median(times) < 100, f"median {np.median(times):.0f} ms"
    assert len(page.views) > 2
