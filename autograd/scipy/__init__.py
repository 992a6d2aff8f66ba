"""``autograd.scipy``: functions of SciPy's that differentiate, for code written for HIPS autograd.

SciPy is imported by the modules in here and by nothing else in autograd: ``pip install "handgrad[scipy]"``.
"""

__all__: list[str] = []
