# The whole developer manual: `make help`.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
# The version of uv is pinned, so that the lock file means the same everywhere.
UV := $(shell command -v uv 2>/dev/null || echo $(CURDIR)/var/uv/bin/uv)
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install: $(STAMP) ## Install everything from uv.lock into .venv

$(STAMP): uv.lock pyproject.toml | uv
	$(UV) sync --frozen --compile-bytecode --python $(PYTHON)
	@touch $(STAMP)

uv:
	@[ -x "$(UV)" ] || command -v uv >/dev/null || { \
	  echo "Bringing uv $(UV_VERSION)"; \
	  $(PYTHON) -m venv var/uv && var/uv/bin/pip install --quiet uv==$(UV_VERSION); }

run: install ## Set up, migrate, load starter content, train if needed, serve
	$(BIN)/careline up

train: install ## Train the assistant and the ranker, where their inputs changed
	$(BIN)/careline train

check: install ## Format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: check train ## Everything CI runs
	$(BIN)/careline kb check
	$(BIN)/pytest -n auto tests/unit tests/actions tests/evaluation tests/web
	$(BIN)/pytest tests/dialogue tests/browser

test-fast: install ## Unit tests only
	$(BIN)/pytest tests/unit tests/actions

bench: train ## Speed and memory, beside a plain Rasa
	$(BIN)/careline bench

format: install ## Rewrite the code in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove what can be made again, but keep var/
	rm -rf $(VENV) models .rasa .mypy_cache .ruff_cache .pytest_cache

.PHONY: help install uv run train check test test-fast bench format clean
