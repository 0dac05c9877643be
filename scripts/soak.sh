#!/bin/sh
# The long tests: the short ones of make test with many rounds. Runs each part
# even if one before it failed, and fails if any part did.
set -u
GO="${GO:-go}"
failed=""

part() { # name, command...
	name="$1"
	shift
	echo "== $name"
	"$@" || failed="$failed $name"
}

# A relay that is killed under load loses nothing that it answered for.
part relay env PETMAIL_SOAK="${SOAK:-200}" "$GO" test -count=1 -timeout 2h -v -run '^TestNothingAnsweredIsLost$' ./relay/cmd/petmail-relay
# The power is cut after single writes of the vault.
part vault env PETMAIL_SOAK_VAULT="${SOAK_VAULT:-10000}" "$GO" test -count=1 -timeout 4h -v -run '^TestCut$' ./wasm/vault
# A contact does whatever a contact can, in any weather; honest pairs go on.
part sim env PETMAIL_SOAK_SIM="${SOAK_SIM:-10000}" "$GO" test -count=1 -timeout 8h -run '^TestHonestPairsGoOn$' ./wasm/agenttest
# A native agent on the vault over files is killed, and its disk examined.
part agent env PETMAIL_SOAK_NATIVE="${SOAK_NATIVE:-200}" "$GO" test -count=1 -timeout 4h -v -run '^TestKill$' ./tests/forensic
# Browsers are killed while they work; then a disk is examined ten times.
part browsers sh -c "cd tests/browser && PETMAIL_SOAK_BROWSER='${SOAK_BROWSER:-100}' ../../node_modules/.bin/playwright test crash"
part disks sh -c 'cd tests/browser && ../../node_modules/.bin/playwright test forensic --repeat-each 10'

if [ -n "$failed" ]; then
	echo "failed:$failed" >&2
	exit 1
fi
