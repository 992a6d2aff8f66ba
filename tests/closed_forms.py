"""The documents' gradients in closed form, in plain NumPy: what the engine's gradients are compared with.

Nothing here knows the library; every formula is written out the way a reader would derive it on paper. In
each function L is the loss of the whole batch, so "dz" is dL/dz with the 1/n of the mean inside. Two of the
documents leave that factor out of dL/dz and put it into dL/dW and dL/db, which then agree with ours.
Read next: ``test_documents.py``.
"""

import numpy as np


def sigmoid(z):
    """Return 1 / (1 + exp(-z)), written so that no exponential overflows.

    From: "Multi-Layer Perceptron (1 Hidden Layer)", step 1.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    small = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1 / (1 + small), small / (1 + small))


def softmax(z):
    """Return exp(z) / sum(exp(z)) along the last axis, the largest entry subtracted first.

    From: "Neural Networks Solutions - Module 6", exercise 2.4.

    >>> softmax(np.array([1000.0, 1000.0])).tolist()
    [0.5, 0.5]
    """
    powers = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return powers / np.sum(powers, axis=-1, keepdims=True)


def relu_slope(z):
    """Return 1 where z > 0, else 0: at the corner the documents take 0.

    From: "Neural Networks Solutions - Module 6", exercise 2.2.

    >>> relu_slope(np.array([-2.0, 0.0, 2.0])).tolist()
    [0.0, 0.0, 1.0]
    """
    return (np.asarray(z) > 0).astype(float)


# name -> (activation, its derivative), both functions of z
ACTIVATIONS = {
    "relu": (lambda z: np.maximum(0, z), relu_slope),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
}


def one_hot(labels, n_classes):
    """Return labels as rows with a single 1; rows that are so already come back as they are.

    >>> one_hot([2, 0], 3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    labels = np.asarray(labels)
    return np.eye(n_classes)[labels] if labels.ndim == 1 else labels.astype(float)


def sigmoid_bce(z, y):
    """Return the mean binary cross-entropy of sigmoid(z) and its gradient (p - y) / size by z.

    The mean runs over all entries. -log(p) = log(1 + exp(-z)) and -log(1 - p) = log(1 + exp(z)) spare us
    the logarithm of a p that has rounded to 0 or 1.

    Shapes: z (n, d_out), y as many entries in any shape.
    From: "Multi-Layer Perceptron (1 Hidden Layer)", step 3; "M2: Neural Network from Scratch",
        backpropagation, item 1.

    >>> loss, dz = sigmoid_bce(np.array([[0.0], [0.0]]), [1, 0])
    >>> float(loss), dz.tolist()
    (0.6931471805599453, [[-0.25], [0.25]])
    """
    y = np.reshape(y, z.shape)
    loss = np.mean(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z))
    return loss, (sigmoid(z) - y) / z.size


def softmax_cross_entropy(z, labels):
    """Return the mean cross-entropy of softmax(z) and its gradient (p - y) / n by z.

    Shapes: z (n, k); labels (n,) integers or (n, k) one-hot.
    From: "Chapter 3: Neural Networks", part 8, step 1; "Neural Networks Solutions - Module 6", exercise 4.1.

    >>> loss, dz = softmax_cross_entropy(np.zeros((1, 4)), [2])
    >>> bool(np.isclose(loss, np.log(4))), dz.tolist()
    (True, [[0.25, 0.25, -0.75, 0.25]])
    """
    n, k = z.shape
    y = one_hot(labels, k)
    shifted = z - np.max(z, axis=1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.sum(y * log_p) / n, (softmax(z) - y) / n


OUTPUTS = {"sigmoid": sigmoid_bce, "softmax": softmax_cross_entropy}


def one_hidden_layer(X, y, parameters, *, activation="relu", output="sigmoid"):
    """Return the loss of a network with one hidden layer, and its gradient by everything, line by line.

    Shapes: rows are samples: X (n, d); parameters: W1 (d, h), b1 (h,) or (1, h), W2 (h, d_out),
        b2 (d_out,) or (1, d_out).
    From: "Multi-Layer Perceptron (1 Hidden Layer)", step 3; "M2: Neural Network from Scratch",
        backpropagation, items 1 to 7; "Neural Networks Solutions - Module 6", exercises 4.2 and 4.3.

    >>> loss, grads = one_hidden_layer(np.ones((1, 1)), [1], [np.ones(s) for s in [(1, 1), 1, (1, 1), 1]])
    >>> [float(np.round(grads[name], 3).item()) for name in ["z2", "W2", "z1", "W1"]]
    [-0.047, -0.095, -0.047, -0.047]
    """
    W1, b1, W2, b2 = parameters
    act, slope = ACTIVATIONS[activation]
    z1 = X @ W1 + b1  # (n, h)
    a1 = act(z1)  # (n, h)
    z2 = a1 @ W2 + b2  # (n, d_out)
    loss, dz2 = OUTPUTS[output](z2, y)
    da1 = dz2 @ W2.T  # (n, h)
    dz1 = da1 * slope(z1)  # (n, h)
    return loss, {
        "W1": X.T @ dz1,
        "b1": np.sum(dz1, axis=0).reshape(np.shape(b1)),
        "W2": a1.T @ dz2,
        "b2": np.sum(dz2, axis=0).reshape(np.shape(b2)),
        "X": dz1 @ W1.T,
        "z1": dz1,
        "a1": da1,
        "z2": dz2,
    }


def deep_rows(X, y, weights, biases, *, activation="relu", output="softmax"):
    """Return the loss of a network of any depth and its gradients W1, b1, ..., with samples in rows.

    The same step for each layer, from the last to the first: dW = a' dz, db = sum of dz, da = dz W'. (A prime
    is a transpose.) ``activation`` serves all hidden layers.

    Shapes: X (n, d), weights (d_in, d_out) each, biases (d_out,) or (1, d_out) each.
    From: "Multi-Layer Perceptron (1 Hidden Layer)", Mathematical Beauty; "Neural Networks Solutions -
        Module 6", exercises 3.3 and 4.2.

    >>> loss, grads = deep_rows(np.ones((2, 3)), [0, 1], [np.ones((3, 2)), np.eye(2)], [np.zeros(2)] * 2)
    >>> sorted(grads)
    ['W1', 'W2', 'X', 'a1', 'b1', 'b2', 'z1', 'z2']
    """
    act, slope = ACTIVATIONS[activation]
    last = len(weights)
    z, a = {}, {0: X}
    for l, (W, b) in enumerate(zip(weights, biases, strict=True), start=1):
        z[l] = a[l - 1] @ W + b  # (n, d_l)
        a[l] = act(z[l])  # (n, d_l); of the last layer not used
    grads = {}
    loss, dz = OUTPUTS[output](z[last], y)
    for l in range(last, 0, -1):
        W, b = weights[l - 1], biases[l - 1]
        grads[f"z{l}"] = dz  # (n, d_l)
        grads[f"W{l}"] = a[l - 1].T @ dz
        grads[f"b{l}"] = np.sum(dz, axis=0).reshape(np.shape(b))
        da = dz @ W.T  # (n, d_(l-1))
        grads[f"a{l - 1}" if l > 1 else "X"] = da
        if l > 1:
            dz = da * slope(z[l - 1])
    return loss, grads


def deep_columns(X, y, weights, biases, *, activation="relu", output="softmax"):
    """Return the loss of a network of any depth and its gradients, with samples in columns: z = W a + b.

    One sample gives the outer products dz a' of the documents; several add up. With d_out > 1 sigmoids the
    loss is the mean over all entries; the code example of "Chapter 3" leaves the 1 / d_out out of dW and db.

    Shapes: X (d, n), weights (d_out, d_in) each, biases (d_out, 1) each; y (d_out, n), or (n,) labels.
    From: "Chapter 3: Neural Networks", part 8, steps 1 to 3, and exercise 3; "Module 02: Backpropagation and
        Gradient Descent", section 5.

    >>> loss, grads = deep_columns(np.ones((3, 2)), [[1, 1]], [np.ones((1, 3))], [np.ones((1, 1))],
    ...                            output="sigmoid")
    >>> grads["W1"].shape, grads["b1"].shape
    ((1, 3), (1, 1))
    """
    act, slope = ACTIVATIONS[activation]
    last = len(weights)
    z, a = {}, {0: X}
    for l, (W, b) in enumerate(zip(weights, biases, strict=True), start=1):
        z[l] = W @ a[l - 1] + b  # (d_l, n)
        a[l] = act(z[l])  # (d_l, n)
    grads = {}
    loss, dz_rows = OUTPUTS[output](z[last].T, np.asarray(y).T)
    dz = dz_rows.T  # (d_L, n)
    for l in range(last, 0, -1):
        W = weights[l - 1]
        grads[f"z{l}"] = dz
        grads[f"W{l}"] = dz @ a[l - 1].T
        grads[f"b{l}"] = np.sum(dz, axis=1, keepdims=True)
        da = W.T @ dz  # (d_(l-1), n)
        grads[f"a{l - 1}" if l > 1 else "X"] = da
        if l > 1:
            dz = da * slope(z[l - 1])
    return loss, grads


def softmax_jacobian(z):
    """Return p = softmax(z) and the matrix dp_i / dz_j = p_i (1 if i = j else 0) - p_i p_j.

    Shapes: z (k,), p (k,), matrix (k, k).
    From: "Neural Networks Solutions - Module 6", exercise 2.4; "Chapter 3: Neural Networks", part 5.

    >>> p, J = softmax_jacobian(np.zeros(2))
    >>> J.tolist()
    [[0.25, -0.25], [-0.25, 0.25]]
    """
    p = softmax(z)
    return p, np.diag(p) - np.outer(p, p)


def batch_norm(X, gamma, beta, dout, eps=1e-5):
    """Return gamma (X - mean) / sqrt(var + eps) + beta over the batch, and the gradients that dout gives.

    With x_hat = (X - mean) / s and dx_hat = dout gamma, moving one entry of X also moves the mean and the
    variance of its column; what remains is dx_hat less its mean and less its component along x_hat, over s.

    Shapes: X, dout (n, d), gamma, beta (d,).
    From: "Neural Networks Solutions - Module 6", exercise 6.3 (there in three parts: dvar, dmean, dx).

    >>> out, grads = batch_norm(np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1), np.ones((2, 1)), eps=0)
    >>> out.tolist(), grads["X"].tolist()  # the mean of the output never changes
    ([[-1.0], [1.0]], [[0.0], [0.0]])
    """
    s = np.sqrt(np.var(X, axis=0) + eps)  # (d,)
    x_hat = (X - np.mean(X, axis=0)) / s  # (n, d)
    dx_hat = dout * gamma
    along = x_hat * np.mean(dx_hat * x_hat, axis=0)
    grads = {
        "X": (dx_hat - np.mean(dx_hat, axis=0) - along) / s,
        "gamma": np.sum(dout * x_hat, axis=0),
        "beta": np.sum(dout, axis=0),
    }
    return gamma * x_hat + beta, grads


def mean_squared_error(prediction, y, half):
    """Return the mean of (prediction - y)^2, or of half of it, and its gradient by the prediction.

    "Module 02" takes the half, so that the gradient of one sample is prediction - y (its code leaves out the
    1 / n of the mean); "Chapter 3" does not.

    Shapes: prediction and y alike, any shape.
    From: "Module 02: Backpropagation and Gradient Descent", section 3.1; "Chapter 3: Neural Networks",
        part 7.

    >>> [float(mean_squared_error(np.array([3.0, 1.0]), np.ones(2), half)[0]) for half in [True, False]]
    [1.0, 2.0]
    """
    error = prediction - np.asarray(y)
    factor = 0.5 if half else 1.0
    return factor * np.mean(error**2), factor * 2 * error / error.size


def single_neuron(x, w, b, y):
    """Return the cross-entropy of sigmoid(w . x + b) against y, and its gradients; x and w may be numbers.

    Shapes: x, w (d,) or numbers, b and y numbers.
    From: "Module 02: Backpropagation and Gradient Descent", exercise 1; "Neural Networks Solutions -
        Module 6", exercises 1.1 and 1.2.

    >>> loss, grads = single_neuron(2.0, 0.5, 0.3, 1.0)
    >>> round(float(loss), 6), round(float(grads["w"]), 6)
    (0.241008, -0.42833)
    """
    z = np.dot(w, x) + b
    dz = sigmoid(z) - y
    loss = y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)
    return loss, {"z": dz, "w": dz * x, "b": dz, "x": dz * w}


def scalar_network(*, x, w1, b1, w2, b2, y):
    """Return the loss of one ReLU neuron before one sigmoid neuron, all numbers, and its gradients.

    From: "Chapter 3: Neural Networks", exercise 1.

    >>> loss, grads = scalar_network(x=2, w1=0.5, b1=0, w2=1, b2=0, y=1)
    >>> round(float(loss), 3), round(float(grads["w1"]), 3)
    (0.313, -0.538)
    """
    z1 = w1 * x + b1
    a1 = max(0, z1)
    z2 = w2 * a1 + b2
    loss = y * np.logaddexp(0, -z2) + (1 - y) * np.logaddexp(0, z2)
    dz2 = sigmoid(z2) - y
    da1 = dz2 * w2
    dz1 = da1 * (z1 > 0)
    return loss, {"w1": dz1 * x, "b1": dz1, "w2": dz2 * a1, "b2": dz2, "x": dz1 * w1, "z1": dz1, "z2": dz2}
