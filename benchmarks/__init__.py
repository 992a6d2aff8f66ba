"""Side-by-side measurements of this library and its peers, each engine alone in its own process.

Start with `python -m benchmarks`; read `benchmarks/README.md` on how to read the ratios. `harness.py` runs
the processes in turn, `worker.py` is what each process runs, `report.py` prints; every other module is one
benchmark. Nothing imports this package, and no test times anything.
"""
