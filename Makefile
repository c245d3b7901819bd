# On a machine with Python 3.11 to 3.14 and make: `make reproduce` and `make test` set up what they
# need, with the newest of these on the path. Another: make reproduce PYTHON=/path/to/python3.12
SUPPORTED := 3.14 3.13 3.12 3.11
WORKS = import sys, venv, ensurepip; sys.exit("%d.%d" % sys.version_info[:2] not in "$(SUPPORTED)".split())
PYTHON ?= $(shell for python in $(SUPPORTED:%=python%) python3 python; do \
  "$$python" -c '$(WORKS)' 2> /dev/null && command -v "$$python" && break; done)
VENV := .venv
BIN := $(VENV)/bin
# Many containers forbid it: then every start of a kernel or a test compiles all libraries anew, 13 s
# in place of 4. What is written here lies in this folder.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help reproduce test site test-site check lock sums lab clean

help: ## Say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

# Made once, and again when the lock or the package's metadata change. uv comes out of the lock too,
# hashes and all, and installs the rest in a third of pip's time; pip alone would do. It trusts the
# certificates that the machine trusts, as pip and git do, and not only those it brings.
$(VENV)/ready: requirements.lock pyproject.toml
	@"$(PYTHON)" -c '$(WORKS)' 2> /dev/null || { echo 'found no Python that will do: $(or $(PYTHON),none on the path)'; \
	  echo 'allowed: Python 3.11, 3.12, 3.13 or 3.14 with venv; install one, or say make $(MAKECMDGOALS) PYTHON=/path/to/python3.13'; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	$(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

reproduce: $(VENV)/ready ## Run every notebook that is not up to date and print the verdicts
	$(BIN)/compendium reproduce

test: $(VENV)/ready ## Run the tests, on every core
	$(BIN)/python -m pytest -n auto --dist worksteal

site: reproduce ## Build the site from the results, into site/
	$(BIN)/compendium site

test-site: site ## Try the site in a browser: needs chromium, with a window or without
	$(BIN)/python -m pytest -n auto tests/browser

check: $(VENV)/ready ## Format, lint, hold the layers and test, as before a commit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto --dist worksteal
	git diff --exit-code

lock: $(VENV)/ready ## Compile requirements.lock from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --custom-compile-command "make lock" --quiet -o requirements.lock

sums: $(VENV)/ready ## Write datapackage.json and the checksums of the raw data, after a change that was meant
	$(BIN)/python -m compendium.printed.descriptor

lab: $(VENV)/ready ## Open the notebooks in JupyterLab
	$(BIN)/jupyter lab --notebook-dir=notebooks notebooks/start.ipynb

clean: ## Remove results, processed data and the environment
	rm -rf results site pytask.lock .pytask $(VENV)
	find data/processed -type f ! -name README.md -delete
