#!/bin/sh
# Runs every native fuzz target of the module for $FUZZTIME. Stops at the first
# that finds something; its input is then under testdata/fuzz of its package.
set -eu
GO="${GO:-go}"
FUZZTIME="${FUZZTIME:-60s}"
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
count=0
for package in $($GO list ./...); do
	for target in $($GO test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
		echo "fuzz: $package $target ($FUZZTIME)"
		# Go would spend up to a minute on making one new input smaller.
		if ! $GO test -run '^$' -fuzz "^$target\$" -fuzztime "$FUZZTIME" -fuzzminimizetime 2s "$package" >"$log" 2>&1; then
			# A worker that is stopped in the middle of an input when the time is
			# up makes Go report "context deadline exceeded", a finding of nothing.
			if grep -q 'Failing input written' "$log" || ! grep -q 'context deadline exceeded' "$log"; then
				cat "$log" >&2
				exit 1
			fi
		fi
		grep 'execs:' "$log" | tail -n 1 || true
		count=$((count + 1))
	done
done
[ "$count" -gt 0 ] || { echo "fuzz: no targets found" >&2; exit 1; }
echo "fuzz: $count targets, nothing found"
