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
GOOS=js GOARCH=wasm $GO vet ./wasm/... ./shared/... ./relay/core/...
echo "lint: staticcheck"
tool="$(pwd)/dist/tools/staticcheck"
if [ ! -x "$tool" ] || [ "$(cat "$tool.version" 2>/dev/null)" != "$STATICCHECK $($GO env GOVERSION)" ]; then
	mkdir -p dist/tools
	GOBIN="$(pwd)/dist/tools" $GO install "$STATICCHECK"
	echo "$STATICCHECK $($GO env GOVERSION)" >"$tool.version"
fi
"$tool" ./...
GOOS=js GOARCH=wasm "$tool" ./wasm/...
echo "lint: biome and tsc"
(cd extension && npm run --silent lint && npm run --silent typecheck)
(cd tests/browser && npm run --silent lint && npm run --silent typecheck)
