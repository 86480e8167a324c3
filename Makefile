# From nothing but Python 3.10+ with venv and pip; `make help` lists what there is.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

# Passed on in the environment, as they were typed: neither make nor the shell reads quotes or dollars in them.
override TEXT := $(value TEXT)
override OLLAMA := $(value OLLAMA)
override MODEL := $(value MODEL)
override CREATE := $(value CREATE)
export TEXT OLLAMA MODEL CREATE
DEMO_FLAGS = $${OLLAMA:+--ollama="$$OLLAMA"} $${MODEL:+--model="$$MODEL"} $${CREATE:+--create-model} $${TEXT:+--text="$$TEXT"}

.PHONY: demo test xgrammar lint clean help

demo: $(VENV)/.demo  ## extract objects from sentences with a real model
	$(BIN)/python -m instructor_ollama demo $(DEMO_FLAGS)

test: $(VENV)/.test  ## run the tests
	$(BIN)/python -m pytest

# The schema converter of Ollama's MLX back end; its dependencies (torch among them) are not needed here.
xgrammar: $(VENV)/.xgrammar  ## run the tests of the schema converter of the MLX back end
	$(BIN)/python -m pytest tests/mlx

lint: $(VENV)/.lint  ## run ruff, mypy and pyright
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python

$(VENV)/.pip:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	touch $@

$(VENV)/.demo: $(VENV)/.pip pyproject.toml
	$(BIN)/python -m pip install --quiet --editable ".[embedded]"
	touch $@

$(VENV)/.test: $(VENV)/.demo
	$(BIN)/python -m pip install --quiet --group test
	touch $@

$(VENV)/.xgrammar: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --no-deps xgrammar==0.2.7 apache-tvm-ffi
	touch $@

$(VENV)/.lint: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --group lint
	touch $@

clean:  ## remove what the others have installed
	rm -rf $(VENV)

help:  ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo '  make demo TEXT="Maria Lopez is 41."            a text of your own'
	@echo '  make demo MODEL=llama3.1                       a model of your Ollama (OLLAMA_HOST, else this machine)'
	@echo '  make demo OLLAMA=http://gpu:11434 CREATE=1     the demo model, created in that Ollama first'
