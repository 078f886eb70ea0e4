# `make up` runs it all on this machine, `make test` checks it all. Both need Python 3.11 and nothing else.

PYTHON ?= python3
BIN := .venv/bin
# Processes that test, each with servers of its own; a file's tests stay in one. More than two cores, because
# many tests wait for a server that was killed.
WORKERS ?= 4

.PHONY: help up test check format rights guide vectors release-contract fuzz lives attack faults audit audit-at-scale audit-dependencies bench bench-long screenshots setup

help:
	@echo "make up            run everything on this machine, with a small invented population"
	@echo "make up EMPTY=1    the same, with nothing in it"
	@echo "make test          check and test everything"
	@echo "make check         format, lint, types, imports"
	@echo "make format        format the code"
	@echo "make rights        write docs/rights.md from the tables of rights"
	@echo "make guide         write docs/guide.nl.md and guide.en.md from the facts"
	@echo "make vectors       write schemas/vectors, the messages that consumers test themselves with"
	@echo "make release-contract  keep the JSON Schemas as the release that pyproject.toml names"
	@echo "make fuzz          many made-up requests by each role (REQUESTS=2000 SEED=a number)"
	@echo "make lives         many made-up lives, with all that must hold of each (EXAMPLES=2000)"
	@echo "make attack        pairs of questions that try to learn a small number of people (EXAMPLES=10000)"
	@echo "make faults        kill, freeze and cut off everything while commands come in (KILLS=1000 EACH=20 SEED=1)"
	@echo "make audit         prove the running 'make up': log, topics, read models, trace of looks"
	@echo "make audit-at-scale  the same for 20,000 simulated pathways, killing each process on the way"
	@echo "make audit-dependencies  check lock and licences, ask OSV for known weaknesses"
	@echo "make screenshots   every page as each who may see it, at three widths, into .build/screenshots"
	@echo "make bench         measure it against bare baselines, into docs/benchmarks.md"
	@echo "make bench-long    half an hour of load, and rebuilds of five million events (MINUTES=30 EVENTS=5000000)"

up: setup
	@$(BIN)/python -m embedded.up $(if $(EMPTY),--empty)

test: setup
	@$(PYTHON) deploy/browser.py
	@$(MAKE) --no-print-directory check
	$(BIN)/python deploy/dependencies.py --offline
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

rights: setup
	$(BIN)/python deploy/rights_document.py

guide: setup
	$(BIN)/python deploy/domain_guide.py

vectors: setup
	$(BIN)/python -m tests.contract.vectors

release-contract: setup
	$(BIN)/python -m schemas.release_contract

fuzz: setup
	FUZZ_REQUESTS=$(or $(REQUESTS),2000) FUZZ_SEED=$(or $(SEED),$(shell date +%s)) \
		$(BIN)/pytest tests/rights/test_fuzz_roles.py

lives: setup
	EXAMPLES=$(or $(EXAMPLES),2000) \
		$(BIN)/pytest tests/pathway/domain/test_every_life.py tests/pathway/test_lives_together.py

attack: setup
	EXAMPLES=$(or $(EXAMPLES),10000) $(BIN)/pytest tests/projections/web/test_protected.py -n0

faults: setup
	$(BIN)/python -m tests.faults --seed $(or $(SEED),1) --kills $(or $(KILLS),1000) --each $(or $(EACH),20) \
		$(if $(ONLY),--only "$(ONLY)")

# All of them, also when one found something.
audit: setup
	@$(BIN)/python -m embedded.inside /bin/sh -c '\
		failed=0; \
		$(BIN)/pathway audit chain || failed=1; \
		$(BIN)/pathway audit holders || failed=1; \
		$(BIN)/pathway audit topics || failed=1; \
		$(BIN)/projections audit || failed=1; \
		$(BIN)/pathway audit looks || failed=1; \
		$(BIN)/projections audit looks || failed=1; \
		exit $$failed'

audit-at-scale: setup
	$(BIN)/python -m tests.system.at_scale $(if $(PATHWAYS),--pathways $(PATHWAYS))

audit-dependencies: setup
	$(BIN)/python deploy/dependencies.py

bench: setup
	$(BIN)/python -m tests.benchmarks --write

bench-long: setup
	$(BIN)/python -m tests.benchmarks.long lag --minutes $(or $(MINUTES),30)
	$(BIN)/python -m tests.benchmarks.long rebuild --events $(or $(EVENTS),5000000)

screenshots: setup
	@$(PYTHON) deploy/browser.py
	SCREENSHOTS=1 $(BIN)/pytest tests/browser/test_every_page.py tests/browser/test_operators_night.py
	@echo "Look at .build/screenshots"

setup: .venv/.stamp

.venv/.stamp: uv.lock pyproject.toml deploy/setup.py
	@$(PYTHON) deploy/setup.py
