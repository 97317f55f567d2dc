# Everything a contributor runs. `make` alone lists it.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# A flag for every go test, such as TESTFLAGS='-run TestName -v'.
TESTFLAGS ?=
TESTTIMEOUT ?= 60m
# Flags for make bench, such as BENCHFLAGS=-quick; `cd bench && go run . run -help` lists them.
BENCHFLAGS ?=

##@ Run

.PHONY: dev
dev: postgres usm-temporal usm-neighbours ## Build and run everything on this machine; Ctrl-C stops it, all state is kept
	@echo "usm: building"
	@go build -o .usm/bin/usm ./cmd/usm
	@exec .usm/bin/usm dev

.PHONY: dev-reset
dev-reset: ## Remove everything that make dev keeps, but not the built programs
	@tools/reset.sh

##@ Check

.PHONY: test
test: postgres usm-temporal usm-neighbours temporal-server chromium axe ## Vet and run all tests, with a Postgres and a Temporal of their own
	go vet ./...
	go run ./test/stack -- go test -p 2 -timeout $(TESTTIMEOUT) $(TESTFLAGS) ./...
	go run ./test/stack -- go -C test/degrade test -timeout $(TESTTIMEOUT) $(TESTFLAGS) ./...
	go run ./test/stack -- go -C test/console test -timeout $(TESTTIMEOUT) $(TESTFLAGS) ./...
	cd devserver && go test -vet=off -timeout $(TESTTIMEOUT) ./...
	cd neighbours && go test -timeout $(TESTTIMEOUT) ./...
	cd deploy && go test -timeout $(TESTTIMEOUT) ./...
	cd bench && go test -timeout $(TESTTIMEOUT) ./...

.PHONY: race
race: postgres usm-temporal ## Run the tests of what works side by side under the race detector
	go run ./test/stack -- go test -race -p 1 -skip InTime -timeout $(TESTTIMEOUT) $(TESTFLAGS) ./mail/... ./server/... ./store/... ./usm/... ./workflows/...

.PHONY: lint
lint: lint-tools ## Check format, style, import arrows, determinism of workflows, known vulnerabilities, go.mod
	@tools/lint.sh

.PHONY: bench
bench: postgres usm-temporal temporal-server ## Measure the product beside what one would build instead, and write docs/benchmarks.md and docs/scale.md
	cd bench && go build -o ../.usm/bin/usm-bench . && ../.usm/bin/usm-bench run $(BENCHFLAGS) && ../.usm/bin/usm-bench report && ../.usm/bin/usm-bench scale

.PHONY: bench-parts
bench-parts: postgres usm-temporal temporal-server ## Run the benchmarks of the Go packages, and those on Temporal as it is deployed
	go run ./test/stack -- go test -run '^$$' -bench . -benchmem -timeout 60m $(TESTFLAGS) ./...
	cd deploy && go test -run '^$$' -bench . -timeout 60m ./...

##@ Work

.PHONY: build
build: ## Build the product into .usm/bin/usm
	go build -o .usm/bin/usm ./cmd/usm

.PHONY: generate
generate: ## Make generated code anew
	go generate ./...

.PHONY: screenshots
screenshots: postgres usm-temporal usm-neighbours chromium ## Make the pictures of the README anew
	USM_TEST_PICTURES=1 go run ./test/stack -- go -C test/console test -count=1 -run '^TestPicturesOfTheREADME$$' .

.PHONY: histories
histories: usm-temporal postgres ## Record the histories that the replay test holds every change of a workflow against
	go run ./test/stack -- go test -tags histories -count=1 -run '^TestRecord' ./workflows

.PHONY: clean
clean: dev-reset ## Remove everything that was built or kept
	rm -rf .usm

##@ Parts, made once by the targets that need them

.PHONY: postgres
postgres: ## Make sure that PostgreSQL 15 or newer is here
	@tools/postgres.sh

.PHONY: chromium
chromium: ## Make sure that a browser for the tests is here
	@tools/chromium.sh

.PHONY: axe
axe: ## Make sure that the checker of accessibility for the tests is here
	@tools/axe.sh

.PHONY: usm-temporal
usm-temporal: ## Build .usm/bin/usm-temporal, unless an external Temporal is named
	@[ -n "$$USM_TEMPORAL_ADDRESS$$TEMPORAL_ADDRESS" ] || tools/build.sh usm-temporal devserver .

.PHONY: usm-neighbours
usm-neighbours: ## Build .usm/bin/usm-neighbours, what surrounds the product on this machine: a mailbox, and who people are
	@tools/build.sh usm-neighbours neighbours .

.PHONY: temporal-server
temporal-server: usm-temporal ## Build the server and schema tool that Temporal's images have, for the tests of what is deployed
	@tools/build.sh temporal-server devserver tool

.PHONY: lint-tools
lint-tools: ## Build the linters
	@tools/build.sh lint-tools tools tool

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
