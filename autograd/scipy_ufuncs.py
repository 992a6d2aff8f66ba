"""SciPy's ufuncs on nodes: ``scipy.special.expit(t)``.

They hand a call that meets a node to it, as NumPy's do, and are known by their names: SciPy itself is not imported.
May import ops. Read numpy_bridge.py next.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from autograd import ops

__all__ = ["function_for"]

SAME = (
    "beta", "betainc", "betaln", "cbrt", "dawsn", "entr", "erf", "erfc", "erfcinv", "erfcx", "erfinv", "exp1", "exp10",
    "exp2", "expi", "expm1", "exprel", "gamma", "gammainc", "gammaincc", "gammaln", "gammasgn", "i0", "i0e", "i1",
    "i1e", "iv", "ive", "j0", "j1", "jv", "k0", "k1", "kl_div", "kv", "log1p", "log_ndtr", "logit", "ndtr", "ndtri",
    "rel_entr", "rgamma", "spence", "stdtr", "xlog1py", "xlogy", "y0", "y1", "yv",
)  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {name: vars(ops)[name] for name in SAME} | {
    "digamma": ops.digamma, "expit": ops.sigmoid, "kn": ops.kv, "log_expit": ops.log_sigmoid, "psi": ops.digamma,
    "yn": ops.yv,
}  # fmt: skip


def function_for(ufunc: Any) -> Callable[..., Any] | None:
    """The function of ours that stands for a ufunc of ``scipy.special``; None for all others.

    Who has one of these has imported SciPy, so its module can tell them from a ufunc of the same name.
    """
    name = ufunc.__name__
    special = sys.modules.get("scipy.special")
    if name not in FUNCTIONS or special is None or vars(special).get(name) is not ufunc:
        return None
    return FUNCTIONS[name]
