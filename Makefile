# sla-bot: `make demo` to try it, `make test` and `make check` to change it.
#
#   make demo [PORT=8080] [SPEED=60] [RESET=1] [ARGS="--no-browser"]
#   make test [ARGS="-k nudge"]
#   make one TEST=tests/storage/test_events.py::test_an_instant_without_a_zone_is_refused
#   make test-all
#   make faults
#   make coverage
#   make conformance [VECTORS=vectors.json] [ARGS="--seed 7"]
#   make mutants [ARGS="--rule 7"]
#   make permutations [ARGS="--seed 7 --cases 10000"]
#   make forecasts [ARGS="--seed 7 --cases 500"]
#   make fuzz [ARGS="--seed 7 --inputs 100000"]
#   make real-logs DATA=FOLDER
#   make bench
#   PYTHON=python3.13 make setup

SHELL := /bin/sh
VENV := .venv
DEMO_DATA := .demo
PYTHON ?=
ARGS ?=

SOURCES = $(wildcard bot sla_engine migrations tests benchmarks)
READY_DEMO := $(VENV)/.ready-demo
READY_DEV := $(VENV)/.ready-dev

# Three on two cores: for a third of its time a test waits, for a socket, a deadline or another process.
WORKERS := --numprocesses=3 --dist=worksteal
# The bot's own processes, which tests start by the dozen, would each compile it anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test one test-all faults coverage conformance permutations forecasts mutants fuzz real-logs bench check setup clean
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | sed '/^$$/q'

demo: $(READY_DEMO)
	@$(if $(RESET),rm -rf $(DEMO_DATA),:)
	@$(VENV)/bin/sla-bot demo --data $(DEMO_DATA) $(if $(PORT),--port $(PORT)) $(if $(SPEED),--speed $(SPEED)) $(ARGS)

test: $(READY_DEV)
	@$(VENV)/bin/pytest $(WORKERS) $(ARGS)

one: $(READY_DEV)
	@$(VENV)/bin/pytest -q --database=sqlite $(TEST) $(ARGS)

test-all: $(READY_DEV)
	@$(VENV)/bin/pytest $(WORKERS) --database=both --whole $(ARGS)

faults: $(READY_DEV)
	@$(VENV)/bin/pytest $(WORKERS) --database=both --whole tests/faults $(ARGS)

coverage: $(READY_DEV)
	@$(VENV)/bin/pytest $(WORKERS) --cov --cov-report=term --cov-fail-under=95 $(ARGS)

conformance: $(READY_DEV)
	@$(VENV)/bin/python -m tests.oracle $(VECTORS) $(ARGS)

permutations: $(READY_DEV)
	@$(VENV)/bin/python -m tests.permutations $(ARGS)

mutants: $(READY_DEV)
	@$(VENV)/bin/python -m tests.mutation $(ARGS)

forecasts: $(READY_DEV)
	@$(VENV)/bin/python -m tests.forecasts $(ARGS)

fuzz: $(READY_DEV)
	@$(VENV)/bin/python -m tests.fuzz $(ARGS)

real-logs: $(READY_DEV)
	@$(VENV)/bin/python -m tests.real_logs $(DATA)

bench: $(READY_DEV)
	@$(VENV)/bin/python -m benchmarks --date "$$(date -u +%F)" $(ARGS)

check: $(READY_DEV)
	$(VENV)/bin/ruff format --check $(SOURCES)
	$(VENV)/bin/ruff check $(SOURCES)
	$(VENV)/bin/mypy --strict --num-workers=2 $(SOURCES)
	$(VENV)/bin/lint-imports --no-logo
	$(VENV)/bin/deptry .

setup: $(READY_DEV)

clean:
	rm -rf $(VENV) $(DEMO_DATA) .coverage .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/bin/pip:
	@found=; \
	for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "sla-bot needs Python 3.11 or newer; point PYTHON at one: make setup PYTHON=/path/to/python3." >&2; exit 1; \
	fi; \
	echo "Setting up $(VENV) with $$("$$found" --version) ..."; \
	if "$$found" -c 'import ensurepip' 2>/dev/null; then "$$found" -m venv $(VENV); \
	elif "$$found" -m pip --version >/dev/null 2>&1; then \
		"$$found" -m venv --without-pip $(VENV) && "$$found" -m pip --python $(VENV)/bin/python install --quiet pip; \
	elif command -v virtualenv >/dev/null; then virtualenv --quiet --python "$$found" $(VENV); \
	elif command -v uv >/dev/null; then uv venv --quiet --seed --python "$$found" $(VENV); \
	else \
		echo "This Python comes without pip and ensurepip: install your system's python3-venv package, or point PYTHON at another Python." >&2; \
		exit 1; \
	fi

$(READY_DEMO): pyproject.toml constraints.txt | $(VENV)/bin/pip
	@echo "Setting up what the demo needs (a minute the first time) ..."
	@$(VENV)/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-warn-script-location \
		--constraint constraints.txt --editable '.[sandbox]'
	@touch $@

$(READY_DEV): pyproject.toml constraints.txt | $(VENV)/bin/pip
	@echo "Setting up what the tests need (a minute or two the first time) ..."
	@$(VENV)/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-warn-script-location \
		--constraint constraints.txt --editable '.[sandbox,dev]'
	@touch $@ $(READY_DEMO)
