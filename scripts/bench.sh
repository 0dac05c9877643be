#!/bin/sh
# Measures in real browsers and in Go, prints docs/benchmarks.md and writes it.
set -eu
GO="${GO:-go}"
mkdir -p dist/bench
rm -f dist/bench/*.json dist/bench/*.md
(cd tests/browser && ../../node_modules/.bin/playwright test --config bench.config.ts)
node tests/bench-mls/run.mjs
# The vault beside plain IndexedDB.
node extension/tests/wasm/run.mjs opfsjs -- -test.run='^$' -test.bench=. | tee dist/bench/vault.txt
$GO test -run '^$' -bench . -benchtime "${BENCHTIME:-1s}" ./... | tee dist/bench/go.txt
# The relay beside its peers. Redis and the Python mailbox server are measured
# where they are installed, NATS where its module can be had.
$GO build -o dist/bench/load ./tests/load
nats=""
if $GO build -C tests/load/natsserver -o "$(pwd)/dist/bench/natsserver" .; then
	nats="$(pwd)/dist/bench/natsserver"
fi
dist/bench/load -nats "$nats" -active "${ACTIVE:-1m}" -out dist/bench/relay.md
node scripts/benchmarks.mjs
cat docs/benchmarks.md
