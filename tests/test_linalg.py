"""np.linalg and the products, in every form of call that NumPy documents."""

import numpy as np
import pytest
from calls import calls, check_call

from autograd import Tensor, check_grads, grad, hessian

RNG = np.random.default_rng(0)
M = np.array([[2.0, 0.3, -0.5], [0.4, 1.5, 0.2], [-0.6, 0.1, 1.2]])
ARRAYS = {
    "M": M,
    "S": np.stack([M, M.T + 0.1]),  # a stack of two
    "Q": np.stack([M, M - 0.2, M[::-1] + 1.0, 2 * M]).reshape(2, 2, 3, 3),  # of two by two
    "tall": RNG.normal(size=(4, 2)),
    "wide": RNG.normal(size=(2, 4)),
    "talls": RNG.normal(size=(2, 4, 2)),
    "wides": RNG.normal(size=(2, 2, 4)),
    "u": np.array([0.5, -1.2, 0.7]),
    "v": np.array([1.1, 0.4, -0.9]),
    "B": RNG.normal(size=(3, 2)),
    "BB": RNG.normal(size=(2, 3, 2)),
    "A4": RNG.normal(size=(2, 3, 2, 3)) + np.eye(6).reshape(2, 3, 2, 3) * 3,
    "b4": RNG.normal(size=(2, 3)),
    "K": RNG.normal(size=(2, 1, 3)),
}

LINALG = """
    np.linalg.inv(M)
    np.linalg.inv(S)
    np.linalg.inv(Q)
    np.linalg.det(M)
    np.linalg.det(Q)
    np.linalg.slogdet(M)
    np.linalg.slogdet(-S)
    np.linalg.solve(M, v)
    np.linalg.solve(M, B)
    np.linalg.solve(S, v)
    np.linalg.solve(S, BB)
    np.linalg.solve(M, BB)
    np.linalg.solve(S, B)
    np.linalg.solve(M, [1.0, 2.0, 3.0])
    np.linalg.solve(np.eye(3) * 2, B)
    np.linalg.cholesky(M)
    np.linalg.cholesky(S)
    np.linalg.cholesky(M @ M.T)
    np.linalg.cholesky(M, upper=True)
    np.linalg.eigh(M @ M.T)[0]
    np.linalg.eigh(M)
    np.linalg.eigh(S)
    np.linalg.eigh(M, UPLO="U")
    np.linalg.eigh(S, "u")
    np.linalg.eigvalsh(M)
    np.linalg.eigvalsh(S, UPLO="U")
    np.linalg.svd(M)
    np.linalg.svd(S)
    np.linalg.svd(tall, full_matrices=False)
    np.linalg.svd(wides, full_matrices=False)
    np.linalg.svd(talls, False)
    np.linalg.svd(tall, compute_uv=False)
    np.linalg.svd(wide, compute_uv=False)
    np.linalg.svd(M, hermitian=True)
    np.linalg.svd(S, compute_uv=False, hermitian=True)
    np.linalg.svdvals(talls)
    np.linalg.pinv(M)
    np.linalg.pinv(talls)
    np.linalg.pinv(wide, rcond=1e-10)
    np.linalg.pinv(S, hermitian=True)
    np.linalg.pinv(tall, rtol=1e-10)
    np.linalg.lstsq(tall, [1.0, 2.0, -1.0, 0.5])
    np.linalg.lstsq(tall, tall[:, 0] + [0.3, 0.0, 0.1, -1.0], rcond=1e-10)
    np.linalg.lstsq(wide, b4)
    np.linalg.lstsq(M, B, rcond=None)
    np.linalg.lstsq(M, v, -1)
    np.linalg.qr(M)
    np.linalg.qr(S)
    np.linalg.qr(tall)
    np.linalg.qr(wide)
    np.linalg.qr(wides)
    np.linalg.qr(talls, mode="r")
    np.linalg.qr(M, "complete")
    np.linalg.matrix_power(M, 0)
    np.linalg.matrix_power(M, 1)
    np.linalg.matrix_power(S, 3)
    np.linalg.matrix_power(M, 5)
    np.linalg.matrix_power(S, -2)
    np.linalg.multi_dot([M, B])
    np.linalg.multi_dot([u, M, B])
    np.linalg.multi_dot([tall, b4, M, v])
    np.linalg.multi_dot([u, M, M, v])
    np.linalg.multi_dot([M, B, wide, tall, b4])
    np.linalg.norm(u)
    np.linalg.norm(u, 1)
    np.linalg.norm(u, 3)
    np.linalg.norm(u, -1)
    np.linalg.norm(u, 0.5)
    np.linalg.norm(u, 2)
    np.linalg.norm(u, np.inf)
    np.linalg.norm(u, -np.inf)
    np.linalg.norm(tall, 3, axis=0)
    np.linalg.norm(tall, ord=1, axis=1, keepdims=True)
    np.linalg.norm(tall, "fro")
    np.linalg.norm(tall, "nuc")
    np.linalg.norm(tall, 2)
    np.linalg.norm(tall, -2)
    np.linalg.norm(tall, 1)
    np.linalg.norm(tall, -np.inf)
    np.linalg.norm(talls)
    np.linalg.norm(talls, axis=(0, 2))
    np.linalg.norm(talls, "nuc", axis=(0, 2))
    np.linalg.norm(talls, 2, (1, 2), True)
    np.linalg.norm(talls, 1, axis=(2, 0), keepdims=True)
    np.linalg.norm(talls, -1, axis=(-1, 0))
    np.linalg.norm(talls, np.inf, axis=(1, 0))
    np.linalg.cond(M)
    np.linalg.cond(S, 2)
    np.linalg.cond(M, -2)
    np.linalg.cond(S, "fro")
    np.linalg.cond(M, 1)
    np.linalg.cond(M, -np.inf)
    np.linalg.tensorinv(A4)
    np.linalg.tensorinv(A4.reshape(6, 2, 3), ind=1)
    np.linalg.tensorsolve(A4, b4)
    np.linalg.tensorsolve(np.swapaxes(A4, 0, 2), b4, axes=(0,))
    np.linalg.trace(S)
    np.linalg.trace(talls, offset=-1)
    np.linalg.diagonal(talls)
    np.linalg.diagonal(S, offset=1)
    np.linalg.outer(u, v)
    np.linalg.cross(u, v)
    np.linalg.cross(S, M, axis=1)
    np.linalg.matmul(M, B)
    np.linalg.tensordot(M, B, axes=1)
    np.linalg.tensordot(S, M)
    np.linalg.matrix_transpose(talls)
    np.linalg.vecdot(S, u)
    np.linalg.vecdot(tall, tall, axis=0)
    np.linalg.vector_norm(u)
    np.linalg.vector_norm(talls)
    np.linalg.vector_norm(talls, axis=(0, 2), keepdims=True)
    np.linalg.vector_norm(talls, ord=1, axis=1)
    np.linalg.vector_norm(talls, ord=np.inf, axis=(1, 2))
    np.linalg.vector_norm(tall, keepdims=True, ord=3)
    np.linalg.matrix_norm(talls)
    np.linalg.matrix_norm(talls, ord="nuc", keepdims=True)
    np.linalg.matrix_norm(S, ord=-2)
    np.linalg.matrix_norm(S, ord=np.inf)
"""

PRODUCTS = """
    np.dot(u, v)
    np.dot(M, u)
    np.dot(u, B)
    np.dot(M, 2.0)
    np.dot(0.5, BB)
    np.dot(S, B)
    np.dot(S, v)
    np.dot(B.T, S)
    np.dot(S, BB)
    np.dot(u, S)
    np.dot(np.array(2.0), u)
    M.dot(B)
    S.dot(BB)
    u.dot(3.0)
    np.vdot(u, v)
    np.vdot(tall, wide)
    np.inner(u, v)
    np.inner(S, M)
    np.inner(S, u)
    np.inner(2.0, M)
    np.inner(BB, wide[:, :2])
    np.outer(u, v)
    np.outer(tall, u)
    np.outer(u, 2.0)
    np.kron(u, v)
    np.kron(M, b4)
    np.kron(u, b4)
    np.kron(BB, b4)
    np.kron(M, 2.0)
    np.cross(u, v)
    np.cross(S, u)
    np.cross(M, S, axisa=0)
    np.cross(S, M, axis=1)
    np.cross(S, S[:, ::-1], axisa=1, axisb=2, axisc=0)
    np.tensordot(S, M)
    np.tensordot(M, B, 1)
    np.tensordot(u, v, 0)
    np.tensordot(S, BB, axes=([0, 1], [0, 1]))
    np.tensordot(talls, wide, axes=(2, 0))
    np.tensordot(talls, b4, axes=[[0], [0]])
    np.tensordot(M[:0], B[:0], axes=([0], [0]))
    np.trace(M)
    np.trace(tall, 1)
    np.trace(talls, offset=-1, axis1=2, axis2=0)
    np.trace(Q, axis1=-1, axis2=-2)
    M.trace()
    tall.trace(-1)
    np.vecdot(S, u)
    np.vecdot(S, M)
    np.vecdot(Q, S[:, None])
    np.vecdot(tall, tall, axis=0)
    np.matmul(M, S)
    np.matmul(u, S)
    np.matmul(Q, u)
    np.matmul(K, BB)
    u @ M @ v
    np.einsum("ij,jk", M, B)
    np.einsum("ij,jk->ki", M, B)
    np.einsum("ii", M)
    np.einsum("ii->i", M)
    np.einsum("kii->ki", S)
    np.einsum("iij->j", np.transpose(S, (1, 2, 0)))
    np.einsum("iii->i", np.stack([S[0], S[1], M]))
    np.einsum("i,i->", u, v)
    np.einsum("i,j->ij", u, v)
    np.einsum("ij->", tall)
    np.einsum("ij->ji", tall)
    np.einsum("...ij,...jk->...ik", Q, BB)
    np.einsum("...ij,j", Q, u)
    np.einsum("...ii->...i", Q)
    np.einsum("i...->...", S)
    np.einsum("ij...,jk...->ik...", np.moveaxis(S, 0, -1), B)
    np.einsum("ij,jk,kl->il", M, B, b4)
    np.einsum("ij,jk,kl,l", M, B, b4, u, optimize=True)
    np.einsum("ij,ij,j->i", M, M, u, optimize="greedy")
    np.einsum("ij,jk->ik", M, B, optimize=False)
    np.einsum(M, [0, 1], B, [1, 2], [0, 2])
    np.einsum(M, [0, 1], u, [1])
    np.einsum(S, [..., 0, 0], [..., 0])
    np.einsum("b,b->b", u, u)
    np.einsum(" i j , j -> i ", M, u)
"""
NEWER = """
    np.matvec(M, u)
    np.matvec(S, u)
    np.matvec(Q, S[:, :2, 0][..., [0, 1, 0]])
    np.vecmat(u, B)
    np.vecmat(S, BB[:, None])
"""
NEWER = NEWER if "matvec" in vars(np) else ""


@pytest.mark.parametrize(("function", "xs"), calls(LINALG + PRODUCTS + NEWER, ARRAYS))
def test_calls(function, xs):
    check_call(function, xs)


# --- what a table of calls does not show --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "matrix", [np.zeros((2, 2)), np.outer([1.0, 2.0, 3.0], [1.0, 0.5, -1.0]), np.diag([2.0, 3.0, 0.0])]
)
def test_det_of_a_singular_matrix(matrix):
    """The cofactors, by their definition: determinants of what is left without a row and a column."""
    rows, columns = np.indices(matrix.shape)
    rest = [np.delete(np.delete(matrix, i, 0), j, 1) for i, j in zip(rows.flat, columns.flat, strict=True)]
    expected = (-1.0) ** (rows + columns) * np.reshape([np.linalg.det(part) for part in rest], matrix.shape)
    np.testing.assert_allclose(grad(np.linalg.det)(matrix), expected, atol=1e-14)
    check_grads(np.linalg.det, matrix, order=2)


def test_hessian_of_det_is_exact_where_singular_values_are_equal():
    expected = np.zeros((2, 2, 2, 2))
    expected[0, 0, 1, 1] = expected[1, 1, 0, 0] = 1.0
    expected[0, 1, 1, 0] = expected[1, 0, 0, 1] = -1.0
    for matrix in (np.eye(2), np.zeros((2, 2)), 3.0 * np.eye(2)):
        np.testing.assert_allclose(hessian(np.linalg.det)(matrix), expected, atol=1e-14)


def test_equal_eigenvalues():
    """Eigenvalues have a gradient, and so has what depends on the vectors of one value alone; the others have none."""
    a = np.diag([2.0, 2.0, 5.0])
    w = Tensor(a)
    np.linalg.eigvalsh(w).sum().backward()
    np.testing.assert_allclose(w.grad, np.eye(3))
    w = Tensor(a)
    (np.linalg.eigh(w)[0] ** 2).sum().backward()
    np.testing.assert_allclose(w.grad, 2 * a)
    np.linalg.eigh(w)[1][:, 2].sum().backward()
    assert np.isfinite(w.grad).all()
    with np.errstate(divide="ignore", invalid="ignore"):
        np.linalg.eigh(w)[1][0, 0].backward()
    w.grad = None
    with np.errstate(divide="ignore", invalid="ignore"):
        (np.linalg.eigh(w)[1] * np.arange(9.0).reshape(3, 3)).sum().backward()
    assert not np.isfinite(w.grad).all()


def test_equal_singular_values():
    a = Tensor(2.0 * np.eye(3))
    for values in (np.linalg.svdvals(a), np.linalg.svd(a)[1]):
        a.grad = None
        values.sum().backward()
        np.testing.assert_allclose(a.grad, np.eye(3))
    a.grad = None
    with np.errstate(divide="ignore", invalid="ignore"):
        (np.linalg.svd(a)[0] * np.arange(9.0).reshape(3, 3)).sum().backward()
    assert not np.isfinite(a.grad).all()


def test_a_singular_value_of_zero():
    wide = np.array([[2.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    for matrix in (wide, wide.T):
        a = Tensor(matrix)
        (np.linalg.svd(a, full_matrices=False)[1] ** 2).sum().backward()
        np.testing.assert_allclose(a.grad, 2 * matrix)


def test_only_the_triangle_that_is_read_gets_a_gradient():
    for function in (np.linalg.cholesky, np.linalg.eigvalsh, lambda a: np.linalg.eigh(a)[0]):
        a = Tensor(M @ M.T)
        (function(a) ** 3).sum().backward()
        assert np.triu(a.grad, 1).tolist() == np.zeros((3, 3)).tolist()
        b = Tensor(M)
        (function(b @ b.T) ** 3).sum().backward()
        check_grads(lambda b: (function(b @ b.T) ** 3).sum(), M, order=2)  # noqa: B023


SECOND = """
    np.linalg.inv(M)
    np.linalg.solve(M, B)
    np.linalg.cholesky(M @ M.T)
    np.linalg.eigh(M @ M.T)
    np.linalg.svd(M)
    np.linalg.svd(tall, full_matrices=False)
    np.linalg.lstsq(tall, [1.0, 2.0, -1.0, 0.5])
    np.linalg.pinv(wide)
    np.linalg.qr(wide)
    np.linalg.slogdet(S)
    np.linalg.norm(tall, "nuc")
    np.linalg.matrix_power(M, -2)
    np.kron(u, b4)
    np.cross(S, u)
    np.einsum("ij,ij,j->i", M, M, u)
"""


@pytest.mark.parametrize(("function", "xs"), calls(SECOND, ARRAYS))
def test_second_derivatives(function, xs):
    check_call(function, xs, order=2)


REFUSED = {
    "eig": (np.linalg.eig, "np.linalg.eig.* has no derivative rule, .*its results may be complex.*np.linalg.eigh"),
    "eigvals": (np.linalg.eigvals, "of a symmetric matrix take np.linalg.eigvalsh"),
    "svd": (lambda a: np.linalg.svd(a[:2]), "full_matrices=True: .* give full_matrices=False"),
    "qr": (lambda a: np.linalg.qr(a[:, :2], "complete"), "mode='complete'.* take mode='reduced'"),
    "raw": (lambda a: np.linalg.qr(a, "raw"), "mode='raw'.* take mode='reduced'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    function, message = REFUSED[name]
    with pytest.raises(NotImplementedError, match=message):
        function(Tensor(M))


WRONG = {
    "cross": (lambda a: np.cross(a[0, :2], a[1, :2]), "cross takes vectors of three numbers"),
    "outer": (lambda a: np.linalg.outer(a, a), "np.linalg.outer takes vectors, not Tensor"),
    "norm": (lambda a: np.linalg.norm(a, 3), "norm of order 3 is not one of matrices"),
    "norm of three axes": (lambda a: np.linalg.norm(a[None], 1), "norm of order 1 is of vectors or matrices"),
    "norm of a vector": (lambda a: np.linalg.norm(a[0], "nuc"), "norm of order 'nuc' is of matrices"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments(name):
    function, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        function(Tensor(M))


def test_singular_matrices_are_refused_as_in_numpy():
    for function in (np.linalg.inv, lambda a: np.linalg.solve(a, [1.0, 2.0]), lambda a: np.linalg.matrix_power(a, -1)):
        with pytest.raises(np.linalg.LinAlgError, match=r"\(Tensor \(2, 2\).*\): Singular matrix"):
            function(Tensor(np.ones((2, 2))))


def test_plain_answers():
    assert np.linalg.matrix_rank(Tensor(M)) == 3
    assert np.einsum_path("ij,jk", Tensor(M), Tensor(M))[0] == ["einsum_path", (0, 1)]
    assert type(np.linalg.slogdet(Tensor(-M)).sign) is np.float64
