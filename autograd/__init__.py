"""Reverse-mode automatic differentiation of scalars and NumPy arrays.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> y = x * x + 2 * x
    >>> y.backward()
    >>> x.grad
    8.0

An op is a row of calculus (op.py, ops/). A node is an op applied to inputs (node.py; `Value` for one number,
`Tensor` for an array). Everything else reads nodes: transforms.py, check.py, formulas/, vectorizer/,
viz/. Read node.py first.
"""

from pathlib import Path

if Path(__file__).with_name("differential_operators.py").exists():  # a file of that package, never of this one
    raise ImportError(
        "the HIPS package 'autograd' is installed in the same environment, and both use the import name autograd, so "
        "their files are mixed. Make an environment of its own for handgrad; here, uninstall both "
        "(pip uninstall autograd handgrad), then install handgrad again."
    )

from autograd import ops, viz
from autograd.builtins import dict as dict
from autograd.builtins import isinstance as isinstance
from autograd.builtins import list as list
from autograd.builtins import tuple as tuple
from autograd.builtins import type as type
from autograd.check import check_grads, relative_errors
from autograd.errors import (
    AnomalyError,
    DetachError,
    GradientMismatch,
    PerformanceWarning,
    ShapeError,
    StaleGraphError,
    TracingError,
)
from autograd.extend import primitive
from autograd.formulas import formula
from autograd.jacobians import hessian, jacobian
from autograd.mode import detect_anomaly, no_grad, scope
from autograd.node import Node
from autograd.op import Op
from autograd.parameter import Parameter
from autograd.tensor import Tensor
from autograd.transforms import (
    elementwise_grad,
    grad,
    grad_and_aux,
    hessian_vector_product,
    hvp,
    jvp,
    make_jvp,
    make_vjp,
    value_and_grad,
    vjp,
)
from autograd.value import Value
from autograd.variants import (
    checkpoint,
    deriv,
    grad_named,
    hessian_tensor_product,
    holomorphic_grad,
    make_ggnvp,
    make_hvp,
    multigrad_dict,
    tensor_jacobian_product,
    vector_jacobian_product,
)
from autograd.vectorizer import vectorize

__all__ = [
    "AnomalyError", "DetachError", "GradientMismatch", "Node", "Op", "Parameter", "PerformanceWarning",
    "ShapeError", "StaleGraphError", "Tensor", "TracingError", "Value", "check_grads", "checkpoint", "deriv",
    "detect_anomaly", "elementwise_grad", "formula", "grad", "grad_and_aux", "grad_named", "hessian",
    "hessian_tensor_product", "hessian_vector_product", "holomorphic_grad", "hvp", "jacobian", "jvp", "make_ggnvp",
    "make_hvp", "make_jvp", "make_vjp", "multigrad_dict", "no_grad", "ops", "primitive", "relative_errors", "scope",
    "tensor_jacobian_product", "value_and_grad", "vector_jacobian_product", "vectorize", "viz", "vjp",
]  # fmt: skip
