PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run lint check test benchmark security screenshots format lock upgrade licences clean

# Two test files at a time, each file in one process: with three, browsers waited half a minute for a click.
TESTS := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n 2 --dist loadfile
# Not quick: what needs a browser, a server, another process, a training, a video or FER2013, and every odd file.
QUICK := $(addprefix --ignore=tests/,browser security training benchmarks deploy vision/media datasets/test_bounds.py \
	datasets/test_isolated.py experiments/test_jobs.py experiments/test_odd_files.py pages/test_odd_files.py \
	support/test_camera_visitor.py test_cli.py test_real_data.py test_reliability.py test_small_disk.py \
	test_upload_memory.py)

help:  ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

run: .venv/app  ## set up and open the app in the browser
	$(BIN)/streamlit run streamlit_app.py --server.address 127.0.0.1 --server.maxUploadSize 1024

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint  ## the quick checks: format, lint, types, unit and page tests, without browser and training
	$(TESTS) $(QUICK)

test: lint  ## set up and run every check, and every test that is not marked slow
	$(BIN)/python -m tests.browser.install
	$(TESTS)

security: .venv/dev  ## every attack of a stranger, the slow ones too
	$(BIN)/python -m tests.browser.install
	$(TESTS) tests/security -m "slow or not slow"

benchmark: .venv/dev  ## what a frame and a face cost, in ratios; `pydoc benchmarks` lists the other benchmarks
	$(BIN)/python -m benchmarks.latency

screenshots: .venv/dev  ## pictures of the live page in every state, into docs/screenshots
	$(BIN)/python -m tests.browser.install
	$(BIN)/python -m tests.browser.screenshots docs/screenshots

format: .venv/dev  ## format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: .venv/dev  ## pin what is new in requirements*.in, with the hashes of its files; other versions stay
	for name in requirements requirements-scale requirements-dev requirements-install; do \
		$(BIN)/uv pip compile --quiet $(UPGRADE) --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
			$$name.in -o $$name.txt || exit 1; done

upgrade: UPGRADE := --upgrade
upgrade: lock  ## pin every version anew

licences: .venv/app  ## list the licences of everything the app needs in docs/licences.md
	$(BIN)/python -m deploy.licences

clean:  ## remove the environment and the caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache

# uv takes seconds where pip takes minutes. Where uv cannot be had, or not find the packages, pip does it.
install = $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-install.txt && \
	$(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python -r $(1) || \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $(1)

.venv/app: requirements.txt requirements-install.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "Python 3.11 to 3.13 is needed: make PYTHON=python3.12 ..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(call install,requirements.txt)
	touch $@

.venv/dev: .venv/app requirements-dev.txt
	$(call install,requirements-dev.txt)
	touch $@
