# Two commands do everything on a fresh machine with Python 3.11 or later:
#   make demo    set up and run the Kaplan-Meier analysis of the bundled cohort
#   make test    set up and pass the tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-all lint format bench cohort clean

demo: $(VENV)/installed
	$(BIN)/hcc2l km --by child_pugh --at 6,12,24

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n 2

test-all: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n 2 -m ""

lint: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(VENV)/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/installed-dev
	$(BIN)/python benchmarks/bench_km.py
	$(BIN)/python benchmarks/bench_cox.py
	$(BIN)/python benchmarks/bench_tree.py
	$(BIN)/python benchmarks/bench_psmatch.py
	$(BIN)/python benchmarks/bench_roc.py

cohort: $(VENV)/installed
	$(BIN)/python sample_data/second_line/generate.py

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "hcc2l needs Python 3.11 or later; say which: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/installed-dev: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $(VENV)/installed $@
