#!/bin/sh
# go test -exec scripts/go-js-exec.sh: runs a Go program for js/wasm in Node,
# with little environment, of which Go's glue takes no more than 8 KiB.
set -eu
exec env -i PATH="$PATH" HOME="${HOME:-/}" TMPDIR="${TMPDIR:-/tmp}" \
	"${NODE:-node}" --stack-size=8192 "$("${GO:-go}" env GOROOT)/lib/wasm/wasm_exec_node.js" "$@"
