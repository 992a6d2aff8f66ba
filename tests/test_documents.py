"""Every number worked out in the documents, computed through the engine.

``documents.json`` holds the inputs and the exact results of each worked example. Here each has a function
that takes the inputs and computes the results the way the document does, in plain NumPy code. It runs twice:
on ``Tensor``, and on ``Value`` (where an array becomes an object array of Values).
Read next: ``closed_forms.py``, the same derivations for networks of any size.
"""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from autograd import Tensor, Value, grad, jacobian, ops
from nn import schedules

ITEMS = {item["id"]: item for item in json.loads(Path(__file__).with_name("documents.json").read_text())["items"]}


def values(numbers):
    """Return a Value for a number, an object array of Values for an array."""
    array = np.asarray(numbers, dtype=float)
    nodes = np.array([Value(x) for x in array.flat], dtype=object)
    return nodes.reshape(array.shape) if array.ndim else nodes[0]


def tensors(numbers):
    return Tensor(np.asarray(numbers, dtype=float))


LEAVES = {"Value": values, "Tensor": tensors}


def number(x):
    """Return the plain numbers of whatever a function below computed."""
    if isinstance(x, (Value, Tensor)):
        return x.data
    if isinstance(x, (list, np.ndarray)) and np.ndim(x):
        return np.array([number(entry) for entry in x], dtype=float)
    return x


def gradient(x):
    """Return .grad as plain numbers; what the result does not depend on has none, which means 0."""
    if isinstance(x, np.ndarray):
        return np.array([gradient(entry) for entry in x], dtype=float)
    return 0.0 if x.grad is None else x.grad


# --- the documents' building blocks, as they write them -----------------------------------------------------


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    powers = np.exp(z - np.max(z))
    return powers / np.sum(powers)


def bce(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def cross_entropy(y, p, guard=0.0):
    return -np.sum(y * np.log(p + guard))


def layers(x, W1, b1, W2, b2):
    z1 = x @ W1 + b1
    a1 = np.maximum(0, z1)
    return z1, a1, a1 @ W2 + b2


# --- Chapter 3: Neural Networks -----------------------------------------------------------------------------


def parameter_count(leaf, layer_sizes):
    pairs = list(itertools.pairwise(layer_sizes))
    weights = [leaf(np.zeros((d_out, d_in))) for d_in, d_out in pairs]
    biases = [leaf(np.zeros((d_out, 1))) for _, d_out in pairs]
    a = np.ones((layer_sizes[0], 1))
    for W, b in zip(weights, biases, strict=True):
        a = np.tanh(W @ a + b)
    np.sum(a).backward()  # "every gradient ... in one backward pass": count them
    total = sum(p.grad.size for p in [*weights, *biases])
    return {f"W{l}": W.grad.size for l, W in enumerate(weights, start=1)} | {"total": total}


def relu_of_five(leaf, z1):
    return {"a1": np.maximum(0, leaf(z1))}


def mnist_softmax(leaf, z3, label, printed):
    z = leaf(z3)
    y_hat = softmax(z)
    loss = -np.log(y_hat[label])
    loss.backward()
    return {
        "exp_sum": np.sum(np.exp(z)),
        "y_hat": y_hat,
        "sum_of_printed": np.sum(leaf(printed)),
        "p7_percent": 100 * y_hat[label],
        "loss": loss,
        "minus_log_of_printed": -np.log(leaf(printed)[label]),
        "delta3": gradient(z),
    }


def mnist_outer_product(leaf, z3, label, a2):
    W3, b3 = leaf(np.zeros((len(z3), len(a2)))), leaf(z3)  # so that W3 a2 + b3 are the printed logits
    cross_entropy(np.eye(len(z3))[label], softmax(W3 @ np.array(a2) + b3)).backward()
    return {"dW3": gradient(W3), "db3": gradient(b3)}


def ten_sigmoids(leaf):
    x = z = leaf(0.0)
    for _ in range(10):
        z = sigmoid(z) - 0.5  # back to 0, where the next one is steepest
    z.backward()
    return {"value": gradient(x)}


def steepest_sigmoid(leaf):
    x = leaf(0.0)
    sigmoid(x).backward()
    return {"value": gradient(x)}


def two_neurons(leaf, *, x, w1, b1, w2, b2, y):
    w1, b1, w2, b2 = map(leaf, (w1, b1, w2, b2))
    z1 = w1 * x + b1
    a1 = np.maximum(0, z1)
    z2 = w2 * a1 + b2
    a2 = sigmoid(z2)
    loss = bce(y, a2)
    loss.backward()
    gradients = {"dw1": w1, "db1": b1, "dw2": w2, "db2": b2, "delta1": z1, "delta2": z2}
    forward = {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "loss": loss}
    return forward | {name: gradient(node) for name, node in gradients.items()}


def momentum(leaf, theta, lr, beta, v0):
    network = {"x": 2, "y": 1}
    theta, v, steps = np.array(theta, dtype=float), v0, []
    for _ in range(3):
        results = two_neurons(leaf, **network, **dict(zip(["w1", "b1", "w2", "b2"], theta, strict=True)))
        v = beta * v + (1 - beta) * np.array([results[name] for name in ["dw1", "db1", "dw2", "db2"]])
        theta = theta - lr * v
        steps.append({"v": v, "theta": theta})
    return {"steps": steps}


def xor_sample(leaf, p, y):
    y = np.array(y)
    return {"loss": np.mean(bce(y, leaf(p))), "loss_if_all_half": np.mean(bce(y, leaf([0.5] * 4)))}


# --- Neural Networks Solutions - Module 6 -------------------------------------------------------------------


def weighted_sum(leaf, x, w, b):
    return {"z": np.dot(leaf(w), np.array(x)) + b}


def sigmoid_step_by_step(leaf, z):
    z = leaf(z)
    return {"exp": np.exp(-z), "denominator": 1 + np.exp(-z), "sigmoid": sigmoid(z)}


def sigmoid_table(leaf, z):
    return {"sigmoid": sigmoid(leaf(z))}


def relu_neuron(leaf, w, b, x_a, x_b):
    w = leaf(w)
    z_a, z_b = w @ np.array(x_a) + b, w @ np.array(x_b) + b
    return {"z_a": z_a, "a_a": np.maximum(0, z_a), "z_b": z_b, "a_b": np.maximum(0, z_b)}


def curve(leaf, function, points):
    """Return a function at several points, and its derivative there."""
    z = leaf(points)
    y = function(z)
    np.sum(y).backward()
    return y, gradient(z)


def sigmoid_curve(leaf, z):
    y, slope = curve(leaf, sigmoid, z)
    return {"sigmoid": y, "derivative": slope}


def relu_curve(leaf, z):
    y, slope = curve(leaf, lambda z: np.maximum(0, z), z)
    return {"relu": y, "derivative": slope}


def tanh_curve(leaf, z):
    y, slope = curve(leaf, np.tanh, z)
    return {"tanh": y, "derivative": slope, "by_sigmoid": 2 * sigmoid(2 * leaf(z)) - 1}


def softmax_step_by_step(leaf, z):
    z = leaf(z)
    powers = np.exp(z)
    return {"exp": powers, "sum": np.sum(powers), "softmax": softmax(z), "total": np.sum(softmax(z))}


def softmax_scaled(leaf, z, scale):
    p = softmax(scale * leaf(z))
    return {"softmax": p, "max": np.max(p)}


def softmax_jacobian(leaf, z):
    z = leaf(z)
    p, rows = softmax(z), []
    for i in range(len(z)):
        fresh = leaf(number(z))
        softmax(fresh)[i].backward()
        rows.append(gradient(fresh))
    return {"softmax": p, "jacobian": np.array(rows)}


def two_layers(leaf, x, **parameters):
    z1, a1, z2 = layers(np.array(x), **{name: leaf(p) for name, p in parameters.items()})
    return {"z1": z1, "a1": a1, "z2": z2}


def two_layers_batch(leaf, X, **parameters):
    return {name.upper(): rows for name, rows in two_layers(leaf, X, **parameters).items()}


def output_gradient(leaf, y_hat, y, guard):
    y = np.array(y)
    z = leaf(np.log(y_hat))  # logits whose softmax is y_hat
    p = softmax(z)
    loss = cross_entropy(y, p)
    loss.backward()
    return {"loss": loss, "guarded_loss": cross_entropy(y, p, guard), "dL_dz": gradient(z)}


def hidden_layer(leaf, a1, dL_dz2, W2, z1):
    a1, W2, b2, z1 = map(leaf, (a1, W2, np.zeros(2), z1))
    np.sum((a1 @ W2 + b2) * np.array(dL_dz2)).backward()
    np.sum(np.maximum(0, z1) * gradient(a1)).backward()
    return {"dW2": gradient(W2), "db2": gradient(b2), "da1": gradient(a1), "dz1": gradient(z1)}


def complete_backprop(leaf, x, y, guard, **parameters):
    nodes = {name: leaf(p) for name, p in parameters.items()}
    y_hat = softmax(layers(np.array(x), **nodes)[-1])
    loss = cross_entropy(np.array(y), y_hat)
    loss.backward()
    forward = {"y_hat": y_hat, "loss": loss, "guarded_loss": cross_entropy(np.array(y), y_hat, guard)}
    return forward | {f"d{name}": gradient(node) for name, node in nodes.items()}


def guarded_backprop(leaf, x, y, guard, **parameters):
    nodes = {name: leaf(p) for name, p in parameters.items()}
    cross_entropy(np.array(y), softmax(layers(np.array(x), **nodes)[-1]), guard).backward()
    gradients = {f"d{name}": gradient(node) for name, node in nodes.items()}
    exact = complete_backprop(leaf, x, y, guard, **parameters)["db2"]
    difference = np.linalg.norm(exact - gradients["db2"])
    size = np.linalg.norm(exact) + np.linalg.norm(gradients["db2"])
    return gradients | {"relative_difference": difference / size}


def sgd_step(leaf, W, dW, lr):
    W = leaf(W)
    np.sum(W * np.array(dW)).backward()
    return {"step": lr * gradient(W), "W_new": number(W) - lr * gradient(W)}


def learning_rate_schedules(leaf, initial_lr, steps):
    rates = {
        "constant": schedules.constant(initial_lr),
        "step(0.5,100)": schedules.step(initial_lr, factor=0.5, every=100),
        "exponential(0.995)": schedules.exponential(initial_lr, decay=0.995),
        "cosine(T_max=300,eta_min=0)": schedules.cosine(initial_lr, total=300),
        "warmup(50)": schedules.warmup(initial_lr, steps=50),
    }
    return {name: [rate(step) for step in steps] for name, rate in rates.items()}


# --- Module 02: Backpropagation and Gradient Descent --------------------------------------------------------


def losses(leaf, y, p):
    y, p, p_sum = np.array(y), leaf(p), leaf(p)
    half = np.mean(0.5 * (y - p) ** 2)
    half.backward()
    np.sum(0.5 * (y - p_sum) ** 2).backward()
    return {
        "bce": np.mean(bce(y, p)),
        "mse_half": half,
        "mse": np.mean((y - p) ** 2),
        "dmse_half": gradient(p),
        "p_minus_y": gradient(p_sum),
    }


def one_prediction(leaf, y, p):
    p = leaf(p)
    return {"bce": bce(y, p), "mse_half": 0.5 * (y - p) ** 2}


def descend(leaf, f, *, x, lr, steps, limit=np.inf):
    """Return the points of gradient descent from x, and f there; stop once |x| > limit."""
    xs, fs = [], []
    for _ in range(steps + 1):
        node = leaf(x)
        y = f(node)
        y.backward()
        xs.append(x)
        fs.append(float(number(y)))
        if abs(x) > limit:
            break
        x = x - lr * float(node.grad)
    return xs, fs


def parabola_at_3(leaf, x0, lr, steps, limit):
    xs, fs = descend(leaf, lambda x: (x - 3) ** 2 + 1, x=x0, lr=lr, steps=steps, limit=limit)
    return {"x": xs, "f": fs}


def parabola_at_2(leaf, x0, lr, steps):
    xs, fs = descend(leaf, lambda x: x**2 - 4 * x + 7, x=x0, lr=lr, steps=steps)
    final = {"x_final": xs[-1], "f_final": fs[-1], "error": abs(xs[-1] - 2)}
    slope = grad(lambda x: x**2 - 4 * x + 7)
    minimum = -slope(0.0) / grad(slope)(0.0)  # Newton's step is exact on a parabola
    return {"x": xs, "f": fs} | final | {"analytic_min_x": minimum, "analytic_min_f": minimum**2 - 4 * minimum + 7}


def learning_rates(leaf, x0, lr, steps, limit):
    xs, fs = descend(leaf, lambda x: x**2 - 4 * x + 7, x=x0, lr=lr, steps=steps, limit=limit)
    near = [step for step, f in enumerate(fs) if abs(f - 3) < 0.01]
    return {"x": xs, "final_x": xs[-1], "final_f": fs[-1], "first_within": near[0] if near else None}


def column_network(x, W1, b1, W2, b2):
    z1 = W1 @ x + b1
    a1 = sigmoid(z1)
    z2 = W2 @ a1 + b2
    return {"z1": z1, "a1": a1, "z2": z2, "a2": sigmoid(z2)}


def manual_backprop(leaf, x, y, lr, **parameters):
    x, y = np.array(x), np.array(y)
    nodes = {name: leaf(p) for name, p in parameters.items()}
    forward = column_network(x, **nodes)
    loss = np.mean(bce(y, forward["a2"]))
    loss.backward()
    gradients = {f"d{name}": gradient(node) for name, node in (nodes | forward).items() if name != "a2"}
    new = {name: number(node) - lr * gradient(node) for name, node in nodes.items()}
    loss_after = np.mean(bce(y, column_network(x, **new)["a2"]))
    stepped = {f"{name}_new": p for name, p in new.items()}
    return forward | {"loss": loss} | gradients | stepped | {"loss_after_step": loss_after}


def sigmoid_unit(leaf, *, x, w, b, y, lr):
    w, b = leaf(w), leaf(b)
    z = w * x + b
    a = sigmoid(z)
    loss = bce(y, a)
    loss.backward()
    w_new, b_new = number(w) - lr * w.grad, number(b) - lr * b.grad
    a_new = sigmoid(w_new * x + b_new)
    loss_new = bce(y, a_new)
    return {
        "z": z,
        "a": a,
        "loss": loss,
        "dL_dz": z.grad,
        "dL_dw": w.grad,
        "dL_db": b.grad,
        "w_new": w_new,
        "b_new": b_new,
        "a_new": a_new,
        "loss_new": loss_new,
        "loss_decrease": number(loss) - loss_new,
    }


CASES = {
    "S1.params": parameter_count,
    "S1.relu": relu_of_five,
    "S1.softmax": mnist_softmax,
    "S1.dW3_first5": mnist_outer_product,
    "S1.vanish": ten_sigmoids,
    "S1.sigmoid_max": steepest_sigmoid,
    "S1.ex1": two_neurons,
    "S1.momentum": momentum,
    "S1.xor_sample": xor_sample,
    "S2.ex1.1": weighted_sum,
    "S2.ex1.2": sigmoid_step_by_step,
    "S2.ex1.2.table": sigmoid_table,
    "S2.ex1.3": relu_neuron,
    "S2.ex2.1": sigmoid_curve,
    "S2.ex2.2": relu_curve,
    "S2.ex2.3": tanh_curve,
    "S2.ex2.4": softmax_step_by_step,
    "S2.ex2.4.scale0.1": softmax_scaled,
    "S2.ex2.4.scale1.0": softmax_scaled,
    "S2.ex2.4.scale10.0": softmax_scaled,
    "S2.ex2.4.jacobian": softmax_jacobian,
    "S2.ex3.1": two_layers,
    "S2.ex3.2": two_layers_batch,
    "S2.ex4.1": output_gradient,
    "S2.ex4.2": hidden_layer,
    "S2.ex4.3": complete_backprop,
    "S2.ex4.4.truegrad_of_code_loss": guarded_backprop,
    "S2.ex5.1": sgd_step,
    "S2.schedules": learning_rate_schedules,
    "S3.losses": losses,
    "S3.case1": one_prediction,
    "S3.case2": one_prediction,
    "S3.gd1d.lr0.1": parabola_at_3,
    "S3.gd1d.lr0.5": parabola_at_3,
    "S3.gd1d.lr1.1": parabola_at_3,
    "S3.manual_bp": manual_backprop,
    "S3.ex1": sigmoid_unit,
    "S3.ex2": parabola_at_2,
    "S3.ex3.lr0.01": learning_rates,
    "S3.ex3.lr0.1": learning_rates,
    "S3.ex3.lr0.5": learning_rates,
    "S3.ex3.lr0.9": learning_rates,
    "S3.ex3.lr1.1": learning_rates,
}

TENSORS_ONLY = {"S1.params": "235,146 Values take seconds and count the same"}
# The difference of two gradients that share ten digits keeps six.
RTOL = {"relative_difference": 1e-5}

RUNS = [
    pytest.param(name, kind, id=f"{name}-{kind}")
    for name in CASES
    for kind in LEAVES
    if not (kind == "Value" and name in TENSORS_ONLY)
]


def assert_same(computed, expected, rtol, where):
    """Compare numbers, arrays, None, or lists of dicts of them."""
    if isinstance(expected, list) and isinstance(expected[0], dict):
        for step, (ours, theirs) in enumerate(zip(computed, expected, strict=True)):
            for key in theirs:
                assert_same(ours[key], theirs[key], rtol, f"{where}[{step}].{key}")
    elif expected is None:
        assert computed is None, where
    else:
        ours = number(computed)
        assert np.shape(ours) == np.shape(expected), where
        np.testing.assert_allclose(ours, expected, rtol=rtol, atol=1e-15, err_msg=where)


@pytest.mark.parametrize(("name", "kind"), RUNS)
def test_worked_example(name, kind):
    item = ITEMS[name]
    computed = CASES[name](LEAVES[kind], **item["inputs"])
    assert computed.keys() == item["expected"].keys()
    for key, expected in item["expected"].items():
        where = f"{item['document']}, {item['section']}: {key}"
        assert_same(computed[key], expected, RTOL.get(key, 1e-12), where)


def test_every_worked_example_is_covered():
    assert CASES.keys() == ITEMS.keys()
    assert len(ITEMS) == 43


def test_ops_and_transforms_give_the_same_numbers():
    """The library's own sigmoid, relu, softmax, logsumexp and jacobian, beside the written-out forms."""
    tables = [
        (ops.sigmoid, "S2.ex2.1", "sigmoid"),
        (ops.relu, "S2.ex2.2", "relu"),
        (ops.softmax, "S2.ex2.4", "softmax"),
        (jacobian(ops.softmax), "S2.ex2.4.jacobian", "jacobian"),
    ]
    for function, name, key in tables:
        z = np.array(ITEMS[name]["inputs"]["z"], dtype=float)
        assert_same(function(z), ITEMS[name]["expected"][key], 1e-12, f"{name}: {key}")
    mnist = ITEMS["S1.softmax"]
    z = Tensor(mnist["inputs"]["z3"])
    loss = ops.logsumexp(z) - z[mnist["inputs"]["label"]]
    loss.backward()
    assert_same(loss, mnist["expected"]["loss"], 1e-12, "S1.softmax: loss")
    assert_same(z.grad, mnist["expected"]["delta3"], 1e-12, "S1.softmax: delta3")


def misprints(item):
    for key, texts in item.get("misprints", {}).items():
        yield key, (texts, item["expected"][key])


def test_misprints_are_misprints():
    """Where documents.json says that a document prints something else, no rounding makes the two agree."""
    printed = {f"{name}.{key}": text for name, item in ITEMS.items() for key, text in misprints(item)}
    assert len(printed) == 8
    for name, (texts, exact) in printed.items():
        for text, value in zip(np.atleast_1d(texts), np.atleast_1d(exact), strict=True):
            decimals = len(text.partition(".")[2])
            assert value is None or f"{value:.{decimals}f}" != text, name
