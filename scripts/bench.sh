#!/bin/sh
# Measures in real browsers and in Go, prints docs/benchmarks.md and writes it.
set -eu
GO="${GO:-go}"
mkdir -p dist/bench
rm -f dist/bench/*.json dist/bench/*.md
(cd tests/browser && node_modules/.bin/playwright test --config bench.config.ts)
node tests/bench-mls/run.mjs
$GO test -run '^$' -bench . -benchtime "${BENCHTIME:-1s}" ./... | tee dist/bench/go.txt
node scripts/benchmarks.mjs
cat docs/benchmarks.md
