"""Stories to run: each trains something, draws it, and says whether it met its own target.

Start with `python -m demos`. `command.py` has what all demos share, `style.py` how they look; every module
with a `SECONDS` is one demo, and its docstring's first line is its story. Read `moons.py` next.
"""
