# The same verbs everywhere: run test check bench train evaluate. Needs git, make and Python 3.11 or newer; fetches the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
# uv reads none of pip's settings; serve/bootstrap passes on the others too (indexes, certificates).
UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
export UV_FIND_LINKS
# Tests start hundreds of processes: compiled anew by each of them, the libraries cost more than the tests do.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
SETUP = python=$$(sh serve/bootstrap/find_python.sh) && "$$python" -m serve.bootstrap
WITH ?=

.PHONY: help run setup test check bench train evaluate fuzz format

help:  ## Show this list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run:  ## Set everything up and start it: chat page, engine, database.
	@$(SETUP) suda up

setup:  ## Only the environments, with what tests need.
	@$(SETUP) --dev

test: setup  ## All tests; what this machine cannot run is named in one line.
	@sh tests/run.sh $(WITH)

check: setup  ## Style, types, directions of imports, content.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/suda doctor --content

format: setup  ## Format the code.
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

train: setup  ## Train the dialogue engine.
	@$(BIN)/suda train

# Complaints with gold fields, in the form of `suda understand`; none come with the project.
COMPLAINTS ?= $(wildcard ../shared/data/catalogue/complaints_dev.jsonl)

evaluate: setup  ## Measure knowledge, intents and understanding on what has known answers.
	@$(BIN)/suda evaluate knowledge
	@$(BIN)/suda evaluate intents
	@if [ -n "$(COMPLAINTS)" ]; then $(BIN)/suda evaluate understanding $(COMPLAINTS); \
	else echo "Understanding was not measured: name a file with COMPLAINTS=FILE."; fi

bench: setup  ## Citizens against the running system: speed, CPU, memory.
	@$(BIN)/python -m bench $(WITH)

fuzz: setup  ## Hostile input against the channels' parsers, ten minutes each; WITH="--seconds 60 wechat" for less.
	@$(BIN)/python -m tests.fuzz $(WITH)
