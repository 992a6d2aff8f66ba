"""Metrics: counted by hand, and reports to the letter as scikit-learn printed them for the documents' models."""

import numpy as np
import pytest

from autograd import Parameter, Tensor, Value
from nn import metrics

# From "Multi-Layer Perceptron (1 Hidden Layer)" with ReLU and with sigmoid, and "Neural Networks Solutions - Module 6",
# exercise 5.3: what scikit-learn's classification_report gives for the test sets.
REPORTS = [
    (
        [[43, 0], [0, 57]],
        """\
              precision    recall  f1-score   support

           0       1.00      1.00      1.00        43
           1       1.00      1.00      1.00        57

    accuracy                           1.00       100
   macro avg       1.00      1.00      1.00       100
weighted avg       1.00      1.00      1.00       100
""",
    ),
    (
        [[42, 1], [4, 53]],
        """\
              precision    recall  f1-score   support

           0       0.91      0.98      0.94        43
           1       0.98      0.93      0.95        57

    accuracy                           0.95       100
   macro avg       0.95      0.95      0.95       100
weighted avg       0.95      0.95      0.95       100
""",
    ),
    (
        [[102, 0], [1, 97]],
        """\
              precision    recall  f1-score   support

           0       0.99      1.00      1.00       102
           1       1.00      0.99      0.99        98

    accuracy                           0.99       200
   macro avg       1.00      0.99      0.99       200
weighted avg       1.00      0.99      0.99       200
""",
    ),
]


def labels_of(confusion):
    """Labels with that confusion matrix: the truth, and what was predicted."""
    counts = np.ravel(confusion)
    pairs = np.repeat(np.arange(counts.size), counts)
    return pairs // len(confusion), pairs % len(confusion)


@pytest.mark.parametrize(("confusion", "report"), REPORTS)
def test_the_documents_reports(confusion, report):
    true, pred = labels_of(confusion)
    np.testing.assert_array_equal(metrics.confusion_matrix(true, pred), confusion)
    assert metrics.classification_report(true, pred) == report
    assert metrics.classification_report(np.eye(2)[true], pred[:, None]) == report
    assert metrics.accuracy(true, pred) == np.trace(confusion) / np.sum(confusion)


def test_scores_of_the_sigmoid_model():
    scores = metrics.precision_recall_f1(*labels_of(REPORTS[1][0]))
    np.testing.assert_allclose(scores.precision, [42 / 46, 53 / 54], rtol=1e-15)
    np.testing.assert_allclose(scores.recall, [42 / 43, 53 / 57], rtol=1e-15)
    np.testing.assert_allclose(scores.f1, [84 / 89, 106 / 111], rtol=1e-15)
    np.testing.assert_array_equal(scores.support, [43, 57])


def test_classes_that_are_missing_score_zero():
    """Class 1 is never predicted, class 2 never true, class 3 neither: no warning, and no line without a name."""
    true, pred = [0, 0, 1, 4], [0, 2, 0, 4]
    scores = metrics.precision_recall_f1(true, pred, n_classes=6)
    np.testing.assert_allclose(scores.precision, [0.5, 0, 0, 0, 1, 0])
    np.testing.assert_allclose(scores.recall, [0.5, 0, 0, 0, 1, 0])
    np.testing.assert_array_equal(scores.support, [2, 1, 0, 0, 1, 0])
    assert metrics.confusion_matrix(true, pred).shape == (5, 5)
    assert metrics.confusion_matrix(true, pred, n_classes=6).sum(axis=1).tolist() == scores.support.tolist()
    lines = metrics.classification_report(true, pred, digits=3).splitlines()
    assert [line.split()[0] for line in lines[2:6]] == ["0", "1", "2", "4"]
    assert lines[4] == "           2      0.000     0.000     0.000         0"
    assert lines[-3:] == [
        "    accuracy                          0.500         4",
        "   macro avg      0.375     0.375     0.375         4",
        "weighted avg      0.500     0.500     0.500         4",
    ]


def test_names_of_classes():
    report = metrics.classification_report([0, 1, 1], [0, 1, 0], target_names=["setosa", "a very long name", "none"])
    assert report.splitlines()[3:5] == [
        "a very long name       1.00      0.50      0.67         2",
        "            none       0.00      0.00      0.00         0",
    ]
    assert metrics.classification_report([0], [0], digits=15).startswith(" " * 15 + "  precision")
    with pytest.raises(ValueError, match=r"there is a label 2, but 2 classes are 0 ... 1"):
        metrics.classification_report([0, 2], [0, 2], target_names=["zero", "two"])


@pytest.mark.parametrize(
    ("outputs", "threshold", "expected"),
    [
        ([[0.2, 0.7, 0.1], [0.5, 0.5, 0.0]], 0.5, [1, 0]),
        ([[0.2, 0.3], [0.9, 0.8]], 0.5, [1, 0]),
        ([0.4, 0.5, 0.6], 0.5, [0, 0, 1]),
        ([[0.4], [0.5], [0.6]], 0.5, [0, 0, 1]),
        ([0.4, 0.5, 0.6], 0.3, [1, 1, 1]),
        ([-2.0, 0.0, 0.1], 0, [0, 0, 1]),
    ],
)
def test_predicted_labels(outputs, threshold, expected):
    for form in (outputs, np.array(outputs), Tensor(outputs), Parameter(outputs) * 1.0):
        found = metrics.predicted_labels(form, threshold)
        assert found.tolist() == expected and found.dtype.kind == "i"
    of_values = [[Value(x) for x in row] if isinstance(row, list) else Value(row) for row in outputs]
    assert metrics.predicted_labels(of_values, threshold).tolist() == expected


def test_forms_of_labels():
    forms = [[0, 2, 1], np.array([0, 2, 1], dtype=np.uint8), np.array([0.0, 2.0, 1.0]), np.eye(3)[[0, 2, 1]]]
    assert all(metrics.accuracy(form, [[0], [2], [0]]) == pytest.approx(2 / 3) for form in forms)
    assert metrics.accuracy([True, False], [1, 0]) == 1.0
    assert metrics.accuracy([-1, 1], [1, 1]) == 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: metrics.accuracy([0, 1], [0]), "accuracy: y_true has 2 labels and y_pred 1; each sample needs one"),
        (lambda: metrics.accuracy([], []), r"y_true is empty, shape \(0,\); there is nothing to count"),
        (lambda: metrics.accuracy([0, 1], [0.3, 1.0]), "y_pred has entries that are no whole numbers, such as 0.3; "),
        (lambda: metrics.accuracy([0, np.inf], [0, 1]), "y_true has entries that are no whole numbers, such as inf"),
        (lambda: metrics.accuracy(["cat"], [0]), "y_true has entries that are no whole numbers, such as 'cat'"),
        (lambda: metrics.accuracy([[0, 2]], [0]), r"y_true of shape \(1, 2\) is neither .* each with a single 1"),
        (lambda: metrics.accuracy([[2, -1]], [0]), r"y_true of shape \(1, 2\) is neither"),
        (lambda: metrics.accuracy([[1, 1]], [0]), r"y_true of shape \(1, 2\) is neither"),
        (lambda: metrics.accuracy(3, [0]), r"y_true of shape \(\) is neither integer labels"),
        (lambda: metrics.confusion_matrix([-1, 1], [1, 1]), r"there is a label -1; of -1 and 1, \(labels \+ 1\) // 2"),
        (
            lambda: metrics.confusion_matrix([0, 3], [1, 1], n_classes=3),
            "there is a label 3, but 3 classes are 0 ... 2",
        ),
        (lambda: metrics.predicted_labels(0.5), r"outputs are \(n, k\), \(n, 1\) or \(n,\), these have shape \(\)"),
        (lambda: metrics.predicted_labels(np.ones((2, 2, 2))), r"these have shape \(2, 2, 2\)"),
        (lambda: metrics.predicted_labels([0.1, np.nan]), "1 of 2 outputs are nan: no class is largest"),
    ],
)
def test_errors_say_what_to_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_outputs_are_no_labels():
    with pytest.raises(TypeError, match=r"y_pred is a Tensor; predicted_labels\(...\) makes labels of a network's"):
        metrics.accuracy([0, 1], Tensor([0.0, 1.0]))
