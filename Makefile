# Every command of this repository. `make` alone lists them.

PYTHON ?= python3
PORT   ?= 8000
DATA   ?= instance
ONLY   ?=

BIN := .venv/bin
export PYTHON PORT DATA

.DEFAULT_GOAL := help
.PHONY: help setup run test check checkers format bench bench-million screenshots pin audit clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## system packages and .venv, for running and for testing
	@scripts/setup.sh test

run: ## serve the app with its demo world; PORT=8000, DATA=instance, DEMO=no for an empty one
	@scripts/run.sh

test: ## every test, on SQLite and on PostgreSQL; ONLY="tests/people -k import" for some
	@scripts/test.sh $(ONLY)

check: ## format, lint, types and architecture, in seconds
	@scripts/check.sh

checkers: ## what Nu HTML and HTML CodeSniffer (pa11y) say of every page; fetches both with npm, needs Java
	@scripts/setup.sh test
	@scripts/checkers.sh

format: ## put every file into shape, and fix what ruff can fix
	@scripts/venv.sh test
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

bench: ## speed and weight as ratios to a baseline measured in the same run
	@scripts/setup.sh test
	@CHROMIUM=$$(scripts/chromium.sh) $(BIN)/python -m bench

bench-million: ## a country of a million people on PostgreSQL: its screens, one completion recorded, the memory of the server
	@scripts/setup.sh test
	@POSTGRES_SETTINGS="-c shared_buffers=1GB -c work_mem=64MB -c random_page_cost=1.1 -c max_wal_size=4GB" \
		scripts/postgres.sh $(BIN)/python -m bench million

screenshots: ## the README's pictures, taken from the demo world
	@scripts/setup.sh test
	@$(BIN)/python -m scripts.screenshots

pin: ## choose versions anew from requirements*.in (uses uv)
	@scripts/pin.sh

audit: ## look up known holes in what is pinned
	@scripts/venv.sh test
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements.txt
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements-dev.txt

clean: ## remove .venv and caches; data stays
	@rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
