# The jobs of a developer, and the demo of a user. Each sets up what it needs first, through ci/setup.

.PHONY: help setup demo check test nightly

help:
	@echo 'make demo     set up, verify the shipped soul on an emulated C64, show where its record and picture lie'
	@echo 'make test     set up, run the linters and every test but the long ones'
	@echo 'make check    set up, run the linters and the unit tests, without an emulator'
	@echo 'make nightly  set up, verify the whole corpus on every machine, run the long tests; its verdict is the first line'
	@echo 'make setup    install what soulrig needs: cc65 and vice, and Python packages into .venv'

setup:
	@ci/setup

demo: setup
	@ci/demo

check: setup lint
	@.venv/bin/pytest tests/unit -n 2 -m 'not vice and not long'

test:
	@ci/setup --train --test
	@$(MAKE) --no-print-directory lint
	@.venv/bin/pytest -n 2 -m 'not long'

nightly:
	@ci/nightly

.PHONY: lint
lint:
	@.venv/bin/ruff check -q
	@.venv/bin/ruff format -q --check
	@.venv/bin/mypy --no-error-summary
	@.venv/bin/lint-imports --no-cache >.venv/lint-imports.log || { cat .venv/lint-imports.log; exit 1; }
