//go:build js

package main

import (
	"crypto/rand"
	"log/slog"
	"os"

	"petmail/wasm/store/idb"
	"petmail/wasm/vault"
	"petmail/wasm/vault/opfsjs"
)

// openPlaces opens where the vault lies. The root file goes first: its handle
// is exclusive, so that nobody touches the database of another agent.
func openPlaces(h host, logger *slog.Logger) (vault.Config, error) {
	root, err := opfsjs.Open(h.text("root"))
	if err != nil {
		return vault.Config{}, err
	}
	records, err := idb.Open(h.text("database"), func() {
		// The person cleared our data: the next start says what is left.
		logger.Warn("the database was taken away")
		os.Exit(1)
	})
	if err != nil {
		return vault.Config{}, err
	}
	return vault.Config{Backing: records, Root: root, Rand: rand.Reader}, nil
}
