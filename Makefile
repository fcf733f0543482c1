# Everyday commands; `make` alone lists them. Another environment: make test BIN=/path/to/venv/bin
BIN ?= .venv/bin

.PHONY: help install check test baseline verify figures pages notebook site bench ci
help:
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

install: ## make .venv with flightsim (editable) and the tools
	python3 -m venv .venv
	$(BIN)/pip install -q -c constraints.txt -e '.[dev,compile]'

check: ## lint, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: ## the tests
	$(BIN)/pytest

baseline: ## rewrite the stored numbers of the standard run, on purpose; say why in the changelog
	$(BIN)/python tests/rewrite_baseline.py

verify: ## the slow, statistical checks, which draw pictures
	for script in experiments/verification/*.py; do $(BIN)/python $$script || exit 1; done

figures: ## the figures of the README and the docs, by the commands shown there
	for script in experiments/figures/*.py; do $(BIN)/python $$script || exit 1; done

pages: ## what the code writes into the docs and conf/, and the picture of the house
	$(BIN)/python scripts/write_docs.py
	$(BIN)/python scripts/draw_house.py

notebook: ## run docs/notebook.ipynb and keep what it shows
	$(BIN)/python scripts/run_notebook.py

site: ## the docs as a site in build/site, without network; a warning is an error
	$(BIN)/sphinx-build -q -W --keep-going -b html docs build/site

bench: ## how fast, how much memory, and how both grow
	for script in experiments/benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

ci: ## what must hold before a change lands
	.ci/run
