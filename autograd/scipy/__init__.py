"""``autograd.scipy``: functions of SciPy's that differentiate, for code written for HIPS autograd.

They need SciPy, ``pip install "handgrad[scipy]"``. `import autograd` does not import it: modules in here do, and rows
of ops that SciPy computes, when they first run.
"""

__all__: list[str] = []
