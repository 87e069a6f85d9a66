# Two commands matter: `make run` and `make test`. Everything they need is installed by them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
HOST ?= 127.0.0.1
LIREN_HOME ?= var
COMPILE := uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 -q \
	--custom-compile-command "make lock"
INSTALL = $(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r
OFFLINE = 软件包没有装全：请检查网络后再运行一次。 Packages could not be installed: check the network and run it again.

export PYTHONPATH := src
export LIREN_HOME

.PHONY: help run test proof bench lint types lock setup setup-dev system screenshots clean

help:            ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: setup       ## sets up, loads the sample street, serves every face on one port
	@$(BIN)/python -m liren serve --sample --host $(HOST) --port $(PORT)

test: setup-dev system ## proves it: the whole suite on SQLite, the write paths on PostgreSQL
	@$(BIN)/python -m tools.prove test

proof: setup-dev system ## the long proofs: everything on PostgreSQL, every mode, faults, fuzzing
	@$(BIN)/python -m tools.prove proof

bench: setup-dev system ## measures every target of bench/targets.yml
	@$(BIN)/python -m bench

lint: setup-dev  ## ruff, fences
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports

types: setup-dev ## mypy, strict
	@$(BIN)/mypy

screenshots: setup-dev system ## the pages in docs/pictures, taken again
	@$(BIN)/python -m tools.screenshots

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "里仁需要 Python 3.11 或更新版本；已另外安装的话：PYTHON=python3.12 make run"; \
		echo "Liren needs Python 3.11 or newer. If another is installed: PYTHON=python3.12 make run"; exit 1; }
	@echo "第一次安装，需要网络，约一分钟…… First set-up: needs the network and about a minute."
	@$(PYTHON) -m venv $(VENV) >/dev/null || { echo "On Debian and Ubuntu, as root: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install -q uv || { echo "$(OFFLINE)"; exit 1; }

# a stamp per lock: a second start does nothing, and needs no network
$(VENV)/.run: requirements.lock | $(BIN)/uv
	@$(INSTALL) requirements.lock || { echo "$(OFFLINE)"; exit 1; }
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(BIN)/uv
	@$(INSTALL) requirements-dev.lock || { echo "$(OFFLINE)"; exit 1; }
	@touch $@ $(VENV)/.run

$(VENV)/.words: $(wildcard src/liren/locale/*/LC_MESSAGES/*.po) $(VENV)/.run
	@$(BIN)/python -m liren words
	@touch $@

setup: $(VENV)/.run $(VENV)/.words
setup-dev: $(VENV)/.dev setup

system:          ## Chromium, CJK fonts and PostgreSQL, where they are missing and may be installed
	@sh tools/system.sh

lock: $(BIN)/uv  ## pins every package again, without naming a host
	@$(BIN)/$(COMPILE) requirements.in -o requirements.lock
	@$(BIN)/$(COMPILE) -c requirements.lock requirements-dev.in -o requirements-dev.lock

clean:           ## forgets the virtual environment; never the data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
