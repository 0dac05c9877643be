#!/bin/sh
# Installs a folder's pinned npm packages, those of its workspaces included,
# unless the ones of this very lock file are there already.
set -eu
cd "$1"
if ! cmp -s package-lock.json node_modules/.petmail-lock; then
	npm ci --no-audit --no-fund --loglevel=error
	cp package-lock.json node_modules/.petmail-lock
else
	touch node_modules/.petmail-lock
fi
