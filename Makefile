# Two commands do all the set-up themselves: `make demo` and `make test`. Python 3.11 or newer and make are enough.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test check lint types imports format messages accuracy bench clean

demo: .venv/.run  ## run the web chat on http://127.0.0.1:8080/chat
	$(BIN)/nhipcau demo

test: .venv/.dev .venv/.clients  ## run all tests
	$(BIN)/pytest

check: lint types imports  ## everything but the tests

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/nhipcau knowledge lint

types: .venv/.dev
	$(BIN)/mypy

imports: .venv/.dev
	$(BIN)/lint-imports --no-cache

format: .venv/.dev  ## let ruff tidy the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: .venv/.dev  ## bring both catalogues up to date with the sentences in the code
	$(BIN)/pybabel -q extract --no-location --no-wrap -o .venv/messages.pot nhipcau/handlers nhipcau/knowledge/calc
	$(BIN)/pybabel -q update --no-fuzzy-matching --no-wrap -D nhipcau -i .venv/messages.pot -d nhipcau/locale

accuracy: .venv/.dev  ## measure the answers on the published test set and write docs/accuracy.md
	$(BIN)/python -m tests.knowledge.publish

bench: .venv/.bench  ## measure; prints one JSON object a bench
	$(BIN)/python -m tests.bench

.venv/.run: requirements/main.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r requirements/main.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q nhipcau
	touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	$(PIP) install --require-hashes -r requirements/dev.txt
	touch $@

# Other people's clients, which must work against our emulators, have dependencies of their own: an environment apart.
.venv/.clients: .venv/.dev requirements/clients.txt
	$(PYTHON) -m venv .venv/clients
	.venv/clients/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements/clients.txt
	touch $@

# The other library that is measured beside us has dependencies of its own: an environment apart.
.venv/.bench: .venv/.dev requirements/bench.txt
	$(PYTHON) -m venv .venv/bench
	.venv/bench/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements/bench.txt
	touch $@

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .hypothesis
