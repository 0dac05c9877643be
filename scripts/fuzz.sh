#!/bin/sh
# Runs every native fuzz target of the module for $FUZZTIME. Stops at the first
# that finds something; its input is then under testdata/fuzz of its package.
set -eu
GO="${GO:-go}"
FUZZTIME="${FUZZTIME:-60s}"
count=0
for package in $($GO list ./...); do
	for target in $($GO test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
		echo "fuzz: $package $target ($FUZZTIME)"
		$GO test -run '^$' -fuzz "^$target\$" -fuzztime "$FUZZTIME" "$package"
		count=$((count + 1))
	done
done
[ "$count" -gt 0 ] || { echo "fuzz: no targets found" >&2; exit 1; }
echo "fuzz: $count targets, nothing found"
