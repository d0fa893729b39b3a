# `make` prints what there is, from the comments behind each target.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

# A catalogue of your own gets a database of its own, so that it does not mix with the demo's.
ifdef CATALOG
SHOP_DIR := .local/catalog-$(shell cd "$(CATALOG)" 2>/dev/null && pwd -P | cksum | cut -d' ' -f1)
RUN_ARGS := --catalog "$(CATALOG)"
else
SHOP_DIR := .local/demo
RUN_ARGS :=
endif

.PHONY: help setup run test clients check fmt lint types imports parts audit bench relevance lighthouse lighthouse-setup soak scale mutation plans docs texts requirements dist migration emulator clean races crash encoder encoder-setup encoder-report deploy deploy-rehearsal

help:
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo

##@ Start
setup: ## packages into .venv, from the lock; quick the second time
	@$(PYTHON) bin/setup.py $(if $(filter command line,$(origin PYTHON)),--exactly)

run: setup ## local Lakebase and shop on http://localhost:8000 (PORT=, CATALOG=folder)
ifdef CATALOG
	@test -f "$(CATALOG)/styles.csv" || \
	  { echo "There is no $(CATALOG)/styles.csv: packages/storefront/docs/catalogue.md says how it looks." >&2; exit 2; }
endif
	@STORE_PICTURES_DIR=$(SHOP_DIR)/pictures STORE_PUBLIC_URL=http://localhost:$(PORT) \
	  STORE_MAIL_DIR=$(SHOP_DIR)/mail STORE_MAIL_PAGE=true STORE_STYLEGUIDE=true \
	  $(BIN)/lakepass emulator run --data $(SHOP_DIR)/lakebase -- \
	  $(BIN)/storefront run --port $(PORT) $(RUN_ARGS)

emulator: setup ## only the local Lakebase; prints the environment to use
	@$(BIN)/lakepass emulator --data .local/demo/lakebase

##@ Check
test: setup ## all tests (T=path for one file or folder, without parallel workers)
ifdef T
	@$(BIN)/pytest $(T)
else
	@$(BIN)/pytest -n 2 --dist worksteal
endif

clients: setup ## environments for clients that others wrote, in .local/clients; the tests then run them
	@$(BIN)/python bin/clients.py

check: lint types imports parts ## lint, format, types, import rules, secrets, parts: what CI runs beside the tests

fmt: setup ## format, and fix what can be fixed
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

lint: setup ## ruff: lint and format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .

types: setup ## mypy, strict
	@$(BIN)/mypy

imports: setup ## who may import whom
	@$(BIN)/lint-imports

parts: setup ## secrets in what was changed lately; the parts of the app as CycloneDX, in dist/
	@$(BIN)/python -m tools.audit --quick

audit: setup ## secrets in all files; parts of the app; what is known against them (asks api.osv.dev, if it can)
	@$(BIN)/python -m tools.audit

##@ Deploy
deploy: setup ## deploy to a Databricks workspace (TARGET=, PROFILE=, STAFF=addresses, DRY_RUN=1)
	@$(BIN)/python -m tools.deploy $(if $(TARGET),--target $(TARGET)) $(if $(PROFILE),--profile $(PROFILE)) \
	  $(if $(STAFF),--staff $(STAFF)) $(if $(DRY_RUN),--dry-run)

deploy-rehearsal: setup ## deploy to a stand-in of Databricks Apps on this machine, with injected failures (WORKERS=)
	@$(BIN)/python -m tools.rehearsal $(if $(WORKERS),--workers $(WORKERS))

##@ Measure and describe
races: setup ## many buyers at once over two processes (SIZE=0.1 for a quick look)
	@$(BIN)/python -m bench.races $(if $(SIZE),--size $(SIZE))

crash: setup ## kill shop and Postgres at random moments while people buy (MOMENTS=30)
	@$(BIN)/python -m bench.crash $(if $(MOMENTS),--moments $(MOMENTS))

bench: setup ## what pages, API calls, imports and orders cost, as ratios; writes bench/results*.md (WORKERS=processes of the server)
	@$(BIN)/python -m bench $(if $(WORKERS),--workers $(WORKERS))
	@$(BIN)/python -m bench.buying

relevance: setup ## how well search answers judged queries and photographs, and how good size advice is (CATALOG=); writes bench/relevance*.md
	@$(BIN)/python -m bench.relevance $(CATALOG) && $(BIN)/python -m bench.looks $(CATALOG) && \
	  $(BIN)/python -m bench.sizes

lighthouse-setup: ## Lighthouse from npm, in .local/lighthouse; needs Node.js 18 or newer
	@command -v npm >/dev/null || { echo "Node.js is not installed: https://nodejs.org" >&2; exit 2; }
	@mkdir -p .local/lighthouse && cd .local/lighthouse && npm install --silent --no-fund lighthouse@12

lighthouse: setup ## how pages of a running shop look to a browser on a phone (URL=); writes bench/lighthouse.md
	@if command -v node >/dev/null; then $(BIN)/python -m bench.lighthouse $(URL); \
	  else echo "Skipped: Lighthouse needs Node.js, which is not installed."; fi

soak: setup ## browse and buy while every fault is injected (MINUTES=20, FAULT=one alone), then memory (N=requests, 0 for none); writes bench/soak.md
	@$(if $(WITHIN_S),WITHIN_S=$(WITHIN_S)) $(BIN)/python -m bench.soak $(if $(MINUTES),--minutes $(MINUTES)) \
	  $(if $(N),--requests $(N)) $(if $(FAULT),--fault $(FAULT))

scale: setup ## what 1, 2 and 4 processes carry over one database, and the steps after; writes bench/results-scale.md (SECONDS=10)
	@$(BIN)/python -m bench.scale $(if $(SECONDS),--seconds $(SECONDS))

mutation: setup ## changes of the code that no test notices (M=module); writes bench/mutation.md
	@$(BIN)/python -m bench.mutation $(M)

encoder-setup: setup ## the environment that trains the picture model, in .local/encoder: torch, 1 GB or more
	@$(BIN)/python -m venv .local/encoder && .local/encoder/bin/pip install --quiet --upgrade 'pip>=25.1' && \
	  .local/encoder/bin/pip install --quiet --group encoder

encoder: ## train a picture model (CATALOG=folder, M=file to write)
	@test -x .local/encoder/bin/python || { echo "First: make encoder-setup" >&2; exit 2; }
	@.local/encoder/bin/python -m tools.encoder "$(CATALOG)" "$(M)"

encoder-report: setup ## how well a picture model finds things (CATALOG=folder, M=model; default: the packaged one)
	@$(BIN)/python -m tools.encoder.report $(CATALOG) $(M)

plans: setup ## how Postgres executes each statement of the shop; writes packages/storefront/docs/plans.md
	@$(BIN)/python -m bench.plans

texts: setup ## the catalogues of texts from the code (packages/storefront/src/storefront/texts); then translate what is new
	@$(BIN)/python bin/texts.py

docs: setup ## write the generated pages of both packages again
	@$(BIN)/python bin/docs.py

requirements: setup ## requirements.txt from uv.lock: all that Databricks Apps install
	@$(BIN)/uv export --frozen --quiet --no-dev --package storefront --extra demo --extra otel --extra photo --no-hashes --no-annotate -o requirements.txt

dist: setup ## wheels of both packages into dist/
	@rm -rf dist && $(BIN)/uv build --quiet --all-packages --wheel --out-dir dist && ls dist

migration: setup ## a new migration from the models: make migration M="add wishlists"
	@$(BIN)/python bin/migration.py "$(M)"

clean: ## remove everything made here: environment, caches, local databases
	rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache .import_linter_cache dist
