# Everything a fresh machine needs: `make demo` and `make test` make their own environment.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
# Tests wait for clusters more than they compute, so there are more processes than cores; tests share servers
# within a file, so a file stays in one process.
WORKERS ?= 5

.DEFAULT_GOAL := help
.PHONY: help install demo test test-long lint format bench soak control-plane test-control-plane wheel lock clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP) ## make .venv with the kubesteer command in it

$(STAMP): pyproject.toml requirements/dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "kubesteer needs Python 3.11 or newer: make PYTHON=python3.12 install")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) (a minute the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: install ## play the conversations on the embedded cluster, in both languages
	@$(BIN)/kubesteer demo

test: install ## the suite: offline, without Go, without a cluster
	@$(BIN)/pytest -q -n $(WORKERS) --dist loadfile -m "not control_plane and not soak and not long"

test-long: install ## whole clusters in motion, every planted fault, kubectl itself
	@$(BIN)/pytest -q -n $(WORKERS) --dist loadfile -m "long and not control_plane and not soak"

lint: install ## ruff, mypy --strict, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: install ## let ruff lay out the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: install ## measure the budgets of docs/architecture.md
	@$(BIN)/python -m bench

soak: install ## the long form of the kill and hostile tests
	@$(BIN)/pytest -q -m soak

control-plane: ## build a real control plane into a cache outside the repo (once; needs Go)
	@$(PYTHON) control-plane/build.py

test-control-plane: install control-plane ## the contract tests against a real kube-apiserver
	@$(BIN)/pytest -q -m control_plane

wheel: install ## build the wheel into dist/
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist .

lock: ## resolve the lock files anew (needs uv)
	uv pip compile pyproject.toml --python-version 3.11 --universal --generate-hashes --no-header --no-annotate --upgrade -q -o requirements/base.lock
	uv pip compile pyproject.toml --extra llm --extra oidc --group dev --python-version 3.11 --universal --generate-hashes --no-header --no-annotate --upgrade -q -o requirements/dev.lock

clean: ## remove the environment and what was built
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
