"""Rows of linear algebra on matrices and stacks of them: inv, solve, det, cholesky, qr, eigh, svd.

A decomposition is one row: its parts stand side by side in one array, so that one rule has them all. What NumPy does
not read, such as the upper triangle in eigh, gets no gradient.

Eigenvectors of equal eigenvalues and singular vectors of equal singular values are no function of the matrix: their
gradient is infinite or nan, as the formulas say, except where nothing depends on them. The eigenvalues and singular
values themselves have one.

From: Giles (2008), Collected Matrix Derivative Results for Forward and Reverse Mode Algorithmic Differentiation;
Murray (2016), Differentiation of the Cholesky decomposition; Townsend (2016), Differentiating the Singular Value
Decomposition. May import linear.py. Read equations.py next.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.node import describe, plain
from autograd.op import Op
from autograd.ops.arithmetic import quotient_or_zero, sign
from autograd.ops.indexing import getitem, tril, triu
from autograd.ops.joining import concatenate
from autograd.ops.reductions import products_of_all_but_two, products_of_others
from autograd.ops.reductions import sum as sum_of
from autograd.ops.shapes import expand_dims, matrix_transpose, shape_of

__all__ = [
    "cholesky", "cofactors", "det", "eigh", "eigvalsh", "inv", "log_abs_det", "pinv", "qr", "slogdet", "solve", "svd",
    "svdvals",
]  # fmt: skip

T = matrix_transpose
MATRIX = np.array([[2.0, 0.3, -0.5], [0.4, 1.5, 0.2], [-0.6, 0.1, 1.2]])
STACK = np.stack([MATRIX[:2, :2], MATRIX[1:, 1:]])
TALL = np.array([[1.0, 0.5], [-0.3, 1.2], [0.7, -0.4]])


def _column(v: Any) -> Any:
    return expand_dims(v, -1)


def _row(v: Any) -> Any:
    return expand_dims(v, -2)


def _parts(joined: Any, *widths: int) -> list[Any]:
    """Arrays that stand side by side, of these widths."""
    ends = np.cumsum(widths)
    return [getitem(joined, (..., slice(end - width, end))) for width, end in zip(widths, ends, strict=True)]


def named(function: Any, *parts: Any) -> Any:
    """``parts`` as the named tuple that a function of np.linalg gives."""
    return type(function(np.eye(1)))(*parts)


def _no_parameters(a: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    return (a,), ()


# Inverses ----------------------------------------------------------------------------------------------------------

inv = Op(
    "inv", np.linalg.inv, (lambda g, y, a: -(T(y) @ g @ T(y)),), prepare=_no_parameters, batchable=True,
    examples=(((MATRIX,), {}), ((STACK,), {})), doc="The inverse of a matrix, or of each of a stack.",
)  # fmt: skip


def _solve_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    if b.ndim == 1:
        g, y = _column(g), _column(y)
    return -(solve(T(a), g) @ T(y))


def _solve_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    return solve(T(a), _column(g))[..., 0] if b.ndim == 1 else solve(T(a), g)


solve: Op = Op(
    "solve", np.linalg.solve, (_solve_left, _solve_right), prepare=lambda a, b: ((a, b), ()), batchable=True,
    domain=((-2.0, 2.0), (-2.0, 2.0)),
    examples=(
        ((MATRIX, (3,)), {}), ((MATRIX, (3, 2)), {}), ((STACK, (2,)), {}), ((STACK, (2, 2, 3)), {}),
        ((STACK[0], (3, 2, 1)), {}),
    ),
    doc="x in a @ x = b, for a vector b or matrices.",
)  # fmt: skip


def _pinv(a: Any, rcond: Any) -> Any:
    return np.linalg.pinv(a) if rcond is None else np.linalg.pinv(a, rcond)


def _pinv_vjp(g: Any, y: Any, a: Any, rcond: Any) -> Any:
    beyond_columns, beyond_rows = g - (g @ a) @ y, g - y @ (a @ g)  # a @ y and y @ a project
    return T(beyond_columns) @ y @ T(y) + T(y) @ y @ T(beyond_rows) - T(y) @ g @ T(y)


def _symmetric(a: Any) -> Any:
    """The symmetric matrix of which only the lower triangle is read."""
    return tril(a) + T(tril(a, -1))


_NOT_GIVEN = object()


def _prepare_pinv(
    a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = _NOT_GIVEN
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    if rtol is None:  # NumPy has another default for each name
        rtol = max(shape_of(a)[-2:]) * np.finfo(a.dtype).eps
    return (_symmetric(a) if hermitian else a,), (rcond if rtol is _NOT_GIVEN else rtol,)


pinv = Op(
    "pinv", _pinv, (_pinv_vjp,), prepare=_prepare_pinv, batchable=True,
    examples=(((TALL,), {}), ((TALL.T,), {}), ((STACK,), {"hermitian": True})),
    doc="The Moore-Penrose inverse, differentiated at constant rank. From: Golub, Pereyra (1973).",
)  # fmt: skip

# Determinants ------------------------------------------------------------------------------------------------------


def _cofactors(a: Any) -> Any:
    u, s, vh = np.linalg.svd(a)
    direction = np.sign(np.linalg.det(u) * np.linalg.det(vh))
    return (u * _row(products_of_others.forward(s) * direction[..., None])) @ vh


def _cofactors_vjp(g: Any, y: Any, a: Any) -> Any:
    """In the basis of singular vectors the matrix is diagonal, and a cofactor moves with two entries at a time."""
    u, s, vh = svd(a)
    turned = T(u) @ g @ T(vh)
    direction = sign(det(u) * det(vh))  # 1 or -1: these two only turn or reflect
    pairs = products_of_all_but_two(s) * expand_dims(direction, (-2, -1))  # symmetric, 0 on the diagonal
    n = shape_of(s)[-1]
    diagonal = sum_of(turned * np.eye(n), axis=-1)
    return u @ (np.eye(n) * (_row(diagonal) @ pairs) - pairs * T(turned)) @ vh


cofactors = Op(
    "cofactors", _cofactors, (_cofactors_vjp,), prepare=_no_parameters, batchable=True,
    examples=(((MATRIX,), {}), ((STACK,), {})),
    doc="det(a) * inv(a).T, and right where that is 0 times infinity: the gradient of the determinant.",
)  # fmt: skip
det: Op = Op(
    "det", np.linalg.det, (lambda g, y, a: expand_dims(g, (-2, -1)) * cofactors(a),),
    prepare=_no_parameters, batchable=True,
    examples=(((MATRIX,), {}), ((STACK,), {})), doc="The determinant; its gradient is right for singular matrices too.",
)  # fmt: skip
log_abs_det: Op = Op(
    "log_abs_det", lambda a: np.linalg.slogdet(a)[1], (lambda g, y, a: expand_dims(g, (-2, -1)) * T(inv(a)),),
    prepare=_no_parameters, batchable=True, examples=(((MATRIX,), {}), ((STACK,), {})), doc="log(abs(det(a))).",
)  # fmt: skip


def slogdet(a: Any) -> Any:
    """As np.linalg.slogdet: the sign of the determinant, a constant, and the logarithm of its size."""
    return np.linalg.slogdet(plain(a))._replace(logabsdet=log_abs_det(a))


# Decompositions ----------------------------------------------------------------------------------------------------


def _lower_only(g: Any) -> Any:
    """Of a symmetric gradient, what the lower triangle gets where the upper is not read."""
    return tril(g) + tril(g, -1)


def _cholesky_vjp(g: Any, y: Any, a: Any) -> Any:
    halved = T(y) @ tril(g)
    halved = tril(halved) + tril(halved, -1)
    inner = solve(T(y), T(solve(T(y), halved)))
    return _lower_only(inner + T(inner)) / 4


lower_cholesky = Op(
    "cholesky", np.linalg.cholesky, (_cholesky_vjp,), prepare=_no_parameters, batchable=True,
    examples=(((MATRIX,), {}), ((STACK,), {})), doc="The lower triangle whose square, L @ L.T, is the matrix.",
)  # fmt: skip


def cholesky(a: Any, upper: bool = False) -> Any:
    """As np.linalg.cholesky: the lower triangle, from the lower triangle of ``a``; or the upper from the upper."""
    return T(lower_cholesky(T(a))) if upper else lower_cholesky(a)


def _qr(a: Any) -> Any:
    q, r = np.linalg.qr(a)
    return np.concatenate([T(q), r], axis=-1)


def _qr_vjp(g: Any, y: Any, a: Any) -> Any:
    m, n = shape_of(a)[-2:]
    (q, r), (g_q, g_r) = (_parts(x, m, n) for x in (y, g))
    lower = r @ T(triu(g_r)) - g_q @ T(q)  # q stands on its side
    inner = g_q + (tril(lower) + T(tril(lower, -1))) @ q
    return T(solve(r, inner))


joint_qr = Op(
    "qr", _qr, (_qr_vjp,), prepare=_no_parameters, batchable=True,
    examples=(((MATRIX,), {}), ((TALL,), {}), ((STACK,), {})),
    doc="Q on its side, and R beside it, of a matrix with at least as many rows as columns.",
)  # fmt: skip


def qr(a: Any, mode: str = "reduced") -> Any:
    """As np.linalg.qr.

    Raises: NotImplementedError for what completes Q, which can be done in many ways, and for mode="raw".
    """
    m, n = shape_of(a)[-2:]
    if mode not in ("reduced", "r") and not (mode == "complete" and m <= n):
        raise NotImplementedError(f"qr({describe(a)}) with mode={mode!r}: it has no rule; take mode='reduced'")
    k = min(m, n)
    q, r = _parts(joint_qr(getitem(a, (..., slice(0, k)))), m, k)
    q = T(q)
    if n > k:
        r = concatenate([r, T(q) @ getitem(a, (..., slice(k, None)))], axis=-1)
    return r if mode == "r" else named(np.linalg.qr, q, r)


def _eigh(a: Any, UPLO: Any) -> Any:
    w, v = np.linalg.eigh(a, UPLO)
    return np.concatenate([T(v), _column(w)], axis=-1)


def _read(g: Any, UPLO: str) -> Any:
    return _lower_only(g) if UPLO.upper() == "L" else T(_lower_only(g))


def _eigh_vjp(g: Any, y: Any, a: Any, UPLO: str) -> Any:
    n = shape_of(a)[-1]
    (v, w), (g_v, g_w) = (_parts(x, n, 1) for x in (y, g))  # a row of v for each eigenvalue
    turn = v @ T(g_v)
    gap = T(w) - w + np.eye(n)  # on the diagonal is 0 / 1
    inner = quotient_or_zero(turn - T(turn), gap) / 2 + np.eye(n) * g_w
    return _read(T(v) @ inner @ v, UPLO)


joint_eigh = Op(
    "eigh", _eigh, (_eigh_vjp,), prepare=lambda a, UPLO="L": ((a,), (UPLO,)), batchable=True,
    examples=(((MATRIX,), {}), ((STACK,), {"UPLO": "U"})),
    doc="The eigenvectors of a symmetric matrix, one in a row, and the eigenvalue beside each.",
)  # fmt: skip


def eigh(a: Any, UPLO: str = "L") -> Any:
    """As np.linalg.eigh: the eigenvalues and eigenvectors of a symmetric matrix, from one of its triangles."""
    v, w = _parts(joint_eigh(a, UPLO), shape_of(a)[-1], 1)
    return named(np.linalg.eigh, w[..., 0], T(v))


def _eigvalsh_vjp(g: Any, y: Any, a: Any, UPLO: str) -> Any:
    v = eigh(a, UPLO)[1]
    return _read((v * _row(g)) @ T(v), UPLO)


eigvalsh = Op(
    "eigvalsh", np.linalg.eigvalsh, (_eigvalsh_vjp,), prepare=lambda a, UPLO="L": ((a,), (UPLO,)), batchable=True,
    examples=(((MATRIX,), {}), ((STACK,), {"UPLO": "U"})), doc="The eigenvalues of a symmetric matrix, in order.",
)  # fmt: skip


def _svd(a: Any, hermitian: bool) -> Any:
    u, s, vh = np.linalg.svd(a, full_matrices=False, hermitian=hermitian)
    return np.concatenate([T(u), _column(s), vh], axis=-1)


def _svd_vjp(g: Any, y: Any, a: Any, hermitian: bool) -> Any:
    m, n = shape_of(a)[-2:]
    (u, s, v), (g_u, g_s, g_v) = (_parts(x, m, 1, n) for x in (y, g))  # a row of u and of v for each value
    gap = T(s) * T(s) - s * s + np.eye(min(m, n))  # on the diagonal is 0 / 1
    turn_u, turn_v = u @ T(g_u), v @ T(g_v)
    inner = quotient_or_zero(turn_u - T(turn_u), gap) * T(s) + s * quotient_or_zero(turn_v - T(turn_v), gap)
    back = T(u) @ (inner + np.eye(min(m, n)) * g_s) @ v
    if m > n:  # vectors may turn out of the space that the columns span
        back = back + T(quotient_or_zero(g_u - T(turn_u) @ u, s)) @ v
    if n > m:
        back = back + T(u) @ quotient_or_zero(g_v - T(turn_v) @ v, s)
    return back


joint_svd = Op(
    "svd", _svd, (_svd_vjp,), prepare=lambda a, hermitian=False: ((_symmetric(a) if hermitian else a,), (hermitian,)),
    batchable=True,
    examples=(((MATRIX,), {}), ((TALL,), {}), ((TALL.T,), {}), ((STACK,), {"hermitian": True})),
    doc="For each singular value a row: the left singular vector, the value, the right singular vector.",
)  # fmt: skip


def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """As np.linalg.svd.

    Raises: NotImplementedError for full_matrices=True of a matrix that is not square: what completes U or V can be
    chosen in many ways.
    """
    if not compute_uv:
        return svdvals(a, hermitian)
    m, n = shape_of(a)[-2:]
    if full_matrices and m != n:
        raise NotImplementedError(
            f"svd({describe(a)}) with full_matrices=True: what completes the singular vectors has no derivative; give "
            f"full_matrices=False"
        )
    u, s, vh = _parts(joint_svd(a, hermitian), m, 1, n)
    return named(np.linalg.svd, T(u), s[..., 0], vh)


def _svdvals_vjp(g: Any, y: Any, a: Any, hermitian: bool) -> Any:
    u, _, vh = svd(a, full_matrices=False, hermitian=hermitian)
    return (u * _row(g)) @ vh


svdvals = Op(
    "svdvals", lambda a, hermitian: np.linalg.svd(a, compute_uv=False, hermitian=hermitian), (_svdvals_vjp,),
    prepare=lambda x, hermitian=False: ((_symmetric(x) if hermitian else x,), (hermitian,)), batchable=True,
    examples=(((MATRIX,), {}), ((TALL,), {}), ((STACK,), {"hermitian": True})), doc="The singular values, in order.",
)  # fmt: skip
