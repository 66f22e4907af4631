# Two commands for a newcomer: `make demo` and `make test`. Everything is installed into .venv, nothing elsewhere.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed

CDM ?=
STUDY ?=
SERVE ?= 1
PORT ?= 8501

.PHONY: demo test agreement bench setup check fix lock
.DEFAULT_GOAL := demo

# What Catchment keeps in a user's cache folder (compiled kernels) stays inside the checkout here.
demo test agreement bench: export XDG_CACHE_HOME = $(CURDIR)/.venv/cache

setup: $(INSTALLED)

$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 14) else "Catchment needs Python 3.11 to 3.13; this is " + sys.version.split()[0] + ". Say which one to use: make PYTHON=python3.11 setup")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: setup
	$(BIN)/catchment demo $(if $(CDM),--cdm "$(CDM)") $(if $(STUDY),--study "$(STUDY)") $(if $(filter 0,$(SERVE)),--no-serve) --port $(PORT)

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder -m "not agreement" $(PYTEST)

agreement: setup
	$(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder -m agreement $(PYTEST)

bench: setup
	$(BIN)/python -m tests.benchmarks $(BENCH)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint dbt_project/models dbt_project/tests

fix: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix dbt_project/models dbt_project/tests
	$(BIN)/catchment contracts compile

# The lock: hashes for every package, and no address of a registry in it.
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-strip-extras \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate -o requirements.lock
