# Two commands do everything on a fresh machine with Python 3.11 or later:
#   make demo    set up and run the Kaplan-Meier analysis of the bundled cohort
#   make test    set up and pass the tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-all test-pythons lint format bench mutate lock ledger cohort clean fuzz cross-check check-imputer docs audit scale counts

# The tested versions of all dependencies, where they are known for this Python (make lock).
INSTALL = locked="$(CURDIR)/constraints/python$$($(BIN)/python -c \
	'import sys; print("%d.%d" % sys.version_info[:2])').txt"; \
	test -f "$$locked" || locked=/dev/null; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint "$$locked" --editable

demo: $(VENV)/installed
	$(BIN)/hcc2l km --by child_pugh --at 6,12,24

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n 2

test-all: $(VENV)/installed-dev $(VENV)/installed-docs
	HYPOTHESIS_PROFILE=random $(BIN)/python -m pytest -n 2 -m ""

# On every Python found, with the locked, the newest and the lowest versions of the dependencies;
# ONLY=3.13-newest runs one of the nine.
test-pythons: $(VENV)/installed-dev
	$(BIN)/python tools/pythons.py test $(ONLY)

# Break the code in many places, one at a time, and print the breaks that no test notices;
# MUTATE="--mutants 50 src/hcc2l/stats" chooses how many and where.
mutate: $(VENV)/installed-dev
	$(BIN)/python tools/mutate.py $(MUTATE)

# Random cohorts, dictionaries and command lines for some minutes; tools/fuzz.py --seed N tries one again.
fuzz: MINUTES ?= 5
fuzz: $(VENV)/installed-dev
	$(BIN)/python tools/fuzz.py --minutes $(MINUTES) --from $(or $(FROM),0)

# N random cohorts with random options, compared with R, or with lifelines where there is no R.
cross-check: N ?= 600
cross-check: $(VENV)/installed-dev
	$(BIN)/python tools/cross_check.py --cohorts $(N) --seed $(or $(FROM),0)

# The imputer on 200 simulated cohorts, beside R's mice; two minutes.
check-imputer: $(VENV)/installed
	$(BIN)/python tools/check_imputer.py

lock: $(VENV)/installed-dev
	$(BIN)/python tools/pythons.py lock

lint: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python tools/check_asserts.py src tests benchmarks tools
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(VENV)/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# As in an installed package, the modules are compiled once and not at every start.
bench: export PYTHONDONTWRITEBYTECODE =
bench: $(VENV)/installed-dev
	$(BIN)/python benchmarks/bench_km.py
	$(BIN)/python benchmarks/bench_table1.py
	$(BIN)/python benchmarks/bench_cox.py
	$(BIN)/python benchmarks/bench_tree.py
	$(BIN)/python benchmarks/bench_psmatch.py
	$(BIN)/python benchmarks/bench_roc.py

# Every published number of the bundled studies beside ours; STUDY=lei2025 runs one of them.
ledger: $(VENV)/installed
	$(BIN)/python tools/ledger.py $(STUDY)

# Reference cases, hostile inputs and published items, into docs/verification.md.
counts:
	python3 tools/counts.py

# Time and memory by the number of rows, into docs/scale.md; MAX_ROWS=10000000 goes further.
scale: export PYTHONDONTWRITEBYTECODE =
scale: $(VENV)/installed-dev
	MAX_ROWS=$(MAX_ROWS) $(BIN)/python tools/scale.py

cohort: $(VENV)/installed
	$(BIN)/python tools/twins/chon2024.py
	$(BIN)/python tools/twins/export.py

# The documentation site, in site/; broken links and forgotten pages are errors.
docs: $(VENV)/installed-docs
	$(BIN)/python -m mkdocs build

# Known vulnerabilities of the dependencies; asks the index of advisories, so it needs a network.
audit: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-audit
	$(BIN)/python -m pip_audit --skip-editable

clean:
	rm -rf site $(VENV) .venvs .mutants build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "hcc2l needs Python 3.11 or later; choose one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml $(wildcard constraints/*.txt)
	@echo 'Installing hcc2l and its dependencies into $(VENV) ...'
	@$(INSTALL) .
	touch $@

$(VENV)/installed-docs: $(VENV)/bin/python pyproject.toml
	@echo 'Installing hcc2l and the tools of its documentation into $(VENV) ...'
	@$(INSTALL) '.[docs]'
	touch $@

$(VENV)/installed-dev: $(VENV)/bin/python pyproject.toml $(wildcard constraints/*.txt)
	@echo 'Installing hcc2l, its dependencies and the tools of its tests into $(VENV) ...'
	@$(INSTALL) '.[dev]'
	touch $(VENV)/installed $@
