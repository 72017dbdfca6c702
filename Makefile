# The index of what a person does with Photure; `make help` prints it.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test bench lint fuzz fmt build page openapi secrets up down logs images clean

PHOTURE := target/release/photure
PAGE := frontend/dist/index.html
MODULES := frontend/node_modules/.package-lock.json
TOOLS := .cache/build-tools
COMPOSE = $(shell docker compose version > /dev/null 2>&1 && echo docker compose || echo docker-compose)

RUST_SOURCES := Cargo.toml Cargo.lock $(shell find crates services -path '*/tests' -prune -o -type f -print)
PAGE_SOURCES := $(shell find frontend -name node_modules -prune -o -name dist -prune -o -type f -print)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(PHOTURE) ## build and start the one-process form on http://localhost:8000, with its data in ./data
	@exec $(PHOTURE) serve

test: ## everything, on real parts; `node tests/run.mjs rust page` runs single levels
	@scripts/install.sh test
	@exec node tests/run.mjs

bench: ## measure beside others and write docs/benchmarks.md; PHOTURE_SAMPLES names a folder with photos; wants a quiet machine
	@scripts/install.sh bench
	@cargo build --release --bins --example passwords
	@exec node bench/bench.mjs

lint: ## formatting, clippy, the walls between crates, types, eslint
	@node tests/run.mjs lint

fuzz: ## every parser of what users send, a minute each; PHOTURE_SAMPLES names a folder with photos
	@scripts/install.sh fuzz
	@node scripts/fuzz.mjs 60

fmt: ## format the Rust code
	@cargo fmt

build: $(PHOTURE) ## the one-process form with the page in it: target/release/photure
	@cargo build --release --bins

page: $(PAGE) ## the page alone: frontend/dist

openapi: $(MODULES) ## write docs/openapi.json and the page's schema anew, after an endpoint changed
	@cargo run --quiet --package photure -- openapi > docs/openapi.json
	@cd frontend && npm run --silent schema

secrets: ## make what is missing of the secrets for compose, in ./secrets
	@scripts/secrets.sh

up: secrets ## build the images and start everything with compose on http://localhost:8080
	@DOCKER_BUILDKIT=1 COMPOSE_DOCKER_CLI_BUILD=1 $(COMPOSE) up --build --detach
	@echo "Photure is at http://localhost:$${PHOTURE_PORT:-8080}"

down: ## stop what `make up` started; the data stays
	@$(COMPOSE) down

logs: ## follow the log of what `make up` started
	@$(COMPOSE) logs --follow --tail=100

images: ## build the images: four services, nginx, and the one-process form
	@for target in gateway auth gallery media nginx photure; do \
	  DOCKER_BUILDKIT=1 docker build --file deploy/docker/Dockerfile --target $$target --tag photure-$$target . || exit 1; \
	done

clean: ## remove what was built; data and secrets stay
	@rm -rf target frontend/dist frontend/node_modules .cache/build-tools

$(TOOLS): scripts/install.sh
	@scripts/install.sh build
	@mkdir -p $(@D) && touch $@

$(MODULES): frontend/package.json frontend/package-lock.json
	@cd frontend && npm ci --no-audit --no-fund
	@touch $@

$(PAGE): $(MODULES) $(PAGE_SOURCES)
	@cd frontend && npm run --silent build
	@touch $@

$(PHOTURE): $(RUST_SOURCES) $(PAGE) | $(TOOLS)
	@cargo build --release --locked -p photure
	@touch $@
