# Every target sets up what it needs, by itself and once: an environment with the project in it.
# Once that is there, nothing is fetched again until pyproject.toml changes, so all of it works offline.
#
# To use another Python:  make test PYTHON=python3.12 VENV=.venv-3.12

PYTHON ?= python3 python3.13 python3.12 python3.11   # an environment is made with the first usable one
VENV = .venv
BENCH = all   # or the name of one benchmark

RUN = $(VENV)/bin/python -m
PIP = $*/bin/python -m pip install --quiet

.DEFAULT_GOAL = help
.PHONY: help demo test browser check format cover bench clean
.NOTPARALLEL:   # two targets must not install into one environment at a time
.SECONDARY:     # keep the stamps

help:    ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

demo:    $(VENV)/.project   ## train a network on two moons and draw it
	$(RUN) demos moons

test:    $(VENV)/.test      ## run all tests, the examples in docstrings included
	$(RUN) pytest

browser: $(VENV)/.browser   ## let the tests open the pages in Chromium, if the system has it; then make test
	@command -v chromium chromium-browser google-chrome || echo 'no Chromium found; on Debian: apt install chromium'

check:   $(VENV)/.check     ## lint, check the formatting and the types
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy

format:  $(VENV)/.check     ## format the code and mend what the linter can mend
	$(RUN) ruff check --fix
	$(RUN) ruff format

cover:   $(VENV)/.test      ## branch coverage of autograd, at least 98 %
	$(RUN) pytest --cov --cov-fail-under=98

bench:   $(VENV)/.project .venv-bench/.bench .venv-hips/.bench-hips   ## measure beside other libraries (fetches them: some GB)
	$(RUN) benchmarks $(BENCH)

clean:                      ## remove the environments, caches and builds
	rm -rf .venv .venv-bench .venv-hips build dist htmlcov .coverage .coverage.*
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What an environment holds, each a stamp in its folder. The peers have environments of their own, without
# the project; HIPS autograd one for itself, because it shares our import name.

%/.project: %/.pip pyproject.toml
	$(PIP) --editable .
	@touch $@

%/.test: %/.project
	$(PIP) --group test
	@touch $@

%/.browser: %/.project
	$(PIP) --group browser
	@touch $@

%/.check: %/.project
	$(PIP) --group check
	@touch $@

%/.bench: %/.pip pyproject.toml
	$(PIP) --group bench
	@touch $@

%/.bench-hips: %/.pip pyproject.toml
	$(PIP) --group bench-hips
	@touch $@

USABLE = import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))

# An environment that is already there and works is kept. pip knows dependency groups since 25.1.
%/.pip:
	@if ! $*/bin/python -c '$(USABLE)' 2>/dev/null; then \
	    for python in $(PYTHON) none; do \
	        if "$$python" -c '$(USABLE)' 2>/dev/null; then break; fi; \
	    done; \
	    if [ "$$python" = none ]; then \
	        echo 'No usable Python among: $(PYTHON)' >&2; \
	        echo 'handgrad needs Python 3.11 or newer with venv: make PYTHON=/path/to/python3' >&2; \
	        exit 1; \
	    fi; \
	    echo "setting up $* with $$python (once; takes a minute)"; \
	    "$$python" -m venv --clear $*; \
	fi
	@$*/bin/python -m pip --version >/dev/null 2>&1 || $*/bin/python -m ensurepip
	$(PIP) --upgrade 'pip>=25.1'
	@touch $@
