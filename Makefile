# Two commands are enough: `make demo` and `make test`. `make help` lists the rest.
SHELL := bash
.DEFAULT_GOAL := help
CARGO := cargo
PYTHON_ENV := target/python

# What the API embeds; without it GET /graphql is a plainer page.
WEB_BUNDLE := web/dist/graphiql/index.html
WEB_SOURCES := $(wildcard web/*.json web/*.ts web/graphiql/*)

.PHONY: help demo serve test lint unit web bench drill schema clean

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(WEB_BUNDLE) ## Builds, loads the samples, runs one evaluation, prints findings, writes a CSV, serves the page
	@$(CARGO) build --release --bin probity
	@target/release/probity demo $(DEMO_FLAGS)

serve: $(WEB_BUNDLE) ## Builds and serves the web page, GraphQL and a worker, with simulated models too
	@$(CARGO) build --release --bin probity
	@target/release/probity serve --sim

test: $(WEB_BUNDLE) ## Installs what tests need, starts a throwaway PostgreSQL, runs everything
	@scripts/setup-tests $(PYTHON_ENV)
	@$(MAKE) --no-print-directory lint
	@PROBITY_PYTHON=$(CURDIR)/$(PYTHON_ENV)/bin/python \
	  PROBITY_LITELLM=$(CURDIR)/$(PYTHON_ENV)-gateway/bin/litellm scripts/with-postgres $(MAKE) --no-print-directory unit

lint: ## Format, clippy and documentation, all without a warning
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --quiet -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --quiet --document-private-items

unit: ## The tests alone: PROBITY_TEST_POSTGRES names a server, without it they use SQLite only
	$(CARGO) build --workspace --bins
	$(CARGO) test --workspace --no-fail-fast --config "target.'cfg(all())'.runner='$(CURDIR)/scripts/within-limit'"

web: $(WEB_BUNDLE) ## Bundles GraphiQL, which the API serves at /graphql

$(WEB_BUNDLE): $(WEB_SOURCES)
	@if command -v npm >/dev/null; then \
	  npm --prefix web ci --no-audit --no-fund --loglevel=error && npm --prefix web run --silent build; \
	else \
	  echo "npm is not installed: /graphql will be a plainer page than GraphiQL"; \
	fi

bench: ## Measures speed against a bare HTTP client, on SQLite and on a throwaway PostgreSQL
	$(CARGO) build --release --workspace --bins
	scripts/with-postgres target/release/probity-bench $(BENCH_FLAGS)

drill: ## Kills workers, the API and PostgreSQL during runs, and prints what that cost: about ten minutes
	$(CARGO) build --release --workspace --bins
	target/release/probity-drill $(DRILL_FLAGS)

schema: ## Writes schema.graphql
	$(CARGO) run --quiet --bin probity -- schema > schema.graphql.new
	mv schema.graphql.new schema.graphql

clean: ## Removes what was built and the demo's data
	$(CARGO) clean
	rm -rf demo-data
