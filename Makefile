# What can be done here. `make` alone lists it.
# The syntax is that of GNU make 3.81, which macOS has.

ARGS ?=
JOBS ?= 6

# Tests start hundreds of servers: each would compile them anew where this is set.
export PYTHONDONTWRITEBYTECODE :=

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

PY := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check
# The Node.js of .venv/.dev, for what is started by it, too: the same version for everybody.
OUR_NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
NPM := $(OUR_NODE) $(BIN)/npm
BUILT := src/lanchat/web/built/manifest.json
RECIPE := pyproject.toml hatch_build.py scripts/build_pages.mjs package.json package-lock.json \
	src/lanchat/__init__.py
STATIC := src/lanchat/web/static
SOURCES := $(wildcard $(STATIC)/js/*.js $(STATIC)/js/*/*.js $(STATIC)/css/*.css)

.PHONY: help serve test test-fast test-long test-bare lint format wheel check-wheel pyz folder deb screenshots docs bench bench-quick clean

help:
	@echo "make serve        is the way in. Everything there is:"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s%s\n", $$1, $$2 }' Makefile

serve: .venv/.serve ## start the chat; options go into ARGS, as in: make serve ARGS="--port 9000"
	@$(BIN)/lanchat serve $(ARGS)

test: .venv/.pages ## run every test, or some of them: make test ARGS="tests/chat -k join"
	@$(PY) scripts/needs.py
	@$(PY) -m pytest -n $(JOBS) --dist worksteal $(ARGS)

test-fast: .venv/.dev ## run the tests that need no server, no browser and little time
	@$(PY) -m pytest -n $(JOBS) --dist worksteal -m "not (server or browser or slow)" $(ARGS)

test-long: .venv/.pages ## run every test, those of rounds and chance for many times as long
	@$(PY) scripts/needs.py
	@$(PY) -m pytest -n $(JOBS) --dist worksteal --long $(ARGS)

test-bare: ## run make test on a bare Debian that is made for it; needs root and debootstrap
	@scripts/bare_machine.sh test CI=true JOBS=$(JOBS) ARGS='$(ARGS)'

lint: .venv/.dev node_modules/.made ## check style, types and imports, and change nothing
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(BIN)/lint-imports --no-logo
	$(NPM) run --silent lint

format: .venv/.dev node_modules/.made ## put the code into shape
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(NPM) run --silent format

wheel: .venv/.dev ## build dist/*.tar.gz, and from it dist/*.whl
	@rm -f dist/lanchat-*.whl dist/lanchat-[0-9]*.tar.gz
	$(PY) -m build --outdir dist

check-wheel: wheel ## install the wheel away from here, start it, log in, post, read the log
	$(PY) scripts/check_wheel.py dist/*.whl

pyz: wheel ## build dist/lanchat.pyz, lanchat in one file for many computers; pip fetches 115 MB
	$(PY) scripts/make_pyz.py dist/*.whl

folder: wheel ## build dist/lanchat-SYSTEM: lanchat with a Python of its own, for computers such as this
	$(PY) scripts/make_folder.py dist/*.whl

deb: wheel ## build dist/lanchat.deb for Debian, Ubuntu and Raspberry Pi OS, with a service
	$(PY) scripts/make_pyz.py dist/*.whl --only=linux --python=/usr/bin/python3 \
		--out=build/linux.pyz
	$(PY) scripts/make_deb.py build/linux.pyz dist/lanchat.deb

screenshots: .venv/.dev ## take the film of the README and the pictures of docs/ from the real pages
	@$(PY) scripts/needs.py --only chromium playwright-node
	@$(PY) scripts/screenshots.py
	@$(PY) scripts/film.py

docs: .venv/.dev ## write the tables of options and the manual page from the command line's own
	$(PY) scripts/option_tables.py
	$(PY) scripts/man_pages.py

bench: .venv/.dev ## measure lanchat beside its rivals, write docs/performance.md: 15 minutes
	@$(OUR_NODE) $(PY) benchmarks/compare.py --document $(ARGS)

bench-quick: .venv/.dev ## the same at a smaller size, and write nothing: 90 seconds
	@$(OUR_NODE) $(PY) benchmarks/compare.py --quick $(ARGS)

clean: ## remove everything that can be made again
	rm -rf .venv dist build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis \
		test-results node_modules src/lanchat/web/built src/lanchat/web/static/vendor
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: each is made anew when what it was made from has changed.

.venv/.made: scripts/make_venv.py
	@for python in "$$PYTHON" python3 python3.14 python3.13 python3.12 python3.11 python3.10 python; do \
		test -n "$$python" && command -v "$$python" >/dev/null 2>&1 || continue; \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || continue; \
		echo "Making .venv with $$python"; \
		"$$python" scripts/make_venv.py .venv && touch $@; exit; \
	done; \
	echo "lanchat needs Python 3.10 or newer, and none was found on PATH." >&2; exit 1

.venv/.serve: .venv/.made $(RECIPE) $(BUILT)
	@echo "Installing lanchat into .venv: pip fetches some 30 packages, 15 MB in all, and npm what the"
	@echo "pages use, from where they are configured to; the first time this takes about a minute."
	@$(PIP) install -qq --editable .
	@touch $@

.venv/.dev: .venv/.made $(RECIPE) $(BUILT)
	@echo "Installing lanchat and the tools of its developers into .venv, for the first time some minutes"
	@$(PIP) install -qq --editable . --group dev
	@touch .venv/.serve $@

node_modules/.made: .npmrc package.json package-lock.json | .venv/.dev
	@echo "Installing the tools for the pages' scripts into node_modules"
	@$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

# What is tested is what is shipped. make serve needs no build: it shows the sources that changed.
.venv/.pages: $(SOURCES) | .venv/.dev
	@echo "Building the pages"
	@$(PY) -m hatchling build --target wheel --hooks-only
	@touch .venv/.serve .venv/.dev $@

# Missing, it makes the installation happen again, which brings it.
$(BUILT):
