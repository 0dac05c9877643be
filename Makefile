# Petmail. `make help` lists what there is.
#
# The chain: wasm (Go agent) → pages (web app and two extensions) → packages
# (zips) → embed (into the relay's folder, with compressed siblings) → relay.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

GO ?= go
NODE ?= node
FUZZTIME ?= 60s
SOAK ?= 200

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

WASM := dist/wasm/petmail.wasm
WASM_TEST := dist/wasm-test/petmail.wasm
WASM_EXEC := dist/wasm/wasm_exec.js
# Inlined copies make what is downloaded a tenth larger. These packages do
# without: their hot work is done in others, in crypto above all.
NOT_INLINED := petmail/... encoding/json fmt github.com/fxamacker/... log log/... math/big net/... reflect strconv time
WASM_BUILD := GOOS=js GOARCH=wasm $(GO) build -trimpath -buildvcs=false -ldflags='-s -w' \
	$(foreach package,$(NOT_INLINED),-gcflags='$(package)=-l')
RELAY := bin/petmail-relay
PAGE_SOURCES := $(shell find extension/src extension/manifests extension/icons extension/scripts -type f 2>/dev/null) \
	$(wildcard extension/*.json extension/*.ts extension/*.html) tsconfig.base.json

## For people

.PHONY: run
run: build ## build everything and start the relay on PETMAIL_ADDR (localhost:8787), data in PETMAIL_DATA (data)
	exec $(RELAY)

.PHONY: demo
demo: build ## the same, and open two browser windows facing each other
	$(NODE) scripts/demo.mjs $(RELAY)

.PHONY: build
build: relay ## build everything; nothing is started

.PHONY: package
package: dist/petmail-chromium.zip ## build the extensions: dist/petmail-{chromium,firefox}.zip, the same bytes each time
	@ls -l dist/petmail-chromium.zip dist/petmail-firefox.zip

## For developers

.PHONY: check
check: lint generated unit-short ## what to run before every commit: format, lint, types, quick tests (under two minutes)
	@echo "check: all good"

.PHONY: test
test: test-deps build wasm-test ## all tests: Go, pages, and real browsers against the real relay
	GO="$(GO)" scripts/test.sh

.PHONY: bench
bench: test-deps build wasm-test tests/bench-mls/node_modules/.petmail-lock ## measure; prints docs/benchmarks.md and writes it
	GO="$(GO)" scripts/bench.sh

.PHONY: soak
soak: test-deps build ## the long tests: kill relay (SOAK, 200 times), agent (SOAK_NATIVE, 200) and browsers (SOAK_BROWSER, 100), cut the vault's writes (SOAK_VAULT, 10000), hostile contacts (SOAK_SIM, 10000, two hours)
	GO="$(GO)" SOAK="$(SOAK)" scripts/soak.sh

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (60s) each
	GO="$(GO)" FUZZTIME="$(FUZZTIME)" scripts/fuzz.sh

.PHONY: generate
generate: ## write generated files again (TypeScript types of the agent's API)
	$(NODE) wasm/api/generate.mjs

.PHONY: screenshots
screenshots: test-deps build ## take the README's pictures of two real people again
	cd tests/browser && ../../node_modules/.bin/playwright test --config screenshots.config.ts

.PHONY: clean
clean: ## remove what was built (the relay's data stays)
	rm -rf bin dist test-results tests/browser/test-results extension/dist
	find relay/cmd/petmail-relay/web -mindepth 1 ! -name README -delete

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^## /{print "\n" substr($$0, 4)} /^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Steps of the chain.

# npm ci only when the lock file is another one than last time.
node_modules/.petmail-lock: package-lock.json
	scripts/npm-ci.sh .
tests/bench-mls/node_modules/.petmail-lock: tests/bench-mls/package-lock.json
	scripts/npm-ci.sh tests/bench-mls

# The Go tool knows best what has changed; the file is only replaced when its
# bytes did, so that pages are not built again for nothing.
$(WASM): FORCE
	@mkdir -p $(@D)
	$(WASM_BUILD) -tags mls_ed25519 -o $@.new ./wasm/cmd/petmail
	@$(NODE) scripts/strip-lines.mjs $@.new $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(WASM_EXEC): FORCE
	@mkdir -p $(@D)
	@exec="$$($(GO) env GOROOT)/lib/wasm/wasm_exec.js"; cmp -s "$$exec" $@ || { rm -f $@ && cp "$$exec" $@; }

.PHONY: FORCE
FORCE:

# The same agent with commands that only tests may have: panic, heap, clock.
.PHONY: wasm-test
wasm-test:
	@mkdir -p dist/wasm-test
	$(WASM_BUILD) -tags petmailtest,mls_ed25519 -o $(WASM_TEST) ./wasm/cmd/petmail
	@$(NODE) scripts/strip-lines.mjs $(WASM_TEST) $(WASM_TEST)

dist/.pages: node_modules/.petmail-lock $(WASM) $(WASM_EXEC) $(PAGE_SOURCES)
	cd extension && npm run build
	@touch $@

dist/petmail-chromium.zip: dist/.pages scripts/zip.mjs
	$(NODE) scripts/zip.mjs dist/firefox dist/petmail-firefox.zip
	$(NODE) scripts/zip.mjs dist/chromium dist/petmail-chromium.zip

dist/.embedded: dist/petmail-chromium.zip scripts/embed.mjs
	$(NODE) scripts/embed.mjs
	@touch $@

.PHONY: relay
relay: dist/.embedded
	@mkdir -p bin
	$(GO) build -trimpath -ldflags='-s -w' -o $(RELAY) ./relay/cmd/petmail-relay

# Parts of check.

.PHONY: lint
lint: node_modules/.petmail-lock $(WASM) $(WASM_EXEC)
	GO="$(GO)" STATICCHECK="$(STATICCHECK)" scripts/lint.sh

.PHONY: generated
generated:
	scripts/generated.sh

.PHONY: unit-short
unit-short: node_modules/.petmail-lock
	$(GO) test -short ./...
	cd extension && npm test

.PHONY: test-deps
test-deps:
	scripts/install-test-deps
