# Two commands, each from nothing but Python 3.10+ with venv and pip:
#   make demo [TEXT="..."] [OLLAMA=http://localhost:11434] [MODEL=llama3.1] [CREATE=1]
#   make test
# and, for those who work on it: make lint, make xgrammar
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
DEMO_FLAGS = $(if $(OLLAMA),--ollama "$(OLLAMA)") $(if $(MODEL),--model "$(MODEL)") $(if $(CREATE),--create-model) $(if $(TEXT),--text "$(TEXT)")

.PHONY: demo test xgrammar lint clean

demo: $(VENV)/.demo
	$(BIN)/python -m instructor_ollama demo $(DEMO_FLAGS)

test: $(VENV)/.test
	$(BIN)/python -m pytest

# The schema converter of Ollama's MLX back end; its dependencies (torch among them) are not needed here.
xgrammar: $(VENV)/.xgrammar
	$(BIN)/python -m pytest tests/mlx

lint: $(VENV)/.lint
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

clean:
	rm -rf $(VENV)
