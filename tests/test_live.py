"""The page computes anew what a reader changes: as Python would, because it has the table's own rows."""

import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest
from test_page import page_of_exercise_1

import autograd
from autograd import Parameter, Tensor, Value, ops
from autograd.node import on_numbers, order
from autograd.op import Op, apply
from autograd.ops import gammas, special
from autograd.ops.arithmetic import cut, select
from autograd.viz import stepper
from autograd.viz.javascript import NotPrintable, functions

HELPERS = Path(autograd.__file__).parent / "viz" / "script" / "functions.js"
SPECIAL = [vars(ops)[name] for module in (special, gammas) for name in module.__all__]  # no page computes these
ROWS = [
    (op, ())
    for op in ops.table()
    if op.elementwise and op.prepare is None and op.result == "same" and op not in SPECIAL
] + [
    (ops.rint, (0,)), (ops.rint, (2,)), (ops.rint, (-1,)), (ops.leaky_relu, (0.1,)), (ops.elu, (1.5,)),
    (select, (True,)), (select, (False,)), (cut, (-0.5, 1.0)), (ops.sigmoid_cross_entropy, (np.array(1.0),)),
]  # fmt: skip
EDGES = [0.0, 1.0, -1.0, 0.5, 2.5, -8.0, math.inf, -math.inf, math.nan]
MORE_EDGES = [-0.0, -0.5, 1 / 3, 3.0, 4.5, 1e-9, 30.0, -40.0, 800.0, -800.0, 1e200, 1e-200]


def points(op):
    """Operands at the edges, and some drawn from the row's domain."""
    n = len(op.vjps)
    if op.name == "fixed_power":
        return [(a, b) for a in EDGES + MORE_EDGES for b in (1, 2, 3, 7)]
    rng = np.random.default_rng(1)
    drawn = [tuple(float(rng.uniform(*ends)) for ends in (op.domain * n)[:n]) for _ in range(20)]
    return [*itertools.product(EDGES if n > 1 else EDGES + MORE_EDGES, repeat=n), *drawn]


def by_python(op, xs, params, g):
    """The result, and what each rule makes of the gradient ``g``; None where there is no rule."""
    with np.errstate(all="ignore"):
        y = apply(op, tuple(map(Value, xs)), params).data
        sent = [None if rule is None else on_numbers(rule, g, (y, *xs, *params)) for rule in op.vjps]
    return [y, *(c if c is None else float(np.sum(c)) for c in sent)]


def same(a, b):
    if a is None or b is None:
        return a is b
    return a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= 1e-12 * max(1.0, abs(a))


@pytest.mark.slow
def test_every_row_of_numbers_gives_in_javascript_what_it_gives_in_python(show):
    cases = [(i, g, *xs) for i, (op, _) in enumerate(ROWS) for xs in points(op) for g in (-0.7, 0.0)]
    script = f"""(cases) => {{
        {HELPERS.read_text(encoding="utf-8")}
        const ROWS = [{",".join(functions(op, len(op.vjps), params) for op, params in ROWS)}];
        return cases.map(([row, g, ...xs]) => {{
            const [forward, ...rules] = ROWS[row], y = forward(...xs);
            return [y, ...rules.map((rule) => rule && rule(g, y, ...xs))];
        }});
    }}"""
    found = show(page_of_exercise_1()).evaluate(script, cases)
    for (i, g, *xs), got in zip(cases, found, strict=True):
        op, params = ROWS[i]
        expected = by_python(op, xs, params, g)
        assert all(map(same, expected, got)), f"{op} {params} at {xs}, g = {g}: {expected} in Python, {got} in the page"


# Random graphs ----------------------------------------------------------------------------------------------------

STEPS = [
    lambda a, b: a + b, lambda a, b: 2 - a - b, lambda a, b: a * b, lambda a, b: a / (2 + b * b),
    lambda a, b: -a * 0.5, lambda a, b: a**3 / 4, lambda a, b: (1 + a * a) ** np.sin(b),
    np.maximum, lambda a, b: a.relu() - b.sigmoid(), lambda a, b: np.minimum(a, 0.3) * b,
    lambda a, b: np.clip(a, -0.5, 0.5) + b,
    lambda a, b: np.exp(np.sin(a + b)), lambda a, b: np.log(2 + a * a) * b, lambda a, b: np.sqrt(1 + a * a) - b,
    lambda a, b: np.tanh(a) * abs(b), lambda a, b: np.arctan2(a, 1 + b * b), np.logaddexp,
    lambda a, b: ops.softplus(a) - ops.log_sigmoid(b), lambda a, b: ops.gelu(a) + ops.erf(b),
    lambda a, b: ops.elu(a) * ops.leaky_relu(b, slope=0.2), lambda a, b: np.arcsin(0.9 * np.sin(a)) - np.arctan(b),
    lambda a, b: np.log1p(a * a) + np.expm1(np.cos(b)), lambda a, b: np.arcsinh(a) * np.cosh(np.tanh(b)),
    lambda a, b: ops.xlogy(a, 1 + b * b), lambda a, b: np.square(a) - np.round(b, 1),
    lambda a, b: np.where(True, a, b) + b,
    lambda a, b: np.log(a) * 0.1 + b, lambda a, b: a / b, lambda a, b: np.exp2(np.sin(a)) - np.floor(b),
]  # fmt: skip


def program(rng):
    """A function of three leaves that does 12 random steps."""
    chosen = [(STEPS[rng.integers(len(STEPS))], *rng.integers(0, 6, 2)) for _ in range(12)]

    def root(leaves):
        nodes = [x * 1.0 for x in leaves]
        for step, i, j in chosen:
            nodes.append(step(nodes[-1 - i % len(nodes)], nodes[-1 - j % len(nodes)]))
        return sum(nodes[-4:], sum(leaves))

    return root


# Types values into the fields of the table one after the other; what the table shows after each.
EDIT = """(edits) => edits.map(([name, text]) => {
    const field = document.querySelector(`#all [aria-label="value of ${name}"]`);
    field.value = text;
    field.dispatchEvent(new Event("change"));
    return [...document.querySelectorAll("#all tbody tr")].map((tr) => {
        const [, value, grad] = tr.querySelectorAll("td"), input = value.querySelector("input");
        return [tr.querySelector("th").textContent, input ? input.value : value.textContent, grad.textContent];
    });
})"""


def read(text):
    return float(text.replace("−", "-"))


def run(root, data):
    """The leaves and the result with the gradients of all nodes."""
    with np.errstate(all="ignore"):
        y = root([Value(x, name=name) for x, name in zip(data, "abc", strict=True)])
        y.backward()
    return y


@pytest.mark.slow
def test_edits_in_the_page_are_runs_of_python(show):
    """200 random edits over 20 random graphs: values and gradients of all nodes as those of a new run."""
    rng = np.random.default_rng(4)
    finite = 0
    for _ in range(20):
        root, data = program(rng), [float(x) for x in rng.normal(size=3)]
        places = [int(i) for i in rng.integers(3, size=10)]
        new = [float(rng.choice([rng.normal(), rng.normal(scale=3), 0.0, 1.0, -1.0])) for _ in places]
        tab = show(stepper(run(root, data), digits=15))
        pages = tab.evaluate(EDIT, [("abc"[i], repr(x)) for i, x in zip(places, new, strict=True)])
        for i, x, shown in zip(places, new, pages, strict=True):
            data[i] = x
            y = run(root, data)
            nodes = sorted((node for node in order(y) if not node.is_constant), key=lambda node: node.op is not None)
            for node, (name, value, grad) in zip(nodes, shown, strict=True):
                assert same(node.data, read(value)), f"{name} with {data}: {node.data}, in the page {value}"
                assert same(node.grad, read(grad)), f"gradient of {name} with {data}: {node.grad}, in the page {grad}"
            finite += math.isfinite(y.data)
    assert finite > 100


# Controls ---------------------------------------------------------------------------------------------------------


def unit():
    """From "Neural Networks Solutions - Module 02", exercise 1: one sigmoid unit."""
    w, b = Value(0.5, name="w"), Value(0.3, name="b")
    a = (w * 2.0 + b).sigmoid()
    a.name = "a"
    loss = -np.log(a)
    loss.name = "L"
    return loss


@pytest.mark.slow
def test_an_update_is_the_one_of_the_document(show):
    tab = show(stepper(unit(), digits=6), after="#step=999")
    assert tab.inner_text("#after") == "L: 0.241008 → 0.21902"
    tab.click("#update")
    assert tab.evaluate("document.body.dataset.step") == "0"
    assert "After 1 update: L = 0.241008 → 0.21902" in tab.inner_text("#panel")
    assert float(tab.input_value("#panel [aria-label='value of w']")) == pytest.approx(0.5428330033914883, rel=1e-14)
    assert float(tab.input_value("#panel [aria-label='value of b']")) == pytest.approx(0.32141650169574415, rel=1e-14)
    tab.keyboard.press("End")
    tab.fill("#rate", "0,5")
    tab.press("#rate", "Enter")
    tab.uncheck("[data-update='0']")  # w
    assert "stays 0.542833" in tab.inner_text("#panel")
    tab.click("#update")
    assert "After 2 updates: L = 0.241008 → 0.21902 → " in tab.inner_text("#panel")
    assert float(tab.input_value("#panel [aria-label='value of w']")) == pytest.approx(0.5428330033914883, rel=1e-14)
    tab.click("#reset")
    assert tab.input_value("#panel [aria-label='value of w']") == "0.5"
    assert "update" not in tab.inner_text("#panel") and not tab.is_visible("#reset")


def test_an_update_is_of_all_leaves_or_of_those_asked_for():
    loss = unit()
    w, b = (node for node in order(loss) if node.op is None)
    assert [stepper(loss, wrt=wrt).live.update for wrt in (None, b, [w], [])] == [[0, 3], [3], [0], []]
    W, x = Parameter([[1.0]], name="W"), Tensor([[2.0]], name="x")
    page = stepper((x @ W).sum())
    assert [page.run.nodes[i].name for i in page.live.update] == ["W"]


@pytest.mark.slow
@pytest.mark.parametrize("level", ["op", "module"])
def test_an_edit_changes_all_that_is_shown(show, level):
    tab = show(page_of_exercise_1(), after=f"#view={level}")
    tab.fill("#panel [aria-label='value of w2']", "−2")
    tab.press("#panel [aria-label='value of w2']", "Enter")
    assert tab.inner_text("#said") == "w2 is now −2: L = 2.1269"  # log(1 + exp(2))
    assert "was 1" in tab.inner_text("#panel")
    tab.keyboard.press("b")
    tab.click("#step")
    if level == "op":
        tab.click("svg:not([hidden]) .node:has-text('a2')")
    assert "0.1192" in tab.text_content("svg:not([hidden])")  # sigmoid(-2)
    assert re.search(r"∂(a2|L)/∂(z2|a2) .*= (0\.105|−8\.3891)", tab.inner_text("#panel tbody"))
    tab.click("#words summary")
    tab.wait_for_selector("#text:has-text('2.1269')")
    tab.click("#all summary")
    gradients = tab.locator("#all tbody tr").evaluate_all("rows => rows.map(r => r.cells[3].textContent)")
    differences = tab.locator("#all tbody tr").evaluate_all("rows => rows.map(r => r.cells[4].textContent)")
    assert gradients[:4] == differences[:4] == ["−0.8808", "3.5232", "1.7616", "−0.8808"]
    tab.click("#reset")
    assert tab.inner_text("#said") == "All values as they were: L = 0.3133"


@pytest.mark.slow
def test_a_number_in_the_picture_can_be_typed_over(show):
    tab = show(page_of_exercise_1())
    tab.click("svg .node:has-text('w1') .value.number")
    tab.keyboard.type("what")
    tab.keyboard.press("Enter")
    assert tab.get_attribute("input.over", "aria-invalid") is not None
    tab.fill("input.over", "0.25")
    tab.keyboard.press("Enter")
    assert tab.locator("input.over").count() == 0 and tab.inner_text("#said").startswith("w1 is now 0.25")
    tab.keyboard.press("e")  # the box has the focus again
    tab.keyboard.press("Escape")
    assert tab.locator("input.over").count() == 0 and "0.25" in tab.text_content("svg .node:has-text('w1')")


def opaque():
    """An op of a user's whose forward is none of NumPy's functions."""
    halves = Op("halves", lambda x: float(x) / 2, (lambda g, y, x: g / 2,))
    return halves(Value(3.0, name="x")) + 1.0


def untrue():
    """A forward that its scalar form contradicts."""
    twice = Op("twice", lambda x: x * 3, (lambda g, y, x: g * 2,), scalar=lambda x: x * 2)
    return twice(Value(3.0, name="x")) + 1.0


@pytest.mark.slow
@pytest.mark.parametrize(("root", "reason"), [
    (opaque(), "the forward of halves is no expression of NumPy's functions and other ops"),
    (untrue(), "computed anew here, t1 = twice(x) does not give what was recorded"),
    (Tensor([1.0, 2.0], name="v").sum(), "it computes with arrays; a page computes with single numbers"),
])  # fmt: skip
def test_where_nothing_can_be_edited_the_page_says_why(show, root, reason):
    tab = show(stepper(root))
    assert f"Values cannot be edited here: {reason}" in tab.inner_text("#panel")
    assert tab.locator("input[data-leaf]").count() == 0
    tab.keyboard.press("End")
    assert "every gradient is complete" in tab.inner_text("#panel")


def test_what_cannot_be_printed():
    with pytest.raises(NotPrintable, match="the forward of matmul is no expression"):
        functions(ops.matmul, 2)
    branch = Op("branch", np.positive, (lambda g, y, x: g if x > 0 else -g,))
    with pytest.raises(NotPrintable, match=r"the rule of branch .*a branch on a number that is not known yet"):
        functions(branch, 1)
    with pytest.raises(NotPrintable, match=r"the forward of where .*an array of shape \(2,\)"):
        functions(select, 2, (np.array([True, False]),))
