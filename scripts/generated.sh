#!/bin/sh
# Fails if a generated file differs from what its source generates today.
set -eu
before="$(mktemp -d)"
trap 'rm -rf "$before"' EXIT
cp -R extension/src/api "$before/api"
cp wasm/api/table.go "$before/table.go"
node wasm/api/generate.mjs
if ! diff -ru "$before/api" extension/src/api || ! diff -u "$before/table.go" wasm/api/table.go; then
	echo "generated: a file was out of date; it is written again, commit it" >&2
	exit 1
fi
