# `make help` lists what there is to make. Needs python3 (3.11 to 3.13), make and git; everything else is installed into .venv.

SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := $(CURDIR)/.demo
DAGSTER_HOME ?= $(CURDIR)/.dagster_home
UI_PORT ?= 3000
REPORTS_PORT ?= 3080
PYTEST_ARGS ?=
WORKERS ?= 3
# Tests make and remove tens of thousands of files: in memory where there are 6 GB for them.
ROOMY := $(shell test -w /dev/shm && df -k /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 6000000 {print "/dev/shm"}')

# Relative on purpose: pip splits the value of PIP_CONSTRAINT at blanks, and a checkout's path may have some.
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet
COWRIE := $(BIN)/cowrie-assets
# Tests start hundreds of processes: none compiles the package again, also where the caller wants no bytecode written.
export PYTHONDONTWRITEBYTECODE :=

# The demo's settings; `make ui` takes the user's own where there are any.
WITH_DEMO_SETTINGS := demo $(if $(COWRIE_LOG_ROOT)$(COWRIE_DATABASE_URL),,ui)
$(WITH_DEMO_SETTINGS): export COWRIE_LOG_ROOT := $(CURDIR)/cowrie_assets_tests/sample_logs
$(WITH_DEMO_SETTINGS): export COWRIE_DATABASE_URL := sqlite:///$(DEMO)/cowrie_assets.db
$(WITH_DEMO_SETTINGS): export COWRIE_REPORT_DIR := $(DEMO)/reports
$(WITH_DEMO_SETTINGS): export COWRIE_FIRST_DAY := 2026-08-01
$(WITH_DEMO_SETTINGS): export COWRIE_SENSORS_FILE :=

.PHONY: help install demo ui test test-anywhere lint lint-types lint-all-else format soak bench lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' Makefile

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "$(PYTHON) is not Python 3.11, 3.12 or 3.13: name one that is, for example make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable '.[dev]'
	@touch $(VENV)/installed $@

install: $(VENV)/installed-dev ## install all that is needed into .venv

demo: $(VENV)/installed ## ingest the sample of real logs, write its reports, print one
	@mkdir -p "$(DEMO)"
	$(COWRIE) ingest
	$(COWRIE) backfill 2026-08-30 2026-09-03
	$(COWRIE) validate
	@$(COWRIE) report daily 2026-08-31 --format text
	@echo
	@echo "All reports, to open in a browser: $(DEMO)/reports/index.html"
	@echo "The database:                      $(DEMO)/cowrie_assets.db"
	@echo "Over them, until Ctrl-C:           make ui"
	@echo "    the Dagster UI                 http://127.0.0.1:$(UI_PORT)"
	@echo "    the reports                    http://127.0.0.1:$(REPORTS_PORT)"
	@echo "Over logs of your own:             cowrie-assets ui, or cowrie-assets serve for the reports alone"

ui: $(VENV)/installed ## run Dagster on http://127.0.0.1:3000 and serve the reports on http://127.0.0.1:3080
	@mkdir -p "$(DEMO)"
	@exec env DAGSTER_HOME="$(DAGSTER_HOME)" $(COWRIE) ui --port $(UI_PORT) --reports-port $(REPORTS_PORT)

test: lint ## all checks and tests but the soak
	TMPDIR="$${TMPDIR:-$(ROOMY)}" $(BIN)/python -m pytest -m "not soak" -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

test-anywhere: $(VENV)/installed-dev ## the tests with other clocks, zone, user and folder, and beside busy loops (an hour)
	.ci/anywhere $(ANYWHERE)

lint: $(VENV)/installed-dev ## ruff, mypy, the layers of ARCHITECTURE.md, the rules of SQL files, and whether Dagster can load the definitions
	@$(MAKE) --no-print-directory --jobs 2 lint-types lint-all-else

# On a fresh clone mypy takes as long as all else together.
lint-types:
	$(BIN)/mypy

# `dg` with a Dagster home of its own: dagster.yaml there switches telemetry off, and no history of the user's is opened.
lint-all-else:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m cowrie_assets_tests.sql_rules
	@mkdir -p $(VENV)/dagster_home && cp dagster.yaml $(VENV)/dagster_home
	DAGSTER_HOME="$(CURDIR)/$(VENV)/dagster_home" VIRTUAL_ENV="$(CURDIR)/$(VENV)" COWRIE_FIRST_DAY=2026-08-01 $(BIN)/dg check defs

format: $(VENV)/installed-dev ## let ruff format the code
	$(BIN)/ruff format .

soak: $(VENV)/installed-dev ## the tests that take long (kill loops, long property runs)
	$(BIN)/python -m pytest -m soak --timeout 0 $(PYTEST_ARGS)
	COWRIE_TEST_EXAMPLES=50 $(BIN)/python -m pytest -m "hypothesis and not soak" --hypothesis-profile soak --timeout 0 $(PYTEST_ARGS)

bench: $(VENV)/installed-dev ## the measurements that README.md quotes
	$(BIN)/python -m benchmarks.bulk --rounds 2
	$(BIN)/python -m benchmarks.peers --sizes 100000 300000 1000000
	$(BIN)/python -m benchmarks.bulk --events 3000000
	$(BIN)/python -m benchmarks.framing
	$(BIN)/python -m benchmarks.many_logs
	$(BIN)/python -m benchmarks.day_cost --events-per-day 5000
	$(BIN)/python -m benchmarks.reports
	$(BIN)/python -m benchmarks.reports --month --events 100000
	$(BIN)/python -m benchmarks.reports --daily-reports 60
	$(BIN)/python -m benchmarks.backfill --days 10 --events-per-day 20000 --engine both
	$(BIN)/python -m benchmarks.fleet
	$(BIN)/python -m benchmarks.rebuild --engine both
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.archive
	$(BIN)/python -m benchmarks.importing --events 500000
	$(BIN)/python -m benchmarks.verdicts
	$(BIN)/python -m benchmarks.campaigns
	$(BIN)/python -m benchmarks.addresses
	$(BIN)/python -m benchmarks.downloads --files 9000
	$(BIN)/python -m benchmarks.find
	$(BIN)/python -m benchmarks.workers --only pace --events-per-day 4000 --days-a-run 5

lock: ## write constraints.txt anew from the newest releases allowed
	$(PYTHON) -m venv --clear $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet '.[dev,files]' editables
	sed -n '/^#/p' constraints.txt > $(VENV)/lock/constraints.txt
	$(VENV)/lock/bin/python -m pip freeze --exclude cowrie-assets >> $(VENV)/lock/constraints.txt
	mv $(VENV)/lock/constraints.txt constraints.txt

clean: ## remove all that was made here: .venv, the demo, caches, Dagster's history
	rm -rf $(VENV) .demo .dagster_home build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
