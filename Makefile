# Lowsky. The commands a newcomer needs: make run, make test, make score. `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/bash
export GOFLAGS ?= -mod=readonly

WEB_SOURCES := $(shell find web/src web/public web/index.html web/package-lock.json web/vite.config.ts -type f 2>/dev/null)

.PHONY: help run test build setup setup-test web test-web test-go test-long bench figures score vet clean

help: ## this list
	@awk 'BEGIN{FS=":.*## "} /^[a-z-]+:.*## /{printf "  make %-11s %s\n",$$1,$$2}' $(MAKEFILE_LIST)

run: setup build ## build everything and start the platform with the demo fleet, in the foreground
	LOWSKY_DEMO=$${LOWSKY_DEMO:-on} exec bin/lowsky serve

test: setup-test web test-web test-go ## everything: Go with -race, real PostgreSQL, brokers and Chromium, web unit tests

build: web ## bin/lowsky with the console inside
	go build -trimpath -o bin/lowsky ./cmd/lowsky

setup:
	@bash deploy/setup run

setup-test:
	@bash deploy/setup test

web: web/dist/app/index.html ## the console

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error

web/dist/app/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && npm run build --silent

test-web: web/node_modules/.package-lock.json
	cd web && npm test --silent

test-go: vet
	LOWSKY_TEST_STRICT=1 go test -race -timeout 15m -parallel 3 ./...

vet:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt wants:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...

test-long: setup-test ## the oracle tests at full size
	LOWSKY_TEST_STRICT=1 LOWSKY_TEST_LONG=1 go test -timeout 60m ./...

score: ## fly every scenario file with 25 seeds, and say how good the alerts are; a gate that is not kept fails it
	@mkdir -p data/score
	@go build -trimpath -o data/score/lowsky ./cmd/lowsky
	@data/score/lowsky score --json data/score/card.json --html data/score/report.html $(SCORE_FLAGS); code=$$?; \
	  echo "card and report: data/score/card.json, data/score/report.html"; exit $$code

bench: ## benchmarks of every package (docs/performance.md names the figures)
	go test -run '^$$' -bench . -benchmem -count 5 ./...

clean: ## remove what was built; data stay
	rm -rf bin web/dist/app web/node_modules
