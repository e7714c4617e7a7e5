# Two commands on a fresh machine: `make book` builds the book, `make test` tests everything.
#
#   PYTHON  interpreter that makes the environment (3.11 or later)
#   TORCH   what pip installs as torch. Example: make setup TORCH="torch==2.9.1"
#
# Notebooks run on one thread each: on a busy machine, two wait for each other.
#
# Tests look at the pages in Chromium: root on Debian and its like gets it by `make setup`.
#
# Without a CUDA device, torch is its CPU build: TORCH_INDEX adds the index that has it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CPU_INDEX := https://download.pytorch.org/whl/cpu
CUDA := $(shell nvidia-smi -L >/dev/null 2>&1 && echo yes)
TORCH ?= $(if $(CUDA),torch>=2.6,torch==2.13.0)
TORCH_INDEX ?= $(if $(CUDA),,--extra-index-url $(CPU_INDEX) --retries 1 --timeout 20)
NOTEBOOKS := $(wildcard book/*.ipynb)
CHROMIUM := command -v chromium >/dev/null || command -v chromium-browser >/dev/null
APT := [ "$$(id -u)" = 0 ] && command -v apt-get
APT_CHROMIUM := { apt-get install -y chromium || { apt-get update && apt-get install -y chromium; }; }
PAGE_TESTS := $(addprefix tests/book/test_,links.py site.py browser.py listings.py themes.py)
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile

.PHONY: setup book test lint clean

setup: $(VENV)/ready

$(VENV)/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet $(TORCH_INDEX) "$(TORCH)"
	$(BIN)/pip install --quiet --editable ".[book,test]"
	@$(CHROMIUM) || { $(APT) && $(APT_CHROMIUM); } >/dev/null 2>&1 || \
		echo "There is no chromium and it cannot be installed here: tests in a browser are skipped."
	touch $@

book: setup
	rm -rf _build/html _build/.doctrees
	OMP_NUM_THREADS=1 $(BIN)/jupyter-book build . -W -n --keep-going
	POSEGCN_SITE=_build/html $(PYTEST) $(PAGE_TESTS)
	@echo "open _build/html/index.html"

test: setup
	$(PYTEST) tests
	POSEGCN_FAST=1 $(PYTEST) --nbval-lax --nbval-current-env --nbval-cell-timeout=300 \
		--nbval-sanitize-with=tests/book/nbval_sanitize.cfg $(NOTEBOOKS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/nbstripout --verify --keep-count $(NOTEBOOKS)

clean:
	rm -rf _build $(VENV) *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
