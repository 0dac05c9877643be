#!/bin/sh
# Format, vet, lint and types, natively and for the browser.
set -eu
GO="${GO:-go}"

echo "lint: gofmt"
unformatted="$(gofmt -l relay shared tests wasm)"
if [ -n "$unformatted" ]; then
	echo "not formatted with gofmt:" >&2
	echo "$unformatted" >&2
	exit 1
fi
echo "lint: go vet"
$GO vet ./...
# What is built only for the browser, and what must also build for it.
GOOS=js GOARCH=wasm $GO vet ./wasm/js ./wasm/store/idb ./wasm/vault/opfsjs ./wasm/relayclient/netjs ./wasm/jsapi ./wasm/webcryptojs ./wasm/cmd/... ./tests/bench-mls/mlsjs
GOOS=js GOARCH=wasm $GO vet -tags petmailtest ./wasm/cmd/...
GOOS=js GOARCH=wasm $GO vet ./relay/core/... ./relay/protocol ./tests/sqltx ./tests/sqlitejs
echo "lint: staticcheck"
tool="$(pwd)/dist/tools/staticcheck"
if [ ! -x "$tool" ] || [ "$(cat "$tool.version" 2>/dev/null)" != "$STATICCHECK $($GO env GOVERSION)" ]; then
	mkdir -p dist/tools
	GOBIN="$(pwd)/dist/tools" $GO install "$STATICCHECK"
	echo "$STATICCHECK $($GO env GOVERSION)" >"$tool.version"
fi
"$tool" ./...
GOOS=js GOARCH=wasm "$tool" -tests=false $(GOOS=js GOARCH=wasm $GO list -deps ./wasm/cmd/petmail | grep '^petmail/')
echo "lint: biome and tsc"
node_modules/.bin/biome check
node_modules/.bin/tsc -p extension
node_modules/.bin/tsc -p tests/browser
