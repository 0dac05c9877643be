#!/bin/sh
# All tests. Runs each part even if one before it failed, then repeats the
# parts' own summaries and fails if any part did.
set -u
GO="${GO:-go}"
logs="dist/test"
mkdir -p "$logs"
failed=""

part() { # name, log, command...
	name="$1" log="$logs/$2"
	shift 2
	echo "== $name"
	status="$logs/status"
	{ "$@" 2>&1; echo $? >"$status"; } | tee "$log"
	[ "$(cat "$status")" = 0 ] || failed="$failed $name"
}

part "go" go.log $GO test -timeout 30m ./...
part "relay-in-wasm" relay-wasm.log env GOOS=js GOARCH=wasm GO="$GO" "$GO" test -exec "$(pwd)/scripts/go-js-exec.sh" ./relay/core/... ./relay/protocol
part "pages" pages.log sh -c 'cd extension && npm test'
part "wasm-in-browsers" wasm.log node extension/tests/wasm/run.mjs
part "browsers" browsers.log sh -c 'cd tests/browser && ../../node_modules/.bin/playwright test'

echo
echo "== summary"
grep -hE '^(ok|FAIL|---|panic:)' "$logs/go.log" "$logs/relay-wasm.log"
echo
tail -n 8 "$logs/pages.log"
grep -E '(^wasm in browsers|--- FAIL|^[a-z]+ [a-z]+: (PASS|FAIL)$)' "$logs/wasm.log"
grep -E '^ +[0-9]+ (passed|failed|flaky|interrupted|did not run)|^ +[0-9]+\) .* › ' "$logs/browsers.log"
if [ -n "$failed" ]; then
	echo "failed:$failed" >&2
	exit 1
fi
