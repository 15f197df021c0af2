# Every command that this project needs. `make help` lists them; each makes what it needs by itself.

# Python that the environment is made with; 3.10 or newer.
PYTHON ?= python3

# PyTorch is installed first and by its exact version. A machine that has a build of that version at hand (the
# CPU build, say) then uses it; a bare `torch` would fetch the newest one with gigabytes of CUDA libraries.
# For the newest one, or for a GPU: make setup TORCH="torch"
TORCH ?= torch==2.13.0

# Folder with the real datasets; what needs it is skipped where it is absent.
DATA ?= ../shared/data

# Processes that share the tests; one a core.
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up

# One thread a process: the tests already use all cores, and threads that wait for each other cost more than they give.
TEST_ENV := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
# Tests of a file mostly stay with one process, which then makes what they share once.
PYTEST := $(TEST_ENV) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-long breakages chaos lint format bench gpu-check calibration study pictures docs clean clean-all
.DELETE_ON_ERROR:

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv with all that the commands need (done once, and again when pyproject.toml changes)

$(STAMP): pyproject.toml
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { \
		command -v "$(PYTHON)" >/dev/null || { \
			echo "There is no $(PYTHON) on this machine: install Python 3.10 or newer, or name one with make setup PYTHON=..."; exit 1; }; \
		"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
			echo "cohear needs Python 3.10 or newer, $(PYTHON) is $$("$(PYTHON)" -V 2>&1): name another with make setup PYTHON=python3.11"; exit 1; }; \
		"$(PYTHON)" -m venv --clear $(VENV) || { \
			echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }; }
	$(BIN)/python -m pip install --quiet "pip>=25.1"  # the first that knows dependency groups
	$(BIN)/python -m pip install "$(TORCH)"
	$(BIN)/python -m pip install --editable ".[export,objectives,serve,parquet,formats]" --group test --group lint --group docs
	@touch $@

demo: $(STAMP) ## the whole way on synthetic audio: datasets, training, report in demo/
	$(BIN)/cohear demo --out demo

test: $(STAMP) ## all tests but the slow ones
	$(PYTEST) -m "not slow"

test-long: $(STAMP) ## the slow tests alone (minutes)
	$(PYTEST) -m slow

breakages: $(STAMP) ## what the tests are worth: break the code on purpose, see that they tell (minutes)
	$(BIN)/python tests/breaking/breakages.py

chaos: $(STAMP) ## a study whose processes are killed 200 times, with a full disk and clocks that jump (an hour)
	$(BIN)/python tests/helpers/chaos.py --kills 200

lint: $(STAMP) ## ruff, mypy, and the contract on imports between rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP) ## mend formatting and what ruff can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP) ## speed of every benchmarks/*.py on the datasets in DATA (default ../shared/data)
	@if [ ! -d "$(DATA)" ]; then \
		echo "Nothing measured: there is no folder $(DATA); name one with make bench DATA=FOLDER"; \
	else \
		for benchmark in benchmarks/*.py; do \
			echo "$$benchmark"; $(BIN)/python "$$benchmark" "$(DATA)" || failed="$$failed $$benchmark"; \
		done; \
		[ -z "$$failed" ] || { echo "Missed or failed:$$failed"; exit 1; }; \
	fi

gpu-check: $(STAMP) ## an accelerator against the processor: right, runs a minute, memory: docs/results/gpu.md (ten minutes)
	$(BIN)/python benchmarks/gpu_check.py

calibration: $(STAMP) ## what verdicts and looks are worth, by simulation: docs/results/calibration.md, looks.md (minutes)
	$(BIN)/python benchmarks/calibration.py --full
	$(BIN)/python benchmarks/looks.py --full

study: $(STAMP) ## the real study, studies/speech-and-sound.yaml, into out/speech-and-sound
	$(BIN)/cohear run studies/speech-and-sound.yaml --out out/speech-and-sound

pictures: $(STAMP) ## the pictures of the report in docs/images, from docs/results/eight-tasks
	$(BIN)/python docs/pictures.py

docs: $(STAMP) ## the documentation as a site that opens from disk: build/site/index.html
	$(BIN)/mkdocs build --strict --quiet

clean: ## remove caches and build files; results and .venv stay
	rm -rf build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

clean-all: clean ## remove .venv too
	rm -rf $(VENV)
