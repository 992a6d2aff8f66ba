"""``autograd.scipy.stats``: densities and distribution functions that differentiate by all their arguments.

Where a derivative has no closed form, as that of the incomplete gamma function by its first operand, the error says so.
"""

from autograd.scipy.stats import beta, chi2, dirichlet, gamma, multivariate_normal, norm, poisson, t

__all__ = ["beta", "chi2", "dirichlet", "gamma", "multivariate_normal", "norm", "poisson", "t"]
