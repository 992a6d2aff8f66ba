"""autograd."""
from autograd import ops
from autograd.errors import AnomalyError, DetachError, PerformanceWarning, ShapeError, StaleGraphError
from autograd.mode import detect_anomaly, no_grad, scope
from autograd.parameter import Parameter
from autograd.tensor import Tensor
from autograd.value import Value
