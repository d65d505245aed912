# Two commands are enough: `make demo` and `make test`. `make help` lists the rest.
SHELL := bash
.DEFAULT_GOAL := help
CARGO := cargo
PYTHON_ENV := target/python

# What the API embeds: the app and GraphiQL. Without them / and /graphql are smaller pages.
WEB_BUNDLE := web/dist/built
WEB_SOURCES := schema.graphql $(shell find web -type f \
  -not -path 'web/node_modules/*' -not -path 'web/dist/*' -not -path 'web/src/api/generated/*' \
  -not -path 'web/e2e/*' -not -path 'web/small/*' -not -path 'web/coverage/*')
NPM := npm --prefix web

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

lint: web/node_modules/.installed ## Format, clippy, documentation, TypeScript and eslint, all without a warning
	$(NPM) run --silent check
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --quiet -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --quiet --document-private-items

unit: $(WEB_BUNDLE) ## The tests alone: PROBITY_TEST_POSTGRES names a server, without it they use SQLite only
	$(NPM) test --silent
	$(CARGO) build --workspace --bins
	$(NPM) run --silent e2e
	$(CARGO) test --workspace --no-fail-fast --config "target.'cfg(all())'.runner='$(CURDIR)/scripts/within-limit'"

web: $(WEB_BUNDLE) ## Bundles the web app and GraphiQL, which the API serves at / and /graphql

$(WEB_BUNDLE): $(WEB_SOURCES) web/node_modules/.installed
	@if command -v npm >/dev/null; then \
	  $(NPM) run --silent build && touch $@; \
	else \
	  echo "npm is not installed: / and /graphql will be smaller pages"; \
	fi

web/node_modules/.installed: web/package.json web/package-lock.json
	@if command -v npm >/dev/null; then \
	  $(NPM) ci --no-audit --no-fund --loglevel=error && touch $@; \
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
