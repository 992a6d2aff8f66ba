"""NumPy's random numbers, for code written for HIPS autograd: plain arrays, which carry no gradient.

Our own code takes an explicit ``numpy.random.default_rng(seed)``.
"""

from numpy.random import (  # isort: skip
    BitGenerator, Generator, MT19937, PCG64, PCG64DXSM, Philox, RandomState, SFC64, SeedSequence, beta, binomial,
    bytes, chisquare, choice, default_rng, dirichlet, exponential, f, gamma, geometric, get_state, gumbel,
    hypergeometric, laplace, logistic, lognormal, logseries, multinomial, multivariate_normal, negative_binomial,
    noncentral_chisquare, noncentral_f, normal, pareto, permutation, poisson, power, rand, randint, randn, random,
    random_sample, ranf, rayleigh, sample, seed, set_state, shuffle, standard_cauchy, standard_exponential,
    standard_gamma, standard_normal, standard_t, triangular, uniform, vonmises, wald, weibull, zipf,
)  # fmt: skip

__all__ = [
    "BitGenerator", "Generator", "MT19937", "PCG64", "PCG64DXSM", "Philox", "RandomState", "SFC64", "SeedSequence",
    "beta", "binomial", "bytes", "chisquare", "choice", "default_rng", "dirichlet", "exponential", "f", "gamma",
    "geometric", "get_state", "gumbel", "hypergeometric", "laplace", "logistic", "lognormal", "logseries",
    "multinomial", "multivariate_normal", "negative_binomial", "noncentral_chisquare", "noncentral_f", "normal",
    "pareto", "permutation", "poisson", "power", "rand", "randint", "randn", "random", "random_sample", "ranf",
    "rayleigh", "sample", "seed", "set_state", "shuffle", "standard_cauchy", "standard_exponential",
    "standard_gamma", "standard_normal", "standard_t", "triangular", "uniform", "vonmises", "wald", "weibull",
    "zipf",
]  # fmt: skip
